//! Bad input of every kind gets a stable problem code and changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use lastmile_core::document::Fields;
use lastmile_core::identity::{Signed, SoftwareSigner};
use lastmile_core::phone::transport::{HttpTransport, Transport};
use lastmile_core::sync::frame::{self, MAX_COMPRESSED};
use lastmile_core::sync::response::Outcome;
use lastmile_core::sync::token::{Errand, TOKEN_HEADER, to_header};
use lastmile_core::sync::{MEDIA_TYPE, PROTOCOL_HEADER, PROTOCOL_VERSION};
use lastmile_server::store::StoreError;
use world::author::Author;
use world::{CASE, COURT, Device, World};

const PATH: &str = "/v1/courts/%E7%B2%A40605/sync";

/// Posts bytes with headers of the test's choosing; gives status, problem code, media type.
fn post(url: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, String, String) {
    // Installs the TLS provider that reqwest wants even for plain HTTP.
    HttpTransport::new(url, &[]).unwrap();
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(format!("{url}{path}")).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().unwrap();
    let status = answer.status().as_u16();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(PROTOCOL_HEADER), PROTOCOL_VERSION);
    let media = header("content-type");
    let problem: serde_json::Value = serde_json::from_slice(&answer.bytes().unwrap()).unwrap();
    assert_eq!(problem["status"], status);
    assert!(!problem["title"].as_str().unwrap().is_ascii());
    (status, problem["code"].as_str().unwrap().to_owned(), media)
}

fn sign(device: &Device, body: &[u8]) -> String {
    let token = device.token(&device.request(), body);
    to_header(&Signed::seal(&token, &*device.signer).unwrap())
}

/// Posts `body`, properly signed and labelled.
fn post_signed(device: &Device, body: Vec<u8>) -> (u16, String) {
    let signature = sign(device, &body);
    let headers = [
        ("content-type", MEDIA_TYPE),
        (PROTOCOL_HEADER, PROTOCOL_VERSION),
        (TOKEN_HEADER, signature.as_str()),
    ];
    let (status, code, media) = post(&device.url, PATH, &headers, body);
    assert_eq!(media, "application/problem+json");
    (status, code)
}

#[test]
fn headers_bodies_and_addresses() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (sealed, _) = lu.sealed(&lu.request());
    let signature = sign(&lu, &sealed);
    let good = [
        ("content-type", MEDIA_TYPE),
        (PROTOCOL_HEADER, PROTOCOL_VERSION),
        (TOKEN_HEADER, signature.as_str()),
    ];
    let with = |name: &'static str, value: &'static str| {
        good.map(|(known, was)| (known, if known == name { value } else { was }))
    };
    let code = |path: &str, headers: &[(&str, &str)], body: Vec<u8>| {
        let (status, code, _) = post(&lu.url, path, headers, body);
        (status, code)
    };
    let media = code(PATH, &with("content-type", "application/json"), sealed.clone());
    assert_eq!(media, (415, "unsupported_media_type".into()));
    let future = code(PATH, &with(PROTOCOL_HEADER, "99"), sealed.clone());
    assert_eq!(future, (400, "wrong_protocol".into()));
    let unsigned = code(PATH, &good[..2], sealed.clone());
    assert_eq!(unsigned, (401, "bad_request_token".into()));
    let garbled = code(PATH, &with(TOKEN_HEADER, "!!"), sealed.clone());
    assert_eq!(garbled, (401, "bad_request_token".into()));
    let elsewhere = code("/v1/courts/other/sync", &good, sealed.clone());
    assert_eq!(elsewhere, (404, "wrong_court".into()));
    assert_eq!(code("/v1/nothing", &good, sealed.clone()), (404, "not_found".into()));
    let oversized = code(PATH, &good, vec![0; MAX_COMPRESSED + 1]);
    assert_eq!(oversized, (413, "message_too_large".into()));

    assert_eq!(post_signed(&lu, sealed[..sealed.len() - 3].to_vec()).1, "message_damaged");
    assert_eq!(post_signed(&lu, b"<html>login</html>".to_vec()).1, "message_damaged");
    assert_eq!(post_signed(&lu, Vec::new()).1, "message_damaged");
    let bomb = zstd::bulk::compress(&vec![0; 40_000_000], 3).unwrap();
    assert_eq!(post_signed(&lu, bomb), (413, "message_too_large".into()));
    let plain = frame::open(&sealed).unwrap();
    let cut = frame::seal(&plain[..plain.len() - 1]).unwrap();
    assert_eq!(post_signed(&lu, cut).1, "malformed_request");
    let mut newer = plain.clone();
    newer[1] = 3;
    assert_eq!(post_signed(&lu, frame::seal(&newer).unwrap()).1, "wrong_protocol");
    assert_eq!(reqwest::blocking::get(format!("{}/healthz", lu.url)).unwrap().status(), 200);
}

