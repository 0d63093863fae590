//! The one way from signed bytes to a value: [`Signed`] holds bytes and shows nothing of what they
//! say; [`Verified`] exists only after a signature was checked against a trusted key. Code that takes
//! a `Verified<T>` therefore cannot be handed something unverified by mistake.

use std::marker::PhantomData;

use crate::id::{CertificateId, sha256};

use super::canonical::{Canonical, CanonicalError, Reader, Writer};
use super::certificate::CertificateKind;
use super::key::{PublicKey, Signature, SignatureError};
use super::signer::{SignError, Signer};

/// A body that gets signed.
pub trait SignedBody: Canonical {
    /// The court it belongs to.
    fn court(&self) -> &str;

    /// The certificate whose key signs it; `None` for a certificate signed by its own key.
    fn signer(&self) -> Option<CertificateId>;

    /// Whether certificates of this kind may sign such bodies.
    fn may_be_signed_by(kind: &CertificateKind) -> bool;
}

/// Nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The body breaks its own bounds; a receiver would refuse it.
    #[error("the content cannot be signed: {0}")]
    Body(#[from] CanonicalError),
    /// The signer gave nothing.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl SealError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Body(error) => error.code(),
            Self::Sign(error) => error.code(),
        }
    }
}

/// Bytes and a signature, both unchecked.
pub struct Signed<T> {
    body: Vec<u8>,
    signature: Signature,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self { body: self.body.clone(), signature: self.signature, kind: PhantomData }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body && self.signature == other.signature
    }
}

impl<T> Eq for Signed<T> {}

impl<T> std::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl<T: SignedBody> Signed<T> {
    /// Longest transfer form, bytes.
    pub const MAX_LEN: usize = T::MAX_LEN + 80;

    /// Signs `payload` and verifies the result, since the signer may be foreign hardware.
    pub fn seal(payload: &T, signer: &dyn Signer) -> Result<Self, SealError> {
        payload.check()?;
        let body = payload.encode();
        if body.len() > T::MAX_LEN {
            return Err(CanonicalError::TooLong { limit: T::MAX_LEN, got: body.len() }.into());
        }
        Self::seal_encoded(body, signer)
    }

    /// Signs a body that was encoded before.
    pub(crate) fn seal_encoded(body: Vec<u8>, signer: &dyn Signer) -> Result<Self, SealError> {
        let signature = signer.sign(&body)?;
        signer.public_key().verify(&body, &signature).map_err(|_| SignError::Internal)?;
        Ok(Self { body, signature, kind: PhantomData })
    }

    /// Puts stored or received parts together; only the size is checked.
    pub fn from_parts(body: &[u8], signature: &[u8]) -> Result<Self, OpenError> {
        if body.len() > T::MAX_LEN {
            return Err(CanonicalError::TooLong { limit: T::MAX_LEN, got: body.len() }.into());
        }
        Ok(Self {
            body: body.to_vec(),
            signature: Signature::from_bytes(signature)?,
            kind: PhantomData,
        })
    }

    /// The encoded body and the signature, for storage. Not a payload: nobody has vouched for it.
    pub fn raw_parts(&self) -> (&[u8], &[u8; Signature::LEN]) {
        (&self.body, self.signature.as_bytes())
    }

    /// The signature, unchecked.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The transfer form: the deterministic CBOR array `[body, signature]`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(2);
        out.bytes(&self.body);
        out.bytes(self.signature.as_bytes());
        out.into_bytes()
    }

    /// Reads the transfer form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpenError> {
        if bytes.len() > Self::MAX_LEN {
            return Err(CanonicalError::TooLong { limit: Self::MAX_LEN, got: bytes.len() }.into());
        }
        let mut input = Reader::new(bytes);
        input.array_of(2)?;
        let body = input.bytes(T::MAX_LEN, "body")?;
        let signature = input.bytes(Signature::LEN, "signature")?;
        input.finish()?;
        let signed = Self::from_parts(body, signature)?;
        if signed.to_bytes() != bytes {
            return Err(CanonicalError::NotCanonical.into());
        }
        Ok(signed)
    }

    /// SHA-256 of the unsigned body: the identity, whatever signature it carries.
    pub fn body_hash(&self) -> [u8; 32] {
        sha256(&self.body)
    }

    /// Verifies against a key the caller has reason to trust. Almost everybody wants
    /// [`Directory::verify`](super::Directory::verify), which finds that key.
    pub fn verify_with_key(self, key: &PublicKey) -> Result<Verified<T>, OpenError> {
        let payload = self.claims()?;
        self.confirm(payload, key)
    }

    /// What the body says, unverified: for finding the key to verify it with, inside this crate.
    pub(crate) fn claims(&self) -> Result<T, CanonicalError> {
        T::decode(&self.body)
    }

    /// Turns claims of this very body into a verified value.
    pub(crate) fn confirm(self, payload: T, key: &PublicKey) -> Result<Verified<T>, OpenError> {
        key.verify(&self.body, &self.signature)?;
        let body_hash = self.body_hash();
        Ok(Verified { payload, body_hash, signed: self })
    }
}

/// Signed bytes could not be read or verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The bytes are not such a body.
    #[error(transparent)]
    Body(#[from] CanonicalError),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl OpenError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Body(error) => error.code(),
            Self::Signature(error) => error.code(),
        }
    }
}

/// A value whose signature was verified against a trusted key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    payload: T,
    body_hash: [u8; 32],
    signed: Signed<T>,
}

impl<T> Verified<T> {
    /// What was signed.
    pub fn payload(&self) -> &T {
        &self.payload
    }

    /// SHA-256 of the unsigned body.
    pub fn body_hash(&self) -> [u8; 32] {
        self.body_hash
    }

    /// The signed bytes, to pass on or to store.
    pub fn signed(&self) -> &Signed<T> {
        &self.signed
    }

    /// Both, taken apart.
    pub fn into_parts(self) -> (T, Signed<T>) {
        (self.payload, self.signed)
    }
}
