//! The endpoints. Handlers translate between HTTP and the modules that do the work; nothing is decided
//! here.

mod alarm_tests;
pub mod api;
mod courier;
mod duty;
mod enrol;
mod files;
mod health;
mod incident_photos;
mod incident_view;
mod incidents;
mod live;
pub mod live_list;
mod log;
mod map;
pub mod metrics;
mod office;
mod pages;
mod positions;
pub mod problem;
mod range;
mod receive;
pub mod resent;
pub mod session;
mod sms;
mod sync;
mod tus;
mod unit_out;
mod units;
mod uploads;
mod voice;
mod watch;
mod wiped;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::sync::{Semaphore, watch as signal};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::throttle::Throttle;
use crate::server::Server;
use health::Health;
use live_list::Lists;
use metrics::Counters;
use problem::{Problem, ProblemCode};
use resent::Resent;

/// What every handler shares.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The court's server.
    pub server: Arc<Server>,
    /// How many requests work on the database and the processor at a time.
    pub work: Arc<Semaphore>,
    /// Turns true when the service stops: requests that wait are answered.
    pub stopping: signal::Receiver<bool>,
    /// Bounds that tests tighten.
    pub limits: Limits,
    /// How many bodies of uploads arrive at a time.
    pub uploads: Arc<Semaphore>,
    /// One export of a case at a time.
    pub exports: Arc<Semaphore>,
    /// Mistakes of those who sign in.
    pub throttle: Arc<Mutex<Throttle>>,
    /// Console requests that were carried out, for those that are sent again.
    pub resent: Arc<Resent>,
    /// Open incidents as each kind of desk sees them.
    pub lists: Arc<Lists>,
    /// What this process has counted since it started.
    pub counters: Counters,
    health: Arc<Health>,
}

/// Bounds of the service.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a body may take to arrive.
    pub body: Duration,
    /// How long a request may queue for its turn.
    pub queue: Duration,
    /// Requests at work at a time.
    pub at_work: usize,
    /// How long an upload may bring nothing.
    pub idle: Duration,
    /// Uploads that arrive at a time; each holds a quarter of a mebibyte and a connection.
    pub uploads: usize,
    /// How often open requests for assistance are looked at (R-POL-03); zero: only when somebody calls
    /// [`crate::assistance::climb::climb`], as tests with a clock of their own do.
    pub ladder: Duration,
    /// A stored file is read again after so many days at the latest; 0: never.
    pub scrub_days: u16,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            body: Duration::from_mins(2),
            queue: Duration::from_secs(20),
            at_work: cores * 4,
            idle: Duration::from_secs(30),
            uploads: 64,
            ladder: Duration::ZERO,
            scrub_days: 30,
        }
    }
}

impl AppState {
    /// State for `server`; `stopping` turns true when the service stops.
    pub fn new(server: Arc<Server>, limits: Limits, stopping: signal::Receiver<bool>) -> Self {
        Self {
            server,
            work: Arc::new(Semaphore::new(limits.at_work)),
            uploads: Arc::new(Semaphore::new(limits.uploads)),
            exports: Arc::new(Semaphore::new(1)),
            stopping,
            limits,
            throttle: Arc::default(),
            resent: Arc::default(),
            lists: Arc::default(),
            counters: Counters::default(),
            health: Arc::default(),
        }
    }

    /// Runs blocking work when it is this request's turn.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Server) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit =
            tokio::time::timeout(self.limits.queue, Arc::clone(&self.work).acquire_owned())
                .await
                .map_err(|_| ProblemCode::Busy)?
                .map_err(|_| ProblemCode::Busy)?;
        let server = Arc::clone(&self.server);
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&server);
            drop(permit);
            done
        });
        done.await.map_err(|_| Problem::new(ProblemCode::Internal))
    }
}

/// Every endpoint.
pub fn router(state: AppState) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .fallback(|| async { Problem::new(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::new(ProblemCode::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::new(ProblemCode::Internal).into_response()
        }))
        // Cases and people are not for the caches of browsers and proxies.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(state)
}

/// The endpoints with their description. One list for both, so that neither has what the other lacks.
fn described() -> OpenApiRouter<AppState> {
    api::router()
        .merge(office::router())
        .routes(routes!(sync::sync))
        .routes(routes!(session::begin, session::current, session::end))
        .routes(routes!(session::change_password))
        .routes(routes!(incidents::list, voice::report))
        .routes(routes!(incidents::one))
        .routes(routes!(incident_photos::photo))
        .routes(routes!(incidents::step))
        .routes(routes!(incidents::hand_over))
        .routes(routes!(duty::duty, duty::set_duty))
        .routes(routes!(units::positions))
        .routes(routes!(units::near))
        .routes(routes!(map::map))
        .routes(routes!(alarm_tests::tried))
        .routes(routes!(live::presence))
        .routes(routes!(live::live))
        .routes(routes!(positions::positions))
        .routes(routes!(watch::watch))
        .routes(routes!(watch::promises))
        .routes(routes!(sms::incoming))
        .routes(routes!(sms::outgoing))
        .routes(routes!(sms::became))
        .routes(routes!(sms::texts))
        .routes(routes!(enrol::enrol))
        .routes(routes!(courier::courier))
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::timestamps))
        .route("/v1/courts/{court}/log/tile/{*tile}", get(log::tile))
        .routes(routes!(wiped::wiped))
        .routes(routes!(uploads::begin, uploads::abilities))
        .routes(routes!(uploads::look, uploads::add, uploads::give_up, uploads::instead))
        .routes(routes!(files::file))
        .route("/console", get(pages::slash))
        .route("/console/", get(pages::index))
        .route("/console/assets/{name}", get(pages::asset))
        .routes(routes!(health::healthz))
        .routes(routes!(metrics::metrics))
}
