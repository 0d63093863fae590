//! One request to the court's server and its answer: signed by who acts, sent, and asked once more when
//! only the clock stood in the way. What the server says about the time corrects the *request's* time;
//! the clock of records is never touched, and a server that says nonsense is heard once.

use super::transport::{Transport, TransportError};
use super::{Phone, PhoneError};
use crate::id::sha256;
use crate::identity::Signed;
use crate::identity::canonical::bound::SHOWABLE_MS;
use crate::sync::token::{Errand, RequestToken, to_header};

/// The problem of a server whose clock is far from the token's time.
const CLOCK: &str = "clock_out_of_window";
/// The problem of a server that has answered this very token before, as when a proxy repeats a request.
const USED: &str = "token_used";

impl Phone {
    /// The token for a request with this `body`, for its header, at what is thought to be the server's
    /// time.
    pub fn token(&self, errand: Errand, body: &[u8]) -> Result<String, PhoneError> {
        let skew = self.skew_ms()?.unwrap_or(0);
        let at_ms = self.device_ms().saturating_sub(skew);
        Ok(to_header(&self.token_at(errand.code(), body, at_ms)?))
    }

    /// A token for a file: good for many requests within its window, because a file is held against its
    /// hash. `server_ms` is the court's time when it just said so.
    pub(super) fn file_token(
        &self,
        purpose: &str,
        server_ms: Option<i64>,
    ) -> Result<String, PhoneError> {
        let skew = self.skew_ms()?.unwrap_or(0);
        let at_ms = server_ms.unwrap_or_else(|| self.device_ms().saturating_sub(skew));
        Ok(to_header(&self.token_at(purpose, b"", at_ms)?))
    }

    /// The token of a letter, in its transfer form.
    pub(super) fn letter_token(&self, purpose: &str, body: &[u8]) -> Result<Vec<u8>, PhoneError> {
        Ok(self.token_at(purpose, body, self.device_ms())?.to_bytes())
    }

    fn token_at(
        &self,
        purpose: &str,
        body: &[u8],
        at_ms: i64,
    ) -> Result<Signed<RequestToken>, PhoneError> {
        let acting = self.signed_in()?;
        let signer = self.signer(acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        let token = RequestToken {
            court: self.court.clone(),
            certificate: acting.certificate,
            purpose: purpose.to_owned(),
            // A clock beyond all calendars still gets to hear what time it is.
            at_ms: at_ms.clamp(*SHOWABLE_MS.start(), *SHOWABLE_MS.end()),
            nonce: self.entropy.bytes16(),
            body: sha256(body),
        };
        Ok(Signed::seal(&token, signer.as_ref())?)
    }

    /// Sends `body` and gives the answer.
    pub(super) fn ask(
        &self,
        transport: &dyn Transport,
        errand: Errand,
        body: &[u8],
    ) -> Result<Result<Vec<u8>, TransportError>, PhoneError> {
        let answer = transport.post(&self.court, errand, body, &self.token(errand, body)?);
        let again = match &answer {
            Err(TransportError::Problem { code, server_ms: Some(server_ms), .. })
                if code == CLOCK =>
            {
                to_header(&self.token_at(errand.code(), body, *server_ms)?)
            }
            Err(error) if error.code() == USED => self.token(errand, body)?,
            _ => return Ok(answer),
        };
        // The answer tells the time as well and is what the phone remembers it from: nothing is kept of
        // a time that opened no door.
        Ok(transport.post(&self.court, errand, body, &again))
    }
}
