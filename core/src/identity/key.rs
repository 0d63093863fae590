//! Public keys and signatures: ECDSA on P-256 with SHA-256, the one algorithm of version 1.
//!
//! A key is kept as the 65 bytes of an uncompressed point, although 33 would do: every consumer
//! (ring, Android Keystore, WebCrypto) takes the uncompressed form, and decompressing would put a
//! modular square root of our own between the evidence and its verification.
//!
//! An ECDSA signature `(r, s)` has a twin `(r, n - s)` that verifies as well. Only the one with the
//! lower `s` is a signature here; without that rule a stranger could make a second valid copy of
//! anything. `ring` neither makes nor demands it, so both are done in this file.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// Name of the algorithm in certificates.
pub const ALGORITHM: &str = "ecdsa_p256_sha256";

/// The order of P-256's base point (SEC 2, 2.4.2), big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Half the order, rounded down: the highest `s` that is low.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// Why a signature or a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not 64 bytes, or not DER where DER was promised.
    #[error("not a signature: wrong length or form")]
    Form,
    /// `r` or `s` is zero or not below the group order.
    #[error("a component of the signature is out of range")]
    Range,
    /// The twin with the higher `s`.
    #[error("the signature is not in low-s form")]
    HighS,
    /// The key did not sign these bytes.
    #[error("the signature does not belong to these bytes and this key")]
    Mismatch,
    /// Not an uncompressed P-256 point.
    #[error("not an uncompressed P-256 public key")]
    Key,
}

impl SignatureError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "signature_form",
            Self::Range => "signature_range",
            Self::HighS => "signature_high_s",
            Self::Mismatch => "signature_mismatch",
            Self::Key => "public_key_form",
        }
    }
}

/// A P-256 public key, uncompressed (SEC 1, 2.3.3): 0x04, x, y.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// Length in bytes.
    pub const LEN: usize = 65;

    /// Takes 65 bytes that open with 0x04. Whether the point lies on the curve is checked at each
    /// verification: a key off the curve verifies nothing.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let bytes = <[u8; 65]>::try_from(bytes).map_err(|_| SignatureError::Key)?;
        if bytes[0] == 0x04 { Ok(Self(bytes)) } else { Err(SignatureError::Key) }
    }

    /// The 65 bytes.
    pub fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// Whether this key signed `message`.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        signature.check()?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, &signature.0)
            .map_err(|_| SignatureError::Mismatch)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", data_encoding::HEXLOWER.encode(&self.0[1..9]))
    }
}

/// Whether `public_key` signed `message`; refuses high-s, zero and out-of-range signatures.
pub fn verify(
    public_key: &PublicKey,
    message: &[u8],
    signature: &Signature,
) -> Result<(), SignatureError> {
    public_key.verify(message, signature)
}

