//! After the database was lost and a backup put in its place: a new life of the server, with a log of
//! its own whose first leaf says which log it continues and which two persons decided it. Without that
//! word every phone takes the older log for a rewritten one and refuses it.
//!
//! Backups are made here too, because the log says how much of it lies in one: a phone lets go of an
//! original only after that.

use std::path::Path;

use lastmile_core::id::ServerEpoch;
use lastmile_core::identity::approval::{ApprovalError, two_persons};
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::sync::channel::DIRECTORY;
use lastmile_core::time::Entropy;

use crate::files::FileError;
use crate::files::backup::{Copied, copy_files};
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
    /// Leaves of the log whose loss the backup makes good: up to the first that promises a file which
    /// could not be copied.
    pub leaves: u64,
    /// What became of the files.
    pub files: Copied,
}

/// Copies the database to a new file and the files of evidence into a folder, reads the copies back
/// whole, and notes how much of the log lies in the backup. The folder is used again by the next backup:
/// what it holds is not copied twice.
pub fn backup(server: &Server, to: &Path, files: &Path) -> Result<BackedUp, RestoreError> {
    server.store().copy_to(to)?;
    let copy = Store::open(to)?;
    let (size, promised) = copy.read::<_, RestoreError>(|reading| {
        if reading.damage()? {
            return Err(RestoreError::Damaged);
        }
        Ok((reading.log_size()?, reading.files_promised()?))
    })?;
    drop(copy);
    let copied = copy_files(server, &promised, files)?;
    let leaves = copied.first_missing.map_or(size, |index| size.min(index));
    server.store().write::<_, StoreError>(|writing| writing.set_backed_up(leaves))?;
    Ok(BackedUp { leaves, files: copied })
}
