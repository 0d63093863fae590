//! `GET /v1/courts/{court}/map`: what a console's map is drawn from: stations and the areas they serve, as the
//! court's packs say. No tiles: a court that has some names them in its own deployment.

use axum::Json;
use axum::extract::State;
use lastmile_core::pack::area::{Area, AreaPack, PointE7};
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::Role;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::CourtPath;
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use crate::publish::stored;
use crate::server::Server;

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
    /// Crews with a recent fix; none while positions are not yet told.
    crews: Vec<Value>,
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
    Ok(Json(state.run(drawn).await??))
}

fn drawn(server: &Server) -> Result<MapView, Problem> {
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
        crews: Vec::new(),
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
