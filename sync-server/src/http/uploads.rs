//! `/v1/courts/{court}/uploads`: files of evidence on their way up, by tus 1.0
//! (`docs/protocol/files.md`). Bodies are [`super::receive`]'s, headers [`super::tus`]'s.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lastmile_core::id::BlobHash;
use lastmile_core::sync::files::{UPLOAD_LENGTH, UPLOAD_METADATA, UPLOADS, upload_purpose};

use super::AppState;
use super::api::input::{CourtPath, Segments, UploadPath};
use super::problem::{Problem, ProblemCode};
use super::receive::{Chunk, drain};
use super::tus::{self, Checksum};
use crate::files::{FileError, upload};
use crate::server::Server;
use crate::store::{UploadId, UploadRow};
use crate::sync::{Asker, SyncError};

/// Who asks, by a token for exactly this file.
fn asker(server: &Server, token: &str, hash: BlobHash) -> Result<Asker, SyncError> {
    let directory = server.directory()?;
    let asker = Asker::of(&directory, &Asker::token(token)?, &upload_purpose(hash), &[])?;
    asker.admit_again(server)?;
    Ok(asker)
}

/// The upload that the request is about, when it is the asker's.
async fn own(
    state: &AppState,
    headers: &HeaderMap,
    path: &UploadPath,
) -> Result<UploadRow, Problem> {
    let token = tus::upload_token(headers)?;
    if path.court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let id = tus::id(&path.upload)?;
    state
        .run(move |server| {
            let row = upload::find(server, &id)?;
            let asker = asker(server, &token, row.what.hash)?;
            // Another person's is none of theirs.
            if asker.person == row.person {
                Ok(row)
            } else {
                Err(Problem::from(FileError::Unknown))
            }
        })
        .await?
}

/// What the server can do
///
/// Needs no token.
#[utoipa::path(
    options,
    path = "/v1/courts/{court}/uploads",
    operation_id = "upload_abilities",
    tag = "files",
    params(CourtPath),
    responses((status = 204, description = "tus 1.0, its extensions and bounds, in headers"))
)]
pub(super) async fn abilities() -> Response {
    tus::answer(Ok((StatusCode::NO_CONTENT, tus::abilities()).into_response()))
}

/// Begins an upload, or finds the one that the same person began
///
/// tus 1.0: `Upload-Length`, `Upload-Metadata` with `hash`, `kind`, `of`. The answer says what is there
/// already. A body of type `application/offset+octet-stream` is the file's first chunk.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/uploads",
    operation_id = "begin_upload",
    tag = "files",
    params(CourtPath),
    request_body(content(("application/offset+octet-stream"))),
    responses((status = 201, description = "Where it goes on: `Location`, `Upload-Offset`"))
)]
pub(super) async fn begin(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    tus::answer(begun(state, court, &headers, body).await)
}

async fn begun(
    state: AppState,
    court: String,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let token = tus::upload_token(headers)?;
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let (what, bytes) = (tus::metadata(headers)?, tus::length(headers)?);
    let checksum = Checksum::of(headers)?;
    let mut row = state
        .run(move |server| {
            let asker = asker(server, &token, what.hash)?;
            upload::begin(server, &asker, what, bytes).map_err(Problem::from)
        })
        .await??;
    row = settled(&state, row).await?;
    let announced = tus::announced(headers);
    let brings = tus::is_chunk(headers) && announced != Some(0);
    // A body begins with the file's first byte; whoever is further goes on from there.
    if brings && row.arrived == 0 && !row.done {
        let chunk = Chunk { id: row.id, at: 0, announced, checksum, body };
        row = chunk.take(state.clone()).await?;
    } else if brings {
        drain(body, state.limits.idle).await;
    }
    let court = percent(state.server.court());
    let location =
        format!("/v1/courts/{court}/{UPLOADS}/{}", data_encoding::HEXLOWER.encode(&row.id));
    let headers = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, headers, tus::progress(&row)).into_response())
}

/// How long an answer waits for an earlier request's bytes, and how often it looks.
const SETTLES: Duration = Duration::from_secs(2);
const LOOKS: Duration = Duration::from_millis(20);

