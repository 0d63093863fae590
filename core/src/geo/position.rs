//! A position as a device reported it, and its text form in records: an RFC 5870 URI that always
//! names its datum.
//!
//! ```text
//! geo:23.028800,113.142900;crs=wgs84;u=8;src=gnss;age=12;fix=1773709500000
//!     latitude  longitude  datum     |   |        |      moment of the fix, ms since 1970
//!                        accuracy, m |   |        age of the fix when it was recorded, s
//!                                        how it was obtained
//! ```
//!
//! Only the coordinate and `crs` are required. Parameters this version does not know are passed
//! over; the record keeps its text. Degrees have six decimals (a decimetre), accuracy one.

use std::fmt;
use std::str::FromStr;

use super::Datum;
use super::datum::convert;
use crate::identifier::coordinate::{self, Coordinate, Region, check_numbers, degrees};
use crate::identifier::{Reason, all_digits, reasons};

reasons! {
    TOO_LONG: "position_too_long", "位置文本过长。", "The position's text is too long.";
    FORM: "position_form", "位置格式有误,应如“geo:23.028800,113.142900;crs=wgs84;u=8”。", "A position looks like geo:23.028800,113.142900;crs=wgs84;u=8.";
    UNKNOWN_DATUM: "position_unknown_datum", "位置的坐标系无法识别。", "The position's datum is not known here.";
    TWICE: "position_parameter_twice", "位置中同一参数出现两次。", "A parameter of the position occurs twice.";
    ACCURACY: "position_accuracy", "位置精度应为0至100000米。", "The accuracy must be 0 to 100,000 metres.";
    AGE: "position_age", "定位时间或时效有误。", "The time or age of the fix is not usable.";
    IMPRECISE: "position_imprecise", "定位误差超过500米(或未知),不宜单独作为送达地点的证明。", "Accuracy is worse than 500 m or unknown; it does not prove the place by itself.";
    STALE: "position_stale", "定位结果已超过五分钟,可能不是当前位置。", "The fix is more than five minutes old.";
    NOT_MEASURED: "position_not_measured", "位置由人工标注,并非设备定位。", "The position was set by hand, not measured.";
}

/// How a position was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Satellites (卫星定位).
    Gnss,
    /// Cell towers or wireless networks (基站、无线网络).
    Network,
    /// A person tapped the map (地图选点).
    MapPick,
    /// A person typed it (手工输入).
    Manual,
    /// A code this version does not know.
    Other,
}

impl Source {
    /// The code in records.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gnss => "gnss",
            Self::Network => "network",
            Self::MapPick => "map_pick",
            Self::Manual => "manual",
            Self::Other => "other",
        }
    }

    /// The source of a code.
    pub fn from_code(code: &str) -> Self {
        [Self::Gnss, Self::Network, Self::MapPick, Self::Manual]
            .into_iter()
            .find(|source| source.code() == code)
            .unwrap_or(Self::Other)
    }
}

/// A position with everything needed to judge it later. Always finite, in range and not 0,0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    coordinate: Coordinate,
    accuracy_m: Option<f64>,
    source: Option<Source>,
    age_s: Option<u32>,
    fixed_at_ms: Option<i64>,
}

/// What a device adds to a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fix {
    /// Radius in metres around the point, 0 to 100,000.
    pub accuracy_m: Option<f64>,
    /// How it was obtained.
    pub source: Option<Source>,
    /// Seconds between the fix and its recording.
    pub age_s: Option<u32>,
    /// Moment of the fix, milliseconds since 1970; by the device's clock.
    pub fixed_at_ms: Option<i64>,
}

impl Position {
    /// Longest text form that is read, bytes.
    pub const MAX_BYTES: usize = 160;
    /// Accuracy beyond which a position does not prove a place, metres.
    pub const PROOF_ACCURACY_M: f64 = 500.0;
    /// Age beyond which a fix is doubted, seconds.
    pub const STALE_AFTER_S: u32 = 300;

