//! Envelopes against everything that may come over a wire.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::{AutoCommit, ROOT, transaction::Transactable};
use proptest::prelude::*;

use super::*;
use crate::id::{BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch};
use crate::identity::canonical::{MAX_COUNT, bound};
use crate::identity::certificate::purpose;
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

#[test]
fn signing_again_changes_nothing_about_the_identity() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let draft = Draft::new(body(author.id)).unwrap();
    let restored = Draft::from_bytes(draft.as_bytes()).unwrap();
    assert_eq!(restored, draft);
    let first = draft.sign(author.signer.as_ref()).unwrap();
    let second = restored.sign(author.signer.as_ref()).unwrap();
    assert_ne!(first.signature(), second.signature(), "ECDSA is randomised");
    assert_eq!(first.body_hash(), second.body_hash());
    assert_eq!(EnvelopeId(first.body_hash()), draft.id());
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let sent = seal(body(author.id), author);
    let signature = *sent.raw_parts().signature.first_chunk::<64>().unwrap();
    let bytes = sent.raw_parts().body;
    for length in 0..bytes.len() {
        assert!(Body::decode(&bytes[..length]).is_err(), "cut at {length}");
        let cut = with_body(&bytes[..length], &signature).unwrap();
        assert!(cut.verify(&court.directory, COURT).is_err(), "cut at {length}");
    }
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.to_vec();
            damaged[index] ^= 1 << bit;
            let damaged = with_body(&damaged, &signature).unwrap();
            let answer = damaged.verify(&court.directory, COURT);
            assert!(answer.is_err(), "byte {index} bit {bit}");
        }
    }
    let transfer = Signed::<Body>::from_parts(bytes, &signature).unwrap().to_bytes();
    for length in 0..transfer.len() {
        assert!(Envelope::from_bytes(&transfer[..length]).is_err(), "cut at {length}");
    }
    for index in 0..transfer.len() {
        let mut damaged = transfer.clone();
        damaged[index] ^= 0x01;
        let refused = match Envelope::from_bytes(&damaged) {
            Err(_) => true,
            Ok(envelope) => UnverifiedChange::new(envelope, change_bytes())
                .unwrap()
                .verify(&court.directory, COURT)
                .is_err(),
        };
        assert!(refused, "byte {index} of the transfer form");
    }
}

#[test]
fn wrong_authors_are_told_apart() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let other = court.person("wenruotang");
    let verify = |change: UnverifiedChange| change.verify(&court.directory, COURT).unwrap_err();

    // Signed by another key than the one the body names: a phone that forges an author.
    let forged = seal(body(author.id), other);
    assert_eq!(verify(forged), SignatureError::Mismatch.into());
    // A server may decide, but not record.
    let by_server = seal(body(court.server.id), &court.server);
    assert_eq!(verify(by_server), TrustError::WrongKind.into());
    // A certificate that has not arrived heals; everything above does not.
    let unknown = CertificateId([0xee; 32]);
    let error = verify(seal(body(unknown), author));
    assert_eq!(error, TrustError::UnknownCertificate(unknown).into());
    assert!(error.may_heal());
    assert!(!verify(seal(body(author.id), other)).may_heal());

    let elsewhere = Body { court: "粤0606".to_owned(), ..body(author.id) };
    assert_eq!(verify(seal(elsewhere, author)), TrustError::WrongCourt.into());
    let asked_elsewhere = seal(body(author.id), author).verify(&court.directory, "粤0606");
    assert_eq!(asked_elsewhere.unwrap_err(), TrustError::WrongCourt.into());
}

#[test]
fn a_key_signs_only_what_it_is_certified_for() {
    let mut court = TestCourt::nanhai();
    let everyday = court.certify("luqihang", 14, &[purpose::RECORD]);
    let finalising = court.certify("luqihang", 15, &[purpose::FINALISE]);
    let both = court.person("luqihang");
    let signs = |author: &TestIdentity, verb: &str| {
        let body = Body { verb: verb.to_owned(), ..body(author.id) };
        seal(body, author).verify(&court.directory, COURT).map(|_| ())
    };
    let wrong = |purpose| Err(EnvelopeError::WrongPurpose { purpose });
    assert_eq!(signs(&everyday, "edit_line"), Ok(()));
    assert_eq!(signs(&everyday, "finalise"), wrong(purpose::FINALISE));
    assert_eq!(signs(&finalising, "finalise"), Ok(()));
    // Not even a verb of a later version.
    assert_eq!(signs(&finalising, "seal_electronically"), wrong(purpose::RECORD));
    for verb in ["edit_line", "finalise"] {
        assert_eq!(signs(both, verb), Ok(()), "{verb}");
    }
    assert!(!signs(&everyday, "finalise").unwrap_err().may_heal());
}

