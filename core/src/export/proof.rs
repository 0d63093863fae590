//! The proofs: signed checkpoints of the court's log, that each is the beginning of the last one, that the
//! checkpoints which authors named in what they signed are too, and that the entries of the chains stand in it.

use std::collections::BTreeSet;

use crate::id::EnvelopeId;
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::log::Blind;
use crate::log::checkpoint::MAX_NOTE;
use crate::log::tree::MAX_PROOF;

use super::chain::{Chains, MAX_PART};

/// Name of the part.
pub const PROOFS: &str = "proofs.cbor";

const MAX_CHECKPOINTS: u64 = 100_000;
const MAX_GROUPS: u64 = 100_000;
const MAX_GROWTH: usize = 64;
const MAX_WAITED: u64 = 10_000;

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grown {
    /// The note.
    pub note: Vec<u8>,
    /// Proof that the last checkpoint's tree begins with this one's; empty for the last.
    pub growth: Vec<[u8; 32]>,
}

/// A size that authors named, and of which the file has no signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Entries. The root is the one that the authors signed.
    pub size: u64,
    /// Proof that the last checkpoint's tree begins with that one.
    pub growth: Vec<[u8; 32]>,
}

/// That the court had a change before it entered the case: its leaf among what waits
/// ([`crate::log::receipt::WAITING`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// The change.
    pub envelope: EnvelopeId,
    /// Where that leaf stands in the log.
    pub index: u64,
    /// Blinding of the feed of what waits.
    pub blind: Blind,
    /// Number of the entry in that feed.
    pub sequence: u64,
    /// Leaf hash of the entry before it.
    pub previous: Option<[u8; 32]>,
    /// That it stands in the last checkpoint's tree.
    pub proof: Vec<[u8; 32]>,
}

/// Entries `first` to `last` of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Number of the chain in the file, from 0.
    pub chain: u64,
    /// Sequence of the first entry.
    pub first: u64,
    /// Sequence of the last entry, included.
    pub last: u64,
}

/// Entries that one proof covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Number of the checkpoint, from 0.
    pub checkpoint: u64,
    /// Which entries.
    pub ranges: Vec<Range>,
    /// That they stand in that checkpoint's tree ([`crate::log::tree::check`]).
    pub proof: Vec<[u8; 32]>,
}

/// Most entries that the writers put under one proof: its hashes then stay below what a proof may have, in a
/// log of whatever size.
pub const GROUP: usize = 1_500;

/// One proof for each [`GROUP`] entries of each chain, under checkpoint number `checkpoint`; `prove` proves
/// ascending places in its tree.
pub fn groups<E>(
    chains: &Chains,
    checkpoint: u64,
    mut prove: impl FnMut(&[u64]) -> Result<Vec<[u8; 32]>, E>,
) -> Result<Vec<Group>, E> {
    let mut groups = Vec::new();
    for (number, chain) in (0..).zip(&chains.0) {
        let mut first = 1;
        for entries in chain.entries.chunks(GROUP) {
            let last = first + entries.len() as u64 - 1;
            let places: BTreeSet<u64> = entries.iter().map(|entry| entry.index).collect();
            let proof = prove(&places.into_iter().collect::<Vec<_>>())?;
            groups.push(Group {
                checkpoint,
                ranges: vec![Range { chain: number, first, last }],
                proof,
            });
            first = last + 1;
        }
    }
    Ok(groups)
}

/// The part [`PROOFS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proofs {
    /// Checkpoints, by rising size.
    pub checkpoints: Vec<Grown>,
    /// What authors named besides, by rising size.
    pub held: Vec<Held>,
    /// Signed checkpoints, named by authors, of logs that this one continues.
    pub older: Vec<Vec<u8>>,
    /// Changes that had waited at the court before their author was withdrawn.
    pub waited: Vec<Waited>,
    /// That the entries are in them.
    pub groups: Vec<Group>,
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
    let hashes = packed.chunks(32).map(|hash| hash.try_into());
    hashes.collect::<Result<_, _>>().map_err(|_| CanonicalError::Bound { field })
}

