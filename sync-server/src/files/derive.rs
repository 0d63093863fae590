//! The court looks at an original it has verified: notes what that says of place and time and what it looks like, and
//! makes its own thumbnail and preview. What a phone sent before is replaced, because it may show something else.
//! They are no evidence and in no backup. What is missing, because a process ended before it was made or because a
//! backup did not carry it, is made again from the original: by the upkeep, or when somebody asks for it first
//! ([`mend`], [`catch_up`]).

use std::io::{BufRead, BufReader, Cursor, Seek};

use lastmile_core::id::{BlobHash, sha256};
use lastmile_core::picture::{self, Look, limits};
use lastmile_core::sync::files::FileKind;

use super::FileError;
use super::depot::{Place, wait};
use crate::assistance::DISPATCH;
use crate::server::Server;
use crate::store::{DerivedRow, StoreError};

/// Looks at up to `limit` originals that nobody has looked at: those stored by an earlier version. Ends early
/// when `go_on` says so.
pub fn look_at_unseen(
    server: &Server,
    limit: usize,
    go_on: impl Fn() -> bool,
) -> Result<(), FileError> {
    let unseen = server.store().read::<_, StoreError>(|reading| reading.files_unseen(limit))?;
    for row in unseen.iter().take_while(|_| go_on()) {
        if let Err(error) = derive(server, row.hash, row.bytes) {
            tracing::warn!(hash = %row.hash, code = error.code(), "a file was not looked at");
        }
    }
    Ok(())
}

/// Looks, makes and stores. An original of which no picture can be made keeps what a phone sent.
pub(super) fn derive(server: &Server, original: BlobHash, bytes: u64) -> Result<(), FileError> {
    // Noted before it is decoded: a file that brings the service down is looked at once, and once more for its
    // small pictures.
    let again = server.store().write::<_, StoreError>(|writing| {
        let again = writing.look(original)?.is_some();
        writing.put_look(original, &Look::default())?;
        if again {
            writing.set_pictured(original)?;
        }
        Ok(again)
    })?;
    tracing::debug!(%original, again, "a file is looked at");
    let mut rows = Vec::new();
    let (reading, derived) = made_from(server, original, bytes)?;
    let fingerprint = derived.as_ref().and_then(|made| made.fingerprint);
    if let Some(reading) = reading {
        note(server, original, &Look::of(&reading, fingerprint))?;
    }
    if let Some(derived) = derived {
        for (kind, jpeg) in
            [(FileKind::Thumbnail, derived.thumbnail), (FileKind::Preview, derived.preview)]
        {
            let hash = BlobHash(sha256(&jpeg));
            let row = DerivedRow { original, kind, hash, bytes: jpeg.len() as u64, by_court: true };
            wait(server.files().depot.put(Place::Derived(hash), jpeg))?;
            rows.push(row);
        }
    }
    server.store().write::<_, StoreError>(|writing| {
        rows.iter().try_for_each(|row| writing.put_derived(row))?;
        writing.set_pictured(original)
    })?;
    Ok(tell_consoles(server, original)?)
}

/// A small picture came: consoles that show a request it belongs to look again.
pub(super) fn tell_consoles(server: &Server, original: BlobHash) -> Result<(), StoreError> {
    let of_request = server.store().read::<_, StoreError>(|reading| {
        for used in reading.uses_of_file(original)? {
            if reading.request(used.document)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    if of_request {
        server.waiters().wake([&DISPATCH.to_owned()]);
    }
    Ok(())
}

fn made_from(
    server: &Server,
    original: BlobHash,
    bytes: u64,
) -> Result<(Option<picture::Reading>, Option<picture::Derived>), FileError> {
    if bytes > limits::FILE_BYTES {
        return Ok((None, None));
    }
    let depot = &server.files().depot;
    let place = Place::Original(original);
    let (reading, derived) = if let Some(folder) = depot.folder() {
        let mut file = BufReader::new(std::fs::File::open(folder.join(place.name()))?);
        pictures(&mut file, bytes)
    } else {
        let whole = wait(depot.read(place, limits::FILE_BYTES))?;
        pictures(&mut Cursor::new(whole), bytes)
    };
    Ok((Some(reading), derived))
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

fn pictures(
    source: &mut (impl BufRead + Seek),
    bytes: u64,
) -> (picture::Reading, Option<picture::Derived>) {
    let reading = picture::read(source, bytes);
    let made = picture::derive(source, &reading).ok();
    (reading, made)
}

fn note(server: &Server, original: BlobHash, look: &Look) -> Result<(), StoreError> {
    server.store().write(|writing| writing.put_look(original, look))
}
