//! Where a unit of the police was sent, as a console shows it: to its own station as well, when the command centre sent
//! it to another's request. Of that request no more is told there than the place.

use serde::Serialize;
use utoipa::ToSchema;

use super::api::moment;
use super::incident_view::{Desk, StationName};
use crate::assistance::engaged::{Engaged, Out};
use crate::assistance::facts::facts;
use crate::store::{Reading, StoreError};

/// Where a unit was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitOut {
    /// The station that has the request.
    station: StationName,
    /// Where, in words; empty when nobody said.
    place: String,
    /// When it was sent, RFC 3339.
    since: String,
    /// It is there.
    arrived: bool,
}

/// A unit that the command centre sent to another station's request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LentUnit {
    /// Its own station.
    station: StationName,
    /// What the unit is called.
    unit: String,
    /// Where it was sent.
    out: UnitOut,
}

/// How a console shows where a unit was sent.
pub(super) fn shown(desk: &Desk, reading: &Reading<'_>, out: &Out) -> Result<UnitOut, StoreError> {
    let facts = facts(reading, out.document, reading.record(out.document)?.as_ref())?;
    Ok(UnitOut {
        station: desk.station_name(out.station.clone()),
        place: facts["head"]["place"].as_str().unwrap_or_default().to_owned(),
        since: moment(out.since_ms),
        arrived: out.arrived,
    })
}

/// The units of a station that are at other stations' requests; without a station, those of all.
pub(super) fn lent(
    desk: &Desk,
    reading: &Reading<'_>,
    engaged: &Engaged,
    station: Option<&str>,
) -> Result<Vec<LentUnit>, StoreError> {
    let away = engaged.units.iter().filter(|((own, _), out)| {
        *own != out.station && station.is_none_or(|station| station == own)
    });
    away.map(|((own, unit), out)| {
        let out = shown(desk, reading, out)?;
        Ok(LentUnit { station: desk.station_name(own.clone()), unit: unit.clone(), out })
    })
    .collect()
}
