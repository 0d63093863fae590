//! Who is near: units of the police that are on duty, and crews of our own as an alternative, each with an
//! estimate and what it rests on. A proposal for a person, never a decision. A fix older than half an hour says
//! nothing about where somebody is and is not used; the age of the others is shown. Estimates are distances over
//! a speed, not routes, and say so by what they are called.

use serde::{Deserialize, Serialize};

use crate::geo::{Datum, datum::convert, distance_m};
use crate::identifier::coordinate::Coordinate;
use crate::identifier::{Reason, reasons};

reasons! {
    FIX_AGE: "suggest_fix_age", "位置有效期应为1至30分钟。", "A fix is used for 1 to 30 minutes.";
    SPEED: "suggest_speed", "平均车速应为5至100公里/小时。", "The average speed is 5 to 100 km/h.";
    DETOUR: "suggest_detour", "绕行系数应为100%至300%。", "The detour is 100 to 300 percent.";
    COUNT: "suggest_count", "推荐数量应为1至20。", "Between 1 and 20 are proposed.";
}

/// No fix older than this is used, whatever a court sets, seconds.
pub const MAX_FIX_AGE_S: u32 = 30 * 60;

/// How estimates are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Older fixes are not used, seconds, at most [`MAX_FIX_AGE_S`].
    pub fix_age_s: u32,
    /// Average speed on the road, km/h.
    pub speed_km_h: u32,
    /// How much longer the road is than the line, percent.
    pub detour_percent: u32,
    /// At most so many of each.
    pub count: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fix_age_s: MAX_FIX_AGE_S, speed_km_h: 30, detour_percent: 140, count: 5 }
    }
}

impl Settings {
    /// Whether they may be used.
    pub fn check(&self) -> Result<(), Reason> {
        if !(60..=MAX_FIX_AGE_S).contains(&self.fix_age_s) {
            return Err(FIX_AGE);
        }
        if !(5..=100).contains(&self.speed_km_h) {
            return Err(SPEED);
        }
        if !(100..=300).contains(&self.detour_percent) {
            return Err(DETOUR);
        }
        if (1..=20).contains(&self.count) { Ok(()) } else { Err(COUNT) }
    }
}

/// Whose unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The police.
    Police,
    /// The court's own crews.
    Court,
}

/// Somebody who could come.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Key: unit or crew.
    pub id: String,
    /// Whose.
    pub side: Side,
    /// The station it belongs to; police only.
    pub station: Option<String>,
    /// The last fix, and when the server had it.
    pub fix: Option<(Coordinate, i64)>,
    /// On duty from and until, milliseconds since 1970, `until` excluded; several shifts.
    pub duty: Vec<(i64, i64)>,
    /// It is at another incident.
    pub busy: bool,
}

/// What an estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The last fix, so many seconds old.
    Fix {
        /// Its age.
        age_s: u32,
    },
    /// No usable fix: as if it stood at its station.
    Station,
}

/// Somebody who could come, and how far that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Key.
    pub id: String,
    /// The station, of police.
    pub station: Option<String>,
    /// In a straight line, metres.
    pub metres: f64,
    /// Estimated, minutes, rounded up.
    pub minutes: u32,
    /// What it rests on.
    pub basis: Basis,
    /// It is at another incident.
    pub busy: bool,
}

/// Who could come, the nearest free one first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestion {
    /// Units of the police on duty.
    pub police: Vec<Candidate>,
    /// Own crews, as an alternative.
    pub court: Vec<Candidate>,
}

