//! `GET names`, `GET people`: what people are called, and who they are.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use lastmile_core::identity::Directory;
use lastmile_core::pack::roster::RosterPack;
use serde::Serialize;
use utoipa::ToSchema;

use super::devices::key_of;
use super::{ADMIN, may};
use crate::http::AppState;
use crate::http::api::access::CaseReader;
use crate::http::api::input::{Asked, CourtPath, PageQuery, limit, place_after};
use crate::http::api::shown::Page;
use crate::http::incident_view::PersonRef;
use crate::http::problem::Problem;
use crate::http::session::Console;
use crate::publish::{PublishError, stored};
use crate::roles;
use crate::server::Server;
use crate::store::{Reading, StoreError};

/// Names of people, by staff id.
#[derive(Debug, Default)]
pub(in crate::http) struct Names(BTreeMap<String, String>);

impl Names {
    /// By the roster; of people who are not in it, as their certificate says.
    pub(in crate::http) fn read(
        reading: &Reading<'_>,
        directory: &Directory,
    ) -> Result<Self, StoreError> {
        let mut names = BTreeMap::new();
        for (_, verified) in directory.certificates() {
            let body = verified.payload();
            if let Some(person) = &body.person {
                names.insert(person.clone(), body.name.clone());
            }
        }
        let roster = match stored::<RosterPack>(reading, reading.court()) {
            Ok(roster) => roster.unwrap_or_default(),
            Err(PublishError::Store(error)) => return Err(error),
            Err(_) => return Err(StoreError::Damaged("roster")),
        };
        names.extend(roster.staff.into_iter().map(|staff| (staff.id, staff.name)));
        Ok(Self(names))
    }

    /// The person with the name; the id where nobody knows one.
    pub(in crate::http) fn person(&self, person: &str) -> PersonRef {
        let name = self.0.get(person).map_or(person, String::as_str);
        PersonRef { person: person.to_owned(), name: name.to_owned() }
    }
}

/// What people are called.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NameList {
    /// Name by staff id.
    names: BTreeMap<String, String>,
}

/// What people are called
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/names",
    tag = "office",
    params(CourtPath),
    responses((status = 200, description = "The names", body = NameList))
)]
pub(super) async fn names(
    _: CaseReader,
    State(state): State<AppState>,
) -> Result<Json<NameList>, Problem> {
    let names = state
        .run(|server| {
            let directory = server.directory()?;
            server.store().read(|reading| Names::read(reading, &directory))
        })
        .await??;
    Ok(Json(NameList { names: names.0 }))
}

/// Somebody who works with the system.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    /// Staff id.
    person: String,
    /// Name.
    name: String,
    /// Role codes by the directory; none for somebody of the roster who was given none yet.
    roles: Vec<String>,
    /// Phones whose certificates stand.
    devices: u64,
    /// Whether there is an account for the console.
    account: bool,
    /// Whether that account has one-time codes.
    totp: bool,
}

/// The people: of the roster, and whoever has a certificate or an account
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/people",
    tag = "console",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of people", body = Page<Member>))
)]
pub(super) async fn people(
    State(state): State<AppState>,
    console: Console,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    may(&console, ADMIN)?;
    let limit = limit(asked.limit)?;
    let after: String = place_after(asked.after.as_deref())?.unwrap_or_default();
    let members = state.run(move |server| members(server, &after, limit + 1)).await??;
    Ok(Json(Page::of(members, limit, |member| member.person.clone(), |member| member)))
}

fn members(server: &Server, after: &str, limit: usize) -> Result<Vec<Member>, StoreError> {
    let directory = server.directory()?;
    let now_ms = server.now_ms();
    server.store().read(|reading| {
        let names = Names::read(reading, &directory)?;
        let accounts = reading.accounts()?;
        let accounts: BTreeMap<&str, bool> =
            accounts.iter().map(|row| (row.person.as_str(), row.totp.is_some())).collect();
        let people: BTreeSet<&str> =
            names.0.keys().map(String::as_str).chain(accounts.keys().copied()).collect();
        let devices = standing(&directory, now_ms);
        let page = people.into_iter().filter(|person| *person > after).take(limit);
        page.map(|person| {
            let PersonRef { person, name } = names.person(person);
            let totp = accounts.get(person.as_str()).copied();
            Ok(Member {
                roles: roles::current(reading, &person)?.unwrap_or_default(),
                devices: devices.get(person.as_str()).map_or(0, BTreeSet::len) as u64,
                account: totp.is_some(),
                totp: totp.unwrap_or_default(),
                person,
                name,
            })
        })
        .collect()
    })
}

/// The devices with a standing certificate, by person.
fn standing(directory: &Directory, now_ms: i64) -> BTreeMap<String, BTreeSet<String>> {
    let mut devices: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, verified) in directory.certificates() {
        let body = verified.payload();
        if !directory.findings(&id, now_ms).is_empty() {
            continue;
        }
        if let Some((person, device)) = key_of(body) {
            devices.entry(person).or_default().insert(device);
        }
    }
    devices
}
