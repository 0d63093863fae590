//! What to send: pending changes, where this phone stands in each channel, and what it holds of the
//! court's log.

use super::{change_of, differs_key};
use crate::envelope::Body;
use crate::id::EnvelopeId;
use crate::identity::Canonical;
use crate::phone::log::{evidence, held_log};
use crate::phone::{Phone, PhoneError};
use crate::store::{Membership, ReadTx};
use crate::sync::batch::SignedChange;
use crate::sync::channel::{CASE, EntryHash, SetHash};
use crate::sync::request::{Cursor, Repair, SyncRequest};

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

impl Phone {
    /// What to send now.
    pub fn plan(&self, limit: Limit) -> Result<Plan, PhoneError> {
        self.plan_without(limit, &[])
    }

    /// Like [`Self::plan`], leaving out own changes whose sequence lies in `there`. A probe offers
    /// requests for assistance only: they go up whatever else has to wait.
    pub(in crate::phone) fn plan_without(
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
    pub(in crate::phone) fn wants_repair(&self) -> Result<bool, PhoneError> {
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

    fn repair(&self, tx: &ReadTx<'_>, channel: &str) -> Result<Repair, PhoneError> {
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
}
