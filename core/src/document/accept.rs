//! Acceptance: the one gate through which changes enter a document, on phone and server alike, for
//! own changes and outside ones. The order of the steps is the order of their cost, so that hostile
//! bytes are refused cheaply:
//!
//! 1. raw bounds and checksum ([`super::prescan`]), then parse ([`super::expand`]);
//! 2. header: document, hash, actor, sequence, dependencies known, numbering;
//! 3. authority: kind, verb, role, capacity;
//! 4. the verb's own check ([`super::verb_check`]);
//! 5. once for the whole batch: apply to a copy behind [`crate::guard`], compare the bytes Automerge
//!    gives back with the signed ones, save and load. On failure the batch is taken one by one.
//!
//! Signatures are checked before ([`crate::envelope`]); membership and revocation after, because a
//! verdict here is a pure function of the change and its ancestors.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use automerge::{Automerge, ReadDoc};

use super::Document;
use super::expand::{Container, Expanded, expand};
use super::history::{ChangeSet, History, Provenance};
use super::prescan::Limits;
use super::refusal::{Hold, Refusal, Verdict};
use super::state::RecordState;
use super::verb_check::{Right, Scene};
use crate::guard::guarded;
use crate::id::{ActorId, ChangeHash, DocumentId};
use crate::records::{Action, Capacity, Kind, KindSet, Verb};

/// Changes a document may have.
pub const MAX_CHANGES: usize = 5_000;
/// Bytes of all changes a document may have.
pub const MAX_BYTES: usize = 262_144;

/// A change whose signature was verified, waiting for its verdict.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The document the envelope names.
    pub document: DocumentId,
    /// The change hash the envelope names.
    pub hash: ChangeHash,
    /// The actor derived from certificate, epoch and generation.
    pub actor: ActorId,
    /// Schema version the author's app followed.
    pub schema: u32,
    /// Who, with which verb, when.
    pub provenance: Provenance,
    /// The signed change.
    pub bytes: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Acceptance {
    /// The document after it; `None` when it did not exist and still does not.
    pub document: Option<Document>,
    /// One verdict per candidate, in the order given.
    pub verdicts: Vec<Verdict>,
}

/// Judges `candidates`, all of one document, in causal order whatever order they came in. Each is
/// read once: a batch costs its size and its dependencies, however an attacker orders it.
pub fn accept(kinds: &KindSet, document: Option<Document>, candidates: &[Candidate]) -> Acceptance {
    let mut batch = Batch { kinds, document, staged: Vec::new() };
    let (mut queue, mut changes) = Queue::of(batch.document.as_ref(), candidates);
    let mut verdicts: Vec<Option<Verdict>> = vec![None; candidates.len()];
    while let Some(at) = queue.next() {
        let verdict = batch.judge(at, &candidates[at], changes[at].take());
        if verdict == Verdict::Accepted {
            queue.arrived(candidates[at].hash);
        }
        verdicts[at] = Some(verdict);
    }
    batch.judge_waiting(queue, candidates, &mut verdicts);
    let mut verdicts: Vec<Verdict> = verdicts
        .into_iter()
        .map(|verdict| verdict.unwrap_or(Verdict::Held(Hold::MissingDependency)))
        .collect();
    let document = batch.commit(candidates, &mut verdicts);
    Acceptance { document, verdicts }
}

/// A candidate, read; `None` when the document has it already and nobody needs to read it.
type Read = Option<Result<Expanded, Refusal>>;

/// Which candidate is judged next: Kahn's algorithm over the dependencies inside the batch. Among
/// those that can be judged, the order is that of scanning the batch from its start again and again.
struct Queue {
    /// Scan and number of each candidate whose dependencies are all here, the earliest first.
    ready: BinaryHeap<Reverse<(usize, usize)>>,
    /// Who waits for a change, once for each time he names it.
    waiting: HashMap<ChangeHash, Vec<usize>>,
    /// How many dependencies each candidate still waits for.
    missing: Vec<usize>,
    /// Scan and number of the candidate judged last.
    last: (usize, usize),
}

