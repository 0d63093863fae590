//! From a phone's request for help to every console of its station: 10,000 phones of another case hold their
//! connections, 100 consoles follow the stream, and requests come one after the other with a few of them open. The
//! server is the program as a process of its own; everything is real HTTP on the loopback. Time runs from before the
//! request is saved on the phone until the event was read at each console.

use std::collections::HashSet;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use lastmile_core::document::Fields;
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::identity::Signed;
use lastmile_core::phone::{Limit, NewRecord, Phone};
use lastmile_core::sync::token::{Errand, RequestToken, TOKEN_HEADER, to_header};
use lastmile_core::sync::{MEDIA_TYPE, PROTOCOL_HEADER, PROTOCOL_VERSION, frame};
use lastmile_core::time::{Entropy, SystemEntropy};
use lastmile_core::value::Value;
use serde_json::{Value as Json, json};

use super::console::{COURT_PATH, Served, Session, account, client};
use super::{Aim, Figures};
use crate::acts::{CASE, OTHER_CASE, road};
use crate::court_stage::{CourtStage, MORNING_MS, Registered};

const PHONES: usize = 10_000;
const CONSOLES: usize = 100;
const REQUESTS: usize = 100;
/// Requests that are open at a time: the eleventh closes the first.
const OPEN: usize = 10;
/// People who sit at the consoles, all of the command centre: they see every request.
const PEOPLE: usize = 5;
/// A console that hears nothing for so long has missed it.
const MISSED: Duration = Duration::from_secs(20);

type Run<T = ()> = Result<T, Box<dyn Error>>;

/// What a console heard: which request, and when.
type Heard = (DocumentId, Instant);

/// Measures.
pub fn run(figures: &mut Figures) -> Run {
    let dir = tempfile::tempdir()?;
    let mut stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang"])?;
    stage.case(OTHER_CASE, 1, &["wenruotang"])?;
    let (lu, wen) = (stage.register("luqihang", 1)?, stage.register("wenruotang", 2)?);
    let server = stage.server()?.server();
    for person in people() {
        account(server, &person)?;
    }
    let registered = wen;
    let (lu, wen) = (stage.open(&lu, 0)?, stage.open(&registered, 0)?);
    stage.stop();
    let mut served = Served::start(&stage.data())?;
    let measured = measure(&mut served, &lu, (&wen, &registered), figures);
    served.stop()?;
    measured
}

fn measure(
    served: &mut Served,
    lu: &Phone,
    (wen, registered): (&Phone, &Registered),
    figures: &mut Figures,
) -> Run {
    let (url, address) = (served.url.as_str(), served.address()?);
    lu.sync(&road(url))?;
    let begun = Instant::now();
    let held = hold(wen, registered, url, address)?;
    let sessions = people().map(|person| Session::begin(url, &person)).collect::<Run<Vec<_>>>()?;
    eprint!("{PHONES} phones after {:.1} s ... ", begun.elapsed().as_secs_f64());
    let (send, heard) = channel();
    for number in 0..CONSOLES {
        follow(address, &sessions[number % PEOPLE], send.clone())?;
    }
    let samples = ask(lu, url, &sessions[0], &heard)?;
    let still = held.iter().filter(|stream| holds(stream)).count();
    note(figures, samples, still);
    Ok(())
}

fn people() -> impl Iterator<Item = String> {
    (1..=PEOPLE).map(|number| format!("command{number}"))
}

/// Requests of phones that wait for news of their case: one phone's request, with a token of its own each, as the
/// server takes none twice.
fn hold(
    phone: &Phone,
    registered: &Registered,
    url: &str,
    address: SocketAddr,
) -> Run<Vec<TcpStream>> {
    phone.sync(&road(url))?;
    let limit = Limit { up: 1 << 20, down: 1 << 20, probe: false, wait_s: 50 };
    let request = phone.plan(limit)?.request;
    let sealed = frame::seal(&request.encode())?;
    let mut streams = Vec::with_capacity(PHONES);
    for _ in 0..PHONES {
        let token = RequestToken {
            court: request.court.clone(),
            certificate: request.certificate,
            purpose: Errand::Sync.code().into(),
            at_ms: MORNING_MS,
            nonce: SystemEntropy.bytes16(),
            body: sha256(&sealed),
        };
        let token = to_header(&Signed::seal(&token, registered.signer.as_ref())?);
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "POST /v1/courts/{COURT_PATH}/sync HTTP/1.1\r\nhost: {address}\r\n\
             content-type: {MEDIA_TYPE}\r\n{PROTOCOL_HEADER}: {PROTOCOL_VERSION}\r\n\
             {TOKEN_HEADER}: {token}\r\ncontent-length: {}\r\n\r\n",
            sealed.len()
        )?;
        stream.write_all(&sealed)?;
        stream.set_nonblocking(true)?;
        streams.push(stream);
    }
    Ok(streams)
}

