//! What a record kind says about itself. Everything is `'static` data: a kind has no code, so a
//! new one cannot smuggle in behaviour that an older phone or the verifier would not have.
//!
//! A record's document is a map:
//!
//! ```text
//! /kind /schema /case /handler /nonce      facts of the creating change
//! /head/<field>                            the form's head and foot
//! /<collection>/<ulid>/<field>             lines, photos, signatures, ...
//! /strikes/<ulid>/{item,reason}            every strike of an item: nothing is deleted
//! /resolutions/<ulid>/{target,choice,...}  every settled conflict, with its reason
//! /finalisations/<ulid>/{heads,state,content}
//! /ext/<key>                               flat keys of later versions
//! ```
//!
//! All containers of the first level come with the creating change.

use crate::value::Value;

/// A text in both languages, zh-CN first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Simplified Chinese, as an officer would write it.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// Both texts.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

/// What a field's values are. Checked on every change, on phone and server alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text of at most this many bytes of UTF-8.
    Text(usize),
    /// A whole number in this closed range.
    Int(i64, i64),
    /// Money in fen (分), -9e15..=9e15.
    Money,
    /// Yes or no.
    Bool,
    /// A calendar date, text `2026-03-17`.
    Date,
    /// An instant with offset, text `2026-03-17T09:05:00+08:00`.
    Time,
    /// One of these codes. A code this version does not know is kept and shown as it is (law 10).
    Code(&'static [(&'static str, Label)]),
    /// A position as RFC 5870 URI with datum: `geo:23.0288,113.1429;crs=wgs84;u=8`.
    Position,
    /// SHA-256 of something said or signed, 32 bytes.
    Hash,
    /// SHA-256 of a file of evidence, 32 bytes: the file travels by itself and is kept by this name.
    File,
    /// Reference to a person of the party table, a `person` document or a staff id.
    Person,
    /// Reference to another record's document: 32 hexadecimal digits.
    Record,
    /// Reference to an item of the same record: `lines/01J...`.
    Item,
}

/// How concurrent values of a field meet (domain sheet, section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Written once and never changed: what happened.
    Fact,
    /// Legally or financially meaningful: all concurrent values are kept and shown; finalising
    /// waits until a person has resolved them with a reason.
    MultiValue,
    /// Low risk: Automerge's deterministic winner is shown first, the others beside it.
    Winner,
}

/// One field of a head or of a collection's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Key in the document, ASCII snake case.
    pub name: &'static str,
    /// What people read.
    pub label: Label,
    /// What values are allowed.
    pub ty: FieldType,
    /// How concurrent values meet.
    pub policy: Policy,
    /// Who may write it, when fewer people than may use the verb (a valuation is the officer's,
    /// though the clerk writes the rest of the line). Empty: everyone the verb allows.
    pub writers: &'static [Role],
    /// Who may settle its open alternatives although the verb that settles is not theirs (the command
    /// centre, when two officers value one thing differently).
    pub settlers: &'static [Role],
}

impl Field {
    /// A fact.
    pub const fn fact(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        ty: FieldType,
    ) -> Self {
        Self {
            name,
            label: Label::new(zh, en),
            ty,
            policy: Policy::Fact,
            writers: &[],
            settlers: &[],
        }
    }

    /// A legally meaningful value.
    pub const fn multi(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        ty: FieldType,
    ) -> Self {
        Self {
            name,
            label: Label::new(zh, en),
            ty,
            policy: Policy::MultiValue,
            writers: &[],
            settlers: &[],
        }
    }

    /// A low-risk value.
    pub const fn winner(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        ty: FieldType,
    ) -> Self {
        Self {
            name,
            label: Label::new(zh, en),
            ty,
            policy: Policy::Winner,
            writers: &[],
            settlers: &[],
        }
    }

    /// Restricts the field to these roles.
    #[must_use]
    pub const fn written_by(mut self, writers: &'static [Role]) -> Self {
        self.writers = writers;
        self
    }

    /// Whether its values name files: originals, or the strokes of a signature.
    pub fn names_file(&self) -> bool {
        self.ty == FieldType::File
    }

    /// Lets these roles settle the field's alternatives, too.
    #[must_use]
    pub const fn settled_by(mut self, settlers: &'static [Role]) -> Self {
        self.settlers = settlers;
        self
    }
}

/// A map of items under ULIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// Key in the document.
    pub name: &'static str,
    /// What people read.
    pub label: Label,
    /// Fields of an item.
    pub fields: &'static [Field],
    /// A field whose values must be unique within the record (seal strips 封条); a duplicate is a
    /// conflict.
    pub unique: Option<&'static str>,
    /// Signatures, deliveries and finalisations: left out of the content digest, allowed after
    /// finalising.
    pub attestation: bool,
    /// Its items are signatures: each names the content digest that was signed and must be complete
    /// when it is made, because nobody can add to it later.
    pub signs: bool,
}

