//! What roles people have: signed transitions in the directory channel, one after the other for each
//! person. Certificates follow them; a person without a transition has no role here.
//!
//! The roles of administrators and presidents need two persons who hold such a role already. While a
//! court has fewer than two of them, the root's holder approves instead (docs/decisions/0005).

use std::collections::BTreeSet;

use lastmile_core::id::CertificateId;
use lastmile_core::identity::approval::{self, Approval, ApprovalError, MAX_APPROVALS, PERSONS};
use lastmile_core::identity::certificate::protection;
use lastmile_core::identity::{
    Canonical, Certificate, CertificateKind, Directory, Signed, Signer, Transition, TransitionKind,
    TrustError,
};
use lastmile_core::records::Role;
use lastmile_core::sync::channel::DIRECTORY;

use crate::certify;
use crate::court::CourtError;
use crate::server::Server;
use crate::store::{Reading, StoreError};
use crate::withdraw;

/// Why the certificates of somebody whose roles changed are withdrawn.
pub const REASON: &str = "roles_changed";

/// Roles were not granted; nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// The approvals do not suffice.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// Fewer than two administrators or presidents: the root's holder must approve.
    #[error(
        "this court has fewer than two administrators or presidents: the root key must approve"
    )]
    RootNeeded,
    /// The approval stood behind an earlier decision: what was taken back since would return.
    #[error("an approval was used before; a new one is needed")]
    Used,
}

impl RoleError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Approval(error) => error.code(),
            Self::RootNeeded => "approval_root_needed",
            Self::Used => "approval_used",
        }
    }
}

/// Role codes as transitions and certificates carry them: ascending, none twice.
pub fn codes(roles: &[Role]) -> Vec<String> {
    let codes: BTreeSet<&str> = roles.iter().map(|role| role.code()).collect();
    codes.into_iter().map(str::to_owned).collect()
}

/// The roles a person has now; nothing when nobody ever gave any.
pub fn current(reading: &Reading<'_>, person: &str) -> Result<Option<Vec<String>>, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("role transition");
    let Some(id) = reading.last_transition("role", person, DIRECTORY)? else { return Ok(None) };
    let bytes = reading.transition(&id)?.ok_or(DAMAGED)?;
    let signed = Signed::<Transition>::from_bytes(&bytes).map_err(|_| DAMAGED)?;
    let body = Transition::decode(signed.raw_parts().0).map_err(|_| DAMAGED)?;
    match body.kind {
        TransitionKind::Role { roles, .. } => Ok(Some(roles)),
        _ => Err(DAMAGED),
    }
}

/// The decision to give `person` exactly these roles, as it is approved.
pub fn decision(person: &str, roles: &[String], approvals: Vec<Vec<u8>>) -> TransitionKind {
    TransitionKind::Role { person: person.to_owned(), roles: roles.to_vec(), approvals }
}

/// Approves giving `person` exactly these roles, with a person's key or the root's.
pub fn approve(
    directory: &Directory,
    signer: &dyn Signer,
    person: &str,
    roles: &[Role],
    at_ms: i64,
) -> Result<Vec<u8>, CourtError> {
    approve_decision(directory, signer, &decision(person, &codes(roles), Vec::new()), at_ms)
}

/// Approves any decision that needs it, with a person's key or the root's.
pub fn approve_decision(
    directory: &Directory,
    signer: &dyn Signer,
    kind: &TransitionKind,
    at_ms: i64,
) -> Result<Vec<u8>, CourtError> {
    let public = signer.public_key();
    let may = |body: &Certificate| {
        body.signing_key() == Some(&public)
            && matches!(body.kind, CertificateKind::Root | CertificateKind::Person)
    };
    let (certificate, _) = directory
        .certificates()
        .filter(|(_, verified)| may(verified.payload()))
        .max_by_key(|(_, verified)| verified.payload().serial)
        .ok_or(TrustError::WrongKind)?;
    let subject = kind
        .approved_subject(directory.court())
        .ok_or(RoleError::Approval(ApprovalError::OtherSubject))?;
    let body = Approval { court: directory.court().to_owned(), subject, at_ms, certificate };
    Ok(Signed::seal(&body, signer)?.to_bytes())
}

fn is_official(role: &str) -> bool {
    role == Role::Admin.code() || role == Role::President.code()
}

/// Whether giving these roles needs approval.
pub fn need_approval(roles: &[String]) -> bool {
    roles.iter().any(|role| is_official(role))
}

/// People who hold an administrator's or president's role and a certificate to show it with.
fn officials(
    reading: &Reading<'_>,
    directory: &Directory,
    now_ms: i64,
) -> Result<BTreeSet<String>, StoreError> {
    let mut people = BTreeSet::new();
    for (id, verified) in directory.certificates() {
        let Certificate { person: Some(person), roles, .. } = verified.payload() else { continue };
        // Nobody can approve anything with a key that the court keeps.
        if need_approval(roles)
            && verified.payload().protection != protection::COURT
            && directory.findings(&id, now_ms).is_empty()
            && current(reading, person)?.is_some_and(|roles| need_approval(&roles))
        {
            people.insert(person.clone());
        }
    }
    Ok(people)
}

