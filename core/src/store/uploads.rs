//! What goes to the court: the queue of files, and how far each has come. What the court says of them itself is
//! [`super::words`]'.

use rusqlite::params;

use super::{BlobState, DerivedKind, ReadTx, StoreError, WriteTx, column::Unsigned};
use crate::id::BlobHash;

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// What it is; `None` for an original.
    pub kind: Option<DerivedKind>,
    /// The original it is or was made from.
    pub original: BlobHash,
    /// Name of its file.
    pub path: String,
    /// Size, bytes.
    pub bytes: u64,
}

/// Small ones first within a kind, so that much arrives early.
pub(super) const QUEUE: &str = "SELECT hash, NULL, hash, path, bytes, priority AS urgency FROM blobs
    WHERE state IN ('local', 'uploading', 'differs') AND (?1 OR priority < 3)
      AND EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
  UNION ALL SELECT hash, kind, made_from, path, bytes,
      CASE kind WHEN 'thumbnail' THEN 1 ELSE 2 END FROM derived
    WHERE with_court = 0 AND EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = derived.made_from)
  ORDER BY urgency, 5, 1 LIMIT ?2";

impl ReadTx<'_> {
    /// What is to be uploaded and named by a record: strokes, thumbnails, previews, then `originals`
    /// when they may go.
    pub fn uploads(&self, originals: bool, limit: u32) -> Result<Vec<UploadRow>, StoreError> {
        self.rows(QUEUE, params![originals, limit], |row| {
            Ok(UploadRow {
                hash: row.get(0)?,
                kind: row.get(1)?,
                original: row.get(2)?,
                path: row.get(3)?,
                bytes: row.get::<_, Unsigned>(4)?.0,
            })
        })
    }

    /// Originals that the court has, of channels this phone is to leave, without a word of the court that
    /// says so: its word may stand where this phone no longer reads.
    pub fn unheard(&self, limit: u32) -> Result<Vec<UploadRow>, StoreError> {
        self.rows(
            "SELECT hash, path, bytes FROM blobs WHERE state = 'verified' AND released = 0
             AND NOT EXISTS (SELECT 1 FROM standing WHERE standing.hash = blobs.hash)
             AND EXISTS (SELECT 1 FROM blob_uses
                JOIN documents ON documents.id = blob_uses.document
                JOIN channels ON channels.channel = documents.channel
                WHERE blob_uses.hash = blobs.hash AND channels.member = 'leaving')
             ORDER BY hash LIMIT ?1",
            [limit],
            |row| {
                Ok(UploadRow {
                    hash: row.get(0)?,
                    kind: None,
                    original: row.get(0)?,
                    path: row.get(1)?,
                    bytes: row.get::<_, Unsigned>(2)?.0,
                })
            },
        )
    }
}

impl WriteTx<'_> {
    /// The court has begun to take a file.
    pub fn set_uploading(&self, row: &UploadRow) -> Result<(), StoreError> {
        if row.kind.is_none() {
            self.sql.execute(
                "UPDATE blobs SET state = 'uploading'
                 WHERE hash = ?1 AND state IN ('local', 'uploading', 'differs')",
                [row.hash],
            )?;
        }
        Ok(())
    }

    /// The court does not have this original after all.
    pub fn offer_original_again(&self, hash: BlobHash) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE blobs SET state = 'local' WHERE hash = ?1 AND state = 'verified'",
            [hash],
        )?;
        Ok(())
    }

    /// The court has this file and its hash is right.
    pub fn set_uploaded(&self, row: &UploadRow) -> Result<(), StoreError> {
        match row.kind {
            None => {
                self.sql.execute(
                    "UPDATE blobs SET state = 'verified', trouble = NULL
                     WHERE hash = ?1 AND state IN ('local', 'uploading', 'differs')",
                    [row.hash],
                )?;
            }
            Some(kind) => {
                self.sql.execute(
                    "UPDATE derived SET with_court = 1 WHERE made_from = ?1 AND kind = ?2",
                    params![row.original, kind],
                )?;
            }
        }
        Ok(())
    }

    /// What keeps an original from going on, a code; `None` when nothing does any more.
    pub fn set_trouble(&self, hash: BlobHash, trouble: Option<&str>) -> Result<(), StoreError> {
        self.sql
            .execute("UPDATE blobs SET trouble = ?2 WHERE hash = ?1", params![hash, trouble])?;
        Ok(())
    }

    /// The court was set back to an earlier state: what is still here is offered again, whatever it
    /// said before. A file that it has costs one small request.
    pub fn offer_originals_again(&self) -> Result<usize, StoreError> {
        self.sql.execute("UPDATE derived SET with_court = 0", [])?;
        Ok(self.sql.execute(
            "UPDATE blobs SET state = 'local'
             WHERE state IN ('verified', 'receipted') AND released = 0",
            [],
        )?)
    }

    /// The court found other bytes than were signed.
    pub fn set_differs(&self, row: &UploadRow, trouble: &str) -> Result<(), StoreError> {
        if row.kind.is_none() {
            self.set_blob_state(row.hash, BlobState::Differs)?;
            self.set_trouble(row.hash, Some(trouble))?;
        }
        Ok(())
    }
}
