//! `POST /v1/courts/{court}/positions`: where a crew is while its request for help is open.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use lastmile_core::sync::positions::{MAX_LEN, MEDIA_TYPE};

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::problem::{Problem, ProblemCode};
use super::sync::{arrived, said};
use crate::assistance::positions;

/// Tells where a crew is while its request for help is open
///
/// One JSON message of 1 to 60 fixes (`position`, `age_s`); the device signs the token of the request. The last one is
/// kept, shown to those who handle the request, and thrown away when it is over. 409 `no_open_request`: stop.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/positions",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.positions+json"))),
    responses((
        status = 200,
        description = "To how many open requests they belong",
        content(("application/vnd.lastmile.positions+json"))
    ))
)]
pub(super) async fn positions(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (bytes, token) = arrived(&state, &court, &headers, (MEDIA_TYPE, MAX_LEN), body).await?;
    let answer = state.run(move |server| positions::take(server, &bytes, &token)).await??;
    let body = serde_json::to_vec(&answer).map_err(|_| ProblemCode::Internal)?;
    Ok(said(MEDIA_TYPE, body))
}
