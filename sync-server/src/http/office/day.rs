//! The acts of a day as they stand: which records they are, what is missing in them, where their originals are.
//! An act is a record of a kind that has a paper form: a seizure, an eviction, an on-site record, a correction.
//! A request for assistance and the entry of a person are none.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use lastmile_core::document::RecordView;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::Directory;
use lastmile_core::records::{Kind, KindSet};
use lastmile_core::rules::{Finding, Texts};
use serde::Serialize;
use utoipa::ToSchema;

use super::roster::Names;
use super::words::Text;
use crate::http::api::evidence::{FileState, state_of};
use crate::http::api::moment;
use crate::http::incident_view::PersonRef;
use crate::law::{Law, LawError, Surroundings};
use crate::server::Server;
use crate::store::{Reading, RecordRow, StoreError};

/// Milliseconds of a day. China has no summer time.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Something that the law asks for and the act does not have yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Missing {
    /// Id of the rule.
    pub code: String,
    /// What is missing, zh-CN.
    pub zh: String,
    /// English.
    pub en: String,
    /// The article it rests on, in Chinese; none for practice.
    pub article: Option<String>,
}

/// Where the originals of an act stand, counted. One that the court lost counts as `differs`: it is to be sent
/// again.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct FileCounts {
    absent: u64,
    arriving: u64,
    stored: u64,
    differs: u64,
}

/// An act of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Act {
    /// Record id.
    pub record: String,
    /// Case number.
    pub case_no: String,
    /// Kind name.
    pub kind: String,
    /// What the kind is called.
    pub kind_label: Text,
    /// One-line title.
    pub title: String,
    /// The handling officer.
    pub handler: PersonRef,
    /// Who else recorded something in it.
    pub people: Vec<PersonRef>,
    /// When it began, as recorded.
    pub started_at: Option<String>,
    /// When the last of it came, server clock, RFC 3339.
    pub last_received: String,
    /// Whether it is finalised (定稿).
    pub finalised: bool,
    /// How many of its values are contested.
    pub open_conflicts: u64,
    /// What is missing, the gravest first.
    pub missing: Vec<Missing>,
    /// Where its originals stand.
    pub files: FileCounts,
}

/// The day of an instant in China.
pub(in crate::http) fn day_of(ms: i64) -> Option<Date> {
    let time = jiff::Timestamp::from_millisecond(ms).ok()?;
    Some(time.to_zoned(TimeZone::fixed(tz::offset(8))).date())
}

/// When a day in China begins and the next one does, milliseconds since 1970.
pub(in crate::http) fn bounds(day: Date) -> Option<(i64, i64)> {
    let start = day.to_zoned(TimeZone::fixed(tz::offset(8))).ok()?.timestamp().as_millisecond();
    Some((start, start + DAY_MS))
}

/// The kinds that are acts.
pub(super) fn act_kinds(kinds: &KindSet) -> Vec<&'static str> {
    let is_act = |kind: &&'static Kind| kind.form.is_some() && !kind.envelope.to_station;
    kinds.iter().filter(is_act).map(|kind| kind.name).collect()
}

/// Reads acts; looks at each case once.
pub(super) struct Acts<'a> {
    server: &'a Server,
    reading: &'a Reading<'a>,
    directory: &'a Directory,
    pub names: Names,
    pub law: Law,
    cases: HashMap<String, Surroundings>,
}

impl<'a> Acts<'a> {
    pub(super) fn new(
        server: &'a Server,
        reading: &'a Reading<'a>,
        directory: &'a Directory,
    ) -> Result<Self, LawError> {
        let law = Law::in_force(reading, server.now_ms())?;
        let names = Names::read(reading, directory)?;
        Ok(Self { server, reading, directory, names, law, cases: HashMap::new() })
    }

