//! The court's log: its checkpoints are signed and each is the beginning of the next, and every entry of
//! the chains stands in it. From then on the order of entries and their time are certain.

use std::collections::BTreeMap;

use crate::envelope::CheckpointRef;
use crate::log::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::log::tree;

use super::{Examination, place};
use crate::export::chain::Content;
use crate::export::finding::Fault;
use crate::export::proof::Group;
use crate::export::report::{ChainReport, Interval, LogReport, WithheldReport};
use crate::sync::channel::EntryKind;

/// When the log had which size.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Root and time by size, all of them proved to be beginnings of the largest.
    sizes: BTreeMap<u64, ([u8; 32], i64)>,
    /// Size of the largest.
    pub(super) head: u64,
}

impl Times {
    /// The time of the first checkpoint that covers entry `index`.
    pub(super) fn not_after(&self, index: u64) -> Option<i64> {
        self.sizes.range(index.saturating_add(1)..).next().map(|(_, (_, at_ms))| *at_ms)
    }

    /// The time of the checkpoint its author held; an error when that contradicts this log.
    pub(super) fn not_before(
        &self,
        held: Option<CheckpointRef>,
        index: u64,
    ) -> Result<Option<i64>, Fault> {
        let Some(held) = held.filter(|held| held.size > 0) else { return Ok(None) };
        if held.size > self.head {
            return Err(Fault::CheckpointStale);
        }
        match self.sizes.get(&held.size) {
            Some((root, _)) if *root != held.root => Err(Fault::LogForked),
            // Nobody holds a checkpoint that covers what he has not yet written.
            _ if held.size > index => Err(Fault::LogForked),
            Some((_, at_ms)) => Ok(Some(*at_ms)),
            None => Ok(None),
        }
    }

    /// What is certain about entry `index`.
    pub(super) fn interval(&self, index: u64, not_before_ms: Option<i64>) -> Interval {
        Interval { not_before_ms, not_after_ms: self.not_after(index) }
    }
}

