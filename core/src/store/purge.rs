//! Leaving a channel: its records go from this phone, but never what the court does not have yet.

use rusqlite::params;

use super::{BlobState, Membership, ReadTx, StoreError, WriteTx};

/// What a purge took away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purged {
    /// Records.
    pub documents: usize,
    /// Changes.
    pub changes: usize,
    /// Packs.
    pub packs: usize,
    /// Originals that no other record names. Their files, and those of what was made from them, are to
    /// go once the transaction is committed.
    pub originals: usize,
}

pub(super) const UNSENT: &str = "SELECT EXISTS (SELECT 1 FROM log
    WHERE channel = ?1 AND on_server = 0 AND state IN ('unsigned', 'signed', 'held'))";

impl ReadTx<'_> {
    /// Whether a channel holds changes the server is not known to have.
    pub fn has_unsent(&self, channel: &str) -> Result<bool, StoreError> {
        Ok(self.sql.query_row(UNSENT, [channel], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// Removes documents, log, packs, members, feed, search and originals of a channel. Refused while
    /// it holds unsent changes (`channel_has_unsent_changes`) or originals without a receipt
    /// (`channel_has_unreceipted_originals`). The tray stays, with the intents of its rows, and so does
    /// an original that somebody has captured again and not named yet.
    pub fn purge_channel(&self, channel: &str) -> Result<Purged, StoreError> {
        if self.has_unsent(channel)? {
            return Err(StoreError::constraint("channel_has_unsent_changes"));
        }
        let blobs = self.blobs_of_channel(channel)?;
        if blobs.iter().any(|blob| !matches!(blob.state, BlobState::BackedUp | BlobState::Missing))
        {
            return Err(StoreError::constraint("channel_has_unreceipted_originals"));
        }
        let run = |sql: &str| self.sql.execute(sql, params![channel]);
        run(
            "DELETE FROM blob_uses WHERE document IN (SELECT id FROM documents WHERE channel = ?1)",
        )?;
        let mut originals = 0;
        for blob in blobs {
            let sql =
                "DELETE FROM blobs WHERE hash = ?1 AND hash NOT IN (SELECT hash FROM blob_uses)
                 AND hash NOT IN (SELECT hash FROM captors)";
            if self.sql.execute(sql, [blob.hash])? == 1 {
                self.forget_derived(blob.hash)?;
                self.give_up_file(&blob.path)?;
                originals += 1;
            }
        }
        run("DELETE FROM intents WHERE id IN (SELECT id FROM log WHERE channel = ?1)
             AND id NOT IN (SELECT id FROM tray WHERE id IS NOT NULL)")?;
        run("DELETE FROM receipts WHERE id IN (SELECT id FROM log WHERE channel = ?1)")?;
        let changes = run("DELETE FROM log WHERE channel = ?1")?;
        let documents = run("DELETE FROM documents WHERE channel = ?1")?;
        let packs = run("DELETE FROM packs WHERE channel = ?1")?;
        run("DELETE FROM members WHERE channel = ?1")?;
        run("DELETE FROM feed WHERE channel = ?1")?;
        run(
            "UPDATE channels SET cursor = 0, count = 0, set_hash = zeroblob(32) WHERE channel = ?1",
        )?;
        self.sql.execute(
            "UPDATE channels SET member = ?2 WHERE channel = ?1",
            params![channel, Membership::Left],
        )?;
        self.forget_mirrored(channel)?;
        self.unindex_channel(channel)?;
        Ok(Purged { documents, changes, packs, originals })
    }
}
