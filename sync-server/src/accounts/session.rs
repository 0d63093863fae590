//! A browser that is signed in. The cookie's secret is kept as a hash only; the token that guards against
//! requests from other sites is computed from it, so that a page that cannot read the cookie cannot make it.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use lastmile_core::id::{sha256, sha256_parts};
use lastmile_core::time::Entropy;

/// A browser that did nothing for so long is signed out. A console that shows the dispatch workspace asks by
/// itself, and stays.
pub const IDLE_MS: i64 = 30 * 60_000;
/// Nobody stays signed in for longer: a shift, and its handing over.
pub const MOST_MS: i64 = 13 * 60 * 60_000;

const SECRET: usize = 32;

/// A stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's secret.
    pub hash: [u8; 32],
    /// Staff id.
    pub person: String,
    /// When it began, server clock.
    pub begun_ms: i64,
    /// When the browser last asked for something.
    pub seen_ms: i64,
}

impl SessionRow {
    /// When it ends if nothing more is asked.
    pub fn ends_ms(&self) -> i64 {
        (self.seen_ms + IDLE_MS).min(self.begun_ms + MOST_MS)
    }
}

/// What a browser holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; SECRET];
        entropy.fill(&mut bytes);
        Self(BASE64URL_NOPAD.encode(&bytes))
    }

    /// From a cookie; `None` when it has another form.
    pub fn read(cookie: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(cookie.as_bytes()).ok()?;
        (bytes.len() == SECRET).then(|| Self(cookie.to_owned()))
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        &self.0
    }

    /// What is kept.
    pub fn hash(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }

    /// What every request that changes something carries in the header `x-csrf`.
    pub fn csrf(&self) -> String {
        HEXLOWER.encode(&sha256_parts(&[b"lastmile-csrf-v1", self.0.as_bytes()]))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::time::SeededEntropy;

    use super::*;

    #[test]
    fn a_secret_is_read_back_and_shows_itself_nowhere() {
        let entropy = SeededEntropy::new(3);
        let (one, other) = (Secret::new(&entropy), Secret::new(&entropy));
        assert_ne!(one, other);
        assert_eq!(Secret::read(one.cookie()), Some(one.clone()));
        assert_ne!(one.csrf(), other.csrf());
        assert!(!format!("{one:?}").contains(one.cookie()));
        for bad in ["", "x", &one.cookie()[1..], "!!!!"] {
            assert_eq!(Secret::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_session_ends_by_rest_and_at_the_end_of_the_shift() {
        let session =
            |seen_ms| SessionRow { hash: [0; 32], person: "x".into(), begun_ms: 0, seen_ms };
        assert_eq!(session(0).ends_ms(), IDLE_MS);
        assert_eq!(session(MOST_MS - 1).ends_ms(), MOST_MS);
    }
}
