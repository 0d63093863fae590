//! Proof of the instrument: a SQLite workload, the power cut at every write it makes, and what is found afterwards.
//! With `synchronous=FULL` nothing acknowledged may be missing; with `synchronous=OFF` something must be,
//! or the disk does not bite.

use lastmile_tests::crash_disk::CrashDisk;
use lastmile_tests::seeds::seeds;
use rusqlite::{Connection, ErrorCode};

const NAME: &str = "field.db";
const TRANSACTIONS: u32 = 30;

/// Opens the database in WAL mode with small pages and automatic checkpoints, so that a short workload passes
/// through every part of SQLite's writing.
///
/// The pragma is stepped to its end: its row says "wal" before the switch is written, and `query_row` and
/// `execute_batch` stop there, so that an I/O error in the switch goes unseen. The database then stays in
/// rollback mode, where `synchronous=FULL` does not sync the directory and a power cut undoes the last COMMIT.
fn open(disk: &CrashDisk, synchronous: &str) -> rusqlite::Result<Connection> {
    let db = disk.open(NAME)?;
    db.execute_batch(&format!("PRAGMA page_size=1024; PRAGMA synchronous={synchronous}"))?;
    let modes: Vec<String> = db
        .prepare("PRAGMA journal_mode=WAL")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    assert_eq!(modes, ["wal"]);
    db.execute_batch(
        "PRAGMA wal_autocheckpoint=12;
         CREATE TABLE IF NOT EXISTS act(id INTEGER PRIMARY KEY, note TEXT NOT NULL);
         CREATE INDEX IF NOT EXISTS act_note ON act(note);",
    )?;
    Ok(db)
}

/// Writes the acts in one transaction each; gives the number of transactions whose COMMIT returned.
fn work(disk: &CrashDisk, synchronous: &str) -> u32 {
    let mut acknowledged = 0;
    let _: rusqlite::Result<()> = (|| {
        let mut db = open(disk, synchronous)?;
        let reader = disk.open(NAME)?;
        for n in 1..=TRANSACTIONS {
            let length = if n % 7 == 0 { 5_000 } else { 60 };
            let tx = db.transaction()?;
            tx.execute("INSERT INTO act VALUES (?1, ?2)", (n, "笔".repeat(length / 3)))?;
            if n % 5 == 0 {
                tx.execute("UPDATE act SET note = note || '改' WHERE id = ?1", [n - 1])?;
            }
            tx.commit()?;
            acknowledged = n;
            if n == 20 {
                db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            }
            if n % 10 == 0 {
                let _: u32 = reader.query_row("SELECT count(*) FROM act", [], |row| row.get(0))?;
            }
        }
        Ok(())
    })();
    acknowledged
}

/// Acts found after a restart; panics unless the database is sound and holds an unbroken beginning of the work.
fn found(disk: &CrashDisk) -> u32 {
    let db = open(disk, "FULL").expect("the database opens after a crash");
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let (count, last): (u32, u32) = db
        .query_row("SELECT count(*), coalesce(max(id), 0) FROM act", [], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })
        .unwrap();
    assert_eq!(count, last, "a transaction before the last one is missing");
    count
}

/// Write points of an undisturbed run.
fn points(synchronous: &str) -> u64 {
    let disk = CrashDisk::new(0);
    assert_eq!(work(&disk, synchronous), TRANSACTIONS);
    assert_eq!(found(&disk.duplicate()), TRANSACTIONS);
    disk.writes()
}

#[test]
fn full_sync_keeps_every_acknowledged_transaction_at_every_write_point() {
    let points = points("FULL");
    assert!(points > 200, "the workload shrank to {points} write points");
    for point in 1..=points {
        let disk = CrashDisk::new(point);
        disk.crash_at(point);
        let acknowledged = work(&disk, "FULL");
        assert!(disk.crashed());
        let kept = found(&disk.recover());
        assert!(kept >= acknowledged, "crash at {point}: {acknowledged} acknowledged, {kept} kept");
        assert!(
            kept <= acknowledged + 1,
            "crash at {point}: {kept} kept of {acknowledged} acknowledged"
        );
    }
    println!("{points} crash points, nothing acknowledged was lost");
}

