//! Who may ask for what, and what people and things are called.

use serde_json::json;

use crate::browser::Browser;
use crate::{office, signed_in};

/// Who reads cases reads these; administrators keep what runs the court; a dispatcher has the desk.
#[test]
fn everybody_is_answered_what_their_role_needs_and_nothing_else() {
    let world = office();
    let reads = ["/words", "/names", "/acts", "/evening", "/conflicts", "/cases"];
    let runs = ["/people", "/packs"];
    let both = ["/devices"];
    let code = |browser: &Browser, path: &str| {
        let answer = browser.send("GET", path, None);
        (answer.status, Browser::code(&answer).to_owned())
    };
    let refused = |code: &str| (403, code.to_owned());
    let fine = (200, String::new());
    // A picture in a record: whoever reads the record sees it.
    let picture = format!("/files/{}?as=thumbnail", "0".repeat(64));
    for person in ["guanyongyi", "rongguoliang"] {
        let browser = signed_in(&world, person);
        for path in reads.iter().chain(&both) {
            assert_eq!(code(&browser, path), fine, "{person} {path}");
        }
        for path in runs {
            assert_eq!(code(&browser, path), refused("not_your_role"), "{person} {path}");
        }
        assert_eq!(code(&browser, &picture), (404, "not_found".to_owned()));
    }
    let admin = signed_in(&world, "zhangyi");
    for path in runs.iter().chain(&both).chain(&["/map"]) {
        assert_eq!(code(&admin, path), fine, "{path}");
    }
    for path in reads.iter().chain(&["/cases/1/export", picture.as_str()]) {
        assert_eq!(code(&admin, path), refused("no_content_for_admin"), "{path}");
    }
    let desk = signed_in(&world, "tanliheng");
    for path in reads.iter().chain(&runs).chain(&both).chain(&[picture.as_str()]) {
        assert_eq!(code(&desk, path), refused("not_your_role"), "{path}");
    }
    let nobody = Browser::new(&world);
    for path in reads.iter().chain(&runs).chain(&both) {
        assert_eq!(nobody.send("GET", path, None).status, 401, "{path}");
    }
    let invitation = json!({ "person": "luqihang", "roles": ["officer"], "device_name": "手机" });
    let withdrawal = json!({ "reason": "lost", "wipe": false });
    let of_nobody = format!("/devices/{}/withdrawal", "0".repeat(64));
    for (path, body) in [(of_nobody.as_str(), withdrawal), ("/enrolments", invitation)] {
        let mut command = signed_in(&world, "guanyongyi");
        assert_eq!(Browser::code(&command.send("POST", path, Some(&body))), "not_your_role");
        command.csrf = None;
        assert_eq!(Browser::code(&command.send("POST", path, Some(&body))), "bad_csrf");
    }
}

#[test]
fn words_and_names_are_told() {
    let world = office();
    let command = signed_in(&world, "guanyongyi");
    let words = command.send("GET", "/words", None).body;
    let seizure = &words["kinds"]["seizure"];
    assert_eq!(seizure["label"]["zh"], "查封(扣押)财产清单");
    assert_eq!(seizure["collections"]["lines"]["zh"].as_str().map(str::is_ascii), Some(false));
    assert_eq!(seizure["fields"]["lines/measure"]["en"], "measure");
    assert_eq!(seizure["choices"]["lines/measure"]["seal"]["zh"], "查封");
    assert!(words["verbs"]["seizure/add_line"]["zh"].is_string());
    let names = command.send("GET", "/names", None).body;
    assert_eq!(names["names"]["luqihang"], "陆启航");
    assert_eq!(names["names"]["zhangyi"], "张毅");
}

#[test]
fn an_administrator_sees_people_packs_and_stations() {
    let mut world = office();
    world.officer("luqihang");
    let admin = signed_in(&world, "zhangyi");
    let first = admin.send("GET", "/people?limit=4", None).body;
    assert_eq!(first["items"].as_array().unwrap().len(), 4);
    let next = first["next"].as_str().unwrap();
    let rest = admin.send("GET", &format!("/people?limit=4&after={next}"), None).body;
    let all: Vec<_> =
        [&first, &rest].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
    let people: Vec<&str> = all.iter().map(|row| row["person"].as_str().unwrap()).collect();
    assert_eq!(
        people,
        ["guanyongyi", "luqihang", "rongguoliang", "tanliheng", "wenruotang", "zhangyi"]
    );
    let lu = json!({ "person": "luqihang", "name": "陆启航", "roles": ["officer"], "devices": 1,
        "account": false, "totp": false });
    assert_eq!(all[1], lu);
    assert_eq!((&all[0]["account"], &all[0]["devices"]), (&json!(true), &json!(0)));
    assert_eq!(all[4]["roles"], json!([]), "of the roster, without a role yet");
    let packs = admin.send("GET", "/packs", None).body;
    let packs = packs["items"].as_array().unwrap();
    let kinds: Vec<&str> = packs.iter().map(|pack| pack["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["case", "roster", "station"]);
    assert_eq!(packs[1]["version"], 1);
    assert_eq!(packs[1]["published_at"], "2026-03-17T06:50:00.000+08:00");
    assert_eq!(packs[1]["sha256"].as_str().unwrap().len(), 64);
    let map = admin.send("GET", "/map", None).body;
    assert_eq!(map["stations"][0]["duty_phone"], "0757-00000000");
}
