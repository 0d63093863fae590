//! The log of signed changes: the truth everything else is computed from. A row is written once; only
//! its signature, state and receipt move, and only forwards. Refusal moves a row to the
//! [tray](super::tray); the queries of signing and sending are in [`queue`](super::queue).

use rusqlite::{OptionalExtension as _, Row, named_params, params};

use super::{
    ReadTx, StoreError, WriteTx,
    column::{Unsigned, text_enum},
    error::at_most,
};
use crate::{
    id::{ActorId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch},
    time::Moment,
};

/// Largest change taken, bytes (a document is capped at 256 kB).
pub const MAX_CHANGE: usize = 512 << 10;
/// Largest envelope body taken, bytes.
pub const MAX_BODY: usize = 8 << 10;
/// Bytes of a signature: P-256 in fixed form.
const SIGNATURE: usize = 64;
const MAX_RECEIPT: usize = 64 << 10;
const MAX_DEPENDENCIES: usize = 1_024;

text_enum!(
    /// Where a change came from.
    Origin {
        /// Recorded on this phone.
        Own = "own",
        /// From the court's server.
        Server = "server",
        /// From another phone or a courier bundle.
        Peer = "peer",
    }
);

text_enum!(
    /// How far a change has come.
    LogState {
        /// Durable here, waits for the key store. Never leaves the phone.
        Unsigned = "unsigned",
        /// Signed and good by this phone's own judgement.
        Signed = "signed",
        /// The server accepted it.
        Accepted = "accepted",
        /// A verified receipt covers it.
        Receipted = "receipted",
        /// Cannot be judged yet: a dependency is missing or the kind is unknown.
        Held = "held",
        /// Kept, not applied, until its author's authority is settled.
        Quarantined = "quarantined",
    }
);

impl LogState {
    /// Whether a row may go from `self` to `to`. `Unsigned` is left by [`WriteTx::sign`] only, and
    /// what the server accepted is not taken back by a later "held".
    fn may_become(self, to: Self) -> bool {
        use LogState as S;
        match self {
            S::Unsigned | S::Receipted => false,
            S::Signed => matches!(to, S::Accepted | S::Held | S::Quarantined),
            S::Accepted => matches!(to, S::Receipted | S::Quarantined),
            S::Held | S::Quarantined => {
                matches!(to, S::Signed | S::Accepted | S::Held | S::Quarantined) && self != to
            }
        }
    }
}

/// When the change was made, as its phone saw it, and when this phone stored it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// The author's clocks.
    pub moment: Moment,
    /// This phone's wall clock at storing, milliseconds since 1970.
    pub stored_ms: i64,
}

/// A change to be put into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogRow {
    /// SHA-256 of `body`.
    pub id: EnvelopeId,
    /// The record it belongs to.
    pub document: DocumentId,
    /// The channel the record lives in.
    pub channel: String,
    /// Hash of the change.
    pub change_hash: ChangeHash,
    /// Automerge actor.
    pub actor: ActorId,
    /// Number of the change under its actor, from 1.
    pub actor_seq: u64,
    /// The author's certificate.
    pub certificate: CertificateId,
    /// The author's installation.
    pub epoch: Epoch,
    /// Rebase generation.
    pub generation: u32,
    /// Device-wide sequence in the epoch.
    pub sequence: u64,
    /// Verb of the intent.
    pub verb: String,
    /// The unsigned envelope body.
    pub body: Vec<u8>,
    /// Signature over the body; `None` for an own change that waits for it.
    pub signature: Option<Vec<u8>>,
    /// The change, raw Automerge bytes. These very bytes are what was signed.
    pub change: Vec<u8>,
    /// Hashes of the changes it builds on.
    pub needs: Vec<ChangeHash>,
    /// Where it came from.
    pub origin: Origin,
    /// State to begin in: `Unsigned` exactly when there is no signature.
    pub state: LogState,
    /// Stable code why it is held or quarantined; required then, and only then.
    pub reason: Option<String>,
    /// Whether the server is known to have it durably.
    pub on_server: bool,
    /// 0 goes first (requests for assistance), 9 last.
    pub priority: u8,
    /// Its times.
    pub captured: Captured,
}

