//! A case exported by the phone that has it, without the court: the same proof as the court's own file, up
//! to what the phone was shown, and plain refusals where it cannot be given.

use std::error::Error;
use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};

use lastmile_core::document::Fields;
use lastmile_core::export::{Edition, Report, verify};
use lastmile_core::phone::{Capture, Phone};
use lastmile_core::records::builtin;
use lastmile_core::value::Value;
use lastmile_server::export;
use lastmile_server::withdraw::{self, Order};
use lastmile_tests::acts::{CASE, OTHER_CASE, add_line, begin, road};
use lastmile_tests::court_stage::{CourtStage, Registered};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn Error>>;

/// Two officers who worked on one case in turns, while other cases grew beside it.
struct Turns {
    stage: CourtStage,
    registered: [Registered; 2],
    phones: [Phone; 2],
    unseen: AtomicUsize,
    _dir: TempDir,
}

impl Turns {
    fn new() -> Result<Self, Box<dyn Error>> {
        let dir = TempDir::new()?;
        let stage = CourtStage::new(dir.path())?;
        stage.case(CASE, 1, &["luqihang", "wenruotang"])?;
        stage.case(OTHER_CASE, 1, &["luqihang"])?;
        let registered = [stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?];
        let phones = [stage.open(&registered[0], 0)?, stage.open(&registered[1], 0)?];
        let turns = Self { stage, registered, phones, unseen: AtomicUsize::new(3_000), _dir: dir };
        let record = begin(turns.first(), CASE)?;
        let other = begin(turns.first(), OTHER_CASE)?;
        turns.sync(0)?;
        for round in 0..4 {
            turns.stage.clock.advance(60_000);
            // What the second phone names lies between leaves that the first is never shown.
            turns.unseen(3)?;
            turns.sync(1)?;
            turns.unseen(4)?;
            add_line(turns.second(), record, &format!("注塑机{round}"))?;
            turns.sync(1)?;
            // A contact while nothing happens: the log is still what it was.
            turns.sync(1)?;
            add_line(turns.first(), other, &format!("叉车{round}"))?;
            turns.sync(0)?;
            turns.sync(0)?;
            add_line(turns.first(), record, &format!("空压机{round}"))?;
            // The pack changes on the way; an export shows every version.
            turns.stage.case(CASE, 2 + round, &["luqihang", "wenruotang"])?;
        }
        for phone in [1, 0, 1] {
            turns.sync(phone)?;
        }
        // The log grows by what none of them may see; the next contact brings growth and nothing else.
        turns.unseen(1)?;
        turns.sync(0)?;
        Ok(turns)
    }

    /// So many entries of other people's cases.
    fn unseen(&self, entries: usize) -> Tested {
        for _ in 0..entries {
            let number = self.unseen.fetch_add(1, Ordering::Relaxed);
            self.stage.case(&format!("(2026)粤0605执{number}号"), 1, &["hezhuoyan"])?;
        }
        Ok(())
    }

    fn first(&self) -> &Phone {
        &self.phones[0]
    }

    fn second(&self) -> &Phone {
        &self.phones[1]
    }

    fn sync(&self, phone: usize) -> Tested {
        self.phones[phone].sync(&road(&self.stage.server()?.url()))?;
        Ok(())
    }

    fn verified(&self, file: Vec<u8>) -> Result<Report, Box<dyn Error>> {
        let root = self.stage.server()?.server().root();
        Ok(verify(&builtin(), Cursor::new(file), Some(root), &mut |_| {})?)
    }
}

/// What both files say of the records: who wrote what, where it stands in the log.
fn said(report: &Report) -> Vec<(String, Vec<(String, u64)>)> {
    let changes = |record: &lastmile_core::export::report::RecordReport| {
        record.changes.iter().map(|change| (change.verb.clone(), change.index)).collect()
    };
    report.records.iter().map(|record| (record.document.clone(), changes(record))).collect()
}

#[test]
fn a_phone_proves_what_the_court_proves() -> Tested {
    let turns = Turns::new()?;
    for phone in &turns.phones {
        for edition in [Edition::Full, Edition::Party] {
            let written = phone.export_case(CASE, edition, Vec::new())?;
            assert_eq!(written.left_out, 0);
            let report = turns.verified(written.out)?;
            assert_eq!(report.findings, [], "{edition:?}");
            assert_eq!(report.made_by.as_ref().map(|made| made.kind.as_str()), Some("person"));
            assert!(report.limits.iter().any(|limit| limit.code.code() == "phone_export"));
            let server = turns.stage.server()?.server();
            let (court, _) = export::case(server, CASE, edition, Vec::new())?;
            let court = turns.verified(court)?;
            assert_eq!(said(&report), said(&court), "{edition:?}");
            assert_eq!(report.packs.len(), 5);
        }
    }
    Ok(())
}

