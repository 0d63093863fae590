//! PINs of the people who share this phone. What a PIN is and how long a wrong one makes one wait is
//! [`crate::phone`]'s business.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned};
use crate::id::{BootId, CertificateId};

/// A person's PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinRow {
    /// Staff or liaison id.
    pub person: String,
    /// The everyday certificate.
    pub certificate: CertificateId,
    /// The certificate of the key that finalises, if there is one of its own.
    pub finalising: Option<CertificateId>,
    /// Salt of the verifier.
    pub salt: [u8; 16],
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// What the PIN and the salt give.
    pub verifier: [u8; 32],
    /// Wrong attempts since the last right one.
    pub failures: u32,
    /// The boot of the last wrong attempt.
    pub failed_boot: Option<BootId>,
    /// Milliseconds since that boot.
    pub failed_mono_ms: u64,
}

const COLUMNS: &str = "person, certificate, finalising, salt, iterations, verifier, failures, \
                       failed_boot, failed_mono";

fn read(row: &Row<'_>) -> rusqlite::Result<PinRow> {
    Ok(PinRow {
        person: row.get(0)?,
        certificate: row.get(1)?,
        finalising: row.get(2)?,
        salt: row.get(3)?,
        iterations: row.get(4)?,
        verifier: row.get(5)?,
        failures: row.get(6)?,
        failed_boot: row.get(7)?,
        failed_mono_ms: row.get::<_, Unsigned>(8)?.0,
    })
}

impl ReadTx<'_> {
    /// A person's PIN.
    pub fn pin(&self, person: &str) -> Result<Option<PinRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pins WHERE person = ?1");
        Ok(self.sql.query_row(&sql, [person], read).optional()?)
    }

    /// Everybody who signs in on this phone with a PIN.
    pub fn pins(&self) -> Result<Vec<PinRow>, StoreError> {
        self.rows(&format!("SELECT {COLUMNS} FROM pins ORDER BY person"), [], read)
    }

    /// Whether one of these certificates is an author of this document, on this phone's log.
    pub fn wrote(
        &self,
        document: crate::id::DocumentId,
        certificates: &[CertificateId],
    ) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM log WHERE document = ?1 AND certificate = ?2)";
        for certificate in certificates {
            if self.sql.query_row(sql, params![document, certificate], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl WriteTx<'_> {
    /// Keeps a PIN over the person's former one, with its count of wrong attempts.
    pub fn put_pin(&self, pin: &PinRow) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO pins (person, certificate, finalising, salt, iterations, verifier, failures,
                failed_boot, failed_mono) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (person) DO UPDATE SET certificate = excluded.certificate,
                finalising = excluded.finalising, salt = excluded.salt,
                iterations = excluded.iterations, verifier = excluded.verifier,
                failures = excluded.failures, failed_boot = excluded.failed_boot,
                failed_mono = excluded.failed_mono",
            params![
                pin.person,
                pin.certificate,
                pin.finalising,
                pin.salt,
                pin.iterations,
                pin.verifier,
                pin.failures,
                pin.failed_boot,
                Unsigned(pin.failed_mono_ms),
            ],
        )?;
        Ok(())
    }

    /// Takes a person's PIN away: on this phone the person signs in no more.
    pub fn remove_pin(&self, person: &str) -> Result<bool, StoreError> {
        Ok(self.sql.execute("DELETE FROM pins WHERE person = ?1", [person])? == 1)
    }
}
