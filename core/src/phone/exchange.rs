//! One exchange with the server as two steps over the store: [`Phone::plan`] says what to send,
//! [`Phone::apply`] takes the answer in, in one transaction. No network here, so that tests can lose,
//! repeat and reorder messages as they like.

use super::log::{evidence, evidence_given, held_log};
use super::receive::Received;
use super::{Phone, PhoneError, lock};
use crate::envelope::Body;
use crate::id::{CertificateId, EnvelopeId, ServerEpoch};
use crate::identity::transition::{Transition, TransitionKind};
use crate::identity::{Canonical, Certificate, Signed};
use crate::log::Placed;
use crate::pack::signed::{PackError, SignedPack};
use crate::store::{
    FeedEntry, LogState, MemberRow, Membership, NewFeedEntry, Origin, PackKept, PackRow, RefusedBy,
    StoreError, WriteTx,
};
use crate::sync::batch::SignedChange;
use crate::sync::channel::{CASE, EntryHash, EntryKind, SetHash};
use crate::sync::request::{Cursor, Repair, SyncRequest};
use crate::sync::response::{ChannelNews, Entry, Outcome, SyncResponse};

/// How much one exchange may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Bytes of changes offered at most (at least one change is offered).
    pub up: usize,
    /// Bytes of changes wanted at most.
    pub down: u64,
    /// Ask what the server has instead of offering anything.
    pub probe: bool,
    /// Seconds to wait for news.
    pub wait_s: u64,
}

/// A request ready to go, and what the phone must remember to read the answer.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The request.
    pub request: SyncRequest,
    /// Envelopes offered, in order.
    pub offered: Vec<EnvelopeId>,
    /// Whether everything pending is in it.
    pub complete: bool,
}

/// What an answer brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Verdicts on what was offered: accepted or known.
    pub accepted: usize,
    /// Kept by the server until something arrives.
    pub held: usize,
    /// Kept by the server for a person to decide.
    pub quarantined: usize,
    /// Refused; in the tray now.
    pub rejected: usize,
    /// Own changes recorded anew after a refusal.
    pub recorded_anew: usize,
    /// What came from others.
    pub received: Received,
    /// Some channel goes on.
    pub more: bool,
    /// Some channel differs and will be repaired.
    pub differs: bool,
    /// The server was restored since the last contact.
    pub server_restored: bool,
}

impl Phone {
    /// What to send now.
    pub fn plan(&self, limit: Limit) -> Result<Plan, PhoneError> {
        self.plan_without(limit, &[])
    }

    /// Like [`Self::plan`], leaving out own changes whose sequence lies in `there`. A probe offers
    /// requests for assistance only: they go up whatever else has to wait.
    pub(super) fn plan_without(
        &self,
        limit: Limit,
        there: &[(u64, u64)],
    ) -> Result<Plan, PhoneError> {
        let acting = self.signed_in()?;
        self.store.read::<_, PhoneError>(|tx| {
            let identity = tx.identity()?.ok_or(PhoneError::Protocol("the store has no epoch"))?;
            let mut changes = Vec::new();
            let mut offered = Vec::new();
            let mut bytes = 0;
            let mut complete = !limit.probe;
            {
                for row in tx.pending(None, 20_000)? {
                    let row = row.row;
                    let known = row.epoch == identity.epoch
                        && there.iter().any(|(from, to)| (*from..=*to).contains(&row.sequence));
                    if known || (limit.probe && row.priority > 0) {
                        complete = false;
                        continue;
                    }
                    bytes += row.body.len() + row.change.len() + 64;
                    if !changes.is_empty() && bytes > limit.up {
                        complete = false;
                        break;
                    }
                    let signature = row
                        .signature
                        .as_deref()
                        .and_then(|signature| <[u8; 64]>::try_from(signature).ok())
                        .ok_or(PhoneError::Protocol("a pending change has no signature"))?;
                    changes.push(SignedChange {
                        body: Body::decode(&row.body)?,
                        signature,
                        change: row.change,
                    });
                    offered.push(row.id);
                }
            }
            let mut channels = Vec::new();
            for channel in tx.channels()? {
                // On a shared phone the cases of others are not this person's to ask for.
                let others = channel.channel.starts_with(CASE)
                    && tx.member(&channel.channel, &acting.person)?.is_empty();
                if !others {
                    channels.push(channel);
                }
            }
            let mut repairs = Vec::new();
            for channel in &channels {
                if tx
                    .setting(&differs_key(&channel.channel))?
                    .is_some_and(|value| !value.is_empty())
                {
                    repairs.push(self.repair(tx, &channel.channel)?);
                }
            }
            let cursors = channels
                .into_iter()
                .filter(|channel| channel.member != Membership::Left)
                .map(|channel| Cursor {
                    channel: channel.channel,
                    seq: channel.cursor,
                    set: SetHash(channel.set_hash),
                })
                .collect();
            let request = SyncRequest {
                court: self.court.clone(),
                certificate: acting.certificate,
                epoch: identity.epoch,
                server_epoch: tx.server_epoch()?,
                max_bytes: limit.down,
                wait_s: limit.wait_s,
                probe: limit.probe,
                cursors,
                repairs,
                certificates: Vec::new(),
                changes,
                log: held_log(tx)?,
                evidence: evidence(tx)?,
            };
            Ok(Plan { request, offered, complete })
        })
    }

