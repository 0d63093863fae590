//! Where the crew is, told to the court while its request for help is open, and only then: the court refuses anything
//! else, and the app stops when it does. Nothing of it is kept here.

use super::Phone;
use super::sync::SyncTrouble;
use super::transport::Transport;
use crate::geo::Position;
use crate::sync::positions::{PositionsAnswer, PositionsMessage, SentFix};
use crate::sync::token::Errand;

impl Phone {
    /// Tells fixes with their ages in seconds, at most 60 at a time. `no_open_request`: stop.
    pub fn tell_positions(
        &self,
        transport: &dyn Transport,
        fixes: &[(Position, u32)],
    ) -> Result<PositionsAnswer, SyncTrouble> {
        let unread = || SyncTrouble::Answer("positions_answer");
        let fixes = fixes
            .iter()
            .map(|(position, age_s)| SentFix { position: position.to_string(), age_s: *age_s });
        let message = PositionsMessage { fixes: fixes.collect() };
        let body = serde_json::to_vec(&message).map_err(|_| unread())?;
        let answer = self.ask(transport, Errand::Positions, &body)??;
        serde_json::from_slice(&answer).map_err(|_| unread())
    }
}
