//! A receipt: what one sync answer proves about the entries it brings. Every entry that a phone is told
//! of stands in the log, at the place the receipt names, under the checkpoint it carries; what the
//! phone itself gave comes back as an entry and is thereby acknowledged. What the court keeps waiting
//! (held, in quarantine) stands in a chain of its own, so that the phone may let go of nothing unseen.
//!
//! The receipt names only what the phone cannot compute: where in the log each run of entries begins,
//! and the leaf before the first. One proof covers all of them.

use std::collections::BTreeMap;

use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{Signed, Transition};
use crate::sync::batch::MAX_CHANGES;
use crate::sync::channel::{EntryKind, MAX_NAME};
use crate::sync::request::MAX_CHANNELS;

use super::checkpoint::MAX_NOTE;
use super::leaf::{Blind, Leaf};
use super::tree::{self, MAX_PROOF, ProofError};

/// The chain of what waits for something or somebody before it can enter a record.
pub const WAITING: &str = "waiting";

/// Most runs in one chain's part.
const MAX_RUNS: u64 = 20_000;
/// Most checkpoints of authors that one receipt proves.
pub const MAX_NAMED: u64 = 1_000;
/// Most hashes in a growth proof.
const MAX_GROWTH: usize = 64;

/// Where the entries of one chain stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainPart {
    /// The feed.
    pub channel: String,
    /// Its blinding.
    pub blind: Blind,
    /// Sequence of the first entry.
    pub first: u64,
    /// Hash of the leaf before it.
    pub before: Option<[u8; 32]>,
    /// Runs of entries that stand side by side in the log: index of the first, how many.
    pub runs: Vec<(u64, u64)>,
    /// In the chain [`WAITING`]: the rows of the request that the entries are. Else empty: the entries
    /// are those of the answer's news.
    pub rows: Vec<u64>,
}

/// How a log begins that continues a lost one: its leaf 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The signed [`Transition`] of kind `restore`.
    pub transition: Vec<u8>,
    /// The feed it stands in and its place there.
    pub channel: String,
    /// That feed's blinding.
    pub blind: Blind,
    /// Its sequence.
    pub sequence: u64,
    /// The leaf before it in that chain.
    pub before: Option<[u8; 32]>,
}

impl Opening {
    /// Hash of leaf 0.
    pub fn leaf(&self) -> Result<[u8; 32], ProofError> {
        let signed = Signed::<Transition>::from_bytes(&self.transition);
        let leaf = Leaf {
            chain: self.blind.chain(&self.channel),
            sequence: self.sequence,
            previous: self.before,
            kind: EntryKind::Transition,
            id: signed.map_err(|_| ProofError::Root)?.body_hash(),
        };
        Ok(leaf.hash())
    }
}

/// A checkpoint that an author of the news named in what he signed, and that the log begins with it. With it a
/// phone can show others that what its colleagues saw of the log is the log it saw itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Entries.
    pub size: u64,
    /// Root.
    pub root: [u8; 32],
    /// Proof that the log grew from there to the receipt's checkpoint.
    pub growth: Vec<[u8; 32]>,
}

/// The receipt of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The newest checkpoint, a signed note.
    pub note: Vec<u8>,
    /// Proof that the log grew from the checkpoint the phone named.
    pub growth: Vec<[u8; 32]>,
    /// Leaves that lie in a backup of the court: the first so many.
    pub backed_up_through: u64,
    /// When the phone named the checkpoint of another log.
    pub opening: Option<Opening>,
    /// Where the entries stand.
    pub parts: Vec<ChainPart>,
    /// Proof that they do.
    pub proof: Vec<[u8; 32]>,
    /// Checkpoints that the authors of the entries named, by rising size; those that the phone named in
    /// its question are proved by `growth` already.
    pub named: Vec<Named>,
}

/// Entries of one feed, in order, as the phone knows them from the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The feed.
    pub channel: String,
    /// Sequence of the first.
    pub first: u64,
    /// What they carry.
    pub entries: Vec<(EntryKind, [u8; 32])>,
}

/// Where an entry stands, once proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvedEntry {
    /// Index of its leaf in the log.
    pub index: u64,
    /// Hash of the leaf.
    pub leaf: [u8; 32],
}

impl Receipt {
    /// The leaves of `placed`, which stands in the same order as the receipt's parts: one list per
    /// part. Nothing is proved yet.
    pub fn leaves(&self, placed: &[Placed]) -> Result<Vec<Vec<ProvedEntry>>, ProofError> {
        if placed.len() != self.parts.len() {
            return Err(ProofError::Range);
        }
        self.parts.iter().zip(placed).map(|(part, placed)| leaves_of(part, placed)).collect()
    }

