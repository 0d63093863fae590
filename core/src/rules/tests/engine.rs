//! The engine against what it does not know, what is hostile, and what a court may change.

use proptest::prelude::*;

use super::*;

fn pack_of(rules: &Json) -> Result<RulePack, RulePackError> {
    let pack = json!({
        "id": "test", "version": 1, "effective_from": "2026-01-01",
        "instruments": {"X": {"name": {"zh": "测试", "en": "test"}, "version": "1"}},
        "rules": rules,
    });
    RulePack::from_json(&serde_json::to_vec(&pack).unwrap())
}

fn rule(check: &Json) -> Json {
    json!({
        "id": "T-1", "title": {"zh": "题", "en": "title"}, "text": {"zh": "文", "en": "text"},
        "applies": {"seizure": ["start"]}, "severity": "block", "offline": "yes", "check": check,
        "basis": [{"instrument": "X", "version": "1"}], "override": ["officer"],
    })
}

fn ask_one(check: &Json, facts: &Json) -> Finding {
    let pack = pack_of(&json!([rule(check)])).unwrap();
    pack.evaluate("seizure", Stage::Finalise, facts, &*HOLIDAYS).remove(0)
}

#[test]
fn what_this_version_does_not_know_cannot_be_checked_and_never_passes() {
    let deep = (0..40).fold(json!({"present": "today"}), |inner, _| json!({"not": inner}));
    let wide = json!({"all": vec![json!({"present": "today"}); 500]});
    for check in [
        json!({"sounds_like": ["record.kind", "seizure"]}),
        json!({"any": [{"present": "record.nothing"}, {"sounds_like": 1}]}),
        json!({"count": "record.officers", "at_least": 1, "within_hours": 2}),
        json!({"count": "record.officers"}),
        json!({"present": "weather.today"}),
        json!({"present": "record..head"}),
        json!({"is": ["record.kind", {"text": "seizure"}]}),
        json!({"in": ["record.kind", [null]]}),
        json!({"lte": [1]}),
        json!({"some": "record.lines", "as": "record", "check": {"present": "today"}}),
        json!({"present": "today", "absent": "now"}),
        json!({"lte": [1, {"moon_phase": ["today"]}]}),
        json!({"all": []}),
        json!(null),
        json!(true),
        deep,
        wide,
    ] {
        let finding = ask_one(&check, &base("k1"));
        assert_eq!(finding.outcome, Outcome::Unknown(Why::NewerApp), "{check}");
        assert!(finding.text.zh.contains("需更新应用"), "{}", finding.text.zh);
    }
}

#[test]
fn a_rule_with_keys_of_a_later_version_is_not_half_applied() {
    let harmless = json!({"present": "today"});
    for (key, value) in [
        ("unless", json!({"present": "record.head.emergency"})),
        ("severity", json!("stop_everything")),
        ("offline", json!("by_carrier_pigeon")),
        ("escalate", json!({"severity": "alarm", "when": {"present": "today"}})),
        ("values", json!({"n": {"moon_phase": "today"}})),
        ("when", json!({"moon": 1})),
        ("where", json!({"present": "item.x"})),
        ("each", json!("weather.days")),
        ("parts", json!([{"zh": "甲", "en": "a", "check": harmless}])),
    ] {
        let mut changed = rule(&harmless);
        changed[key] = value;
        let pack = pack_of(&json!([changed])).unwrap();
        assert_eq!(pack.needing_newer_app().count(), 1, "{key}");
        let findings = pack.evaluate("seizure", Stage::Start, &base("k1"), &*HOLIDAYS);
        assert_eq!(findings[0].outcome, Outcome::Unknown(Why::NewerApp), "{key}");
    }
}

