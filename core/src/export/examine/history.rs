//! The court's log: its checkpoints are signed and each is the beginning of the next, and every entry of
//! the chains stands in it. From then on the order of entries and their time are certain.

use std::collections::BTreeMap;

use crate::envelope::CheckpointRef;
use crate::id::{CertificateId, sha256};
use crate::identity::Finding;
use crate::log::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::log::receipt::WAITING;
use crate::log::{Leaf, tree};

use super::{Examination, place};
use crate::export::chain::Content;
use crate::export::finding::Fault;
use crate::export::proof::{Group, Held};
use crate::export::report::{ChainReport, Interval, LogReport, WithheldReport};
use crate::sync::channel::EntryKind;

/// When the log had which size.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Root and time by size, all of them proved to be beginnings of the largest.
    sizes: BTreeMap<u64, ([u8; 32], i64)>,
    /// Size and root of the largest.
    head: (u64, [u8; 32]),
    /// Checkpoints of logs that this one continues, and their times.
    older: BTreeMap<(u64, [u8; 32]), i64>,
    /// Whether this log continues another one.
    pub(super) restored: bool,
    /// The smallest size at which a log was continued: what lay beyond may be gone, what lay before is not.
    pub(super) lost_beyond: Option<u64>,
}

/// What the checkpoint that an author named proves.
pub(super) enum Named {
    /// Its time.
    At(i64),
    /// That the log is the one the author saw, not when.
    Untimed,
    /// It is of a log before the restore, and gone.
    Gone,
}

impl Times {
    /// The time of the first checkpoint that covers entry `index`.
    pub(super) fn not_after(&self, index: u64) -> Option<i64> {
        self.sizes.range(index.saturating_add(1)..).next().map(|(_, (_, at_ms))| *at_ms)
    }

    /// What the checkpoint proves that the author of entry `index` named; a fault when it contradicts this
    /// log, or when nothing shows that it does not.
    pub(super) fn named(
        &self,
        held: Option<CheckpointRef>,
        index: u64,
        growths: &[Held],
    ) -> Result<Named, Fault> {
        let Some(held) = held.filter(|held| held.size > 0) else { return Ok(Named::Untimed) };
        let signed = self.sizes.get(&held.size);
        let here = match signed {
            Some((root, _)) => *root == held.root,
            None => self.begins_with(held, growths),
        };
        if here {
            // Nobody holds a checkpoint that covers what he has not yet written.
            return match signed {
                _ if held.size > index => Err(Fault::LogForked),
                Some((_, at_ms)) => Ok(Named::At(*at_ms)),
                None => Ok(Named::Untimed),
            };
        }
        match self.older.get(&(held.size, held.root)) {
            Some(at_ms) => Ok(Named::At(*at_ms)),
            None if self.restored && self.lost_beyond.is_some_and(|size| held.size > size) => {
                Ok(Named::Gone)
            }
            None if held.size > self.head.0 => Err(Fault::CheckpointStale),
            None if signed.is_some() => Err(Fault::LogForked),
            None => Err(Fault::HeldCheckpointUnproven),
        }
    }

