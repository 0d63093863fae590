//! Named areas: which one is a point in, and which is nearest. Areas have codes; names repeat.
//!
//! Polygons are in WGS-84 (CGCS2000 is equal at this accuracy). A lookup takes a coordinate with its
//! datum and converts it first, so mixing datums cannot happen here.

use ::geo::{
    BoundingRect, Coord, Distance, Haversine, Intersects, Line, LinesIter, MultiPolygon, Point,
    Rect,
};

use super::Datum;
use super::datum::convert;
use crate::identifier::coordinate::Coordinate;
use crate::identifier::{Reason, reasons};

reasons! {
    CROSSES_ITSELF: "area_crosses_itself", "该区域边界自相交,归属判断可能有误,请修正。", "The area's boundary crosses itself; lookups may be wrong.";
    NOT_CHECKED: "area_not_checked", "该区域边界过于复杂,未检查是否自相交。", "The boundary is too complex to check whether it crosses itself.";
}

/// An area under a code.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    code: String,
    name: Option<String>,
    shape: MultiPolygon<f64>,
    bounds: Rect<f64>,
}

impl Area {
    /// An area; none when `shape` has no extent at all.
    pub(super) fn new(
        code: String,
        name: Option<String>,
        shape: MultiPolygon<f64>,
    ) -> Option<Self> {
        let bounds = shape.bounding_rect()?;
        Some(Self { code, name, shape, bounds })
    }

    /// The key, `440605121`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What people call it; not unique.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The polygons, longitude as x, WGS-84.
    pub fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// Whether the point lies inside or on the boundary.
    fn holds(&self, at: Coord<f64>) -> bool {
        self.bounds.intersects(&at) && self.shape.intersects(&at)
    }
}

/// Something a person should know about an area that was loaded all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaFinding {
    /// The area's code.
    pub code: String,
    /// What was found.
    pub reason: Reason,
}

/// Where a point was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Route<'a> {
    /// The area.
    pub area: &'a Area,
    /// Metres to its boundary; 0 inside.
    pub distance_m: f64,
}

/// Areas that are looked up together: towns of a district, beats of stations.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaSet {
    areas: Vec<Area>,
    findings: Vec<AreaFinding>,
}

impl AreaSet {
    pub(super) fn new(mut areas: Vec<Area>, findings: Vec<AreaFinding>) -> Self {
        areas.sort_by(|a, b| a.code.cmp(&b.code));
        Self { areas, findings }
    }

    /// All areas, by code.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// What was found while loading.
    pub fn findings(&self) -> &[AreaFinding] {
        &self.findings
    }

    /// The area with this code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        let at = self.areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok()?;
        self.areas.get(at)
    }

    /// Every area the point lies in, by code: none outside, two on a shared boundary.
    pub fn containing(&self, at: Coordinate) -> Vec<&Area> {
        let at = wgs84(at);
        self.areas.iter().filter(|area| area.holds(at)).collect()
    }

    /// The area the point lies in (the first by code where several overlap), else the nearest one.
    /// None only when the set is empty or the coordinate is not finite.
    pub fn route(&self, at: Coordinate) -> Option<Route<'_>> {
        if let Some(area) = self.containing(at).first() {
            return Some(Route { area, distance_m: 0.0 });
        }
        let at = wgs84(at);
        let plane = Plane::around(at)?;
        let mut best: Option<Route<'_>> = None;
        for area in &self.areas {
            // The rectangle is never farther than the area in it.
            if best.is_some_and(|best| plane.to_rect(area.bounds) >= best.distance_m) {
                continue;
            }
            let metres =
                area.shape.lines_iter().map(|line| plane.to_line(line)).min_by(f64::total_cmp)?;
            if best.is_none_or(|best| metres < best.distance_m) {
                best = Some(Route { area, distance_m: metres });
            }
        }
        best
    }
}

fn wgs84(at: Coordinate) -> Coord<f64> {
    let (lat, lon) = convert((at.lat, at.lon), at.datum, Datum::Wgs84);
    Coord { x: lon, y: lat }
}

/// Great-circle distance in metres between `(lat, lon)` pairs of the same datum.
pub fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    Haversine.distance(Point::new(a.1, a.0), Point::new(b.1, b.0))
}

