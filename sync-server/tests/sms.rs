//! Requests as text messages: a gateway hands them in, the server verifies and carries them out, and what is to be
//! told goes back the same way. Over real sockets, and through the folder.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod reader;
#[path = "dispatch/scene.rs"]
mod scene;
mod world;

use std::path::Path;

use browser::{Browser, PASSWORD};
use lastmile_core::assistance::call::Call;
use lastmile_core::assistance::hops::Hop;
use lastmile_core::assistance::message::{self, Answer, Content, Help, Message};
use lastmile_core::assistance::step::StepCode;
use lastmile_core::id::{DocumentId, sha256};
use lastmile_server::assistance::climb::climb;
use lastmile_server::operator::OperatorRole;
use lastmile_server::sms::folder::{Folder, Turn};
use lastmile_server::sms::take::look_again;
use lastmile_server::upkeep;
use reader::Reader;
use scene::{hop, incidents, scene, scene_with, step};
use serde_json::{Value, json};
use world::process::Process;
use world::{COURT, Device, MORNING_MS, OTHER_CASE, World, case_pack};

const PHONE: &str = "+8613800000000";
const INSIDE: &str = "geo:22.833500,112.985000;crs=wgs84;u=8";

fn help_at(position: &str, people: i64) -> Content {
    let call = Call {
        position: Some(position.parse().unwrap()),
        situations: vec!["surrounding".into()],
        people: Some(people),
        needs: ["officers".to_owned()].into(),
        callbacks: vec!["13800000000".into()],
        ..Call::default()
    };
    Content::Help(Help::of(&call, MORNING_MS))
}

fn text_of(
    court: &str,
    device: &Device,
    document: DocumentId,
    number: u16,
    content: Content,
) -> String {
    let certificate = device.phone.signed_in().unwrap().certificate;
    let message = Message { document, number, at_ms: MORNING_MS, content };
    message::write(&message, court, certificate, &*device.signer).unwrap()
}

fn help(device: &Device, document: DocumentId, number: u16) -> String {
    text_of(COURT, device, document, number, help_at(INSIDE, 15))
}

fn path(rest: &str) -> String {
    format!("/v1/courts/{COURT}/{rest}")
}

