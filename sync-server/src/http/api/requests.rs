//! Requests for police assistance (请求公安协助) that nobody has acknowledged: there from the moment
//! the server accepted the first change, the longest waiting first.

use axum::Json;
use axum::extract::State;
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::{FieldType, Kind, KindSet};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::access::Reader;
use super::input::{Asked, CourtPath, RequestsQuery, bounded, limit, receipt_place};
use super::shown::{Moment, Page};
use crate::assistance::facts::facts;
use crate::http::AppState;
use crate::http::problem::Problem;
use crate::publish;
use crate::store::{RecordRow, RequestRow, StoreError};

/// A request for police assistance.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AssistanceRequest {
    /// Record id.
    pub id: String,
    /// Case number; absent when it came by voice and none was named.
    pub case_no: Option<String>,
    /// The station it was routed to.
    pub station: Station,
    /// How the station was found: `area`, the position lies in its area; `nearest`; `command`,
    /// nobody could be found and the command centre has it.
    pub routed_by: String,
    /// `delivered`: the server has it and the station can read it. Nobody has acknowledged it.
    pub state: String,
    /// Where, an RFC 5870 URI in WGS-84.
    #[schema(example = "geo:22.8335,112.985;crs=wgs84;u=8")]
    pub position: Option<String>,
    /// Where, in words.
    pub place: Option<String>,
    /// What happens there, a code. Absent when nobody said or two said different things: see the
    /// record's conflicts.
    pub situation: Option<String>,
    /// What happens there, in words.
    pub situation_text: Option<String>,
    /// The number to call back.
    pub callback: Option<String>,
    /// When the crew withdrew it, RFC 3339, as the crew recorded it. It stays listed until a
    /// dispatcher closes it.
    pub withdrawn_at: Option<String>,
    /// How many of its values are contested.
    pub open_conflicts: u64,
    /// When the server received the first change of it.
    pub received: Moment,
    /// Seconds since then, by the server's clock.
    pub seconds_since_receipt: u64,
}

/// A police station.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Station {
    /// Code; `command` is the command centre.
    pub code: String,
    /// Name, when the court's station list has it.
    pub name: Option<String>,
    /// Duty telephone.
    pub duty_phone: Option<String>,
    /// Its area was derived and is not official.
    pub derived: bool,
}

/// Open requests for police assistance, the longest waiting first
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/requests",
    tag = "requests",
    params(CourtPath, RequestsQuery),
    responses((status = 200, description = "A page of requests", body = Page<AssistanceRequest>))
)]
pub(super) async fn requests(
    _: Reader,
    State(state): State<AppState>,
    Asked(asked): Asked<RequestsQuery>,
) -> Result<Json<Page<AssistanceRequest>>, Problem> {
    let limit = limit(asked.limit)?;
    let station = bounded("station", asked.station)?;
    let (after_ms, after_id) = receipt_place(asked.after.as_deref())?;
    let page = state
        .run(move |server| {
            server.store().read::<_, StoreError>(|reading| {
                let after = (after_ms, after_id.as_slice());
                let rows = reading.open_requests_page(station.as_deref(), after, limit + 1)?;
                let rows = rows
                    .into_iter()
                    .map(|row| {
                        let record = reading.record(row.document)?;
                        let facts = facts(reading, row.document, record.as_ref())?;
                        Ok(((record, facts), row))
                    })
                    .collect::<Result<Vec<_>, StoreError>>()?;
                let stations = publish::stored::<StationPack>(reading, server.court())
                    .map_err(|_| StoreError::Damaged("station pack"))?
                    .unwrap_or_default();
                let now_ms = server.now_ms();
                Ok(Page::of(rows, limit, place_of, |((record, facts), row)| {
                    request_of(row, (record.as_ref(), &facts), server.kinds(), &stations, now_ms)
                }))
            })
        })
        .await??;
    Ok(Json(page))
}

fn place_of((_, row): &((Option<RecordRow>, Value), RequestRow)) -> (i64, String) {
    (row.received_ms, row.document.to_hex())
}

fn request_of(
    row: RequestRow,
    (record, facts): (Option<&RecordRow>, &Value),
    kinds: &KindSet,
    stations: &StationPack,
    now_ms: i64,
) -> AssistanceRequest {
    let text = |field: &str| facts["head"][field].as_str().map(str::to_owned);
    let kind = record.and_then(|record| kinds.get(&record.kind));
    let waited = now_ms.saturating_sub(row.received_ms).max(0).unsigned_abs();
    AssistanceRequest {
        id: row.document.to_hex(),
        case_no: Some(row.case_no).filter(|case| !case.is_empty()),
        station: station_of(row.station, stations),
        routed_by: row.routed_by,
        state: row.state,
        position: text(kind.and_then(position_field).unwrap_or("position")),
        place: text("place"),
        situation: text("situation_code"),
        situation_text: text("situation_text"),
        callback: text("callback"),
        withdrawn_at: text("cancelled_at"),
        open_conflicts: record.map_or(0, |record| record.conflicts),
        received: Moment::of(row.received_ms),
        seconds_since_receipt: waited / 1000,
    }
}

/// The field by which a record is routed: its first position.
fn position_field(kind: &'static Kind) -> Option<&'static str> {
    kind.head.iter().find(|field| field.ty == FieldType::Position).map(|field| field.name)
}

fn station_of(code: String, stations: &StationPack) -> Station {
    let known = stations.find(&code);
    Station {
        name: known.map(|station| station.name.clone()),
        duty_phone: known.and_then(|station| station.duty_phone.clone()),
        derived: known.is_some_and(|station| station.derived),
        code,
    }
}
