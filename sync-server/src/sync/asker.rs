//! Who asks: a request's token against the court's certificates, the clock, and the tokens answered
//! before.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::{Certificate, Directory, Signed, TrustError};
use lastmile_core::sync::token::{RequestToken, from_header};

use super::SyncError;
use crate::server::Server;

/// The person who asks, on a device, proven by the request's token.
#[derive(Debug)]
pub struct Asker {
    /// The certificate's identity.
    pub id: CertificateId,
    /// The certificate.
    pub certificate: Certificate,
    /// Staff or liaison id.
    pub person: String,
    token: [u8; 32],
    at_ms: i64,
}

impl Asker {
    /// Reads a token from its header.
    pub fn token(header: &str) -> Result<Signed<RequestToken>, SyncError> {
        from_header(header).map_err(|_| SyncError::BadToken)
    }

    /// When the request was made, by the phone's idea of the server's clock, milliseconds since 1970.
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// Who signed `token` for exactly this request. Says nothing about when; see [`Self::admit`].
    pub fn of(
        directory: &Directory,
        token: &Signed<RequestToken>,
        purpose: &str,
        body: &[u8],
    ) -> Result<Self, SyncError> {
        let verified = directory.verify(token.clone()).map_err(|error| match error {
            TrustError::UnknownCertificate(_) => SyncError::UnknownCertificate,
            TrustError::WrongKind => SyncError::NotAPerson,
            TrustError::WrongCourt => SyncError::WrongCourt,
            _ => SyncError::BadToken,
        })?;
        let payload = verified.payload();
        if !payload.is_for(directory.court(), purpose, body) {
            return Err(SyncError::BadToken);
        }
        let (certificate, person) = crate::trust::person(directory, payload.certificate)
            .map_err(|_| SyncError::NotAPerson)?;
        Ok(Self {
            id: payload.certificate,
            certificate: certificate.clone(),
            person: person.to_owned(),
            token: verified.body_hash(),
            at_ms: payload.at_ms,
        })
    }

    /// Lets the request in, once: its time must be about now, and its token new.
    pub fn admit(&self, server: &Server) -> Result<(), SyncError> {
        self.admit_again(server)?;
        let now_ms = server.now_ms();
        if server.answered().note(self.token, now_ms) { Ok(()) } else { Err(SyncError::TokenUsed) }
    }

    /// Lets a request in that may be repeated while its time is about now: one that concerns a file,
    /// which its hash makes the same every time.
    pub fn admit_again(&self, server: &Server) -> Result<(), SyncError> {
        let now_ms = server.now_ms();
        if lastmile_core::sync::token::is_current(self.at_ms, now_ms) {
            Ok(())
        } else {
            Err(SyncError::ClockOutOfWindow { server_ms: now_ms })
        }
    }
}
