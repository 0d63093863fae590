//! `/v1/courts/{court}/sms`: the gateway that polls. Court networks let nothing out, so the gateway comes and asks:
//! it hands in what telephones sent and fetches what they are to be sent. And `/v1/courts/{court}/texts`: what no
//! machine could carry out, for people.

use axum::Json;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use lastmile_core::records::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::access;
use super::api::input::{CourtPath, Segments, Told};
use super::api::moment;
use super::incidents::desk_problem;
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use crate::operator::OperatorRole;
use crate::server::Server;
use crate::sms::queue::{self, Sent};
use crate::sms::take;

/// Texts are shown to people for so long.
const SHOWN_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Texts shown at most, the latest ones.
const MOST_SHOWN: usize = 200;

/// Proof that the request comes from a gateway.
#[derive(Debug)]
pub(super) struct Gateway;

impl FromRequestParts<AppState> for Gateway {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        match access::operator(&parts.headers, state).await?.role {
            OperatorRole::Gateway => {}
            OperatorRole::Admin => return Err(ProblemCode::NoContentForAdmin.into()),
            OperatorRole::Command => return Err(ProblemCode::NotYourRole.into()),
        }
        let path = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemCode::BadPath))?;
        let court = path.iter().find(|(name, _)| *name == "court").map(|(_, court)| court);
        if court != Some(state.server.court()) {
            return Err(ProblemCode::WrongCourt.into());
        }
        Ok(Self)
    }
}

/// A text that a telephone sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IncomingText {
    /// The telephone it came from.
    #[schema(max_length = 32)]
    from: String,
    /// The text, word for word.
    #[schema(max_length = 1000)]
    text: String,
    /// When the gateway got it; the server's clock counts.
    #[serde(default)]
    #[allow(dead_code)] // read so that whoever writes it is not refused
    at: Option<String>,
}

/// What was said of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TextVerdict {
    /// `sms_taken`, `sms_again`, `sms_older`, or why it changed nothing: see `docs/protocol/sms.md`.
    verdict: String,
}

/// Hands in a text that a telephone sent
///
/// Whatever it says, it is kept: answered 202, so that the gateway forgets it. The same text twice is the same as
/// once.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/sms",
    tag = "gateway",
    params(CourtPath),
    request_body = IncomingText,
    responses((status = 202, description = "What was said of it", body = TextVerdict))
)]
pub(super) async fn incoming(
    State(state): State<AppState>,
    _gateway: Gateway,
    Told(text): Told<IncomingText>,
) -> Result<Response, Problem> {
    if !take::fits(&text.from, &text.text) {
        return Err(ProblemCode::BadBody.into());
    }
    let verdict = state
        .run(move |server| take::take(server, &text.from, &text.text))
        .await?
        .map_err(desk_problem)?;
    Ok((StatusCode::ACCEPTED, Json(TextVerdict { verdict })).into_response())
}

/// A text to be sent.
#[derive(Serialize, ToSchema)]
pub(super) struct OutgoingText {
    /// Its name, for what became of it.
    id: String,
    /// The telephone it goes to.
    to: String,
    /// The text: at most 160 characters of the GSM alphabet, or 70 of UCS-2.
    text: String,
    /// When it was made, RFC 3339.
    made: String,
}

/// What is to be sent.
#[derive(Serialize, ToSchema)]
pub(super) struct OutgoingTexts {
    /// The oldest first.
    items: Vec<OutgoingText>,
}

/// Texts that are to be sent
///
/// Each is listed until the gateway says what became of it, or until it is too old to be true.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/sms/outgoing",
    tag = "gateway",
    params(CourtPath),
    responses((status = 200, description = "Texts", body = OutgoingTexts))
)]
pub(super) async fn outgoing(
    State(state): State<AppState>,
    _gateway: Gateway,
) -> Result<Json<OutgoingTexts>, Problem> {
    let rows = state.run(|server| queue::waiting(server, queue::MOST)).await??;
    let items = rows.into_iter().map(|row| OutgoingText {
        id: row.place.to_string(),
        to: row.receiver,
        text: row.body,
        made: moment(row.made_ms),
    });
    Ok(Json(OutgoingTexts { items: items.collect() }))
}

/// A text that was to be sent.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OutgoingPath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where the gateway's token is checked
    court: String,
    /// Its `id`.
    #[param(pattern = "^[0-9]{1,18}$")]
    id: String,
}

/// What became of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Became {
    /// `sent` or `failed`.
    state: String,
}

/// Says what became of a text
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/sms/outgoing/{id}",
    tag = "gateway",
    params(OutgoingPath),
    request_body = Became,
    responses((status = 204, description = "Noted"))
)]
pub(super) async fn became(
    State(state): State<AppState>,
    _gateway: Gateway,
    Segments(path): Segments<OutgoingPath>,
    Told(asked): Told<Became>,
) -> Result<StatusCode, Problem> {
    let place: u64 =
        path.id.parse().map_err(|_| Problem::new(ProblemCode::BadPath).with("name", "id"))?;
    let sent = Sent::from_code(&asked.state)
        .ok_or_else(|| Problem::new(ProblemCode::BadBody).with("field", "state"))?;
    let known = state.run(move |server| queue::became(server, place, sent)).await??;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(ProblemCode::UnknownText.into()) }
}

/// A text that no machine could carry out.
#[derive(Serialize, ToSchema)]
pub(super) struct TextView {
    /// When it first came, RFC 3339.
    at: String,
    /// The telephone it came from.
    from: String,
    /// The text.
    text: String,
    /// Why it changed nothing, a code.
    verdict: String,
    /// How often it came.
    times: u64,
}

/// A text that could not be sent.
#[derive(Serialize, ToSchema)]
pub(super) struct UndeliveredText {
    /// When it was made, RFC 3339.
    at: String,
    /// The telephone it was to go to.
    to: String,
    /// The text.
    text: String,
}

/// What a person has to look at.
#[derive(Serialize, ToSchema)]
pub(super) struct Texts {
    /// Texts of the last week that changed nothing, the latest first: each may be a call for help.
    items: Vec<TextView>,
    /// Texts of the last week that no gateway could send.
    undelivered: Vec<UndeliveredText>,
}

/// Text messages that a person has to look at
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/texts",
    tag = "console",
    params(CourtPath),
    responses((status = 200, description = "Texts", body = Texts))
)]
pub(super) async fn texts(
    State(state): State<AppState>,
    console: Console,
) -> Result<Json<Texts>, Problem> {
    if !console.who.is(&[Role::Command, Role::Dispatcher]) {
        return Err(ProblemCode::NotYourRole.into());
    }
    Ok(Json(state.run(unsettled).await??))
}

fn unsettled(server: &Server) -> Result<Texts, Problem> {
    let since_ms = server.now_ms().saturating_sub(SHOWN_MS);
    server.store().read::<_, Problem>(|reading| {
        let items = reading.texts_unsettled(since_ms, MOST_SHOWN)?.into_iter();
        let failed = reading.outgoing_texts(Sent::Failed.code(), since_ms, MOST_SHOWN)?;
        let failed = failed.into_iter().map(|row| UndeliveredText {
            at: moment(row.made_ms),
            to: row.receiver,
            text: row.body,
        });
        let view = |row: crate::store::TextRow| TextView {
            at: moment(row.received_ms),
            from: row.sender,
            text: row.body,
            verdict: row.verdict,
            times: row.times,
        };
        Ok(Texts { items: items.map(view).collect(), undelivered: failed.collect() })
    })
}
