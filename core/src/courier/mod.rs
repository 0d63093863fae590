//! The courier: an officer's work reaches the court in the pocket of somebody else's phone, or in a
//! file. What is pending is sealed to the court's encryption key; whoever carries it can neither read
//! it nor see whose it is. The court takes it in as if it had come directly and seals its verdicts to a
//! key that travelled inside, so that only the sender's phone reads them; that receipt comes back the
//! same way.
//!
//! ```text
//! sender      Letter {token, request, reply key}  → padded, sealed to the court →  Bundle
//! carrier     keeps Bundle, hands it on, or posts it to the court
//! court       opens it, judges the request, gives  Receipt, sealed to the reply key
//! anybody     carries Receipt back
//! ```
//!
//! | file | subject |
//! | --- | --- |
//! | `seal` | HPKE with this project's one choice of algorithms; sizes in buckets |
//! | `bundle` | the letter inside and the bundle around it |
//! | `receipt` | the way back |
//! | `pouch` | several of both, for a file or a meeting |
//!
//! Formats: `docs/protocol/courier.cddl`. What the phone keeps of it: [`crate::phone`].

pub mod bundle;
pub mod pouch;
pub mod receipt;
pub mod seal;

pub use bundle::{Bundle, Letter};
pub use pouch::Pouch;
pub use receipt::Receipt;
pub use seal::{PrivateKey, SealedError};

/// Media type of a bundle posted to the court and of the receipt that answers it.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.courier";

/// Algorithm of the court's encryption key, as its certificate names it.
pub const ALGORITHM: &str = "dhkem_p256_hkdf_sha256";

#[cfg(test)]
mod tests;
