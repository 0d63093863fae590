//! Proofs over the Merkle tree (RFC 6962, section 2.1). One kind of proof serves a single entry, the
//! run of a batch and the scattered entries of a case: the hashes of every subtree that holds none of
//! the named leaves, left to right. That a tree only grew is proved as RFC 6962 says.
//!
//! Everything is a function of sizes, hashes and a [`HashReader`]; checking needs no reader.

use std::collections::BTreeMap;

use tlog_tiles::{Hash, HashReader, node_hash, stored_hash_index};

/// Largest tree: far above what a court records, far below where arithmetic could go wrong.
pub const MAX_SIZE: u64 = 1 << 48;
/// Most hashes in one proof.
pub const MAX_PROOF: usize = 65_536;

/// A proof does not hold, or cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Sizes or indices outside the tree.
    #[error("the proof is about leaves outside the tree")]
    Range,
    /// Too few or too many hashes.
    #[error("the proof has another number of hashes than it needs")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The stored tree has gaps.
    #[error("the stored tree is incomplete")]
    Stored,
}

impl ProofError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Range => "proof_range",
            Self::Length => "proof_length",
            Self::Root => "proof_root",
            Self::Stored => "log_tree_damaged",
        }
    }
}

/// Largest power of two below `n`, for `n` > 1.
pub(super) fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Hash of the subtree over leaves `low..high`.
fn subtree(low: u64, high: u64, reader: &impl HashReader) -> Result<Hash, ProofError> {
    let width = high - low;
    if width.is_power_of_two() {
        let level = u8::try_from(width.ilog2()).map_err(|_| ProofError::Range)?;
        let hashes = reader
            .read_hashes(&[stored_hash_index(level, low >> level)])
            .map_err(|_| ProofError::Stored)?;
        return hashes.first().copied().ok_or(ProofError::Stored);
    }
    let middle = low + split(width);
    Ok(node_hash(subtree(low, middle, reader)?, subtree(middle, high, reader)?))
}

/// Root of the tree of `size` leaves.
pub fn root(size: u64, reader: &impl HashReader) -> Result<[u8; 32], ProofError> {
    if size == 0 {
        return Ok(tlog_tiles::EMPTY_HASH.0);
    }
    subtree(0, size, reader).map(|hash| hash.0)
}

/// Proves the leaves `indices` (ascending, without repetition) in the tree of `size` leaves.
pub fn prove(
    indices: &[u64],
    size: u64,
    reader: &impl HashReader,
) -> Result<Vec<[u8; 32]>, ProofError> {
    prove_with(indices, size, &|low, high| subtree(low, high, reader))
}

/// The same from whatever knows the hashes of the subtrees over `low..high`.
pub(super) fn prove_with(
    indices: &[u64],
    size: u64,
    subtree: &dyn Fn(u64, u64) -> Result<Hash, ProofError>,
) -> Result<Vec<[u8; 32]>, ProofError> {
    let ascending = indices.windows(2).all(|pair| pair[0] < pair[1]);
    if size > MAX_SIZE || !ascending || indices.last().is_none_or(|last| *last >= size) {
        return Err(ProofError::Range);
    }
    let mut out = Vec::new();
    prove_in(0, size, indices, subtree, &mut out)?;
    Ok(out)
}

fn prove_in(
    low: u64,
    high: u64,
    indices: &[u64],
    subtree: &dyn Fn(u64, u64) -> Result<Hash, ProofError>,
    out: &mut Vec<[u8; 32]>,
) -> Result<(), ProofError> {
    if indices.is_empty() {
        out.push(subtree(low, high)?.0);
        return Ok(());
    }
    if high - low == 1 {
        return Ok(());
    }
    let middle = low + split(high - low);
    let (left, right) = indices.split_at(indices.partition_point(|index| *index < middle));
    prove_in(low, middle, left, subtree, out)?;
    prove_in(middle, high, right, subtree, out)
}

