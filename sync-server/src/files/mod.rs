//! Files of evidence at the court: uploads as they arrive, the store of what is verified, who may send and
//! read them. The rules are `docs/protocol/files.md`'s; HTTP is [`crate::http`]'s, rows are
//! [`crate::store`]'s.
//!
//! ```text
//! upload ─► incoming (a file that grows, synced) ─► finish (read again, hashed) ─► depot (durable)
//!                                                        └► stored: one transaction, feeds and all
//! ```
//!
//! | file | subject |
//! | --- | --- |
//! | [`access`] | who may send and read a file |
//! | [`incoming`] | what arrives, on this machine's disk |
//! | [`depot`], [`config`] | where verified files lie: this disk, or an S3-compatible store |
//! | [`upload`] | begin, go on, end, give up |
//! | [`finish`] | verification, and what follows from it |
//! | [`derive`] | the court's own look at a file, and its small pictures |
//! | [`scrub`] | reading everything again |
//! | [`lost`] | what the court had and has no longer |
//! | [`backup`] | copies of what the court has promised to keep |

pub mod access;
pub mod backup;
pub mod config;
pub mod depot;
pub mod derive;
pub mod finish;
pub mod incoming;
pub mod lost;
pub mod scrub;
pub mod upload;

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::ingest::IngestError;
use crate::store::StoreError;
use config::Config;
pub use config::ConfigError;
use depot::{Depot, DepotError};
use incoming::{Disk, Incoming};

/// Folder of the data directory where files lie, arriving ones among them.
pub const FOLDER: &str = "files";

/// What is wrong with an original, as the database keeps it.
pub mod trouble {
    /// What arrived was another file.
    pub const DIFFERS: &str = "differs";
    /// What was stored has changed on its disk.
    pub const DAMAGED: &str = "damaged";
    /// What was stored is not there any more.
    pub const MISSING: &str = "missing";
}

/// Something about a file did not succeed; what had arrived before is there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The court's own word that a file is stored.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The store of files.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// The disk for what arrives.
    #[error("the disk for uploads: {0}")]
    Disk(#[from] io::Error),
    /// No accepted change names the file, or not one that concerns whoever asks.
    #[error("no record that concerns you names the file")]
    NotNamed,
    /// More bytes than a file of its kind may have.
    #[error("the file is larger than its kind may be")]
    TooLarge,
    /// Another length than its record says.
    #[error("the file's length is not the one its record says")]
    Length,
    /// No such upload, or it has ended.
    #[error("there is no such upload")]
    Unknown,
    /// Somebody else writes to it at this moment.
    #[error("another request writes to this upload")]
    Busy,
    /// It does not go on where the request begins.
    #[error("the upload goes on at byte {at}")]
    Offset {
        /// Where it goes on.
        at: u64,
    },
    /// More bytes than were announced.
    #[error("more bytes came than the upload has")]
    TooLong,
    /// The person has too many unfinished uploads.
    #[error("too many unfinished uploads")]
    TooMany,
    /// What arrived has another hash.
    #[error("what arrived is another file")]
    Differs,
    /// A derived picture that is no JPEG.
    #[error("what arrived is no JPEG picture")]
    NotAPicture,
}

impl FileError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Ingest(error) => error.code(),
            Self::Depot(error) => error.code(),
            Self::Disk(error) => depot::code_of(error),
            Self::NotNamed => "file_not_named",
            Self::TooLarge => "file_too_large",
            Self::Length => "file_length",
            Self::Unknown => "upload_unknown",
            Self::Busy => "upload_busy",
            Self::Offset { .. } => "upload_offset",
            Self::TooLong => "upload_too_long",
            Self::TooMany => "uploads_too_many",
            Self::Differs => "file_differs",
            Self::NotAPicture => "file_no_picture",
        }
    }
}

/// The files of one court's server.
#[derive(Debug)]
pub struct Files {
    /// What is verified.
    pub depot: Depot,
    /// What arrives.
    pub incoming: Incoming,
}

impl Files {
    /// Opens the files of the data directory `dir`, where its configuration says.
    pub fn open(dir: &Path, disk: Arc<dyn Disk>) -> Result<Self, ConfigError> {
        let config = Config::read(dir)?;
        let folder = dir.join(FOLDER);
        let incoming = Incoming::open(&folder.join(incoming::FOLDER), disk)?;
        let depot = config.depot(&folder)?;
        Ok(Self { depot, incoming })
    }
}
