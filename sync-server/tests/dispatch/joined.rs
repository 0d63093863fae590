//! Reports that were joined: nobody is silenced, called off or shown to the wrong people by what somebody else's
//! report does.

use lastmile_core::assistance::hops::Hop;
use lastmile_core::assistance::withdraw::reason;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::DocumentId;
use lastmile_core::value::Value as Field;
use lastmile_server::upkeep;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::scene::{hop, incidents, scene, step};
use crate::world::{CASE, Device, MORNING_MS, World};

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

fn told(called_ms: i64) -> Value {
    json!({
        "called_at": jiff::Timestamp::from_millisecond(called_ms).unwrap().to_string(),
        "place": "九江镇测试工业区1号",
        "callback": "0757-86500000",
        "situation": "surrounding",
        "case_no": CASE,
    })
}

fn id_of(incident: &Value) -> DocumentId {
    DocumentId::from_hex(incident["id"].as_str().unwrap()).unwrap()
}

fn one(browser: &Browser, id: DocumentId) -> Value {
    browser.send("GET", &format!("/incidents/{}", id.to_hex()), None).body
}

fn cancel(officer: &Device, request: DocumentId, duress: bool) {
    let fields = Fields::from([
        ("cancelled_at".to_owned(), Field::from("2026-03-17T06:55:00+08:00")),
        ("cancel_reason".to_owned(), Field::from(reason("群众已散去", duress).as_str())),
    ]);
    officer.phone.act(request, &Intent::Set { verb: "cancel".into(), fields }).unwrap();
    officer.sync();
}

/// A call that was acknowledged and whose unit is on the way, and the phone's request joined with it.
fn joined() -> (World, Device, DocumentId, DocumentId, Browser) {
    let (world, officer, request) = scene();
    let tan = signed_in(&world, "tanliheng");
    let taken = tan.send("POST", "/incidents", Some(&told(MORNING_MS - 60_000)));
    let call = id_of(&taken.body["incident"]);
    assert_eq!(step(&tan, call, &json!({ "step": "unit_sent", "unit": "九江所2号车" })).0, 200);
    world.clock.advance(60_000);
    officer.sync();
    assert_eq!(one(&tan, request)["merged_into"], json!(call.to_hex()));
    (world, officer, call, request, tan)
}

#[test]
fn a_withdrawal_is_one_crews_and_calls_nobody_else_off() {
    let (_world, officer, call, request, tan) = joined();
    cancel(&officer, request, false);
    let (head, own) = (one(&tan, call), one(&tan, request));
    assert_eq!((&own["merged_into"], &head["merged"]), (&Value::Null, &json!([])));
    assert!(own["cancel_asked"].is_string() && own["ringing_since"].is_string(), "{own}");
    assert_eq!((&head["cancel_asked"], &head["state"]), (&Value::Null, &json!("unit_sent")));
    assert_eq!(step(&tan, request, &json!({ "step": "cancel_confirmed" })).0, 200);
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Over);
    assert_eq!(one(&tan, call)["state"], "unit_sent", "the car that the call brought is still out");
}

#[test]
fn duress_of_a_joined_report_rings_and_its_phone_hears_nothing_of_the_others() {
    let (_world, officer, call, request, tan) = joined();
    assert_eq!(step(&tan, call, &json!({ "step": "acknowledged" })).0, 200);
    cancel(&officer, request, true);
    let own = one(&tan, request);
    assert_eq!((&own["duress"], &own["merged_into"]), (&json!(true), &Value::Null));
    assert!(own["ringing_since"].is_string());
    assert_eq!(step(&tan, request, &json!({ "step": "cancel_confirmed" })).0, 200);
    step(&tan, call, &json!({ "step": "arrived" }));
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Over, "whoever looks on sees that it is over");
    assert_eq!(one(&tan, request)["duress"], true);
    // Nothing joins it again: its phone would hear of the other.
    let join = json!({ "step": "merged", "other": call.to_hex() });
    assert_eq!(step(&tan, request, &join).0, 409);
}

#[test]
fn what_was_joined_a_moment_ago_is_not_closed_unseen() {
    let (world, _officer, call, _request, tan) = joined();
    let close = json!({ "step": "closed", "reason": "settled" });
    let (status, body) = step(&tan, call, &close);
    assert_eq!((status, &body["reason"]), (409, &json!("report_unseen")), "{body}");
    assert_eq!(step(&tan, call, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, call, &close).0, 200);
    // And then nothing of it is left to be done, whatever order the caches are made anew in.
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    upkeep::rebuild(world.server()).unwrap();
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    // What is opened again has its reports again.
    let again = json!({ "step": "reopened", "reason": "other" });
    assert_eq!(step(&tan, call, &again).0, 200);
    assert_eq!(incidents(&tan).len(), 2);
}

#[test]
fn a_rule_makes_no_running_operation_part_of_another() {
    let (world, officer, request) = scene();
    let tan = signed_in(&world, "tanliheng");
    officer.sync();
    world.clock.advance(60_000);
    assert_eq!(step(&tan, request, &json!({ "step": "unit_sent", "unit": "九江所2号车" })).0, 200);
    // Somebody writes down a call of ten minutes ago.
    let taken = tan.send("POST", "/incidents", Some(&told(MORNING_MS - 600_000)));
    assert_eq!(taken.status, 201, "{}", taken.body);
    assert_eq!(taken.body["proposed"][0]["id"], json!(request.to_hex()));
    let stands = one(&tan, request);
    assert_eq!((&stands["merged_into"], &stands["state"]), (&Value::Null, &json!("unit_sent")));
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::OnTheWay);
}

#[test]
fn a_joined_report_goes_where_its_incident_goes() {
    let (world, _officer, call, request, tan) = joined();
    let qu = signed_in(&world, "qutongming");
    let transfer =
        json!({ "step": "transferred", "station": "xiqiao", "note": "辖区以外\n请西樵所处置" });
    let (status, body) = step(&tan, call, &transfer);
    assert_eq!(status, 200, "{body}");
    let seen: Vec<DocumentId> = incidents(&qu).iter().map(id_of).collect();
    assert!(seen.contains(&call) && seen.contains(&request), "{seen:?}");
    assert_eq!(one(&qu, request)["request"]["callback"], "13800000000");
    assert_eq!(incidents(&tan), Vec::<Value>::new());
    let split = json!({ "step": "split", "other": call.to_hex() });
    assert_eq!(step(&tan, request, &split).0, 404);
    assert_eq!(step(&qu, request, &split).0, 200);
}

#[test]
fn words_typed_on_several_lines_and_put_right_are_taken() {
    let (world, _, _) = scene();
    let mut tan = signed_in(&world, "tanliheng");
    tan.key = Some("a1b2c3d4e5f60718".to_owned());
    let mut report = told(MORNING_MS);
    report["situation_text"] = "十五人围堵\n有人持木棍\u{200b}".into();
    let first = tan.send("POST", "/incidents", Some(&report));
    assert_eq!(first.status, 201, "{}", first.body);
    let shown = &first.body["incident"]["request"];
    assert_eq!(shown["situation_text"], "十五人围堵 有人持木棍");
    // The answer was lost; what was typed is put right and sent again.
    report["weapons"] = true.into();
    let again = tan.send("POST", "/incidents", Some(&report));
    assert_eq!(id_of(&again.body["incident"]), id_of(&first.body["incident"]));
    assert_eq!(again.body["incident"]["request"]["weapons"], true);
    assert_eq!(incidents(&tan).len(), 1);
}
