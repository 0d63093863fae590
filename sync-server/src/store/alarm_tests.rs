//! The daily test of a desk's alarm (每日试警): who tried it, when, and whether it was heard.

use super::{Reading, StoreError, Writing};

/// One row for each try.
pub(super) const SCHEMA: &str = "
CREATE TABLE alarm_test (
  court TEXT NOT NULL,
  desk TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  person TEXT NOT NULL,
  heard INTEGER NOT NULL CHECK (heard IN (0, 1)),
  PRIMARY KEY (court, desk, at_ms)
) STRICT, WITHOUT ROWID;
";

/// Every console asks for today's every few seconds, among those of years.
pub(super) const BY_TIME: &str = "CREATE INDEX alarm_test_at ON alarm_test (court, at_ms);";

/// A try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmTest {
    /// Station code, or `command`.
    pub desk: String,
    /// When, server clock.
    pub at_ms: i64,
    /// Staff id.
    pub person: String,
    /// Whether the person heard it.
    pub heard: bool,
}

impl Reading<'_> {
    /// The last try of each desk since `since_ms`.
    pub fn alarm_tests(&self, since_ms: i64) -> Result<Vec<AlarmTest>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT desk, max(at_ms), person, heard FROM alarm_test
             INDEXED BY alarm_test_at WHERE court = ?1 AND at_ms >= ?2 GROUP BY desk ORDER BY desk",
        )?;
        let rows = statement.query_map((self.court, since_ms), |row| {
            Ok(AlarmTest {
                desk: row.get(0)?,
                at_ms: row.get(1)?,
                person: row.get(2)?,
                heard: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Notes a try.
    pub fn put_alarm_test(&self, test: &AlarmTest) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO alarm_test (court, desk, at_ms, person, heard)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.court, &test.desk, test.at_ms, &test.person, test.heard),
        )?;
        Ok(())
    }
}
