//! The part of the court's tree that one who only ever saw proofs of it can put together again: every
//! hash that a verified proof named or led to, by the leaves it covers. From them it proves on its own
//! what it was once proved, under the newest checkpoint, without the court.
//!
//! ```text
//! range proof under size 7 ──┐
//! growth from 7 to 12 ───────┼─► hashes of [low, high) ─► prove, prove_growth under size 12
//! growth from 12 to 31 ──────┘
//! ```
//!
//! What a range of leaves hashes to does not depend on the size of the tree (RFC 6962, 2.1), so that
//! proofs under different checkpoints of one log fit together. Nothing is verified here: whoever adds a
//! proof has checked it under a signed checkpoint before.

use std::collections::BTreeMap;

use tlog_tiles::{Hash, node_hash};

use super::tree::{MAX_SIZE, ProofError, follow, prove_with, split};

/// Hashes of ranges of leaves.
#[derive(Debug, Clone, Default)]
pub struct KnownTree {
    nodes: BTreeMap<(u64, u64), Hash>,
}

impl KnownTree {
    /// Adds what a range proof ([`super::tree::prove`]) of these leaves shows of the tree of `size` leaves.
    pub fn learn(
        &mut self,
        leaves: &BTreeMap<u64, [u8; 32]>,
        proof: &[[u8; 32]],
        size: u64,
    ) -> Result<(), ProofError> {
        // Nothing of a proof that does not fit is learnt.
        let mut seen = Vec::new();
        follow(leaves, proof, size, &mut |low, high, hash| seen.push(((low, high), hash)))?;
        self.nodes.extend(seen);
        Ok(())
    }

    /// Adds what a growth proof ([`super::tree::prove_growth`]) shows: that the tree of `size` leaves begins
    /// with that of `before` leaves and root `before_root`.
    pub fn learn_growth(
        &mut self,
        proof: &[[u8; 32]],
        before: u64,
        before_root: &[u8; 32],
        size: u64,
    ) -> Result<(), ProofError> {
        if before > size || size > MAX_SIZE {
            return Err(ProofError::Range);
        }
        let mut rest = proof.iter();
        if before > 0 {
            self.nodes.insert((0, before), Hash(*before_root));
            if before < size {
                self.grow_in(before, 0, size, Some(Hash(*before_root)), &mut rest)?;
            }
        }
        if rest.next().is_some() { Err(ProofError::Length) } else { Ok(()) }
    }

    /// RFC 6962's SUBPROOF, read: `whole` is the old root while the old tree is all of what is looked at.
    fn grow_in(
        &mut self,
        before: u64,
        low: u64,
        high: u64,
        whole: Option<Hash>,
        proof: &mut std::slice::Iter<'_, [u8; 32]>,
    ) -> Result<Hash, ProofError> {
        let hash = if before == high - low {
            match whole {
                Some(hash) => hash,
                None => next(proof)?,
            }
        } else {
            let half = split(high - low);
            let middle = low + half;
            let (left, right) = if before <= half {
                let left = self.grow_in(before, low, middle, whole, proof)?;
                let right = next(proof)?;
                self.nodes.insert((middle, high), right);
                (left, right)
            } else {
                let right = self.grow_in(before - half, middle, high, None, proof)?;
                let left = next(proof)?;
                self.nodes.insert((low, middle), left);
                (left, right)
            };
            node_hash(left, right)
        };
        self.nodes.insert((low, high), hash);
        Ok(hash)
    }

    /// As [`super::tree::prove`]; [`ProofError::Stored`] when no proof that was learnt reaches that far.
    pub fn prove(&self, indices: &[u64], size: u64) -> Result<Vec<[u8; 32]>, ProofError> {
        prove_with(indices, size, &|low, high| self.subtree(low, high))
    }

    /// As [`super::tree::prove_growth`]; [`ProofError::Stored`] when no proof that was learnt reaches that
    /// far.
    pub fn prove_growth(&self, before: u64, size: u64) -> Result<Vec<[u8; 32]>, ProofError> {
        if before > size || size > MAX_SIZE {
            return Err(ProofError::Range);
        }
        let mut out = Vec::new();
        if before > 0 && before < size {
            self.growth_in(before, 0, size, true, &mut out)?;
        }
        Ok(out)
    }

