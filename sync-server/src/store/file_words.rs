//! The court's signed words about originals, where they stand and which of them hold: `stored`, and `lost`, which
//! takes back every `stored` before it. Signing them is [`crate::ingest`]'s.

use rusqlite::OptionalExtension;

use lastmile_core::id::BlobHash;
use lastmile_core::sync::channel::EntryKind;

use super::{Reading, StoreError, count};

/// The last word about an original in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileWord {
    /// It says that the court holds the file; else that it lost it.
    pub holds: bool,
    /// Its place in the channel.
    pub seq: u64,
}

impl Reading<'_> {
    /// The last word about an original in a channel.
    pub fn last_file_word(
        &self,
        hash: BlobHash,
        channel: &str,
    ) -> Result<Option<FileWord>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT transition.kind = 'stored', feed.seq FROM transition
             JOIN feed ON feed.court = transition.court AND feed.channel = transition.channel
               AND feed.kind = ?4 AND feed.id = transition.id
             WHERE transition.court = ?1 AND transition.kind IN ('stored', 'lost')
               AND transition.subject = ?2 AND transition.channel = ?3
             ORDER BY feed.seq DESC LIMIT 1",
        )?;
        let key = (self.court, hash.to_hex(), channel, EntryKind::Transition.code());
        let found = statement
            .query_row(key, |row| Ok(FileWord { holds: row.get(0)?, seq: count(row.get(1)?) }));
        Ok(found.optional()?)
    }

    /// The channels in which the court has said something about an original.
    pub fn channels_with_file_words(&self, hash: BlobHash) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT channel FROM transition
             WHERE court = ?1 AND kind IN ('stored', 'lost') AND subject = ?2 ORDER BY channel",
        )?;
        let rows = statement.query_map((self.court, hash.to_hex()), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The channels whose last word is that the court holds an original.
    pub fn channels_promised(&self, hash: BlobHash) -> Result<Vec<String>, StoreError> {
        let mut promised = Vec::new();
        for channel in self.channels_with_file_words(hash)? {
            if self.last_file_word(hash, &channel)?.is_some_and(|word| word.holds) {
                promised.push(channel);
            }
        }
        Ok(promised)
    }

    /// Every file that a feed says is stored and no later word says is lost, with the index of the first leaf
    /// that says so.
    pub fn files_promised(&self) -> Result<Vec<(BlobHash, u64)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT said.subject, min(feed.log_index) FROM transition AS said
             JOIN feed ON feed.court = said.court AND feed.kind = ?2 AND feed.id = said.id
             WHERE said.court = ?1 AND said.kind = 'stored' AND NOT EXISTS (
               SELECT 1 FROM transition AS later
               JOIN feed AS place
                 ON place.court = later.court AND place.kind = ?2 AND place.id = later.id
               WHERE later.court = said.court AND later.kind = 'lost'
                 AND later.subject = said.subject AND place.log_index > feed.log_index)
             GROUP BY said.subject ORDER BY said.subject",
        )?;
        let rows = statement.query_map((self.court, EntryKind::Transition.code()), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?.map_or(0, count)))
        })?;
        rows.map(|row| {
            let (subject, index) = row?;
            let hash = BlobHash::from_hex(&subject);
            Ok((hash.map_err(|_| StoreError::Damaged("stored transition"))?, index))
        })
        .collect()
    }
}
