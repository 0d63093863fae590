//! The model of the disk: files, their names, what a power cut leaves, and planned faults. Pure data, no SQLite calls;
//! errors are SQLite's result codes because the VFS hands them on unchanged.
//!
//! What counts as durable: `fsync` of a file keeps its content and its own name (as ext4 and F2FS do); a deletion, or another
//! file's name, is kept only by a directory sync.

use std::collections::BTreeMap;
use std::ffi::c_int;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::ffi;

use super::locks::{FileLock, SharedMemory};

/// Bytes a disk writes all or nothing.
pub const SECTOR: usize = 512;

/// A SQLite result code other than `SQLITE_OK`.
pub(super) type Code = c_int;

/// Number of a file on the disk, whatever its name.
pub(super) type Inode = u64;

/// Faults planned by a test. Points count from 1.
#[derive(Debug, Default, Clone)]
pub(super) struct Faults {
    pub(super) crash_at: Option<u64>,
    pub(super) io_error_at: Option<u64>,
    pub(super) capacity: Option<u64>,
    pub(super) ignores_sync: bool,
}

/// Something done since the last sync that concerns it.
#[derive(Debug, Clone)]
enum Unsynced {
    Write { inode: Inode, offset: usize, data: Vec<u8> },
    Truncate { inode: Inode, len: usize },
    Link { inode: Inode, name: String },
    Unlink { name: String },
}

impl Unsynced {
    fn inode(&self) -> Option<Inode> {
        match self {
            Self::Write { inode, .. } | Self::Truncate { inode, .. } | Self::Link { inode, .. } => {
                Some(*inode)
            }
            Self::Unlink { .. } => None,
        }
    }

    fn is_naming(&self) -> bool {
        matches!(self, Self::Link { .. } | Self::Unlink { .. })
    }
}

/// File contents and the names they go by.
#[derive(Debug, Default, Clone)]
struct Image {
    contents: BTreeMap<Inode, Vec<u8>>,
    names: BTreeMap<String, Inode>,
}

impl Image {
    fn apply(&mut self, change: &Unsynced) {
        match change {
            Unsynced::Write { inode, offset, data } => {
                patch(self.contents.entry(*inode).or_default(), *offset, data);
            }
            Unsynced::Truncate { inode, len } => {
                self.contents.entry(*inode).or_default().truncate(*len);
            }
            Unsynced::Link { inode, name } => {
                self.contents.entry(*inode).or_default();
                self.names.insert(name.clone(), *inode);
            }
            Unsynced::Unlink { name } => {
                self.names.remove(name);
            }
        }
    }
}

/// Overwrites `content` at `offset`, growing it with zeroes where needed.
fn patch(content: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(data);
}

/// What processes share about an open file; gone after a power cut.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) lock: FileLock,
    pub(super) memory: SharedMemory,
}

/// The disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// What reads see.
    seen: Image,
    /// What a power cut leaves.
    kept: Image,
    /// The difference, in order.
    unsynced: Vec<Unsynced>,
    live: BTreeMap<Inode, Live>,
    last_inode: Inode,
    points: u64,
    faults: Faults,
    crashed: bool,
}

/// What happens at a write point.
enum Point {
    Passes,
    Fails,
    PowerCut,
}

impl Disk {
    pub(super) fn points(&self) -> u64 {
        self.points
    }

    pub(super) fn crashed(&self) -> bool {
        self.crashed
    }

    pub(super) fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    pub(super) fn used(&self) -> u64 {
        self.seen
            .names
            .values()
            .filter_map(|inode| self.seen.contents.get(inode))
            .map(|c| c.len() as u64)
            .sum()
    }

    pub(super) fn live(&mut self, inode: Inode) -> &mut Live {
        self.live.entry(inode).or_default()
    }

    /// Refuses with `code` once the power is cut.
    pub(super) fn powered(&self, code: Code) -> Result<(), Code> {
        if self.crashed { Err(code) } else { Ok(()) }
    }

