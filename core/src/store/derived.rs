//! Small pictures made from originals, and what originals look like. Both can be made again: nothing here
//! needs a receipt, and nothing here is evidence.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    ReadTx, StoreError, WriteTx,
    column::{Unsigned, text_enum},
};
use crate::id::{BlobHash, DocumentId};

text_enum!(
    /// What was made.
    DerivedKind {
        /// For lists: at most 12 kB.
        Thumbnail = "thumbnail",
        /// For the screen.
        Preview = "preview",
    }
);

/// A picture made from an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedRow {
    /// The original.
    pub made_from: BlobHash,
    /// What it is.
    pub kind: DerivedKind,
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Name of its file.
    pub path: String,
    /// Size, bytes.
    pub bytes: u64,
    /// The court has it, or made its own.
    pub with_court: bool,
    /// It came from the court; nothing made here from the original says that it shows the same.
    pub fetched: bool,
}

impl DerivedRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            made_from: row.get(0)?,
            kind: row.get(1)?,
            hash: row.get(2)?,
            path: row.get(3)?,
            bytes: row.get::<_, Unsigned>(4)?.0,
            with_court: row.get(5)?,
            fetched: row.get(6)?,
        })
    }
}

impl ReadTx<'_> {
    /// What was made from an original.
    pub fn derived(
        &self,
        made_from: BlobHash,
        kind: DerivedKind,
    ) -> Result<Option<DerivedRow>, StoreError> {
        let sql = "SELECT made_from, kind, hash, path, bytes, with_court, fetched
            FROM derived WHERE made_from = ?1 AND kind = ?2";
        Ok(self.sql.query_row(sql, params![made_from, kind], DerivedRow::read).optional()?)
    }

    /// Originals of which this phone has the bytes and that nobody has looked at yet.
    pub fn unseen_originals(&self, limit: u32) -> Result<Vec<BlobHash>, StoreError> {
        self.rows(
            "SELECT hash FROM blobs WHERE state <> 'missing' AND released = 0
             AND hash NOT IN (SELECT hash FROM looks) AND hash NOT IN (SELECT hash FROM evidence)
             ORDER BY hash LIMIT ?1",
            [limit],
            |row| row.get(0),
        )
    }

    /// Photos, named by a record (of `of`, when given), that are not on this phone and have no thumbnail
    /// here, those behind the hash `behind` first. Only what a thumbnail can be made of.
    pub fn without_thumbnail(
        &self,
        of: Option<DocumentId>,
        behind: BlobHash,
        limit: u32,
    ) -> Result<Vec<BlobHash>, StoreError> {
        self.rows(
            "SELECT hash FROM blobs WHERE state = 'missing'
             AND mime IN ('image/jpeg', 'image/png', 'image/webp', 'image/gif')
             AND NOT EXISTS (SELECT 1 FROM derived
                WHERE made_from = blobs.hash AND kind = 'thumbnail')
             AND EXISTS (SELECT 1 FROM blob_uses
                WHERE blob_uses.hash = blobs.hash AND (?1 IS NULL OR document = ?1))
             ORDER BY hash <= ?2, hash LIMIT ?3",
            params![of, behind, limit],
            |row| row.get(0),
        )
    }

    /// What an original looks like, when there is something to tell it from others.
    pub fn fingerprint(&self, hash: BlobHash) -> Result<Option<[u8; 16]>, StoreError> {
        let sql = "SELECT fingerprint FROM looks WHERE hash = ?1";
        Ok(self.sql.query_row(sql, [hash], |row| row.get(0)).optional()?.flatten())
    }

    /// What an original says of place and time, as it was noted when it was looked at.
    pub fn particulars(&self, hash: BlobHash) -> Result<Option<String>, StoreError> {
        let sql = "SELECT particulars FROM looks WHERE hash = ?1";
        Ok(self.sql.query_row(sql, [hash], |row| row.get(0)).optional()?.flatten())
    }

    /// Every use of an original in the records of this phone: hash, record, item.
    pub fn uses_of_originals(&self) -> Result<Vec<(BlobHash, DocumentId, String)>, StoreError> {
        self.rows(
            "SELECT hash, document, item FROM blob_uses ORDER BY document, item, hash",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
    }
}

impl WriteTx<'_> {
    /// An original was looked at.
    pub fn put_look(
        &self,
        hash: BlobHash,
        fingerprint: Option<[u8; 16]>,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO looks (hash, fingerprint) VALUES (?1, ?2)
             ON CONFLICT (hash) DO UPDATE SET fingerprint = excluded.fingerprint",
            params![hash, fingerprint],
        )?;
        Ok(())
    }

    /// What an original that was looked at says of place and time.
    pub fn put_particulars(&self, hash: BlobHash, particulars: &str) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE looks SET particulars = ?2 WHERE hash = ?1",
            params![hash, particulars],
        )?;
        Ok(())
    }

    /// An original is to be looked at again.
    pub fn forget_look(&self, hash: BlobHash) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM looks WHERE hash = ?1", [hash])?;
        Ok(())
    }

    /// Records a picture made from an original, in place of an earlier one.
    pub fn put_derived(&self, row: &DerivedRow) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO derived (made_from, kind, hash, path, bytes, with_court, fetched)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (made_from, kind) DO UPDATE SET hash = excluded.hash, path = excluded.path,
                bytes = excluded.bytes, with_court = excluded.with_court,
                fetched = excluded.fetched",
            params![
                row.made_from,
                row.kind,
                row.hash,
                row.path,
                Unsigned(row.bytes),
                row.with_court,
                row.fetched
            ],
        )?;
        self.forget_removal(&row.path)
    }

    /// Forgets what was made from an original and what it looks like: the files are to go once this
    /// transaction is committed.
    pub fn forget_derived(&self, made_from: BlobHash) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO to_remove (path) SELECT path FROM derived WHERE made_from = ?1",
            [made_from],
        )?;
        self.sql.execute("DELETE FROM derived WHERE made_from = ?1", [made_from])?;
        self.sql.execute("DELETE FROM looks WHERE hash = ?1", [made_from])?;
        Ok(())
    }
}
