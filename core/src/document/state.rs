//! What a record says at a set of its changes: every field with all its concurrent values, every
//! item of every collection. Read structurally, so that fields and collections of a later version
//! are carried along and shown instead of lost (law 10).

use std::collections::BTreeMap;

use super::expand::{Container, Content, OpId};
use super::history::{ChangeSet, Entry, History, visible_of};
use crate::value::Value;

/// One value that stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The operation that put it there.
    pub op: OpId,
    /// The value.
    pub value: Value,
    /// Number of the change, see [`History::node`].
    pub change: usize,
}

/// A field: usually one value, several when people wrote without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// All visible values, sorted by operation; never empty.
    pub alternatives: Vec<Alternative>,
}

impl Register {
    /// The single value, or `None` while there are several.
    pub fn single(&self) -> Option<&Value> {
        match self.alternatives.as_slice() {
            [only] => Some(&only.value),
            _ => None,
        }
    }

    /// Automerge's deterministic winner: shown first for low-risk fields, never taken for others.
    pub fn winner(&self) -> Option<&Alternative> {
        self.alternatives.last()
    }

    /// Whether more than one value stands here.
    pub fn contested(&self) -> bool {
        self.alternatives.len() > 1
    }
}

/// One item of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its ULID. Two items may carry the same one only if two devices collided or lied; both are
    /// kept and told apart by `container`.
    pub id: String,
    /// The operation that made its map.
    pub container: OpId,
    /// Number of the change that added it.
    pub added_by: usize,
    /// Its fields.
    pub fields: BTreeMap<String, Register>,
}

impl Item {
    /// The text of a field with exactly one value.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.single()?.as_text()
    }
}

/// A record at a set of changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordState {
    /// Kind name.
    pub kind: String,
    /// Schema of the creating change.
    pub schema: i64,
    /// Case number the record belongs to.
    pub case: String,
    /// Handling officer.
    pub handler: String,
    /// Fields of the form's head and foot.
    pub head: BTreeMap<String, Register>,
    /// Items by collection, in ULID order; strikes, resolutions and finalisations among them.
    pub collections: BTreeMap<String, Vec<Item>>,
}

impl RecordState {
    /// Reads the record at `set`.
    pub fn at(history: &History, set: &ChangeSet) -> Self {
        let mut state = Self::default();
        for (key, entries) in history.keys(Container::Root) {
            let visible = visible_of(entries, set);
            let Some(last) = visible.last() else { continue };
            match &last.content {
                Content::Scalar(value) => state.root_fact(key, value),
                Content::Map if key == "head" => {
                    state.head = registers(history, Container::Made(last.id), set);
                }
                Content::Map => {
                    let items = items(history, Container::Made(last.id), set);
                    state.collections.insert(key.to_owned(), items);
                }
            }
        }
        state
    }

    fn root_fact(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("kind", Value::Text(text)) => self.kind.clone_from(text),
            ("case", Value::Text(text)) => self.case.clone_from(text),
            ("handler", Value::Text(text)) => self.handler.clone_from(text),
            ("schema", Value::Int(number)) => self.schema = *number,
            _ => {}
        }
    }

    /// The items of a collection; empty when there is none.
    pub fn items(&self, collection: &str) -> &[Item] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    /// The item `id` of a collection, when exactly one carries that id.
    pub fn item(&self, collection: &str, id: &str) -> Option<&Item> {
        let mut found = self.items(collection).iter().filter(|item| item.id == id);
        found.next().filter(|_| found.next().is_none())
    }

    /// The head field's text when it has exactly one value.
    pub fn head_text(&self, field: &str) -> Option<&str> {
        self.head.get(field)?.single()?.as_text()
    }
}

fn items(history: &History, collection: Container, set: &ChangeSet) -> Vec<Item> {
    let mut items = Vec::new();
    for (key, entries) in history.keys(collection) {
        for entry in visible_of(entries, set) {
            items.push(Item {
                id: key.to_owned(),
                container: entry.id,
                added_by: entry.change,
                fields: registers(history, Container::Made(entry.id), set),
            });
        }
    }
    items
}

fn registers(history: &History, map: Container, set: &ChangeSet) -> BTreeMap<String, Register> {
    history
        .keys(map)
        .filter_map(|(key, entries)| {
            let alternatives: Vec<Alternative> =
                visible_of(entries, set).into_iter().filter_map(alternative).collect();
            (!alternatives.is_empty()).then(|| (key.to_owned(), Register { alternatives }))
        })
        .collect()
}

fn alternative(entry: &Entry) -> Option<Alternative> {
    match &entry.content {
        Content::Scalar(value) => {
            Some(Alternative { op: entry.id, value: value.clone(), change: entry.change })
        }
        Content::Map => None,
    }
}