/// Hands a text in; gives what was said of it.
fn hand_in(gateway: &Reader, from: &str, text: &str) -> String {
    let body = json!({ "from": from, "text": text }).to_string();
    let (status, answer) = gateway.send("POST", &path("sms"), &body);
    assert_eq!(status, 202, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["verdict"].as_str().unwrap().to_owned()
}

fn outgoing(gateway: &Reader) -> Vec<Value> {
    let (status, answer) = gateway.send("GET", &path("sms/outgoing"), "");
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str::<Value>(&answer).unwrap()["items"].as_array().unwrap().clone()
}

/// What is to be sent, noted as sent: telephone and text.
fn fetched(gateway: &Reader) -> Vec<(String, String)> {
    let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
    let items = outgoing(gateway);
    for item in &items {
        let path = path(&format!("sms/outgoing/{}", text(item, "id")));
        assert_eq!(gateway.send("POST", &path, r#"{"state":"sent"}"#).0, 204);
    }
    assert!(outgoing(gateway).is_empty());
    items.iter().map(|item| (text(item, "to"), text(item, "text"))).collect()
}

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

/// What the phone reads in a signed answer.
fn answer_of(device: &Device, text: &str) -> (Message, Answer) {
    let heard = device.phone.read_text(text).unwrap();
    match heard.message.content {
        Content::Answer(answer) => (heard.message, answer),
        other => panic!("{other:?}"),
    }
}

fn opened() -> (World, Device, DocumentId, Browser, Reader) {
    let (world, officer, request) = scene_with(&["jiujiang", "xiqiao"]);
    let tan = signed_in(&world, "tanliheng");
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    assert_eq!(hand_in(&gateway, PHONE, &help(&officer, request, 1)), "sms_taken");
    (world, officer, request, tan, gateway)
}

#[test]
fn a_text_opens_the_request_and_the_record_joins_it_when_it_comes() {
    let (world, officer, request, tan, gateway) = opened();
    let seen = incidents(&tan);
    assert_eq!(seen.len(), 1, "{seen:?}");
    let incident = &seen[0];
    assert_eq!(
        (&incident["id"], &incident["state"]),
        (&json!(request.to_hex()), &json!("received"))
    );
    assert_eq!(incident["station"]["code"], "jiujiang");
    let told = &incident["request"];
    assert_eq!(
        (&told["channel"], &told["people"], &told["situation"], &told["callback"]),
        (&json!("sms"), &json!(15), &json!("surrounding"), &json!("13800000000"))
    );
    assert!(incident["ringing_since"].is_string() && incident["case_no"].is_null());
    let t0 = incident["t0"].clone();
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);

    // Ten minutes later there is data.
    world.clock.advance(600_000);
    officer.sync();
    let seen = incidents(&tan);
    assert_eq!(seen.len(), 1, "one incident: {seen:?}");
    let incident = &seen[0];
    assert_eq!((&incident["t0"], &incident["state"]), (&t0, &json!("acknowledged")));
    assert_eq!(incident["case_no"], world::CASE);
    assert_eq!(incident["request"]["place"], "九江镇测试工业区1号");
    let whole = tan.send("GET", &format!("/incidents/{}", request.to_hex()), None).body;
    let steps: Vec<&str> = whole["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| hop["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["received", "acknowledged"], "nothing twice");
    let row = |world: &World| {
        world.server().store().read(|reading| reading.request(request)).unwrap().unwrap()
    };
    assert_eq!((row(&world).received_ms, row(&world).state.as_str()), (MORNING_MS, "acknowledged"));
    // The phone hears what was done before its record came.
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Dispatcher);
    let before = row(&world);
    upkeep::rebuild(world.server()).unwrap();
    assert_eq!(row(&world), before, "made anew from what was signed");
    // A text that is newer than the record says what it is now.
    world.clock.advance(60_000);
    let more = text_of(COURT, &officer, request, 2, help_at(INSIDE, 40));
    assert_eq!(hand_in(&gateway, PHONE, &more), "sms_taken");
    let incident = &incidents(&tan)[0];
    assert_eq!(incident["request"]["people"], 40);
    assert_eq!(incident["request"]["place"], "九江镇测试工业区1号");
}

#[test]
fn repeated_late_and_replayed_texts_change_nothing() {
    let (mut world, officer, request) = scene_with(&["jiujiang", "xiqiao"]);
    let tan = signed_in(&world, "tanliheng");
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let first = help(&officer, request, 1);
    assert_eq!(hand_in(&gateway, PHONE, &first), "sms_taken");
    let second = text_of(COURT, &officer, request, 2, help_at(INSIDE, 30));
    assert_eq!(hand_in(&gateway, PHONE, &second), "sms_taken");
    let before = incidents(&tan);
    assert_eq!(before[0]["request"]["people"], 30, "the later one is told");
    assert_eq!(hand_in(&gateway, PHONE, &first), "sms_again");
    assert_eq!(hand_in(&gateway, PHONE, &format!(" {first} ")), "sms_again");
    // Anybody can send an old text again; its number is not answered.
    assert_eq!(hand_in(&gateway, "+8613999999999", &first), "sms_older");
    world.start();
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    assert_eq!(hand_in(&gateway, PHONE, &second), "sms_again");
    assert_eq!(hand_in(&gateway, "+8613999999999", &second), "sms_again");
    assert_eq!(incidents(&tan), before);
    assert!(fetched(&gateway).iter().all(|(to, _)| to == PHONE));
    assert_eq!(tan.send("GET", "/texts", None).body["items"], json!([]));
}

#[test]
fn what_is_not_verified_is_kept_where_a_person_sees_it() {
    let (mut world, officer, request) = scene();
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let good = help(&officer, request, 1);
    let mut forged = good.clone();
    let place = forged.len() - 20;
    let other = if &forged[place..=place] == "A" { "B" } else { "A" };
    forged.replace_range(place..=place, other);
    let foreign = text_of("粤0606", &officer, request, 1, help_at(INSIDE, 3));
    let stranger = world.officer("stranger");
    let texts = [
        (forged.as_str(), "signature_mismatch"),
        (foreign.as_str(), "signature_mismatch"),
        ("救命,九江镇沙口工业区", "sms_not_ours"),
        ("LM2:abc", "sms_version"),
    ];
    for (text, verdict) in texts {
        assert_eq!(hand_in(&gateway, PHONE, text), verdict);
        assert_eq!(hand_in(&gateway, PHONE, text), verdict, "as before");
    }
    let [tan, guan] = ["tanliheng", "guanyongyi"].map(|person| signed_in(&world, person));
    assert_eq!(incidents(&guan), Vec::<Value>::new());
    for browser in [&tan, &guan] {
        let seen = browser.send("GET", "/texts", None).body;
        let seen = seen["items"].as_array().unwrap();
        assert_eq!(seen.len(), texts.len(), "{seen:?}");
        assert!(seen.iter().any(|text| text["text"] == "救命,九江镇沙口工业区"
            && text["from"] == PHONE
            && text["times"] == 2));
    }
    assert!(fetched(&gateway).is_empty(), "nobody is answered");

    // Of somebody who is none of the case's: kept, and the request stands as it did.
    officer.sync();
    assert_eq!(hand_in(&gateway, PHONE, &help(&stranger, request, 1)), "sms_not_of_crew");
    // A record that is no request.
    let seizure = officer.seizure();
    officer.sync();
    assert_eq!(hand_in(&gateway, PHONE, &help(&officer, seizure, 1)), "sms_no_request");
    // Somebody sends rubbish all day.
    for number in 0..110 {
        let _ = hand_in(&gateway, "10086", &format!("广告{number}"));
    }
    assert_eq!(hand_in(&gateway, "10086", "广告"), "sms_too_many");
}

#[test]
fn a_text_whose_certificate_comes_later_counts_then() {
    let (world, officer, request) = scene();
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    // A certificate of another founding of this court is unknown here.
    let mut elsewhere = World::new();
    let text = help(&elsewhere.officer("luqihang"), request, 1);
    assert_eq!(hand_in(&gateway, PHONE, &text), "sms_certificate_unknown");
    assert_eq!(look_again(world.server()).unwrap(), 0);
    let guan = signed_in(&world, "guanyongyi");
    let seen = guan.send("GET", "/texts", None).body;
    assert_eq!(seen["items"][0]["verdict"], "sms_certificate_unknown");
    // One that was kept so, and whose certificate has come since.
    let text = help(&officer, request, 1);
    let (hash, now_ms) = (sha256(format!("{PHONE}\n{text}").as_bytes()), world.server().now_ms());
    let kept = world.server().store().write(|writing| {
        writing.put_text(&hash, (PHONE, &text), "sms_certificate_unknown", None, now_ms)
    });
    kept.unwrap();
    assert_eq!(look_again(world.server()).unwrap(), 1);
    assert_eq!(incidents(&guan).len(), 1);
    assert_eq!(look_again(world.server()).unwrap(), 0);
    assert_eq!(guan.send("GET", "/texts", None).body["items"].as_array().unwrap().len(), 1);
}

#[test]
fn the_answer_comes_back_and_the_phone_accepts_it() {
    let (world, officer, request, tan, gateway) = opened();
    officer.sync();
    let first = fetched(&gateway);
    assert_eq!(first.len(), 2, "{first:?}");
    assert!(first.iter().all(|(to, _)| to == PHONE));
    let (message, answer) = answer_of(&officer, &first[0].1);
    assert_eq!((message.document, message.number, answer.step), (request, 1, StepCode::Received));
    assert_eq!(answer.duty_phone.unwrap().number(), "075700000000");
    assert!(first[1].1.contains("已送达") && first[1].1.contains("九江派出所"), "{}", first[1].1);
    world.clock.advance(60_000);
    let eta = jiff::Timestamp::from_millisecond(world.server().now_ms() + 540_000).unwrap();
    let sent = json!({ "step": "unit_sent", "unit": "九江所2号车", "when": eta.to_string() });
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, request, &sent).0, 200);
    let then = fetched(&gateway);
    assert_eq!(then.len(), 2, "the newest state only: {then:?}");
    let (message, answer) = answer_of(&officer, &then[0].1);
    assert_eq!((message.number, answer.step, answer.eta_min), (3, StepCode::UnitSent, Some(9)));
    assert!(then[1].1.contains("已出警"), "{}", then[1].1);
    // What could not be sent is shown to a person.
    assert_eq!(step(&tan, request, &json!({ "step": "arrived" })).0, 200);
    for item in outgoing(&gateway) {
        let path = path(&format!("sms/outgoing/{}", item["id"].as_str().unwrap()));
        assert_eq!(gateway.send("POST", &path, r#"{"state":"failed"}"#).0, 204);
    }
    let failed = tan.send("GET", "/texts", None).body["undelivered"].clone();
    assert_eq!(failed.as_array().unwrap().len(), 2);
}

#[test]
fn of_a_joined_incident_the_telephone_hears_what_is_done_at_its_head() {
    let (world, officer, request) = scene_with(&["jiujiang", "xiqiao"]);
    let tan = signed_in(&world, "tanliheng");
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let called = jiff::Timestamp::from_millisecond(MORNING_MS - 60_000).unwrap().to_string();
    let call = json!({
        "called_at": called, "place": "九江镇测试工业区1号", "callback": "0757-86500000",
        "situation": "surrounding", "case_no": world::CASE,
    });
    let call = tan.send("POST", "/incidents", Some(&call)).body["incident"]["id"].clone();
    let call = DocumentId::from_hex(call.as_str().unwrap()).unwrap();
    assert_eq!(hand_in(&gateway, PHONE, &help(&officer, request, 1)), "sms_taken");
    assert_eq!(incidents(&tan).len(), 2, "a text names no case");
    // Its record does: it is the same event.
    world.clock.advance(60_000);
    officer.sync();
    let seen = incidents(&tan);
    let joined = seen.iter().find(|incident| incident["id"] == request.to_hex()).unwrap();
    assert_eq!(joined["merged_into"], json!(call.to_hex()));
    let _ = fetched(&gateway);
    assert_eq!(step(&tan, call, &json!({ "step": "acknowledged" })).0, 200);
    let told = fetched(&gateway);
    let (message, answer) = answer_of(&officer, &told[0].1);
    assert_eq!((message.document, answer.step), (request, StepCode::Acknowledged));
    let mark = request.to_hex()[..4].to_uppercase();
    assert!(told[1].1.starts_with(&format!("求助{mark}已接警")), "{}", told[1].1);
}

#[test]
fn the_service_looks_after_the_folder() {
    let (mut world, officer, request) = scene();
    let dir = world.dir.path().join("sms");
    Folder::open(&dir).unwrap();
    let text = json!({ "from": PHONE, "text": help(&officer, request, 1) }).to_string();
    std::fs::write(dir.join("in").join("1.part"), text).unwrap();
    std::fs::rename(dir.join("in").join("1.part"), dir.join("in").join("1.json")).unwrap();
    world.stop();
    let place = dir.to_str().unwrap().to_owned();
    let process = Process::start_at(&world, "127.0.0.1:0", &["--sms-dir", &place], &[]);
    let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let half = |name: &String| !name.contains(".json");
    while files(&dir.join("out")).iter().filter(|name| !half(name)).count() < 2 {
        assert!(std::time::Instant::now() < until, "{:?}", files(&dir.join("in")));
        std::thread::yield_now();
    }
    assert!(files(&dir.join("in")).is_empty());
    drop(process);
}

#[test]
fn under_duress_the_telephone_hears_what_it_would_hear_without() {
    let (_world, officer, request, tan, gateway) = opened();
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    let _ = fetched(&gateway);
    let withdraw = text_of(COURT, &officer, request, 2, Content::Withdraw { duress: true });
    assert_eq!(hand_in(&gateway, PHONE, &withdraw), "sms_taken");
    let incident = &incidents(&tan)[0];
    assert_eq!(incident["duress"], true);
    assert!(incident["cancel_asked"].is_string() && incident["ringing_since"].is_string());
    assert!(fetched(&gateway).is_empty());
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    assert!(fetched(&gateway).is_empty(), "an answer to an alarm that nobody there may know of");
    assert_eq!(step(&tan, request, &json!({ "step": "cancel_confirmed" })).0, 200);
    let told = fetched(&gateway);
    officer.sync();
    assert_eq!(answer_of(&officer, &told[0].1).1.step, StepCode::CancelConfirmed);
    assert!(told[1].1.contains("已撤回"), "{}", told[1].1);
    assert_eq!(step(&tan, request, &json!({ "step": "unit_sent", "unit": "2号车" })).0, 200);
    assert!(fetched(&gateway).is_empty(), "the car comes and nobody says so");
}

#[test]
fn a_withdrawal_that_overtakes_its_request_is_a_request_too() {
    let (world, officer, request) = scene_with(&["jiujiang"]);
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    let withdraw = text_of(COURT, &officer, request, 2, Content::Withdraw { duress: false });
    assert_eq!(hand_in(&gateway, PHONE, &withdraw), "sms_taken");
    let guan = signed_in(&world, "guanyongyi");
    assert_eq!(incidents(&guan)[0]["station"]["code"], "command");
    assert!(incidents(&guan)[0]["cancel_asked"].is_string());
    // The request itself comes late and says where.
    assert_eq!(hand_in(&gateway, PHONE, &help(&officer, request, 1)), "sms_taken");
    assert_eq!(incidents(&guan)[0]["station"]["code"], "jiujiang");
}

#[test]
fn the_duty_telephone_is_told_once() {
    let (world, _officer, request, tan, gateway) = opened();
    let _ = fetched(&gateway);
    // No console is there: the second channel is due at once, and again after three minutes.
    assert!(climb(world.server()).unwrap() > 0);
    let mut sent = fetched(&gateway);
    world.clock.advance(181_000);
    assert!(climb(world.server()).unwrap() > 0);
    sent.extend(fetched(&gateway));
    let duty: Vec<String> =
        sent.into_iter().filter(|(to, _)| to == "0757-00000000").map(|(_, text)| text).collect();
    assert_eq!(duty.len(), 1, "{duty:?}");
    let mark = request.to_hex()[..4].to_uppercase();
    assert!(duty[0].starts_with(&format!("求助{mark}:测试法院陆启航")), "{}", duty[0]);
    assert!(duty[0].contains("15人") && duty[0].contains("回电13800000000"), "{}", duty[0]);
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
}

#[test]
fn a_folder_carries_the_same_texts() {
    let (world, officer, request) = scene();
    let dir = world.dir.path().join("sms");
    let folder = Folder::open(&dir).unwrap();
    let drop = |name: &str, text: &str| std::fs::write(dir.join("in").join(name), text).unwrap();
    let text = json!({ "from": PHONE, "text": help(&officer, request, 1), "at": "2026-03-17" });
    drop("1.json", &text.to_string());
    drop("2.json", &text.to_string());
    drop("3.json", "{");
    drop("4.json", &json!({ "from": PHONE, "text": "长".repeat(1_400) }).to_string());
    drop("5.part", "not whole yet");
    let turn = folder.turn(world.server()).unwrap();
    assert_eq!(turn, Turn { taken: 2, refused: 2, written: 2 });
    let names = |name: &str| files(&dir.join(name));
    assert_eq!(names("in"), ["5.part"]);
    assert_eq!(names("refused"), ["3.json", "4.json"]);
    let out = names("out");
    assert_eq!(out.len(), 2, "{out:?}");
    officer.sync();
    let first: Value =
        serde_json::from_slice(&std::fs::read(dir.join("out").join(&out[0])).unwrap()).unwrap();
    assert_eq!(first["to"], PHONE);
    let (message, _) = answer_of(&officer, first["text"].as_str().unwrap());
    assert_eq!(message.document, request);
    assert_eq!(folder.turn(world.server()).unwrap(), Turn::default());
    assert_eq!(incidents(&signed_in(&world, "tanliheng")).len(), 1);
}

fn files(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_gateway_may_do_nothing_else() {
    let (world, _officer, request) = scene();
    world.publish(&case_pack(OTHER_CASE, 1, &["luqihang"]));
    let gateway = Reader::new(&world, OperatorRole::Gateway);
    for other in ["cases", "requests", "rejected", &format!("records/{}", request.to_hex())] {
        let (status, body) = gateway.send("GET", &path(other), "");
        assert_eq!(status, 403, "{other}: {body}");
        assert!(body.contains("not_your_role"), "{body}");
    }
    for role in [OperatorRole::Command, OperatorRole::Admin] {
        let reader = Reader::new(&world, role);
        let body = json!({ "from": PHONE, "text": "x" }).to_string();
        assert_eq!(reader.send("POST", &path("sms"), &body).0, 403);
        assert_eq!(reader.send("GET", &path("sms/outgoing"), "").0, 403);
    }
    assert_eq!(gateway.without_token().send("GET", &path("sms/outgoing"), "").0, 401);
    for bad in [
        json!({ "from": "", "text": "x" }),
        json!({ "from": PHONE, "text": "" }),
        json!({ "from": PHONE, "text": "x".repeat(1_001) }),
        json!({ "from": "1".repeat(33), "text": "x" }),
        json!({ "from": "1\n2", "text": "x" }),
        json!({ "from": PHONE, "text": "x", "more": 1 }),
    ] {
        assert_eq!(gateway.send("POST", &path("sms"), &bad.to_string()).0, 400, "{bad}");
    }
    let became =
        |id: &str, body: &str| gateway.send("POST", &path(&format!("sms/outgoing/{id}")), body).0;
    assert_eq!(became("7", r#"{"state":"sent"}"#), 404);
    assert_eq!(became("x", r#"{"state":"sent"}"#), 400);
    assert_eq!(became("7", r#"{"state":"lost"}"#), 400);
    let president = signed_in(&world, "nobody");
    assert_eq!(president.send("GET", "/texts", None).status, 401);
}
