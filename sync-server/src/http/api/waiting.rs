//! Changes that came and are not part of their record: held until something else arrives, in
//! quarantine until a person decides, rejected for good. All are kept; none disappears unseen.

use axum::Json;
use axum::extract::State;
use lastmile_core::envelope::Body;
use lastmile_core::id::EnvelopeId;
use lastmile_core::identity::Canonical;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Reader;
use super::input::{Asked, CourtPath, EnvelopePath, PageQuery, Segments, Told, limit, place_after};
use super::shown::{Moment, Page};
use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::store::{State as Verdict, StoreError, WaitingRow};
use crate::sync::SyncError;
use crate::withdraw::{self, Judgement, WithdrawError};

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

/// A decision about a change in quarantine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// Whether the change enters its record; else it is set aside for good, and its bytes are kept.
    pub admit: bool,
    /// Why, in words.
    #[schema(min_length = 1, max_length = 1024)]
    pub reason: String,
}

/// What became of the change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decided {
    /// Envelope, 64 hexadecimal digits.
    pub envelope: String,
    /// `accepted`, `held`, `quarantined` or `rejected`.
    pub state: String,
    /// Stable code of why, when not accepted.
    pub reason: String,
}

/// Admits a change in quarantine or sets it aside, with a reason
///
/// The decision is signed by the server and stands in the case's channel, as that of the person whose token
/// the request carries; with a token that names nobody there is no deciding. An admitted change is judged like
/// any other.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/quarantine/{envelope}/decision",
    tag = "waiting",
    params(EnvelopePath),
    request_body = Decision,
    responses((status = 200, description = "What became of the change", body = Decided))
)]
pub(super) async fn decide(
    reader: Reader,
    State(state): State<AppState>,
    Segments(path): Segments<EnvelopePath>,
    Told(decision): Told<Decision>,
) -> Result<Json<Decided>, Problem> {
    let envelope = EnvelopeId::from_hex(&path.envelope)
        .map_err(|_| Problem::new(ProblemCode::BadPath).with("name", "envelope"))?;
    let judgement = Judgement {
        envelope,
        admit: decision.admit,
        reason: decision.reason,
        on_behalf_of: reader.decides()?,
    };
    let (became, reason) = state.run(move |server| withdraw::judge(server, &judgement)).await??;
    let state = became.code().to_owned();
    Ok(Json(Decided { envelope: path.envelope, state, reason }))
}

impl From<WithdrawError> for Problem {
    fn from(error: WithdrawError) -> Self {
        match error {
            WithdrawError::NotWaiting | WithdrawError::UnknownCertificate => {
                ProblemCode::NotWaiting.into()
            }
            WithdrawError::UnknownCase => ProblemCode::UnknownCase.into(),
            WithdrawError::Form(field) => Self::new(ProblemCode::BadBody).with("name", field),
            WithdrawError::WrongKind => ProblemCode::BadBody.into(),
            WithdrawError::Ingest(error) => SyncError::Ingest(error).into(),
        }
    }
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
