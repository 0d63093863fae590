//! Photos and files. The bytes lie in files beside the store; here stands which they are, who needs
//! them and how far their upload is. An original may be released only when a receipt covers it, and a
//! record's channel is not purged before that. The store itself touches no file.

use rusqlite::{Row, params};

use super::{
    ReadTx, StoreError, WriteTx,
    column::{Unsigned, text_enum},
    error::at_most,
};
use crate::id::{BlobHash, DocumentId};

/// Longest relative path, bytes.
pub const MAX_PATH: usize = 256;
const MAX_MIME: usize = 128;
const MAX_UPLOAD: usize = 2_048;

text_enum!(
    /// How far an original has come.
    BlobState {
        /// On this phone only.
        Local = "local",
        /// On its way; [`BlobRow::upload`] says where to.
        Uploading = "uploading",
        /// The server has it and its hash is right.
        Verified = "verified",
        /// A verified receipt covers it and the server says it is backed up.
        Receipted = "receipted",
        /// Named by a record, not on this phone (原件待上传).
        Missing = "missing",
        /// The server found another hash: send again (照片校验不符,待重传).
        Differs = "differs",
    }
);

/// An original to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlob<'a> {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Path relative to the store's directory of originals: plain segments joined by `/`.
    pub path: &'a str,
    /// Size, bytes.
    pub bytes: u64,
    /// Media type.
    pub mime: &'a str,
    /// The record that names it and the item it belongs to there; `None` while it belongs to a draft.
    pub used_by: Option<(DocumentId, &'a str)>,
    /// `Local` when this phone has the bytes, `Missing` when it does not.
    pub state: BlobState,
    /// 0 uploads first (thumbnails before previews before originals).
    pub priority: u8,
}

/// A recorded original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Path relative to the directory of originals.
    pub path: String,
    /// Size, bytes.
    pub bytes: u64,
    /// Media type.
    pub mime: String,
    /// How far it has come.
    pub state: BlobState,
    /// Where its resumable upload goes on.
    pub upload: Option<String>,
    /// 0 uploads first.
    pub priority: u8,
    /// The bytes were released from this phone after their receipt.
    pub released: bool,
}

impl BlobRow {
    /// Whether the bytes may leave this phone.
    pub fn may_release(&self) -> bool {
        self.state == BlobState::Receipted
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            hash: row.get(0)?,
            path: row.get(1)?,
            bytes: row.get::<_, Unsigned>(2)?.0,
            mime: row.get(3)?,
            state: row.get(4)?,
            upload: row.get(5)?,
            priority: row.get(6)?,
            released: row.get(7)?,
        })
    }
}

const COLUMNS: &str = "blobs.hash, path, bytes, mime, blobs.state, upload, priority, released";
pub(super) const TO_UPLOAD: &str =
    "WHERE state IN ('local', 'uploading', 'differs') ORDER BY priority, bytes, hash LIMIT ?1";
pub(super) const OF_CHANNEL: &str = "WHERE hash IN (
        SELECT blob_uses.hash FROM documents JOIN blob_uses ON blob_uses.document = documents.id
        WHERE documents.channel = ?1)
    ORDER BY hash";

impl ReadTx<'_> {
    fn blob_rows(
        &self,
        tail: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<BlobRow>, StoreError> {
        self.rows(&format!("SELECT {COLUMNS} FROM blobs {tail}"), params, BlobRow::read)
    }

    /// One original.
    pub fn blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, StoreError> {
        Ok(self.blob_rows("WHERE hash = ?1", [hash])?.pop())
    }

    /// Originals of a record with the item each belongs to.
    pub fn blobs_of_document(
        &self,
        document: DocumentId,
    ) -> Result<Vec<(String, BlobRow)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, item FROM blob_uses JOIN blobs ON blobs.hash = blob_uses.hash
             WHERE document = ?1 ORDER BY item, blobs.hash"
        );
        self.rows(&sql, [document], |row| Ok((row.get(8)?, BlobRow::read(row)?)))
    }

    /// Originals of every record of a channel.
    pub fn blobs_of_channel(&self, channel: &str) -> Result<Vec<BlobRow>, StoreError> {
        self.blob_rows(OF_CHANNEL, [channel])
    }

    /// What is to be uploaded, most urgent and smallest first.
    pub fn blobs_to_upload(&self, limit: u32) -> Result<Vec<BlobRow>, StoreError> {
        self.blob_rows(TO_UPLOAD, [limit])
    }
}

