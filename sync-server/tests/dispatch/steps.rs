//! Steps of a request: who may take them, what follows, what the phone shows.

use lastmile_core::assistance::hops::Hop;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::pack::court::{CourtPack, EscalationAction, EscalationStep};
use lastmile_core::value::Value as Field;
use lastmile_server::assistance::climb::climb;
use lastmile_server::upkeep;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::scene::{hop, incidents, scene, scene_with, step};
use crate::world::{CASE, COURT, MORNING_MS};

#[test]
fn each_step_reaches_the_phone_and_nobody_elses_console() {
    let (world, officer, id) = scene();
    // Saved only: the phone says so, and to telephone.
    assert_eq!(hop(&officer, id), (Hop::Phone, [false; 4], true));
    officer.sync();
    let [mut tan, mut qu, mut guan] = [(); 3].map(|()| Browser::new(&world));
    tan.sign_in("tanliheng", PASSWORD, None);
    qu.sign_in("qutongming", PASSWORD, None);
    guan.sign_in("guanyongyi", PASSWORD, None);
    let seen = incidents(&tan);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0]["state"], "received");
    assert_eq!(seen[0]["station"]["name"], "九江派出所");
    assert_eq!(seen[0]["request"]["callback"], "13800000000");
    assert!(seen[0]["ringing_since"].is_string());
    // A station sees nothing of another station; the command centre sees all.
    assert_eq!(incidents(&qu), Vec::<Value>::new());
    assert_eq!(incidents(&guan).len(), 1);
    let path = format!("/incidents/{}", id.to_hex());
    assert_eq!(qu.send("GET", &path, None).status, 404);
    assert_eq!(step(&qu, id, &json!({ "step": "acknowledged" })).0, 404);
    officer.sync();
    assert_eq!(hop(&officer, id), (Hop::Server, [true, false, false, false], true));
    world.clock.advance(60_000);
    let (status, incident) = step(&tan, id, &json!({ "step": "acknowledged" }));
    assert_eq!((status, &incident["state"]), (200, &json!("acknowledged")));
    assert_eq!(incident["holder"]["name"], "谭立衡");
    assert_eq!(incident["ringing_since"], Value::Null);
    officer.sync();
    assert_eq!(hop(&officer, id), (Hop::Dispatcher, [true, true, false, false], false));
    let eta = lastmile_core_time(world.server().now_ms() + 9 * 60_000);
    let sent = json!({ "step": "unit_sent", "unit": "九江所巡逻一组", "when": eta });
    assert_eq!(step(&tan, id, &sent).0, 200);
    officer.sync();
    assert_eq!(hop(&officer, id), (Hop::OnTheWay, [true, true, true, false], false));
    world.clock.advance(9 * 60_000);
    assert_eq!(step(&tan, id, &json!({ "step": "arrived" })).0, 200);
    let closed = json!({ "step": "closed", "reason": "settled", "note": "群众已劝离" });
    let (status, incident) = step(&tan, id, &closed);
    assert_eq!((status, &incident["state"]), (200, &json!("closed")));
    let steps: Vec<&str> = incident["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| hop["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["received", "acknowledged", "unit_sent", "arrived", "closed"]);
    officer.sync();
    assert_eq!(hop(&officer, id), (Hop::Over, [true; 4], false));
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    let over = tan.send("GET", "/incidents?state=closed", None).body;
    assert_eq!(over["items"].as_array().unwrap().len(), 1);
}

fn lastmile_core_time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

