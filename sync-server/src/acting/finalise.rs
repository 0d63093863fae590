//! A record finalised (定稿) at the console, by the same rules as on a phone: nothing contested, nothing of the law
//! missing that blocks, the handling officer's finalising key. That key is made for this one act, after the password
//! was asked again, and is gone when it has signed.

use lastmile_core::document::{Intent, RecordView, Refusal};
use lastmile_core::id::DocumentId;

use super::ActError;
use super::act::{Actor, act};
use super::hand::Purpose;
use crate::law::{Law, Surroundings};
use crate::server::Server;

/// What the person saw, and nothing else, is finalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Digest of the record's content as it was shown.
    pub content: lastmile_core::id::Digest,
}

/// Finalises a record. The caller has asked for the password.
pub fn finalise(
    server: &Server,
    actor: &Actor,
    record: DocumentId,
    shown: Shown,
) -> Result<(), ActError> {
    let (law, around) = around(server, record)?;
    act(server, actor, record, Purpose::Finalise, |_, document, finalisation| {
        let view = document.view();
        if !view.finalised.is_empty() {
            return Err(ActError::Refused(Refusal::Finalised));
        }
        // Open conflicts are told first: the rules cannot judge what is contested.
        if !view.conflicts.is_empty() {
            return Err(ActError::Refused(Refusal::OpenConflicts));
        }
        if view.content_digest != shown.content {
            return Err(ActError::Moved);
        }
        let rules = law.blocking(&view, &around);
        if !rules.is_empty() {
            return Err(ActError::Unlawful(rules));
        }
        Ok(Intent::Finalise { finalisation })
    })
}

/// The rules, and what they look at around the record. Read before the transaction: a case has hundreds of records,
/// and while one is written nobody's phone is answered. What comes in between counts as little as what a phone that
/// finalises has not heard yet.
fn around(server: &Server, record: DocumentId) -> Result<(Law, Surroundings), ActError> {
    let (directory, now_ms) = (server.directory()?, server.now_ms());
    server.store().read(|reading| {
        let row = reading.record(record)?.ok_or(ActError::UnknownRecord)?;
        let mut around = Surroundings::of(reading, server.kinds(), &directory, &row.case_no)?;
        around.records.retain(|other: &RecordView| other.id != record);
        Ok((Law::in_force(reading, now_ms)?, around))
    })
}
