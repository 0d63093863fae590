//! Areas from GeoJSON (RFC 7946, WGS-84 by definition), and the demonstration's police stations
//! derived from them: one per town, labelled as not official, because real station areas are not
//! public.

use geo::{InteriorPoint, Validation};
use geojson::{Feature, FeatureCollection, GeometryValue, Position};
use lastmile_core::pack::{
    area::{Area, AreaPack, PolygonE7},
    check::Extra,
    grid::Source,
    problem::Fault,
    station::{Station, StationPack},
};
use serde_json::Value as Json;

use super::{
    report::Findings,
    source::{Origin, Sources},
};

/// Said wherever a derived station is shown.
pub const DERIVED_NOTE: &str = "辖区由镇街边界推算,仅供演示,并非公安机关公布的辖区。 / Area derived from the town polygon for demonstration; not an official police area.";

/// Reads the features of a collection as areas. The places of problems come from `origin`, the
/// collection's own.
pub fn read(
    collection: &FeatureCollection,
    origin: &Origin,
    sources: &Sources,
    findings: &mut Findings,
) -> AreaPack {
    let mut note = |path: &str, fault| sources.note(origin, path, fault, findings);
    let foreign = collection.foreign_members.as_ref();
    let member = |name: &str| foreign.and_then(|members| members.get(name));
    if let Some(crs) = member("crs")
        && !is_wgs84(crs)
    {
        note(
            "crs",
            Fault::error(
                "crs_not_wgs84",
                "坐标系不是WGS-84,请转换后再导入。",
                "The coordinate system is not WGS-84; convert the file first.",
            ),
        );
    }
    let mut areas = Vec::new();
    for (index, feature) in collection.features.iter().enumerate() {
        match area(feature) {
            Ok(area) => areas.push(area),
            Err(fault) => note(&format!("features[{index}]"), fault),
        }
    }
    let name = member("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    AreaPack {
        datum: "wgs84".into(),
        source: Source { name, ..Source::default() },
        areas,
        ..AreaPack::default()
    }
}

/// The old `crs` member may name only what RFC 7946 prescribes anyway; CGCS2000 (EPSG:4490) agrees
/// with it within a metre.
fn is_wgs84(crs: &Json) -> bool {
    let text = crs.to_string().to_uppercase();
    ["CRS84", "4326", "4490"].iter().any(|name| text.contains(name))
}

fn area(feature: &Feature) -> Result<Area, Fault> {
    let property = |names: &[&str]| {
        let properties = feature.properties.as_ref()?;
        names.iter().find_map(|name| match properties.get(*name)? {
            Json::String(text) => Some(text.trim().to_owned()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let polygons = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => vec![polygon(coordinates)?],
        Some(GeometryValue::MultiPolygon { coordinates }) => {
            coordinates.iter().map(|rings| polygon(rings)).collect::<Result<_, _>>()?
        }
        _ => {
            return Err(Fault::error(
                "geometry_not_polygon",
                "要素必须是面(Polygon或MultiPolygon)。",
                "A feature must be a Polygon or a MultiPolygon.",
            ));
        }
    };
    Ok(Area {
        code: property(&["code", "adcode", "代码"]).unwrap_or_default(),
        name: property(&["name", "名称"]).unwrap_or_default(),
        parent: property(&["areaCode", "city_adcode", "parent"]).unwrap_or_default(),
        polygons,
        extra: Extra::new(),
    })
}

fn polygon(rings: &[Vec<Position>]) -> Result<PolygonE7, Fault> {
    let rings: PolygonE7 =
        rings.iter().map(|ring| ring.iter().map(point).collect()).collect::<Result<_, _>>()?;
    if rings.is_empty() || !to_geo(&rings).is_valid() {
        return Err(Fault::error(
            "polygon_invalid",
            "边界自相交或未闭合,请在地图软件中修复。",
            "The polygon crosses itself or is not closed; repair it in a GIS.",
        ));
    }
    Ok(rings)
}

fn point(position: &Position) -> Result<[i32; 2], Fault> {
    let (lon, lat) = match position.as_slice() {
        [lon, lat, ..] => (*lon, *lat),
        _ => return Err(point_invalid()),
    };
    Ok([e7(lon)?, e7(lat)?])
}

/// Degrees as whole 1e-7 degrees.
fn e7(degrees: f64) -> Result<i32, Fault> {
    if !(-180.0..=180.0).contains(&degrees) {
        return Err(point_invalid());
    }
    // In range by the check above: 180e7 fits an i32.
    #[allow(clippy::cast_possible_truncation)]
    Ok((degrees * 1e7).round() as i32)
}

fn point_invalid() -> Fault {
    Fault::error(
        "point_invalid",
        "坐标应为[经度, 纬度](度,WGS-84)。",
        "A point must be [lon, lat] in degrees, WGS-84.",
    )
}

fn to_geo(rings: &PolygonE7) -> geo::Polygon<f64> {
    let ring = |points: &Vec<[i32; 2]>| -> geo::LineString<f64> {
        points.iter().map(|[lon, lat]| (f64::from(*lon) / 1e7, f64::from(*lat) / 1e7)).collect()
    };
    let mut rings = rings.iter().map(ring);
    let outer = rings.next().unwrap_or_else(|| geo::LineString::new(Vec::new()));
    geo::Polygon::new(outer, rings.collect())
}

/// One station per area, named after the town, at a point inside it.
pub fn derive_stations(areas: &AreaPack) -> StationPack {
    let stations = areas
        .areas
        .iter()
        .map(|area| {
            let town = ["街道", "镇"]
                .iter()
                .find_map(|kind| area.name.strip_suffix(kind))
                .unwrap_or(&area.name);
            let shape = geo::MultiPolygon::new(area.polygons.iter().map(to_geo).collect());
            Station {
                code: format!("D{}", area.code),
                name: format!("{town}派出所"),
                duty_phone: None,
                area: area.code.clone(),
                position: shape
                    .interior_point()
                    .map(|at| format!("geo:{:.6},{:.6};crs=wgs84", at.y(), at.x())),
                derived: true,
                note: DERIVED_NOTE.to_owned(),
                extra: Extra::new(),
            }
        })
        .collect();
    StationPack {
        court: areas.court.clone(),
        version: areas.version,
        as_of: areas.as_of,
        source: Source { note: DERIVED_NOTE.to_owned(), ..areas.source.clone() },
        stations,
        extra: Extra::new(),
    }
}
