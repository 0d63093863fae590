//! `GET /v1/courts/{court}/files/{hash}`: a file of evidence, or a small picture of it, for those who may
//! read a record that names it. Nobody guesses what a file is, and no browser runs what is in it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lastmile_core::id::BlobHash;
use lastmile_core::sync::files::{FileKind, file_purpose, named};
use lastmile_core::sync::token::TOKEN_HEADER;
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use super::AppState;
use super::api::access::CaseReader;
use super::api::input::{Asked as Query, FilePath, FileQuery, Segments};
use super::problem::{Problem, ProblemCode};
use super::range::{Asked, asked};
use super::tus;
use crate::files::access::{may_read, may_see};
use crate::files::depot::Place;
use crate::files::derive::mend;
use crate::server::Server;
use crate::store::{Reading, StoreError};
use crate::sync::{Asker, SyncError};

/// Who asks.
enum By {
    /// Whoever reads cases, or some of them.
    Console(CaseReader),
    /// A phone, with its token.
    Phone(String),
}

/// What is there to be read.
struct Found {
    place: Place,
    hash: BlobHash,
    bytes: u64,
    media_type: String,
}

/// A file of evidence
///
/// For whoever reads cases, with a token or signed in, and for phones with a token of purpose `file:` and the hash. One range. What is not a
/// picture, sound or film is an attachment.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/files/{hash}",
    tag = "files",
    params(FilePath, FileQuery),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "A part of it", content_type = "application/octet-stream"),
        (status = 304, description = "The reader has it")
    )
)]
pub(super) async fn file(
    State(state): State<AppState>,
    reader: Result<CaseReader, Problem>,
    Segments(path): Segments<FilePath>,
    Query(query): Query<FileQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = match query.form.as_deref() {
        None => FileKind::Original,
        Some(code) => FileKind::from_code(code)
            .ok_or_else(|| Problem::new(ProblemCode::BadQuery).with("name", "as"))?,
    };
    let operator = headers.contains_key(header::AUTHORIZATION);
    let asker = if !operator && headers.contains_key(TOKEN_HEADER) {
        By::Phone(tus::token(&headers)?)
    } else {
        By::Console(reader?)
    };
    if path.court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let hash =
        named(&path.hash).ok_or_else(|| Problem::new(ProblemCode::BadPath).with("name", "hash"))?;
    let found = state
        .run(move |server| {
            let directory = server.directory()?;
            let (phone, reader) = match asker {
                By::Console(reader) => (None, Some(reader)),
                By::Phone(token) => {
                    let token = Asker::token(&token)?;
                    let asker = Asker::of(&directory, &token, &file_purpose(hash), &[])?;
                    asker.admit_again(server)?;
                    (Some(asker), None)
                }
            };
            server.store().read::<_, SyncError>(|reading| {
                let may = match (&phone, reader.as_ref().and_then(CaseReader::only_of)) {
                    (Some(asker), _) => {
                        may_read(reading, &directory, asker, hash, server.now_ms())?
                    }
                    (None, Some(person)) => may_see(reading, person, hash)?,
                    (None, None) => true,
                };
                if !may {
                    return Ok(None);
                }
                Ok(Some(look(reading, hash, form)?))
            })
        })
        .await??;
    // Not there, and not for you: the same.
    let found = found.ok_or(ProblemCode::NotFound)?;
    sent(&state, &method, &headers, (hash, form), found).await
}

/// A small picture, for somebody of whom it is known that it may be shown.
pub(super) async fn small(
    state: &AppState,
    method: &Method,
    headers: &HeaderMap,
    hash: BlobHash,
) -> Result<Response, Problem> {
    let form = FileKind::Thumbnail;
    let look = move |server: &Server| {
        server.store().read::<_, StoreError>(|reading| look(reading, hash, form))
    };
    let found = state.run(look).await??;
    sent(state, method, headers, (hash, form), found).await
}

/// What there is of a file, and whether its small pictures may still be to be made.
type Look = (Option<Found>, bool);

fn look(reading: &Reading<'_>, hash: BlobHash, form: FileKind) -> Result<Look, StoreError> {
    Ok((find(reading, hash, form)?, reading.is_unpictured(hash)?))
}

