//! Read models a page at a time, for the API. Every page goes on after the last row of the one before
//! (never from a row number), in an order that no later change moves a row in: whoever reads page
//! after page sees every row that was there when he began, once.

use lastmile_core::id::{DocumentId, EnvelopeId};
use lastmile_core::sync::channel::CASE;

use crate::ingest::reason::SET_ASIDE;

use super::models::{RECORD, case_file, record, request};
use super::{
    CaseRow, ConflictRow, PartyRow, Reading, RecordRow, RequestRow, RequestState, State,
    StoreError, count, stored,
};

/// A stored change that is not part of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Number in the order of arrival.
    pub arrival: u64,
    /// Envelope.
    pub envelope: EnvelopeId,
    /// Its document.
    pub document: DocumentId,
    /// Case number, when the change tells.
    pub case_no: Option<String>,
    /// Author.
    pub person: String,
    /// Author's device.
    pub device: String,
    /// Encoded body.
    pub body: Vec<u8>,
    /// When it came, server clock.
    pub received_ms: i64,
    /// Code of why.
    pub reason: String,
}

/// A place between two conflicts.
#[derive(Debug, Clone, Copy, Default)]
pub struct AfterConflict<'a> {
    /// Record of the last one seen.
    pub document: &'a [u8],
    /// Its kind.
    pub kind: &'a str,
    /// Its target.
    pub target: &'a str,
}

impl Reading<'_> {
    /// Cases by number, from the one after `after` on (`""` is before all); only those whose number, cause or
    /// a party's name has the text `search` in it, when given; only those that `member` belongs to, when given.
    pub fn cases_page(
        &self,
        search: Option<&str>,
        member: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT case_no, version, cause, handler, team, state FROM case_file
             WHERE court = ?1 AND case_no > ?2
               AND (?4 IS NULL OR instr(case_no, ?4) OR instr(cause, ?4) OR EXISTS
                 (SELECT 1 FROM party WHERE party.court = case_file.court
                    AND party.case_no = case_file.case_no AND instr(party.name, ?4)))
               AND (?5 IS NULL OR EXISTS
                 (SELECT 1 FROM member WHERE member.court = case_file.court
                    AND member.channel = ?6 || case_file.case_no
                    AND member.person = ?5 AND member.left_seq IS NULL))
             ORDER BY case_no LIMIT ?3",
        )?;
        let limit = stored(limit as u64);
        let values = (self.court, after, limit, search, member, CASE);
        let rows = statement.query_map(values, case_file)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The parties of a case.
    pub fn parties(&self, case_no: &str) -> Result<Vec<PartyRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT case_no, party, role, name FROM party
             WHERE court = ?1 AND case_no = ?2 ORDER BY party",
        )?;
        let rows = statement.query_map((self.court, case_no), |row| {
            Ok(PartyRow {
                case_no: row.get(0)?,
                party: row.get(1)?,
                role: row.get(2)?,
                name: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records of a case in the order in which they first came, of one kind when given, after the
    /// place (receipt, id).
    pub fn records_page(
        &self,
        case_no: &str,
        kind: Option<&str>,
        (after_ms, after_id): (i64, &[u8]),
        limit: usize,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {RECORD} FROM record
             WHERE court = ?1 AND case_no = ?2 AND (?3 IS NULL OR kind = ?3)
               AND (first_received_ms, id) > (?4, ?5)
             ORDER BY first_received_ms, id LIMIT ?6"
        ))?;
        let rows = statement.query_map(
            (self.court, case_no, kind, after_ms, after_id, stored(limit as u64)),
            record,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many records a case has, and how many open conflicts.
    pub fn case_counts(&self, case_no: &str) -> Result<(u64, u64), StoreError> {
        Ok(self.db.query_row(
            "SELECT (SELECT count(*) FROM record WHERE court = ?1 AND case_no = ?2),
                    (SELECT count(*) FROM conflict WHERE court = ?1 AND case_no = ?2)",
            (self.court, case_no),
            |row| Ok((count(row.get(0)?), count(row.get(1)?))),
        )?)
    }

    /// Open conflicts, of one case when given; only of cases that `member` belongs to, when given.
    pub fn conflicts_page(
        &self,
        case_no: Option<&str>,
        member: Option<&str>,
        after: AfterConflict<'_>,
        limit: usize,
    ) -> Result<Vec<ConflictRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT document, kind, target, case_no, detail FROM conflict
             WHERE court = ?1 AND (?2 IS NULL OR case_no = ?2)
               AND (document, kind, target) > (?3, ?4, ?5)
               AND (?7 IS NULL OR EXISTS
                 (SELECT 1 FROM member WHERE member.court = conflict.court
                    AND member.channel = ?8 || conflict.case_no
                    AND member.person = ?7 AND member.left_seq IS NULL))
             ORDER BY document, kind, target LIMIT ?6",
        )?;
        let limit = stored(limit as u64);
        let AfterConflict { document, kind, target } = after;
        let values = (self.court, case_no, document, kind, target, limit, member, CASE);
        let rows = statement.query_map(values, conflict)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The open conflicts of a record.
    pub fn conflicts_of(&self, document: DocumentId) -> Result<Vec<ConflictRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT document, kind, target, case_no, detail FROM conflict
             WHERE court = ?1 AND document = ?2 ORDER BY kind, target",
        )?;
        let rows = statement.query_map((self.court, document.as_bytes()), conflict)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Requests that nobody has acknowledged, the longest waiting first, of one station when given,
    /// after the place (receipt, id).
    pub fn open_requests_page(
        &self,
        station: Option<&str>,
        (after_ms, after_id): (i64, &[u8]),
        limit: usize,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT document, case_no, station, routed_by, state, received_ms FROM request
             WHERE court = ?1 AND state = ?2 AND (?3 IS NULL OR station = ?3)
               AND (received_ms, document) > (?4, ?5)
             ORDER BY received_ms, document LIMIT ?6",
        )?;
        let rows = statement.query_map(
            (
                self.court,
                RequestState::Delivered.code(),
                station,
                after_ms,
                after_id,
                stored(limit as u64),
            ),
            request,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Changes in a state other than accepted, in the order they came, after number `after`. What a
    /// person set aside no longer waits in quarantine: it stands with what was rejected.
    pub fn waiting_page(
        &self,
        state: State,
        after: u64,
        limit: usize,
    ) -> Result<Vec<WaitingRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT arrival, id, document, case_no, person, device, body, received_ms, reason
             FROM envelope WHERE court = ?1 AND arrival > ?3
               AND (state = ?2 AND reason <> ?5
                 OR ?2 = 'rejected' AND state = 'quarantined' AND reason = ?5)
             ORDER BY arrival LIMIT ?4",
        )?;
        let rows = statement.query_map(
            (self.court, state.code(), stored(after), stored(limit as u64), SET_ASIDE),
            |row| {
                Ok(WaitingRow {
                    arrival: count(row.get(0)?),
                    envelope: EnvelopeId(row.get(1)?),
                    document: DocumentId(row.get(2)?),
                    case_no: row.get(3)?,
                    person: row.get(4)?,
                    device: row.get(5)?,
                    body: row.get(6)?,
                    received_ms: row.get(7)?,
                    reason: row.get(8)?,
                })
            },
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn conflict(row: &rusqlite::Row<'_>) -> rusqlite::Result<ConflictRow> {
    Ok(ConflictRow {
        document: DocumentId(row.get(0)?),
        kind: row.get(1)?,
        target: row.get(2)?,
        case_no: row.get(3)?,
        detail: row.get(4)?,
    })
}
