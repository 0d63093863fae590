//! A disk that forgets everything that was not synced.
//!
//! [`CrashDisk`] is a SQLite VFS in memory. It keeps what an `fsync` has made durable apart from what was
//! only written, so that a test can cut the power at any write and look at what a real disk might hold
//! afterwards. It can also run full and fail single calls. Nothing here knows Lastmile's tables: a store
//! is driven through it by opening its database with [`CrashDisk::vfs`] as the VFS name.
//!
//! ```
//! # use lastmile_tests::crash_disk::CrashDisk;
//! let disk = CrashDisk::new(7);
//! let db = disk.open("phone.db").unwrap();
//! db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(x)").unwrap();
//! disk.crash_at(disk.writes() + 3);
//! assert!(db.execute("INSERT INTO t VALUES (1)", []).is_err());
//! let after = disk.recover();
//! let rows: i64 = after.open("phone.db").unwrap().query_row("SELECT count(*) FROM t", [], |r| r.get(0)).unwrap();
//! assert_eq!(rows, 0);
//! ```
//!
//! | file | subject |
//! | --- | --- |
//! | `disk` | the model: files, names, what is durable, faults |
//! | `locks` | SQLite's file locks and shared-memory locks among connections of this process |
//! | `vfs` | the C interface; unsafe, as it must be |

mod disk;
mod locks;
mod vfs;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use disk::Disk;
pub use disk::SECTOR;
use vfs::Registration;

/// A disk in memory, reachable by SQLite under a VFS name of its own. See the module's description.
///
/// Dropping it forbids new opens; connections still open keep working until they close.
#[derive(Debug)]
pub struct CrashDisk {
    shared: Arc<Shared>,
    registration: Registration,
    seed: u64,
}

/// The disk as its open files see it.
#[derive(Debug)]
struct Shared(Mutex<Disk>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CrashDisk {
    /// An empty disk. `seed` drives the randomness this VFS hands to SQLite and names the disk in reports.
    pub fn new(seed: u64) -> Self {
        Self::holding(Disk::default(), seed)
    }

    fn holding(disk: Disk, seed: u64) -> Self {
        let shared = Arc::new(Shared(Mutex::new(disk)));
        let registration = Registration::new(&shared, seed);
        Self { shared, registration, seed }
    }

    /// The VFS name for `Connection::open_with_flags_and_vfs`; unique in this process.
    pub fn vfs(&self) -> &str {
        self.registration.name()
    }

    /// The seed this disk was made with.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Opens or creates the database `name` on this disk.
    pub fn open(&self, name: &str) -> rusqlite::Result<Connection> {
        Connection::open_with_flags_and_vfs(name, OpenFlags::default(), self.vfs())
    }

    /// Write points so far: every write, truncate, sync and delete of a lasting file.
    pub fn writes(&self) -> u64 {
        self.shared.lock().points()
    }

    /// Cuts the power at the `point`-th write point (counted from 1 over the life of this disk): it and every later call fail.
    pub fn crash_at(&self, point: u64) {
        self.shared.lock().faults_mut().crash_at = Some(point);
    }

    /// Fails only the `point`-th write point, with an I/O error; later ones work.
    pub fn io_error_at(&self, point: u64) {
        self.shared.lock().faults_mut().io_error_at = Some(point);
    }

    /// Lets the files together hold at most `bytes`; a write that would exceed it answers "disk full".
    pub fn fill_at(&self, bytes: u64) {
        self.shared.lock().faults_mut().capacity = Some(bytes);
    }

    /// Answers every later sync with success and makes nothing durable: what `PRAGMA synchronous = OFF`, a lying
    /// controller or a careless file system do.
    pub fn ignoring_sync(&self) {
        self.shared.lock().faults_mut().ignores_sync = true;
    }

    /// Takes back planned faults and the size limit. A crash that has happened stays.
    pub fn heal(&self) {
        *self.shared.lock().faults_mut() = disk::Faults::default();
    }

    /// Bytes all named files hold now, synced or not.
    pub fn used(&self) -> u64 {
        self.shared.lock().used()
    }

    /// Whether the power has been cut.
    pub fn crashed(&self) -> bool {
        self.shared.lock().crashed()
    }

    /// Cuts the power now, if that has not happened, and gives the disk found after it: only what was synced.
    pub fn recover(&self) -> Self {
        let mut disk = self.shared.lock();
        disk.cut_power();
        Self::holding(disk.durable(), self.seed)
    }

    /// As [`recover`](Self::recover), but a random part of what was not synced survived too, in any order and torn at
    /// sectors of [`SECTOR`] bytes, as on a disk with a write cache.
    pub fn recover_torn(&self, seed: u64) -> Self {
        let mut disk = self.shared.lock();
        disk.cut_power();
        Self::holding(disk.torn(seed), seed)
    }

    /// A second disk with the same files as they read now: a cloned phone, or a backup taken of a running one.
    pub fn duplicate(&self) -> Self {
        Self::holding(self.shared.lock().duplicate(), self.seed)
    }
}
