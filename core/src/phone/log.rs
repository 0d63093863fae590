//! The phone as a witness of the court's log. Each answer's receipt is held against what this phone
//! has verified before; an answer whose log was rewritten is refused whole, both signed checkpoints are
//! kept, and the next contact hands them in. Only what a receipt proves counts as 回执已核验.
//!
//! A server that was restored begins another log. Its first leaf names the old log's last checkpoint
//! and carries two persons' approvals; then the phone follows and offers what the restored server has
//! not. Any other break is a rewrite.

use super::{Phone, PhoneError};
use crate::id::EnvelopeId;
use crate::identity::Canonical;
use crate::identity::Signed;
use crate::identity::approval::two_persons;
use crate::identity::transition::{Transition, TransitionKind};
use crate::log::checkpoint::CheckpointError;
use crate::log::receipt::{ChainPart, Opening, Placed, ProvedEntry, Receipt, WAITING};
use crate::log::tree::{ProofError, check_growth};
use crate::log::{Checkpoint, SignedCheckpoint};
use crate::store::{CheckpointRow, FeedPlace, LogAlarm, ReadTx, WriteTx};
use crate::sync::channel::EntryKind;
use crate::sync::request::{HeldLog, MAX_EVIDENCE};
use crate::sync::response::{Outcome, SyncResponse};

use super::exchange::Plan;
use super::proof::{blind_key, keep_growths, kept_proof, receipt_bytes};

/// Why an answer was refused because of the log it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogTrouble {
    /// The answer proves nothing, although this court keeps a log.
    #[error("the answer proves nothing")]
    Missing,
    /// The receipt cannot be read or does not fit the answer.
    #[error("the receipt does not fit the answer")]
    Malformed,
    /// The checkpoint is not this court's.
    #[error("the checkpoint is not signed by the court: {0}")]
    Checkpoint(CheckpointError),
    /// The checkpoint's key was withdrawn.
    #[error("the checkpoint is signed by a key that was withdrawn")]
    KeyRevoked,
    /// The log has become smaller.
    #[error("the log has become smaller than it was")]
    Shrunk,
    /// The log was rewritten.
    #[error("the log was rewritten")]
    Forked,
    /// Its clock went backwards.
    #[error("the log's time went backwards")]
    TimeFell,
    /// Another log, which does not say that two persons let it continue the known one.
    #[error("another log, without two persons' word that it continues the known one")]
    Replaced,
    /// An entry does not stand in the log.
    #[error("an entry is not in the log: {0}")]
    NotIncluded(ProofError),
    /// An entry does not follow the one before it.
    #[error("an entry does not follow what this phone has read before")]
    ChainBroken,
}

impl LogTrouble {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "log_receipt_missing",
            Self::Malformed => "log_receipt_malformed",
            Self::Checkpoint(error) => error.code(),
            Self::KeyRevoked => "log_key_revoked",
            Self::Shrunk => "log_shrunk",
            Self::Forked => "log_forked",
            Self::TimeFell => "log_time_fell",
            Self::Replaced => "log_replaced",
            Self::NotIncluded(_) => "log_entry_missing",
            Self::ChainBroken => "log_chain_broken",
        }
    }
}

/// The code under which a followed restore is noted.
pub const RESTORED: &str = "log_restored";

/// What a verified receipt adds to the phone's knowledge.
pub(super) struct Proved {
    checkpoint: CheckpointRow,
    receipt: Receipt,
    placed: Vec<Placed>,
    leaves: Vec<Vec<ProvedEntry>>,
    restored: bool,
    /// Size and root of the checkpoint that the receipt's growth begins with.
    grown_from: Option<(u64, [u8; 32])>,
    /// The phone has verified more since it asked.
    asked_since: bool,
}

impl Phone {
    /// What was wrong with logs that a server showed this phone, oldest first; restores among them.
    pub fn log_alarms(&self) -> Result<Vec<LogAlarm>, PhoneError> {
        self.store.read(|tx| Ok(tx.log_alarms()?))
    }

