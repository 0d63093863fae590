//! Each change by itself: its author signed it, the court had published who that is, at that place of the log the
//! author belonged to the case, and what the author named (a checkpoint, the envelope before) agrees with the
//! file. Withheld changes are held against the same, as far as their envelopes go.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::{Body, RawChange, UnverifiedChange, VerifiedChange};
use crate::id::{CertificateId, DocumentId, EnvelopeId, Epoch};
use crate::identity::certificate::protection;
use crate::identity::{Canonical, Finding, Signed, TrustError};

use super::history::Named;
use super::{Examination, place};
use crate::export::chain::{ChainEntry, Content};
use crate::export::finding::{Fault, Limit};
use crate::export::report::Interval;

/// A change whose author is certain, with its place.
pub(super) struct Placed {
    pub(super) sequence: u64,
    pub(super) index: u64,
    pub(super) place: String,
    pub(super) change: VerifiedChange,
    pub(super) proven: Interval,
    /// Where its author's certificate was withdrawn, when that was before the change entered the log.
    pub(super) withdrawn: Option<u64>,
}

/// What the envelopes of a file say about their order.
#[derive(Default)]
struct Order {
    envelopes: BTreeMap<EnvelopeId, (Epoch, DocumentId, u64)>,
    /// The numbers that each certificate's epoch has used.
    numbers: BTreeMap<(CertificateId, Epoch, u64), EnvelopeId>,
    /// What each names as the one before it, and where.
    previous: Vec<(EnvelopeId, EnvelopeId, String)>,
    /// Records of which changes are withheld, and where.
    withheld: Vec<(DocumentId, String)>,
}

