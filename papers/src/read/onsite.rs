//! F-04 执行笔录 (L-CPL 239(2); L-SEAL 18) and, of an eviction, 强制迁出笔录 (L-CPL 261(2)): what was done,
//! who said what, what came of it.

use serde::Serialize;

use super::Reader;
use super::act::{Crew, Incident, Persuasion};
use super::goods::{Handover, Utility, Vulnerable};
use super::rows::{Row, head, row};

head! {
    /// The head of an on-site record.
    Head of "onsite" {
        act, purpose, start_at, end_at, place, position, weather, credential_shown_at, dress_worn, result,
        read_back, remark
    }
}

head! {
    /// The head of an eviction's record.
    EvictionHead of "eviction" {
        notice_doc_no, basis, notice_posted_at, notice_posted_place, notice_deadline_on, premises_address,
        premises_kind, estate_unit_no, area_m2, position, start_at, end_at, credential_shown_at, debtor_came,
        whole_course_video, notary_no, occupants_checked, plan_started_at, ambulance_waiting,
        no_grassroots_reason, no_goods, suspended_at, suspended_reason, read_back, remark
    }
}

row! {
    /// A paper shown.
    Shown of ["documents_shown"] { doc_no, name, shown_to, role, shown_at }
}

row! {
    /// Something that happened.
    Event of ["events"] { at, text }
}

row! {
    /// Question and answer.
    Statement of ["statements"] { at, person, name, role, question, text }
}

row! {
    /// An objection raised.
    Objection of ["objections"] { at, person, name, role, text, told_rights }
}

row! {
    /// A list made during the act.
    Act of ["acts"] { record, note }
}

row! {
    /// An amendment on the spot.
    Amendment of ["amendments"] { item, stands, should_stand, confirmed_by, at }
}

/// The on-site record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Onsite {
    head: Head,
    crew: Crew,
    shown: Vec<Row<Shown>>,
    events: Vec<Row<Event>>,
    statements: Vec<Row<Statement>>,
    objections: Vec<Row<Objection>>,
    persuasions: Vec<Row<Persuasion>>,
    incidents: Vec<Row<Incident>>,
    acts: Vec<Row<Act>>,
    amendments: Vec<Row<Amendment>>,
}

impl Onsite {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        Self {
            head: Head::read(reader),
            crew: Crew::read(reader),
            shown: reader.rows("documents_shown"),
            events: reader.rows("events"),
            statements: reader.rows("statements"),
            objections: reader.rows("objections"),
            persuasions: reader.rows("persuasions"),
            incidents: reader.rows("incidents"),
            acts: reader.rows("acts"),
            amendments: reader.rows("amendments"),
        }
    }
}

/// The record of an eviction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Eviction {
    head: EvictionHead,
    crew: Crew,
    persuasions: Vec<Row<Persuasion>>,
    incidents: Vec<Row<Incident>>,
    vulnerable: Vec<Row<Vulnerable>>,
    utilities: Vec<Row<Utility>>,
    handovers: Vec<Row<Handover>>,
    /// Lines of goods that stand on the list of goods moved out (F-05).
    goods: usize,
}

impl Eviction {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        let goods = reader.rows::<super::goods::Moved>("moved_items");
        Self {
            head: EvictionHead::read(reader),
            crew: Crew::read(reader),
            persuasions: reader.rows("persuasions"),
            incidents: reader.rows("incidents"),
            vulnerable: reader.rows("vulnerable"),
            utilities: reader.rows("utilities"),
            handovers: reader.rows("handovers"),
            goods: goods.iter().filter(|row| row.struck.is_none()).count(),
        }
    }
}
