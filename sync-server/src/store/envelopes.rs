//! The log of signed changes: what came, from whom, by whom, and what became of it.

use rusqlite::OptionalExtension;

use lastmile_core::id::{ActorId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch};

use super::{Reading, StoreError, Writing, count, stored};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Part of its record.
    Accepted,
    /// Waits for something else to arrive.
    Held,
    /// Waits for a person to decide.
    Quarantined,
    /// Refused for good.
    Rejected,
}

impl State {
    /// Code in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Held => "held",
            Self::Quarantined => "quarantined",
            Self::Rejected => "rejected",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Accepted, Self::Held, Self::Quarantined, Self::Rejected]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A change to store.
#[derive(Debug, Clone)]
pub struct NewEnvelope<'a> {
    /// Envelope.
    pub id: EnvelopeId,
    /// Its document.
    pub document: DocumentId,
    /// Automerge's hash of the change.
    pub change_hash: ChangeHash,
    /// Actor.
    pub actor: ActorId,
    /// Author's certificate.
    pub certificate: CertificateId,
    /// Author.
    pub person: &'a str,
    /// Author's device.
    pub device: &'a str,
    /// Installation.
    pub epoch: Epoch,
    /// Generation of the actor.
    pub generation: u32,
    /// Device-wide sequence.
    pub sequence: u64,
    /// Verb.
    pub verb: &'a str,
    /// Encoded body.
    pub body: &'a [u8],
    /// Signature.
    pub signature: &'a [u8; 64],
    /// Change bytes.
    pub change: &'a [u8],
    /// When it came, server clock, milliseconds since 1970.
    pub received_ms: i64,
    /// Certificate of the phone that brought it.
    pub carrier: CertificateId,
}

/// A stored change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeRow {
    /// Envelope.
    pub id: EnvelopeId,
    /// Its document.
    pub document: DocumentId,
    /// Author's certificate.
    pub certificate: CertificateId,
    /// Author.
    pub person: String,
    /// Encoded body.
    pub body: Vec<u8>,
    /// Signature.
    pub signature: [u8; 64],
    /// Change bytes.
    pub change: Vec<u8>,
    /// When it came.
    pub received_ms: i64,
    /// What became of it.
    pub state: State,
    /// Code of why.
    pub reason: String,
}

/// Bytes that could not be stored as an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<'a> {
    /// Certificate of the phone that brought them.
    pub carrier: CertificateId,
    /// The certificate that is to have signed them.
    pub certificate: CertificateId,
    /// Code of why.
    pub reason: &'a str,
    /// Body.
    pub body: &'a [u8],
    /// Signature.
    pub signature: &'a [u8],
    /// Change.
    pub change: &'a [u8],
}

const ROW: &str =
    "id, document, certificate, person, body, signature, change, received_ms, state, reason";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<EnvelopeRow> {
    let state: String = row.get(8)?;
    Ok(EnvelopeRow {
        id: EnvelopeId(row.get(0)?),
        document: DocumentId(row.get(1)?),
        certificate: CertificateId(row.get(2)?),
        person: row.get(3)?,
        body: row.get(4)?,
        signature: row.get(5)?,
        change: row.get(6)?,
        received_ms: row.get(7)?,
        // The table admits these codes only.
        state: State::from_code(&state).unwrap_or(State::Held),
        reason: row.get(9)?,
    })
}

