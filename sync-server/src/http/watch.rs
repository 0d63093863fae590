//! `POST /v1/courts/{court}/watch`: a phone's promise before a dead zone, and its check-ins; `GET
//! /v1/courts/{court}/watches`: which crews are to be heard of, for the command centre.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::records::Role;
use lastmile_core::sync::watch::{MAX_LEN, MEDIA_TYPE};
use serde::Serialize;
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::api::moment;
use super::incidents::desk_problem;
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use super::sync::{arrived, said};
use crate::assistance::silence::{self, SilenceError};
use crate::publish::stored;
use crate::server::Server;
use crate::store::{Reading, WatchRow};

/// What is over is shown for so long, and so many of them.
const OVER_MS: i64 = 24 * 60 * 60 * 1_000;
const MOST_OVER: u32 = 200;

impl From<SilenceError> for Problem {
    fn from(error: SilenceError) -> Self {
        match error {
            SilenceError::Asker(error) => error.into(),
            SilenceError::Message(field) => Self::new(ProblemCode::BadBody).with("field", field),
            SilenceError::NotOfCrew => ProblemCode::NotYourRole.into(),
            SilenceError::Unknown => ProblemCode::UnknownWatch.into(),
            SilenceError::NoOpenRequest => ProblemCode::NoOpenRequest.into(),
            SilenceError::TooMany => ProblemCode::WatchesTooMany.into(),
            SilenceError::Desk(error) => desk_problem(error),
        }
    }
}

/// Leaves a promise, or says that a crew is heard of
///
/// One JSON message, described by `docs/protocol/watch.md`; the device signs the token of the request. The same
/// promise twice is one.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/watch",
    tag = "sync",
    params(CourtPath),
    request_body(content(("application/vnd.lastmile.watch+json"))),
    responses((
        status = 200,
        description = "Until when they have to be heard of",
        content(("application/vnd.lastmile.watch+json"))
    ))
)]
pub(super) async fn watch(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (bytes, token) = arrived(&state, &court, &headers, (MEDIA_TYPE, MAX_LEN), body).await?;
    let answer = state.run(move |server| silence::take(server, &bytes, &token)).await??;
    let body = serde_json::to_vec(&answer).map_err(|_| ProblemCode::Internal)?;
    Ok(said(MEDIA_TYPE, body))
}

/// Somebody of a crew.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CrewMember {
    /// Staff id.
    person: String,
    /// Name by the roster.
    name: String,
}

/// A promise of a crew.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WatchView {
    /// 32 hexadecimal digits.
    id: String,
    /// Case number.
    case_no: String,
    /// Who went, the one who promised first.
    crew: Vec<CrewMember>,
    /// Where, in words.
    place: String,
    /// Where, an RFC 5870 URI.
    position: Option<String>,
    /// When the server received it, RFC 3339.
    received: String,
    /// `quiet`, `overdue`, `raised`, `heard_late`, `kept`.
    standing: &'static str,
    /// In words: Chinese.
    zh: &'static str,
    /// In words: English.
    en: &'static str,
    /// When the next thing is due: the deadline, or the moment help is called, RFC 3339.
    until: Option<String>,
    /// When they were last heard of.
    heard: Option<String>,
    /// The incident that was raised.
    incident: Option<String>,
}

/// Promises of crews.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Watches {
    /// RFC 3339.
    server_time: String,
    /// Those that are not over, the oldest first; then those of the last day.
    items: Vec<WatchView>,
}

/// Which crews are to be heard of
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/watches",
    tag = "console",
    params(CourtPath),
    responses((status = 200, description = "Promises", body = Watches))
)]
pub(super) async fn promises(
    State(state): State<AppState>,
    console: Console,
) -> Result<Json<Watches>, Problem> {
    if !console.who.is(&[Role::Command]) {
        return Err(ProblemCode::NotYourRole.into());
    }
    Ok(Json(state.run(watches).await??))
}

fn watches(server: &Server) -> Result<Watches, Problem> {
    let now_ms = server.now_ms();
    server.store().read::<_, Problem>(|reading| {
        let roster: Option<RosterPack> =
            stored(reading, server.court()).map_err(|_| ProblemCode::Internal)?;
        let staff = roster.unwrap_or_default().staff.into_iter();
        let names: BTreeMap<_, _> = staff.map(|staff| (staff.id, staff.name)).collect();
        let mut rows = reading.watches_open()?;
        rows.extend(reading.watches_over(now_ms.saturating_sub(OVER_MS), MOST_OVER)?);
        let views = rows.iter().map(|row| view(reading, row, &names, now_ms));
        let items = views.collect::<Result<_, Problem>>()?;
        Ok(Watches { server_time: moment(now_ms), items })
    })
}

fn view(
    reading: &Reading<'_>,
    row: &WatchRow,
    names: &BTreeMap<String, String>,
    now_ms: i64,
) -> Result<WatchView, Problem> {
    let promise = silence::promise_of(row)?;
    let stands = silence::stands(reading, row, now_ms)?;
    let label = stands.label();
    let member = |person: String| CrewMember {
        name: names.get(&person).cloned().unwrap_or_else(|| person.clone()),
        person,
    };
    Ok(WatchView {
        id: data_encoding::HEXLOWER.encode(&row.id),
        case_no: promise.case,
        crew: promise.crew.into_iter().map(member).collect(),
        place: promise.place,
        position: promise.position,
        received: moment(row.received_ms),
        standing: stands.code(),
        zh: label.zh,
        en: label.en,
        until: stands.next_ms().map(moment),
        heard: reading.watch_words(&row.id)?.last().map(|(at_ms, _)| moment(*at_ms)),
        incident: row.raised.map(|id| id.to_hex()),
    })
}
