//! Photos of a request as the dispatcher sees them: small pictures only, and only to those who may see the request.
//! The originals are evidence of the case and are read with the case.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::sync::files::named;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AppState;
use super::api::input::{ScenePhotoPath, Segments};
use super::files::small;
use super::incident_view::{Desk, standing};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use super::uploads::percent;
use crate::store::{FileStanding, Reading, StoreError};

/// The collection that a request keeps its photos in, and what stands before an item's id.
const PHOTOS: &str = "photos/";
/// Photos shown of one request at most; the first ones that were named.
const MOST: usize = 60;

/// A photo of the scene.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScenePhoto {
    /// SHA-256 of the original.
    hash: String,
    /// When it was taken by the phone's clock, RFC 3339; absent when nobody said.
    taken_at: Option<String>,
    /// Where the small picture is on this server; absent while it has not come.
    thumbnail: Option<String>,
}

impl ScenePhoto {
    /// Whether its small picture can be shown.
    pub(super) fn is_here(&self) -> bool {
        self.thumbnail.is_some()
    }
}

/// The photos of a request that are not struck; `facts` are those of its record.
pub(super) fn photos(
    reading: &Reading<'_>,
    document: DocumentId,
    facts: &Value,
) -> Result<Vec<ScenePhoto>, StoreError> {
    let photos: Vec<&Value> = standing(facts, "photos").collect();
    let shown = |standing: FileStanding| {
        let item = standing.named.item.strip_prefix(PHOTOS)?;
        let fields = photos.iter().find(|photo| photo["id"] == item)?;
        let hash = standing.named.hash.to_hex();
        let there = standing.thumbnail || standing.file.is_some();
        let court = percent(reading.court());
        let address = || format!("/v1/courts/{court}/incidents/{document}/photos/{hash}");
        Some(ScenePhoto {
            taken_at: fields["taken_at"].as_str().map(str::to_owned),
            thumbnail: there.then(address),
            hash,
        })
    };
    Ok(reading.files_of(document)?.into_iter().filter_map(shown).take(MOST).collect())
}

/// A small picture of the scene
///
/// For whoever may see the request. What belongs to another request is not there.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/incidents/{id}/photos/{hash}",
    tag = "console",
    params(ScenePhotoPath),
    responses((status = 200, description = "The small picture", content_type = "image/jpeg"))
)]
pub(super) async fn photo(
    State(state): State<AppState>,
    console: Console,
    Segments(path): Segments<ScenePhotoPath>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let document = path.document()?;
    let hash =
        named(&path.hash).ok_or_else(|| Problem::new(ProblemCode::BadPath).with("name", "hash"))?;
    let may = state.run(move |server| {
        let desk = Desk::new(server, console.who)?;
        server.store().read(|reading| belongs(reading, &desk, document, hash))
    });
    if !may.await?? {
        return Err(ProblemCode::NotFound.into());
    }
    small(&state, &method, &headers, hash).await
}

fn belongs(
    reading: &Reading<'_>,
    desk: &Desk,
    document: DocumentId,
    hash: BlobHash,
) -> Result<bool, Problem> {
    let Some(row) = reading.request(document)? else { return Ok(false) };
    if desk.see(reading, &row, false)?.is_none() {
        return Ok(false);
    }
    let uses = reading.uses_of_file(hash)?;
    Ok(uses.iter().any(|used| used.document == document && used.item.starts_with(PHOTOS)))
}
