//! HTTP below the roads to the court, as a trait: an app may send by its own means, through its agency's
//! VPN or proxy. The usual one is reqwest with rustls, trusting only the given roots.

use std::io::Read as _;
use std::time::Duration;

use super::transport::{TransportError, TransportSetup};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST` or `PATCH`.
    pub method: &'static str,
    /// Below the court's address, percent-encoded: `/v1/courts/...`.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// With one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }
}

/// What came back, whoever answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status.
    pub status: u16,
    /// Headers, names in any case.
    pub headers: Vec<(String, String)>,
    /// The body as far as it was wanted, and one byte more when there is more.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// A header's text, empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// Sends requests to the court's server. Redirects are not followed: a captive portal's are lies.
pub trait Http: Send + Sync {
    /// Sends one request and reads at most `most` bytes of the answer's body, or one more when there are
    /// more. Fails only when no answer came.
    fn send(&self, request: HttpRequest, most: usize) -> Result<HttpAnswer, TransportError>;
}

/// reqwest over rustls.
pub(super) struct Reqwest {
    client: reqwest::blocking::Client,
    base: String,
}

impl Reqwest {
    pub(super) fn new(base: &str, roots: &[&[u8]]) -> Result<Self, TransportSetup> {
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
}

impl Http for Reqwest {
    fn send(&self, request: HttpRequest, most: usize) -> Result<HttpAnswer, TransportError> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes());
        let method = method.map_err(|_| TransportError::Unreachable)?;
        let mut sent = self.client.request(method, format!("{}{}", self.base, request.path));
        for (name, value) in request.headers {
            sent = sent.header(name, value);
        }
        if !request.body.is_empty() {
            sent = sent.body(request.body);
        }
        let answer = sent.send().map_err(|_| TransportError::Unreachable)?;
        let text =
            |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            };
        let (status, headers) =
            (answer.status().as_u16(), answer.headers().iter().filter_map(text).collect());
        let mut body = Vec::new();
        let over = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        answer.take(over).read_to_end(&mut body).map_err(|_| TransportError::Unreachable)?;
        Ok(HttpAnswer { status, headers, body })
    }
}
