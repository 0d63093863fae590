//! The court's transparency log in the database: leaves beside the entries of feeds, the hashes of
//! completed subtrees, and every signed checkpoint. One sequencer: a leaf is appended in the
//! transaction that appends its entry, under the same write lock.

use rusqlite::OptionalExtension;
use tlog_tiles::{Hash, HashReader};

use lastmile_core::envelope::Body;
use lastmile_core::id::{CertificateId, ServerEpoch, sha256};
use lastmile_core::identity::Canonical;
use lastmile_core::log::Interval;
use lastmile_core::log::leaf::{Blind, Leaf};
use lastmile_core::sync::channel::EntryKind;

use super::{EnvelopeRow, Reading, StoreError, Writing, count, stored};

/// An entry of a feed with its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    /// Number in its feed, from 1.
    pub seq: u64,
    /// What it carries.
    pub kind: EntryKind,
    /// Identity of what it carries.
    pub id: [u8; 32],
    /// Index of its leaf.
    pub index: u64,
    /// Hash of its leaf.
    pub leaf: [u8; 32],
}

/// A signed checkpoint, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: [u8; 32],
    /// Server clock, milliseconds since 1970.
    pub at_ms: i64,
    /// The signed note.
    pub note: Vec<u8>,
}

/// A checkpoint that somebody handed in and that this log does not contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// The signed note.
    pub note: Vec<u8>,
    /// Whose phone handed it in.
    pub carrier: CertificateId,
    /// What it shows, a code.
    pub finding: String,
    /// When, server clock.
    pub received_ms: i64,
}

/// An entry that has no place in this log yet.
struct Unlogged {
    channel: String,
    seq: u64,
    thing: (EntryKind, [u8; 32]),
}

/// The stored hashes of the tree.
#[derive(Debug, Clone, Copy)]
pub struct StoredTree<'a>(Reading<'a>);

impl HashReader for StoredTree<'_> {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let missing = |_| tlog_tiles::Error::IndexesNotInTree;
        let mut statement = self
            .0
            .db
            .prepare_cached("SELECT hash FROM log_hash WHERE court = ?1 AND position = ?2")
            .map_err(missing)?;
        positions
            .iter()
            .map(|position| {
                statement
                    .query_row((self.0.court, stored(*position)), |row| row.get(0).map(Hash))
                    .map_err(missing)
            })
            .collect()
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<LogEntry> {
    Ok(LogEntry {
        seq: count(row.get(0)?),
        // The table admits these codes only.
        kind: EntryKind::from_code(row.get(1)?).unwrap_or(EntryKind::Change),
        id: row.get(2)?,
        index: count(row.get(3)?),
        leaf: row.get(4)?,
    })
}

fn checkpoint(row: &rusqlite::Row<'_>) -> rusqlite::Result<CheckpointRow> {
    Ok(CheckpointRow {
        origin: row.get(0)?,
        size: count(row.get(1)?),
        root: row.get(2)?,
        at_ms: row.get(3)?,
        note: row.get(4)?,
    })
}

const CHECKPOINT: &str = "SELECT origin, size, root, at_ms, note FROM checkpoint";

