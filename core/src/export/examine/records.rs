//! The records: each change was signed by whom it says, was allowed to its author at its place, and
//! together they say what is said here. The same acceptance as on phones and servers judges them again.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{
    Acceptance, Candidate, Document, Hold, Provenance, RecordState, RecordView, Verdict, accept,
};
use crate::envelope::{RawChange, UnverifiedChange, VerifiedChange};
use crate::id::{ChangeHash, DocumentId};
use crate::identity::Finding;
use crate::identity::certificate::protection;
use crate::records::Kind;
use crate::sync::channel::{DIRECTORY, EntryKind};

use super::says::{photos_of, sections_of};
use super::{Examination, place};
use crate::export::chain::Content;
use crate::export::finding::{Fault, Limit};
use crate::export::report::{
    Author, ChangeReport, FinalReport, Interval, RecordReport, SignatureReport,
};

/// A change whose author is certain, with its place.
struct Placed {
    sequence: u64,
    index: u64,
    place: String,
    change: VerifiedChange,
    proven: Interval,
    /// Signed with a key that was revoked before the change entered the log.
    revoked: bool,
}

impl Examination<'_> {
    /// Verifies every change and judges every record.
    pub(super) fn records(&mut self, progress: &mut dyn FnMut(u64, u64)) {
        let contents = self.contents;
        let published = self.published();
        let mut documents: Vec<(DocumentId, Vec<Placed>)> = Vec::new();
        let mut numbers: BTreeMap<DocumentId, usize> = BTreeMap::new();
        let (mut seen, mut sequences) = (BTreeSet::new(), BTreeMap::new());
        let changes = contents.chains.0.iter().flat_map(|chain| {
            (1..).zip(&chain.entries).filter_map(move |(sequence, entry)| match &entry.content {
                Content::Change { body, signature, change } => Some((
                    place(&chain.channel, sequence),
                    (sequence, entry.index),
                    RawChange { body, signature, change },
                )),
                _ => None,
            })
        });
        let total = changes.clone().count() as u64 * 2;
        let mut done = 0;
        for (place, at, raw) in changes {
            done += 1;
            progress(done, total);
            let Some(placed) = self.change(place, at, raw) else { continue };
            let body = placed.change.body();
            if !seen.insert(placed.change.id()) {
                self.fault(Fault::ChangeDuplicated, placed.place, None);
                continue;
            }
            let number = (body.certificate, body.epoch, body.sequence);
            if sequences.insert(number, placed.change.id()).is_some() {
                self.fault(Fault::SequenceReused, placed.place.clone(), None);
            }
            if !published.contains(&body.certificate.0) {
                self.fault(Fault::CertificateNotPublished, body.certificate.to_hex(), None);
            }
            let document = body.document;
            let at = *numbers.entry(document).or_insert_with(|| {
                documents.push((document, Vec::new()));
                documents.len() - 1
            });
            documents[at].1.push(placed);
        }
        for (id, changes) in documents {
            done += changes.len() as u64;
            self.record(id, &changes);
            progress(done, total);
        }
        progress(total, total);
    }

    /// Certificates that the directory's chain announces.
    fn published(&self) -> BTreeSet<[u8; 32]> {
        let chain = self.contents.chains.of(DIRECTORY);
        let entries = chain.into_iter().flat_map(|chain| &chain.entries);
        entries
            .filter(|entry| entry.content.kind() == EntryKind::Certificate)
            .filter_map(|entry| entry.content.id())
            .collect()
    }

    /// Verifies one change; its key, and its time.
    fn change(
        &mut self,
        place: String,
        (sequence, index): (u64, u64),
        raw: RawChange<'_>,
    ) -> Option<Placed> {
        let verified = UnverifiedChange::from_raw_parts(raw)
            .and_then(|change| change.verify(&self.directory, &self.claims.court));
        let change = match verified {
            Ok(change) => change,
            Err(error) => {
                let fault = match error.code() {
                    "unknown_certificate" => Fault::CertificateUnknown,
                    "wrong_court" => Fault::WrongCourt,
                    _ => Fault::ChangeForged,
                };
                self.fault(fault, place, Some(error.code()));
                return None;
            }
        };
        let body = change.body();
        let not_before = self.times.not_before(body.checkpoint, index).unwrap_or_else(|fault| {
            self.report.fault(fault, place.clone(), Some("held_checkpoint"));
            None
        });
        let proven = self.times.interval(index, not_before);
        if proven.not_before_ms.is_none() {
            self.report.limit(Limit::NoLowerBound, place.clone());
        }
        let certificate = change.certificate();
        let certainly_outside =
            proven.not_before_ms.is_some_and(|begin| begin > certificate.not_after_ms)
                || proven.not_after_ms.is_some_and(|end| end < certificate.not_before_ms);
        let said = self.directory.findings(&body.certificate, body.device_ms);
        if certainly_outside {
            self.report.fault(Fault::CertificateExpired, place.clone(), None);
        } else if said.iter().any(|finding| !matches!(finding, Finding::Revoked { .. })) {
            self.report.limit(Limit::CertificateDoubt, place.clone());
        }
        if certificate.protection == protection::SOFTWARE {
            self.report.limit(Limit::SoftwareKey, body.certificate.to_hex());
        }
        let revoked = self.revoked_before(body.certificate, index);
        if revoked == Some(false) {
            self.report.limit(Limit::RevokedLater, body.certificate.to_hex());
        }
        let revoked = revoked == Some(true);
        Some(Placed { sequence, index, place, change, proven, revoked })
    }

    /// Judges all changes of one record, in the log's order.
    fn record(&mut self, id: DocumentId, changes: &[Placed]) {
        let candidates: Vec<Candidate> =
            changes.iter().map(|placed| candidate_of(&placed.change)).collect();
        let Acceptance { document, verdicts } = accept(self.kinds, None, &candidates);
        for (placed, verdict) in changes.iter().zip(verdicts) {
            let (fault, cause) = match verdict {
                Verdict::Accepted => continue,
                Verdict::Known => (Fault::ChangeDuplicated, None),
                Verdict::Held(Hold::MissingDependency) => (Fault::ChangeMissing, None),
                Verdict::Held(hold) => (Fault::ChangeNotJudged, Some(hold.code())),
                Verdict::Rejected(refusal) => (Fault::ChangeRefused, Some(refusal.code())),
            };
            self.fault(fault, placed.place.clone(), cause);
        }
        let Some(document) = document else { return };
        self.revoked_authors(&document, changes);
        let place = id.to_hex();
        if document.case() != self.claims.case_no {
            self.fault(Fault::OtherCase, place.clone(), None);
        }
        let view = document.view();
        let limits = [
            (view.finalised.is_empty(), Limit::NotFinalised),
            (!view.late.is_empty(), Limit::LateChanges),
            (!view.conflicts.is_empty(), Limit::OpenConflict),
        ];
        for (holds, limit) in limits {
            if holds {
                self.report.limit(limit, place.clone());
            }
        }
        // Everything that was ever named counts, so that striking a photo does not hide it.
        let history = document.history();
        let photos = photos_of(document.kind(), &RecordState::at(history, &history.all()));
        let report = record_report(document.kind(), &view, photos.len(), changes);
        self.photos.extend(photos);
        self.report.records.push(report);
    }

    /// A revoked author's change counts when somebody admitted it, or when a change of an author who was
    /// not revoked builds on it: nobody's record suffers through somebody else's revocation.
    fn revoked_authors(&mut self, document: &Document, changes: &[Placed]) {
        if !changes.iter().any(|placed| placed.revoked) {
            return;
        }
        let history = document.history();
        let sound: Vec<usize> = changes
            .iter()
            .filter(|placed| !placed.revoked)
            .filter_map(|placed| history.index_of(placed.change.body().change))
            .collect();
        for placed in changes.iter().filter(|placed| placed.revoked) {
            let built_on = history
                .index_of(placed.change.body().change)
                .is_some_and(|at| sound.iter().any(|later| history.precedes(at, *later)));
            if built_on || self.admitted.contains(&placed.change.id()) {
                self.report.limit(Limit::RevokedLater, placed.place.clone());
            } else {
                self.fault(Fault::RevokedAuthor, placed.place.clone(), None);
            }
        }
    }
}

