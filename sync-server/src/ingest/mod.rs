//! From bytes that a phone offers to verdicts, feeds and read models. One call handles everything one
//! request brings, inside the caller's transaction: all of it becomes durable, or none.
//!
//! ```text
//! verify (signature, certificate)      without the database lock
//!   └► sort (known? twin? new)         ─┐
//!       └► judge, document by document  │ one transaction
//!           └► publish (feeds, routing, │
//!               read models)           ─┘
//! ```
//!
//! A verdict never blocks another document. Rejection is a pure function of the change and its
//! ancestors ([`lastmile_core::document::accept`]); who belongs to a case is asked afterwards and
//! leads to quarantine, where a person decides.

mod device;
mod files;
mod hot;
mod judge;
mod models;
mod person;
mod publish;
mod verify;

use std::collections::{BTreeSet, HashMap};

use lastmile_core::document::{Candidate, Document};
use lastmile_core::envelope::VerifiedChange;
use lastmile_core::id::{CertificateId, DocumentId, EnvelopeId, Epoch};
use lastmile_core::identity::Directory;
use lastmile_core::records::KindSet;
use lastmile_core::sync::batch::{DamagedRow, SignedChange};
use lastmile_core::sync::response::Outcome;

pub use hot::Hot;
pub use judge::rebuild;
pub use models::model_of;
pub use publish::position_of;
pub use verify::{Offered, verify_all};

use crate::issuer::{IssueError, Issuer};
use crate::routing::Stations;
use crate::store::{State, StoreError, Writing};

/// Codes that this folder adds to those of acceptance and of envelopes.
pub mod reason {
    /// Another envelope has this device's place in its own order: a cloned or restored phone.
    pub const TWIN: &str = "twin";
    /// The author does not belong to the case.
    pub const NOT_A_MEMBER: &str = "not_a_member";
    /// The server knows no such case.
    pub const UNKNOWN_CASE: &str = "unknown_case";
    /// It was made on a change that waits for a person's decision.
    pub const ON_QUARANTINED: &str = "depends_on_quarantined";
    /// The author's certificate was withdrawn before the change came.
    pub const REVOKED: &str = "revoked";
    /// The author's certificate had run out when it was recorded.
    pub const EXPIRED: &str = "expired";
    /// A person decided that it stays out.
    pub const SET_ASIDE: &str = "set_aside";
    /// The row's bytes are not a change.
    pub const DAMAGED: &str = "malformed_change";
    /// The phone has as many changes waiting as one phone may have.
    pub const TOO_MANY_HELD: &str = "too_many_held";
}

/// Something went wrong that is nobody's change's fault; nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's own signature.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Stored changes no longer make a document.
    #[error("the stored changes of document {0} do not make a document")]
    LogDamaged(DocumentId),
}

impl IngestError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Issue(error) => error.code(),
            Self::LogDamaged(_) => "log_damaged",
        }
    }
}

/// What every step needs.
pub struct Ingest<'a> {
    /// The transaction.
    pub writing: &'a Writing<'a>,
    /// Record kinds this server knows.
    pub kinds: &'a KindSet,
    /// Who is who.
    pub directory: &'a Directory,
    /// The server's voice.
    pub issuer: &'a Issuer,
    /// Where requests go.
    pub stations: &'a Stations,
    /// Server clock, milliseconds since 1970.
    pub now_ms: i64,
    /// Documents in memory.
    pub hot: &'a mut Hot,
}

impl std::fmt::Debug for Ingest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ingest").field("now_ms", &self.now_ms).finish_non_exhaustive()
    }
}

/// What became of what a request brought.
#[derive(Debug, Default)]
pub struct Ingested {
    /// One outcome per row.
    pub outcomes: Vec<Outcome>,
    /// Channels that have new entries.
    pub channels: BTreeSet<String>,
    /// Documents that changed.
    pub documents: Vec<Document>,
}

/// One change on its way through judgement.
#[derive(Debug)]
struct Item {
    candidate: Candidate,
    /// Row of the request, for what came with it; else it was stored before.
    row: Option<usize>,
    /// Verdict it had, when stored before.
    was: Option<State>,
    /// Why it enters only when an accepted change of somebody else needs it.
    withheld: Option<&'static str>,
    /// A person admitted it.
    admitted: bool,
}

