//! Who could come: duty plans, fixes of police units, and own people where they last recorded something.

use lastmile_core::document::{Fields, Intent};
use lastmile_core::records::Role;
use lastmile_core::value::Value as Field;
use lastmile_server::operator::OperatorRole;
use lastmile_server::withdraw::{self, Order};
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, PASSWORD};
use crate::reader::Reader;
use crate::scene::{scene, step};
use crate::world::{COURT, OTHER_CASE, World, case_pack};

pub(crate) const HOUR_MS: i64 = 3_600_000;

/// Writes down who is on duty, over whatever stands.
pub(crate) fn set_duty(browser: &mut Browser, shifts: &[Value]) -> Answer {
    browser.seen = browser.send("GET", "/duty", None).body["version"].as_str().map(str::to_owned);
    let answer = browser.send("PUT", "/duty", Some(&json!({ "shifts": shifts })));
    browser.seen = None;
    answer
}

pub(crate) fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

pub(crate) fn at(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// A shift that runs now.
pub(crate) fn shift(world: &World, unit: &str) -> Value {
    let now_ms = world.server().now_ms();
    json!({ "unit": unit, "from": at(now_ms - HOUR_MS), "until": at(now_ms + 8 * HOUR_MS) })
}

fn units(list: &Value) -> Vec<(String, Option<u64>, bool)> {
    let one = |near: &Value| {
        let unit = near["unit"].as_str().unwrap().to_owned();
        (unit, near["fix_age_s"].as_u64(), near["busy"].as_bool().unwrap())
    };
    list.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn the_nearest_unit_on_duty_is_proposed_with_the_age_of_its_fix() {
    let (world, officer, request) = scene();
    officer.sync();
    let [mut tan, mut qu, mut guan] =
        ["tanliheng", "qutongming", "guanyongyi"].map(|who| signed_in(&world, who));
    let near = |browser: &Browser| {
        browser.send("GET", &format!("/incidents/{}/nearest", request.to_hex()), None).body
    };
    let nobody = near(&tan);
    assert_eq!((&nobody["placed"], &nobody["police"]), (&json!(true), &json!([])));
    let set = set_duty(&mut tan, &[shift(&world, "巡逻一组"), shift(&world, "巡逻二组")]);
    assert_eq!((set.status, set.body["shifts"].as_array().unwrap().len()), (200, 2));
    let shifts = [shift(&world, "西樵一组")];
    assert_eq!(set_duty(&mut qu, &shifts).status, 200);
    assert_eq!(set_duty(&mut guan, &shifts).status, 403, "a station's own plan");
    // Nobody knows where they are: as if they stood at their station.
    let (one, two) = ("巡逻一组".to_owned(), "巡逻二组".to_owned());
    assert_eq!(
        units(&near(&tan)["police"]),
        [(one.clone(), None, false), (two.clone(), None, false)]
    );
    // Their radios say where: the second is closer, by a fix of a minute ago.
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let tell = |body: &Value| {
        let path = format!("/v1/courts/{COURT}/units/positions");
        let (status, said) = gateway.send("POST", &path, &body.to_string());
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        (status, said["field"].as_str().map(str::to_owned))
    };
    let fix = |station: &str, unit: &str, lat: &str, age_s: u32| {
        let position = format!("geo:{lat},112.985;crs=wgs84;u=20");
        json!({ "station": station, "unit": unit, "position": position, "age_s": age_s })
    };
    let fixes = json!({ "fixes": [
        fix("jiujiang", " 巡逻一组 ", "22.87", 30), fix("jiujiang", &two, "22.834", 60),
    ] });
    assert_eq!(tell(&fixes), (204, None));
    let found = near(&tan);
    assert_eq!(
        units(&found["police"]),
        [(two.clone(), Some(60), false), (one.clone(), Some(30), false),]
    );
    assert!(found["police"][0]["metres"].as_u64().unwrap() < 100, "{found}");
    // The command centre sees every station, and which of our own people are near; a station does not.
    assert_eq!(units(&near(&guan)["police"]).len(), 3);
    assert_eq!(near(&qu)["code"], "unknown_record");
    // One that is out is proposed last.
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, request, &json!({ "step": "unit_sent", "unit": two })).0, 200);
    assert_eq!(
        units(&near(&tan)["police"]),
        [(one.clone(), Some(30), false), (two.clone(), Some(60), true),]
    );
    // After half an hour a fix says nothing any more; after the shift nobody is there.
    world.clock.advance(30 * 60_000);
    let tan = signed_in(&world, "tanliheng");
    assert_eq!(units(&near(&tan)["police"])[0].1, None);
    world.clock.advance(HOUR_MS.unsigned_abs() * 8);
    let tan = signed_in(&world, "tanliheng");
    assert_eq!(near(&tan)["police"], json!([]));
    // Nonsense is refused whole, with the field.
    for (body, field) in [
        (json!({ "fixes": [] }), "fixes"),
        (json!({ "fixes": [fix("jiujiang", &one, "22.8", 1_801)] }), "fixes[0].age_s"),
        (json!({ "fixes": [fix("jiujiang", &one, "122.8", 1)] }), "fixes[0].position"),
        (json!({ "fixes": [fix("nowhere", &one, "22.8", 1)] }), "fixes[0].station"),
        (json!({ "fixes": [fix("jiujiang", "\u{7}", "22.8", 1)] }), "fixes[0].unit"),
    ] {
        assert_eq!(tell(&body), (400, Some(field.to_owned())));
    }
    let twice = json!({ "shifts": [shift(&world, "甲"), shift(&world, "甲")] });
    assert_eq!(tan.send("PUT", "/duty", Some(&twice)).body["field"], "shifts[1].from");
    let mut long = shift(&world, "甲");
    long["until"] = at(world.server().now_ms() + 40 * HOUR_MS).into();
    let answer = tan.send("PUT", "/duty", Some(&json!({ "shifts": [long] })));
    assert_eq!(answer.body["field"], "shifts[0].until");
}

