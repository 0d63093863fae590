//! Locks among the connections of one process: the five levels of a database file and the eight slots of
//! the WAL index, with the memory behind it. See <https://sqlite.org/lockingv3.html> and
//! <https://sqlite.org/walformat.html#wal_locks>. Knows no files.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_int;
use std::ptr::NonNull;

use rusqlite::ffi;

use super::disk::Code;

/// One open of a file.
pub(super) type HandleId = u64;

/// The level each open of a database file holds.
#[derive(Debug, Default)]
pub(super) struct FileLock(BTreeMap<HandleId, c_int>);

impl FileLock {
    fn others(&self, me: HandleId) -> c_int {
        self.0
            .iter()
            .filter(|(id, _)| **id != me)
            .map(|(_, level)| *level)
            .max()
            .unwrap_or(ffi::SQLITE_LOCK_NONE)
    }

    pub(super) fn lock(&mut self, me: HandleId, level: c_int) -> Result<(), Code> {
        if self.0.get(&me).is_some_and(|held| *held >= level) {
            return Ok(());
        }
        let others = self.others(me);
        let highest_allowed = match level {
            ffi::SQLITE_LOCK_SHARED => ffi::SQLITE_LOCK_RESERVED,
            ffi::SQLITE_LOCK_RESERVED => ffi::SQLITE_LOCK_SHARED,
            _ if others == ffi::SQLITE_LOCK_SHARED => {
                // PENDING keeps new readers out while the present ones leave.
                self.0.insert(me, ffi::SQLITE_LOCK_PENDING);
                return Err(ffi::SQLITE_BUSY);
            }
            _ => ffi::SQLITE_LOCK_NONE,
        };
        if others > highest_allowed {
            return Err(ffi::SQLITE_BUSY);
        }
        self.0.insert(me, level);
        Ok(())
    }

    pub(super) fn unlock(&mut self, me: HandleId, level: c_int) {
        if level == ffi::SQLITE_LOCK_NONE {
            self.0.remove(&me);
        } else if let Some(held) = self.0.get_mut(&me) {
            *held = (*held).min(level);
        }
    }

    /// Whether anybody is about to write.
    pub(super) fn reserved(&self) -> bool {
        self.0.values().any(|level| *level >= ffi::SQLITE_LOCK_RESERVED)
    }
}

/// A piece of the WAL index: zeroed, 8-byte aligned, at a fixed address until dropped.
#[derive(Debug)]
struct Region(NonNull<u8>, Layout);

// SAFETY: the region owns its allocation, and Rust code never reads or writes through the pointer; SQLite,
// which does, orders its accesses by the slots below and by memory barriers.
unsafe impl Send for Region {}

impl Region {
    fn new(size: usize) -> Option<Self> {
        let layout = Layout::from_size_align(size, 8).ok().filter(|layout| layout.size() > 0)?;
        // SAFETY: the layout's size is not zero.
        let start = unsafe { alloc_zeroed(layout) };
        NonNull::new(start).map(|start| Self(start, layout))
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout and freed only here.
        unsafe { dealloc(self.0.as_ptr(), self.1) }
    }
}

#[derive(Debug, Default)]
struct Slot {
    exclusive: Option<HandleId>,
    shared: BTreeSet<HandleId>,
}

/// The WAL index of one database: its memory, who maps it, and its lock slots.
#[derive(Debug, Default)]
pub(super) struct SharedMemory {
    regions: Vec<Region>,
    users: BTreeSet<HandleId>,
    slots: [Slot; ffi::SQLITE_SHM_NLOCK as usize],
}

impl SharedMemory {
    /// The address of region `index`, made if `extend`; nothing if it does not exist yet.
    pub(super) fn map(
        &mut self,
        me: HandleId,
        index: usize,
        size: usize,
        extend: bool,
    ) -> Result<Option<NonNull<u8>>, Code> {
        self.users.insert(me);
        while extend && self.regions.len() <= index {
            self.regions.push(Region::new(size).ok_or(ffi::SQLITE_NOMEM)?);
        }
        Ok(self.regions.get(index).map(|region| region.0))
    }

    /// Takes or releases `count` slots from `first` on, all or none.
    pub(super) fn lock(
        &mut self,
        me: HandleId,
        first: usize,
        count: usize,
        flags: c_int,
    ) -> Result<(), Code> {
        let slots = self.slots.get_mut(first..first + count).ok_or(ffi::SQLITE_IOERR_SHMLOCK)?;
        let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            for slot in slots {
                slot.exclusive.take_if(|holder| *holder == me);
                slot.shared.remove(&me);
            }
            return Ok(());
        }
        let free = |slot: &Slot| {
            slot.exclusive.is_none_or(|holder| holder == me)
                && (!exclusive || slot.shared.iter().all(|holder| *holder == me))
        };
        if !slots.iter().all(free) {
            return Err(ffi::SQLITE_BUSY);
        }
        for slot in slots {
            if exclusive {
                slot.exclusive = Some(me);
            } else {
                slot.shared.insert(me);
            }
        }
        Ok(())
    }

    /// Ends this connection's use. The memory goes with its last user, as after the last close of a `-shm` file.
    pub(super) fn unmap(&mut self, me: HandleId) {
        for slot in &mut self.slots {
            slot.exclusive.take_if(|holder| *holder == me);
            slot.shared.remove(&me);
        }
        if self.users.remove(&me) && self.users.is_empty() {
            self.regions.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_waits_for_readers_and_keeps_new_ones_out() {
        let mut lock = FileLock::default();
        lock.lock(1, ffi::SQLITE_LOCK_SHARED).unwrap();
        lock.lock(2, ffi::SQLITE_LOCK_SHARED).unwrap();
        lock.lock(1, ffi::SQLITE_LOCK_RESERVED).unwrap();
        assert!(lock.reserved());
        assert_eq!(lock.lock(2, ffi::SQLITE_LOCK_RESERVED), Err(ffi::SQLITE_BUSY));
        assert_eq!(lock.lock(1, ffi::SQLITE_LOCK_EXCLUSIVE), Err(ffi::SQLITE_BUSY));
        assert_eq!(lock.lock(3, ffi::SQLITE_LOCK_SHARED), Err(ffi::SQLITE_BUSY), "PENDING");
        lock.unlock(2, ffi::SQLITE_LOCK_NONE);
        lock.lock(1, ffi::SQLITE_LOCK_EXCLUSIVE).unwrap();
        lock.unlock(1, ffi::SQLITE_LOCK_SHARED);
        lock.lock(3, ffi::SQLITE_LOCK_SHARED).unwrap();
        assert!(!lock.reserved());
    }

    #[test]
    fn slots_are_taken_all_or_none_and_memory_goes_with_the_last_user() {
        let (shared, exclusive) = (
            ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_SHARED,
            ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_EXCLUSIVE,
        );
        let mut memory = SharedMemory::default();
        assert_eq!(memory.map(1, 0, 64, false), Ok(None));
        assert!(memory.map(1, 0, 64, true).unwrap().is_some());
        assert!(memory.map(2, 0, 64, false).unwrap().is_some());
        memory.lock(1, 3, 1, shared).unwrap();
        assert_eq!(memory.lock(2, 2, 2, exclusive), Err(ffi::SQLITE_BUSY));
        memory.lock(2, 2, 1, exclusive).unwrap();
        assert_eq!(memory.lock(1, 2, 1, shared), Err(ffi::SQLITE_BUSY));
        memory.unmap(2);
        memory.lock(1, 2, 1, shared).unwrap();
        memory.unmap(1);
        assert_eq!(memory.map(3, 0, 64, false), Ok(None));
    }
}
