//! The last fix of each crew whose request is open: enough to show one after a restart. Where crews were before stands
//! nowhere, and nothing stands here once nobody asks for help.

use super::{Reading, StoreError, Writing};

/// One row for each person who is on the way to be helped.
pub(super) const SCHEMA: &str = "
CREATE TABLE crew_fix (
  court TEXT NOT NULL,
  person TEXT NOT NULL,
  position TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  sent_ms INTEGER NOT NULL,
  PRIMARY KEY (court, person)
) STRICT, WITHOUT ROWID;
";

/// A person's last fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixRow {
    /// Staff id.
    pub person: String,
    /// An RFC 5870 URI.
    pub position: String,
    /// When it was taken, server clock.
    pub at_ms: i64,
    /// The time of the token it came with.
    pub sent_ms: i64,
}

impl Reading<'_> {
    /// Every last fix.
    pub fn crew_fixes(&self) -> Result<Vec<FixRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT person, position, at_ms, sent_ms FROM crew_fix WHERE court = ?1 ORDER BY person",
        )?;
        let rows = statement.query_map([self.court], |row| {
            Ok(FixRow {
                person: row.get(0)?,
                position: row.get(1)?,
                at_ms: row.get(2)?,
                sent_ms: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Replaces a person's last fix.
    pub fn put_crew_fix(&self, row: &FixRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO crew_fix (court, person, position, at_ms, sent_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.court, &row.person, &row.position, row.at_ms, row.sent_ms),
        )?;
        Ok(())
    }

    /// Throws a person's last fix away.
    pub fn drop_crew_fix(&self, person: &str) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM crew_fix WHERE court = ?1 AND person = ?2",
            (self.court, person),
        )?;
        Ok(())
    }
}
