//! Files of evidence: which records name them (a cache), which the court has, the small pictures of them,
//! and what is wrong with one. The bytes are [`crate::files`]'s, uploads are [`super::uploads`]'.

use rusqlite::OptionalExtension;

use lastmile_core::document::NamedFile;
use lastmile_core::id::{BlobHash, DocumentId, EnvelopeId};
use lastmile_core::sync::channel::EntryKind;
use lastmile_core::sync::files::FileKind;

use super::{Reading, StoreError, Writing, count, stored};

/// An original that the court has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Its length.
    pub bytes: u64,
    /// Media type, found in the bytes.
    pub media_type: String,
    /// When it was stored, server clock.
    pub stored_ms: i64,
    /// When its bytes were last read and had this hash, server clock.
    pub checked_ms: i64,
}

/// A small picture of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedRow {
    /// The original.
    pub original: BlobHash,
    /// Thumbnail or preview.
    pub kind: FileKind,
    /// SHA-256 of the picture's bytes.
    pub hash: BlobHash,
    /// Its length.
    pub bytes: u64,
    /// Made by the court from the verified original, not by a phone.
    pub by_court: bool,
}

/// A record that names a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUse {
    /// The record.
    pub document: DocumentId,
    /// The item that names it, `photos/01J...`.
    pub item: String,
    /// The file.
    pub hash: BlobHash,
    /// Channel of the record's case.
    pub channel: String,
    /// The signed change that named it.
    pub envelope: EnvelopeId,
    /// Who made that change.
    pub person: String,
    /// Length that the record says.
    pub bytes: Option<u64>,
    /// Media type that the record says.
    pub media_type: Option<String>,
}

/// Where a file stands that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStanding {
    /// The record's word.
    pub named: FileUse,
    /// The court's copy.
    pub file: Option<FileRow>,
    /// Bytes of the upload that is furthest, while one is open.
    pub arrived: Option<u64>,
    /// What is wrong, a code.
    pub trouble: Option<String>,
    /// Whether there is a thumbnail.
    pub thumbnail: bool,
    /// Whether there is a preview.
    pub preview: bool,
}

/// How many files of each sort there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileFigures {
    /// Originals the court has.
    pub stored: u64,
    /// Their bytes.
    pub stored_bytes: u64,
    /// Originals that records name and the court does not have.
    pub missing: u64,
    /// Originals of which another file came instead.
    pub differ: u64,
    /// Originals that the court had and lost.
    pub lost: u64,
    /// Uploads that are not finished.
    pub uploads_open: u64,
}

const FILE: &str = "SELECT hash, bytes, media_type, stored_ms, checked_ms FROM file";

fn file(row: &rusqlite::Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        hash: BlobHash(row.get(0)?),
        bytes: count(row.get(1)?),
        media_type: row.get(2)?,
        stored_ms: row.get(3)?,
        checked_ms: row.get(4)?,
    })
}

const USE: &str =
    "SELECT document, item, hash, channel, envelope, person, bytes, media_type FROM file_use";

fn file_use(row: &rusqlite::Row<'_>) -> rusqlite::Result<FileUse> {
    Ok(FileUse {
        document: DocumentId(row.get(0)?),
        item: row.get(1)?,
        hash: BlobHash(row.get(2)?),
        channel: row.get(3)?,
        envelope: EnvelopeId(row.get(4)?),
        person: row.get(5)?,
        bytes: row.get::<_, Option<i64>>(6)?.map(count),
        media_type: row.get(7)?,
    })
}

