//! The numbers people read from papers, plates and labels: case numbers, identity numbers, credit
//! codes, plates, VINs, area codes, estate units, phones, money, coordinates, dates.
//!
//! Every checker works the same way: keep what was typed, [`normalise`] it, judge it, and expose the
//! parts it could read.
//!
//! ```
//! use lastmile_core::identifier::{Standing, case_number};
//!
//! let today = jiff::civil::date(2026, 3, 17);
//! let checked = case_number::check("（2026）粤 0605执保 88 号", today);
//! assert_eq!(checked.standing, Standing::Ok);
//! assert_eq!(checked.normalised, "(2026)粤0605执保88号");
//! assert_eq!(checked.parts.unwrap().serial, 88);
//! ```
//!
//! | standing | meaning | what a screen does |
//! | --- | --- | --- |
//! | [`Standing::Ok`] | right in form and content | saves |
//! | [`Standing::Suspicious`] | right in form, wrong in content (check digit, date) | saves with a reason: papers contain errors |
//! | [`Standing::Legacy`] | a form that was valid once (15-digit identity number) | saves, says so |
//! | [`Standing::Invalid`] | not such a number | asks again; the raw text is still kept |
//!
//! Nothing here reads a clock or a file: "today" is always a parameter, and the tables
//! (`core/data/`) are compiled in. What a rule or a record does with a standing is decided in
//! [`crate::rules`] and [`crate::records`], not here.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

pub mod admin_code;
pub mod case_number;
pub mod coordinate;
pub mod credit_code;
pub mod date_time;
pub mod estate;
pub mod fees;
pub mod money;
pub mod person_document;
pub mod phone;
pub mod plate;
pub mod resident_id;
mod table;
pub mod vehicle;

/// Longest input that is looked at, in bytes of UTF-8, before and after normalising.
pub const MAX_INPUT_BYTES: usize = 256;

/// How far an identifier can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Right in form and content.
    Ok,
    /// Right in form, doubtful in content: may be saved with a reason.
    Suspicious,
    /// Not such an identifier.
    Invalid,
    /// A form that was valid in the past.
    Legacy,
}

/// Why a standing is not [`Standing::Ok`]. Never contains any part of the input, so it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, thiserror::Error)]
#[error("{code}: {en}")]
pub struct Reason {
    /// Stable, snake case; part of the API.
    pub code: &'static str,
    /// The sentence an officer reads.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

/// Declares the reasons of one checker: constants, and all of them as `REASONS`.
macro_rules! reasons {
    ($($name:ident: $code:literal, $zh:literal, $en:literal;)+) => {
        $(
            #[doc = $en]
            pub const $name: $crate::identifier::Reason =
                $crate::identifier::Reason { code: $code, zh: $zh, en: $en };
        )+
        /// Every reason this checker can give.
        pub const REASONS: &[$crate::identifier::Reason] = &[$($name),+];
    };
}
pub(crate) use reasons;

reasons! {
    EMPTY: "input_empty", "尚未填写。", "Nothing was entered.";
    TOO_LONG: "input_too_long", "内容过长,请只填写号码本身。", "The input is too long; enter the number only.";
}

/// The result of checking one identifier.
#[derive(Clone, PartialEq, Eq)]
pub struct Checked<T> {
    /// Exactly what was entered or read from paper.
    pub raw: String,
    /// The form to compare, search and store; empty when the input was refused before normalising.
    pub normalised: String,
    /// How far it can be trusted.
    pub standing: Standing,
    /// Why it is not simply [`Standing::Ok`].
    pub reason: Option<Reason>,
    /// What could be read from it; always there for `Ok` and `Suspicious`, never for `Invalid`.
    pub parts: Option<T>,
}

impl<T> Checked<T> {
    /// Whether a record may hold it without further ado.
    pub fn is_ok(&self) -> bool {
        self.standing == Standing::Ok
    }

    /// Code of the reason, when there is one.
    pub fn code(&self) -> Option<&'static str> {
        self.reason.map(|reason| reason.code)
    }

