//! One request as the fold of its signed steps: where it stands, who has it, since when, and every hop with
//! its time and its person. A step that does not fit is kept among the hops with the reason and changes
//! nothing, so that two servers or an older program never lose what somebody did. Who *may* take a step is
//! asked before it is signed ([`super::check`]); here a signature has settled that.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{self, Unfit};
use super::step::{Alarm, State, StepCode};
use crate::id::DocumentId;
use crate::identity::{Transition, TransitionKind, Verified};

/// The station code that stands for the command centre.
pub const COMMAND: &str = "command";

/// Most hops that are kept of one request; later ones still count.
pub const MAX_HOPS: usize = 2_000;

/// A step as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Identity of the transition.
    pub id: [u8; 32],
    /// The request.
    pub document: DocumentId,
    /// The step's code, known or not.
    pub code: String,
    /// Staff id; `None`: the server, by a rule.
    pub by: Option<String>,
    /// When, by the server's clock, milliseconds since 1970.
    pub at_ms: i64,
    /// See [`TransitionKind::Assist`].
    pub station: Option<String>,
    /// The unit, in words.
    pub unit: Option<String>,
    /// An instant that belongs to it.
    pub when_ms: Option<i64>,
    /// Another request.
    pub other: Option<DocumentId>,
    /// Why, a code.
    pub reason: Option<String>,
    /// Words.
    pub note: Option<String>,
}

impl Step {
    /// The step a verified transition states, if it states one.
    pub fn of(transition: &Verified<Transition>) -> Option<Self> {
        Self::from_body(transition.payload(), transition.body_hash())
    }

    /// Like [`Self::of`], of a body that somebody verified before.
    pub fn from_body(body: &Transition, id: [u8; 32]) -> Option<Self> {
        let TransitionKind::Assist { document, step, station, unit, when_ms, other, reason, note } =
            &body.kind
        else {
            return None;
        };
        Some(Self {
            id,
            document: *document,
            code: step.clone(),
            by: body.on_behalf_of.clone(),
            at_ms: body.at_ms,
            station: station.clone(),
            unit: unit.clone(),
            when_ms: *when_ms,
            other: *other,
            reason: reason.clone(),
            note: note.clone(),
        })
    }

    /// What is to be signed for it.
    pub fn to_kind(&self) -> TransitionKind {
        TransitionKind::Assist {
            document: self.document,
            step: self.code.clone(),
            station: self.station.clone(),
            unit: self.unit.clone(),
            when_ms: self.when_ms,
            other: self.other,
            reason: self.reason.clone(),
            note: self.note.clone(),
        }
    }

    /// The step, if this version knows it.
    pub fn known(&self) -> Option<StepCode> {
        StepCode::from_code(&self.code)
    }

    /// Whether it says something about `document`.
    pub fn concerns(&self, document: DocumentId) -> bool {
        self.document == document || self.other == Some(document)
    }

    /// Whether it must stay away from phones: that the crew cancelled under duress, and that somebody
    /// was told so.
    pub fn silent(&self) -> bool {
        let told = self.known() == Some(StepCode::Escalated)
            && self.reason.as_deref() == Some(super::ladder::Rung::Duress.code());
        told || self.known().is_some_and(|step| !step.told_to_phones())
    }
}

/// A step in the life, and why it changed nothing when it did not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What was signed.
    pub step: Step,
    /// Why it did not fit.
    pub unfit: Option<Unfit>,
}

/// Whoever took the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Staff id.
    pub person: String,
    /// Since when, by the server's clock.
    pub since_ms: i64,
}