/// A role a certificate may carry (domain sheet, section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 执行法官、执行员.
    Officer,
    /// 书记员.
    Clerk,
    /// 司法警察.
    JudicialPolice,
    /// 执行指挥中心.
    Command,
    /// 协助执行联络员、网格员.
    Liaison,
    /// 派出所值班.
    Dispatcher,
    /// 院长、执行局长.
    President,
    /// 拍卖辅助机构.
    Contractor,
    /// 系统管理员: devices and keys, no content.
    Admin,
}

impl Role {
    /// The code used in certificates and packs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Clerk => "clerk",
            Self::JudicialPolice => "judicial_police",
            Self::Command => "command",
            Self::Liaison => "liaison",
            Self::Dispatcher => "dispatcher",
            Self::President => "president",
            Self::Contractor => "contractor",
            Self::Admin => "admin",
        }
    }

    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::Officer,
        Self::Clerk,
        Self::JudicialPolice,
        Self::Command,
        Self::Liaison,
        Self::Dispatcher,
        Self::President,
        Self::Contractor,
        Self::Admin,
    ];

    /// The role of a code; unknown codes carry no rights.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who may use a verb beyond the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// Anyone of the roles.
    Any,
    /// Only the handling officer named in the creating change (`/handler`).
    Handler,
}

/// What a verb does to the document; acceptance allows exactly these paths and operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The creating change: root facts, all containers, and any head fields and items.
    Create,
    /// Puts head fields (these, or all when empty). A fact only when it has no value yet; a
    /// multi-value field only while it has at most one value.
    Set(&'static [&'static str]),
    /// Adds one whole item under a fresh ULID to this collection.
    Add(&'static str),
    /// Puts fields (never facts) of one item of this collection; refused on a struck item.
    Edit(&'static str),
    /// Strikes one item of this collection, with a reason. Nothing is deleted.
    Strike(&'static str),
    /// Settles one conflict, with a reason, naming every alternative it closes.
    Resolve,
    /// Binds the record's content for good (定稿).
    Finalise,
}

/// The verb of every finalising change, in every kind ([`super::faults`] demands it): the envelope
/// alone then says that the author's finalising key must have signed, whoever knows the kind.
pub const FINALISE_VERB: &str = "finalise";

/// One thing a person can do to a record of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    /// Name in the envelope, ASCII snake case, unique within the kind.
    pub name: &'static str,
    /// What people read on the button.
    pub label: Label,
    /// What it does.
    pub action: Action,
    /// Who may.
    pub roles: &'static [Role],
    /// And in which capacity.
    pub capacity: Capacity,
    /// Roles that, as far as they may use it at all, may do so only on items that they added themselves.
    pub own: &'static [Role],
    /// Fields of the item that it may put; all when empty. For verbs that edit.
    pub fields: &'static [&'static str],
}

impl Verb {
    /// A verb for anyone of `roles`.
    pub const fn new(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        action: Action,
        roles: &'static [Role],
    ) -> Self {
        Self {
            name,
            label: Label::new(zh, en),
            action,
            roles,
            capacity: Capacity::Any,
            own: &[],
            fields: &[],
        }
    }

    /// Restricts the verb to the handling officer.
    #[must_use]
    pub const fn by_handler(mut self) -> Self {
        self.capacity = Capacity::Handler;
        self
    }

    /// Restricts these of its roles to items that they added themselves.
    #[must_use]
    pub const fn own_items(mut self, roles: &'static [Role]) -> Self {
        self.own = roles;
        self
    }

    /// Restricts the verb to these fields.
    #[must_use]
    pub const fn only(mut self, fields: &'static [&'static str]) -> Self {
        self.fields = fields;
        self
    }
}

/// How a kind travels and who routes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Sync priority: 0 goes first (assistance requests), 1 is usual.
    pub priority: u8,
    /// Also enters the channel of the police station that serves the record's `position`.
    pub to_station: bool,
}

/// A record kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Name in documents and URLs, ASCII snake case.
    pub name: &'static str,
    /// Rises when fields, verbs or collections change. Newer ones are held, never refused.
    pub schema: u32,
    /// What people read.
    pub label: Label,
    /// The paper form, e.g. `F-01`.
    pub form: Option<&'static str>,
    /// Fields of `/head`.
    pub head: &'static [Field],
    /// Collections of items, besides [`Kind::STANDARD`].
    pub collections: &'static [Collection],
    /// Everything a person can do.
    pub verbs: &'static [Verb],
    /// Rules (ids of the rule pack) that decide whether the record is complete.
    pub rules: &'static [&'static str],
    /// Head field or collection field shown as the record's one-line title, in order of preference.
    pub title: &'static [&'static str],
    /// How it travels.
    pub envelope: Envelope,
}

