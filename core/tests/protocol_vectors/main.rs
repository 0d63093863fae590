//! The test vectors under `docs/protocol/vectors/` against this implementation. Everything that is
//! deterministic is made again and compared byte for byte; recorded signatures are verified; what
//! must be refused is refused under the recorded code.
//!
//! After a deliberate addition: `LASTMILE_UPDATE_VECTORS=1 cargo test -p lastmile-core --test
//! protocol_vectors`. It keeps the recorded signature of every body that did not change, so a
//! vector that someone else already relies on stays as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod approval;
mod certificate;
mod courier;
mod envelope;
mod export;
mod forms;
mod harness;
mod log;
mod pack;
mod token;
mod transition;
mod wiped;
