//! The news of one channel: its entries in the server's order, from where this phone stands. An entry
//! that this phone has is named only; a change that is new goes through the gate for all changes.

use super::reference::{certificate_id, pack_id, transition_id};
use super::{Applied, Plan, change_of, differs_key, kind_name, kind_of};
use crate::id::{EnvelopeId, ServerEpoch};
use crate::log::Placed;
use crate::phone::{Phone, PhoneError};
use crate::store::{FeedEntry, MAX_ENTRY, Membership, NewFeedEntry, Origin, WriteTx};
use crate::sync::batch::SignedChange;
use crate::sync::channel::{CASE, EntryHash, EntryKind, SetHash};
use crate::sync::response::{ChannelNews, Entry};

impl Phone {
    pub(super) fn apply_news<'a>(
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
                    bytes: bytes.filter(|bytes| kept_in_feed(name, kind, bytes.len())),
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
}

/// What no other table holds: transitions, and the packs of a case, of which only the one in force is
/// kept elsewhere, while an export shows all that were.
fn kept_in_feed(channel: &str, kind: EntryKind, length: usize) -> bool {
    match kind {
        EntryKind::Transition => true,
        EntryKind::Pack => channel.starts_with(CASE) && length <= MAX_ENTRY,
        EntryKind::Change | EntryKind::Certificate => false,
    }
}
