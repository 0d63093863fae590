//! A record as a screen shows it: fields in the order of the form with their labels, every value that
//! stands, who wrote it and when.

use std::collections::{BTreeMap, HashMap};

use lastmile_core::document::{self, Item, Register, is_struck};
use lastmile_core::records::{Field, Label, Policy};

use crate::conflicts::{Conflict, conflicts};
use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::value::Value;
use crate::words::Words;

/// One value that stands in a field.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Written {
    /// The value.
    pub value: Value,
    /// Who wrote it, staff or liaison id.
    pub person: String,
    /// When, by that person's phone, milliseconds since 1970.
    pub device_ms: i64,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShownField {
    /// Key.
    pub name: String,
    /// What people read; the key itself for a field of a later version.
    pub label: Words,
    /// What stands: one value, or several while people differ. A low-risk field has the winner first.
    pub values: Vec<Written>,
    /// Somebody has to settle it before finalising: show the values side by side, never one of them.
    pub contested: bool,
}

/// An item of a collection.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShownItem {
    /// Its ULID.
    pub item: String,
    /// Struck through; it stays and is shown as such.
    pub struck: bool,
    /// Who added it.
    pub person: String,
    /// When, by that person's phone, milliseconds since 1970.
    pub device_ms: i64,
    /// Its fields in the order of the form.
    pub fields: Vec<ShownField>,
}

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShownCollection {
    /// Key.
    pub name: String,
    /// What people read.
    pub label: Words,
    /// Its items, in the order in which they were made.
    pub items: Vec<ShownItem>,
}

/// A finalisation (定稿).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Finalised {
    /// Its ULID.
    pub item: String,
    /// Who.
    pub person: String,
    /// When, by that person's phone, milliseconds since 1970.
    pub device_ms: i64,
    /// Digest of the content it bound; its first eight characters stand beside the lock.
    pub content: String,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShownRecord {
    /// Its id.
    pub record: String,
    /// Kind name.
    pub kind: String,
    /// The kind's words.
    pub label: Words,
    /// What it is about, one line.
    pub title: String,
    /// Case number.
    pub case_no: String,
    /// Handling officer's id.
    pub handler: String,
    /// Fields of the head in the order of the form.
    pub head: Vec<ShownField>,
    /// Collections in the order of the form, empty ones too.
    pub collections: Vec<ShownCollection>,
    /// What differs and has to be settled.
    pub conflicts: Vec<Conflict>,
    /// Finalisations, usually none or one.
    pub finalised: Vec<Finalised>,
    /// Changes that came after the finalisation from phones that did not know of it: shown, not counted.
    pub late: u32,
    /// Digest of the content that counts: what a signature names.
    pub content: String,
    /// Digest over everything: equal on every copy that has the same changes.
    pub state: String,
    /// Names of the people and parties it mentions, by id.
    pub names: HashMap<String, String>,
}

#[uniffi::export]
impl Phone {
    /// A record, whole. Some milliseconds; up to a second for one with thousands of changes.
    ///
    /// Errors: `NotHere`; `Refused` (`newer_schema`...: update the app, nothing is lost).
    pub fn record(&self, record: String) -> Result<ShownRecord, LastmileError> {
        let view = self.core.record_view(record_id(&record)?)?;
        let names = self.core.names(&view.state.case)?.into_iter().collect();
        Ok(shown(&view, names))
    }
}

fn shown(view: &document::RecordView, names: HashMap<String, String>) -> ShownRecord {
    let kind = view.kind;
    let form = kind.collections.iter().map(|known| (known.name, known.label, known.fields));
    let resolutions = ("resolutions", Label::new("已确定的分歧", "settled differences"), &[][..]);
    let strikes = ("strikes", Label::new("划去", "strikes"), &[][..]);
    let collections = form.chain([strikes, resolutions]).map(|(name, label, fields)| {
        let items = view.state.items(name).iter().map(|item| shown_item(view, name, fields, item));
        ShownCollection { name: name.to_owned(), label: label.into(), items: items.collect() }
    });
    let finalised = view.finalised.iter().map(|done| Finalised {
        item: done.item.clone(),
        person: done.person.clone(),
        device_ms: done.device_ms,
        content: done.content.to_hex(),
    });
    ShownRecord {
        record: view.id.to_hex(),
        kind: kind.name.to_owned(),
        label: kind.label.into(),
        title: view.title(),
        case_no: view.state.case.clone(),
        handler: view.state.handler.clone(),
        head: shown_fields(view, kind.head, &view.state.head),
        collections: collections.collect(),
        conflicts: conflicts(view),
        finalised: finalised.collect(),
        late: crate::status::count(view.late.len()),
        content: view.content_digest.to_hex(),
        state: view.state_digest.to_hex(),
        names,
    }
}

fn shown_item(
    view: &document::RecordView,
    collection: &str,
    form: &'static [Field],
    item: &Item,
) -> ShownItem {
    let (person, device_ms) = who(view, item.added_by);
    ShownItem {
        item: item.id.clone(),
        struck: is_struck(&view.state, collection, &item.id),
        person,
        device_ms,
        fields: shown_fields(view, form, &item.fields),
    }
}

/// Fields in the order of the form, those of a later version behind them.
fn shown_fields(
    view: &document::RecordView,
    form: &'static [Field],
    values: &BTreeMap<String, Register>,
) -> Vec<ShownField> {
    let known = form.iter().filter_map(|field| {
        let winner = field.policy == Policy::Winner;
        Some(shown_field(view, field.name, field.label.into(), winner, values.get(field.name)?))
    });
    let later = values.iter().filter(|(name, _)| form.iter().all(|field| field.name != *name));
    let later = later.map(|(name, register)| {
        let label = Words { zh: name.clone(), en: name.clone() };
        shown_field(view, name, label, false, register)
    });
    known.chain(later).collect()
}

fn shown_field(
    view: &document::RecordView,
    name: &str,
    label: Words,
    winner: bool,
    register: &Register,
) -> ShownField {
    let mut values: Vec<Written> = register
        .alternatives
        .iter()
        .map(|alternative| {
            let (person, device_ms) = who(view, alternative.change);
            Written { value: (&alternative.value).into(), person, device_ms }
        })
        .collect();
    if winner {
        values.reverse();
    }
    ShownField { name: name.to_owned(), label, values, contested: register.contested() && !winner }
}

/// Who made a change, and when by that phone.
pub(crate) fn who(view: &document::RecordView, change: usize) -> (String, i64) {
    view.change(change).map_or_else(Default::default, |node| {
        (node.provenance.person.clone(), node.provenance.device_ms)
    })
}
