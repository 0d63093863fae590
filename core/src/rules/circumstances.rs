//! From a record and what is known around it to the facts that rules read: the one place where that
//! JSON object is put together, for phone and server alike.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value as Json, json};

use crate::document::RecordView;

/// What is known around a record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// The wall clock of whoever asks, milliseconds since 1970. It only drives reminders; no order
    /// and no merge depends on it.
    pub now_ms: i64,
    /// The case pack, and when the case system said it, milliseconds; none when this phone has none.
    pub case: Option<(&'a Json, i64)>,
    /// The other records of the case that are here; none when not looked up.
    pub related: Option<&'a [RecordView]>,
    /// The court's settings.
    pub court: Option<&'a Json>,
    /// What signed transitions say of a request: `received_at`, `accepted_at`, `arrived_at`.
    pub request: Option<&'a Json>,
}

impl Circumstances<'_> {
    /// The facts about `record`.
    pub fn facts(&self, record: &RecordView) -> Json {
        let mut facts = Map::new();
        let mut put = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                facts.insert(key.to_owned(), value);
            }
        };
        let now = instant(self.now_ms);
        put("today", now.as_ref().and_then(|now| now.get(..10)).map(Json::from));
        put("now", now.map(Json::from));
        put("record", Some(record.facts()));
        put("case", self.case.map(|(pack, _)| pack.clone()));
        put("known_at", self.case.and_then(|(_, at)| Some(json!({"case": instant(at)?}))));
        put("related", self.related.map(|others| by_kind(others, record)));
        put("court", self.court.cloned());
        put("request", self.request.cloned());
        Json::Object(facts)
    }
}

/// When the case system said what a case pack says, milliseconds since 1970; none when the pack does not tell.
pub fn as_of(case: &Json) -> Option<i64> {
    Some(case.get("as_of")?.as_str()?.parse::<Timestamp>().ok()?.as_millisecond())
}

/// `2026-03-17T09:05:00+08:00`; none outside the years a date can have.
fn instant(ms: i64) -> Option<String> {
    let zoned =
        Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::fixed(Offset::constant(8)));
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// The other records, by kind; the record itself is not its own relation.
fn by_kind(others: &[RecordView], record: &RecordView) -> Json {
    let mut kinds: Map<String, Json> = Map::new();
    for other in others.iter().filter(|other| other.id != record.id) {
        let list = kinds.entry(other.kind.name).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(other.facts());
        }
    }
    Json::Object(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_beijing_time() {
        assert_eq!(instant(1_773_709_500_000).as_deref(), Some("2026-03-17T09:05:00+08:00"));
        assert_eq!(instant(i64::MAX), None);
    }
}
