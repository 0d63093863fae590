//! Forms on the crew's second phone: what is kept there, who may see it, and what is not believed.

use super::*;
use crate::identity::Canonical;
use crate::phone::mirror::{Mirrored, MirroredForm};
use crate::phone::peer::Talk;
use crate::store::TakenOver;
use crate::sync::forms::{Form, Forms, Kept, MAX_FORMS, decode_kept, encode_kept, phone_of};

const OTHER_CASE: &str = "(2026)粤0605执1102号";

fn draft(phone: &Phone, id: &str, json: &str) {
    phone.save_draft(id, "seizure", Some(CASE), json).unwrap();
}

type Shown = Result<Mirrored, PeerError>;

/// A meeting and the forms after it, `one` being the phone that connected.
fn mirror(one: &Phone, other: &Phone) -> (Shown, Shown) {
    let side = |phone: &Phone, stream: &mut UnixStream, role| {
        let met = phone.meet(stream, role)?;
        phone.mirror_forms(stream, role, &met)
    };
    let (mut here, mut there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || side(other, &mut there, PeerRole::Responder));
        let first = side(one, &mut here, PeerRole::Initiator);
        drop(here);
        (first, answer.join().unwrap())
    })
}

/// What `one` holds of the other's forms, as id and content.
fn seen(phone: &Phone) -> Vec<(String, String)> {
    let shown = |form: MirroredForm| (form.form.id, form.form.json);
    phone.mirrored_forms(Some(CASE)).unwrap().into_iter().map(shown).collect()
}

#[test]
fn a_form_survives_the_phone_it_was_begun_on() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    draft(&lu, "d1", r#"{"location":"九江镇"}"#);
    lu.save_draft("d2", "seizure", None, r#"{"location":"没有案号"}"#).unwrap();
    let (here, there) = mirror(&lu, &wen);
    assert_eq!(here.unwrap(), Mirrored { kept_there: 1, left: 1, kept_here: 0 });
    assert_eq!(there.unwrap(), Mirrored { kept_there: 0, left: 0, kept_here: 1 });

    let copies = lu.copies_of_draft("d1").unwrap();
    assert_eq!((copies[0].person.as_str(), copies[0].current), ("wenruotang", true));
    draft(&lu, "d1", r#"{"location":"九江镇测试路"}"#);
    assert!(!lu.copies_of_draft("d1").unwrap()[0].current, "the copy is of the earlier state");

    let shown = wen.mirrored_forms(None).unwrap().remove(0);
    assert_eq!((shown.person.as_str(), shown.since, shown.taken), ("luqihang", 0, TakenOver::No));
    assert_eq!(shown.form.case_no.as_deref(), Some(CASE));
    let taken = wen.take_over_form(shown.phone, "d1").unwrap();
    assert_eq!(wen.drafts(Some(CASE)).unwrap(), [taken]);
    assert_eq!(wen.mirrored_forms(None).unwrap()[0].taken, TakenOver::AsItIs);

    // The colleague went on as well: both are told, and what was typed here is not written over.
    mirror(&wen, &lu).0.unwrap();
    let shown = wen.mirrored_forms(None).unwrap().remove(0);
    assert_eq!(shown.taken, TakenOver::Earlier);
    assert!(lu.copies_of_draft("d1").unwrap()[0].taken_over, "the first phone knows of it");
    let refused = wen.take_over_form(shown.phone, "d1").unwrap_err();
    assert_eq!(refused.code(), "form_begun_here");
    assert_eq!(wen.drafts(Some(CASE)).unwrap()[0].json, r#"{"location":"九江镇"}"#);

    // Recorded or thrown away there, it goes here.
    lu.remove_draft("d1").unwrap();
    mirror(&lu, &wen).0.unwrap();
    assert!(seen(&wen).is_empty());
    let gone = wen.take_over_form(shown.phone, "d1").unwrap_err();
    assert_eq!(gone.code(), "no_form");
}

#[test]
fn what_was_recorded_since_is_counted_whoever_did_it() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    let record = begin(&lu);
    draft(&lu, "d1", "{}");
    mirror(&lu, &wen).0.unwrap();
    let since = || wen.mirrored_forms(None).unwrap()[0].since;
    assert_eq!(since(), 0, "what came with the form is before it");
    add_line(&wen, record, "叉车");
    assert_eq!(since(), 1, "own work may be the very form");
    add_line(&lu, record, "空压机");
    mirror(&lu, &wen).0.unwrap();
    assert_eq!(since(), 2, "another meeting forgets nothing while the form is as it was");
    draft(&lu, "d1", "{\"a\":1}");
    mirror(&lu, &wen).0.unwrap();
    assert_eq!(since(), 0, "it was changed after all of that");
}

#[test]
fn a_phone_stays_the_same_when_another_person_signs_in() {
    let world = World::new();
    let people = ["luqihang", "wenruotang", "ouziqian"];
    let phone = |person: &str, number: u8| {
        let path = world.dir.path().join(format!("{person}.db"));
        let phone = world.phone_at(&path, person, number, u64::from(number), 0);
        world.let_in(&phone, &people);
        phone
    };
    let (lu, wen) = (phone("luqihang", 1), phone("wenruotang", 2));
    draft(&lu, "d1", "{}");
    draft(&lu, "d2", "{}");
    mirror(&lu, &wen).0.unwrap();
    let ou = world.court.person("ouziqian");
    lu.trust(&[ou.certificate.to_bytes()]).unwrap();
    lu.lock().unwrap();
    lu.sign_in(ou.id, Arc::clone(&ou.signer) as Arc<dyn Signer>).unwrap();
    lu.remove_draft("d1").unwrap();
    mirror(&lu, &wen).0.unwrap();
    assert_eq!(seen(&wen), [("d2".to_owned(), "{}".to_owned())]);
    assert_eq!(wen.mirrored_forms(None).unwrap()[0].person, "ouziqian");
}

#[test]
fn whoever_is_withdrawn_has_nothing_kept() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    draft(&lu, "d1", "{}");
    mirror(&lu, &wen).0.unwrap();
    let form = wen.mirrored_forms(None).unwrap().remove(0);
    let certificate = world.court.person("luqihang").id;
    wen.store.write::<_, PhoneError>(|tx| Ok(tx.forget_forms_of(certificate)?)).unwrap();
    assert!(wen.mirrored_forms(None).unwrap().is_empty());
    assert_eq!(wen.take_over_form(form.phone, "d1").unwrap_err().code(), "no_form");
}

#[test]
fn a_draft_ends_with_the_act_that_came_of_it_or_not_at_all() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    draft(&lu, "d1", "{}");
    let fields = Fields::from([("name".to_owned(), "空压机".into())]);
    let line =
        |verb: &str| Intent::Add { verb: verb.into(), item: lu.new_item(), fields: fields.clone() };
    lu.act_from(record, &line("no_such_verb"), None, Some("d1")).unwrap_err();
    assert_eq!(
        lu.drafts(None).unwrap().len(),
        1,
        "nothing was recorded, so nothing is thrown away"
    );
    lu.act_from(record, &line("add_line"), None, Some("d1")).unwrap();
    assert!(lu.drafts(None).unwrap().is_empty());
}

