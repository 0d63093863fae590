//! When phones were last heard of, and what an administrator calls a phone that was invited: what the list of
//! devices shows beside certificates.

use std::collections::BTreeMap;

use lastmile_core::id::CertificateId;

use crate::ingest::reason::SET_ASIDE;

use super::{Reading, StoreError, Writing, count};

/// The newest contact of each certificate, and names that people gave to phones.
pub(super) const SCHEMA: &str = "
CREATE TABLE contact (
  court TEXT NOT NULL,
  certificate BLOB NOT NULL CHECK (length(certificate) = 32),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (court, certificate)
) STRICT, WITHOUT ROWID;
ALTER TABLE enrolment ADD COLUMN label TEXT;
CREATE INDEX record_received ON record (court, last_received_ms);
";

/// How far each phone had read when it was last heard of: channel to entries read, JSON. What an answer carried since
/// is not in it: whether it arrived is known at the next contact.
pub(super) const READ_TO: &str = "ALTER TABLE contact ADD COLUMN read_to TEXT;";

/// When a phone asked for news, and how far it had read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Server clock.
    pub at_ms: i64,
    /// Entries read, by channel; `None` where nobody knows: an earlier version did not note it, or the phone had not
    /// yet heard that the court was restored.
    pub read_to: Option<BTreeMap<String, u64>>,
}

impl Reading<'_> {
    /// The newest contact of every certificate that was ever heard of, as far as it was written down.
    pub fn contacts(&self) -> Result<BTreeMap<CertificateId, Contact>, StoreError> {
        let mut statement =
            self.db.prepare("SELECT certificate, at_ms, read_to FROM contact WHERE court = ?1")?;
        let rows = statement.query_map([self.court], |row| {
            let noted: Option<String> = row.get(2)?;
            Ok((CertificateId(row.get(0)?), row.get(1)?, noted))
        })?;
        let mut contacts = BTreeMap::new();
        for row in rows {
            let (id, at_ms, noted) = row?;
            let read_to = noted.map(|text| serde_json::from_str(&text)).transpose();
            let read_to = read_to.map_err(|_| StoreError::Damaged("how far a phone read"))?;
            contacts.insert(id, Contact { at_ms, read_to });
        }
        Ok(contacts)
    }

    /// How many changes of each author's certificate are held or in quarantine.
    pub fn waiting_by_certificate(&self) -> Result<BTreeMap<CertificateId, u64>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT certificate, count(*) FROM envelope
             WHERE court = ?1 AND state IN ('held', 'quarantined') AND reason <> ?2
             GROUP BY certificate",
        )?;
        let rows = statement.query_map((self.court, SET_ASIDE), |row| {
            Ok((CertificateId(row.get(0)?), count(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Notes that the holder of a certificate was heard of, and how far it has read.
    pub fn put_contact(
        &self,
        certificate: CertificateId,
        contact: &Contact,
    ) -> Result<(), StoreError> {
        let read_to = contact.read_to.as_ref().map(serde_json::to_string).transpose();
        let read_to = read_to.map_err(|_| StoreError::Damaged("how far a phone read"))?;
        self.db
            .prepare_cached(
                "INSERT INTO contact (court, certificate, at_ms, read_to) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (court, certificate)
                 DO UPDATE SET at_ms = excluded.at_ms, read_to = excluded.read_to",
            )?
            .execute((self.court, certificate.as_bytes(), contact.at_ms, read_to))?;
        Ok(())
    }
}
