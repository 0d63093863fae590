//! Several reports of one event: by the app, by text message, by voice, from a colleague's phone. This module
//! proposes which belong together, says which may be joined, and reads the joined ones as one incident. To
//! join never silences: the incident rings again, whoever has it ([`super::life`]), and what was joined can be
//! parted. Nothing here joins by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::check::Unfit;
use super::life::Life;
use super::step::State;
use crate::geo::{Datum, distance_m};
use crate::id::DocumentId;
use crate::identifier::coordinate::Coordinate;
use crate::identifier::{Reason, reasons};
use crate::records::Label;

reasons! {
    WINDOW: "incident_window", "合并时间窗应为1分钟至2小时。", "Reports are joined within 1 minute to 2 hours.";
    DISTANCE: "incident_distance", "合并距离应为50至5000米,且“不同地点”须更远。", "Reports are joined within 50 to 5,000 metres, and `apart` is farther.";
}

/// When two reports are taken for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Reports further apart in time are two events, seconds.
    pub window_s: u32,
    /// Reports within this distance are at one place, metres.
    pub near_m: u32,
    /// Reports farther apart than this are two events even in one case, metres.
    pub apart_m: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window_s: 15 * 60, near_m: 300, apart_m: 2_000 }
    }
}

impl Settings {
    /// Whether they may be used.
    pub fn check(&self) -> Result<(), Reason> {
        if !(60..=7_200).contains(&self.window_s) {
            return Err(WINDOW);
        }
        let fine = (50..=5_000).contains(&self.near_m)
            && (self.near_m.saturating_add(1)..=20_000).contains(&self.apart_m);
        if fine { Ok(()) } else { Err(DISTANCE) }
    }
}

/// What is known of one report when others are compared with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The request.
    pub document: DocumentId,
    /// Case number; empty when a voice call named none.
    pub case: String,
    /// The act it belongs to.
    pub act: Option<DocumentId>,
    /// Staff ids of those who are there, as far as known.
    pub crew: BTreeSet<String>,
    /// Where, with the accuracy in metres.
    pub position: Option<(Coordinate, f64)>,
    /// Where, in words.
    pub place: String,
    /// When the server had it, or the voice call was.
    pub received_ms: i64,
    /// When it was asked, by the phone's clock: a claim.
    pub asked_ms: Option<i64>,
}

/// Why two reports seem to be one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// The same act.
    SameAct,
    /// Somebody is in both crews.
    SameCrew,
    /// The same case.
    SameCase,
    /// The same place: by distance, or the same words.
    SamePlace,
}

impl Because {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SameAct => "same_act",
            Self::SameCrew => "same_crew",
            Self::SameCase => "same_case",
            Self::SamePlace => "same_place",
        }
    }

    /// The words on the console.
    pub const fn label(self) -> Label {
        match self {
            Self::SameAct => Label::new("同一执行活动", "same act"),
            Self::SameCrew => Label::new("同一组执行人员", "same crew"),
            Self::SameCase => Label::new("同一案件", "same case"),
            Self::SamePlace => Label::new("同一地点", "same place"),
        }
    }
}

/// A report that may be the same event as a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The older request.
    pub with: DocumentId,
    /// Why; never empty.
    pub because: Vec<Because>,
    /// Between them in time, milliseconds.
    pub gap_ms: i64,
    /// Between them in space, metres, when both positions are known.
    pub metres: Option<f64>,
    /// Strong enough for the server to join by rule; else a person is asked.
    pub certain: bool,
}

/// The open reports that may be the same event as `new`, the likeliest first; ties by id.
pub fn propose(new: &Report, open: &[Report], settings: &Settings) -> Vec<Proposal> {
    let mut found: Vec<Proposal> = open
        .iter()
        .filter(|report| report.document != new.document)
        .filter_map(|report| compare(new, report, settings))
        .collect();
    found.sort_by(|a, b| {
        let metres = |proposal: &Proposal| proposal.metres.unwrap_or(f64::MAX);
        (b.certain.cmp(&a.certain))
            .then(a.because.first().cmp(&b.because.first()))
            .then(a.gap_ms.cmp(&b.gap_ms))
            .then(metres(a).total_cmp(&metres(b)))
            .then(a.with.cmp(&b.with))
    });
    found
}

fn compare(new: &Report, old: &Report, settings: &Settings) -> Option<Proposal> {
    let window_ms = i64::from(settings.window_s) * 1_000;
    let between = |a: i64, b: i64| a.saturating_sub(b).saturating_abs();
    let gap_ms = between(new.received_ms, old.received_ms);
    // Saved in a dead zone, it arrives long after: what the phones say of the time is good enough to ask
    // a person, never to join by rule.
    let asked = |report: &Report| report.asked_ms.unwrap_or(report.received_ms);
    let claimed_ms = between(asked(new), asked(old));
    if gap_ms.min(claimed_ms) > window_ms {
        return None;
    }
    let metres = metres_between(new, old);
    let same_words = !new.place.trim().is_empty() && new.place.trim() == old.place.trim();
    let near = metres.is_some_and(|metres| metres <= f64::from(settings.near_m));
    let apart = metres.is_some_and(|metres| metres > f64::from(settings.apart_m));
    let same_act = new.act.is_some() && new.act == old.act;
    let same_place = near || (same_words && !apart);
    let all = [
        (Because::SameAct, same_act),
        (Because::SameCrew, new.crew.intersection(&old.crew).next().is_some()),
        (Because::SameCase, !new.case.is_empty() && new.case == old.case),
        (Because::SamePlace, same_place),
    ];
    let because: Vec<Because> =
        all.into_iter().filter(|(_, holds)| *holds).map(|(because, _)| because).collect();
    // One case may have two scenes; one act has one.
    if because.is_empty() || (apart && !same_act) {
        return None;
    }
    let strong = because.iter().any(|b| matches!(b, Because::SameAct | Because::SameCrew))
        || (because.contains(&Because::SameCase) && same_place);
    let certain = strong && gap_ms <= window_ms && !apart;
    Some(Proposal { with: old.document, because, gap_ms, metres, certain })
}

