//! Hostile and malformed area files, ours and those of geojsonhint.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::identifier::coordinate;

fn hostile(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/hostile").join(path)
}

fn parse(text: &str) -> Result<AreaSet, AreaError> {
    AreaSet::from_geojson(text.as_bytes(), "code", Limits::default())
}

fn feature(geometry: &serde_json::Value) -> String {
    json!({"type": "Feature", "properties": {"code": "a"}, "geometry": geometry}).to_string()
}

fn square(west: f64, south: f64) -> serde_json::Value {
    let (east, north) = (west + 0.1, south + 0.1);
    json!({"type": "Polygon", "coordinates":
        [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}

#[test]
fn the_hostile_files_are_refused_each_with_its_reason() {
    for (name, code) in [
        ("geojson_crs_3857.geojson", "area_file_crs"),
        ("geojson_deep_nesting_20000.geojson", "area_file_too_deep"),
        ("geojson_nan_infinity.geojson", "area_file_shape"),
        ("geojson_swapped_lat_lon.geojson", coordinate::SWAPPED.code),
    ] {
        let bytes = fs::read(hostile("generated").join(name)).unwrap();
        let error = AreaSet::from_geojson(&bytes, "code", Limits::default()).unwrap_err();
        assert_eq!(error.code(), code, "{name}");
        assert!(!error.zh().is_empty() && !error.to_string().is_empty());
    }
}

#[test]
fn a_polygon_that_crosses_itself_is_loaded_and_reported() {
    let bytes = fs::read(hostile("generated/geojson_self_intersecting_bowtie.geojson")).unwrap();
    let set = AreaSet::from_geojson(&bytes, "name", Limits::default()).unwrap();
    assert_eq!(set.findings().len(), 1);
    assert_eq!(set.findings()[0].code, "蝴蝶结");
    assert_eq!(set.findings()[0].reason, CROSSES_ITSELF);
    assert!(parse(&feature(&square(113.0, 23.0))).unwrap().findings().is_empty());
}

/// geojsonhint's files carry no codes, so every feature is given one.
fn with_codes(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let give = |feature: &mut serde_json::Value, at: usize| {
        if let Some(object) = feature.as_object_mut()
            && !object.get("properties").is_some_and(serde_json::Value::is_array)
        {
            object.insert("properties".to_owned(), json!({"code": at.to_string()}));
        }
    };
    let kind = file.get("type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    match kind.as_str() {
        "FeatureCollection" => {
            if let Some(features) = file.get_mut("features").and_then(|f| f.as_array_mut()) {
                features.iter_mut().enumerate().for_each(|(at, feature)| give(feature, at));
            }
        }
        "Feature" => give(&mut file, 0),
        "Polygon" | "MultiPolygon" => {
            file = json!({"type": "Feature", "properties": {"code": "0"}, "geometry": file});
        }
        _ => {}
    }
    Some(file.to_string().into_bytes())
}

fn outcomes(folder: &str) -> Vec<(String, String)> {
    let mut outcomes: Vec<(String, String)> =
        fs::read_dir(hostile("geojsonhint/test/data").join(folder))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let bytes = fs::read(&path).unwrap();
                let bytes = with_codes(&bytes).unwrap_or(bytes);
                let outcome = match AreaSet::from_geojson(&bytes, "code", Limits::default()) {
                    Ok(set) => format!("{} areas", set.areas().len()),
                    Err(error) => error.code().to_owned(),
                };
                (path.file_name().unwrap().to_string_lossy().into_owned(), outcome)
            })
            .collect();
    outcomes.sort();
    outcomes
}

#[test]
fn of_the_good_files_the_polygons_load_and_the_rest_is_no_area() {
    let outcomes = outcomes("good");
    assert!(outcomes.len() >= 18);
    for (name, outcome) in outcomes {
        let expected = match name.as_str() {
            "good-polygon.geojson" | "multipolygon.geojson" => "1 areas",
            "nullgeometry.geojson" => "area_no_geometry",
            "nullproperties.geojson" => "coordinate_zero", // a point at 0,0
            "issue82.geojson" => "coordinate_range",       // latitudes below -90
            _ => "area_not_polygon",
        };
        assert_eq!(outcome, expected, "{name}");
    }
}

#[test]
fn of_the_bad_files_only_those_load_whose_fault_is_harmless_here() {
    let outcomes = outcomes("bad");
    assert!(outcomes.len() >= 35);
    let loaded: Vec<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.ends_with("areas"))
        .map(|(name, _)| name.as_str())
        .collect();
    // Faults of style: the winding order, and a height in one of two equal positions.
    assert_eq!(
        loaded,
        [
            "bad-polygon-interiorring-rhr.geojson",
            "different-first-size.geojson",
            "polygon_winding_order.geojson"
        ]
    );
}

