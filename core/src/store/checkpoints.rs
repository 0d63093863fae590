//! The court's transparency log as this phone has verified it: checkpoints, proofs, the places of
//! entries, and what was wrong with a log that a server showed. What counts as verified is the
//! facade's judgement.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned, error::at_most};
use crate::id::EnvelopeId;

/// Longest kept proof, bytes.
const MAX_PROOF: usize = 4 << 20;
/// Longest growth proof, bytes.
const MAX_GROWTH: usize = 64 * 32;

/// A verified checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Local number, for [`ProofRow`].
    pub local: i64,
    /// Name of the log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: [u8; 32],
    /// The server's clock when it was signed, milliseconds since 1970.
    pub at_ms: i64,
    /// The signed note.
    pub note: Vec<u8>,
}

/// Where an entry of a feed stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPlace {
    /// Index of its leaf.
    pub index: u64,
    /// Hash of its leaf.
    pub leaf: [u8; 32],
    /// Local number of the proof.
    pub proof: i64,
}

/// A kept proof that a log grew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrowthRow {
    /// From so many leaves.
    pub before_size: u64,
    /// With this root.
    pub before_root: [u8; 32],
    /// To so many.
    pub size: u64,
    /// The proof's hashes, one after the other.
    pub proof: Vec<u8>,
}

/// Something that was wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAlarm {
    /// Stable code.
    pub code: String,
    /// The signed checkpoint this phone had verified.
    pub held: Option<Vec<u8>>,
    /// The signed checkpoint that was shown.
    pub shown: Option<Vec<u8>>,
    /// When, by this phone's clock.
    pub at_ms: i64,
}

fn checkpoint(row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    Ok(CheckpointRow {
        local: row.get(0)?,
        origin: row.get(1)?,
        size: row.get::<_, Unsigned>(2)?.0,
        root: row.get(3)?,
        at_ms: row.get(4)?,
        note: row.get(5)?,
    })
}

const CHECKPOINT: &str = "SELECT local, origin, size, root, at_ms, note FROM checkpoints";

