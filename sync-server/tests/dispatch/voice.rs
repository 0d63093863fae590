//! Calls by telephone: written down by whoever took them, one incident with what the phone brings later, and
//! parted again by a person.

use lastmile_core::assistance::hops::Hop;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::DocumentId;
use lastmile_core::value::Value as Field;
use lastmile_server::upkeep;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::scene::{hop, incidents, scene, step};
use crate::world::{CASE, MORNING_MS, World};

const PLACE: &str = "九江镇测试工业区1号";

fn report(case: Option<&str>, place: &str, called_ms: i64) -> Value {
    let mut report = json!({
        "called_at": lastmile_time(called_ms),
        "place": place,
        "callback": "0757-86500000",
        "situation": "surrounding",
        "situation_text": "约15人围堵大门",
        "people": 15,
        "weapons": false,
        "needs": ["officers", "crowd_control"],
    });
    if let Some(case) = case {
        report["case_no"] = case.into();
    }
    report
}

fn lastmile_time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

fn id_of(incident: &Value) -> DocumentId {
    DocumentId::from_hex(incident["id"].as_str().unwrap()).unwrap()
}

#[test]
fn a_call_is_an_incident_from_when_it_was_and_the_phones_request_joins_it() {
    let (world, officer, request) = scene();
    let [tan, qu, guan] =
        ["tanliheng", "qutongming", "guanyongyi"].map(|who| signed_in(&world, who));
    let called_ms = MORNING_MS - 60_000;
    let taken = tan.send(
        "POST",
        "/incidents",
        Some(&report(Some("（2026）粤0605执1101号"), PLACE, called_ms)),
    );
    assert_eq!(taken.status, 201, "{}", taken.body);
    let incident = &taken.body["incident"];
    assert_eq!(taken.body["proposed"], json!([]));
    assert_eq!(incident["state"], "received");
    assert_eq!(incident["case_no"], CASE);
    assert_eq!(incident["station"]["code"], "jiujiang");
    assert_eq!(incident["t0"], json!(world_time(called_ms)));
    assert_eq!(incident["request"]["channel"], "voice");
    assert_eq!(incident["request"]["people"], 15);
    assert_eq!(incident["request"]["callback"], "0757-86500000");
    assert!(incident["ringing_since"].is_string());
    let call = id_of(incident);
    // Only the station that took it and the command centre see it.
    assert_eq!((incidents(&qu).len(), incidents(&guan).len()), (0, 1));
    world.clock.advance(60_000);
    let (status, _) = step(&tan, call, &json!({ "step": "acknowledged" }));
    assert_eq!(status, 200);

    // The phone finds the network: its request is the same event, and rings.
    world.clock.advance(240_000);
    officer.sync();
    let listed = incidents(&tan);
    let head = listed.iter().find(|incident| id_of(incident) == call).unwrap();
    let joined = listed.iter().find(|incident| id_of(incident) == request).unwrap();
    assert_eq!(joined["merged_into"], json!(call.to_hex()));
    assert_eq!(head["merged"], json!([request.to_hex()]));
    assert!(head["ringing_since"].is_string(), "what is told anew rings anew");
    assert_eq!(head["t0"], json!(world_time(called_ms)), "T0 stays");
    // The phone hears what was done before its request came, and everything after.
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Dispatcher);
    let (status, body) = step(&tan, call, &json!({ "step": "acknowledged" }));
    assert_eq!(status, 200, "{body}");
    let (status, body) = step(&tan, call, &json!({ "step": "unit_sent", "unit": "九江所2号车" }));
    assert_eq!(status, 200, "{body}");
    officer.sync();
    assert_eq!(hop(&officer, request), (Hop::OnTheWay, [true, true, true, false], false));
    assert_eq!(step(&tan, request, &json!({ "step": "arrived" })).0, 409, "acted on at the head");
    step(&tan, call, &json!({ "step": "arrived" }));
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::OnTheSpot);

    // Wrong after all: parted by a person, and no rule joins them again.
    let (status, body) = step(&tan, request, &json!({ "step": "split", "other": call.to_hex() }));
    assert_eq!(status, 200, "{body}");
    let fields = Fields::from([("people_count_est".to_owned(), Field::Int(20))]);
    officer.phone.act(request, &Intent::Set { verb: "set".into(), fields }).unwrap();
    officer.sync();
    let listed = incidents(&tan);
    assert!(listed.iter().all(|incident| incident["merged_into"].is_null()), "{listed:?}");
}

