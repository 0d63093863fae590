//! What waits for a gateway. Whoever fetches it says what became of it; what is too old to be true any more is not
//! handed out, and a newer state of the same request overtakes an older one that nobody fetched.

use crate::server::Server;
use crate::store::{OutgoingRow, StoreError};

/// Texts handed out at a time.
pub const MOST: usize = 100;
/// How long a text is worth sending, milliseconds.
pub const WORTH_MS: i64 = 2 * 60 * 60 * 1_000;

/// What a gateway says became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The network took it.
    Sent,
    /// It could not be sent: shown to a person.
    Failed,
}

impl Sent {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// What a code means.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Sent, Self::Failed].into_iter().find(|sent| sent.code() == code)
    }
}

/// What is to be sent, the oldest first, at most `limit`.
pub fn waiting(server: &Server, limit: usize) -> Result<Vec<OutgoingRow>, StoreError> {
    let since_ms = server.now_ms().saturating_sub(WORTH_MS);
    server.store().read(|reading| reading.outgoing_texts("queued", since_ms, limit.min(MOST)))
}

/// What became of a text; whether there is one of this name.
pub fn became(server: &Server, place: u64, sent: Sent) -> Result<bool, StoreError> {
    server.store().write(|writing| writing.set_outgoing(place, sent.code()))
}
