//! Conflicts as objects: what is contested, every alternative, and what closes it. Nothing here
//! decides anything; a person does, with the verb `resolve` and a reason (law 2).

use std::collections::{BTreeMap, BTreeSet};

use super::expand::{Container, OpId};
use super::history::{ChangeSet, History};
use super::state::{Item, RecordState};
use crate::records::{Kind, Policy};
use crate::value::Value;

/// What is contested.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A field has several values. Path `head/<field>` or `<collection>/<item>/<field>`.
    Field(String),
    /// An item was struck by one and edited by another who did not know. Path `<collection>/<item>`.
    StruckOrEdited(String),
    /// A number that must be unique stands on several items. Path `<collection>#<number>`.
    Duplicate(String),
    /// The record was finalised twice; closed by a correction record (补正笔录), not by `resolve`.
    Finalised,
}

impl Subject {
    /// The text form used in resolutions, the API and rules.
    pub fn target(&self) -> &str {
        match self {
            Self::Field(target) | Self::StruckOrEdited(target) | Self::Duplicate(target) => target,
            Self::Finalised => "finalisations",
        }
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Field(_) => "field",
            Self::StruckOrEdited(_) => "struck_or_edited",
            Self::Duplicate(_) => "duplicate",
            Self::Finalised => "finalised_twice",
        }
    }
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The operation that a resolution must name to close this side.
    pub op: OpId,
    /// Number of the change it came with.
    pub change: usize,
    /// What it says.
    pub what: Claim,
}

/// What one side of a conflict says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The field has this value.
    Value(Value),
    /// The item is struck, for this reason.
    Struck(String),
    /// The item's field was given this value.
    Edited(String, Value),
    /// The number stands on this item.
    Carries(String),
    /// The record was finalised with this content digest.
    Finalised(Vec<u8>),
}

/// An open conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What is contested.
    pub subject: Subject,
    /// Every side, sorted by operation.
    pub sides: Vec<Side>,
}

impl Conflict {
    /// The text a resolution's `closes` must carry: every side's operation, sorted.
    pub fn closes(&self) -> String {
        closes(self.sides.iter().map(|side| side.op))
    }
}

/// Sorted operation ids in text form.
pub(super) fn closes(ops: impl IntoIterator<Item = OpId>) -> String {
    let sorted: BTreeSet<OpId> = ops.into_iter().collect();
    sorted.iter().map(OpId::to_string).collect::<Vec<_>>().join(",")
}

/// Every open conflict of the record at `set`, sorted by subject.
pub(super) fn open_conflicts(
    kind: &Kind,
    history: &History,
    set: &ChangeSet,
    state: &RecordState,
) -> Vec<Conflict> {
    let mut open = Vec::new();
    for (name, register) in &state.head {
        let policy = kind.head_field(name).map(|field| field.policy);
        field_conflict(format!("head/{name}"), policy, register, &mut open);
    }
    for collection in kind.collections {
        for item in state.items(collection.name) {
            // What a struck line said is kept and shown, but nobody has to settle it.
            if is_struck(state, collection.name, &item.id) {
                continue;
            }
            for (name, register) in &item.fields {
                let policy = collection.field(name).map(|field| field.policy);
                field_conflict(
                    format!("{}/{}/{name}", collection.name, item.id),
                    policy,
                    register,
                    &mut open,
                );
            }
        }
        if let Some(field) = collection.unique {
            duplicates(collection.name, field, state, &mut open);
        }
    }
    struck_or_edited(history, set, state, &mut open);
    finalised_twice(history, state, &mut open);
    open.sort_by(|one, other| one.subject.cmp(&other.subject));
    open
}

fn field_conflict(
    target: String,
    policy: Option<Policy>,
    register: &super::state::Register,
    open: &mut Vec<Conflict>,
) {
    // A field this version does not know may matter: its alternatives count as a conflict.
    if !register.contested() || policy == Some(Policy::Winner) {
        return;
    }
    let sides = register
        .alternatives
        .iter()
        .map(|alternative| Side {
            op: alternative.op,
            change: alternative.change,
            what: Claim::Value(alternative.value.clone()),
        })
        .collect();
    open.push(Conflict { subject: Subject::Field(target), sides });
}

fn duplicates(collection: &str, field: &str, state: &RecordState, open: &mut Vec<Conflict>) {
    let mut carriers: BTreeMap<&Value, BTreeMap<OpId, (&Item, usize)>> = BTreeMap::new();
    for item in
        state.items(collection).iter().filter(|item| !is_struck(state, collection, &item.id))
    {
        for alternative in
            item.fields.get(field).into_iter().flat_map(|register| &register.alternatives)
        {
            if alternative.value != Value::Null {
                carriers
                    .entry(&alternative.value)
                    .or_default()
                    .insert(item.container, (item, alternative.change));
            }
        }
    }
    for (value, items) in carriers.into_iter().filter(|(_, items)| items.len() > 1) {
        let number = match value {
            Value::Text(text) => text.clone(),
            other => other.to_json().to_string(),
        };
        let target = format!("{collection}#{number}");
        let named = named_by_resolutions(state, &target);
        if items.keys().all(|op| named.contains(&op.to_string())) {
            continue;
        }
        let sides = items
            .into_iter()
            .map(|(op, (item, change))| Side { op, change, what: Claim::Carries(item.id.clone()) })
            .collect();
        open.push(Conflict { subject: Subject::Duplicate(target), sides });
    }
}

