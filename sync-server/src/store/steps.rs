//! Which signed steps concern which request, in their order; and where each request stands by them.

use lastmile_core::assistance::step::State;
use lastmile_core::id::DocumentId;
use rusqlite::OptionalExtension;

use super::{Reading, RequestRow, RequestState, StoreError, Writing, models};

impl Reading<'_> {
    /// The steps of a request and those of others that name it, oldest first: their transfer form. Two searches and
    /// not one with `OR`, which would read the steps of every request.
    pub fn steps_of(&self, document: DocumentId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "WITH mine AS (
               SELECT place, step FROM assist WHERE court = ?1 AND document = ?2
               UNION SELECT place, step FROM assist WHERE court = ?1 AND other = ?2)
             SELECT transition.bytes FROM mine JOIN transition
               ON transition.court = ?1 AND transition.id = mine.step
             ORDER BY mine.place",
        )?;
        let rows = statement
            .query_map((self.court, document.as_bytes()), |row| row.get::<_, Vec<u8>>(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every open request, the latest received first. All of them: one that fell off the end of a list would be
    /// one that nobody sees.
    pub fn open_requests_of_desk(&self) -> Result<Vec<RequestRow>, StoreError> {
        self.requests_of_desk("NOT", 0, i64::MAX)
    }

    /// Requests received since `since_ms` that are over, the latest first.
    pub fn ended_requests_of_desk(
        &self,
        since_ms: i64,
        limit: usize,
    ) -> Result<Vec<RequestRow>, StoreError> {
        self.requests_of_desk("", since_ms, i64::try_from(limit).unwrap_or(i64::MAX))
    }

    fn requests_of_desk(
        &self,
        not: &'static str,
        since_ms: i64,
        limit: i64,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let over = "('closed', 'false_alarm', 'cancelled')";
        let mut statement = self.db.prepare(&format!(
            "SELECT document, case_no, station, routed_by, state, received_ms FROM request
             WHERE court = ?1 AND state {not} IN {over} AND received_ms >= ?2
             ORDER BY received_ms DESC, document LIMIT ?3"
        ))?;
        let rows = statement.query_map((self.court, since_ms, limit), models::request)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open requests of a case received since `since_ms`, the latest first, at most `limit`.
    pub fn open_requests_of_case(
        &self,
        case: &str,
        since_ms: i64,
        limit: u32,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT document, case_no, station, routed_by, state, received_ms FROM request
             WHERE court = ?1 AND case_no = ?2 AND received_ms >= ?3
               AND state NOT IN ('closed', 'false_alarm', 'cancelled')
             ORDER BY received_ms DESC, document LIMIT ?4",
        )?;
        let rows = statement.query_map((self.court, case, since_ms, limit), models::request)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The case of a request; none when it came by voice and none was named.
    pub fn case_of_record(&self, document: DocumentId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT nullif(case_no, '') FROM request WHERE court = ?1 AND document = ?2";
        Ok(self
            .db
            .query_row(sql, (self.court, document.as_bytes()), |row| row.get(0))
            .optional()?
            .flatten())
    }
}

impl Writing<'_> {
    /// Notes a step that was signed: the last one so far.
    pub fn put_step(
        &self,
        document: DocumentId,
        other: Option<DocumentId>,
        step: [u8; 32],
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO assist (court, document, other, step) VALUES (?1, ?2, ?3, ?4)",
            (self.court, document.as_bytes(), other.as_ref().map(DocumentId::as_bytes), step),
        )?;
        Ok(())
    }

    /// Notes where a request stands. While nobody has acknowledged it, it is `delivered`.
    pub fn set_request_state(&self, document: DocumentId, state: State) -> Result<(), StoreError> {
        let code = match state {
            State::NotDelivered | State::Received | State::Alerted | State::Declined => {
                RequestState::Delivered.code()
            }
            other => other.code(),
        };
        self.db.execute(
            "UPDATE request SET state = ?3 WHERE court = ?1 AND document = ?2",
            (self.court, document.as_bytes(), code),
        )?;
        Ok(())
    }
}
