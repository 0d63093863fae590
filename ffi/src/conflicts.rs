//! What two people wrote without knowing of each other: both sides with author and time, and how a person
//! settles it, with a reason.

use lastmile_core::document::{self, Claim, Intent, RecordView, Subject, saw};
use lastmile_core::records::Label;

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::records::SavedChange;
use crate::value::Value;
use crate::view::who;
use crate::words::Words;

/// What one side says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Said {
    /// The field has this value.
    Holds {
        /// The value.
        value: Value,
    },
    /// The item is struck.
    Struck {
        /// Why.
        reason: String,
    },
    /// A field of the item was given this value.
    Edited {
        /// The field.
        field: String,
        /// The value.
        value: Value,
    },
    /// The number stands on this item.
    Carries {
        /// The item's ULID.
        item: String,
    },
    /// The record was finalised with this content.
    Finalised {
        /// Digest of the content.
        content: String,
    },
}

/// One side.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Side {
    /// What it says.
    pub said: Said,
    /// Who.
    pub person: String,
    /// When, by that person's phone, milliseconds since 1970.
    pub device_ms: i64,
}

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ConflictKind {
    /// A field has several values: choose [`Settlement::Take`], [`Settlement::Other`] or
    /// [`Settlement::LeaveOut`].
    Field,
    /// An item was struck by one and edited by another: [`Settlement::KeepStruck`] or
    /// [`Settlement::KeepLine`].
    StruckOrEdited,
    /// A number that must be unique stands twice: correct one, or [`Settlement::Noted`].
    Duplicate,
    /// Finalised twice: nothing settles it but a correction record (补正笔录).
    FinalisedTwice,
}

/// A difference that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Conflict {
    /// What it is about, for [`Phone::resolve`].
    pub target: String,
    /// What kind it is.
    pub kind: ConflictKind,
    /// Its words.
    pub label: Words,
    /// Every side.
    pub sides: Vec<Side>,
    /// What the person sees, to be handed back to [`Phone::resolve`] as it is: a decision is about just
    /// these sides.
    pub seen: Vec<String>,
}

/// How it is settled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Settlement {
    /// One of the values (采用左/采用右).
    Take {
        /// The value.
        value: Value,
    },
    /// Another value (另填).
    Other {
        /// The value.
        value: Value,
    },
    /// Deliberately left out (暂不写入).
    LeaveOut,
    /// The line stays struck.
    KeepStruck,
    /// The line stands.
    KeepLine,
    /// The duplicate was checked.
    Noted,
}

#[uniffi::export]
impl Phone {
    /// Settles a difference. `seen` is [`Conflict::seen`] as it was shown; durable when it returns.
    ///
    /// Errors: `Refused` (`no_such_conflict`: it has changed meanwhile, show it again; `not_allowed`).
    pub fn resolve(
        &self,
        record: String,
        target: String,
        settlement: Settlement,
        reason: String,
        seen: Vec<String>,
    ) -> Result<SavedChange, LastmileError> {
        let resolution = self.core.new_item();
        let intent = Intent::Resolve {
            resolution: resolution.clone(),
            target,
            choice: choice(settlement),
            reason,
            saw: seen,
        };
        let saved = self.core.act(record_id(&record)?, &intent)?;
        Ok(self.saved(saved, Some(resolution)))
    }
}

pub(crate) fn conflicts(view: &RecordView) -> Vec<Conflict> {
    view.conflicts.iter().map(|conflict| shown(view, conflict)).collect()
}

fn shown(view: &RecordView, conflict: &document::Conflict) -> Conflict {
    let (kind, label) = match conflict.subject {
        Subject::Field(_) => {
            (ConflictKind::Field, Label::new("有分歧,待确定", "differs, to be settled"))
        }
        Subject::StruckOrEdited(_) => (
            ConflictKind::StruckOrEdited,
            Label::new("一人划去,另一人修改,待确定", "struck by one and edited by another"),
        ),
        Subject::Duplicate(_) => (
            ConflictKind::Duplicate,
            Label::new("编号重复,待核对", "the same number twice, to be checked"),
        ),
        Subject::Finalised => (
            ConflictKind::FinalisedTwice,
            Label::new("两次定稿,须作补正笔录", "finalised twice; make a correction record"),
        ),
    };
    let sides = conflict.sides.iter().map(|side| {
        let (person, device_ms) = who(view, side.change);
        Side { said: said(&side.what), person, device_ms }
    });
    Conflict {
        target: conflict.subject.target().to_owned(),
        kind,
        label: label.into(),
        sides: sides.collect(),
        seen: saw(conflict),
    }
}

fn said(claim: &Claim) -> Said {
    match claim {
        Claim::Value(value) => Said::Holds { value: value.into() },
        Claim::Struck(reason) => Said::Struck { reason: reason.clone() },
        Claim::Edited(field, value) => Said::Edited { field: field.clone(), value: value.into() },
        Claim::Carries(item) => Said::Carries { item: item.clone() },
        Claim::Finalised(content) => {
            Said::Finalised { content: data_encoding::HEXLOWER.encode(content) }
        }
    }
}

fn choice(settlement: Settlement) -> document::Choice {
    match settlement {
        Settlement::Take { value } => document::Choice::Alternative(value.into()),
        Settlement::Other { value } => document::Choice::Other(value.into()),
        Settlement::LeaveOut => document::Choice::Unsettled,
        Settlement::KeepStruck => document::Choice::Struck,
        Settlement::KeepLine => document::Choice::Kept,
        Settlement::Noted => document::Choice::Noted,
    }
}
