//! Signatures and certificates, checked without the database and before anything else is read.

use lastmile_core::envelope::{RawChange, UnverifiedChange, VerifiedChange};
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::sync::batch::{DamagedRow, SignedChange};

/// A row of a request after its signature was looked at.
#[derive(Debug)]
pub enum Offered {
    /// Author and bytes are certain.
    Verified(Box<VerifiedChange>),
    /// They are not.
    Refused {
        /// What came.
        signed: Box<SignedChange>,
        /// Its identity.
        id: EnvelopeId,
        /// Stable code.
        code: &'static str,
        /// Whether later knowledge (a certificate) can change the answer.
        may_heal: bool,
    },
}

impl Offered {
    /// The envelope's identity.
    pub fn id(&self) -> EnvelopeId {
        match self {
            Self::Verified(change) => change.id(),
            Self::Refused { id, .. } => *id,
        }
    }
}

/// Checks every row.
pub fn verify_all(
    directory: &Directory,
    court: &str,
    rows: Vec<Result<SignedChange, DamagedRow>>,
) -> Vec<Result<Offered, DamagedRow>> {
    rows.into_iter().map(|row| row.map(|signed| verify(directory, court, signed))).collect()
}

/// Checks one row.
fn verify(directory: &Directory, court: &str, signed: SignedChange) -> Offered {
    let body = signed.body.encode();
    let raw = RawChange { body: &body, signature: &signed.signature, change: &signed.change };
    let checked = UnverifiedChange::from_raw_parts(raw)
        .and_then(|unverified| unverified.verify(directory, court));
    match checked {
        Ok(change) => Offered::Verified(Box::new(change)),
        Err(error) => Offered::Refused {
            id: signed.body.id(),
            signed: Box::new(signed),
            code: error.code(),
            may_heal: error.may_heal(),
        },
    }
}
