//! A request's life: the morning in Nanhai, and what two dispatchers, a cancel and a joined report do.

#![allow(clippy::expect_used)]

use super::super::check::{Actor, Unfit, may};
use super::super::test_story::{JIUJIANG, at, ids, step};
use super::*;
use crate::records::Role;

const DISPATCHER: Actor<'static> =
    Actor::Person { roles: &[Role::Dispatcher], station: Some(JIUJIANG) };
const COMMAND_CENTRE: Actor<'static> = Actor::Person { roles: &[Role::Command], station: None };
const OFFICER: Actor<'static> = Actor::Person { roles: &[Role::Officer], station: None };

/// Delivered at 09:07, with `more` after it.
fn delivered(more: impl IntoIterator<Item = Step>) -> Life {
    let first = step("received", at(9, 7)).for_station(JIUJIANG).build();
    Life::of(ids::A, std::iter::once(first).chain(more))
}

fn by(person: &str, code: &str, at_ms: i64) -> Step {
    step(code, at_ms).by(person).build()
}

#[test]
fn the_morning_in_nanhai() {
    let mut life = Life::new(ids::A);
    assert_eq!((life.state, life.open()), (State::NotDelivered, false));
    // 09:06 called from the guard room, written down at 09:07 and said to be of 09:07.
    life.take(step("received", at(9, 8)).by("tan").for_station(JIUJIANG).when(at(9, 7)).build());
    assert_eq!(life.t0_ms, Some(at(9, 7)), "a voice call counts from the call");
    assert_eq!(life.ringing_since_ms, Some(at(9, 8)));
    life.take(step("escalated", at(9, 10)).because("second_channel").build());
    life.take(step("acknowledged", at(9, 15)).by("tan").when(at(9, 24)).build());
    assert_eq!((life.state, life.eta_ms), (State::Acknowledged, Some(at(9, 24))));
    assert_eq!(life.holder, Some(Holder { person: "tan".to_owned(), since_ms: at(9, 15) }));
    assert_eq!(life.ringing_since_ms, None);
    life.take(step("unit_sent", at(9, 16)).by("tan").unit("九江所2号车").build());
    assert_eq!((life.eta_ms, life.sent_ms), (Some(at(9, 24)), Some(at(9, 16))));
    // Pressed two minutes late, said to be of 09:26.
    life.take(step("arrived", at(9, 28)).by("tan").when(at(9, 26)).build());
    assert_eq!(life.arrived_ms.zip(life.t0_ms).map(|(to, from)| to - from), Some(19 * 60_000));
    life.take(step("handed_over", at(9, 50)).by("tan").unit("九江派出所").build());
    life.take(step("closed", at(10, 0)).by("tan").because("order_restored").build());
    assert_eq!((life.state, life.open()), (State::Closed, false));
    assert!(life.hops.iter().all(|hop| hop.unfit.is_none()), "{:?}", life.hops);
    assert_eq!(life.hops.len(), 7);
}

#[test]
fn a_receipt_by_rule_counts_from_the_servers_clock() {
    let early = step("received", at(9, 7)).for_station(JIUJIANG).when(at(8, 0)).build();
    assert_eq!(Life::of(ids::A, [early]).t0_ms, Some(at(9, 7)));
    let future = step("received", at(9, 7)).by("tan").for_station(JIUJIANG).when(at(9, 30)).build();
    assert_eq!(Life::of(ids::A, [future]).t0_ms, Some(at(9, 7)), "no call is in the future");
}

#[test]
fn the_second_dispatcher_is_told_who_was_first() {
    let mut life = delivered([by("tan", "acknowledged", at(9, 15))]);
    let second = by("he", "acknowledged", at(9, 15) + 1);
    let told = Unfit::AlreadyAcknowledged { by: "tan".to_owned(), at_ms: at(9, 15) };
    assert_eq!(may(&life, &second, DISPATCHER), Err(told.clone()));
    // Two server processes signed both: it is kept, and the first one still has it.
    assert_eq!(life.take(second), Some(told));
    assert_eq!(life.holder.as_ref().map(|holder| holder.person.as_str()), Some("tan"));
    assert_eq!(life.hops.len(), 3);
}

