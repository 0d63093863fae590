//! The wall around libraries that see outside bytes: Automerge panics on some hostile changes, and picture
//! decoders have done so on some files. What was inside a panic is thrown away; a document is built again
//! from the log.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// The library panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a library failed on these bytes")]
pub struct Panicked;

/// Runs `work`; a panic inside becomes [`Panicked`] and prints nothing, because a panic message
/// may quote the content it choked on.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                previous(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_next_call_works() {
        assert_eq!(guarded(|| -> u8 { panic!("quoted content") }), Err(Panicked));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
