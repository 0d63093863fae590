//! The read API: cases, records, conflicts, requests for assistance, and what waits, as JSON; and
//! the decision about what waits in quarantine.
//!
//! | file | subject |
//! | --- | --- |
//! | [`access`] | who may read |
//! | [`input`] | parts of the address, query parameters, places in a list |
//! | [`shown`] | pages and times |
//! | [`evidence`] | the files of a record and what does not fit about them |
//! | [`papers`] | papers as PDF |
//! | [`cases`], [`records`], [`conflicts`], [`requests`], [`waiting`] | the answers |
//! | [`settlements`] | what a person changes in a record: a conflict settled, the record finalised |
//! | [`contested`] | what a conflict is about and who may settle it |
//! | [`document`] | the OpenAPI description |

pub(super) mod access;
mod cases;
mod conflicts;
mod contested;
pub mod document;
pub(super) mod evidence;
pub(super) mod input;
mod papers;
mod records;
mod requests;
mod settlements;
pub(super) mod shown;
mod waiting;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;

/// The endpoints of this folder.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(document::base())
        .routes(routes!(cases::cases))
        .routes(routes!(cases::case))
        .routes(routes!(records::records))
        .routes(routes!(records::record))
        .routes(routes!(settlements::settle))
        .routes(routes!(settlements::finalise))
        .routes(routes!(papers::paper))
        .routes(routes!(conflicts::conflicts))
        .routes(routes!(requests::requests))
        .routes(routes!(waiting::held))
        .routes(routes!(waiting::quarantine))
        .routes(routes!(waiting::rejected))
        .routes(routes!(waiting::decide))
        .routes(routes!(document::openapi))
}

/// A server time for people: RFC 3339 in China's time, or the number when it is beyond all years.
pub(crate) fn moment(ms: i64) -> String {
    shown::Moment::of(ms).at.unwrap_or_else(|| ms.to_string())
}
