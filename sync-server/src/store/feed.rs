//! Channels: numbered entries without gaps, each with the set hash of everything up to it.

use rusqlite::OptionalExtension;

use lastmile_core::id::DocumentId;
use lastmile_core::sync::channel::{EntryHash, EntryKind, STATION, SetHash};

use super::{Reading, StoreError, Writing, count, stored};

/// Where a channel ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelHead {
    /// Sequence of the last entry, 0 when there is none.
    pub seq: u64,
    /// Set hash over all entries.
    pub set: SetHash,
}

/// One entry of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedEntry {
    /// Number, from 1.
    pub seq: u64,
    /// What it is.
    pub kind: EntryKind,
    /// Identity of what it carries.
    pub id: [u8; 32],
    /// Set hash after it.
    pub set: SetHash,
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<FeedEntry> {
    let code: u8 = row.get(1)?;
    Ok(FeedEntry {
        seq: count(row.get(0)?),
        // The table admits these codes only.
        kind: EntryKind::from_code(code).unwrap_or(EntryKind::Change),
        id: row.get(2)?,
        set: SetHash(row.get(3)?),
    })
}

impl Reading<'_> {
    /// Where the channel ends; `None` when there is no such channel.
    pub fn channel_head(&self, channel: &str) -> Result<Option<ChannelHead>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT seq, set_hash FROM channel WHERE court = ?1 AND name = ?2",
                (self.court, channel),
                |row| Ok(ChannelHead { seq: count(row.get(0)?), set: SetHash(row.get(1)?) }),
            )
            .optional()?)
    }

    /// Every channel's name, and the sequence of its last entry.
    pub fn channel_ends(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT name, seq FROM channel WHERE court = ?1")?;
        let ends =
            statement.query_map([self.court], |row| Ok((row.get(0)?, count(row.get(1)?))))?;
        Ok(ends.collect::<Result<_, _>>()?)
    }

    /// Every channel's name.
    pub fn channels(&self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.db.prepare("SELECT name FROM channel WHERE court = ?1 ORDER BY name")?;
        let names = statement.query_map([self.court], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// The set hash after entry `seq`; nothing when the channel does not reach that far.
    pub fn set_at(&self, channel: &str, seq: u64) -> Result<Option<SetHash>, StoreError> {
        if seq == 0 {
            return Ok(Some(SetHash::default()));
        }
        Ok(self
            .db
            .query_row(
                "SELECT set_after FROM feed WHERE court = ?1 AND channel = ?2 AND seq = ?3",
                (self.court, channel, stored(seq)),
                |row| Ok(SetHash(row.get(0)?)),
            )
            .optional()?)
    }

    /// Entries `after + 1` to `until` inclusive, at most `limit` of them.
    pub fn feed_between(
        &self,
        channel: &str,
        after: u64,
        until: u64,
        limit: usize,
    ) -> Result<Vec<FeedEntry>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT seq, kind, id, set_after FROM feed
             WHERE court = ?1 AND channel = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5",
        )?;
        let rows = statement.query_map(
            (self.court, channel, stored(after), stored(until), stored(limit as u64)),
            entry,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The channels of stations that carry a document: it was routed there, now or earlier.
    pub fn stations_given(&self, document: DocumentId) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare(
            "WITH first AS (SELECT id FROM envelope
               WHERE court = ?1 AND document = ?2 AND state = 'accepted' ORDER BY place LIMIT 1)
             SELECT name FROM channel
             WHERE court = ?1 AND name >= ?3 AND substr(name, 1, length(?3)) = ?3
               AND EXISTS (SELECT 1 FROM feed
                 WHERE feed.court = ?1 AND feed.channel = channel.name AND feed.kind = ?4
                   AND feed.id = (SELECT id FROM first))
             ORDER BY name",
        )?;
        let change = EntryKind::Change.code();
        let names = statement
            .query_map((self.court, document.as_bytes(), STATION, change), |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Where the channel carries this thing, by sequence.
    pub fn place_in_feed(
        &self,
        channel: &str,
        kind: EntryKind,
        id: &[u8; 32],
    ) -> Result<Option<u64>, StoreError> {
        let place: Option<i64> = self.db.query_row(
            "SELECT min(seq) FROM feed
             WHERE court = ?1 AND channel = ?2 AND kind = ?3 AND id = ?4",
            (self.court, channel, kind.code(), id),
            |row| row.get(0),
        )?;
        Ok(place.map(count))
    }

    /// Whether the channel carries this thing.
    pub fn is_in_feed(
        &self,
        channel: &str,
        kind: EntryKind,
        id: &[u8; 32],
    ) -> Result<bool, StoreError> {
        Ok(self.place_in_feed(channel, kind, id)?.is_some())
    }
}

impl Writing<'_> {
    /// Appends entries to a channel, and their leaves to the court's log; gives the sequence of the first. Take several channels in
    /// the order of their names: each holds its row until the transaction ends.
    pub fn append(
        &self,
        channel: &str,
        things: &[(EntryKind, [u8; 32])],
    ) -> Result<u64, StoreError> {
        self.db.execute(
            "INSERT INTO channel (court, name, seq, set_hash) VALUES (?1, ?2, 0, ?3)
             ON CONFLICT DO NOTHING",
            (self.court, channel, [0_u8; 32]),
        )?;
        let (last, mut set) = self.db.query_row(
            "UPDATE channel SET seq = seq + ?3 WHERE court = ?1 AND name = ?2
             RETURNING seq, set_hash",
            (self.court, channel, stored(things.len() as u64)),
            |row| Ok((count(row.get(0)?), SetHash(row.get(1)?))),
        )?;
        let first = last - things.len() as u64 + 1;
        let places = self.log_append(channel, first, things)?;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO feed (court, channel, seq, kind, id, set_after, log_index, leaf)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (seq, ((kind, id), (index, leaf))) in (first..).zip(things.iter().zip(&places)) {
            set = set.with(EntryHash::of(*kind, id));
            let index = stored(*index);
            let row = (self.court, channel, stored(seq), kind.code(), id, set.0, index, leaf);
            insert.execute(row)?;
        }
        self.db.execute(
            "UPDATE channel SET set_hash = ?3 WHERE court = ?1 AND name = ?2",
            (self.court, channel, set.0),
        )?;
        Ok(first)
    }
}
