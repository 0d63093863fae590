//! Whoever can sign: a phone's hardware key store behind [`Signer`], or [`SoftwareSigner`] for
//! servers, the command line and tests. Private keys never leave a signer.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use super::key::{PublicKey, Signature};

/// Why nothing was signed. The unsigned change stays in the queue in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key needs the person (fingerprint, face, screen lock) first.
    #[error("the key needs the person to unlock it")]
    NotAuthenticated,
    /// The key is gone for good: fingerprints changed, or the screen lock was taken off. A new
    /// certificate is needed.
    #[error("the key was invalidated by the device")]
    KeyInvalidated,
    /// The device is locked; try again after unlocking.
    #[error("the device is locked")]
    Locked,
    /// The key store does not answer at present.
    #[error("the key store is not available")]
    Unavailable,
    /// The key store failed, or what it gave does not verify.
    #[error("the key store gave no usable signature")]
    Internal,
}

impl SignError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthenticated => "key_not_authenticated",
            Self::KeyInvalidated => "key_invalidated",
            Self::Locked => "key_locked",
            Self::Unavailable => "key_unavailable",
            Self::Internal => "key_internal",
        }
    }
}

/// A private key that signs. May take 80-600 ms in hardware and may ask the person, so call it from
/// the signing queue, never while saving.
pub trait Signer: Send + Sync {
    /// The key that verifies what this signer makes.
    fn public_key(&self) -> PublicKey;

    /// Signs `message` (hashed by SHA-256 on the way) and gives a low-s signature.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignError>;
}

/// The stored key could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a PKCS#8 document of a P-256 key with its public key")]
pub struct KeyFormError;

impl KeyFormError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        "private_key_form"
    }
}

/// A key in this process's memory. PKCS#8 documents given out are wiped when dropped; ring keeps the
/// scalar itself without wiping it, so a server's memory must be guarded like its key file.
pub struct SoftwareSigner {
    pair: EcdsaKeyPair,
    public_key: PublicKey,
    random: SystemRandom,
}

impl SoftwareSigner {
    /// Makes a new key and gives its PKCS#8 document, to be stored and read back.
    pub fn generate() -> Result<Zeroizing<Vec<u8>>, SignError> {
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| SignError::Unavailable)
    }

    /// Takes a PKCS#8 v1 document that contains the public key, as [`Self::generate`] and OpenSSL
    /// write it.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyFormError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
            .map_err(|_| KeyFormError)?;
        let public_key =
            PublicKey::from_bytes(pair.public_key().as_ref()).map_err(|_| KeyFormError)?;
        Ok(Self { pair, public_key, random })
    }
}

impl std::fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftwareSigner")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

impl Signer for SoftwareSigner {
    fn public_key(&self) -> PublicKey {
        self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let raw = self.pair.sign(&self.random, message).map_err(|_| SignError::Internal)?;
        let signature =
            Signature::from_bytes(raw.as_ref()).map_err(|_| SignError::Internal)?.into_low_s();
        // A fault while signing can leak the key through a wrong signature: never give one out.
        self.public_key.verify(message, &signature).map_err(|_| SignError::Internal)?;
        Ok(signature)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_stored_key_is_the_same_key() {
        let document = SoftwareSigner::generate().unwrap();
        let first = SoftwareSigner::from_pkcs8(&document).unwrap();
        let again = SoftwareSigner::from_pkcs8(&document).unwrap();
        assert_eq!(first.public_key(), again.public_key());
        let signature = first.sign(b"x").unwrap();
        again.public_key().verify(b"x", &signature).unwrap();
    }

    #[test]
    fn bad_documents_are_refused_and_nothing_secret_is_printed() {
        let document = SoftwareSigner::generate().unwrap();
        for length in 0..document.len() {
            assert!(SoftwareSigner::from_pkcs8(&document[..length]).is_err());
        }
        let mut wrong_public_key = document.to_vec();
        *wrong_public_key.last_mut().unwrap() ^= 1;
        assert_eq!(SoftwareSigner::from_pkcs8(&wrong_public_key).err(), Some(KeyFormError));
        let printed = format!("{:?}", SoftwareSigner::from_pkcs8(&document).unwrap());
        assert!(!printed.contains(&data_encoding::HEXLOWER.encode(&document[36..40])));
        assert!(printed.starts_with("SoftwareSigner { public_key: PublicKey("));
    }
}
