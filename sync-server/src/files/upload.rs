//! An upload's life: begun, gone on with, ended, given up, expired. The row says what lies on the disk, and
//! is written after it does.

use lastmile_core::sync::files::{FileKind, Metadata, UPLOAD_LIFE_MS};

use super::access::may_send;
use super::incoming::Arriving;
use super::{FileError, finish};
use crate::server::Server;
use crate::store::{FileUse, Reading, StoreError, UploadId, UploadRow};
use crate::sync::Asker;

/// Unfinished uploads of one person at a time.
pub const MAX_OPEN: u64 = 256;

/// Longest file whose record says no length: the strokes of a signature.
pub const MAX_UNSAID: u64 = 1 << 20;

/// Bytes that may lie on the disk unsynced while more come. What a kill costs at most.
pub const SYNC_EVERY: u64 = 1 << 20;

/// Begins an upload, or finds the one that the same person began.
pub fn begin(
    server: &Server,
    asker: &Asker,
    what: Metadata,
    bytes: u64,
) -> Result<UploadRow, FileError> {
    let directory = server.directory()?;
    server.store().read::<_, FileError>(|reading| {
        let uses =
            may_send(reading, &directory, asker, what.of.unwrap_or(what.hash), server.now_ms())?;
        bounds(&what, bytes, &uses)
    })?;
    if what.kind == FileKind::Original {
        finish::adopt(server, what.hash, bytes)?;
    }
    let now_ms = server.now_ms();
    let row = server.store().write::<_, FileError>(|writing| {
        if let Some(row) = writing.upload_by(&asker.person, what.hash, what.kind)? {
            if row.bytes == bytes && row.what == what && !expired(&row, now_ms) {
                return Ok(row);
            }
            writing.drop_upload(&row.id)?;
        }
        let done = is_there(writing, &what)?;
        if !done && writing.uploads_open(&asker.person)? >= MAX_OPEN {
            return Err(FileError::TooMany);
        }
        let row = UploadRow {
            id: server.entropy().bytes16(),
            what,
            person: asker.person.clone(),
            certificate: asker.id,
            bytes,
            arrived: if done { bytes } else { 0 },
            done,
            last_ms: now_ms,
        };
        writing.put_upload(&row)?;
        Ok(row)
    })?;
    if row.done && what.kind == FileKind::Original {
        finish::answer(server, asker, what.hash)?;
    }
    if row.bytes == 0 && !row.done {
        let arriving = go_on(server, &row.id, 0)?;
        finish::finish(server, &row, arriving)?;
        return find(server, &row.id);
    }
    Ok(row)
}

fn bounds(what: &Metadata, bytes: u64, uses: &[FileUse]) -> Result<(), FileError> {
    if uses.is_empty() {
        return Err(FileError::NotNamed);
    }
    if bytes > what.kind.max_bytes() {
        return Err(FileError::TooLarge);
    }
    if what.kind != FileKind::Original || uses.iter().any(|named| named.bytes == Some(bytes)) {
        return Ok(());
    }
    let said = uses.iter().all(|named| named.bytes.is_some());
    if said {
        Err(FileError::Length)
    } else if bytes > MAX_UNSAID {
        Err(FileError::TooLarge)
    } else {
        Ok(())
    }
}

/// Whether the court needs no more of it.
fn is_there(reading: &Reading<'_>, what: &Metadata) -> Result<bool, StoreError> {
    match what.of {
        None => Ok(reading.file(what.hash)?.is_some()),
        Some(original) => {
            let known = reading.derived(original, what.kind)?;
            Ok(known.is_some_and(|known| known.by_court || known.hash == what.hash))
        }
    }
}

fn expired(row: &UploadRow, now_ms: i64) -> bool {
    row.last_ms.saturating_add(UPLOAD_LIFE_MS) < now_ms
}

/// An upload that has not expired.
pub fn find(server: &Server, id: &UploadId) -> Result<UploadRow, FileError> {
    let row = server.store().read::<_, StoreError>(|reading| reading.upload(id))?;
    row.filter(|row| !expired(row, server.now_ms())).ok_or(FileError::Unknown)
}

/// Takes the file of an upload to go on at byte `at`. One caller at a time.
pub fn go_on(server: &Server, id: &UploadId, at: u64) -> Result<Arriving, FileError> {
    let mut arriving = server.files().incoming.take(id)?;
    // Only now does the row stand still.
    let row = match find(server, id) {
        Ok(row) => row,
        Err(error) => {
            arriving.discard()?;
            return Err(error);
        }
    };
    if row.done {
        arriving.discard()?;
        return Err(FileError::Offset { at: row.bytes });
    }
    arriving.go_to(row.arrived)?;
    if arriving.at() < row.arrived {
        // It is gone, or it went into the store before the database was told.
        if row.what.kind == FileKind::Original && finish::adopt(server, row.what.hash, row.bytes)? {
            arriving.discard()?;
            return Err(FileError::Offset { at: row.bytes });
        }
        let (now_ms, at) = (server.now_ms(), arriving.at());
        server
            .store()
            .write::<_, StoreError>(|writing| writing.set_upload_arrived(id, at, now_ms))?;
    }
    if arriving.at() == at { Ok(arriving) } else { Err(FileError::Offset { at: arriving.at() }) }
}

/// Makes durable what came, and says so.
pub fn keep(server: &Server, id: &UploadId, arriving: &mut Arriving) -> Result<(), FileError> {
    arriving.sync()?;
    let (now_ms, at) = (server.now_ms(), arriving.at());
    Ok(server
        .store()
        .write::<_, StoreError>(|writing| writing.set_upload_arrived(id, at, now_ms))?)
}

/// Drops what came behind byte `at`.
pub fn go_back(
    server: &Server,
    id: &UploadId,
    arriving: &mut Arriving,
    at: u64,
) -> Result<(), FileError> {
    let now_ms = server.now_ms();
    // The row first: it never says more than is there.
    server.store().write::<_, StoreError>(|writing| writing.set_upload_arrived(id, at, now_ms))?;
    Ok(arriving.go_to(at)?)
}

/// Gives an upload up: what came is dropped. What is stored stays.
pub fn give_up(server: &Server, id: &UploadId) -> Result<(), FileError> {
    let arriving = server.files().incoming.take(id)?;
    server.store().write::<_, StoreError>(|writing| writing.drop_upload(id))?;
    Ok(arriving.discard()?)
}

/// Ends uploads whose time is over, and drops files that belong to none; says how many.
pub fn sweep(server: &Server) -> Result<usize, FileError> {
    let before_ms = server.now_ms().saturating_sub(UPLOAD_LIFE_MS);
    let rows =
        server.store().read::<_, StoreError>(|reading| reading.uploads_expired(before_ms))?;
    let mut ended = 0;
    for row in rows {
        match give_up(server, &row.id) {
            Ok(()) => ended += 1,
            Err(FileError::Busy) => {}
            Err(error) => return Err(error),
        }
    }
    let useless = |id: &UploadId| {
        let row = server.store().read::<_, StoreError>(|reading| reading.upload(id))?;
        Ok::<_, StoreError>(row.is_none_or(|row| row.done))
    };
    for id in server.files().incoming.ids()? {
        // Looked at before it is held, so that nobody who goes on with it finds it busy.
        if !useless(&id)? {
            continue;
        }
        match server.files().incoming.take(&id) {
            Ok(arriving) if useless(&id)? => {
                arriving.discard()?;
                ended += 1;
            }
            Ok(_) | Err(FileError::Busy) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ended)
}