impl Queue {
    /// Reads each candidate and notes what it waits for.
    fn of(document: Option<&Document>, candidates: &[Candidate]) -> (Self, Vec<Read>) {
        let here = |hash| document.is_some_and(|document| document.history.has(hash));
        let mut queue = Self {
            ready: BinaryHeap::new(),
            waiting: HashMap::new(),
            missing: vec![0; candidates.len()],
            last: (0, 0),
        };
        let mut changes: Vec<Read> = Vec::with_capacity(candidates.len());
        for (at, candidate) in candidates.iter().enumerate() {
            let change = (!here(candidate.hash))
                .then(|| expand(&candidate.bytes, Limits::V1).map_err(Refusal::from));
            if let Some(Ok(change)) = &change {
                for &dependency in change.dependencies.iter().filter(|&&hash| !here(hash)) {
                    queue.waiting.entry(dependency).or_default().push(at);
                    queue.missing[at] += 1;
                }
            }
            if queue.missing[at] == 0 {
                queue.ready.push(Reverse((0, at)));
            }
            changes.push(change);
        }
        (queue, changes)
    }

    fn next(&mut self) -> Option<usize> {
        let Reverse(next) = self.ready.pop()?;
        self.last = next;
        Some(next.1)
    }

    /// Readies those who waited for nothing else. One that the current scan has passed is for the
    /// next scan.
    fn arrived(&mut self, hash: ChangeHash) {
        let (scan, last) = self.last;
        for at in self.waiting.remove(&hash).unwrap_or_default() {
            self.missing[at] -= 1;
            if self.missing[at] == 0 {
                self.ready.push(Reverse((scan + usize::from(at < last), at)));
            }
        }
    }
}

struct Batch<'a> {
    kinds: &'a KindSet,
    /// With the history of the staged changes already in, Automerge still without them.
    document: Option<Document>,
    /// What was accepted, with the number of its candidate.
    staged: Vec<(usize, Expanded)>,
}

impl Batch<'_> {
    fn has(&self, hash: ChangeHash) -> bool {
        self.document.as_ref().is_some_and(|document| document.history.has(hash))
    }

    /// The verdict on candidate number `at`, whose dependencies are here.
    fn judge(&mut self, at: usize, candidate: &Candidate, change: Read) -> Verdict {
        if self.has(candidate.hash) {
            return Verdict::Known;
        }
        let change = match change {
            Some(Ok(change)) => change,
            Some(Err(refusal)) => return Verdict::Rejected(refusal),
            None => return Verdict::Known,
        };
        let past = match &self.document {
            Some(document) => document.history.past_of(&change.dependencies),
            None => change.dependencies.is_empty().then(ChangeSet::default),
        };
        let Some(past) = past else { return Verdict::Held(Hold::MissingDependency) };
        match self.admit(at, candidate, change, &past) {
            Ok(()) => Verdict::Accepted,
            Err(verdict) => verdict,
        }
    }

    /// The verdicts on those whose dependencies did not all come: refused is what was made on a
    /// refused change, and what was made on that. Nobody waits for a hash that is in the document,
    /// whatever else came under its name.
    fn judge_waiting(
        &self,
        mut queue: Queue,
        candidates: &[Candidate],
        verdicts: &mut [Option<Verdict>],
    ) {
        let mut refused: Vec<ChangeHash> = Vec::new();
        for (candidate, slot) in candidates.iter().zip(verdicts.iter_mut()) {
            match slot {
                None if self.has(candidate.hash) => *slot = Some(Verdict::Known),
                Some(Verdict::Rejected(_)) => refused.push(candidate.hash),
                _ => {}
            }
        }
        while let Some(hash) = refused.pop() {
            for at in queue.waiting.remove(&hash).unwrap_or_default() {
                if verdicts[at].is_none() {
                    verdicts[at] = Some(Verdict::Rejected(Refusal::DependsOnRefused));
                    refused.push(candidates[at].hash);
                }
            }
        }
    }

    fn admit(
        &mut self,
        at: usize,
        candidate: &Candidate,
        change: Expanded,
        past: &ChangeSet,
    ) -> Result<(), Verdict> {
        check_header(self.document.as_ref(), candidate, &change, past)
            .map_err(Verdict::Rejected)?;
        let kind = match &self.document {
            Some(document) => document.kind,
            None => creating_kind(self.kinds, candidate, &change)?,
        };
        let empty = History::default();
        let history = self.document.as_ref().map_or(&empty, |document| &document.history);
        check_authority(kind, history, past, candidate, &change)?;
        let document =
            self.document.get_or_insert_with(|| Document::empty(candidate.document, kind));
        document
            .history
            .push(&change, candidate.provenance.clone())
            .map_err(|_| Verdict::Rejected(Refusal::Malformed))?;
        document.bytes += candidate.bytes.len();
        self.staged.push((at, change));
        Ok(())
    }

    /// Applies what was staged; on failure takes the changes one by one on the untouched document.
    fn commit(self, candidates: &[Candidate], verdicts: &mut [Verdict]) -> Option<Document> {
        let mut document = self.document?;
        if self.staged.is_empty() {
            return (!document.history.nodes().is_empty()).then_some(document);
        }
        if let Some(merged) = merge(&document.automerge, &self.staged) {
            document.automerge = merged;
            return Some(document);
        }
        one_by_one(self.kinds, &document, &self.staged, candidates, verdicts)
    }
}