    /// A position from a device or a map.
    pub fn new(coordinate: Coordinate, fix: Fix) -> Result<Self, Reason> {
        check_numbers(coordinate.lat, coordinate.lon)?;
        let (lat, lon) = (six_decimals(coordinate.lat), six_decimals(coordinate.lon));
        check_numbers(lat, lon)?; // 0.0000001,0 is 0,0 as well
        let accuracy_m = match fix.accuracy_m {
            Some(metres) if !(0.0..=100_000.0).contains(&metres) => return Err(ACCURACY),
            // Upwards: a position is never claimed to be better than it is.
            Some(metres) => Some((metres * 10.0).ceil() / 10.0),
            None => None,
        };
        if fix.fixed_at_ms.is_some_and(|ms| !(0..1_000_000_000_000_000).contains(&ms)) {
            return Err(AGE);
        }
        Ok(Self {
            coordinate: Coordinate { lat, lon, datum: coordinate.datum },
            accuracy_m,
            source: fix.source,
            age_s: fix.age_s,
            fixed_at_ms: fix.fixed_at_ms,
        })
    }

    /// Degrees and datum, as recorded.
    pub fn coordinate(&self) -> Coordinate {
        self.coordinate
    }

    /// Degrees `(lat, lon)` in `datum`, for display.
    pub fn degrees_in(&self, datum: Datum) -> (f64, f64) {
        convert((self.coordinate.lat, self.coordinate.lon), self.coordinate.datum, datum)
    }

    /// Accuracy in metres, when known.
    pub fn accuracy_m(&self) -> Option<f64> {
        self.accuracy_m
    }

    /// How it was obtained, when known.
    pub fn source(&self) -> Option<Source> {
        self.source
    }

    /// Seconds between the fix and its recording, when known.
    pub fn age_s(&self) -> Option<u32> {
        self.age_s
    }

    /// Moment of the fix by the device's clock, when known.
    pub fn fixed_at_ms(&self) -> Option<i64> {
        self.fixed_at_ms
    }

    /// What a person should know before relying on it. Blocks nothing.
    pub fn findings(&self, region: Option<Region>) -> Vec<Reason> {
        let mut findings = Vec::new();
        if self.accuracy_m.is_none_or(|metres| metres > Self::PROOF_ACCURACY_M) {
            findings.push(IMPRECISE);
        }
        if self.age_s.is_some_and(|seconds| seconds > Self::STALE_AFTER_S) {
            findings.push(STALE);
        }
        if matches!(self.source, Some(Source::MapPick | Source::Manual)) {
            findings.push(NOT_MEASURED);
        }
        let (lat, lon) = self.degrees_in(Datum::Wgs84);
        if region.is_some_and(|region| !region.contains(lat, lon)) {
            findings.push(coordinate::OUTSIDE_REGION);
        }
        findings
    }
}

/// The text form of records.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Coordinate { lat, lon, datum } = self.coordinate;
        write!(f, "geo:{lat:.6},{lon:.6};crs={}", datum.code())?;
        if let Some(metres) = self.accuracy_m {
            write!(f, ";u={metres}")?; // shortest decimal form: 8, 12.5
        }
        if let Some(source) = self.source {
            write!(f, ";src={}", source.code())?;
        }
        if let Some(seconds) = self.age_s {
            write!(f, ";age={seconds}")?;
        }
        self.fixed_at_ms.map_or(Ok(()), |ms| write!(f, ";fix={ms}"))
    }
}

