//! The rules over records as phones really write them, and over packs as the court really signs them.

use super::*;
use crate::pack::signed::SignedPack;
use crate::rules::{Finding, Outcome, Stage, Why, blocking};
use crate::store::PackRow;

fn pack(
    world: &World,
    phone: &Phone,
    kind: &str,
    id: &str,
    version: u64,
    payload: &serde_json::Value,
) {
    let server = &world.court.server;
    let bytes = serde_json::to_vec(payload).unwrap();
    let signed = SignedPack::seal_bytes(
        &world.court.court,
        kind,
        id,
        version,
        bytes,
        (MORNING_MS, server.id, server.signer.as_ref()),
    )
    .unwrap();
    let row = PackRow {
        kind: kind.to_owned(),
        id: id.to_owned(),
        version,
        channel: None,
        bytes: signed.to_bytes(),
        received_ms: MORNING_MS,
    };
    phone.store().write::<_, PhoneError>(|tx| Ok(tx.put_pack(&row)?)).unwrap();
}

fn case() -> serde_json::Value {
    serde_json::json!({
        "case_no": CASE, "status": {"state": "active"}, "as_of": "2026-03-17T06:50:00+08:00",
        "parties": [{"id": "p1", "role": "debtor", "kind": "organisation"}],
        "rulings": [], "claim_fen": 100_000, "cost_fen": 0, "objections": [],
    })
}

fn of<'a>(findings: &'a [Finding], rule: &str) -> Option<&'a Finding> {
    findings.iter().find(|finding| finding.rule == rule)
}

fn ask(phone: &Phone, record: DocumentId, stage: Stage) -> Vec<Finding> {
    phone.check_rules(record, stage, None).unwrap().findings
}

#[test]
fn what_is_missing_follows_what_is_recorded() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let findings = ask(&phone, record, Stage::Start);
    assert_eq!(of(&findings, "R-GEN-01").unwrap().outcome, Outcome::Fail);
    // No case pack on this phone: nothing is known about the case, and that is what is said.
    let status = of(&findings, "R-GEN-05").unwrap();
    assert_eq!(status.outcome, Outcome::Unknown(Why::NotRecorded));

    pack(&world, &phone, "case", CASE, 1, &case());
    let fields = Fields::from([
        ("credential_shown_at".to_owned(), "2026-03-17T08:30:00+08:00".into()),
        ("dress_worn".to_owned(), true.into()),
    ]);
    phone.act(record, &Intent::Set { verb: "set".into(), fields }).unwrap();
    let findings = ask(&phone, record, Stage::Start);
    assert_eq!(of(&findings, "R-GEN-01").unwrap().outcome, Outcome::Pass);
    assert_eq!(of(&findings, "R-GEN-05").unwrap().outcome, Outcome::Pass);
    let blocks: Vec<&str> = blocking(&findings).iter().map(|found| found.rule.as_str()).collect();
    assert_eq!(blocks, ["R-SEZ-01", "R-SEZ-03"]);

    let mut stayed = case();
    stayed["status"]["state"] = "stayed".into();
    pack(&world, &phone, "case", CASE, 2, &stayed);
    let findings = ask(&phone, record, Stage::Start);
    let status = of(&findings, "R-GEN-05").unwrap();
    assert_eq!(status.outcome, Outcome::Fail);
    assert!(status.text.zh.contains("数据截至2026年3月17日 06:50"), "{}", status.text.zh);
}

#[test]
fn a_valuation_two_people_differ_about_cannot_be_judged() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    pack(&world, &lu, "case", CASE, 1, &case());
    let record = begin(&lu);
    let line = add_line(&lu, record, "小型轿车");
    let set = |phone: &Phone, field: &str, value: Value| {
        let fields = Fields::from([(field.to_owned(), value)]);
        let edit = Intent::Edit { verb: "edit_line".into(), item: line.clone(), fields };
        phone.act(record, &edit).unwrap();
    };
    set(&lu, "measure", "impound".into());
    set(&lu, "exempt_check", "none".into());
    lu.sign_pending(99).unwrap();
    let (here, there) = meet(&lu, &wen);
    here.unwrap();
    there.unwrap();
    set(&lu, "field_estimate_fen", Value::Int(50_000));
    assert_eq!(of(&ask(&lu, record, Stage::Line), "R-SEZ-09").unwrap().outcome, Outcome::Pass);
    set(&wen, "field_estimate_fen", Value::Int(90_000));
    lu.sign_pending(99).unwrap();
    wen.sign_pending(99).unwrap();
    let (here, there) = meet(&lu, &wen);
    here.unwrap();
    there.unwrap();
    let total = ask(&lu, record, Stage::Line);
    assert_eq!(of(&total, "R-SEZ-09").unwrap().outcome, Outcome::Unknown(Why::Contested));
}

#[test]
fn a_court_adds_rules_and_a_broken_pack_takes_none_away() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let national = phone.check_rules(record, Stage::Start, None).unwrap();
    assert_eq!((national.pack.layers().len(), &national.court_rules), (1, &None));

    let own = |severity: &str, id: &str| {
        serde_json::json!({
            "id": "nanhai", "version": 1, "effective_from": "2026-01-01",
            "rules": [{
                "id": id, "title": {"zh": "已记录备注", "en": "remark"}, "text": {"zh": "请记录备注。", "en": "Remark."},
                "applies": {"seizure": ["start"]}, "severity": severity, "offline": "yes",
                "basis": [{"instrument": "LOCAL", "version": "1"}], "check": {"present": "record.head.remark"},
            }],
        })
    };
    pack(&world, &phone, "rules", &world.court.court, 1, &own("warn", "NH-1"));
    let layered = phone.check_rules(record, Stage::Start, None).unwrap();
    assert_eq!(layered.findings.len(), national.findings.len() + 1);
    assert_eq!(layered.pack.layers()[1].id, "nanhai");

    pack(&world, &phone, "rules", &world.court.court, 2, &own("info", "R-GEN-01"));
    let refused = phone.check_rules(record, Stage::Start, None).unwrap();
    assert_eq!(refused.court_rules.unwrap().code(), "rule_weakened");
    assert_eq!(refused.findings, national.findings);
}