#[test]
fn operators_give_three_answers() {
    let mut facts = base("k1");
    facts["record"]["conflicts"] = json!([{"kind": "field", "target": "head/waiting"}]);
    let lines = "record.lines";
    for (check, expected) in [
        (json!({"eq": ["record.head.nothing", "record.kind"]}), "unknown"),
        (json!({"same": ["record.head.nothing", "record.kind"]}), "fail"),
        (json!({"eq": ["record.kind", 3]}), "unknown"),
        (json!({"present": "record.head.waiting"}), "unknown"),
        (json!({"same": ["record.head.waiting", true]}), "unknown"),
        (json!({"absent": "record.head.nothing"}), "pass"),
        (json!({"lt": [{"count_of": lines}, 4]}), "pass"),
        (json!({"lte": [{"plus": [1, 2]}, 3]}), "pass"),
        (json!({"lt_date": ["2026", "today"]}), "unknown"),
        (json!({"lte_date": [{"add_years": ["today", 9_999]}, "today"]}), "unknown"),
        (json!({"lte_date": [{"add_days": ["today", 99_999_999_999_i64]}, "today"]}), "unknown"),
        (json!({"lte_time": ["record.head.start_at", "record.head.end_at"]}), "pass"),
        (
            json!({"eq": [{"first_of": lines, "as": "l", "where": {"is": ["l.line_no", 2]}, "of": "name"}, {"text": "注塑机"}]}),
            "pass",
        ),
        (json!({"each": lines, "as": "l", "check": {"present": "l.name"}}), "pass"),
        (json!({"some": "case.parties", "as": "p", "check": {"is": ["p.role", "bishop"]}}), "fail"),
        (json!({"some": "court.offices", "check": {"present": "item.name"}}), "fail"),
        (json!({"some": "record.head", "check": {"present": "item.name"}}), "unknown"),
        (json!({"calendar_covers": ["record.head.term_from"]}), "pass"),
        (json!({"calendar_covers": [{"add_years": ["today", 9]}]}), "fail"),
        (json!({"lte": [{"percent": [i64::MAX, 200]}, 1]}), "unknown"),
    ] {
        assert_eq!(answer(Some(&ask_one(&check, &facts))), expected, "{check}");
    }
}

#[test]
fn a_rule_looks_at_a_limited_number_of_items() {
    let mut facts = base("k1");
    let lines: Vec<Json> =
        (0..2_000).map(|n| json!({"id": n.to_string(), "name": "螺丝"})).collect();
    facts["record"]["lines"] = lines.into();
    let check = json!({"each": "record.lines", "as": "one", "check":
        {"each": "record.lines", "as": "two", "check": {"same": ["one.name", "two.name"]}}});
    assert_eq!(ask_one(&check, &facts).outcome, Outcome::Unknown(Why::TooLarge));
}

#[test]
fn an_override_is_shown_needs_a_reason_and_the_right_role() {
    let failing = json!({"present": "record.head.nothing"});
    let said =
        |reason: &str| json!([{"id": "V1", "struck": false, "rule": "T-1", "reason": reason}]);
    let mut facts = base("k1");
    assert_eq!(blocking(&[ask_one(&failing, &facts)]).len(), 1);

    facts["record"]["overrides"] = said(" ");
    assert!(ask_one(&failing, &facts).overridden.is_none(), "a reason is needed");
    facts["record"]["overrides"] = said("现场停电,无法补拍");
    let finding = ask_one(&failing, &facts);
    let overridden = finding.overridden.clone().unwrap();
    assert_eq!((overridden.role, overridden.item.as_str()), ("officer", "overrides/V1"));
    assert_eq!(finding.outcome, Outcome::Fail, "the failure stays visible");
    assert!(blocking(std::slice::from_ref(&finding)).is_empty() && missing(&[finding]).is_empty());

    // Only the president may set an exempt-property rule aside.
    let national = RulePack::national().unwrap();
    facts = base("k1");
    facts["record"]["lines"][1]["exempt_check"] = json!("medal");
    let about = |item: &str| json!([{"id": "V1", "rule": "R-SEZ-07", "item": item, "reason": "经查不属个人"}]);
    let blocked = |facts: &Json| {
        let findings = national.evaluate("seizure", Stage::Line, facts, &*HOLIDAYS);
        !blocking(&findings).is_empty()
    };
    facts["record"]["overrides"] = about("lines/L2");
    assert!(blocked(&facts), "not the officer");
    facts["record"]["president_overrides"] = about("lines/L1");
    assert!(blocked(&facts), "not for another line");
    facts["record"]["president_overrides"] = about("lines/L2");
    assert!(!blocked(&facts));
}

#[test]
fn what_blocks_comes_first_and_information_is_not_missing() {
    let mut facts = base("k1");
    for (path, value) in [
        ("record.officers", json!([])),
        ("record.head.credential_shown_at", Json::Null),
        ("record.head.live_seal_reason", Json::Null),
    ] {
        set(&mut facts, path, &value);
    }
    let findings =
        RulePack::national().unwrap().evaluate("seizure", Stage::Close, &facts, &*HOLIDAYS);
    let listed: Vec<&str> =
        missing(&findings).iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(listed, ["R-GEN-01", "R-GEN-02"]);
}

