//! Who could come: fixes of police units (`units/positions`), and what follows from them and from the duty plans
//! ([`super::duty`]) for one request (`incidents/{id}/nearest`).

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
use super::duty::is_unit;
use super::incident_view::{Desk, StationName};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use super::sms::Gateway;
use super::unit_out::{UnitOut, shown};
use crate::assistance::facts::facts;
use crate::assistance::units::{self, nearest};
use crate::publish::stored;
use crate::server::Server;

/// Half way round the earth, metres: more or less than this says nothing.
const MOST_PLUS_MINUS_M: f64 = 20_040_000.0;
/// Fixes of one message at most.
const MOST_FIXES: usize = 500;

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
    /// In a straight line, metres; absent: nobody knows.
    metres: Option<u32>,
    /// It may be so many metres more or less, by what is known of both places; absent with `metres`: reckoned as if it
    /// stood at its station.
    plus_minus_m: Option<u32>,
    /// Estimated by that line and an average speed, minutes.
    minutes: Option<u32>,
    /// How old the fix is that it rests on, seconds; absent: nobody knows where it is.
    fix_age_s: Option<u32>,
    /// By distance it cannot be told from another one of the list: neither is nearer.
    alike: bool,
    /// It is at another incident, or asks for help itself.
    busy: bool,
    /// Where a unit of the police was sent that is busy.
    out: Option<UnitOut>,
}

/// Who could come: whoever is free first, of those the nearest first as far as distance tells, and last those whose
/// place nobody knows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nearest {
    /// Whether the request says where it is: without a place nobody is near, and all who are on duty are listed.
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
            let position = position.and_then(|text| text.parse::<Position>().ok());
            let station = console.who.station.as_deref().filter(|_| !all);
            let (found, engaged) = nearest(server, reading, id, position, station)?;
            let mut police = Vec::new();
            for one in found.police {
                let key = (one.station.clone().unwrap_or_default(), one.id.clone());
                let out = engaged.units.get(&key);
                let out = out.map(|out| shown(&desk, reading, out)).transpose()?;
                police.push(near_of(&desk, one, false, out));
            }
            let court = found.court.into_iter().filter(|_| all);
            let court = court.map(|one| near_of(&desk, one, true, None)).collect();
            Ok(Nearest { placed: position.is_some(), police, court })
        })
    };
    Ok(Json(state.run(look).await??))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "finite, not negative, at most half way round the earth"
)]
fn near_of(desk: &Desk, one: Candidate, person: bool, out: Option<UnitOut>) -> Near {
    Near {
        unit: if person { desk.name(&one.id) } else { one.id },
        station: one.station.map(|code| desk.station_name(code)),
        metres: one.distance.map(|far| far.metres.round() as u32),
        plus_minus_m: one
            .distance
            .and_then(|far| far.plus_minus_m)
            .map(|metres| metres.min(MOST_PLUS_MINUS_M).ceil() as u32),
        minutes: one.distance.map(|far| far.minutes),
        fix_age_s: match one.basis {
            Basis::Fix { age_s } => Some(age_s),
            Basis::Station | Basis::Nothing => None,
        },
        alike: one.alike,
        busy: one.busy,
        out,
    }
}
