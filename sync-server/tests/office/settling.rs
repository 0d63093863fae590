//! An officer settles a conflict at the console, in the officer's own name: it arrives at phones as an ordinary
//! change, and whoever may not is refused with a sentence.

use lastmile_core::document::{Choice, Fields, Intent, saw};
use lastmile_core::id::DocumentId;
use lastmile_core::identity::certificate::protection;
use lastmile_core::records::Role;
use lastmile_core::value::Value as Field;
use lastmile_server::accounts::session::{IDLE_MS, Secret};
use lastmile_server::acting::hand::forget_ended;
use lastmile_server::roles;
use lastmile_server::store::StoreError;
use lastmile_server::withdraw::{self, Order};
use serde_json::{Value, json};

use crate::browser::{Browser, account};
use crate::world::{CASE, Device, OTHER_CASE, World, case_pack};
use crate::{office, signed_in};

const REASON: &str = "以现场核对的铭牌为准";

/// A seizure of Lu's whose line Lu and Wen called by different names, both known to the court.
struct Dispute {
    world: World,
    lu: Device,
    wen: Device,
    record: DocumentId,
    line: String,
}

fn rename(officer: &Device, record: DocumentId, line: &str, name: &str) {
    let fields = Fields::from([("name".to_owned(), name.into())]);
    let edit = Intent::Edit { verb: "edit_line".into(), item: line.into(), fields };
    officer.phone.act(record, &edit).unwrap();
}

fn differ(lu: &Device, wen: &Device, record: DocumentId, line: &str) {
    // Whatever it was called before.
    lu.sync();
    rename(lu, record, line, "待核对");
    lu.sync();
    wen.sync();
    rename(lu, record, line, "注塑机A");
    rename(wen, record, line, "注塑机B");
    lu.sync();
    wen.sync();
}

fn dispute() -> Dispute {
    let mut world = office();
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    for person in ["luqihang", "wenruotang"] {
        account(&world, person, &[]);
    }
    let record = lu.seizure();
    let line = lu.line(record, "注塑机");
    lu.sync();
    differ(&lu, &wen, record, &line);
    Dispute { world, lu, wen, record, line }
}

impl Dispute {
    fn path(&self) -> String {
        format!("/records/{}", self.record.to_hex())
    }