impl Envelope {
    /// The usual way: after assistance requests, to the case's channel only.
    pub const USUAL: Self = Self { priority: 1, to_station: false };
}

impl Kind {
    /// Containers every record has beside its own collections.
    pub const STANDARD: [&'static str; 5] =
        ["head", "strikes", "resolutions", "finalisations", "ext"];

    /// The verb called `name`.
    pub fn verb(&self, name: &str) -> Option<&'static Verb> {
        self.verbs.iter().find(|verb| verb.name == name)
    }

    /// The verb that performs `action`, when the kind has one.
    pub fn verb_for(&self, action: Action) -> Option<&'static Verb> {
        self.verbs.iter().find(|verb| verb.action == action)
    }

    /// The head field called `name`.
    pub fn head_field(&self, name: &str) -> Option<&'static Field> {
        self.head.iter().find(|field| field.name == name)
    }

    /// The collection called `name`.
    pub fn collection(&self, name: &str) -> Option<&'static Collection> {
        self.collections.iter().find(|collection| collection.name == name)
    }

    /// Every field of the head and of the items.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.head.iter().chain(self.collections.iter().flat_map(|collection| collection.fields))
    }

    /// Names of all first-level containers, in document order.
    pub fn containers(&self) -> impl Iterator<Item = &'static str> {
        Self::STANDARD.into_iter().chain(self.collections.iter().map(|collection| collection.name))
    }
}

impl Collection {
    /// A collection of content, without a unique field.
    pub const fn new(
        name: &'static str,
        zh: &'static str,
        en: &'static str,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name,
            label: Label::new(zh, en),
            fields,
            unique: None,
            attestation: false,
            signs: false,
        }
    }

    /// Makes the values of `field` unique within the record.
    #[must_use]
    pub const fn unique(mut self, field: &'static str) -> Self {
        self.unique = Some(field);
        self
    }

    /// Makes it an attestation: outside the content digest, allowed after finalising.
    #[must_use]
    pub const fn attesting(mut self) -> Self {
        self.attestation = true;
        self
    }

    /// Makes its items signatures over the content digest; attestations, therefore.
    #[must_use]
    pub const fn signing(mut self) -> Self {
        self.signs = true;
        self.attesting()
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl FieldType {
    /// Whether `value` may stand in a field of this type. `Null` always may: it says "left out".
    pub fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null) | (Self::Bool, Value::Bool(_)) => true,
            (Self::Text(max), Value::Text(text)) => text.len() <= *max && clean(text, true),
            (Self::Int(low, high), Value::Int(number)) => low <= number && number <= high,
            (Self::Money, Value::Int(fen)) => fen.abs() <= 9_000_000_000_000_000,
            (Self::Date, Value::Text(text)) => {
                text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
            }
            (Self::Time, Value::Text(text)) => {
                text.len() <= 40 && text.parse::<jiff::Timestamp>().is_ok()
            }
            (Self::Code(_), Value::Text(text)) => {
                !text.is_empty()
                    && text.len() <= 64
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b))
            }
            (Self::Position, Value::Text(text)) => {
                text.len() <= 160 && text.starts_with("geo:") && clean(text, false)
            }
            (Self::Hash | Self::File, Value::Bytes(bytes)) => bytes.len() == 32,
            (Self::Person, Value::Text(text)) => {
                !text.is_empty() && text.len() <= 64 && clean(text, false)
            }
            (Self::Record, Value::Text(text)) => crate::id::DocumentId::from_hex(text).is_ok(),
            (Self::Item, Value::Text(text)) => {
                text.len() <= 96 && text.contains('/') && clean(text, false)
            }
            _ => false,
        }
    }
}

/// No control characters (newline and tab allowed in `multiline` text) and no bidirectional
/// overrides, which would let a name read differently on paper than in the file.
fn clean(text: &str, multiline: bool) -> bool {
    text.chars().all(|c| match c {
        '\n' | '\t' => multiline,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => false,
        _ => !c.is_control(),
    })
}

/// The kinds this installation knows. Passed explicitly, so that a test (or a court) can add one.
#[derive(Debug, Clone)]
pub struct KindSet(Vec<&'static Kind>);

impl KindSet {
    /// A set of `kinds`; the first of a name wins.
    pub fn new(kinds: Vec<&'static Kind>) -> Self {
        Self(kinds)
    }

    /// Adds `kind`.
    #[must_use]
    pub fn with(mut self, kind: &'static Kind) -> Self {
        self.0.push(kind);
        self
    }

    /// The kind called `name`.
    pub fn get(&self, name: &str) -> Option<&'static Kind> {
        self.0.iter().copied().find(|kind| kind.name == name)
    }

    /// Every kind.
    pub fn iter(&self) -> impl Iterator<Item = &'static Kind> + '_ {
        self.0.iter().copied()
    }
}
