//! Approvals: what two persons must both want before it happens. Giving somebody the role of an
//! administrator or a president, and letting a new log continue a lost one, could each hand the court's
//! record to one person alone; so two sign first, each with an own key, and everybody who reads the
//! transition can check both (domain sheet 4.1, "A (two persons)").
//!
//! What is approved is a hash: [`TransitionKind::approved_subject`](super::TransitionKind). Format:
//! `docs/protocol/approval.cddl`.

use std::collections::BTreeSet;

use crate::id::CertificateId;
use crate::records::Role;

use super::canonical::{Canonical, CanonicalError, Reader, Writer, bound};
use super::certificate::{CertificateKind, protection};
use super::directory::{Directory, Finding, TrustError};
use super::signed::{Signed, SignedBody};

/// Most approvals that one decision carries.
pub const MAX_APPROVALS: usize = 4;
/// How many different persons must approve.
pub const PERSONS: usize = 2;

/// The unsigned body of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The court's code.
    pub court: String,
    /// Hash of what is approved.
    pub subject: [u8; 32],
    /// When, by the approving person's clock, milliseconds since 1970. Evidence only.
    pub at_ms: i64,
    /// The approving person's certificate.
    pub certificate: CertificateId,
}

impl Canonical for Approval {
    const TAG: &'static str = "lastmile-approval";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 4;
    const MAX_LEN: usize = 256;

    fn write(&self, out: &mut Writer) {
        out.text(&self.court);
        out.bytes(&self.subject);
        out.int(self.at_ms);
        out.bytes(&self.certificate.0);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            court: input.text(32, "court")?.to_owned(),
            subject: input.fixed("subject")?,
            at_ms: input.int()?,
            certificate: CertificateId(input.fixed("certificate")?),
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        bound::court(&self.court)?;
        bound::instant(self.at_ms, "at_ms")
    }
}

impl SignedBody for Approval {
    fn court(&self) -> &str {
        &self.court
    }

    fn signer(&self) -> Option<CertificateId> {
        Some(self.certificate)
    }

    fn may_be_signed_by(kind: &CertificateKind) -> bool {
        // The root's holder approves the first administrators of a court; [`two_persons`] never
        // counts that.
        matches!(kind, CertificateKind::Person | CertificateKind::Root)
    }
}

/// The approvals do not suffice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// One of them cannot be verified.
    #[error("an approval cannot be verified: {0}")]
    Trust(#[from] TrustError),
    /// One is for something else.
    #[error("an approval is for something else")]
    OtherSubject,
    /// Its signer may not approve such things, or not with this key.
    #[error("the person is neither administrator nor president, or the key is the court's")]
    NoAuthority,
    /// Its signer's certificate, or one above it, was withdrawn.
    #[error("the certificate of a person who approved was revoked")]
    Revoked,
    /// Its signer's certificate was not valid at that time.
    #[error("the certificate of a person who approved has run out")]
    Expired,
    /// Fewer than two different persons.
    #[error("two different persons must approve")]
    TooFew,
}

impl ApprovalError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Trust(error) => error.code(),
            Self::OtherSubject => "approval_other_subject",
            Self::NoAuthority => "approval_no_authority",
            Self::Revoked => "approval_revoked",
            Self::Expired => "approval_expired",
            Self::TooFew => "approval_two_persons",
        }
    }
}

/// Whether two different persons, each administrator or president, approved `subject`; gives their
/// staff ids, ascending. Every approval offered must hold: a wrong one is never passed over. Nobody counts
/// whose certificate, or one above it, was ever revoked, nor whose certificate was not valid at `at_ms`:
/// when the decision was taken, by the server's clock.
pub fn two_persons(
    directory: &Directory,
    subject: [u8; 32],
    approvals: &[Vec<u8>],
    at_ms: i64,
) -> Result<BTreeSet<String>, ApprovalError> {
    judge_approvals(directory, subject, approvals, &|id| {
        let findings = directory.findings(&id, at_ms);
        if findings.iter().any(|finding| matches!(finding, Finding::Revoked { .. })) {
            return Err(ApprovalError::Revoked);
        }
        if findings.is_empty() { Ok(()) } else { Err(ApprovalError::Expired) }
    })
}

