//! The record as people see it: the content that counts, what is contested, what came late, who did
//! what. For a finalised record the content is the finalised one, whatever arrived afterwards.

use serde_json::{Map, Value as Json, json};

use super::Document;
use super::conflict::{Claim, Conflict, is_struck, open_conflicts};
use super::digest::{content_digest, state_digest};
use super::history::{ChangeSet, Node};
use super::state::{Item, RecordState, Register};
use crate::id::{ChangeHash, Digest, DocumentId};
use crate::records::{Kind, Policy};
use crate::value::Value;

/// A finalisation (定稿) of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finalisation {
    /// Its ULID: countersignatures name it as `finalisations/<ulid>`.
    pub item: String,
    /// The change that finalised.
    pub change: ChangeHash,
    /// Who.
    pub person: String,
    /// The phone's wall clock, milliseconds.
    pub device_ms: i64,
    /// Content digest it bound.
    pub content: Digest,
    /// State digest it bound.
    pub state: Digest,
}

/// One signature, and whether it is over the content that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature<'a> {
    /// The item, with everything it says.
    pub item: &'a Item,
    /// The digest that was signed.
    pub content: Digest,
    /// Whether that is still the content; else it was "signed an earlier content" (所签为先前内容).
    pub current: bool,
}

/// A record and everything known about it.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// Its document.
    pub id: DocumentId,
    /// Its kind.
    pub kind: &'static Kind,
    /// The content that counts.
    pub state: RecordState,
    /// Open conflicts of that content.
    pub conflicts: Vec<Conflict>,
    /// Finalisations, usually none or one; two that did not know of each other are a conflict.
    pub finalised: Vec<Finalisation>,
    /// Changes that came from phones that did not know of the finalisation: shown, not counted.
    pub late: Vec<ChangeHash>,
    /// Digest over everything, late changes included: equal on every copy that has the same changes.
    pub state_digest: Digest,
    /// Digest of the content that counts, without signatures and deliveries.
    pub content_digest: Digest,
    nodes: Vec<Node>,
}

impl RecordView {
    pub(super) fn of(document: &Document) -> Self {
        let (kind, history) = (document.kind, &document.history);
        let all = history.all();
        let whole = RecordState::at(history, &all);
        let digest = state_digest(kind, history, &all, &whole);
        let mut finalisers: Vec<usize> =
            whole.items("finalisations").iter().map(|item| item.added_by).collect();
        finalisers.sort_unstable();
        let (state, counted, late) = if finalisers.is_empty() {
            (whole.clone(), all.clone(), Vec::new())
        } else {
            let mut counted = ChangeSet::default();
            for (index, node) in history.indexed(&all) {
                let before = finalisers.iter().any(|&finaliser| history.precedes(index, finaliser));
                let after = finalisers.iter().any(|&finaliser| node.past.contains(finaliser));
                if before || after {
                    counted.insert(index);
                }
            }
            let late = history
                .indexed(&all)
                .filter(|(index, _)| !counted.contains(*index))
                .map(|(_, node)| node.hash)
                .collect();
            (RecordState::at(history, &counted), counted, late)
        };
        let conflicts = open_conflicts(kind, history, &counted, &state);
        let finalised = state.items("finalisations").iter().filter_map(|item| {
            let node = history.node(item.added_by)?;
            let digest =
                |field: &str| Digest::try_from(item.fields.get(field)?.single()?.as_bytes()?).ok();
            Some(Finalisation {
                item: item.id.clone(),
                change: node.hash,
                person: node.provenance.person.clone(),
                device_ms: node.provenance.device_ms,
                content: digest("content")?,
                state: digest("state")?,
            })
        });
        Self {
            id: document.id,
            kind,
            finalised: finalised.collect(),
            conflicts,
            late,
            state_digest: digest,
            content_digest: content_digest(kind, &state),
            state,
            nodes: history.nodes().to_vec(),
        }
    }

    /// The change with number `index` of an alternative or a side.
    pub fn change(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// The changes, in local causal order.
    pub fn changes(&self) -> &[Node] {
        &self.nodes
    }

    /// The signatures, in the order of their ULIDs.
    pub fn signatures(&self) -> impl Iterator<Item = Signature<'_>> {
        let collections = self.kind.collections.iter().filter(|collection| collection.signs);
        collections.flat_map(|collection| self.state.items(collection.name)).filter_map(|item| {
            let content = item.fields.get("content")?.single()?.as_bytes()?;
            let content = Digest::try_from(content).ok()?;
            Some(Signature { item, content, current: content == self.content_digest })
        })
    }

