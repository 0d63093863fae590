//! F-03 强制迁出公告 (L-CPL 261(1)): what the notice orders, from the court's own paper in the case pack
//! and the record of the eviction. Who signs it is the court's president; that stays blank here.

use jiff::civil::Date;
use lastmile_core::pack::party::{Party, PartyRole};
use lastmile_core::pack::ruling::{Ruling, RulingKind};
use serde::Serialize;

use super::{Reader, written};

/// The notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Notice {
    doc_no: Option<String>,
    /// Who must leave.
    addressee: Option<String>,
    basis: Option<String>,
    premises: Option<String>,
    estate_unit_no: Option<String>,
    /// Whether it is land, which is given back, not left.
    land: bool,
    deadline: Option<String>,
    made_on: Option<String>,
    /// Whether the case pack says that the president signed it (院长签发).
    signed_by_president: bool,
    posted_at: Option<String>,
    posted_place: Option<String>,
    applicant: Option<String>,
}

impl Notice {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        let paper = paper(reader);
        let date = |date: Option<Date>| date.map(written);
        let parties = reader.source.case.map_or(&[][..], |case| case.parties.as_slice());
        Self {
            doc_no: reader
                .head("notice_doc_no")
                .or_else(|| paper.map(|paper| paper.doc_no.clone())),
            addressee: names(parties, &PartyRole::Debtor),
            basis: reader.head("basis"),
            premises: reader.head("premises_address"),
            estate_unit_no: reader.head("estate_unit_no"),
            land: reader.source.view.state.head_text("premises_kind") == Some("land"),
            deadline: reader
                .head("notice_deadline_on")
                .or_else(|| date(paper.and_then(|paper| paper.deadline_on))),
            made_on: date(paper.and_then(|paper| paper.made_on)),
            signed_by_president: paper.is_some_and(|paper| paper.signed_by_president),
            posted_at: reader.head("notice_posted_at"),
            posted_place: reader.head("notice_posted_place"),
            applicant: names(parties, &PartyRole::Applicant),
        }
    }

    /// Why it must not be posted, if so.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.signed_by_president {
            faults.push("案件包中没有院长签发的强制迁出公告".to_owned());
        }
        if self.deadline.is_none() {
            faults.push("未写明指定期间".to_owned());
        }
        faults
    }
}

/// The notice among the papers of the case: the one the record names, else the only one.
fn paper(reader: Reader<'_>) -> Option<&Ruling> {
    let rulings = reader.source.case?.rulings.iter();
    let notices: Vec<&Ruling> =
        rulings.filter(|ruling| ruling.kind == RulingKind::EvictionNotice).collect();
    match reader.source.view.state.head_text("notice_doc_no") {
        Some(number) => notices.into_iter().find(|notice| notice.doc_no == number),
        None => match notices.as_slice() {
            [only] => Some(only),
            _ => None,
        },
    }
}

/// The names of the parties in a role; of many the first, and how many.
pub(crate) fn names(parties: &[Party], role: &PartyRole) -> Option<String> {
    let named: Vec<&str> = parties
        .iter()
        .filter(|party| party.role == *role)
        .map(|party| party.name.as_str())
        .collect();
    match named.as_slice() {
        [] => None,
        [first, .., _] if named.len() > 3 => Some(format!("{first}等{}人", named.len())),
        some => Some(some.join("、")),
    }
}