/// A row of the log. `row` is as it was appended, with signature, state and reason as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Local order: later rows have larger numbers. Never used twice.
    pub local: i64,
    /// The row.
    pub row: NewLogRow,
}

/// What appending did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The row is new, with this local order.
    New(i64),
    /// The same envelope was there already; nothing changed.
    Known(i64),
}

pub(super) const COLUMNS: &str = "local, id, document, channel, change_hash, actor, actor_seq, certificate, \
    epoch, generation, sequence, verb, body, signature, change, origin, state, reason, on_server, priority, \
    device_ms, monotonic_ms, boot, stored_ms";

impl LogRow {
    /// Reads [`COLUMNS`]; dependencies are filled in by [`ReadTx::log_rows`].
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            local: row.get(0)?,
            row: NewLogRow {
                id: row.get(1)?,
                document: row.get(2)?,
                channel: row.get(3)?,
                change_hash: row.get(4)?,
                actor: row.get(5)?,
                actor_seq: row.get::<_, Unsigned>(6)?.0,
                certificate: row.get(7)?,
                epoch: row.get(8)?,
                generation: row.get(9)?,
                sequence: row.get::<_, Unsigned>(10)?.0,
                verb: row.get(11)?,
                body: row.get(12)?,
                signature: row.get(13)?,
                change: row.get(14)?,
                needs: Vec::new(),
                origin: row.get(15)?,
                state: row.get(16)?,
                reason: row.get(17)?,
                on_server: row.get(18)?,
                priority: row.get(19)?,
                captured: Captured {
                    moment: Moment {
                        device_ms: row.get(20)?,
                        monotonic_ms: row.get::<_, Unsigned>(21)?.0,
                        boot: row.get(22)?,
                    },
                    stored_ms: row.get(23)?,
                },
            },
        })
    }
}

impl ReadTx<'_> {
    /// Runs `SELECT {COLUMNS} FROM log {tail}`.
    pub(super) fn log_rows(
        &self,
        tail: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<LogRow>, StoreError> {
        let mut rows =
            self.rows(&format!("SELECT {COLUMNS} FROM log {tail}"), params, LogRow::read)?;
        let mut edges = self.sql.prepare(
            "SELECT needs FROM edges WHERE document = ?1 AND change = ?2 ORDER BY needs",
        )?;
        for found in &mut rows {
            let needs = edges
                .query_map(params![found.row.document, found.row.change_hash], |row| row.get(0))?;
            found.row.needs = needs.collect::<Result<_, _>>()?;
        }
        Ok(rows)
    }

    /// One row.
    pub fn log_row(&self, id: EnvelopeId) -> Result<Option<LogRow>, StoreError> {
        Ok(self.log_rows("WHERE id = ?1", [id])?.pop())
    }

    /// The row that carries a change.
    pub fn log_row_of_change(
        &self,
        document: DocumentId,
        change: ChangeHash,
    ) -> Result<Option<LogRow>, StoreError> {
        Ok(self
            .log_rows("WHERE document = ?1 AND change_hash = ?2", params![document, change])?
            .pop())
    }

    /// Rows of a document in local order, after `after` (0 for the first), at most `limit`.
    pub fn log_of_document(
        &self,
        document: DocumentId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let tail = "WHERE document = ?1 AND local > ?2 ORDER BY local LIMIT ?3";
        self.log_rows(tail, params![document, after, limit])
    }

    /// Every row after `after` in local order, for rebuilding and export, at most `limit`.
    pub fn log_after(&self, after: i64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        self.log_rows("WHERE local > ?1 ORDER BY local LIMIT ?2", params![after, limit])
    }

    /// The receipts of a change, oldest first.
    pub fn receipts(&self, id: EnvelopeId) -> Result<Vec<Vec<u8>>, StoreError> {
        self.rows("SELECT bytes FROM receipts WHERE id = ?1 ORDER BY rowid", [id], |row| row.get(0))
    }

    /// Whether the log holds a change of a document.
    pub fn has_change(&self, document: DocumentId, change: ChangeHash) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM log WHERE document = ?1 AND change_hash = ?2)";
        Ok(self.sql.query_row(sql, params![document, change], |row| row.get(0))?)
    }
}

