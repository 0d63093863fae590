//! Channels and the arithmetic by which two sides notice that their copies of one differ.

use std::fmt;

use crate::id::{CertificateId, EnvelopeId, sha256_parts};

/// Prefix of a case's channel.
pub const CASE: &str = "case:";
/// Prefix of a police station's channel.
pub const STATION: &str = "station:";
/// The channel of certificates and revocations, which everybody of the court reads.
pub const DIRECTORY: &str = "directory";
/// Prefix of a device's own channel: what the court has to say to this phone alone (that it is
/// withdrawn, that it is to be wiped). All that a withdrawn phone still reads.
pub const DEVICE: &str = "device:";
/// Longest channel name, bytes.
pub const MAX_NAME: usize = 160;

/// The channel of a case's records.
pub fn of_case(case_no: &str) -> String {
    format!("{CASE}{case_no}")
}

/// The channel of a station's requests.
pub fn of_station(code: &str) -> String {
    format!("{STATION}{code}")
}

/// The channel of one person's certificate on one device.
pub fn of_device(certificate: CertificateId) -> String {
    format!("{DEVICE}{}", certificate.to_hex())
}

/// What kind of thing an entry of a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A signed change.
    Change,
    /// A certificate.
    Certificate,
    /// A transition signed by the server.
    Transition,
    /// A pack of reference data signed by the server.
    Pack,
}

impl EntryKind {
    /// Code on the wire and in stores.
    pub fn code(self) -> u8 {
        match self {
            Self::Change => 0,
            Self::Certificate => 1,
            Self::Transition => 2,
            Self::Pack => 3,
        }
    }

    /// The kind with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Change, Self::Certificate, Self::Transition, Self::Pack]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// The identity of a feed entry: SHA-256 over its kind and the identity of what it carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryHash(pub [u8; 32]);

impl EntryHash {
    /// The entry that carries the thing with identity `id`.
    pub fn of(kind: EntryKind, id: &[u8; 32]) -> Self {
        Self(sha256_parts(&[b"lastmile-entry-v1", &[kind.code()], id]))
    }

    /// The entry of a change.
    pub fn of_change(id: EnvelopeId) -> Self {
        Self::of(EntryKind::Change, &id.0)
    }

    /// The entry of a certificate.
    pub fn of_certificate(id: CertificateId) -> Self {
        Self::of(EntryKind::Certificate, &id.0)
    }

    /// Eight bytes that stand for the entry in a repair. The seed is fresh for each repair, so that
    /// two entries that collide once do not collide for ever.
    pub fn fingerprint(self, seed: [u8; 8]) -> [u8; 8] {
        let hash = sha256_parts(&[&seed, &self.0]);
        let mut out = [0_u8; 8];
        out.copy_from_slice(&hash[..8]);
        out
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryHash({})", data_encoding::HEXLOWER.encode(&self.0[..8]))
    }
}

/// The sum of entry hashes modulo 2^256: does not depend on order, and no entry cancels itself.
///
/// It finds accidents (a lost row, a restored backup), not attacks: those are the transparency log's.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct SetHash(pub [u8; 32]);

impl SetHash {
    /// The set with one more entry.
    #[must_use]
    pub fn with(self, entry: EntryHash) -> Self {
        let mut carry = 0_u16;
        let mut sum = [0_u8; 32];
        for (out, (one, other)) in sum.iter_mut().zip(self.0.iter().zip(entry.0)) {
            carry += u16::from(*one) + u16::from(other);
            *out = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        Self(sum)
    }
}

impl fmt::Debug for SetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetHash({})", data_encoding::HEXLOWER.encode(&self.0[..8]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_hash_forgets_order_but_not_repetition() {
        let entries: Vec<EntryHash> =
            (0..5_u8).map(|n| EntryHash::of(EntryKind::Change, &[n; 32])).collect();
        let forward = entries.iter().fold(SetHash::default(), |set, entry| set.with(*entry));
        let backward = entries.iter().rev().fold(SetHash::default(), |set, entry| set.with(*entry));
        assert_eq!(forward, backward);
        assert_ne!(forward.with(entries[0]), forward);
        assert_ne!(forward.with(entries[0]).with(entries[0]), forward);
        let all_ones = SetHash([0xff; 32]);
        let mut one = [0_u8; 32];
        one[0] = 1;
        assert_eq!(all_ones.with(EntryHash(one)), SetHash::default());
    }

    #[test]
    fn fingerprints_depend_on_the_seed_and_kinds_are_told_apart() {
        let entry = EntryHash::of_change(EnvelopeId([1; 32]));
        assert_ne!(entry.fingerprint([0; 8]), entry.fingerprint([1; 8]));
        assert_ne!(entry, EntryHash::of_certificate(CertificateId([1; 32])));
        for code in 0..4 {
            assert_eq!(EntryKind::from_code(code).map(EntryKind::code), Some(code));
        }
        assert_eq!(EntryKind::from_code(9), None);
    }
}
