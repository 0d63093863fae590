//! What the phone shows at each hop, and that it never says more than is known.

use super::super::life::Step;
use super::super::test_story::{JIUJIANG, at, ids, step};
use super::*;

fn life(steps: impl IntoIterator<Item = Step>) -> Life {
    Life::of(ids::A, steps)
}

fn received() -> Step {
    step("received", at(9, 7)).for_station(JIUJIANG).build()
}

fn known(life: &Life, now_ms: i64) -> Known<'_> {
    Known {
        saved_ms: at(9, 5),
        carried: Carried::OnThisPhone,
        texted: None,
        life,
        console: None,
        station: Some("九江派出所"),
        duty_phone: Some("0757-86220110"),
        withdrawn_ms: None,
        seen_arrived_ms: None,
        contact_ms: Some(now_ms),
        now_ms,
    }
}

fn with_court(life: &Life, now_ms: i64) -> Known<'_> {
    Known { carried: Carried::WithCourt { since_ms: at(9, 8) }, ..known(life, now_ms) }
}

fn codes(shown: &Shown) -> Vec<&'static str> {
    shown.todo.iter().map(|todo| todo.code).collect()
}

#[test]
fn saved_only_says_so_and_what_to_do() {
    let nothing = life([]);
    let screen = shown(&known(&nothing, at(9, 6)));
    assert_eq!((screen.hop, screen.since_ms, screen.alarm), (Hop::Phone, at(9, 5), true));
    assert_eq!(screen.headline.zh, "已离线保存,尚未送达公安!请立即拨打110");
    assert_eq!(codes(&screen), ["call_110", "call_station", "read_aloud", "send_sms"]);
    assert_eq!(screen.todo[0].number.as_deref(), Some("110"));
    assert_eq!((screen.steps, screen.stale), ([None; 4], None));
    assert_eq!(screen.console.zh, "值班情况不明");
}

#[test]
fn a_text_message_without_an_answer_is_not_delivered() {
    let nothing = life([]);
    let texted = Some(Texted { sent_ms: at(9, 6), delivered_ms: None });
    let screen = shown(&Known { texted, ..known(&nothing, at(9, 7)) });
    assert_eq!((screen.hop, screen.since_ms, screen.alarm), (Hop::Sms, at(9, 6), true));
    assert_eq!(codes(&screen), ["call_110", "call_station", "read_aloud"]);
    assert_eq!(screen.steps[0], None, "the network's word is not the court's");
    // The answer came as a text message too, while the record is still on the phone.
    let heard = life([received()]);
    let screen = shown(&Known { texted, ..known(&heard, at(9, 8)) });
    assert_eq!((screen.hop, screen.steps[0]), (Hop::Server, Some(at(9, 7))));
}

#[test]
fn nobody_at_the_console_weighs_as_much_as_not_delivered() {
    let here = life([received()]);
    let console = |live| Some(Console { live, as_of_ms: at(9, 8) });
    let screen = shown(&Known { console: console(false), ..with_court(&here, at(9, 8)) });
    assert_eq!(screen.headline.zh, "九江派出所无人值守,请拨打110");
    assert!(screen.alarm);
    let screen = shown(&Known { console: console(true), ..with_court(&here, at(9, 8)) });
    assert_eq!(screen.headline.zh, "已送达,等待接警");
    assert_eq!(screen.console.zh, "九江派出所有人值守");
    assert!(screen.alarm, "until a person has it");
}

