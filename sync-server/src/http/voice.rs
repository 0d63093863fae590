//! `POST /v1/courts/{court}/incidents`: a call for help by telephone or radio, as the person who took it wrote it
//! down.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lastmile_core::identity::transition::Told;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, Told as Body};
use super::incident_view::IncidentView;
use super::incidents::{desk_problem, incident};
use super::problem::{Problem, ProblemCode};
use super::resent::SentKey;
use super::session::Console;
use crate::assistance::join::Resembles;
use crate::assistance::voice;
use crate::server::Server;

/// A report by telephone or radio.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoiceReport {
    /// `voice` (the usual) or `radio`.
    #[serde(default = "by_voice")]
    how: String,
    /// When the call was, RFC 3339; at most twelve hours ago. All clocks run from here.
    called_at: String,
    /// Where, in words.
    place: String,
    /// Where, an RFC 5870 URI that names its datum.
    #[serde(default)]
    position: Option<String>,
    /// What happens there, a code.
    situation: String,
    /// What happens there, in words.
    #[serde(default)]
    situation_text: Option<String>,
    /// People there, about.
    #[serde(default)]
    people: Option<u64>,
    /// Weapons were seen.
    #[serde(default)]
    weapons: Option<bool>,
    /// Somebody is injured.
    #[serde(default)]
    injured: Option<bool>,
    /// Court staff on the spot.
    #[serde(default)]
    officers_on_site: Option<u64>,
    /// What is needed, codes.
    #[serde(default)]
    needs: Vec<String>,
    /// The number to call back.
    callback: String,
    /// Case number, if the caller named one.
    #[serde(default)]
    case_no: Option<String>,
}

fn by_voice() -> String {
    "voice".to_owned()
}

impl VoiceReport {
    fn told(self) -> Result<Told, Problem> {
        let called: jiff::Timestamp = self
            .called_at
            .parse()
            .map_err(|_| Problem::new(ProblemCode::BadBody).with("field", "called_at"))?;
        Ok(Told {
            how: self.how,
            called_ms: called.as_millisecond(),
            case: self.case_no,
            place: Some(self.place),
            position: self.position,
            situation: Some(self.situation),
            text: self.situation_text,
            people: self.people,
            weapons: self.weapons,
            injured: self.injured,
            officers: self.officers_on_site,
            needs: self.needs,
            callback: Some(self.callback),
            message: None,
        })
    }
}

/// An open incident that may be the same event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalView {
    /// The incident.
    id: String,
    /// Why, codes: `same_act`, `same_crew`, `same_case`, `same_place`.
    why: Vec<&'static str>,
}

/// What came of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportTaken {
    /// The incident.
    incident: IncidentView,
    /// Open incidents that may be the same event, the likeliest first. Those that certainly are were joined.
    proposed: Vec<ProposalView>,
}

/// Opens an incident from a call by telephone or radio
///
/// With an `idempotency-key` a report that is sent again is the same incident.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/incidents",
    tag = "console",
    params(CourtPath, SentKey),
    request_body = VoiceReport,
    responses((status = 201, description = "The incident", body = ReportTaken))
)]
pub(super) async fn report(
    State(state): State<AppState>,
    console: Console,
    key: SentKey,
    Body(asked): Body<VoiceReport>,
) -> Result<Response, Problem> {
    let told = asked.told()?;
    let key = key.of(&console);
    let taken = state.run(move |server| take(server, &console, told, key.as_deref())).await??;
    Ok((StatusCode::CREATED, Json(taken)).into_response())
}

fn take(
    server: &Server,
    console: &Console,
    told: Told,
    key: Option<&str>,
) -> Result<ReportTaken, Problem> {
    let taken = voice::take(server, &console.who, told, key).map_err(desk_problem)?;
    let view = |found: Resembles| ProposalView {
        id: found.with.to_hex(),
        why: found.because.iter().map(|because| because.code()).collect(),
    };
    Ok(ReportTaken {
        incident: incident(server, console, taken.document)?,
        proposed: taken.proposed.into_iter().map(view).collect(),
    })
}
