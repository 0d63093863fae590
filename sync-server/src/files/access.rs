//! Who may send and read a file: whoever is in a channel in which a change stands that names it; its author
//! may send it besides. And who reads there that the court has it.
//!
//! Whoever has left a case reads its entries up to then, so that the phone can hand in what it still holds,
//! and none of its files (decision 0018).

use std::collections::BTreeSet;

use lastmile_core::id::{BlobHash, CertificateId};
use lastmile_core::identity::Directory;
use lastmile_core::sync::channel::CASE;

use crate::store::{FileUse, Reading, StoreError};
use crate::sync::Asker;
use crate::sync::access::{Access, reach};

/// Whether the person may read the file of this hash, or what was derived from it.
pub fn may_read(
    reading: &Reading<'_>,
    directory: &Directory,
    asker: &Asker,
    hash: BlobHash,
    now_ms: i64,
) -> Result<bool, StoreError> {
    is_among(reading, directory, asker, &reading.uses_of_file(hash)?, now_ms)
}

/// Whether a person at the console may read the file: whoever belongs now to a case in which a change stands that
/// names it.
pub fn may_see(reading: &Reading<'_>, person: &str, hash: BlobHash) -> Result<bool, StoreError> {
    for named in reading.uses_of_file(hash)? {
        for (channel, _) in reading.places_of(named.envelope)? {
            if channel.starts_with(CASE) && reading.is_member(&channel, person)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The records that name the file, when the person may send it; nothing when not. A phone whose
/// certificate was withdrawn may still hand in what its owner recorded: it learns nothing by it.
pub fn may_send(
    reading: &Reading<'_>,
    directory: &Directory,
    asker: &Asker,
    hash: BlobHash,
    now_ms: i64,
) -> Result<Vec<FileUse>, StoreError> {
    let uses = reading.uses_of_file(hash)?;
    let own = uses.iter().any(|named| named.person == asker.person);
    if own || is_among(reading, directory, asker, &uses, now_ms)? {
        Ok(uses)
    } else {
        Ok(Vec::new())
    }
}

/// Whether the person reads, in a case that names the file, the court's last word about it: that it has it, or lost
/// it. A phone that lost its access uploads what is its own, and the word came after all that it may read.
pub fn hears_of(
    reading: &Reading<'_>,
    directory: &Directory,
    certificate: CertificateId,
    person: &str,
    hash: BlobHash,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(reach) = reach(reading, directory, certificate, person, now_ms)? else {
        return Ok(false);
    };
    let uses = reading.uses_of_file(hash)?;
    let naming: BTreeSet<&str> = uses.iter().map(|named| named.channel.as_str()).collect();
    for access in reach.iter().filter(|access| naming.contains(access.channel.as_str())) {
        let word = reading.last_file_word(hash, &access.channel)?;
        if word.is_some_and(|word| access.until.is_none_or(|until| word.seq <= until)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the person is now in a channel that shows one of these uses.
fn is_among(
    reading: &Reading<'_>,
    directory: &Directory,
    asker: &Asker,
    uses: &[FileUse],
    now_ms: i64,
) -> Result<bool, StoreError> {
    if uses.is_empty() {
        return Ok(false);
    }
    let reach = reach(reading, directory, asker.id, &asker.person, now_ms)?;
    let Some(reach) = reach else { return Ok(false) };
    let in_channel = |channel: &str| {
        reach.iter().any(|access: &Access| access.channel == channel && access.until.is_none())
    };
    for named in uses {
        if reading.places_of(named.envelope)?.iter().any(|(channel, _)| in_channel(channel)) {
            return Ok(true);
        }
    }
    Ok(false)
}
