//! What record kinds say of themselves, so that an app builds its forms from data and never from a list of
//! its own.

use lastmile_core::records::{
    self, Action, Capacity, Collection, Field, FieldType, Kind, Policy, Role, Verb,
};

use crate::words::Words;

/// One code of a choice, with its words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodeWord {
    /// What is recorded.
    pub code: String,
    /// What people read.
    pub label: Words,
}

/// What values a field takes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum FieldKind {
    /// Text of at most so many bytes of UTF-8.
    Text {
        /// Bytes.
        max_bytes: u32,
    },
    /// A whole number within these bounds.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Money in fen (分), a number.
    Money,
    /// Yes or no.
    Flag,
    /// A date, text `2026-03-17`.
    Date,
    /// An instant with offset, text `2026-03-17T09:05:00+08:00`.
    Time,
    /// One of these codes, text. A code that is not among them comes from a later version: show it as it is.
    Code {
        /// The codes in the order of the form.
        choices: Vec<CodeWord>,
    },
    /// A position, text `geo:23.0288,113.1429;crs=wgs84;u=8`.
    Position,
    /// SHA-256 of something said or signed, bytes.
    Hash,
    /// SHA-256 of a file of evidence, bytes.
    File,
    /// A person: id in the case's parties, a staff id, or a `person` record.
    Person,
    /// Another record's id, text.
    Record,
    /// An item of the same record, text `lines/01J...`.
    Item,
}

/// How values meet that two people wrote without knowing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FieldPolicy {
    /// Written once and never changed.
    Fact,
    /// All are kept; a person settles it before finalising.
    Settled,
    /// One is shown first, the others beside it.
    Winner,
}

/// One field of a head or of an item.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FieldInfo {
    /// Key in forms.
    pub name: String,
    /// What people read.
    pub label: Words,
    /// What values it takes.
    pub kind: FieldKind,
    /// How concurrent values meet.
    pub policy: FieldPolicy,
    /// Role codes that may write it; everyone the verb allows when empty.
    pub writers: Vec<String>,
}

/// A collection of items: lines, photos, signatures.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CollectionInfo {
    /// Key in forms.
    pub name: String,
    /// What people read.
    pub label: Words,
    /// Fields of an item.
    pub fields: Vec<FieldInfo>,
    /// The field whose values must differ within the record (seal-strip numbers).
    pub unique: Option<String>,
    /// Its items are signatures over what was read back ([`crate::Phone::sign_record`]).
    pub signs: bool,
    /// Allowed after finalising: signatures, deliveries.
    pub attestation: bool,
}

/// What a verb does.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum VerbAction {
    /// Begins the record.
    Create,
    /// Puts head fields: these, or any when empty.
    Set {
        /// Field names.
        fields: Vec<String>,
    },
    /// Adds an item to this collection.
    Add {
        /// The collection.
        collection: String,
    },
    /// Puts fields of an item of this collection: these, or any when empty.
    Edit {
        /// The collection.
        collection: String,
        /// Field names.
        fields: Vec<String>,
    },
    /// Strikes an item of this collection, with a reason.
    Strike {
        /// The collection.
        collection: String,
    },
    /// Settles a conflict, with a reason.
    Resolve,
    /// Binds the record for good (定稿).
    Finalise,
}

/// One thing a person can do to a record of the kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VerbInfo {
    /// Name in acts.
    pub name: String,
    /// The words on the button.
    pub label: Words,
    /// What it does.
    pub action: VerbAction,
    /// Role codes that may.
    pub roles: Vec<String>,
    /// Only the handling officer (承办人).
    pub handler_only: bool,
}

/// A record kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct KindInfo {
    /// Name in records.
    pub name: String,
    /// What people read.
    pub label: Words,
    /// The paper form, e.g. `F-01`.
    pub form: Option<String>,
    /// Fields of the head.
    pub head: Vec<FieldInfo>,
    /// Collections of items.
    pub collections: Vec<CollectionInfo>,
    /// Everything a person can do.
    pub verbs: Vec<VerbInfo>,
}

/// Every record kind this version knows. From memory; ask once.
#[uniffi::export]
pub fn record_kinds() -> Vec<KindInfo> {
    records::builtin().iter().map(kind).collect()
}

fn kind(kind: &'static Kind) -> KindInfo {
    KindInfo {
        name: kind.name.to_owned(),
        label: kind.label.into(),
        form: kind.form.map(str::to_owned),
        head: kind.head.iter().map(field).collect(),
        collections: kind.collections.iter().map(collection).collect(),
        verbs: kind.verbs.iter().map(verb).collect(),
    }
}

fn collection(collection: &'static Collection) -> CollectionInfo {
    CollectionInfo {
        name: collection.name.to_owned(),
        label: collection.label.into(),
        fields: collection.fields.iter().map(field).collect(),
        unique: collection.unique.map(str::to_owned),
        signs: collection.signs,
        attestation: collection.attestation,
    }
}

fn field(field: &'static Field) -> FieldInfo {
    FieldInfo {
        name: field.name.to_owned(),
        label: field.label.into(),
        kind: field_kind(field.ty),
        policy: match field.policy {
            Policy::Fact => FieldPolicy::Fact,
            Policy::MultiValue => FieldPolicy::Settled,
            Policy::Winner => FieldPolicy::Winner,
        },
        writers: codes(field.writers),
    }
}

fn field_kind(ty: FieldType) -> FieldKind {
    match ty {
        FieldType::Text(max) => {
            FieldKind::Text { max_bytes: u32::try_from(max).unwrap_or(u32::MAX) }
        }
        FieldType::Int(min, max) => FieldKind::Number { min, max },
        FieldType::Money => FieldKind::Money,
        FieldType::Bool => FieldKind::Flag,
        FieldType::Date => FieldKind::Date,
        FieldType::Time => FieldKind::Time,
        FieldType::Code(codes) => {
            let choice = |(code, label): &(&str, records::Label)| CodeWord {
                code: (*code).to_owned(),
                label: (*label).into(),
            };
            FieldKind::Code { choices: codes.iter().map(choice).collect() }
        }
        FieldType::Position => FieldKind::Position,
        FieldType::Hash => FieldKind::Hash,
        FieldType::File => FieldKind::File,
        FieldType::Person => FieldKind::Person,
        FieldType::Record => FieldKind::Record,
        FieldType::Item => FieldKind::Item,
    }
}

fn verb(verb: &'static Verb) -> VerbInfo {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    VerbInfo {
        name: verb.name.to_owned(),
        label: verb.label.into(),
        action: match verb.action {
            Action::Create => VerbAction::Create,
            Action::Set(fields) => VerbAction::Set { fields: owned(fields) },
            Action::Add(collection) => VerbAction::Add { collection: collection.to_owned() },
            Action::Edit(collection) => {
                VerbAction::Edit { collection: collection.to_owned(), fields: owned(verb.fields) }
            }
            Action::Strike(collection) => VerbAction::Strike { collection: collection.to_owned() },
            Action::Resolve => VerbAction::Resolve,
            Action::Finalise => VerbAction::Finalise,
        },
        roles: codes(verb.roles),
        handler_only: verb.capacity == Capacity::Handler,
    }
}

fn codes(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.code().to_owned()).collect()
}
