//! People sign in to the console over a real socket: what is refused, what waits, what ends.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod world;

use browser::{Browser, PASSWORD, account};
use lastmile_core::records::Role;
use lastmile_server::accounts::{session, totp};
use lastmile_server::http::api::document;
use lastmile_server::roles;
use lastmile_server::store::{AccountRow, StoreError};
use serde_json::{Value, json};
use world::{COURT, World};

/// A court with people who have accounts: a dispatcher, the command centre, an administrator's helper without
/// any role.
fn world() -> World {
    let world = World::new();
    account(&world, "tanliheng", &[Role::Dispatcher]);
    account(&world, "guanyongyi", &[Role::Command]);
    account(&world, "nobody", &[]);
    world
}

#[test]
fn a_person_signs_in_works_and_signs_out() {
    let world = world();
    let mut browser = Browser::new(&world);
    assert_eq!(Browser::code(&browser.send("GET", "/session", None)), "session_expired");
    let answer = browser.sign_in("guanyongyi", PASSWORD, None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["roles"], json!(["command"]));
    let cookie = answer.set_cookie.unwrap();
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(browser.send("GET", "/session", None).body["person"], "guanyongyi");
    // The command centre reads what the API shows, without a token.
    assert_eq!(browser.send("GET", "/cases", None).status, 200);
    assert_eq!(browser.send("DELETE", "/session", None).status, 204);
    assert_eq!(Browser::code(&browser.send("GET", "/session", None)), "session_expired");
    assert_eq!(Browser::code(&browser.send("GET", "/cases", None)), "session_expired");
}

#[test]
fn whoever_is_refused_is_told_nothing_more() {
    let world = world();
    let mut browser = Browser::new(&world);
    // A wrong password, a stranger, somebody without a role: the same answer.
    for (person, password) in
        [("guanyongyi", "wrong password"), ("stranger", PASSWORD), ("nobody", PASSWORD), ("", "")]
    {
        let answer = browser.sign_in(person, password, None);
        assert_eq!((answer.status, Browser::code(&answer)), (401, "sign_in_refused"), "{person}");
        assert!(answer.set_cookie.is_none());
    }
    let body = json!({ "person": "guanyongyi", "password": PASSWORD, "more": 1 });
    assert_eq!(Browser::code(&browser.send("POST", "/session", Some(&body))), "bad_body");
}

#[test]
fn guessing_waits_and_another_name_does_not() {
    let world = world();
    let mut browser = Browser::new(&world);
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes
            .push(Browser::code(&browser.sign_in("guanyongyi", "wrong password", None)).to_owned());
    }
    assert_eq!(codes[..6], vec!["sign_in_refused"; 6]);
    assert_eq!(codes[6..], vec!["sign_in_throttled"; 2]);
    // Even the right one waits, and is told how long.
    let answer = browser.sign_in("guanyongyi", PASSWORD, None);
    assert_eq!((answer.status, answer.retry_after.as_deref()), (429, Some("3")));
    assert_eq!(browser.sign_in("tanliheng", PASSWORD, None).status, 200);
    world.clock.advance(3_000);
    assert_eq!(browser.sign_in("guanyongyi", PASSWORD, None).status, 200);
}

#[test]
fn other_sites_change_nothing_and_dispatchers_read_no_cases() {
    let world = world();
    let mut browser = Browser::new(&world);
    browser.sign_in("tanliheng", PASSWORD, None);
    let csrf = browser.csrf.take();
    for bad in [None, Some(String::new()), csrf.as_ref().map(|csrf| csrf.to_uppercase())] {
        browser.csrf = bad;
        let answer = browser.send("DELETE", "/session", None);
        assert_eq!((answer.status, Browser::code(&answer)), (403, "bad_csrf"));
    }
    browser.csrf = csrf;
    assert_eq!(Browser::code(&browser.send("GET", "/cases", None)), "not_your_role");
    let elsewhere = Browser { base: browser.base.replace(COURT, "粤0604"), ..browser };
    assert_eq!(Browser::code(&elsewhere.send("GET", "/session", None)), "wrong_court");
}