    /// Whether all `leaves` stand in the tree of `size` leaves and root `root`, the opening too.
    pub fn check(
        &self,
        leaves: &[Vec<ProvedEntry>],
        size: u64,
        root: &[u8; 32],
    ) -> Result<(), ProofError> {
        let mut all = BTreeMap::new();
        if let Some(opening) = &self.opening {
            all.insert(0, opening.leaf()?);
        }
        for entry in leaves.iter().flatten() {
            if all.insert(entry.index, entry.leaf).is_some_and(|other| other != entry.leaf) {
                return Err(ProofError::Root);
            }
        }
        if all.is_empty() {
            return if self.proof.is_empty() { Ok(()) } else { Err(ProofError::Length) };
        }
        tree::check(&all, &self.proof, size, root)
    }
}

fn leaves_of(part: &ChainPart, placed: &Placed) -> Result<Vec<ProvedEntry>, ProofError> {
    let fits = part.channel == placed.channel
        && part.first == placed.first
        && (part.first == 1) == part.before.is_none();
    if !fits && !placed.entries.is_empty() {
        return Err(ProofError::Range);
    }
    let chain = part.blind.chain(&part.channel);
    let mut indices = part.runs.iter().flat_map(|(first, length)| {
        let first = *first;
        (0..*length).map(move |step| first.saturating_add(step))
    });
    let mut previous = part.before;
    let mut out = Vec::with_capacity(placed.entries.len());
    for (sequence, (kind, id)) in (part.first..).zip(&placed.entries) {
        let index = indices.next().ok_or(ProofError::Range)?;
        let leaf = Leaf { chain, sequence, previous, kind: *kind, id: *id }.hash();
        previous = Some(leaf);
        out.push(ProvedEntry { index, leaf });
    }
    if indices.next().is_some() {
        return Err(ProofError::Range);
    }
    Ok(out)
}

fn write_hash(out: &mut Writer, hash: [u8; 32]) {
    out.bytes(&hash);
}

fn write_hashes(out: &mut Writer, hashes: &[[u8; 32]]) {
    out.bytes(&hashes.concat());
}

fn read_hashes(
    input: &mut Reader<'_>,
    max: usize,
    field: &'static str,
) -> Result<Vec<[u8; 32]>, CanonicalError> {
    let packed = input.bytes(32 * max, field)?;
    packed
        .chunks(32)
        .map(|hash| hash.try_into().map_err(|_| CanonicalError::Bound { field }))
        .collect()
}

impl Canonical for Receipt {
    const TAG: &'static str = "lastmile-receipt";
    const VERSION: u32 = 2;
    const FIELDS: u64 = 7;
    const MAX_LEN: usize = 4 * 1024 * 1024;

