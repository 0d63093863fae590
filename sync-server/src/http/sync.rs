//! `POST /v1/courts/{court}/sync`: one request carries what a phone has to give and asks for what is
//! new. Held open while there is nothing to tell and the phone is willing to wait.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use lastmile_core::sync::frame::{self, FrameError, MAX_COMPRESSED};
use lastmile_core::sync::response::SyncResponse;
use lastmile_core::sync::token::TOKEN_HEADER;
use lastmile_core::sync::{MEDIA_TYPE, PROTOCOL_HEADER, PROTOCOL_VERSION};

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::problem::{Problem, ProblemCode};
use crate::server::Server;
use crate::sync::{Session, SyncError};

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Frame(FrameError::TooLarge) => ProblemCode::MessageTooLarge.into(),
            SyncError::Frame(FrameError::Damaged) => ProblemCode::MessageDamaged.into(),
            SyncError::Malformed(code) => {
                Self::new(ProblemCode::MalformedRequest).with("reason", code)
            }
            SyncError::NewerProtocol => ProblemCode::WrongProtocol.into(),
            SyncError::WrongCourt => ProblemCode::WrongCourt.into(),
            SyncError::UnknownCertificate => ProblemCode::UnknownCertificate.into(),
            SyncError::CertificateNotTaken => ProblemCode::CertificateNotTaken.into(),
            SyncError::NotAPerson => ProblemCode::NotAPerson.into(),
            SyncError::BadToken => ProblemCode::BadRequestToken.into(),
            SyncError::ClockOutOfWindow { server_ms } => {
                Self::new(ProblemCode::ClockOutOfWindow).with("server_ms", server_ms)
            }
            SyncError::TokenUsed => ProblemCode::TokenUsed.into(),
            SyncError::Ingest(error) => {
                tracing::error!(code = error.code(), "request failed");
                match error.code() {
                    "store_full" => ProblemCode::StoreFull.into(),
                    "store_busy" => ProblemCode::Busy.into(),
                    _ => ProblemCode::Internal.into(),
                }
            }
        }
    }
}

/// Gives changes and asks for what is new
///
/// One CBOR message in a zstd frame each way, described by `docs/protocol/`. The device signs a
/// token for each request; a sync needs no operator's token.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/sync",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.sync"))),
    responses((
        status = 200,
        description = "Verdicts and news",
        content(("application/vnd.lastmile.sync"))
    ))
)]
pub(super) async fn sync(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (sealed, token) =
        arrived(&state, &court, &headers, (MEDIA_TYPE, MAX_COMPRESSED), body).await?;
    let started = Instant::now();
    state.counters.bytes_up.inc_by(sealed.len() as u64);
    let session = state.run(move |server| Session::open(server, &sealed, &token)).await??;
    state.counters.repairs.inc_by(session.repairs());
    let (session, answer) = state.run(move |server| look(server, session)).await??;
    let answer = wait(&state, session, answer).await?;
    let sealed =
        state.run(move |_| frame::seal(&answer.encode())).await?.map_err(SyncError::from)?;
    state.counters.syncs.inc();
    state.counters.bytes_down.inc_by(sealed.len() as u64);
    tracing::debug!(
        millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        bytes_down = sealed.len(),
        "sync"
    );
    Ok(said(MEDIA_TYPE, sealed))
}

fn look(server: &Server, session: Session) -> Result<(Session, SyncResponse), SyncError> {
    let answer = session.answer(server)?;
    Ok((session, answer))
}

/// Holds the request while there is nothing to tell.
async fn wait(
    state: &AppState,
    mut session: Session,
    mut answer: SyncResponse,
) -> Result<SyncResponse, Problem> {
    let until = Instant::now() + Duration::from_secs(session.patience_s());
    let mut stopping = state.stopping.clone();
    while answer.news.is_empty() && !*stopping.borrow() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        let (waiting, notify) = state
            .run(move |server| {
                let channels = session.channels(server)?;
                let notify = server.waiters().register(&channels);
                Ok::<_, SyncError>((session, notify))
            })
            .await??;
        // News between the last look and the registration are found by looking before sleeping.
        let looked = state.run(move |server| look(server, waiting)).await??;
        (session, answer) = looked;
        if !answer.news.is_empty() {
            break;
        }
        tokio::select! {
            () = notify.notified() => {}
            () = tokio::time::sleep(left) => {}
            _ = stopping.changed() => {}
        }
        (session, answer) = state.run(move |server| look(server, session)).await??;
    }
    Ok(answer)
}

/// The body of a phone's request and its token, when address, headers and size are as they should be.
pub(super) async fn arrived(
    state: &AppState,
    court: &str,
    headers: &HeaderMap,
    (media_type, limit): (&str, usize),
    body: Body,
) -> Result<(Bytes, String), Problem> {
    let token = check_headers(headers, media_type)?;
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let bytes = tokio::time::timeout(state.limits.body, to_bytes(body, limit))
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTimeout))?
        .map_err(|error| body_problem(&error))?;
    Ok((bytes, token))
}

/// The court's answer to a phone.
pub(super) fn said(media_type: &'static str, answer: Vec<u8>) -> Response {
    let headers =
        [(header::CONTENT_TYPE.as_str(), media_type), (PROTOCOL_HEADER, PROTOCOL_VERSION)];
    (StatusCode::OK, headers, answer).into_response()
}

/// The token, when media type and protocol are as they should be.
pub(super) fn check_headers(headers: &HeaderMap, media_type: &str) -> Result<String, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::CONTENT_TYPE.as_str()) != Some(media_type) {
        return Err(ProblemCode::UnsupportedMediaType.into());
    }
    if text(PROTOCOL_HEADER) != Some(PROTOCOL_VERSION) {
        return Err(Problem::new(ProblemCode::WrongProtocol).with("supported", PROTOCOL_VERSION));
    }
    let token = text(TOKEN_HEADER).ok_or(ProblemCode::BadRequestToken)?;
    Ok(token.to_owned())
}

/// Too long, or cut on the way.
pub(super) fn body_problem(error: &axum::Error) -> Problem {
    use std::error::Error;
    let too_long =
        error.source().is_some_and(|source| source.to_string().contains("length limit exceeded"));
    if too_long { ProblemCode::MessageTooLarge } else { ProblemCode::MessageDamaged }.into()
}
