//! Text messages: those that came, each with what was said of it, and those that are to go out. Telephone numbers
//! are personal data: they stand here and nowhere else.

use rusqlite::OptionalExtension;

use lastmile_core::id::{CertificateId, DocumentId};

use super::{Reading, StoreError, Writing, count};

/// Texts that came and texts that go out. Both are truth: nothing else says what a telephone said.
pub(super) const SCHEMA: &str = "
CREATE TABLE sms (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  court TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  sender TEXT NOT NULL,
  body TEXT NOT NULL,
  verdict TEXT NOT NULL,
  kind TEXT,
  document BLOB CHECK (length(document) = 16),
  certificate BLOB CHECK (length(certificate) = 32),
  number INTEGER,
  times INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sms_hash ON sms (court, hash);
CREATE INDEX sms_document ON sms (court, document, certificate, kind, number);
CREATE INDEX sms_verdict ON sms (court, verdict, received_ms);
CREATE INDEX sms_sender ON sms (court, sender, received_ms);

CREATE TABLE sms_out (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  court TEXT NOT NULL,
  receiver TEXT NOT NULL,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  document BLOB NOT NULL CHECK (length(document) = 16),
  number INTEGER NOT NULL,
  once TEXT,
  state TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sms_out_once ON sms_out (court, once) WHERE once IS NOT NULL;
CREATE INDEX sms_out_document ON sms_out (court, document, kind, number);
CREATE INDEX sms_out_state ON sms_out (court, state, made_ms);
";

/// A text that came.
#[derive(Clone, PartialEq, Eq)]
pub struct TextRow {
    /// Place in the order of arrival.
    pub place: u64,
    /// The telephone it came from, as the gateway says.
    pub sender: String,
    /// The text.
    pub body: String,
    /// What was said of it, a stable code.
    pub verdict: String,
    /// How often it came.
    pub times: u64,
    /// When it first came, server clock.
    pub received_ms: i64,
}

/// Personal data: neither number nor text.
impl std::fmt::Debug for TextRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextRow").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What a verified text is about: kind, request, certificate and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSubject {
    /// `help` or `withdraw`.
    pub kind: &'static str,
    /// The request.
    pub document: DocumentId,
    /// Who signed it.
    pub certificate: CertificateId,
    /// Its number.
    pub number: u16,
}

/// A text that goes out.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingRow {
    /// Its name towards gateways.
    pub place: u64,
    /// The telephone it goes to.
    pub receiver: String,
    /// The text.
    pub body: String,
    /// When it was made, server clock.
    pub made_ms: i64,
}

/// Personal data: neither number nor text.
impl std::fmt::Debug for OutgoingRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingRow").field("place", &self.place).finish_non_exhaustive()
    }
}

/// A text to be queued.
pub struct NewOutgoing<'a> {
    /// The telephone it goes to.
    pub receiver: &'a str,
    /// The text.
    pub body: &'a str,
    /// `answer`, `plain` or `duty`.
    pub kind: &'static str,
    /// The request it is about.
    pub document: DocumentId,
    /// The number of a signed one; 0: it has none.
    pub number: u16,
    /// The same text for the same reason is queued once.
    pub once: Option<&'a str>,
}

impl std::fmt::Debug for NewOutgoing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOutgoing").field("kind", &self.kind).finish_non_exhaustive()
    }
}

const TEXT: &str = "place, sender, body, verdict, times, received_ms";

fn text(row: &rusqlite::Row<'_>) -> rusqlite::Result<TextRow> {
    Ok(TextRow {
        place: count(row.get(0)?),
        sender: row.get(1)?,
        body: row.get(2)?,
        verdict: row.get(3)?,
        times: count(row.get(4)?),
        received_ms: row.get(5)?,
    })
}

fn outgoing(row: &rusqlite::Row<'_>) -> rusqlite::Result<OutgoingRow> {
    Ok(OutgoingRow {
        place: count(row.get(0)?),
        receiver: row.get(1)?,
        body: row.get(2)?,
        made_ms: row.get(3)?,
    })
}

