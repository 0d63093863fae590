//! An officer finalises a record at the console: with the password asked again, by a key made for this one act, under
//! the rules that hold on a phone.

use std::io::Cursor;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::export::Limit;
use lastmile_core::export::verify::verify;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::records::builtin;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, PASSWORD, account};
use crate::world::{CASE, Device, World};
use crate::{office, signed_in};

/// A record that no rule keeps open.
fn supplement(officer: &Device) -> DocumentId {
    let head = Fields::from([("reason".to_owned(), "补充清单遗漏".into())]);
    let record = officer.begin("supplement", CASE, head);
    officer.sync();
    record
}

fn scene() -> (World, Device, Device) {
    let mut world = office();
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    for person in ["luqihang", "wenruotang"] {
        account(&world, person, &[]);
    }
    (world, lu, wen)
}

fn shown(browser: &Browser, record: DocumentId) -> Value {
    browser.send("GET", &format!("/records/{}", record.to_hex()), None).body
}

fn finalise(browser: &Browser, record: DocumentId, content: &Value, password: &str) -> Answer {
    let body = json!({ "content_digest": content, "password": password });
    browser.send("POST", &format!("/records/{}/finalisations", record.to_hex()), Some(&body))
}

#[test]
fn a_record_is_finalised_for_good_and_phones_know_by_whom() {
    let (world, lu, wen) = scene();
    let record = supplement(&lu);
    wen.sync();
    let console = signed_in(&world, "luqihang");
    let before = shown(&console, record);
    let wrong = finalise(&console, record, &before["content_digest"], "不是这个密码");
    assert_eq!((wrong.status, Browser::code(&wrong)), (403, "wrong_password"));
    let done = finalise(&console, record, &before["content_digest"], PASSWORD);
    assert_eq!((done.status, &done.body["finalised"]), (200, &json!(true)), "{}", done.body);
    for phone in [&lu, &wen] {
        phone.sync();
        let view = phone.phone.record_view(record).unwrap();
        assert_eq!(view.finalised[0].person, "luqihang");
    }
    // Law 4.
    let fields = Fields::from([("text".to_owned(), "后补".into())]);
    let item = lu.phone.new_item();
    let late = Intent::Add { verb: "add_addition".into(), item, fields };
    assert!(lu.phone.act(record, &late).is_err());
    let again = finalise(&console, record, &before["content_digest"], PASSWORD);
    assert_eq!((again.status, Browser::code(&again)), (409, "record_finalised"));
    // The key did this and nothing else, and is gone.
    let directory = world.server().directory().unwrap();
    let of_console: Vec<_> = directory
        .certificates()
        .map(|(_, found)| found.payload())
        .filter(|body| body.protection == protection::COURT)
        .collect();
    assert_eq!(of_console.len(), 1);
    assert_eq!(of_console[0].purposes, [purpose::FINALISE]);
    assert_eq!(of_console[0].not_after_ms, world.server().now_ms() + 10 * 60_000);
    assert_eq!(world.server().hands().count(), 0);
    // Whoever checks the exported case is told what kind of key it was.
    let president = signed_in(&world, "rongguoliang");
    let cookie = format!("lastmile_session={}", president.cookie.as_deref().unwrap());
    let url = format!("{}/cases/{CASE}/export", president.base);
    let file = president.client.get(url).header("cookie", cookie).send().unwrap();
    let file = file.bytes().unwrap();
    let root = Some(world.server().root());
    let report = verify(&builtin(), Cursor::new(&file[..]), root, &mut |_| {}).unwrap();
    assert!(report.proven(), "{report:?}");
    assert!(report.limits.iter().any(|found| found.code == Limit::CourtKey));
}

#[test]
fn what_the_law_or_the_screen_does_not_allow_is_not_finalised() {
    let (world, lu, wen) = scene();
    let record = supplement(&lu);
    wen.sync();
    let console = signed_in(&world, "luqihang");
    let seen = shown(&console, record)["content_digest"].clone();
    // Another one of the case, and somebody who only reads it.
    for (person, code) in [("wenruotang", "not_handler"), ("guanyongyi", "not_a_member")] {
        let answer = finalise(&signed_in(&world, person), record, &seen, PASSWORD);
        assert_eq!((answer.status, Browser::code(&answer)), (403, code), "{person}");
    }
    // A colleague added something that was not on the screen.
    let fields = Fields::from([("text".to_owned(), "同事所记".into())]);
    let item = wen.phone.new_item();
    wen.phone.act(record, &Intent::Add { verb: "add_addition".into(), item, fields }).unwrap();
    wen.sync();
    let answer = finalise(&console, record, &seen, PASSWORD);
    assert_eq!((answer.status, Browser::code(&answer)), (409, "record_moved"));
    // The law asks for more, and the same as on the phone.
    let seizure = lu.seizure();
    lu.line(seizure, "注塑机");
    lu.sync();
    let seen = shown(&console, seizure)["content_digest"].clone();
    let answer = finalise(&console, seizure, &seen, PASSWORD);
    assert_eq!((answer.status, Browser::code(&answer)), (422, "rules_block"));
    let stage = lastmile_core::rules::Stage::Finalise;
    let on_phone = lu.phone.check_rules(seizure, stage, None).unwrap();
    let on_phone: Vec<&str> = lastmile_core::rules::blocking(&on_phone.findings)
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert!(!on_phone.is_empty());
    assert_eq!(answer.body["rules"], json!(on_phone));
    let directory = world.server().directory().unwrap();
    let court = |body: &lastmile_core::identity::Certificate| body.protection == protection::COURT;
    assert!(!directory.certificates().any(|(_, found)| court(found.payload())));
}

#[test]
fn whoever_guesses_the_password_of_an_open_console_waits() {
    let (world, lu, _) = scene();
    let record = supplement(&lu);
    let console = signed_in(&world, "luqihang");
    let seen = shown(&console, record)["content_digest"].clone();
    let mut codes = Vec::new();
    for _ in 0..7 {
        let answer = finalise(&console, record, &seen, "不是这个密码");
        codes.push(Browser::code(&answer).to_owned());
    }
    assert_eq!(codes[0], "wrong_password");
    assert_eq!(codes[6], "sign_in_throttled");
    assert_eq!(shown(&console, record)["finalised"], false);
}
