//! A court's server until it is killed or its standard input ends: `served DIR` prints its address and
//! serves the data in DIR. For `tests/killed.rs`.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use lastmile_core::id::BootId;
use lastmile_core::time::ManualClock;
use lastmile_server::app::Running;
use lastmile_server::server::Options;
use lastmile_tests::court_stage::MORNING_MS;

fn main() {
    let dir = std::env::args_os().nth(1).expect("the data directory");
    // The stage's time, so that the stage's certificates never expire.
    let clock = Arc::new(ManualClock::new(MORNING_MS, 0, BootId([0; 8])));
    let options = Options { clock, ..Options::default() };
    let running = Running::start(Path::new(&dir), options).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", running.url()).and_then(|()| out.flush()).expect("somebody listens");
    // Ends with whoever started it.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
