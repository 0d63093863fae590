//! What can go wrong on a phone, as one enum with stable codes.

use crate::document::{Hold, LogDamaged, Refusal, WriteError};
use crate::identity::{CanonicalError, SealError, SignError, TrustError};
use crate::store::StoreError;

/// A call on the phone failed; the store is as it was before the call.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The wish is not allowed; the code and sentence are [`Refusal`]'s.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The wish cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The record needs a newer app.
    #[error("the record needs a newer app")]
    Newer(Hold),
    /// The key store did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The person signed in has no key here that may finalise.
    #[error(
        "the finalising key is not set up on this phone; unlock it or have the court issue one"
    )]
    NoFinalisingKey,
    /// No such record on this phone.
    #[error("no such record on this phone")]
    NoRecord,
    /// Certificates or signatures do not hold.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A message does not follow the protocol.
    #[error(transparent)]
    Message(#[from] CanonicalError),
    /// The stored log of a record does not make a document.
    #[error(transparent)]
    Log(#[from] LogDamaged),
    /// Blocking rules fail; their ids. The officer may settle what is missing or set a rule aside.
    #[error("rules block finalising: {}", .0.join(", "))]
    RulesBlock(Vec<String>),
    /// The answer does not fit the question.
    #[error("the server's answer does not fit the question: {0}")]
    Protocol(&'static str),
}

impl From<SealError> for PhoneError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Body(error) => Self::Message(error),
            SealError::Sign(error) => Self::Sign(error),
        }
    }
}

impl PhoneError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Write(error) => Refusal::from(*error).code(),
            Self::Newer(hold) => hold.code(),
            Self::Sign(error) => error.code(),
            Self::NotSignedIn => "not_signed_in",
            Self::NoFinalisingKey => "no_finalising_key",
            Self::NoRecord => "no_record",
            Self::Trust(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::Log(_) => "log_damaged",
            Self::RulesBlock(_) => "rules_block",
            Self::Protocol(_) => "protocol",
        }
    }
}
