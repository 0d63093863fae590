//! Records: what they say, what is contested, who did what and when.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use data_encoding::HEXLOWER;
use lastmile_core::envelope::Body;
use lastmile_core::id::DocumentId;
use lastmile_core::identity::{Canonical, Directory};
use lastmile_core::log::Interval;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::access::CaseReader;
use super::conflicts::{Conflict, conflict_of};
use super::contested::Contested;
use super::evidence::{RecordFile, files_of};
use super::input::{
    Asked, CasePath, RecordPath, RecordsQuery, Segments, bounded, limit, receipt_place,
};
use super::shown::{Moment, Page};
use crate::http::AppState;
use crate::http::office::roster::Names;
use crate::http::problem::{Problem, ProblemCode};
use crate::ingest::rebuild;
use crate::server::Server;
use crate::store::{EnvelopeRow, Reading, RecordRow, StoreError};

/// A record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Record {
    /// Record id, 32 hexadecimal digits.
    pub id: String,
    /// Kind name.
    pub kind: String,
    /// Case number.
    pub case_no: String,
    /// Staff id of the handling officer.
    pub handler: String,
    /// One-line title.
    pub title: String,
    /// Code of the police station it was routed to.
    pub station: Option<String>,
    /// How many changes it has.
    pub change_count: u64,
    /// Whether it is finalised (定稿).
    pub finalised: bool,
    /// How many of its values are contested.
    pub open_conflicts: u64,
    /// How many changes came late, from phones that did not know of the finalisation: shown, not
    /// counted.
    pub late_changes: u64,
    /// Digest over everything: equal on every copy with the same changes.
    pub state_digest: String,
    /// Digest of what those present sign.
    pub content_digest: String,
    /// When its first change came.
    pub first_received: Moment,
    /// When its last change came.
    pub last_received: Moment,
}

/// A change of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Change {
    /// Envelope, 64 hexadecimal digits.
    pub envelope: String,
    /// Hash of the change.
    #[allow(clippy::struct_field_names)] // its name everywhere in the API
    pub change: String,
    /// What was done.
    pub verb: String,
    /// Staff id of who did it: the author at capture, not who carried it.
    pub person: String,
    /// Name of the author's device.
    pub device_name: Option<String>,
    /// The phone's clock at capture; may be wrong, never orders anything.
    pub device: Moment,
    /// Milliseconds since that phone's boot at capture.
    pub monotonic_ms: u64,
    /// That boot, 16 hexadecimal digits.
    pub boot: String,
    /// Proven: not before this, the time of the newest checkpoint its author held. Absent when the
    /// author named none, or one that this court never signed.
    pub not_before: Option<Moment>,
    /// Proven: not after this, the time of the first checkpoint that covers it.
    pub not_after: Option<Moment>,
    /// How far the phone's clock lies outside what is proven, milliseconds: negative before it, positive
    /// after it, 0 within.
    pub skew_ms: i64,
    /// When it came, server clock.
    pub received: Moment,
    /// Whether it came late and does not count.
    pub late: bool,
    /// When the author's certificate was withdrawn, if it was: the change stands and is flagged.
    pub author_withdrawn: Option<Moment>,
    /// When the author's certificate had run out, if the change came after that: it stands and is flagged.
    pub author_expired: Option<Moment>,
}

/// A record with everything known about it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordDetail {
    /// The record.
    #[serde(flatten)]
    pub record: Record,
    /// Hashes of its last changes.
    pub heads: Vec<String>,
    /// The record as rules see it: a contested value is absent here and stands under `conflicts`.
    #[schema(value_type = Object)]
    pub facts: Value,
    /// What is contested, with every side.
    pub conflicts: Vec<Conflict>,
    /// The files of evidence it names.
    pub files: Vec<RecordFile>,
    /// Its changes; each follows those it was made on.
    pub changes: Vec<Change>,
}

fn record_of(row: RecordRow) -> Record {
    Record {
        id: row.id.to_hex(),
        kind: row.kind,
        case_no: row.case_no,
        handler: row.handler,
        title: row.title,
        station: row.station,
        change_count: row.changes,
        finalised: row.finalised,
        open_conflicts: row.conflicts,
        late_changes: row.late,
        state_digest: row.state_digest.to_hex(),
        content_digest: row.content_digest.to_hex(),
        first_received: Moment::of(row.first_received_ms),
        last_received: Moment::of(row.last_received_ms),
    }
}

fn change_of(
    row: &EnvelopeRow,
    proven: Interval,
    late: &BTreeSet<&str>,
    directory: &Directory,
) -> Result<Change, StoreError> {
    let author = directory.get(&row.certificate).map(|found| found.payload());
    let author_end = author.map(|author| author.not_after_ms);
    let body = Body::decode(&row.body).map_err(|_| StoreError::Damaged("envelope body"))?;
    let change = body.change.to_hex();
    Ok(Change {
        envelope: row.id.to_hex(),
        late: late.contains(change.as_str()),
        author_withdrawn: directory
            .withdrawn(&row.certificate)
            .map(|since| Moment::of(since.at_ms)),
        author_expired: author_end.filter(|end_ms| row.received_ms > *end_ms).map(Moment::of),
        change,
        verb: body.verb,
        person: row.person.clone(),
        device_name: author.and_then(|author| author.device.clone()),
        device: Moment::of(body.device_ms),
        monotonic_ms: body.monotonic_ms,
        boot: HEXLOWER.encode(body.boot.as_bytes()),
        not_before: proven.not_before_ms.map(Moment::of),
        not_after: proven.not_after_ms.map(Moment::of),
        skew_ms: proven.skew(body.device_ms),
        received: Moment::of(row.received_ms),
    })
}

