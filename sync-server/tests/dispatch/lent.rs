//! A unit that the command centre sends to another station's request is busy at its own station, which is told where
//! it is, until it is free again.

use lastmile_core::assistance::withdraw::reason;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::DocumentId;
use lastmile_core::value::Value as Field;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::near::{set_duty, shift, signed_in};
use crate::scene::{scene_with, step};
use crate::world::{Device, OTHER_CASE, World, case_pack};

/// A request at each of two stations, with two units on duty at either of which one has the same name.
struct Two {
    world: World,
    officer: Device,
    here: DocumentId,
    there: DocumentId,
    tan: Browser,
    qu: Browser,
    guan: Browser,
}

fn two() -> Two {
    let (mut world, officer, here) = scene_with(&["jiujiang", "xiqiao"]);
    world.publish(&case_pack(OTHER_CASE, 1, &["wenruotang"]));
    officer.sync();
    let wen = world.officer("wenruotang");
    let head = Fields::from([
        ("place".to_owned(), Field::from("西樵镇测试路2号")),
        ("position".to_owned(), Field::from("geo:22.93,112.97;crs=wgs84;u=8")),
        ("callback".to_owned(), Field::from("13800000001")),
    ]);
    let there = wen.begin("assistance", OTHER_CASE, head);
    wen.sync();
    let [mut tan, mut qu, guan] =
        ["tanliheng", "qutongming", "guanyongyi"].map(|who| signed_in(&world, who));
    let plan = |units: [&str; 2]| units.map(|unit| shift(&world, unit));
    assert_eq!(set_duty(&mut tan, &plan(["巡逻一组", "九江二组"])).status, 200);
    assert_eq!(set_duty(&mut qu, &plan(["巡逻一组", "西樵二组"])).status, 200);
    Two { world, officer, here, there, tan, qu, guan }
}

/// Units of a station's proposal that are busy.
fn busy(browser: &Browser, request: DocumentId) -> Vec<String> {
    let answer = browser.send("GET", &format!("/incidents/{}/nearest", request.to_hex()), None);
    let police = answer.body["police"].as_array().unwrap().clone().into_iter();
    let busy = police.filter(|unit| unit["busy"] == true);
    busy.map(|unit| {
        assert!(unit["out"]["place"].is_string(), "{unit}");
        unit["unit"].as_str().unwrap().to_owned()
    })
    .collect()
}

fn lent(browser: &Browser) -> Vec<Value> {
    browser.send("GET", "/duty", None).body["lent"].as_array().unwrap().clone()
}

fn send(unit: &str, station: Option<&str>) -> Value {
    let mut sent = json!({ "step": "unit_sent", "unit": unit });
    if let Some(station) = station {
        sent["station"] = station.into();
    }
    sent
}

#[test]
fn its_own_station_sees_that_it_is_out_and_where() {
    let Two { world, here, there, tan, qu, guan, .. } = two();
    let (status, incident) = step(&guan, here, &send("巡逻一组", Some("xiqiao")));
    assert_eq!((status, &incident["lent_by"]["name"]), (200, &json!("西樵派出所")), "{incident}");
    assert_eq!(incident["station"]["code"], "jiujiang", "whose request it is has not changed");
    // Of two units of one name the one that was sent is out.
    assert_eq!(busy(&qu, there), ["巡逻一组"]);
    assert_eq!(busy(&tan, here), Vec::<String>::new());
    let away = lent(&qu);
    assert_eq!((away.len(), &away[0]["unit"]), (1, &json!("巡逻一组")));
    assert_eq!(away[0]["out"]["station"]["name"], "九江派出所");
    assert_eq!(away[0]["out"]["place"], "九江镇测试工业区1号");
    assert_eq!(away[0]["out"]["arrived"], false);
    assert_eq!((lent(&tan).len(), lent(&guan).len()), (0, 1));
    // No more of the request is that station's to see.
    assert_eq!(qu.send("GET", &format!("/incidents/{}", here.to_hex()), None).status, 404);
    world.clock.advance(60_000);
    assert_eq!(step(&guan, here, &json!({ "step": "arrived" })).0, 200);
    let there_now = lent(&qu);
    assert_eq!(there_now[0]["out"]["arrived"], true);
    assert_eq!(there_now[0]["out"]["since"], away[0]["out"]["since"], "since it was sent");
    // In the other direction, typed without its station: only one station has such a unit on duty.
    let (status, incident) = step(&guan, there, &send("九江二组", None));
    assert_eq!((status, &incident["lent_by"]["code"]), (200, &json!("jiujiang")), "{incident}");
    assert_eq!(busy(&tan, here), ["九江二组"]);
    // A station's own unit is lent by nobody, however it is named.
    let (_, incident) = step(&guan, here, &send("巡逻一组", Some("jiujiang")));
    assert_eq!(incident["lent_by"], json!(null));
    assert_eq!(
        (busy(&tan, here), lent(&qu).len()),
        (vec!["九江二组".into(), "巡逻一组".into()], 0)
    );
    let (_, incident) = step(&guan, here, &send("巡逻一组", None));
    assert_eq!(incident["lent_by"], json!(null), "both stations have one: its own is meant");
}

#[test]
fn it_is_free_again_when_the_request_ends_or_goes_elsewhere() {
    let Two { world: _running, officer, here, there, tan, qu, guan } = two();
    let sent = send("西樵二组", Some("xiqiao"));
    let out = || (busy(&qu, there), lent(&qu).len());
    let (away, free) = ((vec!["西樵二组".to_owned()], 1), (Vec::new(), 0));
    assert_eq!(step(&guan, here, &sent).0, 200);
    assert_eq!(out(), away);
    // Transferred: whoever has it then sends somebody of their own.
    let transferred = json!({ "step": "transferred", "station": "xiqiao" });
    assert_eq!(step(&guan, here, &transferred).0, 200);
    assert_eq!(out(), free);
    let back = json!({ "step": "transferred", "station": "jiujiang" });
    assert_eq!(step(&guan, here, &back).0, 200);
    assert_eq!(step(&guan, here, &sent).0, 200);
    assert_eq!(out(), away);
    assert_eq!(step(&tan, here, &json!({ "step": "closed", "reason": "settled" })).0, 200);
    assert_eq!(out(), free);
    // The crew takes it back.
    let again = json!({ "step": "reopened", "reason": "again" });
    assert_eq!(step(&guan, here, &again).0, 200);
    assert_eq!(step(&guan, here, &sent).0, 200);
    assert_eq!(out(), away);
    let fields = Fields::from([
        ("cancelled_at".to_owned(), Field::from("2026-03-17T06:55:00+08:00")),
        ("cancel_reason".to_owned(), Field::from(reason("群众已散去", false).as_str())),
    ]);
    officer.phone.act(here, &Intent::Set { verb: "cancel".into(), fields }).unwrap();
    officer.sync();
    assert_eq!(out(), away, "the station has not confirmed it");
    assert_eq!(step(&tan, here, &json!({ "step": "cancel_confirmed" })).0, 200);
    assert_eq!(out(), free);
}

#[test]
fn another_stations_unit_is_the_command_centres_to_send() {
    let Two { world: _running, here, there, tan, qu, .. } = two();
    let (status, refused) = step(&tan, here, &send("西樵二组", Some("xiqiao")));
    assert_eq!((status, &refused["reason"]), (409, &json!("step_not_entitled")));
    // What a dispatcher types is a unit of the own station, whatever it is called.
    assert_eq!(step(&tan, here, &send("西樵二组", None)).0, 200);
    assert_eq!((busy(&qu, there), lent(&qu).len()), (Vec::new(), 0));
}
