//! The signed envelope of a change: who wrote it, under which verb, in which order of this device,
//! and when the device believed it was. Every change travels, is stored and is exported with its
//! envelope; the bytes that were signed are the bytes that are kept.
//!
//! ```text
//! Body ──► Draft ──► (signing queue) ──► Envelope + change bytes
//!                                             │ stored, sent, received
//!                              UnverifiedChange ──► VerifiedChange ──► acceptance
//! ```
//!
//! What does not live here: whether the author was *allowed* to ([`crate::document`]), and the order
//! in which things become truth ([`crate::sync`]). Format: `docs/protocol/envelope.cddl`.

mod body;
mod change;
mod draft;
mod raw_change;
#[cfg(test)]
mod tests;

pub use body::{Body, CheckpointRef};
pub use change::{EnvelopeError, RawChange, UnverifiedChange, VerifiedChange, purpose_of};
pub use draft::Draft;
pub use raw_change::{MAX_CHANGE_LEN, NotRawChange, change_hash};

/// A signed body, not verified.
pub type Envelope = crate::identity::Signed<Body>;