impl Reading<'_> {
    /// The text of this hash.
    pub fn text_of(&self, hash: &[u8; 32]) -> Result<Option<TextRow>, StoreError> {
        let sql = format!("SELECT {TEXT} FROM sms WHERE court = ?1 AND hash = ?2");
        Ok(self.db.query_row(&sql, (self.court, hash), text).optional()?)
    }

    /// The highest number of a kind that counted, of one certificate about one request.
    pub fn highest_text(&self, subject: &TextSubject) -> Result<Option<u16>, StoreError> {
        let highest: Option<i64> = self.db.query_row(
            "SELECT max(number) FROM sms WHERE court = ?1 AND document = ?2 AND certificate = ?3
               AND kind = ?4 AND verdict IN ('sms_taken', 'sms_request_over')",
            (self.court, subject.document.as_bytes(), subject.certificate.as_bytes(), subject.kind),
            |row| row.get(0),
        )?;
        Ok(highest.and_then(|number| u16::try_from(number).ok()))
    }

    /// The telephones whose texts about a request counted, the latest first, at most `limit`.
    pub fn text_senders(
        &self,
        document: DocumentId,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT sender FROM sms WHERE court = ?1 AND document = ?2
               AND verdict IN ('sms_taken', 'sms_request_over')
             GROUP BY sender ORDER BY max(place) DESC LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement
            .query_map((self.court, document.as_bytes(), limit), |row| row.get::<_, String>(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many texts of a telephone since `since_ms` were nothing that counts.
    pub fn texts_in_vain(&self, sender: &str, since_ms: i64) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT count(*) FROM sms WHERE court = ?1 AND sender = ?2 AND received_ms >= ?3
               AND verdict <> 'sms_taken'",
            (self.court, sender, since_ms),
            |row| row.get(0),
        )?))
    }

    /// Texts that a person has to look at: those that opened or changed nothing, the latest first.
    pub fn texts_unsettled(&self, since_ms: i64, limit: usize) -> Result<Vec<TextRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {TEXT} FROM sms WHERE court = ?1 AND received_ms >= ?2
               AND verdict NOT IN ('sms_taken', 'sms_again', 'sms_older')
             ORDER BY place DESC LIMIT ?3"
        ))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map((self.court, since_ms, limit), text)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Texts of this verdict, the oldest first.
    pub fn texts_with(
        &self,
        verdict: &str,
        since_ms: i64,
        limit: usize,
    ) -> Result<Vec<TextRow>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {TEXT} FROM sms WHERE court = ?1 AND verdict = ?2 AND received_ms >= ?3
             ORDER BY place LIMIT ?4"
        ))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map((self.court, verdict, since_ms, limit), text)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Texts that are to go out in this state and made since `since_ms`, the oldest first.
    pub fn outgoing_texts(
        &self,
        state: &str,
        since_ms: i64,
        limit: usize,
    ) -> Result<Vec<OutgoingRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT place, receiver, body, made_ms FROM sms_out
             WHERE court = ?1 AND state = ?2 AND made_ms >= ?3 ORDER BY place LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map((self.court, state, since_ms, limit), outgoing)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The highest number of a signed answer about a request; 0: none yet.
    pub fn highest_answer(&self, document: DocumentId) -> Result<u16, StoreError> {
        let sql = "SELECT coalesce(max(number), 0) FROM sms_out WHERE court = ?1 AND document = ?2";
        let highest: i64 =
            self.db.query_row(sql, (self.court, document.as_bytes()), |row| row.get(0))?;
        Ok(u16::try_from(highest).unwrap_or(u16::MAX))
    }

    /// The last text of a kind to a telephone about a request.
    pub fn last_outgoing(
        &self,
        document: DocumentId,
        receiver: &str,
        kind: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT body FROM sms_out
                 WHERE court = ?1 AND document = ?2 AND receiver = ?3 AND kind = ?4
                 ORDER BY place DESC LIMIT 1",
                (self.court, document.as_bytes(), receiver, kind),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// The court's full name.
    pub fn court_name(&self) -> Result<String, StoreError> {
        let sql = "SELECT name FROM court WHERE court = ?1";
        Ok(self.db.query_row(sql, [self.court], |row| row.get(0))?)
    }
}

impl Writing<'_> {
    /// Keeps a text that came, with what was said of it.
    pub fn put_text(
        &self,
        hash: &[u8; 32],
        (sender, body): (&str, &str),
        verdict: &str,
        subject: Option<&TextSubject>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO sms (court, hash, sender, body, verdict, kind, document, certificate,
               number, times, received_ms, last_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10)
             ON CONFLICT (court, hash) DO UPDATE SET verdict = excluded.verdict,
               kind = excluded.kind, document = excluded.document,
               certificate = excluded.certificate, number = excluded.number",
            (
                self.court,
                hash,
                sender,
                body,
                verdict,
                subject.map(|subject| subject.kind),
                subject.map(|subject| subject.document.as_bytes()),
                subject.map(|subject| subject.certificate.as_bytes()),
                subject.map(|subject| subject.number),
                now_ms,
            ),
        )?;
        Ok(())
    }

    /// The same text came once more.
    pub fn text_came_again(&self, hash: &[u8; 32], now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE sms SET times = times + 1, last_ms = ?3 WHERE court = ?1 AND hash = ?2",
            (self.court, hash, now_ms),
        )?;
        Ok(())
    }

    /// Queues a text; one of the same kind about the same request that still waits for its gateway is overtaken.
    /// Gives whether it is new.
    pub fn queue_text(&self, new: &NewOutgoing<'_>, now_ms: i64) -> Result<bool, StoreError> {
        self.db.execute(
            "UPDATE sms_out SET state = 'overtaken' WHERE court = ?1 AND document = ?2
               AND receiver = ?3 AND kind = ?4 AND state = 'queued' AND once IS NULL",
            (self.court, new.document.as_bytes(), new.receiver, new.kind),
        )?;
        let made = self.db.execute(
            "INSERT INTO sms_out (court, receiver, body, kind, document, number, once, state, made_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8) ON CONFLICT DO NOTHING",
            (
                self.court,
                new.receiver,
                new.body,
                new.kind,
                new.document.as_bytes(),
                new.number,
                new.once,
                now_ms,
            ),
        )?;
        Ok(made == 1)
    }

    /// What a gateway says of a text that was queued; whether there is one.
    pub fn set_outgoing(&self, place: u64, state: &str) -> Result<bool, StoreError> {
        let changed = self.db.execute(
            "UPDATE sms_out SET state = ?3 WHERE court = ?1 AND place = ?2",
            (self.court, super::stored(place), state),
        )?;
        Ok(changed == 1)
    }
}
