//! The daily test of a desk's alarm: every desk's stream says which were tried today.

use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::scene::scene;
use crate::world::World;

/// What the stream first says of the desks: code and whether the alarm was heard today.
fn tested(world: &World, person: &str) -> Vec<(String, Option<bool>)> {
    let mut browser = Browser::new(world);
    browser.sign_in(person, PASSWORD, None);
    let mut events = browser.follow(None);
    let (name, body) = loop {
        let (name, body) = events.next();
        if name == "presence" {
            break (name, body);
        }
    };
    assert_eq!(name, "presence");
    let one = |desk: &Value| {
        (desk["code"].as_str().unwrap().to_owned(), desk["alarm_test"]["heard"].as_bool())
    };
    body["stations"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn the_command_centre_sees_which_desks_tried_their_alarm_today() {
    let (world, officer, _) = scene();
    officer.sync();
    let desks = |jiujiang| {
        vec![
            ("jiujiang".to_owned(), jiujiang),
            ("xiqiao".to_owned(), None),
            ("command".to_owned(), None),
        ]
    };
    assert_eq!(tested(&world, "guanyongyi"), desks(None));
    let mut tan = Browser::new(&world);
    tan.sign_in("tanliheng", PASSWORD, None);
    let say = |browser: &Browser, heard: &Value| {
        browser.send("POST", "/alarm-tests", Some(&json!({ "heard": heard }))).status
    };
    assert_eq!(say(&tan, &json!(false)), 204);
    assert_eq!(tested(&world, "guanyongyi"), desks(Some(false)));
    world.clock.advance(1_000);
    assert_eq!(say(&tan, &json!(true)), 204, "the loudspeaker was put right");
    assert_eq!(tested(&world, "guanyongyi"), desks(Some(true)));
    assert_eq!(say(&tan, &json!("yes")), 400);
    // Tomorrow is another day.
    world.clock.advance(24 * 3_600_000);
    assert_eq!(tested(&world, "guanyongyi"), desks(None));
}
