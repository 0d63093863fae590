//! Phones and the server over real HTTP: what is given arrives, once, for those it is for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use world::World;

#[test]
fn two_phones_meet_on_the_server() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let record = lu.seizure();
    lu.line(record, "注塑机");
    let report = lu.sync();
    assert_eq!(report.applied.accepted, 2, "{report:?}");
    let report = wen.sync();
    assert_eq!(report.applied.received.accepted, 2, "{report:?}");
    assert_eq!(lu.phone.digest(record).unwrap(), wen.phone.digest(record).unwrap());
    let again = lu.sync();
    assert_eq!((again.requests, again.applied.accepted), (1, 0));
}
