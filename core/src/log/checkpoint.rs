//! Checkpoints: how large the log is, what its root is, and when that was, signed by the court's
//! checkpoint key as a C2SP signed note, so that any tool for such logs can read and mirror it.
//!
//! ```text
//! lastmile/粤0605/00112233445566778899aabbccddeeff      origin: one life of one court's server
//! 4711                                                 leaves
//! p2Wc…=                                               root, base64
//! time 1773712500123                                   server clock, milliseconds since 1970
//!
//! — lastmile/粤0605/00112233445566778899aabbccddeeff aBcD…   key id, then the signature in DER
//! ```
//!
//! The signature is ECDSA on P-256 with SHA-256 in DER; its key id is the first four bytes of SHA-256
//! over the origin, a line feed, 0x02 and the key's 65 bytes. Further signatures (witnesses) may
//! follow and are passed over.

use std::collections::BTreeMap;

use signed_note::{Note, VerifierList, key_id};

use crate::envelope::CheckpointRef;
use crate::id::{CertificateId, ServerEpoch};
use crate::identity::canonical::bound;
use crate::identity::{CertificateKind, Directory, PublicKey, SignError, Signature, Signer};

use super::tree::MAX_SIZE;

/// Longest note read, bytes: room for some witnesses.
pub const MAX_NOTE: usize = 4_096;

const TYPE_ECDSA: u8 = 2;
const TIME: &str = "time ";

/// A checkpoint cannot be made or is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Not a note of this form.
    #[error("not a checkpoint")]
    Malformed,
    /// The log of another court.
    #[error("the checkpoint is of another court's log")]
    WrongCourt,
    /// No key of this court's checkpoint certificates signed it.
    #[error("the checkpoint is not signed by the court")]
    NotSigned,
    /// The key gave no signature.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl CheckpointError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "checkpoint_malformed",
            Self::WrongCourt => "checkpoint_wrong_court",
            Self::NotSigned => "checkpoint_not_signed",
            Self::Sign(error) => error.code(),
        }
    }
}

/// The name of a log: the court and one life of its server. A restored server has another.
pub fn origin(court: &str, epoch: ServerEpoch) -> String {
    format!("lastmile/{court}/{}", epoch.to_hex())
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log, [`origin`].
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root of the tree over them.
    pub root: [u8; 32],
    /// Server clock, milliseconds since 1970; never falls from one checkpoint to the next.
    pub at_ms: i64,
}

impl Checkpoint {
    /// What an envelope says of it.
    pub fn reference(&self) -> CheckpointRef {
        CheckpointRef { size: self.size, root: self.root }
    }

    /// The text that is signed.
    fn text(&self) -> Result<Vec<u8>, CheckpointError> {
        let time = format!("{TIME}{}\n", self.at_ms);
        tlog_tiles::Checkpoint::new(&self.origin, self.size, tlog_tiles::Hash(self.root), &time)
            .map(|checkpoint| checkpoint.to_bytes())
            .map_err(|_| CheckpointError::Malformed)
    }

    fn from_text(text: &[u8]) -> Result<Self, CheckpointError> {
        let read = tlog_tiles::Checkpoint::from_bytes(text).ok();
        let read = read.ok_or(CheckpointError::Malformed)?;
        let at_ms = read.extension().lines().next().and_then(|line| line.strip_prefix(TIME));
        let at_ms = at_ms.and_then(|time| time.parse::<i64>().ok());
        let checkpoint = Self {
            origin: read.origin().to_owned(),
            size: read.size(),
            root: read.hash().0,
            at_ms: at_ms.ok_or(CheckpointError::Malformed)?,
        };
        let showable = bound::instant(checkpoint.at_ms, "at_ms").is_ok();
        let same = checkpoint.text().is_ok_and(|written| written == text);
        if showable && same && checkpoint.size <= MAX_SIZE {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Malformed)
        }
    }

    /// Signs it; the note's bytes.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, CheckpointError> {
        let text = self.text()?;
        let signature = signer.sign(&text)?;
        let id = key_id_of(&self.origin, &signer.public_key());
        let line = signed_note::Signature::new(self.origin.clone(), id, signature.to_der());
        let line = line.map_err(|_| CheckpointError::Malformed)?;
        let note = Note::new(&text, &[line]).map_err(|_| CheckpointError::Malformed)?;
        Ok(note.to_bytes())
    }
}

fn key_id_of(origin: &str, key: &PublicKey) -> u32 {
    key_id(origin, &[&[TYPE_ECDSA], &key.as_bytes()[..]].concat())
}

/// A checkpoint key of the court under the name of a log.
struct Key {
    name: String,
    id: u32,
    public: PublicKey,
}

impl signed_note::Verifier for Key {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        // `from_der` would mend a high s, which a receiver never does.
        Signature::from_der(signature).is_ok_and(|read| {
            read.to_der() == signature && self.public.verify(message, &read).is_ok()
        })
    }
}

/// A checkpoint whose signature was verified against the court's certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    certificate: CertificateId,
    note: Vec<u8>,
}

