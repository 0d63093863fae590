//! Taking a step: judged against everything that was signed before it, in the transaction that signs it, so
//! that of two dispatchers at once the second is told who was faster.

use std::collections::BTreeSet;

use lastmile_core::assistance::check::{self, Actor, Unfit};
use lastmile_core::assistance::incident;
use lastmile_core::assistance::ladder::Rung;
use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::assistance::step::{State, StepCode};
use lastmile_core::assistance::withdraw::Withdrawal;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::canonical::bound::printable;
use lastmile_core::sync::channel::{self, EntryKind};

use super::engaged::lent_by;
use super::lives::{life, listed};
use super::{ASSIST, DISPATCH};
use crate::accounts::sign_in::Who;
use crate::ingest::{Ingest, Ingested};
use crate::issuer::IssueError;
use crate::server::Server;
use crate::sms::tell;
use crate::store::{Reading, StoreError};

/// Signed steps, each with the channel it belongs into.
pub(crate) type Entries = Vec<(String, (EntryKind, [u8; 32]))>;

/// Longest note, characters; and what a transition holds of it, bytes.
const MAX_NOTE: usize = 300;
const MAX_NOTE_BYTES: usize = 1_024;
/// Longest unit, bytes: 40 Chinese characters.
const MAX_UNIT: usize = 120;
/// Longest code.
const MAX_CODE: usize = 32;

/// No step was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's signature.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// No such request, or none of this person's station.
    #[error("there is no such request")]
    Unknown,
    /// The step does not fit; the request as it stands, so that whoever was slower sees it.
    #[error("{0}")]
    Unfit(Unfit, Box<Life>),
    /// Something in a report by voice is not as it should be: the field.
    #[error("the report's {0} is not as it should be")]
    Report(&'static str),
    /// A text is too long.
    #[error("a note has at most 300 characters, a unit 40")]
    Note,
}

impl DeskError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::Unknown => "request_unknown",
            Self::Unfit(unfit, _) => unfit.code(),
            Self::Report(_) => "bad_body",
            Self::Note => "note_too_long",
        }
    }
}

/// What a person wants to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The step's code.
    pub step: String,
    /// See [`Step`].
    pub station: Option<String>,
    /// The unit, in words.
    pub unit: Option<String>,
    /// An instant, server clock, milliseconds since 1970.
    pub when_ms: Option<i64>,
    /// Another request.
    pub other: Option<DocumentId>,
    /// Why, a code.
    pub reason: Option<String>,
    /// Words.
    pub note: Option<String>,
}

/// Takes a step for a person; gives the request as it stands then.
pub fn take(
    server: &Server,
    who: &Who,
    document: DocumentId,
    wish: &Wish,
) -> Result<Life, DeskError> {
    let words =
        |text: &Option<String>| text.as_deref().map(printable).filter(|text| !text.is_empty());
    let (note, unit) = (words(&wish.note), words(&wish.unit));
    let lengths = [
        (&note, MAX_NOTE_BYTES),
        (&unit, MAX_UNIT),
        (&wish.reason, MAX_CODE),
        (&wish.station, MAX_CODE),
    ];
    if lengths.into_iter().any(|(text, most)| text.as_ref().is_some_and(|text| text.len() > most)) {
        return Err(DeskError::Note);
    }
    if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
        return Err(DeskError::Note);
    }
    let directory = server.directory()?;
    let mut after = None;
    server.ingest_as(&directory, |ingest| {
        let mut step = Step {
            id: [0; 32],
            document,
            code: wish.step.clone(),
            by: Some(who.person.clone()),
            at_ms: ingest.now_ms,
            station: wish.station.clone(),
            unit: unit.clone(),
            when_ms: wish.when_ms,
            other: wish.other,
            reason: wish.reason.clone(),
            note: note.clone(),
        };
        let before = life(ingest.writing, document)?;
        if ingest.writing.request(document)?.is_none() || !sees(ingest.writing, who, &before)? {
            return Err(DeskError::Unknown);
        }
        let actor = Actor::Person { roles: &who.roles, station: who.station.as_deref() };
        let unfit = |unfit| DeskError::Unfit(unfit, Box::new(before.clone()));
        let stands = stands_at(ingest.writing, &before)?;
        step.station = lent_by(ingest.writing, who, &stands, &step)?;
        check::may(&stands, &step, actor).map_err(unfit)?;
        if let (Some(StepCode::Merged), Some(other)) = (step.known(), wish.other) {
            let head = life(ingest.writing, other)?;
            if ingest.writing.request(other)?.is_none() || !may_see(who, &head) {
                return Err(DeskError::Unknown);
            }
            incident::may_join(&before, &head).map_err(unfit)?;
        }
        let mut told = Ingested::default();
        for (name, thing) in sign(ingest, &before, &step)? {
            ingest.writing.append(&name, &[thing])?;
            told.channels.insert(name);
        }
        after = Some(life(ingest.writing, document)?);
        Ok(told)
    })?;
    after.ok_or(DeskError::Unknown)
}

