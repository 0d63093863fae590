//! The outermost shape of Automerge's change bytes, read without Automerge, because its parser must
//! see no byte that nobody signed (it can be made to work for seconds, or to panic).

use crate::id::{ChangeHash, sha256};

/// Longest change accepted, bytes; also the cap of a whole document.
pub const MAX_CHANGE_LEN: usize = 256 * 1024;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const TYPE_CHANGE: u8 = 1;

/// The bytes are not exactly one uncompressed change chunk with a right checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not exactly one uncompressed Automerge change")]
pub struct NotRawChange;

impl NotRawChange {
    /// Stable code.
    pub fn code(self) -> &'static str {
        "not_a_raw_change"
    }
}

/// Automerge's hash of a raw change: SHA-256 of chunk type, length and content. Its first four bytes
/// are the chunk's checksum. Documents (type 0), compressed changes (2: they inflate without limit)
/// and bundles (3) are refused.
pub fn change_hash(bytes: &[u8]) -> Result<ChangeHash, NotRawChange> {
    let (magic, rest) = bytes.split_first_chunk::<4>().ok_or(NotRawChange)?;
    let (checksum, hashed) = rest.split_first_chunk::<4>().ok_or(NotRawChange)?;
    let (kind, rest) = hashed.split_first().ok_or(NotRawChange)?;
    let (length, content) = leb128(rest).ok_or(NotRawChange)?;
    if *magic != MAGIC || *kind != TYPE_CHANGE || length != content.len() as u64 {
        return Err(NotRawChange);
    }
    let hash = sha256(hashed);
    if hash.starts_with(checksum) { Ok(ChangeHash(hash)) } else { Err(NotRawChange) }
}

/// A number in shortest unsigned LEB128 form of at most four bytes (2^28 is far above
/// [`MAX_CHANGE_LEN`]), and what follows it.
fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let shortest = index == 0 || *byte != 0;
            return shortest.then(|| (number, bytes.get(index + 1..).unwrap_or_default()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use automerge::{AutoCommit, ROOT, transaction::Transactable};

    use super::*;

    fn change(text_len: usize) -> (Vec<u8>, ChangeHash) {
        let mut document = AutoCommit::new();
        document.put(ROOT, "remarks", "查".repeat(text_len)).unwrap();
        document.commit();
        let change = document.get_last_local_change().unwrap();
        (change.raw_bytes().to_vec(), ChangeHash(change.hash().0))
    }

    #[test]
    fn the_hash_is_automerges_own() {
        for text_len in [1, 40, 400, 6_000, 40_000] {
            let (bytes, hash) = change(text_len);
            assert_eq!(change_hash(&bytes), Ok(hash), "{} bytes", bytes.len());
        }
    }

    #[test]
    fn other_chunks_and_every_damage_are_refused() {
        let (bytes, _) = change(40);
        for length in 0..bytes.len() {
            assert_eq!(change_hash(&bytes[..length]), Err(NotRawChange), "cut at {length}");
        }
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x10;
            assert_eq!(change_hash(&damaged), Err(NotRawChange), "byte {index}");
        }
        assert_eq!(change_hash(&[bytes.clone(), bytes.clone()].concat()), Err(NotRawChange));

        // Other chunk types and a padded length, with the checksum made right again.
        let reseal = |hashed: Vec<u8>| {
            let hash = sha256(&hashed);
            [MAGIC.to_vec(), hash[..4].to_vec(), hashed].concat()
        };
        assert!(change_hash(&reseal(bytes[8..].to_vec())).is_ok());
        for kind in [0, 2, 3, 4, 255] {
            let mut hashed = bytes[8..].to_vec();
            hashed[0] = kind;
            assert_eq!(change_hash(&reseal(hashed)), Err(NotRawChange), "type {kind}");
        }
        let mut padded = bytes[8..].to_vec();
        assert!(padded[1] >= 0x80 && padded[2] < 0x80, "a two-byte length");
        padded[2] |= 0x80;
        padded.insert(3, 0);
        assert_eq!(change_hash(&reseal(padded)), Err(NotRawChange));
    }
}
