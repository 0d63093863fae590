//! One row per record: where it belongs, and a cache of what the log says about it. Everything but
//! kind, case and channel can be thrown away ([`WriteTx::clear_caches`]) and computed again.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    ReadTx, StoreError, WriteTx,
    column::{Hashes, join_hashes},
    error::at_most,
};
use crate::id::{ChangeHash, Digest, DocumentId};

/// Largest snapshot taken, bytes (a document is capped at 256 kB).
pub const MAX_SNAPSHOT: usize = 1 << 20;
const MAX_TITLE: usize = 1_024;

/// A document to be put into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// The record.
    pub id: DocumentId,
    /// Record kind; may be one this version does not know.
    pub kind: String,
    /// Case number, if it belongs to one.
    pub case_no: Option<String>,
    /// The channel it lives in.
    pub channel: String,
    /// Snapshot of the document, as fast to load; `None` when there is none.
    pub snapshot: Option<Vec<u8>>,
    /// State digest of the snapshot.
    pub digest: Option<Digest>,
    /// Heads of the snapshot.
    pub heads: Vec<ChangeHash>,
    /// One line for lists.
    pub title: String,
    /// Whether a finalisation holds.
    pub finalised: bool,
    /// Open conflicts.
    pub conflicts: u32,
    /// Local order of the last log row seen in it; lists show the highest first.
    pub updated: i64,
}

/// A stored document.
pub type DocumentRow = NewDocument;

/// Where a list goes on: `updated` and id of the last row seen.
pub type ListAfter = Option<(i64, DocumentId)>;

const COLUMNS: &str =
    "id, kind, case_no, channel, snapshot, digest, heads, title, finalised, conflicts, updated";
// Lists leave the snapshot out.
const LISTED: &str =
    "id, kind, case_no, channel, NULL, digest, heads, title, finalised, conflicts, updated";

pub(super) const RECENT: &str = "FROM documents WHERE (updated, id) < (?1, ?2)
    ORDER BY updated DESC, id DESC LIMIT ?3";
pub(super) const OF_CASE: &str = "FROM documents WHERE case_no = ?4 AND (updated, id) < (?1, ?2)
    ORDER BY updated DESC, id DESC LIMIT ?3";
pub(super) const OF_KIND: &str = "FROM documents WHERE kind = ?4 AND (updated, id) < (?1, ?2)
    ORDER BY updated DESC, id DESC LIMIT ?3";
pub(super) const ATTENTION: &str = "FROM documents WHERE id IN (
        SELECT id FROM documents WHERE conflicts > 0
        UNION SELECT document FROM log WHERE state IN ('held', 'quarantined')
        UNION SELECT document FROM tray WHERE outcome = 'open' AND document IS NOT NULL
    ) AND (updated, id) < (?1, ?2) ORDER BY updated DESC, id DESC LIMIT ?3";
pub(super) const UNCACHED: &str =
    "SELECT id FROM documents WHERE snapshot IS NULL AND id > ?1 ORDER BY id LIMIT ?2";

fn read(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(NewDocument {
        id: row.get(0)?,
        kind: row.get(1)?,
        case_no: row.get(2)?,
        channel: row.get(3)?,
        snapshot: row.get(4)?,
        digest: row.get(5)?,
        heads: row.get::<_, Hashes>(6)?.0,
        title: row.get(7)?,
        finalised: row.get(8)?,
        conflicts: row.get(9)?,
        updated: row.get(10)?,
    })
}

