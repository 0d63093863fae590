//! `GET acts`: the acts of a day.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use lastmile_core::id::DocumentId;
use serde::Deserialize;

use super::day::{Act, Acts, act_kinds, bounds, day_of};
use crate::http::AppState;
use crate::http::api::access::Reader;
use crate::http::api::input::{Asked, CourtPath, limit, receipt_place};
use crate::http::api::shown::Page;
use crate::http::problem::{Problem, ProblemCode};
use crate::law::LawError;
use crate::server::Server;
use crate::store::RecordRow;

/// Which acts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ActsQuery {
    /// The day in China on which something of them came, `2026-03-17`; today when absent.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    pub day: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

impl From<LawError> for Problem {
    fn from(error: LawError) -> Self {
        tracing::error!(code = error.code(), "rules could not be asked");
        ProblemCode::Internal.into()
    }
}

/// Acts of a day, in the order in which they first came
///
/// Records of which something came on that day, by the server's clock, whenever it was recorded; requests for
/// assistance are not among them. What is missing follows from the record as it stands here now.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/acts",
    tag = "office",
    params(CourtPath, ActsQuery),
    responses((status = 200, description = "A page of acts", body = Page<Act>))
)]
pub(super) async fn acts(
    _: Reader,
    State(state): State<AppState>,
    Asked(asked): Asked<ActsQuery>,
) -> Result<Json<Page<Act>>, Problem> {
    let limit = limit(asked.limit)?;
    let bad = || Problem::new(ProblemCode::BadQuery).with("name", "day");
    let day = match asked.day {
        Some(day) if day.len() == 10 => day.parse().map_err(|_| bad())?,
        Some(_) => return Err(bad()),
        None => day_of(state.server.now_ms()).ok_or_else(bad)?,
    };
    let (after_ms, after_id) = receipt_place(asked.after.as_deref())?;
    let acts =
        state.run(move |server| of_day(server, day, (after_ms, &after_id), limit + 1)).await??;
    let key = |(place, _): &((i64, DocumentId), Act)| (place.0, place.1.to_hex());
    Ok(Json(Page::of(acts, limit, key, |(_, act)| act)))
}

type Placed = ((i64, DocumentId), Act);

fn of_day(
    server: &Server,
    day: Date,
    after: (i64, &[u8]),
    limit: usize,
) -> Result<Vec<Placed>, LawError> {
    let directory = server.directory()?;
    let bounds = bounds(day).unwrap_or_default();
    server.store().read(|reading| {
        let rows = reading.records_of_day(&act_kinds(server.kinds()), bounds, after, limit)?;
        let mut acts = Acts::new(server, reading, &directory)?;
        let placed = |row: RecordRow| Ok(((row.first_received_ms, row.id), acts.act(&row)?));
        rows.into_iter().map(placed).collect()
    })
}
