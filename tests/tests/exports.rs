//! Honest exports: everything in them is proven, in both editions, and the report says what happened.

use std::io::Cursor;

use lastmile_core::export::chain::Content;
use lastmile_core::export::{Edition, verify};
use lastmile_core::identity::{Canonical, Signed, TransitionKind};
use lastmile_core::sync::channel::EntryKind;
use lastmile_tests::exported::{CASE, CourtLog, Feed, Opened};

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
    let mut opened = Opened::of(&file);
    let change = |content: &Content| content.kind() == EntryKind::Change;
    let withheld = |content: &Content| matches!(content, Content::Withheld { .. });
    let bare = opened.case().iter().any(|entry| change(&entry.content) && withheld(&entry.content));
    assert!(!bare, "a change without its envelope");
    assert!(report.packs.iter().all(|pack| !pack.given));
    // Not in the file in any form: who was met, the case pack's content, a volunteer's certificate.
    let text = String::from_utf8_lossy(&file).into_owned();
    for hidden in ["罗敬文", "买卖合同纠纷", "冼桂芳", "测试路1号"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(String::from_utf8_lossy(&log.export(Edition::Full)).contains("罗敬文"));
}

#[test]
fn honest_time_stands_beside_every_clock() {
    let log = CourtLog::case();
    let report = log.verify(&log.export(Edition::Full)).unwrap();
    let record = &report.records[0];
    let finalised = &record.finalised[0];
    let last = record.changes.iter().find(|change| change.verb == "finalise").unwrap();
    assert_eq!((finalised.proven, finalised.skew_ms), (last.proven, last.skew_ms));
    assert!(finalised.proven.not_before_ms.is_some() && last.monotonic_ms == 1);
    assert_eq!(last.boot, "0303030303030303");
    let page = String::from_utf8(Opened::of(&log.export(Edition::Full)).summary).unwrap();
    assert!(page.contains("开机后+0:00:00 (0303)") && page.contains("可证明的时间区间"));
}

#[test]
fn whoever_gets_more_roles_goes_on_under_the_old_certificate() {
    let mut log = CourtLog::case();
    let old = log.court.person("luqihang").clone();
    let kind = log.role_by("luqihang", &["judge", "officer"], &[]);
    log.decide(Feed::Directory, kind);
    let mut body = old.body.clone();
    (body.serial, body.roles) = (60, vec!["judge".to_owned(), "officer".to_owned()]);
    let new = Signed::seal(&body, log.court.issuing.signer.as_ref()).unwrap();
    log.court.directory.add(new).unwrap();
    log.publish(body.id());
    let reason = "roles_changed".to_owned();
    log.decide(Feed::Directory, TransitionKind::Revoke { certificate: old.id, reason });
    let _ = log.create("luqihang", "onsite");
    log.checkpoint();
    assert_eq!(log.verify(&log.export(Edition::Full)).unwrap().findings, []);
}

#[test]
fn what_the_court_had_before_a_withdrawal_may_enter_after_it() {
    let mut log = CourtLog::case();
    let _ = log.create("luqihang", "onsite");
    let late = log.wait();
    log.checkpoint();
    let certificate = log.court.person("luqihang").id;
    let reason = "lost".to_owned();
    log.decide(Feed::Directory, TransitionKind::Revoke { certificate, reason });
    log.entries.push(late);
    log.checkpoint();
    let file = log.export(Edition::Full);
    assert_eq!(log.verify(&file).unwrap().findings, []);
    let mut opened = Opened::of(&file);
    opened.proofs.waited.clear();
    let report = log.verify(&opened.sign(&log.kinds, &log.court.server)).unwrap();
    assert!(report.codes().contains("revoked_author"), "{:?}", report.findings);
}

#[test]
fn a_file_of_the_first_version_is_refused_by_name() {
    let log = CourtLog::case();
    let mut opened = Opened::of(&log.export(Edition::Full));
    let mut chains = opened.chains.encode();
    let version = chains.iter().position(|byte| *byte == 2).unwrap();
    chains[version] = 1;
    opened.manifest.parts.clear();
    let mut parts = opened.parts();
    parts[2].1 = chains;
    assert_eq!(log.verify(&opened.seal_parts(&log.court.server, parts)), Err("older_version"));
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
