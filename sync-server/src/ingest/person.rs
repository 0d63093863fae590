//! What is known about authors weighs on judgement in three ways: a certificate was withdrawn, it had run
//! out, or a person said what is to become of one change.
//!
//! A change of a withdrawn author is withheld, and enters all the same when the server had it before
//! the withdrawal, when a person admits it, or when an accepted change of somebody else was made on
//! it: nobody's work becomes unacceptable through somebody else's withdrawal. What was set aside by a
//! person is withheld in the same way, for the same reason.
//!
//! A certificate that ran out withholds what was certainly recorded after that
//! (docs/decisions/0013): a phone's clock says nothing about it, the log and the time of receipt do.

use lastmile_core::document::{Candidate, Document, entering};
use lastmile_core::envelope::Body;
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::Signed;
use lastmile_core::identity::directory::Revocation;
use lastmile_core::identity::transition::{Transition, TransitionKind};
use lastmile_core::log::receipt::WAITING;
use lastmile_core::sync::channel::{DIRECTORY, EntryKind};

use super::{Ingest, Item, reason};
use crate::certify::DAY_MS;
use crate::store::{EnvelopeRow, StoreError};
use crate::trust;

/// How long after its author's certificate ran out a change may come whose capture the log does not place:
/// longer than anybody works without a contact.
const LATE_MS: i64 = 30 * DAY_MS;

impl Ingest<'_> {
    /// Why a change is withheld, and whether a person admitted it. `row` when it was stored before.
    pub(super) fn withheld(
        &self,
        id: EnvelopeId,
        body: &Body,
        row: Option<&EnvelopeRow>,
    ) -> Result<(Option<&'static str>, bool), StoreError> {
        match self.judgement(id, row)? {
            Some(true) => return Ok((None, true)),
            Some(false) => return Ok((Some(reason::SET_ASIDE), false)),
            None => {}
        }
        let Some(revocation) = self.directory.withdrawn(&body.certificate) else {
            return Ok((self.outlived(body, row)?.then_some(reason::EXPIRED), false));
        };
        let before = match row.filter(|row| row.reason != reason::REVOKED) {
            Some(row) => self.had_before(id, row, &revocation)?,
            None => false,
        };
        Ok(((!before).then_some(reason::REVOKED), false))
    }

    /// Whether the court had a change before its author was withdrawn: by the order of the log, as whoever
    /// verifies an export will judge it. A clock may have been set back in between.
    fn had_before(
        &self,
        id: EnvelopeId,
        row: &EnvelopeRow,
        revocation: &Revocation,
    ) -> Result<bool, StoreError> {
        let place = |channel, kind, id| self.writing.log_entry_of(channel, kind, id);
        let waited = place(WAITING, EntryKind::Change, &id.0)?;
        let withdrawn = place(DIRECTORY, EntryKind::Transition, &revocation.transition)?;
        Ok(match (waited, withdrawn) {
            (Some(waited), Some(withdrawn)) => waited.index < withdrawn.index,
            _ => row.received_ms < revocation.at_ms,
        })
    }

    /// Whether a change was certainly recorded after its author's certificate had run out: its author
    /// had seen a checkpoint that is younger, or it came too late to be anything else.
    fn outlived(&self, body: &Body, row: Option<&EnvelopeRow>) -> Result<bool, StoreError> {
        let Some(author) = self.directory.get(&body.certificate) else { return Ok(false) };
        let end_ms = author.payload().not_after_ms;
        let received_ms = row.map_or(self.now_ms, |row| row.received_ms);
        if received_ms <= end_ms
            || trust::standing(self.directory, body.certificate, received_ms).is_some()
        {
            return Ok(false);
        }
        if received_ms.saturating_sub(end_ms) > LATE_MS {
            return Ok(true);
        }
        let named_ms = match body.checkpoint {
            Some(named) => {
                self.writing.checkpoint_named(named.size, &named.root)?.map(|row| row.at_ms)
            }
            None => None,
        };
        Ok(named_ms.is_some_and(|at_ms| at_ms > end_ms))
    }

    /// Whether a person has decided about a change.
    pub(super) fn decided(&self, id: EnvelopeId) -> Result<bool, StoreError> {
        Ok(self.writing.last_said("judge", &id.to_hex())?.is_some())
    }

    /// What a person decided last about a change that was stored before.
    fn judgement(
        &self,
        id: EnvelopeId,
        row: Option<&EnvelopeRow>,
    ) -> Result<Option<bool>, StoreError> {
        if row.is_none() {
            return Ok(None);
        }
        let Some(bytes) = self.writing.last_said("judge", &id.to_hex())? else { return Ok(None) };
        let said = Signed::<Transition>::from_bytes(&bytes)
            .ok()
            .and_then(|signed| self.directory.verify(signed).ok())
            .ok_or(StoreError::Damaged("judgement"))?;
        Ok(match said.payload().kind {
            TransitionKind::Judge { envelope, admit, .. } if envelope == id => Some(admit),
            _ => None,
        })
    }

    /// Of the items that `may` enter: those that nothing withholds, and those withheld ones that an
    /// accepted change of the others was made on.
    pub(super) fn needed_or_free(
        &self,
        before: Option<&Document>,
        items: &[Item],
        may: Vec<usize>,
    ) -> Vec<usize> {
        if may.iter().all(|at| items[*at].withheld.is_none()) {
            return may;
        }
        let all: Vec<Candidate> = may.iter().map(|at| items[*at].candidate.clone()).collect();
        let withheld: Vec<bool> = may.iter().map(|at| items[*at].withheld.is_some()).collect();
        let enter = entering(self.kinds, before, &all, &withheld);
        may.into_iter().zip(enter).filter(|(_, enter)| *enter).map(|(at, _)| at).collect()
    }
}
