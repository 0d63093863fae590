//! What the police are told of a request: enough to come and to be safe, and nothing about the debtor. Read
//! from the record once; [`super::aloud`] and [`super::message`] say it in their own ways. Where two of the
//! crew wrote different things, both are told: a danger that one of them saw is a danger.
//!
//! Free words about the situation are told only when no code says it ([`Call::described`]): they were written
//! for the court and may name anybody.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::document::{Item, RecordState, Register, is_struck};
use crate::geo::{Datum, Position};
use crate::id::DocumentId;
use crate::records::{FieldType, Label, builtin};
use crate::value::Value;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The court as people say it: 南海法院.
    pub court: String,
    /// The person's name.
    pub name: String,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// The request.
    pub document: DocumentId,
    /// When it was asked, by the phone's clock, milliseconds since 1970.
    pub asked_ms: Option<i64>,
    /// Where, the newest position that was recorded.
    pub position: Option<Position>,
    /// Where, in words; several when the crew wrote different ones.
    pub places: Vec<String>,
    /// Numbers to call back.
    pub callbacks: Vec<String>,
    /// What happens, codes.
    pub situations: Vec<String>,
    /// What happens in words, when no code says it.
    pub described: Option<String>,
    /// About how many people there are on the other side; the larger of two answers.
    pub people: Option<i64>,
    /// Weapons were seen; yes if anybody says so.
    pub weapons: Option<bool>,
    /// Somebody is injured; yes if anybody says so.
    pub injured: Option<bool>,
    /// Court staff on the spot.
    pub officers: Option<i64>,
    /// What is needed, codes.
    pub needs: BTreeSet<String>,
}

impl Call {
    /// Reads a request's record.
    pub fn of(document: DocumentId, state: &RecordState) -> Self {
        let updates = standing(state, "updates");
        let latest = updates.iter().rev();
        let position = latest
            .filter_map(|item| item.text("position"))
            .chain(state.head_text("position"))
            .find_map(|text| text.parse().ok());
        let mut situations = texts(state.head.get("situation_code"));
        if let Some(code) = updates.last().and_then(|item| item.text("situation_code"))
            && !situations.iter().any(|known| known == code)
        {
            situations.push(code.to_owned());
        }
        let said = situations.iter().any(|code| code != "other");
        let described = if said {
            None
        } else {
            texts(state.head.get("situation_text")).into_iter().next_back()
        };
        let asked = state.head_text("asked_at").and_then(|text| text.parse::<Timestamp>().ok());
        Self {
            document,
            asked_ms: asked.map(Timestamp::as_millisecond),
            position,
            places: texts(state.head.get("place")),
            callbacks: texts(state.head.get("callback")),
            situations,
            described,
            people: most(state.head.get("people_count_est")),
            weapons: anybody(state.head.get("weapons_seen")),
            injured: anybody(state.head.get("injured")),
            officers: most(state.head.get("officers_on_site")),
            needs: standing(state, "needs")
                .into_iter()
                .filter_map(|item| item.text("need").map(str::to_owned))
                .collect(),
        }
    }

    /// Degrees for the maps that people in China have open (GCJ-02); recorded ones are some 600 m beside.
    pub fn map_degrees(&self) -> Option<(f64, f64)> {
        self.position.map(|position| position.degrees_in(Datum::Gcj02))
    }
}

/// The words for a code of this kind's field, `situation_code` or `need`; `None` for a later version's code.
pub fn label_of(field: &str, code: &str) -> Option<Label> {
    let kind = builtin().get("assistance")?;
    let field = kind.head_field(field).or_else(|| kind.collection("needs")?.field(field))?;
    let FieldType::Code(codes) = field.ty else { return None };
    codes.iter().find(|(known, _)| *known == code).map(|(_, label)| *label)
}

fn standing<'a>(state: &'a RecordState, collection: &str) -> Vec<&'a Item> {
    let items = state.items(collection).iter();
    items.filter(|item| !is_struck(state, collection, &item.id)).collect()
}

fn values(register: Option<&Register>) -> impl Iterator<Item = &Value> {
    register.into_iter().flat_map(|register| &register.alternatives).map(|one| &one.value)
}

