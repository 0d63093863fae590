//! The day in Nanhai in all six orders in which three phones can come back in the evening, against
//! the real server over real HTTP; stores are compared, reports are not believed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lastmile_core::id::BootId;
use lastmile_core::records::builtin;
use lastmile_core::time::ManualClock;
use lastmile_server::app::Running;
use lastmile_server::demo::cast::prepare;
use lastmile_server::demo::check::{ServerSide, check};
use lastmile_server::demo::day::play;
use lastmile_server::demo::stage::true_ms;
use lastmile_server::http::Limits;
use lastmile_server::server::{DATABASE, Options};

#[test]
fn the_day_ends_the_same_in_every_order() {
    let mut shapes = BTreeSet::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(true_ms("06:40").unwrap(), 0, BootId([0; 8])));
        let prepared = prepare(dir.path(), Arc::clone(&clock) as _).unwrap();
        let options = Options { clock: Arc::clone(&clock) as _, ..Options::default() };
        let limits = Limits { ladder: Duration::from_millis(50), ..Limits::default() };
        let running = Running::start_at(&prepared.data, options, limits, "127.0.0.1:0").unwrap();
        let crew = prepared.crew(dir.path(), running.address()).unwrap();
        let mut tick = |ms| {
            clock.set(ms);
            Ok(())
        };
        let outcome = play(&crew, order, &mut |_| {}, &mut tick).unwrap();
        assert_eq!(outcome.events.len(), 26, "{order:?}");
        let server = ServerSide::read(&prepared.data.join(DATABASE), &builtin()).unwrap();
        let assertions = check(&crew, &outcome, &server).unwrap();
        for assertion in &assertions {
            assert!(assertion.ok, "{order:?} {assertion:?}");
        }
        shapes.insert(server.size());
    }
    assert_eq!(shapes.len(), 1, "the same records and changes whatever the order: {shapes:?}");
}
