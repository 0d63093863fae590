//! Bounds of the numbers and texts that signed things carry. Each names the field it refuses, so that
//! the caller's error says what was wrong.

use super::CanonicalError;

fn demand(holds: bool, field: &'static str) -> Result<(), CanonicalError> {
    if holds { Ok(()) } else { Err(CanonicalError::Bound { field }) }
}

/// A count that a database can store.
pub fn count(number: u64, field: &'static str) -> Result<(), CanonicalError> {
    demand(number <= super::MAX_COUNT, field)
}

/// A court's code, `粤0605`: 1-32 bytes: letters and digits of any script, and hyphens.
pub fn court(court: &str) -> Result<(), CanonicalError> {
    demand(
        matches!(court.len(), 1..=32) && court.chars().all(|c| c.is_alphanumeric() || c == '-'),
        "court",
    )
}

/// An ASCII snake-case code of 1 to `max` bytes: verbs, roles, kinds.
pub fn code(code: &str, max: usize, field: &'static str) -> Result<(), CanonicalError> {
    let fits = (1..=max).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    demand(fits, field)
}

/// An opaque identifier of 1 to `max` printable ASCII bytes without space: staff ids, device
/// ids, channels, positions.
pub fn token(token: &str, max: usize, field: &'static str) -> Result<(), CanonicalError> {
    demand((1..=max).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic()), field)
}

/// What no paper carries: control characters, and the invisible ones that reorder or hide what stands beside them.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A text as a person typed or pasted it, fit for [`printed`]: line breaks and characters that nobody sees become
/// spaces.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Text that people read on papers: 1 to `max` bytes, no control characters, and none of the
/// invisible ones that reorder or hide what stands beside them.
pub fn printed(text: &str, max: usize, field: &'static str) -> Result<(), CanonicalError> {
    demand(
        (1..=max).contains(&text.len()) && !text.trim().is_empty() && !text.contains(hidden),
        field,
    )
}

/// Milliseconds since 1970 that a calendar can show, years -9999 to 9999.
pub const SHOWABLE_MS: std::ops::RangeInclusive<i64> = -377_705_023_201_000..=253_402_207_200_000;

/// An instant within [`SHOWABLE_MS`].
pub fn instant(ms: i64, field: &'static str) -> Result<(), CanonicalError> {
    demand(SHOWABLE_MS.contains(&ms), field)
}
