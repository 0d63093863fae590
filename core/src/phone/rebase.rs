//! After a refusal. The refused bytes go to the tray with their reason; what was built on them goes
//! with them; own work among it is recorded anew, from its stored intents, on what remains: under a
//! new actor generation, with `replaces` and the original capture times. Work that cannot be recorded
//! yet (it edits a line that only comes back when its author has recorded it anew) is tried again
//! after every exchange. What cannot be recorded at all stays open in the tray, where a person sees it.

use std::collections::BTreeMap;

use super::save::Replacing;
use super::{Phone, PhoneError, lock};
use crate::document::{Intent, Refusal};
use crate::envelope::Body;
use crate::id::{DocumentId, EnvelopeId, Epoch};
use crate::identity::Canonical;
use crate::store::{Origin, RefusedBy, TrayId, TrayOutcome, TrayRow, WriteTx};

/// Refusals that say nothing against the work itself, only against its place: the same wish,
/// recorded again, may be accepted.
fn is_about_place(reason: &str) -> bool {
    [Refusal::Twin, Refusal::OutOfSequence, Refusal::WrongStart, Refusal::DependsOnRefused]
        .iter()
        .any(|refusal| refusal.code() == reason)
}

/// Finalising and signing bind exact content: what was bound is no longer what stands, so a person
/// does it again. Such wishes stay open in the tray.
fn needs_a_person(intent: &Intent) -> bool {
    match intent {
        Intent::Finalise { .. } => true,
        Intent::Add { fields, .. } => fields.contains_key("content"),
        _ => false,
    }
}

impl Phone {
    /// Moves a refused change and everything built on it to the tray.
    pub(super) fn withdraw(
        &self,
        tx: &WriteTx<'_>,
        id: EnvelopeId,
        by: RefusedBy,
        reason: &str,
    ) -> Result<(), PhoneError> {
        let Some(row) = tx.log_row(id)? else { return Ok(()) };
        let now = self.device_ms();
        let dependants = tx.dependants(row.row.document, row.row.change_hash)?;
        for dependant in dependants.into_iter().rev() {
            tx.refuse(dependant, by, Refusal::DependsOnRefused.code(), now)?;
        }
        tx.refuse(id, by, reason, now)?;
        if reason == Refusal::Twin.code() && row.row.origin == Origin::Own {
            self.leave_epoch(tx, row.row.epoch)?;
        }
        lock(&self.documents).drop_one(row.row.document);
        self.refresh(tx, row.row.document)
    }

    /// A twin means that this store was cloned: from now on it writes as an installation of its own.
    fn leave_epoch(&self, tx: &WriteTx<'_>, epoch: Epoch) -> Result<(), PhoneError> {
        if tx.identity()?.is_some_and(|identity| identity.epoch == epoch) {
            tx.begin_epoch(Epoch(self.entropy.bytes16()), self.installation)?;
        }
        Ok(())
    }

    /// Brings the cached row of a document in line with its log.
    pub(super) fn refresh(&self, tx: &WriteTx<'_>, id: DocumentId) -> Result<(), PhoneError> {
        let updated = tx.document(id)?.map_or(0, |row| row.updated);
        match self.load_from_log(tx, id)? {
            Some(document) => self.put_document(tx, &document, updated),
            None => Ok(tx.remove_document(id)?),
        }
    }

    /// Records own withdrawn work anew where that is possible now; gives how many changes came back.
    pub(super) fn record_anew(&self, tx: &WriteTx<'_>) -> Result<usize, PhoneError> {
        let open: Vec<TrayRow> = tx
            .tray_open(TrayId(0), u32::MAX)?
            .into_iter()
            .filter(|row| row.origin == Origin::Own && is_about_place(&row.reason))
            .collect();
        if open.is_empty() {
            return Ok(0);
        }
        let mut open: Vec<(Body, TrayRow)> = open
            .into_iter()
            .filter_map(|row| {
                let body = Body::decode(&row.row.as_ref()?.body).ok()?;
                Some((body, row))
            })
            .collect();
        // In the order in which the person did it; epochs of one phone follow each other in the tray.
        open.sort_by_key(|(body, row)| (body.monotonic_ms, body.device_ms, row.id));
        open.sort_by_key(|(body, _)| body.sequence);
        let mut raised = false;
        let mut moved: BTreeMap<DocumentId, DocumentId> = BTreeMap::new();
        let mut count = 0;
        for (body, row) in open {
            let Some(envelope) = row.row.as_ref().map(|row| row.id) else { continue };
            let Some(json) = tx.intent(envelope)? else { continue };
            let Ok(intent) = serde_json::from_str::<Intent>(&json) else { continue };
            if self.signed_in()?.certificate != body.certificate {
                continue;
            }
            if needs_a_person(&intent) {
                continue;
            }
            let creates = matches!(intent, Intent::Create { .. });
            let target = moved.get(&body.document).copied().unwrap_or(body.document);
            let before = if creates { None } else { self.load_from_log(tx, target)? };
            if !creates && before.is_none() {
                continue;
            }
            if !raised {
                tx.raise_generation()?;
                raised = true;
            }
            let replacing = Replacing { envelope };
            let moment = crate::time::Moment {
                device_ms: body.device_ms,
                monotonic_ms: body.monotonic_ms,
                boot: body.boot,
            };
            // A wish that cannot be recorded now waits in the tray; nothing of it was written.
            let Ok((saved, after)) =
                self.record(tx, before, &intent, moment, body.position.clone(), Some(&replacing))
            else {
                continue;
            };
            if creates {
                moved.insert(body.document, saved.document);
            }
            debug_assert_eq!(row.outcome, TrayOutcome::Open);
            tx.set_replaced(row.id, saved.envelope)?;
            lock(&self.documents).put(after);
            count += 1;
        }
        Ok(count)
    }
}