#[test]
fn the_four_steps_with_their_times() {
    let mut steps = vec![received(), step("alerted", at(9, 7)).build()];
    let look = |steps: &[Step], now_ms| {
        let life = life(steps.iter().cloned());
        shown(&with_court(&life, now_ms))
    };
    assert_eq!(look(&steps, at(9, 8)).hop, Hop::Console);
    steps.push(step("acknowledged", at(9, 15)).by("tan").when(at(9, 24)).build());
    let screen = look(&steps, at(9, 15));
    assert_eq!((screen.hop, screen.alarm), (Hop::Dispatcher, false));
    assert_eq!(screen.headline.zh, "已接警,约9分钟到");
    assert_eq!(codes(&screen), ["say_arrived"]);
    steps.push(step("unit_sent", at(9, 16)).by("tan").unit("2号车").build());
    assert_eq!(look(&steps, at(9, 16)).headline.zh, "已出警,约8分钟");
    let late = look(&steps, at(9, 27));
    assert_eq!(late.headline.zh, "已出警,已超过预计时间3分钟");
    assert_eq!(codes(&late), ["call_station", "say_arrived"]);
    steps.push(step("arrived", at(9, 26)).by("tan").build());
    let screen = look(&steps, at(9, 30));
    assert_eq!((screen.hop, screen.since_ms), (Hop::OnTheSpot, at(9, 26)));
    assert_eq!(screen.steps, [at(9, 7), at(9, 15), at(9, 16), at(9, 26)].map(Some));
    assert_eq!(codes(&screen), [""; 0]);
    steps.push(step("closed", at(10, 0)).by("tan").because("order_restored").build());
    assert_eq!(look(&steps, at(10, 1)).headline.zh, "已处置完毕");
}

#[test]
fn what_the_crew_saw_is_no_step() {
    let coming = life([received(), step("acknowledged", at(9, 15)).by("tan").build()]);
    let seen_arrived_ms = Some(at(9, 26));
    let screen = shown(&Known { seen_arrived_ms, ..with_court(&coming, at(9, 27)) });
    assert_eq!((screen.hop, screen.steps[3]), (Hop::Dispatcher, None));
    assert_eq!(codes(&screen), [""; 0]);
}

#[test]
fn a_withdrawal_waits_for_the_station_and_looks_the_same_under_duress() {
    let nothing = life([]);
    let withdrawn_ms = Some(at(9, 10));
    let alone = shown(&Known { withdrawn_ms, ..known(&nothing, at(9, 10)) });
    assert_eq!((alone.hop, alone.alarm), (Hop::Phone, true), "nobody heard of it yet");
    let plain = vec![
        received(),
        step("acknowledged", at(9, 9)).by("tan").build(),
        step("cancel_asked", at(9, 10)).build(),
    ];
    let mut duress = plain.clone();
    duress.push(step("duress", at(9, 10)).build());
    duress.push(step("escalated", at(9, 10)).because("duress").build());
    let look = |steps: &[Step], now_ms| {
        let life = life(steps.iter().cloned());
        shown(&Known { withdrawn_ms, ..with_court(&life, now_ms) })
    };
    let screen = look(&plain, at(9, 11));
    assert_eq!(screen.headline.zh, "已请求撤回,等待派出所确认");
    assert_eq!(look(&duress, at(9, 11)), screen);
    let confirmed = step("cancel_confirmed", at(9, 12)).by("tan").build();
    let plain = [plain, vec![confirmed.clone()]].concat();
    let sent = step("unit_sent", at(9, 13)).by("tan").unit("1号车").build();
    let duress = [duress, vec![confirmed, sent]].concat();
    let screen = look(&plain, at(9, 14));
    assert_eq!((screen.headline.zh.as_str(), screen.hop), ("已撤回", Hop::Over));
    assert_eq!(look(&duress, at(9, 14)), screen);
}

#[test]
fn an_old_view_says_how_old_it_is() {
    let here = life([received()]);
    let fresh = with_court(&here, at(9, 20));
    assert_eq!(shown(&fresh).stale, None);
    let old = shown(&Known { contact_ms: Some(at(9, 12)), ..fresh });
    assert_eq!(old.stale.map(|texts| texts.zh).as_deref(), Some("数据截至09:12,连接已断开"));
    assert!(shown(&Known { contact_ms: None, ..fresh }).stale.is_some());
}

#[test]
fn declined_is_alone_again() {
    let declined = step("declined", at(9, 9)).by("tan").because("no_car").build();
    let screen_of = life([received(), declined]);
    let screen = shown(&with_court(&screen_of, at(9, 10)));
    assert_eq!((screen.hop, screen.alarm), (Hop::CommandCentre, true));
    assert_eq!(codes(&screen), ["call_110", "call_station", "read_aloud"]);
}