#[test]
fn whoever_may_not_is_refused_by_code() {
    let life = delivered([]);
    let ack = by("tan", "acknowledged", at(9, 8));
    let elsewhere = Actor::Person { roles: &[Role::Dispatcher], station: Some("lishui") };
    let code = |step: &Step, actor| may(&life, step, actor).map_err(|unfit| unfit.code());
    assert_eq!(code(&ack, DISPATCHER), Ok(()));
    assert_eq!(code(&ack, COMMAND_CENTRE), Ok(()));
    assert_eq!(code(&ack, elsewhere), Err("other_station"));
    assert_eq!(code(&ack, OFFICER), Err("step_not_entitled"));
    assert_eq!(code(&ack, Actor::Rule), Err("step_not_entitled"));
    assert_eq!(code(&by("tan", "alerted", at(9, 8)), DISPATCHER), Err("step_not_entitled"));
    assert_eq!(code(&by("tan", "teleported", at(9, 8)), DISPATCHER), Err("step_unknown"));
    assert_eq!(code(&by("tan", "unit_sent", at(9, 8)), DISPATCHER), Err("step_incomplete"));
    assert_eq!(code(&by("tan", "closed", at(9, 8)), DISPATCHER), Err("step_incomplete"));
    let closed = step("closed", at(9, 8)).by("tan").because("nothing").build();
    assert_eq!(code(&closed, DISPATCHER), Err("step_wrong_state"), "first somebody answers");
    for eta in [at(9, 8) - 1, at(9, 8) + check::MAX_ETA_MS + 1] {
        let ack = step("acknowledged", at(9, 8)).by("tan").when(eta).build();
        assert_eq!(code(&ack, DISPATCHER), Err("eta_out_of_range"));
    }
    // A voice call is written down by whoever takes it, wherever the place is.
    let new = Life::new(ids::A);
    let voice = step("received", at(9, 7)).by("he").for_station(JIUJIANG).build();
    assert_eq!(may(&new, &voice, elsewhere), Ok(()));
    for unfit in
        [Unfit::NotEntitled, Unfit::UnderDuress, Unfit::Missing(super::super::step::Need::Unit)]
    {
        let texts = unfit.texts();
        assert!(texts.zh.ends_with('。') && texts.en.ends_with('.'), "{texts:?}");
    }
}

#[test]
fn declined_and_transferred_ring_on() {
    let mut life = delivered([
        step("escalated", at(9, 10)).because("second_channel").build(),
        step("escalated", at(9, 8)).because("command_sees").build(),
        step("declined", at(9, 11)).by("tan").because("no_car").build(),
    ]);
    assert_eq!((life.state, life.station.as_deref()), (State::Declined, Some(COMMAND)));
    assert_eq!(life.ringing_since_ms, Some(at(9, 7)), "declining buys no time");
    life.take(step("transferred", at(9, 12)).by("guan").for_station("longjiang").build());
    assert_eq!((life.state, life.station.as_deref()), (State::Received, Some("longjiang")));
    assert_eq!(life.ringing_since_ms, Some(at(9, 7)));
    assert_eq!(life.told.keys().collect::<Vec<_>>(), ["command_sees"], "its own second channel");
    // Acknowledged, then given up: the alarm begins anew.
    life.take(by("chen", "acknowledged", at(9, 13)));
    life.take(step("declined", at(9, 20)).by("chen").because("called_away").build());
    assert_eq!((life.ringing_since_ms, life.holder.clone()), (Some(at(9, 20)), None));
    assert_eq!(life.answered_ms, Some(at(9, 13)), "history stays");
}

#[test]
fn answers_never_lead_back() {
    let sent = step("unit_sent", at(9, 9)).by("tan").unit("1号车").build();
    let mut life = delivered([sent, by("tan", "arrived", at(9, 20))]);
    assert_eq!(life.answered_ms, Some(at(9, 9)), "sending somebody is an answer");
    life.take(step("unit_sent", at(9, 21)).by("tan").unit("2号车").build());
    assert_eq!((life.state, life.unit.as_deref()), (State::Arrived, Some("2号车")));
    assert_eq!((life.sent_ms, life.since_ms), (Some(at(9, 9)), Some(at(9, 20))));
    assert_eq!(life.take(by("tan", "eta", at(9, 22))).map(|u| u.code()), Some("step_incomplete"));
}

#[test]
fn a_cancel_only_asks() {
    let confirm = by("tan", "cancel_confirmed", at(9, 12));
    let mut life = delivered([]);
    assert_eq!(may(&life, &confirm, DISPATCHER), Err(Unfit::NoCancelAsked));
    life.take(step("cancel_asked", at(9, 10)).build());
    assert_eq!((life.state, life.ringing_since_ms), (State::Received, Some(at(9, 7))));
    assert_eq!(may(&life, &confirm, Actor::Rule), Err(Unfit::NotEntitled));
    life.take(confirm);
    assert_eq!((life.state, life.ringing_since_ms), (State::Cancelled, None));
    life.take(step("reopened", at(9, 30)).by("tan").because("called_again").build());
    assert_eq!((life.state, life.ringing_since_ms), (State::Received, Some(at(9, 30))));
}

