//! Which answers go to which telephone: the crew hears how its request stands, as far as a phone may know, once
//! signed for the app and once in words; and the station's duty telephone is the second channel when nobody answers.
//! Queued in the transaction that signs the step; a gateway fetches it from there.

use std::collections::BTreeSet;

use lastmile_core::assistance::call::{Call, Caller};
use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::assistance::message::{self, Answer, Content, Message};
use lastmile_core::assistance::plain;
use lastmile_core::assistance::step::StepCode;
use lastmile_core::document::RecordState;
use lastmile_core::geo::Position;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::transition::Told;
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::pack::station::{Station, StationPack};

use crate::assistance::facts;
use crate::assistance::lives::life;
use crate::ingest::Ingest;
use crate::publish::stored;
use crate::store::{NewOutgoing, StoreError};

/// Telephones of one request that are answered at most, those heard last.
const TELEPHONES: usize = 4;

/// The requests that came by text message and whose crews may hear of this step. To be asked with the requests as
/// they stood before it.
pub(crate) fn texted(
    ingest: &Ingest<'_>,
    before: &Life,
    step: &Step,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let mut found = BTreeSet::new();
    let worth = step.known().is_some_and(|code| {
        Answer::names(code) || matches!(code, StepCode::Merged | StepCode::Split)
    });
    if !worth || !before.may_tell_phones(step) {
        return Ok(found);
    }
    for document in before.joined.iter().copied().chain([step.document]).chain(step.other) {
        if !ingest.writing.text_senders(document, 1)?.is_empty()
            && (document == before.document
                || life(ingest.writing, document)?.may_tell_phones(step))
        {
            found.insert(document);
        }
    }
    Ok(found)
}

/// Queues for each of these requests how it stands now.
pub(crate) fn answer(
    ingest: &Ingest<'_>,
    texted: &BTreeSet<DocumentId>,
    step: &Step,
) -> Result<(), StoreError> {
    for document in texted {
        let shown = as_its_crew_sees(ingest, *document)?;
        let station = station(ingest, shown.station.as_deref());
        let phone = station.as_ref().and_then(|station| station.duty_phone.as_deref());
        let name = station.as_ref().map_or("执行指挥中心", |station| station.name.as_str());
        let words = plain::answer(&shown, name, phone);
        let signed = signed(ingest, &shown, phone, step.at_ms)?;
        for receiver in ingest.writing.text_senders(*document, TELEPHONES)? {
            if let Some((number, body)) = &signed {
                let new = NewOutgoing {
                    receiver: &receiver,
                    body,
                    kind: "answer",
                    document: *document,
                    number: *number,
                    once: None,
                };
                ingest.writing.queue_text(&new, ingest.now_ms)?;
            }
            let Some(body) = &words else { continue };
            // People are told what is new to them.
            let last = ingest.writing.last_outgoing(*document, &receiver, "plain")?;
            if last.as_ref() != Some(body) {
                let new = NewOutgoing {
                    receiver: &receiver,
                    body,
                    kind: "plain",
                    document: *document,
                    number: 0,
                    once: None,
                };
                ingest.writing.queue_text(&new, ingest.now_ms)?;
            }
        }
    }
    Ok(())
}

/// The request itself, or the incident it was joined with, under the id its phone knows; nothing that a phone must
/// not see.
fn as_its_crew_sees(ingest: &Ingest<'_>, document: DocumentId) -> Result<Life, StoreError> {
    let mut stands = life(ingest.writing, document)?;
    let mut seen = BTreeSet::from([document]);
    while let Some(head) = stands.merged_into.filter(|head| seen.insert(*head)) {
        stands = life(ingest.writing, head)?;
    }
    let mut shown = stands.as_phones_see();
    shown.document = document;
    Ok(shown)
}