impl WriteTx<'_> {
    /// Records an original and who names it. The same original in another document adds the use;
    /// one that was missing here and now has bytes becomes local.
    pub fn put_blob(&self, new: &NewBlob<'_>) -> Result<(), StoreError> {
        check_path(new.path)?;
        at_most("a media type", new.mime.len(), MAX_MIME)?;
        if !matches!(new.state, BlobState::Local | BlobState::Missing) {
            return Err(StoreError::constraint("blob_begins_local_or_missing"));
        }
        match self.blob(new.hash)? {
            None => {
                self.sql.execute(
                    "INSERT INTO blobs (hash, path, bytes, mime, state, upload, priority, released)
                     VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, 0)",
                    params![
                        new.hash,
                        new.path,
                        Unsigned(new.bytes),
                        new.mime,
                        new.state,
                        new.priority
                    ],
                )?;
            }
            Some(known) if known.state == BlobState::Missing && new.state == BlobState::Local => {
                self.sql.execute(
                    "UPDATE blobs SET path = ?2, bytes = ?3, mime = ?4, state = 'local' WHERE hash = ?1",
                    params![new.hash, new.path, Unsigned(new.bytes), new.mime],
                )?;
            }
            Some(_) => {}
        }
        if let Some((document, item)) = new.used_by {
            self.sql.execute(
                "INSERT OR IGNORE INTO blob_uses (document, item, hash) VALUES (?1, ?2, ?3)",
                params![document, item, new.hash],
            )?;
        }
        Ok(())
    }

    /// Moves an original to `to`. Only a verified one becomes receipted; a released one does not move.
    pub fn set_blob_state(&self, hash: BlobHash, to: BlobState) -> Result<(), StoreError> {
        let blob = self.blob(hash)?.ok_or(StoreError::NotFound { what: "an original" })?;
        if blob.state == to {
            return Ok(());
        }
        if blob.released {
            return Err(StoreError::constraint("original_is_released"));
        }
        if to == BlobState::Receipted && blob.state != BlobState::Verified {
            return Err(StoreError::constraint("original_not_verified"));
        }
        self.sql.execute("UPDATE blobs SET state = ?2 WHERE hash = ?1", params![hash, to])?;
        Ok(())
    }

    /// Remembers where a resumable upload goes on, or forgets it.
    pub fn set_blob_upload(&self, hash: BlobHash, upload: Option<&str>) -> Result<(), StoreError> {
        at_most("an upload address", upload.map_or(0, str::len), MAX_UPLOAD)?;
        let changed = self
            .sql
            .execute("UPDATE blobs SET upload = ?2 WHERE hash = ?1", params![hash, upload])?;
        if changed == 1 { Ok(()) } else { Err(StoreError::NotFound { what: "an original" }) }
    }

    /// Gives up this phone's copy of a receipted original and says which file the caller may remove
    /// once this transaction is committed. Anything else is refused: originals stay until a receipt
    /// covers them.
    pub fn release_blob(&self, hash: BlobHash) -> Result<String, StoreError> {
        let blob = self.blob(hash)?.ok_or(StoreError::NotFound { what: "an original" })?;
        if !blob.may_release() {
            return Err(StoreError::constraint("original_not_receipted"));
        }
        self.sql.execute("UPDATE blobs SET released = 1 WHERE hash = ?1", [hash])?;
        self.sql.execute("DELETE FROM evidence WHERE hash = ?1", [hash])?;
        Ok(blob.path)
    }
}

/// Plain segments only, so that no path leaves the directory of originals on any system.
fn check_path(path: &str) -> Result<(), StoreError> {
    at_most("a path", path.len(), MAX_PATH)?;
    let plain = |segment: &str| {
        !segment.is_empty()
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
            && !segment.bytes().all(|byte| byte == b'.')
    };
    if path.split('/').all(plain) {
        Ok(())
    } else {
        Err(StoreError::constraint("path_is_not_plain"))
    }
}
