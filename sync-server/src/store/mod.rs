//! The server's database: the log of signed changes, the feeds built from it, and caches that can be
//! rebuilt from both. **All SQL of the server is in this folder**, written so that PostgreSQL can
//! follow behind the same methods: one statement per fact, no SQLite-only order of commits, a
//! sequence per channel taken by `UPDATE ... RETURNING` inside the inserting transaction.
//!
//! ```text
//! truth    court, certificate, transition, pack, ruling, member, channel, feed, envelope, tray,
//!          token, enrolment, probe, log_hash, checkpoint, log_evidence, file, file_derived,
//!          file_trouble, upload, contact, sms, sms_out, watch, watch_word, crew_fix, duty_unit, alarm_test
//! caches   file_look (made again by looking), record, conflict, request, case_file, party, file_use   (`rebuild` makes them anew)
//! ```
//!
//! Judging is [`crate::ingest`]'s; this folder stores what it is told.

mod accounts;
mod alarm_tests;
mod certificates;
mod contacts;
mod days;
mod duty;
mod enrolments;
mod envelopes;
mod error;
mod feed;
mod figures;
mod file_words;
mod files;
mod latest_bodies;
mod log;
mod looks;
mod members;
mod models;
mod packs;
mod pages;
mod positions;
mod schema;
mod sms;
mod steps;
mod timestamps;
mod tokens;
mod uploads;
mod watches;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use lastmile_core::id::{CertificateId, ServerEpoch};

pub use accounts::AccountRow;
pub use alarm_tests::AlarmTest;
pub use certificates::CertificateRow;
pub use contacts::Contact;
pub use duty::DutyRow;
pub use enrolments::EnrolmentRow;
pub use envelopes::{EnvelopeRow, NewEnvelope, Place, Refused, State};
pub use error::StoreError;
pub use feed::{ChannelHead, FeedEntry};
pub use figures::Figures;
pub use file_words::FileWord;
pub use files::{DerivedRow, FileFigures, FileRow, FileStanding, FileUse};
pub use latest_bodies::SignedBody;
pub use log::{CheckpointRow, EvidenceRow, LogEntry, StoredTree};
pub use looks::SeenUse;
pub use members::Membership;
pub use models::{CaseRow, ConflictRow, PartyRow, RecordRow, RequestRow, RequestState};
pub use packs::{ListedPack, PackRow, TransitionRow};
pub use pages::{AfterConflict, WaitingRow};
pub use positions::FixRow;
pub use sms::{NewOutgoing, OutgoingRow, TextRow, TextSubject};
pub use timestamps::TimestampRow;
pub use tokens::TokenRow;
pub use uploads::{UploadId, UploadRow};
pub use watches::WatchRow;

/// How long a writer waits for another process (the command line beside the service).
const BUSY: Duration = Duration::from_secs(20);
/// Idle reading connections kept.
const READERS: usize = 8;

/// What a database says about the court it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourtRow {
    /// Court code, `粤0605`.
    pub court: String,
    /// Full name.
    pub name: String,
    /// This database's life.
    pub epoch: ServerEpoch,
    /// The pinned root certificate.
    pub root: CertificateId,
    /// When it was made, server clock.
    pub created_ms: i64,
}

/// The database of one court's server.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    court: CourtRow,
    /// Closed before the writer: only a connection that writes may fold the log away at the end.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

impl Store {
    /// Makes a new database for `court`.
    pub fn create(path: &Path, court: &CourtRow) -> Result<Self, StoreError> {
        let connection = connect(path, true)?;
        schema::migrate(&connection)?;
        connection.execute(
            "INSERT INTO court (court, name, epoch, root, created_ms, blinding)
             VALUES (?1, ?2, ?3, ?4, ?5, randomblob(32))",
            (
                &court.court,
                &court.name,
                court.epoch.as_bytes(),
                court.root.as_bytes(),
                court.created_ms,
            ),
        )?;
        drop(connection);
        Self::open(path)
    }

    /// Opens a database; brings an older one up to date, refuses a newer one.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = connect(path, false)?;
        schema::migrate(&writer)?;
        let court = writer.query_row(
            "SELECT court, name, epoch, root, created_ms FROM court",
            [],
            |row| {
                Ok(CourtRow {
                    court: row.get(0)?,
                    name: row.get(1)?,
                    epoch: ServerEpoch(row.get(2)?),
                    root: CertificateId(row.get(3)?),
                    created_ms: row.get(4)?,
                })
            },
        )?;
        Ok(Self {
            path: path.to_owned(),
            court,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// The court it belongs to.
    pub fn court(&self) -> &CourtRow {
        &self.court
    }

    /// Runs `work` in one transaction: all of it is durable when this returns `Ok`, nothing of it
    /// has happened when it returns `Err`.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = lock(&self.writer);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let writing = Writing(Reading { db: &transaction, court: &self.court.court });
        let done = work(&writing)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Writes a whole copy of the database to a new file, durable when this returns. Writers go on
    /// meanwhile; the copy is one view.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let connection = connect_read_only(&self.path)?;
        connection.pragma_update(None, "query_only", false)?;
        let target = path.to_str().ok_or(StoreError::Damaged("the copy's path is not text"))?;
        connection.execute("VACUUM INTO ?1", [target])?;
        let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
        synced.map_err(|_| StoreError::Damaged("the copy could not be written to the disk"))
    }

    /// Runs `work` on one unchanging view of the database.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reading<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect_read_only(&self.path)?,
        };
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .map_err(StoreError::from)?;
        let done = work(&Reading { db: &transaction, court: &self.court.court });
        drop(transaction);
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(connection);
        }
        done
    }
}

/// A connection behind a mutex has no half-made state of its own: transactions roll back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path, create: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    write_ahead(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Switches to the write-ahead log. Stepped to its end: the row says "wal" before the switch is
/// written, so that reading only the row misses an I/O error in the switch and leaves a rollback
/// journal, whose commits a power cut undoes.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    let mut pragma = connection.prepare("PRAGMA journal_mode = WAL")?;
    let modes = pragma.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    if modes == ["wal"] {
        Ok(())
    } else {
        Err(StoreError::Damaged("the disk takes no write-ahead log"))
    }
}

fn connect_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// One unchanging view of the database.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    db: &'a Connection,
    court: &'a str,
}

impl<'a> Reading<'a> {
    /// The court it belongs to.
    pub fn court(&self) -> &'a str {
        self.court
    }
}

/// One transaction that writes; reads see what it wrote.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'a>(Reading<'a>);

impl<'a> Deref for Writing<'a> {
    type Target = Reading<'a>;

    fn deref(&self) -> &Reading<'a> {
        &self.0
    }
}

impl Reading<'_> {
    /// Whether SQLite finds the file damaged.
    pub fn damage(&self) -> Result<bool, StoreError> {
        let said: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        Ok(said != "ok")
    }
}

/// Numbers in the database are signed; ours are counts.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A count as the database stores it.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
