//! Changes from outside, from the server or from another phone, through the same gate as own ones.
//!
//! A change the phone cannot judge yet is kept as held and judged again when something of its record
//! arrives. What becomes of those that do not enter is [`super::set_aside`]'s.

use std::collections::BTreeMap;

use super::cache::provenance;
use super::save::log_row;
use super::set_aside::{SAME_CHANGE, held_row};
use super::withdrawn::REVOKED;
use super::{Phone, PhoneError, lock};
use crate::document::{Acceptance, Candidate, Document, Refusal, Verdict, accept, entering};
use crate::envelope::{EnvelopeError, RawChange, UnverifiedChange};
use crate::id::{DocumentId, EnvelopeId};
use crate::identity::Canonical;
use crate::store::{Appended, LogRow, LogState, Origin, RefusedBy, StoreError, WriteTx};
use crate::sync::batch::SignedChange;

/// What became of changes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// New and part of their records.
    pub accepted: usize,
    /// Here before.
    pub known: usize,
    /// Kept until something else arrives.
    pub held: usize,
    /// Refused by this phone and kept in the tray.
    pub refused: usize,
}

/// A change on its way in.
pub(super) struct Arrival {
    pub(super) signed: SignedChange,
    pub(super) id: EnvelopeId,
    /// Why it cannot be judged by signature yet, or who made it.
    pub(super) author: Result<(String, Vec<crate::records::Role>), EnvelopeError>,
}

impl Phone {
    /// Takes in `changes` from `origin`; `channel` is where they came in.
    pub(super) fn receive(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        changes: Vec<SignedChange>,
        origin: Origin,
    ) -> Result<Received, PhoneError> {
        let mut by_document: BTreeMap<DocumentId, Vec<Arrival>> = BTreeMap::new();
        for signed in changes {
            let arrival = self.arrival(signed);
            by_document.entry(arrival.signed.body.document).or_default().push(arrival);
        }
        let mut received = Received::default();
        for (document, arrivals) in by_document {
            self.receive_document(tx, channel, document, arrivals, origin, &mut received)?;
        }
        Ok(received)
    }

    /// Judges again what was held before this app was opened: it may know more than the one before it
    /// (a record kind of a later version, law 10).
    pub(super) fn judge_held(&self) -> Result<(), PhoneError> {
        let documents = self.store.read::<_, PhoneError>(|tx| Ok(tx.documents_with_held()?))?;
        if documents.is_empty() {
            return Ok(());
        }
        let _work = lock(&self.work);
        self.store.write::<_, PhoneError>(|tx| {
            let mut received = Received::default();
            for document in documents {
                self.receive_document(tx, "", document, Vec::new(), Origin::Peer, &mut received)?;
            }
            Ok(())
        })
    }

    /// Whether the signature of a kept change holds under a known certificate.
    fn author_of(&self, row: &LogRow) -> Result<(), EnvelopeError> {
        let row = &row.row;
        let signature = row.signature.as_deref().unwrap_or_default();
        let raw = RawChange { body: &row.body, signature, change: &row.change };
        UnverifiedChange::from_raw_parts(raw)?.verify(&self.directory(), &self.court).map(|_| ())
    }

    fn arrival(&self, signed: SignedChange) -> Arrival {
        let body = signed.body.encode();
        let raw = RawChange { body: &body, signature: &signed.signature, change: &signed.change };
        let author = UnverifiedChange::from_raw_parts(raw)
            .and_then(|unverified| unverified.verify(&self.directory(), &self.court))
            .map(|verified| {
                (verified.person().to_owned(), verified.certificate().known_roles().collect())
            });
        Arrival { id: signed.body.id(), signed, author }
    }

