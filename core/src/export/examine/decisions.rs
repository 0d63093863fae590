//! What the court decided and gave out: transitions and packs, signed by a server. Read in the order of the
//! log, so that an approval or a signature is judged by what was revoked before it, not after.

use std::collections::BTreeMap;

use crate::id::CertificateId;
use crate::identity::approval::{ApprovalError, judge_approvals};
use crate::identity::{
    Approval, CertificateKind, Directory, Finding, Signed, Transition, TransitionKind,
};
use crate::pack::signed::{PackHeader, SignedPack};
use crate::records::Role;
use crate::sync::channel::{DIRECTORY, EntryKind};

use super::{Examination, in_order, place};
use crate::export::chain::Content;
use crate::export::finding::Fault;
use crate::export::manifest::Edition;
use crate::export::report::{DecisionReport, PackReport};

/// An entry with its place.
struct At<'a> {
    channel: &'a str,
    sequence: u64,
    index: u64,
    /// Its place in the log's order ([`in_order`]).
    order: u64,
}

impl At<'_> {
    fn place(&self) -> String {
        place(self.channel, self.sequence)
    }
}

impl Examination<'_> {
    /// Verifies every transition and pack, and notes what they say about people and quarantine.
    pub(super) fn decisions(&mut self) {
        let mut entries = BTreeMap::new();
        for chain in &self.contents.chains.0 {
            for (sequence, order, entry) in in_order(chain) {
                let at = At { channel: &chain.channel, sequence, index: entry.index, order };
                entries.insert((at.order, sequence, at.channel), (at, &entry.content));
            }
        }
        for (at, content) in entries.into_values() {
            if self.claims.edition == Edition::Full && withholds(content) {
                self.fault(Fault::WithheldInFull, at.place(), None);
            }
            match content {
                Content::Certificate(id) if at.channel == DIRECTORY => {
                    self.people.publish(CertificateId(*id), at.order);
                }
                Content::Withheld { kind: EntryKind::Change | EntryKind::Pack, .. } => {
                    self.fault(Fault::EnvelopeMissing, at.place(), None);
                }
                Content::Transition(signed) => self.transition(&at, signed),
                Content::Pack { header, signature, payload } => {
                    self.pack(&at, header, signature, payload.as_deref().ok());
                }
                Content::Withheld { kind: EntryKind::Transition, .. }
                    if at.channel == DIRECTORY =>
                {
                    self.fault(Fault::TransitionWithheld, at.place(), None);
                }
                _ => {}
            }
        }
    }

    fn transition(&mut self, at: &At<'_>, signed: &[u8]) {
        let verified = Signed::<Transition>::from_bytes(signed)
            .map_err(Into::into)
            .and_then(|signed| self.directory.verify(signed));
        let transition = match verified {
            Ok(transition) => transition,
            Err(error) => {
                return self.fault(Fault::TransitionForged, at.place(), Some(error.code()));
            }
        };
        let body = transition.payload();
        if body.channel != at.channel {
            self.fault(Fault::TransitionMisplaced, at.place(), None);
        }
        self.server_key(at, body.certificate, body.at_ms);
        self.approvals(at, body.at_ms, &body.kind);
        match &body.kind {
            TransitionKind::Restore { origin, size, root, .. } => {
                self.restores.push((origin.clone(), *size, *root));
                self.times.restored |= at.index == 0;
                let beyond = self.times.lost_beyond.map_or(*size, |known| known.min(*size));
                self.times.lost_beyond = Some(beyond);
            }
            TransitionKind::Judge { envelope, admit, .. } => {
                if *admit {
                    self.admitted.insert(*envelope);
                } else {
                    self.admitted.remove(envelope);
                }
            }
            _ => {}
        }
        self.people.note(&body.kind, at.order);
        self.report.decisions.push(DecisionReport {
            channel: at.channel.to_owned(),
            sequence: at.sequence,
            index: at.index,
            kind: body.kind.code().to_owned(),
            on_behalf_of: body.on_behalf_of.clone(),
            at_ms: body.at_ms,
        });
        if let Err(error) = self.directory.note(&transition) {
            self.fault(Fault::TransitionForged, at.place(), Some(error.code()));
        }
    }

    /// Decisions that could hand the record to one person alone need two.
    fn approvals(&mut self, at: &At<'_>, at_ms: i64, kind: &TransitionKind) {
        let powerful = [Role::Admin.code(), Role::President.code()];
        let (needed, root_suffices, approvals) = match kind {
            TransitionKind::Role { roles, approvals, .. } => {
                (roles.iter().any(|role| powerful.contains(&role.as_str())), true, approvals)
            }
            TransitionKind::Restore { approvals, .. } => (true, false, approvals),
            _ => return,
        };
        let Some(subject) = kind.approved_subject(&self.claims.court) else { return };
        if !needed && approvals.is_empty() {
            return;
        }
        for approval in approvals.iter().flat_map(|bytes| Signed::<Approval>::from_bytes(bytes)) {
            if !self.used.insert(approval.body_hash()) {
                self.fault(Fault::ApprovalForged, at.place(), Some("approval_used"));
            }
        }
        let (directory, people) = (&self.directory, &self.people);
        let stands = |id: CertificateId| {
            let findings = directory.findings(&id, at_ms);
            if people.revoked_before(directory, id, at.order) {
                Err(ApprovalError::Revoked)
            } else if findings.iter().any(|one| !matches!(one, Finding::Revoked { .. })) {
                Err(ApprovalError::Expired)
            } else if !people.may_approve(directory, id, at.order) {
                Err(ApprovalError::NoAuthority)
            } else {
                Ok(())
            }
        };
        if let Err(error) = judge_approvals(directory, subject, approvals, &stands)
            && !(root_suffices && by_root(directory, subject, approvals))
        {
            self.fault(Fault::ApprovalForged, at.place(), Some(error.code()));
        }
    }

    fn pack(&mut self, at: &At<'_>, header: &[u8], signature: &[u8], payload: Option<&[u8]>) {
        let given = payload.is_some();
        let verified = match payload {
            Some(payload) => SignedPack::from_raw_parts(header, signature, payload.to_vec())
                .and_then(|pack| pack.verify(&self.directory))
                .map(|pack| pack.header().clone()),
            None => Signed::<PackHeader>::from_parts(header, signature)
                .map_err(Into::into)
                .and_then(|header| Ok(self.directory.verify(header)?.into_parts().0)),
        };
        match verified {
            Ok(header) => {
                self.server_key(at, header.certificate, header.made_at_ms);
                self.report.packs.push(PackReport {
                    sequence: at.sequence,
                    kind: header.kind,
                    version: header.version,
                    made_at_ms: header.made_at_ms,
                    given,
                });
            }
            Err(error) => self.fault(Fault::PackForged, at.place(), Some(error.code())),
        }
    }

    /// Whether a server's key was good when it signed.
    fn server_key(&mut self, at: &At<'_>, certificate: CertificateId, at_ms: i64) {
        if self.people.revoked_before(&self.directory, certificate, at.order) {
            self.fault(Fault::RevokedSigner, at.place(), None);
        }
        let expired = self
            .directory
            .findings(&certificate, at_ms)
            .into_iter()
            .find(|finding| !matches!(finding, Finding::Revoked { .. }));
        if let Some(finding) = expired {
            self.fault(Fault::CertificateExpired, at.place(), Some(finding.code()));
        }
    }
}

/// Whether the entry does not say all that it could.
fn withholds(content: &Content) -> bool {
    matches!(
        content,
        Content::Withheld { .. } | Content::Envelope { .. } | Content::Pack { payload: Err(_), .. }
    )
}

/// Whether the holder of the court's root approved: how a court gets its first two officials.
fn by_root(directory: &Directory, subject: [u8; 32], approvals: &[Vec<u8>]) -> bool {
    approvals.iter().any(|bytes| {
        Signed::<Approval>::from_bytes(bytes)
            .ok()
            .and_then(|signed| directory.verify_with_signer(signed).ok())
            .is_some_and(|(approval, signer)| {
                approval.payload().subject == subject
                    && signer.payload().kind == CertificateKind::Root
            })
    })
}
