//! The inside of a CSV record: where a cell and each of its characters stand in the file, and which
//! cells a spreadsheet would run as a formula. Follows the same quoting rules as the csv crate
//! (RFC 4180, lenient about quotes inside unquoted cells).

/// State of the walk through one record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    QuoteInQuoted,
}

/// What the walk meets.
enum Step {
    /// A character of the cell's content.
    Content,
    /// The end of a cell.
    CellEnd,
    /// The end of the record.
    RecordEnd,
    /// A quotation mark that is not content.
    Mark,
}

fn step(state: State, c: char, delimiter: char) -> (State, Step) {
    match (state, c) {
        (State::Start, '"') => (State::Quoted, Step::Mark),
        (State::Quoted, '"') => (State::QuoteInQuoted, Step::Mark),
        (State::Quoted, _) | (State::QuoteInQuoted, '"') => (State::Quoted, Step::Content),
        (_, c) if c == delimiter => (State::Start, Step::CellEnd),
        (_, '\n' | '\r') => (State::Start, Step::RecordEnd),
        _ => (State::Plain, Step::Content),
    }
}

/// Byte offset of character `character` of cell `cell` in the record that starts at `start`. When
/// the cell or character does not exist, the nearest place before it.
pub fn locate(text: &str, start: usize, delimiter: u8, cell: usize, character: usize) -> usize {
    let Some(record) = text.get(start..) else { return text.len() };
    let (mut state, mut at_cell, mut at_char) = (State::Start, 0, 0);
    let mut cell_start = start;
    for (offset, c) in record.char_indices() {
        let (next, met) = step(state, c, char::from(delimiter));
        match met {
            Step::Content if at_cell == cell && at_char == character => return start + offset,
            Step::Content => at_char += 1,
            Step::Mark => {}
            Step::CellEnd | Step::RecordEnd if at_cell == cell => return cell_start,
            Step::CellEnd => {
                at_cell += 1;
                at_char = 0;
                cell_start = start + offset + c.len_utf8();
            }
            Step::RecordEnd => return cell_start,
        }
        state = next;
    }
    cell_start
}

/// Where the quotation mark stands that the record starting at `start` never closes.
pub fn unclosed_quote(text: &str, start: usize, delimiter: u8) -> Option<usize> {
    let record = text.get(start..)?;
    let (mut state, mut opened) = (State::Start, 0);
    for (offset, c) in record.char_indices() {
        let (next, met) = step(state, c, char::from(delimiter));
        if state == State::Start && next == State::Quoted {
            opened = start + offset;
        }
        state = next;
        if matches!(met, Step::RecordEnd) {
            return None;
        }
    }
    (state == State::Quoted).then_some(opened)
}

/// The csv crate's position points at line ends left over from the record before.
pub fn skip_line_ends(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or(&[]);
    start + rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count()
}

/// Whether a spreadsheet would take the cell for a formula (CWE-1236). Plain numbers and telephone
/// numbers with a sign are not formulas.
pub fn looks_like_formula(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    match first {
        '=' | '@' | '＝' | '＠' => true,
        '+' | '-' | '＋' | '－' => {
            let rest = &text[first.len_utf8()..];
            !rest.is_empty()
                && !rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '-'))
        }
        _ => false,
    }
}

/// A cell for a CSV file that people open in a spreadsheet: formulas are held back by a tab, which
/// reading trims again.
pub fn protect(text: &str) -> String {
    if looks_like_formula(text) { format!("\t{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_inside_quoted_cells_are_found() {
        let text = "a,\"b\"\"c\",\"d\ne\"\nf,g";
        let at = |cell, character| {
            text.get(locate(text, 0, b',', cell, character)..).and_then(|rest| rest.chars().next())
        };
        assert_eq!(at(0, 0), Some('a'));
        assert_eq!(at(1, 0), Some('b'));
        assert_eq!(at(1, 2), Some('c'));
        assert_eq!(at(2, 2), Some('e'));
        assert_eq!(at(9, 0), Some('"'), "beyond the record: its last cell");
    }

    #[test]
    fn an_open_quote_is_found_where_it_opens() {
        assert_eq!(unclosed_quote("a,\"b\nc", 0, b','), Some(2));
        assert_eq!(unclosed_quote("a,\"b\"", 0, b','), None);
        assert_eq!(unclosed_quote("a\"b,c", 0, b','), None);
    }

    #[test]
    fn formulas_are_recognised_and_protected() {
        for text in ["=1+1", "@SUM(1)", "+1+1", "-2+3", "=cmd|' /C calc'!A0", "＝1"] {
            assert!(looks_like_formula(text), "{text}");
            assert_eq!(protect(text).trim(), text);
        }
        for text in ["", "-", "-12.50", "+86 138 0000 0000", "佛山", "1-2"] {
            assert!(!looks_like_formula(text), "{text}");
        }
    }
}
