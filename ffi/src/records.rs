//! Records: begun, changed, listed, found. Every change is durable when its call returns; its signature
//! follows ([`Phone::sign_pending`]).

use std::collections::HashMap;

use lastmile_core::document::Intent;
use lastmile_core::id::DocumentId;
use lastmile_core::phone::{ListedRecord, NewRecord, Saved};
use lastmile_core::records;
use serde::{Deserialize, Serialize};

use crate::error::LastmileError;
use crate::observe::Change;
use crate::open::{Phone, record_id};
use crate::status::Standing;
use crate::value::{Value, fields};
use crate::words::Words;

/// A record to begin, as a filled-in form. Also what a draft keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct RecordDraft {
    /// Kind name, see [`crate::record_kinds`].
    pub kind: String,
    /// Case number.
    pub case_no: String,
    /// Handling officer's id; the person signed in when none is given.
    pub handler: Option<String>,
    /// Head fields known so far.
    pub head: HashMap<String, Value>,
    /// Items known so far.
    pub items: Vec<DraftItem>,
}

/// An item of a record to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct DraftItem {
    /// The collection.
    pub collection: String,
    /// Its fields.
    pub fields: HashMap<String, Value>,
}

/// Something done to a record, with a verb of its kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Act {
    /// Puts head fields.
    Set {
        /// The verb.
        verb: String,
        /// What is put.
        fields: HashMap<String, Value>,
    },
    /// Adds an item.
    Add {
        /// The verb.
        verb: String,
        /// The item.
        fields: HashMap<String, Value>,
    },
    /// Puts fields of an item.
    Edit {
        /// The verb.
        verb: String,
        /// The item's ULID.
        item: String,
        /// What is put.
        fields: HashMap<String, Value>,
    },
    /// Strikes an item. Nothing is deleted: it stays, struck through, with the reason.
    Strike {
        /// The verb.
        verb: String,
        /// The item's ULID.
        item: String,
        /// Why.
        reason: String,
    },
}