/// Records of a case, in the order in which they first came
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/cases/{case_no}/records",
    tag = "records",
    params(CasePath, RecordsQuery),
    responses((status = 200, description = "A page of records", body = Page<Record>))
)]
pub(super) async fn records(
    reader: CaseReader,
    State(state): State<AppState>,
    Segments(path): Segments<CasePath>,
    Asked(asked): Asked<RecordsQuery>,
) -> Result<Json<Page<Record>>, Problem> {
    let limit = limit(asked.limit)?;
    let kind = bounded("kind", asked.kind)?;
    let (after_ms, after_id) = receipt_place(asked.after.as_deref())?;
    let rows = state
        .run(move |server| {
            server.store().read::<_, StoreError>(|reading| {
                if !reader.reads(reading, &path.case_no)? {
                    return Ok(None);
                }
                let after = (after_ms, after_id.as_slice());
                let rows =
                    reading.records_page(&path.case_no, kind.as_deref(), after, limit + 1)?;
                // A case without records is an empty list; a case that is not there is not.
                let known = !rows.is_empty() || reading.case(&path.case_no)?.is_some();
                Ok(known.then_some(rows))
            })
        })
        .await??
        .ok_or(ProblemCode::UnknownCase)?;
    let key = |row: &RecordRow| (row.first_received_ms, row.id.to_hex());
    Ok(Json(Page::of(rows, limit, key, record_of)))
}

/// One record
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/records/{id}",
    tag = "records",
    params(RecordPath),
    responses((status = 200, description = "The record", body = RecordDetail))
)]
pub(super) async fn record(
    reader: CaseReader,
    State(state): State<AppState>,
    Segments(path): Segments<RecordPath>,
) -> Result<Json<RecordDetail>, Problem> {
    let id = path.document()?;
    let found = state.run(move |server| read(server, &reader, id)).await??;
    found.map(Json).ok_or_else(|| ProblemCode::UnknownRecord.into())
}

/// The record as it stands, if it may be read.
pub(super) fn read(
    server: &Server,
    reader: &CaseReader,
    id: DocumentId,
) -> Result<Option<RecordDetail>, StoreError> {
    let directory = server.directory()?;
    server.store().read::<_, StoreError>(|reading| {
        let Some(row) = reading.record(id)? else { return Ok(None) };
        if !reader.reads(reading, &row.case_no)? {
            return Ok(None);
        }
        let names = Names::read(reading, &directory)?;
        let about = Contested::new(server.kinds(), &names, &row);
        let conflicts = reading.conflicts_of(id)?.into_iter();
        let conflicts = conflicts.map(|row| conflict_of(row, Some(&about))).collect();
        let log = reading.document_log(id)?;
        let mut detail = detail(reading, server, row, conflicts, &log, &directory)?;
        keep_own(reading, reader, &mut detail.files)?;
        Ok(Some(detail))
    })
}

/// Of findings about two photos the other record is named only where it may be read.
fn keep_own(
    reading: &Reading<'_>,
    reader: &CaseReader,
    files: &mut [RecordFile],
) -> Result<(), StoreError> {
    if reader.only_of().is_none() {
        return Ok(());
    }
    for finding in files.iter_mut().flat_map(|file| &mut file.findings) {
        let other = finding.other_record.as_deref().and_then(|id| DocumentId::from_hex(id).ok());
        let other = other.map(|id| reading.record(id)).transpose()?.flatten();
        let reads = match other {
            Some(row) => reader.reads(reading, &row.case_no)?,
            None => false,
        };
        if !reads {
            (finding.other_record, finding.other_item) = (None, None);
        }
    }
    Ok(())
}

fn detail(
    reading: &Reading<'_>,
    server: &Server,
    row: RecordRow,
    conflicts: Vec<Conflict>,
    log: &[EnvelopeRow],
    directory: &Directory,
) -> Result<RecordDetail, StoreError> {
    let facts: Value =
        serde_json::from_str(&row.facts).map_err(|_| StoreError::Damaged("record facts"))?;
    let late = facts.get("late").and_then(Value::as_array);
    let late = late.into_iter().flatten().filter_map(Value::as_str).collect();
    let changes = log
        .iter()
        .map(|row| {
            let proven = reading.proven(server.sequencer().origin(), row)?;
            change_of(row, proven, &late, directory)
        })
        .collect::<Result<_, _>>()?;
    let files = files_of(reading, reading.files_of(row.id)?, || {
        let document = rebuild(server.kinds(), directory, row.id, log);
        Ok(document.map_err(|_| StoreError::Damaged("record log"))?.view())
    })?;
    Ok(RecordDetail {
        heads: row.heads.chunks(32).map(|head| HEXLOWER.encode(head)).collect(),
        conflicts,
        files,
        changes,
        facts,
        record: record_of(row),
    })
}