/// Whether the leaf hashes stand at their indices in the tree of `size` leaves and root `root`. Size and
/// root must come together from one signed checkpoint: a root alone does not tell its size.
pub fn check(
    leaves: &BTreeMap<u64, [u8; 32]>,
    proof: &[[u8; 32]],
    size: u64,
    root: &[u8; 32],
) -> Result<(), ProofError> {
    let found = follow(leaves, proof, size, &mut |_, _, _| {})?;
    if found.0 == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Where a proof of these leaves leads: the root. `seen` is told the hash of every `low..high` on the way.
pub(super) fn follow(
    leaves: &BTreeMap<u64, [u8; 32]>,
    proof: &[[u8; 32]],
    size: u64,
    seen: &mut dyn FnMut(u64, u64, Hash),
) -> Result<Hash, ProofError> {
    let last = leaves.keys().next_back().ok_or(ProofError::Range)?;
    if size > MAX_SIZE || *last >= size {
        return Err(ProofError::Range);
    }
    let leaves: Vec<(u64, Hash)> = leaves.iter().map(|(at, hash)| (*at, Hash(*hash))).collect();
    let mut rest = proof.iter();
    let root = follow_in(0, size, &leaves, &mut rest, seen)?;
    if rest.next().is_some() { Err(ProofError::Length) } else { Ok(root) }
}

/// As deep as the tree is high: 48 at most.
fn follow_in(
    low: u64,
    high: u64,
    leaves: &[(u64, Hash)],
    proof: &mut std::slice::Iter<'_, [u8; 32]>,
    seen: &mut dyn FnMut(u64, u64, Hash),
) -> Result<Hash, ProofError> {
    let hash = match (high - low, leaves) {
        (_, []) => proof.next().map(|hash| Hash(*hash)).ok_or(ProofError::Length)?,
        (1, [(_, hash)]) => *hash,
        (width, _) => {
            let middle = low + split(width);
            let at = leaves.partition_point(|(index, _)| *index < middle);
            let (left, right) = leaves.split_at(at);
            let left = follow_in(low, middle, left, proof, seen)?;
            node_hash(left, follow_in(middle, high, right, proof, seen)?)
        }
    };
    seen(low, high, hash);
    Ok(hash)
}

/// Proves that the tree of `size` leaves begins with the tree of `before` leaves.
pub fn prove_growth(
    before: u64,
    size: u64,
    reader: &impl HashReader,
) -> Result<Vec<[u8; 32]>, ProofError> {
    if before > size || size > MAX_SIZE {
        return Err(ProofError::Range);
    }
    if before == 0 || before == size {
        return Ok(Vec::new());
    }
    let proof = tlog_tiles::prove_tree(size, before, reader).map_err(|_| ProofError::Stored)?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// Whether the tree of `size` leaves and root `root` begins with the tree of `before` leaves and root
/// `before_root`.
pub fn check_growth(
    proof: &[[u8; 32]],
    before: u64,
    before_root: &[u8; 32],
    size: u64,
    root: &[u8; 32],
) -> Result<(), ProofError> {
    if before > size || size > MAX_SIZE {
        return Err(ProofError::Range);
    }
    // RFC 6962 gives an empty proof for the empty tree and for the same tree.
    if before == 0 || before == size {
        let same = before == 0 || before_root == root;
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    if proof.len() > 64 {
        return Err(ProofError::Length);
    }
    let proof = proof.iter().map(|hash| Hash(*hash)).collect();
    tlog_tiles::check_tree(&proof, size, Hash(*root), before, Hash(*before_root))
        .map_err(|_| ProofError::Root)
}

/// A whole tree in memory, for tests and for exports.
#[derive(Debug, Default, Clone)]
pub struct MemoryTree {
    hashes: Vec<Hash>,
    size: u64,
}

impl MemoryTree {
    /// Leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; its index.
    pub fn push(&mut self, leaf: [u8; 32]) -> Result<u64, ProofError> {
        let more = tlog_tiles::stored_hashes_for_record_hash(self.size, Hash(leaf), self)
            .map_err(|_| ProofError::Stored)?;
        self.hashes.extend(more);
        self.size += 1;
        Ok(self.size - 1)
    }
}

impl HashReader for MemoryTree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        indexes
            .iter()
            .map(|index| {
                usize::try_from(*index)
                    .ok()
                    .and_then(|index| self.hashes.get(index).copied())
                    .ok_or(tlog_tiles::Error::IndexesNotInTree)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::sha256;

    fn leaf(index: u64) -> [u8; 32] {
        sha256(&index.to_be_bytes())
    }

    fn tree(size: u64) -> MemoryTree {
        let mut tree = MemoryTree::default();
        for index in 0..size {
            tree.push(leaf(index)).unwrap();
        }
        tree
    }

    #[test]
    fn the_root_is_that_of_rfc_6962() {
        for size in 0..40 {
            let tree = tree(size);
            let theirs = tlog_tiles::tree_hash(size, &tree).unwrap();
            assert_eq!(root(size, &tree).unwrap(), theirs.0, "size {size}");
        }
    }

    #[test]
    fn growth_is_proved_between_all_sizes() {
        let tree = tree(40);
        let roots: Vec<_> = (0..=40).map(|size| root(size, &tree).unwrap()).collect();
        for size in 0..=40_u64 {
            for before in 0..=size {
                let proof = prove_growth(before, size, &tree).unwrap();
                let old = &roots[usize::try_from(before).unwrap()];
                let new = &roots[usize::try_from(size).unwrap()];
                check_growth(&proof, before, old, size, new).unwrap();
                if before > 0 {
                    assert!(check_growth(&proof, before, &[9; 32], size, new).is_err());
                }
                if before > 0 || before == size {
                    let mut longer = proof.clone();
                    longer.push([1; 32]);
                    assert!(check_growth(&longer, before, old, size, new).is_err());
                }
            }
        }
        assert_eq!(check_growth(&[], 2, &[0; 32], 1, &[0; 32]), Err(ProofError::Range));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_set_of_leaves_is_proved_and_no_other(
            size in 1_u64..200,
            picks in prop::collection::btree_set(0_u64..200, 1..20),
            damage in any::<prop::sample::Index>(),
        ) {
            let tree = tree(size);
            let indices: Vec<u64> = picks.into_iter().filter(|pick| *pick < size).collect();
            prop_assume!(!indices.is_empty());
            let root = root(size, &tree).unwrap();
            let proof = prove(&indices, size, &tree).unwrap();
            let leaves: BTreeMap<u64, [u8; 32]> =
                indices.iter().map(|index| (*index, leaf(*index))).collect();
            prop_assert_eq!(check(&leaves, &proof, size, &root), Ok(()));

            let mut other = leaves.clone();
            let at = indices[damage.index(indices.len())];
            other.insert(at, [5; 32]);
            prop_assert_eq!(check(&other, &proof, size, &root), Err(ProofError::Root));
            let mut fewer = leaves.clone();
            fewer.remove(&at);
            prop_assert!(check(&fewer, &proof, size, &root).is_err());
            let mut longer = proof.clone();
            longer.push([1; 32]);
            prop_assert_eq!(check(&leaves, &longer, size, &root), Err(ProofError::Length));
            if !proof.is_empty() {
                prop_assert!(check(&leaves, &proof[1..], size, &root).is_err());
                let mut bent = proof.clone();
                bent[damage.index(proof.len())][0] ^= 1;
                prop_assert_eq!(check(&leaves, &bent, size, &root), Err(ProofError::Root));
            }
        }
    }
}
