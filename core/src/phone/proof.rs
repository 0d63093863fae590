//! What the store keeps of a verified receipt, and what can be proved with it later: the part of the
//! court's tree that this phone has seen, put together from every proof it kept. Judging receipts is
//! [`super::log`]'s; saying what they prove to somebody else is [`super::export`]'s.

use std::collections::BTreeMap;

use super::PhoneError;
use crate::id::sha256;
use crate::identity::canonical::{CanonicalError, Reader, Writer};
use crate::log::known::KnownTree;
use crate::log::receipt::{ProvedEntry, Receipt};
use crate::log::tree::{MAX_PROOF, ProofError};
use crate::store::{ReadTx, StoreError, WriteTx};

const MAX_LEAVES: u64 = 400_000;

/// The proof of a receipt as the store keeps it: the leaves it covers and its hashes, as
/// `[1, leaves, proof]`.
pub(super) fn kept_proof(
    receipt: &Receipt,
    leaves: &[Vec<ProvedEntry>],
) -> Result<Vec<u8>, ProofError> {
    let mut all: BTreeMap<u64, [u8; 32]> =
        leaves.iter().flatten().map(|entry| (entry.index, entry.leaf)).collect();
    if let Some(opening) = &receipt.opening {
        all.insert(0, opening.leaf()?);
    }
    let mut out = Writer::default();
    out.array(3);
    out.uint(1);
    out.array(all.len() as u64);
    for (index, leaf) in all {
        out.array(2);
        out.uint(index);
        out.bytes(&leaf);
    }
    out.bytes(&receipt.proof.concat());
    Ok(out.into_bytes())
}

type Kept = (BTreeMap<u64, [u8; 32]>, Vec<[u8; 32]>);

fn read_proof(bytes: &[u8]) -> Result<Kept, CanonicalError> {
    let mut input = Reader::new(bytes);
    input.array_of(3)?;
    if input.uint()? != 1 {
        return Err(CanonicalError::Malformed);
    }
    let mut leaves = BTreeMap::new();
    for _ in 0..input.array_up_to(MAX_LEAVES, "leaves")? {
        input.array_of(2)?;
        leaves.insert(input.uint()?, input.fixed("leaf")?);
    }
    let proof = hashes(input.bytes(MAX_PROOF * 32, "proof")?).ok_or(CanonicalError::Malformed)?;
    input.finish()?;
    Ok((leaves, proof))
}

fn hashes(bytes: &[u8]) -> Option<Vec<[u8; 32]>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// What the store keeps with a change: `[1, index in the log, local number of the proof]`.
pub(super) fn receipt_bytes(index: u64, proof: i64) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(3);
    out.uint(1);
    out.uint(index);
    out.int(proof);
    out.into_bytes()
}

/// Everything that this phone was ever proved of a log.
pub(super) fn known_tree(tx: &ReadTx<'_>, origin: &str) -> Result<KnownTree, PhoneError> {
    let damaged = |_| StoreError::damaged("a proof of the log");
    let mut known = KnownTree::default();
    for (size, bytes) in tx.proofs_of(origin)? {
        let (leaves, proof) = read_proof(&bytes).map_err(|_| damaged(ProofError::Stored))?;
        known.learn(&leaves, &proof, size).map_err(damaged)?;
    }
    for row in tx.growths_of(origin)? {
        let proof = hashes(&row.proof).ok_or_else(|| damaged(ProofError::Stored))?;
        known.learn_growth(&proof, row.before_size, &row.before_root, row.size).map_err(damaged)?;
    }
    Ok(known)
}

/// Where a channel's blinding is kept. Settings have short names; channels do not.
pub(super) fn blind_key(channel: &str) -> String {
    let hash = sha256(channel.as_bytes());
    format!("blind {}", data_encoding::HEXLOWER.encode(&hash[..16]))
}

/// Keeps what the receipt proves of earlier checkpoints: the one this phone held, and those that
/// authors named; each up to the log's `newest` leaf.
pub(super) fn keep_growths(
    tx: &WriteTx<'_>,
    (origin, newest): (&str, u64),
    held: Option<(u64, [u8; 32])>,
    receipt: &Receipt,
    checkpoint: i64,
) -> Result<(), PhoneError> {
    // From a size to itself nothing grew, and nothing is proved.
    let earlier = |size: u64| size > 0 && size < newest;
    if let Some((size, root)) = held.filter(|(size, _)| earlier(*size)) {
        tx.put_growth(origin, (size, &root), checkpoint, &receipt.growth.concat())?;
    }
    for named in receipt.named.iter().filter(|named| earlier(named.size)) {
        tx.put_growth(origin, (named.size, &named.root), checkpoint, &named.growth.concat())?;
    }
    Ok(())
}
