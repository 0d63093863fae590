//! What originals that the court has say of place and time, and what they look like: a cache, made from the
//! verified bytes and made again when it is not there.

use rusqlite::OptionalExtension;

use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::picture::{Fingerprint, Look};

use super::{FileRow, Reading, StoreError, Writing, count, stored};

/// The table, and the way from a case to its files.
pub(super) const SCHEMA: &str = "
CREATE TABLE file_look (
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  particulars TEXT NOT NULL,
  fingerprint BLOB CHECK (length(fingerprint) = 16),
  PRIMARY KEY (court, hash)
) STRICT;
CREATE INDEX file_use_channel ON file_use (court, channel);
";

/// A use of an original, and what that looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenUse {
    /// The record.
    pub document: DocumentId,
    /// The item that names it, `photos/01J...`.
    pub item: String,
    /// The file.
    pub hash: BlobHash,
    /// What it looks like, when that is known and there is something to tell it from others.
    pub fingerprint: Option<Fingerprint>,
}

impl Reading<'_> {
    /// What is known of an original that the court has looked at.
    pub fn look(&self, hash: BlobHash) -> Result<Option<Look>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT particulars, fingerprint FROM file_look WHERE court = ?1 AND hash = ?2",
        )?;
        let found = statement.query_row((self.court, hash.as_bytes()), |row| {
            let fingerprint: Option<[u8; 16]> = row.get(1)?;
            Ok(Look::recalled(&row.get::<_, String>(0)?, fingerprint.map(Fingerprint)))
        });
        Ok(found.optional()?)
    }

    /// Originals that the court has and has not looked at.
    pub fn files_unseen(&self, limit: usize) -> Result<Vec<FileRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT hash, bytes, media_type, stored_ms, checked_ms FROM file WHERE court = ?1
             AND NOT EXISTS (SELECT 1 FROM file_look
               WHERE file_look.court = file.court AND file_look.hash = file.hash)
             ORDER BY hash LIMIT ?2",
        )?;
        let rows = statement.query_map((self.court, stored(limit as u64)), |row| {
            Ok(FileRow {
                hash: BlobHash(row.get(0)?),
                bytes: count(row.get(1)?),
                media_type: row.get(2)?,
                stored_ms: row.get(3)?,
                checked_ms: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The uses that a record's photos are held against: those of every record in its case, and those of
    /// the same files anywhere.
    pub fn uses_beside(
        &self,
        document: DocumentId,
        channel: &str,
    ) -> Result<Vec<SeenUse>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "WITH beside AS (
               SELECT document, item, hash FROM file_use WHERE court = ?1 AND channel = ?3
               UNION SELECT document, item, hash FROM file_use WHERE court = ?1 AND hash IN
                 (SELECT hash FROM file_use WHERE court = ?1 AND document = ?2))
             SELECT beside.document, beside.item, beside.hash, fingerprint FROM beside
             LEFT JOIN file_look ON file_look.court = ?1 AND file_look.hash = beside.hash
             ORDER BY beside.document, beside.item",
        )?;
        let rows = statement.query_map((self.court, document.as_bytes(), channel), |row| {
            Ok(SeenUse {
                document: DocumentId(row.get(0)?),
                item: row.get(1)?,
                hash: BlobHash(row.get(2)?),
                fingerprint: row.get::<_, Option<[u8; 16]>>(3)?.map(Fingerprint),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// The court has looked at an original.
    pub fn put_look(&self, hash: BlobHash, look: &Look) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO file_look (court, hash, particulars, fingerprint)
             VALUES (?1, ?2, ?3, ?4)",
            (self.court, hash.as_bytes(), look.particulars(), look.fingerprint.map(|look| look.0)),
        )?;
        Ok(())
    }
}
