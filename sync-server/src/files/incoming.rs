//! What arrives: one growing file per upload on this machine's disk, whatever store it is for. A file is
//! locked while somebody writes to it, by the operating system, so that the lock ends with its process, and
//! holds for every process on the same data directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ring::digest::{Context, SHA256};

use lastmile_core::id::BlobHash;
use lastmile_core::picture::HEAD_BYTES;

use super::FileError;
use crate::store::UploadId;

/// Subfolder of the files' folder.
pub const FOLDER: &str = "incoming";

/// The disk under what arrives. Tests put one here that is full.
pub trait Disk: Send + Sync + std::fmt::Debug {
    /// Writes all of `bytes` at the file's place.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(file, bytes)
    }

    /// Returns when what was written is durable.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }
}

/// The machine's own.
#[derive(Debug)]
pub struct RealDisk;

impl Disk for RealDisk {}

/// The folder of what arrives.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Incoming {
    /// Opens the folder, or makes it.
    pub fn open(folder: &Path, disk: Arc<dyn Disk>) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), disk })
    }

    fn path(&self, id: &UploadId) -> PathBuf {
        self.folder.join(HEXLOWER.encode(id))
    }

    /// Whether somebody is writing to the file of an upload.
    pub fn is_held(&self, id: &UploadId) -> bool {
        let file = OpenOptions::new().read(true).write(true).open(self.path(id));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the file of an upload, for this caller alone; a new one when there is none.
    pub fn take(&self, id: &UploadId) -> Result<Arriving, FileError> {
        let path = self.path(id);
        let mut open = OpenOptions::new();
        open.read(true).write(true).create(true).truncate(false);
        loop {
            let file = open.open(&path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path)? => {
                    let disk = Arc::clone(&self.disk);
                    return Ok(Arriving { file, path, disk, at: 0, synced: 0 });
                }
                // It went into the store between the two: not ours to write to any more.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(FileError::Busy),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }

    /// Uploads that have a file here.
    pub fn ids(&self) -> io::Result<Vec<UploadId>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let bytes = HEXLOWER.decode(name.as_encoded_bytes()).unwrap_or_default();
            ids.extend(UploadId::try_from(bytes));
        }
        Ok(ids)
    }
}

/// Whether `file` is what lies at `path`.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let held = file.metadata()?;
    Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
}

/// What a file turned out to be when it was read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// SHA-256 of its bytes.
    pub hash: BlobHash,
    /// Its length.
    pub bytes: u64,
    /// Its first bytes, by which its media type is found.
    pub head: Vec<u8>,
}

/// The file of one upload, held by one caller.
#[derive(Debug)]
pub struct Arriving {
    file: File,
    path: PathBuf,
    disk: Arc<dyn Disk>,
    at: u64,
    synced: u64,
}

impl Arriving {
    /// Goes back, or on, to byte `at`, or to the end of what is there. What lay behind is dropped.
    pub fn go_to(&mut self, at: u64) -> io::Result<()> {
        self.at = at.min(self.file.metadata()?.len());
        self.file.set_len(self.at)?;
        self.file.seek(SeekFrom::Start(self.at))?;
        self.synced = self.at;
        Ok(())
    }

    /// Bytes that are there.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Bytes that came since the last [`Self::sync`].
    pub fn unsynced(&self) -> u64 {
        self.at - self.synced
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes. After an error those that came before are there.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.disk.write(&mut self.file, bytes);
        if written.is_err() {
            // Half of a block may lie there.
            self.file.set_len(self.at)?;
            self.file.seek(SeekFrom::Start(self.at))?;
        }
        written?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Makes what came durable.
    pub fn sync(&mut self) -> io::Result<()> {
        self.disk.sync(&self.file)?;
        self.synced = self.at;
        Ok(())
    }

    /// Makes it durable and reads it again from its beginning.
    pub fn read_again(&mut self) -> io::Result<Whole> {
        self.sync()?;
        self.file.seek(SeekFrom::Start(0))?;
        let mut digest = Context::new(&SHA256);
        let mut block = vec![0; 1 << 20];
        let (mut head, mut bytes) = (Vec::new(), 0);
        loop {
            let read = self.file.read(&mut block)?;
            let Some(block) = block.get(..read).filter(|block| !block.is_empty()) else { break };
            digest.update(block);
            bytes += block.len() as u64;
            let missing = HEAD_BYTES.saturating_sub(head.len()).min(block.len());
            head.extend_from_slice(&block[..missing]);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.finish().as_ref());
        Ok(Whole { hash: BlobHash(hash), bytes, head })
    }

    /// Removes the file.
    pub fn discard(self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::id::sha256;
    use tempfile::TempDir;

    use super::*;

    #[derive(Debug)]
    struct SmallDisk(u64);

    impl Disk for SmallDisk {
        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            let room = self.0.saturating_sub(file.metadata()?.len());
            let room = usize::try_from(room).unwrap().min(bytes.len());
            io::Write::write_all(file, &bytes[..room])?;
            if room < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_full_disk_leaves_what_came_before() {
        let folder = TempDir::new().unwrap();
        let incoming = Incoming::open(folder.path(), Arc::new(SmallDisk(10))).unwrap();
        let mut arriving = incoming.take(&[1; 16]).unwrap();
        arriving.go_to(0).unwrap();
        arriving.append(b"eight by").unwrap();
        let full = arriving.append(b"tes").unwrap_err();
        assert_eq!(FileError::from(full).code(), "storage_full");
        assert_eq!((arriving.at(), arriving.unsynced()), (8, 8));
        assert_eq!(fs::read(arriving.path()).unwrap(), b"eight by", "no half of a block");
        arriving.append(b"te").unwrap();
        let whole = arriving.read_again().unwrap();
        assert_eq!(whole.hash, BlobHash(sha256(b"eight byte")));
        assert_eq!((whole.bytes, whole.head.as_slice()), (10, &b"eight byte"[..]));
    }

    #[test]
    fn one_writes_at_a_time_and_goes_on_where_it_was() {
        let folder = TempDir::new().unwrap();
        let incoming = Incoming::open(folder.path(), Arc::new(RealDisk)).unwrap();
        let mut arriving = incoming.take(&[1; 16]).unwrap();
        assert_eq!(incoming.take(&[1; 16]).unwrap_err().code(), "upload_busy");
        assert!(incoming.take(&[2; 16]).is_ok(), "another upload");
        arriving.go_to(0).unwrap();
        arriving.append(b"abcdef").unwrap();
        drop(arriving);
        let mut again = incoming.take(&[1; 16]).unwrap();
        again.go_to(4).unwrap();
        assert_eq!((again.at(), again.unsynced()), (4, 0));
        again.append(b"xy").unwrap();
        assert_eq!(again.read_again().unwrap().head, b"abcdxy");
        again.go_to(99).unwrap();
        assert_eq!(again.at(), 6, "never beyond what is there");
        assert_eq!(incoming.ids().unwrap().len(), 2);
        again.discard().unwrap();
        assert_eq!(incoming.ids().unwrap(), [[2; 16]]);
    }
}
