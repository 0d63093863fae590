//! Timestamps of checkpoints, as the authorities outside the court gave them.

use super::{Reading, StoreError, Writing, count, stored};

/// A timestamp of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampRow {
    /// Name of the log.
    pub origin: String,
    /// Leaves that the checkpoint covers.
    pub size: u64,
    /// What the court calls the authority.
    pub authority: String,
    /// Its answer (RFC 3161 `TimeStampResp`, DER).
    pub token: Vec<u8>,
    /// When it came, server clock, milliseconds since 1970.
    pub made_ms: i64,
}

const TIMESTAMP: &str = "SELECT origin, size, authority, token, made_ms FROM checkpoint_timestamp";

fn timestamp(row: &rusqlite::Row<'_>) -> rusqlite::Result<TimestampRow> {
    Ok(TimestampRow {
        origin: row.get(0)?,
        size: count(row.get(1)?),
        authority: row.get(2)?,
        token: row.get(3)?,
        made_ms: row.get(4)?,
    })
}

impl Reading<'_> {
    /// The timestamps of checkpoints of this size, of whichever log.
    pub fn timestamps(&self, size: u64) -> Result<Vec<TimestampRow>, StoreError> {
        let sql = format!("{TIMESTAMP} WHERE court = ?1 AND size = ?2 ORDER BY origin, authority");
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map((self.court, stored(size)), timestamp)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest timestamps, at most `limit`.
    pub fn newest_timestamps(&self, limit: u32) -> Result<Vec<TimestampRow>, StoreError> {
        let order = "ORDER BY made_ms DESC, size DESC, authority";
        let sql = format!("{TIMESTAMP} WHERE court = ?1 {order} LIMIT ?2");
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map((self.court, limit), timestamp)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Keeps a timestamp; the first of an authority for a checkpoint stays.
    pub fn put_timestamp(&self, row: &TimestampRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO checkpoint_timestamp (court, origin, size, authority, token, made_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            (self.court, &row.origin, stored(row.size), &row.authority, &row.token, row.made_ms),
        )?;
        Ok(())
    }
}
