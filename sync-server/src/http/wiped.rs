//! `POST /v1/courts/{court}/wiped`: a phone's report that it destroyed its copy by order. Needs no
//! token: the report is signed with the device's key, which is gone.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use lastmile_core::identity::Signed;
use lastmile_core::identity::wiped::{MEDIA_TYPE, WipeReport};
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::problem::{Problem, ProblemCode};
use crate::withdraw;

/// Takes a wiped phone's report
///
/// One signed CBOR message, described by `docs/protocol/wiped.cddl`. The same report twice is the same
/// as once.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/wiped",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.wiped"))),
    responses((
        status = 200,
        description = "The court has it",
        content(("application/vnd.lastmile.wiped"))
    ))
)]
pub(super) async fn wiped(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::CONTENT_TYPE.as_str()) != Some(MEDIA_TYPE) {
        return Err(ProblemCode::UnsupportedMediaType.into());
    }
    if text(PROTOCOL_HEADER) != Some(PROTOCOL_VERSION) {
        return Err(Problem::new(ProblemCode::WrongProtocol).with("supported", PROTOCOL_VERSION));
    }
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let most = Signed::<WipeReport>::MAX_LEN;
    let bytes = tokio::time::timeout(state.limits.body, to_bytes(body, most))
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTimeout))?
        .map_err(|_| Problem::new(ProblemCode::MessageTooLarge))?;
    state.run(move |server| withdraw::take_report(server, &bytes)).await??;
    let headers =
        [(header::CONTENT_TYPE.as_str(), MEDIA_TYPE), (PROTOCOL_HEADER, PROTOCOL_VERSION)];
    Ok((StatusCode::OK, headers, Vec::new()).into_response())
}
