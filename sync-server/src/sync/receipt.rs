//! The receipt of an answer: where in the court's log the entries stand that the answer brings, and
//! proof of it under the newest checkpoint. Made from the same view of the database as the answer.

use std::collections::BTreeSet;

use lastmile_core::envelope::{Body, CheckpointRef};
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::transition::TransitionKind;
use lastmile_core::identity::{Signed, Transition};
use lastmile_core::log::leaf::Blind;
use lastmile_core::log::receipt::{ChainPart, MAX_NAMED, Named, Opening, Receipt, WAITING};
use lastmile_core::log::tree;
use lastmile_core::sync::channel::EntryKind;
use lastmile_core::sync::request::HeldLog;
use lastmile_core::sync::response::ChannelNews;

use crate::sequencer::Sequencer;
use crate::store::{LogEntry, Reading, StoreError, StoredTree};

const DAMAGED: StoreError = StoreError::Damaged("log tree");

/// What the request says that the receipt depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What the phone has verified.
    pub held: Option<&'a HeldLog>,
    /// Bytes that proofs of named checkpoints may take: a phone that asks for little has a link that breaks.
    pub room: u64,
}

/// The receipt for `news` and for the `waiting` rows of the request, with the newest checkpoint even when
/// there is no news: a phone checks the log on each contact.
pub(super) fn receipt(
    reading: &Reading<'_>,
    sequencer: &Sequencer,
    Asked { held, room }: Asked<'_>,
    news: &[ChannelNews],
    waiting: &[(u64, EnvelopeId)],
) -> Result<Option<Receipt>, StoreError> {
    let Some(newest) = sequencer.newest(reading)? else { return Ok(None) };
    let mut making =
        Making { reading, parts: Vec::new(), indices: Vec::new(), named: BTreeSet::new() };
    for told in news {
        making.part(told)?;
    }
    making.waiting(waiting)?;
    let same_log = held.filter(|held| held.origin == newest.origin);
    let tree = reading.log_tree();
    let opening = match held {
        Some(held) if held.origin != newest.origin => opening(reading)?,
        _ => None,
    };
    if opening.is_some() {
        making.indices.push(0);
    }
    making.indices.sort_unstable();
    making.indices.dedup();
    let proof = match making.indices.as_slice() {
        [] => Vec::new(),
        indices => tree::prove(indices, newest.size, &tree).map_err(|_| DAMAGED)?,
    };
    let growth = match (same_log, held) {
        // Of a larger log than this one nothing can be proved; the phone will say what it thinks of it.
        (Some(held), _) if held.checkpoint.size <= newest.size => {
            tree::prove_growth(held.checkpoint.size, newest.size, &tree).map_err(|_| DAMAGED)?
        }
        _ => Vec::new(),
    };
    Ok(Some(Receipt {
        note: newest.note,
        growth,
        backed_up_through: reading.backed_up_through()?,
        opening,
        named: named(&making.named, same_log, (newest.size, room), &tree)?,
        parts: making.parts,
        proof,
    }))
}

/// Proof of the checkpoints that authors named, as many as there is room for. One that is none of this log's has no proof, and whoever
/// holds its author's signature can show that.
fn named(
    named: &BTreeSet<(u64, [u8; 32])>,
    held: Option<&HeldLog>,
    (newest, room): (u64, u64),
    tree: &StoredTree<'_>,
) -> Result<Vec<Named>, StoreError> {
    let known = held.map(|held| (held.checkpoint.size, held.checkpoint.root));
    let (mut out, mut used) = (Vec::new(), 0);
    for (size, root) in named.iter().copied().filter(|one| Some(*one) != known) {
        if size == 0 || size > newest || tree::root(size, tree).map_err(|_| DAMAGED)? != root {
            continue;
        }
        let growth = tree::prove_growth(size, newest, tree).map_err(|_| DAMAGED)?;
        used += 40 + 32 * growth.len() as u64;
        if used > room || out.len() as u64 == MAX_NAMED {
            break;
        }
        out.push(Named { size, root, growth });
    }
    Ok(out)
}

