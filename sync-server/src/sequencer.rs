//! Signs the court's log: after each transaction that made it grow, one checkpoint, in the same
//! transaction. So every entry that anybody is ever told of lies under a signed checkpoint.

use lastmile_core::id::ServerEpoch;
use lastmile_core::log::checkpoint::{Checkpoint, origin};
use lastmile_core::log::tree;

use crate::keys::Held;
use crate::store::{CheckpointRow, Reading, StoreError, Writing};

/// The voice of the log.
#[derive(Debug, Clone)]
pub struct Sequencer {
    origin: String,
    key: Held,
}

impl Sequencer {
    /// For the log of this life of the court's server.
    pub fn new(court: &str, epoch: ServerEpoch, key: Held) -> Self {
        Self { origin: origin(court, epoch), key }
    }

    /// Name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The newest checkpoint.
    pub fn newest(&self, reading: &Reading<'_>) -> Result<Option<CheckpointRow>, StoreError> {
        reading.newest_checkpoint(&self.origin)
    }

    /// Whether the log holds leaves that no checkpoint covers, or entries have no leaf.
    pub fn behind(&self, reading: &Reading<'_>) -> Result<bool, StoreError> {
        let signed = self.newest(reading)?.map_or(0, |row| row.size);
        Ok(reading.log_size()? != signed || reading.has_unlogged()?)
    }

    /// Signs what has grown.
    pub fn seal(&self, writing: &Writing<'_>, now_ms: i64) -> Result<(), StoreError> {
        let size = writing.log_size()?;
        let before = self.newest(writing)?;
        if before.as_ref().map_or(0, |row| row.size) == size {
            return Ok(());
        }
        let damaged = StoreError::Damaged("log tree");
        let checkpoint = Checkpoint {
            origin: self.origin.clone(),
            size,
            root: tree::root(size, &writing.log_tree()).map_err(|_| damaged)?,
            // The server's clock may be set back; what it has signed may not.
            at_ms: before.map_or(now_ms, |row| row.at_ms.max(now_ms)),
        };
        let note = checkpoint
            .sign(self.key.signer.as_ref())
            .map_err(|_| StoreError::Damaged("checkpoint key"))?;
        let Checkpoint { origin, size, root, at_ms } = checkpoint;
        writing.put_checkpoint(&CheckpointRow { origin, size, root, at_ms, note })
    }
}
