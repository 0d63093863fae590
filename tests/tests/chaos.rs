//! What goes wrong in the field, on purpose: clocks, clones, restored servers, portals, cut links, lost answers, people who leave. Every
//! test ends by comparing stores.

use std::error::Error;
use std::path::Path;

use lastmile_core::id::DocumentId;
use lastmile_core::phone::{Phone, PhoneError, Standing};
use lastmile_core::store::TrayOutcome;
use lastmile_core::sync::channel::of_case;
use lastmile_server::demo::link::{Link, Mode};
use lastmile_server::upkeep;
use lastmile_tests::acts::{
    CASE, OTHER_CASE, Watched, add_line, at_server, begin, meet, on_phone, quantity, road, waiting,
};
use lastmile_tests::court_stage::{CourtStage, MORNING_MS, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

const TEAM: [&str; 2] = ["luqihang", "wenruotang"];

/// A court with one case and two officers.
fn court() -> Result<(TempDir, CourtStage, Registered, Registered), Box<dyn Error>> {
    let dir = TempDir::new()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &TEAM)?;
    let lu = stage.register(TEAM[0], 1)?;
    let wen = stage.register(TEAM[1], 2)?;
    Ok((dir, stage, lu, wen))
}

fn sync(
    stage: &CourtStage,
    phone: &Phone,
) -> Result<lastmile_core::phone::SyncReport, Box<dyn Error>> {
    Ok(phone.sync(&road(&stage.server()?.url()))?)
}

/// Everybody has met the server twice: then all copies of the case are equal, nothing waits, and the
/// server's own check finds nothing.
fn assert_agreed(stage: &CourtStage, phones: &[&Phone]) -> Tested {
    for _ in 0..2 {
        for phone in phones {
            sync(stage, phone)?;
        }
    }
    let server = at_server(stage.server()?.server())?;
    for phone in phones {
        let mut copies = on_phone(phone, CASE)?;
        copies.extend(on_phone(phone, OTHER_CASE)?);
        assert_eq!(copies, server);
        assert_eq!(waiting(phone)?, 0);
    }
    assert_sound(stage)
}

fn assert_sound(stage: &CourtStage) -> Tested {
    let checked = upkeep::verify(stage.server()?.server())?;
    assert_eq!(checked.findings, Vec::new());
    Ok(())
}

fn facts(phone: &Phone, record: DocumentId) -> Result<serde_json::Value, PhoneError> {
    Ok(phone.record_view(record)?.facts())
}

fn quantity_of(
    phone: &Phone,
    record: DocumentId,
    item: &str,
) -> Result<serde_json::Value, PhoneError> {
    let facts = facts(phone, record)?;
    let mut lines = facts["lines"].as_array().into_iter().flatten();
    Ok(lines
        .find(|line| line["id"] == item)
        .map(|line| line["quantity"].clone())
        .unwrap_or_default())
}

fn line_count(phone: &Phone, record: DocumentId) -> Result<usize, PhoneError> {
    Ok(phone.record_view(record)?.state.items("lines").len())
}

fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[test]
fn wrong_clocks_save_sync_and_never_decide() -> Tested {
    let year_2099 = 4_071_000_000_000 - MORNING_MS;
    for skew in [420_000, -MORNING_MS, year_2099] {
        let (_dir, stage, lu, wen) = court()?;
        let right = stage.open(&lu, 0)?;
        let wrong = stage.open(&wen, skew)?;
        let record = begin(&wrong, CASE)?;
        let line = add_line(&wrong, record, "注塑机")?;
        sync(&stage, &wrong)?;
        sync(&stage, &right)?;
        // What was done knowing of the other stands, whatever the clocks say.
        quantity(&right, record, &line, 2)?;
        sync(&stage, &right)?;
        sync(&stage, &wrong)?;
        assert_eq!(facts(&wrong, record)?["lines"][0]["quantity"], 2);
        quantity(&wrong, record, &line, 3)?;
        assert_agreed(&stage, &[&wrong, &right])?;
        assert_eq!(facts(&right, record)?["lines"][0]["quantity"], 3);
        // What was done at once is shown with both values, and neither clock wins.
        quantity(&right, record, &line, 4)?;
        quantity(&wrong, record, &line, 5)?;
        assert_agreed(&stage, &[&wrong, &right])?;
        let view = right.record_view(record)?;
        assert_eq!((view.conflicts.len(), view.conflicts[0].sides.len()), (1, 2));
        assert_eq!(wrong.skew_ms()?, Some(skew));
        assert_eq!(right.skew_ms()?, Some(0));
        let times: Vec<i64> = view.changes().iter().map(|node| node.provenance.device_ms).collect();
        assert!(times.contains(&(MORNING_MS + skew)) && times.contains(&MORNING_MS), "{times:?}");
    }
    Ok(())
}