/// One request. Times are the server's, milliseconds since 1970, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The request.
    pub document: DocumentId,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since_ms: Option<i64>,
    /// The station that has it; [`COMMAND`] is the command centre.
    pub station: Option<String>,
    /// The person who has it.
    pub holder: Option<Holder>,
    /// The unit named last.
    pub unit: Option<String>,
    /// The station of that unit, where the command centre sent another station's.
    pub lent_by: Option<String>,
    /// When it is expected.
    pub eta_ms: Option<i64>,
    /// T0 of R-POL-02: received, or when the voice call was.
    pub t0_ms: Option<i64>,
    /// When a person first answered.
    pub answered_ms: Option<i64>,
    /// When a unit was first sent.
    pub sent_ms: Option<i64>,
    /// When somebody first was there.
    pub arrived_ms: Option<i64>,
    /// The alarm sounds since then; nobody has acted.
    pub ringing_since_ms: Option<i64>,
    /// The rungs of the ladder that were told since the alarm began, by code.
    pub told: BTreeMap<String, i64>,
    /// When the crew asked to take it back.
    pub cancel_asked_ms: Option<i64>,
    /// The crew acts under duress: it stays open until somebody was there, whatever phones show.
    pub duress: bool,
    /// The request whose incident it belongs to.
    pub merged_into: Option<DocumentId>,
    /// Requests that were joined with this one.
    pub joined: BTreeSet<DocumentId>,
    /// Every step that concerns it, in the server's order.
    pub hops: Vec<Hop>,
    seen: BTreeSet<[u8; 32]>,
}