#[test]
fn own_people_are_near_where_they_last_recorded_something() {
    let (mut world, officer, request) = scene();
    officer.sync();
    world.publish(&case_pack(OTHER_CASE, 1, &["ouyangbei"]));
    let ouyang = world.officer("ouyangbei");
    let record =
        ouyang.begin("seizure", OTHER_CASE, [("location".to_owned(), "别处".into())].into());
    let position = "geo:22.84,112.985;crs=wgs84;u=8";
    let intent = Intent::Set {
        verb: "set".into(),
        fields: [("location".to_owned(), "别处2号".into())].into(),
    };
    ouyang.phone.act_at(record, &intent, position).unwrap();
    let guan = signed_in(&world, "guanyongyi");
    let near = || {
        let path = format!("/incidents/{}/nearest", request.to_hex());
        units(&guan.send("GET", &path, None).body["court"])
    };
    assert_eq!(near(), [], "the crew that asks is nobody who could come");
    world.clock.advance(60_000);
    ouyang.sync();
    let found = near();
    assert_eq!((found.len(), found[0].1, found[0].2), (1, Some(60), false), "{found:?}");
    // A liaison volunteer who signed there is nobody to be sent to a scene.
    world.publish(&case_pack(OTHER_CASE, 2, &["ouyangbei", "liang"]));
    let liang = world.device("liang", Role::Liaison);
    liang.sync();
    let content = liang.phone.record_view(record).unwrap().content_digest;
    let fields = Fields::from([
        ("name".to_owned(), "梁".into()),
        ("role".to_owned(), "witness".into()),
        ("mode".to_owned(), "sign".into()),
        ("content".to_owned(), Field::Bytes(content.0.to_vec())),
        ("stroke".to_owned(), Field::Bytes(vec![7; 32])),
    ]);
    let sign = Intent::Add { verb: "sign".into(), item: liang.phone.new_item(), fields };
    liang.phone.act_at(record, &sign, position).unwrap();
    liang.sync();
    ouyang.sync();
    let view = ouyang.phone.record_view(record).unwrap();
    assert_eq!(view.state.items("signatures").len(), 1);
    assert_eq!(near().len(), 1);
    // Whoever asks for help is no help.
    let head = [("place".to_owned(), "别处".into()), ("callback".to_owned(), "13800000001".into())];
    ouyang.begin("assistance", OTHER_CASE, head.into());
    ouyang.sync();
    assert!(near()[0].2);
    // Where a withdrawn phone is says nothing about its owner.
    let certificate = ouyang.phone.signed_in().unwrap().certificate;
    let order = Order { certificate, reason: "lost".into(), on_behalf_of: "zhangyi".into() };
    withdraw::revoke(world.server(), &order).unwrap();
    assert_eq!(near(), []);
}

