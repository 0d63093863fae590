//! Certificates this phone has seen, and which of them are its own. Checking them is
//! [`crate::identity`]'s; a certificate is stored as it came.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, error::at_most};
use crate::id::CertificateId;

const MAX_CERTIFICATE: usize = 16 << 10;

/// A stored certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its identity.
    pub id: CertificateId,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// Label of the private key in the phone's key store, if the certificate is this phone's.
    pub mine: Option<String>,
}

impl CertificateRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, bytes: row.get(1)?, mine: row.get(2)? })
    }
}

impl ReadTx<'_> {
    /// One certificate.
    pub fn certificate(&self, id: CertificateId) -> Result<Option<CertificateRow>, StoreError> {
        let sql = "SELECT id, bytes, mine FROM certificates WHERE id = ?1";
        Ok(self.sql.query_row(sql, [id], CertificateRow::read).optional()?)
    }

    /// Every certificate; a phone holds some dozens.
    pub fn certificates(&self) -> Result<Vec<CertificateRow>, StoreError> {
        self.rows(
            "SELECT id, bytes, mine FROM certificates ORDER BY rowid",
            [],
            CertificateRow::read,
        )
    }

    /// This phone's own certificates, one per person and purpose, oldest first.
    pub fn own_certificates(&self) -> Result<Vec<CertificateRow>, StoreError> {
        let sql = "SELECT id, bytes, mine FROM certificates WHERE mine IS NOT NULL ORDER BY rowid";
        self.rows(sql, [], CertificateRow::read)
    }
}

impl WriteTx<'_> {
    /// Keeps a certificate. Storing it again changes nothing, except that a label given later is taken.
    pub fn put_certificate(
        &self,
        id: CertificateId,
        bytes: &[u8],
        mine: Option<&str>,
    ) -> Result<(), StoreError> {
        at_most("a certificate", bytes.len(), MAX_CERTIFICATE)?;
        if self.certificate(id)?.is_some_and(|known| known.bytes != bytes) {
            return Err(StoreError::constraint("certificate_id_with_other_bytes"));
        }
        self.sql.execute(
            "INSERT INTO certificates (id, bytes, mine) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET mine = coalesce(mine, excluded.mine)",
            params![id, bytes, mine],
        )?;
        Ok(())
    }
}