/// Whether `approvals` allow this decision now.
fn approved(
    reading: &Reading<'_>,
    directory: &Directory,
    kind: &TransitionKind,
    approvals: &[Vec<u8>],
    now_ms: i64,
) -> Result<(), CourtError> {
    let subject = kind.approved_subject(directory.court()).ok_or(ApprovalError::OtherSubject);
    let subject = subject.map_err(RoleError::from)?;
    let officials = officials(reading, directory, now_ms)?;
    if officials.len() < PERSONS {
        return Ok(by_root(directory, subject, approvals)?);
    }
    let persons =
        approval::two_persons(directory, subject, approvals, now_ms).map_err(RoleError::from)?;
    if persons.iter().any(|person| !officials.contains(person)) {
        return Err(RoleError::from(ApprovalError::NoAuthority).into());
    }
    Ok(())
}

/// Whether none of the approvals stands behind an earlier decision.
fn fresh(reading: &Reading<'_>, approvals: &[Vec<u8>]) -> Result<(), CourtError> {
    let hash = |bytes: &Vec<u8>| {
        Signed::<Approval>::from_bytes(bytes)
            .map(|signed| signed.body_hash())
            .map_err(TrustError::from)
    };
    let offered = approvals.iter().map(hash).collect::<Result<BTreeSet<_>, _>>()?;
    for (row, _) in reading.transitions("role")? {
        let Ok(signed) = Signed::<Transition>::from_bytes(&row.bytes) else { continue };
        let Ok(body) = Transition::decode(signed.raw_parts().0) else { continue };
        if let TransitionKind::Role { approvals, .. } = body.kind
            && approvals.iter().flat_map(hash).any(|used| offered.contains(&used))
        {
            return Err(RoleError::Used.into());
        }
    }
    Ok(())
}

/// Whether the root's holder approved.
fn by_root(
    directory: &Directory,
    subject: [u8; 32],
    approvals: &[Vec<u8>],
) -> Result<(), RoleError> {
    for bytes in approvals.iter().take(MAX_APPROVALS) {
        let signed = Signed::<Approval>::from_bytes(bytes)
            .map_err(|error| ApprovalError::Trust(error.into()))?;
        let (approval, signer) =
            directory.verify_with_signer(signed).map_err(ApprovalError::Trust)?;
        if approval.payload().subject != subject {
            return Err(ApprovalError::OtherSubject.into());
        }
        if signer.payload().kind == CertificateKind::Root {
            return Ok(());
        }
    }
    Err(RoleError::RootNeeded)
}

/// Gives `person` exactly these roles. Certificates with other roles are withdrawn and new ones issued
/// for the same keys, in one transaction with the decision. Says whether anything changed.
pub fn set(
    server: &Server,
    person: &str,
    roles: &[Role],
    approvals: &[Vec<u8>],
) -> Result<bool, CourtError> {
    let directory = server.directory()?;
    let wanted = codes(roles);
    let now_ms = server.now_ms();
    let kind = decision(person, &wanted, approvals.to_vec());
    let unchanged = server.store().read::<_, CourtError>(|reading| {
        if current(reading, person)?.as_ref() == Some(&wanted) {
            return Ok(true);
        }
        if need_approval(&wanted) {
            fresh(reading, approvals)?;
            approved(reading, &directory, &kind, approvals, now_ms)?;
        }
        Ok(false)
    })?;
    if unchanged {
        return Ok(false);
    }
    let (outdated, anew) = follow(server, &directory, person, &wanted, now_ms)?;
    let checked = certify::check(&directory, anew)?;
    server.ingest_as(&checked.directory, |ingest| {
        let (issuer, now_ms) = (ingest.issuer, ingest.now_ms);
        let thing = issuer
            .transition(ingest.writing, DIRECTORY, kind, person, now_ms)
            .map_err(|error| CourtError::Ingest(error.into()))?;
        ingest.writing.append(DIRECTORY, &[thing])?;
        let mut ingested = certify::announce(ingest, &checked.rows).map_err(CourtError::Ingest)?;
        for old in &outdated {
            let of_person = CertificateKind::Person;
            withdraw::tell_revoked(ingest, &mut ingested, *old, REASON, &of_person, None)?;
        }
        Ok::<_, CourtError>(ingested)
    })?;
    Ok(true)
}

/// Which of the person's certificates say other roles, and what replaces them. Who has no role left
/// gets none.
fn follow(
    server: &Server,
    directory: &Directory,
    person: &str,
    roles: &[String],
    now_ms: i64,
) -> Result<(Vec<CertificateId>, Vec<Signed<Certificate>>), CourtError> {
    let issuing = &server.keys().issuing;
    let mut serial = certify::next_serial(server)?;
    let (mut outdated, mut anew) = (Vec::new(), Vec::new());
    for (id, verified) in directory.certificates() {
        let body = verified.payload();
        let outlived = !directory.findings(&id, now_ms).is_empty();
        if body.person.as_deref() != Some(person) || body.roles == roles || outlived {
            continue;
        }
        outdated.push(id);
        // A session that goes on is given another key at its next act.
        if !roles.is_empty() && body.protection != protection::COURT {
            let body = Certificate {
                serial,
                roles: roles.to_vec(),
                not_before_ms: now_ms - certify::DAY_MS,
                issuer: Some(issuing.certificate),
                ..body.clone()
            };
            anew.push(Signed::seal(&body, issuing.signer.as_ref())?);
            serial += 1;
        }
    }
    Ok((outdated, anew))
}