    fn receive_document(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        id: DocumentId,
        arrivals: Vec<Arrival>,
        origin: Origin,
        received: &mut Received,
    ) -> Result<(), PhoneError> {
        let mut fresh = Vec::new();
        for arrival in arrivals {
            match tx.log_row(arrival.id)? {
                Some(row) => {
                    received.known += 1;
                    if origin == Origin::Server && row.row.state != LogState::Unsigned {
                        self.confirm(tx, arrival.id, row.row.state)?;
                    }
                }
                None => fresh.push(arrival),
            }
        }
        if origin == Origin::Server {
            for arrival in &fresh {
                self.give_way(tx, arrival)?;
            }
        }
        let mut distinct = Vec::with_capacity(fresh.len());
        for arrival in fresh {
            if self.same_change_stands(tx, &arrival, origin)? {
                let row = held_row(channel, &arrival, SAME_CHANGE, origin, self.device_ms());
                self.to_tray(tx, &row, SAME_CHANGE)?;
                received.refused += 1;
            } else {
                distinct.push(arrival);
            }
        }
        let fresh = distinct;
        let before = self.load(tx, id)?;
        let mut candidates: Vec<(Candidate, Option<Arrival>)> = Vec::new();
        // Those of withdrawn authors: from another phone they are kept, not merged.
        let mut withheld: Vec<bool> = Vec::new();
        for arrival in fresh {
            match &arrival.author {
                Ok((person, roles)) => {
                    let candidate = candidate_of(&arrival, person, roles);
                    withheld.push(
                        origin == Origin::Peer
                            && self.is_withdrawn(&arrival.signed.body.certificate),
                    );
                    candidates.push((candidate, Some(arrival)));
                }
                Err(error) if error.may_heal() => {
                    self.keep_held(tx, channel, &arrival, error.code(), origin)?;
                    received.held += 1;
                }
                Err(error) => {
                    let code = error.code();
                    let row = held_row(channel, &arrival, code, origin, self.device_ms());
                    self.to_tray(tx, &row, code)?;
                    received.refused += 1;
                }
            }
        }
        // What waited for this record is judged again together with what came.
        for row in
            tx.held(id, 0, u32::MAX)?.into_iter().filter(|row| row.row.state == LogState::Held)
        {
            // It may have been kept because nobody knew the certificate: then nobody has looked at
            // its signature either.
            if let Err(error) = self.author_of(&row) {
                if !error.may_heal() {
                    tx.refuse(row.row.id, RefusedBy::Phone, error.code(), self.device_ms())?;
                    received.refused += 1;
                }
                continue;
            }
            let directory = self.directory();
            let candidate = Candidate {
                document: id,
                hash: row.row.change_hash,
                actor: row.row.actor,
                schema: crate::envelope::Body::decode(&row.row.body)?.schema,
                provenance: provenance(&directory, &row),
                bytes: row.row.change.clone(),
            };
            withheld.push(self.waits_for_the_court(&row));
            candidates.push((candidate, None));
        }
        let candidates = self.hold_withheld(tx, channel, before.as_ref(), candidates, &withheld)?;
        received.held += candidates.1;
        let candidates = candidates.0;
        if candidates.is_empty() {
            return Ok(());
        }
        let plain: Vec<Candidate> =
            candidates.iter().map(|(candidate, _)| candidate.clone()).collect();
        let Acceptance { document, verdicts } = accept(&self.kinds, before, &plain);
        let mut updated = 0;
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        // Log order must be causal for what was accepted together.
        if let Some(document) = &document {
            order.sort_by_key(|at| {
                let hash =
                    candidates.get(*at).map(|(candidate, _)| candidate.hash).unwrap_or_default();
                document.history().index_of(hash).unwrap_or(usize::MAX)
            });
        }
        for at in order {
            let (Some((candidate, arrival)), Some(verdict)) =
                (candidates.get(at), verdicts.get(at))
            else {
                continue;
            };
            let local = match arrival {
                Some(arrival) => self.settle_new(
                    tx,
                    channel,
                    document.as_ref(),
                    arrival,
                    *verdict,
                    origin,
                    received,
                )?,
                None => self.settle_held(tx, candidate, *verdict, received)?,
            };
            updated = updated.max(local);
        }
        lock(&self.documents).drop_one(id);
        if let Some(document) = document {
            self.put_document(tx, &document, updated)?;
        }
        Ok(())
    }

