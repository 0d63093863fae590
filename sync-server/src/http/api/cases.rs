//! Cases, as their newest pack says.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::access::CaseReader;
use super::input::{Asked, CasePath, CasesQuery, CourtPath, Segments, bounded, limit, place_after};
use super::shown::Page;
use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::store::{CaseRow, PartyRow, StoreError};

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Case {
    /// Case number.
    #[allow(clippy::struct_field_names)] // its name everywhere in the API
    pub case_no: String,
    /// Version of the case pack.
    pub version: u64,
    /// Cause of action (案由).
    pub cause: String,
    /// Staff id of the handling officer (承办人).
    pub handler: String,
    /// Staff ids of the team.
    pub team: Vec<String>,
    /// State code.
    pub state: String,
}

/// A party of a case. Identity numbers and addresses are not shown here.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Party {
    /// Id within the case.
    pub id: String,
    /// Role code.
    pub role: String,
    /// Name.
    pub name: String,
}

/// A case with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseDetail {
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// Its parties.
    pub parties: Vec<Party>,
    /// How many records it has.
    pub records: u64,
    /// How many open conflicts its records have.
    pub open_conflicts: u64,
}

fn case_of(row: CaseRow) -> Case {
    Case {
        case_no: row.case_no,
        version: row.version,
        cause: row.cause,
        handler: row.handler,
        team: serde_json::from_str(&row.team).unwrap_or_default(),
        state: row.state,
    }
}

fn party_of(row: PartyRow) -> Party {
    Party { id: row.party, role: row.role, name: row.name }
}

/// Cases of the court, by number; for officers, clerks and judicial police those that they belong to
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/cases",
    tag = "cases",
    params(CourtPath, CasesQuery),
    responses((status = 200, description = "A page of cases", body = Page<Case>))
)]
pub(super) async fn cases(
    reader: CaseReader,
    State(state): State<AppState>,
    Asked(asked): Asked<CasesQuery>,
) -> Result<Json<Page<Case>>, Problem> {
    let limit = limit(asked.limit)?;
    let after: String = place_after(asked.after.as_deref())?.unwrap_or_default();
    // An empty field of a form asks for everything.
    let search = asked.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let search = bounded("search", search)?;
    let rows = state
        .run(move |server| {
            server.store().read::<_, StoreError>(|reading| {
                reading.cases_page(search.as_deref(), reader.only_of(), &after, limit + 1)
            })
        })
        .await??;
    Ok(Json(Page::of(rows, limit, |row| row.case_no.clone(), case_of)))
}

/// One case
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/cases/{case_no}",
    tag = "cases",
    params(CasePath),
    responses((status = 200, description = "The case", body = CaseDetail))
)]
pub(super) async fn case(
    reader: CaseReader,
    State(state): State<AppState>,
    Segments(path): Segments<CasePath>,
) -> Result<Json<CaseDetail>, Problem> {
    let found = state
        .run(move |server| {
            server.store().read::<_, StoreError>(|reading| {
                let Some(row) = reading.case(&path.case_no)? else { return Ok(None) };
                if !reader.reads(reading, &path.case_no)? {
                    return Ok(None);
                }
                let parties = reading.parties(&path.case_no)?;
                let (records, open_conflicts) = reading.case_counts(&path.case_no)?;
                Ok(Some((row, parties, records, open_conflicts)))
            })
        })
        .await??;
    let (row, parties, records, open_conflicts) = found.ok_or(ProblemCode::UnknownCase)?;
    Ok(Json(CaseDetail {
        case: case_of(row),
        parties: parties.into_iter().map(party_of).collect(),
        records,
        open_conflicts,
    }))
}
