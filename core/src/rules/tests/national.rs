//! The national pack: every rule answers as its cases say, reads what exists, and is told to people
//! in both languages.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::records::{FieldType, builtin};
use crate::value::Value;

fn cases() -> Vec<Json> {
    [
        include_str!("cases/general.json"),
        include_str!("cases/seizure.json"),
        include_str!("cases/eviction.json"),
        include_str!("cases/police.json"),
    ]
    .iter()
    .flat_map(|text| serde_json::from_str::<Vec<Json>>(text).unwrap())
    .collect()
}

#[test]
fn every_case_gets_its_answer() {
    let pack = RulePack::national().unwrap();
    let mut wrong = Vec::new();
    for case in cases() {
        let mut facts = base(case["base"].as_str().unwrap());
        for (path, value) in case["set"].as_object().into_iter().flatten() {
            set(&mut facts, path, value);
        }
        let stage = Stage::from_code(case["stage"].as_str().unwrap()).unwrap();
        let findings = pack.evaluate(case["kind"].as_str().unwrap(), stage, &facts, &*HOLIDAYS);
        let found = worst(&findings, case["rule"].as_str().unwrap(), case["item"].as_str());
        let mut right = case["expect"] == answer(found);
        if let Some(part) = case["zh"].as_str() {
            right &= found.is_some_and(|finding| finding.text.zh.contains(part));
        }
        if let Some(severity) = case["severity"].as_str() {
            right &= found.is_some_and(|finding| json!(finding.severity) == severity);
        }
        if let Some(why) = case["why"].as_str() {
            right &= found.is_some_and(
                |finding| matches!(finding.outcome, Outcome::Unknown(found) if found.code() == why),
            );
        }
        if !right {
            let found = found.map(|finding| (finding.outcome, finding.severity, &finding.text.zh));
            wrong.push(format!("{case}\n   got {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} cases wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_a_passing_a_failing_and_an_unknown_case() {
    let mut answers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases() {
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        answers.entry(text("rule")).or_default().insert(text("expect"));
    }
    for rule in RulePack::national().unwrap().rules() {
        let had = answers.get(&rule.id).cloned().unwrap_or_default();
        for wanted in ["pass", "fail", "unknown"] {
            assert!(had.contains(wanted), "{} has no case that answers {wanted}", rule.id);
        }
    }
}

#[test]
fn all_rules_of_the_tables_are_there_and_understood() {
    let pack = RulePack::national().unwrap();
    let expected: Vec<String> = [("GEN", 12), ("SEZ", 26), ("EVI", 11), ("POL", 6)]
        .iter()
        .flat_map(|(group, count)| (1..=*count).map(move |n| format!("R-{group}-{n:02}")))
        .collect();
    let found: Vec<&str> = pack.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(found, expected);
    assert_eq!(pack.needing_newer_app().collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn texts_are_in_both_languages_and_say_as_of_when() {
    for rule in RulePack::national().unwrap().rules() {
        assert!(!rule.basis.is_empty(), "{} cites nothing", rule.id);
        for text in [&rule.title, &rule.text] {
            assert!(text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{}", rule.id);
            assert!(
                !text.en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{}",
                rule.id
            );
        }
        for text in [&rule.text.zh, &rule.text.en] {
            assert_eq!(
                text.contains("{as_of}"),
                rule.offline != Offline::Yes,
                "{}: what only the server knows carries its date",
                rule.id
            );
            for placeholder in text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                assert!(
                    ["as_of", "parts"].contains(&placeholder)
                        || rule.values.contains_key(placeholder),
                    "{}: nothing fills {{{placeholder}}}",
                    rule.id
                );
            }
        }
    }
}

#[test]
fn kinds_name_exactly_the_rules_that_ask_them() {
    let pack = RulePack::national().unwrap();
    for kind in builtin().iter() {
        let asked: Vec<&str> = pack
            .rules()
            .iter()
            .filter(|rule| rule.applies.contains_key(kind.name))
            .map(|rule| rule.id.as_str())
            .collect();
        assert_eq!(kind.rules, asked, "{}", kind.name);
    }
}

/// A typing error in a field name would make a rule silently unable to pass or to fail.
#[test]
fn rules_read_fields_that_their_kinds_have() {
    const OF_EVERY_RECORD: [&str; 7] =
        ["id", "kind", "content", "late", "finalised", "conflicts", "handler"];
    let kinds = builtin();
    for rule in RulePack::national().unwrap().rules() {
        let applies: Vec<_> = rule.applies.keys().filter_map(|name| kinds.get(name)).collect();
        for read in &rule.reads {
            let keys: Vec<&str> = read.split('.').collect();
            let known = |kinds: &[&'static crate::records::Kind], keys: &[&str]| {
                kinds.iter().any(|kind| match keys {
                    ["head", field] => kind.head_field(field).is_some(),
                    [collection] => {
                        kind.collection(collection).is_some()
                            || OF_EVERY_RECORD.contains(collection)
                    }

                    [collection, "*"] | [collection, "*", "@ref"] => {
                        kind.collection(collection).is_some()
                    }
                    [collection, "*", field] => {
                        kind.collection(collection).is_some_and(|c| c.field(field).is_some())
                    }
                    _ => false,
                })
            };
            let fits = match keys.as_slice() {
                ["record", rest @ ..] => applies.is_empty() || known(&applies, rest),
                ["related", name, "*", rest @ ..] => {
                    kinds.get(name).is_none_or(|kind| known(&[kind], rest))
                }
                _ => true,
            };
            assert!(fits, "{} reads {read}", rule.id);
        }
    }
}

/// The bases of the cases are records that acceptance would admit.
#[test]
fn the_cases_are_made_of_admissible_values() {
    let kinds = builtin();
    for name in ["k1", "k2", "a1"] {
        let facts = base(name);
        let record = &facts["record"];
        let kind = kinds.get(record["kind"].as_str().unwrap()).unwrap();
        let admitted = |field: &crate::records::Field, json: &Json| {
            let value = match (json, field.ty) {
                (Json::String(hex), FieldType::Hash | FieldType::File) => {
                    Value::Bytes(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap())
                }
                (Json::String(text), _) => Value::Text(text.clone()),
                (Json::Bool(flag), _) => Value::Bool(*flag),
                (json, _) => Value::Int(json.as_i64().unwrap()),
            };
            let code = match (field.ty, &value) {
                (FieldType::Code(codes), Value::Text(text)) => {
                    codes.iter().any(|(code, _)| code == text)
                }
                _ => true,
            };
            field.ty.admits(&value) && code
        };
        for (key, value) in record["head"].as_object().unwrap() {
            let field = kind.head_field(key).unwrap_or_else(|| panic!("{name}: head/{key}"));
            assert!(admitted(field, value), "{name}: head/{key} = {value}");
        }
        for collection in kind.collections {
            for item in record[collection.name].as_array().into_iter().flatten() {
                for (key, value) in item.as_object().unwrap() {
                    if key == "id" || key == "struck" {
                        continue;
                    }
                    let at = format!("{name}: {}/{key}", collection.name);
                    let field = collection.field(key).unwrap_or_else(|| panic!("{at}"));
                    assert!(admitted(field, value), "{at} = {value}");
                }
            }
        }
        for key in record.as_object().unwrap().keys() {
            let plain = [
                "id",
                "kind",
                "schema",
                "case",
                "handler",
                "finalised",
                "late",
                "conflicts",
                "content",
                "head",
            ];
            assert!(
                plain.contains(&key.as_str()) || kind.collection(key).is_some(),
                "{name}: {key}"
            );
        }
    }
}

#[test]
fn citations_use_the_numbers_of_2023() {
    let pack = RulePack::national().unwrap();
    let cited = |rule: &str, index: usize| pack.cite(&pack.rule(rule).unwrap().basis[index]);
    assert_eq!(cited("R-SEZ-05", 0).zh, "《中华人民共和国民事诉讼法》第二百五十六条第二款");
    assert_eq!(cited("R-SEZ-05", 0).en, "Civil Procedure Law, Article 256(2)");
    assert_eq!(cited("R-EVI-01", 0).zh, "《中华人民共和国民事诉讼法》第二百六十一条第一款");
    // Numbers of 2017 and 2021 for seizure, presence and eviction must not come back.
    for rule in pack.rules() {
        for basis in rule.basis.iter().filter(|basis| basis.instrument == "L-CPL") {
            let article = basis.article.unwrap();
            assert!(
                ![225, 226, 227, 232, 233, 234, 242, 244, 245, 248, 249, 250, 252]
                    .contains(&article),
                "{}: {article}",
                rule.id
            );
        }
    }
}

#[test]
fn the_page_is_the_pack() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rules.md");
    let now = guide(&RulePack::national().unwrap());
    if std::env::var_os("REVIEWED").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == now,
        "rules changed: review `git diff docs/rules.md` after `REVIEWED=1 cargo test -p lastmile-core rules`"
    );
}