#[test]
fn of_two_dispatchers_at_once_the_second_is_told_who_has_it() {
    let (world, officer, id) = scene();
    officer.sync();
    let people = ["tanliheng", "hezhuoyan"];
    let browsers = people.map(|person| {
        let mut browser = Browser::new(&world);
        browser.sign_in(person, PASSWORD, None);
        browser
    });
    let body = json!({ "step": "acknowledged" });
    let answers = std::thread::scope(|scope| {
        let both = browsers.each_ref().map(|browser| scope.spawn(|| step(browser, id, &body)));
        both.map(|one| one.join().unwrap())
    });
    let mut statuses = answers.each_ref().map(|(status, _)| *status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let first = answers.iter().find(|(status, _)| *status == 200).unwrap();
    let second = answers.iter().find(|(status, _)| *status == 409).unwrap();
    assert_eq!(second.1["code"], "step_unfit");
    assert_eq!(second.1["reason"], "already_acknowledged");
    assert_eq!(second.1["incident"]["holder"], first.1["holder"]);
}

#[test]
fn what_lacks_something_or_makes_no_sense_changes_nothing() {
    let (world, officer, id) = scene();
    officer.sync();
    let mut tan = Browser::new(&world);
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).1["code"], "session_expired");
    tan.sign_in("tanliheng", PASSWORD, None);
    let before = incidents(&tan);
    for (body, status, code) in [
        (json!({ "step": "unit_sent" }), 409, "step_incomplete"),
        (json!({ "step": "closed", "reason": "x" }), 409, "step_wrong_state"),
        (json!({ "step": "cancel_confirmed" }), 409, "no_cancel_asked"),
        (json!({ "step": "received", "station": "xiqiao" }), 409, "step_wrong_state"),
        (json!({ "step": "duress" }), 409, "step_not_entitled"),
        (json!({ "step": "nonsense" }), 409, "step_unknown"),
        (json!({ "step": "eta", "when": "soon" }), 400, ""),
        (json!({ "step": "merged", "other": id.to_hex() }), 409, "wrong_pair"),
        (json!({ "step": "merged", "other": "00".repeat(16) }), 404, ""),
        (json!({ "step": "acknowledged", "note": "长".repeat(301) }), 400, ""),
        (json!({ "stepp": "acknowledged" }), 400, ""),
    ] {
        let (got, answer) = step(&tan, id, &body);
        assert_eq!(got, status, "{body}: {answer}");
        if !code.is_empty() {
            assert_eq!(answer["reason"], code, "{body}");
        }
    }
    assert_eq!(incidents(&tan), before);
}

#[test]
fn steps_survive_a_restart_and_a_rebuild() {
    let (mut world, officer, id) = scene();
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
    world.start();
    // The session lives in the store: the dispatcher does not sign in again.
    assert_eq!(incidents(&tan)[0]["state"], "acknowledged");
    upkeep::rebuild(world.server()).unwrap();
    assert_eq!(incidents(&tan)[0]["state"], "acknowledged");
    officer.sync();
    assert_eq!(hop(&officer, id).0, Hop::Dispatcher);
}

