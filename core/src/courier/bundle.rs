//! The letter that only the court reads, and the bundle it travels in. In clear stand the court, which of
//! its keys opens the bundle, and a random number: nothing about the sender.

use super::seal::{self, KEY_LEN, MAX_PLAIN, MAX_SEALED, PrivateKey, Sealed, SealedError};
use crate::id::{CertificateId, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};

const INFO: &[u8] = b"lastmile-courier-bundle-v1";

/// What the sender tells the court.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's request token, in its transfer form; its purpose is [`Letter::purpose`].
    pub token: Vec<u8>,
    /// A sealed sync request, as it would have been posted.
    pub request: Vec<u8>,
    /// The key to which the court seals its receipt.
    pub reply: [u8; KEY_LEN],
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("request", &self.request.len()).finish_non_exhaustive()
    }
}

impl Letter {
    /// The purpose of a letter's token. It names the reply key, so that nobody can put a captured
    /// request into a letter of his own and have the verdicts sealed to himself.
    pub fn purpose(reply: &[u8; KEY_LEN]) -> String {
        format!("carried:{}", data_encoding::HEXLOWER.encode(&sha256(reply)))
    }
}

impl Canonical for Letter {
    const TAG: &'static str = "lastmile-courier-letter";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 3;
    const MAX_LEN: usize = MAX_PLAIN;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.token);
        out.bytes(&self.request);
        out.bytes(&self.reply);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            token: input.bytes(512, "token")?.to_vec(),
            request: input.bytes(MAX_PLAIN, "request")?.to_vec(),
            reply: input.fixed("reply")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        Ok(())
    }
}

/// A sealed letter on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The court's code.
    pub court: String,
    /// The encryption certificate it is sealed to.
    pub certificate: CertificateId,
    /// Random; the receipt names it.
    pub id: [u8; 16],
    /// The letter.
    pub sealed: Sealed,
}

impl Bundle {
    /// Seals `letter` to the court's `public` encryption key.
    pub fn seal(
        court: &str,
        certificate: CertificateId,
        public: &[u8],
        id: [u8; 16],
        letter: &Letter,
    ) -> Result<Self, SealedError> {
        let about = about(court, certificate, id);
        let sealed = seal::seal(public, INFO, &about, &letter.encode())?;
        Ok(Self { court: court.to_owned(), certificate, id, sealed })
    }

    /// Reads the letter; for the court.
    pub fn open(&self, key: &PrivateKey) -> Result<Letter, SealedError> {
        let about = about(&self.court, self.certificate, self.id);
        let plain = key.open(INFO, &about, &self.sealed)?;
        Letter::decode(&plain).map_err(|_| SealedError::Damaged)
    }
}

/// What stands beside the letter, bound to it.
fn about(court: &str, certificate: CertificateId, id: [u8; 16]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(3);
    out.text(court);
    out.bytes(&certificate.0);
    out.bytes(&id);
    out.into_bytes()
}

impl Canonical for Bundle {
    const TAG: &'static str = "lastmile-courier-bundle";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 5;
    const MAX_LEN: usize = MAX_SEALED + 256;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.certificate.0);
        out.bytes(&self.id);
        out.bytes(&self.sealed.key);
        out.bytes(&self.sealed.text);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            certificate: CertificateId(input.fixed("certificate")?),
            id: input.fixed("id")?,
            sealed: Sealed {
                key: input.fixed("key")?,
                text: input.bytes(MAX_SEALED, "letter")?.to_vec(),
            },
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)
    }
}
