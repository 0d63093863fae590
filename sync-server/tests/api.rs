//! The read API over a real socket: what phones brought stands there, for those who may read it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod reader;
mod world;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::identity::{Canonical, Signed, Transition};
use lastmile_core::pack::area::{Area, AreaPack};
use lastmile_core::pack::station::{Station, StationPack};
use lastmile_server::operator::OperatorRole;
use lastmile_server::store::StoreError;
use reader::Reader;
use serde_json::{Value, json};
use world::{CASE, COURT, MORNING_MS, World};

/// A station whose area is a square of 0.1 degrees.
fn publish_station(world: &World) {
    let (lat, lon) = (228_000_000, 1_129_000_000);
    let side = 1_000_000;
    let ring = vec![
        [lon, lat],
        [lon + side, lat],
        [lon + side, lat + side],
        [lon, lat + side],
        [lon, lat],
    ];
    let areas = AreaPack {
        court: COURT.into(),
        datum: "wgs84".into(),
        areas: vec![Area {
            code: "a-jiujiang".into(),
            name: "九江镇".into(),
            polygons: vec![vec![ring]],
            ..Area::default()
        }],
        ..AreaPack::default()
    };
    let stations = StationPack {
        court: COURT.into(),
        stations: vec![Station {
            code: "jiujiang".into(),
            name: "九江派出所".into(),
            duty_phone: Some("0757-00000000".into()),
            area: "a-jiujiang".into(),
            position: Some("geo:22.8335,112.985;crs=wgs84".into()),
            ..Station::default()
        }],
        ..StationPack::default()
    };
    world
        .server()
        .publish(|publisher| {
            publisher.reference(&areas, |pack, version| pack.version = version)?;
            publisher.reference(&stations, |pack, version| pack.version = version)
        })
        .unwrap();
}