fn candidate_of(change: &VerifiedChange) -> Candidate {
    let body = change.body();
    Candidate {
        document: body.document,
        hash: body.change,
        actor: body.actor(),
        schema: body.schema,
        provenance: Provenance {
            envelope: change.id(),
            person: change.person().to_owned(),
            roles: change.certificate().known_roles().collect(),
            verb: body.verb.clone(),
            device_ms: body.device_ms,
        },
        bytes: change.change_bytes().to_vec(),
    }
}

fn record_report(
    kind: &'static Kind,
    view: &RecordView,
    photos: usize,
    changes: &[Placed],
) -> RecordReport {
    let known: BTreeSet<ChangeHash> = view.changes().iter().map(|node| node.hash).collect();
    let signatures = view.signatures().map(|signature| {
        let text = |field| signature.item.text(field).unwrap_or_default().to_owned();
        SignatureReport {
            name: text("name"),
            role: text("role"),
            mode: text("mode"),
            of_this_content: signature.current,
        }
    });
    let finalised = view.finalised.iter().map(|finalisation| FinalReport {
        person: finalisation.person.clone(),
        device_ms: finalisation.device_ms,
        content: finalisation.content.to_hex(),
    });
    let changes = changes.iter().filter(|placed| known.contains(&placed.change.body().change));
    RecordReport {
        document: view.id.to_hex(),
        kind: kind.name.to_owned(),
        label_zh: kind.label.zh,
        label_en: kind.label.en,
        title: view.title(),
        handler: view.state.handler.clone(),
        state: view.state_digest.to_hex(),
        content: view.content_digest.to_hex(),
        finalised: finalised.collect(),
        signatures: signatures.collect(),
        conflicts: view.conflicts.len(),
        late: view.late.len(),
        photos,
        sections: sections_of(kind, &view.state),
        changes: changes.map(|placed| change_report(kind, placed)).collect(),
    }
}

fn change_report(kind: &'static Kind, placed: &Placed) -> ChangeReport {
    let body = placed.change.body();
    let verb = kind.verb(&body.verb);
    ChangeReport {
        sequence: placed.sequence,
        index: placed.index,
        envelope: placed.change.id().to_hex(),
        verb: body.verb.clone(),
        label_zh: verb.map_or("", |verb| verb.label.zh),
        label_en: verb.map_or("", |verb| verb.label.en),
        author: Author::of(placed.change.certificate()),
        device_ms: body.device_ms,
        proven: placed.proven,
        skew_ms: placed.proven.skew(body.device_ms),
        position: body.position.clone(),
    }
}