#[test]
fn both_ends_of_a_cloned_store_keep_their_work() -> Tested {
    let (dir, stage, lu, wen) = court()?;
    let original = stage.open(&lu, 0)?;
    let record = begin(&original, CASE)?;
    let line = add_line(&original, record, "注塑机")?;
    sync(&stage, &original)?;
    drop(original);
    // A full copy, marker included: neither end can know.
    let copied = dir.path().join("clone.db");
    std::fs::copy(&lu.path, &copied)?;
    let original = stage.open_copy(&lu, &lu.path, [1; 16], 11, 0)?;
    let clone = stage.open_copy(&lu, &copied, [1; 16], 12, 0)?;
    for n in 0..3 {
        add_line(&original, record, &format!("原机{n}"))?;
        add_line(&clone, record, &format!("克隆{n}"))?;
    }
    quantity(&clone, record, &line, 7)?;
    let other = begin(&clone, CASE)?;
    add_line(&clone, other, "货架")?;

    sync(&stage, &original)?;
    let report = sync(&stage, &clone)?;
    // The original took the clone's three places first; the quantity had a place of its own, but was
    // put on what was refused. The new record stands on nothing of it.
    assert!(report.applied.rejected >= 1, "{report:?}");
    assert_eq!(report.applied.recorded_anew, 4, "{report:?}");
    let third = stage.open(&wen, 0)?;
    assert_agreed(&stage, &[&original, &clone, &third])?;
    assert_eq!(line_count(&third, record)?, 7);
    assert_eq!(quantity_of(&third, record, &line)?, 7);
    assert_eq!(at_server(stage.server()?.server())?.len(), 2);
    let tray = clone.tray()?;
    assert_eq!(tray.len(), 4);
    for item in &tray {
        assert_eq!(item.row.outcome, TrayOutcome::Replaced, "{:?}", item.row.reason);
        assert!(
            item.row
                .row
                .as_ref()
                .is_some_and(|row| !row.change.is_empty() && row.signature.is_some())
        );
    }
    // From here on they are two installations: no further twins.
    for n in 3..5 {
        add_line(&original, record, &format!("原机{n}"))?;
        add_line(&clone, record, &format!("克隆{n}"))?;
    }
    sync(&stage, &original)?;
    assert_eq!(sync(&stage, &clone)?.applied.rejected, 0);
    assert_agreed(&stage, &[&original, &clone, &third])
}

/// Put back without the word of two persons, such a server is refused: tests/log_witness.rs.
#[test]
fn a_server_restored_to_an_older_copy_gets_everything_again() -> Tested {
    let (dir, mut stage, lu, wen) = court()?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let (one, two) = (stage.open(&lu, 0)?, stage.open(&wen, 0)?);
    let record = begin(&one, CASE)?;
    let line = add_line(&one, record, "注塑机")?;
    assert_agreed(&stage, &[&one, &two])?;
    stage.stop();
    let backup = dir.path().join("backup");
    copy_dir(&stage.data(), &backup)?;
    stage.start()?;
    for n in 0..5 {
        add_line(&one, record, &format!("甲{n}"))?;
        add_line(&two, record, &format!("乙{n}"))?;
    }
    let lost = begin(&two, CASE)?;
    assert_agreed(&stage, &[&one, &two])?;
    let (digests, before) = (on_phone(&one, CASE)?, at_server(stage.server()?.server())?);
    // This one never meets the old server again, and goes on working.
    quantity(&two, record, &line, 4)?;

    stage.stop();
    std::fs::remove_dir_all(stage.data())?;
    copy_dir(&backup, &stage.data())?;
    stage.restore(&officials.each_ref())?;
    assert_eq!(at_server(stage.server()?.server())?.len(), 1);
    sync(&stage, &one)?;
    assert_eq!(on_phone(&one, CASE)?, digests);
    // One phone alone had everything of both: it was given the other's changes before.
    assert_eq!(at_server(stage.server()?.server())?, before);
    let report = sync(&stage, &two)?;
    assert_eq!(report.applied.rejected, 0, "{report:?}");
    assert_agreed(&stage, &[&one, &two])?;
    assert_eq!(line_count(&one, record)?, 11);
    assert_eq!(quantity_of(&one, record, &line)?, 4);
    assert!(on_phone(&one, CASE)?.contains_key(&lost));
    assert_eq!((one.tray()?.len(), two.tray()?.len()), (0, 0));
    let again = sync(&stage, &one)?;
    assert_eq!((again.requests, again.applied.accepted), (1, 0), "all quiet: {again:?}");
    Ok(())
}