#[test]
fn a_cancel_under_duress_looks_the_same_and_never_closes() {
    let steps = [
        step("received", at(9, 7)).for_station(JIUJIANG).build(),
        by("tan", "acknowledged", at(9, 8)),
        step("cancel_asked", at(9, 10)).build(),
        step("duress", at(9, 10)).build(),
        step("escalated", at(9, 10)).because("duress").build(),
        by("tan", "cancel_confirmed", at(9, 12)),
    ];
    let server = Life::of(ids::A, steps.clone());
    assert!(server.duress && server.open());
    assert_eq!((server.state, server.ringing_since_ms), (State::Acknowledged, Some(at(9, 10))));
    for code in ["closed", "false_alarm"] {
        let end = step(code, at(9, 13)).by("tan").because("quiet").build();
        assert_eq!(may(&server, &end, DISPATCHER), Err(Unfit::UnderDuress), "{code}");
    }
    // What is told to phones gives exactly a plain cancel.
    let told: Vec<Step> = steps.iter().filter(|step| !step.silent()).cloned().collect();
    assert_eq!(told.len(), 4);
    let phone = Life::of(ids::A, told);
    assert_eq!((phone.state, phone.duress), (State::Cancelled, false));
    assert_eq!(server.as_phones_see(), phone);
    let tells = |step: &Step| server.may_tell_phones(step);
    assert!(!tells(&step("escalated", at(9, 13)).because("command_sees").build()));
    assert!(!tells(&step("unit_sent", at(9, 13)).by("tan").unit("1号车").build()));
    // Before the cancel is confirmed too, the alarm that duress began stays unseen.
    let open = Life::of(ids::A, steps[..5].iter().cloned());
    assert!(!open.may_tell_phones(&by("he", "acknowledged", at(9, 11))));
    assert!(!open.may_tell_phones(&step("escalated", at(9, 11)).because("chief").build()));
    assert!(open.may_tell_phones(&steps[5]));
    // What was signed all the same is not shown afterwards either.
    let climbed = step("escalated", at(9, 11)).because("chief").build();
    let [head, tail] = [&steps[..5], &steps[5..]];
    let busy = [head, &[climbed, by("he", "acknowledged", at(9, 11))], tail].concat();
    assert_eq!(Life::of(ids::A, busy).as_phones_see(), phone);
    let plain = Life::of(ids::A, steps[..2].iter().cloned());
    assert!(plain.may_tell_phones(&step("escalated", at(9, 9)).because("chief").build()));
    // The word of duress comes after the cancel was confirmed: open again.
    let mut late = Life::of(ids::A, steps.iter().filter(|step| !step.silent()).cloned());
    late.take(step("duress", at(9, 13)).build());
    assert_eq!((late.state, late.ringing_since_ms), (State::Received, Some(at(9, 13))));
    // Somebody was there and saw: now a person may close it.
    let mut server = server;
    server.take(by("tan", "arrived", at(9, 20)));
    let end = step("closed", at(9, 40)).by("tan").because("crew_safe").build();
    assert_eq!(may(&server, &end, DISPATCHER), Ok(()));
}

#[test]
fn a_joined_report_rings_again_and_can_be_parted() {
    let joins = || step("merged", at(9, 12)).of(ids::B).with(ids::A).build();
    let mut head = delivered([by("tan", "acknowledged", at(9, 10)), joins()]);
    assert_eq!(head.ringing_since_ms, Some(at(9, 12)));
    assert_eq!((head.state, head.joined.contains(&ids::B)), (State::Acknowledged, true));
    assert_eq!(may(&head, &by("he", "acknowledged", at(9, 13)), DISPATCHER), Ok(()));
    head.take(by("he", "acknowledged", at(9, 13)));
    assert_eq!((head.state, head.ringing_since_ms), (State::Acknowledged, None));

    let received = step("received", at(9, 12)).of(ids::B).for_station(JIUJIANG).build();
    let mut report = Life::of(ids::B, [received, joins()]);
    assert_eq!((report.open(), report.ringing_since_ms), (false, None));
    let ack = step("acknowledged", at(9, 13)).of(ids::B).by("tan").build();
    assert_eq!(may(&report, &ack, DISPATCHER), Err(Unfit::JoinedElsewhere { head: ids::A }));
    let wrong = step("split", at(9, 14)).of(ids::B).with(ids::C).by("tan").build();
    assert_eq!(may(&report, &wrong, DISPATCHER), Err(Unfit::WrongPair));
    let parts = step("split", at(9, 14)).of(ids::B).with(ids::A).by("tan").build();
    head.take(parts.clone());
    report.take(parts);
    assert_eq!((report.open(), report.ringing_since_ms), (true, Some(at(9, 14))));
    assert!(head.joined.is_empty());
    // Neither with itself nor in a ring of two.
    let own = step("merged", at(9, 15)).of(ids::B).with(ids::B).build();
    assert_eq!(may(&report, &own, Actor::Rule), Err(Unfit::WrongPair));
    let mut head = delivered([joins()]);
    let back = step("merged", at(9, 15)).with(ids::B).build();
    assert_eq!(head.take(back), Some(Unfit::WrongPair));
}

