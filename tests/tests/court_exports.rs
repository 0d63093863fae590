//! Exports of a court that has lived: withdrawals, restores from a backup, changes of roles. All of it is
//! legitimate, so all of it is proven.

use std::error::Error;
use std::io::Cursor;
use std::path::Path;

use lastmile_core::export::{Edition, Report, verify};
use lastmile_core::phone::Phone;
use lastmile_core::records::{Role, builtin};
use lastmile_server::server::DATABASE;
use lastmile_server::withdraw::{self, Order};
use lastmile_server::{export, roles};
use lastmile_tests::acts::{CASE, add_line, begin, meet, road};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

/// What a verifier says of both editions; nothing is wrong with them.
fn proven(stage: &CourtStage) -> Result<Report, Box<dyn Error>> {
    let server = stage.server()?.server();
    let mut reports = Vec::new();
    for edition in [Edition::Party, Edition::Full] {
        let (file, _) = export::case(server, CASE, edition, Vec::new())?;
        let report = verify(&builtin(), Cursor::new(file), Some(server.root()), &mut |_| {})?;
        assert_eq!(report.findings, [], "{edition:?}");
        reports.push(report);
    }
    reports.pop().ok_or_else(|| "no report".into())
}

fn limits(report: &Report) -> Vec<&'static str> {
    report.limits.iter().map(|limit| limit.code.code()).collect()
}

fn revoke(stage: &CourtStage, phone: &Phone) -> Tested {
    stage.clock.advance(60_000);
    let order = Order {
        certificate: phone.signed_in()?.certificate,
        reason: "lost".into(),
        on_behalf_of: "zhangyi".into(),
    };
    withdraw::revoke(stage.server()?.server(), &order)?;
    stage.clock.advance(60_000);
    Ok(())
}

/// Puts `backup` in the place of the stopped server's database.
fn put_back(data: &Path, backup: &Path) -> Tested {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("{DATABASE}{suffix}")));
    }
    std::fs::copy(backup, data.join(DATABASE))?;
    Ok(())
}

#[test]
fn after_each_restore_everything_is_proven_again() -> Tested {
    let dir = TempDir::new()?;
    let mut stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let other = stage.open(&stage.register("wenruotang", 2)?, 0)?;
    let record = begin(&phone, CASE)?;
    for who in [&phone, &other, &phone] {
        who.sync(&road(&stage.server()?.url()))?;
    }
    add_line(&other, record, "空压机")?;
    other.sync(&road(&stage.server()?.url()))?;
    // What the other officer recorded before the phone was lost stands, in whatever log.
    revoke(&stage, &other)?;
    add_line(&phone, record, "注塑机")?;
    phone.sync(&road(&stage.server()?.url()))?;
    let before = proven(&stage)?;
    assert!(!limits(&before).contains(&"log_restored"));
    for lost in ["叉车", "冲床"] {
        stage.stop();
        let backup = dir.path().join("backup");
        std::fs::copy(stage.data().join(DATABASE), &backup)?;
        stage.start()?;
        // Under a checkpoint that the backup does not have.
        stage.clock.advance(60_000);
        add_line(&phone, record, lost)?;
        phone.sync(&road(&stage.server()?.url()))?;
        add_line(&phone, record, "行车")?;
        phone.sync(&road(&stage.server()?.url()))?;
        stage.stop();
        put_back(&stage.data(), &backup)?;
        stage.restore(&[&officials[0], &officials[1]])?;
        let restored = proven(&stage)?;
        assert!(limits(&restored).contains(&"log_restored"));
        // Times before the restore that phones had signed are still proven.
        let begins = |report: &Report| report.records[0].changes[1].proven.not_before_ms;
        assert_eq!(begins(&restored), begins(&before));
        assert!(begins(&before).is_some());
        // The phone offers again what was lost, and names a log that the court no longer has.
        phone.sync(&road(&stage.server()?.url()))?;
        let whole = proven(&stage)?;
        assert!(whole.records[0].changes.len() > restored.records[0].changes.len());
    }
    Ok(())
}

#[test]
fn work_under_roles_that_were_changed_since_is_proven() -> Tested {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let record = begin(&phone, CASE)?;
    phone.sync(&road(&stage.server()?.url()))?;
    add_line(&phone, record, "注塑机")?;
    stage.clock.advance(60_000);
    assert!(roles::set(stage.server()?.server(), "luqihang", &[Role::Officer, Role::Clerk], &[])?);
    stage.clock.advance(60_000);
    // Signed under the certificate that the phone had, which is revoked and replaced.
    phone.sync(&road(&stage.server()?.url()))?;
    let report = proven(&stage)?;
    assert_eq!(report.records[0].changes.len(), 2);
    assert!(limits(&report).contains(&"revoked_later"));
    Ok(())
}

#[test]
fn a_clock_that_was_set_back_does_not_turn_after_into_before() -> Tested {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let other = stage.open(&stage.register("wenruotang", 2)?, 0)?;
    for who in [&phone, &other] {
        who.sync(&road(&stage.server()?.url()))?;
    }
    let record = begin(&other, CASE)?;
    let (one, two) = meet(&phone, &other);
    assert_eq!((one?.given, two?.given), (0, 1));
    add_line(&phone, record, "撤销后送达")?;
    revoke(&stage, &phone)?;
    // Half an hour before the withdrawal, says the clock; after it, says the log. The court keeps the
    // change waiting, because it does not have what it was made on.
    stage.clock.set(MORNING_MS - 30 * 60_000);
    phone.sync(&road(&stage.server()?.url()))?;
    stage.clock.set(MORNING_MS + 60 * 60_000);
    other.sync(&road(&stage.server()?.url()))?;
    assert_eq!(proven(&stage)?.records[0].changes.len(), 1);
    Ok(())
}

#[test]
fn what_waited_before_a_withdrawal_enters_and_is_proven() -> Tested {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    // The court does not know the case yet: the change waits.
    begin(&phone, CASE)?;
    phone.sync(&road(&stage.server()?.url()))?;
    revoke(&stage, &phone)?;
    stage.case(CASE, 1, &["luqihang"])?;
    let report = proven(&stage)?;
    assert_eq!(report.records.len(), 1);
    Ok(())
}
