//! `make bench`: the figures, as one table with the peers' recorded ones beside it, and as
//! `target/bench/report.json` (`{"name": {"value", "unit", "aim"}}`). Bytes, requests and ratios are
//! exact; times are this machine's in this run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use lastmile_tests::figures::{
    Figures, acceptance, console, dispatch, export, officer_day, papers, phone_store, pictures,
    positions, signatures, weak_link,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut figures = Figures::default();
    let started = Instant::now();
    // `make bench ARGS=phone` runs the parts whose name contains the word.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [pictures::CHILD, path] => return pictures::child(Path::new(path)),
        [papers::CHILD, store, record, out] => {
            return papers::child(Path::new(store), record, Path::new(out));
        }
        [console::CHILD, dir] => return console::child(Path::new(dir)),
        [export::CHILD, file, root] => return export::child(Path::new(file), root),
        _ => {}
    }
    let wanted = arguments.first().cloned().unwrap_or_default();
    for (what, run) in [
        ("officer day: 500 records, one reconnect", officer_day::run as fn(&mut Figures) -> _),
        ("phone store: save, open, search", phone_store::run),
        ("acceptance: the whole pipeline on one core", acceptance::run),
        ("signatures: sign, verify, receive a batch of 200", signatures::run),
        ("pictures: 12 megapixels to hash and thumbnail", pictures::run),
        ("papers: a list with 20 photos, on a phone", papers::run),
        ("weak link: 100 photos, cut again and again", weak_link::run),
        ("dispatch: 10,000 phones, 100 consoles", dispatch::run),
        ("positions: 1,000 streams while a console works", positions::run),
        ("export: verify 1,000 records with 2,000 photos", export::run),
    ] {
        if !what.contains(&wanted) {
            continue;
        }
        let begun = Instant::now();
        eprint!("{what} ... ");
        run(&mut figures)?;
        eprintln!("{:.1} s", begun.elapsed().as_secs_f64());
    }
    println!("{}", figures.table());
    println!("{}", PEERS.trim());
    write_report(Path::new("target/bench"), &figures)?;
    println!(
        "\ntarget/bench/report.json, {} figures in {:.0?}",
        figures.len(),
        round(started.elapsed())
    );
    if let Some(missed) = figures.missed_exact() {
        return Err(format!("missed an exact aim: {missed}").into());
    }
    Ok(())
}

fn round(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs())
}

fn write_report(dir: &Path, figures: &Figures) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(dir)?;
    let report: BTreeMap<_, _> = figures.iter().collect();
    std::fs::write(dir.join("report.json"), serde_json::to_vec_pretty(&report)?)?;
    Ok(())
}

/// The same workload with other engines; recorded once, not rerun here.
const PEERS: &str = "
Same workload, other engines (recorded 2026-11-23, not rerun; TCP payload, no signatures):
  engine                                          up B      down B   round trips
  samod 0.16, WebSocket                        350,529     220,469   5 to connect
  automerge-repo 2.5.6, WebSocket              362,810     238,060   741 messages up
  automerge-repo 2.5.6, permessage-deflate     242,914     138,307   744 messages up
  PouchDB 9 -> express-pouchdb, batch 1,000    455,851      88,275   14 requests
  Yjs 13.6 + Hocuspocus 3.4                    205,393     200,056   2,160 messages up
";
