//! The text of the QR code: which record a paper was made of, and the state digest it had then. Written on
//! every paper, read by whoever scans one. Format: `docs/protocol/paper.md`.

use std::fmt;
use std::str::FromStr;

use lastmile_core::id::{Digest, DocumentId};

use crate::Form;

/// What a paper says about where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Court code, 粤0605.
    pub court: String,
    /// Case number.
    pub case_no: String,
    /// The record.
    pub record: DocumentId,
    /// The paper.
    pub form: Form,
    /// State digest of the record when the paper was made.
    pub state: Digest,
}

/// The text is no mark of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// Too long, or not built like one.
    #[error("this code is not one of a paper of ours")]
    Form,
    /// A later version.
    #[error("this code is of a later version; update the app")]
    Version,
}

impl MarkError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "mark_form",
            Self::Version => "mark_version",
        }
    }
}

const SCHEME: &str = "lastmile:paper/";
const VERSION: &str = "1";
const MAX_BYTES: usize = 1_024;
const MAX_NAME: usize = 128;

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{SCHEME}{VERSION}/{}/{}/{}/{}/{}",
            escaped(&self.court),
            escaped(&self.case_no),
            self.record.to_hex(),
            self.form.code(),
            self.state.to_hex()
        )
    }
}

impl FromStr for Mark {
    type Err = MarkError;

    fn from_str(text: &str) -> Result<Self, MarkError> {
        let rest = text.strip_prefix(SCHEME).filter(|_| text.len() <= MAX_BYTES);
        let (version, rest) = rest.and_then(|rest| rest.split_once('/')).ok_or(MarkError::Form)?;
        if version != VERSION {
            let number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
            return Err(if number { MarkError::Version } else { MarkError::Form });
        }
        let parts: Vec<&str> = rest.split('/').collect();
        let [court, case_no, record, form, state] = parts.as_slice() else {
            return Err(MarkError::Form);
        };
        Ok(Self {
            court: unescaped(court).ok_or(MarkError::Form)?,
            case_no: unescaped(case_no).ok_or(MarkError::Form)?,
            record: DocumentId::from_hex(record).map_err(|_| MarkError::Form)?,
            form: Form::from_code(form).ok_or(MarkError::Form)?,
            state: Digest::from_hex(state).map_err(|_| MarkError::Form)?,
        })
    }
}

/// Percent-encoding of everything but RFC 3986's unreserved characters and brackets.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    let sound = !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control);
    sound.then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        Mark {
            court: "粤0605".to_owned(),
            case_no: "(2026)粤0605执1101号".to_owned(),
            record: DocumentId([0xab; 16]),
            form: Form::PropertyList,
            state: Digest([7; 32]),
        }
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let text = mark().to_string();
        assert_eq!(
            text,
            "lastmile:paper/1/%E7%B2%A40605/(2026)%E7%B2%A40605%E6%89%A71101%E5%8F%B7/\
             abababababababababababababababab/F-01/\
             0707070707070707070707070707070707070707070707070707070707070707"
        );
        assert_eq!(text.parse::<Mark>(), Ok(mark()));
    }

    #[test]
    fn what_is_no_mark_is_refused() {
        let text = mark().to_string();
        let changed = |from: &str, to: &str| text.replacen(from, to, 1).parse::<Mark>();
        assert_eq!(changed("paper/1/", "paper/2/"), Err(MarkError::Version));
        for bad in [
            changed("lastmile:", "https://"),
            changed("paper/1/", "paper/x/"),
            changed("F-01", "F-00"),
            changed("abab", "zzzz"),
            changed("%E7", "%7"),
            changed("%E7", "%+7"),
            changed("%E7%B2%A40605", ""),
            changed("%E7%B2%A40605", "%0A"),
            changed("%E7%B2%A40605", &"x".repeat(129)),
            format!("{text}/more").parse(),
            String::new().parse(),
            format!("lastmile:paper/1/{}", "/".repeat(2_000)).parse(),
        ] {
            assert_eq!(bad, Err(MarkError::Form));
        }
        assert_eq!(MarkError::Form.code(), "mark_form");
    }
}
