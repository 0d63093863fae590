//! A conflict settled at the console: one of the sides, another value, or deliberately nothing (暂不写入), always with
//! a reason. The person decides about the sides that were on the screen; when there is another one by now, nothing
//! is settled (law 2).

use std::collections::BTreeSet;

use lastmile_core::document::{
    Choice, Claim, Conflict, Document, Intent, MAX_REASON, Subject, saw,
};
use lastmile_core::id::DocumentId;
use lastmile_core::value::Value;

use super::ActError;
use super::act::{Actor, act};
use super::hand::Purpose;
use crate::server::Server;

/// Most sides that are named.
const MAX_SIDES: usize = 5_000;

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// [`Subject::code`] of what is contested.
    pub kind: String,
    /// [`Subject::target`].
    pub target: String,
    /// The sides that the person saw, each by its operation.
    pub sides: Vec<String>,
    /// What is to stand.
    pub stands: Stands,
    /// Why, in words.
    pub reason: String,
}

/// What is to stand after a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// One side, by its operation.
    Side(String),
    /// Another value.
    Other(Value),
    /// No value for now (暂不写入).
    Nothing,
}

/// Settles a conflict of a record.
pub fn settle(
    server: &Server,
    actor: &Actor,
    record: DocumentId,
    settlement: &Settlement,
) -> Result<(), ActError> {
    let reason = settlement.reason.trim();
    if reason.is_empty() || reason.len() > MAX_REASON {
        return Err(ActError::Form("reason"));
    }
    if settlement.sides.len() > MAX_SIDES {
        return Err(ActError::Form("sides"));
    }
    act(server, actor, record, Purpose::Record, |_, document, resolution| {
        let conflict = find(document, settlement).ok_or(ActError::Gone)?;
        Ok(Intent::Resolve {
            resolution,
            target: settlement.target.clone(),
            choice: choice(&conflict, &settlement.stands)?,
            reason: reason.to_owned(),
            saw: saw(&conflict),
        })
    })
}

/// The open conflict, if its sides are those that the person saw.
fn find(document: &Document, settlement: &Settlement) -> Option<Conflict> {
    let conflict = document.view().conflicts.into_iter().find(|conflict| {
        let subject = &conflict.subject;
        subject.code() == settlement.kind && subject.target() == settlement.target
    })?;
    let stand: BTreeSet<String> = conflict.sides.iter().map(|side| side.op.to_string()).collect();
    let seen: BTreeSet<String> = settlement.sides.iter().cloned().collect();
    (stand == seen).then_some(conflict)
}

/// The choice in the words of the record. Of two items that carry one number neither is right by a choice, and of
/// two finalisations neither: the record is corrected.
fn choice(conflict: &Conflict, stands: &Stands) -> Result<Choice, ActError> {
    match (&conflict.subject, stands) {
        (Subject::Field(_), Stands::Other(value)) => Ok(Choice::Other(value.clone())),
        (Subject::Field(_), Stands::Nothing) => Ok(Choice::Unsettled),
        (Subject::Field(_) | Subject::StruckOrEdited(_), Stands::Side(op)) => {
            let side = conflict.sides.iter().find(|side| side.op.to_string() == *op);
            match side.map(|side| &side.what) {
                Some(Claim::Value(value)) => Ok(Choice::Alternative(value.clone())),
                Some(Claim::Struck(_)) => Ok(Choice::Struck),
                Some(Claim::Edited(..)) => Ok(Choice::Kept),
                _ => Err(ActError::Form("keep")),
            }
        }
        _ => Err(ActError::Form("conflict")),
    }
}
