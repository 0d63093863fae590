//! The court's answer to a bundle, sealed to the key that travelled in it. Only the court has ever read
//! that key, so what opens with its private half comes from the court.

use super::seal::{self, KEY_LEN, MAX_SEALED, PrivateKey, Sealed, SealedError};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};

const INFO: &[u8] = b"lastmile-courier-receipt-v1";

/// A sealed answer on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The court's code.
    pub court: String,
    /// The bundle it answers.
    pub id: [u8; 16],
    /// The answer: a sealed sync response without news.
    pub sealed: Sealed,
}

impl Receipt {
    /// Seals `answer`, a sync response in its frame, to the sender's `reply` key.
    pub fn seal(
        court: &str,
        id: [u8; 16],
        reply: &[u8; KEY_LEN],
        answer: &[u8],
    ) -> Result<Self, SealedError> {
        let sealed = seal::seal(reply, INFO, &about(court, id), answer)?;
        Ok(Self { court: court.to_owned(), id, sealed })
    }

    /// The answer; for the sender.
    pub fn open(&self, key: &PrivateKey) -> Result<Vec<u8>, SealedError> {
        Ok(key.open(INFO, &about(&self.court, self.id), &self.sealed)?.to_vec())
    }
}

fn about(court: &str, id: [u8; 16]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(2);
    out.text(court);
    out.bytes(&id);
    out.into_bytes()
}

impl Canonical for Receipt {
    const TAG: &'static str = "lastmile-courier-receipt";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 4;
    const MAX_LEN: usize = MAX_SEALED + 256;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.id);
        out.bytes(&self.sealed.key);
        out.bytes(&self.sealed.text);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            id: input.fixed("id")?,
            sealed: Sealed {
                key: input.fixed("key")?,
                text: input.bytes(MAX_SEALED, "answer")?.to_vec(),
            },
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)
    }
}