impl Canonical for Proofs {
    const TAG: &'static str = "lastmile-export-proofs";
    const VERSION: u32 = 2;
    const FIELDS: u64 = 5;
    const MAX_LEN: usize = MAX_PART;

    fn write(&self, out: &mut Writer) {
        out.array(self.checkpoints.len() as u64);
        for checkpoint in &self.checkpoints {
            out.array(2);
            out.bytes(&checkpoint.note);
            write_hashes(out, &checkpoint.growth);
        }
        out.array(self.held.len() as u64);
        for held in &self.held {
            out.array(2);
            out.uint(held.size);
            write_hashes(out, &held.growth);
        }
        out.array(self.older.len() as u64);
        for note in &self.older {
            out.bytes(note);
        }
        out.array(self.waited.len() as u64);
        for waited in &self.waited {
            out.array(6);
            out.bytes(&waited.envelope.0);
            out.uint(waited.index);
            out.bytes(&waited.blind.0);
            out.uint(waited.sequence);
            out.optional(waited.previous, |out, leaf| out.bytes(&leaf));
            write_hashes(out, &waited.proof);
        }
        out.array(self.groups.len() as u64);
        for group in &self.groups {
            out.array(3);
            out.uint(group.checkpoint);
            out.array(group.ranges.len() as u64);
            for range in &group.ranges {
                out.array(3);
                out.uint(range.chain);
                out.uint(range.first);
                out.uint(range.last);
            }
            write_hashes(out, &group.proof);
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let length = input.array_up_to(MAX_CHECKPOINTS, "checkpoints")?;
        let checkpoints = (0..length).map(|_| {
            input.array_of(2)?;
            let note = input.bytes(MAX_NOTE, "note")?.to_vec();
            Ok(Grown { note, growth: read_hashes(input, MAX_GROWTH, "growth")? })
        });
        let checkpoints = checkpoints.collect::<Result<_, CanonicalError>>()?;
        let length = input.array_up_to(MAX_CHECKPOINTS, "held")?;
        let held = (0..length).map(|_| {
            input.array_of(2)?;
            let size = input.uint()?;
            Ok(Held { size, growth: read_hashes(input, MAX_GROWTH, "growth")? })
        });
        let held = held.collect::<Result<_, CanonicalError>>()?;
        let length = input.array_up_to(MAX_CHECKPOINTS, "older")?;
        let older = (0..length)
            .map(|_| input.bytes(MAX_NOTE, "note").map(<[u8]>::to_vec))
            .collect::<Result<_, _>>()?;
        let length = input.array_up_to(MAX_WAITED, "waited")?;
        let waited = (0..length).map(|_| {
            input.array_of(6)?;
            Ok(Waited {
                envelope: EnvelopeId(input.fixed("envelope")?),
                index: input.uint()?,
                blind: Blind(input.fixed("blind")?),
                sequence: input.uint()?,
                previous: input.optional(|input| input.fixed("previous"))?,
                proof: read_hashes(input, MAX_GROWTH, "proof")?,
            })
        });
        let waited = waited.collect::<Result<_, CanonicalError>>()?;
        let length = input.array_up_to(MAX_GROUPS, "groups")?;
        let groups = (0..length).map(|_| {
            input.array_of(3)?;
            let checkpoint = input.uint()?;
            let ranges = input.array_up_to(MAX_GROUPS, "ranges")?;
            let ranges = (0..ranges).map(|_| {
                input.array_of(3)?;
                Ok(Range { chain: input.uint()?, first: input.uint()?, last: input.uint()? })
            });
            let ranges = ranges.collect::<Result<_, CanonicalError>>()?;
            Ok(Group { checkpoint, ranges, proof: read_hashes(input, MAX_PROOF, "proof")? })
        });
        Ok(Self {
            checkpoints,
            held,
            older,
            waited,
            groups: groups.collect::<Result<_, CanonicalError>>()?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        let mut pairs = self.held.iter().zip(self.held.iter().skip(1));
        if pairs.any(|(one, next)| one.size >= next.size) {
            return Err(CanonicalError::Bound { field: "held" });
        }
        self.waited.iter().try_for_each(|waited| {
            bound::count(waited.index, "index")?;
            bound::count(waited.sequence, "sequence")
        })
    }
}