impl Examination<'_> {
    /// Verifies every checkpoint and that the last one's log begins with each of them.
    pub(super) fn checkpoints(&mut self) {
        let proofs = &self.contents.proofs;
        let Some(last) = proofs.checkpoints.last() else {
            return self.fault(Fault::ProofIncomplete, "proofs", None);
        };
        let head = match SignedCheckpoint::verify(&self.directory, &last.note) {
            Ok(head) => head,
            Err(error) => return self.bad_checkpoint(proofs.checkpoints.len() - 1, error),
        };
        let head = head.checkpoint().clone();
        self.times.head = head.size;
        self.report.log = Some(LogReport {
            origin: head.origin.clone(),
            size: head.size,
            root: data_encoding::HEXLOWER.encode(&head.root),
            at_ms: head.at_ms,
            checkpoints: proofs.checkpoints.len(),
        });
        let mut before = i64::MIN;
        for (number, grown) in proofs.checkpoints.iter().enumerate() {
            let signed = match SignedCheckpoint::verify(&self.directory, &grown.note) {
                Ok(signed) => signed,
                Err(error) => {
                    self.bad_checkpoint(number, error);
                    continue;
                }
            };
            let at = format!("checkpoint {number}");
            let checkpoint = signed.checkpoint();
            let grown = tree::check_growth(
                &grown.growth,
                checkpoint.size,
                &checkpoint.root,
                head.size,
                &head.root,
            );
            if checkpoint.origin != head.origin {
                self.fault(Fault::LogForked, at, Some("origin"));
            } else if let Err(error) = grown {
                self.fault(Fault::LogForked, at, Some(error.code()));
            } else if checkpoint.at_ms < before
                || self
                    .times
                    .sizes
                    .last_key_value()
                    .is_some_and(|(size, _)| *size > checkpoint.size)
            {
                self.fault(Fault::CheckpointTimeFalls, at, None);
            } else {
                before = checkpoint.at_ms;
                // Of several of one size the first tells the earliest time.
                let said = (checkpoint.root, checkpoint.at_ms);
                self.times.sizes.entry(checkpoint.size).or_insert(said);
            }
        }
    }

    fn bad_checkpoint(&mut self, number: usize, error: CheckpointError) {
        let fault = match error {
            CheckpointError::WrongCourt => Fault::WrongCourt,
            _ => Fault::CheckpointForged,
        };
        self.fault(fault, format!("checkpoint {number}"), Some(error.code()));
    }

    /// Whether the keys of the checkpoints were good when they signed; after the revocations are known.
    pub(super) fn checkpoint_keys(&mut self) {
        for (number, grown) in self.contents.proofs.checkpoints.iter().enumerate() {
            let Ok(signed) = SignedCheckpoint::verify(&self.directory, &grown.note) else {
                continue;
            };
            let (id, at_ms) = (signed.certificate(), signed.checkpoint().at_ms);
            for finding in self.directory.findings(&id, at_ms) {
                let fault = match finding {
                    crate::identity::Finding::Revoked { at_ms: revoked, .. } if revoked > at_ms => {
                        continue;
                    }
                    crate::identity::Finding::Revoked { .. } => Fault::CheckpointKeyRevoked,
                    _ => Fault::CheckpointKeyExpired,
                };
                self.report.fault(fault, format!("checkpoint {number}"), Some(finding.code()));
            }
        }
    }

    /// Proves that all entries of both chains stand in the log.
    pub(super) fn chains(&mut self) {
        for channel in self.channels() {
            if self.contents.chains.of(&channel).is_none() {
                self.fault(Fault::ChainMissing, channel, None);
            }
        }
        let chains = &self.contents.chains.0;
        let mut leaves = Vec::with_capacity(chains.len());
        for chain in chains {
            if !self.channels().contains(&chain.channel) {
                self.fault(Fault::OtherCase, chain.channel.clone(), None);
            }
            let ascending = chain
                .entries
                .iter()
                .zip(chain.entries.iter().skip(1))
                .position(|(one, next)| one.index >= next.index);
            if let Some(at) = ascending {
                self.fault(Fault::ChainOrder, place(&chain.channel, at as u64 + 2), None);
            }
            leaves.push(chain.leaves());
            self.report
                .chains
                .push(ChainReport { channel: chain.channel.clone(), entries: chain.entries.len() });
        }
        let mut covered: Vec<Vec<bool>> =
            chains.iter().map(|chain| vec![false; chain.entries.len()]).collect();
        for (number, group) in self.contents.proofs.groups.iter().enumerate() {
            if let Err((fault, cause)) = self.group(group, &leaves, &mut covered) {
                self.fault(fault, format!("proof {number}"), cause);
            }
        }
        for (chain, covered) in chains.iter().zip(&covered) {
            if let Some(at) = covered.iter().position(|covered| !covered) {
                self.fault(Fault::ProofIncomplete, place(&chain.channel, at as u64 + 1), None);
            }
        }
        self.note_withheld();
    }

    /// Checks one group's proof, and marks its entries as covered. No entry is covered twice, so that a
    /// file cannot ask for more work than it is long.
    fn group(
        &self,
        group: &Group,
        leaves: &[Vec<Option<[u8; 32]>>],
        covered: &mut [Vec<bool>],
    ) -> Result<(), (Fault, Option<&'static str>)> {
        let malformed = (Fault::PartMalformed, None);
        let number = usize::try_from(group.checkpoint).map_err(|_| malformed)?;
        let note = self.contents.proofs.checkpoints.get(number).ok_or(malformed)?;
        let Ok(signed) = SignedCheckpoint::verify(&self.directory, &note.note) else {
            return Err((Fault::CheckpointForged, None));
        };
        let mut proved = BTreeMap::new();
        for range in &group.ranges {
            let chain = usize::try_from(range.chain).map_err(|_| malformed)?;
            let (first, last) = (usize::try_from(range.first), usize::try_from(range.last));
            let (Ok(first @ 1..), Ok(last)) = (first, last) else { return Err(malformed) };
            let entries = self.contents.chains.0.get(chain).ok_or(malformed)?.entries.as_slice();
            let (entries, leaves) = entries
                .get(first - 1..last)
                .zip(leaves.get(chain).and_then(|leaves| leaves.get(first - 1..last)))
                .ok_or(malformed)?;
            let covered = covered.get_mut(chain).and_then(|all| all.get_mut(first - 1..last));
            let covered = covered.ok_or(malformed)?;
            for ((entry, leaf), covered) in entries.iter().zip(leaves).zip(covered) {
                let leaf = leaf.ok_or((Fault::LogProofWrong, Some("malformed")))?;
                if std::mem::replace(covered, true) || proved.insert(entry.index, leaf).is_some() {
                    return Err((Fault::LogProofWrong, Some("index_repeated")));
                }
            }
        }
        let checkpoint = signed.checkpoint();
        tree::check(&proved, &group.proof, checkpoint.size, &checkpoint.root)
            .map_err(|error| (Fault::LogProofWrong, Some(error.code())))
    }

    fn note_withheld(&mut self) {
        for chain in &self.contents.chains.0 {
            for (sequence, entry) in (1..).zip(&chain.entries) {
                let Content::Withheld { kind, id, reason } = &entry.content else { continue };
                self.report.withheld.push(WithheldReport {
                    channel: chain.channel.clone(),
                    sequence,
                    index: entry.index,
                    kind: match kind {
                        EntryKind::Change => "change",
                        EntryKind::Certificate => "certificate",
                        EntryKind::Transition => "transition",
                        EntryKind::Pack => "pack",
                    },
                    id: data_encoding::HEXLOWER.encode(id),
                    reason: reason.clone(),
                    not_after_ms: self.times.not_after(entry.index),
                });
            }
        }
    }
}