/// Reads the text form of records.
impl FromStr for Position {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        if text.len() > Self::MAX_BYTES {
            return Err(TOO_LONG);
        }
        let mut parts = text.strip_prefix("geo:").ok_or(FORM)?.split(';');
        let (lat, lon) = parts.next().and_then(|pair| pair.split_once(',')).ok_or(FORM)?;
        let (lat, lon) = (degrees(lat)?, degrees(lon)?);
        let mut datum = None;
        let mut fix = Fix::default();
        let mut seen: Vec<&str> = Vec::new();
        for part in parts {
            let (name, value) = part.split_once('=').ok_or(FORM)?;
            let plain = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
            };
            if !plain(name) || !plain(value) {
                return Err(FORM);
            }
            if seen.contains(&name) {
                return Err(TWICE);
            }
            seen.push(name);
            match name {
                "crs" => datum = Some(Datum::from_code(value).ok_or(UNKNOWN_DATUM)?),
                "u" => fix.accuracy_m = Some(degrees(value).map_err(|_| ACCURACY)?),
                "src" => fix.source = Some(Source::from_code(value)),
                "age" => fix.age_s = Some(whole(value)?),
                "fix" => fix.fixed_at_ms = Some(whole(value)?),
                _ => {} // of a later version
            }
        }
        check_numbers(lat, lon)?;
        let datum = datum.ok_or(coordinate::NO_DATUM)?;
        Self::new(Coordinate { lat, lon, datum }, fix)
    }
}

fn whole<T: FromStr>(text: &str) -> Result<T, Reason> {
    if all_digits(text) { text.parse().map_err(|_| AGE) } else { Err(AGE) }
}

