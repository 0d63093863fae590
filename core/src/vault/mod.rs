//! Originals on the phone: the bytes as they were captured, never re-encoded and never stripped, each
//! in a sealed file of its own beside the store. What a file is called here says nothing about it; its
//! name everywhere else is the SHA-256 of its bytes, taken while they are written.
//!
//! A file counts only once it and its folder are on the disk: [`Vault::keep`] returns after that, and
//! the change that names the file is recorded later. Which record needs which file, and how far its
//! upload is, stands in the store (`store/blobs.rs`), not here.

mod folder;
mod sealed;

use std::io::{self, BufReader, Read, Seek, Write};
use std::sync::Arc;

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

pub use folder::{DiskFolder, Folder, MemoryFolder, NewFile, StoredFile};
pub use sealed::{SealedReader, SealedWriter};

use crate::id::BlobHash;
use crate::time::Entropy;

/// Bytes of the key that seals every file of a phone; it lies in the phone's encrypted store.
pub const KEY_LEN: usize = 32;
/// Largest original, bytes: 4 GiB.
pub const MAX_ORIGINAL: u64 = 4 << 30;

const READ: usize = 64 << 10;
/// Ending of a file that is still being written. What a crash leaves of it is removed.
const UNFINISHED: &str = ".part";

/// Why a file could not be kept or read. Nothing half-written stays under a name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The phone's storage is full.
    #[error("the phone's storage is full")]
    Full,
    /// The disk or the camera's file failed.
    #[error("a file cannot be read or written: {0}")]
    Disk(io::ErrorKind),
    /// Larger than [`MAX_ORIGINAL`].
    #[error("the file is larger than four gigabytes")]
    TooLarge,
    /// Nothing at all: not evidence of anything.
    #[error("the file is empty")]
    Empty,
    /// Not on this phone.
    #[error("the file is not on this phone")]
    Absent,
    /// Its bytes are not what was sealed here.
    #[error("the file on this phone is damaged")]
    Damaged,
    /// What came is another file than the one that was signed.
    #[error("what came is another file than the one that was signed")]
    Differs,
}

impl VaultError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full => "phone_storage_full",
            Self::Disk(_) => "file_unreadable",
            Self::TooLarge => "file_too_large",
            Self::Empty => "file_empty",
            Self::Absent => "file_absent",
            Self::Damaged => "file_damaged",
            Self::Differs => "file_differs",
        }
    }
}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged,
            kind => Self::Disk(kind),
        }
    }
}

/// A file that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// How many.
    pub bytes: u64,
    /// The first of them, at most 64 KiB: enough to tell what it is.
    pub head: Vec<u8>,
}

/// A file that is wholly on the disk and has no name yet: it is gone at the next opening unless
/// [`Vault::name`] gives it one.
#[derive(Debug)]
#[must_use]
pub struct Unnamed {
    kept: Kept,
    unfinished: String,
}

impl Unnamed {
    /// SHA-256 of its bytes.
    pub fn hash(&self) -> BlobHash {
        self.kept.hash
    }
}

/// The phone's sealed files.
pub struct Vault {
    folder: Arc<dyn Folder>,
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// The files in `folder`, sealed with `key`. What an interrupted capture left is removed.
    pub fn open(folder: Arc<dyn Folder>, key: [u8; KEY_LEN]) -> Result<Self, VaultError> {
        let vault = Self { folder, key: Zeroizing::new(key) };
        for name in vault.folder.list()? {
            if name.ends_with(UNFINISHED) {
                vault.folder.remove(&name)?;
            }
        }
        Ok(vault)
    }

    /// Name of the file that holds an original.
    pub fn original(hash: BlobHash) -> String {
        format!("{}.original", hash.to_hex())
    }

    /// Reads `source` to its end, keeps every byte sealed, and returns once that is on the disk. The
    /// same bytes twice are kept once.
    pub fn keep(&self, source: &mut dyn Read, entropy: &dyn Entropy) -> Result<Kept, VaultError> {
        self.name(self.take_in(source, entropy)?)
    }

    /// Like [`Self::keep`], for a file whose hash was signed before it came: another one is not kept.
    pub fn keep_as(
        &self,
        hash: BlobHash,
        source: &mut dyn Read,
        entropy: &dyn Entropy,
    ) -> Result<Kept, VaultError> {
        self.name(self.take_in_as(hash, source, entropy)?)
    }

    /// Reads `source` to its end and keeps every byte sealed, on the disk, under no name yet: what takes
    /// long is done, and whoever gives files their names can hold a lock for a moment only.
    pub fn take_in(
        &self,
        source: &mut dyn Read,
        entropy: &dyn Entropy,
    ) -> Result<Unnamed, VaultError> {
        self.take_in_if(source, entropy, |_| true)
    }

    /// Like [`Self::take_in`], for a file whose hash was signed before it came.
    pub fn take_in_as(
        &self,
        hash: BlobHash,
        source: &mut dyn Read,
        entropy: &dyn Entropy,
    ) -> Result<Unnamed, VaultError> {
        self.take_in_if(source, entropy, |found| found == hash)
    }

