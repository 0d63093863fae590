//! Who signed, and may be believed: keys, certificates, the directory of a court, and the types that
//! keep verified and unverified apart. What people may *do* is judged elsewhere
//! ([`crate::document`]); here is only settled *who* they are.
//!
//! Formats are described in `docs/protocol/` (CDDL, rules of change, test vectors).

pub mod approval;
pub mod canonical;
pub mod certificate;
pub mod directory;
pub mod enrolment;
pub mod key;
pub mod signed;
pub mod signer;
pub mod test_keys;
#[cfg(test)]
mod tests;
pub mod transition;
pub mod wiped;

pub use approval::Approval;
pub use canonical::{Canonical, CanonicalError};
pub use certificate::{Certificate, CertificateKind, SubjectKey};
pub use directory::{Addition, Directory, Finding, Revocation, TrustError};
pub use key::{PublicKey, Signature, SignatureError, verify};
pub use signed::{OpenError, SealError, Signed, SignedBody, Verified};
pub use signer::{KeyFormError, SignError, Signer, SoftwareSigner};
pub use transition::{Transition, TransitionKind};
