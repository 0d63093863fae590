//! After the database was lost and a backup put in its place: a new life of the server, with a log of
//! its own whose first leaf says which log it continues and which two persons decided it. Without that
//! word every phone takes the older log for a rewritten one and refuses it.
//!
//! Backups are made here too, because the log says how much of it lies in one: a phone lets go of an
//! original only after that.

use std::path::Path;

use lastmile_core::id::{BlobHash, ServerEpoch};
use lastmile_core::identity::approval::{ApprovalError, two_persons};
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::sync::channel::DIRECTORY;
use lastmile_core::time::Entropy;

use crate::files::backup::{Copied, copy_files};
use crate::files::{FileError, lost, trouble};
use crate::issuer::IssueError;
use crate::sequencer::Sequencer;
use crate::server::Server;
use crate::store::{Store, StoreError};

/// Nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's signature.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The two persons.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// There is nothing to continue.
    #[error("this database has no log that could be continued")]
    NoLog,
    /// The backup is not whole.
    #[error("the copy is damaged")]
    Damaged,
    /// The files of evidence.
    #[error(transparent)]
    Files(#[from] FileError),
}

impl RestoreError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::Approval(error) => error.code(),
            Self::NoLog => "restore_no_log",
            Self::Damaged => "backup_damaged",
            Self::Files(error) => error.code(),
        }
    }
}

/// What two persons must approve: that a new log continues the one in this database at its last
/// checkpoint.
pub fn proposed(server: &Server) -> Result<TransitionKind, RestoreError> {
    let newest = server
        .store()
        .read::<_, StoreError>(|reading| server.sequencer().newest(reading))?
        .ok_or(RestoreError::NoLog)?;
    Ok(TransitionKind::Restore {
        origin: newest.origin,
        size: newest.size,
        root: newest.root,
        approvals: Vec::new(),
    })
}

/// Begins the new life. The server must be closed and opened again afterwards: what it holds in memory
/// is the old life's. No other process may have the database open.
pub fn restore(
    server: &Server,
    approvals: Vec<Vec<u8>>,
    entropy: &dyn Entropy,
) -> Result<ServerEpoch, RestoreError> {
    let mut kind = proposed(server)?;
    let subject = kind.approved_subject(server.court()).ok_or(RestoreError::NoLog)?;
    let directory = server.directory()?;
    two_persons(&directory, subject, &approvals, server.now_ms())?;
    if let TransitionKind::Restore { approvals: place, .. } = &mut kind {
        *place = approvals;
    }
    let epoch = ServerEpoch(entropy.bytes16());
    let now_ms = server.now_ms();
    server.store().write::<_, RestoreError>(|writing| {
        writing.begin_life(epoch)?;
        let thing =
            server.issuer().transition(writing, DIRECTORY, kind, &epoch.to_hex(), now_ms)?;
        writing.append(DIRECTORY, &[thing])?;
        writing.log_again()?;
        let key = server.keys().checkpoint.clone();
        Ok(Sequencer::new(server.court(), epoch, key).seal(writing, now_ms)?)
    })?;
    Ok(epoch)
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// Leaves of the log whose loss the backup makes good: all of them, as a rule.
    pub leaves: u64,
    /// What became of the files.
    pub files: Copied,
}

/// Copies the database to a new file and the files of evidence into a folder, reads the copies back
/// whole, and notes how much of the log lies in the backup. The folder is used again by the next backup:
/// what it holds is not copied twice.
///
/// A promised file that could not be copied is read again. When the court lost it, it says so now, and the promise
/// that it takes back is covered by no backup; when not, the number ends just before the promise.
pub fn backup(server: &Server, to: &Path, files: &Path) -> Result<BackedUp, RestoreError> {
    server.store().copy_to(to)?;
    let copy = Store::open(to)?;
    let (size, promised, troubles) = copy.read::<_, RestoreError>(|reading| {
        if reading.damage()? {
            return Err(RestoreError::Damaged);
        }
        Ok((reading.log_size()?, reading.files_promised()?, reading.file_troubles()?))
    })?;
    drop(copy);
    let lost: Vec<BlobHash> = troubles
        .into_iter()
        .filter(|(_, code)| code != trouble::DIFFERS)
        .map(|(hash, _)| hash)
        .collect();
    let copied = copy_files(server, &promised, &lost, files)?;
    let mut leaves = size;
    for (hash, index) in &copied.failed {
        let row = server.store().read::<_, StoreError>(|reading| reading.file(*hash))?;
        match row {
            Some(row) if lost::look(server, &row, 0)?.wrong.is_none() => {
                leaves = leaves.min(*index);
            }
            Some(_) => {}
            None => lost::say(server, *hash, trouble::MISSING)?,
        }
    }
    server.store().write::<_, StoreError>(|writing| writing.set_backed_up(leaves))?;
    Ok(BackedUp { leaves, files: copied })
}