    /// The same judgement over other parts.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Checked<U> {
        Checked {
            raw: self.raw,
            normalised: self.normalised,
            standing: self.standing,
            reason: self.reason,
            parts: self.parts.map(f),
        }
    }
}

/// Shows the judgement and not the number: identifiers are personal data and must not reach a log.
impl<T> fmt::Debug for Checked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("standing", &self.standing)
            .field("reason", &self.code())
            .finish_non_exhaustive()
    }
}

/// What a checker found in a normalised text.
enum Finding<T> {
    /// Nothing wrong.
    Good(T),
    /// Readable, with a doubt.
    Doubt(T, Reason),
    /// A form of the past.
    Old(Option<T>, Reason),
}

/// Normalises `raw`, lets `read` judge it, and packs the result. An `Err` is [`Standing::Invalid`].
fn judge<T>(
    raw: &str,
    read: impl FnOnce(&str) -> Result<(String, Finding<T>), Reason>,
) -> Checked<T> {
    let normal = match normalise(raw) {
        Ok(normal) => normal,
        Err(reason) => return refused(raw, String::new(), reason),
    };
    if normal.is_empty() {
        return refused(raw, normal, EMPTY);
    }
    let (normalised, finding) = match read(&normal) {
        Ok(read) => read,
        Err(reason) => return refused(raw, normal, reason),
    };
    let (standing, reason, parts) = match finding {
        Finding::Good(parts) => (Standing::Ok, None, Some(parts)),
        Finding::Doubt(parts, reason) => (Standing::Suspicious, Some(reason), Some(parts)),
        Finding::Old(parts, reason) => (Standing::Legacy, Some(reason), parts),
    };
    Checked { raw: raw.to_owned(), normalised, standing, reason, parts }
}

fn refused<T>(raw: &str, normalised: String, reason: Reason) -> Checked<T> {
    Checked {
        raw: raw.to_owned(),
        normalised,
        standing: Standing::Invalid,
        reason: Some(reason),
        parts: None,
    }
}

/// Brings what was typed, pasted or read by OCR into one form: NFKC (which turns full-width into
/// half-width), no white space or invisible joiners anywhere, ASCII letters in upper case.
///
/// Idempotent: normalising twice changes nothing. Only ASCII is upper-cased, because other letters
/// never occur in these identifiers and may change their composition with their case.
pub fn normalise(raw: &str) -> Result<String, Reason> {
    if raw.len() > MAX_INPUT_BYTES {
        return Err(TOO_LONG);
    }
    // Twice, because NFKC makes new spaces (U+00A8 becomes space and diaeresis), and taking a space
    // or a lower-case letter away can make neighbours compose.
    let once: String = raw.chars().filter(|c| !is_gap(*c)).nfkc().collect();
    let twice: String =
        once.chars().filter(|c| !is_gap(*c)).map(|c| c.to_ascii_uppercase()).nfkc().collect();
    if twice.len() > MAX_INPUT_BYTES { Err(TOO_LONG) } else { Ok(twice) }
}

/// White space, and the invisible characters that chat programs and PDF readers put between digits.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The bracket styles found on papers, as ASCII.
fn ascii_bracket(c: char) -> char {
    match c {
        '〔' | '[' | '【' | '［' | '{' => '(',
        '〕' | ']' | '】' | '］' | '}' => ')',
        other => other,
    }
}

/// Whether all of `text` is ASCII digits (and there is at least one).
pub(crate) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A basic Chinese character.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fa5}')
}

/// Every reason any checker can give, for the API's documentation and for translation.
pub fn all_reasons() -> impl Iterator<Item = &'static Reason> {
    [
        REASONS,
        admin_code::REASONS,
        case_number::REASONS,
        coordinate::REASONS,
        credit_code::REASONS,
        date_time::REASONS,
        estate::REASONS,
        fees::REASONS,
        money::REASONS,
        person_document::REASONS,
        phone::REASONS,
        plate::REASONS,
        resident_id::REASONS,
        vehicle::REASONS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests;
