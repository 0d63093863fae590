//! HPKE (RFC 9180) in base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. One choice, no
//! negotiation; another one would be another version of the formats.
//!
//! Plain bytes are padded to one of a few sizes first, so that the length of what travels says hardly
//! anything about what is in it.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use hpke::{single_shot_open, single_shot_seal};
use zeroize::Zeroizing;

/// Length of a public key and of an encapsulated one: an uncompressed P-256 point.
pub const KEY_LEN: usize = 65;
/// Bytes that sealing adds.
const TAG_LEN: usize = 16;
/// Sizes of padded plain bytes.
const BUCKETS: [usize; 5] = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
/// Longest ciphertext, bytes.
pub const MAX_SEALED: usize = BUCKETS[4] + TAG_LEN;
/// Longest plain bytes that fit the largest bucket with their length before them.
pub const MAX_PLAIN: usize = BUCKETS[4] - 4;

/// Something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// Not a key of this algorithm.
    #[error("not a key of this algorithm")]
    Key,
    /// More than the largest bucket.
    #[error("too large for a courier's bundle")]
    TooLarge,
    /// Not sealed to this key, or changed on the way.
    #[error("not sealed to this key, or changed on the way")]
    Damaged,
}

impl SealedError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Key => "courier_key",
            Self::TooLarge => "courier_too_large",
            Self::Damaged => "courier_damaged",
        }
    }
}

/// A sealed message: what lets the receiver find the key, and the ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key.
    pub key: [u8; KEY_LEN],
    /// The ciphertext with its tag.
    pub text: Vec<u8>,
}

/// A private key that opens what was sealed to its public half.
pub struct PrivateKey(<DhP256HkdfSha256 as Kem>::PrivateKey);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Self {
        Self(DhP256HkdfSha256::gen_keypair().0)
    }

    /// Reads the 32 bytes of the scalar, big-endian.
    pub fn from_bytes(scalar: &[u8]) -> Result<Self, SealedError> {
        <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(scalar)
            .map(Self)
            .map_err(|_| SealedError::Key)
    }

    /// The 32 bytes of the scalar, big-endian.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_bytes().to_vec())
    }

    /// The public half.
    pub fn public(&self) -> [u8; KEY_LEN] {
        let mut out = [0; KEY_LEN];
        out.copy_from_slice(&DhP256HkdfSha256::sk_to_pk(&self.0).to_bytes());
        out
    }

    /// Opens what was sealed with the same `info` and `about`.
    pub fn open(
        &self,
        info: &[u8],
        about: &[u8],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let key = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed.key)
            .map_err(|_| SealedError::Damaged)?;
        let padded = single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Base,
            &self.0,
            &key,
            info,
            &sealed.text,
            about,
        )
        .map_err(|_| SealedError::Damaged)?;
        unpadded(&Zeroizing::new(padded))
    }
}

/// Seals `plain` to `public`. `info` says what it is; `about` is what travels beside it in clear, bound to
/// it.
pub fn seal(public: &[u8], info: &[u8], about: &[u8], plain: &[u8]) -> Result<Sealed, SealedError> {
    let public =
        <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| SealedError::Key)?;
    let padded = padded(plain)?;
    let (key, text) = single_shot_seal::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        &padded,
        about,
    )
    .map_err(|_| SealedError::Key)?;
    let mut sealed = Sealed { key: [0; KEY_LEN], text };
    sealed.key.copy_from_slice(&key.to_bytes());
    Ok(sealed)
}

/// The length (4 bytes, big-endian), the bytes, and zeros up to the next bucket.
fn padded(plain: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let needed = plain.len() + 4;
    let bucket = BUCKETS.into_iter().find(|bucket| needed <= *bucket);
    let (Some(bucket), Ok(length)) = (bucket, u32::try_from(plain.len())) else {
        return Err(SealedError::TooLarge);
    };
    let mut out = Zeroizing::new(Vec::with_capacity(bucket));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(plain);
    out.resize(bucket, 0);
    Ok(out)
}

fn unpadded(padded: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let (length, rest) = padded.split_first_chunk::<4>().ok_or(SealedError::Damaged)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| SealedError::Damaged)?;
    let (plain, zeros) = rest.split_at_checked(length).ok_or(SealedError::Damaged)?;
    if !BUCKETS.contains(&padded.len()) || zeros.iter().any(|byte| *byte != 0) {
        return Err(SealedError::Damaged);
    }
    Ok(Zeroizing::new(plain.to_vec()))
}