#[test]
fn a_request_for_assistance_stands_there_at_once_with_its_station_and_the_time_since_receipt() {
    let mut world = World::new();
    publish_station(&world);
    let reader = Reader::new(&world, OperatorRole::Command);
    assert_eq!(reader.items("requests"), Vec::<Value>::new());
    let officer = world.officer("luqihang");
    let id = officer.begin(
        "assistance",
        CASE,
        Fields::from([
            ("position".to_owned(), "geo:22.8335,112.985;crs=wgs84;u=8".into()),
            ("place".to_owned(), "九江镇测试工业区1号".into()),
            ("situation_code".to_owned(), "blockade".into()),
            ("callback".to_owned(), "0757-00000001".into()),
        ]),
    );
    // The phone's clock never counts: the server's says when it came.
    world.clock.advance(5_000);
    assert_eq!(officer.sync().applied.accepted, 1);
    let found = reader.items("requests");
    assert_eq!(found.len(), 1);
    let request = &found[0];
    assert_eq!(request["id"], id.to_hex());
    assert_eq!(request["case_no"], CASE);
    assert_eq!(request["station"]["code"], "jiujiang");
    assert_eq!(request["station"]["name"], "九江派出所");
    assert_eq!(request["routed_by"], "area");
    assert_eq!(request["state"], "delivered");
    assert_eq!(request["position"], "geo:22.8335,112.985;crs=wgs84;u=8");
    assert_eq!(request["situation"], "blockade");
    assert_eq!(request["received"]["ms"], MORNING_MS + 5_000);
    assert_eq!(request["received"]["at"], "2026-03-17T06:50:05.000+08:00");
    assert_eq!(request["seconds_since_receipt"], 0);
    world.clock.advance(61_900);
    assert_eq!(reader.items("requests")[0]["seconds_since_receipt"], 61);
    assert_eq!(reader.items("requests?station=jiujiang").len(), 1);
    assert_eq!(reader.items("requests?station=lishui").len(), 0);
    let (status, metrics) = reader.text("/metrics", &[]);
    assert_eq!(status, 200);
    for line in [
        "lastmile_assistance_open 1",
        "lastmile_assistance_oldest_unacknowledged_seconds 61",
        "lastmile_changes{state=\"accepted\"} 1",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    for personal in ["luqihang", CASE, "P1", "0757"] {
        assert!(!metrics.contains(personal), "{personal} is in the metrics");
    }
}

#[test]
fn a_record_shows_what_it_says_what_is_contested_and_who_did_what() {
    let mut world = World::new();
    let reader = Reader::new(&world, OperatorRole::Command);
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    let record = lu.seizure();
    let line = lu.line(record, "注塑机");
    lu.sync();
    wen.sync();
    for (officer, name) in [(&lu, "立式注塑机"), (&wen, "卧式注塑机")] {
        let fields = Fields::from([("name".to_owned(), name.into())]);
        let edit = Intent::Edit { verb: "edit_line".into(), item: line.clone(), fields };
        officer.phone.act(record, &edit).unwrap();
    }
    lu.sync();
    wen.sync();
    let detail = reader.json(&format!("records/{}", record.to_hex()));
    assert_eq!(detail["open_conflicts"], 1, "{detail}");
    assert_eq!(detail["change_count"], 4);
    let changes = detail["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 4);
    assert_eq!(changes[0]["verb"], "create");
    assert_eq!(changes[0]["person"], "luqihang");
    assert_eq!(changes[0]["late"], false);
    assert!(changes[0]["device"]["ms"].as_i64().unwrap() >= MORNING_MS);
    assert_eq!(detail["facts"]["lines"][0]["quantity"], 1);
    assert_eq!(detail["facts"]["lines"][0]["name"], Value::Null, "contested: no winner");
    let mut people: Vec<&str> = detail["conflicts"][0]["sides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|side| side["person"].as_str().unwrap())
        .collect();
    people.sort_unstable();
    assert_eq!(people, ["luqihang", "wenruotang"]);
    let listed = reader.items("conflicts");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["record"], record.to_hex());
    assert_eq!(listed[0]["sides"], detail["conflicts"][0]["sides"]);
    let case = reader.json(&format!("cases/{CASE}"));
    assert_eq!((&case["records"], &case["open_conflicts"]), (&1.into(), &1.into()));
    assert_eq!(case["team"].as_array().unwrap().len(), 2);
}

#[test]
fn a_paper_is_made_of_the_record_for_whoever_may_read_it() {
    let mut world = World::new();
    let reader = Reader::new(&world, OperatorRole::Command);
    let officer = world.officer("luqihang");
    let record = officer.seizure();
    officer.line(record, "注塑机");
    officer.sync();
    let paper =
        |form: &str| format!("/v1/courts/{COURT}/records/{}/papers/{form}", record.to_hex());
    let (status, pdf) = reader.text(&paper("F-01"), &[]);
    assert_eq!(status, 200, "{pdf}");
    assert!(pdf.starts_with("%PDF-"));
    assert_eq!(reader.text(&paper("F-06"), &[]).0, 200, "a blank receipt");
    assert_eq!(reader.problem(&paper("F-04")), (404, "no_such_paper".to_owned()));
    assert_eq!(reader.problem(&paper("F-99")), (400, "bad_path".to_owned()));
    let nothing = format!("/v1/courts/{COURT}/records/{}/papers/F-01", "0".repeat(32));
    assert_eq!(reader.problem(&nothing), (404, "unknown_record".to_owned()));
    let admin = Reader::new(&world, OperatorRole::Admin);
    assert_eq!(admin.problem(&paper("F-01")), (403, "no_content_for_admin".to_owned()));
    assert_eq!(reader.without_token().problem(&paper("F-01")).0, 401);
}

#[test]
fn pages_show_every_row_once_while_rows_are_added() {
    let mut world = World::new();
    let reader = Reader::new(&world, OperatorRole::Command);
    let officer = world.officer("luqihang");
    let mut begun = Vec::new();
    for _ in 0..3 {
        world.clock.advance(1_000);
        begun.push(officer.seizure().to_hex());
        officer.sync();
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = reader.json(&format!("cases/{CASE}/records?limit=1{after}"));
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        if seen.len() == 2 {
            // A row that moves or appears meanwhile does not disturb the reader.
            world.clock.advance(1_000);
            officer.line(lastmile_core::id::DocumentId::from_hex(&begun[0]).unwrap(), "纸箱");
            officer.sync();
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, begun);
}

#[test]
fn what_waits_for_a_decision_is_listed_with_its_reason() {
    let mut world = World::new();
    let reader = Reader::new(&world, OperatorRole::Command);
    let stranger = world.officer("qutongming");
    stranger.seizure();
    stranger.sync();
    let found = reader.items("quarantine");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["reason"], "not_a_member");
    assert_eq!(found[0]["person"], "qutongming");
    assert_eq!(found[0]["verb"], "create");
    assert_eq!(reader.items("held").len() + reader.items("rejected").len(), 0);
}

#[test]
fn content_is_for_a_command_token_that_holds_and_no_other() {
    let world = World::new();
    let command = Reader::new(&world, OperatorRole::Command);
    let admin = Reader::new(&world, OperatorRole::Admin);
    for list in ["cases", "conflicts", "requests", "quarantine", "held", "rejected"] {
        let path = format!("/v1/courts/{COURT}/{list}");
        assert_eq!(command.text(&path, &[]).0, 200);
        assert_eq!(admin.problem(&path), (403, "no_content_for_admin".to_owned()));
        assert_eq!(command.without_token().problem(&path), (401, "unauthorized".to_owned()));
        assert_eq!(command.with_token("lmo.x.y").problem(&path), (401, "unauthorized".to_owned()));
    }
    assert_eq!(command.problem("/v1/courts/粤0606/cases"), (404, "wrong_court".to_owned()));
    // Figures: this machine, any token; not who came through a proxy.
    assert_eq!(command.without_token().text("/metrics", &[]).0, 200);
    let proxied = [("x-forwarded-for", "192.0.2.1")];
    assert_eq!(command.without_token().text("/metrics", &proxied).0, 401);
    assert_eq!(admin.text("/metrics", &proxied).0, 200);
    command.revoke(&world);
    assert_eq!(command.problem(&format!("/v1/courts/{COURT}/cases")).0, 401);
}

/// Every route of the description, whatever is added to it: an administrator's token opens none that
/// shows content, and nothing that the case says comes back.
#[test]
fn an_administrator_gets_no_content_from_any_route() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    lu.sync();
    let command = Reader::new(&world, OperatorRole::Command);
    let admin = Reader::new(&world, OperatorRole::Admin);
    let description: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    // Figures and the description itself say nothing about cases; devices sign their own requests.
    let open = |path: &str| {
        ["/healthz", "/metrics", "/openapi.json"].contains(&path)
            || path.ends_with("/sync")
            || path.contains("/uploads")
            || [
                "/enrol",
                "/wiped",
                "/courier",
                "/watch",
                "/positions",
                "/log/checkpoint",
                "/log/timestamps",
            ]
            .iter()
            .any(|end| path.ends_with(end))
    };
    let (mut tried, mut told) = (0, 0);
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|name| *name != "parameters") {
            let address = path
                .replace("{court}", COURT)
                .replace("{case_no}", CASE)
                .replace("{id}", &record.to_hex())
                .replace("{envelope}", &"0".repeat(64));
            let body = r#"{"admit":true,"reason":"核对"}"#;
            let method = method.to_uppercase();
            let (status, text) = admin.send(&method, &address, body);
            assert!(!text.contains("测试工业区") && !text.contains("luqihang"), "{method} {path}");
            tried += 1;
            if open(path) {
                continue;
            }
            // People sign in for these; a token opens none of them (console_session.rs, dispatch, office).
            let desk = [
                "/session",
                "/incidents",
                "/live",
                "/presence",
                "/map",
                "/handover",
                "/texts",
                "/watches",
                "/alarm-tests",
                "/duty",
            ];
            let office = ["/devices", "/people", "/packs", "/enrolments"];
            let mut console = desk.iter().chain(&office);
            if console.any(|part| path.contains(part)) {
                assert!(matches!(status, 400 | 401), "{method} {path}: {text}");
                continue;
            }
            assert_eq!(status, 403, "{method} {path}: {text}");
            assert!(text.contains("no_content_for_admin"), "{method} {path}: {text}");
            told += usize::from(command.send(&method, &address, body).1.contains("luqihang"));
        }
    }
    assert!(tried >= 12 && told >= 2, "{tried} routes, {told} of them with content for others");
}

