//! Reading areas from GeoJSON (RFC 7946) that anybody may have made: bounded in size, depth, features
//! and vertices; refused as a whole with a reason when anything is wrong.

use std::collections::BTreeSet;

use ::geo::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{Feature, GeoJson, Geometry, GeometryValue, JsonObject, JsonValue, Position};

use super::area::{Area, AreaFinding, AreaSet, CROSSES_ITSELF, NOT_CHECKED};
use super::crossing::{self, Crossing};
use crate::identifier::Reason;
use crate::identifier::coordinate::check_numbers;

/// How much a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Brackets within brackets. A collection of multi-polygons needs eight.
    pub depth: usize,
    /// Features.
    pub features: usize,
    /// Vertices in all features together.
    pub vertices: usize,
    /// Pairs of edges compared when looking for polygons that cross themselves.
    pub comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 * 1024 * 1024,
            depth: 16,
            features: 5_000,
            vertices: 200_000,
            comparisons: 20_000_000,
        }
    }
}

/// Why a file of areas was refused. Features are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// More bytes than allowed.
    #[error("the file is larger than {0} bytes")]
    TooLarge(usize),
    /// Nested deeper than any GeoJSON needs.
    #[error("the file is nested deeper than {0} levels")]
    TooDeep(usize),
    /// Not JSON, or not GeoJSON. `NaN` and numbers beyond 1e308 are not JSON.
    #[error("the file is not GeoJSON (line {line})")]
    Shape {
        /// Where reading stopped; 0 when the structure as a whole is wrong.
        line: usize,
    },
    /// More features than allowed.
    #[error("the file has more than {0} features")]
    TooManyFeatures(usize),
    /// More vertices than allowed.
    #[error("the file has more than {0} vertices")]
    TooManyVertices(usize),
    /// Another reference system than WGS-84 or CGCS2000.
    #[error("the file is not in WGS-84 or CGCS2000; convert it first")]
    Crs,
    /// No feature at all.
    #[error("the file holds no area")]
    Empty,
    /// A feature without geometry.
    #[error("feature {0} has no geometry")]
    NoGeometry(usize),
    /// A feature that is no area.
    #[error("feature {0} is no polygon")]
    NotPolygon(usize),
    /// A ring with fewer than four positions, or not closed.
    #[error("feature {0} has a ring that is too short or not closed")]
    Ring(usize),
    /// A position that is swapped, out of range, or not a pair of numbers.
    #[error("feature {feature} has an unusable position: {reason}")]
    Vertex {
        /// Which feature.
        feature: usize,
        /// What is wrong with the position.
        reason: Reason,
    },
    /// No usable code under the property that should hold it.
    #[error("feature {0} has no code")]
    NoCode(usize),
    /// Codes are keys.
    #[error("feature {0} repeats the code of an earlier one")]
    DuplicateCode(usize),
}

impl AreaError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "area_file_too_large",
            Self::TooDeep(_) => "area_file_too_deep",
            Self::Shape { .. } => "area_file_shape",
            Self::TooManyFeatures(_) => "area_file_too_many_features",
            Self::TooManyVertices(_) => "area_file_too_many_vertices",
            Self::Crs => "area_file_crs",
            Self::Empty => "area_file_empty",
            Self::NoGeometry(_) => "area_no_geometry",
            Self::NotPolygon(_) => "area_not_polygon",
            Self::Ring(_) => "area_ring",
            Self::Vertex { reason, .. } => reason.code,
            Self::NoCode(_) => "area_no_code",
            Self::DuplicateCode(_) => "area_duplicate_code",
        }
    }

    /// The sentence an administrator reads.
    pub fn zh(&self) -> String {
        match self {
            Self::TooLarge(bytes) => format!("区域文件超过{bytes}字节,未导入。"),
            Self::TooDeep(levels) => format!("区域文件嵌套超过{levels}层,未导入。"),
            Self::Shape { line } => format!("区域文件不是有效的GeoJSON(第{line}行附近),未导入。"),
            Self::TooManyFeatures(most) => format!("区域文件的要素超过{most}个,未导入。"),
            Self::TooManyVertices(most) => format!("区域文件的顶点超过{most}个,未导入。"),
            Self::Crs => "区域文件的坐标系不是WGS-84或CGCS2000,请先转换。".to_owned(),
            Self::Empty => "区域文件中没有区域,未导入。".to_owned(),
            Self::NoGeometry(at) => format!("第{at}个要素没有图形,未导入。"),
            Self::NotPolygon(at) => format!("第{at}个要素不是面,未导入。"),
            Self::Ring(at) => format!("第{at}个要素的边界点不足或未闭合,未导入。"),
            Self::Vertex { feature, reason } => {
                format!("第{feature}个要素的坐标有误:{}", reason.zh)
            }
            Self::NoCode(at) => format!("第{at}个要素缺少编码,未导入。"),
            Self::DuplicateCode(at) => format!("第{at}个要素的编码与前面的重复,未导入。"),
        }
    }
}