impl WriteTx<'_> {
    /// Appends a change. The same envelope again is [`Appended::Known`]; another change under the same
    /// document, actor and number is [`StoreError::Twin`].
    pub fn append(&self, new: &NewLogRow) -> Result<Appended, StoreError> {
        check(new)?;
        if let Some(local) = self.known(new)? {
            return Ok(Appended::Known(local));
        }
        if new.state != LogState::Quarantined {
            self.refuse_twin(new)?;
        }
        self.sql.execute(
            "INSERT INTO log (id, document, channel, change_hash, actor, actor_seq, certificate, epoch,
                generation, sequence, verb, body, signature, change, origin, state, reason, on_server,
                priority, device_ms, monotonic_ms, boot, stored_ms)
             VALUES (:id, :document, :channel, :change_hash, :actor, :actor_seq, :certificate, :epoch,
                :generation, :sequence, :verb, :body, :signature, :change, :origin, :state, :reason,
                :on_server, :priority, :device_ms, :monotonic_ms, :boot, :stored_ms)",
            named_params! {
                ":id": new.id,
                ":document": new.document,
                ":channel": new.channel,
                ":change_hash": new.change_hash,
                ":actor": new.actor,
                ":actor_seq": Unsigned(new.actor_seq),
                ":certificate": new.certificate,
                ":epoch": new.epoch,
                ":generation": new.generation,
                ":sequence": Unsigned(new.sequence),
                ":verb": new.verb,
                ":body": new.body,
                ":signature": new.signature,
                ":change": new.change,
                ":origin": new.origin,
                ":state": new.state,
                ":reason": new.reason,
                ":on_server": new.on_server,
                ":priority": new.priority,
                ":device_ms": new.captured.moment.device_ms,
                ":monotonic_ms": Unsigned(new.captured.moment.monotonic_ms),
                ":boot": new.captured.moment.boot,
                ":stored_ms": new.captured.stored_ms,
            },
        )?;
        let local = self.sql.last_insert_rowid();
        let mut edges = self
            .sql
            .prepare("INSERT OR IGNORE INTO edges (document, change, needs) VALUES (?1, ?2, ?3)")?;
        for needed in &new.needs {
            edges.execute(params![new.document, new.change_hash, needed])?;
        }
        Ok(Appended::New(local))
    }

    /// Adds the signature of an own change. Signing again keeps the first signature and gives `false`.
    pub fn sign(&self, id: EnvelopeId, signature: &[u8]) -> Result<bool, StoreError> {
        check_signature(signature)?;
        let signed = self.sql.execute(
            "UPDATE log SET signature = ?2, state = 'signed' WHERE id = ?1 AND state = 'unsigned'",
            params![id, signature],
        )?;
        if signed == 0 {
            self.state_of(id)?;
        }
        Ok(signed == 1)
    }

    /// Moves a row to `to`. `reason` is required for held and quarantined and refused otherwise. The
    /// same state again changes nothing. Accepted implies that the server has the bytes; a receipt
    /// comes by [`Self::put_receipt`], a signature by [`Self::sign`].
    pub fn set_state(
        &self,
        id: EnvelopeId,
        to: LogState,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        if matches!(to, LogState::Held | LogState::Quarantined) != reason.is_some() {
            return Err(StoreError::constraint("reason_belongs_to_held_or_quarantined"));
        }
        let from = self.state_of(id)?;
        if from == to || (from == LogState::Receipted && to == LogState::Accepted) {
            return Ok(());
        }
        if to == LogState::Receipted || !from.may_become(to) {
            return Err(StoreError::Constraint {
                rule: format!("{}_to_{}", from.code(), to.code()),
            });
        }
        if from == LogState::Quarantined
            && let Some(found) = self.log_row(id)?
        {
            self.refuse_twin(&found.row)?;
        }
        self.sql.execute(
            "UPDATE log SET state = ?2, reason = ?3, on_server = on_server OR ?2 = 'accepted' WHERE id = ?1",
            params![id, to, reason],
        )?;
        Ok(())
    }

    /// The server has these bytes durably, whatever its verdict (a held change has a durability receipt).
    pub fn mark_on_server(&self, id: EnvelopeId) -> Result<(), StoreError> {
        if self.state_of(id)? == LogState::Unsigned {
            return Err(StoreError::constraint("unsigned_cannot_be_on_server"));
        }
        self.sql.execute("UPDATE log SET on_server = 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Keeps a verified receipt of an accepted change. Earlier ones stay.
    pub fn put_receipt(
        &self,
        id: EnvelopeId,
        receipt: &[u8],
        received_ms: i64,
    ) -> Result<(), StoreError> {
        at_most("a receipt", receipt.len(), MAX_RECEIPT)?;
        let from = self.state_of(id)?;
        if !matches!(from, LogState::Accepted | LogState::Receipted) {
            return Err(StoreError::Constraint { rule: format!("{}_to_receipted", from.code()) });
        }
        self.sql.execute(
            "INSERT OR IGNORE INTO receipts (id, bytes, received_ms) VALUES (?1, ?2, ?3)",
            params![id, receipt, received_ms],
        )?;
        self.sql.execute("UPDATE log SET state = 'receipted' WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Keeps a verified receipt of a change that the court keeps waiting; its state stays.
    pub fn keep_receipt(
        &self,
        id: EnvelopeId,
        receipt: &[u8],
        received_ms: i64,
    ) -> Result<(), StoreError> {
        at_most("a receipt", receipt.len(), MAX_RECEIPT)?;
        self.sql.execute(
            "INSERT OR IGNORE INTO receipts (id, bytes, received_ms) VALUES (?1, ?2, ?3)",
            params![id, receipt, received_ms],
        )?;
        Ok(())
    }

    /// The server was restored to an earlier life: what it had of a channel is to be offered again.
    /// Gives the number of rows.
    pub fn offer_again(&self, channel: &str) -> Result<usize, StoreError> {
        Ok(self.sql.execute(
            "UPDATE log SET on_server = 0,
                state = CASE WHEN state IN ('accepted', 'receipted') THEN 'signed' ELSE state END
             WHERE channel = ?1 AND on_server = 1",
            [channel],
        )?)
    }

    fn state_of(&self, id: EnvelopeId) -> Result<LogState, StoreError> {
        let state =
            self.sql.query_row("SELECT state FROM log WHERE id = ?1", [id], |row| row.get(0));
        state.optional()?.ok_or(StoreError::NotFound { what: "a change" })
    }

    fn known(&self, new: &NewLogRow) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT local, body = ?2 AND change = ?3 FROM log WHERE id = ?1";
        let found = self.sql.query_row(sql, params![new.id, new.body, new.change], |row| {
            Ok((row.get(0)?, row.get::<_, bool>(1)?))
        });
        match found.optional()? {
            Some((_, false)) => Err(StoreError::constraint("envelope_id_with_other_bytes")),
            Some((local, true)) => Ok(Some(local)),
            None => Ok(None),
        }
    }

    fn refuse_twin(&self, new: &NewLogRow) -> Result<(), StoreError> {
        let sql = "SELECT id FROM log
                   WHERE document = ?1 AND actor = ?2 AND actor_seq = ?3 AND state <> 'quarantined'";
        let existing = self
            .sql
            .query_row(sql, params![new.document, new.actor, Unsigned(new.actor_seq)], |row| {
                row.get(0)
            })
            .optional()?;
        match existing {
            Some(existing) if existing != new.id => Err(StoreError::Twin { existing }),
            _ => Ok(()),
        }
    }
}

fn check(new: &NewLogRow) -> Result<(), StoreError> {
    at_most("an envelope body", new.body.len(), MAX_BODY)?;
    at_most("a change", new.change.len(), MAX_CHANGE)?;
    at_most("a list of dependencies", new.needs.len(), MAX_DEPENDENCIES)?;
    match &new.signature {
        Some(signature) => check_signature(signature)?,
        None if new.state == LogState::Unsigned => {}
        None => return Err(StoreError::constraint("signature_missing")),
    }
    if new.state == LogState::Receipted {
        return Err(StoreError::constraint("receipt_missing"));
    }
    Ok(())
}

fn check_signature(signature: &[u8]) -> Result<(), StoreError> {
    if signature.len() == SIGNATURE {
        Ok(())
    } else {
        Err(StoreError::constraint("signature_length"))
    }
}
