//! The officer day against the real server, every byte on the wire counted by a relay between them:
//! HTTP, verdicts and signatures included.

use std::error::Error;

use lastmile_core::phone::transport::HttpTransport;
use lastmile_server::demo::link::Link;

use super::{Aim, Figures};
use crate::court_stage::CourtStage;
use crate::officer_day::{Dice, NEW, RECORDS, documents, elsewhere, offline_day, record};

const CASES: usize = 25;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let stage = CourtStage::new(dir.path())?;
    let cases: Vec<String> = (0..CASES).map(|n| format!("(2026)粤0605执{}号", 1_000 + n)).collect();
    for case in &cases {
        stage.case(case, 1, &["luqihang", "wenruotang"])?;
    }
    let (lu, wen) = (stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?);
    let link = Link::open(stage.server()?.address())?;
    let road = HttpTransport::new(&link.url(), &[])?;
    let straight = HttpTransport::new(&stage.server()?.url(), &[])?;

    let mut dice = Dice::new(1);
    {
        let phone = stage.open(&lu, 0)?;
        for number in 0..RECORDS {
            phone.create(record(&mut dice, &cases[number % CASES]))?;
        }
        phone.sync(&straight)?;
        phone.sync(&straight)?;
    }
    let other = stage.open(&wen, 0)?;
    other.sync(&straight)?;

    // The app is restarted, works offline, and meets the server once.
    let phone = stage.open(&lu, 0)?;
    let existing = documents(&phone, &cases)?;
    if existing.len() != RECORDS {
        return Err(format!("{} records before the day", existing.len()).into());
    }
    offline_day(&phone, &mut dice, &cases, &existing)?;
    elsewhere(&other, &mut dice, &existing)?;
    other.sync(&straight)?;
    let before = link.traffic();
    let report = phone.sync(&road)?;
    let after = link.traffic();
    let (up, down) = (after.up - before.up, after.down - before.down);
    #[allow(clippy::cast_precision_loss)]
    {
        figures.note("officer_day.requests", report.requests as f64, "", Aim::ExactlyAtMost(1.0));
        figures.note("officer_day.bytes_up", up as f64, "B", Aim::None);
        figures.note("officer_day.bytes_down", down as f64, "B", Aim::None);
        figures.note(
            "officer_day.bytes_total",
            (up + down) as f64,
            "B",
            Aim::ExactlyAtMost(75_000.0),
        );
        for (name, peer) in [
            ("officer_day.ratio_samod", 350_529.0 + 220_469.0),
            ("officer_day.ratio_automerge_repo", 362_810.0 + 238_060.0),
            ("officer_day.ratio_pouchdb", 455_851.0 + 88_275.0),
            ("officer_day.ratio_hocuspocus", 205_393.0 + 200_056.0),
        ] {
            figures.note(name, peer / (up + down) as f64, "x", Aim::None);
        }
    }
    other.sync(&straight)?;
    for case in &cases {
        if phone.case_digest(case)? != other.case_digest(case)? {
            return Err(format!("{case} differs after the day").into());
        }
    }
    let now = documents(&phone, &cases)?.len();
    if now != RECORDS + NEW || report.applied.accepted != NEW + crate::officer_day::EDITS {
        return Err(format!("{now} records, {:?}", report.applied).into());
    }
    Ok(())
}
