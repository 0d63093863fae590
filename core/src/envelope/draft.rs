//! A change that waits for its signature. Saving ends with a draft on disk; the key may take its time.

use crate::id::EnvelopeId;
use crate::identity::canonical::{Canonical, CanonicalError, bound};
use crate::identity::{SealError, Signed, Signer};

use super::{Body, Envelope};

/// A body that is fixed and within its bounds, but not signed. Never leaves the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    body: Body,
    encoded: Vec<u8>,
}

impl Draft {
    /// Fixes `body`. A wall clock outside the years -9999 to 9999 is recorded as the nearest instant
    /// that a calendar can show, because a wrong clock never blocks a save (law 6).
    pub fn new(mut body: Body) -> Result<Self, CanonicalError> {
        body.device_ms =
            body.device_ms.clamp(*bound::SHOWABLE_MS.start(), *bound::SHOWABLE_MS.end());
        body.check()?;
        let encoded = body.encode();
        Ok(Self { body, encoded })
    }

    /// Reads a stored draft.
    pub fn from_bytes(encoded: &[u8]) -> Result<Self, CanonicalError> {
        Ok(Self { body: Body::decode(encoded)?, encoded: encoded.to_vec() })
    }

    /// What will be signed; also the stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.encoded
    }

    /// The body. Our own, so nothing needs to be verified.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The identity, final before signing.
    pub fn id(&self) -> EnvelopeId {
        self.body.id()
    }

    /// Signs. The signer's key must be the one certified by [`Body::certificate`], else everybody
    /// will refuse the envelope. May be repeated: the identity stays the same.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Envelope, SealError> {
        Signed::seal_encoded(self.encoded.clone(), signer)
    }
}
