//! Promises that crews left before a dead zone, and the words that were heard of them since.

use rusqlite::OptionalExtension;

use lastmile_core::id::{CertificateId, DocumentId};

use super::{Reading, StoreError, Writing};

/// Truth: nothing else says what a crew promised, and a deadline survives a restart.
pub(super) const SCHEMA: &str = "
CREATE TABLE watch (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  person TEXT NOT NULL,
  message TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  raised BLOB CHECK (length(raised) = 16),
  over_ms INTEGER,
  PRIMARY KEY (court, id)
) STRICT;
CREATE INDEX watch_open ON watch (court, received_ms) WHERE over_ms IS NULL;
CREATE INDEX watch_person ON watch (court, person);

CREATE TABLE watch_word (
  court TEXT NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  at_ms INTEGER NOT NULL,
  word TEXT NOT NULL,
  certificate BLOB NOT NULL CHECK (length(certificate) = 32)
) STRICT;
CREATE INDEX watch_word_of ON watch_word (court, id, at_ms);
";

/// A promise as the server received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRow {
    /// Which.
    pub id: [u8; 16],
    /// Who left it.
    pub person: String,
    /// The message that made it, JSON.
    pub message: String,
    /// When the server received it, server clock.
    pub received_ms: i64,
    /// The incident that was raised.
    pub raised: Option<DocumentId>,
    /// When nothing more was due.
    pub over_ms: Option<i64>,
}

const WATCH: &str = "id, person, message, received_ms, raised, over_ms";

fn watch(row: &rusqlite::Row<'_>) -> rusqlite::Result<WatchRow> {
    Ok(WatchRow {
        id: row.get(0)?,
        person: row.get(1)?,
        message: row.get(2)?,
        received_ms: row.get(3)?,
        raised: row.get::<_, Option<[u8; 16]>>(4)?.map(DocumentId),
        over_ms: row.get(5)?,
    })
}

impl Reading<'_> {
    /// A promise.
    pub fn watch(&self, id: &[u8; 16]) -> Result<Option<WatchRow>, StoreError> {
        let sql = format!("SELECT {WATCH} FROM watch WHERE court = ?1 AND id = ?2");
        Ok(self.db.query_row(&sql, (self.court, id), watch).optional()?)
    }

    /// Promises that are not over, the oldest first.
    pub fn watches_open(&self) -> Result<Vec<WatchRow>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {WATCH} FROM watch WHERE court = ?1 AND over_ms IS NULL ORDER BY received_ms, id"
        ))?;
        let rows = statement.query_map([self.court], watch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Promises that ended since `since_ms`, the latest first, at most `limit`.
    pub fn watches_over(&self, since_ms: i64, limit: u32) -> Result<Vec<WatchRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {WATCH} FROM watch WHERE court = ?1 AND over_ms >= ?2
             ORDER BY over_ms DESC, id LIMIT ?3"
        ))?;
        let rows = statement.query_map((self.court, since_ms, limit), watch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many open promises a person has left.
    pub fn watches_of(&self, person: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM watch WHERE court = ?1 AND person = ?2 AND over_ms IS NULL";
        Ok(self.db.query_row(sql, (self.court, person), |row| row.get(0))?)
    }

    /// The words that were heard of a promise, in the order of arrival: time and code.
    pub fn watch_words(&self, id: &[u8; 16]) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT at_ms, word FROM watch_word WHERE court = ?1 AND id = ?2 ORDER BY at_ms, rowid",
        )?;
        let rows = statement.query_map((self.court, id), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Keeps a promise.
    pub fn put_watch(&self, row: &WatchRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO watch (court, id, person, message, received_ms, raised, over_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                self.court,
                row.id,
                &row.person,
                &row.message,
                row.received_ms,
                row.raised.as_ref().map(DocumentId::as_bytes),
                row.over_ms,
            ),
        )?;
        Ok(())
    }

    /// Keeps a word.
    pub fn put_watch_word(
        &self,
        id: &[u8; 16],
        word: &str,
        certificate: CertificateId,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO watch_word (court, id, at_ms, word, certificate)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.court, id, at_ms, word, certificate.as_bytes()),
        )?;
        Ok(())
    }

    /// Nothing more is due: it was kept, or an incident was raised.
    pub fn end_watch(
        &self,
        id: &[u8; 16],
        raised: Option<DocumentId>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE watch SET over_ms = coalesce(over_ms, ?3), raised = coalesce(raised, ?4)
             WHERE court = ?1 AND id = ?2",
            (self.court, id, now_ms, raised.as_ref().map(DocumentId::as_bytes)),
        )?;
        Ok(())
    }
}