/// Like [`two_persons`], for whoever knows otherwise whose certificate `stands`.
pub fn judge_approvals(
    directory: &Directory,
    subject: [u8; 32],
    approvals: &[Vec<u8>],
    stands: &dyn Fn(CertificateId) -> Result<(), ApprovalError>,
) -> Result<BTreeSet<String>, ApprovalError> {
    let mut persons = BTreeSet::new();
    for bytes in approvals.iter().take(MAX_APPROVALS) {
        let signed = Signed::<Approval>::from_bytes(bytes).map_err(TrustError::from)?;
        let (approval, signer) = directory.verify_with_signer(signed)?;
        if approval.payload().subject != subject {
            return Err(ApprovalError::OtherSubject);
        }
        let certificate = signer.payload();
        let official = certificate.has_role(Role::Admin) || certificate.has_role(Role::President);
        // With a key that the court's server keeps nobody approves anything: one program would be two persons.
        if !official || certificate.protection == protection::COURT {
            return Err(ApprovalError::NoAuthority);
        }
        stands(approval.payload().certificate)?;
        persons.insert(certificate.person.clone().ok_or(TrustError::WrongKind)?);
    }
    if persons.len() < PERSONS { Err(ApprovalError::TooFew) } else { Ok(persons) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::identity::test_keys::{COURT, Cast, TestCourt, TestIdentity, signer};
    use crate::identity::{Certificate, Revocation, Signer, SubjectKey, TransitionKind};

    const AT_MS: i64 = 1_773_701_400_000;

    fn court() -> TestCourt {
        let cast = |person, roles| Cast { person, name: "测试", roles, device: "D" };
        TestCourt::new(&[
            cast("zhangyi", &[Role::Admin]),
            cast("liyuan", &[Role::President]),
            cast("luqihang", &[Role::Officer]),
        ])
    }

    fn approve(person: &TestIdentity, subject: [u8; 32]) -> Vec<u8> {
        let body = Approval { court: COURT.to_owned(), subject, at_ms: 5, certificate: person.id };
        Signed::seal(&body, person.signer.as_ref()).unwrap().to_bytes()
    }

    #[test]
    fn two_different_persons_with_authority_are_needed() {
        let court = court();
        let kind = TransitionKind::Role {
            person: "mai".to_owned(),
            roles: vec!["admin".to_owned()],
            approvals: Vec::new(),
        };
        let subject = kind.approved_subject(COURT).unwrap();
        let [admin, president, officer] =
            ["zhangyi", "liyuan", "luqihang"].map(|name| approve(court.person(name), subject));
        let judge =
            |approvals: &[Vec<u8>]| two_persons(&court.directory, subject, approvals, AT_MS);
        assert_eq!(judge(&[admin.clone(), president.clone()]).unwrap().len(), 2);
        assert_eq!(judge(std::slice::from_ref(&admin)), Err(ApprovalError::TooFew));
        assert_eq!(judge(&[admin.clone(), admin.clone()]), Err(ApprovalError::TooFew));
        assert_eq!(judge(&[admin.clone(), officer]), Err(ApprovalError::NoAuthority));
        let other = approve(court.person("liyuan"), [1; 32]);
        assert_eq!(judge(&[admin.clone(), other]), Err(ApprovalError::OtherSubject));
        let mut forged = president.clone();
        let last = forged.len() - 1;
        forged[last] ^= 1;
        assert!(matches!(judge(&[admin, forged]), Err(ApprovalError::Trust(_))));
    }

    #[test]
    fn whoever_is_expired_or_under_a_withdrawn_key_does_not_count() {
        let mut court = court();
        let subject = [1; 32];
        let both = ["zhangyi", "liyuan"].map(|name| approve(court.person(name), subject));
        let judge = |directory: &Directory, at_ms| two_persons(directory, subject, &both, at_ms);
        assert!(judge(&court.directory, AT_MS).is_ok());
        let end = court.person("zhangyi").body.not_after_ms;
        assert_eq!(judge(&court.directory, end + 1), Err(ApprovalError::Expired));
        let revocation = Revocation { at_ms: AT_MS, transition: [0; 32] };
        court.directory.revoke(court.issuing.id, revocation).unwrap();
        assert_eq!(judge(&court.directory, AT_MS), Err(ApprovalError::Revoked));
    }

    #[test]
    fn a_key_that_the_court_keeps_approves_nothing() {
        let mut court = court();
        let key = Arc::new(signer(20));
        let body = Certificate {
            protection: protection::COURT.to_owned(),
            key: SubjectKey::Signing(key.public_key()),
            ..court.person("zhangyi").body.clone()
        };
        let certificate = Signed::seal(&body, court.issuing.signer.as_ref()).unwrap();
        court.directory.add(certificate.clone()).unwrap();
        let console = TestIdentity { id: body.id(), body, certificate, signer: key };
        let subject = [1; 32];
        let both = [approve(&console, subject), approve(court.person("liyuan"), subject)];
        let judged = two_persons(&court.directory, subject, &both, AT_MS);
        assert_eq!(judged, Err(ApprovalError::NoAuthority));
    }

    #[test]
    fn what_is_approved_depends_on_everything_but_the_approvals() {
        let kind = |person: &str, roles: &[&str], approvals: Vec<Vec<u8>>| TransitionKind::Role {
            person: person.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            approvals,
        };
        let subject = kind("mai", &["admin"], Vec::new()).approved_subject(COURT);
        assert_eq!(kind("mai", &["admin"], vec![vec![1]]).approved_subject(COURT), subject);
        for other in [kind("mai", &["president"], Vec::new()), kind("deng", &["admin"], Vec::new())]
        {
            assert_ne!(other.approved_subject(COURT), subject);
        }
        assert_ne!(kind("mai", &["admin"], Vec::new()).approved_subject("粤0606"), subject);
    }
}
