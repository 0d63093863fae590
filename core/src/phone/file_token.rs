//! Tokens for files within one contact. One serves all requests about a file for some minutes: a signature
//! by a phone's key store takes up to 600 ms. The court's own time is believed once it said it.

use super::file_road::Ask;
use super::transport::TransportError;
use super::{Phone, PhoneError};
use crate::sync::token::WINDOW_MS;

/// What a contact remembers of its tokens.
#[derive(Debug, Default)]
pub(super) struct FileTokens {
    /// The last one: its purpose, its text, when it was made.
    last: Option<(String, String, u64)>,
    /// The court's time, when it had to say it.
    server_ms: Option<i64>,
}

impl FileTokens {
    /// Whether a request may succeed after this error with another token: the court said its time.
    pub(super) fn heal(&mut self, error: &TransportError) -> bool {
        match error {
            TransportError::Problem { code, server_ms: Some(server_ms), .. }
                if code == "clock_out_of_window" =>
            {
                self.server_ms = Some(*server_ms);
                self.last = None;
                true
            }
            _ => false,
        }
    }
}

impl Phone {
    /// Asks with a token for `purpose`.
    pub(super) fn ask_about<T>(
        &self,
        tokens: &mut FileTokens,
        purpose: &str,
        request: impl FnOnce(Ask<'_>) -> T,
    ) -> Result<T, PhoneError> {
        let now = self.clock.now().monotonic_ms;
        let fresh = tokens.last.as_ref().is_some_and(|(of, _, made)| {
            of == purpose && now.saturating_sub(*made) < WINDOW_MS / 3
        });
        if !fresh {
            let token = self.file_token(purpose, tokens.server_ms)?;
            tokens.last = Some((purpose.to_owned(), token, now));
        }
        let token = tokens.last.as_ref().map_or("", |(_, token, _)| token.as_str());
        Ok(request(Ask { court: &self.court, token }))
    }
}
