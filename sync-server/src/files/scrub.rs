//! Reading everything again: disks forget. A file whose bytes have changed or are gone counts as not there,
//! its records show 照片校验不符,待重传, and whoever still has it is asked for it.

use lastmile_core::id::BlobHash;

use super::depot::{Place, wait};
use super::{FileError, finish, trouble};
use crate::server::Server;
use crate::store::StoreError;

/// Files of one round.
const ROUND: usize = 100;

/// What a scrub read and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Files whose bytes are as they should be.
    pub sound: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Files with the code of what is wrong, newly found.
    pub found: Vec<(BlobHash, &'static str)>,
    /// Files that were to be sent again and lie whole in the store again.
    pub back: u64,
}

/// Reads every file again that was last read before `before_ms`, server clock, at most `limit` of them.
/// `on` hears of each, and ends the scrub by answering false.
pub fn scrub(
    server: &Server,
    before_ms: i64,
    limit: usize,
    mut on: impl FnMut(&Scrubbed) -> bool,
) -> Result<Scrubbed, FileError> {
    let mut done = Scrubbed::default();
    let mut left = limit;
    while left > 0 {
        let rows = server
            .store()
            .read::<_, StoreError>(|reading| reading.files_unchecked(before_ms, left.min(ROUND)))?;
        if rows.is_empty() {
            break;
        }
        left -= rows.len();
        for row in rows {
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
            let now_ms = server.now_ms();
            let wrong = match read {
                Some(read) if read == (row.bytes, row.hash) => None,
                Some(_) => Some(trouble::DAMAGED),
                None => Some(trouble::MISSING),
            };
            done.bytes += read.map_or(0, |(bytes, _)| bytes);
            server.store().write::<_, StoreError>(|writing| match wrong {
                // At least past the bound, or a clock set back would read it for ever.
                None => writing.set_file_checked(row.hash, now_ms.max(before_ms)),
                Some(code) => writing.put_file_trouble(row.hash, code, now_ms),
            })?;
            match wrong {
                None => done.sound += 1,
                Some(code) => {
                    tracing::error!(hash = %row.hash, code, "a stored file is not what it was");
                    done.found.push((row.hash, code));
                }
            }
            if !on(&done) {
                return Ok(done);
            }
        }
    }
    done.back = come_back(server)?;
    Ok(done)
}

/// Takes again what an operator put back, from a backup say.
fn come_back(server: &Server) -> Result<u64, FileError> {
    let troubles = server.store().read::<_, StoreError>(|reading| reading.file_troubles())?;
    let mut back = 0;
    for (hash, code) in troubles {
        if code == trouble::DIFFERS {
            continue;
        }
        if let Some(bytes) = wait(server.files().depot.size(Place::Original(hash)))?
            && finish::adopt(server, hash, bytes)?
        {
            back += 1;
        }
    }
    Ok(back)
}
