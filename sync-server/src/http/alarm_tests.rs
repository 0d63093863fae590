//! `POST /v1/courts/{court}/alarm-tests`: somebody at a desk tried the alarm, once a day, and says whether it was
//! heard. What came of it stands in `presence`, where the command centre sees which desks were not tried.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{CourtPath, Told};
use super::api::moment;
use super::office::day::{bounds, day_of};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use crate::assistance::presence::desk_of;
use crate::store::{AlarmTest, Reading, StoreError};

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAlarmTest {
    /// Whether the person heard it.
    heard: bool,
}

/// The last try of a desk today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AlarmTested {
    /// When, RFC 3339.
    at: String,
    /// Whether it was heard.
    heard: bool,
}

/// Says that the alarm of this desk was tried
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/alarm-tests",
    tag = "console",
    params(CourtPath),
    request_body = NewAlarmTest,
    responses((status = 204, description = "Noted"))
)]
pub(super) async fn tried(
    State(state): State<AppState>,
    console: Console,
    Told(told): Told<NewAlarmTest>,
) -> Result<StatusCode, Problem> {
    let desk = desk_of(&console.who).ok_or(ProblemCode::NotYourRole)?;
    state
        .run(move |server| {
            let test = AlarmTest {
                desk,
                at_ms: server.now_ms(),
                person: console.who.person,
                heard: told.heard,
            };
            server.store().write::<_, StoreError>(|writing| writing.put_alarm_test(&test))
        })
        .await??;
    Ok(StatusCode::NO_CONTENT)
}

/// What came of today's try at each desk. A day is one in China.
pub(super) fn today(
    reading: &Reading<'_>,
    now_ms: i64,
) -> Result<Vec<(String, AlarmTested)>, StoreError> {
    let since_ms =
        day_of(now_ms).and_then(|day: Date| bounds(day)).map_or(now_ms, |(from, _)| from);
    let tests = reading.alarm_tests(since_ms)?.into_iter();
    Ok(tests
        .map(|test| (test.desk, AlarmTested { at: moment(test.at_ms), heard: test.heard }))
        .collect())
}
