//! What an administrator does: sees phones, takes one out of service, invites one.

use std::sync::Arc;

use lastmile_core::id::sha256;
use lastmile_core::identity::TransitionKind;
use lastmile_core::identity::enrolment::EnrolmentCode;
use lastmile_core::identity::{Canonical, Signed, Signer, SoftwareSigner, Transition};
use lastmile_core::phone::enrol::{NewKeys, enrol};
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::records::Role;
use lastmile_core::time::SeededEntropy;
use lastmile_server::roles;
use lastmile_server::store::StoreError;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser};
use crate::world::World;
use crate::{office, signed_in};

fn devices(browser: &Browser) -> Vec<Value> {
    let answer = browser.send("GET", "/devices", None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

#[test]
fn phones_are_listed_with_their_last_contact_and_what_waits() {
    let mut world = office();
    let (lu, _silent) = (world.officer("luqihang"), world.officer("wenruotang"));
    let stranger = world.officer("qutongming");
    world.clock.advance(60_000);
    lu.sync();
    world.clock.advance(30_000);
    lu.sync();
    stranger.seizure();
    stranger.sync();
    let admin = signed_in(&world, "zhangyi");
    let found = devices(&admin);
    let people: Vec<&str> =
        found.iter().map(|row| row["person"]["person"].as_str().unwrap()).collect();
    assert_eq!(people, ["luqihang", "qutongming", "wenruotang"]);
    let phone = &found[0];
    assert_eq!(phone["device"], "P1");
    assert_eq!(phone["device_name"], "P1");
    assert_eq!(phone["person"]["name"], "陆启航");
    assert_eq!(phone["roles"], json!(["officer"]));
    assert!(phone["valid_until"].as_str().unwrap().starts_with("2029-"), "{phone}");
    assert_eq!(phone["last_contact"], "2026-03-17T06:51:30.000+08:00");
    assert_eq!((&phone["behind"], &found[2]["behind"]), (&json!(0), &Value::Null));
    for unknown in ["withdrawn", "app_version"] {
        assert_eq!(phone[unknown], Value::Null, "{unknown}");
    }
    assert_eq!((&phone["waiting"], &found[1]["waiting"]), (&json!(0), &json!(1)));
    assert_eq!(found[2]["last_contact"], Value::Null);
    // Other roles are another certificate for the same phone: it stays one row, and its contact stays.
    roles::set(world.server(), "luqihang", &[Role::Officer, Role::Clerk], &[]).unwrap();
    let after = devices(&admin);
    assert_eq!(after.len(), 3);
    assert_eq!(after[0]["roles"], json!(["clerk", "officer"]));
    assert_ne!(after[0]["certificate"], phone["certificate"]);
    assert_eq!(
        (&after[0]["withdrawn"], &after[0]["last_contact"]),
        (&Value::Null, &phone["last_contact"])
    );
}

#[test]
fn what_a_phone_has_not_read_is_counted_until_it_says_that_it_has() {
    let mut world = office();
    let (lu, wen) = (world.officer("luqihang"), world.officer("wenruotang"));
    lu.sync();
    lu.sync();
    wen.sync();
    let admin = signed_in(&world, "zhangyi");
    let behind = |admin: &Browser| devices(admin)[0]["behind"].clone();
    assert_eq!(behind(&admin), json!(0));
    wen.seizure();
    wen.sync();
    assert_eq!(behind(&admin), json!(1));
    // The answer went out; that it arrived is known at the next contact.
    lu.sync();
    assert_eq!(behind(&admin), json!(1));
    lu.sync();
    assert_eq!(behind(&admin), json!(0));
    // Over a restart.
    world.stop();
    world.start();
    assert_eq!(behind(&signed_in(&world, "zhangyi")), json!(0));
    // Places in a feed of before a restore say nothing about this one, and that is written down as well.
    let mut request = lu.request();
    request.server_epoch = Some(lastmile_core::id::ServerEpoch([9; 16]));
    let _ = lu.ask(&request);
    assert_eq!(behind(&signed_in(&world, "zhangyi")), Value::Null);
    world.stop();
    world.start();
    assert_eq!(behind(&signed_in(&world, "zhangyi")), Value::Null);
}

#[test]
fn a_phone_is_withdrawn_once_in_the_name_of_whoever_is_signed_in() {
    let mut world = office();
    let lu = world.officer("luqihang");
    lu.sync();
    let mut admin = signed_in(&world, "zhangyi");
    let certificate = devices(&admin)[0]["certificate"].as_str().unwrap().to_owned();
    let path = format!("/devices/{certificate}/withdrawal");
    let ask = |admin: &Browser, body: Value| admin.send("POST", &path, Some(&body));
    let lost = json!({ "reason": "lost", "wipe": true });
    for body in [json!({ "reason": "", "wipe": false }), json!({ "reason": "lost", "by": "x" })] {
        assert_eq!(Browser::code(&ask(&admin, body)), "bad_body");
    }
    let unknown = format!("/devices/{}/withdrawal", "0".repeat(64));
    assert_eq!(Browser::code(&admin.send("POST", &unknown, Some(&lost))), "unknown_device");
    assert_eq!(devices(&admin)[0]["withdrawn"], Value::Null, "nothing was done");
    admin.key = Some("withdrawal1".into());
    let first = ask(&admin, lost.clone());
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.body["withdrawn"], "2026-03-17T06:50:00.000+08:00");
    let before = decisions(&world);
    assert_eq!(before, [("lost".to_owned(), "zhangyi".to_owned())]);
    world.clock.advance(1_000);
    let again = ask(&admin, lost);
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(decisions(&world), before, "sent again, nothing is done twice");
    let acting = lu.phone.signed_in().unwrap().certificate;
    assert!(world.server().directory().unwrap().withdrawn(&acting).is_some());
}

/// Reason and person of every order to wipe.
fn decisions(world: &World) -> Vec<(String, String)> {
    let rows = world.server().store().read::<_, StoreError>(|reading| reading.transitions("wipe"));
    let bodies = rows.unwrap().into_iter().map(|(row, _)| {
        let signed = Signed::<Transition>::from_bytes(&row.bytes).unwrap();
        Transition::decode(signed.raw_parts().0).unwrap()
    });
    let said = bodies.map(|body| match body.kind {
        TransitionKind::Wipe { reason, .. } => (reason, body.on_behalf_of.unwrap_or_default()),
        _ => unreachable!("asked for orders to wipe"),
    });
    said.collect()
}

fn invite(admin: &Browser, person: &str, roles: &[&str], name: &str) -> Answer {
    let body = json!({ "person": person, "roles": roles, "device_name": name });
    let cookie = format!("lastmile_session={}", admin.cookie.as_deref().unwrap());
    let url = format!("{}/enrolments", admin.base);
    let request = admin.client.post(url).header("cookie", cookie);
    let request = request.header("x-csrf", admin.csrf.as_deref().unwrap());
    let request = request.header("origin", "https://zhixing.example");
    let answer = request.body(body.to_string()).send().unwrap();
    let status = answer.status().as_u16();
    let body = serde_json::from_str(&answer.text().unwrap()).unwrap();
    Answer { status, body, retry_after: None, set_cookie: None }
}

#[test]
fn a_phone_is_invited_with_a_code_that_is_told_once() {
    let world = office();
    let admin = signed_in(&world, "zhangyi");
    let made = invite(&admin, "wenruotang", &["officer"], "执行局 2 号手机");
    assert_eq!(made.status, 200, "{}", made.body);
    let text = made.body["code"].as_str().unwrap();
    let code = EnrolmentCode::parse(text).unwrap();
    assert_eq!(code.url, "https://zhixing.example");
    assert!(made.body["qr_svg"].as_str().unwrap().trim_start().starts_with("<svg"));
    assert_eq!(made.body["expires_at"], "2026-03-20T06:50:00.000+08:00");
    assert_eq!(made.body["approvals_needed"], 0);
    let kept = world.server().store().read::<_, StoreError>(|reading| reading.enrolment(&code.id));
    let kept = kept.unwrap().unwrap();
    assert_eq!(kept.hash, code.hash());
    assert_ne!(kept.hash, sha256(text.as_bytes()), "of the secret, not of the text");
    assert_eq!((kept.person.as_str(), kept.name.as_str()), ("wenruotang", "温若棠"));
    assert_eq!(kept.label.as_deref(), Some("执行局 2 号手机"));
}

/// One row for a phone with two keys, under the name the administrator gave it; withdrawn, both keys are.
#[test]
fn an_invited_phone_is_one_device_with_both_its_keys() {
    let world = office();
    let admin = signed_in(&world, "zhangyi");
    let made = invite(&admin, "wenruotang", &["officer"], "执行局 2 号手机");
    let code = EnrolmentCode::parse(made.body["code"].as_str().unwrap()).unwrap();
    let signer = || -> Arc<dyn Signer> {
        Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate().unwrap()).unwrap())
    };
    let protection = "tee".to_owned();
    let keys = NewKeys { record: signer(), finalise: Some(signer()), protection };
    let road = HttpTransport::new(&world.url(), &[]).unwrap();
    let entropy = SeededEntropy::new(7);
    let enrolled = enrol(&code, &keys, &road, world.clock.as_ref(), &entropy).unwrap();
    let listed = devices(&admin);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["device_name"], "执行局 2 号手机");
    assert_eq!(listed[0]["certificate"], enrolled.record.to_hex());
    let path = format!("/devices/{}/withdrawal", enrolled.record.to_hex());
    let body = json!({ "reason": "replaced", "wipe": false });
    assert_eq!(admin.send("POST", &path, Some(&body)).status, 200);
    let directory = world.server().directory().unwrap();
    for certificate in [enrolled.record, enrolled.finalise.unwrap()] {
        assert!(directory.withdrawn(&certificate).is_some(), "{certificate:?}");
    }
    assert_eq!(decisions(&world), [], "nobody ordered it wiped");
}

