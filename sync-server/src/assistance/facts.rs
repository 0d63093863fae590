//! What is known of a request: its record; or, while none has come, what was told by voice or text message, in the
//! same shape, so that whoever shows or compares requests need not know how they came.

use lastmile_core::assistance::incident::Report;
use lastmile_core::assistance::life::Life;
use lastmile_core::geo::Position;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::transition::Told;
use lastmile_core::identity::{Canonical, Signed, Transition, TransitionKind};
use serde_json::{Map, Value, json};

use super::{DISPATCH, REPORT};
use crate::store::{Reading, RecordRow, RequestRow, StoreError};

/// An accuracy that nobody stated, metres: a place pointed out on a map.
const UNSTATED_M: f64 = 200.0;

/// The facts of a request as a record has them: `head` by field, each collection a list of items. Empty when
/// nothing is known.
pub fn facts(
    reading: &Reading<'_>,
    document: DocumentId,
    record: Option<&RecordRow>,
) -> Result<Value, StoreError> {
    let Some(record) = record else {
        return Ok(told(reading, document)?.map(|heard| shaped(&heard.told)).unwrap_or_default());
    };
    let mut facts: Value =
        serde_json::from_str(&record.facts).map_err(|_| StoreError::Damaged("record facts"))?;
    // A text message that is newer than the record: the crew has no data again, and this is what it says.
    if let Some(heard) = told(reading, document)?.filter(|h| h.at_ms > record.last_received_ms)
        && let Value::Object(newer) = shaped(&heard.told)["head"].take()
    {
        for (field, value) in newer.into_iter().filter(|(field, _)| field != "channel") {
            facts["head"][field] = value;
        }
    }
    Ok(facts)
}

/// What was told of a request, and by whom.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What was told, by several text messages together: of each field the last word.
    pub told: Told,
    /// Staff id of whose word it is; for a call, whoever wrote it down.
    pub person: Option<String>,
    /// When the last word came, server clock, milliseconds since 1970.
    pub at_ms: i64,
}

impl Heard {
    /// Whether somebody is of the crew that this is about: who sent the text or made the promise. Whoever writes
    /// down a call is nobody of the crew.
    pub fn crew_of(&self, person: &str) -> bool {
        matches!(self.told.how.as_str(), "sms" | "watch") && self.person.as_deref() == Some(person)
    }
}

/// Text messages about one request that are read together at most.
const TOGETHER: usize = 50;

/// What was told by voice or text message.
pub fn told(reading: &Reading<'_>, document: DocumentId) -> Result<Option<Heard>, StoreError> {
    let mut next = reading.last_transition(REPORT, &document.to_hex(), DISPATCH)?;
    let mut heard: Option<Heard> = None;
    for _ in 0..TOGETHER {
        let Some(bytes) = next.map(|id| reading.transition(&id)).transpose()?.flatten() else {
            break;
        };
        let body = report_of(&bytes)?;
        next = body.follows;
        let TransitionKind::Report { told, .. } = body.kind else { break };
        match &mut heard {
            None => {
                let (person, at_ms) = (body.on_behalf_of, body.at_ms);
                heard = Some(Heard { told: *told, person, at_ms });
            }
            Some(heard) => fill(&mut heard.told, *told),
        }
    }
    Ok(heard)
}

fn report_of(bytes: &[u8]) -> Result<Transition, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("report of a request");
    // The server's own signature was made when it was stored.
    let signed = Signed::<Transition>::from_bytes(bytes).map_err(|_| DAMAGED)?;
    Transition::decode(signed.raw_parts().0).map_err(|_| DAMAGED)
}

/// What a later message does not say stands as an earlier one said it.
fn fill(told: &mut Told, earlier: Told) {
    told.case = told.case.take().or(earlier.case);
    told.place = told.place.take().or(earlier.place);
    told.position = told.position.take().or(earlier.position);
    told.situation = told.situation.take().or(earlier.situation);
    told.text = told.text.take().or(earlier.text);
    told.people = told.people.or(earlier.people);
    told.weapons = told.weapons.or(earlier.weapons);
    told.injured = told.injured.or(earlier.injured);
    told.officers = told.officers.or(earlier.officers);
    told.callback = told.callback.take().or(earlier.callback);
    if told.needs.is_empty() {
        told.needs = earlier.needs;
    }
}

fn shaped(told: &Told) -> Value {
    let mut head = Map::new();
    let mut put = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            head.insert(field.to_owned(), value);
        }
    };
    put("channel", Some(told.how.clone().into()));
    put("place", told.place.clone().map(Value::from));
    put("position", told.position.clone().map(Value::from));
    put("callback", told.callback.clone().map(Value::from));
    put("situation_code", told.situation.clone().map(Value::from));
    put("situation_text", told.text.clone().map(Value::from));
    put("people_count_est", told.people.map(Value::from));
    put("weapons_seen", told.weapons.map(Value::from));
    put("injured", told.injured.map(Value::from));
    put("officers_on_site", told.officers.map(Value::from));
    let needs: Vec<Value> = told
        .needs
        .iter()
        .map(|need| json!({ "id": need, "need": need, "struck": false }))
        .collect();
    json!({ "head": head, "needs": needs })
}

/// What a request is compared by when the same event may have been reported twice.
pub fn report(reading: &Reading<'_>, row: &RequestRow, life: &Life) -> Result<Report, StoreError> {
    let record = reading.record(row.document)?;
    // Who writes down a call is nobody of the crew.
    let texted = told(reading, row.document)?
        .filter(|heard| matches!(heard.told.how.as_str(), "sms" | "watch"));
    let texted = texted.filter(|_| record.is_none()).and_then(|heard| heard.person);
    let facts = facts(reading, row.document, record.as_ref())?;
    let text = |field: &str| facts["head"][field].as_str();
    let position = text("position").and_then(|text| text.parse::<Position>().ok());
    let asked = text("asked_at").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    Ok(Report {
        document: row.document,
        case: row.case_no.clone(),
        act: text("act_record").and_then(|id| DocumentId::from_hex(id).ok()),
        crew: record.map(|record| record.handler).into_iter().chain(texted).collect(),
        position: position
            .map(|position| (position.coordinate(), position.accuracy_m().unwrap_or(UNSTATED_M))),
        place: text("place").unwrap_or_default().to_owned(),
        received_ms: life.t0_ms.unwrap_or(row.received_ms),
        asked_ms: asked.map(jiff::Timestamp::as_millisecond),
    })
}
