//! HTTP by the app's own means: through an agency's VPN, a proxy of its device management, a network that
//! Android binds to a process.

use std::sync::Arc;

use async_trait::async_trait;
use lastmile_core::phone::http::{self, Http};
use lastmile_core::phone::transport;

use crate::work::wait_for;

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// Its name; case does not matter.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A request to the court's server.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    /// `GET`, `POST` or `PATCH`.
    pub method: String,
    /// Below the server's address, percent-encoded: `/v1/courts/...`.
    pub path: String,
    /// Headers; add none but what HTTP itself needs.
    pub headers: Vec<HttpHeader>,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// Read at most so many bytes of the answer's body, and one more when there are more.
    pub most: u64,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpAnswer {
    /// Status. Do not follow redirects.
    pub status: u16,
    /// Headers.
    pub headers: Vec<HttpHeader>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// No connection, it broke, or it took too long.
    #[error("unreachable")]
    Unreachable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unreachable
    }
}

/// Sends requests to the court's server. Trust the agency's authority only. What comes back is checked by
/// the core: signed answers, hashes, offsets.
#[uniffi::export(foreign)]
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request; ends within 90 s.
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, TransportError>;
}

/// The app's transport as the core uses it.
pub(crate) struct HostHttp(pub(crate) Arc<dyn Transport>);

impl Http for HostHttp {
    fn send(
        &self,
        request: http::HttpRequest,
        most: usize,
    ) -> Result<http::HttpAnswer, transport::TransportError> {
        let headers = request.headers.into_iter();
        let request = HttpRequest {
            method: request.method.to_owned(),
            path: request.path,
            headers: headers
                .map(|(name, value)| HttpHeader { name: name.to_owned(), value })
                .collect(),
            body: request.body,
            most: most as u64,
        };
        let answer =
            wait_for(self.0.send(request)).map_err(|_| transport::TransportError::Unreachable)?;
        let HttpAnswer { status, headers, body } = answer;
        let headers = headers.into_iter().map(|header| (header.name, header.value));
        Ok(http::HttpAnswer { status, headers: headers.collect(), body })
    }
}
