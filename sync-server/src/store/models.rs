//! Read models: what the API shows. Caches; everything here follows from the log, the transitions and
//! the packs.

use rusqlite::OptionalExtension;

use lastmile_core::id::{Digest, DocumentId};

use super::{Reading, StoreError, Writing, count, stored};

/// A record as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its document.
    pub id: DocumentId,
    /// Kind name.
    pub kind: String,
    /// Case number.
    pub case_no: String,
    /// Handling officer's id.
    pub handler: String,
    /// One-line title.
    pub title: String,
    /// Station it was routed to.
    pub station: Option<String>,
    /// Changes.
    pub changes: u64,
    /// Heads, 32 bytes each, sorted.
    pub heads: Vec<u8>,
    /// Digest over everything.
    pub state_digest: Digest,
    /// Digest over what those present sign.
    pub content_digest: Digest,
    /// Whether it is finalised (定稿).
    pub finalised: bool,
    /// Open conflicts.
    pub conflicts: u64,
    /// Changes that came after finalising from phones that did not know.
    pub late: u64,
    /// The record as rules see it, JSON.
    pub facts: String,
    /// When its first change came, server clock.
    pub first_received_ms: i64,
    /// When its last change came, server clock.
    pub last_received_ms: i64,
}

/// An open conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictRow {
    /// Its record.
    pub document: DocumentId,
    /// Code of its kind.
    pub kind: String,
    /// What is contested.
    pub target: String,
    /// Case number.
    pub case_no: String,
    /// Every side with author and times, JSON.
    pub detail: String,
}

/// How far a request for police assistance has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// On the server and in the station's channel.
    Delivered,
}

impl RequestState {
    /// Code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
        }
    }
}

/// A request for police assistance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Its record, which a report by voice does not have.
    pub document: DocumentId,
    /// Case number; empty when it came by voice and none was named.
    pub case_no: String,
    /// Station code.
    pub station: String,
    /// How the station was found: `area`, `nearest`, `command`.
    pub routed_by: String,
    /// State code.
    pub state: String,
    /// When the first of it came (R-POL-02's T0), server clock.
    pub received_ms: i64,
}

/// A case as its newest pack says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Case number.
    pub case_no: String,
    /// Version of the pack.
    pub version: u64,
    /// Cause of action.
    pub cause: String,
    /// Handling officer's id.
    pub handler: String,
    /// Staff ids of the team, JSON array.
    pub team: String,
    /// State code.
    pub state: String,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// Case number.
    pub case_no: String,
    /// Party id within the case.
    pub party: String,
    /// Role code.
    pub role: String,
    /// Name.
    pub name: String,
}

pub(super) const RECORD: &str =
    "id, kind, case_no, handler, title, station, changes, heads, state_digest,
  content_digest, finalised, conflicts, late, facts, first_received_ms, last_received_ms";

pub(super) fn record(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecordRow> {
    Ok(RecordRow {
        id: DocumentId(row.get(0)?),
        kind: row.get(1)?,
        case_no: row.get(2)?,
        handler: row.get(3)?,
        title: row.get(4)?,
        station: row.get(5)?,
        changes: count(row.get(6)?),
        heads: row.get(7)?,
        state_digest: Digest(row.get(8)?),
        content_digest: Digest(row.get(9)?),
        finalised: row.get(10)?,
        conflicts: count(row.get(11)?),
        late: count(row.get(12)?),
        facts: row.get(13)?,
        first_received_ms: row.get(14)?,
        last_received_ms: row.get(15)?,
    })
}

pub(super) fn request(row: &rusqlite::Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok(RequestRow {
        document: DocumentId(row.get(0)?),
        case_no: row.get(1)?,
        station: row.get(2)?,
        routed_by: row.get(3)?,
        state: row.get(4)?,
        received_ms: row.get(5)?,
    })
}

impl Reading<'_> {
    /// A record.
    pub fn record(&self, id: DocumentId) -> Result<Option<RecordRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                &format!("SELECT {RECORD} FROM record WHERE court = ?1 AND id = ?2"),
                (self.court, id.as_bytes()),
                record,
            )
            .optional()?)
    }

    /// Records, newest first, of a case and a kind when given, from `offset` on.
    pub fn records(
        &self,
        case_no: Option<&str>,
        kind: Option<&str>,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {RECORD} FROM record
             WHERE court = ?1 AND (?2 IS NULL OR case_no = ?2) AND (?3 IS NULL OR kind = ?3)
             ORDER BY last_received_ms DESC, id LIMIT ?4 OFFSET ?5"
        ))?;
        let rows = statement.query_map(
            (self.court, case_no, kind, stored(limit as u64), stored(offset as u64)),
            record,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The station a record was routed to.
    pub fn station_of(&self, id: DocumentId) -> Result<Option<String>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT station FROM request WHERE court = ?1 AND document = ?2",
                (self.court, id.as_bytes()),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Requests for assistance, newest first, of one station when given.
    pub fn requests(
        &self,
        station: Option<&str>,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT document, case_no, station, routed_by, state, received_ms FROM request
             WHERE court = ?1 AND (?2 IS NULL OR station = ?2)
             ORDER BY received_ms DESC, document LIMIT ?3 OFFSET ?4",
        )?;
        let rows = statement.query_map(
            (self.court, station, stored(limit as u64), stored(offset as u64)),
            request,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The request of a record.
    pub fn request(&self, document: DocumentId) -> Result<Option<RequestRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT document, case_no, station, routed_by, state, received_ms FROM request
                 WHERE court = ?1 AND document = ?2",
                (self.court, document.as_bytes()),
                request,
            )
            .optional()?)
    }

    /// Cases, by number.
    pub fn cases(&self, limit: usize, offset: usize) -> Result<Vec<CaseRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT case_no, version, cause, handler, team, state FROM case_file
             WHERE court = ?1 ORDER BY case_no LIMIT ?2 OFFSET ?3",
        )?;
        let rows = statement
            .query_map((self.court, stored(limit as u64), stored(offset as u64)), case_file)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A case.
    pub fn case(&self, case_no: &str) -> Result<Option<CaseRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT case_no, version, cause, handler, team, state FROM case_file
                 WHERE court = ?1 AND case_no = ?2",
                (self.court, case_no),
                case_file,
            )
            .optional()?)
    }
}

