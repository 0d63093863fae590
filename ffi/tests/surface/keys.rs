//! Keys of a key store: whatever form they sign in, what goes on verifies; what they do not sign waits.

use std::sync::Arc;

use lastmile_core::identity::SoftwareSigner;
use lastmile_ffi::{LastmileError, Phone};

use crate::officer::{Key, Manner, Officer, seizure, wait};

#[test]
fn signatures_in_either_form_are_taken() {
    for manner in [Manner::Der, Manner::Fixed] {
        let officer = Officer::new();
        let phone = officer.phone_with(manner);
        phone.create_record(seizure()).unwrap();
        assert_eq!(phone.backlog().unwrap().unsigned, 1);
        assert_eq!(wait(phone.clone().sign_pending(10)).unwrap(), 1);
        assert_eq!((phone.backlog().unwrap().unsigned, phone.backlog().unwrap().pending), (0, 1));
    }
}

#[test]
fn what_a_key_does_not_sign_is_kept_and_signed_later() {
    for (manner, code) in [(Manner::Locked, "key_locked"), (Manner::Wrong, "key_internal")] {
        let officer = Officer::new();
        let phone = officer.phone_with(manner);
        let record = phone.create_record(seizure()).unwrap().record;
        let error = wait(phone.clone().sign_pending(10)).unwrap_err();
        assert!(matches!(error, LastmileError::Key { .. }), "{error:?}");
        assert_eq!(error.code(), code);
        assert_eq!(phone.backlog().unwrap().unsigned, 1);
        drop(phone);
        let phone = officer.phone();
        assert_eq!(wait(phone.clone().sign_pending(10)).unwrap(), 1);
        assert_eq!(phone.record(record).unwrap().handler, "luqihang");
    }
}

#[test]
fn another_key_signs_nobody_in() {
    let officer = Officer::new();
    let phone = Phone::open(officer.options(), None, None, None).unwrap();
    let pkcs8 = SoftwareSigner::generate().unwrap();
    let signer = Arc::new(SoftwareSigner::from_pkcs8(&pkcs8).unwrap());
    let other = Arc::new(Key { signer, manner: Manner::Der });
    let error = wait(phone.clone().sign_in(officer.device_file(), other, None)).unwrap_err();
    assert_eq!(error.code(), "wrong_certificate_kind");
    assert_eq!(phone.signed_in(), None);
}

#[test]
fn a_pin_opens_the_phone_for_its_person_and_wrong_ones_make_wait() {
    let officer = Officer::new();
    let phone = officer.phone();
    let set = |pin: &str| wait(phone.clone().set_pin(pin.to_owned()));
    assert_eq!(set("123456").unwrap_err().code(), "pin_form");
    set("294716").unwrap();
    wait(phone.clone().lock()).unwrap();
    assert_eq!(phone.people().unwrap()[0].name, "陆启航");
    let unlock = |pin: &str| {
        let keys = vec![officer.key(Manner::Der)];
        wait(phone.clone().unlock("luqihang".to_owned(), pin.to_owned(), keys))
    };
    assert_eq!(unlock("294716").unwrap().person, "luqihang");
    wait(phone.clone().lock()).unwrap();
    for _ in 0..3 {
        assert_eq!(unlock("294717").unwrap_err().code(), "pin_wrong");
    }
    let LastmileError::Pin { code, wait_ms, .. } = unlock("294716").unwrap_err() else {
        panic!("the right one does not count while it waits");
    };
    assert_eq!(code, "pin_wait");
    assert!((1..=60_000).contains(&wait_ms), "{wait_ms}");
}
