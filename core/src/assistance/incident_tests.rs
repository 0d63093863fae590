//! Which reports are one event, and that joining and parting them does not depend on the order.

use proptest::prelude::*;

use super::super::life::Step;
use super::super::test_story::{JIUJIANG, at, ids, step};
use super::*;

const K1: &str = "(2026)粤0605执1101号";

fn report(document: DocumentId, received_ms: i64) -> Report {
    Report { document, received_ms, ..Report::default() }
}

fn place(lat: f64, lon: f64, accuracy_m: f64) -> (Coordinate, f64) {
    (Coordinate { lat, lon, datum: Datum::Wgs84 }, accuracy_m)
}

fn life(document: DocumentId, minute: i64, more: impl IntoIterator<Item = Step>) -> Life {
    let first = step("received", at(9, minute)).of(document).for_station(JIUJIANG).build();
    Life::of(document, std::iter::once(first).chain(more))
}

#[test]
fn the_voice_report_and_the_app_are_one() {
    let voice = Report {
        case: K1.to_owned(),
        place: "九江镇沙口工业区".to_owned(),
        position: Some(place(22.8335, 112.985, 100.0)),
        ..report(ids::A, at(9, 7))
    };
    let app = Report {
        case: K1.to_owned(),
        position: Some(place(22.8337, 112.9851, 8.0)),
        asked_ms: Some(at(9, 5)),
        ..report(ids::B, at(9, 12))
    };
    let found = propose(&app, std::slice::from_ref(&voice), &Settings::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].because, [Because::SameCase, Because::SamePlace]);
    assert!(found[0].certain && found[0].with == ids::A && found[0].gap_ms == 300_000);
    assert_eq!(propose(&app, std::slice::from_ref(&app), &Settings::default()), [], "itself");
    // Joined, T0 is the call's, and there is one incident.
    let joins = step("merged", at(9, 12)).of(ids::B).with(ids::A).build();
    let (head, joined) = (life(ids::A, 7, [joins.clone()]), life(ids::B, 12, [joins]));
    assert_eq!(direction(&head, &joined), (ids::B, ids::A));
    let incidents = incidents([&joined, &head]);
    assert_eq!(incidents.len(), 1);
    assert_eq!((incidents[0].head, incidents[0].t0_ms), (ids::A, Some(at(9, 7))));
    assert_eq!(incidents[0].reports, [ids::A, ids::B]);
}

#[test]
fn what_is_certain_what_is_asked_and_what_is_apart() {
    let settings = Settings::default();
    let base = Report {
        case: K1.to_owned(),
        act: Some(ids::C),
        crew: BTreeSet::from(["luqihang".to_owned()]),
        position: Some(place(22.8335, 112.985, 8.0)),
        place: "沙口".to_owned(),
        ..report(ids::A, at(9, 7))
    };
    let blank = report(ids::B, at(9, 10));
    let judge = |new: Report| {
        let found = propose(&new, std::slice::from_ref(&base), &settings);
        found.first().map(|proposal| (proposal.because.clone(), proposal.certain))
    };
    let far = Some(place(22.8735, 112.985, 8.0)); // 4.4 km north
    assert_eq!(judge(blank.clone()), None, "nothing in common");
    let case = Report { case: K1.to_owned(), ..blank.clone() };
    assert_eq!(judge(case.clone()), Some((vec![Because::SameCase], false)));
    assert_eq!(judge(Report { position: far, ..case.clone() }), None, "two scenes of one case");
    let same_words = Report { place: " 沙口 ".to_owned(), ..case.clone() };
    assert_eq!(judge(same_words.clone()).map(|(_, certain)| certain), Some(true));
    assert_eq!(judge(Report { position: far, ..same_words }), None, "a name that occurs twice");
    let near = Report { position: base.position, ..blank.clone() };
    assert_eq!(judge(near.clone()), Some((vec![Because::SamePlace], false)));
    let other_case = Report { case: "(2026)粤0605执1102号".to_owned(), ..near.clone() };
    assert_eq!(judge(other_case), Some((vec![Because::SamePlace], false)), "a colleague helps");
    let crew = Report { crew: base.crew.clone(), ..blank.clone() };
    assert_eq!(judge(crew), Some((vec![Because::SameCrew], true)));
    let act = Report { act: base.act, position: far, ..blank.clone() };
    assert_eq!(judge(act), Some((vec![Because::SameAct], false)), "one of the fixes is wrong");
    // A poor fix 600 m off says "here or there".
    let vague = Report { position: Some(place(22.8389, 112.985, 500.0)), ..near };
    assert_eq!(judge(vague), Some((vec![Because::SamePlace], false)));
    let late = Report { received_ms: at(9, 23), ..case.clone() };
    assert_eq!(judge(late), None, "sixteen minutes later");
    let delayed = Report {
        received_ms: at(11, 0),
        asked_ms: Some(at(9, 6)),
        crew: base.crew.clone(),
        ..case
    };
    let asked = judge(delayed).map(|(_, certain)| certain);
    assert_eq!(asked, Some(false), "by the phone's clock: a person decides");
}

