//! One-time codes for phones: hashes only, for whom, and what became of them.

use rusqlite::{OptionalExtension, Row};

use lastmile_core::id::CertificateId;

use super::{Reading, StoreError, Writing, count, stored};

/// A stored code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// Its id, shown in lists.
    pub id: [u8; 5],
    /// Hash of its secret.
    pub hash: [u8; 32],
    /// Staff or liaison id.
    pub person: String,
    /// Name as papers show it.
    pub name: String,
    /// Device id, when the administrator chose one.
    pub device: Option<String>,
    /// What the administrator calls the phone.
    pub label: Option<String>,
    /// What the phone's keys must at least be kept in, when the administrator asks for it.
    pub protection: Option<String>,
    /// How long the certificates will be valid, milliseconds.
    pub valid_ms: i64,
    /// When it was made, server clock.
    pub made_ms: i64,
    /// When it expires.
    pub expires_ms: i64,
    /// Wrong secrets tried.
    pub failures: u64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
    /// When it was used.
    pub used_ms: Option<i64>,
    /// The keys it was used for.
    pub keys_hash: Option<[u8; 32]>,
    /// The certificates it became.
    pub certificates: Vec<CertificateId>,
}

const COLUMNS: &str = "id, hash, person, name, device, protection, valid_ms, made_ms, expires_ms, \
                       failures, revoked_ms, used_ms, keys_hash, certificates, label";

fn enrolment(row: &Row<'_>) -> rusqlite::Result<EnrolmentRow> {
    let certificates: Option<Vec<u8>> = row.get(13)?;
    Ok(EnrolmentRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        person: row.get(2)?,
        name: row.get(3)?,
        device: row.get(4)?,
        label: row.get(14)?,
        protection: row.get(5)?,
        valid_ms: row.get(6)?,
        made_ms: row.get(7)?,
        expires_ms: row.get(8)?,
        failures: count(row.get(9)?),
        revoked_ms: row.get(10)?,
        used_ms: row.get(11)?,
        keys_hash: row.get(12)?,
        certificates: certificates
            .unwrap_or_default()
            .chunks_exact(CertificateId::LEN)
            .filter_map(|id| id.try_into().ok().map(CertificateId))
            .collect(),
    })
}

impl Reading<'_> {
    /// A code by its id.
    pub fn enrolment(&self, id: &[u8; 5]) -> Result<Option<EnrolmentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM enrolment WHERE court = ?1 AND id = ?2");
        Ok(self.db.query_row(&sql, (self.court, id), enrolment).optional()?)
    }

    /// Every code, oldest first.
    pub fn enrolments(&self) -> Result<Vec<EnrolmentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM enrolment WHERE court = ?1 ORDER BY made_ms, id");
        let mut statement = self.db.prepare(&sql)?;
        let rows = statement.query_map([self.court], enrolment)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Stores a new code.
    pub fn put_enrolment(&self, row: &EnrolmentRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO enrolment (court, id, hash, person, name, device, protection, valid_ms,
               made_ms, expires_ms, label)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (
                self.court,
                row.id,
                row.hash,
                &row.person,
                &row.name,
                &row.device,
                &row.protection,
                row.valid_ms,
                row.made_ms,
                row.expires_ms,
                &row.label,
            ),
        )?;
        Ok(())
    }

    /// Counts a wrong secret.
    pub fn count_enrolment_failure(&self, id: &[u8; 5]) -> Result<(), StoreError> {
        let sql = "UPDATE enrolment SET failures = failures + 1 WHERE court = ?1 AND id = ?2";
        self.db.execute(sql, (self.court, id))?;
        Ok(())
    }

    /// Marks a code as used, unless it was used or revoked meanwhile, or failed `most` times; says
    /// whether it was marked.
    pub fn use_enrolment(
        &self,
        id: &[u8; 5],
        most: u64,
        keys_hash: &[u8; 32],
        certificates: &[CertificateId],
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let ids: Vec<u8> = certificates.iter().flat_map(|id| id.0).collect();
        let changed = self.db.execute(
            "UPDATE enrolment SET used_ms = ?3, keys_hash = ?4, certificates = ?5
             WHERE court = ?1 AND id = ?2 AND used_ms IS NULL AND revoked_ms IS NULL
               AND failures < ?6",
            (self.court, id, now_ms, keys_hash, ids, stored(most)),
        )?;
        Ok(changed == 1)
    }

    /// Revokes a code; says whether there was one that could still be used.
    pub fn revoke_enrolment(&self, id: &[u8; 5], now_ms: i64) -> Result<bool, StoreError> {
        let changed = self.db.execute(
            "UPDATE enrolment SET revoked_ms = ?3
             WHERE court = ?1 AND id = ?2 AND revoked_ms IS NULL AND used_ms IS NULL",
            (self.court, id, now_ms),
        )?;
        Ok(changed == 1)
    }
}