impl SignedCheckpoint {
    /// Reads and verifies a note. Whether the key was withdrawn is the caller's question
    /// ([`Directory::revocation`] of [`Self::certificate`]).
    pub fn verify(directory: &Directory, note: &[u8]) -> Result<Self, CheckpointError> {
        if note.len() > MAX_NOTE {
            return Err(CheckpointError::Malformed);
        }
        let read = Note::from_bytes(note).map_err(|_| CheckpointError::Malformed)?;
        let checkpoint = Checkpoint::from_text(read.text())?;
        if court_of(&checkpoint.origin) != Some(directory.court()) {
            return Err(CheckpointError::WrongCourt);
        }
        let mut keys = BTreeMap::new();
        for (certificate, verified) in directory.certificates() {
            let body = verified.payload();
            if let (CertificateKind::Checkpoint, Some(key)) = (&body.kind, body.signing_key()) {
                keys.insert(key_id_of(&checkpoint.origin, key), (certificate, *key));
            }
        }
        let known = keys.iter().map(|(id, (_, key))| {
            Box::new(Key { name: checkpoint.origin.clone(), id: *id, public: *key })
                as Box<dyn signed_note::Verifier>
        });
        let (signed, _) = read
            .verify(&VerifierList::new(known.collect()))
            .map_err(|_| CheckpointError::NotSigned)?;
        let signer = signed.first().and_then(|line| keys.get(&line.id()));
        let (certificate, _) = *signer.ok_or(CheckpointError::NotSigned)?;
        Ok(Self { checkpoint, certificate, note: note.to_vec() })
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The certificate of the key that signed.
    pub fn certificate(&self) -> CertificateId {
        self.certificate
    }

    /// The note's bytes, to keep and to show.
    pub fn note(&self) -> &[u8] {
        &self.note
    }
}

/// The court in an origin.
fn court_of(origin: &str) -> Option<&str> {
    let (court, epoch) = origin.strip_prefix("lastmile/")?.split_once('/')?;
    ServerEpoch::from_hex(epoch).ok().filter(|read| read.to_hex() == epoch)?;
    Some(court)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identity::test_keys::{COURT, TestCourt};

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: origin(COURT, ServerEpoch([0xa1; 16])),
            size: 4_711,
            root: [7; 32],
            at_ms: 1_773_712_500_123,
        }
    }

    #[test]
    fn a_signed_checkpoint_is_read_back_and_every_damage_is_noticed() {
        let court = TestCourt::nanhai();
        let note = checkpoint().sign(court.checkpoint.signer.as_ref()).unwrap();
        let read = SignedCheckpoint::verify(&court.directory, &note).unwrap();
        assert_eq!(read.checkpoint(), &checkpoint());
        assert_eq!(read.certificate(), court.checkpoint.id);
        for index in 0..note.len() {
            for bit in 0..8 {
                let mut damaged = note.clone();
                damaged[index] ^= 1 << bit;
                assert!(
                    SignedCheckpoint::verify(&court.directory, &damaged).is_err(),
                    "byte {index} bit {bit}"
                );
            }
        }
        for length in 0..note.len() {
            assert!(SignedCheckpoint::verify(&court.directory, &note[..length]).is_err());
        }
    }

    #[test]
    fn only_a_checkpoint_key_of_this_court_signs() {
        let court = TestCourt::nanhai();
        let verify = |note: &[u8]| SignedCheckpoint::verify(&court.directory, note).unwrap_err();
        let by_server = checkpoint().sign(court.server.signer.as_ref()).unwrap();
        assert_eq!(verify(&by_server), CheckpointError::NotSigned);
        let foreign =
            Checkpoint { origin: origin("粤0606", ServerEpoch([1; 16])), ..checkpoint() };
        let foreign = foreign.sign(court.checkpoint.signer.as_ref()).unwrap();
        assert_eq!(verify(&foreign), CheckpointError::WrongCourt);
    }

    #[test]
    fn a_witness_may_add_a_signature() {
        let court = TestCourt::nanhai();
        let mut note = checkpoint().sign(court.checkpoint.signer.as_ref()).unwrap();
        let witness = signed_note::Signature::new("witness.example".to_owned(), 9, vec![1; 72]);
        note.extend(witness.unwrap().to_bytes());
        assert!(SignedCheckpoint::verify(&court.directory, &note).is_ok());
    }

    #[test]
    fn the_twin_with_a_high_s_is_refused() {
        let court = TestCourt::nanhai();
        let text = checkpoint().text().unwrap();
        let signature = court.checkpoint.signer.sign(&text).unwrap();
        let id = key_id_of(&checkpoint().origin, &court.checkpoint.signer.public_key());
        let note = |der: Vec<u8>| {
            let line = signed_note::Signature::new(checkpoint().origin, id, der).unwrap();
            Note::new(&text, &[line]).unwrap().to_bytes()
        };
        assert!(SignedCheckpoint::verify(&court.directory, &note(signature.to_der())).is_ok());
        let twin = note(signature.high_twin().to_der());
        assert_eq!(
            SignedCheckpoint::verify(&court.directory, &twin),
            Err(CheckpointError::NotSigned)
        );
    }
}
