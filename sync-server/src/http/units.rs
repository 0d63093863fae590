//! Who could come: duty plans of stations (`duty`), fixes of police units (`units/positions`), and what follows from
//! both for one request (`incidents/{id}/nearest`).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lastmile_core::assistance::suggest::{Basis, Candidate, MAX_FIX_AGE_S};
use lastmile_core::geo::Position;
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, RecordPath, Segments, Told};
use super::api::moment;
use super::incident_view::{Desk, StationName};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use super::sms::Gateway;
use crate::assistance::facts::facts;
use crate::assistance::units::{self, nearest};
use crate::publish::stored;
use crate::server::Server;
use crate::store::{DutyRow, StoreError};

/// Shifts of one plan at most.
const MOST_SHIFTS: usize = 200;
/// Longest name of a unit, characters, as in a step.
const LONGEST_UNIT: usize = 100;
/// A shift is at most this long.
const LONGEST_SHIFT_MS: i64 = 36 * 60 * 60 * 1_000;
/// Fixes of one message at most.
const MOST_FIXES: usize = 500;

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
    /// By station, unit and time.
    shifts: Vec<DutyShift>,
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
    responses((status = 200, description = "The plan", body = DutyPlan))
)]
pub(super) async fn duty(
    State(state): State<AppState>,
    console: Console,
) -> Result<Json<DutyPlan>, Problem> {
    Ok(Json(state.run(move |server| plan(server, &console)).await??))
}

/// Writes down who is on duty at one's own station, in place of what was written before
#[utoipa::path(
    put,
    path = "/v1/courts/{court}/duty",
    operation_id = "set_duty",
    tag = "console",
    params(CourtPath),
    request_body = NewPlan,
    responses((status = 200, description = "The plan", body = DutyPlan))
)]
pub(super) async fn set_duty(
    State(state): State<AppState>,
    console: Console,
    Told(asked): Told<NewPlan>,
) -> Result<Json<DutyPlan>, Problem> {
    let station = console.who.station.clone().filter(|_| console.who.is(&[Role::Dispatcher]));
    let station = station.ok_or(ProblemCode::NotYourRole)?;
    let rows = rows(&station, asked)?;
    let set = move |server: &Server| {
        server.store().write::<_, StoreError>(|writing| writing.set_duty(&station, &rows))?;
        plan(server, &console)
    };
    Ok(Json(state.run(set).await??))
}

fn plan(server: &Server, console: &Console) -> Result<DutyPlan, Problem> {
    let all = console.who.is(&[Role::Command, Role::President]);
    if !all && !console.who.is(&[Role::Dispatcher]) {
        return Err(ProblemCode::NotYourRole.into());
    }
    let desk = Desk::new(server, console.who.clone())?;
    let now_ms = server.now_ms();
    let rows = server.store().read::<_, StoreError>(|reading| reading.duty(now_ms))?;
    let own = |row: &DutyRow| all || console.who.station.as_ref() == Some(&row.station);
    let shown = rows.into_iter().filter(own).map(|row| DutyShift {
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
    Ok(DutyPlan { server_time: moment(now_ms), shifts: shown.collect() })
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
    Ok(rows)
}

fn is_unit(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= LONGEST_UNIT && !name.chars().any(char::is_control)
}

/// Where a unit of the police is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitFix {
    /// Station code.
    station: String,
    /// What the unit is called.
    #[schema(max_length = 100)]
    unit: String,
    /// An RFC 5870 URI that names its datum.
    position: String,
    /// How old the fix is, seconds; older than half an hour is not taken.
    age_s: u32,
}

/// Where units of the police are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitFixes {
    /// 1 to 500.
    fixes: Vec<UnitFix>,
}

/// Says where units of the police are
///
/// For the gateway of a police force. Kept in memory, half an hour; all or nothing is taken.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/units/positions",
    operation_id = "unit_positions",
    tag = "gateway",
    params(CourtPath),
    request_body = UnitFixes,
    responses((status = 204, description = "Taken"))
)]
pub(super) async fn positions(
    State(state): State<AppState>,
    _gateway: Gateway,
    Told(told): Told<UnitFixes>,
) -> Result<StatusCode, Problem> {
    state.run(move |server| take(server, told)).await??;
    Ok(StatusCode::NO_CONTENT)
}