#[test]
fn a_phone_registered_after_the_copy_was_made_is_not_shut_out() -> Tested {
    let (dir, mut stage, lu, wen) = court()?;
    let officials = [stage.administrator("zhangyi", 8)?, stage.administrator("liyuan", 9)?];
    let one = stage.open(&lu, 0)?;
    let record = begin(&one, CASE)?;
    sync(&stage, &one)?;
    stage.stop();
    let backup = dir.path().join("backup");
    copy_dir(&stage.data(), &backup)?;
    stage.start()?;
    let late = stage.register(TEAM[1], 3)?;
    let new = stage.open(&late, 0)?;
    sync(&stage, &new)?;
    add_line(&new, record, "空压机")?;
    sync(&stage, &new)?;
    stage.stop();
    std::fs::remove_dir_all(stage.data())?;
    copy_dir(&backup, &stage.data())?;
    stage.restore(&officials.each_ref())?;
    let two = stage.open(&wen, 0)?;
    assert_agreed(&stage, &[&new, &one, &two])?;
    assert_eq!(line_count(&one, record)?, 1);
    Ok(())
}

#[test]
fn what_a_portal_or_a_gateway_answers_counts_for_nothing() -> Tested {
    let (_dir, stage, lu, _) = court()?;
    let phone = stage.open(&lu, 0)?;
    let link = Link::open(stage.server()?.address())?;
    let record = begin(&phone, CASE)?;
    add_line(&phone, record, "注塑机")?;
    let modes = [
        (Mode::CaptivePortal, "not_the_server"),
        (Mode::Status(502), "not_the_server"),
        (Mode::Status(504), "not_the_server"),
        (Mode::Status(413), "not_the_server"),
        (Mode::Down, "unreachable"),
    ];
    for (mode, code) in modes {
        link.set(mode);
        let trouble = phone.sync(&road(&link.url())).err().ok_or("an answer out of nowhere")?;
        assert_eq!(trouble.code(), code, "{mode:?}");
        assert_eq!(waiting(&phone)?, 2);
        assert_eq!(phone.standing(record)?.standing, Standing::OnThisPhone);
    }
    assert!(at_server(stage.server()?.server())?.is_empty());
    // A gateway that gives up after the server has it: kept there, still pending here.
    link.set(Mode::StatusAfter(504));
    assert!(phone.sync(&road(&link.url())).is_err());
    link.set(Mode::Up);
    phone.sync(&road(&link.url()))?;
    assert_eq!(phone.standing(record)?.standing, Standing::Receipted);
    assert_agreed(&stage, &[&phone])
}

#[test]
fn a_link_that_breaks_after_20_kb_still_carries_300_changes() -> Tested {
    let (_dir, stage, lu, _) = court()?;
    let phone = stage.open(&lu, 0)?;
    let link = Link::open(stage.server()?.address())?;
    let record = begin(&phone, CASE)?;
    let noise: Vec<String> = (0..299_u64).map(noise).collect();
    for words in &noise {
        add_line(&phone, record, words)?;
    }
    link.set(Mode::CutUploadAfter(20_000));
    let watched = Watched::new(road(&link.url()));
    let mut contacts = 0;
    while waiting(&phone)? > 0 {
        contacts += 1;
        assert!(contacts <= 60, "no progress: {:?}", watched.seen());
        let before = waiting(&phone)?;
        let done = phone.sync(&watched);
        assert!(contacts == 1 || waiting(&phone)? < before, "a contact without progress: {done:?}");
    }
    let seen = watched.seen();
    let answered: Vec<usize> = seen.iter().filter(|(_, ok)| *ok).map(|(size, _)| *size).collect();
    println!(
        "{} requests in {contacts} contacts, {} answered: {seen:?}",
        seen.len(),
        answered.len()
    );
    assert!(seen.len() <= 40, "{} requests", seen.len());
    let grew = seen.windows(2).any(|pair| pair[0].1 && pair[1].0 > pair[0].0 * 3 / 2);
    assert!(grew, "requests grow as they succeed: {seen:?}");
    link.set(Mode::Up);
    assert_agreed(&stage, &[&phone])?;
    assert_eq!(line_count(&phone, record)?, 299);
    Ok(())
}

