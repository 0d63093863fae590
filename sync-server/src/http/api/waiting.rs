//! Changes that came and are not part of their record: held until something else arrives, in
//! quarantine until a person decides, rejected for good. All are kept; none disappears unseen.

use axum::Json;
use axum::extract::State;
use lastmile_core::envelope::Body;
use lastmile_core::identity::Canonical;
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Reader;
use super::input::{Asked, CourtPath, PageQuery, limit, place_after};
use super::shown::{Moment, Page};
use crate::http::AppState;
use crate::http::problem::Problem;
use crate::store::{State as Verdict, StoreError, WaitingRow};

/// A change that is not part of its record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WaitingChange {
    /// Envelope, 64 hexadecimal digits.
    pub envelope: String,
    /// Record id.
    pub record: String,
    /// Case number, when the change tells.
    pub case_no: Option<String>,
    /// `held`, `quarantined` or `rejected`.
    pub state: String,
    /// Stable code of why.
    pub reason: String,
    /// Staff id of its author.
    pub person: String,
    /// Name of the author's device.
    pub device_name: String,
    /// What was done.
    pub verb: Option<String>,
    /// The phone's clock at capture.
    pub device: Option<Moment>,
    /// When it came, server clock.
    pub received: Moment,
}

fn waiting_of(row: WaitingRow, state: Verdict) -> WaitingChange {
    let body = Body::decode(&row.body).ok();
    WaitingChange {
        envelope: row.envelope.to_hex(),
        record: row.document.to_hex(),
        case_no: row.case_no,
        state: state.code().to_owned(),
        reason: row.reason,
        person: row.person,
        device_name: row.device,
        device: body.as_ref().map(|body| Moment::of(body.device_ms)),
        verb: body.map(|body| body.verb),
        received: Moment::of(row.received_ms),
    }
}

async fn list(
    state: &AppState,
    asked: PageQuery,
    verdict: Verdict,
) -> Result<Json<Page<WaitingChange>>, Problem> {
    let limit = limit(asked.limit)?;
    let after: u64 = place_after(asked.after.as_deref())?.unwrap_or_default();
    let rows = state
        .run(move |server| {
            server
                .store()
                .read::<_, StoreError>(|reading| reading.waiting_page(verdict, after, limit + 1))
        })
        .await??;
    Ok(Json(Page::of(rows, limit, |row| row.arrival, |row| waiting_of(row, verdict))))
}

/// Changes that wait for something else to arrive, oldest first
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/held",
    tag = "waiting",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of changes", body = Page<WaitingChange>))
)]
pub(super) async fn held(
    _: Reader,
    State(state): State<AppState>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<WaitingChange>>, Problem> {
    list(&state, asked, Verdict::Held).await
}

/// Changes that wait for a person to decide, oldest first
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/quarantine",
    tag = "waiting",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of changes", body = Page<WaitingChange>))
)]
pub(super) async fn quarantine(
    _: Reader,
    State(state): State<AppState>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<WaitingChange>>, Problem> {
    list(&state, asked, Verdict::Quarantined).await
}

/// Changes refused for good, oldest first
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/rejected",
    tag = "waiting",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of changes", body = Page<WaitingChange>))
)]
pub(super) async fn rejected(
    _: Reader,
    State(state): State<AppState>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<WaitingChange>>, Problem> {
    list(&state, asked, Verdict::Rejected).await
}