/// Distance less what both fixes may be wrong, so that a poor fix does not part what belongs together.
fn metres_between(a: &Report, b: &Report) -> Option<f64> {
    let (one, other) = (a.position.as_ref()?, b.position.as_ref()?);
    let wgs84 =
        |at: &Coordinate| crate::geo::datum::convert((at.lat, at.lon), at.datum, Datum::Wgs84);
    let metres = distance_m(wgs84(&one.0), wgs84(&other.0));
    let doubt = one.1.clamp(0.0, 1_000.0) + other.1.clamp(0.0, 1_000.0);
    metres.is_finite().then(|| (metres - doubt).max(0.0))
}

/// Which of two requests is joined with which: the later with the earlier, so that T0 stays and nothing can
/// be joined in a ring. Gives `(document, other)` of the step `merged`.
pub fn direction(a: &Life, b: &Life) -> (DocumentId, DocumentId) {
    if order(a) < order(b) { (b.document, a.document) } else { (a.document, b.document) }
}

fn order(life: &Life) -> (i64, DocumentId) {
    (life.t0_ms.unwrap_or(i64::MAX), life.document)
}

/// Whether `document` may be joined with `head` now. Asked besides [`super::check::may`], which sees only
/// one of the two.
pub fn may_join(document: &Life, head: &Life) -> Result<(), Unfit> {
    if let Some(head) = head.merged_into {
        return Err(Unfit::JoinedElsewhere { head });
    }
    if !head.open() {
        return Err(Unfit::WrongState { state: head.state });
    }
    // A withdrawal is one crew's, and of one made under duress no phone may hear more than that crew's. What others
    // are joined with is parted first, or their crews would hear of nothing. And nobody who is on the way stands as
    // if nobody had answered.
    let withdrawn = |life: &Life| life.duress || life.cancel_asked_ms.is_some();
    let unanswered = document.holder.is_some() && head.holder.is_none();
    if withdrawn(document) || withdrawn(head) || !document.joined.is_empty() || unanswered {
        return Err(Unfit::WrongPair);
    }
    if direction(document, head) != (document.document, head.document) {
        return Err(Unfit::WrongPair);
    }
    Ok(())
}

/// One event, read from its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The request that steps are taken on.
    pub head: DocumentId,
    /// Every report, the head first, then in the order they came.
    pub reports: Vec<DocumentId>,
    /// The furthest that any of them came; ended only when the head has.
    pub state: State,
    /// The earliest T0.
    pub t0_ms: Option<i64>,
    /// The first answer to any of them.
    pub answered_ms: Option<i64>,
    /// The first arrival.
    pub arrived_ms: Option<i64>,
    /// The alarm sounds since then.
    pub ringing_since_ms: Option<i64>,
    /// The crew asks to withdraw.
    pub cancel_asked_ms: Option<i64>,
    /// Somebody withdrew under duress.
    pub duress: bool,
}

/// The incidents that these requests are, the oldest first. Does not depend on their order.
pub fn incidents<'a>(lives: impl IntoIterator<Item = &'a Life>) -> Vec<Incident> {
    let lives: BTreeMap<DocumentId, &Life> =
        lives.into_iter().map(|life| (life.document, life)).collect();
    let mut groups: BTreeMap<DocumentId, Vec<&Life>> = BTreeMap::new();
    for life in lives.values() {
        groups.entry(head_of(life, &lives)).or_default().push(life);
    }
    let mut found: Vec<Incident> = groups.into_values().filter_map(read).collect();
    found.sort_by_key(|incident| (incident.t0_ms.unwrap_or(i64::MAX), incident.head));
    found
}

/// Follows the joins to their end. In a ring, which no check lets come into being, the smallest id is the
/// head: the answer must not depend on where one starts.
fn head_of(life: &Life, lives: &BTreeMap<DocumentId, &Life>) -> DocumentId {
    let mut seen = BTreeSet::new();
    let mut at = life.document;
    while seen.insert(at) {
        match lives.get(&at).and_then(|life| life.merged_into) {
            Some(next) if lives.contains_key(&next) => at = next,
            _ => return at,
        }
    }
    let mut ring = at;
    let mut least = at;
    while let Some(next) = lives.get(&ring).and_then(|life| life.merged_into) {
        least = least.min(next);
        ring = next;
        if ring == at {
            break;
        }
    }
    least
}

fn read(mut lives: Vec<&Life>) -> Option<Incident> {
    lives.sort_by_key(|life| (life.merged_into.is_some(), order(life)));
    let head = *lives.first()?;
    let first = |of: fn(&Life) -> Option<i64>| lives.iter().filter_map(|life| of(life)).min();
    let furthest = lives.iter().map(|life| life.state).filter(|state| !state.ended()).max();
    let state = if head.state.ended() { head.state } else { furthest.unwrap_or(head.state) };
    Some(Incident {
        head: head.document,
        reports: lives.iter().map(|life| life.document).collect(),
        state,
        t0_ms: first(|life| life.t0_ms),
        answered_ms: first(|life| life.answered_ms),
        arrived_ms: first(|life| life.arrived_ms),
        ringing_since_ms: first(|life| life.ringing_since_ms),
        cancel_asked_ms: first(|life| life.cancel_asked_ms),
        duress: lives.iter().any(|life| life.duress),
    })
}

#[cfg(test)]
#[path = "incident_tests.rs"]
mod tests;
