//! `GET /v1/courts/{court}/map`: what a console's map is drawn from: stations and the areas they serve, as the
//! court's packs say. No tiles: a court that has some names them in its own deployment.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use lastmile_core::pack::area::{Area, AreaPack, PointE7};
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::Role;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::CourtPath;
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use crate::accounts::sign_in::Who;
use crate::assistance::desk::may_see;
use crate::assistance::lives::life;
use crate::publish::stored;
use crate::server::Server;

/// An accuracy that no phone stated, metres.
const UNSTATED_M: f64 = 200.0;

/// A station on the map.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StationPoint {
    /// Code.
    code: String,
    /// Name.
    name: String,
    /// An RFC 5870 URI in WGS-84.
    position: Option<String>,
    /// Duty telephone (值班电话), if the court has one.
    duty_phone: Option<String>,
}

/// What the map is drawn from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MapView {
    /// Stations.
    stations: Vec<StationPoint>,
    /// The areas they serve: GeoJSON (RFC 7946), WGS-84.
    areas: Value,
    /// Where crews were last seen whose requests this person handles; no fix is older than half an hour.
    crews: Vec<CrewFix>,
}

/// Where somebody of a crew was last seen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CrewFix {
    /// Staff id.
    person: String,
    /// Name by the roster.
    name: String,
    /// An RFC 5870 URI.
    position: String,
    /// Radius around it, metres; 200 when the phone did not say.
    accuracy_m: f64,
    /// How old the fix is, seconds.
    age_s: u32,
}

/// What a console's map is drawn from
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/map",
    tag = "console",
    params(CourtPath),
    responses((status = 200, description = "Stations and areas", body = MapView))
)]
pub(super) async fn map(
    State(state): State<AppState>,
    console: Console,
) -> Result<Json<MapView>, Problem> {
    if !console.who.is(&[Role::Dispatcher, Role::Command, Role::President, Role::Admin]) {
        return Err(ProblemCode::NotYourRole.into());
    }
    Ok(Json(state.run(move |server| drawn(server, &console.who)).await??))
}

fn drawn(server: &Server, who: &Who) -> Result<MapView, Problem> {
    let (stations, areas) = server.store().read::<_, Problem>(|reading| {
        let unreadable = |_| Problem::new(ProblemCode::Internal);
        let stations = stored::<StationPack>(reading, server.court()).map_err(unreadable)?;
        let areas = stored::<AreaPack>(reading, server.court()).map_err(unreadable)?;
        Ok((stations.unwrap_or_default(), areas.unwrap_or_default()))
    })?;
    // Those that stations serve; a court's pack has every division down to the village.
    let served = stations.stations.iter().filter_map(|station| areas.find(&station.area));
    let features: Vec<Value> = served.map(feature).collect();
    let points = stations.stations.into_iter().map(|station| StationPoint {
        code: station.code,
        name: station.name,
        position: station.position,
        duty_phone: station.duty_phone,
    });
    Ok(MapView {
        stations: points.collect(),
        areas: json!({ "type": "FeatureCollection", "features": features }),
        crews: crews(server, who)?,
    })
}

/// Crews whose open requests this person may see.
fn crews(server: &Server, who: &Who) -> Result<Vec<CrewFix>, Problem> {
    let seen = server.positions().seen(server.now_ms());
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    server.store().read::<_, Problem>(|reading| {
        let unreadable = |_| Problem::new(ProblemCode::Internal);
        let roster = stored::<RosterPack>(reading, server.court()).map_err(unreadable)?;
        let roster = roster.unwrap_or_default();
        let open = reading.open_requests_of_desk()?;
        let mut mine = BTreeSet::new();
        for row in open {
            let asked = seen.iter().any(|one| one.requests.contains(&row.document));
            if asked && may_see(who, &life(reading, row.document)?) {
                mine.insert(row.document);
            }
        }
        let shown = seen.into_iter().filter(|one| !one.requests.is_disjoint(&mine));
        let shown = shown.map(|one| CrewFix {
            name: roster
                .find(&one.person)
                .map_or_else(|| one.person.clone(), |staff| staff.name.clone()),
            position: one.position.to_string(),
            accuracy_m: one.position.accuracy_m().unwrap_or(UNSTATED_M),
            age_s: one.age_s,
            person: one.person,
        });
        Ok(shown.collect())
    })
}

fn feature(area: &Area) -> Value {
    let degrees = |[lon, lat]: &PointE7| [f64::from(*lon) / 1e7, f64::from(*lat) / 1e7];
    let ring = |ring: &Vec<PointE7>| ring.iter().map(degrees).collect::<Vec<_>>();
    let polygon = |rings: &Vec<Vec<PointE7>>| rings.iter().map(ring).collect::<Vec<_>>();
    let polygons: Vec<_> = area.polygons.iter().map(polygon).collect();
    json!({
        "type": "Feature",
        "properties": { "code": area.code, "name": area.name },
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
    })
}