#[test]
fn what_two_persons_must_approve_is_not_done_at_a_console() {
    let world = office();
    let admin = signed_in(&world, "zhangyi");
    let roles_of = |person: &str| {
        world
            .server()
            .store()
            .read::<_, StoreError>(|reading| roles::current(reading, person))
            .unwrap()
    };
    // A new administrator; a president who would lose the role; the command centre's for oneself.
    for (person, wanted) in [
        ("luqihang", "admin"),
        ("luqihang", "president"),
        ("rongguoliang", "officer"),
        ("zhangyi", "command"),
    ] {
        let before = roles_of(person);
        let refused = invite(&admin, person, &[wanted], "手机");
        assert_eq!(
            (refused.status, Browser::code(&refused)),
            (409, "approvals_needed"),
            "{person}"
        );
        assert_eq!(refused.body["approvals_needed"], 2);
        assert_eq!(roles_of(person), before);
    }
    // Another phone in the same role needs nobody's approval.
    assert_eq!(invite(&admin, "rongguoliang", &["president"], "手机").status, 200);
    for (person, role, name, code) in [
        ("nobody", "officer", "手机", "unknown_person"),
        ("luqihang", "emperor", "手机", "bad_body"),
        ("luqihang", "officer", " ", "bad_body"),
    ] {
        assert_eq!(Browser::code(&invite(&admin, person, &[role], name)), code, "{person} {role}");
    }
    let made =
        world.server().store().read::<_, StoreError>(|reading| reading.enrolments()).unwrap();
    assert_eq!(made.len(), 1);
}
