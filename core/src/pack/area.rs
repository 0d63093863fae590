//! Areas on the ground (镇街、辖区): polygons in WGS-84, as whole numbers of 1e-7 degree (about a
//! centimetre) so that the same area always gives the same bytes. What lies inside what is decided
//! by [`crate::geo`].

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, SHORT},
    grid::Source,
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
};

/// Longitude and latitude, 1e-7 degree.
pub type PointE7 = [i32; 2];

/// One polygon: the outer ring, then holes. Rings are closed: the last point is the first.
pub type PolygonE7 = Vec<Vec<PointE7>>;

/// One area.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Area {
    /// Key: a division code, or the court's own.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the division above, if any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub parent: String,
    /// Its polygons.
    pub polygons: Vec<PolygonE7>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The areas of a court.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AreaPack {
    /// Court code.
    pub court: String,
    /// Rises with every replacement.
    pub version: u64,
    /// Cut-off of the data.
    pub as_of: Option<Timestamp>,
    /// Where it came from.
    pub source: Source,
    /// Always `wgs84`; written so that nobody has to guess.
    pub datum: String,
    /// The areas.
    pub areas: Vec<Area>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most areas of one pack.
pub const MAX_AREAS: usize = 20_000;
/// Most points of one pack.
pub const MAX_POINTS: usize = 1_000_000;

impl AreaPack {
    /// The area of a code.
    pub fn find(&self, code: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.code == code)
    }
}

impl Area {
    /// Points of all rings.
    pub fn points(&self) -> usize {
        self.polygons.iter().flatten().map(Vec::len).sum()
    }

    fn validate(&self, checker: &mut Checker, path: &str) {
        checker.add_some(format!("{path}.code"), check::local_id(&self.code));
        check::required(checker, &format!("{path}.name"), &self.name, SHORT);
        check::optional(checker, &format!("{path}.parent"), &self.parent, SHORT);
        if self.polygons.is_empty() {
            checker.add(
                format!("{path}.polygons"),
                Fault::error("area_without_polygon", "辖区没有边界。", "The area has no polygon."),
            );
        }
        for (p, polygon) in self.polygons.iter().enumerate() {
            for (r, ring) in polygon.iter().enumerate() {
                let at = format!("{path}.polygons[{p}][{r}]");
                if ring.len() < 4 || ring.first() != ring.last() {
                    checker.add(
                        at,
                        Fault::error(
                            "ring_not_closed",
                            "边界环至少四个点,且首尾相同。",
                            "A ring needs at least four points, the last equal to the first.",
                        ),
                    );
                } else if let Some(fault) = ring.iter().find_map(|point| point_fault(*point)) {
                    checker.add(at, fault);
                }
            }
        }
        check::extra(checker, path, &self.extra);
    }
}

/// Whether a point can lie in China: lon 73 to 136, lat 3 to 54.
pub fn point_fault([lon, lat]: PointE7) -> Option<Fault> {
    const LON: std::ops::RangeInclusive<i32> = 730_000_000..=1_360_000_000;
    const LAT: std::ops::RangeInclusive<i32> = 30_000_000..=540_000_000;
    if LON.contains(&lon) && LAT.contains(&lat) {
        None
    } else if LON.contains(&lat) && LAT.contains(&lon) {
        Some(Fault::error(
            "lat_lon_swapped",
            "经度和纬度写反了,应为[经度, 纬度]。",
            "Longitude and latitude are swapped; it must be [lon, lat].",
        ))
    } else {
        Some(Fault::error(
            "point_outside_china",
            "坐标不在中国范围内,请确认是WGS-84的[经度, 纬度](度)。",
            "The position is not in China; use WGS-84 [lon, lat] in degrees.",
        ))
    }
}

impl Payload for AreaPack {
    const KIND: &'static str = "area";
    const MAX_BYTES: usize = 32 * 1024 * 1024;

    fn subject(&self) -> &str {
        &self.court
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn audience(&self) -> Audience {
        Audience::Everyone
    }

    fn validate(&self) -> Vec<Problem> {
        let mut checker = Checker::new();
        check::optional(&mut checker, "court", &self.court, SHORT);
        self.source.validate(&mut checker);
        if self.datum != "wgs84" {
            checker.add(
                "datum",
                Fault::error(
                    "datum_not_wgs84",
                    "坐标系必须是WGS-84。",
                    "The datum must be WGS-84.",
                ),
            );
        }
        let points = self.areas.iter().map(Area::points).sum();
        if check::list(&mut checker, "areas", self.areas.len(), MAX_AREAS)
            && check::list(&mut checker, "areas", points, MAX_POINTS)
        {
            let mut seen = BTreeSet::new();
            for (index, area) in self.areas.iter().enumerate() {
                let path = format!("areas[{index}]");
                area.validate(&mut checker, &path);
                if !seen.insert(area.code.as_str()) {
                    checker.add(
                        format!("{path}.code"),
                        Fault::error(
                            "area_code_repeated",
                            "辖区代码重复。",
                            "The area code repeats.",
                        ),
                    );
                }
            }
        }
        check::extra(&mut checker, "", &self.extra);
        checker.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(lon: i32, lat: i32) -> PolygonE7 {
        let side = 100_000;
        vec![vec![
            [lon, lat],
            [lon + side, lat],
            [lon + side, lat + side],
            [lon, lat + side],
            [lon, lat],
        ]]
    }

    fn pack(polygon: PolygonE7) -> AreaPack {
        let area = Area {
            code: "440605121".into(),
            name: "九江镇".into(),
            polygons: vec![polygon],
            ..Area::default()
        };
        AreaPack { datum: "wgs84".into(), areas: vec![area], ..AreaPack::default() }
    }

    #[test]
    fn an_area_is_closed_and_in_china() {
        let code = |pack: AreaPack| pack.validate().into_iter().map(|p| p.code).collect::<Vec<_>>();
        assert!(code(pack(square(1_129_000_000, 228_000_000))).is_empty());
        assert_eq!(code(pack(square(228_000_000, 1_129_000_000))), ["lat_lon_swapped"]);
        assert_eq!(code(pack(square(0, 0))), ["point_outside_china"]);
        let mut open = square(1_129_000_000, 228_000_000);
        open[0].pop();
        assert_eq!(code(pack(open)), ["ring_not_closed"]);
        let other = AreaPack { datum: "gcj02".into(), ..pack(square(1_129_000_000, 228_000_000)) };
        assert_eq!(code(other), ["datum_not_wgs84"]);
    }
}