/// Beside the phone's clock stands what is proven, and how far the clock lies outside it.
#[test]
fn a_change_has_the_interval_that_the_log_proves() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    world.clock.advance(60_000);
    world.publish(&world::case_pack(world::OTHER_CASE, 1, &["wenruotang"]));
    lu.sync();
    world.clock.advance(60_000);
    let record = lu.seizure();
    lu.sync();
    world.clock.advance(60_000);
    world.publish(&world::case_pack(world::OTHER_CASE, 2, &["wenruotang"]));
    let reader = Reader::new(&world, OperatorRole::Command);
    let shown = reader.json(&format!("records/{}", record.to_hex()));
    let change = &shown["changes"][0];
    assert_eq!(change["not_before"]["ms"], MORNING_MS + 60_000, "the checkpoint its author held");
    assert_eq!(change["not_after"]["ms"], MORNING_MS + 120_000, "the first one that covers it");
    assert_eq!(change["device"]["ms"], MORNING_MS);
    assert_eq!(change["skew_ms"], -60_000, "the phone's clock is a minute before that");
    assert_eq!(change["author_expired"], Value::Null);
}

#[test]
fn a_decision_about_quarantine_is_taken_over_the_api() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let stranger = world.officer("qutongming");
    let record = lu.seizure();
    lu.sync();
    let foreign = stranger.seizure();
    stranger.sync();
    assert_ne!(record, foreign);
    let reader = Reader::new(&world, OperatorRole::Command);
    let waiting = reader.items("quarantine");
    let envelope = waiting[0]["envelope"].as_str().unwrap().to_owned();
    let path = format!("/v1/courts/{COURT}/quarantine/{envelope}/decision");
    let say = |admit: bool, reason: &str| {
        let body = json!({"admit": admit, "reason": reason});
        let (status, text) = reader.send("POST", &path, &body.to_string());
        (status, serde_json::from_str::<Value>(&text).unwrap())
    };
    assert_eq!(say(true, " ").0, 400);
    assert_eq!(reader.send("POST", &path, "{").0, 400);
    assert_eq!(reader.without_token().send("POST", &path, "{}").0, 401);
    // The decision is that of whoever's token it is: nobody decides in another's name, or in nobody's.
    let other = json!({"admit": true, "reason": "经核对", "on_behalf_of": "luqihang"}).to_string();
    assert_eq!(reader.send("POST", &path, &other).0, 400);
    let screen = reader.with_token(&reader::token_of(&world, OperatorRole::Command, None));
    let (status, text) =
        screen.send("POST", &path, &json!({"admit": true, "reason": "经核对"}).to_string());
    assert_eq!(status, 403, "{text}");
    assert!(text.contains("token_of_nobody"), "{text}");
    assert_eq!(reader.items("quarantine").len(), 1, "nothing was decided");
    let (status, said) = say(false, "与本案无关");
    assert_eq!(
        (status, said["state"].as_str(), said["reason"].as_str()),
        (200, Some("quarantined"), Some("set_aside"))
    );
    assert_eq!(reader.items("quarantine").len(), 0);
    assert_eq!(reader.items("rejected")[0]["reason"], "set_aside");
    let (status, said) = say(true, "经核对属本案");
    assert_eq!((status, said["state"].as_str()), (200, Some("accepted")));
    assert_eq!(say(true, "再次").0, 409);
    let said = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.transitions("judge"))
        .unwrap();
    for (row, _) in &said {
        let signed = Signed::<Transition>::from_bytes(&row.bytes).unwrap();
        let body = Transition::decode(signed.raw_parts().0).unwrap();
        assert_eq!(body.on_behalf_of.as_deref(), Some(reader::OPERATOR));
    }
    assert_eq!(said.len(), 2);
    lu.sync();
    assert!(lu.phone.digest(foreign).is_ok());
}

