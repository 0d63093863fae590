//! Checking the contents of an export: certificates, log, decisions, records, in this order, each with
//! what the one before it established. Pure; the container and the manifest are [`super::verify`]'s.
//!
//! ```text
//! certificates ─► directory ─► checkpoints ─► chains proven ─► decisions, revocations ─► records
//! ```

mod changes;
mod decisions;
mod history;
mod people;
mod records;
mod says;
mod trust;

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{BlobHash, CertificateId, EnvelopeId};
use crate::identity::Directory;
use crate::records::KindSet;
use crate::sync::channel::{DIRECTORY, of_case};

use super::chain::{Certificates, Chain, ChainEntry, Chains};
use super::finding::{Fault, Limit};
use super::manifest::Edition;
use super::proof::Proofs;
use super::report::Report;

use history::Times;
use people::People;

/// What the manifest says the contents are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The court's code.
    pub court: String,
    /// The case's number.
    pub case_no: String,
    /// For whom.
    pub edition: Edition,
    /// When the file was made.
    pub made_at_ms: i64,
    /// By which program.
    pub program: String,
    /// The root that must be the court's; `None` takes the file's word for it.
    pub root: Option<CertificateId>,
}

/// The three parts that prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The court's certificates.
    pub certificates: Certificates,
    /// The signed history.
    pub chains: Chains,
    /// That it stands in the court's log.
    pub proofs: Proofs,
}

/// What examining established.
#[derive(Debug)]
pub struct Examined {
    /// What there is to say.
    pub report: Report,
    /// The court's certificates; `None` when not even the root holds.
    pub directory: Option<Directory>,
    /// Photos that the records name.
    pub photos: BTreeSet<BlobHash>,
}

/// What the steps hand on to each other.
struct Examination<'a> {
    kinds: &'a KindSet,
    claims: &'a Claims,
    contents: &'a Contents,
    report: Report,
    directory: Directory,
    times: Times,
    people: People,
    /// The logs that this one continues: name, size and root of the last checkpoint of each.
    restores: Vec<(String, u64, [u8; 32])>,
    /// Approvals that stood behind a decision.
    used: BTreeSet<[u8; 32]>,
    /// Changes of revoked authors that somebody admitted.
    admitted: BTreeSet<EnvelopeId>,
    /// Where changes stand that had waited at the court before they entered.
    waited: BTreeMap<EnvelopeId, u64>,
    photos: BTreeSet<BlobHash>,
}

/// Checks `contents`; tells `progress` how many of the changes have been looked at.
pub fn examine(
    kinds: &KindSet,
    claims: &Claims,
    contents: &Contents,
    progress: &mut dyn FnMut(u64, u64),
) -> Examined {
    let mut report = Report {
        court: claims.court.clone(),
        case_no: claims.case_no.clone(),
        edition: claims.edition.code().to_owned(),
        made_at_ms: claims.made_at_ms,
        program: claims.program.clone(),
        root_pinned: claims.root.is_some(),
        ..Report::default()
    };
    let Some(directory) = trust::open(claims, &contents.certificates, &mut report) else {
        return Examined { report, directory: None, photos: BTreeSet::new() };
    };
    let mut examination = Examination {
        kinds,
        claims,
        contents,
        report,
        directory,
        times: Times::default(),
        people: People::default(),
        restores: Vec::new(),
        used: BTreeSet::new(),
        admitted: BTreeSet::new(),
        waited: BTreeMap::new(),
        photos: BTreeSet::new(),
    };
    examination.checkpoints();
    examination.chains();
    examination.decisions();
    examination.checkpoint_keys();
    examination.older_checkpoints();
    examination.records(progress);
    examination.usual_limits();
    let Examination { report, directory, photos, .. } = examination;
    Examined { report, directory: Some(directory), photos }
}

impl Examination<'_> {
    fn usual_limits(&mut self) {
        self.report.limit(Limit::AfterLastEntry, "");
        self.report.limit(Limit::DeviceClocks, "");
        if !self.report.root_pinned {
            self.report.limit(Limit::RootFromFile, self.report.root.clone());
        }
        if !self.report.decisions.is_empty() {
            self.report.limit(Limit::ServerAttests, "");
        }
        if self.times.restored {
            self.report.limit(Limit::LogRestored, "");
        }
        let packs_withheld = self.report.packs.iter().any(|pack| !pack.given);
        if !self.report.withheld.is_empty() || packs_withheld {
            self.report.limit(Limit::Withheld, "");
        }
    }

    /// The feeds that must be there.
    fn channels(&self) -> [String; 2] {
        [of_case(&self.claims.case_no), DIRECTORY.to_owned()]
    }

    fn fault(&mut self, code: Fault, place: impl Into<String>, cause: Option<&str>) {
        self.report.fault(code, place, cause);
    }
}

/// A chain's entries with their sequence and their place in the log's order. A log that continues another
/// one begins with the decision to do so; what had happened before that decision stands behind it, and is
/// still before it.
fn in_order(chain: &Chain) -> impl Iterator<Item = (u64, u64, &ChainEntry)> {
    let mut before = 0;
    (1..).zip(&chain.entries).map(move |(sequence, entry)| {
        let at = if entry.opens_log() { before + 1 } else { entry.index };
        before = at;
        (sequence, at, entry)
    })
}

/// How a place in a chain is named.
fn place(channel: &str, sequence: u64) -> String {
    format!("{channel}#{sequence}")
}
