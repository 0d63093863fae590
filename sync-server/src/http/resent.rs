//! Requests that are sent again because their answer was lost: what they did is not done twice. The keys of the
//! last few thousand are kept in memory; after a restart the state of the request itself refuses most repetitions.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use lastmile_core::id::sha256;

/// Keys remembered.
const MOST: usize = 10_000;

/// The keys of requests that were carried out.
#[derive(Debug, Default)]
pub struct Resent(Mutex<(HashSet<Key>, VecDeque<Key>)>);

/// The digest of a key with all that it stands for: a reason somebody typed is not kept.
type Key = [u8; 32];

impl Resent {
    /// Whether a request with this key was carried out.
    pub(super) fn knows(&self, key: Option<&String>) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        key.is_some_and(|key| kept.0.contains(&sha256(key.as_bytes())))
    }

    /// A request with this key was carried out.
    pub(super) fn note(&self, key: Option<String>) {
        let Some(key) = key.map(|key| sha256(key.as_bytes())) else { return };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, order) = &mut *kept;
        if known.insert(key) {
            order.push_back(key);
        }
        while order.len() > MOST {
            if let Some(oldest) = order.pop_front() {
                known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_keys_are_remembered_and_no_more() {
        let resent = Resent::default();
        for number in 0..=MOST {
            resent.note(Some(number.to_string()));
        }
        assert!(!resent.knows(Some(&"0".to_owned())) && resent.knows(Some(&"1".to_owned())));
        assert!(!resent.knows(None));
    }
}