impl AreaSet {
    /// Reads areas whose code stands in the property `code_property` (text or whole number) and
    /// whose name, if any, in `name`.
    pub fn from_geojson(
        bytes: &[u8],
        code_property: &str,
        limits: Limits,
    ) -> Result<Self, AreaError> {
        if bytes.len() > limits.bytes {
            return Err(AreaError::TooLarge(limits.bytes));
        }
        if deeper_than(bytes, limits.depth) {
            return Err(AreaError::TooDeep(limits.depth));
        }
        let file: GeoJson =
            serde_json::from_slice(bytes).map_err(|e| AreaError::Shape { line: e.line() })?;
        let features = features(file)?;
        if features.len() > limits.features {
            return Err(AreaError::TooManyFeatures(limits.features));
        }
        let mut reader = Reader {
            code_property,
            limits,
            vertices: 0,
            comparisons: limits.comparisons,
            codes: BTreeSet::new(),
            findings: Vec::new(),
        };
        let mut areas = Vec::with_capacity(features.len());
        for (at, feature) in features.into_iter().enumerate() {
            areas.push(reader.area(at + 1, feature)?);
        }
        if areas.is_empty() {
            return Err(AreaError::Empty);
        }
        Ok(Self::new(areas, reader.findings))
    }
}

fn features(file: GeoJson) -> Result<Vec<Feature>, AreaError> {
    match file {
        GeoJson::FeatureCollection(collection) => {
            check_crs(collection.foreign_members.as_ref())?;
            Ok(collection.features)
        }
        GeoJson::Feature(feature) => Ok(vec![feature]),
        GeoJson::Geometry(geometry) => Ok(vec![Feature::from(geometry)]),
    }
}

struct Reader<'a> {
    code_property: &'a str,
    limits: Limits,
    vertices: usize,
    comparisons: u64,
    codes: BTreeSet<String>,
    findings: Vec<AreaFinding>,
}