#[test]
fn who_asks() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut foreign = World::new();
    let stranger = foreign.officer("luqihang");
    // A device of another court: the same code, another root.
    let (sealed, token) = stranger.sealed(&stranger.request());
    let answer = lu.transport().post(COURT, Errand::Sync, &sealed, &token).unwrap_err();
    assert_eq!(answer.code(), "unknown_certificate");
    // Bringing its own certificates along does not help.
    let mut request = stranger.request();
    let directory = foreign.server().directory().unwrap();
    request.certificates =
        directory.certificates().map(|(_, found)| found.signed().to_bytes()).collect();
    let (sealed, token) = stranger.sealed(&request);
    let answer = lu.transport().post(COURT, Errand::Sync, &sealed, &token).unwrap_err();
    assert_eq!(answer.code(), "unknown_certificate");
    // Somebody else's key under this certificate.
    let (sealed, _) = lu.sealed(&lu.request());
    let other = SoftwareSigner::from_pkcs8(&SoftwareSigner::generate().unwrap()).unwrap();
    let token = lu.token(&lu.request(), &sealed);
    let token = to_header(&Signed::seal(&token, &other).unwrap());
    let answer = lu.transport().post(COURT, Errand::Sync, &sealed, &token).unwrap_err();
    assert_eq!(answer.code(), "bad_request_token");
    // The right key under a server's certificate.
    let mut request = lu.request();
    request.certificate = world.server().issuer().certificate;
    assert_eq!(lu.refused(&request), "not_a_person");
    let mut request = lu.request();
    request.court = "粤0606".into();
    assert_eq!(lu.refused(&request), "wrong_court");
}

#[test]
fn a_refused_request_stores_nothing_of_what_it_brought() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut unsigned = lu.request();
    unsigned.changes = vec![Author::of(&lu, 8).seizure()];
    let (sealed, _) = lu.sealed(&unsigned);
    let (_, elsewhere) = lu.sealed(&lu.request());
    lu.transport().post(COURT, Errand::Sync, &sealed, &elsewhere).unwrap_err();
    let log = world.server().store().read::<_, StoreError>(|reading| reading.log_after(0, 10));
    assert_eq!(log.unwrap(), []);
}

#[test]
fn bad_changes_are_refused_one_by_one() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 7);
    let creating = author.seizure();
    let document = creating.body.document;
    let good = author.line(document, "注塑机");
    let mut request = lu.request();

    // A second beginning under the first one's id.
    let other = author.seizure();
    let root = author.sign(document, other.body.change, "create", other.body.schema, other.change);
    // Signed by nobody.
    let mut unsigned = author.line(document, "空压机");
    unsigned.signature[40] ^= 1;
    // Bytes that are no change.
    let mut damaged = author.line(document, "车床");
    let last = damaged.change.len() - 1;
    damaged.change[last] ^= 1;
    request.changes = vec![creating, root, unsigned, damaged, good];
    let rejected = |code: &str| Outcome::Rejected(code.into());
    let answer = lu.ask(&request).unwrap();
    assert_eq!(
        answer.outcomes,
        [
            Outcome::Accepted,
            rejected("second_root"),
            rejected("signature_mismatch"),
            rejected("malformed_change"),
            Outcome::Accepted
        ]
    );
    // The first verdict is repeated, except where nothing certain was stored.
    let again = lu.ask(&request).unwrap();
    assert_eq!(again.outcomes[1..4], answer.outcomes[1..4]);
    assert_eq!((&again.outcomes[0], &again.outcomes[4]), (&Outcome::Known, &Outcome::Known));
}

#[test]
fn a_role_a_verb_or_an_author_that_does_not_fit_is_refused() {
    let mut world = World::new();
    let liaison = world.device("wenruotang", lastmile_core::records::Role::Liaison);
    let lu = world.officer("luqihang");
    let mut officer = Author::of(&lu, 7);
    let mut volunteer = Author::of(&liaison, 8);
    let mut request = lu.request();
    let creating = officer.seizure();
    let document = creating.body.document;
    volunteer.know(&creating);
    let by_volunteer = volunteer.line(document, "注塑机");
    let mut other_actor = officer.line(document, "甲");
    other_actor.body.generation = 3;
    let other_actor = officer.seal(other_actor.body, other_actor.change);
    let mut unknown_verb = officer.line(document, "乙").body;
    unknown_verb.verb = "teleport".into();
    request.changes = vec![creating, by_volunteer, other_actor];
    let rejected = |code: &str| Outcome::Rejected(code.into());
    let outcomes = lu.ask(&request).unwrap().outcomes;
    assert_eq!(outcomes, [Outcome::Accepted, rejected("not_allowed"), rejected("wrong_actor")]);
}

#[test]
fn a_document_has_an_end() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 7);
    let creating = author.seizure();
    let document = creating.body.document;
    let mut request = lu.request();
    request.changes = vec![creating];
    let mut bytes = 0;
    let remark = |n: usize| {
        Fields::from([("remark".to_owned(), format!("{n}{}", "字".repeat(190)).as_str().into())])
    };
    let mut n = 0;
    while bytes < 262_144 {
        n += 1;
        let set = lastmile_core::document::Intent::Set { verb: "set".into(), fields: remark(n) };
        let change = author.write(Some(document), &set);
        bytes += change.change.len();
        request.changes.push(change);
    }
    let outcomes = lu.ask(&request).unwrap().outcomes;
    assert_eq!(outcomes[0], Outcome::Accepted);
    assert_eq!(outcomes.last(), Some(&Outcome::Rejected("document_full".into())));
    assert!(outcomes.iter().filter(|outcome| **outcome == Outcome::Accepted).count() > 200);
    // The next document is not concerned.
    request.changes = vec![author.seizure()];
    assert_eq!(lu.ask(&request).unwrap().outcomes, [Outcome::Accepted]);
    let case = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.records(Some(CASE), None, 10, 0));
    assert_eq!(case.unwrap().len(), 2);
}

#[test]
fn a_busy_server_says_so_and_when_to_come_back() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    world.stop();
    world.start_with(lastmile_server::http::Limits {
        queue: std::time::Duration::from_millis(10),
        at_work: 0,
        ..Default::default()
    });
    let (sealed, _) = lu.sealed(&lu.request());
    assert_eq!(post_signed(&lu, sealed), (503, "busy".into()));
}
