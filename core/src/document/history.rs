//! What happened in one document: its changes, who is whose ancestor, and every operation under its
//! key. Built from the log, in memory, by reading each change once.
//!
//! Automerge merges; this index explains. It answers what Automerge does not expose: which values
//! were visible at any set of changes, which change put each of them there, and whether two changes
//! knew of each other. A test holds it against Automerge's own `get_all` (tests in `state.rs`).

use std::collections::{BTreeMap, HashMap};

use super::expand::{Container, Content, Expanded, OpId};
use crate::id::{ActorId, ChangeHash, EnvelopeId};
use crate::records::Role;

/// Who made a change and what the phone said about the moment; from the verified envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The signed envelope.
    pub envelope: EnvelopeId,
    /// Who acted (staff or liaison id).
    pub person: String,
    /// In which roles, by the certificate.
    pub roles: Vec<Role>,
    /// With which verb.
    pub verb: String,
    /// The phone's wall clock, milliseconds since 1970. Evidence, not order.
    pub device_ms: i64,
}

/// A set of changes of one document, by index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeSet(Vec<u64>);

impl ChangeSet {
    /// Whether change number `index` is in the set.
    pub fn contains(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Adds change number `index`.
    pub fn insert(&mut self, index: usize) {
        if self.0.len() <= index / 64 {
            self.0.resize(index / 64 + 1, 0);
        }
        self.0[index / 64] |= 1 << (index % 64);
    }

    /// Adds every change of `other`.
    pub fn union(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// How many changes are in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One change.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who made it, as Automerge knows him.
    pub actor: ActorId,
    /// The actor's how-manieth change of this document, from 1.
    pub sequence: u64,
    /// Counter of its last operation.
    pub max_op: u64,
    /// The changes it was made on.
    pub dependencies: Vec<ChangeHash>,
    /// Everything it knew of, itself included.
    pub past: ChangeSet,
    /// Who, with which verb, when.
    pub provenance: Provenance,
}

/// One operation under its key.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its identity.
    pub id: OpId,
    /// Number of the change it belongs to.
    pub change: usize,
    /// What it put there.
    pub content: Content,
    /// Numbers of the changes that replaced it.
    pub replaced_by: Vec<usize>,
}

impl Entry {
    /// Whether this value stood under its key once exactly the changes of `set` had happened.
    pub fn visible(&self, set: &ChangeSet) -> bool {
        set.contains(self.change) && !self.replaced_by.iter().any(|&by| set.contains(by))
    }
}

/// The index of one document.
#[derive(Debug, Clone, Default)]
pub struct History {
    nodes: Vec<Node>,
    by_hash: HashMap<ChangeHash, usize>,
    /// The numbers of each actor's changes, by sequence.
    by_actor: HashMap<ActorId, BTreeMap<u64, usize>>,
    maps: BTreeMap<Container, BTreeMap<String, Vec<Entry>>>,
    places: HashMap<OpId, (Container, String)>,
}

/// The change does not fit onto this history. Acceptance checks before it adds, so that this means
/// a damaged log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("change does not fit onto the document's history")]
pub struct Misfit;

impl History {
    /// Every change, in an order in which each follows its dependencies.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Number of the change with `hash`.
    pub fn index_of(&self, hash: ChangeHash) -> Option<usize> {
        self.by_hash.get(&hash).copied()
    }

    /// Whether the change with `hash` is here.
    pub fn has(&self, hash: ChangeHash) -> bool {
        self.by_hash.contains_key(&hash)
    }

    /// Whether `actor` has a change with this sequence here.
    pub fn has_sequence(&self, actor: ActorId, sequence: u64) -> bool {
        self.by_actor.get(&actor).is_some_and(|changes| changes.contains_key(&sequence))
    }

    /// The sequence of the last change of `actor` in `set`; 0 when there is none.
    pub fn last_sequence(&self, actor: ActorId, set: &ChangeSet) -> u64 {
        let mut changes = self.by_actor.get(&actor).into_iter().flatten().rev();
        changes.find(|(_, index)| set.contains(**index)).map_or(0, |(sequence, _)| *sequence)
    }

    /// The change with number `index`; numbers come from this history.
    pub fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// All changes.
    pub fn all(&self) -> ChangeSet {
        let mut set = ChangeSet::default();
        for index in 0..self.nodes.len() {
            set.insert(index);
        }
        set
    }

    /// The changes nobody has built on yet, sorted by hash.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: std::collections::BTreeSet<ChangeHash> =
            self.nodes.iter().map(|node| node.hash).collect();
        for node in &self.nodes {
            for dependency in &node.dependencies {
                heads.remove(dependency);
            }
        }
        heads.into_iter().collect()
    }

