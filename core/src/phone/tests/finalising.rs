//! Finalising with a key of its own, beside the everyday one.

use super::clones::{answer, offer};
use super::*;
use crate::identity::certificate::purpose;
use crate::identity::test_keys::TestIdentity;
use crate::sync::response::Outcome;

/// A record that no rule keeps open.
pub(super) fn supplement(phone: &Phone) -> DocumentId {
    let head = Fields::from([("reason".to_owned(), "补充清单遗漏".into())]);
    let new = NewRecord {
        kind: "supplement".into(),
        case: CASE.into(),
        handler: String::new(),
        head,
        items: Vec::new(),
    };
    phone.create(new).unwrap().document
}

pub(super) fn finalise(phone: &Phone, record: DocumentId) -> Result<Saved, PhoneError> {
    phone.act(record, &Intent::Finalise { finalisation: phone.new_item() })
}

fn key_of(identity: &TestIdentity) -> Arc<dyn Signer> {
    Arc::clone(&identity.signer) as Arc<dyn Signer>
}

/// A court whose officer Lu has an everyday key and another one to finalise with.
fn two_keys() -> (World, TestIdentity, TestIdentity) {
    let mut world = World::new();
    let everyday = world.court.certify("luqihang", 14, &[purpose::RECORD]);
    let finalising = world.court.certify("luqihang", 15, &[purpose::FINALISE]);
    (world, everyday, finalising)
}

#[test]
fn the_finalising_key_signs_finalisations_and_nothing_else() {
    let (world, everyday, finalising) = two_keys();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    lu.trust(&[everyday.certificate.to_bytes(), finalising.certificate.to_bytes()]).unwrap();
    lu.sign_in(everyday.id, key_of(&everyday)).unwrap();
    let record = supplement(&lu);
    assert_eq!(finalise(&lu, record).unwrap_err().code(), "no_finalising_key");
    let refused = lu.sign_in_to_finalise(everyday.id, key_of(&everyday));
    assert_eq!(refused.unwrap_err().code(), "wrong_certificate_kind");
    assert!(lu.sign_in(finalising.id, key_of(&finalising)).is_err(), "it records nothing else");

    lu.sign_in_to_finalise(finalising.id, key_of(&finalising)).unwrap();
    let before = lu.digest(record).unwrap();
    let saved = finalise(&lu, record).unwrap();
    assert_ne!(lu.digest(record).unwrap(), before);
    let other = supplement(&lu);
    finalise(&lu, other).unwrap();

    let plan = offer(&lu);
    let bodies: Vec<_> = plan.request.changes.iter().map(|signed| &signed.body).collect();
    let authors = [everyday.id, finalising.id, everyday.id, finalising.id];
    assert_eq!(bodies.iter().map(|body| body.certificate).collect::<Vec<_>>(), authors);
    assert!(bodies.iter().zip(1..).all(|(body, number)| body.sequence == number), "one sequence");
    assert_eq!(bodies[1].id(), saved.envelope);
    assert_eq!(bodies[1].previous, Some(bodies[0].id()), "one chain for each record");
    assert_ne!(bodies[0].actor(), bodies[1].actor());

    // Over the wire and through another phone's gate; the first signature of a record's second
    // actor is its first change there.
    let mut out = crate::identity::canonical::Writer::default();
    crate::sync::batch::write(&mut out, &plan.request.changes);
    let bytes = out.into_bytes();
    let read = crate::sync::batch::read(
        &mut crate::identity::canonical::Reader::new(&bytes),
        &world.court.court,
    );
    let read: Vec<_> = read.unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(read, plan.request.changes);
    let (given, received) = meet(&lu, &wen);
    assert_eq!((given.unwrap().given, received.unwrap().received.accepted), (4, 4));
    for id in [record, other] {
        assert_eq!(lu.digest(id).unwrap(), wen.digest(id).unwrap());
        assert_eq!(wen.record_view(id).unwrap().finalised[0].person, "luqihang");
    }
    let outcomes = vec![Outcome::Accepted; 4];
    lu.apply(&plan, &answer(&lu, outcomes, plan.request.changes.clone())).unwrap();
    assert_eq!(lu.standing(record).unwrap().with_court, 2);
}

#[test]
fn a_finalisation_by_the_everyday_key_is_refused_by_other_phones() {
    let (world, everyday, finalising) = two_keys();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    lu.trust(&[everyday.certificate.to_bytes(), finalising.certificate.to_bytes()]).unwrap();
    lu.sign_in(everyday.id, key_of(&everyday)).unwrap();
    let record = supplement(&lu);
    // What a tampered app would do.
    let mut acting = lu.acting.write().unwrap();
    acting.as_mut().unwrap().finalising = Some(everyday.id);
    drop(acting);
    finalise(&lu, record).unwrap();
    let (_, received) = meet(&lu, &wen);
    let received = received.unwrap().received;
    assert_eq!((received.accepted, received.refused), (1, 1));
    assert!(wen.record_view(record).unwrap().finalised.is_empty());
    assert_eq!(wen.tray().unwrap()[0].row.reason, "wrong_key_purpose");
}

#[test]
fn a_clones_finalisation_is_left_to_a_person() {
    let (world, everyday, finalising) = two_keys();
    let lu = world.phone("luqihang", 1);
    lu.trust(&[everyday.certificate.to_bytes(), finalising.certificate.to_bytes()]).unwrap();
    lu.sign_in(everyday.id, key_of(&everyday)).unwrap();
    lu.sign_in_to_finalise(finalising.id, key_of(&finalising)).unwrap();
    let record = supplement(&lu);
    finalise(&lu, record).unwrap();
    let plan = offer(&lu);
    let refused =
        vec![Outcome::Rejected("twin".into()), Outcome::Rejected("depends_on_refused".into())];
    let applied = lu.apply(&plan, &answer(&lu, refused, Vec::new())).unwrap();
    assert_eq!(applied.recorded_anew, 1, "the record comes back open, nobody finalises by himself");
    let anew = offer(&lu).request.changes;
    let record = anew[0].body.document;
    assert!(lu.record_view(record).unwrap().finalised.is_empty());
    finalise(&lu, record).unwrap();
    assert_eq!(offer(&lu).request.changes[1].body.certificate, finalising.id);
}
