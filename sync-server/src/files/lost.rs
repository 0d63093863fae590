//! Files that the court had and no longer has. The court takes its word back wherever it gave it, in the
//! transaction that notes the loss: phones then count the file as not there, keep what they have and send it again
//! by themselves, and no backup waits for it any longer (`docs/decisions/0017`).

use lastmile_core::id::BlobHash;

use super::FileError;
use super::depot::{Place, wait};
use super::trouble;
use crate::ingest::{Ingest, IngestError, Ingested};
use crate::server::Server;
use crate::store::{FileRow, StoreError};

/// What reading a stored file again brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Bytes read.
    pub bytes: u64,
    /// What is wrong with it, a code of [`trouble`].
    pub wrong: Option<&'static str>,
}

/// Reads a stored file again. When it is what it was that is noted, as of `checked_ms` at least; when not, the
/// court says that it lost it.
pub fn look(server: &Server, row: &FileRow, checked_ms: i64) -> Result<Looked, FileError> {
    let depot = &server.files().depot;
    let read = match wait(depot.hash(Place::Original(row.hash))) {
        // A bad sector under one file keeps nobody from looking at the others. A store elsewhere that
        // does not answer says nothing about its files.
        Err(error) if depot.folder().is_some() => {
            tracing::error!(hash = %row.hash, code = error.code(), "a file cannot be read");
            None
        }
        read => read?,
    };
    let wrong = match read {
        Some(read) if read == (row.bytes, row.hash) => None,
        Some(_) => Some(trouble::DAMAGED),
        None => Some(trouble::MISSING),
    };
    match wrong {
        None => {
            let now_ms = server.now_ms().max(checked_ms);
            server
                .store()
                .write::<_, StoreError>(|writing| writing.set_file_checked(row.hash, now_ms))?;
        }
        Some(code) => {
            tracing::error!(hash = %row.hash, code, "a stored file is not what it was");
            let directory = server.directory()?;
            server.ingest(&directory, |ingest| {
                // Stored anew while it was read: what was read is not what lies there now.
                let same = ingest
                    .writing
                    .file(row.hash)?
                    .is_some_and(|now| now.stored_ms == row.stored_ms);
                if !same {
                    return Ok(Ingested::default());
                }
                ingest.writing.put_file_trouble(row.hash, code, ingest.now_ms)?;
                said(ingest, row.hash, code)
            })?;
        }
    }
    Ok(Looked { bytes: read.map_or(0, |(bytes, _)| bytes), wrong })
}

/// Says of a file that is known not to be there that it is lost, where that was not said yet.
pub fn say(server: &Server, hash: BlobHash, code: &str) -> Result<(), FileError> {
    let promised =
        server.store().read::<_, StoreError>(|reading| reading.channels_promised(hash))?;
    if !promised.is_empty() {
        let directory = server.directory()?;
        server.ingest(&directory, |ingest| {
            if ingest.writing.file_trouble(hash)?.is_none() {
                ingest.writing.put_file_trouble(hash, code, ingest.now_ms)?;
            }
            said(ingest, hash, code)
        })?;
    }
    Ok(())
}

fn said(ingest: &Ingest<'_>, hash: BlobHash, code: &str) -> Result<Ingested, IngestError> {
    Ok(Ingested { channels: ingest.say_lost(hash, code)?, ..Ingested::default() })
}