    /// The newest checkpoint that this phone has verified.
    pub fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>, PhoneError> {
        self.store.read(|tx| Ok(tx.newest_checkpoint()?))
    }

    /// Holds the answer's receipt against `placed`, the entries of its news, and against what this
    /// phone has verified. Nothing is stored.
    pub(super) fn judge_receipt(
        &self,
        tx: &ReadTx<'_>,
        plan: &Plan,
        answer: &SyncResponse,
        mut placed: Vec<Placed>,
    ) -> Result<Option<Proved>, PhoneError> {
        let held = tx.newest_checkpoint()?;
        let asked_with = &plan.request.log;
        let Some(bytes) = &answer.receipt else {
            // A server of which no log is known yet may have none; a known log is shown on each contact.
            let missing = held.is_some();
            return if missing { Err(LogTrouble::Missing.into()) } else { Ok(None) };
        };
        let receipt = Receipt::decode(bytes).map_err(|_| LogTrouble::Malformed)?;
        let signed = SignedCheckpoint::verify(&self.directory(), &receipt.note)
            .map_err(LogTrouble::Checkpoint)?;
        if self.directory().revocation(&signed.certificate()).is_some() {
            return Err(LogTrouble::KeyRevoked.into());
        }
        let shown = signed.checkpoint();
        let asked_since = held_log(tx)? != *asked_with;
        let mut grown_from = None;
        let restored = match &held {
            _ if asked_since => {
                // An answer to an older question, late or twice. It proves its news like any other, under
                // a checkpoint of this log that was verified since.
                let known = tx.checkpoint(shown.size, &shown.root)?;
                let of_this_log = |row: &CheckpointRow| row.origin == shown.origin;
                if !(known.as_ref().is_some_and(of_this_log)
                    && held.as_ref().is_some_and(of_this_log))
                {
                    return Err(PhoneError::Protocol("an answer to an older question"));
                }
                false
            }
            None => false,
            Some(held) if held.origin == shown.origin => {
                grown(held, shown, &receipt)?;
                grown_from = Some((held.size, held.root));
                false
            }
            Some(held) => {
                self.continued(held, &receipt)?;
                true
            }
        };
        placed.extend(waiting(&receipt, placed.len(), plan, answer)?);
        for (part, placed) in receipt.parts.iter().zip(&placed) {
            if !placed.entries.is_empty() {
                follows(tx, part, restored)?;
            }
        }
        let leaves = receipt.leaves(&placed).map_err(|_| LogTrouble::Malformed)?;
        receipt.check(&leaves, shown.size, &shown.root).map_err(LogTrouble::NotIncluded)?;
        for named in &receipt.named {
            check_growth(&named.growth, named.size, &named.root, shown.size, &shown.root)
                .map_err(|_| LogTrouble::Malformed)?;
        }
        let Checkpoint { origin, size, root, at_ms } = shown.clone();
        let checkpoint =
            CheckpointRow { local: 0, origin, size, root, at_ms, note: signed.note().to_vec() };
        Ok(Some(Proved { checkpoint, receipt, placed, leaves, restored, grown_from, asked_since }))
    }

    /// Stores what was proved: checkpoint, proof, places, receipts. `read` are the channels of which the
    /// answer left nothing out.
    pub(super) fn keep_proved(
        &self,
        tx: &WriteTx<'_>,
        proved: &Proved,
        read: &[&str],
    ) -> Result<(), PhoneError> {
        let now = self.device_ms();
        if proved.restored {
            tx.put_log_alarm(&LogAlarm {
                code: RESTORED.to_owned(),
                held: tx.newest_checkpoint()?.map(|held| held.note),
                shown: Some(proved.checkpoint.note.clone()),
                at_ms: now,
            })?;
        }
        let checkpoint = tx.put_checkpoint(&proved.checkpoint, now)?;
        let log = (proved.checkpoint.origin.as_str(), proved.checkpoint.size);
        keep_growths(tx, log, proved.grown_from, &proved.receipt, checkpoint)?;
        // Nobody can have backed up what is not in the log.
        let backed_up = proved.receipt.backed_up_through.min(proved.checkpoint.size);
        if !proved.asked_since {
            tx.set_setting("backed_up_through", &backed_up.to_be_bytes())?;
        }
        if !proved.leaves.iter().all(Vec::is_empty) {
            self.keep_places(tx, proved, checkpoint, now)?;
        }
        tx.note_receipted(backed_up, read)?;
        Ok(())
    }

