//! Phone to phone, over any byte stream (a hotspot's TCP first). Two phones that prove they belong to
//! people of the same court exchange the changes of cases both may read. What arrives goes through
//! the same gate as everything from outside, and is offered to the server later by whoever meets it
//! first: the author of a change is who acted, not who carried it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use super::receive::Received;
use super::set_aside::tray_is_full;
use super::{Phone, PhoneError, lock};
use crate::envelope::Body;
use crate::id::{CertificateId, DocumentId, EnvelopeId, sha256_parts};
use crate::identity::transition::{Transition, TransitionKind};
use crate::identity::{Canonical, Certificate, Signature, Signed, TrustError};
use crate::store::{Foreign, LogState, Membership, Origin, ReadTx, RefusedBy, WriteTx};
use crate::sync::batch::SignedChange;
use crate::sync::channel::{CASE, EntryHash};
use crate::sync::forms::meeting_of;
use crate::sync::peer::{self, Have, Hello, PeerStreamError};

/// Which side speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerRole {
    /// The phone that connected.
    Initiator,
    /// The phone that was connected to.
    Responder,
}

/// What a meeting did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerReport {
    /// The other phone's person.
    pub person: String,
    /// That person's name as on papers.
    pub name: String,
    /// Channels both may read.
    pub shared: Vec<String>,
    /// Changes handed over.
    pub given: usize,
    /// What came.
    pub received: Received,
    /// Own changes recorded anew after what came.
    pub recorded_anew: usize,
    /// Bytes sent.
    pub bytes_sent: usize,
    /// Which meeting it was, and with whom.
    pub(super) meeting: Meeting,
}

/// What both phones know of their meeting once they are proven to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meeting {
    /// Of this meeting and of no other, [`meeting_of`].
    pub(super) id: [u8; 32],
    /// The other phone's certificate.
    pub(super) other: CertificateId,
    /// That certificate was withdrawn: nothing is given to this phone.
    pub(super) shut_out: bool,
}

/// A meeting failed; what was taken in before stays.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The stream or a message on it.
    #[error(transparent)]
    Stream(#[from] PeerStreamError),
    /// This phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The other phone is of another court, has no certificate of this one, or does not hold its key.
    #[error("the other phone could not prove that it belongs to this court")]
    NotProven,
}

impl PeerError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stream(_) => "peer_stream",
            Self::Phone(error) => error.code(),
            Self::NotProven => "peer_not_proven",
        }
    }
}

impl Phone {
    /// Meets another phone over `stream`.
    pub fn meet<S: Read + Write>(
        &self,
        stream: &mut S,
        role: PeerRole,
    ) -> Result<PeerReport, PeerError> {
        while self.sign_pending(256)? > 0 {}
        let mut talk = Talk::new(stream, role);
        let own = self.hello()?;
        let other = Hello::decode(&talk.exchange(&own.encode())?).map_err(PeerStreamError::from)?;
        let proof = self.prove(&own, &other)?;
        let answer = talk.exchange(&proof)?;
        let person = self.check_proof(&own, &other, &answer)?;
        let seed = seed_of(&own, &other);
        // Of a phone whose certificate was withdrawn everything is taken, and nothing is given to it: not
        // even what this one has.
        let shut_out = self.is_withdrawn(&other.certificate);
        let (shared, mut have) = self.shared_with(&person, seed)?;
        if shut_out {
            for have in &mut have {
                have.fingerprints.clear();
            }
        }
        let theirs = peer::decode_have(&talk.exchange(&peer::encode_have(&have))?)
            .map_err(PeerStreamError::from)?;
        let (certificates, changes) =
            if shut_out { (Vec::new(), Vec::new()) } else { self.lacking(&shared, &theirs, seed)? };
        let given = changes.len();
        let gift = talk.exchange(&peer::encode_give(&certificates, &changes))?;
        let (received, recorded_anew) = self.take_gift(&gift, &shared)?;
        let meeting = Meeting { id: meeting_of(&own, &other), other: other.certificate, shut_out };
        let bytes_sent = talk.sent;
        let name = self.name_of(other.certificate);
        Ok(PeerReport { person, name, shared, given, received, recorded_anew, bytes_sent, meeting })
    }

    fn hello(&self) -> Result<Hello, PhoneError> {
        let acting = self.signed_in()?;
        let mut certificates = Vec::new();
        let directory = self.directory();
        let mut next = Some(acting.certificate);
        while let Some(id) = next {
            let Some(verified) = directory.get(&id) else { break };
            certificates.push(verified.signed().to_bytes());
            next = verified.payload().issuer;
        }
        Ok(Hello {
            court: self.court.clone(),
            certificate: acting.certificate,
            certificates,
            nonce: self.entropy.bytes16(),
        })
    }

