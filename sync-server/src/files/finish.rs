//! The end of an upload: read again, compared with the hash that was signed, put into the store, and said
//! so in every case that names it; and to a phone that reads none of them any more in its own channel.

use std::collections::BTreeSet;

use lastmile_core::id::{BlobHash, CertificateId};
use lastmile_core::picture::{HEAD_BYTES, media_type};
use lastmile_core::sync::channel::of_device;
use lastmile_core::sync::files::{FileKind, Metadata};

use super::access::hears_of;
use super::depot::{Place, wait};
use super::derive::{derive, tell_consoles};
use super::incoming::{Arriving, Whole};
use super::{FileError, trouble};
use crate::ingest::{Ingest, IngestError, Ingested};
use crate::server::Server;
use crate::store::{DerivedRow, FileRow, StoreError, UploadRow};
use crate::sync::Asker;

/// Verifies what arrived and stores it. What turns out to be another file is discarded, and its upload
/// with it.
pub fn finish(server: &Server, row: &UploadRow, mut arriving: Arriving) -> Result<(), FileError> {
    let whole = arriving.read_again()?;
    if whole.hash != row.what.hash {
        let now_ms = server.now_ms();
        server.store().write::<_, StoreError>(|writing| {
            writing.drop_upload(&row.id)?;
            // What was lost stays lost, whatever else comes under its name.
            let known = writing.file(row.what.hash)?.is_some()
                || writing.file_trouble(row.what.hash)?.is_some();
            if row.what.kind == FileKind::Original && !known {
                writing.put_file_trouble(row.what.hash, trouble::DIFFERS, now_ms)?;
            }
            Ok(())
        })?;
        arriving.discard()?;
        tracing::warn!(hash = %row.what.hash, "what arrived is another file");
        return Err(FileError::Differs);
    }
    match row.what.of {
        None => {
            put(server, row, &whole, &arriving, Place::Original(whole.hash))?;
            // `arriving` is held until the database knows: nobody writes to a file in the store.
            stored(server, &whole)
        }
        Some(original) => derived(server, row, original, &whole, arriving),
    }
}

/// Puts what arrived into the store. When that fails all of it stays here but for the last byte, which has to
/// come again and is then the end once more.
fn put(
    server: &Server,
    row: &UploadRow,
    whole: &Whole,
    arriving: &Arriving,
    place: Place,
) -> Result<(), FileError> {
    let Err(error) = wait(server.files().depot.take(arriving.path(), place)) else { return Ok(()) };
    let (now_ms, at) = (server.now_ms(), whole.bytes.saturating_sub(1));
    server
        .store()
        .write::<_, StoreError>(|writing| writing.set_upload_arrived(&row.id, at, now_ms))?;
    Err(error.into())
}

fn derived(
    server: &Server,
    row: &UploadRow,
    original: BlobHash,
    whole: &Whole,
    arriving: Arriving,
) -> Result<(), FileError> {
    if media_type(&whole.head) != "image/jpeg" {
        server.store().write::<_, StoreError>(|writing| writing.drop_upload(&row.id))?;
        arriving.discard()?;
        return Err(FileError::NotAPicture);
    }
    put(server, row, whole, &arriving, Place::Derived(whole.hash))?;
    let derived = DerivedRow {
        original,
        kind: row.what.kind,
        hash: whole.hash,
        bytes: whole.bytes,
        by_court: false,
    };
    server.store().write::<_, StoreError>(|writing| {
        writing.put_derived(&derived)?;
        writing.set_uploads_done(&row.what)
    })?;
    Ok(tell_consoles(server, original)?)
}

/// One transaction: the court has the file, whoever uploads it need not go on, and every case that names
/// it is told, as are those who sent it.
fn stored(server: &Server, whole: &Whole) -> Result<(), FileError> {
    let directory = server.directory()?;
    let (hash, bytes) = (whole.hash, whole.bytes);
    server.ingest(&directory, |ingest| {
        let row = FileRow {
            hash,
            bytes,
            media_type: media_type(&whole.head).to_owned(),
            stored_ms: ingest.now_ms,
            checked_ms: ingest.now_ms,
        };
        ingest.writing.put_file(&row)?;
        ingest.writing.set_uploads_done(&Metadata::original(hash))?;
        let mut ingested = Ingested::default();
        // Where it was said before it may have been taken back since.
        let before = ingest.writing.channels_with_file_words(hash)?;
        let uses = ingest.writing.uses_of_file(hash)?;
        let names: BTreeSet<String> =
            before.into_iter().chain(uses.into_iter().map(|named| named.channel)).collect();
        for name in names {
            if ingest.say_stored(&row, &name)? {
                ingested.channels.insert(name);
            }
        }
        for (certificate, person) in ingest.writing.senders_of(hash)? {
            say_to(ingest, &row, certificate, &person, &mut ingested)?;
        }
        Ok::<_, IngestError>(ingested)
    })?;
    tracing::info!(%hash, bytes, "file stored");
    // The file is stored whatever becomes of its small pictures.
    if let Err(error) = derive(server, hash, bytes) {
        tracing::warn!(%hash, code = error.code(), "no small pictures were made");
    }
    Ok(())
}

/// Says to a phone alone that the court has a file, when it can read that nowhere else.
fn say_to(
    ingest: &Ingest<'_>,
    row: &FileRow,
    certificate: CertificateId,
    person: &str,
    told: &mut Ingested,
) -> Result<(), IngestError> {
    let (reading, directory) = (ingest.writing, ingest.directory);
    if hears_of(reading, directory, certificate, person, row.hash, ingest.now_ms)? {
        return Ok(());
    }
    let name = of_device(certificate);
    if ingest.say_stored(row, &name)? {
        told.channels.insert(name);
    }
    Ok(())
}

/// A phone asks about an original that the court has: it is told in its own channel if it cannot know
/// (it lost its access after the upload, or somebody else uploaded).
pub fn answer(server: &Server, asker: &Asker, hash: BlobHash) -> Result<(), FileError> {
    let directory = server.directory()?;
    let knows = server.store().read::<_, StoreError>(|reading| {
        let own = reading.last_file_word(hash, &of_device(asker.id))?.filter(|word| word.holds);
        let (id, person, now_ms) = (asker.id, &asker.person, server.now_ms());
        Ok(own.is_some() || hears_of(reading, &directory, id, person, hash, now_ms)?)
    })?;
    if !knows {
        server.ingest(&directory, |ingest| {
            let mut told = Ingested::default();
            if let Some(row) = ingest.writing.file(hash)? {
                say_to(ingest, &row, asker.id, &asker.person, &mut told)?;
            }
            Ok::<_, IngestError>(told)
        })?;
    }
    Ok(())
}

/// Takes a file that lies in the store without the database knowing: the process ended between the two, or
/// somebody put back what had been lost. Says whether the court has the file now.
pub fn adopt(server: &Server, hash: BlobHash, bytes: u64) -> Result<bool, FileError> {
    if server.store().read::<_, StoreError>(|reading| reading.file(hash))?.is_some() {
        return Ok(true);
    }
    let (depot, place) = (&server.files().depot, Place::Original(hash));
    if wait(depot.size(place))? != Some(bytes) || wait(depot.hash(place))? != Some((bytes, hash)) {
        return Ok(false);
    }
    let head = wait(depot.head(place, HEAD_BYTES))?;
    stored(server, &Whole { hash, bytes, head })?;
    Ok(true)
}
