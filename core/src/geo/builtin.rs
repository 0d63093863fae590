//! Areas compiled in: the towns of Nanhai and the districts of Foshan. Licences and sources are in
//! `core/data/NOTICE.md`; the towns are © OpenStreetMap contributors (ODbL), and whatever shows them
//! must say so. The beats of police stations are not public: a demonstration derives them from these
//! towns and labels them as such.

use super::area::AreaSet;
use super::area_file::{AreaError, Limits};

const TOWNS: &str = include_str!("../../data/geo/nanhai_towns_wgs84_osm.geojson");
const DISTRICTS: &str = include_str!("../../data/geo/foshan_districts_wgs84_tianditu.geojson");

/// What must stand beside a map of [`nanhai_towns`].
pub const TOWNS_ATTRIBUTION: &str = "© OpenStreetMap contributors, ODbL 1.0";

/// The seven towns and streets of Nanhai under their nine-digit codes.
pub fn nanhai_towns() -> Result<AreaSet, AreaError> {
    AreaSet::from_geojson(TOWNS.as_bytes(), "code", Limits::default())
}

/// The five districts of Foshan under their six-digit codes. Simplified outlines: good for a
/// plausibility check, not for a legal boundary.
pub fn foshan_districts() -> Result<AreaSet, AreaError> {
    AreaSet::from_geojson(DISTRICTS.as_bytes(), "adcode", Limits::default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::geo::{Area, Datum};
    use crate::identifier::coordinate::Coordinate;

    const COURT: (f64, f64) = (23.0288, 113.1429);

    fn at((lat, lon): (f64, f64), datum: Datum) -> Coordinate {
        Coordinate { lat, lon, datum }
    }

    fn code(set: &AreaSet, point: (f64, f64), datum: Datum) -> Option<&str> {
        set.containing(at(point, datum)).first().copied().map(Area::code)
    }

    #[test]
    fn both_files_load_without_findings() {
        let towns = nanhai_towns().unwrap();
        assert_eq!((towns.areas().len(), towns.findings().len()), (7, 0));
        let districts = foshan_districts().unwrap();
        assert_eq!((districts.areas().len(), districts.findings().len()), (5, 0));
        for area in towns.areas() {
            let known = crate::identifier::admin_code::name_of(area.code());
            assert_eq!(known, area.name(), "{}", area.code());
        }
    }

    #[test]
    fn known_points_go_to_the_right_town() {
        let towns = nanhai_towns().unwrap();
        for (point, expected) in [
            ((22.8335, 112.985), "440605121"), // 九江
            (COURT, "440605011"),              // 桂城
            ((23.125, 113.015), "440605124"),  // 狮山
        ] {
            assert_eq!(code(&towns, point, Datum::Wgs84), Some(expected), "{point:?}");
        }
        // Guangzhou's centre lies in none; the nearest town is named with its distance.
        let outside = at((23.1291, 113.2644), Datum::Wgs84);
        assert!(towns.containing(outside).is_empty());
        let route = towns.route(outside).unwrap();
        assert!(route.distance_m > 1_000.0 && route.distance_m < 20_000.0, "{}", route.distance_m);
    }

    /// Two hundred metres from Nanhai's court, on the Nanhai side of the border with Chancheng.
    const BESIDE_THE_COURT: (f64, f64) = (23.0272, 113.1421);

    #[test]
    fn mixing_datums_puts_nanhais_court_quarter_into_the_next_district() {
        let districts = foshan_districts().unwrap();
        assert_eq!(code(&districts, COURT, Datum::Wgs84), Some("440605"));
        assert!(crate::geo::distance_m(COURT, BESIDE_THE_COURT) < 200.0);
        assert_eq!(code(&districts, BESIDE_THE_COURT, Datum::Wgs84), Some("440605"));
        let shown = crate::geo::datum::convert(BESIDE_THE_COURT, Datum::Wgs84, Datum::Gcj02);
        // Rightly labelled, the shifted numbers mean the same place ...
        assert_eq!(code(&districts, shown, Datum::Gcj02), Some("440605"));
        // ... taken for WGS-84, they lie in Chancheng.
        assert_eq!(code(&districts, shown, Datum::Wgs84), Some("440604"));
    }

    #[test]
    fn mixing_datums_misplaces_about_a_twentieth_of_foshan() {
        let districts = foshan_districts().unwrap();
        let (mut inside, mut misplaced) = (0_u32, 0_u32);
        for row in 0..150 {
            for column in 0..150 {
                let point = (22.6 + f64::from(row) * 0.007, 112.3 + f64::from(column) * 0.008);
                let Some(truth) = code(&districts, point, Datum::Wgs84) else { continue };
                inside += 1;
                let shown = crate::geo::datum::convert(point, Datum::Wgs84, Datum::Gcj02);
                misplaced += u32::from(code(&districts, shown, Datum::Wgs84) != Some(truth));
            }
        }
        let share = f64::from(misplaced) / f64::from(inside) * 100.0;
        assert!(
            inside > 4_000 && (4.3..5.3).contains(&share),
            "{misplaced} of {inside}: {share} %"
        );
    }
}