/// Whether the server has not answered yet.
fn holds(stream: &TcpStream) -> bool {
    matches!(stream.peek(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Follows the stream of a console; says when each request was first heard.
fn follow(address: SocketAddr, session: &Session, heard: Sender<Heard>) -> Run {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET /v1/courts/{COURT_PATH}/live HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\n\r\n",
        session.cookie
    )?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while !line.contains("hello") {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Err("a console's stream ended".into());
        }
    }
    std::thread::spawn(move || {
        let mut known = HashSet::new();
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            let at = Instant::now();
            let data = line.trim().strip_prefix("data: ").or(line.trim().strip_prefix("data:"));
            if let Some(id) = data.and_then(incident_in)
                && known.insert(id)
                && heard.send((id, at)).is_err()
            {
                return;
            }
            line.clear();
        }
    });
    Ok(())
}

fn incident_in(data: &str) -> Option<DocumentId> {
    let event: Json = serde_json::from_str(data.trim()).ok()?;
    DocumentId::from_hex(event["incident"]["id"].as_str()?).ok()
}

/// Asks again and again; gives how long each console took to hear of each.
fn ask(phone: &Phone, url: &str, session: &Session, heard: &Receiver<Heard>) -> Run<Vec<Duration>> {
    let (road, closer) = (road(url), client()?);
    let mut samples = Vec::with_capacity(REQUESTS * CONSOLES);
    let mut open = Vec::new();
    for number in 0..REQUESTS {
        let begun = Instant::now();
        let request = begin(phone, number)?;
        phone.sync(&road)?;
        for _ in 0..CONSOLES {
            loop {
                let (id, at) =
                    heard.recv_timeout(MISSED).map_err(|_| "a console missed a request")?;
                if id == request {
                    samples.push(at.duration_since(begun));
                    break;
                }
            }
        }
        open.push(request);
        if open.len() > OPEN {
            let done = open.remove(0);
            for step in
                [json!({"step": "acknowledged"}), json!({"step": "closed", "reason": "settled"})]
            {
                let path = format!("incidents/{}/steps", done.to_hex());
                let answer = session.post(&closer, url, &path, &step)?;
                if !answer.status().is_success() {
                    return Err(format!("a step was answered {}", answer.status()).into());
                }
            }
        }
    }
    Ok(samples)
}

/// Three kilometres from the one before: another event.
fn begin(phone: &Phone, number: usize) -> Run<DocumentId> {
    #[expect(clippy::cast_precision_loss, reason = "a hundred")]
    let latitude = 22.0 + number as f64 * 0.03;
    let position = format!("geo:{latitude:.4},112.9850;crs=wgs84;u=8");
    let head = Fields::from([
        ("position".to_owned(), Value::from(position.as_str())),
        ("place".to_owned(), Value::from("九江镇测试工业区1号")),
        ("situation_code".to_owned(), Value::from("surrounding")),
    ]);
    let new = NewRecord {
        kind: "assistance".into(),
        case: CASE.into(),
        handler: String::new(),
        head,
        items: Vec::new(),
    };
    Ok(phone.create(new)?.document)
}

fn note(figures: &mut Figures, mut samples: Vec<Duration>, still: usize) {
    samples.sort_unstable();
    let at = |share: usize| samples.get(samples.len() * share / 100).copied().unwrap_or_default();
    let ms = |duration: Duration| (duration.as_secs_f64() * 10_000.0).round() / 10.0;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    figures.note("dispatch.phones_still_held", still as f64, "", Aim::None);
    figures.note("dispatch.phone_to_console_p50", ms(at(50)), "ms", Aim::None);
    figures.note("dispatch.phone_to_console_p99", ms(at(99)), "ms", Aim::AtMost(500.0));
}
