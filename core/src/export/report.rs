//! What a verification says, for programs (serialised as JSON) and as the source of every text for people.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use crate::identity::Certificate;
pub use crate::log::Interval;

use super::finding::{Fault, Found, Limit};

/// Most findings of a report; a file that is wrong everywhere is wrong once.
pub const MAX_FOUND: usize = 1_000;

/// Everything found out about one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// The court's code.
    pub court: String,
    /// The case's number.
    pub case_no: String,
    /// The edition's code.
    pub edition: String,
    /// When the file was made, by the clock of whoever made it, milliseconds since 1970.
    pub made_at_ms: i64,
    /// By which program.
    pub program: String,
    /// By whom, once the manifest's signature holds.
    pub made_by: Option<Author>,
    /// Hash of the court's root certificate, hexadecimal.
    pub root: String,
    /// Whether that root was asked for, and not only found in the file.
    pub root_pinned: bool,
    /// The newest checkpoint.
    pub log: Option<LogReport>,
    /// The chains.
    pub chains: Vec<ChainReport>,
    /// The records, in the order in which they began.
    pub records: Vec<RecordReport>,
    /// What the court decided, in the order of the log.
    pub decisions: Vec<DecisionReport>,
    /// The packs, in the order of the log.
    pub packs: Vec<PackReport>,
    /// What is withheld.
    pub withheld: Vec<WithheldReport>,
    /// Photos.
    pub photos: PhotoReport,
    /// What is not proven. Empty: everything in the file is.
    pub findings: Vec<Found<Fault>>,
    /// What no such file, or not this one, proves.
    pub limits: Vec<Found<Limit>>,
}

impl Report {
    /// Whether everything in the file is proven.
    pub fn proven(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn fault(&mut self, code: Fault, place: impl Into<String>, cause: Option<&str>) {
        let found = Found { code, place: place.into(), cause: cause.map(str::to_owned) };
        if self.findings.len() < MAX_FOUND && !self.findings.contains(&found) {
            self.findings.push(found);
        }
    }

    pub(super) fn limit(&mut self, code: Limit, place: impl Into<String>) {
        let found = Found { code, place: place.into(), cause: None };
        if self.limits.len() < MAX_FOUND && !self.limits.contains(&found) {
            self.limits.push(found);
        }
    }

    /// The codes of all findings.
    pub fn codes(&self) -> BTreeSet<&'static str> {
        self.findings.iter().map(|found| found.code.code()).collect()
    }
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The certificate's hash, hexadecimal.
    pub certificate: String,
    /// Its kind: `person` or `server`.
    pub kind: String,
    /// Staff id.
    pub person: Option<String>,
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Device.
    pub device: Option<String>,
    /// Where the key lives.
    pub protection: String,
}

impl Author {
    pub(super) fn of(certificate: &Certificate) -> Self {
        Self {
            certificate: certificate.id().to_hex(),
            kind: certificate.kind.code().to_owned(),
            person: certificate.person.clone(),
            name: certificate.name.clone(),
            roles: certificate.roles.clone(),
            device: certificate.device.clone(),
            protection: certificate.protection.clone(),
        }
    }
}

/// The court's log as the file proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogReport {
    /// Its name.
    pub origin: String,
    /// Entries at the newest checkpoint.
    pub size: u64,
    /// Root at the newest checkpoint, hexadecimal.
    pub root: String,
    /// Time of the newest checkpoint, server clock.
    pub at_ms: i64,
    /// Checkpoints in the file.
    pub checkpoints: usize,
}

