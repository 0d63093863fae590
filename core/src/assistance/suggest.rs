//! Who is near: units of the police that are on duty, and crews of our own as an alternative, each with an
//! estimate and what it rests on. A proposal for a person, never a decision. A fix older than half an hour says
//! nothing about where somebody is and is not used; the age of the others is shown. Estimates are distances over
//! a speed, not routes, and say so by what they are called. No fix is a point: of two units whose distances differ by
//! less than what is known of them, neither is called nearer, and a unit whose place nobody knows comes after
//! those whose place is known, but is never left out: it is on duty.

use serde::{Deserialize, Serialize};

use crate::geo::{Datum, Position, datum::convert, distance_m};
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

/// The radius of a place whose radius nobody stated, metres.
pub const UNSTATED_M: f64 = 200.0;

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
    /// At most so many of each; of the police besides so many whose place nobody knows.
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

/// A place, no better known than this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Its middle.
    pub at: Coordinate,
    /// Radius around it, metres; [`UNSTATED_M`] counts where nobody stated it.
    pub accuracy_m: Option<f64>,
}

impl Spot {
    fn radius_m(&self) -> f64 {
        self.accuracy_m.filter(|radius| radius.is_finite() && *radius >= 0.0).unwrap_or(UNSTATED_M)
    }
}

impl From<Position> for Spot {
    fn from(position: Position) -> Self {
        Self { at: position.coordinate(), accuracy_m: position.accuracy_m() }
    }
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
    pub fix: Option<(Spot, i64)>,
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
    /// No usable fix, and nobody knows where its station stands.
    Nothing,
}

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// In a straight line, metres.
    pub metres: f64,
    /// It may be so many metres more or less, by the radii of both places. `None`: reckoned from a station, so that
    /// nobody knows.
    pub plus_minus_m: Option<f64>,
    /// Estimated, minutes, rounded up.
    pub minutes: u32,
}

/// Somebody who could come, and how far that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Key.
    pub id: String,
    /// The station, of police.
    pub station: Option<String>,
    /// How far; `None`: the request, or the unit, has no place.
    pub distance: Option<Distance>,
    /// What it rests on.
    pub basis: Basis,
    /// It cannot be told by distance from another one of the list.
    pub alike: bool,
    /// It is at another incident.
    pub busy: bool,
}

impl Candidate {
    /// Between which distances it is, metres, where its place is known.
    fn span_m(&self) -> Option<(f64, f64)> {
        let Distance { metres, plus_minus_m: Some(radius), .. } = self.distance? else {
            return None;
        };
        Some((metres - radius, metres + radius))
    }
}

/// Who could come, the nearest free one first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestion {
    /// Units of the police on duty.
    pub police: Vec<Candidate>,
    /// Own crews, as an alternative.
    pub court: Vec<Candidate>,
}

/// Proposes who could come to `to`, if anybody knows where that is, at `now_ms`. `stations` gives where a station
/// stands. Whoever is free comes before whoever is busy; of each those whose place is known, by distance as far as it
/// tells them apart and else by id, so that two consoles show the same list; then the others of the police, by how
/// far their station is.
pub fn suggest(
    to: Option<Spot>,
    units: &[Unit],
    stations: &dyn Fn(&str) -> Option<Coordinate>,
    settings: &Settings,
    now_ms: i64,
) -> Suggestion {
    let of = |side: Side| {
        let (known, mut unknown): (Vec<_>, Vec<_>) = units
            .iter()
            .filter(|unit| unit.side == side && on_duty(unit, now_ms))
            .filter_map(|unit| candidate(to, unit, stations, settings, now_ms))
            .partition(|candidate| candidate.span_m().is_some());
        let (busy, free) = known.into_iter().partition::<Vec<_>, _>(|candidate| candidate.busy);
        let mut found = told_apart(free);
        found.extend(told_apart(busy));
        found.truncate(settings.count);
        unknown.sort_by(|a, b| {
            let metres = |one: &Candidate| one.distance.map_or(f64::INFINITY, |far| far.metres);
            (a.busy.cmp(&b.busy)).then(metres(a).total_cmp(&metres(b))).then(key(a).cmp(&key(b)))
        });
        unknown.truncate(settings.count);
        found.extend(unknown);
        // Whoever is free comes first, even where nobody knows its place.
        found.sort_by_key(|candidate| candidate.busy);
        found
    };
    Suggestion { police: of(Side::Police), court: of(Side::Court) }
}

/// What two consoles go by where distance says nothing.
fn key(candidate: &Candidate) -> (&str, Option<&str>) {
    (&candidate.id, candidate.station.as_deref())
}

/// In an order that calls nobody nearer who may not be: again and again the first by name of those of whom no other
/// one is certainly nearer.
fn told_apart(mut left: Vec<Candidate>) -> Vec<Candidate> {
    let spans: Vec<_> = left.iter().filter_map(Candidate::span_m).collect();
    for candidate in &mut left {
        let Some((from, to)) = candidate.span_m() else { continue };
        candidate.alike = spans.iter().filter(|span| span.0 <= to && from <= span.1).count() > 1;
    }
    left.sort_by(|a, b| key(a).cmp(&key(b)));
    let span = |one: &Candidate| one.span_m().unwrap_or((f64::INFINITY, f64::INFINITY));
    let mut told = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let nearest = left.iter().map(|one| span(one).1).fold(f64::INFINITY, f64::min);
        let next = left.iter().position(|one| span(one).0 <= nearest).unwrap_or(0);
        told.push(left.remove(next));
    }
    told
}

/// The police have shifts; a crew of ours is out when its phone is.
fn on_duty(unit: &Unit, now_ms: i64) -> bool {
    unit.side == Side::Court
        || unit.duty.iter().any(|(from, until)| (*from..*until).contains(&now_ms))
}

fn candidate(
    to: Option<Spot>,
    unit: &Unit,
    stations: &dyn Fn(&str) -> Option<Coordinate>,
    settings: &Settings,
    now_ms: i64,
) -> Option<Candidate> {
    let fresh = unit.fix.as_ref().and_then(|(spot, at_ms)| {
        // A fix "from the future" is one of a clock we do not know: not used.
        let age_s = u32::try_from(now_ms.checked_sub(*at_ms)?.div_euclid(1_000)).ok()?;
        let used = age_s <= settings.fix_age_s.min(MAX_FIX_AGE_S);
        used.then_some((spot.at, Some(spot.radius_m()), Basis::Fix { age_s }))
    });
    let standing = || {
        let station = unit.station.as_deref().filter(|_| unit.side == Side::Police)?;
        Some((stations(station)?, None, Basis::Station))
    };
    let (distance, basis) = match (fresh.or_else(standing), to) {
        (Some((from, radius_m, basis)), Some(to)) => {
            let wgs84 = |at: Coordinate| convert((at.lat, at.lon), at.datum, Datum::Wgs84);
            let metres = distance_m(wgs84(from), wgs84(to.at));
            let plus_minus_m = radius_m.map(|radius| radius + to.radius_m());
            let far = Distance { metres, plus_minus_m, minutes: minutes(metres, settings) };
            (metres.is_finite().then_some(far), basis)
        }
        (Some((_, _, basis)), None) => (None, basis),
        (None, _) => (None, Basis::Nothing),
    };
    // Of our own people only those are near whom anybody has seen.
    if unit.side == Side::Court && distance.is_none() {
        return None;
    }
    Some(Candidate {
        id: unit.id.clone(),
        station: unit.station.clone(),
        distance,
        basis,
        alike: false,
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
#[path = "suggest_tests.rs"]
mod tests;
