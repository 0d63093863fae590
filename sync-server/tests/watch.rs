//! Silence calls for help: what a crew promised before a dead zone, over real sockets, by the server's clock.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
#[path = "dispatch/scene.rs"]
mod scene;
mod world;

use browser::{Browser, PASSWORD};
use lastmile_core::assistance::watch::{Promise, Word};
use lastmile_core::id::DocumentId;
use lastmile_core::phone::transport::Transport as _;
use lastmile_core::sync::token::Errand;
use lastmile_server::assistance::climb::climb;
use scene::{incidents, scene_with, step};
use serde_json::{Value, json};
use world::{CASE, COURT, Device, MORNING_MS, World};

const MINUTE: i64 = 60_000;

fn promise(id: u8) -> Promise {
    Promise {
        id: [id; 16],
        case: CASE.into(),
        act: None,
        crew: vec!["luqihang".into(), "wenruotang".into()],
        place: "九江镇沙口地下车库".into(),
        position: Some("geo:22.833500,112.985000;crs=wgs84;u=8".into()),
        within_s: 3_600,
        every_min: None,
        grace_s: 300,
    }
}

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

fn watches(browser: &Browser) -> Vec<Value> {
    browser.send("GET", "/watches", None).body["items"].as_array().unwrap().clone()
}

/// The command centre; a session ends after half an hour without a request.
fn guan(world: &World) -> Browser {
    signed_in(world, "guanyongyi")
}

fn begun() -> (World, Device) {
    let (world, officer, _) = scene_with(&["jiujiang"]);
    let answer = officer.phone.leave_watch(&officer.transport(), &promise(7)).unwrap();
    assert_eq!(answer.until_ms, Some(MORNING_MS + 60 * MINUTE), "by the server's clock");
    assert_eq!(answer.standing, "quiet");
    (world, officer)
}

#[test]
fn a_missed_promise_raises_an_incident_over_a_restart() {
    let (mut world, officer) = begun();
    let seen = &watches(&guan(&world))[0];
    assert_eq!(
        (&seen["standing"], &seen["place"]),
        (&json!("quiet"), &json!("九江镇沙口地下车库"))
    );
    assert_eq!(seen["crew"].as_array().unwrap().len(), 2);
    // Sent again because the answer was lost: the first one counts.
    world.clock.advance(10 * 60_000);
    let again = officer.phone.leave_watch(&officer.transport(), &promise(7)).unwrap();
    assert_eq!(again.until_ms, Some(MORNING_MS + 60 * MINUTE));
    world.clock.set(MORNING_MS + 65 * MINUTE - 1);
    assert_eq!(climb(world.server()).unwrap(), 0);
    assert_eq!(watches(&guan(&world))[0]["standing"], "overdue");
    world.start();
    world.clock.set(MORNING_MS + 65 * MINUTE);
    assert!(climb(world.server()).unwrap() >= 1);
    assert!(climb(world.server()).unwrap() <= 1, "raised once; the ladder goes on");
    let seen = incidents(&guan(&world));
    assert_eq!(seen.len(), 1, "{seen:?}");
    let incident = &seen[0];
    assert_eq!((&incident["state"], &incident["case_no"]), (&json!("received"), &json!(CASE)));
    assert_eq!(incident["station"]["code"], "jiujiang");
    let told = &incident["request"];
    assert_eq!((&told["channel"], &told["place"]), (&json!("watch"), &json!("九江镇沙口地下车库")));
    let words = told["situation_text"].as_str().unwrap();
    assert!(words.contains("失去联系") && words.contains("陆启航、温若棠"), "{words}");
    let seen = &watches(&guan(&world))[0];
    assert_eq!((&seen["standing"], &seen["incident"]), (&json!("raised"), &incident["id"]));
    // Heard of late: a person closes what was raised.
    let device = Device { url: world.url(), ..officer };
    let late = device.phone.check_in(&device.transport(), [7; 16], Word::Well).unwrap();
    assert_eq!(late.standing, "heard_late");
    assert_eq!(watches(&guan(&world))[0]["standing"], "heard_late");
    let id = DocumentId::from_hex(incident["id"].as_str().unwrap()).unwrap();
    let tan = signed_in(&world, "tanliheng");
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, id, &json!({ "step": "closed", "reason": "settled" })).0, 200);
    climb(world.server()).unwrap();
    assert_eq!(incidents(&guan(&world)), Vec::<Value>::new());
}