#[test]
fn only_cases_that_both_may_read() {
    let world = World::new();
    let (lu, ou) = (world.phone("luqihang", 1), world.phone("ouziqian", 3));
    draft(&lu, "d1", "{}");
    lu.save_draft("d2", "seizure", Some(OTHER_CASE), "{}").unwrap();
    let (here, there) = mirror(&lu, &ou);
    assert_eq!(here.unwrap(), Mirrored { kept_there: 0, left: 2, kept_here: 0 });
    assert_eq!(there.unwrap().kept_here, 0);
    assert!(ou.store.read::<_, PhoneError>(|tx| Ok(tx.mirrored(None)?)).unwrap().is_empty());
}

#[test]
fn whoever_shares_the_phone_and_not_the_case_sees_nothing() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    draft(&lu, "d1", "{}");
    mirror(&lu, &wen).0.unwrap();
    let form = wen.mirrored_forms(None).unwrap().remove(0);
    wen.take_over_form(form.phone, "d1").unwrap();
    let ou = world.court.person("ouziqian");
    wen.trust(&[ou.certificate.to_bytes()]).unwrap();
    wen.lock().unwrap();
    wen.sign_in(ou.id, Arc::clone(&ou.signer) as Arc<dyn Signer>).unwrap();
    assert!(wen.mirrored_forms(None).unwrap().is_empty());
    assert_eq!(wen.take_over_form(form.phone, "d1").unwrap_err().code(), "no_form");
    assert!(wen.drafts(None).unwrap().is_empty(), "nor what was gone on with");
}

#[test]
fn many_and_large_forms_go_as_far_as_there_is_room_the_last_saved_first() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    let large = format!("\"{}\"", "山".repeat(80_000));
    for number in 0..20 {
        draft(&lu, &format!("d{number:02}"), &large);
    }
    let (here, there) = mirror(&lu, &wen);
    let kept = here.unwrap();
    assert_eq!(kept.kept_there + kept.left, 20);
    assert_eq!((kept.kept_there, there.unwrap().kept_here), (17, 17));
}