#[test]
fn who_is_on_duty_is_offered_wherever_it_is_and_nobody_called_nearer_for_a_few_metres() {
    let (world, officer, request) = scene();
    officer.sync();
    let mut tan = signed_in(&world, "tanliheng");
    let shifts = ["丙组", "乙组", "甲组"].map(|unit| shift(&world, unit));
    assert_eq!(set_duty(&mut tan, &shifts).status, 200);
    let path = format!("/incidents/{}/nearest", request.to_hex());
    let near = || tan.send("GET", &path, None).body["police"].as_array().unwrap().clone();
    let names = |list: &[Value]| {
        let name = |one: &Value| one["unit"].as_str().unwrap().to_owned();
        list.iter().map(name).collect::<Vec<_>>()
    };
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let tell = |unit: &str, lat: &str, u: u32| {
        let position = format!("geo:{lat},112.985;crs=wgs84;u={u}");
        let fix = json!({ "station": "jiujiang", "unit": unit, "position": position, "age_s": 9 });
        let path = format!("/v1/courts/{COURT}/units/positions");
        let body = json!({ "fixes": [fix] }).to_string();
        assert_eq!(gateway.send("POST", &path, &body).0, 204);
    };
    // The scene is known to 8 m. 乙 is 33 m nearer than 甲, each known to 30 m.
    tell("乙组", "22.8424", 30);
    tell("甲组", "22.8427", 30);
    let found = near();
    assert_eq!(names(&found), ["乙组", "甲组", "丙组"], "whose place nobody knows comes last");
    let alike = |list: &[Value]| list.iter().map(|one| one["alike"] == true).collect::<Vec<_>>();
    assert_eq!((alike(&found), &found[0]["plus_minus_m"]), (vec![true, true, false], &json!(38)));
    assert_eq!((&found[2]["fix_age_s"], &found[2]["plus_minus_m"]), (&json!(null), &json!(null)));
    assert!(found[2]["metres"].is_u64(), "reckoned from its station: {found:?}");
    world.clock.advance(1_000);
    tell("甲组", "22.8335", 30);
    let found = near();
    assert_eq!(
        (names(&found), alike(&found)[0]),
        (vec!["甲组".into(), "乙组".into(), "丙组".into()], false)
    );
    // A call that names no coordinates: who is on duty is told all the same, and nobody is near.
    let called_at = at(world.server().now_ms());
    let call = json!({ "called_at": called_at, "place": "某处", "callback": "0757-86500000",
        "situation": "surrounding" });
    let taken = tan.send("POST", "/incidents", Some(&call));
    let id = taken.body["incident"]["id"].as_str().unwrap();
    let found = tan.send("GET", &format!("/incidents/{id}/nearest"), None).body;
    assert_eq!(found["placed"], false, "{}", taken.body);
    let police = found["police"].as_array().unwrap();
    assert_eq!(names(police), ["丙组", "乙组", "甲组"]);
    assert!(police.iter().all(|one| one["metres"].is_null()), "{found}");
}
