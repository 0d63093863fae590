//! Files that leave the folder. They are noted by the transaction that gives them up and removed after it;
//! what a crash leaves of that is finished later. A file that is kept anew meanwhile is taken off the list
//! by the row that says it is here.

use super::{ReadTx, StoreError, WriteTx};

impl ReadTx<'_> {
    /// Names of the files that are to go.
    pub fn to_remove(&self) -> Result<Vec<String>, StoreError> {
        self.rows("SELECT path FROM to_remove ORDER BY path", [], |row| row.get(0))
    }

    /// Whether a file is to go.
    pub fn is_to_go(&self, path: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM to_remove WHERE path = ?1)";
        Ok(self.sql.query_row(sql, [path], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// A file is to go once this transaction is committed.
    pub fn give_up_file(&self, path: &str) -> Result<(), StoreError> {
        self.sql.execute("INSERT OR IGNORE INTO to_remove (path) VALUES (?1)", [path])?;
        Ok(())
    }

    /// A file is gone, or it stays after all.
    pub fn forget_removal(&self, path: &str) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM to_remove WHERE path = ?1", [path])?;
        Ok(())
    }
}
