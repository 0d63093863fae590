//! The service on a socket: starting, announcing the address, stopping without dropping a request.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::acting::hand::forget_ended;
use crate::assistance::climb::climb;
use crate::files::derive::{catch_up, look_at_unseen};
use crate::files::scrub::scrub;
use crate::files::{FileError, upload};
use crate::http::{AppState, Limits, router};
use crate::outside::Outside;
use crate::server::{OpenError, Options, Server};
use crate::sms::take::look_again;
use crate::sync::contacts::write_down;

/// Serves on `listener` until `stop` turns true; requests under way are answered first.
pub async fn serve(
    server: Arc<Server>,
    listener: TcpListener,
    limits: Limits,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let state = AppState::new(Arc::clone(&server), limits, stop.clone());
    let tending = tokio::spawn(tend_files(Arc::clone(&server), limits.scrub_days, stop.clone()));
    let looking = tokio::spawn(look_outside(Arc::clone(&server), stop.clone()));
    let noting = tokio::spawn(note_contacts(Arc::clone(&server), stop.clone()));
    let climbing = tokio::spawn(climb_ladders(Arc::clone(&server), limits.ladder, stop.clone()));
    let (mut stopped, noted) = (stop, Arc::clone(&server));
    let signal = async move {
        while !*stopped.borrow() {
            if stopped.changed().await.is_err() {
                break;
            }
        }
        noted.waiters().wake_all();
    };
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(signal).await;
    // Ends by itself when the service stops; after a failure nothing tells it to.
    tending.abort();
    looking.abort();
    climbing.abort();
    noting.abort();
    // After the last request was answered.
    let last = tokio::task::spawn_blocking(move || write_down(&server));
    if let Ok(Err(error)) = last.await {
        tracing::error!(code = error.code(), "which phones were heard of was not written down");
    }
    served
}

/// How often the service looks for what another process wrote.
const OUTSIDE: Duration = Duration::from_secs(2);

async fn look_outside(server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    let mut outside = Outside::default();
    while !*stop.borrow() {
        let looking = Arc::clone(&server);
        let looked = tokio::task::spawn_blocking(move || {
            let found = outside.look(&looking).and_then(|_| forget_ended(&looking));
            (outside, found)
        });
        // After a failure the next look is a first one.
        let Ok((back, found)) = looked.await else {
            outside = Outside::default();
            continue;
        };
        outside = back;
        if let Err(error) = found {
            tracing::error!(code = error.code(), "what others wrote could not be looked for");
        }
        tokio::select! {
            () = tokio::time::sleep(OUTSIDE) => {}
            _ = stop.changed() => {}
        }
    }
}

/// How often it is written down which phones were heard of.
const NOTE_EVERY: Duration = Duration::from_secs(10);

async fn note_contacts(server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(NOTE_EVERY) => {}
            _ = stop.changed() => return,
        }
        let server = Arc::clone(&server);
        let written = tokio::task::spawn_blocking(move || write_down(&server));
        if let Ok(Err(error)) = written.await {
            tracing::error!(code = error.code(), "which phones were heard of was not written down");
        }
    }
}

/// Tells the next rung of every request that nobody answers, looking `every` so often; never, when that is zero.
async fn climb_ladders(server: Arc<Server>, every: Duration, mut stop: watch::Receiver<bool>) {
    while !every.is_zero() && !*stop.borrow() {
        let climbing = Arc::clone(&server);
        let climbed = tokio::task::spawn_blocking(move || {
            if let Err(error) = look_again(&climbing) {
                tracing::error!(code = error.code(), "texts could not be looked at again");
            }
            climb(&climbing)
        });
        let climbed = climbed.await;
        if let Ok(Err(error)) = climbed {
            tracing::error!(code = error.code(), "open requests could not be looked at");
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.changed() => {}
        }
    }
}

/// How often files are looked after.
const TEND_EVERY: Duration = Duration::from_mins(10);
/// Files looked at or read again at a time: none of it stands in anybody's way for long.
const TEND_FILES: usize = 200;
/// Originals of which small pictures are made up for at a time: each may take a second.
const TEND_PICTURES: usize = 50;

/// Ends expired uploads, makes up for small pictures, looks at files that an earlier version stored and reads
/// stored files again, a few at a time, while the service runs.
async fn tend_files(server: Arc<Server>, scrub_days: u16, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let (server, stopping) = (Arc::clone(&server), stop.clone());
        let tended = tokio::task::spawn_blocking(move || {
            upload::sweep(&server)?;
            catch_up(&server, TEND_PICTURES)?;
            look_at_unseen(&server, TEND_FILES, || !*stopping.borrow())?;
            if scrub_days > 0 {
                let age_ms = i64::from(scrub_days) * 24 * 60 * 60 * 1_000;
                let before_ms = server.now_ms().saturating_sub(age_ms);
                scrub(&server, before_ms, TEND_FILES, |_| !*stopping.borrow())?;
            }
            Ok::<_, FileError>(())
        });
        if let Ok(Err(error)) = tended.await {
            tracing::error!(code = error.code(), "files could not be looked after");
        }
        tokio::select! {
            () = tokio::time::sleep(TEND_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// The service cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The socket.
    #[error("cannot listen: {0}")]
    Io(#[from] io::Error),
}

impl StartError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Io(_) => "listen_failed",
        }
    }
}

/// A running service inside this process: for tests, the demo, and programs that embed a server.
#[derive(Debug)]
pub struct Running {
    server: Arc<Server>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Opens the data in `dir` and serves on a free port of the loopback interface.
    pub fn start(dir: &Path, options: Options) -> Result<Self, StartError> {
        Self::start_at(dir, options, Limits::default(), "127.0.0.1:0")
    }

    /// Opens the data in `dir` and serves on `address`.
    pub fn start_at(
        dir: &Path,
        options: Options,
        limits: Limits,
        address: &str,
    ) -> Result<Self, StartError> {
        let server = Arc::new(Server::open(dir, options)?);
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let serving = Arc::clone(&server);
        let thread = std::thread::Builder::new()
            .name("lastmile-server".to_owned())
            .spawn(move || runtime.block_on(serve(serving, listener, limits, stopped)))?;
        Ok(Self { server, address, stop, thread: Some(thread) })
    }

    /// The server behind it.
    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, after the requests under way were answered.
    pub fn stop(mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shut();
    }
}