#[test]
fn full_sync_keeps_every_acknowledged_transaction_on_a_disk_that_tears_writes() {
    let points = points("FULL");
    for seed in
        seeds("full_sync_keeps_every_acknowledged_transaction_on_a_disk_that_tears_writes", 1..=2)
    {
        for point in 1..=points {
            let disk = CrashDisk::new(seed.value());
            disk.crash_at(point);
            let acknowledged = work(&disk, "FULL");
            let kept =
                found(&disk.recover_torn(seed.value().wrapping_mul(1_000_003).wrapping_add(point)));
            assert!(
                kept >= acknowledged,
                "crash at {point}: {acknowledged} acknowledged, {kept} kept"
            );
        }
    }
}

#[test]
fn without_sync_acknowledged_transactions_are_lost() {
    let points = points("OFF");
    let mut losses = 0;
    for point in 1..=points {
        let disk = CrashDisk::new(point);
        disk.crash_at(point);
        let acknowledged = work(&disk, "OFF");
        let kept = found(&disk.recover());
        losses += u64::from(kept < acknowledged);
    }
    println!("synchronous=OFF lost acknowledged transactions at {losses} of {points} crash points");
    assert!(losses > points / 2, "the disk does not bite: {losses} losses at {points} points");
}

#[test]
fn a_crash_during_recovery_loses_nothing_either() {
    let points = points("FULL");
    for point in (1..=points).step_by(17) {
        let disk = CrashDisk::new(point);
        disk.crash_at(point);
        let acknowledged = work(&disk, "FULL");
        let mut again = disk.recover_torn(point);
        for step in 1..40 {
            again.crash_at(step);
            if open(&again, "FULL")
                .and_then(|db| db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"))
                .is_ok()
            {
                break;
            }
            again = again.recover();
        }
        assert!(found(&again.recover()) >= acknowledged, "crash at {point}");
    }
}

#[test]
fn a_full_disk_refuses_cleanly_and_works_again_when_freed() {
    let disk = CrashDisk::new(0);
    let db = open(&disk, "FULL").unwrap();
    disk.fill_at(disk.used() + 10_000);
    let insert = |n: u32| db.execute("INSERT INTO act VALUES (?1, ?2)", (n, "x".repeat(3_000)));
    let refused =
        (1..100).find_map(|n| insert(n).err().map(|error| (n, error))).expect("the disk fills");
    assert_eq!(refused.1.sqlite_error_code(), Some(ErrorCode::DiskFull));
    disk.heal();
    insert(refused.0).unwrap();
    assert_eq!(found(&disk.recover()), refused.0);
}

#[test]
fn a_single_io_error_is_reported_and_costs_only_its_own_transaction() {
    let total = points("FULL");
    let mut reported = 0;
    for point in 1..=total {
        let disk = CrashDisk::new(point);
        disk.io_error_at(point);
        let acknowledged = work(&disk, "FULL");
        reported += u64::from(acknowledged < TRANSACTIONS);
        let kept = found(&disk.recover());
        assert!(kept >= acknowledged, "error at {point}: {acknowledged} acknowledged, {kept} kept");
    }
    assert!(reported > total / 2, "only {reported} of {total} errors reached the caller");
}

#[test]
fn connections_in_several_threads_share_one_wal() {
    let disk = CrashDisk::new(0);
    let db = open(&disk, "FULL").unwrap();
    let writer = |base: u32| {
        let db = disk.open(NAME).unwrap();
        db.busy_timeout(std::time::Duration::from_mins(1)).unwrap();
        for n in 0..40 {
            db.execute("INSERT INTO act VALUES (?1, 'x')", [base + n]).unwrap();
        }
    };
    std::thread::scope(|scope| {
        let writers = [1, 1_001, 2_001].map(|base| scope.spawn(move || writer(base)));
        for handle in writers {
            handle.join().unwrap();
        }
    });
    let count: u32 = db.query_row("SELECT count(*) FROM act", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 120);
    let after = disk.recover();
    let verdict: String = after
        .open(NAME)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let kept: u32 = after
        .open(NAME)
        .unwrap()
        .query_row("SELECT count(*) FROM act", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 120);
}

#[test]
fn a_disk_dropped_before_its_connection_stays_sound() {
    let disk = CrashDisk::new(0);
    let db = open(&disk, "FULL").unwrap();
    let name = disk.vfs().to_owned();
    drop(disk);
    db.execute("INSERT INTO act VALUES (1, 'x')", []).unwrap();
    db.execute_batch("ATTACH 'second.db' AS second")
        .expect_err("no new file on a disk that is gone");
    let reopened =
        Connection::open_with_flags_and_vfs(NAME, rusqlite::OpenFlags::default(), name.as_str());
    assert!(reopened.is_err());
}