/// The slow way: rebuilds the history without the staged changes and takes each on its own.
fn one_by_one(
    kinds: &KindSet,
    document: &Document,
    staged: &[(usize, Expanded)],
    candidates: &[Candidate],
    verdicts: &mut [Verdict],
) -> Option<Document> {
    let new: BTreeSet<ChangeHash> = staged.iter().map(|(_, change)| change.hash).collect();
    let mut current = document.without(&new);
    for (at, change) in staged {
        let mut single = Batch { kinds, document: current, staged: Vec::new() };
        let before = single.document.clone();
        let verdict = match single.judge(*at, &candidates[*at], Some(Ok(change.clone()))) {
            Verdict::Held(Hold::MissingDependency) => Verdict::Rejected(Refusal::DependsOnRefused),
            verdict => verdict,
        };
        let merged = match (&verdict, single.document.as_ref()) {
            (Verdict::Accepted, Some(document)) => merge(&document.automerge, &single.staged),
            _ => None,
        };
        current = match (merged, single.document) {
            (Some(merged), Some(mut document)) => {
                document.automerge = merged;
                Some(document)
            }
            _ => before,
        };
        verdicts[*at] = match verdict {
            Verdict::Accepted
                if current.as_ref().is_some_and(|document| document.history.has(change.hash)) =>
            {
                Verdict::Accepted
            }
            Verdict::Accepted => Verdict::Rejected(Refusal::Unloadable),
            other => other,
        };
    }
    current.filter(|document| !document.history.nodes().is_empty())
}

/// Applies `changes` to a copy and returns it when nothing was lost or altered on the way.
fn merge(automerge: &Automerge, changes: &[(usize, Expanded)]) -> Option<Automerge> {
    guarded(|| {
        let mut merged = automerge.clone();
        merged.apply_changes(changes.iter().map(|(_, change)| change.change.clone())).ok()?;
        for (_, change) in changes {
            let stored = merged.get_change_by_hash(&change.change.hash())?;
            if stored.raw_bytes() != change.change.raw_bytes() {
                return None;
            }
        }
        let reloaded = Automerge::load(&merged.save_nocompress()).ok()?;
        (reloaded.get_heads() == merged.get_heads()).then_some(merged)
    })
    .ok()
    .flatten()
}

fn check_header(
    document: Option<&Document>,
    candidate: &Candidate,
    change: &Expanded,
    past: &ChangeSet,
) -> Result<(), Refusal> {
    if change.hash != candidate.hash {
        return Err(Refusal::WrongHash);
    }
    if change.actor != candidate.actor {
        return Err(Refusal::WrongActor);
    }
    let creates = change.dependencies.is_empty();
    let own =
        if creates { DocumentId::of_creating_change(change.hash) } else { candidate.document };
    let Some(document) = document else {
        // A first change that is not the document's creating change has no document to belong to.
        return if own != candidate.document {
            Err(Refusal::WrongDocument)
        } else if change.sequence == 1 && change.start_op == 1 {
            Ok(())
        } else {
            Err(Refusal::OutOfSequence)
        };
    };
    if document.id != candidate.document {
        return Err(Refusal::WrongDocument);
    }
    if creates {
        return Err(Refusal::SecondRoot);
    }
    if document.history.nodes().len() >= MAX_CHANGES
        || document.bytes + candidate.bytes.len() > MAX_BYTES
    {
        return Err(Refusal::DocumentFull);
    }
    if document.history.has_sequence(change.actor, change.sequence) {
        return Err(Refusal::Twin);
    }
    let last = document.history.last_sequence(change.actor, past);
    if change.sequence != last + 1 {
        return Err(Refusal::OutOfSequence);
    }
    if change.start_op != document.history.max_op(past) + 1 {
        return Err(Refusal::WrongStart);
    }
    Ok(())
}