#[test]
fn whoever_checks_in_calls_nobody() {
    let (mut world, officer) = begun();
    let timer = Promise { every_min: Some(30), ..promise(8) };
    officer.phone.leave_watch(&officer.transport(), &timer).unwrap();
    world.clock.advance(50 * 60_000);
    // A colleague of the crew, with a phone of his own.
    let wen = world.officer("wenruotang");
    let kept = wen.phone.check_in(&wen.transport(), [7; 16], Word::Well).unwrap();
    assert_eq!((kept.standing.as_str(), kept.until_ms), ("kept", None));
    let next = officer.phone.check_in(&officer.transport(), [8; 16], Word::Well).unwrap();
    assert_eq!(next.until_ms, Some(MORNING_MS + 80 * MINUTE));
    world.clock.advance(20 * 60_000);
    assert_eq!(climb(world.server()).unwrap(), 0);
    let done = officer.phone.check_in(&officer.transport(), [8; 16], Word::Done).unwrap();
    assert_eq!(done.standing, "kept");
    world.clock.advance(600 * 60_000);
    assert_eq!(climb(world.server()).unwrap(), 0);
    assert_eq!(incidents(&guan(&world)), Vec::<Value>::new());
    assert!(watches(&guan(&world)).iter().all(|watch| watch["standing"] == "kept"));
}

#[test]
fn a_word_under_duress_calls_at_once_and_the_phone_shows_none_of_it() {
    let (world, officer) = begun();
    world.clock.advance(30 * 60_000);
    let answer = officer.phone.check_in(&officer.transport(), [7; 16], Word::Duress).unwrap();
    assert_eq!((answer.standing.as_str(), answer.until_ms), ("kept", None));
    let seen = incidents(&guan(&world));
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["duress"], true);
    assert!(seen[0]["request"]["situation_text"].as_str().unwrap().contains("胁迫"));
    assert!(seen[0]["case_no"].is_null(), "no channel that phones read hears of it");
    let answer = officer.phone.check_in(&officer.transport(), [7; 16], Word::Well).unwrap();
    assert_eq!(answer.standing, "kept");
    assert_eq!(climb(world.server()).unwrap(), 2, "the ladder: told silently, and nobody is there");
    assert_eq!(incidents(&guan(&world)).len(), 1);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let (mut world, officer) = begun();
    let stranger = world.officer("qutongming2");
    let refused = |device: &Device, promise: &Promise| {
        device.phone.leave_watch(&device.transport(), promise).unwrap_err().code().to_owned()
    };
    assert_eq!(refused(&stranger, &promise(9)), "not_your_role", "not of the crew it names");
    assert_eq!(refused(&officer, &Promise { within_s: 5, ..promise(9) }), "watch_deadline");
    let word = |device: &Device, id| {
        let said = device.phone.check_in(&device.transport(), [id; 16], Word::Well);
        said.unwrap_err().code().to_owned()
    };
    assert_eq!(word(&stranger, 7), "unknown_watch");
    assert_eq!(word(&officer, 99), "unknown_watch");
    let post = |body: &[u8]| {
        let token = officer.phone.token(Errand::Watch, body).unwrap();
        officer.transport().post(COURT, Errand::Watch, body, &token).unwrap_err().code().to_owned()
    };
    assert_eq!(post(b"{}"), "bad_body");
    assert_eq!(post(&vec![b' '; 9_000]), "message_too_large");
    let body =
        serde_json::to_vec(&json!({ "say": "check_in", "id": "07".repeat(16), "word": "x" }));
    assert_eq!(post(&body.unwrap()), "bad_body");
    // A token for other bytes, or one that was used.
    let body =
        serde_json::to_vec(&json!({ "say": "check_in", "id": "07".repeat(16), "word": "done" }));
    let body = body.unwrap();
    let token = officer.phone.token(Errand::Watch, b"other").unwrap();
    let answer = officer.transport().post(COURT, Errand::Watch, &body, &token);
    assert_eq!(answer.unwrap_err().code(), "bad_request_token");
    for id in 20..39 {
        officer.phone.leave_watch(&officer.transport(), &promise(id)).unwrap();
    }
    assert_eq!(refused(&officer, &promise(40)), "watches_too_many");
    assert_eq!(watches(&guan(&world)).len(), 20);
    assert_eq!(signed_in(&world, "tanliheng").send("GET", "/watches", None).status, 403);
}