/// A chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// The feed.
    pub channel: String,
    /// Entries, from the first to the last at the checkpoint.
    pub entries: usize,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordReport {
    /// Document id, hexadecimal.
    pub document: String,
    /// Kind.
    pub kind: String,
    /// The kind's name in Chinese.
    pub label_zh: &'static str,
    /// The kind's name in English.
    pub label_en: &'static str,
    /// One line that names it.
    pub title: String,
    /// Handling officer, staff id.
    pub handler: String,
    /// State digest, computed here.
    pub state: String,
    /// Content digest, computed here.
    pub content: String,
    /// Finalisations; several are a conflict.
    pub finalised: Vec<FinalReport>,
    /// Who of those present signed.
    pub signatures: Vec<SignatureReport>,
    /// Open conflicts.
    pub conflicts: usize,
    /// Changes that came after finalising from phones that did not know.
    pub late: usize,
    /// Photos it names.
    pub photos: usize,
    /// What it says, the head first, then its lists.
    pub sections: Vec<SectionReport>,
    /// Its changes, in the order of the log.
    pub changes: Vec<ChangeReport>,
}

/// The head of a record, or one of its lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionReport {
    /// Name in Chinese.
    pub label_zh: Cow<'static, str>,
    /// Name in English.
    pub label_en: Cow<'static, str>,
    /// Its items; the head is one item.
    pub items: Vec<ItemReport>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// Whether it was struck.
    pub struck: bool,
    /// Its fields.
    pub fields: Vec<FieldReport>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldReport {
    /// Name in Chinese.
    pub label_zh: Cow<'static, str>,
    /// Name in English.
    pub label_en: Cow<'static, str>,
    /// Its value; several while they are contested.
    pub values: Vec<String>,
}

/// One finalisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FinalReport {
    /// Who, staff id.
    pub person: String,
    /// The phone's clock.
    pub device_ms: i64,
    /// When it certainly was.
    pub proven: Interval,
    /// How far the phone's clock lies outside that.
    pub skew_ms: i64,
    /// The content digest it bound.
    pub content: String,
}

/// A signature of somebody present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureReport {
    /// Name as recorded.
    pub name: String,
    /// Part, a code.
    pub role: String,
    /// Mode, a code: signed, fingerprint, refused.
    pub mode: String,
    /// Whether what was signed is the content that counts.
    pub of_this_content: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    /// Place in the case's chain.
    pub sequence: u64,
    /// Place in the court's log.
    pub index: u64,
    /// Envelope id, hexadecimal.
    pub envelope: String,
    /// Verb.
    pub verb: String,
    /// The verb in Chinese.
    pub label_zh: &'static str,
    /// The verb in English.
    pub label_en: &'static str,
    /// Who signed it.
    pub author: Author,
    /// What the phone's clock said.
    pub device_ms: i64,
    /// Milliseconds since the phone's boot.
    pub monotonic_ms: u64,
    /// That boot, hexadecimal: within one, `monotonic_ms` tells the time between two changes.
    pub boot: String,
    /// When it certainly was.
    pub proven: Interval,
    /// How far the phone's clock lies outside that.
    pub skew_ms: i64,
    /// Where, as the phone said.
    pub position: Option<String>,
}

/// A decision of the court, attested by its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionReport {
    /// The feed.
    pub channel: String,
    /// Place in it.
    pub sequence: u64,
    /// Place in the court's log.
    pub index: u64,
    /// Kind.
    pub kind: String,
    /// Who decided, staff id; none: by rule.
    pub on_behalf_of: Option<String>,
    /// Server clock.
    pub at_ms: i64,
}

/// A pack of reference data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackReport {
    /// Place in the case's chain.
    pub sequence: u64,
    /// Kind.
    pub kind: String,
    /// Version.
    pub version: u64,
    /// Server clock.
    pub made_at_ms: i64,
    /// Whether its content is in the file.
    pub given: bool,
}

/// Something withheld, that existed at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithheldReport {
    /// The feed.
    pub channel: String,
    /// Place in it.
    pub sequence: u64,
    /// Place in the court's log.
    pub index: u64,
    /// What: `change`, `certificate`, `transition`, `pack`.
    pub kind: &'static str,
    /// Identity, hexadecimal.
    pub id: String,
    /// Why, a code.
    pub reason: String,
    /// It existed by then.
    pub not_after_ms: Option<i64>,
}

/// Photos.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PhotoReport {
    /// Named by records in the file.
    pub named: usize,
    /// In the file and as their hashes say.
    pub present: usize,
    /// Not in the file: hash and why.
    pub absent: Vec<(String, String)>,
}
