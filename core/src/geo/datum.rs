//! What a latitude and longitude refer to, and the way between the datums used in China.
//!
//! GCJ-02 is WGS-84 shifted by a smooth, undocumented but well-known function; BD-09 is GCJ-02
//! shifted once more. The way back has no closed form and is iterated until it is exact to less
//! than a millimetre. Convert for display only, and keep the original: the function is not official.

use std::f64::consts::PI;

/// A geodetic datum as used in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Datum {
    /// What GNSS receivers report; what records store.
    Wgs84,
    /// China's own; differs from WGS-84 by centimetres and is treated as equal.
    Cgcs2000,
    /// The shifted datum of Chinese map services ("Mars coordinates").
    Gcj02,
    /// Baidu's datum, shifted once more.
    Bd09,
}

impl Datum {
    /// Every datum.
    pub const ALL: [Self; 4] = [Self::Wgs84, Self::Cgcs2000, Self::Gcj02, Self::Bd09];

    /// The code in records: the value of `crs=`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Cgcs2000 => "cgcs2000",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// The datum of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|datum| datum.code() == code)
    }
}

/// Converts degrees `(lat, lon)` from one datum to another. Finite input gives finite output.
///
/// ```
/// use lastmile_core::geo::datum::{Datum, convert};
///
/// let (lat, lon) = convert((23.0288, 113.1429), Datum::Wgs84, Datum::Gcj02);
/// assert_eq!(format!("{lat:.6},{lon:.6}"), "23.026223,113.148358");
/// ```
pub fn convert(point: (f64, f64), from: Datum, to: Datum) -> (f64, f64) {
    use Datum::{Bd09, Cgcs2000, Gcj02, Wgs84};
    match (from, to) {
        (Wgs84 | Cgcs2000, Wgs84 | Cgcs2000) | (Gcj02, Gcj02) | (Bd09, Bd09) => point,
        (Wgs84 | Cgcs2000, Gcj02) => wgs84_to_gcj02(point),
        (Wgs84 | Cgcs2000, Bd09) => gcj02_to_bd09(wgs84_to_gcj02(point)),
        (Gcj02, Wgs84 | Cgcs2000) => inverse(wgs84_to_gcj02, point),
        (Gcj02, Bd09) => gcj02_to_bd09(point),
        (Bd09, Gcj02) => inverse(gcj02_to_bd09, point),
        (Bd09, Wgs84 | Cgcs2000) => inverse(wgs84_to_gcj02, inverse(gcj02_to_bd09, point)),
    }
}

/// The rectangle outside which GCJ-02 equals WGS-84.
fn in_china((lat, lon): (f64, f64)) -> bool {
    (0.8293..=55.8271).contains(&lat) && (72.004..=137.8347).contains(&lon)
}

fn wgs84_to_gcj02(point: (f64, f64)) -> (f64, f64) {
    /// Semi-major axis and squared eccentricity of Krasovsky's ellipsoid.
    const A: f64 = 6_378_245.0;
    const EE: f64 = 0.006_693_421_622_965_943;
    if !in_china(point) {
        return point;
    }
    let (lat, lon) = point;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |v: f64, short: f64, long: f64| {
        (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0
            + (20.0 * (v * PI).sin() + 40.0 * (v / 3.0 * PI).sin()) * 2.0 / 3.0
            + (short * (v / 12.0 * PI).sin() + long * (v / 30.0 * PI).sin()) * 2.0 / 3.0
    };
    let root = x.abs().sqrt();
    let north =
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave(y, 160.0, 320.0);
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave(x, 150.0, 300.0);
    let radians = lat.to_radians();
    let magic = 1.0 - EE * radians.sin().powi(2);
    let north = north.to_degrees() / ((A * (1.0 - EE)) / (magic * magic.sqrt()));
    let east = east.to_degrees() / (A / magic.sqrt() * radians.cos());
    (lat + north, lon + east)
}

fn gcj02_to_bd09(point: (f64, f64)) -> (f64, f64) {
    const X_PI: f64 = PI * 3_000.0 / 180.0;
    if !in_china(point) {
        return point;
    }
    let (lat, lon) = point;
    let radius = lon.hypot(lat) + 0.000_02 * (lat * X_PI).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * X_PI).cos();
    (radius * angle.sin() + 0.006, radius * angle.cos() + 0.0065)
}