    fn point(&mut self) -> Point {
        self.points += 1;
        if self.crashed || self.faults.crash_at.is_some_and(|at| self.points >= at) {
            self.crashed = true;
            Point::PowerCut
        } else if self.faults.io_error_at == Some(self.points) {
            Point::Fails
        } else {
            Point::Passes
        }
    }

    /// The file called `name`, and whether this call made it: only if `create`, and refused if it
    /// exists and `exclusive`.
    pub(super) fn open(
        &mut self,
        name: &str,
        create: bool,
        exclusive: bool,
    ) -> Result<(Inode, bool), Code> {
        self.powered(ffi::SQLITE_IOERR)?;
        match self.seen.names.get(name) {
            Some(_) if create && exclusive => Err(ffi::SQLITE_CANTOPEN),
            Some(inode) => Ok((*inode, false)),
            None if !create => Err(ffi::SQLITE_CANTOPEN),
            None => {
                let inode = self.fresh();
                self.record(Unsynced::Link { inode, name: name.to_owned() });
                Ok((inode, true))
            }
        }
    }

    /// A file without a name: it never survives, counts no write points and vanishes with [`forget`](Self::forget).
    pub(super) fn open_nameless(&mut self) -> Result<Inode, Code> {
        self.powered(ffi::SQLITE_IOERR)?;
        Ok(self.fresh())
    }

    fn fresh(&mut self) -> Inode {
        self.last_inode += 1;
        self.seen.contents.insert(self.last_inode, Vec::new());
        self.last_inode
    }

    /// Drops the content of a nameless file.
    pub(super) fn forget(&mut self, inode: Inode) {
        self.seen.contents.remove(&inode);
        self.live.remove(&inode);
    }

    fn record(&mut self, change: Unsynced) {
        self.seen.apply(&change);
        self.unsynced.push(change);
    }