/// Strikes of `collection/item` that no resolution has set aside ("kept").
pub(super) fn standing_strikes<'a>(
    state: &'a RecordState,
    target: &'a str,
) -> impl Iterator<Item = &'a Item> {
    state.items("strikes").iter().filter(move |strike| {
        strike.text("item") == Some(target) && !set_aside(state, target, strike.container)
    })
}

/// Whether the item is struck at this state.
pub fn is_struck(state: &RecordState, collection: &str, item: &str) -> bool {
    standing_strikes(state, &format!("{collection}/{item}")).next().is_some()
}

fn set_aside(state: &RecordState, target: &str, strike: OpId) -> bool {
    standing_resolutions(state, target)
        .any(|resolution| resolution.text("choice") == Some("kept") && names(resolution, strike))
}

/// Resolutions of `target` that no later resolution has named.
fn standing_resolutions<'a>(
    state: &'a RecordState,
    target: &'a str,
) -> impl Iterator<Item = &'a Item> {
    resolutions_of(state, target).filter(move |resolution| {
        !resolutions_of(state, target).any(|later| names(later, resolution.container))
    })
}

fn resolutions_of<'a>(state: &'a RecordState, target: &'a str) -> impl Iterator<Item = &'a Item> {
    state.items("resolutions").iter().filter(move |item| item.text("target") == Some(target))
}

fn names(resolution: &Item, op: OpId) -> bool {
    let op = op.to_string();
    resolution.text("closes").is_some_and(|closes| closes.split(',').any(|named| named == op))
}

fn named_by_resolutions(state: &RecordState, target: &str) -> BTreeSet<String> {
    resolutions_of(state, target)
        .filter_map(|resolution| resolution.text("closes"))
        .flat_map(|closes| closes.split(',').map(str::to_owned))
        .collect()
}

/// A strike against an edit when neither change knew of the other. Edits later overwritten count
/// too: they were made for a line that somebody else had struck.
fn struck_or_edited(
    history: &History,
    set: &ChangeSet,
    state: &RecordState,
    open: &mut Vec<Conflict>,
) {
    let targets: BTreeSet<&str> =
        state.items("strikes").iter().filter_map(|strike| strike.text("item")).collect();
    for target in targets {
        let Some((collection, id)) = target.split_once('/') else { continue };
        let strikes: Vec<&Item> = standing_strikes(state, target).collect();
        let mut sides: BTreeMap<OpId, Side> = BTreeMap::new();
        for item in state.items(collection).iter().filter(|item| item.id == id) {
            for (field, entries) in history.keys(Container::Made(item.container)) {
                for entry in entries.iter().filter(|entry| set.contains(entry.change)) {
                    let super::expand::Content::Scalar(value) = &entry.content else { continue };
                    for strike in strikes.iter().filter(|strike| {
                        entry.change != item.added_by
                            && history.concurrent(entry.change, strike.added_by)
                            && !resolutions_of(state, target).any(|resolution| {
                                names(resolution, entry.id) && names(resolution, strike.container)
                            })
                    }) {
                        sides.insert(
                            entry.id,
                            Side {
                                op: entry.id,
                                change: entry.change,
                                what: Claim::Edited(field.to_owned(), value.clone()),
                            },
                        );
                        sides.insert(
                            strike.container,
                            Side {
                                op: strike.container,
                                change: strike.added_by,
                                what: Claim::Struck(
                                    strike.text("reason").unwrap_or_default().to_owned(),
                                ),
                            },
                        );
                    }
                }
            }
        }
        settled_differently(history, state, target, &mut sides);
        if !sides.is_empty() {
            open.push(Conflict {
                subject: Subject::StruckOrEdited(target.to_owned()),
                sides: sides.into_values().collect(),
            });
        }
    }
}

/// Two people settled one conflict differently without knowing of each other: open again, with
/// every strike, so that the next resolution decides about all of them.
fn settled_differently(
    history: &History,
    state: &RecordState,
    target: &str,
    sides: &mut BTreeMap<OpId, Side>,
) {
    let standing: Vec<&Item> = standing_resolutions(state, target).collect();
    let contested = standing.iter().any(|one| {
        standing.iter().any(|other| {
            one.text("choice") != other.text("choice")
                && history.concurrent(one.added_by, other.added_by)
        })
    });
    if !contested {
        return;
    }
    for resolution in standing {
        let choice = resolution.text("choice").unwrap_or_default();
        sides.insert(
            resolution.container,
            Side {
                op: resolution.container,
                change: resolution.added_by,
                what: Claim::Value(choice.into()),
            },
        );
    }
    for strike in state.items("strikes").iter().filter(|strike| strike.text("item") == Some(target))
    {
        sides.insert(
            strike.container,
            Side {
                op: strike.container,
                change: strike.added_by,
                what: Claim::Struck(strike.text("reason").unwrap_or_default().to_owned()),
            },
        );
    }
}

fn finalised_twice(history: &History, state: &RecordState, open: &mut Vec<Conflict>) {
    let finalisations = state.items("finalisations");
    let contested = finalisations.iter().enumerate().any(|(at, one)| {
        finalisations[at + 1..].iter().any(|other| history.concurrent(one.added_by, other.added_by))
    });
    if contested {
        let mut sides: Vec<Side> = finalisations
            .iter()
            .map(|item| Side {
                op: item.container,
                change: item.added_by,
                what: Claim::Finalised(
                    item.fields
                        .get("content")
                        .and_then(|register| register.single())
                        .and_then(Value::as_bytes)
                        .unwrap_or_default()
                        .to_vec(),
                ),
            })
            .collect();
        sides.sort_by_key(|side| side.op);
        open.push(Conflict { subject: Subject::Finalised, sides });
    }
}