fn take(server: &Server, told: UnitFixes) -> Result<(), Problem> {
    let bad = |index: usize, field: &str| {
        Problem::new(ProblemCode::BadBody).with("field", format!("fixes[{index}].{field}"))
    };
    if !(1..=MOST_FIXES).contains(&told.fixes.len()) {
        return Err(Problem::new(ProblemCode::BadBody).with("field", "fixes"));
    }
    let stations = server.store().read::<_, Problem>(|reading| {
        let stations = stored::<StationPack>(reading, server.court());
        Ok(stations.map_err(|_| Problem::new(ProblemCode::Internal))?.unwrap_or_default())
    })?;
    let now_ms = server.now_ms();
    let mut fixes = Vec::with_capacity(told.fixes.len());
    for (index, fix) in told.fixes.into_iter().enumerate() {
        let position: Position = fix.position.parse().map_err(|_| bad(index, "position"))?;
        if fix.age_s > MAX_FIX_AGE_S {
            return Err(bad(index, "age_s"));
        }
        if stations.find(&fix.station).is_none() {
            return Err(bad(index, "station"));
        }
        // As a plan writes it.
        let unit = fix.unit.trim().to_owned();
        if !is_unit(&unit) {
            return Err(bad(index, "unit"));
        }
        let at_ms = now_ms - i64::from(fix.age_s) * 1_000;
        fixes.push(units::UnitFix { station: fix.station, unit, position, at_ms });
    }
    if server.unit_fixes().note(fixes, now_ms) {
        Ok(())
    } else {
        tracing::warn!("more police units tell their places than are kept");
        Err(ProblemCode::Busy.into())
    }
}

/// Somebody who could come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Near {
    /// What the unit is called; of a person of ours the name.
    unit: String,
    /// Its station, of police.
    station: Option<StationName>,
    /// In a straight line, metres.
    metres: u32,
    /// Estimated by that line and an average speed, minutes.
    minutes: u32,
    /// How old the fix is that it rests on, seconds; absent: as if it stood at its station.
    fix_age_s: Option<u32>,
    /// It is at another incident, or asks for help itself.
    busy: bool,
}

/// Who could come, the nearest free one first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nearest {
    /// Whether the request says where it is: without a place nobody is near.
    placed: bool,
    /// Units of the police on duty; a station sees its own.
    police: Vec<Near>,
    /// People of the court, for the command centre only.
    court: Vec<Near>,
}

/// Who could come to a request
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/incidents/{id}/nearest",
    tag = "console",
    params(RecordPath),
    responses((status = 200, description = "Who could come", body = Nearest))
)]
pub(super) async fn near(
    State(state): State<AppState>,
    console: Console,
    Segments(path): Segments<RecordPath>,
) -> Result<Json<Nearest>, Problem> {
    let id = path.document()?;
    let look = move |server: &Server| {
        let desk = Desk::new(server, console.who.clone())?;
        let all = console.who.is(&[Role::Command, Role::President]);
        server.store().read::<_, Problem>(|reading| {
            let row = reading.request(id)?.ok_or(ProblemCode::UnknownRecord)?;
            desk.see(reading, &row, false)?.ok_or(ProblemCode::UnknownRecord)?;
            let facts = facts(reading, id, reading.record(id)?.as_ref())?;
            let position = facts["head"]["position"].as_str();
            let Some(position) = position.and_then(|text| text.parse::<Position>().ok()) else {
                return Ok(Nearest { placed: false, police: Vec::new(), court: Vec::new() });
            };
            let station = console.who.station.as_deref().filter(|_| !all);
            let found = nearest(server, reading, id, position.coordinate(), station)?;
            let police = found.police.into_iter().map(|one| near_of(&desk, one, false));
            let court = found.court.into_iter().filter(|_| all);
            let court = court.map(|one| near_of(&desk, one, true)).collect();
            Ok(Nearest { placed: true, police: police.collect(), court })
        })
    };
    Ok(Json(state.run(look).await??))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "finite, not negative, at most half way round the earth"
)]
fn near_of(desk: &Desk, one: Candidate, person: bool) -> Near {
    Near {
        unit: if person { desk.name(&one.id) } else { one.id },
        station: one.station.map(|code| desk.station_name(code)),
        metres: one.metres.round() as u32,
        minutes: one.minutes,
        fix_age_s: match one.basis {
            Basis::Fix { age_s } => Some(age_s),
            Basis::Station => None,
        },
        busy: one.busy,
    }
}
