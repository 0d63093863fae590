//! The open store: exactly one writer, guarded in Rust rather than by SQLite's retries, and a small
//! pool of readers, each seeing one consistent snapshot per transaction.

use std::{
    fmt,
    ops::Deref,
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{
    StoreError,
    connection::{BUSY, RawKey, connect, ready},
    migrate,
};

/// Where the store lies and how to open it.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The database file; created if there is none.
    pub path: PathBuf,
    /// Name of a registered SQLite VFS, for tests with a faulty disk.
    pub vfs: Option<String>,
    /// Key of an encrypted store (feature `sqlcipher`).
    pub key: Option<RawKey>,
    /// Reader connections, 1 to 8; other numbers are brought into the range.
    pub readers: usize,
    /// Marker of this installation, kept outside every backup.
    pub installation: [u8; 16],
}

/// Whether the store belongs to this installation. Nothing is written about it until the facade calls
/// [`WriteTx::begin_epoch`], so a crash in between gives the same answer again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installation {
    /// The store has no epoch yet.
    Fresh,
    /// The installation that began the present epoch.
    Same,
    /// Restored or cloned: a new epoch must begin before anything is recorded.
    New,
}

/// What opening found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whose store it is.
    pub installation: Installation,
    /// The version an existing store had before it was migrated.
    pub migrated_from: Option<u32>,
}

/// The phone's store. `Send + Sync`: share it in an `Arc`.
pub struct Store {
    pub(super) writer: Mutex<Option<Connection>>,
    writing: Mutex<Option<ThreadId>>,
    readers: Mutex<Readers>,
    returned: Condvar,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    closed: bool,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// A consistent snapshot of the store. The typed reads are methods on this type, one file per table.
pub struct ReadTx<'c> {
    pub(super) sql: &'c Connection,
}

/// The write transaction. Reads like a [`ReadTx`] and sees its own writes.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
}

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;

    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}

impl fmt::Debug for ReadTx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadTx")
    }
}

impl fmt::Debug for WriteTx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteTx")
    }
}

impl Store {
    /// Opens or creates the store. A file that is damaged, newer or under another key is refused and
    /// left as it was; moving it away is a person's act. Costs the same however much it holds.
    pub fn open(options: &StoreOptions) -> Result<(Self, Opened), StoreError> {
        if options.vfs.is_none() {
            refuse_orphaned_wal(options)?;
        }
        let connect = || connect(&options.path, options.vfs.as_deref(), options.key.as_ref());
        let mut writer = connect()?;
        let version = migrate::version(&writer)?;
        ready(&writer)?;
        migrate::migrate(&mut writer, version)?;
        let migrated_from = (version > 0 && version < migrate::newest()).then_some(version);
        let installation = match (ReadTx { sql: &writer }).identity()? {
            None => Installation::Fresh,
            Some(identity) if identity.installation == options.installation => Installation::Same,
            Some(_) => Installation::New,
        };
        let mut idle = Vec::new();
        for _ in 0..options.readers.clamp(1, 8) {
            let reader = connect()?;
            ready(&reader)?;
            reader.pragma_update(None, "query_only", true)?;
            idle.push(reader);
        }
        let store = Self {
            writer: Mutex::new(Some(writer)),
            writing: Mutex::new(None),
            readers: Mutex::new(Readers { idle, closed: false }),
            returned: Condvar::new(),
        };
        Ok((store, Opened { installation, migrated_from }))
    }

    /// Runs `work` in one write transaction. When this returns `Ok`, everything is on the disk; on an
    /// error or a panic nothing is. A write inside a write of the same thread is [`StoreError::Busy`].
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if *lock(&self.writing) == Some(thread::current().id()) {
            return Err(StoreError::Busy.into());
        }
        let mut guard = lock(&self.writer);
        let connection = guard.as_mut().ok_or(StoreError::Closed)?;
        let _writing = Writing::begin(&self.writing);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let result = work(&WriteTx { read: ReadTx { sql: &transaction } })?;
        commit(transaction)?;
        Ok(result)
    }

    /// Runs `work` on one snapshot of the store. Waits for a free reader.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = Reader { store: self, connection: Some(self.take_reader()?) };
        let connection = reader.connection.as_ref().ok_or(StoreError::Closed)?;
        let transaction = connection.unchecked_transaction().map_err(StoreError::from)?;
        work(&ReadTx { sql: &transaction })
    }

    /// Closes every connection; later calls answer [`StoreError::Closed`]. Running transactions finish
    /// first. Dropping the store does the same.
    pub fn close(&self) -> Result<(), StoreError> {
        let mut readers = lock(&self.readers);
        readers.closed = true;
        readers.idle.clear();
        drop(readers);
        self.returned.notify_all();
        if *lock(&self.writing) == Some(thread::current().id()) {
            return Err(StoreError::Busy);
        }
        match lock(&self.writer).take() {
            Some(writer) => writer.close().map_err(|(_, error)| error.into()),
            None => Ok(()),
        }
    }

    fn take_reader(&self) -> Result<Connection, StoreError> {
        let (mut readers, _) = self
            .returned
            .wait_timeout_while(lock(&self.readers), BUSY, |readers| {
                !readers.closed && readers.idle.is_empty()
            })
            .unwrap_or_else(PoisonError::into_inner);
        if readers.closed {
            return Err(StoreError::Closed);
        }
        readers.idle.pop().ok_or(StoreError::Busy)
    }
}

/// Commits; when that fails nothing of the transaction stays, so the next write starts clean.
fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    // `Transaction::commit` rolls back in its drop when COMMIT failed.
    transaction.commit().map_err(StoreError::from)
}

/// SQLite throws a WAL away whose database file is empty or gone. To us that is a damaged store.
fn refuse_orphaned_wal(options: &StoreOptions) -> Result<(), StoreError> {
    let length = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |data| data.len());
    let mut wal = options.path.clone().into_os_string();
    wal.push("-wal");
    if length(&options.path) == 0 && length(wal.as_ref()) > 0 {
        return Err(StoreError::damaged("a write-ahead log without its database"));
    }
    Ok(())
}

/// A poisoned lock only says that a closure panicked; its transaction was rolled back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Marks the thread that writes, so that it cannot wait for itself.
struct Writing<'s>(&'s Mutex<Option<ThreadId>>);

impl<'s> Writing<'s> {
    fn begin(slot: &'s Mutex<Option<ThreadId>>) -> Self {
        *lock(slot) = Some(thread::current().id());
        Self(slot)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

/// A reader on loan; goes back to the pool even when the closure panics.
struct Reader<'s> {
    store: &'s Store,
    connection: Option<Connection>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut readers = lock(&self.store.readers);
            if !readers.closed {
                readers.idle.push(connection);
            }
            self.store.returned.notify_one();
        }
    }
}