    /// Those of `hashes` that no other of them has built on, sorted: the heads they stand for. A writer
    /// names its own last change besides, even when others have built on that.
    pub fn foremost(&self, hashes: &[ChangeHash]) -> Vec<ChangeHash> {
        let at = |hash: &ChangeHash| self.index_of(*hash);
        let behind = |hash: &ChangeHash| {
            at(hash).is_some_and(|one| {
                hashes.iter().filter_map(at).any(|other| other != one && self.precedes(one, other))
            })
        };
        let front: std::collections::BTreeSet<ChangeHash> =
            hashes.iter().filter(|hash| !behind(hash)).copied().collect();
        front.into_iter().collect()
    }

    /// Everything that `hashes` know of, themselves included; `None` when one is unknown.
    pub fn past_of(&self, hashes: &[ChangeHash]) -> Option<ChangeSet> {
        let mut set = ChangeSet::default();
        for hash in hashes {
            set.union(&self.nodes.get(self.index_of(*hash)?)?.past);
        }
        Some(set)
    }

    /// Whether change `earlier` is in the past of change `later`.
    pub fn precedes(&self, earlier: usize, later: usize) -> bool {
        self.nodes.get(later).is_some_and(|node| node.past.contains(earlier))
    }

    /// Whether neither change knew of the other.
    pub fn concurrent(&self, one: usize, other: usize) -> bool {
        !self.precedes(one, other) && !self.precedes(other, one)
    }

    /// The entries under `key` of `container`, oldest first.
    pub fn entries(&self, container: Container, key: &str) -> &[Entry] {
        self.maps.get(&container).and_then(|keys| keys.get(key)).map_or(&[], Vec::as_slice)
    }

    /// The keys of `container` with their entries, in key order.
    pub fn keys(&self, container: Container) -> impl Iterator<Item = (&str, &[Entry])> {
        self.maps
            .get(&container)
            .into_iter()
            .flatten()
            .map(|(key, entries)| (key.as_str(), entries.as_slice()))
    }

    /// The entries visible at `set`, sorted by operation id; the last is Automerge's winner.
    pub fn visible(&self, container: Container, key: &str, set: &ChangeSet) -> Vec<&Entry> {
        visible_of(self.entries(container, key), set)
    }

    /// The single map visible under `key`, for containers that come with the creating change.
    pub fn map_at(&self, container: Container, key: &str, set: &ChangeSet) -> Option<Container> {
        let visible = self.visible(container, key, set);
        let entry = visible.last()?;
        (entry.content == Content::Map).then_some(Container::Made(entry.id))
    }

    /// Where the map made by `made` hangs: its parent and key.
    pub fn place_of(&self, made: OpId) -> Option<(Container, &str)> {
        self.places.get(&made).map(|(parent, key)| (*parent, key.as_str()))
    }

    /// The greatest operation counter in `set`.
    pub fn max_op(&self, set: &ChangeSet) -> u64 {
        self.indexed(set).map(|(_, node)| node.max_op).max().unwrap_or(0)
    }

    /// The changes of `set` with their numbers.
    pub fn indexed<'a>(&'a self, set: &'a ChangeSet) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes.iter().enumerate().filter(|(index, _)| set.contains(*index))
    }

    /// Adds a change whose dependencies are all here.
    pub fn push(&mut self, change: &Expanded, provenance: Provenance) -> Result<usize, Misfit> {
        let index = self.nodes.len();
        if self.by_hash.contains_key(&change.hash) {
            return Err(Misfit);
        }
        let mut past = self.past_of(&change.dependencies).ok_or(Misfit)?;
        past.insert(index);
        for operation in &change.operations {
            let entries = self
                .maps
                .entry(operation.container)
                .or_default()
                .entry(operation.key.clone())
                .or_default();
            for entry in entries.iter_mut() {
                if operation.replaces.binary_search(&entry.id).is_ok() {
                    entry.replaced_by.push(index);
                }
            }
            if operation.content == Content::Map {
                self.places.insert(operation.id, (operation.container, operation.key.clone()));
            }
            entries.push(Entry {
                id: operation.id,
                change: index,
                content: operation.content.clone(),
                replaced_by: Vec::new(),
            });
        }
        self.by_hash.insert(change.hash, index);
        self.by_actor.entry(change.actor).or_default().insert(change.sequence, index);
        self.nodes.push(Node {
            hash: change.hash,
            actor: change.actor,
            sequence: change.sequence,
            max_op: change.max_op(),
            dependencies: change.dependencies.clone(),
            past,
            provenance,
        });
        Ok(index)
    }
}

/// The entries of one key visible at `set`, sorted by operation id.
pub(super) fn visible_of<'a>(entries: &'a [Entry], set: &ChangeSet) -> Vec<&'a Entry> {
    let mut visible: Vec<&Entry> = entries.iter().filter(|entry| entry.visible(set)).collect();
    visible.sort_unstable_by_key(|entry| entry.id);
    visible
}
