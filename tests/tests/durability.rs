//! Law 1 through the phone itself: whatever moment the power fails, whatever call the disk refuses, what
//! a person was told is saved is there, with its intent; nothing is half there. And the same test fails
//! on a disk that ignores `fsync`, so it can see what it looks for.
//!
//! In the ordinary run a seed chooses which write points are tried; with `LASTMILE_SOAK` set all are.

use std::sync::Arc;

use lastmile_core::document::Intent;
use lastmile_core::id::BootId;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::phone::{Phone, PhoneError, Saved};
use lastmile_core::store::LogState;
use lastmile_core::time::{ManualClock, SeededEntropy};
use lastmile_tests::crash_disk::CrashDisk;
use lastmile_tests::phones::{self, begin, fields, findings, line, log, quantity};
use lastmile_tests::seeds::seeds;

const MORNING_MS: i64 = 1_773_701_400_000;
/// About this many points are tried in the ordinary run.
const POINTS: u64 = 60;

/// Opens the phone on `disk`; `life` tells one opening's randomness from another's.
fn open(court: &TestCourt, disk: &CrashDisk, life: u64) -> Result<Phone, PhoneError> {
    phones::open_with(
        court,
        phones::store_at("phone.store", Some(disk.vfs())),
        "luqihang",
        Arc::new(ManualClock::new(MORNING_MS, 0, BootId([1; 8]))),
        Arc::new(SeededEntropy::new(life)),
    )
}

/// What the phone told its person.
#[derive(Default)]
struct Told {
    saved: Vec<(Saved, Option<Intent>)>,
    /// How many of them are signed.
    signed: usize,
}

/// A morning's work, until the disk stops it.
fn work(phone: &Phone, told: &mut Told) -> Result<(), PhoneError> {
    let record = begin(phone)?;
    told.saved.push((record, None));
    let act = |told: &mut Told, intent: Intent| {
        let saved = phone.act(record.document, &intent)?;
        told.saved.push((saved, Some(intent)));
        Ok::<_, PhoneError>(())
    };
    let sign = |told: &mut Told| {
        phone.sign_pending(16)?;
        told.signed = told.saved.len();
        Ok::<_, PhoneError>(())
    };
    let (machine, add) = line(phone, "注塑机");
    act(told, add)?;
    sign(told)?;
    let (lorry, add) = line(phone, "重型货车");
    act(told, add)?;
    act(told, quantity(&machine, 3))?;
    let fields = fields(&[("remark", "现场由保管人签收".into())]);
    act(told, Intent::Set { verb: "set".into(), fields })?;
    sign(told)?;
    let strike = Intent::Strike {
        verb: "strike_line".into(),
        strike: phone.new_item(),
        item: lorry,
        reason: "案外人车辆".into(),
    };
    act(told, strike)
}

/// Opens, works and closes on `disk`; gives what was acknowledged before the disk stopped it.
fn day(court: &TestCourt, disk: &CrashDisk) -> Told {
    let mut told = Told::default();
    let _: Result<(), PhoneError> = (|| {
        let phone = open(court, disk, 1)?;
        work(&phone, &mut told)?;
        Ok(phone.store().close()?)
    })();
    told
}

/// What of `told` the phone no longer has as it was told.
fn lost(phone: &Phone, told: &Told) -> Vec<String> {
    let rows = log(phone);
    let mut lost = Vec::new();
    for (number, (saved, intent)) in told.saved.iter().enumerate() {
        let Some(row) = rows.iter().map(|row| &row.row).find(|row| row.id == saved.envelope) else {
            lost.push(format!("change {number} was acknowledged and is gone"));
            continue;
        };
        let kept = phone.store().read::<_, PhoneError>(|tx| Ok(tx.intent(row.id)?)).unwrap();
        let wanted = intent.as_ref().map(|intent| serde_json::to_string(intent).unwrap());
        if kept.is_none() || wanted.is_some() && kept != wanted || row.change_hash != saved.change {
            lost.push(format!("change {number} is not what was acknowledged"));
        }
        if number < told.signed && row.state == LogState::Unsigned {
            lost.push(format!("the signature of change {number} is gone"));
        }
    }
    lost
}

/// Opens what a crash left and gives everything that is wrong with it, then whether work goes on.
fn damage(court: &TestCourt, disk: &CrashDisk, told: &Told) -> Vec<String> {
    let phone = match open(court, disk, 2) {
        Ok(phone) => phone,
        Err(error) => return vec![format!("does not open: {error:?}")],
    };
    let mut wrong = lost(&phone, told);
    wrong.extend(findings(&phone, &court.directory));
    let kept = log(&phone).len();
    if kept > told.saved.len() + 1 {
        wrong.push(format!("{} acknowledged, {kept} kept", told.saved.len()));
    }
    let record = begin(&phone).unwrap().document;
    phone.act(record, &line(&phone, "叉车").1).unwrap();
    while phone.sign_pending(16).unwrap() > 0 {}
    assert_eq!(log(&phone).len(), kept + 2);
    wrong.extend(findings(&phone, &court.directory));
    wrong
}

/// Write points of an undisturbed day.
fn points(court: &TestCourt) -> u64 {
    let disk = CrashDisk::new(0);
    let told = day(court, &disk);
    assert_eq!((told.saved.len(), told.signed), (6, 5));
    assert_eq!(damage(court, &disk.duplicate(), &told), Vec::<String>::new());
    disk.writes()
}