impl Examination<'_> {
    /// Verifies every change; those whose author is certain, by record.
    pub(super) fn changes(
        &mut self,
        progress: &mut dyn FnMut(u64, u64),
    ) -> BTreeMap<DocumentId, Vec<Placed>> {
        let contents = self.contents;
        let entries = contents.chains.0.iter().flat_map(|chain| {
            let named = move |(sequence, entry)| (place(&chain.channel, sequence), sequence, entry);
            (1..).zip(&chain.entries).map(named)
        });
        let changes = |content: &Content| matches!(content, Content::Change { .. });
        let total =
            entries.clone().filter(|(.., entry)| changes(&entry.content)).count() as u64 * 2;
        let mut done = 0;
        let mut order = Order::default();
        let mut documents: BTreeMap<DocumentId, Vec<Placed>> = BTreeMap::new();
        for (place, sequence, entry) in entries {
            match &entry.content {
                Content::Change { body, signature, change } => {
                    done += 1;
                    progress(done, total);
                    let raw = RawChange { body, signature, change };
                    let Some(placed) = self.change(place, sequence, entry.index, raw) else {
                        continue;
                    };
                    let (id, body) = (placed.change.id(), placed.change.body());
                    if self.order(&mut order, id, body, &placed.place) {
                        documents.entry(body.document).or_default().push(placed);
                    }
                }
                Content::Envelope { body, signature, .. } => {
                    let Some(body) = self.envelope(&place, entry, body, signature) else {
                        continue;
                    };
                    if self.order(&mut order, body.id(), &body, &place) {
                        order.withheld.push((body.document, place));
                    }
                }
                _ => {}
            }
        }
        self.previous(&order);
        let shown: BTreeSet<DocumentId> = documents.keys().copied().collect();
        for (_, place) in order.withheld.into_iter().filter(|(of, _)| shown.contains(of)) {
            self.fault(Fault::WithheldInShown, place, None);
        }
        documents
    }

    /// Verifies one change; its key, its time, its author's standing.
    fn change(
        &mut self,
        place: String,
        sequence: u64,
        index: u64,
        raw: RawChange<'_>,
    ) -> Option<Placed> {
        let verified = UnverifiedChange::from_raw_parts(raw)
            .and_then(|change| change.verify(&self.directory, &self.claims.court));
        let change = match verified {
            Ok(change) => change,
            Err(error) => {
                self.unsigned(place, error.code());
                return None;
            }
        };
        let body = change.body();
        let not_before = self.named(body, index, &place);
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
        let kept = match certificate.protection.as_str() {
            protection::SOFTWARE => Some(Limit::SoftwareKey),
            protection::COURT => Some(Limit::CourtKey),
            _ => None,
        };
        if let Some(limit) = kept {
            self.report.limit(limit, body.certificate.to_hex());
        }
        let withdrawn = self.people.withdrawn_before(&self.directory, body.certificate, index);
        let revoked = self.people.revoked_at(&self.directory, body.certificate);
        if withdrawn.is_none() && revoked.is_some() {
            self.report.limit(Limit::RevokedLater, body.certificate.to_hex());
        }
        if !self.people.roles_given(&self.directory, body.certificate) {
            self.report.fault(Fault::RoleNotGiven, body.certificate.to_hex(), None);
        }
        self.membership(&change, index, &place);
        Some(Placed { sequence, index, place, change, proven, withdrawn })
    }

    /// Whether the author belonged to the case, or a person let the change in all the same.
    fn membership(&mut self, change: &VerifiedChange, index: u64, place: &str) {
        let member = self.people.is_member(change.person(), index);
        if member || self.admitted.contains(&change.id()) {
            return;
        }
        if self.people.was_routed(change.body().document, index) {
            self.report.limit(Limit::StationMember, place);
        } else {
            self.fault(Fault::NotAMember, place, None);
        }
    }

    /// What the envelope of a withheld change says; `None` when it does not hold.
    fn envelope(
        &mut self,
        place: &str,
        entry: &ChainEntry,
        body: &[u8],
        signature: &[u8],
    ) -> Option<Body> {
        let signed = match Signed::<Body>::from_parts(body, signature) {
            Ok(signed) => signed,
            Err(error) => {
                self.unsigned(place.to_owned(), error.code());
                return None;
            }
        };
        let said = match self.directory.verify(signed) {
            Ok(verified) => Ok(verified.into_parts().0),
            // Whoever helped the court is not named; what the envelope says stands in the log all the same.
            Err(TrustError::UnknownCertificate(_)) => {
                self.report.limit(Limit::WithheldSigner, place);
                Body::decode(body).map_err(|error| error.code())
            }
            Err(error) => Err(error.code()),
        };
        let said = match said {
            Ok(said) => said,
            Err(code) => {
                self.unsigned(place.to_owned(), code);
                return None;
            }
        };
        self.named(&said, entry.index, place);
        Some(said)
    }

    fn unsigned(&mut self, place: String, code: &'static str) {
        let fault = match code {
            "unknown_certificate" => Fault::CertificateUnknown,
            "wrong_court" => Fault::WrongCourt,
            _ => Fault::ChangeForged,
        };
        self.fault(fault, place, Some(code));
    }

    /// The time of the checkpoint that the author named, as far as that is proven.
    fn named(&mut self, body: &Body, index: u64, place: &str) -> Option<i64> {
        match self.times.named(body.checkpoint, index, &self.contents.proofs.held) {
            Ok(Named::At(at_ms)) => Some(at_ms),
            Ok(Named::Untimed) => None,
            Ok(Named::Gone) => {
                self.report.limit(Limit::HeldBeforeRestore, place);
                None
            }
            Err(fault) => {
                self.fault(fault, place, Some("held_checkpoint"));
                None
            }
        }
    }

    /// Takes an envelope into the order; false when it stands there already.
    fn order(&mut self, order: &mut Order, id: EnvelopeId, body: &Body, place: &str) -> bool {
        let said = (body.epoch, body.document, body.sequence);
        if order.envelopes.insert(id, said).is_some() {
            self.fault(Fault::ChangeDuplicated, place, None);
            return false;
        }
        let number = (body.certificate, body.epoch, body.sequence);
        if order.numbers.insert(number, id).is_some() {
            self.fault(Fault::SequenceReused, place, None);
        }
        if !self.people.is_published(body.certificate) {
            self.fault(Fault::CertificateNotPublished, body.certificate.to_hex(), None);
        }
        order.previous.extend(body.previous.map(|previous| (id, previous, place.to_owned())));
        true
    }

    /// What an envelope names as the one before it is of the same device and record, and came before.
    fn previous(&mut self, order: &Order) {
        for (id, previous, place) in &order.previous {
            let Some((epoch, document, sequence)) = order.envelopes.get(id) else { continue };
            match order.envelopes.get(previous) {
                Some(before)
                    if (before.0, before.1) == (*epoch, *document) && before.2 < *sequence => {}
                Some(_) => self.fault(Fault::PreviousWrong, place.clone(), None),
                None => self.report.limit(Limit::PreviousElsewhere, place.clone()),
            }
        }
    }
}