    /// Keeps what is withheld and needed by nobody else's work; gives what is to be judged, and how
    /// many were newly kept.
    #[allow(clippy::type_complexity)] // as the doc line says
    fn hold_withheld(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        before: Option<&Document>,
        candidates: Vec<(Candidate, Option<Arrival>)>,
        withheld: &[bool],
    ) -> Result<(Vec<(Candidate, Option<Arrival>)>, usize), PhoneError> {
        let plain: Vec<Candidate> =
            candidates.iter().map(|(candidate, _)| candidate.clone()).collect();
        let enter = entering(&self.kinds, before, &plain, withheld);
        let mut judged = Vec::with_capacity(candidates.len());
        let mut kept = 0;
        for ((candidate, arrival), enter) in candidates.into_iter().zip(enter) {
            match arrival {
                _ if enter => judged.push((candidate, arrival)),
                Some(arrival) => {
                    self.keep_held(tx, channel, &arrival, REVOKED, Origin::Peer)?;
                    kept += 1;
                }
                None => {}
            }
        }
        Ok((judged, kept))
    }

    #[allow(clippy::too_many_arguments)] // one arrival, where it came in, and what became of it
    fn settle_new(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        document: Option<&Document>,
        arrival: &Arrival,
        verdict: Verdict,
        origin: Origin,
        received: &mut Received,
    ) -> Result<i64, PhoneError> {
        let now = self.device_ms();
        match (verdict, document) {
            (Verdict::Accepted | Verdict::Known, Some(document)) => {
                let body = &arrival.signed.body;
                let signature = Some(arrival.signed.signature.to_vec());
                let mut row =
                    log_row(body, arrival.signed.change.clone(), signature, origin, document, now);
                row.on_server = origin == Origin::Server;
                if origin == Origin::Server {
                    row.state = LogState::Accepted;
                }
                match tx.append(&row) {
                    Ok(Appended::New(local) | Appended::Known(local)) => {
                        tx.set_returned(arrival.id)?;
                        received.accepted += 1;
                        Ok(local)
                    }
                    Err(StoreError::Twin { .. }) => {
                        self.to_tray(tx, &row, Refusal::Twin.code())?;
                        received.refused += 1;
                        Ok(0)
                    }
                    Err(error) => Err(error.into()),
                }
            }
            (Verdict::Held(hold), _) => {
                self.keep_held(tx, channel, arrival, hold.code(), origin)?;
                received.held += 1;
                Ok(0)
            }
            (Verdict::Rejected(refusal), _) => {
                let row = held_row(channel, arrival, refusal.code(), origin, now);
                self.to_tray(tx, &row, refusal.code())?;
                received.refused += 1;
                Ok(0)
            }
            (_, None) => Ok(0),
        }
    }

    fn settle_held(
        &self,
        tx: &WriteTx<'_>,
        candidate: &Candidate,
        verdict: Verdict,
        received: &mut Received,
    ) -> Result<i64, PhoneError> {
        let id = candidate.provenance.envelope;
        match verdict {
            Verdict::Accepted | Verdict::Known => {
                let on_server = tx.log_row(id)?.is_some_and(|row| row.row.on_server);
                tx.set_state(
                    id,
                    if on_server { LogState::Accepted } else { LogState::Signed },
                    None,
                )?;
                received.accepted += 1;
            }
            Verdict::Held(hold) => tx.set_state(id, LogState::Held, Some(hold.code()))?,
            Verdict::Rejected(refusal) => {
                tx.refuse(id, RefusedBy::Phone, refusal.code(), self.device_ms())?;
                received.refused += 1;
            }
        }
        Ok(0)
    }
}

fn candidate_of(arrival: &Arrival, person: &str, roles: &[crate::records::Role]) -> Candidate {
    let body = &arrival.signed.body;
    Candidate {
        document: body.document,
        hash: body.change,
        actor: body.actor(),
        schema: body.schema,
        provenance: crate::document::Provenance {
            envelope: arrival.id,
            person: person.to_owned(),
            roles: roles.to_vec(),
            verb: body.verb.clone(),
            device_ms: body.device_ms,
        },
        bytes: arrival.signed.change.clone(),
    }
}
