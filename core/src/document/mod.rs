//! One record, one Automerge document: how outside changes are judged, what a document says at any
//! point of its history, what is contested, how people's wishes become changes.
//!
//! ```text
//! bytes ─► prescan ─► expand ─► accept (verb_check) ─► history ─► state ─► conflict, digest, view
//! wish  ─► intent ─► write ──────┘
//! ```
//!
//! Pure: no clock, no disk, no network, no keys. Signatures are [`crate::envelope`]'s, durability is
//! [`crate::store`]'s.

mod accept;
mod conflict;
mod digest;
mod expand;
mod files;
mod history;
mod intent;
mod prescan;
mod refusal;
mod signature_check;
mod state;
mod verb_check;
mod view;
mod withheld;
mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use automerge::{Automerge, ReadDoc};

pub use accept::{Acceptance, Candidate, MAX_BYTES, MAX_CHANGES, accept};
pub use conflict::{Claim, Conflict, Side, Subject, is_struck};
pub use expand::{Container, Content, ExpandError, Expanded, OpId, Operation, expand};
pub use files::NamedFile;
pub use history::{ChangeSet, History, Node, Provenance};
pub use intent::{Choice, Fields, Intent, NewItem, saw};
pub use prescan::{Limits, PrescanError, prescan};
pub use refusal::{Hold, Refusal, Verdict};
pub use state::{Alternative, Item, RecordState, Register};
pub use verb_check::MAX_REASON;
pub use view::{Finalisation, RecordView, Signature};
pub use withheld::entering;
pub use write::{WriteError, Written, write};

use crate::guard::guarded;
use crate::id::{ChangeHash, Digest, DocumentId};
use crate::records::{Kind, KindSet};

/// A document: Automerge's copy of it, and the index that explains it.
#[derive(Debug, Clone)]
pub struct Document {
    id: DocumentId,
    kind: &'static Kind,
    automerge: Automerge,
    history: History,
    bytes: usize,
}

/// A stored log does not make the document it claims to be: the store is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored changes do not make a document")]
pub struct LogDamaged;

impl Document {
    fn empty(id: DocumentId, kind: &'static Kind) -> Self {
        Self { id, kind, automerge: Automerge::new(), history: History::default(), bytes: 0 }
    }

    /// Rebuilds a document from its accepted changes, in an order in which each follows its
    /// dependencies. `snapshot` saves Automerge's work when it holds exactly those changes; a
    /// snapshot that does not is ignored, for the log is the truth.
    pub fn from_log<'a>(
        kinds: &KindSet,
        id: DocumentId,
        log: impl IntoIterator<Item = (&'a [u8], Provenance)>,
        snapshot: Option<&[u8]>,
    ) -> Result<Self, LogDamaged> {
        let mut history = History::default();
        let mut changes = Vec::new();
        let mut size = 0;
        for (bytes, provenance) in log {
            let change = expand(bytes, Limits::V1).map_err(|_| LogDamaged)?;
            history.push(&change, provenance).map_err(|_| LogDamaged)?;
            size += bytes.len();
            changes.push(change.change);
        }
        let all = history.all();
        let state = RecordState::at(&history, &all);
        let kind = kinds.get(&state.kind).ok_or(LogDamaged)?;
        let heads = history.heads();
        let matches = |automerge: &Automerge| {
            let mut have: Vec<ChangeHash> =
                automerge.get_heads().iter().map(|hash| ChangeHash(hash.0)).collect();
            have.sort_unstable();
            have == heads
        };
        let cached = snapshot
            .and_then(|bytes| guarded(|| Automerge::load(bytes).ok()).ok().flatten())
            .filter(matches);
        let automerge = match cached {
            Some(automerge) => automerge,
            None => guarded(|| {
                let mut automerge = Automerge::new();
                automerge.apply_changes(changes).ok()?;
                Some(automerge)
            })
            .ok()
            .flatten()
            .filter(matches)
            .ok_or(LogDamaged)?,
        };
        Ok(Self { id, kind, automerge, history, bytes: size })
    }

    /// Its id.
    pub fn id(&self) -> DocumentId {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The case it belongs to, a fact of its creating change.
    pub fn case(&self) -> &str {
        let all = self.history.all();
        let standing = self.history.visible(Container::Root, "case", &all);
        match standing.last().map(|entry| &entry.content) {
            Some(Content::Scalar(value)) => value.as_text().unwrap_or_default(),
            _ => "",
        }
    }

    /// Its history.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Automerge's own form of it: a cache, and what other Automerge implementations read.
    pub fn snapshot(&self) -> Vec<u8> {
        self.automerge.save()
    }

    /// The record with everything known about it.
    pub fn view(&self) -> RecordView {
        RecordView::of(self)
    }

    /// The digest by which two copies are judged equal.
    pub fn state_digest(&self) -> Digest {
        let all = self.history.all();
        let state = RecordState::at(&self.history, &all);
        digest::state_digest(self.kind, &self.history, &all, &state)
    }

    /// The document without the changes in `gone` and everything built on them; `None` when nothing
    /// is left.
    pub(crate) fn without(&self, gone: &BTreeSet<ChangeHash>) -> Option<Self> {
        let mut automerge = Automerge::new();
        let mut rest = Self::empty(self.id, self.kind);
        let mut kept: BTreeSet<ChangeHash> = BTreeSet::new();
        for node in self.history.nodes() {
            let stays = !gone.contains(&node.hash)
                && node.dependencies.iter().all(|dependency| kept.contains(dependency));
            let hash = automerge::ChangeHash(node.hash.0);
            let Some(change) = self.automerge.get_change_by_hash(&hash).filter(|_| stays) else {
                continue;
            };
            let expanded = expand(change.raw_bytes(), Limits::V1).ok()?;
            rest.history.push(&expanded, node.provenance.clone()).ok()?;
            rest.bytes += change.raw_bytes().len();
            automerge.apply_changes([change]).ok()?;
            kept.insert(node.hash);
        }
        rest.automerge = automerge;
        (!kept.is_empty()).then_some(rest)
    }
}
