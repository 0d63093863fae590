//! Destroying the store's content by order of the court: every row of every table, in one transaction
//! that leaves only what must be told to the court, and then the pages they stood on.

use super::handle::lock;
use super::{Store, StoreError, WriteTx};

impl WriteTx<'_> {
    /// Deletes every row of every table and keeps one setting. Durable with its transaction, or
    /// nothing of it.
    pub fn delete_everything_but(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.sql.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        let tables = self.rows(
            "SELECT name FROM pragma_table_list
             WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get::<_, String>(0),
        )?;
        for table in tables {
            self.sql.execute_batch(&format!("DELETE FROM \"{table}\""))?;
        }
        self.set_setting(name, value)
    }
}

impl Store {
    /// Overwrites and gives back the pages that deleted rows stood on. May be repeated.
    pub fn scrub(&self) -> Result<(), StoreError> {
        let guard = lock(&self.writer);
        let connection = guard.as_ref().ok_or(StoreError::Closed)?;
        connection
            .execute_batch("PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
        Ok(())
    }
}
