//! `/console/`: the pages of the console, built from `sync-server/console` and embedded, so that the one binary is
//! all a court installs. Nothing outside is ever asked for, and a strict content security policy holds the browser
//! to that.

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;

use super::AppState;
use super::problem::{Problem, ProblemCode};

#[derive(RustEmbed)]
#[folder = "console/dist"]
struct Dist;

/// Where the page says which court it is of.
const COURT: &str = "__COURT__";

const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// `/console` without its slash, from which the page's own addresses would lead astray.
pub(super) async fn slash() -> Redirect {
    Redirect::permanent("/console/")
}

/// The page.
pub(super) async fn index(State(state): State<AppState>) -> Result<Response, Problem> {
    let file = Dist::get("index.html").ok_or(ProblemCode::NotFound)?;
    let page = String::from_utf8_lossy(&file.data);
    // A court's code has letters and digits only (`bound::court`); escaped all the same.
    let court = state.server.court().replace('&', "&amp;").replace('"', "&quot;");
    let page = page.replace(COURT, &court.replace('<', "&lt;"));
    Ok(with_headers("text/html; charset=utf-8", "no-cache", page.into_bytes()))
}

/// What the page is made of. Its names carry the hash of their content, so they never change.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let file = Dist::get(&format!("assets/{name}")).ok_or(ProblemCode::NotFound)?;
    let media = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    Ok(with_headers(media, "public, max-age=31536000, immutable", file.data.into_owned()))
}

fn with_headers(media: &'static str, cached: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, media),
        (CACHE_CONTROL, cached),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body).into_response()
}