/// The kind that a creating change names.
fn creating_kind(
    kinds: &KindSet,
    candidate: &Candidate,
    change: &Expanded,
) -> Result<&'static Kind, Verdict> {
    let name = change
        .operations
        .iter()
        .filter(|operation| operation.container == Container::Root && operation.key == "kind")
        .find_map(|operation| match &operation.content {
            super::expand::Content::Scalar(value) => value.as_text(),
            super::expand::Content::Map => None,
        })
        .ok_or(Verdict::Rejected(Refusal::OutsideVerb))?;
    if DocumentId::of_creating_change(change.hash) != candidate.document {
        return Err(Verdict::Rejected(Refusal::WrongDocument));
    }
    kinds.get(name).ok_or(Verdict::Held(Hold::UnknownKind))
}

fn check_authority(
    kind: &'static Kind,
    history: &History,
    past: &ChangeSet,
    candidate: &Candidate,
    change: &Expanded,
) -> Result<(), Verdict> {
    let newer = candidate.schema > kind.schema;
    let verb: &'static Verb =
        kind.verb(&candidate.provenance.verb).ok_or(Verdict::Held(Hold::UnknownVerb))?;
    let creates = matches!(verb.action, Action::Create);
    if creates != change.dependencies.is_empty() {
        return Err(Verdict::Rejected(Refusal::OutsideVerb));
    }
    let right = right_to(kind, verb, history, past, &candidate.provenance)?;
    if finalised_before(history, past) && !attests(kind, verb) {
        return Err(Verdict::Rejected(Refusal::Finalised));
    }
    let Provenance { roles, person, .. } = &candidate.provenance;
    let scene = Scene { kind, verb, right, roles, person, history, past, change };
    scene.check().map_err(|refusal| match refusal {
        // A later schema may allow what this one does not know: keep it, do not judge it.
        _ if newer => Verdict::Held(Hold::NewerSchema),
        refusal => Verdict::Rejected(refusal),
    })
}

/// By which right the author uses the verb: by role and capacity; else, when it settles, by that of
/// some field of the kind. Which field is the verb's own check.
fn right_to(
    kind: &Kind,
    verb: &Verb,
    history: &History,
    past: &ChangeSet,
    author: &Provenance,
) -> Result<Right, Verdict> {
    let acts = || RecordState::at(history, past).handler == author.person;
    let refusal = if !verb.roles.iter().any(|role| author.roles.contains(role)) {
        Refusal::NotAllowed
    } else if verb.capacity == Capacity::Handler && verb.action != Action::Create && !acts() {
        Refusal::NotHandler
    } else {
        return Ok(Right::Verb);
    };
    let settles = verb.action == Action::Resolve
        && kind.fields().any(|field| field.settlers.iter().any(|role| author.roles.contains(role)));
    if settles { Ok(Right::Field) } else { Err(Verdict::Rejected(refusal)) }
}

/// Whether a finalisation is among the changes of `past`.
fn finalised_before(history: &History, past: &ChangeSet) -> bool {
    history.map_at(Container::Root, "finalisations", past).is_some_and(|shelf| {
        history
            .keys(shelf)
            .any(|(_, entries)| entries.iter().any(|entry| past.contains(entry.change)))
    })
}

/// Countersigning and delivering are all that may follow a finalisation.
fn attests(kind: &Kind, verb: &Verb) -> bool {
    match verb.action {
        Action::Add(name) => kind.collection(name).is_some_and(|collection| collection.attestation),
        _ => false,
    }
}
