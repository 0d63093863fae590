//! Records by the day on which something of them came, a page at a time.

use lastmile_core::id::DocumentId;

use super::models::{RECORD, record};
use super::{Reading, RecordRow, StoreError, stored};

impl Reading<'_> {
    /// Records of these kinds of which an accepted change came within `from_ms..to_ms`, server clock, in the
    /// order in which they first came, after the place (receipt, id).
    pub fn records_of_day(
        &self,
        kinds: &[&str],
        (from_ms, to_ms): (i64, i64),
        (after_ms, after_id): (i64, &[u8]),
        limit: usize,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let kinds = serde_json::to_string(kinds).unwrap_or_default();
        let mut statement = self.db.prepare(&format!(
            "SELECT {RECORD} FROM record
             WHERE court = ?1 AND kind IN (SELECT value FROM json_each(?2))
               AND last_received_ms >= ?3 AND first_received_ms < ?4
               AND (first_received_ms, id) > (?5, ?6)
               AND EXISTS (SELECT 1 FROM envelope
                 WHERE envelope.court = record.court AND document = record.id
                   AND envelope.state = 'accepted' AND received_ms >= ?3 AND received_ms < ?4)
             ORDER BY first_received_ms, id LIMIT ?7"
        ))?;
        let limit = stored(limit as u64);
        let rows = statement
            .query_map((self.court, kinds, from_ms, to_ms, after_ms, after_id, limit), record)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whoever authored an accepted change of a record, by id.
    pub fn authors_of(&self, document: DocumentId) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT person FROM envelope
             WHERE court = ?1 AND document = ?2 AND state = 'accepted' ORDER BY person",
        )?;
        let rows = statement.query_map((self.court, document.as_bytes()), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
