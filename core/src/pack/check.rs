//! The checks packs share: text bounds, identifiers, amounts, telephone numbers. The rules
//! themselves belong to [`crate::identifier`]; here they become faults with sentences.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::{
    problem::{Checker, Fault},
    text::worst_fault,
};
use crate::identifier::{
    Checked, Standing, case_number, credit_code,
    person_document::{self, DocumentKind},
    phone, resident_id,
};

/// Unknown fields of a pack, kept as they came.
pub type Extra = std::collections::BTreeMap<String, Json>;

/// Most bytes of a short text: a name, a number.
pub const SHORT: usize = 200;
/// Most bytes of a long text: an address, a note.
pub const LONG: usize = 2_000;
/// Most bytes of everything unknown in one object.
const EXTRA: usize = 16_384;

/// Largest amount, in fen: 9e15, ninety trillion yuan (domain sheet, 5.9).
const MAX_FEN: i64 = 9_000_000_000_000_000;

/// A text that may be missing.
pub fn optional(checker: &mut Checker, path: &str, text: &str, max: usize) {
    if text.len() > max {
        checker.add(
            path,
            Fault::error(
                "text_too_long",
                format!("内容过长(最多{max}字节)。"),
                format!("Too long: at most {max} bytes."),
            ),
        );
    } else if let Some(found) = worst_fault(text) {
        checker.add(path, found.fault);
    }
}

/// A text that must be there.
pub fn required(checker: &mut Checker, path: &str, text: &str, max: usize) {
    if text.trim().is_empty() {
        checker.add(path, missing());
    } else {
        optional(checker, path, text, max);
    }
}

/// The fault of an empty required value.
pub fn missing() -> Fault {
    Fault::error("missing_value", "必填项为空。", "A required value is missing.")
}

/// The fault of a code word this version does not know (or of an empty one).
pub fn unknown_word(code: &str, refuse: bool) -> Fault {
    if code.is_empty() {
        return missing();
    }
    let (zh, en) =
        ("不认识的代码或名称,请按导入说明填写。", "Unknown code or name; see the import guide.");
    if refuse {
        Fault::error("unknown_code", zh, en)
    } else {
        Fault::warning("unknown_code", zh, en)
    }
}

/// An amount of fen, not negative.
pub fn fen(checker: &mut Checker, path: &str, amount: i64) {
    if !(0..=MAX_FEN).contains(&amount) {
        checker.add(
            path,
            Fault::error("amount_out_of_range", "金额超出范围。", "The amount is out of range."),
        );
    }
}

/// A list no longer than `max`; returns false when it is too long to look at.
pub fn list(checker: &mut Checker, path: &str, len: usize, max: usize) -> bool {
    if len > max {
        checker.add(
            path,
            Fault::error(
                "list_too_long",
                format!("条目过多(最多{max}条)。"),
                format!("Too many entries: at most {max}."),
            ),
        );
    }
    len <= max
}

/// Unknown fields: bounded, and free of forging characters.
pub fn extra(checker: &mut Checker, path: &str, extra: &Extra) {
    if extra.is_empty() {
        return;
    }
    let size = serde_json::to_vec(extra).map_or(usize::MAX, |bytes| bytes.len());
    if size > EXTRA {
        checker.add(
            path,
            Fault::error(
                "extra_too_large",
                format!("附加字段过大(最多{EXTRA}字节)。"),
                format!("Additional fields are too large: at most {EXTRA} bytes."),
            ),
        );
        return;
    }
    for (key, value) in extra {
        let place = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        optional(checker, &place, key, SHORT);
        json_texts(checker, &place, value);
    }
}

