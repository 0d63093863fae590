//! The road to the server, as a trait; and the usual one, HTTP. A captive portal answers 200 with a
//! login page, a proxy answers for a dead server: only a 2xx with our media type and protocol header
//! counts as the server's word.

use super::enrol::EnrolmentRoad;
use super::http::{Http, HttpAnswer, HttpRequest, Reqwest};
use crate::identity::Canonical;
use crate::identity::enrolment::{self, EnrolmentAnswer};
use crate::sync::token::{Errand, TOKEN_HEADER};
use crate::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION, frame};

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Something answered that is not the court's server (a login page, a proxy).
    #[error("something else than the court's server answered, status {0}")]
    NotTheServer(u16),
    /// The server answered with a problem.
    #[error("the server answered with problem `{code}`, status {status}")]
    Problem {
        /// HTTP status.
        status: u16,
        /// Stable problem code.
        code: String,
        /// What time it is there, milliseconds since 1970, when the problem says.
        server_ms: Option<i64>,
        /// When to come again, seconds, when the answer says so.
        retry_after_s: Option<u32>,
    },
    /// More bytes than an answer may have.
    #[error("the answer is larger than the limit")]
    TooLarge,
}

impl TransportError {
    /// Stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NotTheServer(_) => "not_the_server",
            Self::Problem { code, .. } => code,
            Self::TooLarge => "answer_too_large",
        }
    }
}

/// Carries one request and brings its answer.
pub trait Transport {
    /// Posts the sealed request `body` with its `token`; gives the sealed answer.
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError>;
}

/// Longest problem that is read, bytes.
const MAX_PROBLEM: usize = 64 << 10;

/// The roads over HTTP.
pub struct HttpTransport {
    http: Box<dyn Http>,
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpTransport")
    }
}

/// The HTTP client could not be set up: a certificate or the address is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct TransportSetup;

impl HttpTransport {
    /// A road to `base`, e.g. `https://sync.court.example`. `roots` are PEM certificates; with none,
    /// only plain HTTP (a tunnel, a test) works.
    pub fn new(base: &str, roots: &[&[u8]]) -> Result<Self, TransportSetup> {
        Ok(Self::over(Box::new(Reqwest::new(base, roots)?)))
    }

    /// A road over other means.
    pub fn over(http: Box<dyn Http>) -> Self {
        Self { http }
    }

    /// Sends a request; the answer counts if it is the court's server that speaks and says yes. Of its body
    /// at most `most` bytes are read, else it is too large.
    pub(super) fn send(
        &self,
        request: HttpRequest,
        most: usize,
    ) -> Result<HttpAnswer, TransportError> {
        let answer = self.http.send(request, most.max(MAX_PROBLEM))?;
        from_court(answer, most)
    }
}

/// A request below the court's address.
pub(super) fn request(method: &'static str, court: &str, path: &str) -> HttpRequest {
    let path = format!("/v1/courts/{}/{path}", percent(court));
    HttpRequest { method, path, headers: Vec::new(), body: Vec::new() }
        .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
}

impl Transport for HttpTransport {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let request = request("POST", court, errand.code())
            .header("content-type", errand.media_type())
            .header(TOKEN_HEADER, token)
            .body(body);
        named(self.send(request, frame::MAX_COMPRESSED)?, errand.media_type())
    }
}

impl EnrolmentRoad for HttpTransport {
    fn enrol(&self, court: &str, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let request = self::request("POST", court, "enrol")
            .header("content-type", enrolment::MEDIA_TYPE)
            .body(request);
        named(self.send(request, EnrolmentAnswer::MAX_LEN)?, enrolment::MEDIA_TYPE)
    }
}

/// The body of an answer of this media type.
fn named(answer: HttpAnswer, expected: &str) -> Result<Vec<u8>, TransportError> {
    let fits = answer.header("content-type") == expected;
    if fits { Ok(answer.body) } else { Err(TransportError::NotTheServer(answer.status)) }
}

