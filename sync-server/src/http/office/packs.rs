//! `GET packs`: the reference data that this server signed, without its content.

use axum::Json;
use axum::extract::State;
use data_encoding::HEXLOWER;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ADMIN, may};
use crate::http::AppState;
use crate::http::api::input::{Asked, CourtPath, PageQuery, limit, place_after};
use crate::http::api::moment;
use crate::http::api::shown::Page;
use crate::http::problem::Problem;
use crate::http::session::Console;
use crate::store::{ListedPack, StoreError};

/// A pack of reference data.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Pack {
    /// Kind: `court`, `roster`, `station`, `area`, `grid`, `rules`, `case`.
    kind: String,
    /// Which of the kind: the court's code, a case number.
    name: String,
    /// Its newest version.
    version: u64,
    /// When that was signed, RFC 3339.
    published_at: String,
    /// SHA-256 of the signed body, which contains the hash of the content.
    sha256: String,
}

/// The newest version of every pack, by kind and name
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/packs",
    tag = "console",
    params(CourtPath, PageQuery),
    responses((status = 200, description = "A page of packs", body = Page<Pack>))
)]
pub(super) async fn packs(
    State(state): State<AppState>,
    console: Console,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Pack>>, Problem> {
    may(&console, ADMIN)?;
    let limit = limit(asked.limit)?;
    let (kind, name): (String, String) = place_after(asked.after.as_deref())?.unwrap_or_default();
    let rows = state
        .run(move |server| {
            server
                .store()
                .read::<_, StoreError>(|reading| reading.packs_page((&kind, &name), limit + 1))
        })
        .await??;
    let key = |row: &ListedPack| (row.kind.clone(), row.subject.clone());
    Ok(Json(Page::of(rows, limit, key, |row| Pack {
        kind: row.kind,
        name: row.subject,
        version: row.version,
        published_at: moment(row.made_ms),
        sha256: HEXLOWER.encode(&row.id),
    })))
}
