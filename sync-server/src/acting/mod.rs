//! What a person changes in a record at the console, in the person's own name: an ordinary signed change, judged by
//! the same gate as a phone's ([`crate::ingest`]), told to phones in the same feed. The console has no key of its
//! own, so the court keeps one for the person while the session lasts; docs/decisions/0020 says why, and what such
//! a signature is worth.
//!
//! ```text
//! session ─► hand (key, certificate) ─► wish on the record as it stands ─► signed change ─► ingest
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`hand`] | the key: made at the first act, certified, forgotten with the session |
//! | [`act`] | one change, in one transaction |
//! | [`settle`] | a conflict settled |
//! | [`finalise`] | a record finalised (定稿) |
//!
//! Who is signed in is [`crate::accounts`]'; addresses and answers are [`crate::http`]'s.

pub mod act;
pub mod finalise;
pub mod hand;
pub mod settle;

use lastmile_core::document::{Refusal, WriteError};
use lastmile_core::identity::{CanonicalError, SealError, SignError};
use lastmile_core::rules::Finding;

use crate::court::CourtError;
use crate::ingest::IngestError;
use crate::law::LawError;
use crate::store::StoreError;

pub use act::Actor;
pub use hand::Hands;

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// The session has ended, or the person's roles have just changed.
    #[error("the session has ended")]
    Ended,
    /// No such record here.
    #[error("there is no such record")]
    UnknownRecord,
    /// The person does not belong to the record's case.
    #[error("the person does not belong to the case")]
    NotAMember,
    /// The conflict is settled, or has other sides than those that the person saw.
    #[error("the conflict has changed")]
    Gone,
    /// The record's content is not what the person saw.
    #[error("the record has changed")]
    Moved,
    /// What was asked for does not fit this conflict, or a field of it is missing.
    #[error("`{0}` does not fit")]
    Form(&'static str),
    /// The record's rules refuse it, as they would on a phone.
    #[error("{0}")]
    Refused(Refusal),
    /// Rules of the law are not kept yet.
    #[error("{} rules are not kept yet", .0.len())]
    Unlawful(Vec<Finding>),
    /// It was neither taken in nor refused: the record follows a later version than this program's.
    #[error("the change was not taken in: {0}")]
    NotTaken(String),
    /// The court's own certificates.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// The rules.
    #[error(transparent)]
    Law(#[from] LawError),
}

impl ActError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ended => "session_expired",
            Self::UnknownRecord => "unknown_record",
            Self::NotAMember => "not_a_member",
            Self::Gone => "conflict_gone",
            Self::Moved => "record_moved",
            Self::Form(_) => "field_out_of_bounds",
            Self::Refused(refusal) => refusal.code(),
            Self::Unlawful(_) => "rules_block",
            Self::NotTaken(_) => "change_not_taken",
            Self::Court(error) => error.code(),
            Self::Law(error) => error.code(),
        }
    }
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<IngestError> for ActError {
    fn from(error: IngestError) -> Self {
        Self::Court(CourtError::Ingest(error))
    }
}

impl From<SealError> for ActError {
    fn from(error: SealError) -> Self {
        Self::Court(error.into())
    }
}

impl From<CanonicalError> for ActError {
    fn from(error: CanonicalError) -> Self {
        SealError::from(error).into()
    }
}

impl From<SignError> for ActError {
    fn from(error: SignError) -> Self {
        SealError::from(error).into()
    }
}

impl From<WriteError> for ActError {
    fn from(error: WriteError) -> Self {
        match Refusal::from(error) {
            Refusal::NoSuchConflict => Self::Gone,
            refusal => Self::Refused(refusal),
        }
    }
}
