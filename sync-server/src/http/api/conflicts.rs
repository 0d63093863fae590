//! Open conflicts: every side, with author and time. Nothing here says who is right.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::Json;
use axum::extract::State;
use lastmile_core::id::DocumentId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::access::CaseReader;
use super::contested::{Contested, MustDecide};
use super::input::{Asked, ConflictsQuery, CourtPath, bounded, limit, place_after};
use super::shown::{Moment, Page};
use crate::http::AppState;
use crate::http::office::roster::Names;
use crate::http::problem::{Problem, ProblemCode};
use crate::store::{AfterConflict, ConflictRow, StoreError};

/// An open conflict.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conflict {
    /// Record id.
    pub record: String,
    /// Case number.
    pub case_no: String,
    /// `field`, `struck_or_edited`, `duplicate` or `finalised_twice`.
    pub kind: String,
    /// What is contested.
    pub target: String,
    /// The sides.
    pub sides: Vec<Side>,
    /// Kind of the record.
    pub record_kind: Option<String>,
    /// The record's one-line title.
    pub title: Option<String>,
    /// What the contested item is called, when it has a name that is not contested itself.
    pub item_name: Option<String>,
    /// Who may settle it; absent where that takes a correction record (补正笔录).
    pub must_decide: Option<MustDecide>,
}

/// One side of a conflict.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Side {
    /// Staff id of its author.
    pub person: Option<String>,
    /// The author's phone's clock.
    pub device: Option<Moment>,
    /// Hash of the change.
    pub change: Option<String>,
    /// What it claims: `value`, or `struck` with the reason, `edited` with the field and `value`,
    /// `item`, `finalised` with the content digest; and `op`, its place in the document.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub claim: serde_json::Map<String, Value>,
}

pub(super) fn conflict_of(row: ConflictRow, about: Option<&Contested>) -> Conflict {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let sides = detail.get("sides").and_then(Value::as_array).map(Vec::as_slice);
    Conflict {
        record_kind: about.map(Contested::record_kind),
        title: about.map(Contested::title),
        item_name: about.and_then(|about| about.item_name(&row.target)),
        must_decide: about.and_then(|about| about.must_decide(&row)),
        record: row.document.to_hex(),
        case_no: row.case_no,
        kind: row.kind,
        target: row.target,
        sides: sides.unwrap_or_default().iter().filter_map(side_of).collect(),
    }
}

fn side_of(stored: &Value) -> Option<Side> {
    let mut claim = stored.as_object()?.clone();
    let mut text = |name: &str| claim.remove(name)?.as_str().map(str::to_owned);
    let (person, change) = (text("person"), text("change"));
    let device = claim.remove("device_ms").and_then(|ms| ms.as_i64()).map(Moment::of);
    Some(Side { person, device, change, claim })
}

/// Open conflicts
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/conflicts",
    tag = "conflicts",
    params(CourtPath, ConflictsQuery),
    responses((status = 200, description = "A page of conflicts", body = Page<Conflict>))
)]
pub(super) async fn conflicts(
    reader: CaseReader,
    State(state): State<AppState>,
    Asked(asked): Asked<ConflictsQuery>,
) -> Result<Json<Page<Conflict>>, Problem> {
    let limit = limit(asked.limit)?;
    let case_no = bounded("case_no", asked.case_no)?;
    let (document, kind, target) =
        match place_after::<(String, String, String)>(asked.after.as_deref())? {
            Some((document, kind, target)) => {
                let document =
                    DocumentId::from_hex(&document).map_err(|_| ProblemCode::BadCursor)?;
                (document.as_bytes().to_vec(), kind, target)
            }
            None => Default::default(),
        };
    let (rows, around) = state
        .run(move |server| {
            let after = AfterConflict { document: &document, kind: &kind, target: &target };
            let directory = server.directory()?;
            server.store().read::<_, StoreError>(|reading| {
                let (case_no, member) = (case_no.as_deref(), reader.only_of());
                let rows = reading.conflicts_page(case_no, member, after, limit + 1)?;
                let names = Names::read(reading, &directory)?;
                let mut around = HashMap::new();
                for row in &rows {
                    if let Entry::Vacant(place) = around.entry(row.document)
                        && let Some(record) = reading.record(row.document)?
                    {
                        place.insert(Contested::new(server.kinds(), &names, &record));
                    }
                }
                Ok((rows, around))
            })
        })
        .await??;
    let key = |row: &ConflictRow| (row.document.to_hex(), row.kind.clone(), row.target.clone());
    let shown = |row: ConflictRow| {
        let about = around.get(&row.document);
        conflict_of(row, about)
    };
    Ok(Json(Page::of(rows, limit, key, shown)))
}