/// A signature: `r` and `s`, 32 bytes each, big-endian. Holding one says nothing about validity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Before every signature, for ranges of maps.
    pub(crate) const MIN: Self = Self([0; 64]);
    /// After every signature, for ranges of maps.
    pub(crate) const MAX: Self = Self([0xff; 64]);

    /// Takes 64 bytes as they are; [`PublicKey::verify`] judges them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        <[u8; 64]>::try_from(bytes).map(Self).map_err(|_| SignatureError::Form)
    }

    /// The 64 bytes.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The ASN.1 DER form that hardware key stores give, brought to low-s form.
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        let rest = der_element(0x30, der).and_then(|(body, rest)| rest.is_empty().then_some(body));
        let (r, rest) =
            rest.and_then(|body| der_element(0x02, body)).ok_or(SignatureError::Form)?;
        let (s, rest) = der_element(0x02, rest).ok_or(SignatureError::Form)?;
        if !rest.is_empty() {
            return Err(SignatureError::Form);
        }
        let mut out = [0_u8; 64];
        out[..32].copy_from_slice(&der_scalar(r)?);
        out[32..].copy_from_slice(&der_scalar(s)?);
        Ok(Self(out).into_low_s())
    }

    /// The ASN.1 DER form, for formats of others.
    pub fn to_der(&self) -> Vec<u8> {
        let (r, s) = self.scalars();
        let mut body = Vec::with_capacity(72);
        for scalar in [r, s] {
            let zeros = scalar.iter().take(31).take_while(|digit| **digit == 0).count();
            let digits = scalar.get(zeros..).unwrap_or_default();
            // A leading 1 bit would make it negative.
            let sign = usize::from(digits.first().is_some_and(|first| *first >= 0x80));
            body.push(0x02);
            body.push(u8::try_from(digits.len() + sign).unwrap_or(u8::MAX));
            body.extend(std::iter::repeat_n(0, sign));
            body.extend(digits);
        }
        let mut out = vec![0x30, u8::try_from(body.len()).unwrap_or(u8::MAX)];
        out.append(&mut body);
        out
    }

    /// The twin that counts: `s` replaced by `n - s` when it is high. For signers only; a receiver
    /// never repairs what it was sent.
    #[must_use]
    pub fn into_low_s(self) -> Self {
        let (r, s) = self.scalars();
        if s <= HALF_ORDER || s >= ORDER {
            return self;
        }
        let mut out = self.0;
        let mut borrow = false;
        for index in (0..32).rev() {
            let (digit, first) = ORDER[index].overflowing_sub(s[index]);
            let (digit, second) = digit.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            out[32 + index] = digit;
        }
        debug_assert_eq!(out[..32], r);
        Self(out)
    }

    /// Range and low-s rule, without a key.
    fn check(&self) -> Result<(), SignatureError> {
        let (r, s) = self.scalars();
        let zero = [0_u8; 32];
        if r == zero || s == zero || r >= ORDER || s >= ORDER {
            return Err(SignatureError::Range);
        }
        if s > HALF_ORDER { Err(SignatureError::HighS) } else { Ok(()) }
    }

    /// `r` and `s`; arrays of big-endian bytes compare as the numbers do.
    fn scalars(&self) -> ([u8; 32], [u8; 32]) {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&self.0[..32]);
        s.copy_from_slice(&self.0[32..]);
        (r, s)
    }
}

#[cfg(test)]
impl Signature {
    /// The other signature that fits the same bytes, which nobody must accept.
    pub(crate) fn high_twin(self) -> Self {
        let (_, s) = self.scalars();
        let mut out = self.0;
        let mut borrow = 0_i16;
        for index in (0..32).rev() {
            let digit = i16::from(ORDER[index]) - i16::from(s[index]) - borrow;
            borrow = i16::from(digit < 0);
            out[32 + index] = digit.rem_euclid(256).to_le_bytes()[0];
        }
        Self(out)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", data_encoding::HEXLOWER.encode(&self.0[..8]))
    }
}

/// One DER element of this tag in short length form: its content and what follows it. A P-256
/// signature is at most 72 bytes, so the long form never occurs.
fn der_element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else { return None };
    if *found != tag || *length >= 0x80 {
        return None;
    }
    rest.split_at_checked(usize::from(*length))
}

