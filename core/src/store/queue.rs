//! What waits in the log: for the signature, for the server, for a missing dependency; and the
//! questions of sync about it.

use rusqlite::{OptionalExtension as _, params};

use super::{LogRow, ReadTx, StoreError, column::Unsigned};
use crate::id::{ChangeHash, DocumentId, EnvelopeId, Epoch};

pub(super) const UNSIGNED: &str = "WHERE state = 'unsigned' ORDER BY local LIMIT ?1";
pub(super) const PENDING: &str = "WHERE on_server = 0 AND state IN ('signed', 'held')
    AND (priority, local) > (?1, ?2) ORDER BY priority, local LIMIT ?3";
pub(super) const OWN_RANGE: &str =
    "WHERE origin = 'own' AND epoch = ?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence LIMIT ?4";
pub(super) const CHANNEL_IDS: &str =
    "SELECT id FROM log WHERE channel = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
pub(super) const DEPENDANTS: &str = "
    WITH RECURSIVE built (change) AS (
        SELECT change FROM edges WHERE document = ?1 AND needs = ?2
        UNION
        SELECT edges.change FROM built CROSS JOIN edges ON edges.document = ?1 AND edges.needs = built.change
    )
    SELECT log.id FROM built CROSS JOIN log ON log.document = ?1 AND log.change_hash = built.change
    ORDER BY log.local";
pub(super) const MISSING: &str = "
    SELECT DISTINCT edges.needs FROM edges
    WHERE edges.document = ?1 AND NOT EXISTS (
        SELECT 1 FROM log WHERE log.document = ?1 AND log.change_hash = edges.needs)
    ORDER BY edges.needs";
pub(super) const HELD: &str = "WHERE state IN ('held', 'quarantined') AND document = ?1 AND local > ?2 ORDER BY local LIMIT ?3";
pub(super) const PREVIOUS: &str = "
    SELECT id FROM (
        SELECT id, sequence FROM (SELECT id, sequence FROM log
            WHERE origin = 'own' AND +epoch = ?1 AND document = ?2 ORDER BY sequence DESC LIMIT 1)
        UNION ALL
        SELECT id, sequence FROM (SELECT id, sequence FROM tray
            WHERE origin = 'own' AND epoch = ?1 AND document = ?2 ORDER BY sequence DESC LIMIT 1)
    ) ORDER BY sequence DESC LIMIT 1";

impl ReadTx<'_> {
    /// Own changes that wait for their signature, oldest first.
    pub fn unsigned(&self, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        self.log_rows(UNSIGNED, [limit])
    }

    /// Signed changes the server is not known to have, own and carried for others, requests for
    /// assistance first, then in local order. `after` is priority and local order of the last row seen;
    /// `None` begins.
    pub fn pending(&self, after: Option<(u8, i64)>, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        let (priority, local) = after.unwrap_or((0, 0));
        self.log_rows(PENDING, params![priority, local, limit])
    }

    /// Own changes of an epoch whose sequences lie in `from..=to`, in order; refused ones are in the tray.
    pub fn own_range(
        &self,
        epoch: Epoch,
        from: u64,
        to: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let clamp = |sequence: u64| Unsigned(sequence.min(i64::MAX.unsigned_abs()));
        self.log_rows(OWN_RANGE, params![epoch, clamp(from), clamp(to), limit])
    }

    /// How many changes of a channel the court is not known to have.
    pub fn not_with_court(&self, channel: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM log
            WHERE channel = ?1 AND on_server = 0";
        Ok(self.sql.query_row(sql, [channel], |row| row.get::<_, Unsigned>(0))?.0)
    }

    /// Envelope ids of a channel in id order after `after`, for repair by fingerprints.
    pub fn ids_of_channel(
        &self,
        channel: &str,
        after: Option<EnvelopeId>,
        limit: u32,
    ) -> Result<Vec<EnvelopeId>, StoreError> {
        let after = after.map_or_else(Vec::new, |id| id.0.to_vec());
        self.rows(CHANNEL_IDS, params![channel, after, limit], |row| row.get(0))
    }

    /// Every change that builds, directly or not, on `change`, in local order: what a refusal takes along.
    pub fn dependants(
        &self,
        document: DocumentId,
        change: ChangeHash,
    ) -> Result<Vec<EnvelopeId>, StoreError> {
        self.rows(DEPENDANTS, params![document, change], |row| row.get(0))
    }

    /// Changes of a document that others build on and that are not here.
    pub fn missing_changes(&self, document: DocumentId) -> Result<Vec<ChangeHash>, StoreError> {
        self.rows(MISSING, [document], |row| row.get(0))
    }

    /// Held and quarantined changes of a document, in local order after `after`.
    pub fn held(
        &self,
        document: DocumentId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        self.log_rows(HELD, params![document, after, limit])
    }

    /// Documents with held or quarantined changes.
    pub fn documents_with_held(&self) -> Result<Vec<DocumentId>, StoreError> {
        let sql = "SELECT DISTINCT document FROM log WHERE state IN ('held', 'quarantined') ORDER BY document";
        self.rows(sql, [], |row| row.get(0))
    }

    /// The own envelope of this epoch and document with the highest sequence, refused or not: what the
    /// next envelope names as its previous one.
    pub fn previous_envelope(
        &self,
        epoch: Epoch,
        document: DocumentId,
    ) -> Result<Option<EnvelopeId>, StoreError> {
        Ok(self.sql.query_row(PREVIOUS, params![epoch, document], |row| row.get(0)).optional()?)
    }

    /// All rows of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
