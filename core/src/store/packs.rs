//! Server-signed reference data: case packs, grids, rosters, rule packs. One version of each is kept,
//! the newest; it stays in force until a newer one stands in its place.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned, error::at_most};

/// Largest pack taken, bytes.
pub const MAX_PACK: usize = 4 << 20;

/// A stored pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// Kind of pack.
    pub kind: String,
    /// Which one of its kind: a case number, a district…
    pub id: String,
    /// Its version; newer ones are larger.
    pub version: u64,
    /// The channel it came in; `None` for packs every phone gets.
    pub channel: Option<String>,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// When it came, milliseconds since 1970.
    pub received_ms: i64,
}

/// What putting a pack did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackKept {
    /// It is the one in force now.
    Newest,
    /// The same bytes were here already.
    Known,
    /// A newer one is in force; this one was not kept.
    Older,
}

fn read(row: &Row<'_>) -> rusqlite::Result<PackRow> {
    Ok(PackRow {
        kind: row.get(0)?,
        id: row.get(1)?,
        version: row.get::<_, Unsigned>(2)?.0,
        channel: row.get(3)?,
        bytes: row.get(4)?,
        received_ms: row.get(5)?,
    })
}

const COLUMNS: &str = "kind, id, version, channel, bytes, received_ms";

impl ReadTx<'_> {
    /// The pack in force.
    pub fn pack(&self, kind: &str, id: &str) -> Result<Option<PackRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM packs WHERE kind = ?1 AND id = ?2");
        Ok(self.sql.query_row(&sql, [kind, id], read).optional()?)
    }

    /// Packs of a kind by id after `after` ("" begins), at most `limit`.
    pub fn packs(&self, kind: &str, after: &str, limit: u32) -> Result<Vec<PackRow>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM packs WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        self.rows(&sql, params![kind, after, limit], read)
    }

    /// The packs in force that came in a channel.
    pub fn packs_of_channel(&self, channel: &str) -> Result<Vec<PackRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM packs WHERE channel = ?1 ORDER BY kind, id");
        self.rows(&sql, [channel], read)
    }
}

impl WriteTx<'_> {
    /// Keeps a pack if it is newer than the one in force. The same version with other bytes is refused:
    /// the server never signs two.
    pub fn put_pack(&self, pack: &PackRow) -> Result<PackKept, StoreError> {
        at_most("a pack", pack.bytes.len(), MAX_PACK)?;
        if let Some(present) = self.pack(&pack.kind, &pack.id)? {
            if present.version > pack.version {
                return Ok(PackKept::Older);
            }
            if present.version == pack.version {
                return if present.bytes == pack.bytes {
                    Ok(PackKept::Known)
                } else {
                    Err(StoreError::constraint("pack_version_with_other_bytes"))
                };
            }
        }
        self.sql.execute(
            "INSERT INTO packs (kind, id, version, channel, bytes, received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, channel = excluded.channel,
                bytes = excluded.bytes, received_ms = excluded.received_ms",
            params![pack.kind, pack.id, Unsigned(pack.version), pack.channel, pack.bytes, pack.received_ms],
        )?;
        Ok(PackKept::Newest)
    }
}
