//! The court's signed words about files: that it holds one (`stored`), that it no longer does (`lost`); and what
//! follows from them for the originals here. The newest word counts: `lost` takes back every `stored` before it,
//! in whichever channel it came (the views `words` and `standing`).
//!
//! A court's backup covers a word when it reaches beyond it and no later word takes it back. So a word counts as
//! backed up only for who has read the word's channel to its end at the contact that told of the backup.

use rusqlite::params;

use super::{ReadTx, StoreError, WriteTx, column::Unsigned};
use crate::id::BlobHash;

/// How far the court has a file, by its own signed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WithCourt {
    /// It had it, and has said that it lost it.
    Lost,
    /// It has not said so.
    No,
    /// It has said so.
    Stored,
    /// A verified receipt covers that word.
    Receipted,
    /// And the court's backup reaches beyond it.
    BackedUp,
}

/// What keeps an original on its way that the court had and lost, a code.
pub const FILE_LOST: &str = "file_lost";

impl ReadTx<'_> {
    /// How far the court has a file. `backed_up` is the number of leaves its backup covers.
    pub fn with_court(&self, hash: BlobHash, backed_up: u64) -> Result<WithCourt, StoreError> {
        let sql = "SELECT min(log_index), count(*),
                EXISTS (SELECT 1 FROM words WHERE words.hash = ?1 AND NOT words.holds)
            FROM standing WHERE standing.hash = ?1";
        let (index, words, lost): (Option<Unsigned>, u32, bool) =
            self.sql.query_row(sql, [hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(match index {
            _ if words == 0 && lost => WithCourt::Lost,
            _ if words == 0 => WithCourt::No,
            None => WithCourt::Stored,
            Some(index) if index.0 < backed_up => WithCourt::BackedUp,
            Some(_) => WithCourt::Receipted,
        })
    }
}

impl WriteTx<'_> {
    /// The court said in a signed transition that it holds a file. While some other channel ends with its word
    /// that it lost it, an original that is here goes on waiting: to ask costs one small request.
    pub fn put_stored(&self, hash: BlobHash, transition: &[u8; 32]) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO stored (hash, transition) VALUES (?1, ?2)",
            params![hash, transition],
        )?;
        self.sql.execute(
            "UPDATE blobs SET state = 'verified', trouble = NULL
             WHERE hash = ?1 AND state IN ('local', 'uploading', 'differs')
             AND NOT EXISTS (SELECT 1 FROM words AS lost WHERE lost.hash = ?1 AND NOT lost.holds
               AND NOT EXISTS (SELECT 1 FROM words AS later WHERE later.hash = lost.hash
                 AND later.holds AND later.channel = lost.channel AND later.seq > lost.seq))",
            [hash],
        )?;
        Ok(())
    }

    /// The court said in a signed transition that it no longer holds a file: an original that is here is to be
    /// sent again, and stays.
    pub fn put_lost(&self, hash: BlobHash, transition: &[u8; 32]) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO lost (hash, transition) VALUES (?1, ?2)",
            params![hash, transition],
        )?;
        self.sql.execute(
            "UPDATE blobs SET state = 'differs', trouble = ?2
             WHERE hash = ?1 AND state IN ('verified', 'receipted') AND released = 0",
            params![hash, FILE_LOST],
        )?;
        Ok(())
    }

    /// Originals whose word stands in one of `channels`, read to their ends, and is covered by a receipt and by
    /// the court's backup of `backed_up` leaves need not stay here any longer.
    pub fn note_receipted(&self, backed_up: u64, channels: &[&str]) -> Result<usize, StoreError> {
        let covered: Vec<(BlobHash, String)> = self.rows(
            "SELECT blobs.hash, standing.channel FROM blobs
             JOIN standing ON standing.hash = blobs.hash
             WHERE blobs.state = 'verified' AND standing.log_index < ?1",
            [Unsigned(backed_up)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut noted = 0;
        for (hash, channel) in covered {
            if channels.contains(&channel.as_str()) {
                noted += self.sql.execute(
                    "UPDATE blobs SET state = 'receipted' WHERE hash = ?1 AND state = 'verified'",
                    [hash],
                )?;
            }
        }
        Ok(noted)
    }
}