/// Whether a person may see a request: the command centre all of them, a dispatcher those of the own
/// station. What stands nowhere yet is the command centre's.
pub fn may_see(who: &Who, life: &Life) -> bool {
    use lastmile_core::records::Role;
    let own = who.station.is_some() && who.station == life.station;
    who.is(&[Role::Command]) || (own && who.is(&[Role::Dispatcher]))
}

/// Whether a person may see a request, wherever it was joined: it goes where its incident goes.
pub fn sees(reading: &Reading<'_>, who: &Who, one: &Life) -> Result<bool, StoreError> {
    Ok(may_see(who, &stands_at(reading, one)?))
}

/// A request with the station that has its incident.
fn stands_at(reading: &Reading<'_>, one: &Life) -> Result<Life, StoreError> {
    let mut one = one.clone();
    if let Some(head) = one.merged_into {
        one.station = life(reading, head)?.station;
    }
    Ok(one)
}

/// That the server has a request, and which station is to see it: signed when it is routed. When the crew has moved
/// into another station's area since, that station has it from now on, unless somebody has taken it: whoever is
/// on the way is not called off by a rule. The caller puts the entries into their feeds.
pub(crate) fn routed(
    ingest: &Ingest<'_>,
    document: DocumentId,
    station: &str,
) -> Result<Entries, IssueError> {
    let before = life(ingest.writing, document)?;
    let code = match before.state {
        State::NotDelivered => StepCode::Received,
        _ if before.holder.is_some() || before.station.as_deref() == Some(station) => {
            return Ok(Vec::new());
        }
        _ => StepCode::Transferred,
    };
    let station = Some(station.to_owned());
    let step = Step { station, ..by_rule(ingest, document, code) };
    if check::may(&before, &step, Actor::Rule).is_err() {
        return Ok(Vec::new());
    }
    sign(ingest, &before, &step)
}

/// That the crew asks to take its request back, or was made to: said once. The station confirms the one; of the other
/// no phone hears anything. It concerns this crew alone: what was joined is parted first, and rings, so that nobody
/// else is called off, and no phone hears of others what it must not.
pub(crate) fn withdrawn(
    ingest: &Ingest<'_>,
    document: DocumentId,
    asked: &Withdrawal,
) -> Result<Entries, IssueError> {
    let mut entries = Vec::new();
    let stands = life(ingest.writing, document)?;
    if stands.cancel_asked_ms.is_none() {
        let mut pairs: Vec<_> = stands.joined.iter().map(|joined| (*joined, document)).collect();
        pairs.extend(stands.merged_into.map(|head| (document, head)));
        for (report, head) in pairs {
            let before = life(ingest.writing, report)?;
            let step = Step { other: Some(head), ..by_rule(ingest, report, StepCode::Split) };
            if check::may(&before, &step, Actor::Rule).is_ok() {
                entries.extend(sign(ingest, &before, &step)?);
            }
        }
    }
    for (code, said) in [(StepCode::CancelAsked, true), (StepCode::Duress, asked.duress)] {
        let before = life(ingest.writing, document)?;
        let known = match code {
            StepCode::Duress => before.duress,
            _ => before.cancel_asked_ms.is_some(),
        };
        let step = by_rule(ingest, document, code);
        if said && !known && check::may(&before, &step, Actor::Rule).is_ok() {
            entries.extend(sign(ingest, &before, &step)?);
        }
    }
    Ok(entries)
}

/// That a rung of the ladder was told.
pub(crate) fn escalated(
    ingest: &Ingest<'_>,
    document: DocumentId,
    rung: Rung,
) -> Result<Entries, IssueError> {
    let before = life(ingest.writing, document)?;
    let reason = Some(rung.code().to_owned());
    let step = Step { reason, ..by_rule(ingest, document, StepCode::Escalated) };
    if check::may(&before, &step, Actor::Rule).is_err() {
        return Ok(Vec::new());
    }
    if matches!(rung, Rung::SecondChannel | Rung::NobodyThere) {
        tell::duty_phone(ingest, &before)?;
    }
    sign(ingest, &before, &step)
}

