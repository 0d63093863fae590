//! The courier's bag: own bundles until their receipt is in, bundles of others, receipts for others.
//! Bounded in number and bytes, so that nobody fills somebody else's phone.

use rusqlite::{OptionalExtension as _, Row, params};
use zeroize::Zeroizing;

use super::column::text_enum;
use super::{ReadTx, StoreError, WriteTx, error::at_most};
use crate::courier::Bundle;
use crate::id::EnvelopeId;
use crate::identity::Canonical;

/// Pieces of one kind in the bag at most.
const MAX_PIECES: u64 = 200;
/// Bytes of all pieces for others at most.
const MAX_CARRIED: u64 = 32 << 20;

text_enum! {
    /// What a piece in the bag is.
    CourierKind {
        /// A bundle of this phone.
        Own = "own",
        /// Somebody else's bundle.
        Carried = "carried",
        /// A receipt for somebody else.
        Receipt = "receipt",
    }
}

/// A piece in the bag, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourierRow {
    /// The bundle's random number; a receipt has that of its bundle.
    pub id: [u8; 16],
    /// What it is.
    pub kind: CourierKind,
    /// Its size.
    pub bytes: u64,
    /// Why the court refused it, when it did; it is carried no further.
    pub refused: Option<String>,
    /// Since when it is here, milliseconds since 1970 by this phone's clock.
    pub since_ms: i64,
}

/// What an own bundle's receipt is read with.
#[derive(Debug)]
pub struct CourierSecret {
    /// The reply key's private half.
    pub key: Zeroizing<Vec<u8>>,
    /// The changes in the bundle, in order.
    pub offered: Vec<EnvelopeId>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CourierRow> {
    Ok(CourierRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        bytes: row.get::<_, super::column::Unsigned>(2)?.0,
        refused: row.get(3)?,
        since_ms: row.get(4)?,
    })
}

impl ReadTx<'_> {
    /// Everything in the bag, oldest first.
    pub fn courier(&self) -> Result<Vec<CourierRow>, StoreError> {
        let sql = "SELECT id, kind, length(bytes), refused, since_ms FROM courier ORDER BY rowid";
        self.rows(sql, [], read)
    }

    /// A piece's bytes.
    pub fn courier_bytes(
        &self,
        kind: CourierKind,
        id: [u8; 16],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM courier WHERE kind = ?1 AND id = ?2";
        Ok(self.sql.query_row(sql, params![kind, id], |row| row.get(0)).optional()?)
    }

    /// What opens the receipt of an own bundle.
    pub fn courier_secret(&self, id: [u8; 16]) -> Result<Option<CourierSecret>, StoreError> {
        let sql = "SELECT secret, offered FROM courier WHERE kind = 'own' AND id = ?1";
        let row = |row: &Row<'_>| Ok((Zeroizing::new(row.get(0)?), row.get::<_, Vec<u8>>(1)?));
        let found = self.sql.query_row(sql, params![id], row).optional()?;
        Ok(found.map(|(key, offered)| {
            let (ids, _) = offered.as_chunks::<32>();
            CourierSecret { key, offered: ids.iter().copied().map(EnvelopeId).collect() }
        }))
    }

    /// Whether one more piece of this size for somebody else fits.
    pub fn courier_has_room(&self, kind: CourierKind, bytes: usize) -> Result<bool, StoreError> {
        let bag = self.courier()?;
        let of_kind = bag.iter().filter(|row| row.kind == kind).count() as u64;
        let others = bag.iter().filter(|row| row.kind != CourierKind::Own);
        let total: u64 = others.map(|row| row.bytes).sum();
        Ok(of_kind < MAX_PIECES && total + bytes as u64 <= MAX_CARRIED)
    }
}

impl WriteTx<'_> {
    /// Keeps an own bundle with what opens its receipt.
    pub fn put_own_bundle(
        &self,
        id: [u8; 16],
        bytes: &[u8],
        secret: &CourierSecret,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        at_most("a bundle", bytes.len(), Bundle::MAX_LEN)?;
        let offered: Vec<u8> = secret.offered.iter().flat_map(|id| id.0).collect();
        self.sql.execute(
            "INSERT INTO courier (id, kind, bytes, secret, offered, since_ms)
             VALUES (?1, 'own', ?2, ?3, ?4, ?5)",
            params![id, bytes, secret.key.as_slice(), offered, now_ms],
        )?;
        Ok(())
    }

    /// Keeps a piece for somebody else; false when it was here.
    pub fn carry(
        &self,
        kind: CourierKind,
        id: [u8; 16],
        bytes: &[u8],
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        at_most("a piece", bytes.len(), Bundle::MAX_LEN)?;
        let added = self.sql.execute(
            "INSERT INTO courier (id, kind, bytes, since_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, id) DO NOTHING",
            params![id, kind, bytes, now_ms],
        )?;
        Ok(added == 1)
    }

    /// Notes why the court refused a bundle.
    pub fn refuse_bundle(
        &self,
        kind: CourierKind,
        id: [u8; 16],
        code: &str,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE courier SET refused = ?3 WHERE kind = ?1 AND id = ?2",
            params![kind, id, code],
        )?;
        Ok(())
    }

    /// Takes a piece out of the bag; gives whether it was there.
    pub fn drop_courier(&self, kind: CourierKind, id: [u8; 16]) -> Result<bool, StoreError> {
        let sql = "DELETE FROM courier WHERE kind = ?1 AND id = ?2";
        Ok(self.sql.execute(sql, params![kind, id])? == 1)
    }
}