async fn sent(
    state: &AppState,
    method: &Method,
    headers: &HeaderMap,
    (hash, form): (BlobHash, FileKind),
    (found, unpictured): Look,
) -> Result<Response, Problem> {
    let small = form != FileKind::Original;
    let found = match found {
        // Whoever was to make it ended before it did.
        None if small && unpictured => mended(state, hash, form).await?,
        found => found,
    };
    let found = found.ok_or(ProblemCode::NotFound)?;
    match answer(state, method, headers, found).await {
        // A backup does not carry small pictures. What nobody can make again is not there.
        Err(Unread::Gone) if small => {
            let found = mended(state, hash, form).await?.ok_or(ProblemCode::NotFound)?;
            Ok(answer(state, method, headers, found).await?)
        }
        answered => Ok(answered?),
    }
}

/// The small picture, when it is there after the court made it again if it can.
async fn mended(
    state: &AppState,
    hash: BlobHash,
    form: FileKind,
) -> Result<Option<Found>, Problem> {
    state
        .run(move |server| {
            if let Err(error) = mend(server, hash) {
                tracing::warn!(%hash, code = error.code(), "no small pictures were made");
            }
            server.store().read(|reading| find(reading, hash, form))
        })
        .await?
        .map_err(Problem::from)
}

/// Why a file was not read.
enum Unread {
    /// The store does not have it.
    Gone,
    /// Something else.
    Problem(Problem),
}

impl From<Problem> for Unread {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Gone => Self::new(ProblemCode::StorageUnavailable),
            Unread::Problem(problem) => problem,
        }
    }
}

fn find(
    reading: &Reading<'_>,
    hash: BlobHash,
    form: FileKind,
) -> Result<Option<Found>, StoreError> {
    if form == FileKind::Original {
        return Ok(reading.file(hash)?.map(|row| Found {
            place: Place::Original(hash),
            hash,
            bytes: row.bytes,
            media_type: row.media_type,
        }));
    }
    Ok(reading.derived(hash, form)?.map(|row| Found {
        place: Place::Derived(row.hash),
        hash: row.hash,
        bytes: row.bytes,
        media_type: "image/jpeg".to_owned(),
    }))
}

async fn answer(
    state: &AppState,
    method: &Method,
    headers: &HeaderMap,
    found: Found,
) -> Result<Response, Unread> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let tag = format!("\"{}\"", found.hash);
    if text(header::IF_NONE_MATCH).is_some_and(|seen| seen == "*" || seen.contains(&tag)) {
        return Ok(guarded(&found, &tag, StatusCode::NOT_MODIFIED.into_response()));
    }
    // Whoever has part of another file gets all of this one.
    let same = text(header::IF_RANGE).is_none_or(|held| held == tag);
    let asked = match text(header::RANGE).filter(|_| same) {
        Some(range) => asked(range, found.bytes),
        None => Asked::Whole,
    };
    let range = match &asked {
        Asked::Whole => 0..found.bytes,
        Asked::Part(range) => range.clone(),
        Asked::Beyond => {
            let mut refused = Problem::new(ProblemCode::BadRange).into_response();
            insert(&mut refused, header::CONTENT_RANGE, &format!("bytes */{}", found.bytes));
            return Ok(refused);
        }
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let stream = state.server.files().depot.stream(found.place, range.clone()).await;
        stream.map_err(|error| {
            tracing::error!(hash = %found.hash, code = error.code(), "a stored file cannot be read");
            if error.is_gone() {
                Unread::Gone
            } else {
                Problem::new(ProblemCode::StorageUnavailable).into()
            }
        })?
    };
    let mut response = body.into_response();
    if matches!(asked, Asked::Part(_)) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let shown = format!("bytes {}-{}/{}", range.start, range.end - 1, found.bytes);
        insert(&mut response, header::CONTENT_RANGE, &shown);
    }
    insert(&mut response, header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    Ok(guarded(&found, &tag, response))
}

/// With everything that keeps a browser from taking the file for something else.
fn guarded(found: &Found, tag: &str, mut response: Response) -> Response {
    let shown =
        ["image/", "audio/", "video/"].iter().any(|family| found.media_type.starts_with(family))
            && found.media_type != "image/svg+xml";
    for (name, value) in [
        (header::CONTENT_TYPE, found.media_type.as_str()),
        (header::ETAG, tag),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CONTENT_DISPOSITION, if shown { "inline" } else { "attachment" }),
    ] {
        insert(&mut response, name, value);
    }
    // By it a phone knows that it is the court that answers, and no portal on the way.
    let protocol = header::HeaderName::from_static(PROTOCOL_HEADER);
    insert(&mut response, protocol, PROTOCOL_VERSION);
    response
}

fn insert(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
