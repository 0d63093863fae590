//! What the device gives: its clocks and positions, and what happens when it gives nothing.

use std::sync::Arc;

use lastmile_ffi::{
    CallbackError, Clock, Fix, Hand, Moment, Phone, PositionSource, Signatory, Value,
};

use crate::officer::{Manner, Officer, seizure, wait};

const MORNING_MS: i64 = 1_773_701_400_000;

struct Watch {
    boot: Vec<u8>,
}

impl Clock for Watch {
    fn now(&self) -> Result<Moment, CallbackError> {
        Ok(Moment { device_ms: MORNING_MS, monotonic_ms: 5_000, boot: self.boot.clone() })
    }
}

struct Satellites {
    age_s: u32,
}

impl PositionSource for Satellites {
    fn newest(&self) -> Result<Option<Fix>, CallbackError> {
        Ok(Some(Fix {
            latitude: 22.8335,
            longitude: 112.985,
            accuracy_m: Some(12.0),
            gnss: true,
            age_s: self.age_s,
            at_ms: MORNING_MS,
        }))
    }
}

#[test]
fn the_apps_clock_is_the_phones_unless_it_says_nonsense() {
    let officer = Officer::new();
    let open = |boot: Vec<u8>| {
        Phone::open(officer.options(), Some(Arc::new(Watch { boot })), None, None)
            .unwrap()
            .device_ms()
    };
    assert_eq!(open(vec![3; 8]), MORNING_MS);
    assert!(open(vec![3; 7]) > MORNING_MS, "then the system's");
}

/// The position that a signature is recorded with.
fn position(age_s: u32) -> Option<String> {
    let officer = Officer::new();
    let source = Arc::new(Satellites { age_s });
    let phone = Phone::open(officer.options(), None, Some(source), None).unwrap();
    let key = officer.key(Manner::Der);
    wait(phone.clone().sign_in(officer.device_file(), key, None)).unwrap();
    let record = phone.create_record(seizure()).unwrap().record;
    let content = phone.read_back(record.clone()).unwrap().content;
    let hand = Hand::Refused { reason: "不认可".to_owned(), seen_by: "霍启明".to_owned() };
    let signatory = Signatory {
        name: "测试人".to_owned(),
        person: None,
        role: "debtor".to_owned(),
        org: None,
        read_back: "read_aloud".to_owned(),
        hand,
        position: None,
        signed_at: "2026-03-17T09:55:00+08:00".to_owned(),
    };
    phone.sign_record(record.clone(), content, signatory).unwrap();
    let shown = phone.record(record).unwrap();
    let signed = shown.collections.iter().find(|known| known.name == "signatures").unwrap();
    let field = signed.items[0].fields.iter().find(|field| field.name == "position")?;
    match &field.values[0].value {
        Value::Text { value } => Some(value.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_act_is_recorded_where_the_device_is_but_never_where_it_was() {
    let fresh = position(20).unwrap();
    assert!(fresh.starts_with("geo:22.833500,112.985000") && fresh.contains("u=12"), "{fresh}");
    assert_eq!(position(301), None);
}