/// That a console shows the alarm of a request; nothing new when it was said before.
pub fn shown(server: &Server, who: &Who, document: DocumentId) -> Result<(), DeskError> {
    let stands = server.store().read::<_, StoreError>(|reading| life(reading, document))?;
    let seen = server.store().read::<_, StoreError>(|reading| sees(reading, who, &stands))?;
    if stands.state != State::Received || !seen {
        return Ok(());
    }
    let directory = server.directory()?;
    server.ingest_as(&directory, |ingest| {
        let mut told = Ingested::default();
        let before = life(ingest.writing, document)?;
        let step = by_rule(ingest, document, StepCode::Alerted);
        if check::may(&before, &step, Actor::Rule).is_ok() {
            for (name, thing) in sign(ingest, &before, &step)? {
                ingest.writing.append(&name, &[thing])?;
                told.channels.insert(name);
            }
        }
        Ok::<_, DeskError>(told)
    })?;
    Ok(())
}

/// A step that the server takes by itself.
pub(crate) fn by_rule(ingest: &Ingest<'_>, document: DocumentId, code: StepCode) -> Step {
    Step {
        id: [0; 32],
        document,
        code: code.code().to_owned(),
        by: None,
        at_ms: ingest.now_ms,
        station: None,
        unit: None,
        when_ms: None,
        other: None,
        reason: None,
        note: None,
    }
}

/// Signs a step for each channel it belongs into, and notes it with its request. Every crew of the incident is
/// told, as far as phones may know; whoever joins an incident that others began hears what was done before.
pub(crate) fn sign(ingest: &Ingest<'_>, before: &Life, step: &Step) -> Result<Entries, IssueError> {
    let told = channels(ingest, before, step)?;
    let thing = signed(ingest, DISPATCH, step)?;
    let mut entries = vec![(DISPATCH.to_owned(), thing)];
    if let (Some(StepCode::Merged), Some(head)) = (step.known(), step.other) {
        entries.extend(caught_up(ingest, step.document, head)?);
    }
    let texted = tell::texted(ingest, before, step)?;
    ingest.writing.put_step(step.document, step.other, thing.1)?;
    // Of the request, of the one it names, and of all that were joined with it.
    let joined = before.joined.iter().copied();
    for document in joined.chain([step.document]).chain(step.other) {
        let state = listed(ingest.writing, document)?;
        ingest.writing.set_request_state(document, state)?;
    }
    for name in told {
        let thing = signed(ingest, &name, step)?;
        entries.push((name, thing));
    }
    tell::answer(ingest, &texted, step)?;
    debug_assert_eq!(step.to_kind().code(), ASSIST);
    Ok(entries)
}

fn signed(
    ingest: &Ingest<'_>,
    channel: &str,
    step: &Step,
) -> Result<(EntryKind, [u8; 32]), IssueError> {
    let (kind, subject) = (step.to_kind(), step.document.to_hex());
    ingest.issuer.decided(ingest.writing, channel, kind, &subject, step.by.as_deref(), step.at_ms)
}

/// The channels of the crews that are told: of the request, of the one it is joined with, of all joined with it.
fn channels(
    ingest: &Ingest<'_>,
    before: &Life,
    step: &Step,
) -> Result<BTreeSet<String>, IssueError> {
    let mut names = BTreeSet::new();
    if !before.may_tell_phones(step) {
        return Ok(names);
    }
    for document in before.joined.iter().copied().chain([step.document]).chain(step.other) {
        let own = document == before.document;
        if (own || life(ingest.writing, document)?.may_tell_phones(step))
            && let Some(case) = ingest.writing.case_of_record(document)?
        {
            names.insert(channel::of_case(&case));
        }
    }
    Ok(names)
}

/// What was done about `head` so far, for the crew of `document`, whose channel has not heard it.
fn caught_up(
    ingest: &Ingest<'_>,
    document: DocumentId,
    head: DocumentId,
) -> Result<Entries, IssueError> {
    let case = ingest.writing.case_of_record(document)?;
    let Some(case) = case.filter(|_| document != head) else { return Ok(Vec::new()) };
    if ingest.writing.case_of_record(head)?.as_ref() == Some(&case) {
        return Ok(Vec::new());
    }
    so_far(ingest, &case, head)
}

/// What was done about a request so far, as far as phones may know, for the channel of a case that hears of it only
/// now: its record came after a text message had told of it.
pub(crate) fn so_far(
    ingest: &Ingest<'_>,
    case: &str,
    document: DocumentId,
) -> Result<Entries, IssueError> {
    let (name, stands) = (channel::of_case(case), life(ingest.writing, document)?.as_phones_see());
    let steps = stands.hops.iter().filter(|hop| hop.unfit.is_none() && !hop.step.silent());
    steps.map(|hop| Ok((name.clone(), signed(ingest, &name, &hop.step)?))).collect()
}