    fn prove(&self, own: &Hello, other: &Hello) -> Result<Vec<u8>, PhoneError> {
        let signer = self.signer(own.certificate).ok_or(PhoneError::NotSignedIn)?;
        Ok(signer.sign(&peer::proof_message(own, other))?.as_bytes().to_vec())
    }

    fn check_proof(&self, own: &Hello, other: &Hello, proof: &[u8]) -> Result<String, PeerError> {
        if other.court != self.court {
            return Err(PeerError::NotProven);
        }
        for bytes in &other.certificates {
            // The root is known here already; what does not hold is not taken.
            let Ok(signed) = Signed::<Certificate>::from_bytes(bytes) else {
                return Err(PeerError::NotProven);
            };
            let id = CertificateId(signed.body_hash());
            if self.directory().get(&id).is_none()
                && self.trust(std::slice::from_ref(bytes)).is_err()
            {
                return Err(PeerError::NotProven);
            }
        }
        let directory = self.directory();
        let verified = directory.get(&other.certificate).ok_or(PeerError::NotProven)?;
        let key = verified.payload().signing_key().ok_or(PeerError::NotProven)?;
        let signature = Signature::from_bytes(proof).map_err(|_| PeerError::NotProven)?;
        key.verify(&peer::proof_message(other, own), &signature)
            .map_err(|_| PeerError::NotProven)?;
        verified.payload().person.clone().ok_or(PeerError::NotProven)
    }

    /// Cases both people belong to by this phone's server-signed transitions, and what it has of them.
    fn shared_with(
        &self,
        person: &str,
        seed: [u8; 8],
    ) -> Result<(Vec<String>, Vec<Have>), PhoneError> {
        self.store.read::<_, PhoneError>(|tx| {
            let mut shared = Vec::new();
            let mut have = Vec::new();
            for channel in tx.channels()? {
                let name = channel.channel;
                if channel.member != Membership::Member
                    || !name.starts_with(CASE)
                    || !self.is_member(tx, &name, person)?
                {
                    continue;
                }
                let fingerprints = self
                    .given_freely(tx, &name)?
                    .into_iter()
                    .map(|id| EntryHash::of_change(id).fingerprint(seed))
                    .collect();
                have.push(Have { channel: name.clone(), fingerprints });
                shared.push(name);
            }
            Ok((shared, have))
        })
    }

    pub(super) fn is_member(
        &self,
        tx: &ReadTx<'_>,
        channel: &str,
        person: &str,
    ) -> Result<bool, PhoneError> {
        let Some(last) = tx.member(channel, person)?.pop() else { return Ok(false) };
        let signed =
            Signed::<Transition>::from_bytes(&last.transition).map_err(TrustError::from)?;
        let verified = self.directory().verify(signed)?;
        Ok(matches!(&verified.payload().kind, TransitionKind::Member { enter: true, .. }))
    }