/// A non-negative, minimally encoded DER integer as 32 bytes.
fn der_scalar(integer: &[u8]) -> Result<[u8; 32], SignatureError> {
    let digits = match integer {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => rest,
        [first, ..] if (1..0x80).contains(first) => integer,
        _ => return Err(SignatureError::Form),
    };
    let mut out = [0_u8; 32];
    let start = 32_usize.checked_sub(digits.len()).ok_or(SignatureError::Range)?;
    out[start..].copy_from_slice(digits);
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use crate::identity::test_keys;
    use crate::identity::{Signer, SoftwareSigner};

    fn signed() -> (PublicKey, Signature) {
        let signer = test_keys::signer(0);
        (signer.public_key(), signer.sign(b"message").unwrap())
    }

    #[test]
    fn the_high_twin_is_refused_although_ring_takes_it() {
        let (key, signature) = signed();
        let twin = signature.high_twin();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.as_bytes())
            .verify(b"message", twin.as_bytes())
            .expect("the twin is a valid ECDSA signature");
        assert_eq!(key.verify(b"message", &twin), Err(SignatureError::HighS));
        assert_eq!(twin.into_low_s(), signature);
        assert_eq!(signature.into_low_s(), signature);
    }

    #[test]
    fn half_the_order_is_half_the_order() {
        // n is odd, so 2 * floor(n / 2) + 1 = n.
        let mut carry = 1_u16;
        for index in (0..32).rev() {
            let digit = u16::from(HALF_ORDER[index]) * 2 + carry;
            assert_eq!(digit & 0xff, u16::from(ORDER[index]), "byte {index}");
            carry = digit >> 8;
        }
        assert_eq!(carry, 0);
    }

    #[test]
    fn components_out_of_range_are_refused() {
        let (key, signature) = signed();
        for (start, value) in [
            (0, [0; 32]),
            (32, [0; 32]),
            (0, ORDER),
            (32, ORDER),
            (0, [0xff; 32]),
            (32, [0xff; 32]),
        ] {
            let mut bytes = *signature.as_bytes();
            bytes[start..start + 32].copy_from_slice(&value);
            assert_eq!(key.verify(b"message", &Signature(bytes)), Err(SignatureError::Range));
        }
        assert_eq!(Signature::from_bytes(&[1; 63]), Err(SignatureError::Form));
    }

    #[test]
    fn every_signature_is_low_and_every_flipped_bit_is_noticed() {
        let signer = SoftwareSigner::from_pkcs8(&SoftwareSigner::generate().unwrap()).unwrap();
        for round in 0..64_u8 {
            let signature = signer.sign(&[round]).unwrap();
            assert!(signature.scalars().1 <= HALF_ORDER);
            verify(&signer.public_key(), &[round], &signature).unwrap();
        }
        let (key, signature) = signed();
        for bit in 0..512 {
            let mut bytes = *signature.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(key.verify(b"message", &Signature(bytes)).is_err(), "bit {bit}");
        }
        assert_eq!(key.verify(b"massage", &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn keys_of_another_form_or_off_the_curve_verify_nothing() {
        let (key, signature) = signed();
        let mut compressed = *key.as_bytes();
        compressed[0] = 0x02;
        assert_eq!(PublicKey::from_bytes(&compressed), Err(SignatureError::Key));
        assert_eq!(PublicKey::from_bytes(&compressed[..33]), Err(SignatureError::Key));
        let mut off_curve = *key.as_bytes();
        off_curve[64] ^= 1;
        let off_curve = PublicKey::from_bytes(&off_curve).unwrap();
        assert_eq!(off_curve.verify(b"message", &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn der_is_read_strictly_and_normalised() {
        let (_, signature) = signed();
        assert_eq!(Signature::from_der(&signature.to_der()), Ok(signature));
        assert_eq!(Signature::from_der(&signature.high_twin().to_der()), Ok(signature));
        let good = signature.to_der();
        for length in 0..good.len() {
            assert!(Signature::from_der(&good[..length]).is_err());
        }
        assert!(Signature::from_der(&[good.clone(), vec![0]].concat()).is_err());
        assert!(Signature::from_der(&[0x30, 6, 2, 1, 0x80, 2, 1, 1]).is_err(), "negative r");
        assert!(Signature::from_der(&[0x30, 7, 2, 2, 0, 1, 2, 1, 1]).is_err(), "padded r");
        // A short scalar is padded on the left.
        let small = Signature::from_der(&[0x30, 6, 2, 1, 5, 2, 1, 7]).unwrap();
        assert_eq!((small.0[31], small.0[63]), (5, 7));
        assert_eq!(small.to_der(), [0x30, 6, 2, 1, 5, 2, 1, 7]);
    }
}