#[test]
fn while_nobody_acts_the_next_rung_is_told_once() {
    let (world, officer, id) = scene();
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    let told = |browser: &Browser| {
        let path = format!("/incidents/{}", id.to_hex());
        let incident = browser.send("GET", &path, None).body;
        let hops = incident["timeline"].as_array().unwrap().clone();
        let hops = hops.iter().filter(|hop| hop["step"] == "escalated");
        hops.map(|hop| hop["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // A console of the station is there and shows the alarm.
    let showing = json!({ "showing": [id.to_hex()] });
    assert_eq!(tan.send("POST", "/presence", Some(&showing)).body["desk"], "jiujiang");
    assert_eq!(incidents(&tan)[0]["state"], "alerted");
    assert_eq!(climb(world.server()).unwrap(), 0);
    // It falls silent: nobody is there, says the phone, and the command centre is told at once.
    world.clock.advance(11_000);
    assert_eq!(climb(world.server()).unwrap(), 1);
    assert_eq!(told(&tan), ["nobody_there"]);
    assert_eq!(climb(world.server()).unwrap(), 0, "told once");
    for (seconds, rung) in [(60, "command_sees"), (180, "second_channel"), (600, "command_calls")] {
        let received = MORNING_MS + seconds * 1_000;
        world.clock.set(received);
        assert_eq!(climb(world.server()).unwrap(), 1, "{rung}");
        assert_eq!(told(&tan).last().unwrap(), rung);
    }
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(climb(world.server()).unwrap(), 0, "somebody has it");
    officer.sync();
    assert_eq!(hop(&officer, id).0, Hop::Dispatcher);
}

#[test]
fn a_court_sets_how_long_each_rung_waits() {
    let (world, officer, id) = scene();
    let step = |after_s, action| EscalationStep { after_s, action, ..EscalationStep::default() };
    let pack = CourtPack {
        code: COURT.into(),
        name: "测试法院".into(),
        response_target_s: 900,
        escalation: vec![
            step(20, EscalationAction::ShowCommand),
            step(40, EscalationAction::SecondChannel),
        ],
        ..CourtPack::default()
    };
    let published = world
        .server()
        .publish(|publisher| publisher.reference(&pack, |pack, version| pack.version = version));
    published.unwrap();
    let mut tan = Browser::new(&world);
    let session = tan.sign_in("tanliheng", PASSWORD, None);
    assert_eq!(session.body["arrival_target_s"], 900);
    officer.sync();
    let told = |seconds: u64| {
        // Somebody sits there, and lets it ring.
        world.clock.advance(seconds * 1_000);
        tan.send("POST", "/presence", Some(&json!({ "showing": [] })));
        climb(world.server()).unwrap();
        incidents(&tan)[0]["told"].clone()
    };
    assert_eq!(told(19), json!([]));
    assert_eq!(told(1), json!(["command_sees"]));
    assert_eq!(told(19), json!(["command_sees"]));
    assert_eq!(told(1), json!(["command_sees", "second_channel"]));
    assert_eq!(hop(&officer, id).0, Hop::Server);
}

#[test]
fn the_stream_tells_each_change_and_begins_anew_after_a_break() {
    let (world, officer, id) = scene();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    let mut stream = tan.follow(None);
    assert_eq!(stream.next().0, "hello");
    let (name, body) = stream.next();
    assert_eq!((name.as_str(), &body["stations"][0]["online"]), ("presence", &json!(false)));
    officer.sync();
    let (name, body) = stream.next();
    assert_eq!((name.as_str(), &body["incident"]["state"]), ("incident", &json!("received")));
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
    let (_, body) = stream.next();
    assert_eq!(body["incident"]["state"], "acknowledged");
    // What the crew adds is told too, though it is no step.
    officer
        .phone
        .act(
            id,
            &Intent::Set {
                verb: "set".into(),
                fields: Fields::from([("people_count_est".to_owned(), Field::Int(15))]),
            },
        )
        .unwrap();
    officer.sync();
    let (_, body) = stream.next();
    assert_eq!(body["incident"]["request"]["people"], 15);
    drop(stream);
    let closed = json!({ "step": "closed", "reason": "settled" });
    assert_eq!(step(&tan, id, &closed).0, 200);
    let mut stream = tan.follow(Some("3"));
    let names = [(); 3].map(|()| stream.next().0);
    assert_eq!(names, ["hello", "presence", "reset"]);
    // The end of the session ends the stream.
    assert_eq!(tan.send("DELETE", "/session", None).status, 204);
    officer.begin("assistance", CASE, Fields::default());
    officer.sync();
    assert!(stream.ended());
}

#[test]
fn the_next_shift_takes_over_what_is_open_and_the_map_shows_where() {
    let (world, officer, id) = scene();
    officer.sync();
    let [mut tan, mut he] = [(); 2].map(|()| Browser::new(&world));
    tan.sign_in("tanliheng", PASSWORD, None);
    he.sign_in("hezhuoyan", PASSWORD, None);
    let body = json!({ "note": "对方约15人,已到两组", "incidents": [id.to_hex()] });
    // Nobody has it yet: there is nothing to take over, and it is shown as it stands.
    let answer = he.send("POST", "/handover", Some(&body));
    assert_eq!(answer.body["incidents"][0]["holder"], Value::Null);
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
    let answer = he.send("POST", "/handover", Some(&body));
    assert_eq!(answer.body["incidents"][0]["holder"]["name"], "何卓言");
    let unknown = json!({ "incidents": ["00".repeat(16)] });
    assert_eq!(he.send("POST", "/handover", Some(&unknown)).status, 404);
    let map = he.send("GET", "/map", None).body;
    assert_eq!(map["stations"].as_array().unwrap().len(), 2);
    assert_eq!(map["areas"]["type"], "FeatureCollection");
}

#[test]
fn a_crew_that_moved_on_is_seen_by_the_station_where_it_is() {
    for taken in [false, true] {
        let (world, officer, id) = scene_with(&["jiujiang", "xiqiao"]);
        officer.sync();
        let [mut tan, mut qu] = [(); 2].map(|()| Browser::new(&world));
        tan.sign_in("tanliheng", PASSWORD, None);
        qu.sign_in("qutongming", PASSWORD, None);
        if taken {
            assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
        }
        let fields = Fields::from([
            ("text".to_owned(), Field::from("转移到西樵")),
            ("position".to_owned(), Field::from("geo:22.93,112.97;crs=wgs84;u=8")),
        ]);
        let item = officer.phone.new_item();
        let update = Intent::Add { verb: "add_update".into(), item, fields };
        officer.phone.act(id, &update).unwrap();
        officer.sync();
        // Nobody had it: the other station rings. Somebody has it: whoever comes is not called off.
        assert_eq!(incidents(&qu).len(), usize::from(!taken));
        assert_eq!(incidents(&tan).len(), usize::from(taken));
    }
}

#[test]
fn a_step_that_is_sent_again_is_taken_once() {
    let (world, officer, id) = scene();
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    let body = json!({ "step": "unit_sent", "unit": "九江所巡逻一组" });
    let path = format!("/incidents/{}/steps", id.to_hex());
    for key in ["0123456789abcdef", "0123456789abcdef", "fedcba9876543210"] {
        tan.key = Some(key.to_owned());
        assert_eq!(tan.send("POST", &path, Some(&body)).status, 200);
    }
    tan.key = None;
    let one = tan.send("GET", &format!("/incidents/{}", id.to_hex()), None).body;
    let hops = one["timeline"].as_array().unwrap().iter();
    assert_eq!(hops.filter(|hop| hop["step"] == "unit_sent").count(), 2);
    tan.key = Some("no key".to_owned());
    assert_eq!(tan.send("POST", &path, Some(&body)).status, 400);
}

#[test]
fn a_request_from_before_there_were_steps_is_shown_all_the_same() {
    let (world, officer, id) = scene();
    officer.sync();
    let database = rusqlite::Connection::open(world.data().join("server.db")).unwrap();
    database.execute("DELETE FROM assist", []).unwrap();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    assert_eq!(climb(world.server()).unwrap(), 1);
    assert_eq!(incidents(&tan)[0]["id"], id.to_hex());
    assert_eq!(step(&tan, id, &json!({ "step": "acknowledged" })).0, 200);
}

#[test]
fn however_many_are_open_none_falls_off_the_list() {
    const MANY: usize = 520;
    let (world, officer, first) = scene();
    officer.sync();
    world.clock.advance(60_000);
    for number in 1..MANY {
        // Three kilometres apart, southwards: none of them is the same event as another.
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let latitude = 22.8335 - number as f64 * 0.03;
        let position = format!("geo:{latitude:.4},112.985;crs=wgs84;u=8");
        let head = Fields::from([("position".to_owned(), Field::from(position.as_str()))]);
        officer.begin("assistance", CASE, head);
    }
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    let open = incidents(&tan);
    assert_eq!(open.len(), MANY);
    assert!(open.iter().any(|one| one["id"] == first.to_hex()), "the oldest is the most urgent");
    // Nobody is at the desk: the ladder leaves none of them out either.
    assert_eq!(climb(world.server()).unwrap(), MANY + 1, "one has waited a minute besides");
}
