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

/// The facts of a request as a record has them: `head` by field, `items` by collection and item. Empty when
/// nothing is known.
pub fn facts(
    reading: &Reading<'_>,
    document: DocumentId,
    record: Option<&RecordRow>,
) -> Result<Value, StoreError> {
    if let Some(record) = record {
        return serde_json::from_str(&record.facts)
            .map_err(|_| StoreError::Damaged("record facts"));
    }
    Ok(told(reading, document)?.map(|told| shaped(&told)).unwrap_or_default())
}

/// What was told by voice or text message.
pub fn told(reading: &Reading<'_>, document: DocumentId) -> Result<Option<Told>, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("report of a request");
    let last = reading.last_transition(REPORT, &document.to_hex(), DISPATCH)?;
    let Some(bytes) = last.map(|id| reading.transition(&id)).transpose()?.flatten() else {
        return Ok(None);
    };
    // The server's own signature was made when it was stored.
    let signed = Signed::<Transition>::from_bytes(&bytes).map_err(|_| DAMAGED)?;
    let body = Transition::decode(signed.raw_parts().0).map_err(|_| DAMAGED)?;
    match body.kind {
        TransitionKind::Report { told, .. } => Ok(Some(*told)),
        _ => Err(DAMAGED),
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
    let needs = told.needs.iter().map(|need| (need.clone(), json!({ "need": need })));
    json!({ "head": head, "items": { "needs": needs.collect::<Map<_, _>>() } })
}

/// What a request is compared by when the same event may have been reported twice.
pub fn report(reading: &Reading<'_>, row: &RequestRow, life: &Life) -> Result<Report, StoreError> {
    let record = reading.record(row.document)?;
    let facts = facts(reading, row.document, record.as_ref())?;
    let text = |field: &str| facts["head"][field].as_str();
    let position = text("position").and_then(|text| text.parse::<Position>().ok());
    let asked = text("asked_at").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    Ok(Report {
        document: row.document,
        case: row.case_no.clone(),
        act: text("act_record").and_then(|id| DocumentId::from_hex(id).ok()),
        crew: record.into_iter().map(|record| record.handler).collect(),
        position: position
            .map(|position| (position.coordinate(), position.accuracy_m().unwrap_or(UNSTATED_M))),
        place: text("place").unwrap_or_default().to_owned(),
        received_ms: life.t0_ms.unwrap_or(row.received_ms),
        asked_ms: asked.map(jiff::Timestamp::as_millisecond),
    })
}
