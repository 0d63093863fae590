//! The tray: input that could not be accepted. Every byte is kept with a typed reason, a person sees
//! it, and nothing else waits for it. Rows are never deleted; what became of one is its outcome.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{
    Captured, LogRow, LogState, NewLogRow, Origin, ReadTx, StoreError, WriteTx,
    column::{Hashes, Unsigned, join_hashes, text_enum},
    error::at_most,
};
use crate::{
    id::{DocumentId, EnvelopeId},
    time::Moment,
};

/// Largest piece of outside bytes the tray takes.
pub const MAX_FOREIGN: usize = 1 << 20;
/// All outside bytes in the tray, so that a hostile peer cannot fill the phone.
const MAX_FOREIGN_TOTAL: u64 = 64 << 20;

text_enum!(
    /// Who refused.
    RefusedBy {
        /// This phone's own acceptance.
        Phone = "phone",
        /// The server's verdict.
        Server = "server",
    }
);

text_enum!(
    /// What became of a refused row.
    TrayOutcome {
        /// Nothing yet: shown as needing attention.
        Open = "open",
        /// A rebase recorded it again under another envelope.
        Replaced = "replaced",
        /// Went back into the log as it was.
        Requeued = "requeued",
        /// A person has seen it and nothing more is to be done.
        Seen = "seen",
    }
);

/// A row of the tray, in the order of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrayId(pub i64);

/// Bytes from outside that were no usable envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they came from.
    pub origin: Origin,
    /// The document they claimed, if that could be read.
    pub document: Option<DocumentId>,
    /// The channel they came in.
    pub channel: Option<&'a str>,
    /// Stable reason code.
    pub reason: &'a str,
    /// Who refused them.
    pub refused_by: RefusedBy,
    /// When, milliseconds since 1970.
    pub refused_ms: i64,
}

/// Something refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayRow {
    /// Its place in the tray.
    pub id: TrayId,
    /// When it was refused, milliseconds since 1970.
    pub refused_ms: i64,
    /// By whom.
    pub refused_by: RefusedBy,
    /// Stable reason code.
    pub reason: String,
    /// What became of it.
    pub outcome: TrayOutcome,
    /// The envelope that replaced it.
    pub replaced_by: Option<EnvelopeId>,
    /// The document, if it is known.
    pub document: Option<DocumentId>,
    /// The log row as it was, signed if it was; `None` for bytes that were no envelope.
    pub row: Option<NewLogRow>,
    /// Where it came from.
    pub origin: Origin,
    /// The bytes that were no envelope.
    pub foreign: Option<Vec<u8>>,
}

const COLUMNS: &str = "local, refused_ms, refused_by, reason, outcome, replaced_by, id, document, channel, \
    change_hash, actor, actor_seq, certificate, epoch, generation, sequence, verb, body, signature, change, \
    needs, origin, on_server, priority, device_ms, monotonic_ms, boot, stored_ms";
pub(super) const OPEN: &str = "WHERE outcome = 'open' AND local > ?1 ORDER BY local LIMIT ?2";

impl TrayRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let id: Option<EnvelopeId> = row.get(6)?;
        let body: Vec<u8> = row.get(17)?;
        let origin = row.get(21)?;
        let (envelope, foreign) = match id {
            None => (None, Some(body)),
            Some(id) => (Some(read_envelope(row, id, body)?), None),
        };
        Ok(Self {
            id: TrayId(row.get(0)?),
            refused_ms: row.get(1)?,
            refused_by: row.get(2)?,
            reason: row.get(3)?,
            outcome: row.get(4)?,
            replaced_by: row.get(5)?,
            document: row.get(7)?,
            row: envelope,
            origin,
            foreign,
        })
    }
}

