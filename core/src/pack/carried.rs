//! A pack as one byte string, for the wire and for stores: deterministic CBOR
//! `[header, signature, payload]`.

use super::signed::{PackError, SignedPack};
use crate::identity::TrustError;
use crate::identity::canonical::{CanonicalError, Reader, Writer};

/// Longest pack carried, bytes: 4 MiB of payload and its header.
pub const MAX_CARRIED: usize = 4 * 1024 * 1024 + 8_192;

impl SignedPack {
    /// The one byte string.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (header, signature, payload) = self.raw_parts();
        let mut out = Writer::default();
        out.array(3);
        out.bytes(header);
        out.bytes(signature);
        out.bytes(payload);
        out.into_bytes()
    }

    /// Reads the form written by [`Self::to_bytes`]; nothing is verified yet.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackError> {
        let parts = || -> Result<_, CanonicalError> {
            let mut input = Reader::new(bytes);
            input.array_of(3)?;
            let header = input.bytes(8_192, "header")?;
            let signature = input.bytes(64, "signature")?;
            let payload = input.bytes(MAX_CARRIED, "payload")?;
            input.finish()?;
            Ok((header, signature, payload))
        };
        let (header, signature, payload) = parts().map_err(TrustError::from)?;
        Self::from_raw_parts(header, signature, payload.to_vec())
    }
}
