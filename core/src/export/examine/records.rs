//! The records: each change was allowed to its author at its place, and together they say what is said here.
//! The same acceptance as on phones and servers judges them again. Who signed each change is
//! [`super::changes`]'s.

use std::collections::BTreeSet;

use crate::document::{
    Acceptance, Candidate, Document, Hold, Provenance, RecordState, RecordView, Verdict, accept,
};
use crate::envelope::VerifiedChange;
use crate::id::{ChangeHash, DocumentId};
use crate::records::Kind;

use super::Examination;
use super::changes::Placed;
use super::says::{photos_of, sections_of};
use crate::export::finding::{Fault, Limit};
use crate::export::report::{Author, ChangeReport, FinalReport, RecordReport, SignatureReport};

impl Examination<'_> {
    /// Judges every record.
    pub(super) fn records(&mut self, progress: &mut dyn FnMut(u64, u64)) {
        let documents = self.changes(progress);
        let total = documents.values().map(|changes| changes.len() as u64).sum::<u64>() * 2;
        let mut done = total / 2;
        let mut documents: Vec<(DocumentId, Vec<Placed>)> = documents.into_iter().collect();
        documents.sort_by_key(|(_, changes)| changes.first().map(|placed| placed.index));
        for (id, changes) in documents {
            done += changes.len() as u64;
            self.record(id, &changes);
            progress(done, total);
        }
        progress(total, total);
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

    /// A withdrawn author's change counts when the court had it before the withdrawal, when somebody admitted
    /// it, or when a change of an author who stands builds on it: nobody's record suffers through somebody
    /// else's withdrawal.
    fn revoked_authors(&mut self, document: &Document, changes: &[Placed]) {
        if changes.iter().all(|placed| placed.withdrawn.is_none()) {
            return;
        }
        let history = document.history();
        let sound: Vec<usize> = changes
            .iter()
            .filter(|placed| placed.withdrawn.is_none())
            .filter_map(|placed| history.index_of(placed.change.body().change))
            .collect();
        for placed in changes {
            let Some(withdrawn) = placed.withdrawn else { continue };
            let waited = self.waited.get(&placed.change.id()).is_some_and(|at| *at < withdrawn);
            let built_on = history
                .index_of(placed.change.body().change)
                .is_some_and(|at| sound.iter().any(|later| history.precedes(at, *later)));
            if built_on || waited || self.admitted.contains(&placed.change.id()) {
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
    let proven_of = |change: ChangeHash| {
        let placed = changes.iter().find(|placed| placed.change.body().change == change);
        placed.map(|placed| placed.proven).unwrap_or_default()
    };
    let finalised = view.finalised.iter().map(|finalisation| {
        let (device_ms, proven) = (finalisation.device_ms, proven_of(finalisation.change));
        FinalReport {
            person: finalisation.person.clone(),
            device_ms,
            proven,
            skew_ms: proven.skew(device_ms),
            content: finalisation.content.to_hex(),
        }
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
        monotonic_ms: body.monotonic_ms,
        boot: data_encoding::HEXLOWER.encode(&body.boot.0),
        proven: placed.proven,
        skew_ms: placed.proven.skew(body.device_ms),
        position: body.position.clone(),
    }
}
