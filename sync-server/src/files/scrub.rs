//! Reading everything again: disks forget. A file whose bytes have changed or are gone counts as not there: its
//! records show that the court lost it, and whoever still has it is asked for it ([`super::lost`]). Small pictures
//! that are gone are made again beside it ([`super::derive`]).

use lastmile_core::id::BlobHash;

use super::depot::{Place, wait};
use super::derive::mend;
use super::lost::{self, Looked, look};
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
            let Looked { bytes, wrong } = look(server, &row, before_ms)?;
            done.bytes += bytes;
            match wrong {
                None => {
                    done.sound += 1;
                    // Small pictures are no evidence: what stops them stops nothing else.
                    if let Err(error) = mend(server, row.hash) {
                        tracing::warn!(hash = %row.hash, code = error.code(), "no small pictures");
                    }
                }
                Some(code) => done.found.push((row.hash, code)),
            }
            if !on(&done) {
                return Ok(done);
            }
        }
    }
    done.back = come_back(server)?;
    Ok(done)
}

/// Takes again what an operator put back, from a backup say. Of what stays lost every channel is told that was
/// promised it; a database from before that word, or one that was restored, may not have said so.
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
        } else {
            lost::say(server, hash, &code)?;
        }
    }
    Ok(back)
}
