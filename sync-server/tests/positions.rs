//! Where a crew is while its request is open: told by the phone over real sockets, seen by those who handle the
//! request, thrown away when it is over.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
#[path = "dispatch/scene.rs"]
mod scene;
mod world;

use browser::{Browser, PASSWORD};
use lastmile_core::geo::Position;
use lastmile_core::phone::transport::Transport as _;
use lastmile_core::sync::token::Errand;
use lastmile_server::assistance::climb::climb;
use lastmile_server::store::StoreError;
use scene::{scene_with, step};
use serde_json::{Value, json};
use world::{COURT, Device, World};

fn at(lat: &str) -> Position {
    format!("geo:{lat},112.985000;crs=wgs84;u=8").parse().unwrap()
}

fn tell(device: &Device, fixes: &[(Position, u32)]) -> Result<u32, String> {
    let told = device.phone.tell_positions(&device.transport(), fixes);
    told.map(|answer| answer.requests).map_err(|error| error.code().to_owned())
}

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    browser
}

fn crews(browser: &Browser) -> Vec<Value> {
    browser.send("GET", "/map", None).body["crews"].as_array().unwrap().clone()
}

#[test]
fn a_crew_is_seen_by_those_who_handle_its_request_until_it_is_over() {
    let (mut world, officer, request) = scene_with(&["jiujiang", "xiqiao"]);
    let refused = Err("no_open_request".to_owned());
    assert_eq!(tell(&officer, &[(at("22.8335"), 0)]), refused, "nobody asked for help");
    officer.sync();
    assert_eq!(tell(&officer, &[(at("22.8335"), 10), (at("22.834"), 4)]), Ok(1));
    let [tan, qu, guan] =
        ["tanliheng", "qutongming", "guanyongyi"].map(|who| signed_in(&world, who));
    let seen = crews(&tan);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!((&seen[0]["person"], &seen[0]["age_s"]), (&json!("luqihang"), &json!(4)));
    assert_eq!(seen[0]["accuracy_m"], 8.0);
    assert!(seen[0]["position"].as_str().unwrap().starts_with("geo:22.834000,"), "{seen:?}");
    assert_eq!((crews(&guan).len(), crews(&qu).len()), (1, 0), "not another station");
    // Somebody who is none of the crew.
    let stranger = world.officer("stranger");
    assert_eq!(tell(&stranger, &[(at("22.8335"), 0)]), refused);
    // Older with every second, and gone after half an hour.
    world.clock.advance(60_000);
    assert_eq!(crews(&tan)[0]["age_s"], 64);
    climb(world.server()).unwrap();
    let kept = |world: &World| {
        world.server().store().read::<_, StoreError>(|reading| reading.crew_fixes()).unwrap().len()
    };
    assert_eq!(kept(&world), 1);
    world.start();
    assert_eq!(crews(&tan).len(), 0, "whose it is was not looked up yet");
    climb(world.server()).unwrap();
    assert_eq!(crews(&tan).len(), 1, "over a restart");
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    assert_eq!(step(&tan, request, &json!({ "step": "closed", "reason": "settled" })).0, 200);
    assert_eq!(crews(&tan).len(), 0);
    climb(world.server()).unwrap();
    assert_eq!((crews(&guan).len(), kept(&world)), (0, 0), "thrown away");
    let officer = Device { url: world.url(), ..officer };
    assert_eq!(tell(&officer, &[(at("22.8335"), 0)]), refused);
}

#[test]
fn no_fix_is_older_than_half_an_hour_and_nonsense_is_refused() {
    let (world, officer, _) = scene_with(&["jiujiang"]);
    officer.sync();
    assert_eq!(tell(&officer, &[(at("22.8335"), 1_790)]), Ok(1));
    let tan = signed_in(&world, "tanliheng");
    assert_eq!(crews(&tan).len(), 1);
    world.clock.advance(11_000);
    assert_eq!(crews(&tan).len(), 0);
    assert_eq!(tell(&officer, &[]), Err("bad_body".to_owned()));
    assert_eq!(tell(&officer, &vec![(at("22.8335"), 0); 61]), Err("bad_body".to_owned()));
    let post = |body: &[u8]| {
        let token = officer.phone.token(Errand::Positions, body).unwrap();
        let road = officer.transport();
        road.post(COURT, Errand::Positions, body, &token).unwrap_err().code().to_owned()
    };
    assert_eq!(post(b"{}"), "bad_body");
    assert_eq!(post(br#"{"fixes":[{"position":"geo:1,1","age_s":0}]}"#), "bad_body", "no datum");
    assert_eq!(post(&vec![b' '; 17_000]), "message_too_large");
    let token = officer.phone.token(Errand::Positions, b"other").unwrap();
    let road = officer.transport();
    assert_eq!(
        road.post(COURT, Errand::Positions, b"{}", &token).unwrap_err().code(),
        "bad_request_token"
    );
}