    /// Stores the proof and where it puts each entry.
    fn keep_places(
        &self,
        tx: &WriteTx<'_>,
        proved: &Proved,
        checkpoint: i64,
        now: i64,
    ) -> Result<(), PhoneError> {
        let proof = tx.put_proof(
            checkpoint,
            &kept_proof(&proved.receipt, &proved.leaves).map_err(LogTrouble::NotIncluded)?,
        )?;
        for ((part, placed), leaves) in
            proved.receipt.parts.iter().zip(&proved.placed).zip(&proved.leaves)
        {
            if placed.channel == WAITING {
                for ((_, id), entry) in placed.entries.iter().zip(leaves) {
                    tx.keep_receipt(EnvelopeId(*id), &receipt_bytes(entry.index, proof), now)?;
                }
                continue;
            }
            if !leaves.is_empty() {
                tx.set_setting(&blind_key(&part.channel), &part.blind.0)?;
            }
            for (seq, entry) in (placed.first..).zip(leaves) {
                let place = FeedPlace { index: entry.index, leaf: entry.leaf, proof };
                tx.set_feed_place(&placed.channel, seq, place)?;
            }
        }
        for (id, index) in tx.proved_without_receipt()? {
            tx.put_receipt(id, &receipt_bytes(index, proof), now)?;
        }
        Ok(())
    }

    /// Keeps the two checkpoints that contradict each other. The answer itself left no trace.
    pub(super) fn keep_alarm(
        &self,
        trouble: LogTrouble,
        answer: &SyncResponse,
    ) -> Result<(), PhoneError> {
        let receipt = answer.receipt.as_deref().and_then(|bytes| Receipt::decode(bytes).ok());
        self.store.write(|tx| {
            evidence_given(tx)?;
            tx.put_log_alarm(&LogAlarm {
                code: trouble.code().to_owned(),
                held: tx.newest_checkpoint()?.map(|held| held.note),
                shown: receipt.map(|receipt| receipt.note),
                at_ms: self.device_ms(),
            })?;
            Ok(())
        })
    }

    /// Another log is followed only when its first leaf says, by two persons, that it continues this
    /// one.
    fn continued(&self, held: &CheckpointRow, receipt: &Receipt) -> Result<(), LogTrouble> {
        let opening = receipt.opening.as_ref().ok_or(LogTrouble::Replaced)?;
        let (kind, at_ms) = self.restore_of(opening).ok_or(LogTrouble::Replaced)?;
        let subject = kind.approved_subject(&self.court).ok_or(LogTrouble::Replaced)?;
        let TransitionKind::Restore { origin, size, root, approvals } = &kind else {
            return Err(LogTrouble::Replaced);
        };
        two_persons(&self.directory(), subject, approvals, at_ms)
            .map_err(|_| LogTrouble::Replaced)?;
        // Of the same size it must be the same tree. What lies beyond the named checkpoint was lost,
        // and is offered again.
        let same_tree = *size != held.size || *root == held.root;
        if *origin == held.origin && same_tree { Ok(()) } else { Err(LogTrouble::Forked) }
    }

    fn restore_of(&self, opening: &Opening) -> Option<(TransitionKind, i64)> {
        let signed = Signed::<Transition>::from_bytes(&opening.transition).ok()?;
        let verified = self.directory().verify(signed).ok()?;
        let body = verified.payload();
        let restores = matches!(body.kind, TransitionKind::Restore { .. });
        restores.then(|| (body.kind.clone(), body.at_ms))
    }
}

