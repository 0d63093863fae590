//! Who may read a channel, and from when to when.

use super::{Reading, StoreError, Writing, count, stored};

/// A person's right to one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The channel.
    pub channel: String,
    /// The last entry the person may read, when the person has left.
    pub left_seq: Option<u64>,
}

impl Reading<'_> {
    /// Every channel a person is or was a member of, by name. Of several stays the present one
    /// counts, else the last.
    pub fn memberships(&self, person: &str) -> Result<Vec<Membership>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT channel, max(CASE WHEN left_seq IS NULL THEN 1 ELSE 0 END), max(left_seq)
             FROM member WHERE court = ?1 AND person = ?2 GROUP BY channel ORDER BY channel",
        )?;
        let rows = statement.query_map((self.court, person), |row| {
            let present: bool = row.get(1)?;
            let left: Option<i64> = row.get(2)?;
            Ok(Membership { channel: row.get(0)?, left_seq: left.filter(|_| !present).map(count) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whoever may read the entry `seq` of a channel, present members and those who left later; by id.
    pub fn readers_of(&self, channel: &str, seq: u64) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT person FROM member WHERE court = ?1 AND channel = ?2
             AND (left_seq IS NULL OR left_seq >= ?3) ORDER BY person",
        )?;
        let rows = statement.query_map((self.court, channel, stored(seq)), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a person is a present member of a channel.
    pub fn is_member(&self, channel: &str, person: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM member
                   WHERE court = ?1 AND channel = ?2 AND person = ?3 AND left_seq IS NULL)";
        Ok(self.db.query_row(sql, (self.court, channel, person), |row| row.get(0))?)
    }

    /// Present members of a channel, by id.
    pub fn members(&self, channel: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT person FROM member WHERE court = ?1 AND channel = ?2 AND left_seq IS NULL
             ORDER BY person",
        )?;
        let rows = statement.query_map((self.court, channel), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// A person enters a channel by its entry `seq`.
    pub fn enter(&self, channel: &str, person: &str, seq: u64) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO member (court, channel, person, since_seq) VALUES (?1, ?2, ?3, ?4)",
            (self.court, channel, person, stored(seq)),
        )?;
        Ok(())
    }

    /// A person leaves a channel by its entry `seq`, the last one the person may read.
    pub fn leave(&self, channel: &str, person: &str, seq: u64) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE member SET left_seq = ?4
             WHERE court = ?1 AND channel = ?2 AND person = ?3 AND left_seq IS NULL",
            (self.court, channel, person, stored(seq)),
        )?;
        Ok(())
    }
}
