//! The schema and how it grows: numbered SQL files, each applied in one transaction together with
//! the version it leads to. Released files are frozen.

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, connection::APPLICATION_ID};

/// `MIGRATIONS[n]` leads from version `n` to `n + 1`.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001.sql")];

/// Newest version this program knows.
pub(super) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Version of the file: 0 for an empty one. Refuses files that are not ours or newer than we are.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    let application: u32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if application == 0 && version == 0 {
        let objects: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        return if objects == 0 {
            Ok(0)
        } else {
            Err(StoreError::damaged("another program's database"))
        };
    }
    if application != APPLICATION_ID {
        return Err(StoreError::damaged("another program's database"));
    }
    match version {
        0 => Err(StoreError::damaged("a store without a version")),
        found if found > newest() => Err(StoreError::Newer { found, known: newest() }),
        found => Ok(found),
    }
}

/// Applies what is missing. A failing step leaves the version before it.
pub(super) fn migrate(connection: &mut Connection, from: u32) -> Result<(), StoreError> {
    for (step, sql) in (0_u32..).zip(MIGRATIONS).skip(from as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster between our look and our lock.
        if version(&transaction)? != step {
            continue;
        }
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