fn world_time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
        .to_string()
}

#[test]
fn what_only_resembles_is_proposed_and_a_person_joins_it() {
    let (world, officer, request) = scene();
    let tan = signed_in(&world, "tanliheng");
    officer.sync();
    world.clock.advance(120_000);
    // No case named, and the place in other words on the same spot: a person decides.
    let mut told = report(None, "测试五金厂门口", MORNING_MS + 100_000);
    told["position"] = "geo:22.8336,112.9851;crs=wgs84;u=200".into();
    let taken = tan.send("POST", "/incidents", Some(&told));
    assert_eq!(taken.status, 201, "{}", taken.body);
    let proposed = json!([{ "id": request.to_hex(), "why": ["same_place"] }]);
    assert_eq!(taken.body["proposed"], proposed);
    assert_eq!(taken.body["incident"]["case_no"], Value::Null);
    let call = id_of(&taken.body["incident"]);
    let join = json!({ "step": "merged", "other": request.to_hex() });
    assert_eq!(step(&tan, call, &join).0, 200);
    let (status, _) = step(&tan, request, &json!({ "step": "acknowledged" }));
    assert_eq!(status, 200);
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Dispatcher);
}

#[test]
fn a_report_sent_again_is_one_incident_over_a_restart_and_a_rebuild() {
    let (mut world, _, _) = scene();
    let mut tan = signed_in(&world, "tanliheng");
    tan.key = Some("a1b2c3d4e5f60718".to_owned());
    let told = report(None, PLACE, MORNING_MS);
    let first = tan.send("POST", "/incidents", Some(&told));
    assert_eq!(first.status, 201, "{}", first.body);
    let id = id_of(&first.body["incident"]);
    world.stop();
    world.start();
    upkeep::rebuild(world.server()).unwrap();
    let mut tan = signed_in(&world, "tanliheng");
    tan.key = Some("a1b2c3d4e5f60718".to_owned());
    let again = tan.send("POST", "/incidents", Some(&told));
    assert_eq!((again.status, id_of(&again.body["incident"])), (201, id));
    let listed = incidents(&tan);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["request"]["place"], PLACE);
    tan.key = Some("another000000000".to_owned());
    tan.send("POST", "/incidents", Some(&told));
    assert_eq!(incidents(&tan).len(), 2);
}

#[test]
fn a_report_that_makes_no_sense_says_which_field() {
    let (world, _, _) = scene();
    let tan = signed_in(&world, "tanliheng");
    let wrong = [
        ("called_at", json!(lastmile_time(MORNING_MS - 13 * 3_600_000))),
        ("called_at", json!(lastmile_time(MORNING_MS + 120_000))),
        ("called_at", json!("vorhin")),
        ("place", json!("  ")),
        ("place", json!("厂".repeat(151))),
        ("callback", json!("call me")),
        ("situation", json!("earthquake")),
        ("needs", json!(["helicopter"])),
        ("position", json!("22.8,112.9")),
        ("people", json!(100_001)),
        ("how", json!("sms")),
    ];
    for (field, value) in wrong {
        let mut told = report(None, PLACE, MORNING_MS);
        told[field] = value.clone();
        let answer = tan.send("POST", "/incidents", Some(&told));
        assert_eq!((answer.status, &answer.body["field"]), (400, &json!(field)), "{value}");
    }
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    // Nobody who only reads, and nobody from outside.
    let mut stranger = Browser::new(&world);
    assert_eq!(
        stranger.send("POST", "/incidents", Some(&report(None, PLACE, MORNING_MS))).status,
        401
    );
    stranger.sign_in("tanliheng", PASSWORD, None);
    stranger.csrf = None;
    assert_eq!(
        stranger.send("POST", "/incidents", Some(&report(None, PLACE, MORNING_MS))).status,
        403
    );
}
