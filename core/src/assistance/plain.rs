//! The text message a person reads: on the duty mobile of a station, in Chinese, at most 70 characters
//! (UCS-2, one SMS), and the short answer to the crew's phones. It proves nothing and no machine reads it;
//! the signed one is [`super::message`].
//!
//! What must not be cut off comes first: who, what, the number to call, where on the map. The place in
//! words takes the room that is left.

use jiff::Timestamp;

use super::aloud::situation;
use super::call::{Call, Caller, label_of};
use super::life::Life;
use super::message::gravest;
use super::step::State;
use crate::id::DocumentId;
use crate::identifier::date_time::CHINA;

/// One SMS in UCS-2.
pub const MAX_UNITS: usize = 70;
/// Below this a place in words says nothing.
const LEAST_PLACE: usize = 6;

/// How many UCS-2 units a text takes.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Four characters by which people tell requests apart, the begin of the record's id.
pub fn mark(document: DocumentId) -> String {
    document.to_hex().chars().take(4).collect::<String>().to_uppercase()
}

/// The request for the duty mobile.
pub fn request(call: &Call, caller: &Caller) -> String {
    let head =
        format!("求助{}:{}{}", mark(call.document), fit(&caller.court, 8), fit(&caller.name, 6));
    let gravest = gravest(&call.situations).and_then(|code| label_of("situation_code", code));
    let words = gravest.map_or_else(|| situation(call).zh, |label| label.zh.to_owned());
    let mut what = vec![fit(&words, 12)];
    what.extend(call.people.map(|people| format!("约{people}人")));
    what.extend((call.weapons == Some(true)).then(|| "有器械".to_owned()));
    what.extend((call.injured == Some(true)).then(|| "有人伤".to_owned()));
    let number = call.callbacks.first().map(|number| format!("回电{}", fit(number, 14)));
    let map = call.map_degrees().map(|(lat, lon)| format!("高德{lat:.4},{lon:.4}"));
    let tail: Vec<String> = [Some(what.concat()), number, map].into_iter().flatten().collect();
    let tail = tail.join(" ");
    let place = call.places.first().map(String::as_str).unwrap_or_default();
    let room = MAX_UNITS.saturating_sub(units(&head) + units(&tail) + 2);
    let place =
        if room >= LEAST_PLACE.min(units(place)) { fit(place, room) } else { String::new() };
    let all: Vec<&str> =
        [&head, &place, &tail].into_iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
    fit(&all.join(" "), MAX_UNITS)
}

/// How it stands, for the crew's phones: Chinese, the time, and a code that is the same in every language.
/// `None` when nothing can be told yet.
pub fn answer(life: &Life, station: &str, duty_phone: Option<&str>) -> Option<String> {
    let life = life.as_phones_see();
    let (words, code) = match life.state {
        State::NotDelivered => return None,
        State::Received | State::Alerted => ("已送达", "RCVD"),
        State::Declined => ("该所无法出警,指挥中心处理中", "DECL"),
        State::Acknowledged => ("已接警", "ACK"),
        State::UnitSent => ("已出警", "SENT"),
        State::Arrived => ("已到场", "THERE"),
        State::Closed => ("已处置完毕", "END"),
        State::FalseAlarm => ("按误报结束", "FALSE"),
        State::Cancelled => ("已撤回", "CANC"),
    };
    let mut parts = vec![format!("求助{}{words}", mark(life.document))];
    parts.extend(life.since_ms.and_then(clock));
    if matches!(life.state, State::Acknowledged | State::UnitSent) {
        parts.extend(life.eta_ms.and_then(clock).map(|time| format!("预计{time}到")));
    }
    if matches!(life.state, State::Received | State::Alerted | State::Declined) {
        parts.push("请同时拨打110".to_owned());
    }
    parts.push(fit(station, 12));
    parts.extend(duty_phone.map(|number| fit(number, 14)));
    parts.push(code.to_owned());
    Some(fit(&parts.join(" "), MAX_UNITS))
}

