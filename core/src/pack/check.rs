//! The checks packs share: text bounds, identifiers, amounts, telephone numbers. The rules
//! themselves belong to [`crate::identifier`]; here they become faults with sentences.

use serde_json::Value as Json;

use super::{
    problem::{Checker, Fault},
    text::worst_fault,
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

/// A case number (案号).
pub fn case_no(text: &str) -> Option<Fault> {
    let well_formed = text.len() <= 64
        && text.starts_with('(')
        && text.contains(')')
        && text.contains('号')
        && text.chars().any(|c| c.is_ascii_digit())
        && !text.contains(char::is_whitespace);
    (!well_formed).then(|| {
        Fault::error(
            "case_no_invalid",
            "案号格式不正确,应如“(2026)粤0605执1101号”。",
            "Not a case number; it should look like (2026)粤0605执1101号.",
        )
    })
}

/// A resident ID number (公民身份号码, GB 11643).
pub fn id_no(text: &str) -> Option<Fault> {
    (!(5..=20).contains(&text.len()) || !text.chars().all(|c| c.is_ascii_alphanumeric())).then(
        || {
            Fault::error(
                "id_no_invalid",
                "证件号码格式不正确。",
                "Not a valid identity document number.",
            )
        },
    )
}

/// A unified social credit code (统一社会信用代码, GB 32100).
pub fn credit_code(text: &str) -> Option<Fault> {
    (text.len() != 18 || !text.chars().all(|c| c.is_ascii_alphanumeric())).then(|| {
        Fault::error(
            "credit_code_invalid",
            "统一社会信用代码格式不正确。",
            "Not a valid unified social credit code.",
        )
    })
}

/// A telephone number: mobile, landline with area code, or a short public number.
pub fn phone(text: &str) -> Option<Fault> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let shape = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | ' '));
    (!shape || !(3..=15).contains(&digits)).then(|| {
        Fault::error("phone_invalid", "电话号码格式不正确。", "Not a valid telephone number.")
    })
}

/// An identifier the court chose: staff id, party id, device prefix. ASCII letters, digits, `-`
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
