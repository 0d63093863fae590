//! One SQLite connection set up the way this store needs it, and the checks that come before the
//! first write: is it ours, can it be read, is it not newer than we are.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig, limits::Limit};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::StoreError;

/// `application_id` of our files: "LMIL".
pub(super) const APPLICATION_ID: u32 = 0x4c4d_494c;
/// No value in the store is longer, in bytes.
pub(super) const MAX_VALUE: usize = 8 << 20;
/// How long to wait for another process or for a reader to come back.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The raw 256-bit key of an encrypted store. Wiped on drop and never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RawKey([u8; 32]);

impl RawKey {
    /// Takes the key as unwrapped by the phone's key store.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for RawKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawKey(redacted)")
    }
}

/// Opens `path` and makes it readable, without writing anything. Checkpoints on close stay off until
/// [`ready`], so that a file we refuse is left as it was.
pub(super) fn connect(
    path: &Path,
    vfs: Option<&str>,
    key: Option<&RawKey>,
) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(BUSY)?;
    if let Some(key) = key {
        unlock(&connection, key)?;
    }
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(MAX_VALUE).unwrap_or(i32::MAX))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The first read of the file: a wrong key or another file shows here.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(
        |error| match (StoreError::from(error), key) {
            (StoreError::Damaged { .. }, Some(_)) => StoreError::LockedKey,
            (other, _) => other,
        },
    )?;
    Ok(connection)
}

/// Sets what writes to the file; only for a file known to be ours.
pub(super) fn ready(connection: &Connection) -> Result<(), StoreError> {
    // Stepped to its end: the row says "wal" before the switch is written, so that reading only the row
    // misses an I/O error in the switch and leaves a rollback journal, whose commits a power cut undoes.
    let mut pragma = connection.prepare("PRAGMA journal_mode = WAL")?;
    let modes = pragma.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    if modes != ["wal"] {
        return Err(StoreError::constraint("disk_layer_without_wal"));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

fn unlock(connection: &Connection, key: &RawKey) -> Result<(), StoreError> {
    use std::fmt::Write as _;
    if !cfg!(feature = "sqlcipher") {
        return Err(StoreError::NoEncryption);
    }
    // A wrong key is told by the error; the library would write about it on the program's error stream, too.
    let mut pragma = Zeroizing::new(String::with_capacity(160));
    pragma.push_str("PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'");
    for byte in key.0 {
        // Writing to a String cannot fail.
        let _ = write!(pragma, "{byte:02x}");
    }
    pragma.push_str("'\"");
    connection.execute_batch(&pragma)?;
    // Plain SQLite ignores the pragma above in silence; SQLCipher knows its version.
    connection
        .query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0))
        .map_err(|_| StoreError::NoEncryption)?;
    Ok(())
}
