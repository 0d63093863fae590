//! `GET /metrics`: figures in OpenMetrics text. What is stored is counted in the database when asked
//! for, so that a restart forgets nothing; what passes through is counted by this process. Labels are
//! codes of this program, never a person, a case or a device.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use super::AppState;
use super::api::access;
use super::problem::{Problem, ProblemCode};
use crate::operator::OperatorRole;
use crate::server::Server;
use crate::store::{Figures, StoreError};

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What this process has counted since it started. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// Sync requests answered.
    pub syncs: Counter,
    /// Bytes of sync requests, as they came.
    pub bytes_up: Counter,
    /// Bytes of answers to them, as they went.
    pub bytes_down: Counter,
    /// Channels for which phones asked for a repair: their copy differs from ours.
    pub repairs: Counter,
    /// Bytes of uploads, as they were kept.
    pub upload_bytes: Counter,
}

/// Whoever may see figures: an operator with any token but a gateway's, or a program on this machine.
#[derive(Debug)]
pub(super) struct Watcher;

impl FromRequestParts<AppState> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        if peer.is_some_and(|peer| is_local(peer) && !is_forwarded(&parts.headers)) {
            return Ok(Self);
        }
        match access::operator(&parts.headers, state).await?.role {
            OperatorRole::Gateway => Err(ProblemCode::NotYourRole.into()),
            OperatorRole::Command | OperatorRole::Admin => Ok(Self),
        }
    }
}

fn is_local(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

/// Came through a proxy on this machine: not from this machine.
fn is_forwarded(headers: &HeaderMap) -> bool {
    [header::FORWARDED.as_str(), header::VIA.as_str(), "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Figures of the service, OpenMetrics
///
/// With any operator's token but a gateway's; without one from the server's own machine.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    security((), ("operator" = [])),
    responses((
        status = 200,
        description = "OpenMetrics text",
        body = String,
        content_type = "application/openmetrics-text"
    ))
)]
#[allow(clippy::redundant_closure_for_method_calls)] // the method is not general enough
pub(super) async fn metrics(
    _: Watcher,
    State(state): State<AppState>,
) -> Result<impl IntoResponse, Problem> {
    let counters = state.counters.clone();
    let text = state
        .run(move |server: &Server| {
            let figures = server.store().read::<_, StoreError>(|reading| reading.figures())?;
            render(&counters, &figures, server.store().size(), server.now_ms())
                .map_err(|_| Problem::new(ProblemCode::Internal))
        })
        .await??;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text))
}

/// The text of one scrape.
fn render(
    counters: &Counters,
    figures: &Figures,
    store_bytes: u64,
    now_ms: i64,
) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("lastmile");
    let changes = Family::<[(&'static str, &'static str); 1], Gauge>::default();
    for (state, number) in &figures.changes {
        let number = i64::try_from(*number).unwrap_or(i64::MAX);
        changes.get_or_create(&[("state", state.code())]).set(number);
    }
    registry.register("changes", "Stored changes by what became of them", changes);
    let oldest = figures.oldest_open_ms.map_or(0, |since| now_ms.saturating_sub(since).max(0));
    let mut gauge = |name: &str, help: &str, value: u64| {
        registry.register(name, help, ConstGauge::new(value));
    };
    gauge("tray_rows", "Offered bytes that are no change, kept for a person to see", figures.tray);
    gauge("records", "Records", figures.records);
    gauge("open_conflicts", "Open conflicts", figures.conflicts);
    gauge("feed_entries", "Entries of all channels", figures.feed_entries);
    gauge("log_leaves", "Leaves of the court's log", figures.log_leaves);
    gauge("log_backed_up_leaves", "Leaves that lie in a backup", figures.log_backed_up);
    gauge(
        "log_evidence",
        "Checkpoints handed in by phones that the log does not contain: above 0, act",
        figures.log_evidence,
    );
    gauge("assistance_open", "Requests for assistance not acknowledged", figures.open_requests);
    gauge(
        "assistance_oldest_unacknowledged_seconds",
        "How long the oldest of those has waited",
        oldest.unsigned_abs() / 1000,
    );
    let files = &figures.files;
    gauge("files_stored", "Originals that the court has, verified", files.stored);
    gauge("files_stored_bytes", "Bytes of those", files.stored_bytes);
    gauge(
        "files_missing",
        "Originals that records name and the court does not have",
        files.missing,
    );
    gauge("files_differ", "Originals to be sent again: another file came", files.differ);
    gauge(
        "files_lost",
        "Originals that were stored and are damaged or gone: put them back from a backup",
        files.lost,
    );
    gauge("uploads_open", "Uploads that are not finished", files.uploads_open);
    gauge("store_bytes", "Bytes of the database on the disk", store_bytes);
    let mut counter = |name: &str, help: &str, counter: &Counter| {
        registry.register(name, help, counter.clone());
    };
    counter("sync_requests", "Sync requests answered", &counters.syncs);
    counter("sync_up_bytes", "Bytes of sync requests", &counters.bytes_up);
    counter("sync_down_bytes", "Bytes of answers to sync requests", &counters.bytes_down);
    counter("sync_repairs", "Channels whose copy on a phone differed", &counters.repairs);
    counter("upload_up_bytes", "Bytes of uploads that were kept", &counters.upload_bytes);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::{FileFigures, State};

    #[test]
    fn a_scrape_has_every_figure_and_no_other_label_than_the_state() {
        let counters = Counters::default();
        counters.bytes_up.inc_by(700);
        let figures = Figures {
            changes: vec![(State::Accepted, 5), (State::Held, 1)],
            open_requests: 2,
            oldest_open_ms: Some(1_000),
            files: FileFigures { stored: 3, differ: 1, lost: 2, ..FileFigures::default() },
            ..Figures::default()
        };
        let text = render(&counters, &figures, 4096, 91_500).unwrap();
        for line in [
            "lastmile_changes{state=\"accepted\"} 5",
            "lastmile_changes{state=\"held\"} 1",
            "lastmile_assistance_open 2",
            "lastmile_assistance_oldest_unacknowledged_seconds 90",
            "lastmile_store_bytes 4096",
            "lastmile_files_stored 3",
            "lastmile_files_differ 1",
            "lastmile_files_lost 2",
            "lastmile_upload_up_bytes_total 0",
            "lastmile_sync_up_bytes_total 700",
            "lastmile_sync_repairs_total 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(
            text.lines().filter(|line| line.contains('{')).all(|line| line.contains("{state=\""))
        );
    }

    #[test]
    fn only_this_machine_itself_is_local() {
        assert!(
            is_local("127.0.0.1".parse().unwrap()) && is_local("::ffff:127.0.0.1".parse().unwrap())
        );
        assert!(!is_local("192.0.2.1".parse().unwrap()));
        let mut headers = HeaderMap::new();
        assert!(!is_forwarded(&headers));
        headers.insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
        assert!(is_forwarded(&headers));
    }
}