#[test]
fn a_court_may_ask_for_more_than_the_law_but_not_for_less() {
    let national = || RulePack::national().unwrap();
    let own = |changes: &[(&str, Json)]| {
        let mut own = rule(&json!({"present": "record.head.weather"}));
        own["basis"] = json!([{"instrument": "L-CPL", "version": "2023", "article": 256}]);
        for (key, value) in changes {
            own[*key] = value.clone();
        }
        pack_of(&json!([own])).unwrap()
    };
    let layered = |pack| RulePack::layered([national(), pack]);

    let added = layered(own(&[])).unwrap();
    assert_eq!(added.rules().len(), national().rules().len() + 1);
    assert_eq!(added.layers().len(), 2);

    let id = ("id", json!("R-GEN-02"));
    let everywhere =
        ("applies", json!({"seizure": ["start"], "eviction": ["start"], "onsite": ["start"]}));
    let stricter = layered(own(&[id.clone(), everywhere.clone()])).unwrap();
    assert_eq!(stricter.rule("R-GEN-02").unwrap().severity, Severity::Block);
    for milder in [
        vec![id.clone(), everywhere.clone(), ("severity", json!("info"))],
        vec![id.clone()],
        vec![("id", json!("R-SEZ-01")), ("applies", json!({"seizure": ["plan", "start"]}))],
    ] {
        assert_eq!(layered(own(&milder)).unwrap_err().code(), "rule_weakened", "{milder:?}");
    }
    let elsewhere = json!([{"instrument": "L-CPL", "version": "2021", "article": 252}]);
    assert_eq!(layered(own(&[("basis", elsewhere)])).unwrap_err().code(), "unknown_instrument");
    assert_eq!(RulePack::layered([]).unwrap_err().code(), "no_rule_pack");
}

#[test]
fn packs_are_read_within_bounds() {
    let code = |bytes: &[u8]| RulePack::from_json(bytes).unwrap_err().code();
    assert_eq!(code(b"{"), "rule_pack_unreadable");
    assert_eq!(code(&vec![b' '; (1 << 20) + 1]), "rule_pack_too_large");
    assert_eq!(code("[".repeat(10_000).as_bytes()), "rule_pack_unreadable");
    let one = rule(&json!({"present": "today"}));
    assert_eq!(pack_of(&json!([one, one])).unwrap_err().code(), "rule_twice");
    let mut silent = one.clone();
    silent["text"]["zh"] = json!(" ");
    assert_eq!(pack_of(&json!([silent])).unwrap_err().code(), "bad_rule_text");
    assert_eq!(pack_of(&json!(vec![one; 501])).unwrap_err().code(), "rule_pack_too_large");
}

#[test]
fn without_a_holiday_table_nothing_that_needs_one_passes() {
    let facts = base("k2");
    let findings =
        RulePack::national().unwrap().evaluate("eviction", Stage::Start, &facts, &NoCalendar);
    let period = worst(&findings, "R-EVI-02", None).unwrap();
    assert_eq!(period.outcome, Outcome::Unknown(Why::NoCalendar));
    assert_eq!(answer(worst(&findings, "R-GEN-12", None)), "fail");
}

fn junk() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "[a-z.@0-9-]{0,12}".prop_map(Json::from),
        Just(json!("2026-03-17")),
        Just(json!("record.lines")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            "[a-z_]{1,6}",
            prop::sample::select(vec![
                "all",
                "any",
                "not",
                "present",
                "count",
                "at_least",
                "each",
                "some",
                "check",
                "where",
                "sum",
                "of",
                "id",
                "struck",
                "conflicts",
                "target",
                "add_days",
                "choose",
                "default",
            ])
            .prop_map(str::to_owned),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map(key, inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in a rule or in the facts: an answer, no panic.
    #[test]
    fn junk_gets_an_answer(check in junk(), value in junk(), place in 0_usize..6) {
        let mut facts = base("k1");
        let path = ["record", "record.head", "record.lines", "case.rulings", "record.signatures", "today"][place];
        set(&mut facts, path, &value);
        ask_one(&check, &facts);
        for stage in Stage::ALL {
            NATIONAL.evaluate("seizure", stage, &facts, &*HOLIDAYS);
        }
    }

    /// Forgetting to write something down never makes a blocking failure disappear into a pass.
    #[test]
    fn leaving_out_a_head_field_never_turns_a_failure_into_a_pass(field in 0_usize..17) {
        let mut facts = base("k1");
        facts["record"]["deliveries"] = json!([]);
        facts["record"]["head"]["term_to"] = json!("2030-01-01");
        let failed = |facts: &Json| -> Vec<(String, Option<String>)> {
            NATIONAL
                .evaluate("seizure", Stage::Close, facts, &*HOLIDAYS)
                .into_iter()
                .filter(|finding| finding.outcome == Outcome::Pass)
                .map(|finding| (finding.rule, finding.item))
                .collect()
        };
        let before = failed(&facts);
        let keys: Vec<String> = facts["record"]["head"].as_object().unwrap().keys().cloned().collect();
        facts["record"]["head"].as_object_mut().unwrap().remove(&keys[field % keys.len()]);
        for passed in failed(&facts) {
            prop_assert!(before.contains(&passed), "{passed:?} passes without {}", keys[field % keys.len()]);
        }
    }
}
