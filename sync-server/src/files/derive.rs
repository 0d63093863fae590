//! The court's own thumbnail and preview, made from the verified original: what a phone sent before it is
//! replaced, because it may show something else. They are no evidence and in no backup. What is missing, because a
//! process ended before it was made or because a backup did not carry it, is made again from the original: by the
//! upkeep, or when somebody asks for it first ([`mend`], [`catch_up`]).

use std::io::{BufRead, BufReader, Cursor, Seek};

use lastmile_core::id::{BlobHash, sha256};
use lastmile_core::picture::{self, limits};
use lastmile_core::sync::files::FileKind;

use super::FileError;
use super::depot::{Place, wait};
use crate::server::Server;
use crate::store::{DerivedRow, StoreError};

/// Makes and stores them. An original of which no picture can be made keeps what a phone sent.
pub(super) fn derive(server: &Server, original: BlobHash, bytes: u64) -> Result<(), FileError> {
    let mut rows = Vec::new();
    if let Some(derived) = made_from(server, original, bytes)? {
        for (kind, jpeg) in
            [(FileKind::Thumbnail, derived.thumbnail), (FileKind::Preview, derived.preview)]
        {
            let hash = BlobHash(sha256(&jpeg));
            let row = DerivedRow { original, kind, hash, bytes: jpeg.len() as u64, by_court: true };
            wait(server.files().depot.put(Place::Derived(hash), jpeg))?;
            rows.push(row);
        }
    }
    Ok(server.store().write::<_, StoreError>(|writing| {
        rows.iter().try_for_each(|row| writing.put_derived(row))?;
        writing.set_pictured(original)
    })?)
}

fn made_from(
    server: &Server,
    original: BlobHash,
    bytes: u64,
) -> Result<Option<picture::Derived>, FileError> {
    if bytes > limits::FILE_BYTES {
        return Ok(None);
    }
    let depot = &server.files().depot;
    let place = Place::Original(original);
    if let Some(folder) = depot.folder() {
        let mut file = BufReader::new(std::fs::File::open(folder.join(place.name()))?);
        return Ok(pictures(&mut file, bytes));
    }
    let whole = wait(depot.read(place, limits::FILE_BYTES))?;
    Ok(pictures(&mut Cursor::new(whole), bytes))
}

/// Forgets small pictures of an original that are not in the store any more, and makes the court's own again when
/// it has the original; a phone's can be sent again.
pub fn mend(server: &Server, original: BlobHash) -> Result<(), FileError> {
    let rows = server.store().read::<_, StoreError>(|reading| {
        let kinds = [FileKind::Thumbnail, FileKind::Preview];
        kinds.into_iter().map(|kind| reading.derived(original, kind)).collect::<Result<Vec<_>, _>>()
    })?;
    for row in rows.into_iter().flatten() {
        if wait(server.files().depot.size(Place::Derived(row.hash)))?.is_none() {
            tracing::warn!(hash = %row.hash, "a small picture is gone");
            server.store().write::<_, StoreError>(|writing| writing.drop_derived(&row))?;
        }
    }
    let file = server.store().read::<_, StoreError>(|reading| {
        Ok(if reading.is_unpictured(original)? { reading.file(original)? } else { None })
    })?;
    file.map_or(Ok(()), |file| derive(server, original, file.bytes))
}

/// Makes small pictures that were never made, of at most `limit` originals; says of how many.
pub fn catch_up(server: &Server, limit: usize) -> Result<usize, FileError> {
    let rows = server.store().read::<_, StoreError>(|reading| reading.files_unpictured(limit))?;
    let mut made = 0;
    for row in rows {
        match derive(server, row.hash, row.bytes) {
            Ok(()) => made += 1,
            // Its bytes are for the scrub to judge; the others have their turn.
            Err(error) => {
                tracing::warn!(hash = %row.hash, code = error.code(), "no small pictures were made");
            }
        }
    }
    Ok(made)
}

fn pictures(source: &mut (impl BufRead + Seek), bytes: u64) -> Option<picture::Derived> {
    let reading = picture::read(source, bytes);
    picture::derive(source, &reading).ok()
}
