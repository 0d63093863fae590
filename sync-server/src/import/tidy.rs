//! One form for what was typed in many: case numbers, identity numbers, telephones, and every text
//! in NFC. What the court delivered is kept beside it where it differs.

use lastmile_core::{
    identifier::{self, Standing, case_number, credit_code, phone},
    pack::case::CasePack,
};
use serde_json::Value as Json;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A case or document number in one form; what is not one stays as it was.
pub fn case_no(text: &str) -> String {
    // The far future, so that no year is doubted here: the pack's own check does that.
    let checked = case_number::check(text, jiff::civil::Date::MAX);
    if checked.normalised.is_empty() { text.trim().to_owned() } else { checked.normalised }
}

/// Brings the identifiers of a case into one form, the delivered ones kept in `raw`.
pub fn identifiers(case: &mut CasePack) {
    case.case_no = case_no(&case.case_no);
    for party in &mut case.parties {
        let fields = [
            ("id_no", &mut party.id_no, normal as fn(&str) -> String),
            ("credit_code", &mut party.credit_code, |text| credit_code::check(text).normalised),
            ("phone", &mut party.phone, |text| phone::check(text).normalised),
        ];
        for (name, slot, form) in fields {
            let Some(text) = slot else { continue };
            let form = form(text);
            if !form.is_empty() && form != *text {
                party.raw.insert(name.to_owned(), std::mem::replace(text, form));
            }
        }
    }
    for duty in &mut case.duty_phones {
        let checked = phone::check(&duty.phone);
        if checked.standing != Standing::Invalid {
            duty.phone = checked.normalised;
        }
    }
}

fn normal(text: &str) -> String {
    identifier::normalise(text).unwrap_or_default()
}

/// Every text of a JSON value trimmed and in NFC.
pub fn texts(value: &mut Json) {
    match value {
        Json::String(text) => {
            if text.trim().len() != text.len() || !is_nfc(text) {
                *text = text.trim().nfc().collect();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(texts),
        Json::Object(map) => map.values_mut().for_each(texts),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
