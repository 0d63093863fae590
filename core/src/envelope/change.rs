//! A change with its envelope, before and after verification.

use std::sync::Arc;

use crate::id::{CertificateId, EnvelopeId};
use crate::identity::canonical::CanonicalError;
use crate::identity::certificate::purpose;
use crate::identity::{Certificate, Directory, OpenError, SignatureError, TrustError, Verified};
use crate::records::FINALISE_VERB;

use super::raw_change::{MAX_CHANGE_LEN, NotRawChange, change_hash};
use super::{Body, Envelope};

/// Why a change's author or bytes are not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The envelope is malformed, of another court, or not signed by a person this court certified.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// More change bytes than any record may have.
    #[error("the change has {got} bytes, at most {limit} are allowed")]
    ChangeTooLong {
        /// Bytes allowed.
        limit: usize,
        /// Bytes offered.
        got: usize,
    },
    /// The change bytes are not exactly one raw change.
    #[error(transparent)]
    Form(#[from] NotRawChange),
    /// The change bytes are not those that were signed.
    #[error("the change is not the one that was signed")]
    ChangeMismatch,
    /// The author's key is not certified for what the change does: finalising needs the second,
    /// biometric-bound key, everything else the everyday one.
    #[error("the key is not certified to {purpose}")]
    WrongPurpose {
        /// The [`purpose`] that was needed.
        purpose: &'static str,
    },
}

/// What a key must be certified for to sign a change with this verb. A matter of the envelope alone, so
/// that a change of an unknown kind is held to it too.
pub fn purpose_of(verb: &str) -> &'static str {
    if verb == FINALISE_VERB { purpose::FINALISE } else { purpose::RECORD }
}

impl EnvelopeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Trust(error) => error.code(),
            Self::ChangeTooLong { .. } => "change_too_long",
            Self::Form(error) => error.code(),
            Self::ChangeMismatch => "change_hash_mismatch",
            Self::WrongPurpose { .. } => "wrong_key_purpose",
        }
    }

    /// Whether later knowledge can change the answer, so that the bytes are to be held and not
    /// refused.
    pub fn may_heal(&self) -> bool {
        matches!(self, Self::Trust(error) if error.may_heal())
    }
}

impl From<OpenError> for EnvelopeError {
    fn from(error: OpenError) -> Self {
        Self::Trust(error.into())
    }
}

impl From<CanonicalError> for EnvelopeError {
    fn from(error: CanonicalError) -> Self {
        Self::Trust(error.into())
    }
}

impl From<SignatureError> for EnvelopeError {
    fn from(error: SignatureError) -> Self {
        Self::Trust(error.into())
    }
}

/// The three byte strings that a store keeps for a change: exactly what was signed and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawChange<'a> {
    /// The encoded body.
    pub body: &'a [u8],
    /// The signature, 64 bytes.
    pub signature: &'a [u8],
    /// The Automerge change, raw (type 1).
    pub change: &'a [u8],
}

/// A change as received or read from storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedChange {
    envelope: Envelope,
    change: Vec<u8>,
}

impl UnverifiedChange {
    /// Puts an envelope and its change bytes together.
    pub fn new(envelope: Envelope, change: Vec<u8>) -> Result<Self, EnvelopeError> {
        if change.len() > MAX_CHANGE_LEN {
            return Err(EnvelopeError::ChangeTooLong { limit: MAX_CHANGE_LEN, got: change.len() });
        }
        Ok(Self { envelope, change })
    }

    /// Takes stored or received byte strings; only sizes are checked.
    pub fn from_raw_parts(raw: RawChange<'_>) -> Result<Self, EnvelopeError> {
        if raw.change.len() > MAX_CHANGE_LEN {
            return Err(EnvelopeError::ChangeTooLong {
                limit: MAX_CHANGE_LEN,
                got: raw.change.len(),
            });
        }
        Ok(Self {
            envelope: Envelope::from_parts(raw.body, raw.signature)?,
            change: raw.change.to_vec(),
        })
    }

    /// The byte strings, for storage.
    pub fn raw_parts(&self) -> RawChange<'_> {
        let (body, signature) = self.envelope.raw_parts();
        RawChange { body, signature, change: &self.change }
    }

    /// The envelope's identity: a hash of bytes, and no statement about them.
    pub fn id(&self) -> EnvelopeId {
        EnvelopeId(self.envelope.body_hash())
    }

    /// Checks envelope, author, the key's purpose and change bytes against the certificates of `court`.
    /// What the author may do, and whether the change fits the document, is not judged here.
    pub fn verify(
        self,
        directory: &Directory,
        court: &str,
    ) -> Result<VerifiedChange, EnvelopeError> {
        if directory.court() != court {
            return Err(TrustError::WrongCourt.into());
        }
        let (envelope, author) = directory.verify_with_signer(self.envelope)?;
        let purpose = purpose_of(&envelope.payload().verb);
        if !author.payload().serves(purpose) {
            return Err(EnvelopeError::WrongPurpose { purpose });
        }
        if change_hash(&self.change)? != envelope.payload().change {
            return Err(EnvelopeError::ChangeMismatch);
        }
        Ok(VerifiedChange { envelope, author, change: self.change })
    }
}

/// A change whose author and bytes are certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedChange {
    envelope: Verified<Body>,
    author: Arc<Verified<Certificate>>,
    change: Vec<u8>,
}

impl VerifiedChange {
    /// The envelope's identity.
    pub fn id(&self) -> EnvelopeId {
        EnvelopeId(self.envelope.body_hash())
    }

    /// What the author signed.
    pub fn body(&self) -> &Body {
        self.envelope.payload()
    }

    /// The author's certificate: person, device, roles.
    pub fn certificate(&self) -> &Certificate {
        self.author.payload()
    }

    /// The author's certificate's identity.
    pub fn certificate_id(&self) -> CertificateId {
        self.body().certificate
    }

    /// The author's staff id.
    pub fn person(&self) -> &str {
        // Directory admits a person's certificate only with a person in it.
        self.certificate().person.as_deref().unwrap_or_default()
    }

    /// The raw Automerge change.
    pub fn change_bytes(&self) -> &[u8] {
        &self.change
    }

    /// The signed envelope, to pass on.
    pub fn envelope(&self) -> &Envelope {
        self.envelope.signed()
    }

    /// The byte strings, for storage.
    pub fn raw_parts(&self) -> RawChange<'_> {
        let (body, signature) = self.envelope().raw_parts();
        RawChange { body, signature, change: &self.change }
    }

    /// Forgets that it was verified, to send it to somebody who must verify for himself.
    pub fn into_unverified(self) -> UnverifiedChange {
        UnverifiedChange { envelope: self.envelope.into_parts().1, change: self.change }
    }
}
