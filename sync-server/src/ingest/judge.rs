//! The verdicts on everything that waits for one document, old and new together.

use std::collections::BTreeSet;

use lastmile_core::document::{
    Acceptance, Candidate, ChangeSet, Document, Hold, Provenance, RecordState, Verdict, accept,
};
use lastmile_core::envelope::{Body, VerifiedChange};
use lastmile_core::id::{CertificateId, DocumentId, EnvelopeId};
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::log::receipt::WAITING;
use lastmile_core::records::KindSet;
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::sync::channel::{self, EntryKind};
use lastmile_core::sync::response::Outcome;

use super::publish::Batch;
use super::{Ingest, IngestError, Item, outcome_of, reason};
use crate::store::{EnvelopeRow, NewEnvelope, Place, Refused, State, StoreError};

/// Rows one phone may have in the tray.
const MAX_TRAY: u64 = 2_000;
/// Changes that may wait for one document.
const MAX_HELD: usize = 5_000;

/// A verdict, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decision {
    state: State,
    reason: &'static str,
}

impl Decision {
    fn new(state: State, reason: &'static str) -> Self {
        Self { state, reason }
    }

    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::new(State::Accepted, ""),
            // The change is there, under another envelope: somebody signed it twice.
            Verdict::Known => Self::new(State::Rejected, reason::TWIN),
            Verdict::Held(hold) => Self::new(State::Held, hold.code()),
            Verdict::Rejected(refusal) => Self::new(State::Rejected, refusal.code()),
        }
    }
}

/// What became of everything that waited for a document.
struct Judged {
    /// The document after everything that may enter it.
    document: Option<Document>,
    /// One per item.
    decisions: Vec<Decision>,
    /// The case, as far as it is known.
    case: Option<String>,
}

/// Who may write into a document.
enum Standing {
    /// The server knows no such case.
    UnknownCase,
    /// Members of the case, and of the stations it was routed to.
    Members(BTreeSet<String>),
}

impl Standing {
    fn admits(&self, person: &str) -> bool {
        matches!(self, Self::Members(members) if members.contains(person))
    }

    /// Whether the item's author belongs, or a person let it in all the same.
    fn admits_item(&self, item: &Item) -> bool {
        let known = !matches!(self, Self::UnknownCase);
        self.admits(&item.candidate.provenance.person) || (item.admitted && known)
    }

    /// Why an item that does not enter waits.
    fn reason_for(&self, item: &Item) -> &'static str {
        match self {
            Self::UnknownCase => reason::UNKNOWN_CASE,
            Self::Members(_) => item.withheld.unwrap_or(reason::NOT_A_MEMBER),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownCase => reason::UNKNOWN_CASE,
            Self::Members(_) => reason::NOT_A_MEMBER,
        }
    }
}

