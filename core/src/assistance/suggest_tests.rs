//! Who could come: what is told apart by distance, and what nobody knows.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::super::test_story::{JIUJIANG, at};
use super::*;

fn place(lat: f64, lon: f64) -> Coordinate {
    Coordinate { lat, lon, datum: Datum::Wgs84 }
}

/// A place on the meridian of the scene.
fn spot(lat: f64, accuracy_m: f64) -> Spot {
    Spot { at: place(lat, 112.985), accuracy_m: Some(accuracy_m) }
}

fn scene() -> Spot {
    spot(22.8335, 8.0)
}

fn far(candidate: &Candidate) -> Distance {
    candidate.distance.unwrap()
}

fn unit(id: &str, side: Side, north_km: f64, age_min: i64) -> Unit {
    let fix = (spot(22.8335 + north_km / 111.2, 20.0), at(9, 10) - age_min * 60_000);
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
    let stations = |code: &str| (code == JIUJIANG).then(|| place(22.8335 + 8.0 / 111.2, 112.985));
    suggest(Some(scene()), units, &stations, &Settings::default(), now_ms)
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
    assert_eq!(far(&found.police[0]).minutes, 9, "3 km, 40 % more by road, 30 km/h");
    assert_eq!((ids(&found.court), far(&found.court[0]).minutes), (vec!["P3"], 28));
    assert_eq!(ids(&ask(&units, at(20, 0)).police), ["夜班车"], "shifts end on the minute");
}

#[test]
fn an_old_fix_is_not_used() {
    let at_30 = ask(&[unit("1号车", Side::Police, 3.0, 30)], at(9, 10));
    assert_eq!(at_30.police[0].basis, Basis::Fix { age_s: 1_800 });
    let older = [unit("1号车", Side::Police, 3.0, 31), unit("P3", Side::Court, 3.0, 31)];
    let found = ask(&older, at(9, 10));
    assert_eq!(found.police[0].basis, Basis::Station);
    assert!((far(&found.police[0]).metres - 8_000.0).abs() < 20.0, "as if it stood at its station");
    assert_eq!(found.court, [], "nobody knows where that crew is");
    let future = [unit("P3", Side::Court, 3.0, -1)];
    assert_eq!(ask(&future, at(9, 10)).court, []);
    // A court cannot make it older.
    let lax = Settings { fix_age_s: 7_200, ..Settings::default() };
    assert_eq!(lax.check(), Err(FIX_AGE));
    let found = suggest(Some(scene()), &older, &|_| None, &lax, at(9, 10));
    assert_eq!((found.police[0].basis, found.police[0].distance), (Basis::Nothing, None));
    assert_eq!(found.court, []);
}

#[test]
fn whoever_is_busy_comes_last() {
    let mut near = unit("1号车", Side::Police, 1.0, 1);
    near.busy = true;
    let found = ask(&[near, unit("2号车", Side::Police, 9.0, 1)], at(9, 10));
    assert_eq!(ids(&found.police), ["2号车", "1号车"]);
}

#[test]
fn nobody_is_called_nearer_whose_distance_does_not_say_so() {
    // 40 metres apart, each known to 20, and the scene to 8.
    let mut units = [unit("乙", Side::Police, 1.0, 1), unit("甲", Side::Police, 1.04, 1)];
    let listed = |units: &[Unit]| {
        let found = ask(units, at(9, 10)).police;
        found.iter().map(|one| (one.id.clone(), one.alike)).collect::<Vec<_>>()
    };
    let row = |id: &str, alike| (id.to_owned(), alike);
    assert_eq!(listed(&units), [row("乙", true), row("甲", true)], "by name: 乙 is U+4E59");
    units[1].id = "丁".to_owned();
    assert_eq!(
        listed(&units),
        [row("丁", true), row("乙", true)],
        "whichever is some metres nearer"
    );
    units[0].fix = Some((spot(22.8335 + 0.9 / 111.2, 20.0), at(9, 9)));
    assert_eq!(listed(&units), [row("乙", false), row("丁", false)], "140 metres say so");
    // One of which little is known stands between them and hides nothing that is certain.
    let mut coarse = unit("一", Side::Police, 1.0, 1);
    coarse.fix = Some((spot(22.8335 + 1.0 / 111.2, 2_000.0), at(9, 9)));
    let three = [units[1].clone(), coarse, units[0].clone()];
    assert_eq!(listed(&three), [row("一", true), row("乙", true), row("丁", true)]);
}

#[test]
fn who_is_on_duty_is_offered_wherever_it_is() {
    let mut nowhere = unit("丙", Side::Police, 0.0, 1);
    (nowhere.fix, nowhere.station) = (None, Some("unplaced".to_owned()));
    let mut standing = unit("丁", Side::Police, 0.0, 1);
    standing.fix = None;
    let mut many = vec![nowhere, standing];
    many.extend((0..9).map(|n| unit(&format!("车{n}"), Side::Police, 10.0 + f64::from(n), 1)));
    let found = ask(&many, at(9, 10)).police;
    let names = ids(&found);
    assert_eq!(names, ["车0", "车1", "车2", "车3", "车4", "丁", "丙"], "known places first");
    assert_eq!((found[5].basis, found[6].basis), (Basis::Station, Basis::Nothing));
    assert_eq!((far(&found[5]).plus_minus_m, found[6].distance), (None, None));
    // Nobody knows where the scene is.
    let found = suggest(None, &many[..3], &|_| None, &Settings::default(), at(9, 10)).police;
    assert_eq!(ids(&found), ["丁", "丙", "车0"]);
    assert!(found.iter().all(|one| one.distance.is_none() && !one.alike));
}

#[test]
fn datums_are_not_mixed() {
    let (lat, lon) = convert((22.8335, 112.985), Datum::Wgs84, Datum::Gcj02);
    let mut here = unit("1号车", Side::Police, 0.0, 1);
    let there = Coordinate { lat, lon, datum: Datum::Gcj02 };
    here.fix = Some((Spot { at: there, accuracy_m: None }, at(9, 10)));
    let found = ask(&[here], at(9, 10));
    assert!(far(&found.police[0]).metres < 5.0, "{:?}", found.police);
    assert_eq!(far(&found.police[0]).plus_minus_m, Some(208.0), "nobody stated a radius");
    assert_eq!(far(&found.police[0]).minutes, 1, "nobody is there in no time");
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
