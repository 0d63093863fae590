//! `/v1/courts/{court}/incidents`: what people at consoles see of requests for police assistance, and the steps
//! they take. A station sees its own; the command centre sees all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lastmile_core::assistance::check::Unfit;
use lastmile_core::assistance::step::StepCode;
use lastmile_core::id::DocumentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{Asked, CourtPath, RecordPath, Segments, Told};
use super::api::moment;
use super::incident_view::{Desk, IncidentView};
use super::problem::{Problem, ProblemCode};
use super::resent::SentKey;
use super::session::Console;
use crate::assistance::desk::{self, DeskError, Wish};
use crate::server::Server;

/// Incidents that are over, shown at most; the newest ones.
const MOST: usize = 500;
/// What is over is shown for so long.
const OVER_MS: i64 = 24 * 60 * 60 * 1_000;

/// Which incidents.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct IncidentsQuery {
    /// `open` (the usual) or `closed`: over within the last day.
    pub state: Option<String>,
}

/// Incidents, and the server's clock by which theirs run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Incidents {
    /// RFC 3339.
    server_time: String,
    /// The newest received first.
    items: Vec<IncidentView>,
}

/// A step that a person takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStep {
    /// Its code.
    step: String,
    /// Station code: for a transfer; of a unit that the command centre sends from another station.
    #[serde(default)]
    station: Option<String>,
    /// The unit, in words.
    #[serde(default)]
    unit: Option<String>,
    /// When it is expected, RFC 3339.
    #[serde(default)]
    when: Option<String>,
    /// Another incident's id.
    #[serde(default)]
    other: Option<String>,
    /// Why, a code.
    #[serde(default)]
    reason: Option<String>,
    /// Words.
    #[serde(default)]
    note: Option<String>,
}

impl NewStep {
    fn wish(self) -> Result<Wish, Problem> {
        let bad = |name: &str| Problem::new(ProblemCode::BadBody).with("field", name);
        let when_ms = match &self.when {
            None => None,
            Some(text) => {
                let at: jiff::Timestamp = text.parse().map_err(|_| bad("when"))?;
                Some(at.as_millisecond())
            }
        };
        let other = match &self.other {
            None => None,
            Some(id) => Some(DocumentId::from_hex(id).map_err(|_| bad("other"))?),
        };
        let Self { step, station, unit, reason, note, .. } = self;
        Ok(Wish { step, station, unit, when_ms, other, reason, note })
    }
}

/// Requests for police assistance of this console
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/incidents",
    tag = "console",
    params(CourtPath, IncidentsQuery),
    responses((status = 200, description = "Incidents", body = Incidents))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    console: Console,
    Asked(asked): Asked<IncidentsQuery>,
) -> Result<Json<Incidents>, Problem> {
    let open = match asked.state.as_deref() {
        None | Some("open") => true,
        Some("closed") => false,
        Some(_) => return Err(Problem::new(ProblemCode::BadQuery).with("parameter", "state")),
    };
    let found = state.run(move |server| incidents(server, &console, open)).await??;
    Ok(Json(found))
}

fn incidents(server: &Server, console: &Console, open: bool) -> Result<Incidents, Problem> {
    let now_ms = server.now_ms();
    let desk = Desk::new(server, console.who.clone())?;
    let items = server.store().read::<_, Problem>(|reading| {
        let mut items = Vec::new();
        let rows = if open {
            reading.open_requests_of_desk()?
        } else {
            reading.ended_requests_of_desk(now_ms - OVER_MS, MOST)?
        };
        for row in rows {
            items.extend(desk.see(reading, &row, false)?);
        }
        Ok(items)
    })?;
    Ok(Incidents { server_time: moment(now_ms), items })
}

/// One request for police assistance, with everything that was done about it
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/incidents/{id}",
    tag = "console",
    params(RecordPath),
    responses((status = 200, description = "The incident", body = IncidentView))
)]
pub(super) async fn one(
    State(state): State<AppState>,
    console: Console,
    Segments(path): Segments<RecordPath>,
) -> Result<Json<IncidentView>, Problem> {
    let id = path.document()?;
    Ok(Json(state.run(move |server| incident(server, &console, id)).await??))
}

pub(super) fn incident(
    server: &Server,
    console: &Console,
    id: DocumentId,
) -> Result<IncidentView, Problem> {
    let desk = Desk::new(server, console.who.clone())?;
    server.store().read::<_, Problem>(|reading| {
        let row = reading.request(id)?.ok_or(ProblemCode::UnknownRecord)?;
        Ok(desk.see(reading, &row, true)?.ok_or(ProblemCode::UnknownRecord)?)
    })
}

