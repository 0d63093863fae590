//! `/v1/courts/{court}/duty`: who of the police is on duty (值班警力), as each station writes it down. A plan is
//! written whole, and two people do it at the change of a shift: whoever saves names the version that was on the
//! screen, and is refused with the plan as it stands when somebody else was faster.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use lastmile_core::assistance::suggest::MAX_FIX_AGE_S;
use lastmile_core::id::sha256;
use lastmile_core::records::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, Told};
use super::api::moment;
use super::incident_view::{Desk, StationName};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use super::unit_out::{LentUnit, lent};
use crate::assistance::engaged::engaged;
use crate::server::Server;
use crate::store::{DutyRow, Reading};

/// Shifts of one plan at most.
const MOST_SHIFTS: usize = 200;
/// Longest name of a unit, characters, as in a step.
const LONGEST_UNIT: usize = 100;
/// A shift is at most this long.
const LONGEST_SHIFT_MS: i64 = 36 * 60 * 60 * 1_000;

/// A unit of the police on duty.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DutyShift {
    /// Its station.
    station: StationName,
    /// What the unit is called.
    unit: String,
    /// From, RFC 3339.
    from: String,
    /// Until, RFC 3339.
    until: String,
    /// Age of its last fix, seconds; absent when there is none of the last half hour.
    fix_age_s: Option<u32>,
}

/// Who is on duty now and later.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DutyPlan {
    /// RFC 3339.
    server_time: String,
    /// Of one's own station's plan, to be named in `If-Match` by whoever saves another; absent for whoever writes
    /// none. The header `ETag` says the same.
    version: Option<String>,
    /// By station, unit and time.
    shifts: Vec<DutyShift>,
    /// Units of one's own station, for the command centre of all, that are at another station's request.
    lent: Vec<LentUnit>,
}

/// A shift as a station writes it down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShift {
    /// What the unit is called, 巡逻一组.
    #[schema(max_length = 100)]
    unit: String,
    /// From, RFC 3339.
    from: String,
    /// Until, RFC 3339; at most 36 hours later.
    until: String,
}

/// The plan of a station, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPlan {
    /// At most 200.
    shifts: Vec<NewShift>,
}

/// Who of the police is on duty
///
/// A station's own plan; for the command centre all of them.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/duty",
    tag = "console",
    params(CourtPath),
    responses((
        status = 200, description = "The plan", body = DutyPlan,
        headers(("etag" = String, description = "The version of one's own station's plan"))
    ))
)]
pub(super) async fn duty(
    State(state): State<AppState>,
    console: Console,
) -> Result<Response, Problem> {
    let read = move |server: &Server| {
        server.store().read::<_, Problem>(|reading| plan(server, reading, &console))
    };
    Ok(tagged(state.run(read).await??))
}

/// Writes down who is on duty at one's own station, in place of what was written before
///
/// When somebody else has saved another plan meanwhile, nothing is saved: 412 `duty_plan_moved`, with the `plan`
/// as it stands. The plan that stands already may be sent again.
#[utoipa::path(
    put,
    path = "/v1/courts/{court}/duty",
    operation_id = "set_duty",
    tag = "console",
    params(
        CourtPath,
        ("if-match" = String, Header, description = "The `version` that was read, in quotes"),
    ),
    request_body = NewPlan,
    responses((
        status = 200, description = "The plan", body = DutyPlan,
        headers(("etag" = String, description = "Its version"))
    ))
)]
pub(super) async fn set_duty(
    State(state): State<AppState>,
    console: Console,
    headers: HeaderMap,
    Told(asked): Told<NewPlan>,
) -> Result<Response, Problem> {
    let station = writes(&console).ok_or(ProblemCode::NotYourRole)?.to_owned();
    let rows = rows(&station, asked)?;
    let seen = headers.get(header::IF_MATCH).ok_or(ProblemCode::DutyPlanUnread)?;
    let seen = seen.as_bytes().to_owned();
    let set = move |server: &Server| {
        server.store().write::<_, Problem>(|writing| {
            let stands = writing.duty_of(&station)?;
            if stands == rows {
                // The answer to the first one was lost.
                return plan(server, writing, &console);
            }
            if quoted(&version(&stands)).as_bytes() != seen {
                let plan = serde_json::to_value(plan(server, writing, &console)?);
                let moved = Problem::new(ProblemCode::DutyPlanMoved);
                return Err(moved.with("plan", plan.unwrap_or_default()));
            }
            writing.set_duty(&station, &rows)?;
            plan(server, writing, &console)
        })
    };
    Ok(tagged(state.run(set).await??))
}

