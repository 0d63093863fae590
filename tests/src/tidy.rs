//! Checks of the repository's own text: pure functions from a file's text to complaints. Which files are looked at
//! is decided in `tests/tests/tidy.rs`. The scanner knows just enough Rust to tell code from comments, literals
//! and test modules; it does not parse.

/// The longest a source file may be.
pub const MOST_LINES: usize = 800;

/// A complaint about one line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

fn at(text: &str, offset: usize, what: impl Into<String>) -> Complaint {
    let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    Complaint { line, what: what.into() }
}

/// The source with comments, strings and characters turned into blanks of the same length.
pub fn code_only(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let inside_word = code.ends_with(is_word);
        let literal = if inside_word { None } else { prefixed_string(rest) };
        let blank = literal.unwrap_or_else(|| match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => quoted(rest, 1),
            '\'' => character(rest),
            _ => 0,
        });
        let (taken, after) = rest.split_at(blank.max(first.len_utf8()));
        if blank == 0 {
            code.push_str(taken);
        } else {
            code.extend(taken.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    code
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        if rest.is_empty() {
            break;
        } else if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of a string with escapes whose opening quote ends at `start`.
fn quoted(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (offset, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return start + offset + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a string with a prefix: `b""`, `c""`, `r""`, `br#""#` and so on.
fn prefixed_string(text: &str) -> Option<usize> {
    let letters = text.find(|c| !matches!(c, 'b' | 'c' | 'r')).filter(|n| (1..=2).contains(n))?;
    let (prefix, rest) = text.split_at(letters);
    if !prefix.ends_with('r') {
        return rest.starts_with('"').then(|| quoted(text, letters + 1));
    }
    let hashes = rest.find(|c| c != '#')?;
    if !rest[hashes..].starts_with('"') {
        return None;
    }
    let start = letters + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text[start..].find(&end).map_or(text.len(), |found| start + found + end.len()))
}

/// Length of a character literal; 0 if the quote begins a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((escaped, _))) => {
            let from = escaped + 1;
            text.get(from..)
                .and_then(|rest| rest.find('\''))
                .map_or(text.len(), |end| from + end + 1)
        }
        (Some((_, c)), Some((end, '\''))) if c != '\'' => end + 1,
        _ => 0,
    }
}

/// The code of a file without its test modules, and the names of test modules kept in files of their own.
#[derive(Debug, PartialEq, Eq)]
pub struct Production {
    /// As [`code_only`], test items blanked too.
    pub code: String,
    /// For each `#[cfg(test)] mod x;`: the file name its `path` attribute gives, else `x`.
    pub test_files: Vec<String>,
}

/// Takes everything under `#[cfg(test)]` out of a source file.
pub fn production(source: &str) -> Production {
    let mut code = code_only(source);
    let mut test_files = Vec::new();
    if code.contains("#![cfg(test)]") {
        return Production { code: String::new(), test_files };
    }
    while let Some(start) = code.find("#[cfg(test)]") {
        let end = item_end(&code, start);
        let item = &code[start..end];
        if let Some(module) = item.strip_suffix(';').and_then(|item| item.split_once("mod ")) {
            let path =
                source[start..end].split_once("path = \"").and_then(|(_, p)| p.split('"').next());
            test_files.push(path.unwrap_or(module.1.trim()).to_owned());
        }
        let blank: String = item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let blank = format!("{blank}{}", " ".repeat(item.len() - blank.len()));
        code.replace_range(start..end, &blank);
    }
    Production { code, test_files }
}

/// Where the item that begins with attributes at `start` ends: after its `;` or its closing brace.
fn item_end(code: &str, start: usize) -> usize {
    let mut brackets = 0_i32;
    let mut braces = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces == 0 {
                    return offset + 1;
                }
            }
            b';' if brackets == 0 && braces == 0 => return offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// A file opens with a paragraph on what lives in it.
pub fn opening_paragraph(source: &str) -> Option<Complaint> {
    let first = source.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let said = first.strip_prefix("//!").is_some_and(|text| text.trim().len() > 10);
    (!said).then(|| Complaint { line: 1, what: "opens without a //! paragraph".into() })
}