struct Making<'a> {
    reading: &'a Reading<'a>,
    parts: Vec<ChainPart>,
    indices: Vec<u64>,
    /// Size and root of the checkpoints that the authors of changes named.
    named: BTreeSet<(u64, [u8; 32])>,
}

impl Making<'_> {
    /// The part for the news of one channel.
    fn part(&mut self, told: &ChannelNews) -> Result<(), StoreError> {
        let after = told.after;
        let length = told.entries.len() as u64;
        if length == 0 {
            // Of a channel that the phone may not read, nothing is said, its blinding least of all.
            self.parts.push(ChainPart {
                channel: told.channel.clone(),
                blind: Blind([0; 16]),
                first: after + 1,
                before: None,
                runs: Vec::new(),
                rows: Vec::new(),
            });
            return Ok(());
        }
        let entries = self.reading.log_entries(&told.channel, after, after + length)?;
        if entries.len() as u64 != length {
            return Err(DAMAGED);
        }
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Change) {
            let body = self.reading.envelope_body(EnvelopeId(entry.id))?;
            let body = body.and_then(|body| Body::decode(&body).ok());
            let named = body.and_then(|body| body.checkpoint);
            self.named.extend(named.map(|CheckpointRef { size, root }| (size, root)));
        }
        self.push(&told.channel, &entries, Vec::new())
    }

    /// Parts for changes that the court keeps waiting.
    fn waiting(&mut self, waiting: &[(u64, EnvelopeId)]) -> Result<(), StoreError> {
        let mut found: Vec<(u64, LogEntry)> = Vec::new();
        for (row, id) in waiting {
            if let Some(entry) = self.reading.log_entry_of(WAITING, EntryKind::Change, &id.0)? {
                found.push((*row, entry));
            }
        }
        found.sort_by_key(|(_, entry)| entry.seq);
        found.dedup_by_key(|(_, entry)| entry.seq);
        for run in found.chunk_by(|(_, one), (_, next)| one.seq + 1 == next.seq) {
            let entries: Vec<LogEntry> = run.iter().map(|(_, entry)| *entry).collect();
            let rows = run.iter().map(|(row, _)| *row).collect();
            self.push(WAITING, &entries, rows)?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        channel: &str,
        entries: &[LogEntry],
        rows: Vec<u64>,
    ) -> Result<(), StoreError> {
        let first = entries.first().map_or(0, |entry| entry.seq);
        let before = self.reading.log_entries(channel, first.saturating_sub(2), first - 1)?;
        let runs = entries
            .chunk_by(|one, next| one.index + 1 == next.index)
            .filter_map(|run| Some((run.first()?.index, run.len() as u64)))
            .collect();
        self.indices.extend(entries.iter().map(|entry| entry.index));
        self.parts.push(ChainPart {
            channel: channel.to_owned(),
            blind: self.reading.blind(channel)?,
            first,
            before: before.last().map(|entry| entry.leaf),
            runs,
            rows,
        });
        Ok(())
    }
}

/// Leaf 0, when it says that this log continues another one.
fn opening(reading: &Reading<'_>) -> Result<Option<Opening>, StoreError> {
    let Some((channel, entry)) = reading.log_entry_at(0)? else { return Ok(None) };
    if entry.kind != EntryKind::Transition {
        return Ok(None);
    }
    let bytes = reading.transition(&entry.id)?.ok_or(StoreError::Damaged("feed entry"))?;
    let restores = Signed::<Transition>::from_bytes(&bytes)
        .ok()
        .and_then(|signed| Transition::decode(signed.raw_parts().0).ok())
        .is_some_and(|body| matches!(body.kind, TransitionKind::Restore { .. }));
    if !restores {
        return Ok(None);
    }
    let before = reading.log_entries(&channel, entry.seq.saturating_sub(2), entry.seq - 1)?;
    Ok(Some(Opening {
        transition: bytes,
        blind: reading.blind(&channel)?,
        channel,
        sequence: entry.seq,
        before: before.last().map(|entry| entry.leaf),
    }))
}