impl ReadTx<'_> {
    /// The checkpoint that was verified last.
    pub fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("{CHECKPOINT} ORDER BY local DESC LIMIT 1");
        Ok(self.sql.query_row(&sql, [], checkpoint).optional()?)
    }

    /// The verified checkpoint of this size and root, of whichever log.
    pub fn checkpoint(
        &self,
        size: u64,
        root: &[u8; 32],
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("{CHECKPOINT} WHERE size = ?1 AND root = ?2 ORDER BY local LIMIT 1");
        Ok(self.sql.query_row(&sql, params![Unsigned(size), root], checkpoint).optional()?)
    }

    /// The first verified checkpoint that covers the leaf `index` of a log.
    pub fn checkpoint_covering(
        &self,
        origin: &str,
        index: u64,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("{CHECKPOINT} WHERE origin = ?1 AND size > ?2 ORDER BY size LIMIT 1");
        Ok(self.sql.query_row(&sql, params![origin, Unsigned(index)], checkpoint).optional()?)
    }

    /// The verified checkpoint of a log of this size.
    pub fn checkpoint_of_size(
        &self,
        origin: &str,
        size: u64,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("{CHECKPOINT} WHERE origin = ?1 AND size = ?2");
        Ok(self.sql.query_row(&sql, params![origin, Unsigned(size)], checkpoint).optional()?)
    }

    /// Name of the log that a kept proof is about.
    pub fn origin_of_proof(&self, local: i64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT checkpoints.origin FROM proofs
            JOIN checkpoints ON checkpoints.local = proofs.checkpoint WHERE proofs.local = ?1";
        Ok(self.sql.query_row(sql, [local], |row| row.get(0)).optional()?)
    }

    /// A verified checkpoint by its local number.
    pub fn checkpoint_by_number(&self, local: i64) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = format!("{CHECKPOINT} WHERE local = ?1");
        Ok(self.sql.query_row(&sql, [local], checkpoint).optional()?)
    }

    /// Where an entry stands in the log, when that was proved.
    pub fn feed_place(&self, channel: &str, seq: u64) -> Result<Option<FeedPlace>, StoreError> {
        let sql = "SELECT log_index, leaf, proof FROM feed
            WHERE channel = ?1 AND seq = ?2 AND log_index IS NOT NULL";
        let found = self.sql.query_row(sql, params![channel, Unsigned(seq)], |row| {
            Ok(FeedPlace {
                index: row.get::<_, Unsigned>(0)?.0,
                leaf: row.get(1)?,
                proof: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    /// The log in which a change was proved first, and its index there.
    pub fn place_of(&self, id: EnvelopeId) -> Result<Option<(String, u64)>, StoreError> {
        let sql = "SELECT checkpoints.origin, feed.log_index FROM feed
            JOIN proofs ON proofs.local = feed.proof
            JOIN checkpoints ON checkpoints.local = proofs.checkpoint
            WHERE feed.ref_id = ?1 AND feed.log_index IS NOT NULL
            ORDER BY checkpoints.local, feed.log_index LIMIT 1";
        let found =
            self.sql.query_row(sql, [id], |row| Ok((row.get(0)?, row.get::<_, Unsigned>(1)?.0)));
        Ok(found.optional()?)
    }

    /// A kept proof: the local number of its checkpoint, and its bytes.
    pub fn proof(&self, local: i64) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let sql = "SELECT checkpoint, bytes FROM proofs WHERE local = ?1";
        Ok(self.sql.query_row(sql, [local], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// All kept proofs of entries of a log: leaves of the tree they are about, and their bytes.
    pub fn proofs_of(&self, origin: &str) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.rows(
            "SELECT checkpoints.size, proofs.bytes FROM proofs
             JOIN checkpoints ON checkpoints.local = proofs.checkpoint
             WHERE checkpoints.origin = ?1 ORDER BY proofs.local",
            [origin],
            |row| Ok((row.get::<_, Unsigned>(0)?.0, row.get(1)?)),
        )
    }

    /// All kept proofs that a log grew.
    pub fn growths_of(&self, origin: &str) -> Result<Vec<GrowthRow>, StoreError> {
        self.rows(
            "SELECT before_size, before_root, checkpoints.size, proof FROM growths
             JOIN checkpoints ON checkpoints.local = growths.checkpoint
             WHERE growths.origin = ?1 ORDER BY before_size, before_root",
            [origin],
            |row| {
                Ok(GrowthRow {
                    before_size: row.get::<_, Unsigned>(0)?.0,
                    before_root: row.get(1)?,
                    size: row.get::<_, Unsigned>(2)?.0,
                    proof: row.get(3)?,
                })
            },
        )
    }

    /// Accepted changes whose entry was proved, and which have no receipt yet: id and index.
    pub fn proved_without_receipt(&self) -> Result<Vec<(EnvelopeId, u64)>, StoreError> {
        self.rows(
            "SELECT log.id, min(feed.log_index) FROM log JOIN feed ON feed.ref_id = log.id
             WHERE log.state = 'accepted' AND feed.kind = 'change' AND feed.log_index IS NOT NULL
             GROUP BY log.id",
            [],
            |row| Ok((row.get(0)?, row.get::<_, Unsigned>(1)?.0)),
        )
    }

    /// What was wrong with logs that servers showed, oldest first.
    pub fn log_alarms(&self) -> Result<Vec<LogAlarm>, StoreError> {
        self.rows("SELECT code, held, shown, at_ms FROM log_alarms ORDER BY local", [], |row| {
            Ok(LogAlarm {
                code: row.get(0)?,
                held: row.get(1)?,
                shown: row.get(2)?,
                at_ms: row.get(3)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps a verified checkpoint as the newest; gives its local number.
    pub fn put_checkpoint(
        &self,
        checkpoint: &CheckpointRow,
        received_ms: i64,
    ) -> Result<i64, StoreError> {
        let CheckpointRow { origin, size, root, at_ms, note, .. } = checkpoint;
        self.sql.execute(
            "INSERT INTO checkpoints (origin, size, root, at_ms, note, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            params![origin, Unsigned(*size), root, at_ms, note, received_ms],
        )?;
        let sql = "SELECT local FROM checkpoints WHERE origin = ?1 AND size = ?2";
        Ok(self.sql.query_row(sql, params![origin, Unsigned(*size)], |row| row.get(0))?)
    }

    /// Keeps a verified proof; gives its local number.
    pub fn put_proof(&self, checkpoint: i64, bytes: &[u8]) -> Result<i64, StoreError> {
        at_most("a proof", bytes.len(), MAX_PROOF)?;
        self.sql.execute(
            "INSERT INTO proofs (checkpoint, bytes) VALUES (?1, ?2)",
            params![checkpoint, bytes],
        )?;
        Ok(self.sql.last_insert_rowid())
    }

    /// Keeps a verified proof that the log `origin` grew from `before` to the checkpoint of the local number
    /// `checkpoint`. Of one beginning the first proof is kept: what it leads to has its own.
    pub fn put_growth(
        &self,
        origin: &str,
        before: (u64, &[u8; 32]),
        checkpoint: i64,
        proof: &[u8],
    ) -> Result<(), StoreError> {
        at_most("a growth proof", proof.len(), MAX_GROWTH)?;
        self.sql.execute(
            "INSERT INTO growths (origin, before_size, before_root, checkpoint, proof)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            params![origin, Unsigned(before.0), before.1, checkpoint, proof],
        )?;
        Ok(())
    }

    /// Notes where an entry stands.
    pub fn set_feed_place(
        &self,
        channel: &str,
        seq: u64,
        place: FeedPlace,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE feed SET log_index = ?3, leaf = ?4, proof = ?5 WHERE channel = ?1 AND seq = ?2",
            params![channel, Unsigned(seq), Unsigned(place.index), place.leaf, place.proof],
        )?;
        Ok(())
    }

    /// Keeps an alarm; says whether it is a new one.
    pub fn put_log_alarm(&self, alarm: &LogAlarm) -> Result<bool, StoreError> {
        let added = self.sql.execute(
            "INSERT INTO log_alarms (code, held, shown, at_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            params![alarm.code, alarm.held, alarm.shown, alarm.at_ms],
        )?;
        Ok(added == 1)
    }
}
