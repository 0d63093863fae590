//! Every version of the tables becomes the newest.

#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn migration_is_idempotent_and_a_newer_database_is_refused() {
    let connection = Connection::open_in_memory().unwrap();
    migrate(&connection).unwrap();
    migrate(&connection).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    assert_eq!(migrate(&connection).unwrap_err().code(), "store_newer");
}

#[test]
fn every_older_database_becomes_todays() {
    let tables = |connection: &Connection| {
        let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let fresh = Connection::open_in_memory().unwrap();
    migrate(&fresh).unwrap();
    for version in 1..STEPS.len() {
        let old = Connection::open_in_memory().unwrap();
        for step in &STEPS[..version] {
            old.execute_batch(step).unwrap();
        }
        let insert = "INSERT INTO court (court, name, epoch, root, created_ms)
            VALUES ('粤0605', '测试法院', zeroblob(16), zeroblob(32), 1)";
        old.execute_batch(insert).unwrap();
        old.execute_batch(&format!("PRAGMA user_version = {version}")).unwrap();
        migrate(&old).unwrap();
        assert_eq!(tables(&old), tables(&fresh), "from version {version}");
        let name: String = old.query_row("SELECT name FROM court", [], |row| row.get(0)).unwrap();
        assert_eq!(name, "测试法院");
    }
}
