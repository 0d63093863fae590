//! What the command centre reads: the acts of a day, the evening, conflicts, cases, a case as a file; and that
//! its console is told when an act changes.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use futures_util::FutureExt;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::export::verify::verify;
use lastmile_core::pack::party::Party;
use lastmile_core::phone::Capture;
use lastmile_core::records::builtin;
use lastmile_core::time::SystemEntropy;
use lastmile_server::http::{AppState, Limits, router};
use lastmile_server::operator::{self, OperatorRole};
use lastmile_server::store::Writing;
use lastmile_server::waiters::ACTS;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::browser::{Browser, Events};
use crate::world::{CASE, Device, OTHER_CASE, World, case_pack};
use crate::{office, signed_in};

fn items(browser: &Browser, path: &str) -> Vec<Value> {
    let answer = browser.send("GET", path, None);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

fn edit(officer: &Device, record: lastmile_core::id::DocumentId, line: &str, name: &str) {
    let fields = Fields::from([("name".to_owned(), name.into())]);
    let edit = Intent::Edit { verb: "edit_line".into(), item: line.into(), fields };
    officer.phone.act(record, &edit).unwrap();
}

#[test]
fn the_acts_of_a_day_say_what_is_missing_and_where_originals_are() {
    let mut world = office();
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    let head = Fields::from([
        ("location".to_owned(), "九江镇测试工业区1号".into()),
        ("start_at".to_owned(), "2026-03-17T08:30:00+08:00".into()),
    ]);
    let record = lu.begin("seizure", CASE, head);
    let photo = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), "scene".into())]),
        position: None,
    };
    lu.phone.capture(record, &mut &b"no picture"[..], &photo).unwrap();
    lu.begin("assistance", CASE, Fields::default());
    lu.sync();
    wen.sync();
    wen.line(record, "注塑机");
    wen.sync();
    let command = signed_in(&world, "guanyongyi");
    let acts = items(&command, "/acts?day=2026-03-17");
    assert_eq!(acts.len(), 1, "a request for assistance is no act: {acts:?}");
    let act = &acts[0];
    assert_eq!(act["record"], record.to_hex());
    assert_eq!(act["kind_label"]["zh"], "查封(扣押)财产清单");
    assert_eq!(act["handler"], json!({ "person": "luqihang", "name": "陆启航" }));
    assert_eq!(act["people"], json!([{ "person": "wenruotang", "name": "温若棠" }]));
    assert_eq!(act["started_at"], "2026-03-17T08:30:00+08:00");
    assert_eq!(act["last_received"], "2026-03-17T06:50:00.000+08:00");
    assert_eq!((&act["finalised"], &act["open_conflicts"]), (&json!(false), &json!(0)));
    assert_eq!(act["files"], json!({ "absent": 1, "arriving": 0, "stored": 0, "differs": 0 }));
    // The same as on the phone, by the same rules.
    let on_phone = wen.phone.check_rules(record, lastmile_core::rules::Stage::Close, None).unwrap();
    let on_phone: Vec<&str> = lastmile_core::rules::missing(&on_phone.findings)
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    let missing = act["missing"].as_array().unwrap();
    let here: Vec<&str> = missing.iter().map(|each| each["code"].as_str().unwrap()).collect();
    assert!(!here.is_empty() && here == on_phone, "{here:?} {on_phone:?}");
    assert!(missing.iter().any(|each| {
        each["article"].as_str().is_some_and(|article| article.starts_with('《'))
    }));
    // A day is the day on which something came.
    assert_eq!(items(&command, "/acts").len(), 1, "today, when no day is named");
    for day in ["2026-03-16", "2026-03-18"] {
        assert_eq!(items(&command, &format!("/acts?day={day}")), Vec::<Value>::new(), "{day}");
    }
    world.clock.advance(18 * 60 * 60 * 1_000);
    wen.line(record, "纸箱");
    wen.sync();
    let command = signed_in(&world, "guanyongyi");
    assert_eq!(items(&command, "/acts?day=2026-03-17").len(), 1);
    assert_eq!(items(&command, "/acts?day=2026-03-18").len(), 1);
    for day in ["2026-02-30", "today", "2026-3-17"] {
        let answer = command.send("GET", &format!("/acts?day={day}"), None);
        assert_eq!((answer.status, Browser::code(&answer)), (400, "bad_query"), "{day}");
    }
    let lu_more = lu.seizure();
    lu.sync();
    let first = command.send("GET", "/acts?limit=1", None).body;
    let next = first["next"].as_str().unwrap();
    let second = command.send("GET", &format!("/acts?limit=1&after={next}"), None).body;
    assert_eq!(first["items"][0]["record"], record.to_hex());
    assert_eq!(second["items"][0]["record"], lu_more.to_hex());
    assert_eq!(second.get("next"), None);
}