impl Ingest<'_> {
    /// Judges the new `changes` of a document together with what waited for it; gives the outcome of
    /// each new row. What waits because its author did not belong to the case is judged again only
    /// when that person has `entered` it.
    pub(super) fn judge_document(
        &mut self,
        carrier: CertificateId,
        id: DocumentId,
        changes: &[(usize, &VerifiedChange)],
        entered: &BTreeSet<String>,
        batch: &mut Batch,
    ) -> Result<Vec<(usize, Outcome)>, IngestError> {
        let before = self.load(id)?;
        let known = before.as_ref().map_or(0, |document| document.history().nodes().len());
        let waiting = self.writing.document_rows(id, State::Held)?;
        let quarantined = self.writing.document_rows(id, State::Quarantined)?;
        let room: usize = MAX_HELD.saturating_sub(waiting.len() + quarantined.len());
        let mut items: Vec<Item> = Vec::new();
        // What waits for a case, for a decision, or for somebody to build on it, is judged like new.
        let mut out = Vec::new();
        for row in quarantined {
            let again = match row.reason.as_str() {
                reason::NOT_A_MEMBER => entered.contains(&row.person) || self.decided(row.id)?,
                _ => true,
            };
            if again {
                items.push(self.stored_item(&row)?);
            } else {
                out.push(row);
            }
        }
        let quarantined = out;
        for row in &waiting {
            items.push(self.stored_item(row)?);
        }
        for (row, change) in changes {
            items.push(self.new_item(*row, change)?);
        }
        let Judged { document, decisions, case } = self.decide(before, &items, &quarantined)?;
        let mut outcomes = Vec::with_capacity(changes.len());
        let mut held = 0;
        for (item, decision) in items.iter().zip(decisions) {
            let place = match (&document, decision.state) {
                (Some(document), State::Accepted) => Some(place_of(document, item)?),
                _ => None,
            };
            let case = case.as_deref().filter(|_| decision.state == State::Quarantined);
            let Some(row) = item.row else {
                if item.was != Some(decision.state) || decision.state != State::Held {
                    let id = item.candidate.provenance.envelope;
                    self.writing.set_verdict(id, decision.state, decision.reason, case, place)?;
                }
                continue;
            };
            let change = changes.iter().find(|(at, _)| *at == row).map(|(_, change)| *change);
            let Some(change) = change else { continue };
            held += usize::from(decision.state == State::Held);
            if decision.state == State::Held && held > room {
                outcomes.push((row, Outcome::Rejected(reason::TOO_MANY_HELD.to_owned())));
                continue;
            }
            self.store_new(carrier, change, decision.state, decision.reason, case, place)?;
            outcomes.push((
                row,
                match decision.state {
                    State::Accepted => Outcome::Accepted,
                    state => outcome_of(state, decision.reason.to_owned()),
                },
            ));
        }
        if let Some(document) = document {
            if document.history().nodes().len() > known {
                batch.add(document, known, &items);
            } else {
                self.hot.put(document);
            }
        }
        Ok(outcomes)
    }

    /// The document after everything that may enter it, one decision per item, and the case.
    fn decide(
        &self,
        before: Option<Document>,
        items: &[Item],
        quarantined: &[EnvelopeRow],
    ) -> Result<Judged, IngestError> {
        let all: Vec<Candidate> = items.iter().map(|item| item.candidate.clone()).collect();
        let mut case = before.as_ref().map(case_of);
        if case.is_none() {
            // A new document: only its creating change says which case it belongs to.
            let trial = accept(self.kinds, None, &all);
            case = trial.document.as_ref().map(case_of);
            let Some(case) = &case else {
                let decisions = trial.verdicts.into_iter().map(Decision::of).collect();
                let judged = Judged { document: None, decisions, case: None };
                return self.shadow(judged, items, quarantined, None);
            };
            let standing =
                self.standing(case, items.first().map(|item| item.candidate.document))?;
            let free = |item: &Item| item.withheld.is_none() && standing.admits_item(item);
            if items.iter().all(free) {
                let decisions = trial.verdicts.into_iter().map(Decision::of).collect();
                return Ok(Judged {
                    document: trial.document,
                    decisions,
                    case: Some(case.clone()),
                });
            }
        }
        let case = case.unwrap_or_default();
        let standing = self.standing(&case, before.as_ref().map(Document::id))?;
        let members: Vec<usize> =
            (0..items.len()).filter(|at| standing.admits_item(&items[*at])).collect();
        let entitled = self.needed_or_free(before.as_ref(), items, members);
        let candidates: Vec<Candidate> = entitled.iter().map(|at| all[*at].clone()).collect();
        let Acceptance { document, verdicts } = accept(self.kinds, before, &candidates);
        let mut decisions: Vec<Decision> = items
            .iter()
            .map(|item| Decision::new(State::Quarantined, standing.reason_for(item)))
            .collect();
        for (at, verdict) in entitled.into_iter().zip(verdicts) {
            decisions[at] = Decision::of(verdict);
        }
        let judged = Judged { document, decisions, case: Some(case) };
        self.shadow(judged, items, quarantined, Some(&standing))
    }

    /// Second look at what did not enter: against a copy of the document in which everything that
    /// waits for a person had been let in. What even that copy refuses is rejected; what it admits is
    /// quarantined; what it still misses is held.
    fn shadow(
        &self,
        mut judged: Judged,
        items: &[Item],
        quarantined: &[EnvelopeRow],
        standing: Option<&Standing>,
    ) -> Result<Judged, IngestError> {
        let missing = Decision::new(State::Held, Hold::MissingDependency.code());
        let open: Vec<usize> = (0..items.len())
            .filter(|at| {
                judged.decisions[*at].state == State::Quarantined
                    || judged.decisions[*at] == missing
            })
            .collect();
        let needed = open.iter().any(|at| judged.decisions[*at].state == State::Quarantined)
            || (!open.is_empty() && !quarantined.is_empty());
        if !needed {
            return Ok(judged);
        }
        let mut candidates = Vec::with_capacity(quarantined.len() + open.len());
        for row in quarantined {
            candidates.push(self.stored_item(row)?.candidate);
        }
        candidates.extend(open.iter().map(|at| items[*at].candidate.clone()));
        let shadow = accept(self.kinds, judged.document.clone(), &candidates);
        for (at, verdict) in
            open.into_iter().zip(shadow.verdicts.into_iter().skip(quarantined.len()))
        {
            judged.decisions[at] = match verdict {
                Verdict::Accepted => {
                    let item = &items[at];
                    let why = match (item.withheld, standing) {
                        (Some(why), _) => why,
                        (None, Some(standing)) if !standing.admits_item(item) => standing.reason(),
                        (None, _) => reason::ON_QUARANTINED,
                    };
                    Decision::new(State::Quarantined, why)
                }
                other => Decision::of(other),
            };
        }
        judged.case = judged.case.or_else(|| shadow.document.as_ref().map(case_of));
        Ok(judged)
    }

    fn standing(&self, case: &str, document: Option<DocumentId>) -> Result<Standing, StoreError> {
        let channel = channel::of_case(case);
        if self.writing.channel_head(&channel)?.is_none() {
            return Ok(Standing::UnknownCase);
        }
        let mut members: BTreeSet<String> = self.writing.members(&channel)?.into_iter().collect();
        if let Some(id) = document
            && self.writing.station_of(id)?.is_some()
        {
            for station in self.writing.stations_given(id)? {
                members.extend(self.writing.members(&station)?);
            }
        }
        Ok(Standing::Members(members))
    }

    /// A document from the log.
    pub fn from_log(&self, id: DocumentId) -> Result<Document, IngestError> {
        rebuild(self.kinds, self.directory, id, &self.writing.document_log(id)?)
    }

    /// A record as it stands; it is the caller's, and may be given back to [`super::Hot`].
    pub fn document(&mut self, id: DocumentId) -> Result<Option<Document>, IngestError> {
        self.load(id)
    }

    /// A document from memory, else from the log.
    fn load(&mut self, id: DocumentId) -> Result<Option<Document>, IngestError> {
        if let Some(document) = self.hot.take(id) {
            // Another process (the command line) may have let something in meanwhile.
            let known = document.history().nodes().len() as u64;
            if known == self.writing.accepted_changes(id)? {
                return Ok(Some(document));
            }
        }
        let rows = self.writing.document_log(id)?;
        if rows.is_empty() {
            return Ok(None);
        }
        rebuild(self.kinds, self.directory, id, &rows).map(Some)
    }

    fn stored_item(&self, row: &EnvelopeRow) -> Result<Item, StoreError> {
        let body = Body::decode(&row.body).map_err(|_| StoreError::Damaged("envelope body"))?;
        let (withheld, admitted) = self.withheld(row.id, &body, Some(row))?;
        Ok(Item {
            withheld,
            admitted,
            candidate: Candidate {
                document: body.document,
                hash: body.change,
                actor: body.actor(),
                schema: body.schema,
                provenance: provenance(self.directory, row, &body),
                bytes: row.change.clone(),
            },
            row: None,
            was: Some(row.state),
        })
    }

    fn new_item(&self, row: usize, change: &VerifiedChange) -> Result<Item, StoreError> {
        let (withheld, admitted) = self.withheld(change.id(), change.body(), None)?;
        Ok(Item { candidate: candidate_of(change), row: Some(row), was: None, withheld, admitted })
    }

    /// Stores a change that came now, with its verdict.
    pub(super) fn store_new(
        &self,
        carrier: CertificateId,
        change: &VerifiedChange,
        state: State,
        why: &str,
        case: Option<&str>,
        place: Option<Place>,
    ) -> Result<(), StoreError> {
        let raw = change.raw_parts();
        let signature = raw.signature.try_into().map_err(|_| StoreError::Damaged("signature"))?;
        let body = change.body();
        let envelope = NewEnvelope {
            id: change.id(),
            document: body.document,
            change_hash: body.change,
            actor: body.actor(),
            certificate: body.certificate,
            person: change.person(),
            device: change.certificate().device.as_deref().unwrap_or_default(),
            epoch: body.epoch,
            generation: body.generation,
            sequence: body.sequence,
            verb: &body.verb,
            body: raw.body,
            signature,
            change: raw.change,
            received_ms: self.now_ms,
            carrier,
        };
        self.writing.put_envelope(&envelope, state, why, case, place)?;
        if matches!(state, State::Held | State::Quarantined) {
            self.keep_waiting(change.id())?;
        }
        Ok(())
    }

    /// Puts what enters no record yet into the log, so that its author can hold the court to it.
    fn keep_waiting(&self, id: EnvelopeId) -> Result<(), StoreError> {
        if !self.writing.is_in_feed(WAITING, EntryKind::Change, &id.0)? {
            self.writing.append(WAITING, &[(EntryKind::Change, id.0)])?;
        }
        Ok(())
    }

    /// Keeps a change whose author is not certain. One that only lacks a certificate is held and
    /// judged when the certificate comes.
    pub(super) fn keep_refused(
        &self,
        carrier: CertificateId,
        signed: &SignedChange,
        code: &'static str,
        may_heal: bool,
    ) -> Result<Outcome, StoreError> {
        let room = self.writing.tray_size(carrier)? < MAX_TRAY;
        if room {
            let refused = Refused {
                carrier,
                certificate: signed.body.certificate,
                reason: code,
                body: &signed.body.encode(),
                signature: &signed.signature,
                change: &signed.change,
            };
            self.writing.put_tray(&refused, self.now_ms)?;
            if may_heal {
                self.keep_waiting(signed.body.id())?;
            }
        }
        Ok(match may_heal {
            true if room => Outcome::Held(code.to_owned()),
            true => Outcome::Rejected(reason::TOO_MANY_HELD.to_owned()),
            false => Outcome::Rejected(code.to_owned()),
        })
    }
}