#[test]
fn what_the_court_has_not_is_counted_and_originals_go_along() -> Tested {
    let turns = Turns::new()?;
    let record = turns.first().records_of_case(CASE)?[0].id;
    let capture = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), Value::from("inventory"))]),
        position: None,
    };
    let photo = turns.first().capture(
        record,
        &mut &b"not a picture, evidence all the same"[..],
        &capture,
    )?;
    turns.sync(0)?;
    turns.sync(1)?;
    add_line(turns.first(), record, "刚刚登记")?;
    let own = turns.first().export_case(CASE, Edition::Full, Vec::new())?;
    assert_eq!(own.left_out, 1);
    let own = turns.verified(own.out)?;
    assert_eq!(own.findings, []);
    assert_eq!((own.photos.named, own.photos.present), (1, 1));
    // The colleague's phone has the record, not the file.
    let other = turns.second().export_case(CASE, Edition::Full, Vec::new())?;
    let other = turns.verified(other.out)?;
    assert_eq!(other.findings, []);
    assert_eq!(other.photos.absent, [(photo.hash.to_hex(), "not_on_this_phone".to_owned())]);
    Ok(())
}

#[test]
fn nobody_exports_a_case_of_others_or_one_that_is_not_whole() -> Tested {
    let turns = Turns::new()?;
    let code = |phone: &Phone, case: &str| {
        let refused = phone.export_case(case, Edition::Full, Vec::new()).err();
        refused.map(|error| {
            assert!(error.sentence().is_some_and(|said| !said.zh.is_ascii()), "{error}");
            error.code()
        })
    };
    assert_eq!(code(turns.second(), OTHER_CASE), Some("case_unknown"));
    assert_eq!(code(turns.first(), "(2026)粤0605执9号"), Some("case_unknown"));
    // A store from before growth was kept has gaps that the phone does not paper over.
    rusqlite::Connection::open(&turns.registered[0].path)?.execute("DELETE FROM growths", [])?;
    assert_eq!(code(turns.first(), CASE), Some("export_court_only"));
    assert_eq!(code(turns.second(), CASE), None);
    let certificate = turns.second().signed_in()?.certificate;
    let order = Order { certificate, reason: "lost".into(), on_behalf_of: "zhangyi".into() };
    withdraw::revoke(turns.stage.server()?.server(), &order)?;
    // The court still waits for a change, so that the phone keeps the case; it hands it to nobody.
    let record = turns.second().records_of_case(CASE)?[0].id;
    let lost = Capture { verb: "add_photo".into(), fields: Fields::new(), position: None };
    turns.second().capture(record, &mut &b"an original that the court has not"[..], &lost)?;
    turns.sync(1)?;
    assert!(!turns.second().records_of_case(CASE)?.is_empty());
    assert_eq!(code(turns.second(), CASE), Some("export_withdrawn"));
    Ok(())
}

#[test]
fn after_a_restore_phones_are_proved_everything_anew() -> Tested {
    let mut turns = Turns::new()?;
    let officials =
        [turns.stage.administrator("zhangyi", 8)?, turns.stage.administrator("liyuan", 9)?];
    turns.sync(0)?;
    turns.stage.stop();
    turns.stage.restore(&[&officials[0], &officials[1]])?;
    turns.sync(0)?;
    let fresh = turns.stage.register("wenruotang", 3)?;
    let fresh = turns.stage.open(&fresh, 0)?;
    fresh.sync(&road(&turns.stage.server()?.url()))?;
    // What the colleague had seen of the lost log only the court can show.
    for phone in [turns.first(), &fresh] {
        let refused = phone.export_case(CASE, Edition::Full, Vec::new()).err();
        assert_eq!(refused.map(|error| error.code()), Some("export_court_only"));
    }
    // What the officer saw of it lies on the officer's phone.
    let written = turns.first().export_case(OTHER_CASE, Edition::Full, Vec::new())?;
    let report = turns.verified(written.out)?;
    assert_eq!(report.findings, []);
    let limits: Vec<_> = report.limits.iter().map(|limit| limit.code.code()).collect();
    assert!(limits.contains(&"log_restored") && !limits.contains(&"held_before_restore"));
    Ok(())
}
