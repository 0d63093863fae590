//! The national pack against cases written as data (`cases/*.json`), the day in Nanhai, and the
//! engine against what it does not know.
//!
//! A case is a base of facts, values to `set` in it (`null` removes; list items by their id or index)
//! and the answer expected of one rule.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;
mod nanhai;
mod national;

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::*;
use crate::calendar::HolidayTable;

static NATIONAL: LazyLock<RulePack> = LazyLock::new(|| RulePack::national().unwrap());
static HOLIDAYS: LazyLock<HolidayTable> = LazyLock::new(|| HolidayTable::builtin().unwrap());

fn base(name: &str) -> Json {
    let text = match name {
        "k1" => include_str!("cases/k1.json"),
        "k2" => include_str!("cases/k2.json"),
        "a1" => include_str!("cases/a1.json"),
        "other" => include_str!("cases/other.json"),
        other => panic!("no base {other}"),
    };
    serde_json::from_str(text).unwrap()
}

fn set(facts: &mut Json, path: &str, value: &Json) {
    let (mut at, keys) = (facts, path.split('.').collect::<Vec<_>>());
    let (last, inner) = keys.split_last().unwrap();
    for key in inner {
        at = step(at, key);
    }
    make(at, last);
    if value.is_null() {
        at.as_object_mut().unwrap().remove(*last);
    } else if let (Json::Object(fields), true) = (value, at.is_array()) {
        let item = step(at, last);
        for (field, value) in fields {
            set(item, field, value);
        }
    } else {
        *step(at, last) = value.clone();
    }
}

/// A place that does not exist yet becomes a list when the key looks like an item's id.
fn make(at: &mut Json, key: &str) {
    if at.is_null() {
        let item = key.len() <= 3 && key.starts_with(|c: char| c.is_ascii_uppercase());
        *at = if item { json!([]) } else { json!({}) };
    }
}

fn step<'a>(at: &'a mut Json, key: &str) -> &'a mut Json {
    make(at, key);
    match at {
        Json::Array(items) => {
            let index = key
                .parse()
                .ok()
                .filter(|index| *index < items.len())
                .or_else(|| items.iter().position(|item| item["id"] == key));
            let index = index.unwrap_or_else(|| {
                items.push(json!({"id": key, "struck": false}));
                items.len() - 1
            });
            &mut items[index]
        }
        other => &mut other[key],
    }
}

/// The worst outcome of a rule's findings, `none` when it does not apply.
fn worst<'a>(findings: &'a [Finding], rule: &str, item: Option<&str>) -> Option<&'a Finding> {
    findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .filter(|finding| item.is_none() || finding.item.as_deref() == item)
        .max_by_key(|finding| match finding.outcome {
            Outcome::Pass => 0,
            Outcome::Unknown(_) => 1,
            Outcome::Fail => 2,
        })
}

fn answer(finding: Option<&Finding>) -> &'static str {
    match finding.map(|finding| finding.outcome) {
        None => "none",
        Some(Outcome::Pass) => "pass",
        Some(Outcome::Fail) => "fail",
        Some(Outcome::Unknown(_)) => "unknown",
    }
}
