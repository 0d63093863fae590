//! Copies of files for a backup. A phone lets go of an original once the court's promise to have it lies in a
//! backup, so a promise counts as backed up only when its file was copied and the copy read.

use std::path::Path;
use std::sync::Arc;

use lastmile_core::id::BlobHash;

use super::FileError;
use super::depot::{Depot, Place, wait};
use super::incoming::{self, Incoming, RealDisk};
use crate::server::Server;
use crate::store::UploadId;

/// Bytes copied at a time.
const BLOCK: u64 = 4 << 20;

/// The copy that is being made: one at a time, because it is locked.
const COPY: UploadId = [0; 16];

/// What became of the files of a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files copied now.
    pub new: u64,
    /// Files that an earlier backup had copied.
    pub known: u64,
    /// Files that lie elsewhere, in a store of their own whose safety is its operator's.
    pub elsewhere: u64,
    /// Files that are damaged or gone, those among them of which the court has said so.
    pub missing: u64,
    /// Promised files that were not copied, with the first leaf that promises each.
    pub failed: Vec<(BlobHash, u64)>,
}

impl Copied {
    fn miss(&mut self, hash: BlobHash, index: u64) {
        self.missing += 1;
        self.failed.push((hash, index));
    }
}

/// Copies what the court has promised to keep into `to`, which may hold earlier copies. Each new copy is
/// synced and read back. Of those it has `lost` nothing is promised any more: they are counted, unless an earlier
/// copy is there.
pub fn copy_files(
    server: &Server,
    promised: &[(BlobHash, u64)],
    lost: &[BlobHash],
    to: &Path,
) -> Result<Copied, FileError> {
    let mut copied = Copied::default();
    let from = &server.files().depot;
    if from.folder().is_none() {
        // The safety of what is there is its operator's; what is not there is promised to nobody.
        for (hash, index) in promised {
            if wait(from.size(Place::Original(*hash)))?.is_none() {
                copied.miss(*hash, *index);
            } else {
                copied.elsewhere += 1;
            }
        }
        copied.missing += lost.len() as u64;
        return Ok(copied);
    }
    if promised.is_empty() && lost.is_empty() {
        return Ok(copied);
    }
    let target = Depot::local(to)?;
    for (hash, index) in promised {
        let place = Place::Original(*hash);
        // Names are hashes, and nothing gets there unread.
        if wait(target.size(place))?.is_some() {
            copied.known += 1;
        } else if copy(from, &target, place, to)? {
            copied.new += 1;
        } else {
            copied.miss(*hash, *index);
        }
    }
    for hash in lost {
        match wait(target.size(Place::Original(*hash)))? {
            Some(_) => copied.known += 1,
            None => copied.missing += 1,
        }
    }
    Ok(copied)
}

/// Copies one file; whether a whole, right copy lies in the target now.
fn copy(from: &Depot, target: &Depot, place: Place, to: &Path) -> Result<bool, FileError> {
    // One that cannot be read is as good as gone; the others are copied all the same.
    let Ok(Some(size)) = wait(from.size(place)) else { return Ok(false) };
    let mut half = Incoming::open(&to.join(incoming::FOLDER), Arc::new(RealDisk))?.take(&COPY)?;
    half.go_to(0)?;
    let mut at = 0;
    while at < size {
        let end = (at + BLOCK).min(size);
        let Ok(block) = wait(from.range(place, at..end)) else {
            half.discard()?;
            return Ok(false);
        };
        half.append(&block)?;
        at = end;
    }
    let whole = half.read_again()?;
    if whole.hash == place.hash() {
        wait(target.take(half.path(), place))?;
    } else {
        half.discard()?;
    }
    Ok(whole.hash == place.hash())
}