impl Reader<'_> {
    fn area(&mut self, at: usize, feature: Feature) -> Result<Area, AreaError> {
        check_crs(feature.foreign_members.as_ref())?;
        let geometry = feature.geometry.ok_or(AreaError::NoGeometry(at))?;
        check_crs(geometry.foreign_members.as_ref())?;
        let shape = self.shape(at, &geometry)?;
        let text = |name: &str| feature.properties.as_ref().and_then(|p| property(p, name));
        let code = text(self.code_property).ok_or(AreaError::NoCode(at))?;
        if !self.codes.insert(code.clone()) {
            return Err(AreaError::DuplicateCode(at));
        }
        for polygon in &shape {
            match crossing::find(polygon, &mut self.comparisons) {
                Crossing::None => continue,
                Crossing::Found => self.report(&code, CROSSES_ITSELF),
                Crossing::Unknown => self.report(&code, NOT_CHECKED),
            }
            break; // once per area
        }
        Area::new(code, text("name"), shape).ok_or(AreaError::Ring(at))
    }

    fn report(&mut self, code: &str, reason: Reason) {
        self.findings.push(AreaFinding { code: code.to_owned(), reason });
    }

    fn shape(&mut self, at: usize, geometry: &Geometry) -> Result<MultiPolygon<f64>, AreaError> {
        match &geometry.value {
            GeometryValue::Polygon { coordinates } => {
                Ok(MultiPolygon(vec![self.polygon(at, coordinates)?]))
            }
            GeometryValue::MultiPolygon { coordinates } => {
                if coordinates.is_empty() {
                    return Err(AreaError::Ring(at));
                }
                coordinates
                    .iter()
                    .map(|rings| self.polygon(at, rings))
                    .collect::<Result<_, _>>()
                    .map(MultiPolygon)
            }
            GeometryValue::Point { coordinates } => {
                self.vertex(at, coordinates)?; // a swapped point is worth naming as such
                Err(AreaError::NotPolygon(at))
            }
            _ => Err(AreaError::NotPolygon(at)),
        }
    }

    fn polygon(&mut self, at: usize, rings: &[Vec<Position>]) -> Result<Polygon<f64>, AreaError> {
        let mut rings =
            rings.iter().map(|ring| self.ring(at, ring)).collect::<Result<Vec<_>, _>>()?;
        if rings.is_empty() {
            return Err(AreaError::Ring(at));
        }
        let exterior = rings.remove(0);
        Ok(Polygon::new(exterior, rings))
    }

    fn ring(&mut self, at: usize, ring: &[Position]) -> Result<LineString<f64>, AreaError> {
        let coords =
            ring.iter().map(|position| self.vertex(at, position)).collect::<Result<Vec<_>, _>>()?;
        if coords.len() < 4 || coords.first() != coords.last() {
            return Err(AreaError::Ring(at));
        }
        Ok(LineString(coords))
    }

    fn vertex(&mut self, at: usize, position: &Position) -> Result<Coord<f64>, AreaError> {
        self.vertices += 1;
        if self.vertices > self.limits.vertices {
            return Err(AreaError::TooManyVertices(self.limits.vertices));
        }
        // Longitude first, and possibly a height.
        let ([lon, lat] | [lon, lat, _]) = position.as_slice() else {
            return Err(AreaError::Shape { line: 0 });
        };
        check_numbers(*lat, *lon).map_err(|reason| AreaError::Vertex { feature: at, reason })?;
        Ok(Coord { x: *lon, y: *lat })
    }
}

/// A property as text: a non-empty text of at most 200 bytes without control characters, or a whole
/// number.
fn property(properties: &JsonObject, name: &str) -> Option<String> {
    let text = match properties.get(name)? {
        JsonValue::String(text) => text.trim().to_owned(),
        JsonValue::Number(number) if number.is_u64() => number.to_string(),
        _ => return None,
    };
    let usable = !text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control);
    usable.then_some(text)
}

/// Refuses a `crs` (GeoJSON of 2008) or `datum` (our own files) that is not WGS-84 or CGCS2000.
fn check_crs(members: Option<&JsonObject>) -> Result<(), AreaError> {
    let Some(members) = members else { return Ok(()) };
    if let Some(crs) = members.get("crs") {
        let name = crs.pointer("/properties/name").and_then(JsonValue::as_str).unwrap_or_default();
        let known = [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            "urn:ogc:def:crs:EPSG::4490",
            "EPSG:4326",
            "EPSG:4490",
        ];
        if !known.contains(&name) {
            return Err(AreaError::Crs);
        }
    }
    if let Some(datum) = members.get("datum") {
        let datum = datum.as_str().unwrap_or_default();
        if !(datum.starts_with("WGS-84") || datum.starts_with("CGCS2000")) {
            return Err(AreaError::Crs);
        }
    }
    Ok(())
}

/// Whether brackets are nested deeper than `most`, outside strings. Runs before the JSON parser so
/// that nothing recurses into a hostile file.
fn deeper_than(bytes: &[u8], most: usize) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
