//! `GET evening`: what is to be gone through at the end of a day. Only what the data has: nothing is recorded yet
//! of acts returned for correction (返回补正) or of decisions that somebody waits for, so these lists are empty.

use axum::Json;
use axum::extract::State;
use lastmile_core::document::RecordView;
use lastmile_core::rules::Texts;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::day::{Act, Acts, Missing, act_kinds, bounds, day_of};
use super::words::Text;
use crate::http::AppState;
use crate::http::api::access::Reader;
use crate::http::api::input::{CourtPath, MOST};
use crate::http::incident_view::PersonRef;
use crate::http::problem::Problem;
use crate::law::LawError;
use crate::server::Server;
use crate::store::RecordRow;

/// A rule that somebody entitled set aside.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetAside {
    /// Record id.
    record: String,
    /// Case number.
    case_no: String,
    /// The rule.
    rule: Missing,
    /// Who set it aside.
    by: PersonRef,
    /// When, as recorded.
    at: Option<String>,
    /// Why.
    reason: String,
}

/// An act that was returned for correction.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Returned {
    record: String,
    case_no: String,
    title: String,
    reason: String,
    at: String,
}

/// A decision that somebody waits for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Awaited {
    record: String,
    case_no: String,
    what: Text,
    asked_by: PersonRef,
    at: String,
}

/// What is to be gone through in the evening.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Evening {
    /// Acts of the day that are not finalised; at most 200.
    unfinished: Vec<Act>,
    /// Rules that were set aside in the day's acts, with the reason.
    overrides: Vec<SetAside>,
    /// Acts that were returned for correction: none while nothing of it is recorded.
    returned: Vec<Returned>,
    /// Decisions that are waited for: none while nothing of it is recorded.
    approvals: Vec<Awaited>,
}

/// What is to be gone through this evening
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/evening",
    tag = "office",
    params(CourtPath),
    responses((status = 200, description = "Today's list", body = Evening))
)]
pub(super) async fn evening(
    _: Reader,
    State(state): State<AppState>,
) -> Result<Json<Evening>, Problem> {
    Ok(Json(state.run(today).await??))
}

fn today(server: &Server) -> Result<Evening, LawError> {
    let directory = server.directory()?;
    let bounds = day_of(server.now_ms()).and_then(bounds).unwrap_or_default();
    server.store().read(|reading| {
        let start = (i64::MIN, &[][..]);
        let kinds = act_kinds(server.kinds());
        let rows = reading.records_of_day(&kinds, bounds, start, usize::from(MOST))?;
        let mut acts = Acts::new(server, reading, &directory)?;
        let mut evening = Evening::default();
        for row in rows {
            let act = acts.act(&row)?;
            evening.overrides.extend(overrides(&acts, &row));
            if !act.finalised {
                evening.unfinished.push(act);
            }
        }
        Ok(evening)
    })
}

/// Rules set aside in a record: each item of a collection whose items name a rule and a reason.
fn overrides(acts: &Acts<'_>, row: &RecordRow) -> Vec<SetAside> {
    let Some(view) = acts.view(row) else { return Vec::new() };
    let facts = view.facts();
    let mut found = Vec::new();
    for collection in ["overrides", "president_overrides"] {
        let items = facts[collection].as_array().into_iter().flatten();
        for item in items.filter(|item| item["struck"] != true) {
            let text = |name: &str| item[name].as_str().map(str::to_owned);
            let (Some(rule), Some(reason)) = (text("rule"), text("reason")) else { continue };
            let known = acts.law.rules().rule(&rule).map(|rule| rule.title.clone());
            let title = known.unwrap_or_else(|| Texts { zh: rule.clone(), en: rule.clone() });
            found.push(SetAside {
                record: row.id.to_hex(),
                case_no: row.case_no.clone(),
                rule: acts.rule(&rule, &title),
                by: acts.names.person(author(view, collection, item).unwrap_or_default()),
                at: text("decided_at"),
                reason,
            });
        }
    }
    found
}

/// Who added an item.
fn author<'a>(view: &'a RecordView, collection: &str, item: &Value) -> Option<&'a str> {
    let id = item["id"].as_str()?;
    let added = view.state.items(collection).iter().find(|item| item.id == id)?.added_by;
    Some(view.change(added)?.provenance.person.as_str())
}