    /// RFC 6962's SUBPROOF.
    fn growth_in(
        &self,
        before: u64,
        low: u64,
        high: u64,
        whole: bool,
        out: &mut Vec<[u8; 32]>,
    ) -> Result<(), ProofError> {
        if before == high - low {
            if !whole {
                out.push(self.subtree(low, high)?.0);
            }
            return Ok(());
        }
        let half = split(high - low);
        let middle = low + half;
        if before <= half {
            self.growth_in(before, low, middle, whole, out)?;
            out.push(self.subtree(middle, high)?.0);
        } else {
            self.growth_in(before - half, middle, high, false, out)?;
            out.push(self.subtree(low, middle)?.0);
        }
        Ok(())
    }

    /// The hash of `low..high`: known itself, or from its halves. Stops where nothing inside is known, so
    /// that a gap is not searched leaf by leaf.
    fn subtree(&self, low: u64, high: u64) -> Result<Hash, ProofError> {
        if let Some(hash) = self.nodes.get(&(low, high)) {
            return Ok(*hash);
        }
        let nothing_inside = self.nodes.range((low, 0)..(high, 0)).next().is_none();
        if high - low == 1 || nothing_inside {
            return Err(ProofError::Stored);
        }
        let middle = low + split(high - low);
        Ok(node_hash(self.subtree(low, middle)?, self.subtree(middle, high)?))
    }
}

fn next(proof: &mut std::slice::Iter<'_, [u8; 32]>) -> Result<Hash, ProofError> {
    proof.next().map(|hash| Hash(*hash)).ok_or(ProofError::Length)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::sha256;
    use crate::log::tree::{MemoryTree, prove, prove_growth, root};

    /// A log of 80 leaves.
    fn log() -> MemoryTree {
        let mut tree = MemoryTree::default();
        for index in 0_u64..80 {
            tree.push(sha256(&index.to_be_bytes())).unwrap();
        }
        tree
    }

    fn leaves(indices: &[u64]) -> BTreeMap<u64, [u8; 32]> {
        indices.iter().map(|index| (*index, sha256(&index.to_be_bytes()))).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        /// A phone that was at the court at some sizes, and was each time proved some leaves and that the log
        /// had only grown, proves all of them under the last size, hash by hash as the court would.
        #[test]
        fn what_was_proved_at_each_contact_is_proved_again_under_the_last(
            sizes in prop::collection::btree_set(1_u64..=80, 1..12),
            picks in prop::collection::vec(prop::collection::btree_set(0_u64..80, 0..6), 12),
        ) {
            let tree = log();
            let mut known = KnownTree::default();
            let (mut held, mut all) = (0, std::collections::BTreeSet::new());
            for (size, picks) in sizes.iter().zip(&picks) {
                let indices: Vec<u64> = picks.iter().copied().filter(|pick| pick < size).collect();
                if !indices.is_empty() {
                    let proof = prove(&indices, *size, &tree).unwrap();
                    known.learn(&leaves(&indices), &proof, *size).unwrap();
                }
                if held > 0 {
                    let proof = prove_growth(held, *size, &tree).unwrap();
                    let before = root(held, &tree).unwrap();
                    known.learn_growth(&proof, held, &before, *size).unwrap();
                }
                all.extend(indices);
                held = *size;
            }
            let all: Vec<u64> = all.into_iter().collect();
            if !all.is_empty() {
                prop_assert_eq!(known.prove(&all, held), prove(&all, held, &tree));
            }
            for size in &sizes {
                prop_assert_eq!(known.prove_growth(*size, held), prove_growth(*size, held, &tree));
            }
        }
    }

    #[test]
    fn what_was_never_proved_is_not_made_up() {
        let tree = log();
        let mut known = KnownTree::default();
        known.learn(&leaves(&[3]), &prove(&[3], 10, &tree).unwrap(), 10).unwrap();
        assert_eq!(known.prove(&[3], 10), prove(&[3], 10, &tree));
        // Without the growth from 10 to 20 there is no way to the larger tree, nor to an unseen leaf's side.
        assert_eq!(known.prove(&[3], 20), Err(ProofError::Stored));
        assert_eq!(known.prove_growth(10, 20), Err(ProofError::Stored));
        assert_eq!(known.prove(&[6], 10), Err(ProofError::Stored));
        assert_eq!(known.prove(&[3], MAX_SIZE), Err(ProofError::Stored));
        assert_eq!(known.prove(&[20], 10), Err(ProofError::Range));
        let growth = prove_growth(10, 20, &tree).unwrap();
        let before = root(10, &tree).unwrap();
        assert_eq!(known.learn_growth(&growth[1..], 10, &before, 20), Err(ProofError::Length));
        assert_eq!(known.learn_growth(&growth, 30, &before, 20), Err(ProofError::Range));
        known.learn_growth(&growth, 10, &before, 20).unwrap();
        assert_eq!(known.prove(&[3], 20), prove(&[3], 20, &tree));
    }
}
