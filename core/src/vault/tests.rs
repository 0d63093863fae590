//! Sealed files on a folder in memory that crashes, fills up and is damaged.

#![allow(clippy::unwrap_used)]

use std::io::SeekFrom;

use proptest::prelude::*;

use super::*;
use crate::time::SeededEntropy;

const KEY: [u8; KEY_LEN] = [7; KEY_LEN];

fn vault(folder: &MemoryFolder) -> Vault {
    Vault::open(Arc::new(folder.clone()), KEY).unwrap()
}

fn bytes(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SeededEntropy::new(len as u64).fill(&mut bytes);
    bytes
}

/// Around every edge of a segment.
const LENGTHS: [usize; 7] = [1, 65_535, 65_536, 65_537, 131_072, 131_073, 300_000];

#[test]
fn what_is_kept_is_read_back_from_any_place() {
    let folder = MemoryFolder::new();
    let (vault, entropy) = (vault(&folder), SeededEntropy::new(1));
    for len in LENGTHS {
        let plain = bytes(len);
        let kept = vault.keep(&mut &plain[..], &entropy).unwrap();
        assert_eq!(kept.bytes, len as u64);
        assert_eq!(kept.hash, BlobHash(crate::id::sha256(&plain)));
        assert_eq!(kept.head, plain[..len.min(65_536)]);
        let name = Vault::original(kept.hash);
        assert_eq!(vault.read_all(&name, len).unwrap(), plain, "{len}");
        assert!(matches!(vault.read_all(&name, len - 1), Err(VaultError::TooLarge)));
        let mut file = vault.read(&name).unwrap();
        for at in [0, len / 3, len.saturating_sub(2), len] {
            file.seek(SeekFrom::Start(at as u64)).unwrap();
            let mut rest = Vec::new();
            file.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, plain[at..], "{len} from {at}");
        }
        assert!(vault.is_whole(kept.hash).unwrap());
        let stored = folder.bytes(&name).unwrap();
        assert!(!stored.windows(plain.len().min(16)).any(|part| len > 16 && part == &plain[..16]));
    }
    assert_eq!(vault.originals().unwrap().len(), LENGTHS.len());
}

#[test]
fn what_was_signed_is_kept_and_nothing_else_under_its_name() {
    let folder = MemoryFolder::new();
    let (vault, entropy) = (vault(&folder), SeededEntropy::new(9));
    let (plain, other) = (bytes(70_000), bytes(70_001));
    let hash = BlobHash(crate::id::sha256(&plain));
    let refused = vault.keep_as(hash, &mut &other[..], &entropy).unwrap_err();
    assert_eq!(refused.code(), "file_differs");
    assert_eq!(folder.list().unwrap(), [""; 0], "nothing of it stays");
    assert_eq!(vault.keep_as(hash, &mut &plain[..], &entropy).unwrap().hash, hash);
    assert_eq!(vault.originals().unwrap(), [hash]);
    // A later try that brings something else leaves what is there.
    assert!(vault.keep_as(hash, &mut &other[..], &entropy).is_err());
    assert!(vault.is_whole(hash).unwrap());
}

#[test]
fn every_damage_is_noticed() {
    let folder = MemoryFolder::new();
    let (vault, entropy) = (vault(&folder), SeededEntropy::new(2));
    let kept = vault.keep(&mut &bytes(70_000)[..], &entropy).unwrap();
    let name = Vault::original(kept.hash);
    let whole = folder.bytes(&name).unwrap();
    for at in [0, 7, 8, 26, 27, 40_000, 65_562, 65_563, 65_600, whole.len() - 1] {
        assert!(folder.damage(&name, at));
        assert!(!vault.is_whole(kept.hash).unwrap(), "byte {at}");
        assert!(folder.damage(&name, at));
    }
    assert!(vault.is_whole(kept.hash).unwrap());
    // Cut at the end of a segment: every segment that is left is genuine, but none says it is the last.
    for len in [0, 10, 27, 30, 27 + 65_552, whole.len() - 1] {
        let mut file = folder.create(&name).unwrap();
        file.write_all(&whole[..len]).unwrap();
        assert!(!vault.is_whole(kept.hash).unwrap(), "cut to {len}");
    }
    let other = Vault::open(Arc::new(folder.clone()), [8; KEY_LEN]).unwrap();
    let kept = vault.keep(&mut &b"another"[..], &entropy).unwrap();
    assert!(!other.is_whole(kept.hash).unwrap(), "another key");
    assert!(matches!(vault.is_whole(BlobHash([0; 32])), Err(VaultError::Absent)));
}

#[test]
fn what_was_kept_survives_a_crash_and_what_was_not_leaves_nothing() {
    let folder = MemoryFolder::new();
    let entropy = SeededEntropy::new(3);
    let kept = vault(&folder).keep(&mut &bytes(200_000)[..], &entropy).unwrap();
    let mut half = folder.create("0123.part").unwrap();
    half.write_all(b"half a photo").unwrap();
    half.sync().unwrap();
    folder.rename("0123.part", "4567.part").unwrap();
    folder.crash();
    let vault = vault(&folder);
    assert!(vault.is_whole(kept.hash).unwrap());
    assert_eq!(folder.list().unwrap(), [Vault::original(kept.hash)]);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_behind() {
    let folder = MemoryFolder::new();
    let (vault, entropy) = (vault(&folder), SeededEntropy::new(4));
    folder.set_room(Some(100_000));
    let error = vault.keep(&mut &bytes(150_000)[..], &entropy).unwrap_err();
    assert_eq!(error.code(), "phone_storage_full");
    assert!(folder.list().unwrap().is_empty());
    assert_eq!(vault.put("a.view", &bytes(150_000), &entropy).unwrap_err().code(), error.code());
    folder.set_room(None);
    assert!(vault.keep(&mut &bytes(150_000)[..], &entropy).is_ok());
    assert!(matches!(vault.keep(&mut io::empty(), &entropy), Err(VaultError::Empty)));
}

/// The camera's file goes away while it is read.
struct Breaking(usize);

impl Read for Breaking {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(out.len()).ok_or(io::ErrorKind::NotFound)?;
        Ok(out.len())
    }
}

#[test]
fn a_source_that_breaks_is_not_taken_for_its_first_half() {
    let folder = MemoryFolder::new();
    let error = vault(&folder).keep(&mut Breaking(200_000), &SeededEntropy::new(5)).unwrap_err();
    assert_eq!(error.code(), "file_unreadable");
    assert!(folder.list().unwrap().is_empty());
}

#[test]
fn the_layout_is_as_described() {
    // docs/protocol/vault.md: magic, nonce, one last segment.
    let folder = MemoryFolder::new();
    vault(&folder).put("vector", b"original", &SeededEntropy::new(6)).unwrap();
    let sealed = folder.bytes("vector").unwrap();
    assert_eq!(&sealed[..8], b"lmvault\x01");
    assert_eq!(sealed.len(), 8 + 19 + 8 + 16);
    let described = include_str!("../../../docs/protocol/vault.md");
    assert!(described.contains(&data_encoding::HEXLOWER.encode(&sealed)));
}

proptest! {
    #[test]
    fn random_bytes_are_no_sealed_file(noise in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = MemoryFolder::new();
        let vault = vault(&folder);
        folder.create("noise").unwrap().write_all(&noise).unwrap();
        prop_assert!(matches!(vault.read_all("noise", 1 << 20), Err(VaultError::Damaged)));
    }
}
