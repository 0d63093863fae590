//! Where verified files lie: a folder on this machine's disk, or a store that speaks S3. Files stand under
//! their hashes and are written whole or not at all; what has been put is durable when the call returns.
//!
//! This is the only place that knows [`object_store`].

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use ring::digest::{Context, SHA256};
use tokio::runtime::{Builder, Handle};

use lastmile_core::id::BlobHash;

use super::incoming;

/// Bytes read or sent at a time.
const BLOCK: u64 = 4 << 20;
/// Blocks on their way to a remote store at a time.
const ON_THE_WAY: usize = 2;

/// The store of files did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DepotError {
    /// The disk, the network, the store behind it.
    #[error("the store of files: {0}")]
    Store(#[from] object_store::Error),
    /// What was to be put there cannot be read.
    #[error("the store of files: {0}")]
    Io(#[from] io::Error),
    /// What was put there reads back as something else.
    #[error("the store of files gave back other bytes than it was given")]
    Differs,
    /// It is not there.
    #[error("the file is not in the store")]
    Missing,
}

impl DepotError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => cause(error).map_or("storage_unavailable", code_of),
            Self::Io(error) => code_of(error),
            Self::Differs => "storage_differs",
            Self::Missing => "storage_missing",
        }
    }
}

impl DepotError {
    /// Whether the store answered that it has no such file.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Missing | Self::Store(object_store::Error::NotFound { .. }))
    }
}

/// A full disk is something a person can act on; everything else is one thing.
pub(super) fn code_of(error: &io::Error) -> &'static str {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => "storage_full",
        _ => "storage_unavailable",
    }
}

/// The disk's own word, under what the library makes of it.
fn cause(error: &object_store::Error) -> Option<&io::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io);
        }
        next = error.source();
    }
    None
}

/// A place in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An original.
    Original(BlobHash),
    /// A derived picture, by its own hash.
    Derived(BlobHash),
}

impl Place {
    /// The hash of what lies there.
    pub fn hash(self) -> BlobHash {
        match self {
            Self::Original(hash) | Self::Derived(hash) => hash,
        }
    }

    /// Its name below the store's beginning: `original/ab/abcd…`.
    pub fn name(self) -> String {
        let folder = match self {
            Self::Original(_) => "original",
            Self::Derived(_) => "derived",
        };
        let hex = self.hash().to_hex();
        format!("{folder}/{}/{hex}", &hex[..2])
    }

    fn key(self) -> Key {
        Key::from(self.name())
    }
}

/// A store of files.
#[derive(Debug, Clone)]
pub struct Depot {
    store: Arc<dyn ObjectStore>,
    /// The folder, when it is on this machine.
    local: Option<PathBuf>,
}

impl Depot {
    /// A folder on this machine; what arrives lies in its subfolder [`incoming::FOLDER`], so that a
    /// verified file is only renamed.
    pub fn local(folder: &Path) -> Result<Self, DepotError> {
        std::fs::create_dir_all(folder)?;
        // Files and folders are synced before a write counts as done.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), local: Some(folder.to_owned()) })
    }