#[test]
fn the_change_bytes_are_bound() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let sent = seal(body(author.id), author);
    let RawChange { body, signature, .. } = sent.raw_parts();
    let verify = |change: &[u8]| {
        UnverifiedChange::from_raw_parts(RawChange { body, signature, change })?
            .verify(&court.directory, COURT)
    };
    assert!(verify(&change_bytes()).is_ok());

    let mut document = AutoCommit::new();
    document.put(ROOT, "kind", "eviction").unwrap();
    document.commit();
    let other = document.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(verify(&other).unwrap_err(), EnvelopeError::ChangeMismatch);
    assert_eq!(verify(&[]).unwrap_err(), NotRawChange.into());
    assert_eq!(verify(&document.save()).unwrap_err(), NotRawChange.into());
    let too_long = vec![0; MAX_CHANGE_LEN + 1];
    assert_eq!(verify(&too_long).unwrap_err().code(), "change_too_long");
}

#[test]
fn the_high_s_twin_of_a_true_signature_is_refused() {
    let court = TestCourt::nanhai();
    let author = court.person("luqihang");
    let sent = seal(body(author.id), author);
    let RawChange { body, signature, .. } = sent.raw_parts();
    let twin = high_s(signature.first_chunk().unwrap());
    let refused = with_body(body, &twin).unwrap().verify(&court.directory, COURT);
    assert_eq!(refused.unwrap_err(), SignatureError::HighS.into());
    let normalised = Signature::from_bytes(&twin).unwrap().into_low_s();
    assert_eq!(normalised.as_bytes(), signature);
}