#[test]
fn the_evening_lists_what_is_unfinished_and_which_rules_were_set_aside() {
    let mut world = office();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    let fields = Fields::from([
        ("rule".to_owned(), "R-SEZ-05".into()),
        ("reason".to_owned(), "在场人均已离开".into()),
        ("decided_at".to_owned(), "2026-03-17T10:40:00+08:00".into()),
    ]);
    let item = lu.phone.new_item();
    lu.phone.act(record, &Intent::Add { verb: "override_rule".into(), item, fields }).unwrap();
    lu.sync();
    let command = signed_in(&world, "guanyongyi");
    let evening = command.send("GET", "/evening", None).body;
    assert_eq!(evening["unfinished"][0]["record"], record.to_hex());
    let set_aside = &evening["overrides"][0];
    assert_eq!(set_aside["rule"]["code"], "R-SEZ-05");
    assert!(set_aside["rule"]["article"].as_str().unwrap().contains('条'));
    assert_eq!(set_aside["by"]["name"], "陆启航");
    assert_eq!(set_aside["at"], "2026-03-17T10:40:00+08:00");
    assert_eq!(set_aside["reason"], "在场人均已离开");
    assert_eq!((&evening["returned"], &evening["approvals"]), (&json!([]), &json!([])));
    world.clock.advance(24 * 60 * 60 * 1_000);
    let command = signed_in(&world, "guanyongyi");
    let next_day = command.send("GET", "/evening", None).body;
    assert_eq!((&next_day["unfinished"], &next_day["overrides"]), (&json!([]), &json!([])));
}

