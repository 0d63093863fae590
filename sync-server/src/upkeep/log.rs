//! The court's log against the feeds: every leaf computed again from its entry, the tree built again, the
//! root held against the newest checkpoint and its signature. Finds what somebody with the database
//! alone has changed; somebody with the keys too is found by phones.

use lastmile_core::identity::Directory;
use lastmile_core::log::SignedCheckpoint;
use lastmile_core::log::tree::{self, MemoryTree};

use super::Checked;
use crate::sequencer::Sequencer;
use crate::store::{Reading, StoreError};
use crate::sync::evidence::BEFORE_RESTORE;

/// Leaves read at a time.
const PAGE: u64 = 4_096;

/// Checks it; what is wrong goes to `checked`.
pub(super) fn log(
    reading: &Reading<'_>,
    sequencer: &Sequencer,
    directory: &Directory,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let size = reading.log_size()?;
    let mut built = MemoryTree::default();
    let mut at = 0;
    while at < size {
        let page = reading.leaves(at, (at + PAGE).min(size))?;
        if page.is_empty() {
            break;
        }
        for leaf in &page {
            let hash = leaf.hash();
            let kept = reading.log_entry_at(built.size())?.map(|(_, entry)| entry.leaf);
            if kept != Some(hash) {
                checked.found("log_leaf", built.size().to_string());
            }
            if built.push(hash).is_err() {
                return Err(StoreError::Damaged("log tree"));
            }
        }
        at += page.len() as u64;
    }
    if reading.has_unlogged()? || built.size() != size {
        checked.found("log_incomplete", format!("{} of {size}", built.size()));
    }
    let Some(newest) = sequencer.newest(reading)? else {
        checked.found("log_unsigned", size.to_string());
        return Ok(());
    };
    let computed = tree::root(built.size(), &built).ok();
    let stored = tree::root(size, &reading.log_tree()).ok();
    if newest.size != size || computed != Some(newest.root) || stored != Some(newest.root) {
        checked.found("log_root", size.to_string());
    }
    let signed = SignedCheckpoint::verify(directory, &newest.note);
    let says_so = signed.is_ok_and(|signed| {
        let said = signed.checkpoint();
        said.origin == newest.origin && said.size == newest.size && said.root == newest.root
    });
    if !says_so {
        checked.found("log_checkpoint", newest.size.to_string());
    }
    // After a restore, phones hand in what the backup lacks: that is as it should be.
    let evidence = reading.log_evidence()?;
    for row in evidence.into_iter().filter(|row| row.finding != BEFORE_RESTORE) {
        checked.found("log_evidence", row.finding);
    }
    Ok(())
}
