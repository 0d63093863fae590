//! The road to the server, as a trait; and the usual one, HTTP. A captive portal answers 200 with a
//! login page, a proxy answers for a dead server: only a 2xx with our media type and protocol header
//! counts as the server's word.

use std::time::Duration;

use super::enrol::EnrolmentRoad;
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

/// HTTP over reqwest with rustls, trusting only the given root.
#[derive(Debug)]
pub struct HttpTransport {
    client: reqwest::blocking::Client,
    base: String,
}

/// The HTTP client could not be set up: a certificate or the address is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct TransportSetup;

impl HttpTransport {
    /// A road to `base`, e.g. `https://sync.court.example`. `roots` are PEM certificates; with none,
    /// only plain HTTP (a tunnel, a test) works.
    pub fn new(base: &str, roots: &[&[u8]]) -> Result<Self, TransportSetup> {
        // Installing twice is no error: the first provider stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = roots
            .iter()
            .map(|pem| reqwest::Certificate::from_pem(pem).map_err(|_| TransportSetup))
            .collect::<Result<Vec<_>, _>>()?;
        let client = reqwest::blocking::Client::builder()
            .tls_certs_only(roots)
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(90))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| TransportSetup)?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned() })
    }

    /// A request below the court's address.
    pub(super) fn request(
        &self,
        method: reqwest::Method,
        court: &str,
        path: &str,
    ) -> reqwest::blocking::RequestBuilder {
        let address = format!("{}/v1/courts/{}/{path}", self.base, percent(court));
        self.client.request(method, address).header(PROTOCOL_HEADER, PROTOCOL_VERSION)
    }
}

impl Transport for HttpTransport {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        body: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let answer = self
            .request(reqwest::Method::POST, court, errand.code())
            .header("content-type", errand.media_type())
            .header(TOKEN_HEADER, token)
            .body(body.to_vec())
            .send()
            .map_err(|_| TransportError::Unreachable)?;
        read_answer(answer, errand.media_type(), frame::MAX_COMPRESSED)
    }
}

/// The body of an answer of at most `most` bytes, if it is the court's server that speaks.
fn read_answer(
    answer: reqwest::blocking::Response,
    expected: &str,
    most: usize,
) -> Result<Vec<u8>, TransportError> {
    let answer = from_court(answer)?;
    let status = answer.status().as_u16();
    let named = header(&answer, "content-type") == expected;
    let body = read_body(answer, most)?;
    if named { Ok(body) } else { Err(TransportError::NotTheServer(status)) }
}

/// The answer, if it is the court's server that speaks and says yes; else what it says.
pub(super) fn from_court(
    answer: reqwest::blocking::Response,
) -> Result<reqwest::blocking::Response, TransportError> {
    let status = answer.status();
    if header(&answer, PROTOCOL_HEADER) != PROTOCOL_VERSION {
        return Err(TransportError::NotTheServer(status.as_u16()));
    }
    if status.is_success() {
        return Ok(answer);
    }
    let body = read_body(answer, MAX_PROBLEM)?;
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    Err(match problem.get("code").and_then(serde_json::Value::as_str) {
        Some(code) => TransportError::Problem {
            status: status.as_u16(),
            code: code.to_owned(),
            server_ms: problem.get("server_ms").and_then(serde_json::Value::as_i64),
        },
        None => TransportError::NotTheServer(status.as_u16()),
    })
}

/// A body of at most `most` bytes.
pub(super) fn read_body(
    answer: reqwest::blocking::Response,
    most: usize,
) -> Result<Vec<u8>, TransportError> {
    use std::io::Read;
    let mut body = Vec::new();
    let over = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    answer.take(over).read_to_end(&mut body).map_err(|_| TransportError::Unreachable)?;
    if body.len() > most { Err(TransportError::TooLarge) } else { Ok(body) }
}

/// A header's text, empty when there is none.
pub(super) fn header(answer: &reqwest::blocking::Response, name: &str) -> String {
    let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

impl EnrolmentRoad for HttpTransport {
    fn enrol(&self, court: &str, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self
            .request(reqwest::Method::POST, court, "enrol")
            .header("content-type", enrolment::MEDIA_TYPE)
            .body(request.to_vec())
            .send()
            .map_err(|_| TransportError::Unreachable)?;
        read_answer(answer, enrolment::MEDIA_TYPE, EnrolmentAnswer::MAX_LEN)
    }
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
mod tests {
    use super::*;

    #[test]
    fn court_codes_become_path_segments() {
        assert_eq!(percent("粤0605"), "%E7%B2%A40605");
    }
}
