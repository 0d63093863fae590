//! When phones were last heard of, and what an administrator calls a phone that was invited: what the list of
//! devices shows beside certificates.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;

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

impl Reading<'_> {
    /// The newest contact of every certificate that was ever heard of, server clock.
    pub fn contacts(&self) -> Result<BTreeMap<CertificateId, i64>, StoreError> {
        let mut statement =
            self.db.prepare("SELECT certificate, at_ms FROM contact WHERE court = ?1")?;
        let rows = statement
            .query_map([self.court], |row| Ok((CertificateId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest contact of a certificate, server clock.
    pub fn contact(&self, certificate: CertificateId) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT at_ms FROM contact WHERE court = ?1 AND certificate = ?2";
        let at = self.db.query_row(sql, (self.court, certificate.as_bytes()), |row| row.get(0));
        Ok(at.optional()?)
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
    /// Notes that the holder of a certificate was heard of.
    pub fn put_contact(&self, certificate: CertificateId, at_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO contact (court, certificate, at_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (court, certificate) DO UPDATE SET at_ms = excluded.at_ms",
            (self.court, certificate.as_bytes(), at_ms),
        )?;
        Ok(())
    }
}