/// The twin `(r, n - s)`, by schoolbook subtraction from the order of P-256.
fn high_s(signature: &[u8; 64]) -> [u8; 64] {
    let order = data_encoding::HEXLOWER
        .decode(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        .unwrap();
    let mut out = *signature;
    let mut borrow = 0;
    for index in (0..32).rev() {
        let digit = i32::from(order[index]) - i32::from(signature[32 + index]) - borrow;
        borrow = i32::from(digit < 0);
        out[32 + index] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    out
}

#[test]
fn another_version_or_tag_is_named_as_such() {
    let mut bytes = body(CertificateId([1; 32])).encode();
    let version_at = 2 + Body::TAG.len();
    assert_eq!(bytes[version_at], 1);
    bytes[version_at] = 2;
    let newer = CanonicalError::UnsupportedVersion { tag: Body::TAG, version: 2 };
    assert_eq!(Body::decode(&bytes), Err(newer.clone()));
    // Even if a later version has another number of fields, of other types.
    let longer = [&[0x98, 40], &bytes[1..=version_at], &[0xf7, 0xfb]].concat();
    assert_eq!(Body::decode(&longer), Err(newer));
    let court = TestCourt::nanhai();
    let held = with_body(&bytes, &[1; 64]).unwrap().verify(&court.directory, COURT).unwrap_err();
    assert_eq!((held.code(), held.may_heal()), ("unsupported_version", true));

    let mut other = body(CertificateId([1; 32])).encode();
    other[4] ^= 1;
    assert!(matches!(Body::decode(&other), Err(CanonicalError::WrongTag { .. })));
    // A certificate is not an envelope, whatever its signature.
    let certificate = TestCourt::nanhai().root.body.encode();
    assert!(matches!(Body::decode(&certificate), Err(CanonicalError::WrongTag { .. })));
}

#[test]
fn fields_are_bounded_and_a_wild_clock_still_saves() {
    let good = || body(CertificateId([1; 32]));
    let field = |body: Body| match Draft::new(body) {
        Err(CanonicalError::Bound { field }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(Body { verb: "v".repeat(65), ..good() }), "verb");
    assert_eq!(field(Body { verb: "Löschen".to_owned(), ..good() }), "verb");
    assert_eq!(field(Body { court: "粤".repeat(11), ..good() }), "court");
    assert_eq!(field(Body { sequence: MAX_COUNT + 1, ..good() }), "sequence");
    assert_eq!(field(Body { monotonic_ms: u64::MAX, ..good() }), "monotonic_ms");
    assert_eq!(field(Body { position: Some("x".repeat(161)), ..good() }), "position");
    let checkpoint = CheckpointRef { size: MAX_COUNT + 1, root: [0; 32] };
    assert_eq!(field(Body { checkpoint: Some(checkpoint), ..good() }), "checkpoint");
    // The same bodies are refused when they come encoded.
    assert!(Body::decode(&Body { verb: "v".repeat(65), ..good() }.encode()).is_err());
    assert!(Body::decode(&Body { device_ms: i64::MIN, ..good() }.encode()).is_err());

    for device_ms in [i64::MIN, -1, 0, i64::MAX] {
        let draft = Draft::new(Body { device_ms, ..good() }).unwrap();
        assert!(bound::SHOWABLE_MS.contains(&draft.body().device_ms));
        assert!(jiff::Timestamp::from_millisecond(draft.body().device_ms).is_ok());
    }

    // The longest body that passes still fits, so MAX_LEN never decides.
    let longest = Body {
        court: "粤0605-0123456789-0123456789-012".chars().take(30).collect(),
        verb: "v".repeat(64),
        generation: u32::MAX,
        sequence: MAX_COUNT,
        previous: Some(EnvelopeId([1; 32])),
        schema: u32::MAX,
        device_ms: *bound::SHOWABLE_MS.start(),
        monotonic_ms: MAX_COUNT,
        checkpoint: Some(CheckpointRef { size: MAX_COUNT, root: [0; 32] }),
        position: Some("x".repeat(160)),
        ..good()
    };
    assert!(longest.encode().len() <= Body::MAX_LEN);
    assert_eq!(Body::decode(&longest.encode()), Ok(longest));
    assert!(matches!(Body::decode(&[0x92; 2_000]), Err(CanonicalError::TooLong { .. })));
}

#[test]
fn the_actor_follows_from_the_body() {
    let base = body(CertificateId([1; 32]));
    let next = Body { generation: 1, ..base.clone() };
    assert_ne!(base.actor(), next.actor());
    assert_eq!(base.actor(), Body { sequence: 9, ..base.clone() }.actor());
}

prop_compose! {
    fn any_body()(
        ids in any::<([u8; 16], [u8; 32], [u8; 32], [u8; 16], [u8; 8])>(),
        links in any::<(Option<[u8; 32]>, Option<[u8; 32]>)>(),
        small in any::<(u32, u32)>(),
        counts in (0..=MAX_COUNT, 0..=MAX_COUNT),
        device_ms in bound::SHOWABLE_MS,
        verb in "[a-z][a-z0-9_]{0,63}",
        checkpoint in prop::option::of((0..=MAX_COUNT, any::<[u8; 32]>())),
        position in prop::option::of("[!-~]{1,160}"),
    ) -> Body {
        Body {
            court: COURT.to_owned(),
            document: DocumentId(ids.0),
            change: ChangeHash(ids.1),
            verb,
            certificate: CertificateId(ids.2),
            epoch: Epoch(ids.3),
            generation: small.0,
            sequence: counts.0,
            previous: links.0.map(EnvelopeId),
            replaces: links.1.map(EnvelopeId),
            schema: small.1,
            device_ms,
            monotonic_ms: counts.1,
            boot: BootId(ids.4),
            checkpoint: checkpoint.map(|(size, root)| CheckpointRef { size, root }),
            position,
        }
    }
}

proptest! {
    #[test]
    fn bodies_round_trip(body in any_body()) {
        let bytes = body.encode();
        prop_assert_eq!(Body::decode(&bytes), Ok(body.clone()));
        prop_assert_eq!(Draft::from_bytes(&bytes).unwrap().id(), body.id());
    }

    #[test]
    fn two_byte_strings_never_give_one_body(body in any_body(), index: prop::sample::Index, byte: u8) {
        let bytes = body.encode();
        let mut other = bytes.clone();
        other[index.index(bytes.len())] = byte;
        if other != bytes && let Ok(read) = Body::decode(&other) {
            prop_assert_ne!(read, body);
        }
    }

}

#[test]
fn ten_thousand_random_strings_are_refused_in_peace() {
    use crate::time::{Entropy, SeededEntropy};

    let seed = 20_260_317;
    println!("seed {seed}");
    let entropy = SeededEntropy::new(seed);
    let court = TestCourt::nanhai();
    let head = body(CertificateId([1; 32])).encode()[..=2 + Body::TAG.len()].to_vec();
    for round in 0..10_000_usize {
        let mut bytes = vec![0; round % 1_100];
        entropy.fill(&mut bytes);
        // Half of them open like an envelope, to get past the tag.
        if round % 2 == 0 {
            bytes = [head.clone(), bytes].concat();
        }
        assert!(Body::decode(&bytes).is_err());
        assert!(Envelope::from_bytes(&bytes).is_err());
        assert!(change_hash(&bytes).is_err());
        if let Ok(change) = with_body(&bytes, &[7; 64]) {
            assert!(change.verify(&court.directory, COURT).is_err());
        }
    }
}