    /// A store elsewhere.
    pub fn remote(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, local: None }
    }

    /// The folder on this machine, unless files lie elsewhere.
    pub fn folder(&self) -> Option<&Path> {
        self.local.as_deref()
    }

    /// Takes in a verified, synced file of the folder for what arrives. Durable when this returns, and
    /// the arriving file is gone.
    pub async fn take(&self, arrived: &Path, place: Place) -> Result<(), DepotError> {
        if self.local.is_some() {
            let name = arrived.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let from = Key::from(format!("{}/{name}", incoming::FOLDER));
            return Ok(self.store.rename(&from, &place.key()).await?);
        }
        self.send(arrived, place).await?;
        // Elsewhere, only what is read back counts as stored.
        match self.hash(place).await? {
            Some((_, hash)) if hash == place.hash() => Ok(std::fs::remove_file(arrived)?),
            _ => Err(DepotError::Differs),
        }
    }

    /// Writes the bytes of a small file.
    pub async fn put(&self, place: Place, bytes: Vec<u8>) -> Result<(), DepotError> {
        self.store.put(&place.key(), bytes.into()).await?;
        Ok(())
    }

    async fn send(&self, arrived: &Path, place: Place) -> Result<(), DepotError> {
        let mut file = File::open(arrived)?;
        let block = usize::try_from(BLOCK).unwrap_or(usize::MAX);
        let mut bytes = vec![0; block];
        let mut read = fill(&mut file, &mut bytes)?;
        if read < block {
            bytes.truncate(read);
            return self.put(place, bytes).await;
        }
        let upload = self.store.put_multipart(&place.key()).await?;
        let mut writing = WriteMultipart::new_with_chunk_size(upload, 2 * block);
        while read > 0 {
            writing.wait_for_capacity(ON_THE_WAY).await?;
            writing.write(&bytes[..read]);
            read = fill(&mut file, &mut bytes)?;
        }
        writing.finish().await?;
        Ok(())
    }

    /// Length of what lies there.
    pub async fn size(&self, place: Place) -> Result<Option<u64>, DepotError> {
        match self.store.head(&place.key()).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what lies there whole: its length and hash.
    pub async fn hash(&self, place: Place) -> Result<Option<(u64, BlobHash)>, DepotError> {
        let Some(size) = self.size(place).await? else { return Ok(None) };
        let mut digest = Context::new(&SHA256);
        let mut at = 0;
        while at < size {
            let end = (at + BLOCK).min(size);
            let bytes = match self.store.get_range(&place.key(), at..end).await {
                Ok(bytes) if bytes.is_empty() => return Err(DepotError::Differs),
                Ok(bytes) => bytes,
                Err(object_store::Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            digest.update(&bytes);
            at += bytes.len() as u64;
        }
        let hash = BlobHash::try_from(digest.finish().as_ref()).map_err(|_| DepotError::Differs)?;
        Ok(Some((size, hash)))
    }

    /// The bytes of a range, as they come, for an answer.
    pub async fn stream(&self, place: Place, range: Range<u64>) -> Result<Body, DepotError> {
        if range.is_empty() {
            return Ok(Body::empty());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        match self.store.get_opts(&place.key(), options).await {
            Ok(found) => Ok(Body::from_stream(found.into_stream())),
            Err(object_store::Error::NotFound { .. }) => Err(DepotError::Missing),
            Err(error) => Err(error.into()),
        }
    }

    /// The first bytes of what lies there.
    pub async fn head(&self, place: Place, most: usize) -> Result<Vec<u8>, DepotError> {
        let size = self.size(place).await?.ok_or(DepotError::Missing)?;
        match size.min(most as u64) {
            0 => Ok(Vec::new()),
            end => self.range(place, 0..end).await,
        }
    }

    /// The bytes of a range that is not empty, in memory.
    pub async fn range(&self, place: Place, range: Range<u64>) -> Result<Vec<u8>, DepotError> {
        Ok(self.store.get_range(&place.key(), range).await?.to_vec())
    }

    /// All bytes of what lies there, when there are at most `limit`.
    pub async fn read(&self, place: Place, limit: u64) -> Result<Vec<u8>, DepotError> {
        match self.size(place).await? {
            Some(size) if size <= limit => {
                Ok(self.store.get(&place.key()).await?.bytes().await?.to_vec())
            }
            Some(_) => Err(io::Error::from(io::ErrorKind::FileTooLarge).into()),
            None => Err(DepotError::Missing),
        }
    }
}

/// Fills `bytes` as far as the file reaches.
fn fill(file: &mut File, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read(&mut bytes[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Waits for `work` on a thread that may block: one of the service's, or a command's.
pub fn wait<T>(work: impl Future<Output = Result<T, DepotError>>) -> Result<T, DepotError> {
    match Handle::try_current() {
        Ok(service) => service.block_on(work),
        Err(_) => Builder::new_current_thread().enable_all().build()?.block_on(work),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::id::sha256;
    use object_store::memory::InMemory;
    use tempfile::TempDir;

    use super::*;

    fn arrived(folder: &Path, bytes: &[u8]) -> (PathBuf, BlobHash) {
        let path = folder.join(incoming::FOLDER).join("00ff");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        (path, BlobHash(sha256(bytes)))
    }

    #[test]
    fn what_is_put_is_read_back_on_a_disk_and_elsewhere() {
        let folder = TempDir::new().unwrap();
        let small = b"strokes".to_vec();
        let large: Vec<u8> = (0_u32..3_000_000).flat_map(u32::to_le_bytes).collect();
        let disk = Depot::local(folder.path()).unwrap();
        let elsewhere = Depot::remote(Arc::new(InMemory::new()));
        for (depot, bytes) in
            [(&disk, &small), (&disk, &large), (&elsewhere, &small), (&elsewhere, &large)]
        {
            let (path, hash) = arrived(folder.path(), bytes);
            let place = Place::Original(hash);
            assert_eq!(wait(depot.hash(place)).unwrap(), None);
            wait(depot.take(&path, place)).unwrap();
            assert!(!path.exists(), "it was moved");
            assert_eq!(wait(depot.hash(place)).unwrap(), Some((bytes.len() as u64, hash)));
            assert_eq!(&wait(depot.read(place, 1 << 30)).unwrap(), bytes);
            assert_eq!(wait(depot.read(place, 6)).unwrap_err().code(), "storage_full");
        }
        let name = Place::Original(BlobHash(sha256(&small))).name();
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), small);
    }

    #[test]
    fn what_reads_back_as_something_else_was_not_stored() {
        let folder = TempDir::new().unwrap();
        let depot = Depot::remote(Arc::new(InMemory::new()));
        let (path, _) = arrived(folder.path(), b"bytes");
        let place = Place::Original(BlobHash([7; 32]));
        assert_eq!(wait(depot.take(&path, place)).unwrap_err().code(), "storage_differs");
        assert!(path.exists(), "what arrived is kept");
    }

    #[test]
    fn a_full_disk_is_named_whoever_met_it() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(DepotError::Io(full()).code(), "storage_full");
        let wrapped = object_store::Error::Generic { store: "local", source: Box::new(full()) };
        assert_eq!(DepotError::Store(wrapped).code(), "storage_full");
    }
}
