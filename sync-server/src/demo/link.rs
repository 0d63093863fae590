//! The bad network between a phone and the server, on one machine: a TCP relay on 127.0.0.1 that counts every byte
//! and misbehaves on command. It knows as much HTTP as a captive portal and a failing gateway do, and nothing
//! of Lastmile's protocol. Threads and blocking sockets; dropping it closes everything and waits for them.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Bytes taken from a socket at once.
const CHUNK: usize = 16 * 1024;

/// How the link behaves. Byte limits count from the start of each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything at once.
    Up,
    /// No network: existing connections are cut, new ones closed as soon as they open.
    Down,
    /// Cuts a connection once this many bytes went up; an answer to them never arrives.
    CutUploadAfter(u64),
    /// Cuts a connection once this many bytes came down.
    CutDownloadAfter(u64),
    /// Answers any request with `200 text/html`, a login page; the server hears nothing.
    CaptivePortal,
    /// Answers with this status, as a gateway does; the server hears nothing.
    Status(u16),
    /// Lets the request through and answers with this status instead of the server.
    StatusAfter(u16),
    /// Lets the request through and cuts the connection when the answer begins.
    AnswerLost,
    /// Rewrites files on their way, as a proxy does that means to help: drops the checksum of each piece
    /// and changes a byte of it.
    DamageUpload,
    /// Passes everything, slowly.
    Slow {
        /// Delay of each turn of the conversation, one way.
        latency: Duration,
        /// Speed in each direction; 0 means unlimited.
        bytes_per_second: u64,
    },
}

/// What went through a [`Link`], as TCP payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Bytes the phone sent that were passed on, or eaten by a portal or gateway.
    pub up: u64,
    /// Bytes the phone was given.
    pub down: u64,
    /// Connections the phone opened, the refused ones included.
    pub connections: u64,
}

/// A relay between one phone and the server. See the module's description.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

impl Link {
    /// Opens a link to `server` on a free local port, in [`Mode::Up`].
    pub fn open(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(server));
        let acceptor = std::thread::Builder::new().name("link".into()).spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        })?;
        Ok(Self { shared, address, acceptor: Some(acceptor) })
    }

    /// Where the phone connects instead of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as the base of a URL, without a final slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the behaviour, for open connections too.
    pub fn set(&self, mode: Mode) {
        let mut state = self.shared.lock();
        state.mode = mode;
        if mode == Mode::Down {
            state.cut_all();
        }
        self.shared.changed.notify_all();
    }

    /// The present behaviour.
    pub fn mode(&self) -> Mode {
        self.shared.lock().mode
    }

    /// Cuts every open connection; new ones work.
    pub fn cut(&self) {
        self.shared.lock().cut_all();
    }

    /// What went through so far.
    pub fn traffic(&self) -> Traffic {
        self.shared.count.read()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.closing = true;
            state.cut_all();
            self.shared.changed.notify_all();
        }
        // The acceptor sleeps in accept(); a connection of our own wakes it.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            let _ = acceptor.join();
        }
    }
}

/// Running totals. Each is counted before its bytes are handed on, so that who has seen an answer sees its bytes counted.
#[derive(Debug, Default)]
struct Count {
    up: AtomicU64,
    down: AtomicU64,
    connections: AtomicU64,
}

impl Count {
    fn read(&self) -> Traffic {
        Traffic {
            up: self.up.load(Ordering::SeqCst),
            down: self.down.load(Ordering::SeqCst),
            connections: self.connections.load(Ordering::SeqCst),
        }
    }
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    count: Count,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    closing: bool,
    last: u64,
    /// Both sides of every open connection, to cut them.
    open: BTreeMap<u64, Vec<TcpStream>>,
}

