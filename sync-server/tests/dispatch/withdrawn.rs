//! The crew takes its request back: the station confirms. Under duress it looks the same on the phone, and the
//! incident goes on.

use lastmile_core::assistance::hops::Hop;
use lastmile_core::assistance::withdraw::reason;
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::DocumentId;
use lastmile_core::value::Value as Field;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::scene::{hop, incidents, scene, step};
use crate::world::{Device, World};

fn cancel(officer: &Device, request: DocumentId, duress: bool) {
    let fields = Fields::from([
        ("cancelled_at".to_owned(), Field::from("2026-03-17T06:55:00+08:00")),
        ("cancel_reason".to_owned(), Field::from(reason("群众已散去", duress).as_str())),
    ]);
    officer.phone.act(request, &Intent::Set { verb: "cancel".into(), fields }).unwrap();
    officer.sync();
}

fn acknowledged() -> (World, Device, DocumentId, Browser) {
    let (world, officer, request) = scene();
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    assert_eq!(step(&tan, request, &json!({ "step": "acknowledged" })).0, 200);
    world.clock.advance(60_000);
    (world, officer, request, tan)
}

fn only(tan: &Browser) -> Value {
    incidents(tan).pop().unwrap_or_default()
}

#[test]
fn a_withdrawal_stands_when_the_station_has_confirmed_it() {
    let (_world, officer, request, tan) = acknowledged();
    assert_eq!(step(&tan, request, &json!({ "step": "cancel_confirmed" })).0, 409, "nobody asked");
    cancel(&officer, request, false);
    let incident = only(&tan);
    assert!(incident["cancel_asked"].is_string(), "{incident}");
    assert_eq!((&incident["duress"], &incident["state"]), (&json!(false), &json!("acknowledged")));
    assert_eq!(hop(&officer, request).0, Hop::Withdrawing);
    assert_eq!(step(&tan, request, &json!({ "step": "cancel_confirmed" })).0, 200);
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Over);
    assert_eq!(incidents(&tan), Vec::<Value>::new());
}

#[test]
fn under_duress_the_phone_shows_an_end_and_the_car_comes() {
    let (_world, officer, request, tan) = acknowledged();
    cancel(&officer, request, true);
    let incident = only(&tan);
    assert_eq!(incident["duress"], true);
    assert!(incident["ringing_since"].is_string(), "it rings anew");
    assert_eq!(hop(&officer, request).0, Hop::Withdrawing);
    let (status, _) = step(&tan, request, &json!({ "step": "cancel_confirmed" }));
    assert_eq!(status, 200);
    let (status, _) = step(&tan, request, &json!({ "step": "unit_sent", "unit": "九江所2号车" }));
    assert_eq!(status, 200, "still open");
    officer.sync();
    assert_eq!(hop(&officer, request).0, Hop::Over, "whoever looks on sees that it is over");
    assert_eq!(only(&tan)["state"], "unit_sent");
    let closed = json!({ "step": "closed", "reason": "settled" });
    assert_eq!(step(&tan, request, &closed).0, 409, "nobody was there yet");
    assert_eq!(step(&tan, request, &json!({ "step": "arrived" })).0, 200);
    assert_eq!(step(&tan, request, &closed).0, 200);
}
