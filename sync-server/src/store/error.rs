//! What can go wrong between the server and its database.

/// The database did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database was written by a newer version of this program.
    #[error(
        "the database has schema {found}; this program knows up to {known}: update the program"
    )]
    Newer {
        /// Schema of the database.
        found: i64,
        /// Newest schema this program knows.
        known: i64,
    },
    /// Something stored cannot be read back: the database is damaged.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// SQLite's own error: disk full, file damaged, locked for too long.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "store_newer",
            Self::Damaged(_) => "store_damaged",
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DiskFull) => "store_full",
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                    "store_busy"
                }
                _ => "store_failed",
            },
        }
    }
}
