//! `GET /healthz`: whether the service can do its work, which is reading and writing its database.

use std::time::Duration;

use axum::extract::State;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::AppState;
use super::problem::{Problem, ProblemCode};
use crate::server::Server;
use crate::store::StoreError;

/// The finding holds this long: everybody may ask, and asking costs a write.
const HOLDS: Duration = Duration::from_secs(2);

/// The last finding. Whoever asks while another is looking waits for that look.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Option<(Instant, bool)>>);

/// Whether the database can be read and written
///
/// Open to all. Looks at most every two seconds.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    responses((status = 200, description = "It can", body = String, content_type = "text/plain"))
)]
pub(super) async fn healthz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    let mut found = state.health.0.lock().await;
    let healthy = match *found {
        Some((at, healthy)) if at.elapsed() < HOLDS => healthy,
        _ => {
            let healthy = state.run(look).await?;
            *found = Some((Instant::now(), healthy));
            healthy
        }
    };
    if healthy { Ok("ok\n") } else { Err(ProblemCode::StoreUnavailable.into()) }
}

#[allow(clippy::redundant_closure_for_method_calls)] // the method is not general enough
fn look(server: &Server) -> bool {
    let store = server.store();
    let looked = store
        .read::<_, StoreError>(|reading| reading.last_certificate())
        .and_then(|_| store.write::<_, StoreError>(|writing| writing.probe(server.now_ms())));
    if let Err(error) = &looked {
        tracing::error!(code = error.code(), "the database cannot be read or written");
    }
    looked.is_ok()
}
