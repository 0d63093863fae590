//! Requests that are sent again because their answer was lost: what they did is not done twice. The keys of the
//! last few thousand are kept in memory; after a restart the state of the request itself refuses most repetitions.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lastmile_core::id::sha256;
use utoipa::IntoParams;

use super::AppState;
use super::problem::{Problem, ProblemCode};
use super::session::Console;

/// Carries the key of a request that may be sent again.
const HEADER: &str = "idempotency-key";

/// The key of a request that may be sent again: the same one each time.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub(in crate::http) struct SentKey {
    /// Whoever sends the same request again, because no answer came, sends the same key: nothing is done twice.
    #[param(
        rename = "idempotency-key",
        min_length = 8,
        max_length = 64,
        pattern = "^[0-9A-Za-z]{8,64}$"
    )]
    key: Option<String>,
}

impl SentKey {
    /// Whose key it is, and which.
    pub(in crate::http) fn of(self, console: &Console) -> Option<String> {
        self.key.map(|key| format!("{} {key}", console.who.person))
    }
}

impl FromRequestParts<AppState> for SentKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self { key: None }) };
        let sane = (8..=64).contains(&value.len())
            && value.as_bytes().iter().all(u8::is_ascii_alphanumeric);
        let text = value.to_str().ok().filter(|_| sane);
        let text = text.ok_or_else(|| Problem::new(ProblemCode::BadBody).with("field", HEADER))?;
        Ok(Self { key: Some(text.to_owned()) })
    }
}

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
