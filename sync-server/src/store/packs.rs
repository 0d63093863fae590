//! What the server itself signed: packs of reference data, transitions; and ruling files.

use rusqlite::OptionalExtension;

use lastmile_core::id::BlobHash;

use super::{Reading, StoreError, Writing, count, stored};

/// A signed pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// Kind name, `case`.
    pub kind: String,
    /// Which of the kind: the case number, the court code.
    pub subject: String,
    /// Rises with every replacement.
    pub version: u64,
    /// SHA-256 of the unsigned body.
    pub id: [u8; 32],
    /// Transfer form.
    pub bytes: Vec<u8>,
}

/// A pack without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPack {
    /// Kind name.
    pub kind: String,
    /// Which of the kind.
    pub subject: String,
    /// Version.
    pub version: u64,
    /// SHA-256 of the unsigned body.
    pub id: [u8; 32],
    /// When it was signed, server clock.
    pub made_ms: i64,
}

/// A signed transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionRow {
    /// SHA-256 of the unsigned body.
    pub id: [u8; 32],
    /// Kind code.
    pub kind: String,
    /// What it is about: a person, a document.
    pub subject: String,
    /// The channel it belongs to.
    pub channel: String,
    /// Transfer form.
    pub bytes: Vec<u8>,
}

impl Reading<'_> {
    /// The newest pack of a kind and subject.
    pub fn latest_pack(&self, kind: &str, subject: &str) -> Result<Option<PackRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT kind, subject, version, id, bytes FROM pack
                 WHERE court = ?1 AND kind = ?2 AND subject = ?3 ORDER BY version DESC LIMIT 1",
                (self.court, kind, subject),
                pack,
            )
            .optional()?)
    }

    /// The newest version of a kind and subject, 0 when there is none.
    pub fn pack_version(&self, kind: &str, subject: &str) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT coalesce(max(version), 0) FROM pack
             WHERE court = ?1 AND kind = ?2 AND subject = ?3",
            (self.court, kind, subject),
            |row| row.get(0),
        )?))
    }

    /// The newest pack of every subject of a kind.
    pub fn latest_packs(&self, kind: &str) -> Result<Vec<PackRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT kind, subject, version, id, bytes FROM pack AS newest
             WHERE court = ?1 AND kind = ?2 AND version = (SELECT max(version) FROM pack
               WHERE court = newest.court AND kind = newest.kind AND subject = newest.subject)
             ORDER BY subject",
        )?;
        let rows = statement.query_map((self.court, kind), pack)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest version of every pack, by kind and subject, after the place (kind, subject).
    pub fn packs_page(
        &self,
        (kind, subject): (&str, &str),
        limit: usize,
    ) -> Result<Vec<ListedPack>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT kind, subject, version, id, made_ms FROM pack AS newest
             WHERE court = ?1 AND (kind, subject) > (?2, ?3) AND version = (SELECT max(version)
               FROM pack WHERE court = newest.court AND kind = newest.kind
                 AND subject = newest.subject)
             ORDER BY kind, subject LIMIT ?4",
        )?;
        let rows =
            statement.query_map((self.court, kind, subject, stored(limit as u64)), |row| {
                Ok(ListedPack {
                    kind: row.get(0)?,
                    subject: row.get(1)?,
                    version: count(row.get(2)?),
                    id: row.get(3)?,
                    made_ms: row.get(4)?,
                })
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A pack's transfer form.
    pub fn pack(&self, id: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT bytes FROM pack WHERE court = ?1 AND id = ?2",
                (self.court, id),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// A transition's transfer form.
    pub fn transition(&self, id: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT bytes FROM transition WHERE court = ?1 AND id = ?2",
                (self.court, id),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Every transition of a kind, oldest first: transfer form and when it was made.
    pub fn transitions(&self, kind: &str) -> Result<Vec<(TransitionRow, i64)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT id, kind, subject, channel, bytes, made_ms FROM transition
             WHERE court = ?1 AND kind = ?2 ORDER BY rowid",
        )?;
        let rows = statement.query_map((self.court, kind), |row| {
            let transition = TransitionRow {
                id: row.get(0)?,
                kind: row.get(1)?,
                subject: row.get(2)?,
                channel: row.get(3)?,
                bytes: row.get(4)?,
            };
            Ok((transition, row.get(5)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many transitions of a kind there are.
    pub fn transition_count(&self, kind: &str) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT count(*) FROM transition WHERE court = ?1 AND kind = ?2",
            (self.court, kind),
            |row| row.get(0),
        )?))
    }

    /// The last transition of a kind about a subject, in whichever channel: its transfer form.
    pub fn last_said(&self, kind: &str, subject: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT bytes FROM transition
                 WHERE court = ?1 AND kind = ?2 AND subject = ?3 ORDER BY rowid DESC LIMIT 1",
                (self.court, kind, subject),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// The last transition of a kind about a subject in a channel.
    pub fn last_transition(
        &self,
        kind: &str,
        subject: &str,
        channel: &str,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT id FROM transition
                 WHERE court = ?1 AND kind = ?2 AND subject = ?3 AND channel = ?4
                 ORDER BY rowid DESC LIMIT 1",
                (self.court, kind, subject, channel),
                |row| row.get(0),
            )
            .optional()?)
    }

    /// A ruling's file: name and bytes.
    pub fn ruling(&self, hash: BlobHash) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT name, bytes FROM ruling WHERE court = ?1 AND hash = ?2",
                (self.court, hash.as_bytes()),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?)
    }
}

fn pack(row: &rusqlite::Row<'_>) -> rusqlite::Result<PackRow> {
    Ok(PackRow {
        kind: row.get(0)?,
        subject: row.get(1)?,
        version: count(row.get(2)?),
        id: row.get(3)?,
        bytes: row.get(4)?,
    })
}

impl Writing<'_> {
    /// Stores a pack; a version that exists already is a constraint error.
    pub fn put_pack(&self, row: &PackRow, now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO pack (court, kind, subject, version, id, bytes, made_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (self.court, &row.kind, &row.subject, stored(row.version), row.id, &row.bytes, now_ms),
        )?;
        Ok(())
    }

    /// Stores a transition.
    pub fn put_transition(&self, row: &TransitionRow, now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO transition (court, id, kind, subject, channel, bytes, made_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (self.court, row.id, &row.kind, &row.subject, &row.channel, &row.bytes, now_ms),
        )?;
        Ok(())
    }

    /// Stores a ruling's file.
    pub fn put_ruling(&self, hash: BlobHash, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO ruling (court, hash, name, bytes) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            (self.court, hash.as_bytes(), name, bytes),
        )?;
        Ok(())
    }
}
