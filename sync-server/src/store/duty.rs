//! Who of the police is on duty (值班警力): units by station and shift, as each station writes them down.

use super::{Reading, StoreError, Writing};

/// One row for each unit and shift. What is over is thrown away with the next plan of its station.
pub(super) const SCHEMA: &str = "
CREATE TABLE duty_unit (
  court TEXT NOT NULL,
  station TEXT NOT NULL,
  unit TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),
  PRIMARY KEY (court, station, unit, from_ms)
) STRICT, WITHOUT ROWID;
";

/// A unit on duty for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// Station code.
    pub station: String,
    /// What the unit is called, 巡逻一组.
    pub unit: String,
    /// From, milliseconds since 1970.
    pub from_ms: i64,
    /// Until, excluded.
    pub until_ms: i64,
}

impl Reading<'_> {
    /// Shifts that end after `now_ms`, by station, unit and time.
    pub fn duty(&self, now_ms: i64) -> Result<Vec<DutyRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT station, unit, from_ms, until_ms FROM duty_unit
             WHERE court = ?1 AND until_ms > ?2 ORDER BY station, unit, from_ms",
        )?;
        let rows = statement.query_map((self.court, now_ms), duty_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The plan of a station as it was written, with the shifts that are over, by unit and time.
    pub fn duty_of(&self, station: &str) -> Result<Vec<DutyRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT station, unit, from_ms, until_ms FROM duty_unit
             WHERE court = ?1 AND station = ?2 ORDER BY unit, from_ms",
        )?;
        let rows = statement.query_map((self.court, station), duty_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn duty_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<DutyRow> {
    Ok(DutyRow {
        station: row.get(0)?,
        unit: row.get(1)?,
        from_ms: row.get(2)?,
        until_ms: row.get(3)?,
    })
}

impl Writing<'_> {
    /// Replaces the plan of a station.
    pub fn set_duty(&self, station: &str, rows: &[DutyRow]) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM duty_unit WHERE court = ?1 AND station = ?2",
            (self.court, station),
        )?;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO duty_unit (court, station, unit, from_ms, until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for row in rows {
            insert.execute((self.court, station, &row.unit, row.from_ms, row.until_ms))?;
        }
        Ok(())
    }
}