pub(super) fn case_file(row: &rusqlite::Row<'_>) -> rusqlite::Result<CaseRow> {
    Ok(CaseRow {
        case_no: row.get(0)?,
        version: count(row.get(1)?),
        cause: row.get(2)?,
        handler: row.get(3)?,
        team: row.get(4)?,
        state: row.get(5)?,
    })
}

impl Writing<'_> {
    /// Replaces a record's row.
    pub fn put_record(&self, row: &RecordRow) -> Result<(), StoreError> {
        self.db.execute(
            &format!(
                "INSERT OR REPLACE INTO record (court, {RECORD})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            ),
            rusqlite::params![
                self.court,
                row.id.as_bytes(),
                row.kind,
                row.case_no,
                row.handler,
                row.title,
                row.station,
                stored(row.changes),
                row.heads,
                row.state_digest.as_bytes(),
                row.content_digest.as_bytes(),
                row.finalised,
                stored(row.conflicts),
                stored(row.late),
                row.facts,
                row.first_received_ms,
                row.last_received_ms,
            ],
        )?;
        Ok(())
    }

    /// Replaces the open conflicts of a record.
    pub fn put_conflicts(
        &self,
        document: DocumentId,
        rows: &[ConflictRow],
    ) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM conflict WHERE court = ?1 AND document = ?2",
            (self.court, document.as_bytes()),
        )?;
        for row in rows {
            self.db.execute(
                "INSERT OR REPLACE INTO conflict (court, document, kind, target, case_no, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    self.court,
                    document.as_bytes(),
                    &row.kind,
                    &row.target,
                    &row.case_no,
                    &row.detail,
                ),
            )?;
        }
        Ok(())
    }

    /// Replaces a request.
    pub fn put_request(&self, row: &RequestRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO request
               (court, document, case_no, station, routed_by, state, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                self.court,
                row.document.as_bytes(),
                &row.case_no,
                &row.station,
                &row.routed_by,
                &row.state,
                row.received_ms,
            ),
        )?;
        Ok(())
    }

    /// Replaces a case and its parties.
    pub fn put_case(&self, row: &CaseRow, parties: &[PartyRow]) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO case_file
               (court, case_no, version, cause, handler, team, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                self.court,
                &row.case_no,
                stored(row.version),
                &row.cause,
                &row.handler,
                &row.team,
                &row.state,
            ),
        )?;
        self.db.execute(
            "DELETE FROM party WHERE court = ?1 AND case_no = ?2",
            (self.court, &row.case_no),
        )?;
        for party in parties {
            self.db.execute(
                "INSERT OR REPLACE INTO party (court, case_no, party, role, name)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (self.court, &party.case_no, &party.party, &party.role, &party.name),
            )?;
        }
        Ok(())
    }

    /// Empties every cache.
    pub fn drop_caches(&self) -> Result<(), StoreError> {
        for table in ["record", "conflict", "request", "case_file", "party", "file_use"] {
            self.db.execute(&format!("DELETE FROM {table} WHERE court = ?1"), [self.court])?;
        }
        Ok(())
    }
}
