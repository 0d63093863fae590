//! How much memory a piece of work takes at its highest: a global allocator that counts. A test binary names it with
//! `#[global_allocator]` and holds one test only, for it counts what all threads do.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator with two numbers beside it.
#[derive(Debug, Default)]
pub struct Counting {
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Counting {
    /// A counter that stands at nothing.
    pub const fn new() -> Self {
        Self { now: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }

    /// Runs `work`; gives its result and how many bytes more than before it were in use at its highest.
    pub fn peak_of<T>(&self, work: impl FnOnce() -> T) -> (T, usize) {
        let before = self.now.load(Ordering::SeqCst);
        self.peak.store(before, Ordering::SeqCst);
        let done = work();
        (done, self.peak.load(Ordering::SeqCst).saturating_sub(before))
    }

    fn add(&self, bytes: usize) {
        let now = self.now.fetch_add(bytes, Ordering::SeqCst) + bytes;
        self.peak.fetch_max(now, Ordering::SeqCst);
    }
}

// SAFETY: every call is handed to the system's allocator unchanged; counting allocates nothing. A reallocation is
// counted as the default does it, old and new side by side, which is the most it can take.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.now.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