#[test]
fn whoever_calls_about_what_is_over_opens_it_again() {
    let closed = step("closed", at(9, 30)).by("tan").because("quiet").build();
    let mut life = delivered([by("tan", "arrived", at(9, 20)), closed]);
    life.take(step("merged", at(9, 40)).of(ids::B).with(ids::A).build());
    assert_eq!((life.state, life.ringing_since_ms), (State::Received, Some(at(9, 40))));
}

#[test]
fn repeated_unknown_and_foreign_steps_change_nothing() {
    let ack = by("tan", "acknowledged", at(9, 10));
    let mut life = delivered([ack.clone()]);
    let before = life.clone();
    assert_eq!(life.take(ack), None);
    assert_eq!(life.take(step("acknowledged", at(9, 11)).of(ids::C).by("he").build()), None);
    assert_eq!(life, before);
    assert_eq!(life.take(by("tan", "teleported", at(9, 12))), Some(Unfit::UnknownStep));
    assert_eq!((life.state, life.hops.len()), (before.state, before.hops.len() + 1));
}

#[test]
fn the_next_shift_has_it_by_name() {
    let mut life = delivered([by("tan", "acknowledged", at(9, 10))]);
    life.take(by("liang", "taken_over", at(9, 30)));
    assert_eq!(life.holder, Some(Holder { person: "liang".to_owned(), since_ms: at(9, 30) }));
    assert_eq!((life.state, life.answered_ms), (State::Acknowledged, Some(at(9, 10))));
}

#[test]
fn a_step_travels_as_a_transition() {
    let court = crate::identity::test_keys::TestCourt::nanhai();
    let made = step("unit_sent", at(9, 16)).by("tan").unit("2号车").when(at(9, 24)).build();
    let body = Transition {
        court: crate::identity::test_keys::COURT.to_owned(),
        channel: "station:jiujiang".to_owned(),
        kind: made.to_kind(),
        on_behalf_of: made.by.clone(),
        at_ms: made.at_ms,
        nonce: [1; 16],
        follows: None,
        certificate: court.server.id,
    };
    let signed = crate::identity::Signed::seal(&body, court.server.signer.as_ref());
    let verified = court.directory.verify(signed.expect("sealed")).expect("verified");
    let back = Step::of(&verified).expect("a step");
    assert_eq!(back, Step { id: body.id(), ..made });
}

#[test]
fn another_stations_unit_is_the_command_centres_to_send_and_let_go_with_the_request() {
    let lent =
        step("unit_sent", at(9, 16)).by("guan").unit("西樵二组").for_station("xiqiao").build();
    let life = delivered([]);
    assert_eq!(may(&life, &lent, DISPATCHER), Err(Unfit::NotEntitled));
    assert_eq!(may(&life, &lent, COMMAND_CENTRE), Ok(()));
    let own = step("unit_sent", at(9, 16)).by("tan").unit("2号车").for_station(JIUJIANG).build();
    assert_eq!(may(&life, &own, DISPATCHER), Ok(()));
    assert_eq!(delivered([own.clone()]).lent_by, None, "nobody lends it");
    let mut life = delivered([lent.clone()]);
    assert_eq!(life.lent_by.as_deref(), Some("xiqiao"));
    assert_eq!(delivered([lent, own]).lent_by, None, "one of its own was sent after it");
    life.take(step("transferred", at(9, 18)).by("guan").for_station("lishui").build());
    assert_eq!((life.unit, life.lent_by), (None, None));
}
