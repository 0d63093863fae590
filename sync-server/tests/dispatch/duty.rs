//! Duty plans: two people who write one at the change of a shift do not overwrite each other.

use serde_json::json;

use crate::near::{HOUR_MS, at, set_duty, shift, signed_in};
use crate::scene::scene;

#[test]
fn of_two_who_write_the_plan_the_second_is_shown_what_the_first_saved() {
    let (world, ..) = scene();
    let [mut tan, mut he, guan] =
        ["tanliheng", "hezhuoyan", "guanyongyi"].map(|who| signed_in(&world, who));
    let begun = tan.send("GET", "/duty", None).body;
    let version = |body: &serde_json::Value| body["version"].as_str().map(str::to_owned);
    assert_eq!(guan.send("GET", "/duty", None).body["version"], json!(null), "writes none");
    // Without a version nothing is written over.
    let plan = json!({ "shifts": [shift(&world, "巡逻一组"), shift(&world, "甲")] });
    let refused = tan.send("PUT", "/duty", Some(&plan));
    assert_eq!((refused.status, &refused.body["code"]), (428, &json!("duty_plan_unread")));
    // Both opened the same plan.
    (tan.seen, he.seen) = (version(&begun), version(&begun));
    let first = tan.send("PUT", "/duty", Some(&plan));
    assert_eq!(first.status, 200);
    assert_ne!(version(&first.body), version(&begun));
    let other = json!({ "shifts": [shift(&world, "夜班一组")] });
    let second = he.send("PUT", "/duty", Some(&other));
    assert_eq!((second.status, &second.body["code"]), (412, &json!("duty_plan_moved")));
    let stands = &second.body["plan"];
    assert_eq!(version(stands), version(&first.body));
    let units = |plan: &serde_json::Value| {
        let shifts = plan["shifts"].as_array().unwrap().iter();
        shifts.map(|shift| shift["unit"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(units(stands), ["巡逻一组", "甲"]);
    assert_eq!(
        units(&guan.send("GET", "/duty", None).body),
        ["巡逻一组", "甲"],
        "nothing was lost"
    );
    // The first one's answer was lost: what stands may be sent again, whatever the order of its lines.
    let turned = json!({ "shifts": [plan["shifts"][1], plan["shifts"][0]] });
    assert_eq!(tan.send("PUT", "/duty", Some(&turned)).status, 200);
    // Whoever has seen what stands may replace it; any version at all is none that was seen.
    he.seen = Some("*".to_owned());
    assert_eq!(he.send("PUT", "/duty", Some(&other)).status, 412);
    he.seen = version(stands);
    let third = he.send("PUT", "/duty", Some(&other));
    assert_eq!((third.status, units(&third.body)), (200, vec!["夜班一组".to_owned()]));
    // That a shift ends is no change of the plan that anybody made.
    let seen = version(&third.body);
    world.clock.advance(HOUR_MS.unsigned_abs() * 9);
    let mut tan = signed_in(&world, "tanliheng");
    let later = tan.send("GET", "/duty", None).body;
    assert_eq!((units(&later), version(&later)), (vec![], seen));
    let now_ms = world.server().now_ms();
    let long = json!({ "unit": "甲", "from": at(now_ms), "until": at(now_ms + HOUR_MS) });
    assert_eq!(set_duty(&mut tan, &[long]).status, 200);
}
