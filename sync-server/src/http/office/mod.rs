//! What the workspaces beside the dispatcher's desk ask for: the acts of a day, the evening's list, devices,
//! people, packs, invitations; and the words in which all of it is shown.
//!
//! | file | subject | who may |
//! | --- | --- | --- |
//! | [`words`], [`roster`] | what things and people are called; the people | who reads cases; people: administrators |
//! | [`day`], [`acts`], [`evening`] | the acts of a day and what is missing in them | who reads cases |
//! | [`devices`], [`withdrawal`] | phones; taking one out of service | also administrators; only administrators |
//! | [`packs`] | reference data | administrators |
//! | [`enrolments`] | invitations of phones | administrators |
//! | [`export`] | a case as a file | who reads cases |
//!
//! Nothing is decided here: rules are [`crate::law`]'s, withdrawals [`crate::withdraw`]'s, codes
//! [`crate::enrol`]'s. An administrator sees no content of cases.

mod acts;
pub(super) mod day;
mod devices;
mod enrolments;
mod evening;
mod export;
mod packs;
pub(super) mod roster;
mod withdrawal;
mod words;

use lastmile_core::records::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::problem::{Problem, ProblemCode};
use super::session::Console;

/// Devices, people, packs, invitations.
const ADMIN: &[Role] = &[Role::Admin];
/// Who sees whether phones were heard of.
const DEVICES: &[Role] = &[Role::Command, Role::President, Role::Admin];

/// The endpoints of this folder.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(words::words))
        .routes(routes!(roster::names))
        .routes(routes!(roster::people))
        .routes(routes!(acts::acts))
        .routes(routes!(evening::evening))
        .routes(routes!(devices::devices))
        .routes(routes!(withdrawal::withdraw))
        .routes(routes!(packs::packs))
        .routes(routes!(enrolments::invite))
        .routes(routes!(export::export))
}

/// Whether the person has one of these roles now.
fn may(console: &Console, roles: &[Role]) -> Result<(), Problem> {
    if console.who.is(roles) { Ok(()) } else { Err(ProblemCode::NotYourRole.into()) }
}
