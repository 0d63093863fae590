//! The court's transparency log: one append-only Merkle tree over everything its server ever handed to
//! anybody. The server cannot rewrite what a phone has seen in it without being caught by that phone.
//!
//! ```text
//! feeds        case:(2026)粤0605执1101号  1  2  3      station:440605-09  1  2
//!                        │   each entry of every feed is one leaf, in one order
//! leaves       0  1  2  3  4  5  6  7 …          leaf = blinded chain, sequence, previous leaf, what
//! tree              RFC 6962                      proofs: this leaf is in it, it only grew
//! checkpoint   origin, size, root, time           signed note (C2SP), by the court's checkpoint key
//! ```
//!
//! Because a leaf names the one before it in its chain, entries 1 to n of a case can be shown to be
//! all there were at a checkpoint. What was left out after that checkpoint, nobody can show.
//!
//! | file | subject |
//! | --- | --- |
//! | `leaf` | what one leaf commits to; blinding |
//! | `tree` | proofs over sets of leaves, and that a tree only grew |
//! | `known` | the part of the tree that one who saw proofs of it can prove again |
//! | `checkpoint` | the signed statement of size, root and time |
//! | `interval` | what is proven about the time of a change |
//! | `receipt` | what a sync answer proves about the entries it brings |
//!
//! Trees, tiles and notes are those of `tlog_tiles` and `signed_note`. Nothing here stores anything.
//! Format: `docs/protocol/log.cddl`.

pub mod checkpoint;
pub mod interval;
pub mod known;
pub mod leaf;
pub mod receipt;
pub mod tree;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use interval::Interval;
pub use leaf::{Blind, Leaf};
pub use receipt::{Placed, Receipt};
pub use tree::ProofError;