    /// Whether a proof shows that the log begins with what an author named.
    fn begins_with(&self, held: CheckpointRef, growths: &[Held]) -> bool {
        let (size, root) = self.head;
        let found = growths.binary_search_by_key(&held.size, |growth| growth.size).ok();
        found.and_then(|at| growths.get(at)).is_some_and(|growth| {
            tree::check_growth(&growth.growth, held.size, &held.root, size, &root).is_ok()
        })
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
        self.times.head = (head.size, head.root);
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

    /// Whether the keys of the checkpoints were good when they signed; after the revocations are known. A
    /// checkpoint that covers the revocation of its own key was signed after it, whatever time it states.
    pub(super) fn checkpoint_keys(&mut self) {
        for (number, grown) in self.contents.proofs.checkpoints.iter().enumerate() {
            let Ok(signed) = SignedCheckpoint::verify(&self.directory, &grown.note) else {
                continue;
            };
            let place = format!("checkpoint {number}");
            let (id, checkpoint) = (signed.certificate(), signed.checkpoint());
            if self.people.revoked_before(&self.directory, id, checkpoint.size) {
                self.report.fault(Fault::CheckpointKeyRevoked, place.clone(), None);
            }
            self.checkpoint_validity(id, checkpoint.at_ms, &place);
        }
    }

    fn checkpoint_validity(&mut self, id: CertificateId, at_ms: i64, place: &str) {
        let findings = self.directory.findings(&id, at_ms);
        for finding in findings.iter().filter(|one| !matches!(one, Finding::Revoked { .. })) {
            self.report.fault(Fault::CheckpointKeyExpired, place, Some(finding.code()));
        }
    }

    /// Takes the times of checkpoints of the logs that this one continues; after the restores are known.
    /// What lay between two of them the new log proves: the old tree is gone.
    pub(super) fn older_checkpoints(&mut self) {
        for (number, note) in self.contents.proofs.older.iter().enumerate() {
            let place = format!("older checkpoint {number}");
            let signed = match SignedCheckpoint::verify(&self.directory, note) {
                Ok(signed) => signed,
                Err(error) => {
                    self.fault(Fault::CheckpointForged, place, Some(error.code()));
                    continue;
                }
            };
            let checkpoint = signed.checkpoint();
            let of_restored =
                self.restores.iter().find(|(origin, ..)| *origin == checkpoint.origin);
            let agrees = of_restored.is_some_and(|(_, size, root)| {
                *size != checkpoint.size || *root == checkpoint.root
            });
            if !agrees {
                self.fault(Fault::LogForked, place, Some("origin"));
                continue;
            }
            let (id, at_ms) = (signed.certificate(), checkpoint.at_ms);
            self.checkpoint_validity(id, at_ms, &place);
            let withdrawn = self.directory.findings(&id, at_ms).into_iter().any(
                |finding| matches!(finding, Finding::Revoked { at_ms: revoked, .. } if revoked <= at_ms),
            );
            if withdrawn {
                self.fault(Fault::CheckpointKeyRevoked, place, None);
            } else {
                self.times.older.insert((checkpoint.size, checkpoint.root), at_ms);
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
            let mut rising = (1..).zip(&chain.entries).filter(|(_, entry)| !entry.opens_log());
            let mut before = rising.next().map(|(_, entry)| entry.index);
            for (sequence, entry) in rising {
                if before.is_some_and(|before| before >= entry.index) {
                    self.report.fault(Fault::ChainOrder, place(&chain.channel, sequence), None);
                    break;
                }
                before = Some(entry.index);
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
        self.note_waited();
        self.note_withheld();
    }

    /// Proves what had waited at the court before it entered the case.
    fn note_waited(&mut self) {
        let (size, root) = self.times.head;
        for waited in &self.contents.proofs.waited {
            let leaf = Leaf {
                chain: waited.blind.chain(WAITING),
                sequence: waited.sequence,
                previous: waited.previous,
                kind: EntryKind::Change,
                id: waited.envelope.0,
            };
            let leaves = BTreeMap::from([(waited.index, leaf.hash())]);
            match tree::check(&leaves, &waited.proof, size, &root) {
                Ok(()) => {
                    self.waited.insert(waited.envelope, waited.index);
                }
                Err(error) => {
                    let place = format!("{WAITING} {}", waited.envelope.to_hex());
                    self.fault(Fault::LogProofWrong, place, Some(error.code()));
                }
            }
        }
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
                let (kind, id, reason) = match &entry.content {
                    Content::Withheld { kind, id, reason } => (*kind, *id, reason),
                    Content::Envelope { body, reason, .. } => {
                        (EntryKind::Change, sha256(body), reason)
                    }
                    _ => continue,
                };
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
                    id: data_encoding::HEXLOWER.encode(&id),
                    reason: reason.clone(),
                    not_after_ms: self.times.not_after(entry.index),
                });
            }
        }
    }
}