    fn shown(&self, browser: &Browser) -> Value {
        let answer = browser.send("GET", &self.path(), None);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    fn conflict(&self, browser: &Browser) -> Value {
        let shown = self.shown(browser);
        assert_eq!(shown["conflicts"].as_array().unwrap().len(), 1, "{shown}");
        shown["conflicts"][0].clone()
    }

    /// Settles as the body says, beside what was seen and why.
    fn settle(&self, browser: &Browser, conflict: &Value, how: Value) -> (u16, String, Value) {
        let sides = conflict["sides"].as_array().unwrap().iter();
        let mut body = how;
        body["conflict"] = json!({
            "kind": conflict["kind"],
            "target": conflict["target"],
            "sides": sides.map(|side| side["op"].clone()).collect::<Vec<_>>(),
        });
        if body.get("reason").is_none() {
            body["reason"] = REASON.into();
        }
        let path = format!("{}/settlements", self.path());
        let answer = browser.send("POST", &path, Some(&body));
        (answer.status, Browser::code(&answer).to_owned(), answer.body)
    }

    fn names(&self, officer: &Device) -> Vec<Field> {
        officer.sync();
        let view = officer.phone.record_view(self.record).unwrap();
        let lines = view.state.items("lines");
        let line = lines.iter().find(|line| line.id == self.line).unwrap();
        line.fields["name"].alternatives.iter().map(|each| each.value.clone()).collect()
    }

    /// How many certificates the court gave out for the console.
    fn certificates(&self) -> usize {
        let directory = self.world.server().directory().unwrap();
        let court = directory
            .certificates()
            .filter(|(_, found)| found.payload().protection == protection::COURT);
        court.count()
    }
}

fn keep(conflict: &Value, value: &str) -> Value {
    let sides = conflict["sides"].as_array().unwrap();
    let side = sides.iter().find(|side| side["value"] == value).unwrap();
    json!({ "keep": side["op"] })
}

#[test]
fn what_is_settled_at_the_console_arrives_at_phones_in_the_officers_name() {
    let scene = dispute();
    let console = signed_in(&scene.world, "luqihang");
    assert_eq!(scene.names(&scene.wen).len(), 2);
    let conflict = scene.conflict(&console);
    let said: Vec<_> =
        conflict["sides"].as_array().unwrap().iter().map(|side| &side["person"]).collect();
    assert!(said.contains(&&json!("luqihang")) && said.contains(&&json!("wenruotang")));
    assert_eq!(conflict["must_decide"]["handler"]["person"], "luqihang");
    assert_eq!(scene.certificates(), 0, "whoever only reads has no key");
    let (status, code, after) = scene.settle(&console, &conflict, keep(&conflict, "注塑机B"));
    assert_eq!((status, code.as_str()), (200, ""), "{after}");
    assert_eq!(after["conflicts"], json!([]));
    let change = after["changes"].as_array().unwrap().last().unwrap();
    assert_eq!((&change["verb"], &change["person"]), (&json!("resolve"), &json!("luqihang")));
    assert_eq!(change["device_name"], "console");
    assert!(change["not_before"].is_object(), "it names a checkpoint of the court's log: {change}");
    // The phones: the value, the reason, and who it was.
    for phone in [&scene.lu, &scene.wen] {
        assert_eq!(scene.names(phone), [Field::from("注塑机B")]);
        let view = phone.phone.record_view(scene.record).unwrap();
        assert!(view.conflicts.is_empty());
        let settled = &view.state.items("resolutions")[0];
        assert_eq!(settled.text("reason"), Some(REASON));
        let by = view.change(settled.added_by).unwrap();
        assert_eq!(by.provenance.person, "luqihang");
        let times = phone.phone.times(scene.record).unwrap();
        assert!(!times.is_empty());
    }
    // A second one of the session has the same key, the next session another one.
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    let conflict = scene.conflict(&console);
    assert_eq!(scene.settle(&console, &conflict, keep(&conflict, "注塑机A")).0, 200);
    assert_eq!((scene.certificates(), scene.world.server().hands().count()), (1, 1));
    console.send("DELETE", "/session", None);
    assert_eq!(scene.world.server().hands().count(), 0, "the key is gone with the session");
    // No phone is listed for it.
    let admin = signed_in(&scene.world, "zhangyi");
    let devices = admin.send("GET", "/devices", None).body;
    assert_eq!(devices["items"].as_array().unwrap().len(), 2, "{devices}");
}

#[test]
fn another_value_and_deliberately_none_are_choices() {
    let scene = dispute();
    let console = signed_in(&scene.world, "luqihang");
    let conflict = scene.conflict(&console);
    let (status, _, after) = scene.settle(&console, &conflict, json!({ "value": "注塑机C" }));
    assert_eq!(status, 200, "{after}");
    assert_eq!(scene.names(&scene.wen), [Field::from("注塑机C")]);
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    let conflict = scene.conflict(&console);
    let (status, _, after) = scene.settle(&console, &conflict, json!({ "leave_out": true }));
    assert_eq!(status, 200, "{after}");
    assert_eq!(scene.names(&scene.wen), [Field::Null]);
    let settled = after["facts"]["resolutions"].as_array().unwrap();
    assert!(settled.iter().any(|one| one["choice"] == "unsettled" && one["reason"] == REASON));
}

#[test]
fn a_struck_line_that_somebody_edited_stands_or_stays_struck() {
    let scene = dispute();
    let console = signed_in(&scene.world, "luqihang");
    let conflict = scene.conflict(&console);
    scene.settle(&console, &conflict, keep(&conflict, "注塑机A"));
    for (kept, struck) in [("edited", false), ("struck", true)] {
        scene.wen.sync();
        scene.lu.sync();
        rename(&scene.wen, scene.record, &scene.line, kept);
        let strike = Intent::Strike {
            verb: "strike_line".into(),
            strike: scene.lu.phone.new_item(),
            item: scene.line.clone(),
            reason: "重复登记".into(),
        };
        scene.lu.phone.act(scene.record, &strike).unwrap();
        scene.lu.sync();
        scene.wen.sync();
        let conflict = scene.conflict(&console);
        assert_eq!(conflict["kind"], "struck_or_edited");
        let sides = conflict["sides"].as_array().unwrap();
        let side = sides.iter().find(|side| side[kept].is_string()).unwrap();
        let (status, _, after) = scene.settle(&console, &conflict, json!({ "keep": side["op"] }));
        assert_eq!(status, 200, "{after}");
        assert_eq!(after["facts"]["lines"][0]["struck"], struck);
    }
}

#[test]
fn whoever_may_not_is_refused_with_a_sentence_and_nothing_changes() {
    let mut scene = dispute();
    scene.world.publish(&case_pack(OTHER_CASE, 1, &["huangzhiqiang"]));
    for (person, role) in [("huangzhiqiang", Role::Officer), ("liang", Role::Liaison)] {
        account(&scene.world, person, &[role]);
    }
    let lu = signed_in(&scene.world, "luqihang");
    let conflict = scene.conflict(&lu);
    let tried = |person: &str| {
        let browser = signed_in(&scene.world, person);
        let (status, code, body) = scene.settle(&browser, &conflict, keep(&conflict, "注塑机A"));
        assert!(body["title"].is_string() && body["title_en"].is_string());
        (status, code)
    };
    // Of the case, and not its handling officer; who only reads it; who has nothing to do with it.
    assert_eq!(tried("wenruotang"), (403, "not_handler".to_owned()));
    assert_eq!(tried("guanyongyi"), (403, "not_a_member".to_owned()));
    assert_eq!(tried("huangzhiqiang"), (404, "unknown_record".to_owned()));
    assert_eq!(tried("tanliheng"), (403, "not_your_role".to_owned()));
    assert_eq!(tried("zhangyi"), (403, "no_content_for_admin".to_owned()));
    // A liaison has no console.
    let mut liaison = Browser::new(&scene.world);
    assert_eq!(liaison.sign_in("liang", crate::browser::PASSWORD, None).status, 401);
    assert_eq!(scene.certificates(), 0, "no certificate for what was refused");
    assert_eq!(
        scene.shown(&lu)["change_count"],
        scene.shown(&lu)["changes"].as_array().unwrap().len()
    );
    assert_eq!(scene.conflict(&lu), conflict);
    // Nor is a settlement taken that says nothing, or something else.
    let mut without = keep(&conflict, "注塑机A");
    without["reason"] = "  ".into();
    let both = json!({ "keep": conflict["sides"][0]["op"], "value": "注塑机C" });
    let nobodys = json!({ "keep": "1@00" });
    for bad in [without, both, nobodys, json!({}), json!({ "value": {} }), json!({ "value": 1.5 })]
    {
        let (status, code, _) = scene.settle(&lu, &conflict, bad.clone());
        assert_eq!((status, code.as_str()), (400, "bad_body"), "{bad}");
    }
    let (status, code, body) = scene.settle(&lu, &conflict, json!({ "value": 7 }));
    assert_eq!(
        (status, code.as_str(), &body["reason"]),
        (422, "change_refused", &json!("bad_value"))
    );
    assert_eq!(scene.certificates(), 0);
    scene.world.stop();
}

#[test]
fn officers_read_their_own_cases_and_nothing_else() {
    let scene = dispute();
    scene.world.publish(&case_pack(OTHER_CASE, 1, &["huangzhiqiang"]));
    account(&scene.world, "huangzhiqiang", &[Role::Officer]);
    let lists = |person: &str, path: &str| {
        let body = signed_in(&scene.world, person).send("GET", path, None).body;
        let items = body["items"].as_array().unwrap().clone();
        items.into_iter().map(|row| row["case_no"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lists("luqihang", "/cases"), [CASE]);
    assert_eq!(lists("luqihang", "/conflicts"), [CASE]);
    assert_eq!(lists("huangzhiqiang", "/cases"), [OTHER_CASE]);
    assert_eq!(lists("huangzhiqiang", "/conflicts"), Vec::<String>::new());
    assert_eq!(lists("guanyongyi", "/cases"), [CASE, OTHER_CASE]);
    let other = signed_in(&scene.world, "huangzhiqiang");
    let paper = format!("{}/papers/F-04", scene.path());
    for (path, code) in [
        (format!("/cases/{CASE}"), "unknown_case"),
        (format!("/cases/{CASE}/records"), "unknown_case"),
        (scene.path(), "unknown_record"),
        (paper, "unknown_record"),
        (format!("/cases/{CASE}/export"), "not_your_role"),
    ] {
        let answer = other.send("GET", &path, None);
        assert_eq!(Browser::code(&answer), code, "{path}");
    }
    let mine = signed_in(&scene.world, "wenruotang");
    for path in [
        format!("/cases/{CASE}"),
        format!("/cases/{CASE}/records"),
        "/words".into(),
        "/names".into(),
    ] {
        assert_eq!(mine.send("GET", &path, None).status, 200, "{path}");
    }
    for path in ["/acts", "/evening", "/quarantine", "/held", "/rejected", "/people", "/devices"] {
        assert_eq!(Browser::code(&mine.send("GET", path, None)), "not_your_role", "{path}");
    }
    // Whoever leaves the case sees it no more.
    scene.world.publish(&case_pack(CASE, 2, &["luqihang"]));
    assert_eq!(lists("wenruotang", "/cases"), Vec::<String>::new());
    assert_eq!(Browser::code(&mine.send("GET", &scene.path(), None)), "unknown_record");
}

#[test]
fn what_somebody_else_settled_or_added_to_meanwhile_is_gone() {
    let scene = dispute();
    let console = signed_in(&scene.world, "luqihang");
    let seen = scene.conflict(&console);
    // A third value came while the two were on the screen.
    let mut late = Dispute { ..scene };
    let third = late.world.officer("luqihang");
    late.wen.sync();
    third.sync();
    rename_unknowing(&late, &third);
    let (status, code, _) = late.settle(&console, &seen, keep(&seen, "注塑机A"));
    assert_eq!((status, code.as_str()), (409, "conflict_gone"));
    let now = late.conflict(&console);
    assert_eq!(now["sides"].as_array().unwrap().len(), 3);
    // Lu settles on the phone; the console is too late.
    late.lu.sync();
    let view = late.lu.phone.record_view(late.record).unwrap();
    let resolve = Intent::Resolve {
        resolution: late.lu.phone.new_item(),
        target: view.conflicts[0].subject.target().to_owned(),
        choice: Choice::Other("注塑机D".into()),
        reason: REASON.to_owned(),
        saw: saw(&view.conflicts[0]),
    };
    late.lu.phone.act(late.record, &resolve).unwrap();
    late.lu.sync();
    let (status, code, _) = late.settle(&console, &now, keep(&now, "注塑机A"));
    assert_eq!((status, code.as_str()), (409, "conflict_gone"));
    assert_eq!(late.names(&late.wen), [Field::from("注塑机D")]);
    assert_eq!(late.certificates(), 0);
}

/// A change of the name on the record as it was before anybody differed.
fn rename_unknowing(scene: &Dispute, third: &Device) {
    use crate::world::author::Author;
    let mut author = Author::of(third, 9);
    let log = scene
        .world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.document_log(scene.record));
    for row in log.unwrap().iter().take(2) {
        author.know(&lastmile_server::ingest::travelling(row).unwrap());
    }
    let fields = Fields::from([("name".to_owned(), "注塑机E".into())]);
    let edit = Intent::Edit { verb: "edit_line".into(), item: scene.line.clone(), fields };
    let change = author.write(Some(scene.record), &edit);
    let mut request = third.request();
    request.changes = vec![change];
    third.ask(&request).unwrap();
}

#[test]
fn a_restart_between_sign_in_and_settlement_costs_a_key_and_nothing_else() {
    let mut scene = dispute();
    let mut console = signed_in(&scene.world, "luqihang");
    let conflict = scene.conflict(&console);
    scene.world.start();
    console.base = Browser::new(&scene.world).base;
    assert_eq!(scene.settle(&console, &conflict, keep(&conflict, "注塑机B")).0, 200);
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    scene.world.start();
    let conflict = scene.conflict(&console);
    assert_eq!(scene.settle(&console, &conflict, keep(&conflict, "注塑机A")).0, 200);
    assert_eq!(scene.certificates(), 2, "the key of before the restart is nowhere");
    assert_eq!(scene.names(&scene.wen), [Field::from("注塑机A")]);
}

#[test]
fn a_request_that_is_sent_again_settles_once() {
    let scene = dispute();
    let mut console = signed_in(&scene.world, "luqihang");
    console.key = Some("settle0000000001".into());
    let conflict = scene.conflict(&console);
    let before = scene.shown(&console)["change_count"].as_u64().unwrap();
    for _ in 0..3 {
        let (status, _, after) = scene.settle(&console, &conflict, keep(&conflict, "注塑机B"));
        assert_eq!((status, after["change_count"].as_u64()), (200, Some(before + 1)));
    }
    console.key = None;
    let again = scene.settle(&console, &conflict, keep(&conflict, "注塑机B"));
    assert_eq!((again.0, again.1.as_str()), (409, "conflict_gone"));
}

#[test]
fn a_key_goes_with_its_session_however_that_ends() {
    let scene = dispute();
    let server = scene.world.server();
    let kept = || forget_ended(server).unwrap();
    let settled = |value: &str| {
        let console = signed_in(&scene.world, "luqihang");
        let conflict = scene.conflict(&console);
        assert_eq!(scene.settle(&console, &conflict, keep(&conflict, value)).0, 200);
        assert_eq!(kept(), 1);
        console
    };
    // By another process; a request under way that has just looked the session up does not bring it back.
    let console = settled("注塑机B");
    let session = Secret::read(console.cookie.as_deref().unwrap()).unwrap().hash();
    let ended = server.store().write::<_, StoreError>(|writing| {
        writing.end_session(&session)?;
        writing.use_session(&session, server.now_ms())
    });
    ended.unwrap();
    assert_eq!(kept(), 0);
    assert_eq!(console.send("GET", "/session", None).status, 401);
    // By a browser that is simply closed.
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    settled("注塑机A");
    scene.world.clock.advance(IDLE_MS.unsigned_abs());
    assert_eq!(kept(), 0);
}

#[test]
fn whoever_lost_the_role_the_session_or_the_certificate_settles_no_more() {
    let scene = dispute();
    let console = signed_in(&scene.world, "luqihang");
    let conflict = scene.conflict(&console);
    assert_eq!(scene.settle(&console, &conflict, keep(&conflict, "注塑机B")).0, 200);
    let server = scene.world.server();
    let of_console = || {
        let directory = server.directory().unwrap();
        let mut found = directory
            .certificates()
            .filter(|(id, found)| {
                found.payload().protection == protection::COURT && directory.withdrawn(id).is_none()
            })
            .map(|(id, _)| id);
        (found.next(), found.next())
    };
    // The certificate is withdrawn: the session with it, else it would only get another.
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    let conflict = scene.conflict(&console);
    let (Some(certificate), None) = of_console() else { panic!("one certificate") };
    let order = Order { certificate, reason: "compromised".into(), on_behalf_of: "zhangyi".into() };
    assert!(withdraw::wipe(server, &order).is_err(), "there is no phone to wipe");
    assert!(withdraw::revoke(server, &order).unwrap());
    let (status, code, _) = scene.settle(&console, &conflict, keep(&conflict, "注塑机A"));
    assert_eq!((status, code.as_str()), (401, "session_expired"));
    assert_eq!(server.hands().count(), 0, "the key is gone with the session");
    // Signed in again; then other roles: a new key that says them, and what they do not allow is refused.
    let console = signed_in(&scene.world, "luqihang");
    assert_eq!(scene.settle(&console, &conflict, keep(&conflict, "注塑机A")).0, 200);
    differ(&scene.lu, &scene.wen, scene.record, &scene.line);
    let conflict = scene.conflict(&console);
    assert!(roles::set(server, "luqihang", &[Role::Clerk], &[]).unwrap());
    assert_eq!(
        of_console(),
        (None, None),
        "the old roles' certificate is withdrawn, none follows by itself"
    );
    let (status, code, _) = scene.settle(&console, &conflict, keep(&conflict, "注塑机A"));
    assert_eq!((status, code.as_str()), (403, "not_handler"));
    // No role at all: no session.
    assert!(roles::set(server, "luqihang", &[], &[]).unwrap());
    let (status, code, _) = scene.settle(&console, &conflict, keep(&conflict, "注塑机A"));
    assert_eq!((status, code.as_str()), (401, "session_expired"));
    // What was settled before stands.
    assert_eq!(scene.shown(&signed_in(&scene.world, "guanyongyi"))["open_conflicts"], 1);
}
