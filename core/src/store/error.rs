//! What can go wrong in the store, with a stable code and a sentence a person can act on. No error
//! carries a row's content: only which rule, which column, which SQLite code.

use rusqlite::ErrorCode;

use crate::id::EnvelopeId;

/// Why the store could not do what it was asked. Whatever was asked, the state is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A later version of the app wrote this store.
    #[error(
        "a newer version of the app wrote this store (store {found}, app {known}); update the app"
    )]
    Newer {
        /// Schema version of the file.
        found: u32,
        /// Newest schema version this program knows.
        known: u32,
    },
    /// The file is no store of ours or its content cannot be read. It was left as it is.
    #[error("the store is damaged ({what}); it was left untouched, call the court's support")]
    Damaged {
        /// What was found, without content.
        what: String,
    },
    /// The file cannot be read with this key: another key, or it was made without one.
    #[error("the store cannot be opened with this key; it was left untouched")]
    LockedKey,
    /// A key was given, but this program was built without encryption.
    #[error(
        "this program was built without encryption and refuses to write an open store under a key"
    )]
    NoEncryption,
    /// No room on the phone.
    #[error("the phone's storage is full; free some space, nothing was changed")]
    DiskFull,
    /// The disk refused to read or write.
    #[error("the phone's storage does not work (SQLite code {extended}); nothing was changed")]
    Io {
        /// SQLite's extended result code.
        extended: i32,
    },
    /// Somebody else holds the store for too long, or this thread already writes.
    #[error("the store is busy; try again")]
    Busy,
    /// A rule of the store would be broken.
    #[error("refused by the store: {rule}")]
    Constraint {
        /// The rule, in snake_case or as SQLite names it.
        rule: String,
    },
    /// The same actor already has another change with this number in this document.
    #[error("another change with the same actor and number is already stored")]
    Twin {
        /// The one that is stored.
        existing: EnvelopeId,
    },
    /// Larger than the store takes.
    #[error("{what} has {bytes} bytes, at most {limit} are taken")]
    TooLarge {
        /// What was too large.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// What was named is not in the store.
    #[error("{what} is not in this store")]
    NotFound {
        /// What kind of thing was named.
        what: &'static str,
    },
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Stable code for the API, logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "store_newer",
            Self::Damaged { .. } => "store_damaged",
            Self::LockedKey => "store_locked_key",
            Self::NoEncryption => "store_no_encryption",
            Self::DiskFull => "disk_full",
            Self::Io { .. } => "io",
            Self::Busy => "busy",
            Self::Constraint { .. } => "constraint",
            Self::Twin { .. } => "twin",
            Self::TooLarge { .. } => "too_large",
            Self::NotFound { .. } => "not_found",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(super) fn constraint(rule: &str) -> Self {
        Self::Constraint { rule: rule.to_owned() }
    }
}

/// `bytes` if they fit, else [`StoreError::TooLarge`].
pub(super) fn at_most(what: &'static str, bytes: usize, limit: usize) -> Result<(), StoreError> {
    if bytes > limit { Err(StoreError::TooLarge { what, bytes, limit }) } else { Ok(()) }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::SqliteFailure(failure, message) => match failure.code {
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed => Self::Busy,
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    Self::damaged(format!("SQLite code {}", failure.extended_code))
                }
                // The message names tables and columns, never values.
                ErrorCode::ConstraintViolation => Self::Constraint {
                    rule: message.unwrap_or_else(|| failure.extended_code.to_string()),
                },
                ErrorCode::TooBig => Self::TooLarge {
                    what: "a value",
                    bytes: 0,
                    limit: super::connection::MAX_VALUE,
                },
                _ => Self::Io { extended: failure.extended_code },
            },
            // A value of another type or length than the schema promises.
            E::FromSqlConversionFailure(column, ..)
            | E::IntegralValueOutOfRange(column, _)
            | E::Utf8Error(column, _)
            | E::InvalidColumnType(column, ..) => {
                Self::damaged(format!("column {column} of a row"))
            }
            E::ToSqlConversionFailure(_) | E::NulError(_) => Self::constraint("value_out_of_range"),
            E::InvalidPath(_) => Self::constraint("path_is_not_unicode"),
            _ => Self::Io { extended: -1 },
        }
    }
}