/// The same log, no smaller, with everything it had.
fn grown(held: &CheckpointRow, shown: &Checkpoint, receipt: &Receipt) -> Result<(), LogTrouble> {
    if shown.size < held.size {
        return Err(LogTrouble::Shrunk);
    }
    check_growth(&receipt.growth, held.size, &held.root, shown.size, &shown.root)
        .map_err(|_| LogTrouble::Forked)?;
    if shown.at_ms < held.at_ms { Err(LogTrouble::TimeFell) } else { Ok(()) }
}

/// What the receipt's last parts say of changes that wait at the court. Every change that the answer
/// calls held or quarantined must be among them.
fn waiting(
    receipt: &Receipt,
    after: usize,
    plan: &Plan,
    answer: &SyncResponse,
) -> Result<Vec<Placed>, LogTrouble> {
    let parts = receipt.parts.get(after..).ok_or(LogTrouble::Malformed)?;
    let mut covered = std::collections::BTreeSet::new();
    let mut placed = Vec::new();
    for part in parts {
        if part.channel != WAITING {
            return Err(LogTrouble::Malformed);
        }
        let mut entries = Vec::new();
        for row in &part.rows {
            let at = usize::try_from(*row).map_err(|_| LogTrouble::Malformed)?;
            let id = plan.offered.get(at).ok_or(LogTrouble::Malformed)?;
            covered.insert(at);
            entries.push((EntryKind::Change, id.0));
        }
        placed.push(Placed { channel: WAITING.to_owned(), first: part.first, entries });
    }
    let all = answer.outcomes.iter().enumerate().all(|(at, outcome)| {
        !matches!(outcome, Outcome::Held(_) | Outcome::Quarantined(_)) || covered.contains(&at)
    });
    if all { Ok(placed) } else { Err(LogTrouble::Missing) }
}

/// The first entry of a part follows the one that this phone has read before it, under the same
/// blinding.
fn follows(tx: &ReadTx<'_>, part: &ChainPart, restored: bool) -> Result<(), PhoneError> {
    let known = tx.setting(&blind_key(&part.channel))?;
    if known.is_some_and(|known| known != part.blind.0) {
        return Err(LogTrouble::ChainBroken.into());
    }
    if restored || part.channel == WAITING || part.first < 2 {
        return Ok(());
    }
    let before = tx.feed_place(&part.channel, part.first - 1)?;
    if before.is_some_and(|before| Some(before.leaf) != part.before) {
        return Err(LogTrouble::ChainBroken.into());
    }
    Ok(())
}

/// What a request says of the log.
pub(super) fn held_log(tx: &ReadTx<'_>) -> Result<Option<HeldLog>, PhoneError> {
    let newest = tx.newest_checkpoint()?;
    Ok(newest.map(|row| HeldLog {
        origin: row.origin,
        checkpoint: crate::envelope::CheckpointRef { size: row.size, root: row.root },
    }))
}

const GIVEN: &str = "log_evidence_given";

/// The checkpoints of alarms that the server was not yet told of, newest first.
pub(super) fn evidence(tx: &ReadTx<'_>) -> Result<Vec<Vec<u8>>, PhoneError> {
    let given = tx.setting(GIVEN)?.and_then(|value| <[u8; 8]>::try_from(value.as_slice()).ok());
    let given = usize::try_from(given.map_or(0, u64::from_be_bytes)).unwrap_or(usize::MAX);
    let mut notes: Vec<Vec<u8>> = Vec::new();
    for alarm in tx.log_alarms()?.into_iter().skip(given).rev() {
        for note in [alarm.held, alarm.shown].into_iter().flatten() {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes.truncate(usize::try_from(MAX_EVIDENCE).unwrap_or(usize::MAX));
    Ok(notes)
}

/// The server answered: it has what the request handed in.
pub(super) fn evidence_given(tx: &WriteTx<'_>) -> Result<(), PhoneError> {
    let alarms = tx.log_alarms()?.len() as u64;
    Ok(tx.set_setting(GIVEN, &alarms.to_be_bytes())?)
}
