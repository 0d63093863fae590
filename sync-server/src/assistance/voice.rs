//! A call for help by telephone or radio, written down by whoever took it: the request it opens is signed, routed
//! and rings like one that a phone sent. T0 is when the call was, not when it was typed (R-POL-02).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastmile_core::assistance::call::label_of;
use lastmile_core::assistance::check::Actor;
use lastmile_core::assistance::life::Step;
use lastmile_core::assistance::step::StepCode;
use lastmile_core::geo::Position;
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::identifier::case_number;
use lastmile_core::identity::canonical::bound::printable;
use lastmile_core::identity::transition::Told;

use super::desk::{self, DeskError};
use super::join::{self, Resembles};
use super::lives::life;
use super::{facts, opening};
use crate::accounts::sign_in::Who;
use crate::ingest::{Ingest, Ingested};
use crate::server::Server;
use crate::store::StoreError;

/// A call may have been so long ago, milliseconds: a shift.
const OLDEST_MS: i64 = 12 * 60 * 60 * 1_000;
/// And so far ahead, because the console's clock shows whole minutes.
const AHEAD_MS: i64 = 60_000;
/// Places to call from are numbers, with what people write between digits.
const CALLBACK: std::ops::RangeInclusive<usize> = 5..=40;
/// Longest words, characters.
const MAX_PLACE: usize = 150;
const MAX_TEXT: usize = 250;

/// What came of a report.
#[derive(Debug)]
pub struct Taken {
    /// The request.
    pub document: DocumentId,
    /// Open requests that may be the same event, those joined by rule left out.
    pub proposed: Vec<Resembles>,
}

/// What is wrong with a report: the field's name, as in [`Told`].
pub fn fault(told: &Told, now_ms: i64) -> Option<&'static str> {
    let long = |text: &Option<String>, most| {
        text.as_ref().is_some_and(|text| text.trim().is_empty() || text.chars().count() > most)
    };
    let phone = |number: &String| {
        CALLBACK.contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit() || b"+- ()#*".contains(&byte))
    };
    let known = |field, code: &String| label_of(field, code).is_some();
    let faults = [
        ("how", !matches!(told.how.as_str(), "voice" | "radio")),
        (
            "called_at",
            !(now_ms.saturating_sub(OLDEST_MS)..=now_ms.saturating_add(AHEAD_MS))
                .contains(&told.called_ms),
        ),
        ("place", told.place.is_none() || long(&told.place, MAX_PLACE)),
        ("situation_text", long(&told.text, MAX_TEXT)),
        ("callback", !told.callback.as_ref().is_some_and(phone)),
        ("situation", !told.situation.as_ref().is_some_and(|code| known("situation_code", code))),
        ("needs", told.needs.len() > 12 || !told.needs.iter().all(|code| known("need", code))),
        ("position", told.position.as_ref().is_some_and(|text| text.parse::<Position>().is_err())),
        ("people", told.people.is_some_and(|people| people > 100_000)),
        ("officers", told.officers.is_some_and(|officers| officers > 10_000)),
        ("case_no", long(&told.case, 21)),
    ];
    faults.into_iter().find(|(_, wrong)| *wrong).map(|(field, _)| field)
}

/// Opens a request from what was told. `key` makes the same report, sent again, the same request, over a restart
/// too.
pub fn take(
    server: &Server,
    who: &Who,
    mut told: Told,
    key: Option<&str>,
) -> Result<Taken, DeskError> {
    for text in [&mut told.place, &mut told.text, &mut told.callback, &mut told.case] {
        *text = text.take().map(|text| printable(&text)).filter(|text| !text.is_empty());
    }
    if let Some(field) = fault(&told, server.now_ms()) {
        return Err(DeskError::Report(field));
    }
    let directory = server.directory()?;
    let mut taken = None;
    server.ingest_as(&directory, |ingest| {
        let document = document_of(ingest, &who.person, key);
        let mut news = Ingested::default();
        told.called_ms = told.called_ms.min(ingest.now_ms);
        told.case = told.case.take().map(|case| written(&case, ingest.now_ms));
        if let Some(before) = facts::told(ingest.writing, document)? {
            // Sent again with something put right: the answer to the first one was lost.
            if before.told != told {
                let person = Some(who.person.as_str());
                let report = opening::report(ingest, document, told.clone(), person)?;
                opening::enter(ingest, report, &mut news)?;
            }
        } else {
            let opened = open(ingest, who, document, told.clone())?;
            opening::enter(ingest, opened, &mut news)?;
            opening::enter(ingest, join::by_rule(ingest, document)?, &mut news)?;
        }
        taken = Some(Taken { document, proposed: proposed(ingest, document)? });
        Ok::<_, DeskError>(news)
    })?;
    taken.ok_or(DeskError::Unknown)
}

/// The same key is the same request; without one every report is a new one.
fn document_of(ingest: &Ingest<'_>, person: &str, key: Option<&str>) -> DocumentId {
    let Some(key) = key else { return DocumentId(ingest.issuer.entropy.bytes16()) };
    let hash =
        sha256(format!("lastmile-voice\n{}\n{person}\n{key}", ingest.issuer.court).as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    DocumentId(id)
}

/// A case number as the court writes it, when it is one; else what was typed, which a person can read.
fn written(case: &str, now_ms: i64) -> String {
    let today = Timestamp::from_millisecond(now_ms)
        .unwrap_or_default()
        .to_zoned(TimeZone::fixed(jiff::tz::offset(8)))
        .date();
    let checked = case_number::check(case, today);
    if checked.parts.is_some() { checked.normalised } else { case.trim().to_owned() }
}

fn open(
    ingest: &Ingest<'_>,
    who: &Who,
    document: DocumentId,
    told: Told,
) -> Result<desk::Entries, DeskError> {
    // Whoever picked up the telephone has it; the command centre gives it to the station it concerns.
    let routed = ingest.stations.route(told.position.as_deref()).0;
    let station = who.station.clone().unwrap_or_else(|| routed.to_owned());
    let received = Step {
        by: Some(who.person.clone()),
        station: Some(station),
        when_ms: Some(told.called_ms),
        ..desk::by_rule(ingest, document, StepCode::Received)
    };
    let actor = Actor::Person { roles: &who.roles, station: who.station.as_deref() };
    opening::open(ingest, &received, told, Some(&who.person), actor)
}

fn proposed(ingest: &Ingest<'_>, document: DocumentId) -> Result<Vec<Resembles>, StoreError> {
    let reading = ingest.writing;
    let stands = life(reading, document)?;
    let Some(row) = reading.request(document)?.filter(|_| stands.open()) else {
        return Ok(Vec::new());
    };
    join::resembling(reading, &row, &stands, reading.open_requests_of_desk()?)
}
