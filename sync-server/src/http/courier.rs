//! `POST /v1/courts/{court}/courier`: somebody's phone brings a bundle of somebody else.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use lastmile_core::courier::{Bundle, MEDIA_TYPE};
use lastmile_core::identity::Canonical;

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::problem::{Problem, ProblemCode};
use super::sync::{arrived, said};
use crate::courier::{self, CourierError};

impl From<CourierError> for Problem {
    fn from(error: CourierError) -> Self {
        match error {
            CourierError::Carrier(error) => error.into(),
            CourierError::Damaged => ProblemCode::CourierDamaged.into(),
            CourierError::UnknownKey => ProblemCode::CourierKeyUnknown.into(),
            CourierError::Refused(error) => {
                let reason = Self::from(error).code.code();
                Self::new(ProblemCode::CourierRefused).with("reason", reason)
            }
            CourierError::Receipt(error) => {
                Self::new(ProblemCode::CourierRefused).with("reason", error.code())
            }
        }
    }
}

/// Brings a sealed bundle for somebody else
///
/// One bundle as `docs/protocol/courier.cddl` describes it; the answer is the receipt for its sender.
/// The carrier's device signs the token; neither can be read by the carrier.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/courier",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.courier"))),
    responses((
        status = 200,
        description = "The receipt, sealed to the bundle's sender",
        content(("application/vnd.lastmile.courier"))
    ))
)]
pub(super) async fn courier(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (bundle, token) =
        arrived(&state, &court, &headers, (MEDIA_TYPE, Bundle::MAX_LEN), body).await?;
    state.counters.bytes_up.inc_by(bundle.len() as u64);
    let receipt = state.run(move |server| courier::deliver(server, &bundle, &token)).await??;
    state.counters.bytes_down.inc_by(receipt.len() as u64);
    Ok(said(MEDIA_TYPE, receipt))
}
