//! What becomes of a change from outside that does not simply enter its record. One that cannot be judged
//! yet waits; one that the phone refuses goes to the tray, where a person sees it. Of two changes that claim
//! one place in an actor's sequence (a cloned phone) the server's choice stands: what this phone had
//! instead goes to the tray with everything built on it, and own work is recorded anew. The gate itself is
//! [`super::receive`].

use super::receive::Arrival;
use super::{Phone, PhoneError, lock};
use crate::document::{Limits, Refusal, expand};
use crate::id::EnvelopeId;
use crate::identity::Canonical;
use crate::store::{Captured, LogState, NewLogRow, Origin, RefusedBy, StoreError, WriteTx};
use crate::time::Moment;

/// Two envelopes over one change: only one of them can stand.
pub(super) const SAME_CHANGE: &str = "same_change";

impl Phone {
    pub(super) fn keep_held(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        arrival: &Arrival,
        code: &str,
        origin: Origin,
    ) -> Result<(), PhoneError> {
        let row = held_row(channel, arrival, code, origin, self.device_ms());
        match tx.append(&row) {
            Ok(_) => Ok(()),
            Err(StoreError::Twin { .. }) => {
                self.to_tray(tx, &row, Refusal::Twin.code())?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The server has it: a change waiting here, or refused by nobody, is accepted there.
    pub(super) fn confirm(
        &self,
        tx: &WriteTx<'_>,
        id: EnvelopeId,
        state: LogState,
    ) -> Result<(), PhoneError> {
        match state {
            LogState::Signed | LogState::Quarantined => {
                tx.set_state(id, LogState::Accepted, None)?;
            }
            LogState::Held => tx.mark_on_server(id)?,
            LogState::Unsigned | LogState::Accepted | LogState::Receipted => {}
        }
        if state == LogState::Quarantined
            && let Some(row) = tx.log_row(id)?
        {
            lock(&self.documents).drop_one(row.row.document);
            self.refresh(tx, row.row.document)?;
        }
        Ok(())
    }

    /// Keeps what this phone refuses where a person sees it, once, and never lets a full tray stop
    /// what is fine.
    pub(super) fn to_tray(
        &self,
        tx: &WriteTx<'_>,
        row: &NewLogRow,
        code: &str,
    ) -> Result<(), PhoneError> {
        if !tx.refusals(row.id)?.is_empty() {
            return Ok(());
        }
        match tx.refuse_unlogged(row, RefusedBy::Phone, code, self.device_ms()) {
            Ok(_) => Ok(()),
            Err(error) if tray_is_full(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Another envelope over the same change bytes stands here. A held one nobody vouches for makes
    /// room for one whose signature holds; else the newcomer is kept in the tray.
    pub(super) fn same_change_stands(
        &self,
        tx: &WriteTx<'_>,
        arrival: &Arrival,
        origin: Origin,
    ) -> Result<bool, PhoneError> {
        let body = &arrival.signed.body;
        let Some(standing) = tx.log_row_of_change(body.document, body.change)? else {
            return Ok(false);
        };
        if standing.row.id == arrival.id {
            return Ok(false);
        }
        let vouched = arrival.author.is_ok() || origin == Origin::Server;
        if standing.row.state == LogState::Held && vouched {
            tx.refuse(standing.row.id, RefusedBy::Phone, SAME_CHANGE, self.device_ms())?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Clears the place of a change that the server sequenced, when a twin of it stands here.
    pub(super) fn give_way(&self, tx: &WriteTx<'_>, arrival: &Arrival) -> Result<(), PhoneError> {
        let Ok(change) = expand(&arrival.signed.change, Limits::V1) else { return Ok(()) };
        let rows = tx.log_of_document(arrival.signed.body.document, 0, u32::MAX)?;
        let twin = rows.iter().find(|row| {
            row.row.actor == change.actor
                && row.row.actor_seq == change.sequence
                && row.row.state != LogState::Quarantined
                && !matches!(row.row.state, LogState::Accepted | LogState::Receipted)
        });
        match twin {
            Some(twin) => self.withdraw(tx, twin.row.id, RefusedBy::Server, Refusal::Twin.code()),
            None => Ok(()),
        }
    }
}

/// The tray holds as many outside bytes as it may.
pub(super) fn tray_is_full(error: &StoreError) -> bool {
    match error {
        StoreError::TooLarge { .. } => true,
        StoreError::Constraint { rule } => rule == "tray_is_full_of_outside_bytes",
        _ => false,
    }
}

/// A row for bytes that are kept without being part of a document.
pub(super) fn held_row(
    channel: &str,
    arrival: &Arrival,
    code: &str,
    origin: Origin,
    stored_ms: i64,
) -> NewLogRow {
    let body = &arrival.signed.body;
    let change = expand(&arrival.signed.change, Limits::V1).ok();
    NewLogRow {
        id: arrival.id,
        document: body.document,
        channel: channel.to_owned(),
        change_hash: body.change,
        actor: body.actor(),
        actor_seq: change.as_ref().map_or(0, |change| change.sequence),
        certificate: body.certificate,
        epoch: body.epoch,
        generation: body.generation,
        sequence: body.sequence,
        verb: body.verb.clone(),
        body: body.encode(),
        signature: Some(arrival.signed.signature.to_vec()),
        needs: change.map(|change| change.dependencies).unwrap_or_default(),
        change: arrival.signed.change.clone(),
        origin,
        state: LogState::Held,
        reason: Some(code.to_owned()),
        on_server: origin == Origin::Server,
        priority: 1,
        captured: Captured {
            moment: Moment {
                device_ms: body.device_ms,
                monotonic_ms: body.monotonic_ms,
                boot: body.boot,
            },
            stored_ms,
        },
    }
}
