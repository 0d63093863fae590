//! `POST /v1/courts/{court}/enrol`: a phone shows a one-time code and its new keys, and gets
//! certificates. Needs no token: the code is one.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use lastmile_core::identity::Canonical;
use lastmile_core::identity::enrolment::{EnrolmentRequest, MEDIA_TYPE};
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::problem::{Problem, ProblemCode};
use crate::court::CourtError;
use crate::enrol::{EnrolError, redeem};

impl From<EnrolError> for Problem {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Message(error) => {
                Self::new(ProblemCode::MalformedRequest).with("reason", error.code())
            }
            EnrolError::Possession(_) => ProblemCode::NoPossession.into(),
            EnrolError::WrongCourt => ProblemCode::WrongCourt.into(),
            EnrolError::Unknown => ProblemCode::EnrolmentUnknown.into(),
            EnrolError::Locked => ProblemCode::EnrolmentLocked.into(),
            EnrolError::Revoked => ProblemCode::EnrolmentRevoked.into(),
            EnrolError::Used => ProblemCode::EnrolmentUsed.into(),
            EnrolError::Expired => ProblemCode::EnrolmentExpired.into(),
            EnrolError::Protection(demanded) => {
                Self::new(ProblemCode::EnrolmentProtection).with("protection", demanded)
            }
            EnrolError::KeyCertified => ProblemCode::KeyCertified.into(),
            EnrolError::NoRole => ProblemCode::EnrolmentNoRole.into(),
            EnrolError::Court(CourtError::Store(error)) => error.into(),
            EnrolError::Court(error) => {
                tracing::error!(code = error.code(), "enrolment failed");
                ProblemCode::Internal.into()
            }
        }
    }
}

/// Turns a one-time code and new keys into certificates
///
/// One CBOR message each way, described by `docs/protocol/enrolment.cddl`. Asked again with the same
/// code and keys it gives the same certificates.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/enrol",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.enrolment"))),
    responses((
        status = 200,
        description = "Certificates",
        content(("application/vnd.lastmile.enrolment"))
    ))
)]
pub(super) async fn enrol(
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
    let bytes = tokio::time::timeout(state.limits.body, to_bytes(body, EnrolmentRequest::MAX_LEN))
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTimeout))?
        .map_err(|_| Problem::new(ProblemCode::MessageTooLarge))?;
    let answer = state.run(move |server| redeem(server, &bytes)).await??;
    let headers =
        [(header::CONTENT_TYPE.as_str(), MEDIA_TYPE), (PROTOCOL_HEADER, PROTOCOL_VERSION)];
    Ok((StatusCode::OK, headers, answer.encode()).into_response())
}