#[test]
fn a_conflict_says_what_it_is_about_and_who_may_settle_it() {
    let mut world = office();
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    let record = lu.seizure();
    let line = lu.line(record, "注塑机");
    lu.sync();
    wen.sync();
    for (officer, fen) in [(&lu, 100), (&wen, 200)] {
        let fields = Fields::from([(
            "field_estimate_fen".to_owned(),
            lastmile_core::value::Value::Int(fen),
        )]);
        let edit = Intent::Edit { verb: "edit_line".into(), item: line.clone(), fields };
        officer.phone.act(record, &edit).unwrap();
    }
    edit(&lu, record, &line, "立式注塑机");
    lu.sync();
    wen.sync();
    let command = signed_in(&world, "guanyongyi");
    let listed = items(&command, "/conflicts");
    let detail = command.send("GET", &format!("/records/{}", record.to_hex()), None).body;
    assert_eq!(json!(listed), detail["conflicts"]);
    let estimate = &listed[0];
    assert_eq!(estimate["target"], format!("lines/{line}/field_estimate_fen"));
    assert_eq!(estimate["record_kind"], "seizure");
    assert_eq!(estimate["title"], "九江镇测试工业区1号");
    assert_eq!(estimate["item_name"], "立式注塑机");
    let must = &estimate["must_decide"];
    assert_eq!(must["handler"], json!({ "person": "luqihang", "name": "陆启航" }));
    assert_eq!(must["roles"], json!(["command"]), "two officers' values: the command centre, too");
    let devices: Vec<&str> = detail["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["device_name"].as_str().unwrap())
        .collect();
    assert!(devices.contains(&"P1") && devices.contains(&"P2"), "{devices:?}");
}

#[test]
fn cases_are_found_by_number_cause_and_party() {
    let world = office();
    let mut other = case_pack(OTHER_CASE, 1, &["luqihang"]);
    other.cause = "民间借贷纠纷".into();
    other.parties = vec![Party { id: "p1".into(), name: "罗敬武".into(), ..Party::default() }];
    world.publish(&other);
    let command = signed_in(&world, "guanyongyi");
    let found = |search: &str| -> Vec<String> {
        items(&command, &format!("/cases?search={search}"))
            .iter()
            .map(|case| case["case_no"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("执1102"), [OTHER_CASE]);
    assert_eq!(found("借贷"), [OTHER_CASE]);
    assert_eq!(found("罗敬武"), [OTHER_CASE]);
    assert_eq!(found(""), [CASE, OTHER_CASE]);
    assert_eq!(found("%25"), Vec::<String>::new(), "no pattern: the text itself");
}

#[test]
fn a_case_is_saved_as_the_file_that_anybody_can_check() {
    let mut world = office();
    let lu = world.officer("luqihang");
    lu.line(lu.seizure(), "注塑机");
    lu.sync();
    let president = signed_in(&world, "rongguoliang");
    let get = |path: &str| {
        let cookie = format!("lastmile_session={}", president.cookie.as_deref().unwrap());
        let url = format!("{}{path}", president.base);
        president.client.get(url).header("cookie", cookie).send().unwrap()
    };
    for (query, edition) in [("", "full"), ("?edition=party", "party")] {
        let answer = get(&format!("/cases/{CASE}/export{query}"));
        assert_eq!(answer.status().as_u16(), 200);
        let shown = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(shown.starts_with("attachment;") && shown.contains("UTF-8''%282026%29"), "{shown}");
        let bytes = answer.bytes().unwrap();
        let root = Some(world.server().root());
        let report = verify(&builtin(), Cursor::new(&bytes[..]), root, &mut |_| {}).unwrap();
        assert!(report.proven() && report.edition == edition, "{query} {report:?}");
        assert!(edition == "party" || report.records.len() == 1, "{report:?}");
    }
    assert_eq!(get("/cases/(2026)粤0605执9999号/export").status().as_u16(), 404);
    assert_eq!(get(&format!("/cases/{CASE}/export?edition=short")).status().as_u16(), 400);
    let left = std::fs::read_dir(world.data()).unwrap();
    let left: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("export-"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "nothing of it stays on the disk");
}

/// Whoever comes while one is made, or being sent, is told to come again; then it is there.
#[test]
fn one_case_is_exported_at_a_time() {
    let world = office();
    let server = Arc::clone(world.running.as_ref().unwrap().server());
    let token = |writing: &Writing<'_>| {
        operator::add(writing, &SystemEntropy, OperatorRole::Command, "测试", None, 0)
    };
    let token = server.store().write(token).unwrap();
    let (_, stopping) = tokio::sync::watch::channel(false);
    let state = AppState::new(server, Limits::default(), stopping);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ask = || {
        let (court, case) = ("%E7%B2%A40605", "(2026)%E7%B2%A40605%E6%89%A71101%E5%8F%B7");
        let request = Request::get(format!("/v1/courts/{court}/cases/{case}/export"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let answer = runtime.block_on(router(state.clone()).oneshot(request)).unwrap();
        let status = answer.status().as_u16();
        (status, answer.into_body())
    };
    let (status, sending) = ask();
    assert_eq!(status, 200);
    assert_eq!(ask().0, 503, "not all of the first is sent");
    let bytes = runtime.block_on(to_bytes(sending, usize::MAX)).unwrap();
    assert!(bytes.starts_with(b"PK"), "an archive");
    assert_eq!(ask().0, 200);
}

/// The next event, other than who is there.
fn next(events: &mut Events) -> (String, Value) {
    loop {
        let (name, body) = events.next();
        if name != "presence" {
            return (name, body);
        }
    }
}

/// What wakes a list of acts, and what does not: a request for assistance, a step taken about it.
#[test]
fn acts_change_with_records_that_are_acts_and_not_with_requests() {
    let mut world = office();
    let lu = world.officer("luqihang");
    let command = signed_in(&world, "guanyongyi");
    let woken = |world: &World, work: &dyn Fn()| {
        let notify = world.server().waiters().register(&[ACTS.to_owned()]);
        work();
        notify.notified().now_or_never().is_some()
    };
    let request = lu.begin("assistance", CASE, Fields::default());
    assert!(!woken(&world, &|| drop(lu.sync())), "a request");
    let path = format!("/incidents/{}/steps", request.to_hex());
    let step = json!({ "step": "acknowledged" });
    let taken = || assert_eq!(command.send("POST", &path, Some(&step)).status, 200);
    assert!(!woken(&world, &taken), "a step");
    lu.seizure();
    assert!(woken(&world, &|| drop(lu.sync())), "a seizure");
    let more = case_pack(CASE, 2, &["luqihang"]);
    assert!(woken(&world, &|| world.publish(&more)), "a case pack");
}

#[test]
fn a_console_that_lists_acts_is_told_when_one_changes_and_a_desk_is_not() {
    let mut world = office();
    let lu = world.officer("luqihang");
    let command = signed_in(&world, "guanyongyi");
    let desk = signed_in(&world, "tanliheng");
    let (mut listing, mut alarmed) = (command.follow(None), desk.follow(None));
    assert_eq!((next(&mut listing).0, next(&mut alarmed).0), ("hello".into(), "hello".into()));
    lu.seizure();
    lu.sync();
    assert_eq!(next(&mut listing), ("acts".to_owned(), json!({})));
    let first = Instant::now();
    lu.seizure();
    lu.sync();
    lu.seizure();
    lu.sync();
    assert_eq!(next(&mut listing), ("acts".to_owned(), json!({})));
    assert!(first.elapsed() >= Duration::from_millis(900), "once a second: {:?}", first.elapsed());
    world.stop();
    let mut rest = Vec::new();
    while let Some(name) = alarmed.name_or_end() {
        rest.push(name);
    }
    assert!(!rest.contains(&"acts".to_owned()), "{rest:?}");
}
