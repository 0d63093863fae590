//! Honest exports: everything in them is proven, in both editions, and the report says what happened.

use std::io::Cursor;

use lastmile_core::export::{Edition, verify};
use lastmile_tests::exported::{CASE, CourtLog, Opened};

#[test]
fn an_honest_export_is_proven() {
    let log = CourtLog::case();
    let file = log.export(Edition::Full);
    let report = log.verify(&file).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.case_no, CASE);
    let kinds: Vec<&str> = report.records.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["seizure", "person", "onsite"]);
    let seizure = &report.records[0];
    assert_eq!(seizure.finalised.len(), 1);
    assert_eq!(report.photos.present, 1);
    let first = &seizure.changes[0];
    assert_eq!(first.author.name, "陆启航");
    let (begin, end) = (first.proven.not_before_ms.unwrap(), first.proven.not_after_ms.unwrap());
    assert!(begin < end && first.skew_ms == 0, "{first:?}");
    assert_eq!(report.made_by.unwrap().kind, "server");
    assert!(!report.limits.is_empty());
}

#[test]
fn the_party_edition_withholds_and_is_proven_too() {
    let log = CourtLog::case();
    let file = log.export(Edition::Party);
    let report = log.verify(&file).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.records.len(), 1);
    let withheld: Vec<(&str, u64)> =
        report.withheld.iter().map(|entry| (entry.reason.as_str(), entry.sequence)).collect();
    assert!(withheld.iter().any(|(reason, _)| *reason == "protected"), "{withheld:?}");
    assert!(withheld.iter().any(|(reason, _)| *reason == "not_final"), "{withheld:?}");
    assert!(report.withheld.iter().all(|entry| entry.not_after_ms.is_some()));
    assert!(report.packs.iter().all(|pack| !pack.given));
    // Not in the file in any form: who was met, the case pack's content, a volunteer's certificate.
    let text = String::from_utf8_lossy(&file).into_owned();
    for hidden in ["罗敬文", "买卖合同纠纷", "冼桂芳", "测试路1号"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(String::from_utf8_lossy(&log.export(Edition::Full)).contains("罗敬文"));
}

#[test]
fn a_photo_that_never_came_is_named_and_nothing_is_wrong() {
    let mut log = CourtLog::case();
    log.photos.clear();
    let report = log.verify(&log.export(Edition::Full)).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.photos.named, report.photos.present, report.photos.absent.len()), (1, 0, 1));
}

#[test]
fn without_a_pin_the_report_says_where_the_root_is_from() {
    let log = CourtLog::case();
    let file = log.export(Edition::Full);
    let report = verify(&log.kinds, Cursor::new(&file), None, &mut |_| {}).unwrap();
    assert!(report.proven() && !report.root_pinned);
    assert!(report.limits.iter().any(|limit| limit.code.code() == "root_from_file"));
    assert_eq!(report.root, log.court.root.id.to_hex());
}

#[test]
fn what_the_builder_takes_apart_it_puts_together_again() {
    let log = CourtLog::case();
    let file = log.export(Edition::Full);
    assert_eq!(Opened::of(&file).pack(), file);
    assert!(log.verify(&Opened::of(&file).sign(&log.kinds, &log.court.server)).unwrap().proven());
}
