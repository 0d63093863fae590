//! Verified certificates, in the order in which they came.

use rusqlite::OptionalExtension;

use lastmile_core::id::CertificateId;

use super::{Reading, StoreError, Writing, count, stored};

/// A certificate to store. The caller has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its identity.
    pub id: CertificateId,
    /// Kind code.
    pub kind: String,
    /// Staff id, of a person's certificate.
    pub person: Option<String>,
    /// Device or server process.
    pub device: Option<String>,
    /// Transfer form.
    pub bytes: Vec<u8>,
}

impl Reading<'_> {
    /// Certificates that came after number `arrival`, with their numbers.
    pub fn certificates_after(
        &self,
        arrival: u64,
    ) -> Result<Vec<(u64, CertificateRow)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT arrival, id, kind, person, device, bytes FROM certificate
             WHERE court = ?1 AND arrival > ?2 ORDER BY arrival",
        )?;
        let rows = statement.query_map((self.court, stored(arrival)), |row| {
            Ok((
                count(row.get(0)?),
                CertificateRow {
                    id: CertificateId(row.get(1)?),
                    kind: row.get(2)?,
                    person: row.get(3)?,
                    device: row.get(4)?,
                    bytes: row.get(5)?,
                },
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Number of the last certificate.
    pub fn last_certificate(&self) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT coalesce(max(arrival), 0) FROM certificate WHERE court = ?1",
            [self.court],
            |row| row.get(0),
        )?))
    }

    /// A certificate's transfer form.
    pub fn certificate(&self, id: CertificateId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT bytes FROM certificate WHERE court = ?1 AND id = ?2",
                (self.court, id.as_bytes()),
                |row| row.get(0),
            )
            .optional()?)
    }
}

impl Writing<'_> {
    /// Stores a certificate; says whether it was new.
    pub fn put_certificate(&self, row: &CertificateRow, now_ms: i64) -> Result<bool, StoreError> {
        let arrival = self.last_certificate()? + 1;
        let added = self.db.execute(
            "INSERT INTO certificate (court, id, arrival, kind, person, device, bytes, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
            (
                self.court,
                row.id.as_bytes(),
                stored(arrival),
                &row.kind,
                &row.person,
                &row.device,
                &row.bytes,
                now_ms,
            ),
        )?;
        Ok(added == 1)
    }
}
