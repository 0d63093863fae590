//! Photos of the scene: small pictures for those who may see the request, as soon as they come, and nothing else.

use lastmile_core::document::Fields;
use lastmile_core::phone::{Capture, UploadPolicy};
use serde_json::json;

use crate::browser::{Browser, PASSWORD};
use crate::scene::{incidents, scene, step};

fn photo() -> Vec<u8> {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos");
    std::fs::read(data.join("apple_iphone4_gps_italy.jpg")).unwrap()
}

#[test]
fn a_photo_of_the_scene_is_seen_small_by_those_who_handle_the_request() {
    let (world, officer, request) = scene();
    let bytes = photo();
    let capture = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([
            ("purpose".to_owned(), "scene".into()),
            ("taken_at".to_owned(), "2026-03-17T09:05:20+08:00".into()),
        ]),
        position: None,
    };
    officer.phone.capture(request, &mut &bytes[..], &capture).unwrap();
    officer.sync();
    let [tan, qu] = ["tanliheng", "qutongming"].map(|person| {
        let mut browser = Browser::new(&world);
        browser.sign_in(person, PASSWORD, None);
        browser
    });
    let one = |browser: &Browser| {
        browser.send("GET", &format!("/incidents/{}", request.to_hex()), None).body
    };
    // Named by the record, and not here yet: its place is kept.
    assert_eq!(incidents(&tan)[0]["pictures"], 0);
    let named = one(&tan)["photos"].clone();
    assert_eq!((named[0]["thumbnail"].is_null(), named[1].is_null()), (true, true), "{named}");
    let policy = UploadPolicy { originals: false };
    officer.phone.upload(&officer.transport(), policy, &mut |_| true).unwrap();
    assert_eq!(incidents(&tan)[0]["pictures"], 1);
    let shown = one(&tan)["photos"][0].clone();
    assert_eq!(shown["taken_at"], "2026-03-17T09:05:20+08:00");
    let address = shown["thumbnail"].as_str().unwrap().to_owned();
    let fetch = |browser: &Browser, address: &str| browser.raw(address);
    let (status, kind, picture) = fetch(&tan, &address);
    assert_eq!((status, kind.as_str()), (200, "image/jpeg"));
    assert!(picture.starts_with(&[0xff, 0xd8]) && picture.len() < 100_000, "{}", picture.len());
    // Another station has no such request; of this one nothing else is read by its name.
    assert_eq!(fetch(&qu, &address).0, 404);
    let hash = shown["hash"].as_str().unwrap();
    let other = address.replace(hash, &"0".repeat(64));
    assert_eq!(fetch(&tan, &other).0, 404);
    assert_eq!(fetch(&tan, &address.replace(hash, "x")).0, 400);
    let whole = address.split("/incidents/").next().unwrap().to_owned() + "/files/" + hash;
    assert_eq!(fetch(&tan, &whole).0, 403, "the original is evidence of the case");
    // What is over is looked back at for a day.
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, request, &json!({ "step": "closed", "reason": "settled" })).0, 200);
    assert_eq!(fetch(&tan, &address).0, 200);
}
