//! What officers do in tests that cross crates: records, lines, meetings, roads to the server, and how everybody's copies are compared.

use std::collections::BTreeMap;
use std::error::Error;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::PoisonError;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{Digest, DocumentId};
use lastmile_core::phone::transport::{HttpTransport, Transport, TransportError};
use lastmile_core::phone::{NewRecord, PeerError, PeerReport, PeerRole, Phone, PhoneError, Saved};
use lastmile_core::sync::frame;
use lastmile_core::sync::token::Errand;
use lastmile_core::value::Value;
use lastmile_server::http::problem::Problem;
use lastmile_server::server::Server;
use lastmile_server::sync::{Session, SyncError};

/// The case of these tests.
pub const CASE: &str = "(2026)粤0605执1101号";
/// Another case.
pub const OTHER_CASE: &str = "(2026)粤0605执1102号";

/// Begins a seizure record in `case`.
pub fn begin(phone: &Phone, case: &str) -> Result<DocumentId, PhoneError> {
    begin_as(phone, "seizure", case)
}

/// Begins a record of a kind with the seizure's fields.
pub fn begin_as(phone: &Phone, kind: &str, case: &str) -> Result<DocumentId, PhoneError> {
    let head = Fields::from([("location".to_owned(), Value::from("九江镇测试工业区1号"))]);
    let new = NewRecord {
        kind: kind.into(),
        case: case.into(),
        handler: String::new(),
        head,
        items: Vec::new(),
    };
    Ok(phone.create(new)?.document)
}

/// Adds one line; gives its id.
pub fn add_line(phone: &Phone, record: DocumentId, name: &str) -> Result<String, PhoneError> {
    let item = phone.new_item();
    let fields = Fields::from([
        ("name".to_owned(), Value::from(name)),
        ("quantity".to_owned(), Value::Int(1)),
    ]);
    phone.act(record, &Intent::Add { verb: "add_line".into(), item: item.clone(), fields })?;
    Ok(item)
}

/// Puts a line's quantity.
pub fn quantity(
    phone: &Phone,
    record: DocumentId,
    item: &str,
    quantity: i64,
) -> Result<Saved, PhoneError> {
    let fields = Fields::from([("quantity".to_owned(), Value::Int(quantity))]);
    phone.act(record, &Intent::Edit { verb: "edit_line".into(), item: item.into(), fields })
}

/// Two phones meet over a stream; what each says about it.
pub fn meet(
    one: &Phone,
    other: &Phone,
) -> (Result<PeerReport, PeerError>, Result<PeerReport, PeerError>) {
    let (mut here, mut there) = UnixStream::pair().expect("a socket pair");
    std::thread::scope(|scope| {
        let answer = scope.spawn(move || {
            let report = other.meet(&mut there, PeerRole::Responder);
            drop(there);
            report
        });
        let first = one.meet(&mut here, PeerRole::Initiator);
        drop(here);
        (first, answer.join().expect("the other phone"))
    })
}

/// The road to the server at `url`.
pub fn road(url: &str) -> HttpTransport {
    HttpTransport::new(url, &[]).expect("a plain road")
}

/// The server in this process, without a socket.
#[derive(Debug)]
pub struct Direct<'a>(pub &'a Server);

impl Transport for Direct<'_> {
    fn post(
        &self,
        _: &str,
        errand: Errand,
        sealed: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        if errand == Errand::Wiped {
            let taken = lastmile_server::withdraw::take_report(self.0, sealed);
            return taken.map(|()| Vec::new()).map_err(|_| TransportError::Unreachable);
        }
        let answer =
            Session::open(self.0, sealed, token).and_then(|session| session.answer(self.0));
        let answer = answer.map_err(|error| {
            let server_ms = match error {
                SyncError::ClockOutOfWindow { server_ms } => Some(server_ms),
                _ => None,
            };
            let problem = Problem::from(error).code;
            let (status, code) = (problem.status(), problem.code().to_owned());
            TransportError::Problem { status, code, server_ms, retry_after_s: None }
        })?;
        frame::seal(&answer.encode()).map_err(|_| TransportError::TooLarge)
    }
}

/// A road that notes the size of every request and whether it was answered.
#[derive(Debug)]
pub struct Watched<T> {
    road: T,
    seen: Mutex<Vec<(usize, bool)>>,
}

impl<T> Watched<T> {
    /// Watches `road`.
    pub fn new(road: T) -> Self {
        Self { road, seen: Mutex::default() }
    }

    /// Bytes of each request so far, and whether an answer came.
    pub fn seen(&self) -> Vec<(usize, bool)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        sealed: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let answer = self.road.post(court, errand, sealed, token);
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((sealed.len(), answer.is_ok()));
        answer
    }
}

/// State digest of every record the server shows.
pub fn at_server(server: &Server) -> Result<BTreeMap<DocumentId, Digest>, Box<dyn Error>> {
    let rows = server.store().read::<_, lastmile_server::store::StoreError>(|reading| {
        reading.records(None, None, usize::MAX, 0)
    })?;
    Ok(rows.into_iter().map(|row| (row.id, row.state_digest)).collect())
}

/// State digest of every record of `case` on a phone, computed from its log.
pub fn on_phone(phone: &Phone, case: &str) -> Result<BTreeMap<DocumentId, Digest>, PhoneError> {
    phone
        .records_of_case(case)?
        .into_iter()
        .map(|row| Ok((row.id, phone.digest(row.id)?)))
        .collect()
}

/// How many changes on the phone the server is not known to have, the tray's open rows included.
pub fn waiting(phone: &Phone) -> Result<usize, PhoneError> {
    phone.store().read(|tx| {
        let rows = tx.log_after(0, u32::MAX)?;
        Ok(rows.iter().filter(|row| !row.row.on_server).count())
    })
}