/// `09:15`, Beijing time.
pub(super) fn clock(at_ms: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(at_ms).ok()?;
    let time = CHINA.to_datetime(time);
    Some(format!("{:02}:{:02}", time.hour(), time.minute()))
}

/// At most `room` units, without what could break the message; `…` says that something is missing.
fn fit(text: &str, room: usize) -> String {
    let clean: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if units(&clean) <= room {
        return clean;
    }
    let mut out = String::new();
    for c in clean.chars() {
        if units(&out) + c.len_utf16() + 1 > room {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_story::{JIUJIANG, at, blockade, ids, luqihang, step};
    use super::*;

    #[test]
    fn a_person_reads_it_in_one_message() {
        let text = request(&blockade(), &luqihang());
        assert_eq!(
            text,
            "求助3F3F:南海法院陆启航 九江镇沙口工业… 包围执行人员、车辆约15人 回电13800138000 高德22.8306,112.9902"
        );
        assert_eq!(units(&text), 70);
        let worse = Call { weapons: Some(true), injured: Some(true), ..blockade() };
        let worse = Call { situations: vec!["violence".into()], ..worse };
        let text = request(&worse, &luqihang());
        assert!(text.contains("暴力抗拒约15人有器械有人伤 回电13800138000"), "{text}");
    }

    #[test]
    fn what_must_not_be_cut_off_is_there_however_long_the_rest_is() {
        let long = |count: usize| "沙".repeat(count);
        let call = Call {
            places: vec![long(300)],
            described: Some(long(300)),
            situations: Vec::new(),
            people: Some(100_000),
            weapons: Some(true),
            injured: Some(true),
            ..blockade()
        };
        let caller = Caller { court: long(100), name: long(100) };
        let text = request(&call, &caller);
        assert!(units(&text) <= MAX_UNITS, "{} {text}", units(&text));
        assert!(text.starts_with("求助3F3F:") && text.contains("回电13800138000"), "{text}");
        assert!(text.contains("有器械有人伤"), "{text}");
        assert_eq!(request(&Call::default(), &luqihang()), "求助0000:南海法院陆启航 执行受阻");
    }

    #[test]
    fn the_answer_says_state_time_station_and_code() {
        let first = step("received", at(9, 7)).for_station(JIUJIANG).build();
        let mut life = Life::new(ids::A);
        let say = |life: &Life| answer(life, "九江派出所", Some("0757-86220110"));
        assert_eq!(say(&life), None);
        life.take(first);
        let told = "求助0A0A已送达 09:07 请同时拨打110 九江派出所 0757-86220110 RCVD";
        assert_eq!(say(&life).as_deref(), Some(told));
        life.take(step("acknowledged", at(9, 15)).by("tan").when(at(9, 24)).build());
        let told = "求助0A0A已接警 09:15 预计09:24到 九江派出所 0757-86220110 ACK";
        assert_eq!(say(&life).as_deref(), Some(told));
        life.take(step("cancel_asked", at(9, 16)).build());
        life.take(step("duress", at(9, 16)).build());
        assert_eq!(say(&life).as_deref(), Some(told), "as if nothing else had happened");
        life.take(step("cancel_confirmed", at(9, 17)).by("tan").build());
        life.take(step("unit_sent", at(9, 18)).by("tan").unit("1号车").build());
        let told = "求助0A0A已撤回 09:17 九江派出所 0757-86220110 CANC";
        assert_eq!(say(&life).as_deref(), Some(told), "the car comes and nobody says so");
    }

    proptest! {
        #[test]
        fn it_is_always_one_message(place in any::<String>(), court in any::<String>(), name in any::<String>(), number in any::<String>(), people in any::<i64>()) {
            let call = Call {
                places: vec![place],
                callbacks: vec![number],
                people: Some(people),
                weapons: Some(true),
                injured: Some(true),
                ..blockade()
            };
            let text = request(&call, &Caller { court, name });
            prop_assert!(units(&text) <= MAX_UNITS && !text.contains(char::is_control));
            prop_assert!(text.contains("高德22.8306") || people.abs() > 1_000_000, "{}", text);
        }
    }
}
