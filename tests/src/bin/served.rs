//! A court's server until it is killed or its standard input ends: `served DIR` prints its address and
//! serves the data in DIR. For `tests/killed.rs`.

use std::io::{Read, Write};
use std::path::Path;

use lastmile_server::app::Running;
use lastmile_server::server::Options;

fn main() {
    let dir = std::env::args_os().nth(1).expect("the data directory");
    let running = Running::start(Path::new(&dir), Options::default()).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", running.url()).and_then(|()| out.flush()).expect("somebody listens");
    // Ends with whoever started it.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