impl State {
    fn cut_all(&self) {
        for socket in self.open.values().flatten() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn new(server: SocketAddr) -> Self {
        let state = State { mode: Mode::Up, closing: false, last: 0, open: BTreeMap::new() };
        Self { server, count: Count::default(), state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mode(&self) -> Mode {
        self.lock().mode
    }

    /// Enrols a socket under `id` so that it is cut with the link; false if the link is down already.
    fn enrol(&self, id: u64, socket: &TcpStream) -> bool {
        let mut state = self.lock();
        let Ok(socket) = socket.try_clone() else { return false };
        let up = !state.closing && state.mode != Mode::Down;
        if up {
            state.open.entry(id).or_default().push(socket);
        }
        up
    }

    /// Waits as long as the link stays as slow as it is now; ends early when it changes or closes.
    fn wait(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        let slow = state.mode;
        while !state.closing && state.mode == slow {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut relays: Vec<JoinHandle<()>> = Vec::new();
    for phone in listener.incoming() {
        let id = {
            let mut state = shared.lock();
            if state.closing {
                break;
            }
            state.last += 1;
            state.last
        };
        let Ok(phone) = phone else { continue };
        shared.count.connections.fetch_add(1, Ordering::SeqCst);
        relays.retain(|relay| !relay.is_finished());
        let shared = Arc::clone(shared);
        let relay = std::thread::Builder::new().name(format!("link-{id}")).spawn(move || {
            if shared.enrol(id, &phone) {
                let relay = Relay { shared: &shared, id, phone: &phone, turn: Mutex::new(None) };
                // An I/O error is a connection that ended: the other side notices by itself.
                let _ = relay.upward();
            }
            shared.lock().open.remove(&id);
            let _ = phone.shutdown(Shutdown::Both);
        });
        relays.extend(relay.ok());
    }
    for relay in relays {
        let _ = relay.join();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// One connection of the phone.
struct Relay<'a> {
    shared: &'a Arc<Shared>,
    id: u64,
    phone: &'a TcpStream,
    /// Who spoke last, for the latency of a turn.
    turn: Mutex<Option<Direction>>,
}

impl Relay<'_> {
    /// Carries what the phone sends; opens the server's side with the first bytes that are for it.
    fn upward(&self) -> io::Result<()> {
        std::thread::scope(|scope| {
            let mut server: Option<TcpStream> = None;
            let result = self.carry_up(
                || {
                    let stream = TcpStream::connect(self.shared.server)?;
                    stream.set_nodelay(true)?;
                    if !self.shared.enrol(self.id, &stream) {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                    let answers = stream.try_clone()?;
                    scope.spawn(move || {
                        let _ = self.downward(&answers);
                        let _ = answers.shutdown(Shutdown::Read);
                    });
                    Ok(stream)
                },
                &mut server,
            );
            if let Some(server) = server {
                let _ = server.shutdown(Shutdown::Write);
            }
            if result.is_err() {
                let _ = self.phone.shutdown(Shutdown::Both);
            }
            result
        })
    }

    fn carry_up(
        &self,
        connect: impl Fn() -> io::Result<TcpStream>,
        server: &mut Option<TcpStream>,
    ) -> io::Result<()> {
        let mut phone = self.phone;
        let mut buffer = vec![0_u8; CHUNK];
        let mut sent = 0_u64;
        let mut helpful = Helpful::default();
        loop {
            if self.shared.mode() == Mode::CutUploadAfter(sent) {
                return Err(cut());
            }
            let read = phone.read(&mut buffer)?;
            if self.shared.mode() == Mode::DamageUpload {
                helpful.rewrite(buffer.get_mut(..read).unwrap_or_default());
            }
            let mut data = buffer.get(..read).unwrap_or_default();
            if data.is_empty() {
                return Ok(());
            }
            match self.shared.mode() {
                Mode::Down => return Err(cut()),
                Mode::CaptivePortal => return self.answer_instead(read, &portal()),
                Mode::Status(code) => return self.answer_instead(read, &status(code)),
                Mode::CutUploadAfter(limit) => {
                    data = within(data, limit.saturating_sub(sent));
                    if sent + data.len() as u64 >= limit {
                        // Before the server can answer.
                        phone.shutdown(Shutdown::Both)?;
                    }
                }
                Mode::Slow { latency, bytes_per_second } => {
                    self.slow(Direction::Up, latency, bytes_per_second, read);
                }
                Mode::Up
                | Mode::CutDownloadAfter(_)
                | Mode::StatusAfter(_)
                | Mode::AnswerLost
                | Mode::DamageUpload => {}
            }
            let stream = match server {
                Some(stream) => stream,
                None => server.insert(connect()?),
            };
            self.shared.count.up.fetch_add(data.len() as u64, Ordering::SeqCst);
            sent += data.len() as u64;
            stream.write_all(data)?;
            if data.len() < read {
                return Err(cut());
            }
        }
    }

    /// Carries what the server answers.
    fn downward(&self, mut server: &TcpStream) -> io::Result<()> {
        let mut phone = self.phone;
        let mut buffer = vec![0_u8; CHUNK];
        let mut sent = 0_u64;
        let result = loop {
            let read = match server.read(&mut buffer) {
                Ok(read) => read,
                Err(error) => break Err(error),
            };
            let mut data = buffer.get(..read).unwrap_or_default();
            if data.is_empty() {
                break phone.shutdown(Shutdown::Write);
            }
            match self.shared.mode() {
                Mode::Down | Mode::AnswerLost => break Err(cut()),
                Mode::StatusAfter(code) => {
                    let answer = status(code);
                    self.shared.count.down.fetch_add(answer.len() as u64, Ordering::SeqCst);
                    phone.write_all(&answer)?;
                    break phone.shutdown(Shutdown::Write);
                }
                Mode::CutDownloadAfter(limit) => data = within(data, limit.saturating_sub(sent)),
                Mode::Slow { latency, bytes_per_second } => {
                    self.slow(Direction::Down, latency, bytes_per_second, read);
                }
                Mode::Up
                | Mode::CutUploadAfter(_)
                | Mode::CaptivePortal
                | Mode::Status(_)
                | Mode::DamageUpload => {}
            }
            self.shared.count.down.fetch_add(data.len() as u64, Ordering::SeqCst);
            sent += data.len() as u64;
            if let Err(error) = phone.write_all(data) {
                break Err(error);
            }
            if data.len() < read || self.shared.mode() == Mode::CutDownloadAfter(sent) {
                break Err(cut());
            }
        };
        if result.is_err() {
            let _ = phone.shutdown(Shutdown::Both);
        }
        result
    }

    /// Answers in the server's place, then swallows the rest of the request so that the phone gets to read the answer.
    fn answer_instead(&self, read: usize, answer: &[u8]) -> io::Result<()> {
        let mut phone = self.phone;
        self.shared.count.up.fetch_add(read as u64, Ordering::SeqCst);
        self.shared.count.down.fetch_add(answer.len() as u64, Ordering::SeqCst);
        phone.write_all(answer)?;
        phone.shutdown(Shutdown::Write)?;
        let mut buffer = vec![0_u8; CHUNK];
        loop {
            match phone.read(&mut buffer)? {
                0 => return Ok(()),
                more => self.shared.count.up.fetch_add(more as u64, Ordering::SeqCst),
            };
        }
    }

    /// Waits as long as `bytes` take, and one latency if the other side spoke last.
    fn slow(&self, direction: Direction, latency: Duration, bytes_per_second: u64, bytes: usize) {
        let turned = {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            turn.replace(direction) != Some(direction)
        };
        let carrying =
            (bytes as u64).saturating_mul(1_000).checked_div(bytes_per_second).unwrap_or(0);
        let waiting = if turned { latency } else { Duration::ZERO };
        self.shared.wait(waiting + Duration::from_millis(carrying));
    }
}

/// A proxy that knows just enough HTTP to break a piece of a file without being noticed at once.
#[derive(Debug, Default)]
struct Helpful {
    /// The head of a PATCH went by, its body is still to come.
    body_follows: bool,
}

impl Helpful {
    fn rewrite(&mut self, data: &mut [u8]) {
        const CHECKSUM: &[u8] = b"upload-checksum";
        const END: &[u8] = b"\r\n\r\n";
        let find = |data: &[u8], what: &[u8]| data.windows(what.len()).position(|at| at == what);
        if data.starts_with(b"PATCH ") {
            let head = find(data, END).map_or(data.len(), |end| end + END.len());
            if let Some(at) = find(data.get(..head).unwrap_or_default(), CHECKSUM)
                && let Some(letter) = data.get_mut(at)
            {
                *letter = b'x';
            }
            self.body_follows = true;
            if head < data.len()
                && let Some(byte) = data.last_mut()
            {
                *byte ^= 1;
                self.body_follows = false;
            }
        } else if std::mem::take(&mut self.body_follows)
            && let Some(byte) = data.last_mut()
        {
            *byte ^= 1;
        }
    }
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// The first `limit` bytes of `data`.
fn within(data: &[u8], limit: u64) -> &[u8] {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(data.len());
    data.get(..limit).unwrap_or(data)
}

fn portal() -> Vec<u8> {
    http(
        "200 OK",
        "text/html; charset=utf-8",
        "<!doctype html><title>请登录无线网络</title><form>登录 Log in</form>",
    )
}

fn status(code: u16) -> Vec<u8> {
    http(&format!("{code} Gateway"), "text/html", "<h1>nginx</h1>")
}

fn http(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
