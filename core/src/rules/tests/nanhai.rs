//! 南海一日: what the rules must say at the stations of that day.

use super::*;

fn ask(facts: &Json, stage: Stage) -> Vec<Finding> {
    let kind = facts["record"]["kind"].as_str().unwrap().to_owned();
    NATIONAL.evaluate(&kind, stage, facts, &*HOLIDAYS)
}

fn says(findings: &[Finding], expected: &[(&str, &str)]) {
    for (rule, wanted) in expected {
        let found = worst(findings, rule, None);
        assert_eq!(answer(found), *wanted, "{rule}: {:?}", found.map(|finding| &finding.text.zh));
    }
}

fn with(name: &str, changes: &[(&str, Json)]) -> Json {
    let mut facts = base(name);
    for (path, value) in changes {
        set(&mut facts, path, value);
    }
    facts
}

#[test]
fn e03_credentials_shown_and_the_legal_representative_told() {
    let begun = with(
        "k1",
        &[
            ("record.lines", json!([])),
            ("record.seals", json!([])),
            ("record.signatures", json!([])),
            ("record.deliveries", json!([])),
            ("record.head.end_at", Json::Null),
        ],
    );
    let findings = ask(&begun, Stage::Start);
    // E02 before it: two recorders run, the notice was read out.
    says(
        &findings,
        &[
            ("R-GEN-01", "pass"),
            ("R-GEN-09", "pass"),
            ("R-SEZ-03", "pass"),
            ("R-SEZ-02", "none"),
            ("R-SEZ-01", "pass"),
            ("R-GEN-05", "pass"),
        ],
    );
    assert!(blocking(&findings).is_empty());
}

#[test]
fn e04_dormitory_bedding_is_exempt_and_is_struck_before_signing() {
    let bedding = json!({
        "name": "宿舍被褥", "category": "movable", "measure": "seal", "quantity": 6,
        "exempt_check": "daily_necessities", "custodian_kind": "court", "may_use": false,
    });
    let listed = with("k1", &[("record.lines.L4", bedding)]);
    let findings = ask(&listed, Stage::Line);
    let blocks = blocking(&findings);
    assert_eq!(blocks.len(), 1);
    assert_eq!(
        (blocks[0].rule.as_str(), blocks[0].item.as_deref()),
        ("R-SEZ-07", Some("lines/L4"))
    );

    let struck = with(
        "k1",
        &[(
            "record.lines.L4",
            json!({"name": "宿舍被褥", "struck": true, "measure": "seal", "exempt_check": "daily_necessities"}),
        )],
    );
    assert!(blocking(&ask(&struck, Stage::Line)).is_empty());
}

#[test]
fn e15_the_signed_list_may_be_finalised_and_the_crew_may_leave() {
    let findings = ask(&base("k1"), Stage::Close);
    says(
        &findings,
        &[
            ("R-SEZ-05", "pass"),
            ("R-SEZ-06", "pass"),
            ("R-SEZ-10", "pass"),
            ("R-SEZ-17", "pass"),
            ("R-SEZ-23", "pass"),
            ("R-SEZ-24", "pass"),
            // The estimate on L1 was left out on purpose: the total cannot be judged, and says so.
            ("R-SEZ-09", "unknown"),
        ],
    );
    assert_eq!(missing(&findings), Vec::<&Finding>::new());
    assert_eq!(unchecked(&findings).len(), 1);
}

#[test]
fn e13_an_open_valuation_keeps_the_question_open() {
    let contested = with(
        "k1",
        &[(
            "record.conflicts",
            json!([{"kind": "field", "target": "lines/L1/field_estimate_fen"}]),
        )],
    );
    let findings = ask(&contested, Stage::Line);
    let total = worst(&findings, "R-SEZ-09", None).unwrap();
    assert_eq!(total.outcome, Outcome::Unknown(Why::Contested));
    assert!(total.text.zh.starts_with("无法核对:"), "{}", total.text.zh);
}

#[test]
fn e16_what_arrives_after_finalising_is_only_cured_by_a_correction_record() {
    let late = [("record.finalised", json!(true)), ("record.late", json!(["c0ffee"]))];
    says(&ask(&with("k1", &late), Stage::Close), &[("R-SEZ-23", "fail")]);
    let mut corrected = with("k1", &late);
    let original = corrected["record"]["id"].clone();
    corrected["related"]["correction"] =
        json!([{"id": "c1", "finalised": true, "head": {"original": original}}]);
    says(&ask(&corrected, Stage::Close), &[("R-SEZ-23", "pass")]);
}

#[test]
fn e08_a_request_that_is_only_saved_says_so() {
    let findings = ask(&base("a1"), Stage::Send);
    says(&findings, &[("R-POL-01", "pass"), ("R-POL-02", "fail")]);
    let saved = worst(&findings, "R-POL-02", None).unwrap();
    assert_eq!(saved.text.zh, "已离线保存,尚未送达公安;请立即电话报警110。");
    assert!(blocking(&findings).is_empty(), "nothing keeps a call for help from being sent");
}

#[test]
fn e17_the_notice_has_run_out_and_the_mother_is_cared_for() {
    let findings = ask(&base("k2"), Stage::Start);
    says(
        &findings,
        &[
            ("R-EVI-01", "pass"),
            ("R-EVI-02", "pass"),
            ("R-EVI-03", "pass"),
            ("R-EVI-04", "pass"),
            ("R-EVI-08", "pass"),
        ],
    );
    // 2026-03-15 is a Sunday: the day before would have been too early.
    let monday = with("k2", &[("record.head.start_at", json!("2026-03-16T09:00:00+08:00"))]);
    says(&ask(&monday, Stage::Start), &[("R-EVI-02", "fail")]);
    let unprepared = with(
        "k2",
        &[
            ("record.head.plan_started_at", Json::Null),
            ("record.head.ambulance_waiting", Json::Null),
        ],
    );
    says(&ask(&unprepared, Stage::Start), &[("R-EVI-08", "fail")]);
}

#[test]
fn e19_goods_and_premises_are_handed_over() {
    let findings = ask(&base("k2"), Stage::Close);
    says(
        &findings,
        &[
            ("R-EVI-05", "pass"),
            ("R-EVI-06", "pass"),
            ("R-EVI-10", "pass"),
            ("R-EVI-07", "none"),
            ("R-GEN-03", "pass"),
        ],
    );
    assert_eq!(missing(&findings), Vec::<&Finding>::new());
}