/// A file is not too long to read.
pub fn length(source: &str) -> Option<Complaint> {
    let lines = source.lines().count();
    (lines > MOST_LINES)
        .then(|| Complaint { line: lines, what: format!("{lines} lines, more than {MOST_LINES}") })
}

/// A path names a subject, not a drawer.
pub fn drawer_name(path: &str) -> Option<Complaint> {
    const DRAWERS: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];
    let drawer = path
        .split('/')
        .find(|part| DRAWERS.contains(&part.split('.').next().unwrap_or_default()))?;
    Some(Complaint { line: 1, what: format!("{drawer} names no subject") })
}

/// Nothing is left for later, in code or words.
pub fn unfinished(text: &str) -> Vec<Complaint> {
    // Spelt in parts, else this file would complain about itself.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["to", "do!("], ["unimple", "mented!("], ["#[igno", "re"]];
    let mut complaints = Vec::new();
    for mark in marks.map(|parts| parts.concat()) {
        for (offset, _) in text.match_indices(&mark) {
            let within_word = text[..offset].ends_with(is_word)
                || mark.ends_with(is_word) && text[offset + mark.len()..].starts_with(is_word);
            if !within_word {
                complaints.push(at(text, offset, format!("unfinished: {mark}")));
            }
        }
    }
    complaints
}

/// Production code handles absence and errors.
pub fn unwrapping(production: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for call in ["unwrap(", "expect(", "unwrap_err(", "expect_err("] {
        for (offset, _) in production.match_indices(call) {
            let before = production[..offset].trim_end();
            if before.ends_with('.') || before.ends_with("::") {
                complaints.push(at(production, offset, format!("{call}) outside tests")));
            }
        }
    }
    complaints
}

/// Only one file of the core looks at the machine's clocks and environment.
pub fn ambient(production: &str) -> Vec<Complaint> {
    const SOURCES: [&str; 5] =
        ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "std::env"];
    SOURCES
        .iter()
        .flat_map(|source| production.match_indices(source))
        .map(|(offset, source)| at(production, offset, format!("{source} outside time.rs")))
        .collect()
}

/// Lines of a Markdown text with whether they stand in a fenced block.
fn markdown_lines(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let mut fenced = false;
    text.lines().enumerate().map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        (index + 1, line, fenced)
    })
}

/// Targets of the local links of a Markdown text, with their lines; anchors are cut off.
pub fn local_links(markdown: &str) -> Vec<(usize, String)> {
    markdown_lines(markdown)
        .filter(|(_, _, fenced)| !fenced)
        .flat_map(|(number, line, _)| {
            // Code spans are the odd parts between backticks.
            let words: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
            let targets: Vec<String> = words.split("](").skip(1).filter_map(target).collect();
            targets.into_iter().map(move |target| (number, target))
        })
        .collect()
}

/// The file a link target, followed by the rest of its line, points to.
fn target(after: &str) -> Option<String> {
    let target = after.split([')', ' ']).next()?.trim_matches(['<', '>']);
    let file = target.split('#').next().filter(|file| !file.is_empty())?;
    let outside = file.contains("://") || file.starts_with("mailto:");
    (!outside).then(|| file.to_owned())
}

/// The targets of `make` in fenced blocks of a Markdown text, with their lines.
pub fn make_calls(markdown: &str) -> Vec<(usize, String)> {
    markdown_lines(markdown)
        .filter(|(_, _, fenced)| *fenced)
        .flat_map(|(number, line, _)| {
            let command = line.split('#').next().unwrap_or_default();
            let call = command.trim_start().trim_start_matches("$ ").strip_prefix("make ");
            let words: Vec<_> =
                call.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
            words
                .into_iter()
                .filter(|word| !word.starts_with('-') && !word.contains('='))
                .map(move |word| (number, word))
        })
        .collect()
}

/// Whether a Makefile has a rule for `target`.
pub fn has_rule(makefile: &str, target: &str) -> bool {
    makefile.lines().filter(|line| !line.starts_with(['\t', '#', '.'])).any(|line| {
        line.split_once(':').is_some_and(|(targets, rest)| {
            !rest.starts_with('=') && targets.split_whitespace().any(|name| name == target)
        })
    })
}
