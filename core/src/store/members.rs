//! Signed membership transitions of each channel, in their order, so that a phone and a peer can
//! check membership with no network. Reading them is [`crate::identity`]'s business.

use rusqlite::{Row, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned, error::at_most};

/// Longest transition, bytes.
pub const MAX_TRANSITION: usize = 16 << 10;

/// A membership transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The channel.
    pub channel: String,
    /// Its sequence in the channel.
    pub position: u64,
    /// Whom it concerns.
    pub person: String,
    /// The signed bytes.
    pub transition: Vec<u8>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<MemberRow> {
    Ok(MemberRow {
        channel: row.get(0)?,
        position: row.get::<_, Unsigned>(1)?.0,
        person: row.get(2)?,
        transition: row.get(3)?,
    })
}

impl ReadTx<'_> {
    /// Every transition of a channel, in order.
    pub fn members(&self, channel: &str) -> Result<Vec<MemberRow>, StoreError> {
        let sql = "SELECT channel, position, person, transition FROM members
                   WHERE channel = ?1 ORDER BY position";
        self.rows(sql, [channel], read)
    }

    /// The transitions of one person in a channel, in order; the last one holds.
    pub fn member(&self, channel: &str, person: &str) -> Result<Vec<MemberRow>, StoreError> {
        let sql = "SELECT channel, position, person, transition FROM members
                   WHERE channel = ?1 AND person = ?2 ORDER BY position";
        self.rows(sql, [channel, person], read)
    }
}

impl WriteTx<'_> {
    /// Keeps a transition. The same one again changes nothing; another one in its place is refused.
    pub fn put_member(&self, new: &MemberRow) -> Result<(), StoreError> {
        at_most("a membership transition", new.transition.len(), MAX_TRANSITION)?;
        let inserted = self.sql.execute(
            "INSERT INTO members (channel, position, person, transition) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (channel, position) DO NOTHING",
            params![new.channel, Unsigned(new.position), new.person, new.transition],
        )?;
        if inserted == 0 {
            let sql = "SELECT person = ?3 AND transition = ?4 FROM members WHERE channel = ?1 AND position = ?2";
            let position = Unsigned(new.position);
            let same: bool = self.sql.query_row(
                sql,
                params![new.channel, position, new.person, new.transition],
                |row| row.get(0),
            )?;
            if !same {
                return Err(StoreError::constraint("membership_position_with_other_bytes"));
            }
        }
        Ok(())
    }
}
