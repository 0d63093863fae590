//! The answer, taken in whole in one transaction: the verdicts on what was offered, then the news,
//! then the receipt over both.

use std::sync::PoisonError;

use super::{Plan, differs_key};
use crate::id::{EnvelopeId, ServerEpoch};
use crate::phone::log::evidence_given;
use crate::phone::receive::Received;
use crate::phone::{Phone, PhoneError, lock};
use crate::store::{LogState, RefusedBy, WriteTx};
use crate::sync::response::{Outcome, SyncResponse};

/// What an answer brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Verdicts on what was offered: accepted or known.
    pub accepted: usize,
    /// Kept by the server until something arrives.
    pub held: usize,
    /// Kept by the server for a person to decide.
    pub quarantined: usize,
    /// Refused; in the tray now.
    pub rejected: usize,
    /// Own changes recorded anew after a refusal.
    pub recorded_anew: usize,
    /// What came from others.
    pub received: Received,
    /// Some channel goes on.
    pub more: bool,
    /// Some channel differs and will be repaired.
    pub differs: bool,
    /// The server was restored since the last contact.
    pub server_restored: bool,
}

impl Phone {
    /// Takes in the answer to `plan`.
    pub fn apply(&self, plan: &Plan, answer: &SyncResponse) -> Result<Applied, PhoneError> {
        if answer.outcomes.len() != plan.offered.len() {
            return Err(PhoneError::Protocol("as many outcomes as changes are needed"));
        }
        let _work = lock(&self.work);
        let trusted = self.directory().clone();
        let result = self.store.write::<_, PhoneError>(|tx| {
            let mut applied = Applied::default();
            let skew = self.device_ms().saturating_sub(answer.server_ms);
            tx.set_setting("skew_ms", &skew.to_be_bytes())?;
            tx.set_setting("last_contact_ms", &self.device_ms().to_be_bytes())?;
            self.notice_restore(tx, plan, answer.server_epoch, &mut applied)?;
            for (id, outcome) in plan.offered.iter().zip(&answer.outcomes) {
                self.apply_outcome(tx, *id, outcome, &mut applied)?;
            }
            let mut changes = answer.changes.iter();
            let mut placed = Vec::with_capacity(answer.news.len());
            for news in &answer.news {
                placed.push(self.apply_news(
                    tx,
                    plan,
                    answer.server_epoch,
                    news,
                    &mut changes,
                    &mut applied,
                )?);
            }
            if changes.next().is_some() {
                return Err(PhoneError::Protocol("changes without entries"));
            }
            // Last, because the certificate that signs the log may come with this very answer.
            if let Some(proved) = self.judge_receipt(tx, plan, answer, placed)? {
                self.keep_proved(tx, &proved, &read_to_their_ends(plan, answer))?;
            }
            evidence_given(tx)?;
            applied.recorded_anew = self.record_anew(tx)?;
            Ok(applied)
        });
        if let Err(error) = &result {
            // The transaction is undone; what was loaded inside it is not to be trusted, least of all
            // the certificates and withdrawals of an answer that was refused.
            *self.directory.write().unwrap_or_else(PoisonError::into_inner) = trusted;
            lock(&self.documents).clear();
            if let PhoneError::Rewritten(trouble) = error {
                self.keep_alarm(*trouble, answer)?;
            }
        }
        result
    }

    /// Another server epoch: the server was restored. Its channels are compared and what it lost is
    /// offered again; nothing here is dropped.
    fn notice_restore(
        &self,
        tx: &WriteTx<'_>,
        plan: &Plan,
        epoch: ServerEpoch,
        applied: &mut Applied,
    ) -> Result<(), PhoneError> {
        let before = tx.server_epoch()?;
        if before == Some(epoch) {
            return Ok(());
        }
        tx.set_server_epoch(epoch)?;
        if before.is_some() {
            applied.server_restored = true;
            tx.offer_originals_again()?;
            for cursor in &plan.request.cursors {
                tx.set_setting(&differs_key(&cursor.channel), b"restored")?;
            }
        }
        Ok(())
    }

    pub(in crate::phone) fn apply_outcome(
        &self,
        tx: &WriteTx<'_>,
        id: EnvelopeId,
        outcome: &Outcome,
        applied: &mut Applied,
    ) -> Result<(), PhoneError> {
        let Some(row) = tx.log_row(id)? else { return Ok(()) };
        match outcome {
            Outcome::Accepted | Outcome::Known => {
                applied.accepted += 1;
                self.confirm(tx, id, row.row.state)
            }
            Outcome::Held(_) => {
                applied.held += 1;
                Ok(tx.mark_on_server(id)?)
            }
            Outcome::Quarantined(reason) => {
                applied.quarantined += 1;
                tx.mark_on_server(id)?;
                tx.set_state(id, LogState::Quarantined, Some(reason))?;
                lock(&self.documents).drop_one(row.row.document);
                self.refresh(tx, row.row.document)
            }
            Outcome::Rejected(reason) => {
                applied.rejected += 1;
                self.withdraw(tx, id, RefusedBy::Server, reason)
            }
        }
    }
}

/// The channels of which this phone knows every word now: all it asked of, and those it was told of, when the
/// answer left nothing of any out. With one of them unfinished none counts, because the word that takes another
/// back may stand in it.
fn read_to_their_ends<'a>(plan: &'a Plan, answer: &'a SyncResponse) -> Vec<&'a str> {
    if answer.news.iter().any(|news| news.more || news.differs) {
        return Vec::new();
    }
    let asked = plan.request.cursors.iter().map(|cursor| cursor.channel.as_str());
    asked.chain(answer.news.iter().map(|news| news.channel.as_str())).collect()
}
