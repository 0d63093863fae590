//! One case in one file, for somebody who trusts neither the phone's owner nor the court's server: what
//! was recorded, by whom, in which order, when, and that nothing was changed, or left out before the last entry
//! shown, in the court's log under a checkpoint. Checked offline, from the court's root alone.
//!
//! ```text
//! case feed ─┐                                        ┌─► container: summary.html, certificates,
//! directory ─┼─► edition: what is withheld ─► build ──┤   chains, proofs, photos/…, manifest
//! log, keys ─┘                                        └─► signed by the exporting server or person
//! file ─► verify: container ─► manifest ─► parts ─► examine ─► report
//! ```
//!
//! | file | subject |
//! | --- | --- |
//! | `container` | a ZIP archive in exactly one form |
//! | `manifest` | the signed list of parts |
//! | `chain`, `proof` | the signed history and the proofs that it stands in the log |
//! | `edition` | what the other side may not see |
//! | `build` | from the feeds of a case to a file |
//! | `examine` | certificates, log, decisions, records |
//! | `verify` | a whole file |
//! | `finding`, `report` | what there is to say about one |
//! | `summary` | the same for people, as a page in the file |
//!
//! Format: `docs/protocol/export.cddl`. The program around it is the crate `lastmile-verify`.

pub mod build;
pub mod chain;
pub mod container;
pub mod edition;
pub mod examine;
pub mod finding;
pub mod manifest;
pub mod proof;
pub mod report;
pub mod summary;
pub mod verify;

pub use build::{Draft, ExportError, build};
pub use finding::{Fault, Limit};
pub use manifest::{Edition, Manifest};
pub use report::Report;
pub use verify::{Unusable, verify};

/// The photo's part.
pub fn photo_part(hash: crate::id::BlobHash) -> String {
    format!("photos/{}", hash.to_hex())
}

/// Name and version of this program, as manifests carry it.
pub const PROGRAM: &str = concat!("lastmile ", env!("CARGO_PKG_VERSION"));