/// Words that do not compress.
fn noise(seed: u64) -> String {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (0..36)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from_u32(0x4E00 + u32::try_from(state % 20_000).unwrap_or(0)).unwrap_or('空')
        })
        .collect()
}

#[test]
fn lost_answers_double_nothing() -> Tested {
    let (_dir, stage, lu, wen) = court()?;
    let phone = stage.open(&lu, 0)?;
    let link = Link::open(stage.server()?.address())?;
    let record = begin(&phone, CASE)?;
    for n in 0..20 {
        add_line(&phone, record, &format!("货物{n}"))?;
    }
    link.set(Mode::AnswerLost);
    for _ in 0..3 {
        assert!(phone.sync(&road(&link.url())).is_err());
        assert_eq!(waiting(&phone)?, 21);
    }
    let at_court = at_server(stage.server()?.server())?;
    assert_eq!(at_court.len(), 1, "the server has it all the same");
    link.set(Mode::Up);
    let report = phone.sync(&road(&link.url()))?;
    assert_eq!((report.applied.rejected, report.applied.held), (0, 0));
    assert_eq!(at_server(stage.server()?.server())?, at_court);
    let other = stage.open(&wen, 0)?;
    assert_agreed(&stage, &[&phone, &other])?;
    assert_eq!(line_count(&other, record)?, 20);
    let log = phone.store().read::<_, PhoneError>(|tx| Ok(tx.log_after(0, u32::MAX)?))?;
    assert_eq!(log.len(), 21);
    Ok(())
}

