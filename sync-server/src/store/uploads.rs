//! Uploads: who sends what, and how far it is. A row says what lies on the disk, synced, and never more.

use rusqlite::OptionalExtension;

use lastmile_core::id::{BlobHash, CertificateId};
use lastmile_core::sync::files::{FileKind, Metadata};

use super::{Reading, StoreError, Writing, count, stored};

/// An upload's id: random, its place in the address.
pub type UploadId = [u8; 16];

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Its id.
    pub id: UploadId,
    /// What is uploaded.
    pub what: Metadata,
    /// Who uploads.
    pub person: String,
    /// The certificate it was begun with.
    pub certificate: CertificateId,
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Bytes that lie on the disk.
    pub arrived: u64,
    /// The court has the file: nothing more is needed.
    pub done: bool,
    /// When the last byte came, or the upload began; server clock.
    pub last_ms: i64,
}

const UPLOAD: &str =
    "SELECT id, hash, kind, original, person, certificate, bytes, arrived, done, last_ms
  FROM upload";

fn upload(row: &rusqlite::Row<'_>) -> rusqlite::Result<UploadRow> {
    let kind: String = row.get(2)?;
    Ok(UploadRow {
        id: row.get(0)?,
        what: Metadata {
            hash: BlobHash(row.get(1)?),
            // Nothing else is ever written there.
            kind: FileKind::from_code(&kind).unwrap_or(FileKind::Original),
            of: row.get::<_, Option<[u8; 32]>>(3)?.map(BlobHash),
        },
        person: row.get(4)?,
        certificate: CertificateId(row.get(5)?),
        bytes: count(row.get(6)?),
        arrived: count(row.get(7)?),
        done: row.get(8)?,
        last_ms: row.get(9)?,
    })
}

impl Reading<'_> {
    /// An upload.
    pub fn upload(&self, id: &UploadId) -> Result<Option<UploadRow>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{UPLOAD} WHERE court = ?1 AND id = ?2"))?;
        Ok(statement.query_row((self.court, id), upload).optional()?)
    }

    /// The upload of one file by one person.
    pub fn upload_by(
        &self,
        person: &str,
        hash: BlobHash,
        kind: FileKind,
    ) -> Result<Option<UploadRow>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "{UPLOAD} WHERE court = ?1 AND person = ?2 AND hash = ?3 AND kind = ?4"
        ))?;
        let key = (self.court, person, hash.as_bytes(), kind.code());
        Ok(statement.query_row(key, upload).optional()?)
    }

    /// Certificates, with their persons, of those who upload or uploaded an original.
    pub fn senders_of(&self, hash: BlobHash) -> Result<Vec<(CertificateId, String)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT certificate, person FROM upload
             WHERE court = ?1 AND hash = ?2 AND kind = 'original' ORDER BY certificate",
        )?;
        let rows = statement.query_map((self.court, hash.as_bytes()), |row| {
            Ok((CertificateId(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Uploads of a person that are not finished.
    pub fn uploads_open(&self, person: &str) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT count(*) FROM upload WHERE court = ?1 AND person = ?2 AND done = 0",
            (self.court, person),
            |row| row.get(0),
        )?))
    }

    /// Uploads whose last byte came before `before_ms`.
    pub fn uploads_expired(&self, before_ms: i64) -> Result<Vec<UploadRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "{UPLOAD} WHERE court = ?1 AND last_ms < ?2 ORDER BY last_ms LIMIT 1000"
        ))?;
        let rows = statement.query_map((self.court, before_ms), upload)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How far the furthest open upload of an original is.
    pub(super) fn arrived(&self, hash: BlobHash) -> Result<Option<u64>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT max(arrived) FROM upload
             WHERE court = ?1 AND hash = ?2 AND kind = 'original' AND done = 0",
        )?;
        let furthest: Option<i64> =
            statement.query_row((self.court, hash.as_bytes()), |row| row.get(0))?;
        Ok(furthest.map(count))
    }
}

impl Writing<'_> {
    /// Begins an upload.
    pub fn put_upload(&self, row: &UploadRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO upload (court, id, hash, kind, original, person, certificate, bytes,
               arrived, done, last_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            rusqlite::params![
                self.court,
                row.id,
                row.what.hash.as_bytes(),
                row.what.kind.code(),
                row.what.of.map(|of| of.0),
                row.person,
                row.certificate.as_bytes(),
                stored(row.bytes),
                stored(row.arrived),
                row.done,
                row.last_ms,
            ],
        )?;
        Ok(())
    }

    /// So much of an upload lies on the disk now. Until it is done its last byte is never counted: whoever
    /// read that all of it is there would take it for stored.
    pub fn set_upload_arrived(
        &self,
        id: &UploadId,
        arrived: u64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE upload SET arrived = max(0, min(?3, bytes - 1)), last_ms = ?4
             WHERE court = ?1 AND id = ?2 AND done = 0",
            (self.court, id, stored(arrived), now_ms),
        )?;
        Ok(())
    }

    /// The court has the file: whoever uploads it need not go on.
    pub fn set_uploads_done(&self, what: &Metadata) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE upload SET arrived = bytes, done = 1
             WHERE court = ?1 AND hash = ?2 AND kind = ?3 AND original IS ?4",
            (self.court, what.hash.as_bytes(), what.kind.code(), what.of.map(|of| of.0)),
        )?;
        Ok(())
    }

    /// Forgets an upload.
    pub fn drop_upload(&self, id: &UploadId) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM upload WHERE court = ?1 AND id = ?2", (self.court, id))?;
        Ok(())
    }
}