#[test]
fn a_session_ends_by_rest_and_with_the_role_and_with_the_password() {
    let world = world();
    let mut browser = Browser::new(&world);
    let lives = |browser: &Browser| browser.send("GET", "/session", None).status == 200;
    let step = u64::try_from(session::IDLE_MS).unwrap() - 1_000;
    browser.sign_in("guanyongyi", PASSWORD, None);
    for _ in 0..3 {
        world.clock.advance(step);
        assert!(lives(&browser), "a console that asks stays");
    }
    world.clock.advance(step + 2_000);
    assert!(!lives(&browser));
    browser.sign_in("guanyongyi", PASSWORD, None);
    assert!(roles::set(world.server(), "guanyongyi", &[], &[]).unwrap());
    assert!(!lives(&browser), "a role that was taken away acts at once");
    assert!(roles::set(world.server(), "guanyongyi", &[Role::Command], &[]).unwrap());
    assert!(lives(&browser));
    let change = |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        browser.send("POST", "/session/password", Some(&body))
    };
    assert_eq!(Browser::code(&change("wrong password", "另一个很长的密码啊")), "sign_in_refused");
    assert_eq!(Browser::code(&change(PASSWORD, "short")), "bad_password");
    assert_eq!(change(PASSWORD, "指挥中心的另一个密码").status, 204);
    assert!(!lives(&browser), "whoever knew the old one is out");
    let mut browser = Browser::new(&world);
    assert_eq!(browser.sign_in("guanyongyi", PASSWORD, None).status, 401);
    assert_eq!(browser.sign_in("guanyongyi", "指挥中心的另一个密码", None).status, 200);
}

#[test]
fn one_time_codes_are_asked_for_and_serve_once() {
    let world = world();
    let secret = b"12345678901234567890".to_vec();
    let set = world.server().store().write::<_, StoreError>(|writing| {
        let row = writing.account("guanyongyi")?.unwrap();
        writing.put_account(&AccountRow { totp: Some(secret.clone()), ..row })
    });
    set.unwrap();
    let now_ms = world.server().now_ms();
    let code = (0..1_000_000)
        .map(|code| format!("{code:06}"))
        .find(|code| totp::step_of(&secret, code, now_ms, 0).is_some())
        .unwrap();
    let mut browser = Browser::new(&world);
    assert_eq!(Browser::code(&browser.sign_in("guanyongyi", PASSWORD, None)), "totp_needed");
    assert_eq!(
        Browser::code(&browser.sign_in("guanyongyi", "wrong password", None)),
        "sign_in_refused"
    );
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = browser.sign_in("guanyongyi", PASSWORD, Some(wrong));
    assert_eq!(Browser::code(&refused), "sign_in_refused");
    assert_eq!(browser.sign_in("guanyongyi", PASSWORD, Some(&code)).status, 200);
    let again = browser.sign_in("guanyongyi", PASSWORD, Some(&code));
    assert_eq!(Browser::code(&again), "sign_in_refused", "a code serves once");
}

#[test]
fn the_description_names_the_key_of_a_request_where_the_server_reads_it_and_nowhere_else() {
    let world = world();
    let mut browser = Browser::new(&world);
    browser.sign_in("guanyongyi", PASSWORD, None);
    // Too short: whoever reads it refuses it, whatever the body says.
    browser.key = Some("short".to_owned());
    let described: Value = serde_json::from_str(document::text()).unwrap();
    let mut read = 0;
    for (template, item) in described["paths"].as_object().unwrap() {
        let Some(path) = template.strip_prefix("/v1/courts/{court}") else { continue };
        if path == "/session" {
            continue; // it would end here
        }
        let path = path.replace("{id}", &"a".repeat(32)).replace("{certificate}", &"a".repeat(64));
        for method in ["post", "put", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let named = parameters.iter().any(|parameter| parameter["name"] == "idempotency-key");
            let answer = browser.send(&method.to_uppercase(), &path, Some(&json!({})));
            let refused = answer.status == 400 && answer.body["field"] == "idempotency-key";
            assert_eq!(named, refused, "{method} {template}: {}", answer.body);
            read += usize::from(refused);
        }
    }
    assert_eq!(read, 5, "a step, a call, a settlement, a finalisation, a withdrawal");
}
