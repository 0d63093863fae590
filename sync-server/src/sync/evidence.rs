//! Checkpoints that phones hand in or name and that this log does not contain: somebody was shown
//! another log under this court's key. Kept, counted, and told to the operator; never to be explained
//! away by the server itself.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::Directory;
use lastmile_core::log::SignedCheckpoint;
use lastmile_core::log::tree;

use crate::sequencer::Sequencer;
use crate::store::{EvidenceRow, Reading, StoreError};

/// The log has another root at that size.
pub const FORKED: &str = "log_forked";
/// The log is smaller than that.
pub const SHRUNK: &str = "log_shrunk";
/// The checkpoint is of a log before a restore, newer than what was restored.
pub const BEFORE_RESTORE: &str = "log_before_restore";

/// What a signed checkpoint shows against this log; nothing when it belongs to it or is not the
/// court's word at all.
pub(super) fn against(
    reading: &Reading<'_>,
    sequencer: &Sequencer,
    directory: &Directory,
    note: &[u8],
    carrier: CertificateId,
    now_ms: i64,
) -> Result<Option<EvidenceRow>, StoreError> {
    let Ok(signed) = SignedCheckpoint::verify(directory, note) else { return Ok(None) };
    let shown = signed.checkpoint();
    let finding = if shown.origin == sequencer.origin() {
        let size = reading.log_size()?;
        if shown.size > size {
            SHRUNK
        } else {
            let damaged = StoreError::Damaged("log tree");
            let root = tree::root(shown.size, &reading.log_tree()).map_err(|_| damaged)?;
            if root == shown.root {
                return Ok(None);
            }
            FORKED
        }
    } else {
        match reading.checkpoint_of_size(&shown.origin, shown.size)? {
            Some(known) if known.root == shown.root => return Ok(None),
            Some(_) => FORKED,
            None => BEFORE_RESTORE,
        }
    };
    Ok(Some(EvidenceRow {
        note: note.to_vec(),
        carrier,
        finding: finding.to_owned(),
        received_ms: now_ms,
    }))
}