impl Reading<'_> {
    /// What became of an envelope, and why.
    pub fn verdict(&self, id: EnvelopeId) -> Result<Option<(State, String)>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT state, reason FROM envelope WHERE court = ?1 AND id = ?2",
                (self.court, id.as_bytes()),
                |row| {
                    let state: String = row.get(0)?;
                    Ok((State::from_code(&state).unwrap_or(State::Held), row.get(1)?))
                },
            )
            .optional()?)
    }

    /// The document of a change in quarantine and its case, when that is known; nothing when the
    /// change is not in quarantine.
    #[allow(clippy::type_complexity)] // document and case, as the doc line says
    pub fn quarantined_case(
        &self,
        id: EnvelopeId,
    ) -> Result<Option<(DocumentId, Option<String>)>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT document, case_no FROM envelope
                 WHERE court = ?1 AND id = ?2 AND state = 'quarantined'",
                (self.court, id.as_bytes()),
                |row| Ok((DocumentId(row.get(0)?), row.get(1)?)),
            )
            .optional()?)
    }

    /// A stored change.
    pub fn envelope(&self, id: EnvelopeId) -> Result<Option<EnvelopeRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                &format!("SELECT {ROW} FROM envelope WHERE court = ?1 AND id = ?2"),
                (self.court, id.as_bytes()),
                row,
            )
            .optional()?)
    }

    /// The encoded envelope of a stored change.
    pub fn envelope_body(&self, id: EnvelopeId) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM envelope WHERE court = ?1 AND id = ?2";
        Ok(self.db.query_row(sql, (self.court, id.as_bytes()), |row| row.get(0)).optional()?)
    }

    /// Whether this device's place in its own order is taken by another envelope: the phone was
    /// cloned, or restored from a copy.
    pub fn has_twin(
        &self,
        device: &str,
        epoch: Epoch,
        sequence: u64,
        id: EnvelopeId,
    ) -> Result<bool, StoreError> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM envelope
               WHERE court = ?1 AND epoch = ?2 AND device = ?3 AND sequence = ?4 AND id <> ?5)",
            (self.court, epoch.as_bytes(), device, stored(sequence), id.as_bytes()),
            |row| row.get(0),
        )?)
    }

    /// The sequences stored of a device's epoch, as closed ranges.
    pub fn have(&self, device: &str, epoch: Epoch) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT sequence FROM envelope
             WHERE court = ?1 AND epoch = ?2 AND device = ?3 ORDER BY sequence",
        )?;
        let mut rows = statement.query((self.court, epoch.as_bytes(), device))?;
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        while let Some(row) = rows.next()? {
            let sequence = count(row.get(0)?);
            match ranges.last_mut() {
                Some((_, to)) if *to + 1 == sequence => *to = sequence,
                _ => ranges.push((sequence, sequence)),
            }
        }
        Ok(ranges)
    }

    /// The accepted changes of a document, in an order in which each follows its dependencies.
    pub fn document_log(&self, document: DocumentId) -> Result<Vec<EnvelopeRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {ROW} FROM envelope
             WHERE court = ?1 AND document = ?2 AND state = 'accepted' ORDER BY place"
        ))?;
        let rows = statement.query_map((self.court, document.as_bytes()), row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many accepted changes a document has.
    pub fn accepted_changes(&self, document: DocumentId) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT coalesce(max(place) + 1, 0) FROM envelope
             WHERE court = ?1 AND document = ?2 AND state = 'accepted'",
            (self.court, document.as_bytes()),
            |row| row.get(0),
        )?))
    }

    /// The changes of a document in `state`, in the order they came.
    pub fn document_rows(
        &self,
        document: DocumentId,
        state: State,
    ) -> Result<Vec<EnvelopeRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {ROW} FROM envelope
             WHERE court = ?1 AND document = ?2 AND state = ?3 ORDER BY arrival"
        ))?;
        let rows = statement.query_map((self.court, document.as_bytes(), state.code()), row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every document that has an accepted change.
    pub fn documents(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT document FROM envelope WHERE court = ?1 AND state = 'accepted'",
        )?;
        let rows = statement.query_map([self.court], |row| Ok(DocumentId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Documents with a change held for one of these reasons, the latest first.
    pub fn documents_held(
        &self,
        reasons: &[&str],
        limit: usize,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let reasons = serde_json::to_string(reasons).unwrap_or_default();
        let mut statement = self.db.prepare(
            "SELECT document FROM envelope
             WHERE court = ?1 AND state = 'held' AND reason IN (SELECT value FROM json_each(?2))
             GROUP BY document ORDER BY max(arrival) DESC LIMIT ?3",
        )?;
        let rows = statement.query_map((self.court, reasons, stored(limit as u64)), |row| {
            Ok(DocumentId(row.get(0)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Documents with a change in `state` for this reason and case, of `person` when given.
    pub fn documents_waiting(
        &self,
        state: State,
        reason: &str,
        case_no: &str,
        person: Option<&str>,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT document FROM envelope
             WHERE court = ?1 AND state = ?2 AND reason = ?3 AND case_no = ?4
               AND (?5 IS NULL OR person = ?5)",
        )?;
        let rows = statement
            .query_map((self.court, state.code(), reason, case_no, person), |row| {
                Ok(DocumentId(row.get(0)?))
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every stored change, in order of arrival, from number `after` on.
    pub fn log_after(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, EnvelopeRow)>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {ROW}, arrival FROM envelope WHERE court = ?1 AND arrival > ?2
             ORDER BY arrival LIMIT ?3"
        ))?;
        let rows = statement
            .query_map((self.court, stored(after), stored(limit as u64)), |found| {
                Ok((count(found.get(10)?), row(found)?))
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the first and the last accepted change of a document came.
    pub fn received(&self, document: DocumentId) -> Result<(i64, i64), StoreError> {
        Ok(self.db.query_row(
            "SELECT coalesce(min(received_ms), 0), coalesce(max(received_ms), 0) FROM envelope
             WHERE court = ?1 AND document = ?2 AND state = 'accepted'",
            (self.court, document.as_bytes()),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
    }

    /// Changes in the tray that wait for the certificate: row key, body, signature, change, carrier.
    #[allow(clippy::type_complexity)] // one row, as the doc line says
    pub fn tray_waiting_for(
        &self,
        certificate: CertificateId,
    ) -> Result<Vec<([u8; 32], Vec<u8>, Vec<u8>, Vec<u8>, CertificateId)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT hash, body, signature, change, carrier FROM tray
             WHERE court = ?1 AND certificate = ?2 AND reason = 'unknown_certificate'
             ORDER BY rowid",
        )?;
        let rows = statement.query_map((self.court, certificate.as_bytes()), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, CertificateId(row.get(4)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many rows the tray has of a carrier.
    pub fn tray_size(&self, carrier: CertificateId) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT count(*) FROM tray WHERE court = ?1 AND carrier = ?2",
            (self.court, carrier.as_bytes()),
            |row| row.get(0),
        )?))
    }
}

/// Where an accepted change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number of the change in its document, from 0, causal.
    pub in_document: u64,
    /// The actor's how-manieth change of the document, from 1.
    pub actor_seq: u64,
}

impl Writing<'_> {
    /// Stores a change with its verdict; `place` exactly when it is accepted.
    pub fn put_envelope(
        &self,
        envelope: &NewEnvelope<'_>,
        state: State,
        reason: &str,
        case_no: Option<&str>,
        place: Option<Place>,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO envelope (court, id, arrival, document, change_hash, actor, certificate,
               person, device, epoch, generation, sequence, verb, body, signature, change,
               received_ms, carrier, state, reason, case_no, actor_seq, place)
             VALUES (?1, ?2, (SELECT coalesce(max(arrival), 0) + 1 FROM envelope WHERE court = ?1),
               ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
               ?21, ?22)",
            rusqlite::params![
                self.court,
                envelope.id.as_bytes(),
                envelope.document.as_bytes(),
                envelope.change_hash.as_bytes(),
                envelope.actor.as_bytes(),
                envelope.certificate.as_bytes(),
                envelope.person,
                envelope.device,
                envelope.epoch.as_bytes(),
                envelope.generation,
                stored(envelope.sequence),
                envelope.verb,
                envelope.body,
                envelope.signature,
                envelope.change,
                envelope.received_ms,
                envelope.carrier.as_bytes(),
                state.code(),
                reason,
                case_no,
                place.map(|place| stored(place.actor_seq)),
                place.map(|place| stored(place.in_document)),
            ],
        )?;
        Ok(())
    }

    /// Changes the verdict on a stored change.
    pub fn set_verdict(
        &self,
        id: EnvelopeId,
        state: State,
        reason: &str,
        case_no: Option<&str>,
        place: Option<Place>,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE envelope SET state = ?3, reason = ?4, case_no = ?5, actor_seq = ?6, place = ?7
             WHERE court = ?1 AND id = ?2",
            (
                self.court,
                id.as_bytes(),
                state.code(),
                reason,
                case_no,
                place.map(|place| stored(place.actor_seq)),
                place.map(|place| stored(place.in_document)),
            ),
        )?;
        Ok(())
    }

    /// Keeps bytes that could not be stored as an envelope.
    pub fn put_tray(&self, refused: &Refused<'_>, now_ms: i64) -> Result<(), StoreError> {
        let hash = lastmile_core::id::sha256_parts(&[
            refused.body,
            refused.signature,
            refused.change,
            refused.reason.as_bytes(),
        ]);
        self.db.execute(
            "INSERT INTO tray (court, hash, carrier, certificate, reason, body, signature, change,
               received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            (
                self.court,
                hash,
                refused.carrier.as_bytes(),
                refused.certificate.as_bytes(),
                refused.reason,
                refused.body,
                refused.signature,
                refused.change,
                now_ms,
            ),
        )?;
        Ok(())
    }

    /// Takes a row out of the tray.
    pub fn take_from_tray(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM tray WHERE court = ?1 AND hash = ?2", (self.court, hash))?;
        Ok(())
    }
}
