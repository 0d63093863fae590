//! Read models of one record, made from its document alone.

use lastmile_core::document::Document;

use super::Ingest;
use crate::store::{ConflictRow, RecordRow, StoreError};

/// The rows that show a document. `station` and the times come from outside it.
pub fn model_of(
    document: &Document,
    station: Option<String>,
    (first_received_ms, last_received_ms): (i64, i64),
) -> (RecordRow, Vec<ConflictRow>) {
    let view = document.view();
    let details = view.conflicts_json();
    let conflicts = view
        .conflicts
        .iter()
        .enumerate()
        .map(|(at, conflict)| ConflictRow {
            document: view.id,
            kind: conflict.subject.code().to_owned(),
            target: conflict.subject.target().to_owned(),
            case_no: view.state.case.clone(),
            detail: details.get(at).map(ToString::to_string).unwrap_or_default(),
        })
        .collect();
    let heads = document.history().heads();
    let record = RecordRow {
        id: view.id,
        kind: view.state.kind.clone(),
        case_no: view.state.case.clone(),
        handler: view.state.handler.clone(),
        title: view.title(),
        station,
        changes: view.changes().len() as u64,
        heads: heads.iter().flat_map(|hash| hash.0).collect(),
        state_digest: view.state_digest,
        content_digest: view.content_digest,
        finalised: !view.finalised.is_empty(),
        conflicts: view.conflicts.len() as u64,
        late: view.late.len() as u64,
        facts: view.facts().to_string(),
        first_received_ms,
        last_received_ms,
    };
    (record, conflicts)
}

impl Ingest<'_> {
    /// Writes the read models of a document.
    pub fn write_models(&self, document: &Document) -> Result<(), StoreError> {
        let id = document.id();
        let station = self.writing.station_of(id)?;
        let received = self.writing.received(id)?;
        let (record, conflicts) = model_of(document, station, received);
        self.writing.put_record(&record)?;
        self.writing.put_conflicts(id, &conflicts)?;
        self.list_files(document)
    }
}
