//! Envelopes against everything that may come over a wire.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::{AutoCommit, ROOT, transaction::Transactable};
use proptest::prelude::*;

use super::*;
use crate::id::{BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch};
use crate::identity::canonical::{MAX_COUNT, bound};
use crate::identity::test_keys::{COURT, TestCourt, TestIdentity};
use crate::identity::{Canonical, CanonicalError, Signature, SignatureError, Signed, TrustError};

fn change_bytes() -> Vec<u8> {
    let mut document = AutoCommit::new().with_actor(automerge::ActorId::from([7_u8; 16]));
    document.put(ROOT, "kind", "seizure").unwrap();
    document.commit_with(automerge::transaction::CommitOptions::default().with_time(1_773_709_200));
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

fn body(author: CertificateId) -> Body {
    let change = change_hash(&change_bytes()).unwrap();
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
        replaces: Some(EnvelopeId([4; 32])),
        schema: 1,
        device_ms: 1_773_709_200_000,
        monotonic_ms: 86_400_000,
        boot: BootId([5; 8]),
        checkpoint: Some(CheckpointRef { size: 41, root: [6; 32] }),
        position: Some("geo:22.8371,113.0012;crs=wgs84;u=8".to_owned()),
    }
}

fn seal(body: Body, author: &TestIdentity) -> UnverifiedChange {
    let envelope = Draft::new(body).unwrap().sign(author.signer.as_ref()).unwrap();
    UnverifiedChange::new(envelope, change_bytes()).unwrap()
}

fn with_body(body: &[u8], signature: &[u8; 64]) -> Result<UnverifiedChange, EnvelopeError> {
    UnverifiedChange::from_raw_parts(RawChange { body, signature, change: &change_bytes() })
}

#[test]
fn an_honest_change_is_verified_and_shows_its_author() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let sent = seal(body(author.id), author);
    let stored = UnverifiedChange::from_raw_parts(sent.raw_parts()).unwrap();
    let verified = stored.verify(&court.directory, COURT).unwrap();
    assert_eq!(verified.body(), &body(author.id));
    assert_eq!(verified.id(), body(author.id).id());
    assert_eq!((verified.person(), verified.certificate().name.as_str()), ("luqihang", "陆启航"));
    assert_eq!(verified.change_bytes(), change_bytes());
    assert_eq!(verified.clone().into_unverified(), sent);
    assert_eq!(verified.raw_parts(), sent.raw_parts());
}
