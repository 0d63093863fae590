//! What people decided weighs on judgement in two ways: a certificate was withdrawn, or a person said
//! what is to become of one change.
//!
//! A change of a withdrawn author is withheld, and enters all the same when the server had it before
//! the withdrawal, when a person admits it, or when an accepted change of somebody else was made on
//! it: nobody's work becomes unacceptable through somebody else's withdrawal. What was set aside by a
//! person is withheld in the same way, for the same reason.

use lastmile_core::document::{Candidate, Document, entering};
use lastmile_core::id::{CertificateId, EnvelopeId};
use lastmile_core::identity::Signed;
use lastmile_core::identity::transition::{Transition, TransitionKind};

use super::{Ingest, Item, reason};
use crate::store::{EnvelopeRow, StoreError};

impl Ingest<'_> {
    /// Why a change is withheld, and whether a person admitted it. `row` when it was stored before.
    pub(super) fn withheld(
        &self,
        id: EnvelopeId,
        certificate: CertificateId,
        row: Option<&EnvelopeRow>,
    ) -> Result<(Option<&'static str>, bool), StoreError> {
        match self.judgement(id, row)? {
            Some(true) => return Ok((None, true)),
            Some(false) => return Ok((Some(reason::SET_ASIDE), false)),
            None => {}
        }
        let Some(revocation) = self.directory.withdrawn(&certificate) else {
            return Ok((None, false));
        };
        let before = row
            .is_some_and(|row| row.received_ms < revocation.at_ms && row.reason != reason::REVOKED);
        Ok(((!before).then_some(reason::REVOKED), false))
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
