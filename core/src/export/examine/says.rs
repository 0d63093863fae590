//! What a record says, in words: its head and its lists with their labels, and the pictures it names.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::{RecordState, Register, is_struck};
use crate::export::report::{FieldReport, ItemReport, SectionReport};
use crate::id::BlobHash;
use crate::records::{Field, FieldType, Kind};
use crate::value::Value;

/// The files that a record names; every other hash in it is a digest.
pub(super) fn photos_of(kind: &Kind, state: &RecordState) -> BTreeSet<BlobHash> {
    let mut photos = BTreeSet::new();
    for collection in kind.collections {
        let fields = collection.fields.iter().filter(|field| field.names_file());
        for field in fields {
            let items = state.items(collection.name).iter();
            let values = items.filter_map(|item| item.fields.get(field.name));
            for value in values.flat_map(|register| &register.alternatives) {
                let hash = value.value.as_bytes().map(BlobHash::try_from);
                photos.extend(hash.and_then(Result::ok));
            }
        }
    }
    photos
}

/// The head, then every list that has items; fields and lists of later versions under their own names.
pub(super) fn sections_of(kind: &'static Kind, state: &RecordState) -> Vec<SectionReport> {
    let head = fields_of(&state.head, &|name| kind.head_field(name));
    let mut sections = vec![SectionReport {
        label_zh: "基本情况".into(),
        label_en: "head".into(),
        items: vec![ItemReport { struck: false, fields: head }],
    }];
    for (name, items) in state.collections.iter().filter(|(_, items)| !items.is_empty()) {
        let collection = kind.collection(name);
        let (label_zh, label_en) = match (collection, name.as_str()) {
            (Some(collection), _) => (collection.label.zh.into(), collection.label.en.into()),
            (None, "strikes") => ("划去".into(), "strikes".into()),
            (None, "resolutions") => ("分歧的处理".into(), "conflicts settled".into()),
            // How it was finalised is said for itself.
            (None, "finalisations") => continue,
            (None, name) => (name.to_owned().into(), name.to_owned().into()),
        };
        let items = items.iter().map(|item| ItemReport {
            struck: is_struck(state, name, &item.id),
            fields: fields_of(&item.fields, &|field| collection.and_then(|list| list.field(field))),
        });
        sections.push(SectionReport { label_zh, label_en, items: items.collect() });
    }
    sections
}

fn fields_of(
    fields: &BTreeMap<String, Register>,
    known: &dyn Fn(&str) -> Option<&'static Field>,
) -> Vec<FieldReport> {
    let report = |(name, register): (&String, &Register)| {
        let field = known(name);
        let label: (Cow<'static, str>, Cow<'static, str>) = match (field, name.as_str()) {
            (Some(field), _) => (field.label.zh.into(), field.label.en.into()),
            (None, "reason") => ("理由".into(), "reason".into()),
            (None, name) => (name.to_owned().into(), name.to_owned().into()),
        };
        let values = register.alternatives.iter().map(|one| text_of(field, &one.value));
        FieldReport { label_zh: label.0, label_en: label.1, values: values.collect() }
    };
    fields.iter().map(report).collect()
}

/// A value as people read it, codes in both languages.
fn text_of(field: Option<&Field>, value: &Value) -> String {
    match (field.map(|field| field.ty), value) {
        (_, Value::Null) => "—".to_owned(),
        (_, Value::Bool(true)) => "是 (yes)".to_owned(),
        (_, Value::Bool(false)) => "否 (no)".to_owned(),
        (Some(FieldType::Money), Value::Int(fen)) => {
            let sign = if *fen < 0 { "-" } else { "" };
            let fen = fen.unsigned_abs();
            format!("{sign}{}.{:02} 元 (CNY)", fen / 100, fen % 100)
        }
        (Some(FieldType::Code(codes)), Value::Text(code)) => codes
            .iter()
            .find(|(name, _)| name == code)
            .map_or_else(|| code.clone(), |(_, label)| format!("{} ({})", label.zh, label.en)),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Bytes(bytes)) => data_encoding::HEXLOWER.encode(bytes),
    }
}
