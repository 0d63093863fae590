//! The court's own thumbnail and preview, made from the verified original: what a phone sent before it is
//! replaced, because it may show something else.

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
    if bytes > limits::FILE_BYTES {
        return Ok(());
    }
    let depot = &server.files().depot;
    let place = Place::Original(original);
    let derived = if let Some(folder) = depot.folder() {
        let mut file = BufReader::new(std::fs::File::open(folder.join(place.name()))?);
        pictures(&mut file, bytes)
    } else {
        let whole = wait(depot.read(place, limits::FILE_BYTES))?;
        pictures(&mut Cursor::new(whole), bytes)
    };
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

fn pictures(source: &mut (impl BufRead + Seek), bytes: u64) -> Option<picture::Derived> {
    let reading = picture::read(source, bytes);
    picture::derive(source, &reading).ok()
}
