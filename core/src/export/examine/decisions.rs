//! What the court decided and gave out: transitions and packs, signed by a server. Read in the order of the
//! log, so that an approval or a signature is judged by what was revoked before it, not after.

use std::collections::BTreeMap;

use crate::id::CertificateId;
use crate::identity::approval::two_persons;
use crate::identity::{
    Approval, CertificateKind, Directory, Finding, Signed, Transition, TransitionKind,
};
use crate::pack::signed::{PackHeader, SignedPack};
use crate::records::Role;
use crate::sync::channel::{DIRECTORY, EntryKind};

use super::{Examination, place};
use crate::export::chain::Content;
use crate::export::finding::Fault;
use crate::export::report::{DecisionReport, PackReport};

/// An entry with its place.
struct At<'a> {
    channel: &'a str,
    sequence: u64,
    index: u64,
}

impl At<'_> {
    fn place(&self) -> String {
        place(self.channel, self.sequence)
    }
}

impl Examination<'_> {
    /// Verifies every transition and pack, and notes what they say about certificates and quarantine.
    pub(super) fn decisions(&mut self) {
        let mut entries = BTreeMap::new();
        for chain in &self.contents.chains.0 {
            for (sequence, entry) in (1..).zip(&chain.entries) {
                let at = At { channel: &chain.channel, sequence, index: entry.index };
                entries.insert((entry.index, at.place()), (at, &entry.content));
            }
        }
        for (at, content) in entries.into_values() {
            match content {
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
        self.approvals(at, &body.kind);
        match &body.kind {
            TransitionKind::Revoke { certificate, .. } => {
                self.revoked_at.entry(*certificate).or_insert(at.index);
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
    fn approvals(&mut self, at: &At<'_>, kind: &TransitionKind) {
        let powerful = [Role::Admin.code(), Role::President.code()];
        let (needed, approvals) = match kind {
            TransitionKind::Role { roles, approvals, .. } => {
                (roles.iter().any(|role| powerful.contains(&role.as_str())), approvals)
            }
            TransitionKind::Restore { approvals, .. } => (true, approvals),
            _ => return,
        };
        let Some(subject) = kind.approved_subject(&self.claims.court) else { return };
        if needed || !approvals.is_empty() {
            let judged = two_persons(&self.directory, subject, approvals);
            if let Err(error) = judged
                && !by_root(&self.directory, subject, approvals)
            {
                self.fault(Fault::ApprovalForged, at.place(), Some(error.code()));
            }
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
        if self.revoked_before(certificate, at.index) == Some(true) {
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