    /// The one-line title by the kind's preference, or its label.
    pub fn title(&self) -> String {
        self.kind
            .title
            .iter()
            .find_map(|name| {
                self.state.head_text(name).or_else(|| {
                    self.kind.collections.iter().find_map(|collection| {
                        self.state.items(collection.name).iter().find_map(|item| item.text(name))
                    })
                })
            })
            .unwrap_or(self.kind.label.zh)
            .to_owned()
    }

    /// The record as rules see it: a contested field is absent and named under `conflicts`, so that
    /// no rule passes on one of two answers.
    pub fn facts(&self) -> Json {
        let mut record = Map::new();
        record.insert("id".into(), self.id.to_hex().into());
        record.insert("kind".into(), self.state.kind.as_str().into());
        record.insert("schema".into(), self.state.schema.into());
        record.insert("case".into(), self.state.case.as_str().into());
        record.insert("handler".into(), self.state.handler.as_str().into());
        let head_policy = |name: &str| self.kind.head_field(name).map(|field| field.policy);
        record.insert("content".into(), self.content_digest.to_hex().into());
        record.insert("head".into(), facts_of(&self.state.head, &head_policy));
        for (name, items) in &self.state.collections {
            let policy = |field: &str| {
                self.kind
                    .collection(name)
                    .and_then(|known| known.field(field))
                    .map(|field| field.policy)
            };
            let items: Vec<Json> = items
                .iter()
                .map(|item| {
                    let mut fields = facts_of(&item.fields, &policy);
                    fields["id"] = item.id.as_str().into();
                    fields["struck"] = is_struck(&self.state, name, &item.id).into();
                    if self.kind.collection(name).is_some_and(|collection| collection.signs) {
                        // 所签为先前内容: shown wherever the record is shown.
                        fields["current"] = (fields["content"] == record["content"]).into();
                    }
                    fields
                })
                .collect();
            record.insert(name.clone(), items.into());
        }
        let conflicts: Vec<Json> = self
            .conflicts
            .iter()
            .map(|conflict| json!({"kind": conflict.subject.code(), "target": conflict.subject.target()}))
            .collect();
        record.insert("conflicts".into(), conflicts.into());
        record.insert("finalised".into(), (!self.finalised.is_empty()).into());
        let late: Vec<Json> = self.late.iter().map(|hash| hash.to_hex().into()).collect();
        record.insert("late".into(), late.into());
        Json::Object(record)
    }

    /// The conflicts as the API and screens show them: every side with author and times.
    pub fn conflicts_json(&self) -> Json {
        let conflicts = self.conflicts.iter().map(|conflict| {
            let sides: Vec<Json> = conflict
                .sides
                .iter()
                .map(|side| {
                    let mut shown = match &side.what {
                        Claim::Value(value) => json!({"value": value.to_json()}),
                        Claim::Struck(reason) => json!({"struck": reason}),
                        Claim::Edited(field, value) => {
                            json!({"edited": field, "value": value.to_json()})
                        }
                        Claim::Carries(item) => json!({"item": item}),
                        Claim::Finalised(content) => {
                            json!({"finalised": data_encoding::HEXLOWER.encode(content)})
                        }
                    };
                    shown["op"] = side.op.to_string().into();
                    if let Some(node) = self.change(side.change) {
                        shown["person"] = node.provenance.person.as_str().into();
                        shown["device_ms"] = node.provenance.device_ms.into();
                        shown["change"] = node.hash.to_hex().into();
                    }
                    shown
                })
                .collect();
            json!({
                "kind": conflict.subject.code(),
                "target": conflict.subject.target(),
                "sides": sides,
            })
        });
        conflicts.collect::<Vec<_>>().into()
    }
}

fn facts_of(
    fields: &std::collections::BTreeMap<String, Register>,
    policy: &dyn Fn(&str) -> Option<Policy>,
) -> Json {
    let mut shown = Map::new();
    for (name, register) in fields {
        let value = match policy(name) {
            Some(Policy::Winner) => register.winner().map(|winner| &winner.value),
            _ => register.single(),
        };
        if let Some(value) = value.filter(|value| **value != Value::Null) {
            shown.insert(name.clone(), value.to_json());
        }
    }
    Json::Object(shown)
}