#[test]
fn health_is_open_and_tells_when_the_database_cannot_be_written() {
    let mut world = World::new();
    let reader = Reader::new(&world, OperatorRole::Admin).without_token();
    assert_eq!(reader.text("/healthz", &[]), (200, "ok\n".to_owned()));
    let database = world.data().join(lastmile_server::server::DATABASE);
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON probe BEGIN SELECT RAISE(FAIL, 'no'); END",
        )
        .unwrap();
    // Started anew, because a finding holds for two seconds.
    world.start();
    assert_eq!(reader.problem("/healthz"), (503, "store_unavailable".to_owned()));
}

/// Wrong input gets its own code.
#[test]
fn wrong_input_is_named() {
    let world = World::new();
    let reader = Reader::new(&world, OperatorRole::Command);
    let root = format!("/v1/courts/{COURT}");
    for (path, status, code) in [
        ("/cases?limit=0", 400, "bad_query"),
        ("/cases?limit=201", 400, "bad_query"),
        ("/cases?limit=-1", 400, "bad_query"),
        ("/cases?limit=2&limit=3", 400, "bad_query"),
        ("/cases?offset=3", 400, "bad_query"),
        ("/cases?after=!", 400, "bad_cursor"),
        ("/cases?after=e30", 400, "bad_cursor"),
        ("/requests?station=", 400, "bad_query"),
        ("/cases/%FF", 400, "bad_path"),
        ("/cases/none", 404, "unknown_case"),
        ("/cases/none/records", 404, "unknown_case"),
        ("/records/abc", 400, "bad_path"),
        ("/records/00000000000000000000000000000000", 404, "unknown_record"),
        ("/nothing", 404, "not_found"),
    ] {
        assert_eq!(reader.problem(&format!("{root}{path}")), (status, code.to_owned()), "{path}");
    }
}