/// The station whose plan this person writes.
fn writes(console: &Console) -> Option<&str> {
    console.who.station.as_deref().filter(|_| console.who.is(&[Role::Dispatcher]))
}

fn tagged(plan: DutyPlan) -> Response {
    let tag = plan.version.as_deref().map(|version| [(header::ETAG, quoted(version))]);
    (tag, Json(plan)).into_response()
}

fn quoted(version: &str) -> String {
    format!("\"{version}\"")
}

/// What a plan says, whoever wrote it: who has seen the same shifts has seen this version.
fn version(rows: &[DutyRow]) -> String {
    // No name of a unit has control characters.
    let line = |row: &DutyRow| format!("{}\n{}\n{}\n", row.unit, row.from_ms, row.until_ms);
    let text: String = rows.iter().map(line).collect();
    HEXLOWER.encode(&sha256(text.as_bytes())[..16])
}

fn plan(server: &Server, reading: &Reading<'_>, console: &Console) -> Result<DutyPlan, Problem> {
    let all = console.who.is(&[Role::Command, Role::President]);
    if !all && !console.who.is(&[Role::Dispatcher]) {
        return Err(ProblemCode::NotYourRole.into());
    }
    let desk = Desk::reads(server, reading, console.who.clone())?;
    let now_ms = server.now_ms();
    let own = |row: &DutyRow| all || console.who.station.as_ref() == Some(&row.station);
    let shown = reading.duty(now_ms)?.into_iter().filter(own).map(|row| DutyShift {
        fix_age_s: server
            .unit_fixes()
            .of(&row.station, &row.unit)
            .and_then(|(_, at_ms)| u32::try_from((now_ms - at_ms) / 1_000).ok())
            .filter(|age_s| *age_s <= MAX_FIX_AGE_S),
        station: desk.station_name(row.station),
        unit: row.unit,
        from: moment(row.from_ms),
        until: moment(row.until_ms),
    });
    let version = match writes(console) {
        Some(station) => Some(version(&reading.duty_of(station)?)),
        None => None,
    };
    let shifts = shown.collect();
    let station = console.who.station.as_deref().filter(|_| !all);
    let lent = lent(&desk, reading, &engaged(reading, None)?, station)?;
    Ok(DutyPlan { server_time: moment(now_ms), version, shifts, lent })
}

fn rows(station: &str, asked: NewPlan) -> Result<Vec<DutyRow>, Problem> {
    let bad = |index: usize, field: &str| {
        Problem::new(ProblemCode::BadBody).with("field", format!("shifts[{index}].{field}"))
    };
    if asked.shifts.len() > MOST_SHIFTS {
        return Err(Problem::new(ProblemCode::BadBody).with("field", "shifts"));
    }
    let mut rows: Vec<DutyRow> = Vec::with_capacity(asked.shifts.len());
    for (index, shift) in asked.shifts.into_iter().enumerate() {
        let instant = |text: &str, field| {
            let at: jiff::Timestamp = text.parse().map_err(|_| bad(index, field))?;
            Ok::<_, Problem>(at.as_millisecond())
        };
        let (from_ms, until_ms) = (instant(&shift.from, "from")?, instant(&shift.until, "until")?);
        if !(1..=LONGEST_SHIFT_MS).contains(&(until_ms.saturating_sub(from_ms))) {
            return Err(bad(index, "until"));
        }
        let unit = shift.unit.trim().to_owned();
        if !is_unit(&unit) {
            return Err(bad(index, "unit"));
        }
        if rows.iter().any(|row| row.unit == unit && row.from_ms == from_ms) {
            return Err(bad(index, "from"));
        }
        rows.push(DutyRow { station: station.to_owned(), unit, from_ms, until_ms });
    }
    rows.sort_by(|a, b| (&a.unit, a.from_ms).cmp(&(&b.unit, b.from_ms)));
    Ok(rows)
}

pub(super) fn is_unit(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= LONGEST_UNIT && !name.chars().any(char::is_control)
}