impl Reading<'_> {
    /// An original the court has.
    pub fn file(&self, hash: BlobHash) -> Result<Option<FileRow>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{FILE} WHERE court = ?1 AND hash = ?2"))?;
        Ok(statement.query_row((self.court, hash.as_bytes()), file).optional()?)
    }

    /// Originals whose bytes were last read before `before_ms`, those of longest ago first.
    pub fn files_unchecked(
        &self,
        before_ms: i64,
        limit: usize,
    ) -> Result<Vec<FileRow>, StoreError> {
        let mut statement = self.db.prepare(&format!(
            "{FILE} WHERE court = ?1 AND checked_ms < ?2 ORDER BY checked_ms, hash LIMIT ?3"
        ))?;
        let rows = statement.query_map((self.court, before_ms, stored(limit as u64)), file)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A picture derived from an original.
    pub fn derived(
        &self,
        original: BlobHash,
        kind: FileKind,
    ) -> Result<Option<DerivedRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT hash, bytes, by_court FROM file_derived
             WHERE court = ?1 AND original = ?2 AND kind = ?3",
        )?;
        let found = statement.query_row((self.court, original.as_bytes(), kind.code()), |row| {
            Ok(DerivedRow {
                original,
                kind,
                hash: BlobHash(row.get(0)?),
                bytes: count(row.get(1)?),
                by_court: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Originals of which the court has still to make its small pictures.
    pub fn files_unpictured(&self, limit: usize) -> Result<Vec<FileRow>, StoreError> {
        let mut statement = self
            .db
            .prepare(&format!("{FILE} WHERE court = ?1 AND pictured = 0 ORDER BY hash LIMIT ?2"))?;
        let rows = statement.query_map((self.court, stored(limit as u64)), file)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the court has still to make its small pictures of an original that it has.
    pub fn is_unpictured(&self, hash: BlobHash) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM file
            WHERE court = ?1 AND hash = ?2 AND pictured = 0)";
        Ok(self.db.query_row(sql, (self.court, hash.as_bytes()), |row| row.get(0))?)
    }

    /// Every record that names a file.
    pub fn uses_of_file(&self, hash: BlobHash) -> Result<Vec<FileUse>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "{USE} WHERE court = ?1 AND hash = ?2 ORDER BY document, item"
        ))?;
        let rows = statement.query_map((self.court, hash.as_bytes()), file_use)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The files a record names, and where each stands; by item.
    pub fn files_of(&self, document: DocumentId) -> Result<Vec<FileStanding>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(&format!("{USE} WHERE court = ?1 AND document = ?2 ORDER BY item"))?;
        let rows = statement.query_map((self.court, document.as_bytes()), file_use)?;
        rows.map(|named| self.standing(named?)).collect()
    }

    fn standing(&self, named: FileUse) -> Result<FileStanding, StoreError> {
        let hash = named.hash;
        Ok(FileStanding {
            file: self.file(hash)?,
            arrived: self.arrived(hash)?,
            trouble: self.file_trouble(hash)?,
            thumbnail: self.derived(hash, FileKind::Thumbnail)?.is_some(),
            preview: self.derived(hash, FileKind::Preview)?.is_some(),
            named,
        })
    }

    /// What is wrong with an original, a code.
    pub fn file_trouble(&self, hash: BlobHash) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT code FROM file_trouble WHERE court = ?1 AND hash = ?2")?;
        Ok(statement.query_row((self.court, hash.as_bytes()), |row| row.get(0)).optional()?)
    }

    /// Every original that is to be sent again, with the code of why.
    pub fn file_troubles(&self) -> Result<Vec<(BlobHash, String)>, StoreError> {
        let mut statement = self
            .db
            .prepare("SELECT hash, code FROM file_trouble WHERE court = ?1 ORDER BY at_ms, hash")?;
        let rows =
            statement.query_map([self.court], |row| Ok((BlobHash(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The channels that carry a change, and as which entry.
    pub fn places_of(&self, envelope: EnvelopeId) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT channel, seq FROM feed WHERE court = ?1 AND kind = ?2 AND id = ?3",
        )?;
        let rows = statement
            .query_map((self.court, EntryKind::Change.code(), envelope.as_bytes()), |row| {
                Ok((row.get(0)?, count(row.get(1)?)))
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the list of which record names which file holds for records from before it, too.
    pub fn files_listed(&self) -> Result<bool, StoreError> {
        let sql = "SELECT files_listed FROM court WHERE court = ?1";
        Ok(self.db.query_row(sql, [self.court], |row| row.get(0))?)
    }

    /// Counts them.
    pub fn file_figures(&self) -> Result<FileFigures, StoreError> {
        let one = |sql: &str| -> Result<u64, StoreError> {
            Ok(count(self.db.query_row(sql, [self.court], |row| row.get(0))?))
        };
        Ok(FileFigures {
            stored: one("SELECT count(*) FROM file WHERE court = ?1")?,
            stored_bytes: one("SELECT coalesce(sum(bytes), 0) FROM file WHERE court = ?1")?,
            missing: one("SELECT count(DISTINCT hash) FROM file_use WHERE court = ?1 AND NOT EXISTS
                (SELECT 1 FROM file WHERE file.court = file_use.court AND file.hash = file_use.hash)")?,
            differ: one(
                "SELECT count(*) FROM file_trouble WHERE court = ?1 AND code = 'differs'",
            )?,
            lost: one("SELECT count(*) FROM file_trouble WHERE court = ?1 AND code <> 'differs'")?,
            uploads_open: one("SELECT count(*) FROM upload WHERE court = ?1 AND done = 0")?,
        })
    }
}

impl Writing<'_> {
    /// Replaces the list of the files a record names.
    pub fn put_files_named(
        &self,
        document: DocumentId,
        channel: &str,
        files: &[NamedFile],
    ) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM file_use WHERE court = ?1 AND document = ?2",
            (self.court, document.as_bytes()),
        )?;
        let mut insert = self.db.prepare_cached(
            "INSERT OR IGNORE INTO file_use
               (court, document, item, hash, channel, envelope, person, bytes, media_type)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for file in files {
            insert.execute((
                self.court,
                document.as_bytes(),
                &file.item,
                file.hash.as_bytes(),
                channel,
                file.envelope.as_bytes(),
                &file.person,
                file.bytes.map(stored),
                &file.mime,
            ))?;
        }
        Ok(())
    }

    /// The list of which record names which file holds for every record.
    pub fn set_files_listed(&self) -> Result<(), StoreError> {
        self.db.execute("UPDATE court SET files_listed = 1 WHERE court = ?1", [self.court])?;
        Ok(())
    }

    /// The court has an original; nothing is wrong with it any more.
    pub fn put_file(&self, row: &FileRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO file (court, hash, bytes, media_type, stored_ms, checked_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                self.court,
                row.hash.as_bytes(),
                stored(row.bytes),
                &row.media_type,
                row.stored_ms,
                row.checked_ms,
            ),
        )?;
        self.db.execute(
            "DELETE FROM file_trouble WHERE court = ?1 AND hash = ?2",
            (self.court, row.hash.as_bytes()),
        )?;
        Ok(())
    }

    /// An original's bytes were read and had its hash.
    pub fn set_file_checked(&self, hash: BlobHash, now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE file SET checked_ms = ?3 WHERE court = ?1 AND hash = ?2",
            (self.court, hash.as_bytes(), now_ms),
        )?;
        Ok(())
    }

    /// An original is to be sent again: the court does not have it (any more).
    pub fn put_file_trouble(
        &self,
        hash: BlobHash,
        code: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let key = (self.court, hash.as_bytes());
        self.db.execute("DELETE FROM file WHERE court = ?1 AND hash = ?2", key)?;
        self.db.execute(
            "UPDATE upload SET done = 0, arrived = 0
             WHERE court = ?1 AND hash = ?2 AND kind = 'original' AND done = 1",
            key,
        )?;
        self.db.execute(
            "INSERT OR REPLACE INTO file_trouble (court, hash, code, at_ms) VALUES (?1, ?2, ?3, ?4)",
            (self.court, hash.as_bytes(), code, now_ms),
        )?;
        Ok(())
    }

    /// The court has made its small pictures of an original, or found that none can be made.
    pub fn set_pictured(&self, hash: BlobHash) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE file SET pictured = 1 WHERE court = ?1 AND hash = ?2",
            (self.court, hash.as_bytes()),
        )?;
        Ok(())
    }

    /// A picture derived from an original is not there any more: it can be made or sent again.
    pub fn drop_derived(&self, row: &DerivedRow) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM file_derived WHERE court = ?1 AND original = ?2 AND kind = ?3 AND hash = ?4",
            (self.court, row.original.as_bytes(), row.kind.code(), row.hash.as_bytes()),
        )?;
        self.db.execute(
            "UPDATE upload SET done = 0, arrived = 0
             WHERE court = ?1 AND original = ?2 AND kind = ?3 AND done = 1",
            (self.court, row.original.as_bytes(), row.kind.code()),
        )?;
        self.db.execute(
            "UPDATE file SET pictured = 0 WHERE court = ?1 AND hash = ?2",
            (self.court, row.original.as_bytes()),
        )?;
        Ok(())
    }

    /// A picture derived from an original; the court's own is never replaced by a phone's.
    pub fn put_derived(&self, row: &DerivedRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO file_derived (court, original, kind, hash, bytes, by_court)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes,
               by_court = excluded.by_court
             WHERE excluded.by_court >= file_derived.by_court",
            (
                self.court,
                row.original.as_bytes(),
                row.kind.code(),
                row.hash.as_bytes(),
                stored(row.bytes),
                row.by_court,
            ),
        )?;
        Ok(())
    }
}