impl ReadTx<'_> {
    /// One document with its snapshot.
    pub fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = ?1");
        Ok(self.sql.query_row(&sql, [id], read).optional()?)
    }

    /// Documents, most recently changed first, without snapshots.
    pub fn documents(&self, after: ListAfter, limit: u32) -> Result<Vec<DocumentRow>, StoreError> {
        let (updated, id) = list_from(after);
        self.rows(&format!("SELECT {LISTED} {RECENT}"), params![updated, id, limit], read)
    }

    /// Documents of a case, most recently changed first, without snapshots.
    pub fn documents_of_case(
        &self,
        case_no: &str,
        after: ListAfter,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let (updated, id) = list_from(after);
        self.rows(&format!("SELECT {LISTED} {OF_CASE}"), params![updated, id, limit, case_no], read)
    }

    /// Documents of a kind, most recently changed first, without snapshots.
    pub fn documents_of_kind(
        &self,
        kind: &str,
        after: ListAfter,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let (updated, id) = list_from(after);
        self.rows(&format!("SELECT {LISTED} {OF_KIND}"), params![updated, id, limit, kind], read)
    }

    /// Documents that need a person: an open conflict, a held or quarantined change, or an open row in
    /// the tray. Refused bytes whose document is unknown are in [`Self::tray_open`] only.
    pub fn documents_needing_attention(
        &self,
        after: ListAfter,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let (updated, id) = list_from(after);
        self.rows(&format!("SELECT {LISTED} {ATTENTION}"), params![updated, id, limit], read)
    }

    /// Documents without a snapshot, in id order: what a rebuild has yet to do.
    pub fn documents_uncached(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let after = after.map_or_else(Vec::new, |id| id.0.to_vec());
        self.rows(UNCACHED, params![after, limit], |row| row.get(0))
    }
}

/// Where a descending list begins. A blob of 17 bytes sorts behind every id.
fn list_from(after: ListAfter) -> (i64, Vec<u8>) {
    after.map_or((i64::MAX, vec![0xff; 17]), |(updated, id)| (updated, id.0.to_vec()))
}

impl WriteTx<'_> {
    /// Puts a document, or replaces what is known of it. Its kind never changes; to move it to another
    /// channel use [`Self::move_document`].
    pub fn put_document(&self, new: &NewDocument) -> Result<(), StoreError> {
        at_most("a snapshot", new.snapshot.as_ref().map_or(0, Vec::len), MAX_SNAPSHOT)?;
        at_most("a title", new.title.len(), MAX_TITLE)?;
        if let Some((kind, channel)) = self.kind_and_channel(new.id)? {
            if kind != new.kind {
                return Err(StoreError::constraint("kind_of_a_document_never_changes"));
            }
            if channel != new.channel {
                return Err(StoreError::constraint("document_lives_in_another_channel"));
            }
        }
        self.sql.execute(
            "INSERT INTO documents (id, kind, case_no, channel, snapshot, digest, heads, title, finalised,
                conflicts, updated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET case_no = excluded.case_no, snapshot = excluded.snapshot,
                digest = excluded.digest, heads = excluded.heads, title = excluded.title,
                finalised = excluded.finalised, conflicts = excluded.conflicts, updated = excluded.updated",
            params![
                new.id,
                new.kind,
                new.case_no,
                new.channel,
                new.snapshot,
                new.digest,
                join_hashes(&new.heads),
                new.title,
                new.finalised,
                new.conflicts,
                new.updated
            ],
        )?;
        Ok(())
    }

    /// Moves a document and its log to another channel.
    pub fn move_document(&self, id: DocumentId, channel: &str) -> Result<(), StoreError> {
        self.sql
            .execute("UPDATE documents SET channel = ?2 WHERE id = ?1", params![id, channel])?;
        self.sql
            .execute("UPDATE log SET channel = ?2 WHERE document = ?1", params![id, channel])?;
        Ok(())
    }

    /// Takes a document out of the lists: every change of it was refused and is in the tray.
    pub fn remove_document(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM documents WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Throws every cache away: snapshots, what lists show, search. The log stays, and
    /// [`ReadTx::documents_uncached`] names what is to be computed again.
    pub fn clear_caches(&self) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE documents SET snapshot = NULL, digest = NULL, heads = x'', title = '', finalised = 0,
                conflicts = 0",
            [],
        )?;
        self.clear_search()
    }

    fn kind_and_channel(&self, id: DocumentId) -> Result<Option<(String, String)>, StoreError> {
        let sql = "SELECT kind, channel FROM documents WHERE id = ?1";
        Ok(self.sql.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}