    fn write(&self, out: &mut Writer) {
        out.bytes(&self.note);
        write_hashes(out, &self.growth);
        out.uint(self.backed_up_through);
        out.optional(self.opening.as_ref(), |out, opening| {
            out.array(5);
            out.bytes(&opening.transition);
            out.text(&opening.channel);
            out.bytes(&opening.blind.0);
            out.uint(opening.sequence);
            out.optional(opening.before, write_hash);
        });
        out.array(self.parts.len() as u64);
        for part in &self.parts {
            out.array(6);
            out.text(&part.channel);
            out.bytes(&part.blind.0);
            out.uint(part.first);
            out.optional(part.before, write_hash);
            out.array(part.runs.len() as u64);
            for (first, length) in &part.runs {
                out.array(2);
                out.uint(*first);
                out.uint(*length);
            }
            out.array(part.rows.len() as u64);
            for row in &part.rows {
                out.uint(*row);
            }
        }
        write_hashes(out, &self.proof);
        out.array(self.named.len() as u64);
        for named in &self.named {
            out.array(3);
            out.uint(named.size);
            out.bytes(&named.root);
            write_hashes(out, &named.growth);
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let note = input.bytes(MAX_NOTE, "note")?.to_vec();
        let growth = read_hashes(input, MAX_GROWTH, "growth")?;
        let backed_up_through = input.uint()?;
        let opening = input.optional(|input| {
            input.array_of(5)?;
            Ok(Opening {
                transition: input.bytes(8_192, "transition")?.to_vec(),
                channel: input.text(MAX_NAME, "channel")?.to_owned(),
                blind: Blind(input.fixed("blind")?),
                sequence: input.uint()?,
                before: input.optional(|input| input.fixed("before"))?,
            })
        })?;
        let mut parts = Vec::new();
        for _ in 0..input.array_up_to(2 * MAX_CHANNELS, "parts")? {
            input.array_of(6)?;
            parts.push(ChainPart {
                channel: input.text(MAX_NAME, "channel")?.to_owned(),
                blind: Blind(input.fixed("blind")?),
                first: input.uint()?,
                before: input.optional(|input| input.fixed("before"))?,
                runs: read_runs(input)?,
                rows: {
                    let length = input.array_up_to(MAX_CHANGES, "rows")?;
                    (0..length).map(|_| input.uint()).collect::<Result<_, _>>()?
                },
            });
        }
        let proof = read_hashes(input, MAX_PROOF, "proof")?;
        let named = input.array_up_to(MAX_NAMED, "named")?;
        let named = (0..named).map(|_| {
            input.array_of(3)?;
            Ok(Named {
                size: input.uint()?,
                root: input.fixed("root")?,
                growth: read_hashes(input, MAX_GROWTH, "growth")?,
            })
        });
        let named = named.collect::<Result<_, CanonicalError>>()?;
        Ok(Self { note, growth, backed_up_through, opening, parts, proof, named })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::count(self.backed_up_through, "backed_up_through")?;
        if !self.named.windows(2).all(|pair| pair[0].size <= pair[1].size) {
            return Err(CanonicalError::Bound { field: "named" });
        }
        self.parts.iter().try_for_each(|part| bound::count(part.first, "first"))
    }
}

fn read_runs(input: &mut Reader<'_>) -> Result<Vec<(u64, u64)>, CanonicalError> {
    let mut runs = Vec::new();
    let mut total = 0_u64;
    for _ in 0..input.array_up_to(MAX_RUNS, "runs")? {
        input.array_of(2)?;
        let (first, length) = (input.uint()?, input.uint()?);
        // A short message must not claim endless entries.
        total = total.saturating_add(length);
        if length == 0 || first > tree::MAX_SIZE || total > 200_000 {
            return Err(CanonicalError::Bound { field: "runs" });
        }
        runs.push((first, length));
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::log::tree::{MemoryTree, prove, root};

    /// Two chains that grew in turns; the receipt is for entries 2 and 3 of the first.
    fn example() -> (Receipt, Vec<Placed>, u64, [u8; 32]) {
        let blinds = [Blind([1; 16]), Blind([2; 16])];
        let channels = ["case:a", "case:b"];
        let mut tree = MemoryTree::default();
        let mut last = [None, None];
        let mut indices = [Vec::new(), Vec::new()];
        for (sequence, which) in [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1), (4, 1)] {
            let leaf = Leaf {
                chain: blinds[which].chain(channels[which]),
                sequence,
                previous: last[which],
                kind: EntryKind::Change,
                id: [u8::try_from(sequence).unwrap(); 32],
            }
            .hash();
            indices[which].push((tree.push(leaf).unwrap(), leaf));
            last[which] = Some(leaf);
        }
        let size = tree.size();
        let receipt = Receipt {
            note: vec![1],
            growth: vec![[4; 32]],
            backed_up_through: 2,
            opening: None,
            parts: vec![ChainPart {
                channel: "case:a".to_owned(),
                blind: blinds[0],
                first: 2,
                before: Some(indices[0][0].1),
                runs: vec![(2, 1), (4, 1)],
                rows: Vec::new(),
            }],
            proof: prove(&[2, 4], size, &tree).unwrap(),
            named: vec![Named { size: 2, root: [6; 32], growth: vec![[7; 32]] }],
        };
        let placed = vec![Placed {
            channel: "case:a".to_owned(),
            first: 2,
            entries: vec![(EntryKind::Change, [2; 32]), (EntryKind::Change, [3; 32])],
        }];
        (receipt, placed, size, root(size, &tree).unwrap())
    }

    fn holds(receipt: &Receipt, placed: &[Placed], size: u64, root: &[u8; 32]) -> bool {
        receipt.leaves(placed).and_then(|leaves| receipt.check(&leaves, size, root)).is_ok()
    }

    #[test]
    fn a_receipt_proves_its_entries_and_no_others() {
        let (receipt, placed, size, root) = example();
        assert_eq!(Receipt::decode(&receipt.encode()), Ok(receipt.clone()));
        assert!(holds(&receipt, &placed, size, &root));
        let mut other = placed.clone();
        other[0].entries[1].1 = [9; 32];
        assert!(!holds(&receipt, &other, size, &root), "another change");
        let mut other = placed.clone();
        other[0].entries.swap(0, 1);
        assert!(!holds(&receipt, &other, size, &root), "another order");
        let mut other = placed.clone();
        other[0].entries.pop();
        assert!(!holds(&receipt, &other, size, &root), "one fewer");
        let mut other = placed.clone();
        other[0].channel = "case:b".to_owned();
        assert!(!holds(&receipt, &other, size, &root), "another case");
        let mut bent = receipt.clone();
        bent.parts[0].before = Some([8; 32]);
        assert!(!holds(&bent, &placed, size, &root), "another past");
        let mut bent = receipt.clone();
        bent.parts[0].blind = Blind([5; 16]);
        assert!(!holds(&bent, &placed, size, &root), "another chain");
        let mut bent = receipt.clone();
        bent.parts[0].runs = vec![(2, 2)];
        assert!(!holds(&bent, &placed, size, &root), "another place");
        let mut bent = receipt;
        bent.proof.clear();
        assert!(!holds(&bent, &placed, size, &root), "no proof");
    }

    #[test]
    fn a_short_message_claims_no_endless_run() {
        let (mut receipt, ..) = example();
        receipt.parts[0].runs = vec![(0, u64::MAX)];
        assert!(Receipt::decode(&receipt.encode()).is_err());
    }
}
