//! How far this phone has read each channel of the server, and whether it still belongs to it. The
//! entries themselves are in [`feed`](super::feed).

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    ReadTx, StoreError, WriteTx,
    column::{Unsigned, text_enum},
};
use crate::id::ServerEpoch;

text_enum!(
    /// Whether this phone belongs to a channel.
    Membership {
        /// It does.
        Member = "member",
        /// The server has ended it; what is pending is offered first, then the channel is purged.
        Leaving = "leaving",
        /// Purged.
        Left = "left",
    }
);

/// A channel as this phone has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// The channel.
    pub channel: String,
    /// Life of the server's database the cursor counts in.
    pub server_epoch: ServerEpoch,
    /// Sequence of the last entry read, 0 for none.
    pub cursor: u64,
    /// Entries up to the cursor.
    pub count: u64,
    /// Set hash up to the cursor.
    pub set_hash: [u8; 32],
    /// Whether this phone belongs to it.
    pub member: Membership,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ChannelRow> {
    Ok(ChannelRow {
        channel: row.get(0)?,
        server_epoch: row.get(1)?,
        cursor: row.get::<_, Unsigned>(2)?.0,
        count: row.get::<_, Unsigned>(3)?.0,
        set_hash: row.get(4)?,
        member: row.get(5)?,
    })
}

const COLUMNS: &str = "channel, server_epoch, cursor, count, set_hash, member";

impl ReadTx<'_> {
    /// One channel.
    pub fn channel(&self, channel: &str) -> Result<Option<ChannelRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM channels WHERE channel = ?1");
        Ok(self.sql.query_row(&sql, [channel], read).optional()?)
    }

    /// Every channel, by name.
    pub fn channels(&self) -> Result<Vec<ChannelRow>, StoreError> {
        self.rows(&format!("SELECT {COLUMNS} FROM channels ORDER BY channel"), [], read)
    }
}

impl WriteTx<'_> {
    /// Enters a channel at its beginning, or enters it again after it was left. A channel that is
    /// being read stays as it is.
    pub fn enter_channel(
        &self,
        channel: &str,
        server_epoch: ServerEpoch,
    ) -> Result<(), StoreError> {
        match self.channel(channel)? {
            Some(present) if present.member != Membership::Left => Ok(()),
            _ => self.restart_channel(channel, server_epoch),
        }
    }

    /// Reads a channel from its beginning again: the server's epoch changed, or a repair asks for it.
    /// The feed of this phone's copy is dropped, its log stays.
    pub fn restart_channel(
        &self,
        channel: &str,
        server_epoch: ServerEpoch,
    ) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM feed WHERE channel = ?1", [channel])?;
        self.sql.execute(
            "INSERT INTO channels (channel, server_epoch, cursor, count, set_hash, member)
             VALUES (?1, ?2, 0, 0, zeroblob(32), 'member')
             ON CONFLICT (channel) DO UPDATE SET server_epoch = excluded.server_epoch, cursor = 0, count = 0,
                set_hash = zeroblob(32), member = 'member'",
            params![channel, server_epoch],
        )?;
        Ok(())
    }

    /// Begins a channel in the middle, where the server says its history before is not for this phone
    /// or comes as a snapshot: the next entry is `cursor + 1`.
    pub fn start_channel_at(
        &self,
        channel: &str,
        server_epoch: ServerEpoch,
        cursor: u64,
        count: u64,
        set_hash: [u8; 32],
    ) -> Result<(), StoreError> {
        self.restart_channel(channel, server_epoch)?;
        self.sql.execute(
            "UPDATE channels SET cursor = ?2, count = ?3, set_hash = ?4 WHERE channel = ?1",
            params![channel, Unsigned(cursor), Unsigned(count), set_hash],
        )?;
        Ok(())
    }

    /// The server has ended the membership; see [`Self::purge_channel`].
    pub fn set_leaving(&self, channel: &str) -> Result<(), StoreError> {
        let sql = "UPDATE channels SET member = 'leaving' WHERE channel = ?1 AND member = 'member'";
        self.sql.execute(sql, [channel])?;
        Ok(())
    }

    /// The membership began anew before the channel was purged.
    pub fn set_staying(&self, channel: &str) -> Result<(), StoreError> {
        let sql = "UPDATE channels SET member = 'member' WHERE channel = ?1 AND member = 'leaving'";
        self.sql.execute(sql, [channel])?;
        Ok(())
    }
}