fn read_envelope(row: &Row<'_>, id: EnvelopeId, body: Vec<u8>) -> rusqlite::Result<NewLogRow> {
    let signature: Option<Vec<u8>> = row.get(18)?;
    Ok(NewLogRow {
        id,
        document: row.get(7)?,
        channel: row.get(8)?,
        change_hash: row.get(9)?,
        actor: row.get(10)?,
        actor_seq: row.get::<_, Unsigned>(11)?.0,
        certificate: row.get(12)?,
        epoch: row.get(13)?,
        generation: row.get(14)?,
        sequence: row.get::<_, Unsigned>(15)?.0,
        verb: row.get(16)?,
        body,
        // The state it goes back to when it is requeued.
        state: if signature.is_some() { LogState::Signed } else { LogState::Unsigned },
        reason: None,
        signature,
        change: row.get(19)?,
        needs: row.get::<_, Hashes>(20)?.0,
        origin: row.get(21)?,
        on_server: row.get(22)?,
        priority: row.get(23)?,
        captured: Captured {
            moment: Moment {
                device_ms: row.get(24)?,
                monotonic_ms: row.get::<_, Unsigned>(25)?.0,
                boot: row.get(26)?,
            },
            stored_ms: row.get(27)?,
        },
    })
}

impl ReadTx<'_> {
    fn tray_rows(
        &self,
        tail: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<TrayRow>, StoreError> {
        self.rows(&format!("SELECT {COLUMNS} FROM tray {tail}"), params, TrayRow::read)
    }

    /// One row.
    pub fn tray_row(&self, id: TrayId) -> Result<Option<TrayRow>, StoreError> {
        Ok(self.tray_rows("WHERE local = ?1", [id.0])?.pop())
    }

    /// What needs attention, oldest first, after `after` (`TrayId(0)` begins).
    pub fn tray_open(&self, after: TrayId, limit: u32) -> Result<Vec<TrayRow>, StoreError> {
        self.tray_rows(OPEN, params![after.0, limit])
    }

    /// Everything ever refused, newest first, before `before` (`None` begins).
    pub fn tray_history(
        &self,
        before: Option<TrayId>,
        limit: u32,
    ) -> Result<Vec<TrayRow>, StoreError> {
        let before = before.map_or(i64::MAX, |id| id.0);
        self.tray_rows("WHERE local < ?1 ORDER BY local DESC LIMIT ?2", params![before, limit])
    }

    /// The refusals of one envelope, oldest first.
    pub fn refusals(&self, id: EnvelopeId) -> Result<Vec<TrayRow>, StoreError> {
        self.tray_rows("WHERE id = ?1 ORDER BY local", [id])
    }
}

