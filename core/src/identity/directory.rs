//! The certificates of one court that lead back to its pinned root, and what is known about them.
//! Certificates may arrive in any order and from anybody; what cannot be verified yet waits in a
//! bounded place and gives no rights. Nothing here looks at a clock: validity and revocation are
//! [`Finding`]s that the caller shows or judges.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::id::CertificateId;

use super::canonical::CanonicalError;
use super::certificate::{Certificate, CertificateKind};
use super::key::{Signature, SignatureError};
use super::signed::{OpenError, Signed, SignedBody, Verified};
use super::transition::{Transition, TransitionKind};

/// Most certificates trusted at a time.
pub const MAX_CERTIFICATES: usize = 20_000;
/// Most certificates waiting for their issuer at a time.
pub const MAX_WAITING: usize = 1_024;
/// Longest way from the pinned root to a certificate: room for five changes of root.
pub const MAX_DEPTH: u8 = 8;

/// Why something signed is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The bytes are not such a body.
    #[error(transparent)]
    Body(#[from] CanonicalError),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It belongs to another court.
    #[error("it belongs to another court")]
    WrongCourt,
    /// The signing certificate is not known here; it may still arrive.
    #[error("the signing certificate is not known")]
    UnknownCertificate(CertificateId),
    /// The signing certificate is not of a kind that may sign this.
    #[error("the signing certificate may not sign this")]
    WrongKind,
    /// The root is not the pinned one, or a second self-signed root was offered.
    #[error("the root certificate is not the pinned one")]
    NotPinned,
    /// The chain to the root is too long.
    #[error("the chain to the root is too long")]
    TooDeep,
    /// The directory is full.
    #[error("the directory holds as many certificates as it may")]
    Full,
}

impl TrustError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Body(error) => error.code(),
            Self::Signature(error) => error.code(),
            Self::WrongCourt => "wrong_court",
            Self::UnknownCertificate(_) => "unknown_certificate",
            Self::WrongKind => "wrong_certificate_kind",
            Self::NotPinned => "root_not_pinned",
            Self::TooDeep => "certificate_chain_too_long",
            Self::Full => "directory_full",
        }
    }

    /// Whether later knowledge (a certificate that arrives, a newer program) can change the answer,
    /// so that the bytes are to be held and not refused.
    pub fn may_heal(&self) -> bool {
        matches!(
            self,
            Self::UnknownCertificate(_)
                | Self::Full
                | Self::Body(CanonicalError::UnsupportedVersion { .. })
        )
    }
}

impl From<OpenError> for TrustError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Body(error) => Self::Body(error),
            OpenError::Signature(error) => Self::Signature(error),
        }
    }
}

/// What became of an offered certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    /// It was trusted before.
    Known,
    /// It waits for this issuer.
    Waiting(CertificateId),
    /// It is trusted now, and with it the `released` ones that waited for it.
    Trusted {
        /// Newly trusted besides the one offered.
        released: Vec<CertificateId>,
    },
}

/// A certificate was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revocation {
    /// When, by the server's clock, milliseconds since 1970.
    pub at_ms: i64,
    /// Identity of the signed transition that says so; zero bytes if none is known.
    pub transition: [u8; 32],
}

/// Something to show about a certificate at an instant. Findings never block by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The instant lies before the validity.
    NotYetValid {
        /// Begin of validity.
        not_before_ms: i64,
    },
    /// The instant lies after the validity.
    Expired {
        /// End of validity.
        not_after_ms: i64,
    },
    /// The certificate, or one above it, was revoked, whenever that was.
    Revoked {
        /// Which one.
        certificate: CertificateId,
        /// When, by the server's clock.
        at_ms: i64,
    },
}

impl Finding {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } => "certificate_not_yet_valid",
            Self::Expired { .. } => "certificate_expired",
            Self::Revoked { .. } => "certificate_revoked",
        }
    }
}

#[derive(Debug, Clone)]
struct Entry {
    certificate: Arc<Verified<Certificate>>,
    depth: u8,
}

/// The verified certificates of one court.
#[derive(Debug, Clone)]
pub struct Directory {
    court: String,
    root: CertificateId,
    trusted: BTreeMap<CertificateId, Entry>,
    /// Under issuer, id and signature: a forged copy (same body, other signature) must not keep out
    /// the true one.
    waiting: BTreeMap<(CertificateId, CertificateId, Signature), Signed<Certificate>>,
    revoked: BTreeMap<CertificateId, Revocation>,
}