impl Life {
    /// A request of which no step is known.
    pub fn new(document: DocumentId) -> Self {
        Self {
            document,
            state: State::NotDelivered,
            since_ms: None,
            station: None,
            holder: None,
            unit: None,
            lent_by: None,
            eta_ms: None,
            t0_ms: None,
            answered_ms: None,
            sent_ms: None,
            arrived_ms: None,
            ringing_since_ms: None,
            told: BTreeMap::new(),
            cancel_asked_ms: None,
            duress: false,
            merged_into: None,
            joined: BTreeSet::new(),
            hops: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Folds steps in the server's order; those of other requests are passed over.
    pub fn of(document: DocumentId, steps: impl IntoIterator<Item = Step>) -> Self {
        let mut life = Self::new(document);
        for step in steps {
            life.take(step);
        }
        life
    }

    /// Takes the next signed step. Says why it changed nothing, if it did not; a step known already, or of
    /// another request, is no news and no fault.
    pub fn take(&mut self, step: Step) -> Option<Unfit> {
        if !step.concerns(self.document) || !self.seen.insert(step.id) {
            return None;
        }
        let unfit = check::fits(self, &step).err();
        if unfit.is_none() {
            self.apply(&step);
        }
        if self.hops.len() < MAX_HOPS {
            self.hops.push(Hop { step, unfit: unfit.clone() });
        }
        unfit
    }

    /// The request as phones see it, whoever holds them: without what must stay away from them. Under
    /// duress a confirmed cancel stands, and nothing that happens after it is told.
    #[must_use]
    pub fn as_phones_see(&self) -> Self {
        if !self.duress {
            return self.clone();
        }
        let (mut shown, mut duress) = (Self::new(self.document), false);
        for step in self.hops.iter().map(|hop| &hop.step) {
            if shown.tells(step, duress) {
                shown.take(step.clone());
            }
            duress |= step.known() == Some(StepCode::Duress);
        }
        shown
    }

    /// Whether a step that was just signed may enter a channel that phones read. To be asked with the
    /// request as it stood before the step.
    pub fn may_tell_phones(&self, step: &Step) -> bool {
        self.as_phones_see().tells(step, self.duress)
    }

    /// Under duress phones are told what would happen without: no ladder climbed in silence, no second
    /// acknowledgement of an alarm that nobody there can know of.
    fn tells(&self, step: &Step, duress: bool) -> bool {
        let climbs = step.known() == Some(StepCode::Escalated);
        !step.silent() && !(duress && (climbs || check::fits(self, step).is_err()))
    }

    /// Whether somebody still has to do something about it here.
    pub fn open(&self) -> bool {
        !self.state.ended() && self.state != State::NotDelivered && self.merged_into.is_none()
    }

    fn apply(&mut self, step: &Step) {
        let Some(code) = step.known() else { return };
        if step.document != self.document {
            self.apply_from_outside(code, step);
            return;
        }
        let spec = code.spec();
        self.apply_particulars(code, step);
        // Confirmed on every screen, and open all the same.
        let pretended = code == StepCode::CancelConfirmed && self.duress;
        if let (Some(to), false) = (spec.to, pretended) {
            // An answer never leads back: who is on the spot stays there.
            let to = if check::held(to) { self.state.max(to) } else { to };
            if to != self.state {
                (self.state, self.since_ms) = (to, Some(step.at_ms));
            }
        }
        match spec.alarm {
            Alarm::Same => {}
            // Of a joined report it is the other one that rings.
            Alarm::Rings if code == StepCode::Merged => self.silence(),
            Alarm::Rings => self.ring(step.at_ms),
            Alarm::Stops if pretended => {}
            Alarm::Stops => self.silence(),
        }
    }

    /// A step on another request that names this one.
    fn apply_from_outside(&mut self, code: StepCode, step: &Step) {
        match code {
            StepCode::Merged => {
                self.joined.insert(step.document);
                self.open_again(step.at_ms);
                self.ring(step.at_ms);
            }
            StepCode::Split => {
                self.joined.remove(&step.document);
            }
            // Of a crew that was joined with this one: somebody has to go there, whatever this one shows.
            StepCode::Duress => {
                self.duress = true;
                self.open_again(step.at_ms);
                self.ring(step.at_ms);
            }
            _ => {}
        }
    }

    /// What a step says beside the state it leads to.
    fn apply_particulars(&mut self, code: StepCode, step: &Step) {
        let at_ms = step.at_ms;
        let happened_ms = step.when_ms.filter(|when_ms| *when_ms <= at_ms).unwrap_or(at_ms);
        match code {
            StepCode::Received => {
                self.t0_ms = Some(if step.by.is_some() { happened_ms } else { at_ms });
                self.station.clone_from(&step.station);
            }
            StepCode::Acknowledged | StepCode::TakenOver => {
                self.hold(step);
                self.eta_ms = step.when_ms.or(self.eta_ms);
            }
            StepCode::UnitSent => {
                self.hold_if_free(step);
                self.unit.clone_from(&step.unit);
                self.lent_by = step.station.clone().filter(|_| step.station != self.station);
                self.sent_ms = self.sent_ms.or(Some(at_ms));
                self.eta_ms = step.when_ms.or(self.eta_ms);
            }
            StepCode::Eta => self.eta_ms = step.when_ms,
            StepCode::Arrived => {
                self.hold_if_free(step);
                self.arrived_ms = self.arrived_ms.or(Some(happened_ms));
            }
            StepCode::Declined => {
                self.let_go();
                self.station = Some(COMMAND.to_owned());
            }
            StepCode::Transferred => {
                self.let_go();
                self.station.clone_from(&step.station);
                // The new station has its own second channel; the command centre was told already.
                for rung in super::ladder::Rung::ALL.iter().filter(|rung| rung.of_the_station()) {
                    self.told.remove(rung.code());
                }
            }
            StepCode::Reopened => self.let_go(),
            StepCode::Escalated => {
                if let Some(reason) = &step.reason {
                    self.told.entry(reason.clone()).or_insert(at_ms);
                }
            }
            StepCode::CancelAsked => self.cancel_asked_ms = Some(at_ms),
            StepCode::Duress => {
                self.duress = true;
                self.open_again(at_ms);
            }
            StepCode::Merged => self.merged_into = step.other,
            StepCode::Split => self.merged_into = None,
            StepCode::Alerted
            | StepCode::HandedOver
            | StepCode::CancelConfirmed
            | StepCode::Closed
            | StepCode::FalseAlarm => {}
        }
    }

    fn hold(&mut self, step: &Step) {
        if let Some(person) = &step.by {
            self.holder = Some(Holder { person: person.clone(), since_ms: step.at_ms });
            self.answered_ms = self.answered_ms.or(Some(step.at_ms));
        }
    }

    fn hold_if_free(&mut self, step: &Step) {
        if self.holder.is_none() {
            self.hold(step);
        }
    }

    fn let_go(&mut self) {
        self.holder = None;
        self.unit = None;
        self.lent_by = None;
        self.eta_ms = None;
    }

    /// What was thought to be over is not: somebody calls again, or never meant to say so.
    fn open_again(&mut self, at_ms: i64) {
        if self.state.ended() {
            self.let_go();
            (self.state, self.since_ms) = (State::Received, Some(at_ms));
        }
    }

    /// The alarm begins, with a ladder of its own; one that sounds already sounds on, so that nothing
    /// that happens meanwhile gives anybody more time.
    fn ring(&mut self, at_ms: i64) {
        if self.ringing_since_ms.is_none() {
            self.ringing_since_ms = Some(at_ms);
            self.told.clear();
        }
    }

    fn silence(&mut self) {
        self.ringing_since_ms = None;
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