    /// The act as it stands.
    pub(super) fn act(&mut self, row: &RecordRow) -> Result<Act, LawError> {
        self.look_at(&row.case_no)?;
        let missing = match self.view(row) {
            Some(view) => {
                let around = self.cases.get(&row.case_no);
                let none = Surroundings::default();
                self.law.missing(view, around.unwrap_or(&none))
            }
            None => Vec::new(),
        };
        let unreadable = self.view(row).is_none().then(unreadable);
        let missing = missing.iter().map(|finding| self.missing_of(finding));
        let label = self.server.kinds().get(&row.kind).map(|kind| kind.label.into());
        let plain = || Text { zh: row.kind.clone(), en: row.kind.clone() };
        let people = self.reading.authors_of(row.id)?;
        Ok(Act {
            record: row.id.to_hex(),
            case_no: row.case_no.clone(),
            kind: row.kind.clone(),
            kind_label: label.unwrap_or_else(plain),
            title: row.title.clone(),
            handler: self.names.person(&row.handler),
            people: people
                .iter()
                .filter(|person| **person != row.handler)
                .map(|person| self.names.person(person))
                .collect(),
            started_at: started_at(&row.facts),
            last_received: moment(row.last_received_ms),
            finalised: row.finalised,
            open_conflicts: row.conflicts,
            missing: unreadable.into_iter().chain(missing).collect(),
            files: self.files(row.id)?,
        })
    }

    /// The record of an act that was read, when its log makes one.
    pub(super) fn view(&self, row: &RecordRow) -> Option<&RecordView> {
        self.cases.get(&row.case_no)?.records.iter().find(|view| view.id == row.id)
    }

    /// What a rule asks for, with its article.
    pub(super) fn rule(&self, code: &str, text: &Texts) -> Missing {
        let rules = self.law.rules();
        let basis = rules.rule(code).and_then(|rule| rule.basis.first());
        let article = basis.map(|basis| rules.cite(basis).zh);
        Missing { code: code.to_owned(), zh: text.zh.clone(), en: text.en.clone(), article }
    }

    fn missing_of(&self, finding: &Finding) -> Missing {
        self.rule(&finding.rule, &finding.text)
    }

    /// Reads a case's records, once. One that cannot be read is left out.
    fn look_at(&mut self, case_no: &str) -> Result<(), LawError> {
        if self.cases.contains_key(case_no) {
            return Ok(());
        }
        let kinds = self.server.kinds();
        let around = Surroundings::of(self.reading, kinds, self.directory, case_no)?;
        self.cases.insert(case_no.to_owned(), around);
        Ok(())
    }

    fn files(&self, record: DocumentId) -> Result<FileCounts, StoreError> {
        let mut counts = FileCounts::default();
        // Two items may name one file; it is one original.
        let standings = self.reading.files_of(record)?;
        let files: BTreeMap<_, _> =
            standings.iter().map(|standing| (standing.named.hash, state_of(standing))).collect();
        for state in files.into_values() {
            match state {
                FileState::Absent => counts.absent += 1,
                FileState::Arriving => counts.arriving += 1,
                FileState::Stored => counts.stored += 1,
                FileState::Differs | FileState::Lost => counts.differs += 1,
            }
        }
        Ok(counts)
    }
}

/// Said in place of what rules find when a record's log makes no document.
fn unreadable() -> Missing {
    Missing {
        code: "log_damaged".to_owned(),
        zh: "记录无法读取,规则未核对,请联系管理员".to_owned(),
        en: "The record cannot be read and no rule was asked; call the administrator.".to_owned(),
        article: None,
    }
}

fn started_at(facts: &str) -> Option<String> {
    let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
    facts.get("head")?.get("start_at")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_beijings() {
        let day = Date::constant(2026, 3, 17);
        let (start, end) = bounds(day).unwrap_or_default();
        assert_eq!(moment(start), "2026-03-17T00:00:00.000+08:00");
        assert_eq!((day_of(start), day_of(end - 1)), (Some(day), Some(day)));
        assert_eq!(day_of(end), day.tomorrow().ok());
    }

    #[test]
    fn requests_and_people_are_no_acts() {
        let kinds = act_kinds(&lastmile_core::records::builtin());
        assert!(kinds.contains(&"seizure") && kinds.contains(&"correction"));
        assert!(!kinds.contains(&"assistance") && !kinds.contains(&"person"));
    }
}
