//! Signatures and certificates, checked without the database and before anything else is read.

use lastmile_core::envelope::{RawChange, UnverifiedChange, VerifiedChange};
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::sync::batch::{DamagedRow, SignedChange};

/// A row of a request after its signature was looked at.
#[derive(Debug)]
pub enum Offered {
    /// Author and bytes are certain.
    Verified(Box<VerifiedChange>),
    /// They are not.
    Refused {
        /// What came.
        signed: Box<SignedChange>,
        /// Its identity.
        id: EnvelopeId,
        /// Stable code.
        code: &'static str,
        /// Whether later knowledge (a certificate) can change the answer.
        may_heal: bool,
    },
}

impl Offered {
    /// The envelope's identity.
    pub fn id(&self) -> EnvelopeId {
        match self {
            Self::Verified(change) => change.id(),
            Self::Refused { id, .. } => *id,
        }
    }
}

/// Checks every row.
pub fn verify_all(
    directory: &Directory,
    court: &str,
    rows: Vec<Result<SignedChange, DamagedRow>>,
) -> Vec<Result<Offered, DamagedRow>> {
    rows.into_iter().map(|row| row.map(|signed| verify(directory, court, signed))).collect()
}

/// Checks one row.
fn verify(directory: &Directory, court: &str, signed: SignedChange) -> Offered {
    let body = signed.body.encode();
    let raw = RawChange { body: &body, signature: &signed.signature, change: &signed.change };
    let checked = UnverifiedChange::from_raw_parts(raw)
        .and_then(|unverified| unverified.verify(directory, court));
    match checked {
        Ok(change) => Offered::Verified(Box::new(change)),
        Err(error) => Offered::Refused {
            id: signed.body.id(),
            signed: Box::new(signed),
            code: error.code(),
            may_heal: error.may_heal(),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::document::{Fields, Intent, write};
    use lastmile_core::envelope::{Body, Draft};
    use lastmile_core::id::{BootId, Epoch};
    use lastmile_core::identity::certificate::purpose;
    use lastmile_core::identity::test_keys::{TestCourt, TestIdentity};
    use lastmile_core::records::builtin;

    use super::*;

    /// A change of `author` under `verb`; what it does is looked at later.
    fn change(court: &TestCourt, author: &TestIdentity, verb: &str) -> SignedChange {
        let epoch = Epoch([2; 16]);
        let intent = Intent::Create {
            kind: "supplement".into(),
            case: "(2026)粤0605执1101号".into(),
            handler: "luqihang".into(),
            nonce: vec![1; 16],
            head: Fields::new(),
            items: Vec::new(),
        };
        let actor = lastmile_core::id::ActorId::derive(author.id, epoch, 0);
        let written = write(&builtin(), None, actor, 5, &intent).unwrap();
        let body = Body {
            court: court.court.clone(),
            document: written.document,
            change: written.hash,
            verb: verb.into(),
            certificate: author.id,
            epoch,
            generation: 0,
            sequence: 1,
            previous: None,
            replaces: None,
            schema: 1,
            device_ms: 1_773_701_400_000,
            monotonic_ms: 1,
            boot: BootId([3; 8]),
            checkpoint: None,
            position: None,
        };
        let envelope = Draft::new(body.clone()).unwrap().sign(author.signer.as_ref()).unwrap();
        let signature = *envelope.signature().as_bytes();
        SignedChange { body, signature, change: written.bytes }
    }

    #[test]
    fn only_the_finalising_key_finalises_and_it_does_nothing_else() {
        let mut court = TestCourt::nanhai();
        let everyday = court.certify("luqihang", 14, &[purpose::RECORD]);
        let finalising = court.certify("luqihang", 15, &[purpose::FINALISE]);
        let both = court.person("luqihang");
        for (author, verb, holds) in [
            (&everyday, "create", true),
            (&everyday, "finalise", false),
            (&finalising, "finalise", true),
            (&finalising, "create", false),
            (&finalising, "of_a_later_version", false),
            (both, "create", true),
            (both, "finalise", true),
        ] {
            match verify(&court.directory, &court.court, change(&court, author, verb)) {
                Offered::Verified(_) => assert!(holds, "{verb} was let in"),
                Offered::Refused { code, may_heal, .. } => {
                    assert!(!holds, "{verb}: {code}");
                    assert_eq!((code, may_heal), ("wrong_key_purpose", false));
                }
            }
        }
    }
}
