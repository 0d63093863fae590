//! What the crew asks for stands at the console, until it is struck.

use lastmile_core::document::{Fields, Intent};
use serde_json::json;

use crate::browser::{Browser, PASSWORD};
use crate::scene::{incidents, scene};

#[test]
fn what_the_crew_needs_is_shown_until_it_is_struck() {
    let (world, officer, request) = scene();
    let add = |need: &str| {
        let item = officer.phone.new_item();
        let fields = Fields::from([("need".to_owned(), need.into())]);
        let intent = Intent::Add { verb: "add_need".into(), item: item.clone(), fields };
        officer.phone.act(request, &intent).unwrap();
        item
    };
    let (_, ambulance) = (add("officers"), add("ambulance"));
    officer.sync();
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    assert_eq!(incidents(&tan)[0]["request"]["needs"], json!(["officers", "ambulance"]));
    let strike = Intent::Strike {
        verb: "strike_need".into(),
        strike: officer.phone.new_item(),
        item: ambulance,
        reason: "伤者已自行就医".into(),
    };
    officer.phone.act(request, &strike).unwrap();
    officer.sync();
    assert_eq!(incidents(&tan)[0]["request"]["needs"], json!(["officers"]));
}
