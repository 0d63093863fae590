//! Phone to phone, without a network: over TCP on a hotspot, or over the app's own stream. Both prove
//! that they belong to the court, exchange the cases both may read, hand each other their pouches, and keep
//! a copy of each other's drafts.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastmile_core::phone::{PeerError, PeerRole};

use crate::error::LastmileError;
use crate::host::{ByteStream, HostStream};
use crate::observe::Change;
use crate::open::Phone;
use crate::peer_stream::{PeerStream, is_near};
use crate::photos::disk;
use crate::status::count;
use crate::words::Words;
use crate::work::{Stop, run_until_given_up};

/// How long to try to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// How often somebody who waits for a connection looks whether the caller has given up.
const LOOK: Duration = Duration::from_millis(100);

/// What a meeting did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MeetingReport {
    /// The other phone's person, staff or liaison id.
    pub person: String,
    /// That person's name as on papers.
    pub name: String,
    /// Case numbers that both may read.
    pub cases: Vec<String>,
    /// Changes handed over.
    pub given: u32,
    /// Changes that came and stand.
    pub received: u32,
    /// Changes that came and wait for others.
    pub held: u32,
    /// Changes that came and were refused.
    pub refused: u32,
    /// Bundles of other phones that this one carries to the court now.
    pub carried: u32,
    /// Drafts of this phone that the other one keeps now; none when its app is older, or the connection broke
    /// before it said so.
    pub drafts_there: Option<u32>,
    /// Drafts of the other phone that are kept here now.
    pub drafts_here: Option<u32>,
}

/// A place where another phone can connect. `close()` it when nobody is to come any more.
#[derive(uniffi::Object)]
pub struct PeerListener {
    listener: TcpListener,
    port: u16,
}

#[uniffi::export]
impl PeerListener {
    /// Listens on every address of this phone, on a free port. Show address and port as a QR code.
    ///
    /// Errors: `Store`: the system gives no port.
    #[uniffi::constructor]
    pub fn open() -> Result<Arc<Self>, LastmileError> {
        let listener = TcpListener::bind(("0.0.0.0", 0)).map_err(disk)?;
        listener.set_nonblocking(true).map_err(disk)?;
        let port = listener.local_addr().map_err(disk)?.port();
        Ok(Arc::new(Self { listener, port }))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

#[uniffi::export]
impl Phone {
    /// Connects to another phone's [`PeerListener`], `192.168.43.1:40123`, and meets it. Signs first.
    /// Seconds, at most ten minutes; cancelled, it ends within half a minute.
    ///
    /// Errors: `Network` (`peer_stream`, `peer_not_proven`); `SignedOut`; `Input` for an address that
    /// is none of a hotspot: IPv4 in numbers, private, link-local or of this phone, with its port.
    pub async fn meet_at(self: Arc<Self>, address: String) -> Result<MeetingReport, LastmileError> {
        run_until_given_up(move |stop| {
            let near = address.parse().ok().filter(is_near);
            let address: SocketAddr = near.ok_or_else(|| LastmileError::input("address"))?;
            let stream = TcpStream::connect_timeout(&address, CONNECT).map_err(|_| broken())?;
            self.meet_over_tcp(stream, PeerRole::Initiator, stop)
        })
        .await
    }

    /// Waits for another phone at `listener`, at most `wait_s` seconds, and meets it.
    ///
    /// Errors: as [`Phone::meet_at`]; `Network` (`peer_stream`) when nobody came.
    pub async fn meet_whoever_comes(
        self: Arc<Self>,
        listener: Arc<PeerListener>,
        wait_s: u32,
    ) -> Result<MeetingReport, LastmileError> {
        run_until_given_up(move |stop| {
            let stream = listener.accept(Duration::from_secs(u64::from(wait_s)), stop)?;
            self.meet_over_tcp(stream, PeerRole::Responder, stop)
        })
        .await
    }

    /// Meets another phone over the app's own stream; `connected` says that this phone made the
    /// connection (exactly one of the two does).
    pub async fn meet_over(
        self: Arc<Self>,
        stream: Arc<dyn ByteStream>,
        connected: bool,
    ) -> Result<MeetingReport, LastmileError> {
        run_until_given_up(move |_| {
            let role = if connected { PeerRole::Initiator } else { PeerRole::Responder };
            self.meet(&mut HostStream::new(stream), role)
        })
        .await
    }
}

impl PeerListener {
    fn accept(&self, wait: Duration, stop: &Stop) -> Result<TcpStream, LastmileError> {
        let begun = Instant::now();
        while !stop.told() && begun.elapsed() < wait {
            match self.listener.accept() {
                Ok((stream, _)) => return Ok(stream),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    std::thread::sleep(LOOK);
                }
                Err(_) => return Err(broken()),
            }
        }
        Err(broken())
    }
}

impl Phone {
    fn meet_over_tcp(
        &self,
        stream: TcpStream,
        role: PeerRole,
        stop: &Stop,
    ) -> Result<MeetingReport, LastmileError> {
        let mut stream = PeerStream::new(stream, stop).map_err(|_| broken())?;
        self.meet(&mut stream, role)
    }

    fn meet<S: std::io::Read + std::io::Write>(
        &self,
        stream: &mut S,
        role: PeerRole,
    ) -> Result<MeetingReport, LastmileError> {
        let met = self.core.meet(stream, role);
        // What came before a break stays.
        self.observers.changed(&Change::Anything);
        self.tell_assistance();
        let met = met?;
        // The changes are exchanged; pouches and forms that do not get across wait for the next meeting.
        let taken: Result<_, PeerError> = self.core.hand_over(stream, role);
        let drafts = match &taken {
            Ok(_) => self.core.mirror_forms(stream, role, &met).ok(),
            Err(_) => None,
        };
        self.observers.changed(&Change::Anything);
        let cases = met.shared.iter().map(|channel| {
            channel.strip_prefix(lastmile_core::sync::channel::CASE).unwrap_or(channel).to_owned()
        });
        Ok(MeetingReport {
            person: met.person,
            name: met.name,
            cases: cases.collect(),
            given: count(met.given),
            received: count(met.received.accepted),
            held: count(met.received.held),
            refused: count(met.received.refused),
            carried: taken.map_or(0, |taken| count(taken.bundles)),
            drafts_there: drafts.map(|drafts| count(drafts.kept_there)),
            drafts_here: drafts.map(|drafts| count(drafts.kept_here)),
        })
    }
}

fn broken() -> LastmileError {
    let said = Words {
        zh: "未能与对方手机连接,请确认已连同一热点后重试".to_owned(),
        en: "The other phone could not be reached: check that both are on one hotspot.".to_owned(),
    };
    LastmileError::peer("peer_stream", said)
}