/// The points to try with this seed.
fn chosen(points: u64, wanted: u64, seed: u64) -> impl Iterator<Item = u64> {
    let stride = match std::env::var_os("LASTMILE_SOAK") {
        Some(_) => 1,
        None => points.div_ceil(wanted).max(1),
    };
    println!("{points} write points, every {stride}. from {}", 1 + seed % stride);
    (1 + seed % stride..=points).step_by(usize::try_from(stride).unwrap())
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_write() {
    let court = TestCourt::nanhai();
    let points = points(&court);
    for seed in seeds("what_was_acknowledged_survives_a_power_cut_at_any_write", [1]) {
        let mut cut_before_work = 0;
        for point in chosen(points, POINTS, seed.value()) {
            let disk = CrashDisk::new(point);
            disk.crash_at(point);
            let told = day(&court, &disk);
            cut_before_work += usize::from(told.saved.is_empty());
            let wrong = damage(&court, &disk.recover(), &told);
            assert_eq!(wrong, Vec::<String>::new(), "power cut at {point}");
            if point % 2 == seed.value() % 2 {
                let torn = disk.recover_torn(seed.value().wrapping_add(point));
                let wrong = damage(&court, &torn, &told);
                assert_eq!(wrong, Vec::<String>::new(), "torn at {point}, {seed}");
            }
        }
        println!("{cut_before_work} of them before the first save");
    }
}

#[test]
fn a_disk_that_ignores_fsync_loses_what_was_acknowledged() {
    let court = TestCourt::nanhai();
    let prepared = CrashDisk::new(0);
    open(&court, &prepared, 9).unwrap().store().close().unwrap();
    let lying = prepared.duplicate();
    lying.ignoring_sync();
    day(&court, &lying);
    let points = lying.writes();
    let mut lossy = 0;
    for point in chosen(points, 12, 0) {
        let disk = prepared.duplicate();
        disk.ignoring_sync();
        disk.crash_at(point);
        let told = day(&court, &disk);
        let wrong = damage(&court, &disk.recover(), &told);
        lossy += usize::from(wrong.iter().any(|what| what.ends_with("is gone")));
    }
    println!("{lossy} power cuts lost acknowledged work");
    assert!(lossy > 0, "this test cannot see a lost save");
}

/// Tries `act` on copies of one prepared phone while `spoil` spoils one more thing each time, until it
/// succeeds; each failure must carry `code`, change nothing and leave the next try working.
fn spoiled(
    court: &TestCourt,
    code: &str,
    spoil: impl Fn(&CrashDisk, u64),
    act: impl Fn(&Phone) -> Result<(), PhoneError>,
) -> u64 {
    let prepared = CrashDisk::new(0);
    let phone = open(court, &prepared, 1).unwrap();
    work(&phone, &mut Told::default()).unwrap();
    phone.store().close().unwrap();
    for step in 1.. {
        let disk = prepared.duplicate();
        let phone = open(court, &disk, 2).unwrap();
        let before = (log(&phone), phone.case_digest(phones::CASE).unwrap());
        spoil(&disk, step);
        let done = act(&phone);
        disk.heal();
        let after = (log(&phone), phone.case_digest(phones::CASE).unwrap());
        match done {
            Ok(()) => {
                assert_ne!(before, after);
                assert_eq!(findings(&phone, &court.directory), Vec::<String>::new());
                return step;
            }
            Err(error) => assert_eq!(error.code(), code, "step {step}: {error:?}"),
        }
        assert_eq!(before, after, "step {step}: a failed call left something");
        act(&phone).unwrap();
        let rows = log(&phone).into_iter().map(|row| row.row);
        let saved = rows
            .map(|row| {
                (Saved { document: row.document, change: row.change_hash, envelope: row.id }, None)
            })
            .collect();
        let wrong = damage(court, &disk.recover(), &Told { saved, signed: 0 });
        assert_eq!(wrong, Vec::<String>::new(), "after step {step}");
    }
    unreachable!("the steps end with a success")
}

fn add_a_line(phone: &Phone) -> Result<(), PhoneError> {
    let record = log(phone)[0].row.document;
    phone.act(record, &line(phone, "变压器").1).map(|_| ())
}

fn sign(phone: &Phone) -> Result<(), PhoneError> {
    phone.sign_pending(16).map(|_| ())
}

#[test]
fn a_failing_call_is_an_error_that_changed_nothing() {
    let court = TestCourt::nanhai();
    let fail = |disk: &CrashDisk, step: u64| disk.io_error_at(disk.writes() + step);
    let saving = spoiled(&court, "io", fail, add_a_line);
    let signing = spoiled(&court, "io", fail, sign);
    println!("{saving} calls of a save and {signing} of a signature could fail");
    assert!(saving > 5 && signing > 3);
}

#[test]
fn a_full_disk_is_an_error_that_changed_nothing() {
    let court = TestCourt::nanhai();
    let fill = |disk: &CrashDisk, step: u64| disk.fill_at(disk.used() + (step - 1) * 4_000);
    let saving = spoiled(&court, "disk_full", fill, add_a_line);
    println!("a save fits after {saving} steps of 4 kB");
    assert!(saving > 5);
}
