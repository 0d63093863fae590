//! Where sealed files lie: a folder of plain names as a trait, the phone's disk, and memory for tests.
//! Names are made by this program: letters, digits, dots and hyphens.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Cursor, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file being written.
pub trait NewFile: Write + Send {
    /// Returns once every byte written is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file being read.
pub trait StoredFile: Read + Seek + Send {}

impl<T: Read + Seek + Send> StoredFile for T {}

/// A folder of files.
pub trait Folder: Send + Sync {
    /// A new empty file; one of that name is emptied.
    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>>;
    /// A file to read.
    fn open(&self, name: &str) -> io::Result<Box<dyn StoredFile>>;
    /// Gives a synced file its name, in one step that has happened on the disk when this returns.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file, in one step that has happened on the disk when this returns.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// The names of all files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Bytes free for more, when the system says.
    fn free(&self) -> Option<u64> {
        None
    }
}

/// A folder on the phone's disk.
#[derive(Debug, Clone)]
pub struct DiskFolder(PathBuf);

impl DiskFolder {
    /// The folder `path`; made when the first file is.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A new name is on the disk only when the folder is.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

impl NewFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl Folder for DiskFolder {
    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>> {
        fs::create_dir_all(&self.0)?;
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).open(self.0.join(name))?;
        Ok(Box::new(file))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn StoredFile>> {
        Ok(Box::new(File::open(self.0.join(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))?;
        self.sync()
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))?;
        self.sync()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            // What has no plain name is not ours.
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }
}

/// A folder in memory that loses at a [`crash`](Self::crash) whatever was not synced, and can be full.
#[derive(Debug, Default, Clone)]
pub struct MemoryFolder(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    files: BTreeMap<String, Stored>,
    /// Bytes that may still be written, when bounded.
    room: Option<u64>,
}

#[derive(Debug, Default, Clone)]
struct Stored {
    bytes: Vec<u8>,
    /// How many of them, and whether the name itself, survive a crash.
    synced: usize,
    named: bool,
}

impl MemoryFolder {
    /// An empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `room` more bytes in; `None` is no bound.
    pub fn set_room(&self, room: Option<u64>) {
        self.contents().room = room;
    }

    /// The power fails: what was not synced is gone.
    pub fn crash(&self) {
        let mut contents = self.contents();
        contents.files.retain(|_, file| file.named);
        for file in contents.files.values_mut() {
            file.bytes.truncate(file.synced);
        }
    }

    /// Flips a bit of a file, to see it noticed. Says whether there was such a byte.
    pub fn damage(&self, name: &str, at: usize) -> bool {
        let mut contents = self.contents();
        let byte = contents.files.get_mut(name).and_then(|file| file.bytes.get_mut(at));
        byte.map(|byte| *byte ^= 1).is_some()
    }

    /// What a file holds on this disk.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.contents().files.get(name).map(|file| file.bytes.clone())
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct MemoryFile {
    folder: MemoryFolder,
    name: String,
}

impl Write for MemoryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut contents = self.folder.contents();
        if let Some(room) = contents.room {
            let left = room.checked_sub(bytes.len() as u64);
            contents.room = Some(left.ok_or(io::ErrorKind::StorageFull)?);
        }
        let file = contents.files.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
        file.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for MemoryFile {
    fn sync(&mut self) -> io::Result<()> {
        let mut contents = self.folder.contents();
        let file = contents.files.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
        file.synced = file.bytes.len();
        Ok(())
    }
}

impl Folder for MemoryFolder {
    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>> {
        self.contents().files.insert(name.to_owned(), Stored::default());
        Ok(Box::new(MemoryFile { folder: self.clone(), name: name.to_owned() }))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn StoredFile>> {
        let bytes = self.bytes(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut contents = self.contents();
        let mut file = contents.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        file.named = true;
        contents.files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let removed = self.contents().files.remove(name);
        removed.map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.contents().files.keys().cloned().collect())
    }
}