/// Proposes who could come to `to` at `now_ms`. `stations` gives where a station stands. Ties go by
/// distance, then by id, so that two consoles show the same list.
pub fn suggest(
    to: Coordinate,
    units: &[Unit],
    stations: &dyn Fn(&str) -> Option<Coordinate>,
    settings: &Settings,
    now_ms: i64,
) -> Suggestion {
    let of = |side: Side| {
        let mut found: Vec<Candidate> = units
            .iter()
            .filter(|unit| unit.side == side && on_duty(unit, now_ms))
            .filter_map(|unit| candidate(to, unit, stations, settings, now_ms))
            .collect();
        found.sort_by(|a, b| {
            (a.busy.cmp(&b.busy))
                .then(a.minutes.cmp(&b.minutes))
                .then(a.metres.total_cmp(&b.metres))
                .then(a.id.cmp(&b.id))
        });
        found.truncate(settings.count);
        found
    };
    Suggestion { police: of(Side::Police), court: of(Side::Court) }
}

/// The police have shifts; a crew of ours is out when its phone is.
fn on_duty(unit: &Unit, now_ms: i64) -> bool {
    unit.side == Side::Court
        || unit.duty.iter().any(|(from, until)| (*from..*until).contains(&now_ms))
}

fn candidate(
    to: Coordinate,
    unit: &Unit,
    stations: &dyn Fn(&str) -> Option<Coordinate>,
    settings: &Settings,
    now_ms: i64,
) -> Option<Candidate> {
    let fresh = unit.fix.as_ref().and_then(|(at, at_ms)| {
        // A fix "from the future" is one of a clock we do not know: not used.
        let age_s = u32::try_from(now_ms.checked_sub(*at_ms)?.div_euclid(1_000)).ok()?;
        (age_s <= settings.fix_age_s.min(MAX_FIX_AGE_S)).then_some((*at, Basis::Fix { age_s }))
    });
    let standing = || {
        let station = unit.station.as_deref().filter(|_| unit.side == Side::Police)?;
        Some((stations(station)?, Basis::Station))
    };
    let (from, basis) = fresh.or_else(standing)?;
    let wgs84 = |at: Coordinate| convert((at.lat, at.lon), at.datum, Datum::Wgs84);
    let metres = distance_m(wgs84(from), wgs84(to));
    if !metres.is_finite() {
        return None;
    }
    Some(Candidate {
        id: unit.id.clone(),
        station: unit.station.clone(),
        metres,
        minutes: minutes(metres, settings),
        basis,
        busy: unit.busy,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "finite, not negative, at most half way round the earth"
)]
fn minutes(metres: f64, settings: &Settings) -> u32 {
    let road_m = metres * f64::from(settings.detour_percent) / 100.0;
    let m_per_min = f64::from(settings.speed_km_h.max(1)) * 1_000.0 / 60.0;
    (road_m / m_per_min).ceil().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_story::{JIUJIANG, at};
    use super::*;

    fn place(lat: f64, lon: f64) -> Coordinate {
        Coordinate { lat, lon, datum: Datum::Wgs84 }
    }

    fn scene() -> Coordinate {
        place(22.8335, 112.985)
    }

    fn unit(id: &str, side: Side, north_km: f64, age_min: i64) -> Unit {
        let fix = (place(22.8335 + north_km / 111.2, 112.985), at(9, 10) - age_min * 60_000);
        Unit {
            id: id.to_owned(),
            side,
            station: (side == Side::Police).then(|| JIUJIANG.to_owned()),
            fix: Some(fix),
            duty: vec![(at(8, 0), at(20, 0))],
            busy: false,
        }
    }

    fn ask(units: &[Unit], now_ms: i64) -> Suggestion {
        let stations =
            |code: &str| (code == JIUJIANG).then(|| place(22.8335 + 8.0 / 111.2, 112.985));
        suggest(scene(), units, &stations, &Settings::default(), now_ms)
    }

    fn ids(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.id.as_str()).collect()
    }

    #[test]
    fn the_nearest_on_duty_and_our_own_crew_beside_it() {
        let mut off = unit("夜班车", Side::Police, 0.5, 1);
        off.duty = vec![(at(20, 0), at(32, 0)), (at(-4, 0), at(8, 0))];
        let units = [
            unit("2号车", Side::Police, 5.0, 2),
            unit("1号车", Side::Police, 3.0, 10),
            off,
            unit("P3", Side::Court, 10.0, 1),
        ];
        let found = ask(&units, at(9, 10));
        assert_eq!(ids(&found.police), ["1号车", "2号车"]);
        assert_eq!(found.police[0].basis, Basis::Fix { age_s: 600 });
        assert_eq!(found.police[0].minutes, 9, "3 km, 40 % more by road, 30 km/h");
        assert_eq!((ids(&found.court), found.court[0].minutes), (vec!["P3"], 28));
        assert_eq!(ids(&ask(&units, at(20, 0)).police), ["夜班车"], "shifts end on the minute");
    }

    #[test]
    fn an_old_fix_is_not_used() {
        let at_30 = ask(&[unit("1号车", Side::Police, 3.0, 30)], at(9, 10));
        assert_eq!(at_30.police[0].basis, Basis::Fix { age_s: 1_800 });
        let older = [unit("1号车", Side::Police, 3.0, 31), unit("P3", Side::Court, 3.0, 31)];
        let found = ask(&older, at(9, 10));
        assert_eq!(found.police[0].basis, Basis::Station);
        assert!((found.police[0].metres - 8_000.0).abs() < 20.0, "as if it stood at its station");
        assert_eq!(found.court, [], "nobody knows where that crew is");
        let future = [unit("P3", Side::Court, 3.0, -1)];
        assert_eq!(ask(&future, at(9, 10)).court, []);
        // A court cannot make it older.
        let lax = Settings { fix_age_s: 7_200, ..Settings::default() };
        assert_eq!(lax.check(), Err(FIX_AGE));
        let found = suggest(scene(), &older, &|_| None, &lax, at(9, 10));
        assert_eq!(found, Suggestion::default());
    }

    #[test]
    fn whoever_is_busy_comes_last() {
        let mut near = unit("1号车", Side::Police, 1.0, 1);
        near.busy = true;
        let found = ask(&[near, unit("2号车", Side::Police, 9.0, 1)], at(9, 10));
        assert_eq!(ids(&found.police), ["2号车", "1号车"]);
    }

    #[test]
    fn datums_are_not_mixed() {
        let (lat, lon) = convert((22.8335, 112.985), Datum::Wgs84, Datum::Gcj02);
        let mut here = unit("1号车", Side::Police, 0.0, 1);
        here.fix = Some((Coordinate { lat, lon, datum: Datum::Gcj02 }, at(9, 10)));
        let found = ask(&[here], at(9, 10));
        assert!(found.police[0].metres < 5.0, "{}", found.police[0].metres);
        assert_eq!(found.police[0].minutes, 1, "nobody is there in no time");
    }

    #[test]
    fn settings_have_bounds() {
        let good = Settings::default();
        assert_eq!(good.check(), Ok(()));
        assert_eq!(Settings { speed_km_h: 4, ..good }.check(), Err(SPEED));
        assert_eq!(Settings { detour_percent: 99, ..good }.check(), Err(DETOUR));
        assert_eq!(Settings { count: 0, ..good }.check(), Err(COUNT));
    }

    proptest! {
        #[test]
        fn the_list_does_not_depend_on_the_order(kilometres in prop::collection::vec(0_u8..4, 1..8), seed in any::<u64>()) {
            let mut units: Vec<Unit> = kilometres
                .iter()
                .enumerate()
                .map(|(number, km)| unit(&format!("u{number}"), Side::Police, f64::from(*km), 1))
                .collect();
            let first = ask(&units, at(9, 10));
            let turn = usize::try_from(seed % 8).unwrap_or(0) % units.len();
            units.rotate_left(turn);
            prop_assert_eq!(&first, &ask(&units, at(9, 10)));
            units.reverse();
            prop_assert_eq!(first, ask(&units, at(9, 10)));
        }
    }
}