/// `wen` meets lu, who sends `change` of the honest forms, signed by `signer`.
fn told(
    world: &World,
    (wen, lu): (&Phone, &Phone),
    signer: &str,
    change: impl Fn(&mut Forms) + Sync,
) -> Shown {
    let (mut here, mut there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || {
            let met = wen.meet(&mut there, PeerRole::Responder)?;
            let shown = wen.mirror_forms(&mut there, PeerRole::Responder, &met);
            drop(there);
            shown
        });
        let met = lu.meet(&mut here, PeerRole::Initiator).unwrap();
        let identity = world.court.person(signer);
        let mut forms = Forms {
            court: world.court.court.clone(),
            certificate: identity.id,
            phone: phone_of([1; 16]),
            meeting: met.meeting.id,
            forms: vec![form("d1", CASE), form("d2", CASE)],
        };
        change(&mut forms);
        let mut talk = Talk::new(&mut here, PeerRole::Initiator);
        let sealed =
            Signed::<Forms>::seal_encoded(forms.encode(), identity.signer.as_ref()).unwrap();
        if talk.exchange(&sealed.to_bytes()).is_ok() {
            let _ = talk.exchange(&encode_kept(&[]));
        }
        drop(here);
        answer.join().unwrap()
    })
}

fn form(id: &str, case: &str) -> Form {
    Form {
        id: id.to_owned(),
        kind: "seizure".to_owned(),
        case_no: case.to_owned(),
        json: "{}".to_owned(),
        saved_ms: MORNING_MS,
    }
}

#[test]
fn what_is_not_of_this_meeting_and_this_phone_is_not_kept() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    assert_eq!(told(&world, (&wen, &lu), "luqihang", |_| {}).unwrap().kept_here, 2);
    let wrong: [fn(&mut Forms); 6] = [
        |forms| forms.meeting = [9; 32],
        |forms| forms.forms.reverse(),
        |forms| forms.forms[0].json = "{".to_owned(),
        |forms| forms.forms[0].kind = "../seizure".to_owned(),
        |forms| forms.forms[1].json = format!("\"{}\"", "x".repeat(300_000)),
        |forms| forms.forms = (0..=MAX_FORMS).map(|at| form(&format!("d{at:03}"), CASE)).collect(),
    ];
    for (at, change) in wrong.into_iter().enumerate() {
        let refused = told(&world, (&wen, &lu), "luqihang", change).unwrap_err();
        assert_eq!(refused.code(), "peer_not_proven", "{at}");
        assert_eq!(seen(&wen).len(), 2, "{at}: what was kept before stays");
    }
    // Another member's forms, honestly signed, from the wrong phone.
    let other = world.court.person("wenruotang").id;
    let stranger = told(&world, (&wen, &lu), "wenruotang", |forms| forms.certificate = other);
    assert_eq!(stranger.unwrap_err().code(), "peer_not_proven");
    // A case that this phone does not share with that one: the rest is kept.
    let kept = told(&world, (&wen, &lu), "luqihang", |forms| {
        forms.forms[1].case_no = OTHER_CASE.to_owned();
    });
    assert_eq!((kept.unwrap().kept_here, seen(&wen).len()), (1, 1));
}

#[test]
fn an_older_app_hangs_up_and_nothing_is_claimed() {
    let world = World::new();
    let (lu, wen) = (world.phone("luqihang", 1), world.phone("wenruotang", 2));
    draft(&lu, "d1", "{}");
    let (mut here, mut there) = UnixStream::pair().unwrap();
    std::thread::scope(|scope| {
        let wen = &wen;
        scope.spawn(move || {
            wen.meet(&mut there, PeerRole::Responder).unwrap();
        });
        let met = lu.meet(&mut here, PeerRole::Initiator).unwrap();
        let broken = lu.mirror_forms(&mut here, PeerRole::Initiator, &met).unwrap_err();
        assert_eq!(broken.code(), "peer_stream");
    });
    assert!(lu.copies_of_draft("d1").unwrap().is_empty());
}

#[test]
fn a_phone_that_reaches_its_own_door_keeps_no_copy_of_itself() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    draft(&lu, "d1", "{}");
    let (here, there) = mirror(&lu, &lu);
    assert_eq!(here.unwrap(), Mirrored { kept_there: 0, left: 1, kept_here: 0 });
    assert_eq!(there.unwrap().kept_here, 0);
    assert!(seen(&lu).is_empty());
}

#[test]
fn an_answer_that_names_forms_nobody_sent_is_worth_nothing() {
    let kept = |id: &str, taken_over| Kept { id: id.to_owned(), taken_over };
    let both = [kept("d1", false), kept("d9", true)];
    let bytes = encode_kept(&both);
    assert_eq!(decode_kept(&bytes).unwrap(), both);
    assert!(decode_kept(&bytes[..bytes.len() - 1]).is_err());
    let many: Vec<Kept> = (0..=MAX_FORMS).map(|at| kept(&at.to_string(), false)).collect();
    assert!(decode_kept(&encode_kept(&many)).is_err());
}
