//! What the server sequenced, entry by entry without a gap, with the channel's count and set hash
//! after each one. The hash is the caller's arithmetic (see [`crate::sync`]); the store keeps it with
//! the entry, so that both sides can compare at any sequence.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned, error::at_most};

/// Longest entry kept in the feed itself, bytes.
pub const MAX_ENTRY: usize = 256 << 10;

/// An entry to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedEntry<'a> {
    /// Sequence in the channel; must be the cursor plus one.
    pub seq: u64,
    /// Hash of the entry's bytes.
    pub entry_hash: [u8; 32],
    /// What it is: a change, a transition, a purge…
    pub kind: &'a str,
    /// What it refers to, mostly an envelope id; at most 64 bytes.
    pub ref_id: &'a [u8],
    /// The entry's bytes where the log does not hold them.
    pub bytes: Option<&'a [u8]>,
    /// Set hash of the channel after this entry.
    pub set_hash: [u8; 32],
}

/// An entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// Sequence in the channel.
    pub seq: u64,
    /// Hash of the entry's bytes.
    pub entry_hash: [u8; 32],
    /// What it is.
    pub kind: String,
    /// What it refers to.
    pub ref_id: Vec<u8>,
    /// The entry's bytes where the log does not hold them.
    pub bytes: Option<Vec<u8>>,
    /// Entries of the channel up to this one.
    pub count: u64,
    /// Set hash of the channel after it.
    pub set_hash: [u8; 32],
}

/// What both sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelDigest {
    /// At this sequence.
    pub seq: u64,
    /// Entries up to it.
    pub count: u64,
    /// Set hash up to it.
    pub set_hash: [u8; 32],
}

fn read(row: &Row<'_>) -> rusqlite::Result<FeedEntry> {
    Ok(FeedEntry {
        seq: row.get::<_, Unsigned>(0)?.0,
        entry_hash: row.get(1)?,
        kind: row.get(2)?,
        ref_id: row.get(3)?,
        bytes: row.get(4)?,
        count: row.get::<_, Unsigned>(5)?.0,
        set_hash: row.get(6)?,
    })
}

pub(super) const AFTER: &str =
    "SELECT seq, entry_hash, kind, ref_id, bytes, count, set_hash FROM feed
    WHERE channel = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";

impl ReadTx<'_> {
    /// Entries of a channel after `after`, in order.
    pub fn feed(
        &self,
        channel: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<FeedEntry>, StoreError> {
        self.rows(AFTER, params![channel, Unsigned(after), limit], read)
    }

    /// Count and set hash of a channel at `seq`: at the cursor, or at an entry this phone holds.
    pub fn digest_at(&self, channel: &str, seq: u64) -> Result<Option<ChannelDigest>, StoreError> {
        if let Some(row) = self.channel(channel)?
            && row.cursor == seq
        {
            return Ok(Some(ChannelDigest { seq, count: row.count, set_hash: row.set_hash }));
        }
        let sql = "SELECT count, set_hash FROM feed WHERE channel = ?1 AND seq = ?2";
        let found = self.sql.query_row(sql, params![channel, Unsigned(seq)], |row| {
            Ok(ChannelDigest { seq, count: row.get::<_, Unsigned>(0)?.0, set_hash: row.get(1)? })
        });
        Ok(found.optional()?)
    }
}

impl WriteTx<'_> {
    /// Appends the next entry of a channel and moves its cursor. A gap, a repetition or an unknown
    /// channel is refused.
    pub fn append_feed(&self, channel: &str, entry: &NewFeedEntry<'_>) -> Result<(), StoreError> {
        at_most("a feed entry", entry.bytes.map_or(0, <[u8]>::len), MAX_ENTRY)?;
        let row = self.channel(channel)?.ok_or(StoreError::NotFound { what: "a channel" })?;
        if row.cursor.checked_add(1) != Some(entry.seq) {
            return Err(StoreError::constraint("feed_sequence_has_a_gap"));
        }
        let count = Unsigned(row.count.saturating_add(1));
        self.sql.execute(
            "INSERT INTO feed (channel, seq, entry_hash, kind, ref_id, bytes, count, set_hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                channel,
                Unsigned(entry.seq),
                entry.entry_hash,
                entry.kind,
                entry.ref_id,
                entry.bytes,
                count,
                entry.set_hash
            ],
        )?;
        self.sql.execute(
            "UPDATE channels SET cursor = ?2, count = ?3, set_hash = ?4 WHERE channel = ?1",
            params![channel, Unsigned(entry.seq), count, entry.set_hash],
        )?;
        Ok(())
    }
}
