//! Before a dead zone: place, crew and deadline left with the court, and the check-ins after it. Nothing of it is
//! kept here: the promise counts from when the server has it, and its answer says until when.

use super::Phone;
use super::sync::SyncTrouble;
use super::transport::Transport;
use crate::assistance::watch::{Promise, Word};
use crate::sync::token::Errand;
use crate::sync::watch::{WatchAnswer, WatchMessage};

impl Phone {
    /// Leaves a promise with the court; the same one twice is one. The screen shows the deadline only from the
    /// answer: a promise that did not arrive calls nobody.
    pub fn leave_watch(
        &self,
        transport: &dyn Transport,
        promise: &Promise,
    ) -> Result<WatchAnswer, SyncTrouble> {
        let message = WatchMessage::leave(promise);
        if let Some(Err(fault)) = message.promise() {
            return Err(SyncTrouble::Answer(fault));
        }
        self.say(transport, &message)
    }

    /// Says that the crew of a promise is heard of.
    pub fn check_in(
        &self,
        transport: &dyn Transport,
        promise: [u8; 16],
        word: Word,
    ) -> Result<WatchAnswer, SyncTrouble> {
        self.say(transport, &WatchMessage::check_in(promise, word))
    }

    fn say(
        &self,
        transport: &dyn Transport,
        message: &WatchMessage,
    ) -> Result<WatchAnswer, SyncTrouble> {
        let unread = SyncTrouble::Answer("watch_answer");
        let Ok(body) = serde_json::to_vec(message) else { return Err(unread) };
        let answer = self.ask(transport, Errand::Watch, &body)??;
        serde_json::from_slice(&answer).map_err(|_| unread)
    }
}
