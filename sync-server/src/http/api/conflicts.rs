//! Open conflicts: every side, with author and time. Nothing here says who is right.

use axum::Json;
use axum::extract::State;
use lastmile_core::id::DocumentId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::access::Reader;
use super::input::{Asked, ConflictsQuery, CourtPath, bounded, limit, place_after};
use super::shown::{Moment, Page};
use crate::http::AppState;
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

pub(super) fn conflict_of(row: ConflictRow) -> Conflict {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let sides = detail.get("sides").and_then(Value::as_array).map(Vec::as_slice);
    Conflict {
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
    _: Reader,
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
    let rows = state
        .run(move |server| {
            let after = AfterConflict { document: &document, kind: &kind, target: &target };
            server.store().read::<_, StoreError>(|reading| {
                reading.conflicts_page(case_no.as_deref(), after, limit + 1)
            })
        })
        .await??;
    let key = |row: &ConflictRow| (row.document.to_hex(), row.kind.clone(), row.target.clone());
    Ok(Json(Page::of(rows, limit, key, conflict_of)))
}
