//! Envelopes of changes.

use automerge::{ActorId, AutoCommit, ROOT, transaction::CommitOptions, transaction::Transactable};
use lastmile_core::envelope::{
    Body, CheckpointRef, Envelope, EnvelopeError, RawChange, UnverifiedChange, change_hash,
};
use lastmile_core::id::{BootId, CertificateId, DocumentId, EnvelopeId, Epoch};
use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::{Canonical, TrustError};

use crate::harness::{Accepted, bytes, compare, refused, text, usual_refusals};

fn envelope_body(author: CertificateId, change: &[u8]) -> Body {
    let change = change_hash(change).unwrap();
    Body {
        court: COURT.to_owned(),
        document: DocumentId::of_creating_change(change),
        change,
        verb: "create".to_owned(),
        certificate: author,
        epoch: Epoch([3; 16]),
        generation: 0,
        sequence: 1,
        previous: None,
        replaces: None,
        schema: 1,
        device_ms: 1_773_709_200_000,
        monotonic_ms: 86_400_000,
        boot: BootId([5; 8]),
        checkpoint: None,
        position: None,
    }
}

fn change() -> Vec<u8> {
    let mut document = AutoCommit::new().with_actor(ActorId::from([7_u8; 16]));
    document.put(ROOT, "kind", "seizure").unwrap();
    document.commit_with(CommitOptions::default().with_time(1_773_709_200));
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

#[test]
fn envelopes() {
    let court = TestCourt::nanhai();
    let change = change();
    let least = envelope_body(court.person("luqihang").id, &change);
    let full = Body {
        verb: "set_valuation".to_owned(),
        certificate: court.person("wenruotang").id,
        generation: 2,
        sequence: 65_536,
        previous: Some(least.id()),
        replaces: Some(EnvelopeId([4; 32])),
        schema: 24,
        device_ms: -1,
        monotonic_ms: (1 << 63) - 1,
        checkpoint: Some(CheckpointRef { size: 4_294_967_296, root: [6; 32] }),
        position: Some("geo:22.8371,113.0012;crs=wgs84;u=8".to_owned()),
        ..least.clone()
    };
    let beside = Some(("change", change.clone()));
    let accepted = [
        Accepted { beside: beside.clone(), ..Accepted::new("only what must be there", 5, &least) },
        Accepted { beside, ..Accepted::new("everything there can be", 6, &full) },
    ];
    let mut wrong = usual_refusals(&least.encode(), Body::TAG.len());
    let bad = |body: Body| body.encode();
    wrong.extend([
        refused(
            "verb with a capital",
            "field_out_of_bounds",
            bad(Body { verb: "Create".to_owned(), ..least.clone() }),
        ),
        refused(
            "court with a space",
            "field_out_of_bounds",
            bad(Body { court: "粤 0605".to_owned(), ..least.clone() }),
        ),
        refused(
            "sequence of 2^63",
            "field_out_of_bounds",
            bad(Body { sequence: 1 << 63, ..least.clone() }),
        ),
        refused(
            "position of 161 bytes",
            "field_out_of_bounds",
            bad(Body { position: Some("x".repeat(161)), ..least.clone() }),
        ),
        refused(
            "no calendar shows that time",
            "field_out_of_bounds",
            bad(Body { device_ms: i64::MAX, ..least.clone() }),
        ),
        refused("a certificate", "wrong_tag", court.root.body.encode()),
        refused("1,025 bytes", "too_long", vec![0x92; 1_025]),
    ]);
    let about = "Envelopes of changes (envelope.cddl). `change` is the raw Automerge change beside the body.";
    for vector in compare::<Body>("envelope.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let change = bytes(&vector, "change");
        let raw = |change| RawChange { body: &body, signature: &signature, change };
        let received = UnverifiedChange::from_raw_parts(raw(&change)).unwrap();
        let verified = received.verify(&court.directory, COURT).unwrap();
        assert_eq!(verified.id().to_hex(), text(&vector, "id"));
        assert_eq!(verified.change_bytes(), change);
        let envelope: &Envelope = verified.envelope();
        assert_eq!(envelope.signature().as_bytes()[..], signature);
        let other = TestCourt::named("粤0606", &[]);
        let elsewhere = UnverifiedChange::from_raw_parts(raw(&change)).unwrap();
        let error = elsewhere.verify(&other.directory, "粤0606").unwrap_err();
        assert_eq!(error, EnvelopeError::Trust(TrustError::WrongCourt));
    }
}
