//! Who asks: the token that every request of a phone carries in [`TOKEN_HEADER`]. The device signs it
//! itself, so asking takes no earlier round trip and the server keeps no sessions.
//!
//! It binds who asks, for what, when, and the exact body. The time keeps a captured request from being
//! useful later; the server remembers the tokens it has answered for as long as that lasts. The time
//! is the phone's clock, corrected by what the last answer told about the server's: no clock of a record
//! is ever moved by it.

use data_encoding::BASE64URL_NOPAD;

use crate::id::{CertificateId, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use crate::identity::{CertificateKind, OpenError, Signed, SignedBody};

/// Header of the token: base64url without padding of its transfer form.
pub const TOKEN_HEADER: &str = "lastmile-token";

/// How far a token's time may be from the server's, milliseconds, either way. A request may be on its
/// way for minutes over a bad link, and its token was signed before; ten minutes let it arrive. Longer
/// would only lengthen the time in which a captured request is worth anything.
pub const WINDOW_MS: u64 = 10 * 60 * 1_000;

const PURPOSE_LEN: usize = 160;

/// What a phone posts. The code is the last segment of the address and the token's purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Errand {
    /// Changes up, news down.
    Sync,
    /// A courier's bundle up, its receipt down.
    Courier,
    /// A wiped phone's report; signed itself, it needs no token.
    Wiped,
    /// A promise before a dead zone, or a check-in.
    Watch,
    /// Where a crew is while its request for help is open.
    Positions,
}

impl Errand {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Courier => "courier",
            Self::Wiped => "wiped",
            Self::Watch => "watch",
            Self::Positions => "positions",
        }
    }

    /// Media type of the request and of its answer.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Sync => super::MEDIA_TYPE,
            Self::Courier => crate::courier::MEDIA_TYPE,
            Self::Wiped => crate::identity::wiped::MEDIA_TYPE,
            Self::Watch => super::watch::MEDIA_TYPE,
            Self::Positions => super::positions::MEDIA_TYPE,
        }
    }
}

/// The unsigned body of a token; `docs/protocol/token.cddl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestToken {
    /// The court's code.
    pub court: String,
    /// The certificate of the person who asks.
    pub certificate: CertificateId,
    /// What is asked for: an [`Errand`]'s code; where a request has no body, the code, a colon and what
    /// it is about. 1-160 printable ASCII bytes.
    pub purpose: String,
    /// The server's time as the phone knows it, milliseconds since 1970.
    pub at_ms: i64,
    /// Random, so that no two tokens are the same.
    pub nonce: [u8; 16],
    /// SHA-256 of the request's body; of nothing where there is none.
    pub body: [u8; 32],
}

impl RequestToken {
    /// Whether this token is for this `purpose` at this `court` and for exactly this `body`.
    pub fn is_for(&self, court: &str, purpose: &str, body: &[u8]) -> bool {
        self.court == court && self.purpose == purpose && self.body == sha256(body)
    }
}

/// Whether a token of `at_ms` counts at `now_ms`, by the server's clock.
pub fn is_current(at_ms: i64, now_ms: i64) -> bool {
    at_ms.abs_diff(now_ms) <= WINDOW_MS
}

/// The header's text.
pub fn to_header(token: &Signed<RequestToken>) -> String {
    BASE64URL_NOPAD.encode(&token.to_bytes())
}

/// Reads the header's text.
pub fn from_header(text: &str) -> Result<Signed<RequestToken>, OpenError> {
    // Four characters stand for three bytes: nothing longer needs to be decoded.
    if text.len() > Signed::<RequestToken>::MAX_LEN * 4 / 3 + 4 {
        let limit = Signed::<RequestToken>::MAX_LEN;
        return Err(CanonicalError::TooLong { limit, got: text.len() / 4 * 3 }.into());
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CanonicalError::Malformed)?;
    Signed::from_bytes(&bytes)
}

impl Canonical for RequestToken {
    const TAG: &'static str = "lastmile-token";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 6;
    const MAX_LEN: usize = 360;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.certificate.0);
        out.text(&self.purpose);
        out.int(self.at_ms);
        out.bytes(&self.nonce);
        out.bytes(&self.body);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            certificate: CertificateId(input.fixed("certificate")?),
            purpose: input.text(PURPOSE_LEN, "purpose")?.to_owned(),
            at_ms: input.int()?,
            nonce: input.fixed("nonce")?,
            body: input.fixed("body")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::token(&self.purpose, PURPOSE_LEN, "purpose")?;
        bound::instant(self.at_ms, "at_ms")
    }
}

impl SignedBody for RequestToken {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        *kind == CertificateKind::Person
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identity::canonical::bound::SHOWABLE_MS;
    use crate::identity::test_keys::{COURT, TestCourt};

    fn token(certificate: CertificateId) -> RequestToken {
        RequestToken {
            court: COURT.to_owned(),
            certificate,
            purpose: Errand::Sync.code().to_owned(),
            at_ms: 1_773_710_000_000,
            nonce: [3; 16],
            body: sha256(b"body"),
        }
    }

    #[test]
    fn a_token_is_for_one_body_one_purpose_and_one_court() {
        let token = token(CertificateId([1; 32]));
        assert!(token.is_for(COURT, "sync", b"body"));
        assert!(!token.is_for(COURT, "sync", b"bodY"));
        assert!(!token.is_for(COURT, "photo", b"body"));
        assert!(!token.is_for("粤0606", "sync", b"body"));
        let window = i64::try_from(WINDOW_MS).unwrap();
        for (off, current) in [(0, true), (window, true), (window + 1, false)] {
            assert_eq!(is_current(token.at_ms, token.at_ms + off), current, "{off}");
            assert_eq!(is_current(token.at_ms, token.at_ms - off), current, "-{off}");
        }
        assert!(!is_current(i64::MAX, i64::MIN), "no overflow");
    }

    #[test]
    fn the_header_carries_it_and_every_damage_is_noticed() {
        let court = TestCourt::nanhai();
        let officer = court.person("luqihang");
        let body = token(officer.id);
        let signed = Signed::seal(&body, officer.signer.as_ref()).unwrap();
        let header = to_header(&signed);
        assert!(header.len() < 400, "{} characters", header.len());
        let verified = court.directory.verify(from_header(&header).unwrap()).unwrap();
        assert_eq!(verified.payload(), &body);
        for at in 0..header.len() {
            let mut damaged = header.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            let read = from_header(&damaged).map(|signed| court.directory.verify(signed));
            assert!(!matches!(read, Ok(Ok(_))), "character {at}");
        }
        let long = "A".repeat(2_000_000);
        for bad in ["", "!!", &header[1..], &format!("{header}="), &long] {
            assert!(from_header(bad).is_err());
        }
    }

    #[test]
    fn only_a_person_asks() {
        let court = TestCourt::nanhai();
        let body = token(court.server.id);
        let signed = Signed::seal(&body, court.server.signer.as_ref()).unwrap();
        assert!(court.directory.verify(signed).is_err());
    }

    #[test]
    fn the_longest_token_fits_its_bound() {
        let longest = RequestToken {
            court: "粤".repeat(10) + "06",
            purpose: "p".repeat(PURPOSE_LEN),
            at_ms: *SHOWABLE_MS.start(),
            ..token(CertificateId([0xff; 32]))
        };
        let bytes = longest.encode();
        assert_eq!(RequestToken::decode(&bytes), Ok(longest));
        assert!(bytes.len() <= RequestToken::MAX_LEN);
    }
}
