//! Coordinates as people write them, with the one thing they forget: the datum. Conversion between
//! datums and measured positions with source and age are in [`crate::geo`].

use super::{Checked, Finding, Reason, judge, reasons};
use crate::geo::Datum;

reasons! {
    FORM: "coordinate_form", "坐标应为“纬度,经度”,如“23.028800,113.142900”。", "A coordinate is latitude, longitude: 23.028800,113.142900.";
    NO_DATUM: "coordinate_no_datum", "坐标未注明坐标系(WGS-84、GCJ-02等),无法使用。", "The coordinate names no datum and cannot be used.";
    RANGE: "coordinate_range", "纬度应在-90至90之间,经度应在-180至180之间。", "Latitude lies within ±90, longitude within ±180.";
    SWAPPED: "coordinate_swapped", "经纬度似乎颠倒,应先纬度后经度。", "Latitude and longitude seem to be swapped.";
    ZERO: "coordinate_zero", "坐标为(0,0),是定位失败的默认值。", "0,0 is what a failed fix reports.";
    NOT_FINITE: "coordinate_not_finite", "坐标不是有效数字。", "The coordinate is not a finite number.";
    OUTSIDE_REGION: "coordinate_outside_region", "坐标不在本院辖区一带,请核对。", "The coordinate lies far from the court's district; check it.";
}

/// A latitude and longitude whose datum is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinate {
    /// Degrees north, -90..=90.
    pub lat: f64,
    /// Degrees east, -180..=180.
    pub lon: f64,
    /// What the degrees refer to.
    pub datum: Datum,
}

/// A rectangle in degrees, for plausibility only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Southern edge.
    pub south: f64,
    /// Western edge.
    pub west: f64,
    /// Northern edge.
    pub north: f64,
    /// Eastern edge.
    pub east: f64,
}

impl Region {
    /// Nanhai and its surroundings: what a Nanhai officer records lies here.
    pub const NANHAI: Self = Self { south: 22.80, west: 112.80, north: 23.35, east: 113.30 };
    /// The mainland's rough outline, used to notice swapped coordinates.
    pub const CHINA: Self = Self { south: 3.0, west: 73.0, north: 54.0, east: 136.0 };

    /// Whether the point lies inside or on the edge.
    pub fn contains(&self, lat: f64, lon: f64) -> bool {
        (self.south..=self.north).contains(&lat) && (self.west..=self.east).contains(&lon)
    }
}

/// Judges two numbers: finite, in range, not swapped, not the null island.
pub fn check_numbers(lat: f64, lon: f64) -> Result<(), Reason> {
    if !lat.is_finite() || !lon.is_finite() {
        return Err(NOT_FINITE);
    }
    if Region::CHINA.contains(lon, lat) {
        return Err(SWAPPED); // 113.14, 23.02: the other way round it would lie in China
    }
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
        return Err(RANGE);
    }
    if lat == 0.0 && lon == 0.0 {
        return Err(ZERO);
    }
    Ok(())
}

/// Checks `latitude,longitude` of a stated datum; outside `region` it is suspicious.
pub fn check(raw: &str, datum: Option<Datum>, region: Option<Region>) -> Checked<Coordinate> {
    judge(raw, |text| {
        let (lat, lon) = text.split_once([',', '，']).ok_or(FORM)?;
        let (lat, lon) = (degrees(lat)?, degrees(lon)?);
        check_numbers(lat, lon)?;
        let coordinate = Coordinate { lat, lon, datum: datum.ok_or(NO_DATUM)? };
        let inside = region.is_none_or(|region| region.contains(lat, lon));
        let finding = if inside {
            Finding::Good(coordinate)
        } else {
            Finding::Doubt(coordinate, OUTSIDE_REGION)
        };
        Ok((format!("{lat:.6},{lon:.6}"), finding))
    })
}

/// Decimal degrees: digits, one point, an optional sign. Not `1e2`, `inf` or `nan`, which Rust's own
/// parser would accept.
pub(crate) fn degrees(text: &str) -> Result<f64, Reason> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 20
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    if ["nan", "inf", "infinity"].iter().any(|word| digits.eq_ignore_ascii_case(word)) {
        return Err(NOT_FINITE);
    }
    if plain { text.parse().map_err(|_| FORM) } else { Err(FORM) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn coordinates_as_typed() {
        let checked = check("23.0288， 113.1429", Some(Datum::Wgs84), Some(Region::NANHAI));
        assert_eq!(
            (checked.standing, checked.normalised.as_str()),
            (Standing::Ok, "23.028800,113.142900")
        );
        let parts = checked.parts.unwrap();
        assert_eq!((parts.lat, parts.lon, parts.datum), (23.0288, 113.1429, Datum::Wgs84));
    }

    #[test]
    fn the_invalid_ones_of_the_domain_sheet() {
        for (raw, reason) in [
            ("123.0,113.14", RANGE),
            ("113.14,23.02", SWAPPED),
            ("0,0", ZERO),
            ("NaN,113.1", NOT_FINITE),
            ("inf,113.1", NOT_FINITE),
            ("1e1,113.1", FORM),
            ("23.0288", FORM),
            ("23.0.2,113.1", FORM),
            ("23.0,181", RANGE),
        ] {
            let checked = check(raw, Some(Datum::Wgs84), None);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
        }
        assert_eq!(check("23.0288,113.1429", None, None).reason, Some(NO_DATUM));
        assert_eq!(check_numbers(f64::NAN, 113.0), Err(NOT_FINITE));
    }

    #[test]
    fn far_from_the_district_is_suspicious() {
        let checked = check("31.280844,120.596931", Some(Datum::Gcj02), Some(Region::NANHAI));
        assert_eq!(
            (checked.standing, checked.reason),
            (Standing::Suspicious, Some(OUTSIDE_REGION))
        );
    }
}
