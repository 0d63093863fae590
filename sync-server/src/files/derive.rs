//! The court looks at an original it has verified: notes what that says of place and time and what it looks
//! like, and makes its own thumbnail and preview. What a phone sent before is replaced, because it may show
//! something else.

use std::io::{BufRead, BufReader, Cursor, Seek};

use lastmile_core::id::{BlobHash, sha256};
use lastmile_core::picture::{self, Look, limits};
use lastmile_core::sync::files::FileKind;

use super::FileError;
use super::depot::{Place, wait};
use crate::server::Server;
use crate::store::{DerivedRow, StoreError};

/// Looks at up to `limit` originals that nobody has looked at: those stored by an earlier version. Ends early
/// when `go_on` says so.
pub fn catch_up(server: &Server, limit: usize, go_on: impl Fn() -> bool) -> Result<(), FileError> {
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
    // Noted before it is decoded: a file that brings the service down is looked at once.
    note(server, original, &Look::default())?;
    if bytes > limits::FILE_BYTES {
        return Ok(());
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
    let fingerprint = derived.as_ref().and_then(|made| made.fingerprint);
    note(server, original, &Look::of(&reading, fingerprint))?;
    let Some(derived) = derived else { return Ok(()) };
    let mut rows = Vec::new();
    for (kind, jpeg) in
        [(FileKind::Thumbnail, derived.thumbnail), (FileKind::Preview, derived.preview)]
    {
        let hash = BlobHash(sha256(&jpeg));
        let row = DerivedRow { original, kind, hash, bytes: jpeg.len() as u64, by_court: true };
        wait(depot.put(Place::Derived(hash), jpeg))?;
        rows.push(row);
    }
    Ok(server.store().write::<_, StoreError>(|writing| {
        rows.iter().try_for_each(|row| writing.put_derived(row))
    })?)
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