impl WriteTx<'_> {
    /// Moves a change from the log to the tray. Its intent stays. What builds on it is the facade's to
    /// move as well (see [`ReadTx::dependants`]).
    pub fn refuse(
        &self,
        id: EnvelopeId,
        by: RefusedBy,
        reason: &str,
        refused_ms: i64,
    ) -> Result<TrayId, StoreError> {
        let LogRow { row, .. } =
            self.log_row(id)?.ok_or(StoreError::NotFound { what: "a change" })?;
        let tray = self.insert_refused(&row, by, reason, refused_ms)?;
        self.sql.execute("DELETE FROM log WHERE id = ?1", [id])?;
        Ok(tray)
    }

    /// Keeps a well-formed envelope that cannot enter the log at all, for example the twin of a change
    /// that is there.
    pub fn refuse_unlogged(
        &self,
        row: &NewLogRow,
        by: RefusedBy,
        reason: &str,
        refused_ms: i64,
    ) -> Result<TrayId, StoreError> {
        if row.origin != Origin::Own {
            self.bound_foreign(row.body.len() + row.change.len())?;
        }
        self.insert_refused(row, by, reason, refused_ms)
    }

    /// Keeps bytes that were no usable envelope.
    pub fn keep_foreign(&self, foreign: &Foreign<'_>) -> Result<TrayId, StoreError> {
        self.bound_foreign(foreign.bytes.len())?;
        self.sql.execute(
            "INSERT INTO tray (refused_ms, refused_by, reason, outcome, document, channel, body, change, needs,
                origin, on_server, priority, stored_ms)
             VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, x'', x'', ?7, 0, 9, ?1)",
            params![
                foreign.refused_ms,
                foreign.refused_by,
                foreign.reason,
                foreign.document,
                foreign.channel,
                foreign.bytes,
                foreign.origin
            ],
        )?;
        Ok(TrayId(self.sql.last_insert_rowid()))
    }

    /// Puts a refused change back into the log, to be judged or offered again. The tray keeps its row.
    pub fn requeue(&self, id: TrayId) -> Result<super::Appended, StoreError> {
        let found = self.tray_row(id)?.ok_or(StoreError::NotFound { what: "a refused change" })?;
        let row = match found.row {
            Some(row) if found.outcome == TrayOutcome::Open => row,
            Some(_) => return Err(StoreError::constraint("tray_row_is_settled")),
            None => return Err(StoreError::constraint("tray_row_is_no_envelope")),
        };
        let appended = self.append(&NewLogRow { on_server: false, ..row })?;
        self.set_outcome(id, TrayOutcome::Requeued, None)?;
        Ok(appended)
    }

    /// A rebase recorded the refused change again as `by`.
    pub fn set_replaced(&self, id: TrayId, by: EnvelopeId) -> Result<(), StoreError> {
        self.set_outcome(id, TrayOutcome::Replaced, Some(by))
    }

    /// The same envelope came again and was accepted: nothing is left to do.
    pub fn set_returned(&self, id: EnvelopeId) -> Result<(), StoreError> {
        let sql = "UPDATE tray SET outcome = ?2 WHERE id = ?1 AND outcome = 'open'";
        self.sql.execute(sql, params![id, TrayOutcome::Requeued])?;
        Ok(())
    }

    /// A person has seen it.
    pub fn set_seen(&self, id: TrayId) -> Result<(), StoreError> {
        self.set_outcome(id, TrayOutcome::Seen, None)
    }

    fn set_outcome(
        &self,
        id: TrayId,
        to: TrayOutcome,
        by: Option<EnvelopeId>,
    ) -> Result<(), StoreError> {
        let found =
            self.sql
                .query_row("SELECT outcome FROM tray WHERE local = ?1", [id.0], |row| row.get(0));
        match found.optional()? {
            None => Err(StoreError::NotFound { what: "a refused change" }),
            Some(TrayOutcome::Open | TrayOutcome::Seen) => {
                let sql = "UPDATE tray SET outcome = ?2, replaced_by = ?3 WHERE local = ?1";
                self.sql.execute(sql, params![id.0, to, by])?;
                Ok(())
            }
            Some(_) => Err(StoreError::constraint("tray_row_is_settled")),
        }
    }

    fn insert_refused(
        &self,
        row: &NewLogRow,
        by: RefusedBy,
        reason: &str,
        refused_ms: i64,
    ) -> Result<TrayId, StoreError> {
        self.sql.execute(
            "INSERT INTO tray (refused_ms, refused_by, reason, outcome, id, document, channel, change_hash,
                actor, actor_seq, certificate, epoch, generation, sequence, verb, body, signature, change,
                needs, origin, on_server, priority, device_ms, monotonic_ms, boot, stored_ms)
             VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
            params![
                refused_ms,
                by,
                reason,
                row.id,
                row.document,
                row.channel,
                row.change_hash,
                row.actor,
                Unsigned(row.actor_seq),
                row.certificate,
                row.epoch,
                row.generation,
                Unsigned(row.sequence),
                row.verb,
                row.body,
                row.signature,
                row.change,
                join_hashes(&row.needs),
                row.origin,
                row.on_server,
                row.priority,
                row.captured.moment.device_ms,
                Unsigned(row.captured.moment.monotonic_ms),
                row.captured.moment.boot,
                row.captured.stored_ms
            ],
        )?;
        Ok(TrayId(self.sql.last_insert_rowid()))
    }

    fn bound_foreign(&self, bytes: usize) -> Result<(), StoreError> {
        at_most("a refused piece of outside bytes", bytes, MAX_FOREIGN)?;
        let sql = "SELECT coalesce(sum(length(body) + length(change)), 0) FROM tray WHERE origin <> 'own'";
        let held = self.sql.query_row(sql, [], |row| row.get::<_, Unsigned>(0))?.0;
        if held + bytes as u64 > MAX_FOREIGN_TOTAL {
            return Err(StoreError::constraint("tray_is_full_of_outside_bytes"));
        }
        Ok(())
    }
}