/// Solves `forward(x) = point` by fixed-point iteration. The shift changes by less than a hundredth
/// of the distance moved, so each round gains two digits and ten are plenty.
fn inverse(forward: fn((f64, f64)) -> (f64, f64), point: (f64, f64)) -> (f64, f64) {
    let mut guess = point;
    for _ in 0..10 {
        let (lat, lon) = forward(guess);
        let (off_lat, off_lon) = (lat - point.0, lon - point.1);
        guess = (guess.0 - off_lat, guess.1 - off_lon);
        if off_lat.abs() < 1e-10 && off_lon.abs() < 1e-10 {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geo::distance_m;

    fn close(a: (f64, f64), b: (f64, f64), degrees: f64) -> bool {
        (a.0 - b.0).abs() < degrees && (a.1 - b.1).abs() < degrees
    }

    #[test]
    fn the_published_vector() {
        let gcj = convert((31.280_844, 120.596_931), Datum::Wgs84, Datum::Gcj02);
        assert!(close(gcj, (31.278_648_624, 120.601_099_983), 1e-7), "{gcj:?}");
    }

    #[test]
    fn the_table_of_the_domain_sheet() {
        for (wgs, gcj, shift_m) in [
            ((23.028_800, 113.142_900), (23.026_223, 113.148_358), 629.0),
            ((22.833_500, 112.985_000), (22.830_649, 112.990_197), 621.0),
            ((23.125_000, 113.015_000), (23.122_361, 113.020_323), 619.0),
        ] {
            let computed = convert(wgs, Datum::Wgs84, Datum::Gcj02);
            assert!(close(computed, gcj, 1e-6), "{computed:?}");
            let metres = distance_m(wgs, computed);
            assert!((metres - shift_m).abs() < 3.0, "{metres}");
            assert!(close(convert(gcj, Datum::Gcj02, Datum::Wgs84), wgs, 1e-6));
        }
    }

    #[test]
    fn baidu_lies_farther_in_the_same_direction() {
        // Baidu's published relation: about +0.0065, +0.006 degrees from GCJ-02.
        let gcj = (23.026_223, 113.148_358);
        let (lat, lon) = convert(gcj, Datum::Gcj02, Datum::Bd09);
        assert!((lat - gcj.0 - 0.006).abs() < 0.001 && (lon - gcj.1 - 0.0065).abs() < 0.001);
    }

    #[test]
    fn outside_china_nothing_moves() {
        for point in [(48.8566, 2.3522), (0.0, 0.0), (-33.8, 151.2), (40.0, 71.0), (60.0, 100.0)] {
            for from in Datum::ALL {
                for to in Datum::ALL {
                    assert_eq!(convert(point, from, to), point);
                }
            }
        }
    }

    #[test]
    fn nothing_loops_or_panics_on_garbage() {
        for from in Datum::ALL {
            for to in Datum::ALL {
                for bad in [f64::NAN, f64::INFINITY, f64::MIN, f64::MAX] {
                    let _ = convert((bad, 113.0), from, to);
                    let _ = convert((23.0, bad), from, to);
                }
            }
        }
    }

    #[test]
    fn codes_round_trip() {
        for datum in Datum::ALL {
            assert_eq!(Datum::from_code(datum.code()), Some(datum));
        }
    }

    proptest! {
        /// Guangdong: 20 to 26 degrees north, 109 to 118 east.
        #[test]
        fn there_and_back_is_less_than_a_decimetre(lat in 20.0..26.0, lon in 109.0..118.0) {
            for from in Datum::ALL {
                for to in Datum::ALL {
                    let back = convert(convert((lat, lon), from, to), to, from);
                    prop_assert!(distance_m((lat, lon), back) < 0.1, "{from:?} {to:?} {back:?}");
                }
            }
        }
    }
}
