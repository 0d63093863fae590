//! The one-time code a person gets from the court, as text to type and as the content of a QR picture.
//! Text without look-alikes: Crockford's Base32, in groups of five, with a checksum, so that a slip
//! of the finger is noticed here and not at the server.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::id::{CertificateId, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};

/// Longest address of a server, bytes.
pub const MAX_URL: usize = 200;
/// Longest text read, characters; the longest code has about 600.
pub const MAX_TEXT: usize = 1_000;

const CHECKSUM: usize = 4;
const GROUP: usize = 5;

/// The text is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// A letter is wrong, missing or too many.
    #[error("the code was not typed or scanned completely; compare it with the sheet")]
    Mistyped,
    /// Made by a newer server.
    #[error("the code needs a newer app")]
    Newer,
    /// Complete, and yet no code.
    #[error("this is not an enrolment code")]
    NotACode,
}

impl CodeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mistyped => "enrolment_code_mistyped",
            Self::Newer => "enrolment_code_newer",
            Self::NotACode => "enrolment_code_invalid",
        }
    }
}

/// What a code says. Whoever has it may become that person on a phone, once, until it expires.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EnrolmentCode {
    /// Where the court's server is.
    pub url: String,
    /// The court's code.
    pub court: String,
    /// The root certificate to trust, and no other.
    #[zeroize(skip)]
    pub root: CertificateId,
    /// Which code: what lists show and people say on the phone. Not secret.
    pub id: [u8; 5],
    /// The secret: 128 random bits.
    pub secret: [u8; 16],
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentCode").field("id", &self.shown_id()).finish_non_exhaustive()
    }
}

impl Canonical for EnrolmentCode {
    // Short: people type it.
    const TAG: &'static str = "lm-enrol";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 5;
    const MAX_LEN: usize = 360;

    fn write(&self, out: &mut Writer) {
        out.text(&self.url);
        out.text(&self.court);
        out.bytes(&self.root.0);
        out.bytes(&self.id);
        out.bytes(&self.secret);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            url: input.text(MAX_URL, "url")?.to_owned(),
            court: input.text(32, "court")?.to_owned(),
            root: CertificateId(input.fixed("root")?),
            id: input.fixed("id")?,
            secret: input.fixed("secret")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::token(&self.url, MAX_URL, "url")?;
        if self.url.starts_with("https://") || self.url.starts_with("http://") {
            Ok(())
        } else {
            Err(CanonicalError::Bound { field: "url" })
        }
    }
}

impl EnrolmentCode {
    /// The text for a QR picture; only characters of its alphanumeric mode.
    pub fn text(&self) -> String {
        let mut bytes = self.encode();
        let sum = sha256(&bytes);
        bytes.extend_from_slice(&sum[..CHECKSUM]);
        let text = CROCKFORD.encode(&bytes);
        bytes.zeroize();
        text
    }

    /// The same text in groups, to be read out and typed.
    pub fn typed(&self) -> String {
        let text = self.text();
        let groups: Vec<String> = text
            .as_bytes()
            .chunks(GROUP)
            .map(|group| group.iter().map(|byte| char::from(*byte)).collect())
            .collect();
        groups.join("-")
    }

    /// Reads either form; small letters, spaces and look-alikes do not matter.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.len() > MAX_TEXT {
            return Err(CodeError::NotACode);
        }
        let mut bytes = CROCKFORD.decode(text.as_bytes()).map_err(|_| CodeError::Mistyped)?;
        let length = bytes.len().checked_sub(CHECKSUM).ok_or(CodeError::Mistyped)?;
        let (body, sum) = bytes.split_at(length);
        let read = if sha256(body)[..CHECKSUM] == *sum {
            Self::decode(body).map_err(|error| match error {
                CanonicalError::UnsupportedVersion { .. } => CodeError::Newer,
                _ => CodeError::NotACode,
            })
        } else {
            Err(CodeError::Mistyped)
        };
        bytes.zeroize();
        read
    }

    /// [`Self::id`] as lists show it.
    pub fn shown_id(&self) -> String {
        shown_id(&self.id)
    }

    /// What the court keeps of the secret.
    pub fn hash(&self) -> [u8; 32] {
        secret_hash(&self.secret)
    }
}

/// A code's id as lists show it.
pub fn shown_id(id: &[u8; 5]) -> String {
    CROCKFORD.encode(id)
}

/// Reads an id as lists show it.
pub fn read_id(text: &str) -> Option<[u8; 5]> {
    CROCKFORD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// What the court keeps of a code's secret: SHA-256 over a domain tag and the secret. The secret has
/// 128 random bits, so nobody finds it by trying.
pub fn secret_hash(secret: &[u8; 16]) -> [u8; 32] {
    sha256(&[b"lastmile-enrolment-secret-v1".as_slice(), secret].concat())
}

/// Crockford's Base32: no I, L, O and U; what looks like 0 and 1 is read as that.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut rules = Specification::new();
    rules.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    rules.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    rules.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    rules.ignore.push_str("- \t\r\n");
    // The alphabet above is sound, as every test shows.
    rules.encoding().unwrap_or(data_encoding::BASE32)
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn code() -> EnrolmentCode {
        EnrolmentCode {
            url: "https://sync.nanhai.example:8460".to_owned(),
            court: "粤0605".to_owned(),
            root: CertificateId([7; 32]),
            id: [1, 2, 3, 4, 5],
            secret: [9; 16],
        }
    }

    #[test]
    fn both_forms_are_read_however_they_are_typed() {
        let code = code();
        let (text, typed) = (code.text(), code.typed());
        assert!(text.len() < 230, "{} characters", text.len());
        assert!(text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
        let sloppy = typed.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " \n");
        for form in [text, typed, sloppy] {
            assert_eq!(EnrolmentCode::parse(&form), Ok(code.clone()));
        }
        assert_eq!(read_id(&code.shown_id()), Some(code.id));
        assert_eq!(
            format!("{code:?}"),
            "EnrolmentCode { id: \"041061050\", .. }".replace("041061050", &code.shown_id())
        );
    }

    #[test]
    fn every_slip_is_noticed() {
        let text = code().text();
        for place in 0..text.len() {
            for letter in ["", "Z", "7"] {
                let mut slip = text.clone();
                if slip[place..=place] == *letter {
                    continue;
                }
                slip.replace_range(place..=place, letter);
                assert_eq!(EnrolmentCode::parse(&slip), Err(CodeError::Mistyped), "{place}");
            }
        }
        for wrong in ["", "U", "hello there", "最后一公里"] {
            assert_eq!(EnrolmentCode::parse(wrong), Err(CodeError::Mistyped));
        }
        assert_eq!(EnrolmentCode::parse(&"0".repeat(MAX_TEXT + 1)), Err(CodeError::NotACode));
    }

    #[test]
    fn what_is_no_address_and_what_is_newer_is_refused() {
        let with = |bytes: Vec<u8>| {
            let sum = sha256(&bytes);
            CROCKFORD.encode(&[bytes, sum[..CHECKSUM].to_vec()].concat())
        };
        let mut other = code();
        "ftp://x".clone_into(&mut other.url);
        assert_eq!(EnrolmentCode::parse(&other.text()), Err(CodeError::NotACode));
        let mut newer = code().encode();
        newer[10] = 2;
        assert_eq!(EnrolmentCode::parse(&with(newer)), Err(CodeError::Newer));
        let not_ours = with(vec![0x80]);
        assert_eq!(EnrolmentCode::parse(&not_ours), Err(CodeError::NotACode));
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_fail(text in "\\PC{0,300}") {
            let _ = EnrolmentCode::parse(&text);
        }
    }
}