impl Directory {
    /// Opens the directory that `root` anchors. `pin` comes from somewhere safer than the bytes: the
    /// enrolment code, the installation, the printed sheet.
    pub fn open(root: Signed<Certificate>, pin: CertificateId) -> Result<Self, TrustError> {
        let body = root.claims()?;
        if root.body_hash() != pin.0 || body.kind != CertificateKind::Root || body.issuer.is_some()
        {
            return Err(TrustError::NotPinned);
        }
        let key = *body.signing_key().ok_or(TrustError::WrongKind)?;
        let certificate = Arc::new(root.confirm(body, &key)?);
        Ok(Self {
            court: certificate.payload().court.clone(),
            root: pin,
            trusted: BTreeMap::from([(pin, Entry { certificate, depth: 0 })]),
            waiting: BTreeMap::new(),
            revoked: BTreeMap::new(),
        })
    }

    /// The court.
    pub fn court(&self) -> &str {
        &self.court
    }

    /// The pinned root.
    pub fn root(&self) -> CertificateId {
        self.root
    }

    /// Trusted certificates, the root included.
    pub fn len(&self) -> usize {
        self.trusted.len()
    }

    /// Never: a directory has at least its root.
    pub fn is_empty(&self) -> bool {
        self.trusted.is_empty()
    }

    /// Certificates that wait for their issuer.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A trusted certificate.
    pub fn get(&self, id: &CertificateId) -> Option<&Arc<Verified<Certificate>>> {
        self.trusted.get(id).map(|entry| &entry.certificate)
    }

    /// Every trusted certificate, by id.
    pub fn certificates(
        &self,
    ) -> impl Iterator<Item = (CertificateId, &Arc<Verified<Certificate>>)> {
        self.trusted.iter().map(|(id, entry)| (*id, &entry.certificate))
    }

    /// Takes a certificate. After an error nothing has changed.
    pub fn add(&mut self, signed: Signed<Certificate>) -> Result<Addition, TrustError> {
        let id = CertificateId(signed.body_hash());
        if self.trusted.contains_key(&id) {
            return Ok(Addition::Known);
        }
        let body = signed.claims()?;
        if body.court != self.court {
            return Err(TrustError::WrongCourt);
        }
        let issuer = body.issuer.ok_or(TrustError::NotPinned)?;
        if !self.trusted.contains_key(&issuer) {
            let key = (issuer, id, *signed.signature());
            if self.waiting.len() >= MAX_WAITING && !self.waiting.contains_key(&key) {
                return Err(TrustError::Full);
            }
            self.waiting.insert(key, signed);
            return Ok(Addition::Waiting(issuer));
        }
        self.trust(id, issuer, body, signed)?;
        Ok(Addition::Trusted { released: self.release(id) })
    }

    /// Admits a certificate whose issuer is trusted, if the issuer really issued it.
    fn trust(
        &mut self,
        id: CertificateId,
        issuer: CertificateId,
        body: Certificate,
        signed: Signed<Certificate>,
    ) -> Result<(), TrustError> {
        let above = self.trusted.get(&issuer).ok_or(TrustError::UnknownCertificate(issuer))?;
        let issuing = above.certificate.payload();
        if !issuing.kind.may_issue(&body.kind) {
            return Err(TrustError::WrongKind);
        }
        let depth = above.depth.saturating_add(1);
        if depth > MAX_DEPTH {
            return Err(TrustError::TooDeep);
        }
        if self.trusted.len() >= MAX_CERTIFICATES {
            return Err(TrustError::Full);
        }
        let key = issuing.signing_key().ok_or(TrustError::WrongKind)?;
        let certificate = Arc::new(signed.confirm(body, key)?);
        self.trusted.insert(id, Entry { certificate, depth });
        Ok(())
    }

    /// Admits what waited for `id`, and what waited for that. Forged ones are dropped.
    fn release(&mut self, id: CertificateId) -> Vec<CertificateId> {
        let mut released = Vec::new();
        let mut issuers = vec![id];
        while let Some(issuer) = issuers.pop() {
            let first = (issuer, CertificateId([0; 32]), Signature::MIN);
            let last = (issuer, CertificateId([0xff; 32]), Signature::MAX);
            let ready: Vec<_> = self.waiting.range(first..=last).map(|(key, _)| *key).collect();
            for key in ready {
                let Some(signed) = self.waiting.remove(&key) else { continue };
                let subject = key.1;
                let Ok(body) = signed.claims() else { continue };
                if !self.trusted.contains_key(&subject)
                    && self.trust(subject, issuer, body, signed).is_ok()
                {
                    released.push(subject);
                    issuers.push(subject);
                }
            }
        }
        released
    }

    /// Verifies anything that one of this court's certificates signed.
    pub fn verify<T: SignedBody>(&self, signed: Signed<T>) -> Result<Verified<T>, TrustError> {
        self.verify_with_signer(signed).map(|(verified, _)| verified)
    }