    /// Whether some channel waits for a repair.
    pub(super) fn wants_repair(&self) -> Result<bool, PhoneError> {
        self.store.read(|tx| {
            for channel in tx.channels()? {
                if tx
                    .setting(&differs_key(&channel.channel))?
                    .is_some_and(|value| !value.is_empty())
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn repair(&self, tx: &crate::store::ReadTx<'_>, channel: &str) -> Result<Repair, PhoneError> {
        let mut seed = [0_u8; 8];
        self.entropy.fill(&mut seed);
        let mut fingerprints = Vec::new();
        for entry in tx.feed(channel, 0, u32::MAX)? {
            // A change that is in the feed but no longer in the log (refused, lost) is to come again.
            let here = match change_of(&entry) {
                Some(id) => tx.log_row(id)?.is_some(),
                None => true,
            };
            if here {
                fingerprints.push(EntryHash(entry.entry_hash).fingerprint(seed));
            }
        }
        Ok(Repair { channel: channel.to_owned(), seed, fingerprints })
    }

    /// Takes in the answer to `plan`.
    pub fn apply(&self, plan: &Plan, answer: &SyncResponse) -> Result<Applied, PhoneError> {
        if answer.outcomes.len() != plan.offered.len() {
            return Err(PhoneError::Protocol("as many outcomes as changes are needed"));
        }
        let _work = lock(&self.work);
        let result = self.store.write::<_, PhoneError>(|tx| {
            let mut applied = Applied::default();
            let skew = self.device_ms().saturating_sub(answer.server_ms);
            tx.set_setting("skew_ms", &skew.to_be_bytes())?;
            tx.set_setting("last_contact_ms", &self.device_ms().to_be_bytes())?;
            self.notice_restore(tx, plan, answer.server_epoch, &mut applied)?;
            for (id, outcome) in plan.offered.iter().zip(&answer.outcomes) {
                self.apply_outcome(tx, *id, outcome, &mut applied)?;
            }
            let mut changes = answer.changes.iter();
            let mut placed = Vec::with_capacity(answer.news.len());
            for news in &answer.news {
                placed.push(self.apply_news(
                    tx,
                    plan,
                    answer.server_epoch,
                    news,
                    &mut changes,
                    &mut applied,
                )?);
            }
            if changes.next().is_some() {
                return Err(PhoneError::Protocol("changes without entries"));
            }
            // Last, because the certificate that signs the log may come with this very answer.
            if let Some(proved) = self.judge_receipt(tx, plan, answer, placed)? {
                self.keep_proved(tx, &proved)?;
            }
            evidence_given(tx)?;
            applied.recorded_anew = self.record_anew(tx)?;
            Ok(applied)
        });
        if let Err(error) = &result {
            // The transaction is undone; what was loaded inside it is not to be trusted.
            lock(&self.documents).clear();
            if let PhoneError::Rewritten(trouble) = error {
                self.keep_alarm(*trouble, answer)?;
            }
        }
        result
    }

    /// Another server epoch: the server was restored. Its channels are compared and what it lost is
    /// offered again; nothing here is dropped.
    fn notice_restore(
        &self,
        tx: &WriteTx<'_>,
        plan: &Plan,
        epoch: ServerEpoch,
        applied: &mut Applied,
    ) -> Result<(), PhoneError> {
        let before = tx.server_epoch()?;
        if before == Some(epoch) {
            return Ok(());
        }
        tx.set_server_epoch(epoch)?;
        if before.is_some() {
            applied.server_restored = true;
            for cursor in &plan.request.cursors {
                tx.set_setting(&differs_key(&cursor.channel), b"restored")?;
            }
        }
        Ok(())
    }

    pub(super) fn apply_outcome(
        &self,
        tx: &WriteTx<'_>,
        id: EnvelopeId,
        outcome: &Outcome,
        applied: &mut Applied,
    ) -> Result<(), PhoneError> {
        let Some(row) = tx.log_row(id)? else { return Ok(()) };
        match outcome {
            Outcome::Accepted | Outcome::Known => {
                applied.accepted += 1;
                self.confirm(tx, id, row.row.state)
            }
            Outcome::Held(_) => {
                applied.held += 1;
                Ok(tx.mark_on_server(id)?)
            }
            Outcome::Quarantined(reason) => {
                applied.quarantined += 1;
                tx.mark_on_server(id)?;
                tx.set_state(id, LogState::Quarantined, Some(reason))?;
                lock(&self.documents).drop_one(row.row.document);
                self.refresh(tx, row.row.document)
            }
            Outcome::Rejected(reason) => {
                applied.rejected += 1;
                self.withdraw(tx, id, RefusedBy::Server, reason)
            }
        }
    }

    fn apply_news<'a>(
        &self,
        tx: &WriteTx<'_>,
        plan: &Plan,
        server_epoch: ServerEpoch,
        news: &ChannelNews,
        changes: &mut impl Iterator<Item = &'a SignedChange>,
        applied: &mut Applied,
    ) -> Result<Placed, PhoneError> {
        let name = news.channel.as_str();
        let mut entries = Vec::with_capacity(news.entries.len());
        let held: Vec<FeedEntry> =
            if news.repaired { tx.feed(name, 0, u32::MAX)? } else { Vec::new() };
        if news.repaired {
            let leaving = tx.channel(name)?.is_some_and(|row| row.member == Membership::Leaving);
            tx.restart_channel(name, server_epoch)?;
            if leaving {
                tx.set_leaving(name)?;
            }
            tx.set_setting(&differs_key(name), b"")?;
            // Until an entry says so, nothing is known to be there: what the server turns out not to
            // have is offered again, and gives way to a twin that it has instead.
            tx.offer_again(name)?;
        } else {
            tx.enter_channel(name, server_epoch)?;
        }
        let seed = plan
            .request
            .repairs
            .iter()
            .find(|repair| repair.channel == name)
            .map(|repair| repair.seed);
        let cursor = tx
            .channel(name)?
            .map_or((0, SetHash::default()), |row| (row.cursor, SetHash(row.set_hash)));
        let (mut seq, mut set) = cursor;
        // An answer that arrives twice, or after another one, has entries this phone has read.
        let mut skip = seq.saturating_sub(news.after);
        if news.after > seq {
            return Err(PhoneError::Protocol("the channel's news leave a gap"));
        }
        let mut incoming = Vec::new();
        for entry in &news.entries {
            let (kind, reference, bytes): (EntryKind, Vec<u8>, Option<&[u8]>) = match entry {
                Entry::Own(row) => {
                    let id = usize::try_from(*row).ok().and_then(|row| plan.offered.get(row));
                    let id = id.ok_or(PhoneError::Protocol("an entry refers to no change"))?;
                    self.confirm_known(tx, *id)?;
                    (EntryKind::Change, id.0.to_vec(), None)
                }
                Entry::Change => {
                    let signed =
                        changes.next().ok_or(PhoneError::Protocol("an entry has no change"))?;
                    let id = signed.body.id();
                    if skip == 0 {
                        incoming.push(signed.clone());
                    }
                    (EntryKind::Change, id.0.to_vec(), None)
                }
                Entry::Certificate(bytes) => {
                    (EntryKind::Certificate, certificate_id(bytes)?.0.to_vec(), Some(bytes))
                }
                Entry::Transition(bytes) => {
                    (EntryKind::Transition, transition_id(bytes)?.to_vec(), Some(bytes))
                }
                Entry::Pack(bytes) => (EntryKind::Pack, pack_id(bytes)?.to_vec(), Some(bytes)),
                Entry::Have(print) => {
                    let seed =
                        seed.ok_or(PhoneError::Protocol("a fingerprint without a repair"))?;
                    let known = held
                        .iter()
                        .find(|entry| EntryHash(entry.entry_hash).fingerprint(seed) == *print)
                        .ok_or(PhoneError::Protocol("an unknown fingerprint"))?;
                    if let Some(id) = change_of(known) {
                        self.confirm_known(tx, id)?;
                    }
                    let id = <[u8; 32]>::try_from(known.ref_id.as_slice());
                    let id = id.map_err(|_| PhoneError::Protocol("an entry's id is short"))?;
                    entries.push((kind_of(&known.kind)?, id));
                    seq += 1;
                    set = set.with(EntryHash(known.entry_hash));
                    tx.append_feed(
                        name,
                        &NewFeedEntry {
                            seq,
                            entry_hash: known.entry_hash,
                            kind: &known.kind,
                            ref_id: &known.ref_id,
                            bytes: known.bytes.as_deref(),
                            set_hash: set.0,
                        },
                    )?;
                    continue;
                }
            };
            let id: [u8; 32] = reference
                .as_slice()
                .try_into()
                .map_err(|_| PhoneError::Protocol("an entry's id is short"))?;
            entries.push((kind, id));
            if skip > 0 {
                skip -= 1;
                continue;
            }
            seq += 1;
            let hash = EntryHash::of(kind, &id);
            set = set.with(hash);
            tx.append_feed(
                name,
                &NewFeedEntry {
                    seq,
                    entry_hash: hash.0,
                    kind: kind_name(kind),
                    ref_id: &reference,
                    // What the log of changes, certificates and packs does not hold.
                    bytes: bytes.filter(|_| kind == EntryKind::Transition),
                    set_hash: set.0,
                },
            )?;
            if let Some(bytes) = bytes {
                self.apply_reference(tx, name, seq, kind, bytes)?;
            }
        }
        let received = self.receive(tx, name, incoming, Origin::Server)?;
        applied.received.accepted += received.accepted;
        applied.received.known += received.known;
        applied.received.held += received.held;
        applied.received.refused += received.refused;
        applied.more |= news.more;
        let differs = news.differs || (set != news.set && skip == 0);
        if differs && !news.more {
            self.ask_for_repair(tx, news, applied)?;
        }
        Ok(Placed { channel: name.to_owned(), first: news.after + 1, entries })
    }

    /// Repairs a channel that differs, at most hourly for the same difference.
    fn ask_for_repair(
        &self,
        tx: &WriteTx<'_>,
        news: &ChannelNews,
        applied: &mut Applied,
    ) -> Result<(), PhoneError> {
        const HOUR_MS: i64 = 3_600_000;
        let last_key = format!("repaired {}", news.channel);
        let now = self.device_ms();
        let repeats = tx.setting(&last_key)?.is_some_and(|last| {
            let (when, set) = last.split_at(last.len().min(8));
            let when = <[u8; 8]>::try_from(when).map_or(0, i64::from_be_bytes);
            set == news.set.0 && now.abs_diff(when) < HOUR_MS.unsigned_abs()
        });
        if repeats {
            return Ok(());
        }
        applied.differs = true;
        tx.set_setting(&last_key, &[&now.to_be_bytes()[..], &news.set.0].concat())?;
        tx.set_setting(&differs_key(&news.channel), b"differs")?;
        Ok(())
    }

    /// The server has this change in its order; what is known about it here follows.
    fn confirm_known(&self, tx: &WriteTx<'_>, id: EnvelopeId) -> Result<(), PhoneError> {
        match tx.log_row(id)? {
            Some(row) => self.confirm(tx, id, row.row.state),
            None => Ok(()),
        }
    }

    fn apply_reference(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        seq: u64,
        kind: EntryKind,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        match kind {
            EntryKind::Certificate => self.apply_certificate(tx, bytes),
            EntryKind::Transition => self.apply_transition(tx, channel, seq, bytes),
            EntryKind::Pack => self.apply_pack(tx, channel, bytes),
            EntryKind::Change => Ok(()),
        }
    }

    fn apply_certificate(&self, tx: &WriteTx<'_>, bytes: &[u8]) -> Result<(), PhoneError> {
        let signed =
            Signed::<Certificate>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
        let id = CertificateId(signed.body_hash());
        let mut directory =
            self.directory.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A certificate this phone cannot verify is not stored and stops nothing else.
        if directory.add(signed).is_ok() {
            super::open::keep_certificate(tx, id, bytes)?;
        }
        Ok(())
    }

    fn apply_transition(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        seq: u64,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        let signed =
            Signed::<Transition>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
        let Ok(verified) = self.directory().verify(signed) else { return Ok(()) };
        let transition = verified.payload();
        if transition.channel != channel {
            return Ok(());
        }
        if let TransitionKind::Wipe { .. } = &transition.kind {
            return self.note_wipe(tx, &verified, bytes);
        }
        if let TransitionKind::Revoke { .. } = &transition.kind {
            return self.note_revocation(tx, &verified, bytes);
        }
        if let TransitionKind::Member { person, enter } = &transition.kind {
            tx.put_member(&MemberRow {
                channel: channel.to_owned(),
                position: seq,
                person: person.clone(),
                transition: bytes.to_vec(),
            })?;
            if self.signed_in().is_ok_and(|acting| acting.person == *person) {
                if *enter { tx.set_staying(channel)? } else { tx.set_leaving(channel)? }
            }
        }
        Ok(())
    }

    fn apply_pack(&self, tx: &WriteTx<'_>, channel: &str, bytes: &[u8]) -> Result<(), PhoneError> {
        let Ok(pack) =
            SignedPack::from_bytes(bytes).and_then(|pack| pack.verify(&self.directory()))
        else {
            // A pack this phone cannot verify is not used and stops nothing else.
            return Ok(());
        };
        let header = pack.header();
        let kept = tx.put_pack(&PackRow {
            kind: header.kind.clone(),
            id: header.id.clone(),
            version: header.version,
            channel: Some(channel.to_owned()),
            bytes: bytes.to_vec(),
            received_ms: self.device_ms(),
        });
        match kept {
            Ok(PackKept::Newest) => self.index_parties(tx, channel, &pack),
            // What is in force stays findable as it is. Of two packs of one version, which the server
            // never signs, the first is kept.
            Ok(PackKept::Known | PackKept::Older) | Err(StoreError::Constraint { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The change that a feed entry names.
fn change_of(entry: &FeedEntry) -> Option<EnvelopeId> {
    let change = entry.kind == kind_name(EntryKind::Change);
    if change { EnvelopeId::try_from(entry.ref_id.as_slice()).ok() } else { None }
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Change => "change",
        EntryKind::Certificate => "certificate",
        EntryKind::Transition => "transition",
        EntryKind::Pack => "pack",
    }
}

fn kind_of(name: &str) -> Result<EntryKind, PhoneError> {
    [EntryKind::Change, EntryKind::Certificate, EntryKind::Transition, EntryKind::Pack]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
        .ok_or(PhoneError::Protocol("an entry of an unknown kind"))
}

fn differs_key(channel: &str) -> String {
    format!("differs {channel}")
}

fn certificate_id(bytes: &[u8]) -> Result<CertificateId, PhoneError> {
    let signed =
        Signed::<Certificate>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
    Ok(CertificateId(signed.body_hash()))
}

fn transition_id(bytes: &[u8]) -> Result<[u8; 32], PhoneError> {
    Ok(Signed::<Transition>::from_bytes(bytes)
        .map_err(crate::identity::TrustError::from)?
        .body_hash())
}

fn pack_id(bytes: &[u8]) -> Result<[u8; 32], PhoneError> {
    match SignedPack::from_bytes(bytes) {
        Ok(pack) => Ok(pack.id()),
        Err(PackError::Trust(error)) => Err(error.into()),
        Err(_) => Err(PhoneError::Protocol("a pack cannot be read")),
    }
}
