//! The body of an upload, written as it comes. Whatever ends it, a cut, a slow link, the service's own end,
//! what came until then stays.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};

use super::AppState;
use super::problem::{Problem, ProblemCode};
use super::tus::Checksum;
use crate::files::incoming::Arriving;
use crate::files::{FileError, finish, upload};
use crate::server::Server;
use crate::store::{UploadId, UploadRow};

/// Bytes gathered before they are written.
const BLOCK: usize = 256 << 10;
/// Bytes of a useless body that are read: two chunks of the largest size phones send.
const DRAINED: usize = 2 << 20;

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        let code = error.code();
        match error {
            FileError::Store(error) => return error.into(),
            FileError::NotNamed => ProblemCode::FileNotNamed,
            FileError::TooLarge => ProblemCode::FileTooLarge,
            FileError::Length => ProblemCode::FileLength,
            FileError::Unknown => ProblemCode::UploadUnknown,
            FileError::Busy => ProblemCode::UploadBusy,
            FileError::Offset { at } => {
                return Self::new(ProblemCode::UploadOffset).with("offset", at);
            }
            FileError::TooLong => ProblemCode::UploadTooLong,
            FileError::TooMany => ProblemCode::UploadsTooMany,
            FileError::Differs => ProblemCode::FileDiffers,
            FileError::NotAPicture => ProblemCode::FileNoPicture,
            FileError::Ingest(_) | FileError::Depot(_) | FileError::Disk(_) => {
                tracing::error!(code, "a file could not be taken in");
                match code {
                    "storage_full" => ProblemCode::StorageFull,
                    "store_full" => ProblemCode::StoreFull,
                    "store_busy" => ProblemCode::Busy,
                    _ => ProblemCode::StorageUnavailable,
                }
            }
        }
        .into()
    }
}

/// A chunk on its way.
pub(super) struct Chunk {
    pub(super) id: UploadId,
    /// Where it begins.
    pub(super) at: u64,
    /// Its length, when the request says so.
    pub(super) announced: Option<u64>,
    pub(super) checksum: Option<Checksum>,
    pub(super) body: Body,
}

impl Chunk {
    /// Takes it in and gives the upload as it is then. Goes on when whoever sent the request is gone, so
    /// that what came of it is kept.
    pub(super) async fn take(self, state: AppState) -> Result<UploadRow, Problem> {
        let permit = Arc::clone(&state.uploads)
            .try_acquire_owned()
            .map_err(|_| Problem::new(ProblemCode::Busy))?;
        let taking = tokio::spawn(async move {
            let done = self.receive(&state).await;
            drop(permit);
            done
        });
        taking.await.map_err(|_| Problem::new(ProblemCode::Internal))?
    }

    async fn receive(mut self, state: &AppState) -> Result<UploadRow, Problem> {
        let (id, at) = (self.id, self.at);
        let found = state
            .run(move |server| {
                let row = upload::find(server, &id)?;
                Ok::<_, FileError>((row, upload::go_on(server, &id, at)?))
            })
            .await?;
        let (row, arriving) = match found {
            Ok(found) => found,
            Err(error) => {
                drain(self.body, state.limits.idle).await;
                return Err(error.into());
            }
        };
        let room = row.bytes - at;
        if self.announced.is_some_and(|announced| announced > room) {
            return Err(FileError::TooLong.into());
        }
        let mut writer = Writer { state, id, arriving: Some(arriving), block: Vec::new() };
        let ended = self.pour(state, &mut writer, room).await;
        // However it ended: first what came, then what to say about it.
        let ended = ended.and(writer.flush().await);
        let differs = ended.is_ok() && self.checksum.take().is_some_and(|sum| !sum.holds());
        let arriving = writer.arriving.take().ok_or(ProblemCode::Internal)?;
        let kept = state.run(move |server| settle(server, &row, arriving, at, differs)).await??;
        ended?;
        if differs { Err(ProblemCode::UploadChecksum.into()) } else { Ok(kept) }
    }

    /// Writes frame by frame, until the body ends one way or the other.
    async fn pour(
        &mut self,
        state: &AppState,
        writer: &mut Writer<'_>,
        room: u64,
    ) -> Result<(), Problem> {
        let mut stopping = state.stopping.clone();
        let mut came = 0_u64;
        loop {
            if *stopping.borrow() {
                return Err(ProblemCode::Busy.into());
            }
            let next = std::future::poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
            let frame = tokio::select! {
                frame = tokio::time::timeout(state.limits.idle, next) => frame,
                _ = stopping.changed() => return Err(ProblemCode::Busy.into()),
            };
            let frame = frame.map_err(|_| Problem::new(ProblemCode::BodyTimeout))?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|_| Problem::new(ProblemCode::MessageDamaged))?;
            let Ok(bytes) = frame.into_data() else { continue };
            came += bytes.len() as u64;
            if came > room {
                return Err(FileError::TooLong.into());
            }
            if let Some(sum) = &mut self.checksum {
                sum.add(&bytes);
            }
            writer.write(&bytes).await?;
        }
        // A connection that broke can look like a body that ended.
        if self.announced.is_some_and(|announced| announced != came) {
            return Err(ProblemCode::MessageDamaged.into());
        }
        Ok(())
    }
}

/// Reads a small rest of a body that nobody needs: a connection that is closed with bytes unread can lose the
/// answer.
pub(super) async fn drain(mut body: Body, idle: Duration) {
    let mut left = DRAINED;
    while left > 0 {
        let next = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Ok(Some(Ok(frame))) = tokio::time::timeout(idle, next).await else { return };
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
    }
}

/// Gathers small pieces and writes large ones, away from the threads that serve.
struct Writer<'a> {
    state: &'a AppState,
    id: UploadId,
    /// Away while it is written to, and for good after a failure.
    arriving: Option<Arriving>,
    block: Vec<u8>,
}

impl Writer<'_> {
    async fn write(&mut self, bytes: &Bytes) -> Result<(), Problem> {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        if self.block.is_empty() {
            return Ok(());
        }
        let (id, block) = (self.id, std::mem::take(&mut self.block));
        let bytes = block.len() as u64;
        let mut arriving = self.arriving.take().ok_or(ProblemCode::Internal)?;
        let server = Arc::clone(&self.state.server);
        let written = tokio::task::spawn_blocking(move || {
            let written = append(&server, &id, &mut arriving, &block);
            (arriving, written)
        });
        let (arriving, written) = written.await.map_err(|_| Problem::new(ProblemCode::Internal))?;
        self.arriving = Some(arriving);
        written?;
        self.state.counters.upload_bytes.inc_by(bytes);
        Ok(())
    }
}

/// Writes a block, and now and then says how far the upload is.
fn append(
    server: &Server,
    id: &UploadId,
    arriving: &mut Arriving,
    block: &[u8],
) -> Result<(), FileError> {
    arriving.append(block)?;
    if arriving.unsynced() >= upload::SYNC_EVERY {
        upload::keep(server, id, arriving)?;
    }
    Ok(())
}

/// What becomes of the chunk that began at `at`: dropped, kept, or the end of the file.
fn settle(
    server: &Server,
    row: &UploadRow,
    mut arriving: Arriving,
    at: u64,
    differs: bool,
) -> Result<UploadRow, FileError> {
    if differs {
        upload::go_back(server, &row.id, &mut arriving, at)?;
    } else if arriving.at() == row.bytes {
        finish::finish(server, row, arriving)?;
    } else {
        upload::keep(server, &row.id, &mut arriving)?;
    }
    upload::find(server, &row.id)
}
