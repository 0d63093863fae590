//! Which police station a request goes to: the one whose area holds the position, else the nearest,
//! else the command centre. An error of a few metres at a border must not lose a request, so there
//! is always an answer.

use lastmile_core::pack::area::{Area, AreaPack, PointE7};
use lastmile_core::pack::station::StationPack;

/// The station code that stands for the command centre: no station is known, or no position.
pub const COMMAND: &str = "command";

/// How the station was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoutedBy {
    /// The position lies in its area.
    Area,
    /// It is the nearest.
    Nearest,
    /// Nobody else could be found.
    Command,
}

impl RoutedBy {
    /// Code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Nearest => "nearest",
            Self::Command => "command",
        }
    }
}

/// Stations and the areas they serve.
#[derive(Debug, Default)]
pub struct Stations {
    list: Vec<StationArea>,
}

#[derive(Debug)]
struct StationArea {
    code: String,
    position: Option<(f64, f64)>,
    area: Option<Area>,
}

impl Stations {
    /// Puts the court's packs together.
    pub fn new(stations: &StationPack, areas: Option<&AreaPack>) -> Self {
        let list = stations
            .stations
            .iter()
            .map(|station| StationArea {
                code: station.code.clone(),
                position: station.position.as_deref().and_then(parse_geo),
                area: areas.and_then(|areas| areas.find(&station.area)).cloned(),
            })
            .collect();
        Self { list }
    }

    /// The station for a position written as RFC 5870 URI in WGS-84.
    pub fn route(&self, position: Option<&str>) -> (&str, RoutedBy) {
        let Some(at) = position.and_then(parse_geo) else { return (COMMAND, RoutedBy::Command) };
        let inside = self
            .list
            .iter()
            .find(|station| station.area.as_ref().is_some_and(|area| contains(area, at)));
        if let Some(station) = inside {
            return (&station.code, RoutedBy::Area);
        }
        self.list
            .iter()
            .filter_map(|station| Some((station, metres(station.position?, at))))
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
            .map_or((COMMAND, RoutedBy::Command), |(station, _)| {
                (station.code.as_str(), RoutedBy::Nearest)
            })
    }
}

/// Latitude and longitude of `geo:22.8335,112.985;crs=wgs84;u=8`; nothing for another datum.
fn parse_geo(text: &str) -> Option<(f64, f64)> {
    let mut parts = text.strip_prefix("geo:")?.split(';');
    let mut numbers = parts.next()?.split(',').map(|number| number.trim().parse::<f64>().ok());
    let (lat, lon) = (numbers.next()??, numbers.next()??);
    let foreign = parts.any(|part| {
        part.strip_prefix("crs=").is_some_and(|datum| !datum.eq_ignore_ascii_case("wgs84"))
    });
    let sane = lat.abs() <= 90.0 && lon.abs() <= 180.0 && !foreign;
    sane.then_some((lat, lon))
}

/// Even-odd rule over all rings, so that holes need no special case.
fn contains(area: &Area, (lat, lon): (f64, f64)) -> bool {
    area.polygons.iter().any(|polygon| {
        polygon.iter().map(|ring| crossings(ring, lat * 1e7, lon * 1e7)).sum::<usize>() % 2 == 1
    })
}

/// How often a ray to the east crosses the ring.
fn crossings(ring: &[PointE7], y: f64, x: f64) -> usize {
    ring.iter()
        .zip(ring.iter().skip(1))
        .filter(|(from, to)| {
            let (x0, y0) = (f64::from(from[0]), f64::from(from[1]));
            let (x1, y1) = (f64::from(to[0]), f64::from(to[1]));
            (y0 > y) != (y1 > y) && x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
        })
        .count()
}

/// Distance on a sphere; good to half a percent, and stations are kilometres apart.
fn metres((lat0, lon0): (f64, f64), (lat1, lon1): (f64, f64)) -> f64 {
    let (phi0, phi1) = (lat0.to_radians(), lat1.to_radians());
    let half = |from: f64, to: f64| ((to - from) / 2.0).sin().powi(2);
    let chord =
        half(phi0, phi1) + phi0.cos() * phi1.cos() * half(lon0.to_radians(), lon1.to_radians());
    2.0 * 6_371_000.0 * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use lastmile_core::pack::station::Station;

    use super::*;

    fn square(code: &str, lat: i32, lon: i32) -> Area {
        let ring = vec![
            [lon, lat],
            [lon + 1_000_000, lat],
            [lon + 1_000_000, lat + 1_000_000],
            [lon, lat + 1_000_000],
            [lon, lat],
        ];
        let hole = ring.iter().map(|[x, y]| [lon + (x - lon) / 10, lat + (y - lat) / 10]).collect();
        Area { code: code.into(), polygons: vec![vec![ring, hole]], ..Area::default() }
    }

    fn station(code: &str, position: &str) -> Station {
        Station {
            code: code.into(),
            area: code.into(),
            position: Some(position.into()),
            ..Station::default()
        }
    }

    fn stations() -> Stations {
        let areas = AreaPack {
            areas: vec![
                square("jiujiang", 228_000_000, 1_129_000_000),
                square("lishui", 232_000_000, 1_131_000_000),
            ],
            ..AreaPack::default()
        };
        let pack = StationPack {
            stations: vec![
                station("jiujiang", "geo:22.85,112.95;crs=wgs84"),
                station("lishui", "geo:23.25,113.15;crs=wgs84"),
            ],
            ..StationPack::default()
        };
        Stations::new(&pack, Some(&areas))
    }

    #[test]
    fn the_area_decides_else_the_nearest_else_the_command_centre() {
        let stations = stations();
        let route = |position| stations.route(Some(position));
        assert_eq!(route("geo:22.85,112.95;crs=wgs84;u=8"), ("jiujiang", RoutedBy::Area));
        assert_eq!(route("geo:23.29,113.19"), ("lishui", RoutedBy::Area));
        assert_eq!(route("geo:23.35,113.15;crs=wgs84"), ("lishui", RoutedBy::Nearest));
        // In the hole of the first square.
        assert_eq!(route("geo:22.805,112.905;crs=wgs84"), ("jiujiang", RoutedBy::Nearest));
        assert_eq!(route("geo:22.85,112.95;crs=gcj02"), (COMMAND, RoutedBy::Command));
        assert_eq!(route("九江镇沙口"), (COMMAND, RoutedBy::Command));
        assert_eq!(stations.route(None), (COMMAND, RoutedBy::Command));
        let none = Stations::default();
        assert_eq!(none.route(Some("geo:22.85,112.95")), (COMMAND, RoutedBy::Command));
    }
}