#[test]
fn proposals_come_in_one_order() {
    let near = |document, minute| Report {
        position: Some(place(22.8335, 112.985, 8.0)),
        ..report(document, at(9, minute))
    };
    let certain = Report { case: K1.to_owned(), ..near(ids::C, 1) };
    let new = Report { case: K1.to_owned(), ..near(DocumentId([9; 16]), 10) };
    let order = |open: &[Report]| -> Vec<DocumentId> {
        propose(&new, open, &Settings::default()).iter().map(|found| found.with).collect()
    };
    let expected = [ids::C, ids::A, ids::B];
    assert_eq!(order(&[near(ids::B, 8), near(ids::A, 8), certain.clone()]), expected);
    assert_eq!(order(&[certain, near(ids::A, 8), near(ids::B, 8)]), expected);
}

#[test]
fn what_may_be_joined() {
    let (early, late) = (life(ids::A, 7, []), life(ids::B, 12, []));
    assert_eq!(may_join(&late, &early), Ok(()));
    assert_eq!(may_join(&early, &late), Err(Unfit::WrongPair), "the later with the earlier");
    let ack = step("acknowledged", at(9, 8)).by("tan").build();
    let closed = step("closed", at(9, 9)).by("tan").because("quiet").build();
    let ended = life(ids::A, 7, [ack, closed]);
    assert_eq!(may_join(&late, &ended), Err(Unfit::WrongState { state: State::Closed }));
    let elsewhere = life(ids::A, 7, [step("merged", at(9, 8)).with(ids::C).build()]);
    assert_eq!(may_join(&late, &elsewhere), Err(Unfit::JoinedElsewhere { head: ids::C }));
}

#[test]
fn the_incident_shows_the_furthest_and_hides_no_alarm() {
    let joins = step("merged", at(9, 12)).of(ids::B).with(ids::A).build();
    let sent = step("unit_sent", at(9, 11)).of(ids::A).by("tan").unit("1号车").build();
    let duress = step("duress", at(9, 13)).of(ids::B).with(ids::A).build();
    let steps = [sent, joins, duress];
    let lives = [life(ids::A, 7, steps.clone()), life(ids::B, 9, steps)];
    let incident = &incidents(&lives)[0];
    assert_eq!((incident.state, incident.answered_ms), (State::UnitSent, Some(at(9, 11))));
    assert_eq!(incident.ringing_since_ms, Some(at(9, 12)));
    assert!(incident.duress && lives[0].duress, "known on the report and on its incident");
    // A head that is not known here yet: the report stands for itself.
    assert_eq!(incidents([&lives[1]])[0].head, ids::B);
}

#[test]
fn settings_have_bounds() {
    let good = Settings::default();
    assert_eq!(good.check(), Ok(()));
    assert_eq!(Settings { window_s: 59, ..good }.check(), Err(WINDOW));
    assert_eq!(Settings { near_m: 49, ..good }.check(), Err(DISTANCE));
    assert_eq!(Settings { apart_m: 300, ..good }.check(), Err(DISTANCE));
}

fn id(number: u8) -> DocumentId {
    DocumentId([number; 16])
}

/// For each of eight reports: joined with an earlier one or not, and parted again or not.
fn joins_and_parts() -> impl Strategy<Value = Vec<Step>> {
    let each = (1_u8..8).prop_flat_map(|number| (Just(number), 0..number, any::<[bool; 2]>()));
    prop::collection::vec(each, 0..12).prop_map(|all| {
        let mut known = BTreeSet::new();
        let mut steps = Vec::new();
        for (number, earlier, [joined, parted]) in all {
            if joined && known.insert(number) {
                let merged = step("merged", at(9, 20)).of(id(number)).with(id(earlier)).build();
                let split = step("split", at(9, 30)).of(id(number)).with(id(earlier)).by("tan");
                steps.push(merged);
                steps.extend(parted.then(|| split.build()));
            }
        }
        steps
    })
}

fn read_all(steps: &[Step]) -> Vec<(DocumentId, Vec<DocumentId>)> {
    let lives: Vec<Life> =
        (0..8).map(|number| life(id(number), i64::from(number), steps.iter().cloned())).collect();
    incidents(&lives).into_iter().map(|found| (found.head, found.reports)).collect()
}

proptest! {
    #[test]
    fn the_order_in_which_different_reports_are_joined_does_not_matter(
        steps in joins_and_parts(), keys in prop::collection::vec(any::<u32>(), 24)
    ) {
        // Shuffled, but each report's own join stays before its parting: that order is causal.
        let mut shuffled: Vec<(u32, Step)> = steps
            .iter()
            .map(|step| (keys[usize::from(step.document.0[0])], step.clone()))
            .collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Step> = shuffled.into_iter().map(|(_, step)| step).collect();
        let read = read_all(&steps);
        prop_assert_eq!(&read, &read_all(&shuffled));
        let all: usize = read.iter().map(|(_, reports)| reports.len()).sum();
        prop_assert_eq!(all, 8, "every report is in exactly one incident");
        for (head, reports) in read {
            prop_assert!(reports.iter().all(|report| *report >= head), "the earliest is the head");
        }
    }

    #[test]
    fn even_rings_and_forged_joins_give_one_answer(edges in prop::collection::vec((0_u8..6, 0_u8..6), 0..12)) {
        let mut lives: Vec<Life> = (0..6).map(|number| life(id(number), 7, [])).collect();
        for (from, to) in edges {
            lives[usize::from(from)].merged_into = Some(id(to));
        }
        let forward = incidents(&lives);
        let backward = incidents(lives.iter().rev());
        prop_assert_eq!(&forward, &backward);
        prop_assert_eq!(forward.iter().map(|found| found.reports.len()).sum::<usize>(), 6);
    }
}