fn json_texts(checker: &mut Checker, path: &str, value: &Json) {
    match value {
        Json::String(text) => optional(checker, path, text, LONG),
        Json::Array(items) => items.iter().for_each(|item| json_texts(checker, path, item)),
        Json::Object(map) => {
            for (key, item) in map {
                optional(checker, path, key, SHORT);
                json_texts(checker, path, item);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// A case number (案号), judged as of `today`.
pub fn case_no(text: &str, today: Date) -> Option<Fault> {
    fault_of(text, &case_number::check(text, today))
}

/// The number of an identity document, judged as of `today`: a resident ID number (公民身份号码), or
/// what looks like a permit or a passport.
pub fn id_no(text: &str, today: Date) -> Option<Fault> {
    let like_resident = text.len() >= 15 && text.bytes().take(14).all(|b| b.is_ascii_digit());
    if !like_resident
        && person_document::check(DocumentKind::Passport, text, today).standing == Standing::Ok
        && !is_spreadsheet_number(text)
    {
        return None;
    }
    fault_of(text, &resident_id::check(text, today))
}

/// A unified social credit code (统一社会信用代码, GB 32100).
pub fn credit_code(text: &str) -> Option<Fault> {
    fault_of(text, &credit_code::check(text))
}

/// A telephone number: mobile, landline with area code, 110 or 12368.
pub fn phone(text: &str) -> Option<Fault> {
    fault_of(text, &phone::check(text))
}

/// What a standing means for a pack: papers contain errors, so a doubt is reported and a form that
/// cannot be right refuses.
fn fault_of<T>(text: &str, checked: &Checked<T>) -> Option<Fault> {
    if is_spreadsheet_number(text) {
        return Some(Fault::error(
            "number_damaged_by_spreadsheet",
            "号码已被表格软件改成科学计数法,后几位已丢失;请把该列设为文本,从原始材料重新填写。",
            "A spreadsheet turned the number into scientific notation and lost its last digits; format the column as text and enter it again.",
        ));
    }
    let reason = checked.reason?;
    match checked.standing {
        Standing::Ok => None,
        Standing::Suspicious | Standing::Legacy => {
            Some(Fault::warning(reason.code, reason.zh, reason.en))
        }
        Standing::Invalid => Some(Fault::error(reason.code, reason.zh, reason.en)),
    }
}

/// `4.40605E+17`.
fn is_spreadsheet_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits(mantissa) && exponent.strip_prefix('+').is_some_and(digits)
}

/// A staff id: 1 to 40 of ASCII letters, digits, `-`, `_` and `.`, because certificates carry it.
pub fn staff_id(text: &str) -> Option<Fault> {
    let fine = (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (!fine).then(|| {
        if text.is_empty() {
            return missing();
        }
        Fault::error(
            "staff_id_invalid",
            "人员编号只能用英文字母、数字、“-”、“_”和“.”,最多40位。",
            "A staff id may hold ASCII letters, digits, - _ and . only, at most 40.",
        )
    })
}

/// An identifier the court chose: party id, device prefix. ASCII letters, digits, `-`
/// and `_`, or Chinese characters, at most 40 bytes.
pub fn local_id(text: &str) -> Option<Fault> {
    let fine = !text.is_empty()
        && text.len() <= 40
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    (!fine).then(|| {
        Fault::error(
            "id_invalid",
            "编号只能用字母、数字、汉字、“-”和“_”,最多40字节。",
            "An id may hold letters, digits, - and _ only, at most 40 bytes.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 3, 17);

    #[test]
    fn a_doubt_is_reported_and_a_wrong_form_refused() {
        use crate::pack::problem::Severity;
        let severity = |fault: Option<Fault>| fault.map(|fault| fault.severity);
        assert_eq!(severity(id_no("440605190001010013", TODAY)), None);
        assert_eq!(severity(id_no("440605190001010014", TODAY)), Some(Severity::Warning));
        assert_eq!(severity(id_no("44060519000101001", TODAY)), Some(Severity::Error));
        assert_eq!(severity(id_no("H12345678", TODAY)), None);
        assert_eq!(severity(credit_code("914406050000000193")), None);
        assert_eq!(severity(case_no("(2026)粤0605执1101号", TODAY)), None);
        assert_eq!(severity(case_no("2026粤0605执1101号", TODAY)), Some(Severity::Error));
        assert_eq!(severity(phone("110")), None);
        assert_eq!(severity(phone("86230000")), Some(Severity::Error));
    }

    #[test]
    fn a_number_eaten_by_a_spreadsheet_is_called_so() {
        let code = |fault: Option<Fault>| fault.map(|fault| fault.code);
        assert_eq!(code(id_no("4.40605E+17", TODAY)), Some("number_damaged_by_spreadsheet"));
        assert_eq!(code(id_no("E12345678", TODAY)), None);
    }
}
