//! What holds for every checker: no input makes one panic, normalising is idempotent, the raw text
//! is kept, and reasons have unique codes in two languages.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const BLNS: &str = include_str!("../../../tests/data/hostile/blns/blns.json");

/// Runs every checker over `raw` and asserts what holds for all of them.
fn check_all(raw: &str) {
    let today = date(2026, 3, 17);
    sound(raw, &case_number::check(raw, today));
    sound(raw, &resident_id::check(raw, today));
    for kind in person_document::DocumentKind::ALL {
        sound(raw, &person_document::check(kind, raw, today));
    }
    sound(raw, &credit_code::check(raw));
    let plate = plate::check(raw);
    let _ = plate.parts.as_ref().map(ToString::to_string);
    sound(raw, &plate);
    sound(raw, &vehicle::check_vin(raw));
    sound(raw, &vehicle::check_engine_number(raw));
    sound(raw, &admin_code::check(raw, admin_code::GridFormat::default()));
    sound(raw, &admin_code::check(raw, admin_code::GridFormat::CjT349));
    sound(raw, &estate::check_unit(raw));
    sound(raw, &estate::check_certificate(raw));
    let phone = phone::check(raw);
    let _ = phone.parts.as_ref().map(phone::Phone::masked);
    sound(raw, &phone);
    sound(raw, &money::check(raw, money::Sign::Any));
    sound(raw, &coordinate::check(raw, Some(crate::geo::Datum::Wgs84), None));
    sound(raw, &date_time::check_date(raw));
    sound(raw, &date_time::check_instant(raw));
}

fn sound<T>(raw: &str, checked: &Checked<T>) {
    assert_eq!(checked.raw, raw);
    assert_eq!(checked.standing == Standing::Ok, checked.reason.is_none());
    assert!(checked.standing != Standing::Invalid || checked.parts.is_none());
    if matches!(checked.standing, Standing::Ok | Standing::Suspicious) {
        assert!(checked.parts.is_some() && !checked.normalised.is_empty());
    }
}

#[test]
fn naughty_strings_are_judged_calmly() {
    let strings: Vec<String> = serde_json::from_str(BLNS).unwrap();
    assert!(strings.len() > 500);
    for raw in &strings {
        check_all(raw);
        if let Ok(normal) = normalise(raw) {
            assert_eq!(normalise(&normal).as_deref(), Ok(normal.as_str()));
        }
    }
}

#[test]
fn over_long_input_is_refused_before_any_work() {
    let long = "9".repeat(MAX_INPUT_BYTES + 1);
    let checked = resident_id::check(&long, date(2026, 3, 17));
    assert_eq!((checked.standing, checked.reason), (Standing::Invalid, Some(TOO_LONG)));
    assert_eq!((checked.raw.len(), checked.normalised.as_str()), (MAX_INPUT_BYTES + 1, ""));
    // U+FDFA grows eighteenfold under NFKC.
    assert_eq!(normalise(&"\u{fdfa}".repeat(80)), Err(TOO_LONG));
}

#[test]
fn normalising_does_what_the_domain_sheet_says() {
    for (raw, normal) in [
        ("  粤Ｅ 123 45 ", "粤E12345"),
        ("（２０２６）", "(2026)"),
        ("x\u{3000}y\t\n", "XY"),
        ("4406\u{200b}05\u{feff}", "440605"),
        ("", ""),
    ] {
        assert_eq!(normalise(raw).as_deref(), Ok(normal));
    }
}

#[test]
fn reasons_have_unique_codes_and_sentences_in_both_languages() {
    let mut codes = BTreeSet::new();
    for reason in all_reasons() {
        assert!(codes.insert(reason.code), "{} occurs twice", reason.code);
        assert!(
            reason.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        );
        assert!(reason.zh.ends_with('。') && reason.zh.chars().any(is_han), "{}", reason.code);
        assert!(reason.en.ends_with('.'), "{}", reason.code);
    }
    assert!(codes.len() > 60);
}

/// Strings near the grammar of real identifiers, where panics would hide.
fn near_identifiers() -> impl Strategy<Value = String> {
    let alphabet: Vec<char> = "0123456789XDFWJIOQ粤兵军最高法执保号之一十字第年月日()（）〔·-,.¥万亿元使警港H+:TZé\u{301}\u{200b}😀"
        .chars()
        .collect();
    proptest::collection::vec(proptest::sample::select(alphabet), 0..40)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_string_makes_a_checker_panic(raw in prop_oneof![any::<String>(), near_identifiers()]) {
        check_all(&raw);
    }

    #[test]
    fn normalising_is_idempotent(raw in prop_oneof![any::<String>(), near_identifiers()]) {
        if let Ok(normal) = normalise(&raw) {
            prop_assert_eq!(normalise(&normal), Ok(normal.clone()));
            prop_assert!(!normal.chars().any(is_gap));
        }
    }

    #[test]
    fn a_normalised_form_is_judged_like_the_raw_one(raw in near_identifiers()) {
        let today = date(2026, 3, 17);
        let first = case_number::check(&raw, today);
        prop_assert_eq!(case_number::check(&first.normalised, today).standing, first.standing);
    }
}
