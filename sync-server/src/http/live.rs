//! `GET /v1/courts/{court}/live`: what changes at a console, as server-sent events; and `POST presence`, by
//! which a console says that somebody is there and what it shows.
//!
//! The stream has no memory: whoever comes back is told `reset`, reads the list again, and misses nothing. It
//! sends an incident whenever what this person sees of it differs from what was sent last, whatever the cause.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{Stream, unfold};
use lastmile_core::assistance::life::COMMAND;
use lastmile_core::id::DocumentId;
use lastmile_core::pack::station::StationPack;
use lastmile_core::records::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::AppState;
use super::alarm_tests;
use super::api::input::{CourtPath, Told};
use super::api::moment;
use super::incident_view::Desk;
use super::live_list::{Lists, Shown};
use super::problem::{Problem, ProblemCode};
use super::session::Console;
use crate::assistance::lives::life;
use crate::assistance::presence::desk_of;
use crate::assistance::{DISPATCH, desk};
use crate::publish::stored;
use crate::server::Server;
use crate::store::Reading;
use crate::waiters::ACTS;

/// How often the stream says that it lives.
const BEAT: Duration = Duration::from_secs(5);
/// How often `acts` is said at most.
const ACTS_EVERY: Duration = Duration::from_secs(1);
/// Incidents that a console says it shows.
const MOST_SHOWN: usize = 200;

/// What a console shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Showing {
    /// Ids of the incidents whose alarm it shows.
    #[serde(default)]
    showing: Vec<String>,
}

/// What the console is told back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PresenceView {
    /// The desk it counts for: a station's code, or `command`.
    desk: Option<String>,
    /// The server's clock, RFC 3339.
    server_time: String,
}

/// Says that somebody is at this console, and which alarms it shows
///
/// To be sent every five seconds; a desk not heard for ten seconds is unattended, and requests to it are
/// escalated at once.
#[utoipa::path(
    post,
    path = "/v1/courts/{court}/presence",
    tag = "console",
    params(CourtPath),
    request_body = Showing,
    responses((status = 200, description = "Noted", body = PresenceView))
)]
pub(super) async fn presence(
    State(state): State<AppState>,
    console: Console,
    Told(asked): Told<Showing>,
) -> Result<impl IntoResponse, Problem> {
    if asked.showing.len() > MOST_SHOWN {
        return Err(ProblemCode::BadBody.into());
    }
    let shown = asked.showing.iter().map(|id| DocumentId::from_hex(id));
    let shown: Vec<DocumentId> =
        shown.collect::<Result<_, _>>().map_err(|_| Problem::new(ProblemCode::BadBody))?;
    let view = state
        .run(move |server| {
            let now_ms = server.now_ms();
            server.presence().heard(&console.who, now_ms);
            for id in shown {
                desk::shown(server, &console.who, id)?;
            }
            let desk = desk_of(&console.who);
            Ok::<_, desk::DeskError>(PresenceView { desk, server_time: moment(now_ms) })
        })
        .await?
        .map_err(|error| {
            tracing::error!(code = error.code(), "what a console shows was not noted");
            Problem::new(ProblemCode::Internal)
        })?;
    Ok((StatusCode::OK, Json(view)))
}

/// What changes at this console, as server-sent events
///
/// `hello` once, `reset` after a break (read the list again), `incident` whenever one differs from what was sent
/// last, `gone` when another station has it now, `beat` every five seconds with the server's clock; for whoever
/// reads cases also `acts`, with nothing in it, when something of an act has changed: once a second at most.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/live",
    tag = "console",
    params(CourtPath),
    responses((status = 200, description = "A stream", content_type = "text/event-stream"))
)]
pub(super) async fn live(
    State(state): State<AppState>,
    console: Console,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let back = headers.contains_key("last-event-id");
    let mut following = Following::new(state, console).await?;
    let server_time = moment(following.state.server.now_ms());
    following.say("hello", &json!({ "server_time": server_time }));
    following.say_presence().await?;
    if back {
        following.say("reset", &json!({}));
    }
    Ok(Sse::new(unfold(following, |mut following| async {
        let event = following.next().await?;
        Some((Ok(event), following))
    })))
}

/// One console's stream.
struct Following {
    state: AppState,
    console: Console,
    /// What was sent last of each incident that was open then.
    sent: HashMap<DocumentId, [u8; 32]>,
    queue: VecDeque<Event>,
    /// What was said last of who is there.
    attended: Option<Vec<serde_json::Value>>,
    number: u64,
    notify: Arc<Notify>,
    /// Wakes when something of an act changes; for consoles that list acts.
    acts: Option<Arc<Notify>>,
    /// When `acts` may be said next.
    acts_next: Instant,
}

impl Following {
    async fn new(state: AppState, console: Console) -> Result<Self, Problem> {
        let notify = register(&state);
        let acts = register_acts(&state, &console);
        let mut following = Self {
            state,
            console,
            sent: HashMap::new(),
            queue: VecDeque::new(),
            attended: None,
            number: 0,
            notify,
            acts,
            acts_next: Instant::now(),
        };
        // What stands now is what the console reads from the list.
        following.look().await?;
        following.queue.clear();
        Ok(following)
    }

    fn say(&mut self, name: &str, body: &serde_json::Value) {
        self.number += 1;
        let event = Event::default().event(name).id(self.number.to_string());
        self.queue.push_back(event.data(body.to_string()));
    }