/// The candidate nearest to `at`, with its distance in metres: the nearest station on duty, say.
/// Candidates whose coordinate is not finite are passed over.
pub fn nearest_of<T>(
    at: Coordinate,
    candidates: impl IntoIterator<Item = (T, Coordinate)>,
) -> Option<(T, f64)> {
    let from = wgs84(at);
    candidates
        .into_iter()
        .map(|(candidate, place)| {
            let to = wgs84(place);
            (candidate, distance_m((from.y, from.x), (to.y, to.x)))
        })
        .filter(|(_, metres)| metres.is_finite())
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// A flat map around a point, in metres. Right to a per cent within some hundred kilometres, which is
/// farther than any court sends anybody.
struct Plane {
    origin: Coord<f64>,
    per_lon: f64,
    per_lat: f64,
}

impl Plane {
    fn around(origin: Coord<f64>) -> Option<Self> {
        /// Metres of one degree on the mean earth, 6,371,008.8 m.
        const PER_DEGREE: f64 = 111_195.08;
        let finite = origin.x.is_finite() && origin.y.is_finite();
        finite.then(|| Self {
            origin,
            per_lon: PER_DEGREE * origin.y.to_radians().cos(),
            per_lat: PER_DEGREE,
        })
    }

    /// Metres east and north of the origin.
    fn place(&self, at: Coord<f64>) -> (f64, f64) {
        ((at.x - self.origin.x) * self.per_lon, (at.y - self.origin.y) * self.per_lat)
    }

    fn to_rect(&self, rect: Rect<f64>) -> f64 {
        let near = Coord {
            x: self.origin.x.clamp(rect.min().x, rect.max().x),
            y: self.origin.y.clamp(rect.min().y, rect.max().y),
        };
        let (x, y) = self.place(near);
        x.hypot(y)
    }

    fn to_line(&self, line: Line<f64>) -> f64 {
        let (ax, ay) = self.place(line.start);
        let (bx, by) = self.place(line.end);
        let (dx, dy) = (bx - ax, by - ay);
        let length_squared = dx * dx + dy * dy;
        let along = if length_squared > 0.0 {
            (-(ax * dx + ay * dy) / length_squared).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (ax + along * dx).hypot(ay + along * dy)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ::geo::polygon;

    use super::*;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate { lat, lon, datum: Datum::Wgs84 }
    }

    fn square(code: &str, west: f64) -> Area {
        let shape = polygon![
            (x: west, y: 23.0), (x: west + 0.1, y: 23.0), (x: west + 0.1, y: 23.1), (x: west, y: 23.1)
        ];
        Area::new(code.to_owned(), None, MultiPolygon(vec![shape])).unwrap()
    }

    fn neighbours() -> AreaSet {
        AreaSet::new(vec![square("b", 113.1), square("a", 113.0)], Vec::new())
    }

    fn codes(set: &AreaSet, point: Coordinate) -> Vec<&str> {
        set.containing(point).into_iter().map(Area::code).collect()
    }

    #[test]
    fn a_point_lies_in_one_area_in_two_on_the_boundary_or_in_none() {
        let set = neighbours();
        assert_eq!(codes(&set, at(23.05, 113.05)), ["a"]);
        assert_eq!(codes(&set, at(23.05, 113.1)), ["a", "b"]);
        assert!(codes(&set, at(23.05, 113.3)).is_empty());
        assert!(codes(&set, at(f64::NAN, 113.05)).is_empty());
        assert_eq!(set.get("b").map(Area::code), Some("b"));
        assert!(set.get("c").is_none());
    }

    #[test]
    fn outside_the_nearest_area_and_its_distance_are_given() {
        let set = neighbours();
        let route = set.route(at(23.05, 113.21)).unwrap();
        assert_eq!(route.area.code(), "b");
        let expected = distance_m((23.05, 113.21), (23.05, 113.2));
        assert!((route.distance_m - expected).abs() < 2.0, "{} {expected}", route.distance_m);
        let route = set.route(at(22.99, 113.02)).unwrap();
        assert_eq!(route.area.code(), "a");
        assert!((route.distance_m - 1_112.0).abs() < 2.0, "{}", route.distance_m);
        // A corner is nearer than either edge's line.
        let corner = set.route(at(23.11, 112.99)).unwrap();
        let expected = distance_m((23.11, 112.99), (23.1, 113.0));
        assert!((corner.distance_m - expected).abs() < 2.0);
        assert!(set.route(at(f64::NAN, 113.0)).is_none());
    }

    #[test]
    fn inside_the_distance_is_zero_and_the_first_code_wins() {
        let set = neighbours();
        let route = set.route(at(23.05, 113.1)).unwrap();
        assert_eq!((route.area.code(), route.distance_m), ("a", 0.0));
    }

    #[test]
    fn the_nearest_candidate_whatever_its_datum() {
        let near = at(23.0288, 113.1429);
        // The same place written in GCJ-02 is not 629 m away.
        let same = Coordinate { lat: 23.026_223, lon: 113.148_358, datum: Datum::Gcj02 };
        let other = at(23.0288, 113.1460);
        let (name, metres) = nearest_of(near, [("other", other), ("same", same)]).unwrap();
        assert_eq!(name, "same");
        assert!(metres < 0.2, "{metres}");
        assert!(nearest_of(near, [("bad", at(f64::NAN, 113.0))]).is_none());
    }

    #[test]
    fn a_hole_is_outside() {
        let outer = square("a", 113.0).shape.0.remove(0);
        let hole = polygon![
            (x: 113.04, y: 23.04), (x: 113.06, y: 23.04), (x: 113.06, y: 23.06), (x: 113.04, y: 23.06)
        ];
        let with_hole =
            ::geo::Polygon::new(outer.exterior().clone(), vec![hole.exterior().clone()]);
        let area = Area::new("a".to_owned(), None, MultiPolygon(vec![with_hole])).unwrap();
        let set = AreaSet::new(vec![area], Vec::new());
        assert!(codes(&set, at(23.05, 113.05)).is_empty());
        // The nearest boundary is the hole's, 1.02 km to the east and west, 1.11 km north and south.
        let metres = set.route(at(23.05, 113.05)).unwrap().distance_m;
        assert!((metres - 1_023.0).abs() < 3.0, "{metres}");
    }
}
