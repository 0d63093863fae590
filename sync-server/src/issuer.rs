//! What this server says in its own name: transitions and packs, signed with the server key.

use std::sync::Arc;

use lastmile_core::id::CertificateId;
use lastmile_core::identity::transition::{Transition, TransitionKind};
use lastmile_core::identity::{SealError, Signed, SoftwareSigner};
use lastmile_core::sync::channel::EntryKind;
use lastmile_core::time::Entropy;

use crate::store::{StoreError, TransitionRow, Writing};

/// Something could not be signed or stored.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signature.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl IssueError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Seal(error) => error.code(),
        }
    }
}

/// The server's voice.
#[derive(Clone)]
pub struct Issuer {
    /// Court code.
    pub court: String,
    /// The server's certificate.
    pub certificate: CertificateId,
    /// The server's key.
    pub signer: Arc<SoftwareSigner>,
    /// For nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Signs and stores a transition about `subject`; the caller puts it into feeds.
    pub fn transition(
        &self,
        writing: &Writing<'_>,
        channel: &str,
        kind: TransitionKind,
        subject: &str,
        now_ms: i64,
    ) -> Result<(EntryKind, [u8; 32]), IssueError> {
        self.decided(writing, channel, kind, subject, None, now_ms)
    }

    /// Like [`Self::transition`], for what a person decided: the server attests who it was.
    pub fn decided(
        &self,
        writing: &Writing<'_>,
        channel: &str,
        kind: TransitionKind,
        subject: &str,
        on_behalf_of: Option<&str>,
        now_ms: i64,
    ) -> Result<(EntryKind, [u8; 32]), IssueError> {
        let code = kind.code().to_owned();
        let follows = writing.last_transition(&code, subject, channel)?;
        let body = Transition {
            court: self.court.clone(),
            channel: channel.to_owned(),
            kind,
            on_behalf_of: on_behalf_of.map(str::to_owned),
            at_ms: now_ms,
            nonce: self.entropy.bytes16(),
            follows,
            certificate: self.certificate,
        };
        let signed = Signed::seal(&body, self.signer.as_ref())?;
        let id = signed.body_hash();
        let row = TransitionRow {
            id,
            kind: code,
            subject: subject.to_owned(),
            channel: channel.to_owned(),
            bytes: signed.to_bytes(),
        };
        writing.put_transition(&row, now_ms)?;
        Ok((EntryKind::Transition, id))
    }
}
