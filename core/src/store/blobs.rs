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
/// Urgency of photos and recordings; smaller numbers need no Wi-Fi.
pub const ORIGINAL: u8 = 3;
const MAX_MIME: usize = 128;

text_enum!(
    /// How far an original has come.
    BlobState {
        /// On this phone only.
        Local = "local",
        /// The court has part of it.
        Uploading = "uploading",
        /// The server has it and its hash is right.
        Verified = "verified",
        /// A verified receipt covers the court's word that it has it, and the court's backup reaches
        /// beyond that word.
        BackedUp = "receipted",
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
    /// 0 uploads first: strokes; [`ORIGINAL`] last: photos and recordings, after the small pictures made
    /// from them.
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
    /// 0 uploads first, [`ORIGINAL`] last.
    pub priority: u8,
    /// The bytes were released from this phone after their receipt.
    pub released: bool,
    /// What keeps it from going on, a code.
    pub trouble: Option<String>,
}

impl BlobRow {
    /// Whether the bytes may leave this phone.
    pub fn may_release(&self) -> bool {
        self.state == BlobState::BackedUp
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            hash: row.get(0)?,
            path: row.get(1)?,
            bytes: row.get::<_, Unsigned>(2)?.0,
            mime: row.get(3)?,
            state: row.get(4)?,
            priority: row.get(5)?,
            released: row.get(6)?,
            trouble: row.get(7)?,
        })
    }
}

const COLUMNS: &str = "blobs.hash, path, bytes, mime, blobs.state, priority, released, trouble";
pub(super) const OF_CHANNEL: &str = "WHERE hash IN (
        SELECT blob_uses.hash FROM documents JOIN blob_uses ON blob_uses.document = documents.id
        WHERE documents.channel = ?1)
    ORDER BY hash";

impl ReadTx<'_> {
    pub(super) fn blob_rows(
        &self,
        tail: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<BlobRow>, StoreError> {
        self.rows(&format!("SELECT {COLUMNS} FROM blobs {tail}"), params, BlobRow::read)
    }

    /// Originals that may leave this phone, largest first.
    pub fn releasable(&self) -> Result<Vec<BlobRow>, StoreError> {
        self.blob_rows(
            "WHERE state = 'receipted' AND released = 0
             AND hash NOT IN (SELECT hash FROM captors) ORDER BY bytes DESC, hash",
            [],
        )
    }

    /// The records that name an original, with their channels.
    pub fn documents_of_blob(
        &self,
        hash: BlobHash,
    ) -> Result<Vec<(DocumentId, String)>, StoreError> {
        self.rows(
            "SELECT documents.id, documents.channel FROM blob_uses
             JOIN documents ON documents.id = blob_uses.document WHERE blob_uses.hash = ?1",
            [hash],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
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
            // Captured once more after its release: the file is here again. Whether the court still has it
            // is asked anew, which costs one small request.
            Some(known) if known.released && new.state == BlobState::Local => {
                self.sql.execute(
                    "UPDATE blobs SET released = 0, state = 'local', path = ?2 WHERE hash = ?1",
                    params![new.hash, new.path],
                )?;
            }
            Some(_) => {}
        }
        if new.state == BlobState::Local {
            self.file_is_here(new.hash)?;
        }
        if let Some((document, item)) = new.used_by {
            self.use_blob(new.hash, document, item)?;
        }
        Ok(())
    }

    /// A record's item names a known original.
    pub fn use_blob(
        &self,
        hash: BlobHash,
        document: DocumentId,
        item: &str,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO blob_uses (document, item, hash) VALUES (?1, ?2, ?3)",
            params![document, item, hash],
        )?;
        Ok(())
    }

    /// Moves an original to `to`. Only a verified one becomes backed up; a released one does not move.
    pub fn set_blob_state(&self, hash: BlobHash, to: BlobState) -> Result<(), StoreError> {
        let blob = self.blob(hash)?.ok_or(StoreError::NotFound { what: "an original" })?;
        if blob.state == to {
            return Ok(());
        }
        if blob.released {
            return Err(StoreError::constraint("original_is_released"));
        }
        if to == BlobState::BackedUp && blob.state != BlobState::Verified {
            return Err(StoreError::constraint("original_not_verified"));
        }
        self.sql.execute("UPDATE blobs SET state = ?2 WHERE hash = ?1", params![hash, to])?;
        Ok(())
    }

    /// An original came from the court: it is on this phone, and with the court already.
    pub fn note_fetched(&self, hash: BlobHash, bytes: u64, mime: &str) -> Result<(), StoreError> {
        at_most("a media type", mime.len(), MAX_MIME)?;
        self.sql.execute(
            "UPDATE blobs SET state = CASE state WHEN 'missing' THEN 'verified' ELSE state END,
               released = 0, bytes = ?2, mime = ?3 WHERE hash = ?1",
            params![hash, Unsigned(bytes), mime],
        )?;
        self.file_is_here(hash)
    }

    /// The file of an original is where its row says: nothing that was given up before takes it away.
    fn file_is_here(&self, hash: BlobHash) -> Result<(), StoreError> {
        let sql = "DELETE FROM to_remove WHERE path IN (SELECT path FROM blobs WHERE hash = ?1)";
        self.sql.execute(sql, [hash])?;
        Ok(())
    }

    /// Gives up this phone's copy of a backed-up original: its file is to go once this transaction is
    /// committed. Anything else is refused: originals stay until a receipt covers them, and what a person
    /// has just captured stays until it is named.
    pub fn release_blob(&self, hash: BlobHash) -> Result<(), StoreError> {
        let blob = self.blob(hash)?.ok_or(StoreError::NotFound { what: "an original" })?;
        if !blob.may_release() {
            return Err(StoreError::constraint("original_not_receipted"));
        }
        if self.has_captor(hash)? {
            return Err(StoreError::constraint("original_not_named_yet"));
        }
        self.sql.execute("UPDATE blobs SET released = 1 WHERE hash = ?1", [hash])?;
        self.sql.execute("DELETE FROM evidence WHERE hash = ?1", [hash])?;
        self.give_up_file(&blob.path)
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