    /// Gives a file that was taken in its name. On the disk when it returns.
    pub fn name(&self, file: Unnamed) -> Result<Kept, VaultError> {
        self.folder.rename(&file.unfinished, &Self::original(file.kept.hash))?;
        Ok(file.kept)
    }

    fn take_in_if(
        &self,
        source: &mut dyn Read,
        entropy: &dyn Entropy,
        wanted: impl FnOnce(BlobHash) -> bool,
    ) -> Result<Unnamed, VaultError> {
        let unfinished =
            format!("{}{UNFINISHED}", data_encoding::HEXLOWER.encode(&entropy.bytes16()));
        let kept = self.write(&unfinished, source, entropy, MAX_ORIGINAL);
        let kept = match kept {
            Ok(kept) if kept.bytes == 0 => Err(VaultError::Empty),
            Ok(kept) if !wanted(kept.hash) => Err(VaultError::Differs),
            other => other,
        };
        match kept {
            Ok(kept) => Ok(Unnamed { kept, unfinished }),
            Err(error) => {
                // A full disk must not stay full of what could not be kept.
                let _ = self.folder.remove(&unfinished);
                Err(error)
            }
        }
    }

    /// Keeps `bytes` under `name`, replacing what was there. On the disk when it returns.
    pub fn put(&self, name: &str, bytes: &[u8], entropy: &dyn Entropy) -> Result<(), VaultError> {
        let unfinished = format!("{name}{UNFINISHED}");
        let written = self.write(&unfinished, &mut &bytes[..], entropy, bytes.len() as u64);
        if written.is_err() {
            let _ = self.folder.remove(&unfinished);
        }
        written?;
        Ok(self.folder.rename(&unfinished, name)?)
    }

    fn write(
        &self,
        name: &str,
        source: &mut dyn Read,
        entropy: &dyn Entropy,
        most: u64,
    ) -> Result<Kept, VaultError> {
        let file = self.folder.create(name)?;
        let mut sealed = SealedWriter::begin(file, &self.key, entropy)?;
        let mut digest = Context::new(&SHA256);
        let mut head = Vec::new();
        let mut bytes = 0_u64;
        let mut buffer = vec![0_u8; READ];
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Whatever is wrong with the source, it is not our disk that is full or damaged.
                Err(error) => return Err(VaultError::Disk(error.kind())),
            };
            let chunk = &buffer[..read];
            bytes += read as u64;
            if bytes > most {
                return Err(VaultError::TooLarge);
            }
            digest.update(chunk);
            head.extend_from_slice(&chunk[..read.min(READ - head.len())]);
            sealed.write_all(chunk)?;
        }
        sealed.finish()?;
        let mut hash = [0_u8; 32];
        hash.copy_from_slice(digest.finish().as_ref());
        Ok(Kept { hash: BlobHash(hash), bytes, head })
    }

    /// The bytes of a file, from any place in it.
    pub fn read(&self, name: &str) -> Result<SealedReader<Box<dyn StoredFile>>, VaultError> {
        Ok(SealedReader::open(self.folder.open(name)?, &self.key)?)
    }

    /// All bytes of a file of at most `most`.
    pub fn read_all(&self, name: &str, most: usize) -> Result<Vec<u8>, VaultError> {
        let mut file = self.read(name)?;
        if file.len() > most as u64 {
            return Err(VaultError::TooLarge);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads an original once more and says whether it is what its name says.
    pub fn is_whole(&self, hash: BlobHash) -> Result<bool, VaultError> {
        let mut file = match self.read(&Self::original(hash)) {
            Err(VaultError::Damaged) => return Ok(false),
            other => BufReader::with_capacity(READ, other?),
        };
        file.rewind()?;
        let mut digest = Context::new(&SHA256);
        match io::copy(&mut file, &mut Digesting(&mut digest)) {
            Ok(_) => Ok(digest.finish().as_ref() == hash.0),
            Err(error) => match error.into() {
                VaultError::Damaged => Ok(false),
                other => Err(other),
            },
        }
    }

    /// Removes a file, for good when it returns; one that is not there is no error.
    pub fn remove(&self, name: &str) -> Result<(), VaultError> {
        match self.folder.remove(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => Ok(other?),
        }
    }

    /// Originals in the folder, whether any record names them or not.
    pub fn originals(&self) -> Result<Vec<BlobHash>, VaultError> {
        let names = self.folder.list()?;
        let hash = |name: &str| {
            let hex = name.strip_suffix(".original")?;
            let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?;
            bytes.try_into().ok().map(BlobHash)
        };
        Ok(names.iter().filter_map(|name| hash(name)).collect())
    }

    /// Removes every file: the court's order to destroy this phone's copy.
    pub fn clear(&self) -> Result<(), VaultError> {
        for name in self.folder.list()? {
            self.remove(&name)?;
        }
        Ok(())
    }
}

struct Digesting<'d>(&'d mut Context);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
