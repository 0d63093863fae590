//! The schema and how it grows: numbered SQL files, each applied in one transaction together with
//! the version it leads to. Released files are frozen.

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, connection::APPLICATION_ID};

/// `MIGRATIONS[n]` leads from version `n` to `n + 1`.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
];

/// Newest version this program knows.
pub(super) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Version of the file: 0 for an empty one. Refuses files that are not ours or newer than we are.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    match present(connection)? {
        found if found > newest() => Err(StoreError::Newer { found, known: newest() }),
        found => Ok(found),
    }
}

/// The version a file of ours says it has.
fn present(connection: &Connection) -> Result<u32, StoreError> {
    let application: u32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema)";
    let empty = !connection.query_row(sql, [], |row| row.get::<_, bool>(0))?;
    match (application, version) {
        (0, 0) if empty => Ok(0),
        (APPLICATION_ID, 0) => Err(StoreError::damaged("a store without a version")),
        (APPLICATION_ID, _) if empty => Err(StoreError::damaged("a store without tables")),
        (APPLICATION_ID, version) => Ok(version),
        _ => Err(StoreError::damaged("another program's database")),
    }
}

/// Applies what is missing. A failing step leaves the version before it.
pub(super) fn migrate(connection: &mut Connection, from: u32) -> Result<(), StoreError> {
    apply(connection, from, MIGRATIONS)
}

fn apply(connection: &mut Connection, from: u32, steps: &[&str]) -> Result<(), StoreError> {
    for (step, sql) in (0_u32..).zip(steps).skip(from as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster between our look and our lock.
        if present(&transaction)? != step {
            continue;
        }
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const STEPS: [&str; 3] = [
        "CREATE TABLE a (x)",
        "INSERT INTO a VALUES (1)",
        "CREATE TABLE b (y); INSERT INTO nowhere VALUES (1)",
    ];

    #[test]
    fn a_failing_step_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, 0, &STEPS).unwrap_err();
        assert_eq!(present(&connection), Ok(2));
        let objects = "SELECT count(*) FROM sqlite_schema";
        assert_eq!(connection.query_row(objects, [], |row| row.get(0)), Ok(1));
        // Going on from there does not repeat what was done.
        apply(&mut connection, 2, &["", "", "INSERT INTO a VALUES (2)"]).unwrap();
        assert_eq!(present(&connection), Ok(3));
        assert_eq!(connection.query_row("SELECT sum(x) FROM a", [], |row| row.get(0)), Ok(3));
    }

    #[test]
    fn a_step_another_process_made_meanwhile_is_not_made_again() {
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, 0, &STEPS[..2]).unwrap();
        apply(&mut connection, 0, &STEPS[..2]).unwrap();
        assert_eq!(connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)), Ok(1));
    }

    #[test]
    fn pictures_that_came_from_the_court_are_known_as_such_afterwards() {
        let step = MIGRATIONS.iter().position(|sql| sql.contains("ADD COLUMN fetched")).unwrap();
        let mut connection = Connection::open_in_memory().unwrap();
        apply(&mut connection, 0, &MIGRATIONS[..step]).unwrap();
        // One was made here, one came and has never been looked at, one came and is elsewhere.
        connection
            .execute_batch(
                "INSERT INTO blobs (hash, path, bytes, mime, state, priority) VALUES
                   (CAST(zeroblob(31) || x'01' AS BLOB), 'a', 1, 'image/jpeg', 'local', 3),
                   (CAST(zeroblob(31) || x'02' AS BLOB), 'b', 1, 'image/jpeg', 'verified', 3),
                   (CAST(zeroblob(31) || x'03' AS BLOB), 'c', 1, 'image/jpeg', 'missing', 3);
                 INSERT INTO looks (hash) VALUES (CAST(zeroblob(31) || x'01' AS BLOB)), (CAST(zeroblob(31) || x'03' AS BLOB));
                 INSERT INTO derived SELECT hash, 'preview', hash, path || '.preview', 9, 1 FROM blobs",
            )
            .unwrap();
        apply(&mut connection, u32::try_from(step).unwrap(), MIGRATIONS).unwrap();
        let sql =
            "SELECT group_concat(fetched, '') FROM (SELECT fetched FROM derived ORDER BY path)";
        assert_eq!(connection.query_row(sql, [], |row| row.get(0)), Ok("011".to_owned()));
    }
}
