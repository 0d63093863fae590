//! What a phone says about when something was recorded: its author's clock beside what the log proves, and
//! no more than this very phone has verified.

use std::error::Error;

use lastmile_core::log::Interval;
use lastmile_core::phone::Phone;
use lastmile_tests::acts::{CASE, Direct, begin};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const MINUTE_MS: u64 = 60_000;

fn sync(stage: &CourtStage, phone: &Phone) -> Tested {
    phone.sync(&Direct(stage.server()?.server()))?;
    Ok(())
}

fn at(minutes: i64) -> i64 {
    MORNING_MS + minutes * 60_000
}

#[test]
fn times_are_what_is_proven_to_this_phone() -> Tested {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    // Seven minutes fast.
    let lu = stage.open(&stage.register("luqihang", 1)?, 420_000)?;
    let wen = stage.open(&stage.register("wenruotang", 2)?, 0)?;
    sync(&stage, &lu)?;
    stage.clock.advance(2 * MINUTE_MS);
    let record = begin(&lu, CASE)?;
    let alone = lu.times(record)?;
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].device_ms, MORNING_MS + 420_000);
    // Not before the checkpoint it held; nothing says until when, before the court has it.
    assert_eq!(alone[0].proven, Interval { not_before_ms: Some(at(0)), not_after_ms: None });
    sync(&stage, &lu)?;
    let proven = lu.times(record)?[0].proven;
    assert_eq!(proven, Interval { not_before_ms: Some(at(0)), not_after_ms: Some(at(2)) });
    assert_eq!(
        proven.skew(alone[0].device_ms),
        300_000,
        "five minutes later than it can have been"
    );
    // The log grows; another phone has never seen the checkpoint that the author held, and the first one it
    // verified that covers the record is a later one. It says what it knows itself.
    stage.clock.advance(3 * MINUTE_MS);
    stage.case("(2026)粤0605执1199号", 1, &["ouziqian"])?;
    sync(&stage, &wen)?;
    let other = wen.times(record)?;
    assert_eq!(other[0].proven, Interval { not_before_ms: None, not_after_ms: Some(at(5)) });
    assert_eq!((other[0].change, other[0].boot), (alone[0].change, alone[0].boot));
    assert_eq!(other[0].monotonic_ms, alone[0].monotonic_ms);
    Ok(())
}