#[test]
fn limits_hold() {
    let text = feature(&square(113.0, 23.0));
    let with = |limits: Limits| {
        AreaSet::from_geojson(text.as_bytes(), "code", limits).map(|_| ()).map_err(|e| e.code())
    };
    let default = Limits::default();
    assert_eq!(with(default), Ok(()));
    assert_eq!(with(Limits { bytes: text.len() - 1, ..default }), Err("area_file_too_large"));
    assert_eq!(with(Limits { vertices: 4, ..default }), Err("area_file_too_many_vertices"));
    assert_eq!(with(Limits { features: 0, ..default }), Err("area_file_too_many_features"));
    assert_eq!(with(Limits { depth: 4, ..default }), Err("area_file_too_deep"));
    // Brackets in a name are not nesting.
    let name = "[".repeat(100);
    let named = json!({"type": "Feature", "properties": {"code": "a", "name": name}, "geometry": square(113.0, 23.0)});
    assert!(parse(&named.to_string()).is_ok());
}

#[test]
fn codes_are_present_and_unique_text_or_numbers() {
    let collection = |codes: [serde_json::Value; 2]| {
        let features: Vec<_> = codes
            .into_iter()
            .map(|code| json!({"type": "Feature", "properties": {"code": code}, "geometry": square(113.0, 23.0)}))
            .collect();
        parse(&json!({"type": "FeatureCollection", "features": features}).to_string())
    };
    let set = collection([json!("440605121"), json!(440_605_122)]).unwrap();
    assert!(set.get("440605121").is_some() && set.get("440605122").is_some());
    assert_eq!(collection([json!("a"), json!("a")]), Err(AreaError::DuplicateCode(2)));
    for bad in [json!(""), json!(null), json!(1.5), json!("a\u{0}"), json!("x".repeat(201))] {
        assert_eq!(collection([json!("a"), bad]), Err(AreaError::NoCode(2)));
    }
}

#[test]
fn coordinates_and_rings_are_checked() {
    let ring = |points: &[[f64; 2]]| feature(&json!({"type": "Polygon", "coordinates": [points]}));
    let (a, b, c) = ([113.0, 23.0], [113.1, 23.0], [113.1, 23.1]);
    assert_eq!(parse(&ring(&[a, b, c])), Err(AreaError::Ring(1)));
    assert_eq!(parse(&ring(&[a, b, c, [113.0, 23.1]])), Err(AreaError::Ring(1)));
    let vertex = |reason| Err(AreaError::Vertex { feature: 1, reason });
    assert_eq!(parse(&ring(&[[23.0, 113.0], a, b, a])), vertex(coordinate::SWAPPED));
    assert_eq!(parse(&ring(&[[181.0, 23.0], a, b, a])), vertex(coordinate::RANGE));
    assert_eq!(parse(&ring(&[[0.0, 0.0], a, b, a])), vertex(coordinate::ZERO));
    for empty in [json!([]), json!([[]])] {
        assert_eq!(
            parse(&feature(&json!({"type": "Polygon", "coordinates": empty}))),
            Err(AreaError::Ring(1))
        );
    }
    assert_eq!(
        parse(&feature(&json!({"type": "MultiPolygon", "coordinates": []}))),
        Err(AreaError::Ring(1))
    );
    assert_eq!(parse(r#"{"type":"FeatureCollection","features":[]}"#), Err(AreaError::Empty));
}

#[test]
fn reference_systems() {
    let with = |member: &str, value: serde_json::Value| {
        let mut file = json!({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"code": "a"}, "geometry": square(113.0, 23.0)}]});
        file.as_object_mut().unwrap().insert(member.to_owned(), value);
        parse(&file.to_string()).map(|_| ()).map_err(|e| e.code())
    };
    let named = |name: &str| json!({"type": "name", "properties": {"name": name}});
    assert_eq!(with("crs", named("urn:ogc:def:crs:OGC:1.3:CRS84")), Ok(()));
    assert_eq!(with("crs", named("urn:ogc:def:crs:EPSG::4490")), Ok(()));
    assert_eq!(with("crs", named("urn:ogc:def:crs:EPSG::3857")), Err("area_file_crs"));
    assert_eq!(with("crs", json!(null)), Err("area_file_crs"));
    assert_eq!(with("datum", json!("GCJ-02")), Err("area_file_crs"));
    assert_eq!(with("datum", json!("CGCS2000 (= WGS-84 within 1 m)")), Ok(()));
}

proptest! {
    /// Cuts and changed bytes of a valid file: never a panic.
    #[test]
    fn damaged_files_never_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let mut bytes = feature(&square(113.0, 23.0)).into_bytes();
        bytes.truncate(bytes.len().saturating_sub(cut % 50));
        if let Some(target) = bytes.get_mut(at) {
            *target = byte;
        }
        let _ = AreaSet::from_geojson(&bytes, "code", Limits::default());
    }
}