/// The signed answer with its number; none when there is nothing to tell, or it could not be signed: the step stands
/// none the less.
fn signed(
    ingest: &Ingest<'_>,
    shown: &Life,
    duty_phone: Option<&str>,
    at_ms: i64,
) -> Result<Option<(u16, String)>, StoreError> {
    let Some(answer) = Answer::of(shown, None, duty_phone, at_ms) else { return Ok(None) };
    let Some(number) = ingest.writing.highest_answer(shown.document)?.checked_add(1) else {
        return Ok(None);
    };
    let content = Content::Answer(answer);
    let message = Message {
        document: shown.document,
        number,
        at_ms: at_ms.div_euclid(1_000) * 1_000,
        content,
    };
    let issuer = ingest.issuer;
    match message::write(&message, &issuer.court, issuer.certificate, issuer.signer.as_ref()) {
        Ok(text) => Ok(Some((number, text))),
        Err(error) => {
            tracing::error!(code = error.code(), "an answer could not be signed");
            Ok(None)
        }
    }
}

/// Queues the request in words for the duty telephone of the station that has it: once for each station.
pub(crate) fn duty_phone(ingest: &Ingest<'_>, stands: &Life) -> Result<(), StoreError> {
    let Some(station) = station(ingest, stands.station.as_deref()) else { return Ok(()) };
    let Some(phone) = station.duty_phone.as_deref() else { return Ok(()) };
    let record = ingest.writing.record(stands.document)?;
    let heard = facts::told(ingest.writing, stands.document)?;
    let handler = record.as_ref().map(|record| record.handler.clone());
    let person = handler.or(heard.as_ref().and_then(|heard| heard.person.clone()));
    let from_record = record.and_then(|_| ingest.from_log(stands.document).ok()).map(|document| {
        let history = document.history();
        Call::of(stands.document, &RecordState::at(history, &history.all()))
    });
    let call = from_record.or_else(|| heard.map(|heard| call(stands.document, &heard.told)));
    let Some(call) = call else { return Ok(()) };
    let caller = Caller {
        court: short(&ingest.writing.court_name()?),
        name: person.map(|person| name(ingest, &person)).unwrap_or_default(),
    };
    let once = format!("duty {} {}", stands.document.to_hex(), station.code);
    let body = plain::request(&call, &caller);
    let new = NewOutgoing {
        receiver: phone,
        body: &body,
        kind: "duty",
        document: stands.document,
        number: 0,
        once: Some(&once),
    };
    ingest.writing.queue_text(&new, ingest.now_ms)?;
    Ok(())
}

fn station(ingest: &Ingest<'_>, code: Option<&str>) -> Option<Station> {
    let pack: StationPack = stored(ingest.writing, &ingest.issuer.court).ok().flatten()?;
    pack.find(code?).cloned()
}

fn name(ingest: &Ingest<'_>, person: &str) -> String {
    let roster: Option<RosterPack> = stored(ingest.writing, &ingest.issuer.court).ok().flatten();
    let known = roster.as_ref().and_then(|roster| roster.find(person));
    known.map_or_else(|| person.to_owned(), |staff| staff.name.clone())
}

/// What was told without a record, as a call.
fn call(document: DocumentId, told: &Told) -> Call {
    Call {
        document,
        asked_ms: Some(told.called_ms),
        position: told.position.as_deref().and_then(|text| text.parse::<Position>().ok()),
        places: told.place.iter().cloned().collect(),
        callbacks: told.callback.iter().cloned().collect(),
        situations: told.situation.iter().cloned().collect(),
        described: told.text.clone(),
        people: told.people.and_then(|people| i64::try_from(people).ok()),
        weapons: told.weapons,
        injured: told.injured,
        officers: told.officers.and_then(|officers| i64::try_from(officers).ok()),
        needs: told.needs.iter().cloned().collect(),
    }
}

/// A court as people say it: 佛山市南海区人民法院 is 南海法院.
fn short(court: &str) -> String {
    let below = court.rsplit_once('市').map_or(court, |(_, rest)| rest);
    let place = ["区人民法院", "县人民法院"].iter().find_map(|end| below.strip_suffix(end));
    place
        .filter(|place| !place.is_empty())
        .map_or_else(|| court.to_owned(), |place| format!("{place}法院"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_court_is_called_as_people_say_it() {
        assert_eq!(short("佛山市南海区人民法院"), "南海法院");
        assert_eq!(short("广东省佛山市南海区人民法院"), "南海法院");
        for whole in ["广州市中级人民法院", "测试法院", "区人民法院", ""] {
            assert_eq!(short(whole), whole);
        }
    }
}
