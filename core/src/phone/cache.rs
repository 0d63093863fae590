//! Documents in memory: the few a person works on, rebuilt from the log when they are not here. A
//! cache and nothing more; it is emptied whenever in doubt.

use std::collections::{HashMap, HashSet};

use super::{Phone, PhoneError, lock};
use crate::document::{Document, Provenance};
use crate::id::{ChangeHash, DocumentId};
use crate::identity::Directory;
use crate::store::{LogRow, LogState, NewLogRow, Origin, ReadTx};

/// Documents kept; a loaded record takes some 60 kB.
const KEPT: usize = 64;

/// The cache.
#[derive(Debug, Default)]
pub(super) struct Documents {
    by_id: HashMap<DocumentId, (u64, Document)>,
    used: u64,
}

impl Documents {
    pub(super) fn get(&mut self, id: DocumentId) -> Option<Document> {
        self.used += 1;
        let used = self.used;
        self.by_id.get_mut(&id).map(|(last, document)| {
            *last = used;
            document.clone()
        })
    }

    pub(super) fn put(&mut self, document: Document) {
        self.used += 1;
        self.by_id.insert(document.id(), (self.used, document));
        if self.by_id.len() > KEPT {
            let oldest = self.by_id.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id);
            if let Some(id) = oldest {
                self.by_id.remove(&id);
            }
        }
    }

    pub(super) fn drop_one(&mut self, id: DocumentId) {
        self.by_id.remove(&id);
    }

    pub(super) fn clear(&mut self) {
        self.by_id.clear();
    }
}

/// Whether a row is part of its document here. What the court has put into quarantine stays visible
/// and workable on its author's phone; on others it waits for the court's decision.
pub(super) fn counts(row: &NewLogRow) -> bool {
    match row.state {
        LogState::Held => false,
        LogState::Quarantined => row.origin == Origin::Own,
        LogState::Unsigned | LogState::Signed | LogState::Accepted | LogState::Receipted => true,
    }
}

impl Phone {
    /// The document as the log says, or `None` when the phone has no accepted change of it.
    pub(super) fn load(
        &self,
        tx: &ReadTx<'_>,
        id: DocumentId,
    ) -> Result<Option<Document>, PhoneError> {
        if let Some(document) = lock(&self.documents).get(id) {
            return Ok(Some(document));
        }
        let document = self.load_from_log(tx, id)?;
        if let Some(document) = &document {
            lock(&self.documents).put(document.clone());
        }
        Ok(document)
    }

    pub(super) fn load_from_log(
        &self,
        tx: &ReadTx<'_>,
        id: DocumentId,
    ) -> Result<Option<Document>, PhoneError> {
        let rows: Vec<LogRow> = tx
            .log_of_document(id, 0, u32::MAX)?
            .into_iter()
            .filter(|row| counts(&row.row))
            .collect();
        let rows = causal(rows);
        if rows.is_empty() {
            return Ok(None);
        }
        let snapshot = tx.document(id)?.and_then(|row| row.snapshot);
        let directory = self.directory();
        let log = rows.iter().map(|row| (row.row.change.as_slice(), provenance(&directory, row)));
        Ok(Some(Document::from_log(&self.kinds, id, log, snapshot.as_deref())?))
    }
}

/// The rows in an order in which each follows what it needs. Local order is nearly that; a change that
/// was held until its dependency came stands before it. What needs something that is not part of the
/// document (while a refusal is being carried out) is left out.
fn causal(rows: Vec<LogRow>) -> Vec<LogRow> {
    let mut there: HashSet<ChangeHash> = HashSet::new();
    let mut ordered = Vec::with_capacity(rows.len());
    let mut rest = rows;
    loop {
        let before = ordered.len();
        let mut waiting = Vec::new();
        for row in rest {
            if row.row.needs.iter().all(|needed| there.contains(needed)) {
                there.insert(row.row.change_hash);
                ordered.push(row);
            } else {
                waiting.push(row);
            }
        }
        if waiting.is_empty() || ordered.len() == before {
            return ordered;
        }
        rest = waiting;
    }
}

/// Who made a stored change. The certificate was verified when the row was taken in; one that is no
/// longer known (a damaged directory) leaves the person empty, not the change out.
pub(super) fn provenance(directory: &Directory, row: &LogRow) -> Provenance {
    let certificate = directory.get(&row.row.certificate);
    let payload = certificate.map(|verified| verified.payload());
    Provenance {
        envelope: row.row.id,
        person: payload.and_then(|payload| payload.person.clone()).unwrap_or_default(),
        roles: payload.map(|payload| payload.known_roles().collect()).unwrap_or_default(),
        verb: row.row.verb.clone(),
        device_ms: row.row.captured.moment.device_ms,
    }
}