    /// Reads as much of `out` as the file has from `offset`; says how much.
    pub(super) fn read(&self, inode: Inode, offset: usize, out: &mut [u8]) -> Result<usize, Code> {
        self.powered(ffi::SQLITE_IOERR_READ)?;
        let rest = self.content(inode).get(offset..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    pub(super) fn len(&self, inode: Inode) -> usize {
        self.content(inode).len()
    }

    fn content(&self, inode: Inode) -> &[u8] {
        self.seen.contents.get(&inode).map_or(&[], Vec::as_slice)
    }

    /// Whether `name` exists and is not empty, as SQLite's Unix VFS answers.
    pub(super) fn exists(&self, name: &str) -> bool {
        self.seen.names.get(name).is_some_and(|inode| self.len(*inode) > 0)
    }

    pub(super) fn write(
        &mut self,
        inode: Inode,
        lasting: bool,
        offset: usize,
        data: &[u8],
    ) -> Result<(), Code> {
        if !lasting {
            self.powered(ffi::SQLITE_IOERR_WRITE)?;
            patch(self.seen.contents.entry(inode).or_default(), offset, data);
            return Ok(());
        }
        let change = Unsynced::Write { inode, offset, data: data.to_vec() };
        let growth = (offset + data.len()).saturating_sub(self.len(inode)) as u64;
        match self.point() {
            Point::Passes
                if growth > 0 && self.faults.capacity.is_some_and(|c| self.used() + growth > c) =>
            {
                Err(ffi::SQLITE_FULL)
            }
            Point::Passes => {
                self.record(change);
                Ok(())
            }
            Point::Fails => Err(ffi::SQLITE_IOERR_WRITE),
            Point::PowerCut => self.cut_in(change, ffi::SQLITE_IOERR_WRITE),
        }
    }

    pub(super) fn truncate(&mut self, inode: Inode, lasting: bool, len: usize) -> Result<(), Code> {
        if !lasting {
            self.powered(ffi::SQLITE_IOERR_TRUNCATE)?;
            self.seen.contents.entry(inode).or_default().truncate(len);
            return Ok(());
        }
        let change = Unsynced::Truncate { inode, len };
        match self.point() {
            Point::Passes => {
                self.record(change);
                Ok(())
            }
            Point::Fails => Err(ffi::SQLITE_IOERR_TRUNCATE),
            Point::PowerCut => self.cut_in(change, ffi::SQLITE_IOERR_TRUNCATE),
        }
    }

    /// Makes the file's content and its name durable, and with `directory` every creation and deletion so far.
    pub(super) fn sync(
        &mut self,
        inode: Inode,
        lasting: bool,
        directory: bool,
    ) -> Result<(), Code> {
        if !lasting {
            return self.powered(ffi::SQLITE_IOERR_FSYNC);
        }
        let Point::Passes = self.point() else {
            return Err(ffi::SQLITE_IOERR_FSYNC);
        };
        if self.faults.ignores_sync {
            return Ok(());
        }
        self.keep(|change| change.inode() == Some(inode) || directory && change.is_naming());
        Ok(())
    }

    /// Deletes `name`; durably only with `sync_directory`.
    pub(super) fn delete(&mut self, name: &str, sync_directory: bool) -> Result<(), Code> {
        self.powered(ffi::SQLITE_IOERR_DELETE)?;
        if !self.seen.names.contains_key(name) {
            return Err(ffi::SQLITE_IOERR_DELETE_NOENT);
        }
        let change = Unsynced::Unlink { name: name.to_owned() };
        match self.point() {
            Point::Passes => {
                self.record(change);
                if sync_directory {
                    self.keep(Unsynced::is_naming);
                }
                Ok(())
            }
            Point::Fails => Err(ffi::SQLITE_IOERR_DELETE),
            Point::PowerCut => self.cut_in(change, ffi::SQLITE_IOERR_DELETE),
        }
    }

    /// Makes the chosen changes durable, in their order.
    fn keep(&mut self, chosen: impl Fn(&Unsynced) -> bool) {
        let (kept, rest) = std::mem::take(&mut self.unsynced).into_iter().partition(chosen);
        let kept: Vec<Unsynced> = kept;
        for change in &kept {
            self.kept.apply(change);
        }
        self.unsynced = rest;
    }

    /// The power went while `change` was under way: the first such change may have reached the platter.
    fn cut_in(&mut self, change: Unsynced, code: Code) -> Result<(), Code> {
        if self.faults.crash_at == Some(self.points) {
            self.unsynced.push(change);
        }
        Err(code)
    }

    pub(super) fn cut_power(&mut self) {
        self.crashed = true;
    }

    /// The disk after a power cut: what was synced.
    pub(super) fn durable(&self) -> Self {
        Self::with(self.kept.clone())
    }

    /// The disk as reads see it now.
    pub(super) fn duplicate(&self) -> Self {
        Self::with(self.seen.clone())
    }

    /// The disk after a power cut in which some of what was not synced survived.
    pub(super) fn torn(&self, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let survival = [0.1, 0.5, 0.9][rng.random_range(0..3)];
        let mut image = self.kept.clone();
        for change in &self.unsynced {
            match change {
                Unsynced::Write { inode, offset, data } if rng.random_bool(0.5) => {
                    for (at, part) in sectors(*offset, data) {
                        if rng.random_bool(survival) {
                            patch(image.contents.entry(*inode).or_default(), at, part);
                        }
                    }
                }
                whole if rng.random_bool(survival) => image.apply(whole),
                _ => {}
            }
        }
        Self::with(image)
    }

    /// A healthy disk that holds the named files of `image`.
    fn with(mut image: Image) -> Self {
        let Image { contents, names } = &mut image;
        contents.retain(|inode, _| names.values().any(|named| named == inode));
        let last_inode = contents.keys().next_back().copied().unwrap_or(0);
        Self { seen: image.clone(), kept: image, last_inode, ..Self::default() }
    }
}

/// Cuts `data`, written at `offset`, at the disk's sector boundaries.
fn sectors(offset: usize, data: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let at = offset + start;
        let len = (SECTOR - at % SECTOR).min(data.len() - start);
        let part = data.get(start..start + len).filter(|part| !part.is_empty())?;
        start += len;
        Some((at, part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk_with(content: &[u8]) -> (Disk, Inode) {
        let mut disk = Disk::default();
        let (inode, _) = disk.open("a", true, false).unwrap();
        disk.write(inode, true, 0, content).unwrap();
        (disk, inode)
    }

    fn holds(disk: &Disk, name: &str) -> Option<Vec<u8>> {
        disk.seen.names.get(name).map(|inode| disk.content(*inode).to_vec())
    }

    #[test]
    fn only_synced_bytes_survive() {
        let (mut disk, inode) = disk_with(b"first");
        assert_eq!(holds(&disk.durable(), "a"), None, "neither name nor content was synced");
        disk.sync(inode, true, false).unwrap();
        disk.write(inode, true, 5, b"second").unwrap();
        disk.truncate(inode, true, 2).unwrap();
        assert_eq!(holds(&disk, "a").unwrap(), b"fi");
        assert_eq!(holds(&disk.durable(), "a").unwrap(), b"first");
    }

    #[test]
    fn a_deletion_needs_the_directory_sync() {
        let (mut disk, inode) = disk_with(b"x");
        disk.sync(inode, true, false).unwrap();
        let mut lazy = Disk::with(disk.seen.clone());
        lazy.delete("a", false).unwrap();
        assert_eq!(holds(&lazy, "a"), None);
        assert!(holds(&lazy.durable(), "a").is_some());
        disk.delete("a", true).unwrap();
        assert_eq!(holds(&disk.durable(), "a"), None);
    }

    #[test]
    fn a_file_replaced_under_its_name_comes_back_as_the_old_one() {
        let (mut disk, inode) = disk_with(b"old");
        disk.sync(inode, true, false).unwrap();
        disk.delete("a", false).unwrap();
        let (new, _) = disk.open("a", true, false).unwrap();
        disk.write(new, true, 0, b"new").unwrap();
        assert_eq!(holds(&disk.durable(), "a").unwrap(), b"old");
        disk.sync(new, true, false).unwrap();
        assert_eq!(holds(&disk.durable(), "a").unwrap(), b"new");
    }

    #[test]
    fn torn_writes_break_at_sectors_and_repeat_by_seed() {
        let (mut disk, inode) = disk_with(&[1; 4 * SECTOR]);
        disk.sync(inode, true, false).unwrap();
        disk.write(inode, true, 100, &[2; 3 * SECTOR]).unwrap();
        let outcomes: Vec<_> = (0..64).map(|seed| holds(&disk.torn(seed), "a").unwrap()).collect();
        assert_eq!(outcomes[9], holds(&disk.torn(9), "a").unwrap());
        assert!(
            outcomes.iter().any(|o| o.contains(&2) && o[100..100 + 3 * SECTOR].contains(&1)),
            "none was torn"
        );
        for outcome in outcomes {
            let second = &outcome[SECTOR..2 * SECTOR];
            assert!(second.iter().all(|b| *b == second[0]), "a sector was torn inside");
        }
    }

    #[test]
    fn faults_strike_where_planned() {
        let (mut disk, inode) = disk_with(&[0; 10]);
        disk.faults.capacity = Some(12);
        assert_eq!(disk.write(inode, true, 8, &[1; 8]), Err(ffi::SQLITE_FULL));
        assert_eq!(disk.write(inode, true, 2, &[1; 8]), Ok(()), "no growth, no failure");
        disk.faults.io_error_at = Some(disk.points + 1);
        assert_eq!(disk.sync(inode, true, false), Err(ffi::SQLITE_IOERR_FSYNC));
        assert_eq!(holds(&disk.durable(), "a"), None);
        disk.faults.crash_at = Some(disk.points + 1);
        assert_eq!(disk.sync(inode, true, false), Err(ffi::SQLITE_IOERR_FSYNC));
        assert_eq!(disk.read(inode, 0, &mut [0; 4]), Err(ffi::SQLITE_IOERR_READ));
        assert!(disk.open("a", true, false).is_err());
    }
}
