//! Who captured an original that no record of this person names yet. On a shared phone only that person
//! sees it and may name it, and until then neither a purge nor a release takes it away.

use rusqlite::params;

use super::{BlobRow, ReadTx, StoreError, WriteTx};
use crate::id::BlobHash;

impl ReadTx<'_> {
    /// Whether this person captured an original and has not named it yet.
    pub fn is_captor(&self, hash: BlobHash, person: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM captors WHERE hash = ?1 AND person = ?2)";
        Ok(self.sql.query_row(sql, params![hash, person], |row| row.get(0))?)
    }

    /// Whether it is known of anybody that he captured an original and has not named it yet.
    pub fn has_captor(&self, hash: BlobHash) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM captors WHERE hash = ?1)";
        Ok(self.sql.query_row(sql, [hash], |row| row.get(0))?)
    }

    /// Originals here that this person captured and has not named yet.
    pub fn captured_by(&self, person: &str) -> Result<Vec<BlobRow>, StoreError> {
        self.blob_rows(
            "WHERE state <> 'missing' AND hash IN (SELECT hash FROM captors WHERE person = ?1)
             ORDER BY hash",
            [person],
        )
    }

    /// Originals here that no record names and of which nobody is known to be the captor: found after a
    /// crash of a version that did not note it.
    pub fn captured_by_nobody(&self) -> Result<Vec<BlobRow>, StoreError> {
        self.blob_rows(
            "WHERE state <> 'missing' AND hash NOT IN (SELECT hash FROM blob_uses)
             AND hash NOT IN (SELECT hash FROM captors) ORDER BY hash",
            [],
        )
    }
}

impl WriteTx<'_> {
    /// A person has captured an original.
    pub fn note_captor(&self, hash: BlobHash, person: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO captors (hash, person) VALUES (?1, ?2)";
        self.sql.execute(sql, params![hash, person])?;
        Ok(())
    }

    /// A person has named an original in a record.
    pub fn forget_captor(&self, hash: BlobHash, person: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM captors WHERE hash = ?1 AND person = ?2";
        self.sql.execute(sql, params![hash, person])?;
        Ok(())
    }

    /// Forgets captors of files that never came to be.
    pub fn forget_captors_of_nothing(&self) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM captors WHERE hash NOT IN (SELECT hash FROM blobs)", [])?;
        Ok(())
    }
}