impl<'a> Reading<'a> {
    /// Leaves of the log.
    pub fn log_size(&self) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(
            "SELECT coalesce(max(log_index) + 1, 0) FROM feed WHERE court = ?1 AND log_index >= 0",
            [self.court],
            |row| row.get(0),
        )?))
    }

    /// Whether some entry has no place in the log.
    pub fn has_unlogged(&self) -> Result<bool, StoreError> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM feed WHERE court = ?1 AND log_index IS NULL)",
            [self.court],
            |row| row.get(0),
        )?)
    }

    /// The tree over them.
    pub fn log_tree(&self) -> StoredTree<'a> {
        StoredTree(*self)
    }

    /// What hides a feed's name.
    pub fn blind(&self, channel: &str) -> Result<Blind, StoreError> {
        let secret: [u8; 32] = self.db.query_row(
            "SELECT blinding FROM court WHERE court = ?1",
            [self.court],
            |row| row.get(0),
        )?;
        Ok(Blind::derive(&secret, channel))
    }

    /// Entries `after + 1` to `until` of a feed, with their places.
    pub fn log_entries(
        &self,
        channel: &str,
        after: u64,
        until: u64,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT seq, kind, id, log_index, leaf FROM feed
             WHERE court = ?1 AND channel = ?2 AND seq > ?3 AND seq <= ?4 AND log_index IS NOT NULL
             ORDER BY seq",
        )?;
        let rows =
            statement.query_map((self.court, channel, stored(after), stored(until)), entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The place of one thing in one feed.
    pub fn log_entry_of(
        &self,
        channel: &str,
        kind: EntryKind,
        id: &[u8; 32],
    ) -> Result<Option<LogEntry>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT seq, kind, id, log_index, leaf FROM feed
             WHERE court = ?1 AND channel = ?2 AND kind = ?3 AND id = ?4 AND log_index IS NOT NULL",
        )?;
        Ok(statement.query_row((self.court, channel, kind.code(), id), entry).optional()?)
    }

    /// The entry whose leaf has this index, and its feed.
    pub fn log_entry_at(&self, index: u64) -> Result<Option<(String, LogEntry)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT seq, kind, id, log_index, leaf, channel FROM feed
             WHERE court = ?1 AND log_index = ?2",
        )?;
        let found = statement
            .query_row((self.court, stored(index)), |row| Ok((row.get(5)?, entry(row)?)))
            .optional()?;
        Ok(found)
    }

    /// The leaves `from` to `until` exclusive, whole, for the log's tiles of entries.
    pub fn leaves(&self, from: u64, until: u64) -> Result<Vec<Leaf>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT feed.channel, feed.seq, feed.kind, feed.id, before.leaf
             FROM feed LEFT JOIN feed AS before ON before.court = feed.court
               AND before.channel = feed.channel AND before.seq = feed.seq - 1
             WHERE feed.court = ?1 AND feed.log_index >= ?2 AND feed.log_index < ?3
             ORDER BY feed.log_index",
        )?;
        let rows = statement.query_map((self.court, stored(from), stored(until)), |row| {
            let channel: String = row.get(0)?;
            Ok((channel, count(row.get(1)?), row.get::<_, u8>(2)?, row.get(3)?, row.get(4)?))
        })?;
        let mut leaves = Vec::new();
        for row in rows {
            let (channel, sequence, kind, id, previous) = row?;
            let kind = EntryKind::from_code(kind).ok_or(StoreError::Damaged("feed entry"))?;
            let chain = self.blind(&channel)?.chain(&channel);
            leaves.push(Leaf { chain, sequence, previous, kind, id });
        }
        Ok(leaves)
    }

    /// The newest checkpoint of a log.
    pub fn newest_checkpoint(&self, origin: &str) -> Result<Option<CheckpointRow>, StoreError> {
        self.one_checkpoint("origin = ?2 ORDER BY size DESC LIMIT 1", (self.court, origin))
    }

    /// The first checkpoint of a log that covers the leaf `index`.
    pub fn checkpoint_covering(
        &self,
        origin: &str,
        index: u64,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        self.one_checkpoint(
            "origin = ?2 AND size > ?3 ORDER BY size LIMIT 1",
            (self.court, origin, stored(index)),
        )
    }

    /// The checkpoint of a log at exactly this size.
    pub fn checkpoint_of_size(
        &self,
        origin: &str,
        size: u64,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        self.one_checkpoint("origin = ?2 AND size = ?3", (self.court, origin, stored(size)))
    }

    /// The checkpoint of this size and root, of whatever log.
    pub fn checkpoint_named(
        &self,
        size: u64,
        root: &[u8; 32],
    ) -> Result<Option<CheckpointRow>, StoreError> {
        self.one_checkpoint("size = ?2 AND root = ?3 LIMIT 1", (self.court, stored(size), root))
    }

    fn one_checkpoint(
        &self,
        filter: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{CHECKPOINT} WHERE court = ?1 AND {filter}"))?;
        Ok(statement.query_row(values, checkpoint).optional()?)
    }

    /// What is proven about the time of a change: the checkpoint its author named, when this court signed
    /// it, and the first one that covers a leaf of it in the log `origin`.
    pub fn proven(&self, origin: &str, row: &EnvelopeRow) -> Result<Interval, StoreError> {
        let body = Body::decode(&row.body).map_err(|_| StoreError::Damaged("envelope body"))?;
        let (id, named) = (row.id, body.checkpoint);
        let held = match named {
            Some(named) => self.checkpoint_named(named.size, &named.root)?,
            None => None,
        };
        let first: Option<i64> = self.db.query_row(
            "SELECT min(log_index) FROM feed WHERE court = ?1 AND kind = ?2 AND id = ?3",
            (self.court, EntryKind::Change.code(), id.as_bytes()),
            |row| row.get(0),
        )?;
        let covering = match first {
            Some(index) => self.checkpoint_covering(origin, count(index))?,
            None => None,
        };
        Ok(Interval {
            not_before_ms: held.map(|row| row.at_ms),
            not_after_ms: covering.map(|row| row.at_ms),
        })
    }

    /// How many leaves lie in a backup.
    pub fn backed_up_through(&self) -> Result<u64, StoreError> {
        let sql = "SELECT backed_up FROM court WHERE court = ?1";
        Ok(count(self.db.query_row(sql, [self.court], |row| row.get(0))?))
    }

    /// Checkpoints that phones handed in and this log does not contain, oldest first.
    pub fn log_evidence(&self) -> Result<Vec<EvidenceRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT note, carrier, finding, received_ms FROM log_evidence
             WHERE court = ?1 ORDER BY received_ms, hash",
        )?;
        let rows = statement.query_map([self.court], |row| {
            Ok(EvidenceRow {
                note: row.get(0)?,
                carrier: CertificateId(row.get(1)?),
                finding: row.get(2)?,
                received_ms: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Appends leaves for entries `first`, `first + 1`, … of `channel`; gives the place of each.
    pub(super) fn log_append(
        &self,
        channel: &str,
        first: u64,
        things: &[(EntryKind, [u8; 32])],
    ) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        let chain = self.blind(channel)?.chain(channel);
        let mut previous = match first {
            0 | 1 => None,
            _ => Some(self.leaf_at(channel, first - 1)?),
        };
        let tree = self.log_tree();
        let begin = self.log_size()?;
        let mut keep = self
            .db
            .prepare_cached("INSERT INTO log_hash (court, position, hash) VALUES (?1, ?2, ?3)")?;
        let mut places = Vec::with_capacity(things.len());
        for (index, (sequence, (kind, id))) in (begin..).zip((first..).zip(things)) {
            let leaf = Leaf { chain, sequence, previous, kind: *kind, id: *id }.hash();
            let hashes = tlog_tiles::stored_hashes_for_record_hash(index, Hash(leaf), &tree)
                .map_err(|_| StoreError::Damaged("log tree"))?;
            let position = tlog_tiles::stored_hash_index(0, index);
            for (position, hash) in (position..).zip(hashes) {
                keep.execute((self.court, stored(position), hash.0))?;
            }
            places.push((index, leaf));
            previous = Some(leaf);
        }
        Ok(places)
    }

    fn leaf_at(&self, channel: &str, seq: u64) -> Result<[u8; 32], StoreError> {
        let leaf: Option<[u8; 32]> = self
            .db
            .query_row(
                "SELECT leaf FROM feed WHERE court = ?1 AND channel = ?2 AND seq = ?3",
                (self.court, channel, stored(seq)),
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        leaf.ok_or(StoreError::Damaged("entry without a leaf"))
    }

    /// Brings entries from before there was a log, or of a log that was lost, into this one: those of a lost
    /// log in its order, so that what was before a withdrawal stays before it; the others feed by feed. Says
    /// how many.
    pub fn log_again(&self) -> Result<u64, StoreError> {
        let entries = self.unlogged()?;
        let mut keep = self.db.prepare_cached(
            "UPDATE feed SET log_index = ?4, leaf = ?5
             WHERE court = ?1 AND channel = ?2 AND seq = ?3",
        )?;
        let together = |one: &Unlogged, next: &Unlogged| {
            one.channel == next.channel && one.seq + 1 == next.seq
        };
        for run in entries.chunk_by(together) {
            let Some(first) = run.first() else { continue };
            let things: Vec<_> = run.iter().map(|entry| entry.thing).collect();
            let places = self.log_append(&first.channel, first.seq, &things)?;
            for (seq, (index, leaf)) in (first.seq..).zip(&places) {
                keep.execute((self.court, &first.channel, stored(seq), stored(*index), leaf))?;
            }
        }
        Ok(entries.len() as u64)
    }

    /// Entries without a place in this log, in the order in which they get one.
    fn unlogged(&self) -> Result<Vec<Unlogged>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT channel, seq, kind, id FROM feed
             WHERE court = ?1 AND (log_index IS NULL OR log_index < 0)
             ORDER BY log_index IS NULL, log_index DESC, channel, seq",
        )?;
        let rows = statement.query_map([self.court], |row| {
            // The table admits these codes only.
            let kind = EntryKind::from_code(row.get(2)?).unwrap_or(EntryKind::Change);
            Ok(Unlogged {
                channel: row.get(0)?,
                seq: count(row.get(1)?),
                thing: (kind, row.get(3)?),
            })
        })?;
        let mut entries = rows.collect::<Result<Vec<_>, _>>()?;
        // The first leaf of a log that continued another one was decided after what was brought over.
        if entries.first().is_some_and(|entry| entry.seq > 1) {
            let opening = entries.remove(0);
            let before = entries
                .iter()
                .position(|entry| entry.channel == opening.channel && entry.seq + 1 == opening.seq);
            entries.insert(before.map_or(0, |before| before + 1), opening);
        }
        Ok(entries)
    }

    /// A new life of this database and with it a new, empty log. The places of all entries become
    /// negative, -1 and down: `log_again` gives new ones. Checkpoints of the old log stay, as evidence.
    pub fn begin_life(&self, epoch: ServerEpoch) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE court SET epoch = ?2 WHERE court = ?1",
            (self.court, epoch.as_bytes()),
        )?;
        self.db.execute(
            "UPDATE feed SET log_index = -1 - log_index WHERE court = ?1 AND log_index >= 0",
            [self.court],
        )?;
        self.db.execute("DELETE FROM log_hash WHERE court = ?1", [self.court])?;
        self.db.execute("UPDATE court SET backed_up = 0 WHERE court = ?1", [self.court])?;
        Ok(())
    }

    /// Keeps a signed checkpoint.
    pub fn put_checkpoint(&self, row: &CheckpointRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO checkpoint (court, origin, size, root, at_ms, note)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            (self.court, &row.origin, stored(row.size), row.root, row.at_ms, &row.note),
        )?;
        Ok(())
    }

    /// The first `size` leaves lie in a backup.
    pub fn set_backed_up(&self, size: u64) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE court SET backed_up = max(backed_up, ?2) WHERE court = ?1",
            (self.court, stored(size)),
        )?;
        Ok(())
    }

    /// Keeps a checkpoint that this log does not contain; says whether it was new.
    pub fn put_log_evidence(&self, row: &EvidenceRow) -> Result<bool, StoreError> {
        let added = self.db.execute(
            "INSERT INTO log_evidence (court, hash, note, carrier, finding, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            (
                self.court,
                sha256(&row.note),
                &row.note,
                row.carrier.as_bytes(),
                &row.finding,
                row.received_ms,
            ),
        )?;
        Ok(added == 1)
    }
}
