//! To the court and from it: changes up, the feed down, until both have everything.

use std::sync::Arc;

use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::sync::token::Errand;

use crate::error::LastmileError;
use crate::observe::{Change, ContactState};
use crate::open::Phone;
use crate::road::Road;
use crate::status::count;
use crate::work::{Stop, run_until_given_up};

/// What a contact did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// Requests that were answered.
    pub requests: u32,
    /// Bytes of request bodies.
    pub bytes_up: u64,
    /// Bytes of answer bodies.
    pub bytes_down: u64,
    /// Own changes the court took in.
    pub accepted: u32,
    /// Own changes it keeps for a person to decide, or until something arrives.
    pub waiting: u32,
    /// Own changes it refused; they are in the tray.
    pub refused: u32,
    /// Own changes that were recorded anew after a refusal.
    pub recorded_anew: u32,
    /// Changes of others that came.
    pub received: u32,
    /// Channels (`case:...`) that this phone left; what it had of them is gone.
    pub left: Vec<String>,
    /// The court's server was restored since the last contact.
    pub server_restored: bool,
    /// This phone's copy was destroyed by order of the court: see [`Phone::wiped`].
    pub wiped: bool,
}

#[uniffi::export]
impl Phone {
    /// Gives the court what is pending and takes what is new. With `wait_s` above 0, and nothing to do,
    /// waits at the server for so many seconds (60 at most) for news. Signs first what it can. Cancelled,
    /// it ends after the request that is on its way.
    ///
    /// Errors: `Network`; `NotBelieved` (`log_*`: the court's log is not what it was; the evidence is
    /// kept, tell the command centre); `SignedOut`.
    #[uniffi::method(default(wait_s = 0))]
    pub async fn sync(self: Arc<Self>, wait_s: u32) -> Result<SyncReport, LastmileError> {
        run_until_given_up(move |stop| {
            let road = self.road()?;
            self.observers.contact(&ContactState::Running);
            let way = UntilGivenUp { road: &road, stop };
            let done = match wait_s {
                0 => self.core.sync(&way),
                _ => self.core.sync_and_wait(&way, u64::from(wait_s.min(60))),
            };
            let done = done.map_err(LastmileError::from);
            match &done {
                Ok(_) => {
                    let at_ms = self.core.device_ms();
                    self.observers.contact(&ContactState::Done { at_ms });
                }
                Err(error) => {
                    let code = error.code().to_owned();
                    self.observers.contact(&ContactState::Failed { code });
                }
            }
            self.observers.changed(&Change::Anything);
            self.tell_assistance();
            let done = done?;
            let applied = done.applied;
            Ok(SyncReport {
                requests: count(done.requests),
                bytes_up: done.bytes_up as u64,
                bytes_down: done.bytes_down as u64,
                accepted: count(applied.accepted),
                waiting: count(applied.held + applied.quarantined),
                refused: count(applied.rejected),
                recorded_anew: count(applied.recorded_anew),
                received: count(applied.received.accepted),
                left: done.left,
                server_restored: applied.server_restored,
                wiped: done.wiped,
            })
        })
        .await
    }
}

/// A road that ends when the caller has given up.
pub(crate) struct UntilGivenUp<'a> {
    pub(crate) road: &'a Road,
    pub(crate) stop: &'a Stop,
}

impl Transport for UntilGivenUp<'_> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        if self.stop.told() {
            return Err(TransportError::Unreachable);
        }
        self.road.http.post(court, errand, body, token)
    }
}