    /// The next event; the end when the session has ended or the service stops.
    async fn next(&mut self) -> Option<Event> {
        let mut stopping = self.state.stopping.clone();
        let beat = Instant::now() + BEAT;
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if *stopping.borrow() {
                return None;
            }
            let woken = tokio::select! {
                () = self.notify.notified() => Woken::Requests,
                () = changed(self.acts.as_ref(), self.acts_next) => Woken::Acts,
                () = tokio::time::sleep_until(beat) => Woken::Beat,
                _ = stopping.changed() => return None,
            };
            self.console = self.console.again(&self.state).await.ok()?;
            match woken {
                Woken::Requests => {
                    // Registered first, looked at afterwards: nothing falls between.
                    self.notify = register(&self.state);
                    self.look().await.ok()?;
                }
                Woken::Acts => {
                    // Registered first, read afterwards by whoever is told.
                    self.acts = register_acts(&self.state, &self.console);
                    self.acts_next = Instant::now() + ACTS_EVERY;
                    self.say("acts", &json!({}));
                }
                Woken::Beat => {
                    let server_time = moment(self.state.server.now_ms());
                    self.say("beat", &json!({ "server_time": server_time }));
                    self.say_presence().await.ok()?;
                }
            }
        }
    }

    /// Queues which stations have somebody at a console, when that has changed.
    async fn say_presence(&mut self) -> Result<(), Problem> {
        let stations = self.state.run(attended).await??;
        if self.attended.as_ref() != Some(&stations) {
            self.say("presence", &json!({ "stations": stations }));
            self.attended = Some(stations);
        }
        Ok(())
    }

    /// Queues every incident that differs from what was sent last.
    async fn look(&mut self) -> Result<(), Problem> {
        let (console, known) = (self.console.clone(), self.sent.clone());
        let lists = Arc::clone(&self.state.lists);
        let looked =
            self.state.run(move |server| differing(server, &lists, &console, &known)).await??;
        self.sent = looked.sent;
        for incident in looked.changed {
            self.say("incident", &incident);
        }
        for incident in looked.gone {
            self.say("gone", &incident);
        }
        Ok(())
    }
}

fn attended(server: &Server) -> Result<Vec<serde_json::Value>, Problem> {
    let now_ms = server.now_ms();
    let (pack, tests) = server.store().read::<_, Problem>(|reading| {
        let pack = stored::<StationPack>(reading, server.court())
            .map_err(|_| Problem::new(ProblemCode::Internal))?;
        Ok((pack, alarm_tests::today(reading, now_ms)?))
    })?;
    let said = |code: &str, name: &str| {
        let online = server.presence().live(code, now_ms);
        let test = tests.iter().find(|(desk, _)| desk == code).map(|(_, test)| test);
        json!({ "code": code, "name": name, "online": online, "alarm_test": test })
    };
    let stations = pack.unwrap_or_default().stations;
    let stations = stations.iter().map(|station| said(&station.code, &station.name));
    Ok(stations.chain([said(COMMAND, "执行指挥中心")]).collect())
}

/// Why a stream wakes.
enum Woken {
    Requests,
    Acts,
    Beat,
}

/// Returns when something of an act has changed, and not before `next`: what comes in between is told once.
async fn changed(acts: Option<&Arc<Notify>>, next: Instant) {
    match acts {
        // A permit is taken only when it is due: one that comes earlier waits for it.
        Some(acts) => {
            tokio::time::sleep_until(next).await;
            acts.notified().await;
        }
        None => std::future::pending().await,
    }
}

fn register_acts(state: &AppState, console: &Console) -> Option<Arc<Notify>> {
    let lists = console.who.is(&[Role::Command, Role::President]);
    lists.then(|| state.server.waiters().register(&[ACTS.to_owned()]))
}

fn register(state: &AppState) -> Arc<Notify> {
    state.server.waiters().register(&[DISPATCH.to_owned()])
}

struct Looked {
    sent: HashMap<DocumentId, [u8; 32]>,
    changed: Vec<serde_json::Value>,
    /// Those that this console may see no more.
    gone: Vec<serde_json::Value>,
}

impl Looked {
    fn take(&mut self, known: &HashMap<DocumentId, [u8; 32]>, shown: &Shown) {
        if known.get(&shown.id) != Some(&shown.hash) {
            self.changed.push(shown.event.clone());
        }
        if !shown.over {
            self.sent.insert(shown.id, shown.hash);
        }
    }
}

fn differing(
    server: &Server,
    lists: &Lists,
    console: &Console,
    known: &HashMap<DocumentId, [u8; 32]>,
) -> Result<Looked, Problem> {
    let open = lists.open(server, &console.who)?;
    let mut looked = Looked { sent: HashMap::new(), changed: Vec::new(), gone: Vec::new() };
    for shown in open.iter() {
        looked.take(known, shown);
    }
    // One that was open and is not any more is told once more, as it ended; or that it is somebody else's now.
    let closed: Vec<DocumentId> =
        known.keys().filter(|id| !open.iter().any(|shown| shown.id == **id)).copied().collect();
    if closed.is_empty() {
        return Ok(looked);
    }
    let desk = Desk::new(server, console.who.clone())?;
    server.store().read::<_, Problem>(|reading| {
        for id in closed {
            let Some(row) = reading.request(id)? else { continue };
            match desk.see(reading, &row, false)? {
                Some(view) => looked.take(known, &Shown::of(id, &view)),
                None => looked.gone.push(gone(&desk, reading, id)?),
            }
        }
        Ok(looked)
    })
}

fn gone(desk: &Desk, reading: &Reading<'_>, id: DocumentId) -> Result<serde_json::Value, Problem> {
    let seq = life(reading, id)?.hops.len() as u64 + reading.accepted_changes(id)?;
    Ok(json!({ "id": id.to_hex(), "seq": seq, "station": desk.station_of(reading, id)? }))
}
