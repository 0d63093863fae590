//! A key of the phone's key store, as the core wants it: what the key store gives may be DER or fixed
//! length, high or low s; what goes on to the core is the one form, and verified.

use std::sync::Arc;

use async_trait::async_trait;
use lastmile_core::identity::{self, PublicKey, SignError, Signature};

use crate::error::LastmileError;
use crate::work::wait_for;

/// Why the key store did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyError {
    /// The key needs the person's fingerprint, face or screen lock first.
    #[error("the key needs the person")]
    NotAuthenticated,
    /// The key is gone for good (`KeyPermanentlyInvalidatedException`).
    #[error("the key was invalidated")]
    Invalidated,
    /// The device is locked.
    #[error("the device is locked")]
    Locked,
    /// The key store does not answer at present.
    #[error("the key store is not available")]
    Unavailable,
    /// Anything else.
    #[error("the key store failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<KeyError> for SignError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NotAuthenticated => Self::NotAuthenticated,
            KeyError::Invalidated => Self::KeyInvalidated,
            KeyError::Locked => Self::Locked,
            KeyError::Unavailable => Self::Unavailable,
            KeyError::Failed => Self::Internal,
        }
    }
}

/// What a key is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct KeyInfo {
    /// The public key, P-256: SubjectPublicKeyInfo as `PublicKey.getEncoded()` gives it, or the
    /// uncompressed point of 65 bytes.
    pub public_key: Vec<u8>,
    /// Where it lives: `tee`, `strongbox` or `software`.
    pub protection: String,
}

/// A private key in the phone's key store (P-256, `SHA256withECDSA`). Hold no [`crate::Phone`] in it: the
/// two would keep each other alive.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Signer: Send + Sync {
    /// The key. Asked once when somebody signs in: answer from memory.
    fn key(&self) -> Result<KeyInfo, KeyError>;

    /// Signs `message`, hashing it by SHA-256 on the way; gives the signature in DER, as
    /// `Signature.sign()` does, or as r‖s of 64 bytes. May ask the person. Must end: a call that never
    /// does holds up what waits for it.
    async fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, KeyError>;
}

/// A key store's key for the core. Signing waits, so it is done on a thread of this library only.
pub(crate) struct HostSigner {
    host: Arc<dyn Signer>,
    public_key: PublicKey,
    protection: String,
}

impl HostSigner {
    /// Asks the key store what the key is.
    pub(crate) fn new(host: Arc<dyn Signer>) -> Result<Self, LastmileError> {
        let KeyInfo { public_key, protection } = host.key().map_err(SignError::from)?;
        let public_key = read_public_key(&public_key).ok_or(SignError::Internal)?;
        Ok(Self { host, public_key, protection })
    }

    pub(crate) fn protection(&self) -> &str {
        &self.protection
    }
}

impl identity::Signer for HostSigner {
    fn public_key(&self) -> PublicKey {
        self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let given = wait_for(self.host.sign(message.to_vec()))?;
        let forms = [Signature::from_bytes(&given), Signature::from_der(&given)];
        // A key store that signs wrongly once in a while exists: nothing goes on that does not verify.
        forms
            .into_iter()
            .flatten()
            .map(Signature::into_low_s)
            .find(|signature| self.public_key.verify(message, signature).is_ok())
            .ok_or(SignError::Internal)
    }
}

/// `SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING }`, up to the point.
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

fn read_public_key(bytes: &[u8]) -> Option<PublicKey> {
    PublicKey::from_bytes(bytes.strip_prefix(&SPKI).unwrap_or(bytes)).ok()
}