impl Ingest<'_> {
    /// Takes in everything one phone (`carrier`) offers.
    pub fn take(
        &mut self,
        carrier: CertificateId,
        offered: &[Result<Offered, DamagedRow>],
    ) -> Result<Ingested, IngestError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; offered.len()];
        let mut order: Vec<DocumentId> = Vec::new();
        let mut fresh: HashMap<DocumentId, Vec<usize>> = HashMap::new();
        let mut first_row: HashMap<EnvelopeId, usize> = HashMap::new();
        let mut places: HashMap<(String, Epoch, u64), EnvelopeId> = HashMap::new();
        let mut repeats: Vec<(usize, usize)> = Vec::new();
        for (row, offer) in offered.iter().enumerate() {
            let Ok(offer) = offer else {
                outcomes[row] = Some(Outcome::Rejected(reason::DAMAGED.to_owned()));
                continue;
            };
            let id = offer.id();
            if let Some(first) = first_row.get(&id) {
                repeats.push((row, *first));
                continue;
            }
            first_row.insert(id, row);
            if let Some((state, why)) = self.writing.verdict(id)? {
                outcomes[row] = Some(outcome_of(state, why));
                continue;
            }
            let change = match offer {
                Offered::Verified(change) => change,
                Offered::Refused { signed, code, may_heal, .. } => {
                    outcomes[row] = Some(self.keep_refused(carrier, signed, code, *may_heal)?);
                    continue;
                }
            };
            let body = change.body();
            let device = change.certificate().device.clone().unwrap_or_default();
            let place = (device, body.epoch, body.sequence);
            let twin = places.get(&place).is_some_and(|taken| *taken != id)
                || self.writing.has_twin(&place.0, body.epoch, body.sequence, id)?;
            if twin {
                self.store_new(carrier, change, State::Rejected, reason::TWIN, None, None)?;
                outcomes[row] = Some(Outcome::Rejected(reason::TWIN.to_owned()));
                continue;
            }
            places.insert(place, id);
            let rows = fresh.entry(body.document).or_default();
            if rows.is_empty() {
                order.push(body.document);
            }
            rows.push(row);
        }
        let mut batch = publish::Batch::default();
        for document in order {
            let rows = fresh.remove(&document).unwrap_or_default();
            let changes: Vec<(usize, &VerifiedChange)> = rows
                .into_iter()
                .filter_map(|row| match offered.get(row) {
                    Some(Ok(Offered::Verified(change))) => Some((row, change.as_ref())),
                    _ => None,
                })
                .collect();
            let decided =
                self.judge_document(carrier, document, &changes, &BTreeSet::new(), &mut batch)?;
            for (row, outcome) in decided {
                outcomes[row] = Some(outcome);
            }
        }
        for (row, first) in repeats {
            outcomes[row] = match &outcomes[first] {
                Some(Outcome::Accepted) => Some(Outcome::Known),
                other => other.clone(),
            };
        }
        let channels = batch.write(self)?;
        Ok(Ingested {
            // Every row was decided above; a gap would be this program's fault, and held is the
            // outcome that loses nothing.
            outcomes: outcomes
                .into_iter()
                .map(|outcome| outcome.unwrap_or_else(|| Outcome::Held("unjudged".to_owned())))
                .collect(),
            channels,
            documents: batch.documents,
        })
    }

    /// Judges again what waits in `documents`, after something that they waited for has come: a case,
    /// a later version of this program, or people who `entered` the case.
    pub fn rejudge(
        &mut self,
        documents: &[DocumentId],
        entered: &BTreeSet<String>,
    ) -> Result<Ingested, IngestError> {
        let mut batch = publish::Batch::default();
        for document in documents {
            self.judge_document(CertificateId::default(), *document, &[], entered, &mut batch)?;
        }
        let channels = batch.write(self)?;
        Ok(Ingested { outcomes: Vec::new(), channels, documents: batch.documents })
    }
}

/// The first verdict, repeated.
fn outcome_of(state: State, why: String) -> Outcome {
    match state {
        State::Accepted => Outcome::Known,
        State::Held => Outcome::Held(why),
        State::Quarantined => Outcome::Quarantined(why),
        State::Rejected => Outcome::Rejected(why),
    }
}

/// The change as it travels.
pub fn travelling(row: &crate::store::EnvelopeRow) -> Result<SignedChange, StoreError> {
    use lastmile_core::identity::Canonical;
    let body = lastmile_core::envelope::Body::decode(&row.body)
        .map_err(|_| StoreError::Damaged("envelope body"))?;
    Ok(SignedChange { body, signature: row.signature, change: row.change.clone() })
}
