//! Who could act at a place of the court's log: whose certificate had been published, whose had been
//! withdrawn, who had been given which roles, who belonged to the case. Everything here is what the log says
//! in its order; a date decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{CertificateId, DocumentId};
use crate::identity::{Directory, TransitionKind};
use crate::records::Role;

/// What the log has said about people, by place.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Where each certificate stands in the directory.
    published: BTreeMap<CertificateId, u64>,
    /// Where each certificate's first revocation stands.
    revoked: BTreeMap<CertificateId, u64>,
    /// The roles that each person was given, by place.
    roles: BTreeMap<String, Vec<(u64, BTreeSet<String>)>>,
    /// Who entered (true) and left the case, by place.
    members: BTreeMap<String, Vec<(u64, bool)>>,
    /// Records that were sent to a station, and where the log first says so.
    routed: BTreeMap<DocumentId, u64>,
}

impl People {
    /// A certificate stands in the directory at `at`.
    pub(super) fn publish(&mut self, id: CertificateId, at: u64) {
        self.published.entry(id).or_insert(at);
    }

    /// Takes what a verified decision at `at` says about people.
    pub(super) fn note(&mut self, kind: &TransitionKind, at: u64) {
        match kind {
            TransitionKind::Revoke { certificate, .. } => {
                self.revoked.entry(*certificate).or_insert(at);
            }
            TransitionKind::Role { person, roles, .. } => {
                let roles = roles.iter().cloned().collect();
                self.roles.entry(person.clone()).or_default().push((at, roles));
            }
            TransitionKind::Member { person, enter } => {
                self.members.entry(person.clone()).or_default().push((at, *enter));
            }
            TransitionKind::Route { document, .. } => {
                self.routed.entry(*document).or_insert(at);
            }
            _ => {}
        }
    }

    /// Whether the certificate stands in the directory at all.
    pub(super) fn is_published(&self, id: CertificateId) -> bool {
        self.published.contains_key(&id)
    }

    /// Where the first revocation of the certificate, or of one above it, stands.
    pub(super) fn revoked_at(&self, directory: &Directory, id: CertificateId) -> Option<u64> {
        let mut above = Some(id);
        let mut first = None;
        while let Some(id) = above {
            if let Some(at) = self.revoked.get(&id) {
                first = Some(first.map_or(*at, |first: u64| first.min(*at)));
            }
            above = directory.get(&id).and_then(|found| found.payload().issuer);
        }
        first
    }

    /// Whether the certificate, or one above it, was revoked before the place `at`.
    pub(super) fn revoked_before(&self, directory: &Directory, id: CertificateId, at: u64) -> bool {
        self.revoked_at(directory, id).is_some_and(|revoked| revoked < at)
    }

    /// Where the certificate's author was withdrawn, as seen from the place `at`: it had been revoked, and no
    /// certificate of the same key and person with all its roles stood in its place
    /// ([`Directory::withdrawn`], by the order of the log).
    pub(super) fn withdrawn_before(
        &self,
        directory: &Directory,
        id: CertificateId,
        at: u64,
    ) -> Option<u64> {
        let revoked = self.revoked_at(directory, id).filter(|revoked| *revoked < at)?;
        let old = directory.get(&id)?.payload();
        let covered = directory.certificates().any(|(next, verified)| {
            let body = verified.payload();
            body.signing_key().is_some()
                && body.signing_key() == old.signing_key()
                && body.person == old.person
                && body.purposes == old.purposes
                && old.roles.iter().all(|role| body.roles.contains(role))
                && self.published.get(&next).is_some_and(|published| *published < at)
                && !self.revoked_before(directory, next, at)
        });
        (!covered).then_some(revoked)
    }

    /// Whether the log gave the certificate's roles to its person: when it was published, or later. A court
    /// whose log gives nobody any role keeps its roles elsewhere.
    pub(super) fn roles_given(&self, directory: &Directory, id: CertificateId) -> bool {
        if self.roles.is_empty() {
            return true;
        }
        let Some(body) = directory.get(&id).map(|found| found.payload()) else { return false };
        let Some(person) = &body.person else { return true };
        let given = self.roles.get(person).map(Vec::as_slice).unwrap_or_default();
        let published = self.published.get(&id).copied().unwrap_or(0);
        let then = given.iter().rposition(|(at, _)| *at < published).unwrap_or(0);
        let covers = |roles: &BTreeSet<String>| body.roles.iter().all(|role| roles.contains(role));
        given.iter().skip(then).any(|(_, roles)| covers(roles))
    }

    /// Whether the holder of the certificate could approve what two persons must, at the place `at`: the
    /// certificate had been published, and the person's roles at that place were an administrator's or a
    /// president's.
    pub(super) fn may_approve(&self, directory: &Directory, id: CertificateId, at: u64) -> bool {
        if self.published.get(&id).is_none_or(|published| *published >= at) {
            return false;
        }
        let Some(body) = directory.get(&id).map(|found| found.payload()) else { return false };
        let given = body.person.as_ref().and_then(|person| self.roles.get(person));
        let last = given.and_then(|given| given.iter().rev().find(|(place, _)| *place < at));
        let powerful = [Role::Admin.code(), Role::President.code()];
        last.is_some_and(|(_, roles)| {
            let both =
                |role: &&str| roles.contains(*role) && body.roles.iter().any(|one| one == role);
            powerful.iter().any(both)
        })
    }

    /// Whether the person belonged to the case at the place `at`.
    pub(super) fn is_member(&self, person: &str, at: u64) -> bool {
        let moves = self.members.get(person);
        let last = moves.and_then(|moves| moves.iter().rev().find(|(place, _)| *place < at));
        last.is_some_and(|(_, enter)| *enter)
    }

    /// Whether the record had been sent to a station before the place `at`.
    pub(super) fn was_routed(&self, document: DocumentId, at: u64) -> bool {
        self.routed.get(&document).is_some_and(|routed| *routed <= at)
    }
}