/// An upload once nobody writes to it: of a connection that broke the last bytes may still be on their way to the
/// disk, and whoever asks how far it is would send them again. Somebody who writes for longer is told as busy later.
async fn settled(state: &AppState, row: UploadRow) -> Result<UploadRow, Problem> {
    let until = Instant::now() + SETTLES;
    let id = row.id;
    let held = move |server: &Server| server.files().incoming.is_held(&id);
    let mut waited = false;
    while !row.done && Instant::now() < until && state.run(held).await? {
        waited = true;
        tokio::time::sleep(LOOKS).await;
    }
    if !waited {
        return Ok(row);
    }
    Ok(state.run(move |server| upload::find(server, &id)).await??)
}

/// A court's code in an address.
pub(super) fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// How far an upload is
#[utoipa::path(
    head,
    path = "/v1/courts/{court}/uploads/{upload}",
    operation_id = "upload_progress",
    tag = "files",
    params(UploadPath),
    responses((status = 200, description = "`Upload-Offset`, `Upload-Length`, `Upload-Expires`"))
)]
pub(super) async fn look(
    State(state): State<AppState>,
    Segments(path): Segments<UploadPath>,
    headers: HeaderMap,
) -> Response {
    let found = match own(&state, &headers, &path).await {
        Ok(row) => settled(&state, row).await,
        Err(problem) => Err(problem),
    };
    tus::answer(found.map(|row| {
        let file =
            [(UPLOAD_LENGTH, row.bytes.to_string()), (UPLOAD_METADATA, row.what.to_header())];
        (StatusCode::OK, file, tus::progress(&row)).into_response()
    }))
}

/// Adds a chunk
///
/// `Upload-Offset` must be where the upload is. What arrives before a connection breaks stays. The last
/// byte makes the court verify the file against the hash that was signed.
#[utoipa::path(
    patch,
    path = "/v1/courts/{court}/uploads/{upload}",
    operation_id = "add_to_upload",
    tag = "files",
    params(UploadPath),
    request_body(content(("application/offset+octet-stream"))),
    responses((status = 204, description = "Where the upload is now: `Upload-Offset`"))
)]
pub(super) async fn add(
    State(state): State<AppState>,
    Segments(path): Segments<UploadPath>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    tus::answer(added(state, &path, &headers, body).await)
}

async fn added(
    state: AppState,
    path: &UploadPath,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let row = own(&state, headers, path).await?;
    if !tus::is_chunk(headers) {
        return Err(ProblemCode::UnsupportedMediaType.into());
    }
    let (at, checksum) = (tus::offset(headers)?, Checksum::of(headers)?);
    let announced = tus::announced(headers);
    let row = if row.done && at == row.bytes {
        row
    } else {
        Chunk { id: row.id, at, announced, checksum, body }.take(state).await?
    };
    Ok((StatusCode::NO_CONTENT, tus::progress(&row)).into_response())
}

/// Gives an upload up
///
/// What is stored stays.
#[utoipa::path(
    delete,
    path = "/v1/courts/{court}/uploads/{upload}",
    operation_id = "give_up_upload",
    tag = "files",
    params(UploadPath),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn give_up(
    State(state): State<AppState>,
    Segments(path): Segments<UploadPath>,
    headers: HeaderMap,
) -> Response {
    tus::answer(given_up(&state, &path, &headers).await)
}

async fn given_up(
    state: &AppState,
    path: &UploadPath,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let id: UploadId = own(state, headers, path).await?.id;
    state.run(move |server| upload::give_up(server, &id)).await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The same as PATCH or DELETE, for clients behind proxies that let neither through
///
/// `X-HTTP-Method-Override` says which.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/uploads/{upload}",
    operation_id = "change_upload",
    tag = "files",
    params(UploadPath),
    request_body(content(("application/offset+octet-stream"))),
    responses((status = 204, description = "As the method that the header names"))
)]
pub(super) async fn instead(
    State(state): State<AppState>,
    Segments(path): Segments<UploadPath>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = match tus::overridden(&headers) {
        Some("PATCH") => added(state, &path, &headers, body).await,
        Some("DELETE") => given_up(&state, &path, &headers).await,
        _ => Err(Problem::new(ProblemCode::BadUpload).with("header", "x-http-method-override")),
    };
    tus::answer(done)
}
