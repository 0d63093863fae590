//! Where the changes of a document stand, counted in the store: lists of a thousand records ask for it line
//! by line, and need none of the bytes.

use rusqlite::{OptionalExtension as _, params};

use super::{LogState, ReadTx, StoreError, column::Unsigned};
use crate::id::{CertificateId, DocumentId};

/// Changes of one document, by one certificate, in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// Their author's certificate.
    pub certificate: CertificateId,
    /// Their state.
    pub state: LogState,
    /// How many.
    pub changes: u64,
}

pub(super) const STATES: &str = "SELECT certificate, state, count(*) FROM log WHERE document = ?1
    GROUP BY certificate, state ORDER BY certificate, state";
pub(super) const REFUSED: &str =
    "SELECT EXISTS (SELECT 1 FROM tray WHERE outcome = 'open' AND document = ?1)";
pub(super) const NEWEST: &str =
    "SELECT device_ms FROM log WHERE document = ?1 ORDER BY local DESC LIMIT 1";

impl ReadTx<'_> {
    /// How many changes of a document stand where.
    pub fn states_of_document(&self, id: DocumentId) -> Result<Vec<StateCount>, StoreError> {
        self.rows(STATES, [id], |row| {
            Ok(StateCount {
                certificate: row.get(0)?,
                state: row.get(1)?,
                changes: row.get::<_, Unsigned>(2)?.0,
            })
        })
    }

    /// Whether something of a document lies in the tray and waits for a person.
    pub fn has_refused(&self, id: DocumentId) -> Result<bool, StoreError> {
        Ok(self.sql.query_row(REFUSED, params![id], |row| row.get(0))?)
    }

    /// What its author's clock said when the change was made that came here last, milliseconds since 1970.
    pub fn newest_change_ms(&self, id: DocumentId) -> Result<Option<i64>, StoreError> {
        Ok(self.sql.query_row(NEWEST, [id], |row| row.get(0)).optional()?)
    }
}
