//! What the person wished, per own change. A rebase replays it; so it outlives the change's move to
//! the tray.

use rusqlite::{OptionalExtension as _, params};
use serde::de::IgnoredAny;

use super::{ReadTx, StoreError, WriteTx, error::at_most};
use crate::id::EnvelopeId;

/// Longest intent, bytes of JSON.
pub const MAX_INTENT: usize = 256 << 10;

impl ReadTx<'_> {
    /// The intent an own change was made from.
    pub fn intent(&self, id: EnvelopeId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT json FROM intents WHERE id = ?1";
        Ok(self.sql.query_row(sql, [id], |row| row.get(0)).optional()?)
    }
}

impl WriteTx<'_> {
    /// Keeps the intent of an own change, in the transaction that records the change.
    pub fn put_intent(&self, id: EnvelopeId, json: &str) -> Result<(), StoreError> {
        at_most("an intent", json.len(), MAX_INTENT)?;
        check_json(json)?;
        self.sql.execute("INSERT INTO intents (id, json) VALUES (?1, ?2)", params![id, json])?;
        Ok(())
    }
}

/// Refuses text that is not JSON: what is stored must be readable later.
pub(super) fn check_json(json: &str) -> Result<(), StoreError> {
    serde_json::from_str::<IgnoredAny>(json)
        .map(drop)
        .map_err(|_| StoreError::constraint("not_json"))
}
