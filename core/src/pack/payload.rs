//! What every pack has in common: a name, a version, whom it is for, bounds, and one byte form.
//! The bytes are JSON with keys in the order of the types (unknown keys sorted behind them), so
//! the same pack always gives the same bytes to sign.

use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;

/// Which phones and consoles a pack may reach (law 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The people of one case.
    Team {
        /// The case, which is also the channel.
        case_no: String,
        /// Staff ids, handler first.
        staff: Vec<String>,
    },
    /// The court's own staff: it names persons.
    Staff,
    /// Every enrolled device of the court: it names nobody.
    Everyone,
}

/// The bytes are not such a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// More bytes than this kind of pack may have.
    #[error("pack has {bytes} bytes, at most {max} are allowed")]
    TooLarge {
        /// Bytes offered.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not the JSON of this kind. Line and column count from 1, the column in bytes.
    #[error("pack is not readable at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

impl PayloadError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "pack_too_large",
            Self::Malformed { .. } => "pack_malformed",
        }
    }
}

/// A typed pack.
pub trait Payload: Serialize + DeserializeOwned {
    /// Name of the kind, ASCII.
    const KIND: &'static str;
    /// Most bytes of its JSON.
    const MAX_BYTES: usize;

    /// Which of several packs of a kind this is: the case number, the court code.
    fn subject(&self) -> &str;

    /// Rises with every replacement.
    fn version(&self) -> u64;

    /// Whom it may reach.
    fn audience(&self) -> Audience;

    /// Everything wrong with it, in reading order. A server refuses to sign a pack with errors; a
    /// phone shows what it got.
    fn validate(&self) -> Vec<Problem>;

    /// The bytes that are signed.
    fn encode(&self) -> Result<Vec<u8>, PayloadError> {
        let bytes =
            serde_json::to_vec(self).map_err(|_| PayloadError::Malformed { line: 0, column: 0 })?;
        check_size::<Self>(bytes.len())?;
        Ok(bytes)
    }

    /// Reads bytes from outside; unknown fields are kept.
    fn decode(bytes: &[u8]) -> Result<Self, PayloadError> {
        check_size::<Self>(bytes.len())?;
        serde_json::from_slice(bytes)
            .map_err(|error| PayloadError::Malformed { line: error.line(), column: error.column() })
    }
}

fn check_size<P: Payload>(bytes: usize) -> Result<(), PayloadError> {
    if bytes > P::MAX_BYTES {
        Err(PayloadError::TooLarge { bytes, max: P::MAX_BYTES })
    } else {
        Ok(())
    }
}