#[test]
fn what_two_phones_built_on_a_refused_change_is_recorded_anew() -> Tested {
    let (dir, stage, lu, wen) = court()?;
    let one = stage.open(&lu, 0)?;
    let record = begin(&one, CASE)?;
    sync(&stage, &one)?;
    drop(one);
    let copied = dir.path().join("clone.db");
    std::fs::copy(&lu.path, &copied)?;
    let clone = stage.open_copy(&lu, &copied, [1; 16], 31, 0)?;
    let one = stage.open_copy(&lu, &lu.path, [1; 16], 32, 420_000)?;
    let two = stage.open(&wen, 0)?;
    sync(&stage, &two)?;
    // The clone is first; the place it takes in the sequence is the one the line below has.
    add_line(&clone, record, "克隆所记")?;
    sync(&stage, &clone)?;
    let line = add_line(&one, record, "注塑机")?;
    quantity(&one, record, &line, 2)?;
    let (first, second) = meet(&one, &two);
    first?;
    second?;
    quantity(&two, record, &line, 3)?;
    let third = add_line(&two, record, "模具")?;
    quantity(&two, record, &third, 9)?;
    let times = |phone: &Phone| -> Result<Vec<i64>, PhoneError> {
        let view = phone.record_view(record)?;
        let mut times: Vec<i64> =
            view.changes().iter().map(|node| node.provenance.device_ms).collect();
        times.sort_unstable();
        Ok(times)
    };
    let before = times(&two)?;
    // The phone that only built on it comes first: it carries the refused change as well.
    for phone in [&two, &one, &two] {
        sync(&stage, phone)?;
    }
    assert_agreed(&stage, &[&one, &two, &clone])?;
    let mut expected = before;
    expected.push(MORNING_MS);
    expected.sort_unstable();
    assert_eq!(times(&one)?, expected, "capture times stay");
    let facts = facts(&two, record)?;
    let quantity_of = |name: &str| {
        let lines = facts["lines"].as_array().into_iter().flatten();
        lines
            .filter(|line| line["name"] == name)
            .map(|line| line["quantity"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(quantity_of("注塑机"), [3]);
    assert_eq!(quantity_of("模具"), [9]);
    assert_eq!(quantity_of("克隆所记"), [1]);
    assert!(two.record_view(record)?.conflicts.is_empty());
    for (phone, least) in [(&one, 2), (&two, 3)] {
        let tray = phone.tray()?;
        let own = tray.iter().filter(|item| item.intent.is_some());
        assert_eq!(own.clone().count(), least);
        assert!(own.clone().all(|item| item.row.outcome == TrayOutcome::Replaced));
        assert!(
            tray.iter().all(|item| item.row.row.as_ref().is_some_and(|row| !row.change.is_empty()))
        );
    }
    Ok(())
}

#[test]
fn who_leaves_a_case_hands_in_first_and_keeps_nothing() -> Tested {
    let (_dir, stage, lu, wen) = court()?;
    let (one, two) = (stage.open(&lu, 0)?, stage.open(&wen, 0)?);
    let record = begin(&one, CASE)?;
    assert_agreed(&stage, &[&one, &two])?;
    add_line(&two, record, "离开前所记")?;
    stage.case(CASE, 2, &["luqihang"])?;
    let report = sync(&stage, &two)?;
    assert_eq!(report.left, [of_case(CASE)], "{report:?}");
    assert!(on_phone(&two, CASE)?.is_empty());
    assert!(two.find("离开前", 5)?.hits.is_empty());
    // It came after the membership ended: kept for a person to decide, visible, not lost.
    let kept = stage.server()?.server().store().read::<_, lastmile_server::store::StoreError>(
        |reading| reading.waiting_page(lastmile_server::store::State::Quarantined, 0, 10),
    )?;
    assert_eq!(kept.len(), 1);
    // Nothing comes back, and nothing is fetched again.
    let again = sync(&stage, &two)?;
    assert_eq!(again.applied.received, lastmile_core::phone::Received::default());
    assert!(again.left.is_empty() && on_phone(&two, CASE)?.is_empty(), "{again:?}");
    assert_sound(&stage)?;
    // Back in the case, everything is there again, the change that waited too.
    stage.case(CASE, 3, &TEAM)?;
    assert_agreed(&stage, &[&one, &two])
}

#[test]
fn a_lost_feed_row_is_noticed_and_repaired_once() -> Tested {
    let (_dir, stage, lu, wen) = court()?;
    let (one, two) = (stage.open(&lu, 0)?, stage.open(&wen, 0)?);
    let record = begin(&one, CASE)?;
    for n in 0..10 {
        add_line(&one, record, &format!("货物{n}"))?;
    }
    assert_agreed(&stage, &[&one, &two])?;
    let channel = of_case(CASE);
    let head = |phone: &Phone| -> Result<_, PhoneError> {
        let row = phone.store().read::<_, PhoneError>(|tx| Ok(tx.channel(&channel)?))?;
        Ok(row.map(|row| (row.cursor, row.count, row.set_hash)))
    };
    let whole = head(&two)?;
    // A bad sector: one entry of the feed, and the change it names, are gone; the hash follows.
    drop(two);
    let database = rusqlite::Connection::open(&wen.path)?;
    let lost: Vec<u8> = database.query_row(
        "SELECT ref_id FROM feed WHERE channel = ?1 AND kind = 'change' ORDER BY seq DESC LIMIT 1",
        [&channel],
        |row| row.get(0),
    )?;
    database.execute("DELETE FROM feed WHERE ref_id = ?1", [&lost])?;
    database.execute("DELETE FROM log WHERE id = ?1", [&lost])?;
    database.execute("DELETE FROM documents WHERE id = ?1", [record.as_bytes()])?;
    database
        .execute("UPDATE channels SET set_hash = randomblob(32) WHERE channel = ?1", [&channel])?;
    drop(database);
    let two = stage.open_copy(&wen, &wen.path, [2; 16], 41, 0)?;
    assert_ne!(head(&two)?, whole);
    let report = sync(&stage, &two)?;
    assert!(report.applied.differs, "{report:?}");
    assert_eq!(head(&two)?, whole);
    assert_agreed(&stage, &[&one, &two])?;
    assert_eq!(line_count(&two, record)?, 10);
    let quiet = sync(&stage, &two)?;
    assert_eq!((quiet.requests, quiet.applied.differs), (1, false));
    // The same difference again within the hour waits; after it, it is repaired.
    let damage = || -> Tested {
        let database = rusqlite::Connection::open(&wen.path)?;
        database.execute(
            "UPDATE channels SET set_hash = zeroblob(32) WHERE channel = ?1",
            [&channel],
        )?;
        Ok(())
    };
    damage()?;
    let report = sync(&stage, &two)?;
    assert_eq!((report.requests, report.applied.differs), (1, false), "at most hourly: {report:?}");
    assert_ne!(head(&two)?, whole);
    drop(two);
    let two = stage.open_copy(&wen, &wen.path, [2; 16], 42, 3_700_000)?;
    assert!(sync(&stage, &two)?.applied.differs);
    assert_eq!(head(&two)?, whole);
    Ok(())
}