fn texts(register: Option<&Register>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in values(register).filter_map(Value::as_text).map(str::trim) {
        if !text.is_empty() && !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    found
}

fn most(register: Option<&Register>) -> Option<i64> {
    values(register).filter_map(Value::as_int).max()
}

fn anybody(register: Option<&Register>) -> Option<bool> {
    let answers = values(register).filter_map(|value| match value {
        Value::Bool(answer) => Some(*answer),
        _ => None,
    });
    answers.max()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::test_story::{at, ids, register};
    use super::*;
    use crate::document::OpId;

    fn item(id: &str, fields: &[(&str, Value)]) -> Item {
        let op = OpId { counter: 1, actor: crate::id::ActorId([1; 16]) };
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), register(std::slice::from_ref(value))));
        Item { id: id.to_owned(), container: op, added_by: 0, fields: fields.collect() }
    }

    fn state() -> RecordState {
        let head = [
            ("asked_at", vec!["2026-03-17T09:05:00+08:00".into()]),
            ("position", vec!["geo:22.833500,112.985000;crs=wgs84;u=8".into()]),
            ("place", vec!["沙口工业区".into(), "沙口工业区三路".into()]),
            ("callback", vec!["13800138000".into()]),
            ("situation_code", vec!["blockade".into()]),
            ("situation_text", vec!["被执行人带人围堵".into()]),
            ("people_count_est", vec![Value::Int(10), Value::Int(15)]),
            ("weapons_seen", vec![Value::Bool(true), Value::Bool(false)]),
            ("injured", vec![Value::Bool(false)]),
            ("officers_on_site", vec![Value::Int(2)]),
        ];
        RecordState {
            kind: "assistance".to_owned(),
            head: head.into_iter().map(|(name, all)| (name.to_owned(), register(&all))).collect(),
            collections: BTreeMap::from([(
                "needs".to_owned(),
                vec![item("1", &[("need", "officers".into())])],
            )]),
            ..RecordState::default()
        }
    }

    #[test]
    fn both_answers_are_told_and_the_worse_one_counts() {
        let call = Call::of(ids::A, &state());
        assert_eq!(call.asked_ms, Some(at(9, 5)));
        assert_eq!(call.places, ["沙口工业区", "沙口工业区三路"]);
        assert_eq!((call.people, call.officers), (Some(15), Some(2)));
        assert_eq!((call.weapons, call.injured), (Some(true), Some(false)));
        assert_eq!(call.described, None, "the code says it; the words may name the debtor");
        assert_eq!(call.needs.iter().map(String::as_str).collect::<Vec<_>>(), ["officers"]);
        let empty = Call::of(ids::A, &RecordState::default());
        assert_eq!(empty, Call { document: ids::A, ..Call::default() });
    }

    #[test]
    fn the_newest_position_and_what_became_worse() {
        let mut state = state();
        let update = |id: &str, lat: &str, code: &str| {
            let position = format!("geo:{lat},112.985000;crs=wgs84").into();
            item(id, &[("position", position), ("situation_code", code.into())])
        };
        let updates = vec![update("1", "22.84", "threat"), update("2", "22.85", "violence")];
        state.collections.insert("updates".to_owned(), updates);
        let strike = item("3", &[("item", "updates/2".into()), ("reason", "误记".into())]);
        let call = Call::of(ids::A, &state);
        assert_eq!(call.position.map(|position| position.coordinate().lat), Some(22.85));
        assert_eq!(call.situations, ["blockade", "violence"]);
        state.collections.insert("strikes".to_owned(), vec![strike]);
        let call = Call::of(ids::A, &state);
        assert_eq!(call.position.map(|position| position.coordinate().lat), Some(22.84));
        assert_eq!(call.situations, ["blockade", "threat"]);
    }

    #[test]
    fn words_are_told_only_where_no_code_says_it() {
        let mut state = state();
        state.head.insert("situation_code".to_owned(), register(&["other".into()]));
        assert_eq!(Call::of(ids::A, &state).described.as_deref(), Some("被执行人带人围堵"));
        state.head.remove("situation_code");
        assert!(Call::of(ids::A, &state).described.is_some());
    }

    #[test]
    fn codes_have_words() {
        let zh = |field, code| label_of(field, code).map(|label| label.zh);
        assert_eq!(zh("situation_code", "blockade"), Some("围堵"));
        assert_eq!(zh("need", "ambulance"), Some("救护"));
        assert_eq!(zh("need", "tank"), None);
        assert_eq!(zh("place", "blockade"), None);
    }
}
