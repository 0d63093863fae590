//! Tokens that were answered, remembered as long as they could be shown again: who captured a request
//! gets nothing by repeating it.
//!
//! Kept in memory and bounded. A server that starts anew, or another one on the same database, does not
//! know them; a request repeated there changes nothing, because taking in changes is idempotent, and its
//! answer goes to whoever could read the first one over the same TLS connection. That is no worse than the
//! capture was, so no request pays a write to the database for it.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use lastmile_core::sync::token::WINDOW_MS;

/// Tokens remembered at most; the oldest give way. Only registered devices get in, and at this number
/// they would have asked 80 times a second for the whole time.
const MAX: usize = 100_000;

/// A token may come from the far end of the window and be shown again until its other end.
const REMEMBERED_MS: u64 = 2 * WINDOW_MS;

#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<[u8; 32]>,
    order: VecDeque<(i64, [u8; 32])>,
}

/// The tokens this process has answered.
#[derive(Debug, Default)]
pub struct Answered(Mutex<Seen>);

impl Answered {
    /// Notes the token with this identity; false when it was noted before.
    pub fn note(&self, id: [u8; 32], now_ms: i64) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((at_ms, oldest)) = seen.order.front().copied() {
            // A server clock that was set back keeps them longer, never shorter.
            let expired = now_ms > at_ms && now_ms.abs_diff(at_ms) > REMEMBERED_MS;
            if !expired && seen.order.len() < MAX {
                break;
            }
            seen.order.pop_front();
            seen.ids.remove(&oldest);
        }
        let new = seen.ids.insert(id);
        if new {
            seen.order.push_back((now_ms, id));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> [u8; 32] {
        lastmile_core::id::sha256(&number.to_be_bytes())
    }

    #[test]
    fn a_token_is_noted_once_and_forgotten_after_its_time() {
        let answered = Answered::default();
        let later = i64::try_from(REMEMBERED_MS).unwrap_or(i64::MAX);
        assert!(answered.note(id(1), 0));
        assert!(!answered.note(id(1), 0));
        assert!(answered.note(id(2), 1));
        assert!(!answered.note(id(1), later), "could still be shown");
        assert!(answered.note(id(1), later + 1));
        assert!(!answered.note(id(2), -later), "a clock set back forgets nothing");
    }

    #[test]
    fn memory_is_bounded() {
        let answered = Answered::default();
        for number in 0..MAX + 10 {
            assert!(answered.note(id(number), 0));
        }
        assert_eq!(
            answered.0.lock().map(|seen| (seen.ids.len(), seen.order.len())).ok(),
            Some((MAX, MAX))
        );
        assert!(!answered.note(id(MAX), 0));
        assert!(answered.note(id(0), 0), "the oldest gave way");
    }
}