/// A durable change.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SavedChange {
    /// The record.
    pub record: String,
    /// The item that was added, its ULID.
    pub item: Option<String>,
    /// SHA-256 of the change.
    pub change: String,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordLine {
    /// The record.
    pub record: String,
    /// Kind name.
    pub kind: String,
    /// The kind's words.
    pub label: Words,
    /// What it is about, one line.
    pub title: String,
    /// When the change was made that came here last, by its author's clock, milliseconds since 1970. Lists
    /// go by the order of arrival, never by this.
    pub updated_ms: i64,
    /// How far it has come.
    pub standing: Standing,
    /// Open conflicts.
    pub conflicts: u32,
    /// Bound for good (已定稿).
    pub finalised: bool,
    /// It needs a newer app to be shown; nothing of it is lost.
    pub newer: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecordPage {
    /// The records.
    pub records: Vec<RecordLine>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Hit {
    /// A record.
    Record {
        /// Its id.
        record: String,
    },
    /// A party of a case.
    Party {
        /// The case number.
        case_no: String,
        /// The party's id there.
        party: String,
    },
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Hits {
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// There may be more: narrow the words.
    pub more: bool,
}

/// Most lines of one page.
pub(crate) const MOST: u32 = 200;

#[uniffi::export]
impl Phone {
    /// Begins a record. A few milliseconds; durable when it returns.
    ///
    /// Errors: `Refused` with what the kind does not allow; `SignedOut`; `Store`.
    pub fn create_record(&self, draft: RecordDraft) -> Result<SavedChange, LastmileError> {
        self.create(draft, None)
    }

    /// Changes a record. A few milliseconds; durable when it returns. Recorded with `position` (`geo:`
    /// text), or else with the device's newest fix when that is at most five minutes old. The `draft` of that id
    /// ends with the change: both or neither.
    ///
    /// Errors: `Refused` (`finalised`, `struck`, `contested`, `bad_value`, `not_allowed`...), `NotHere`.
    #[uniffi::method(default(position = None, draft = None))]
    pub fn act(
        &self,
        record: String,
        act: Act,
        position: Option<String>,
        draft: Option<String>,
    ) -> Result<SavedChange, LastmileError> {
        let id = record_id(&record)?;
        let (intent, item) = self.intent(act);
        let position = position.or_else(|| self.position_text());
        let saved = self.core.act_from(id, &intent, position, draft.as_deref())?;
        self.ended(draft);
        Ok(self.saved(saved, item))
    }

    /// Records of a case that the person signed in may see, most recently changed first. `after` is
    /// [`RecordPage::next`] of the page before, none for the first; at most 200 at once.
    #[uniffi::method(default(after = None, limit = 50))]
    pub fn records(
        &self,
        case_no: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<RecordPage, LastmileError> {
        let after = after.as_deref().map(place).transpose()?;
        let limit = limit.clamp(1, MOST) as usize;
        // One more than asked for tells whether there is another page.
        let mut rows = self.core.record_lines(&case_no, after, limit + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more).map(|listed| &listed.row);
        let next = last.map(|row| format!("{}.{}", row.updated, row.id));
        Ok(RecordPage { records: rows.iter().map(line).collect(), next })
    }

    /// Finds records and parties by any words in them, two Chinese characters are enough.
    pub fn search(&self, query: String, limit: u32) -> Result<Hits, LastmileError> {
        let found = self.core.find(&query, limit.clamp(1, MOST) as usize)?;
        let hits = found.hits.into_iter().filter_map(|hit| {
            if hit.kind == "record" {
                let record = <[u8; 16]>::try_from(hit.target.as_slice()).ok()?;
                return Some(Hit::Record { record: data_encoding::HEXLOWER.encode(&record) });
            }
            let target = String::from_utf8(hit.target).ok()?;
            let (case_no, party) = target.split_once('/')?;
            Some(Hit::Party { case_no: case_no.to_owned(), party: party.to_owned() })
        });
        Ok(Hits { hits: hits.collect(), more: found.more })
    }
}

impl Phone {
    /// Begins a record, and ends the draft of the id `of` with it.
    pub(crate) fn create(
        &self,
        draft: RecordDraft,
        of: Option<String>,
    ) -> Result<SavedChange, LastmileError> {
        let items = draft.items.into_iter().map(|item| (item.collection, fields(item.fields)));
        let new = NewRecord {
            kind: draft.kind,
            case: draft.case_no,
            handler: draft.handler.unwrap_or_default(),
            head: fields(draft.head),
            items: items.collect(),
        };
        let saved = self.core.create_from(new, of.as_deref())?;
        self.ended(of);
        Ok(self.saved(saved, None))
    }

    fn ended(&self, draft: Option<String>) {
        if let Some(id) = draft {
            self.observers.changed(&Change::Draft { id });
        }
    }

    /// The wish for the core, with the ULID of what it adds.
    fn intent(&self, act: Act) -> (Intent, Option<String>) {
        match act {
            Act::Set { verb, fields: form } => (Intent::Set { verb, fields: fields(form) }, None),
            Act::Add { verb, fields: form } => {
                let item = self.core.new_item();
                let intent = Intent::Add { verb, item: item.clone(), fields: fields(form) };
                (intent, Some(item))
            }
            Act::Edit { verb, item, fields: form } => {
                (Intent::Edit { verb, item, fields: fields(form) }, None)
            }
            Act::Strike { verb, item, reason } => {
                (Intent::Strike { verb, strike: self.core.new_item(), item, reason }, None)
            }
        }
    }

    /// Tells the observers, and the caller.
    pub(crate) fn saved(&self, saved: Saved, item: Option<String>) -> SavedChange {
        self.changed(saved.document);
        SavedChange { record: saved.document.to_hex(), item, change: saved.change.to_hex() }
    }
}

/// Where a page ended: its last record's place then, so that a change of that record moves nothing.
fn place(text: &str) -> Result<(i64, DocumentId), LastmileError> {
    let place = text
        .split_once('.')
        .and_then(|(updated, id)| Some((updated.parse().ok()?, record_id(id).ok()?)));
    place.ok_or_else(|| LastmileError::input("after"))
}

fn line(listed: &ListedRecord) -> RecordLine {
    let row = &listed.row;
    let known = records::builtin().get(&row.kind);
    let code = || Words { zh: row.kind.clone(), en: row.kind.clone() };
    RecordLine {
        record: row.id.to_hex(),
        kind: row.kind.clone(),
        label: known.map_or_else(code, |kind| kind.label.into()),
        title: row.title.clone(),
        updated_ms: listed.newest_ms,
        standing: listed.standing.standing.into(),
        conflicts: row.conflicts,
        finalised: row.finalised,
        newer: known.is_none() || row.digest.is_none(),
    }
}