/// The answer, if it is the court's server that speaks and says yes; else what it says.
fn from_court(answer: HttpAnswer, most: usize) -> Result<HttpAnswer, TransportError> {
    let status = answer.status;
    if answer.header(PROTOCOL_HEADER) != PROTOCOL_VERSION {
        return Err(TransportError::NotTheServer(status));
    }
    if (200..300).contains(&status) {
        let fits = answer.body.len() <= most;
        return if fits { Ok(answer) } else { Err(TransportError::TooLarge) };
    }
    if answer.body.len() > MAX_PROBLEM {
        return Err(TransportError::TooLarge);
    }
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(match problem.get("code").and_then(serde_json::Value::as_str) {
        Some(code) => TransportError::Problem {
            status,
            code: code.to_owned(),
            server_ms: problem.get("server_ms").and_then(serde_json::Value::as_i64),
            retry_after_s: answer.header("retry-after").parse().ok(),
        },
        None => TransportError::NotTheServer(status),
    })
}

/// Percent-encodes a path segment (`粤0605` has no ASCII form).
fn percent(segment: &str) -> String {
    use std::fmt::Write;
    segment.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Answers every request alike.
    struct Answers(u16, Vec<(&'static str, &'static str)>, Vec<u8>);

    impl Http for Answers {
        fn send(&self, request: HttpRequest, most: usize) -> Result<HttpAnswer, TransportError> {
            assert!(request.path.starts_with("/v1/courts/%E7%B2%A40605/"), "{}", request.path);
            assert!(request.headers.contains(&(PROTOCOL_HEADER, PROTOCOL_VERSION.to_owned())));
            let Self(status, headers, body) = self;
            let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            let body = body.iter().copied().take(most.saturating_add(1)).collect();
            Ok(HttpAnswer { status: *status, headers: headers.collect(), body })
        }
    }

    fn enrol(status: u16, headers: &[(&'static str, &'static str)], body: &[u8]) -> String {
        let http = Answers(status, headers.to_vec(), body.to_vec());
        match HttpTransport::over(Box::new(http)).enrol("粤0605", b"request") {
            Ok(body) => String::from_utf8(body).unwrap(),
            Err(error) => error.code().to_owned(),
        }
    }

    #[test]
    fn only_the_courts_server_with_the_right_media_type_counts() {
        // Names in any case: a proxy may write them differently.
        let ours = ("Lastmile-Protocol", PROTOCOL_VERSION);
        assert!(ours.0.eq_ignore_ascii_case(PROTOCOL_HEADER));
        let typed = ("Content-Type", enrolment::MEDIA_TYPE);
        assert_eq!(enrol(200, &[ours, typed], b"answer"), "answer");
        assert_eq!(enrol(200, &[typed], b"login"), "not_the_server");
        assert_eq!(enrol(200, &[ours, ("content-type", "text/html")], b"login"), "not_the_server");
        assert_eq!(enrol(302, &[ours, typed], b""), "not_the_server");
        assert_eq!(enrol(403, &[ours], br#"{"code":"code_used"}"#), "code_used");
        assert_eq!(enrol(403, &[], br#"{"code":"code_used"}"#), "not_the_server");
        let long = vec![0; EnrolmentAnswer::MAX_LEN.max(MAX_PROBLEM) + 1];
        assert_eq!(enrol(200, &[ours, typed], &long), "answer_too_large");
        assert_eq!(enrol(500, &[ours], &long), "answer_too_large");
        assert_eq!(enrol(200, &[typed], &long), "not_the_server", "whoever answers at length");
    }

    #[test]
    fn a_court_that_is_busy_says_when_to_come_again() {
        let headers = vec![(PROTOCOL_HEADER, PROTOCOL_VERSION), ("Retry-After", "2")];
        let http = Answers(503, headers, br#"{"code":"busy"}"#.to_vec());
        let error = HttpTransport::over(Box::new(http)).enrol("粤0605", b"request").unwrap_err();
        assert!(matches!(error, TransportError::Problem { retry_after_s: Some(2), .. }));
    }

    #[test]
    fn court_codes_become_path_segments() {
        assert_eq!(percent("粤0605"), "%E7%B2%A40605");
    }
}