/// Takes a step
///
/// A step that does not fit is answered 409 with the incident as it stands: somebody else was faster.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/incidents/{id}/steps",
    tag = "console",
    params(RecordPath, SentKey),
    request_body = NewStep,
    responses((status = 200, description = "The incident after the step", body = IncidentView))
)]
pub(super) async fn step(
    State(state): State<AppState>,
    Segments(path): Segments<RecordPath>,
    console: Console,
    key: SentKey,
    Told(asked): Told<NewStep>,
) -> Result<Response, Problem> {
    let id = path.document()?;
    let wish = asked.wish()?;
    // The same key with something put right is another request.
    let key = key.of(&console).map(|key| format!("{key} {} {wish:?}", id.to_hex()));
    let again = state.resent.knows(key.as_ref());
    let done = state
        .run(move |server| {
            // The answer to the first one was lost: what it did stands, and is shown.
            if again { incident(server, &console, id) } else { take(server, &console, id, &wish) }
        })
        .await?;
    if done.is_ok() {
        state.resent.note(key);
    }
    done.map(|incident| (StatusCode::OK, Json(incident)).into_response())
}

/// Incidents that one shift takes over at most.
const MOST_HANDED_OVER: usize = 200;

/// A shift takes over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOver {
    /// Words for all of them.
    #[serde(default)]
    note: Option<String>,
    /// Which incidents.
    incidents: Vec<String>,
}

/// What became of a hand-over.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandedOver {
    /// The incidents as they stand now, taken over or not: each says who has it.
    incidents: Vec<IncidentView>,
}

/// Takes over open incidents from the shift before: one signed step each
///
/// An incident that cannot be taken over any more (it ended meanwhile) is returned as it stands.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/handover",
    tag = "console",
    params(CourtPath),
    request_body = HandOver,
    responses((status = 200, description = "The incidents", body = HandedOver))
)]
pub(super) async fn hand_over(
    State(state): State<AppState>,
    console: Console,
    Told(asked): Told<HandOver>,
) -> Result<Json<HandedOver>, Problem> {
    let bad = || Problem::new(ProblemCode::BadBody).with("field", "incidents");
    if asked.incidents.len() > MOST_HANDED_OVER {
        return Err(bad());
    }
    let ids = asked.incidents.iter().map(|id| DocumentId::from_hex(id).map_err(|_| bad()));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    let step = StepCode::TakenOver.code().to_owned();
    let wish = Wish { step, note: asked.note, ..Wish::default() };
    let done = state
        .run(move |server| {
            ids.into_iter()
                .map(|id| match desk::take(server, &console.who, id, &wish) {
                    Ok(_) | Err(DeskError::Unfit(..)) => incident(server, &console, id),
                    Err(error) => Err(desk_problem(error)),
                })
                .collect::<Result<Vec<_>, Problem>>()
        })
        .await??;
    Ok(Json(HandedOver { incidents: done }))
}

fn take(
    server: &Server,
    console: &Console,
    id: DocumentId,
    wish: &Wish,
) -> Result<IncidentView, Problem> {
    match desk::take(server, &console.who, id, wish) {
        Ok(_) => {
            let desk = Desk::new(server, console.who.clone())?;
            server.store().read::<_, Problem>(|reading| {
                let row = reading.request(id)?.ok_or(ProblemCode::UnknownRecord)?;
                desk.stands(reading, &row)
            })
        }
        Err(DeskError::Unfit(unfit, _)) => {
            let incident = serde_json::to_value(incident(server, console, id)?);
            Err(refused(&unfit).with("incident", incident.unwrap_or_default()))
        }
        Err(error) => Err(desk_problem(error)),
    }
}

pub(super) fn desk_problem(error: DeskError) -> Problem {
    match error {
        DeskError::Unfit(unfit, _) => refused(&unfit),
        DeskError::Unknown => ProblemCode::UnknownRecord.into(),
        DeskError::Report(field) => Problem::new(ProblemCode::BadBody).with("field", field),
        DeskError::Note => ProblemCode::BadBody.into(),
        DeskError::Store(error) => error.into(),
        DeskError::Issue(error) => {
            tracing::error!(code = error.code(), "a step was not signed");
            ProblemCode::Internal.into()
        }
    }
}

/// Why a step does not fit, in the words a dispatcher reads.
fn refused(unfit: &Unfit) -> Problem {
    let texts = unfit.texts();
    Problem::new(ProblemCode::StepUnfit)
        .detail(texts.zh)
        .with("detail_en", texts.en)
        .with("reason", unfit.code())
}