/// Makes a document from its accepted changes.
pub fn rebuild(
    kinds: &KindSet,
    directory: &Directory,
    id: DocumentId,
    rows: &[EnvelopeRow],
) -> Result<Document, IngestError> {
    let log = rows
        .iter()
        .map(|row| {
            let body = Body::decode(&row.body).map_err(|_| StoreError::Damaged("envelope body"))?;
            Ok((row.change.as_slice(), provenance(directory, row, &body)))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Document::from_log(kinds, id, log, None).map_err(|_| IngestError::LogDamaged(id))
}

fn provenance(directory: &Directory, row: &EnvelopeRow, body: &Body) -> Provenance {
    let author = directory.get(&row.certificate);
    Provenance {
        envelope: row.id,
        person: row.person.clone(),
        roles: author.map(|found| found.payload().known_roles().collect()).unwrap_or_default(),
        verb: body.verb.clone(),
        device_ms: body.device_ms,
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

/// The case of a document: a fact of its creating change.
fn case_of(document: &Document) -> String {
    let mut first = ChangeSet::default();
    first.insert(0);
    RecordState::at(document.history(), &first).case
}

fn place_of(document: &Document, item: &Item) -> Result<Place, StoreError> {
    let history = document.history();
    let index = history.index_of(item.candidate.hash);
    let node = index.and_then(|index| history.node(index));
    match (index, node) {
        (Some(index), Some(node)) => {
            Ok(Place { in_document: index as u64, actor_seq: node.sequence })
        }
        _ => Err(StoreError::Damaged("accepted change outside its document")),
    }
}