    /// Like [`Self::verify`], and gives the signer's certificate.
    pub fn verify_with_signer<T: SignedBody>(
        &self,
        signed: Signed<T>,
    ) -> Result<(Verified<T>, Arc<Verified<Certificate>>), TrustError> {
        let body = signed.claims()?;
        if body.court() != self.court {
            return Err(TrustError::WrongCourt);
        }
        let id = body.signer().ok_or(TrustError::NotPinned)?;
        let signer = self.get(&id).ok_or(TrustError::UnknownCertificate(id))?;
        if !T::may_be_signed_by(&signer.payload().kind) {
            return Err(TrustError::WrongKind);
        }
        let key = signer.payload().signing_key().ok_or(TrustError::WrongKind)?;
        Ok((signed.confirm(body, key)?, Arc::clone(signer)))
    }

    /// Notes a revocation, of a certificate that may still be unknown. Of several the earliest
    /// counts, so that their order of arrival does not matter. Says whether anything changed.
    pub fn revoke(
        &mut self,
        certificate: CertificateId,
        revocation: Revocation,
    ) -> Result<bool, TrustError> {
        if self.revoked.len() >= MAX_CERTIFICATES && !self.revoked.contains_key(&certificate) {
            return Err(TrustError::Full);
        }
        let earlier = self.revoked.get(&certificate).is_some_and(|noted| *noted <= revocation);
        if !earlier {
            self.revoked.insert(certificate, revocation);
        }
        Ok(!earlier)
    }

    /// Takes what a verified transition says about certificates. Says whether anything changed.
    pub fn note(&mut self, transition: &Verified<Transition>) -> Result<bool, TrustError> {
        let body = transition.payload();
        if body.court != self.court {
            return Err(TrustError::WrongCourt);
        }
        match body.kind {
            TransitionKind::Revoke { certificate, .. } => {
                let transition = transition.body_hash();
                self.revoke(certificate, Revocation { at_ms: body.at_ms, transition })
            }
            _ => Ok(false),
        }
    }

    /// The revocation of exactly this certificate.
    pub fn revocation(&self, certificate: &CertificateId) -> Option<&Revocation> {
        self.revoked.get(certificate)
    }

    /// Why what a certificate signs no longer stands by itself: it was revoked, or one above it was
    /// (whoever holds a withdrawn issuing key could issue any number of certificates, so all of that
    /// branch is withdrawn); and its key was not certified anew for the same person with all its roles.
    pub fn withdrawn(&self, id: &CertificateId) -> Option<Revocation> {
        let revocation = self.revoked_above(id)?;
        let roles = &self.get(id)?.payload().roles;
        let covered = self
            .successor(id)
            .and_then(|next| self.get(&next))
            .is_some_and(|next| roles.iter().all(|role| next.payload().roles.contains(role)));
        (!covered).then_some(revocation)
    }

    /// The certificate that stands for the same key and person now, when this one was revoked: roles
    /// change by revocation and a new certificate.
    pub fn successor(&self, id: &CertificateId) -> Option<CertificateId> {
        let old = self.get(id)?.payload();
        let key = old.signing_key()?;
        self.revoked_above(id)?;
        self.trusted
            .iter()
            .find(|(next, entry)| {
                let body = entry.certificate.payload();
                body.signing_key() == Some(key)
                    && body.person == old.person
                    && body.purposes == old.purposes
                    && self.revoked_above(next).is_none()
            })
            .map(|(next, _)| *next)
    }

    /// The revocation of a certificate, or of one above it.
    fn revoked_above(&self, id: &CertificateId) -> Option<Revocation> {
        let mut above = Some(*id);
        while let Some(certificate) = above {
            if let Some(revocation) = self.revocation(&certificate) {
                return Some(*revocation);
            }
            above = self.get(&certificate).and_then(|found| found.payload().issuer);
        }
        None
    }

    /// Every noted revocation.
    pub fn revocations(&self) -> impl Iterator<Item = (CertificateId, &Revocation)> {
        self.revoked.iter().map(|(id, revocation)| (*id, revocation))
    }

    /// What is to be shown about a trusted certificate used at `at_ms`.
    pub fn findings(&self, id: &CertificateId, at_ms: i64) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(certificate) = self.get(id).map(|found| found.payload()) {
            let Certificate { not_before_ms, not_after_ms, .. } = *certificate;
            if at_ms < not_before_ms {
                findings.push(Finding::NotYetValid { not_before_ms });
            }
            if at_ms > not_after_ms {
                findings.push(Finding::Expired { not_after_ms });
            }
        }
        let mut above = Some(*id);
        while let Some(certificate) = above {
            if let Some(revocation) = self.revocation(&certificate) {
                findings.push(Finding::Revoked { certificate, at_ms: revocation.at_ms });
            }
            // Ends at the root: ids are hashes, so chains have no cycles.
            above = self.get(&certificate).and_then(|found| found.payload().issuer);
        }
        findings
    }
}