    /// Changes of a channel that may go to another member: signed ones, whatever the server said so far.
    fn given_freely(&self, tx: &ReadTx<'_>, channel: &str) -> Result<Vec<EnvelopeId>, PhoneError> {
        let mut ids = Vec::new();
        for id in tx.ids_of_channel(channel, None, u32::MAX)? {
            let state = tx.log_row(id)?.map(|row| row.row.state);
            if !matches!(state, None | Some(LogState::Unsigned | LogState::Quarantined)) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// The changes the other phone lacks, in an order in which each follows what it was made on, with
    /// their authors' certificates.
    #[allow(clippy::type_complexity)] // certificates and changes, as the doc line says
    fn lacking(
        &self,
        shared: &[String],
        theirs: &[Have],
        seed: [u8; 8],
    ) -> Result<(Vec<Vec<u8>>, Vec<SignedChange>), PhoneError> {
        self.store.read::<_, PhoneError>(|tx| {
            let mut rows = Vec::new();
            for have in theirs.iter().filter(|have| shared.contains(&have.channel)) {
                let known: BTreeSet<[u8; 8]> = have.fingerprints.iter().copied().collect();
                for id in self.given_freely(tx, &have.channel)? {
                    if !known.contains(&EntryHash::of_change(id).fingerprint(seed)) {
                        rows.extend(tx.log_row(id)?);
                    }
                }
            }
            rows.sort_by_key(|row| (row.row.priority, row.local));
            let directory = self.directory();
            let authors: BTreeSet<CertificateId> =
                rows.iter().map(|row| row.row.certificate).collect();
            let certificates = authors
                .iter()
                .filter_map(|id| directory.get(id))
                .map(|verified| verified.signed().to_bytes())
                .collect();
            let changes = rows
                .into_iter()
                .filter_map(|row| {
                    let signature = <[u8; 64]>::try_from(row.row.signature?.as_slice()).ok()?;
                    Some(Body::decode(&row.row.body).map(|body| SignedChange {
                        body,
                        signature,
                        change: row.row.change,
                    }))
                })
                .collect::<Result<Vec<_>, _>>()?;
            Ok((certificates, changes))
        })
    }

    fn take_gift(&self, gift: &[u8], shared: &[String]) -> Result<(Received, usize), PeerError> {
        let (certificates, rows) =
            peer::decode_give(gift, &self.court).map_err(PeerStreamError::from)?;
        // An author whose certificate does not hold stays unknown; the changes are then held.
        for certificate in &certificates {
            let _ = self.trust(std::slice::from_ref(certificate));
        }
        let _work = lock(&self.work);
        let result = self.store.write::<_, PhoneError>(|tx| {
            let changes: Vec<SignedChange> = rows.into_iter().flatten().collect();
            let channels = channels_of(tx, &changes)?;
            let mut by_channel: BTreeMap<&str, Vec<SignedChange>> = BTreeMap::new();
            let mut sum = Received::default();
            for signed in &changes {
                if let Some(channel) =
                    channels.get(&signed.body.document).filter(|channel| shared.contains(channel))
                {
                    by_channel.entry(channel).or_default().push(signed.clone());
                } else {
                    self.keep_stray(tx, signed)?;
                    sum.refused += 1;
                }
            }
            for (channel, changes) in by_channel {
                let received = self.receive(tx, channel, changes, Origin::Peer)?;
                sum.accepted += received.accepted;
                sum.known += received.known;
                sum.held += received.held;
                sum.refused += received.refused;
            }
            let anew = self.record_anew(tx)?;
            Ok((sum, anew))
        });
        if result.is_err() {
            lock(&self.documents).clear();
        }
        Ok(result?)
    }

    /// A change of a case the other phone had no business to give: kept where a person sees it.
    fn keep_stray(&self, tx: &WriteTx<'_>, signed: &SignedChange) -> Result<(), PhoneError> {
        let kept = tx.keep_foreign(&Foreign {
            bytes: &signed.body.encode(),
            origin: Origin::Peer,
            document: Some(signed.body.document),
            channel: None,
            reason: "foreign_channel",
            refused_by: RefusedBy::Phone,
            refused_ms: self.device_ms(),
        });
        match kept {
            Ok(_) => Ok(()),
            // A full tray stops nothing else.
            Err(error) if tray_is_full(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The channel of each document: by the document here, or by the creating change that came along.
fn channels_of(
    tx: &ReadTx<'_>,
    changes: &[SignedChange],
) -> Result<BTreeMap<DocumentId, String>, PhoneError> {
    let mut channels = BTreeMap::new();
    for signed in changes {
        let document = signed.body.document;
        if channels.contains_key(&document) {
            continue;
        }
        if let Some(row) = tx.document(document)? {
            channels.insert(document, row.channel);
        } else if DocumentId::of_creating_change(signed.body.change) == document
            && let Some(case) = case_of(&signed.change)
        {
            channels.insert(document, crate::sync::channel::of_case(&case));
        }
    }
    Ok(channels)
}

/// The case that a creating change names.
fn case_of(change: &[u8]) -> Option<String> {
    use crate::document::{Container, Content, Limits, expand};
    expand(change, Limits::V1).ok()?.operations.into_iter().find_map(|operation| {
        match (operation.container, operation.key.as_str(), operation.content) {
            (Container::Root, "case", Content::Scalar(value)) => value.as_text().map(str::to_owned),
            _ => None,
        }
    })
}

/// Both phones compute the same seed, fresh for each meeting.
fn seed_of(own: &Hello, other: &Hello) -> [u8; 8] {
    let (first, second) = if own.nonce <= other.nonce { (own, other) } else { (other, own) };
    let hash = sha256_parts(&[b"lastmile-peer-seed-v1", &first.nonce, &second.nonce]);
    let mut seed = [0_u8; 8];
    seed.copy_from_slice(&hash[..8]);
    seed
}

/// The alternation of messages: the initiator speaks first each time.
pub(super) struct Talk<'s, S> {
    stream: &'s mut S,
    role: PeerRole,
    sent: usize,
}

impl<'s, S: Read + Write> Talk<'s, S> {
    pub(super) fn new(stream: &'s mut S, role: PeerRole) -> Self {
        Self { stream, role, sent: 0 }
    }

    pub(super) fn exchange(&mut self, message: &[u8]) -> Result<Vec<u8>, PeerStreamError> {
        if self.role == PeerRole::Initiator {
            self.sent += peer::send(self.stream, message)?;
            peer::receive(self.stream)
        } else {
            let answer = peer::receive(self.stream)?;
            self.sent += peer::send(self.stream, message)?;
            Ok(answer)
        }
    }
}
