//! Small originals whose bytes stand in the store itself, so that the transaction that makes a
//! signature durable makes its strokes durable too. Uploads, receipts and purges treat them as they
//! treat photos: each has its row in [`super::blobs`].

use rusqlite::{OptionalExtension as _, params};

use super::{BlobState, NewBlob, ReadTx, StoreError, WriteTx, error::at_most};
use crate::id::{BlobHash, DocumentId, sha256};

/// Most bytes of one piece of evidence.
pub const MAX_EVIDENCE: usize = 65_536;

impl ReadTx<'_> {
    /// The bytes of a small original, when they are here.
    pub fn evidence(&self, hash: BlobHash) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM evidence WHERE hash = ?1";
        Ok(self.sql.query_row(sql, [hash], |row| row.get(0)).optional()?)
    }
}

impl WriteTx<'_> {
    /// Keeps `bytes` for `item` of a record and gives their hash. The same bytes twice are kept once.
    pub fn keep_evidence(
        &self,
        bytes: &[u8],
        mime: &str,
        used_by: (DocumentId, &str),
    ) -> Result<BlobHash, StoreError> {
        at_most("evidence", bytes.len(), MAX_EVIDENCE)?;
        let hash = BlobHash(sha256(bytes));
        self.put_blob(&NewBlob {
            hash,
            path: &format!("evidence/{}", hash.to_hex()),
            bytes: bytes.len() as u64,
            mime,
            used_by: Some(used_by),
            state: BlobState::Local,
            priority: 0,
        })?;
        let sql = "INSERT OR IGNORE INTO evidence (hash, bytes) VALUES (?1, ?2)";
        self.sql.execute(sql, params![hash, bytes])?;
        Ok(hash)
    }
}
