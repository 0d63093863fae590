//! Who this installation is: epoch, rebase generation, the device-wide sequence; and a few named
//! settings the facade remembers (court, server epoch, last boot, newest checkpoint).

use rusqlite::{OptionalExtension as _, params};

use super::{ReadTx, StoreError, WriteTx, column::Unsigned, error::at_most};
use crate::id::{BootId, Epoch, ServerEpoch};

/// Longest value of a setting, bytes.
pub const MAX_SETTING: usize = 64 << 10;

const COURT: &str = "court";
const SERVER_EPOCH: &str = "server_epoch";
const LAST_BOOT: &str = "last_boot";

/// The writing identity of this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Epoch that own changes are recorded under.
    pub epoch: Epoch,
    /// The installation that began it.
    pub installation: [u8; 16],
    /// Rebases so far in this epoch.
    pub generation: u32,
    /// Sequence the next own envelope will get; the first is 1.
    pub next_sequence: u64,
}

impl ReadTx<'_> {
    /// The writing identity, `None` in a fresh store.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let sql = "SELECT epoch, installation, generation, next_sequence FROM meta WHERE one = 1";
        let row = self.sql.query_row(sql, [], |row| {
            Ok(Identity {
                epoch: row.get(0)?,
                installation: row.get(1)?,
                generation: row.get(2)?,
                next_sequence: row.get::<_, Unsigned>(3)?.0,
            })
        });
        Ok(row.optional()?)
    }

    /// A named setting.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT value FROM settings WHERE name = ?1";
        Ok(self.sql.query_row(sql, [name], |row| row.get(0)).optional()?)
    }

    /// Settings whose names begin with `prefix`, by name.
    pub fn settings(&self, prefix: &str) -> Result<Vec<Vec<u8>>, StoreError> {
        self.rows(
            "SELECT value FROM settings WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            [prefix],
            |row| row.get(0),
        )
    }

    /// The court this phone belongs to.
    pub fn court(&self) -> Result<Option<String>, StoreError> {
        self.setting(COURT)?
            .map(|bytes| {
                String::from_utf8(bytes).map_err(|_| StoreError::damaged("the court's name"))
            })
            .transpose()
    }

    /// The life of the server's database this phone last spoke to.
    pub fn server_epoch(&self) -> Result<Option<ServerEpoch>, StoreError> {
        self.setting(SERVER_EPOCH)?
            .map(|bytes| {
                ServerEpoch::try_from(bytes.as_slice())
                    .map_err(|_| StoreError::damaged("the server epoch"))
            })
            .transpose()
    }

    /// The boot this store was last used in.
    pub fn last_boot(&self) -> Result<Option<BootId>, StoreError> {
        self.setting(LAST_BOOT)?
            .map(|bytes| {
                BootId::try_from(bytes.as_slice()).map_err(|_| StoreError::damaged("the last boot"))
            })
            .transpose()
    }
}

impl WriteTx<'_> {
    /// Begins an epoch for this installation: generation 0, sequence 1. An epoch is begun once only.
    pub fn begin_epoch(&self, epoch: Epoch, installation: [u8; 16]) -> Result<(), StoreError> {
        if self.identity()?.is_some_and(|present| present.epoch == epoch) {
            return Err(StoreError::constraint("epoch_already_begun"));
        }
        self.sql.execute(
            "INSERT INTO meta (one, epoch, installation, generation, next_sequence) VALUES (1, ?1, ?2, 0, 1)
             ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, installation = excluded.installation,
                generation = 0, next_sequence = 1",
            params![epoch, installation],
        )?;
        Ok(())
    }

    /// Takes the next device-wide sequence. Gone with the transaction if that fails, so no number is
    /// ever skipped or given twice.
    pub fn take_sequence(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE meta SET next_sequence = next_sequence + 1 WHERE one = 1 RETURNING next_sequence - 1";
        let taken = self.sql.query_row(sql, [], |row| row.get::<_, Unsigned>(0)).optional()?;
        taken.map(|sequence| sequence.0).ok_or(StoreError::NotFound { what: "an epoch" })
    }

    /// Raises the generation for a rebase and gives the new one.
    pub fn raise_generation(&self) -> Result<u32, StoreError> {
        let sql = "UPDATE meta SET generation = generation + 1 WHERE one = 1 RETURNING generation";
        let raised = self.sql.query_row(sql, [], |row| row.get(0)).optional()?;
        raised.ok_or(StoreError::NotFound { what: "an epoch" })
    }

    /// Remembers a setting.
    pub fn set_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        at_most("a setting", value.len(), MAX_SETTING)?;
        self.sql.execute(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    /// Remembers the court.
    pub fn set_court(&self, court: &str) -> Result<(), StoreError> {
        self.set_setting(COURT, court.as_bytes())
    }

    /// Remembers the server's epoch.
    pub fn set_server_epoch(&self, epoch: ServerEpoch) -> Result<(), StoreError> {
        self.set_setting(SERVER_EPOCH, epoch.as_bytes())
    }

    /// Remembers the present boot.
    pub fn set_last_boot(&self, boot: BootId) -> Result<(), StoreError> {
        self.set_setting(LAST_BOOT, boot.as_bytes())
    }
}