fn six_decimals(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6 + 0.0 // + 0.0 turns -0 into 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    const COURT: &str = "geo:23.028800,113.142900;crs=wgs84;u=8";

    #[test]
    fn the_form_of_records_reads_and_writes_back() {
        for text in [
            COURT,
            "geo:23.028800,113.142900;crs=wgs84",
            "geo:22.833500,112.985000;crs=gcj02;u=12.5;src=map_pick",
            "geo:22.833500,112.985000;crs=wgs84;u=8;src=gnss;age=12",
            "geo:22.833500,112.985000;crs=cgcs2000;u=8;src=network;age=12;fix=1773709500000",
            "geo:-33.865143,151.209900;crs=bd09;src=manual",
        ] {
            let position: Position = text.parse().unwrap();
            assert_eq!(position.to_string(), text);
        }
        let position: Position =
            "geo:22.8335,112.985;u=8.03;age=12;crs=wgs84;src=fused;z=1".parse().unwrap();
        assert_eq!(
            position.to_string(),
            "geo:22.833500,112.985000;crs=wgs84;u=8.1;src=other;age=12"
        );
        assert_eq!((position.accuracy_m(), position.age_s()), (Some(8.1), Some(12)));
    }

    #[test]
    fn what_is_refused_and_why() {
        for (text, reason) in [
            ("", FORM),
            ("geo:", FORM),
            ("23.0288,113.1429;crs=wgs84", FORM),
            ("GEO:23.0288,113.1429;crs=wgs84", FORM),
            ("geo:23.0288;crs=wgs84", FORM),
            ("geo:23.0288,113.1429,5;crs=wgs84", coordinate::FORM),
            ("geo:23.0288,113.1429", coordinate::NO_DATUM),
            ("geo:23.0288,113.1429;u=8", coordinate::NO_DATUM),
            ("geo:23.0288,113.1429;crs=epsg3857", UNKNOWN_DATUM),
            ("geo:NaN,113.1429;crs=wgs84", coordinate::NOT_FINITE),
            ("geo:23.0288,inf;crs=wgs84", coordinate::NOT_FINITE),
            ("geo:1e1,113.1429;crs=wgs84", coordinate::FORM),
            ("geo:+23.0,113.1429;crs=wgs84", coordinate::FORM),
            ("geo: 23.0,113.1429;crs=wgs84", coordinate::FORM),
            ("geo:113.142900,23.028800;crs=wgs84", coordinate::SWAPPED),
            ("geo:123.0,113.14;crs=wgs84", coordinate::RANGE),
            ("geo:0,0;crs=wgs84", coordinate::ZERO),
            ("geo:-0.0000001,0.0000001;crs=wgs84", coordinate::ZERO),
            ("geo:23.0288,113.1429;crs=wgs84;crs=gcj02", TWICE),
            ("geo:23.0288,113.1429;crs=wgs84;u", FORM),
            ("geo:23.0288,113.1429;crs=wgs84;u=", FORM),
            ("geo:23.0288,113.1429;crs=wgs84;;u=8", FORM),
            ("geo:23.0288,113.1429;crs=wgs84;u=-8", ACCURACY),
            ("geo:23.0288,113.1429;crs=wgs84;u=inf", ACCURACY),
            ("geo:23.0288,113.1429;crs=wgs84;u=100001", ACCURACY),
            ("geo:23.0288,113.1429;crs=wgs84;age=-1", AGE),
            ("geo:23.0288,113.1429;crs=wgs84;age=99999999999", AGE),
            ("geo:23.0288,113.1429;crs=wgs84;fix=9999999999999999", AGE),
            ("geo:23.0288,113.1429;crs=wgs84;note=<script>", FORM),
        ] {
            assert_eq!(text.parse::<Position>(), Err(reason), "{text}");
        }
        let long = format!("{COURT};x={}", "9".repeat(Position::MAX_BYTES));
        assert_eq!(long.parse::<Position>(), Err(TOO_LONG));
    }

    #[test]
    fn numbers_from_a_device_are_checked_too() {
        let at = |lat, lon| Coordinate { lat, lon, datum: Datum::Wgs84 };
        assert_eq!(Position::new(at(f64::NAN, 113.0), Fix::default()), Err(coordinate::NOT_FINITE));
        assert_eq!(Position::new(at(0.0, 0.0), Fix::default()), Err(coordinate::ZERO));
        for metres in [f64::NAN, f64::INFINITY, -1.0] {
            let fix = Fix { accuracy_m: Some(metres), ..Fix::default() };
            assert_eq!(Position::new(at(23.0, 113.0), fix), Err(ACCURACY));
        }
    }

    #[test]
    fn findings_warn_and_block_nothing() {
        let findings =
            |text: &str| text.parse::<Position>().unwrap().findings(Some(Region::NANHAI));
        assert_eq!(findings(COURT), []);
        assert_eq!(findings("geo:23.0288,113.1429;crs=wgs84;u=500.1"), [IMPRECISE]);
        assert_eq!(findings("geo:23.0288,113.1429;crs=wgs84"), [IMPRECISE]);
        assert_eq!(findings("geo:23.0288,113.1429;crs=wgs84;u=8;age=301"), [STALE]);
        assert_eq!(findings("geo:23.0288,113.1429;crs=wgs84;u=8;src=manual"), [NOT_MEASURED]);
        assert_eq!(findings("geo:31.28,120.59;crs=wgs84;u=8"), [coordinate::OUTSIDE_REGION]);
    }

    #[test]
    fn display_in_another_datum_keeps_the_original() {
        let position: Position = COURT.parse().unwrap();
        let (lat, lon) = position.degrees_in(Datum::Gcj02);
        assert_eq!(format!("{lat:.6},{lon:.6}"), "23.026223,113.148358");
        assert_eq!(position.to_string(), COURT);
    }

    fn any_fix() -> impl Strategy<Value = Fix> {
        let sources = [None, Some(Source::Gnss), Some(Source::MapPick), Some(Source::Other)];
        (
            proptest::option::of(0.0..100_000.0),
            proptest::sample::select(sources.to_vec()),
            proptest::option::of(any::<u32>()),
            proptest::option::of(0_i64..1_000_000_000_000_000),
        )
            .prop_map(|(accuracy_m, source, age_s, fixed_at_ms)| Fix {
                accuracy_m,
                source,
                age_s,
                fixed_at_ms,
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_position_reads_back_as_itself(lat in -90.0..90.0, lon in -180.0..180.0, fix in any_fix(), datum in 0..4_usize) {
            let coordinate = Coordinate { lat, lon, datum: Datum::ALL[datum] };
            if let Ok(position) = Position::new(coordinate, fix) {
                let text = position.to_string();
                prop_assert!(text.len() <= Position::MAX_BYTES, "{}", text);
                prop_assert_eq!(text.parse::<Position>(), Ok(position), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in prop_oneof![any::<String>(), "geo:[0-9.,;=a-z-]{0,60}"]) {
            let _ = text.parse::<Position>();
        }
    }
}
