//! From a phone's request for help to every console of its station: 10,000 phones of another case hold their
//! connections, 100 consoles follow the stream, and requests come one after the other with a few of them open. The
//! server is the program as a process of its own; everything is real HTTP on the loopback. Time runs from before the
//! request is saved on the phone until the event was read at each console.

use std::collections::HashSet;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use lastmile_core::document::Fields;
use lastmile_core::id::{BootId, DocumentId, sha256};
use lastmile_core::identity::Signed;
use lastmile_core::phone::{Limit, NewRecord, Phone};
use lastmile_core::records::Role;
use lastmile_core::sync::token::{Errand, RequestToken, TOKEN_HEADER, to_header};
use lastmile_core::sync::{MEDIA_TYPE, PROTOCOL_HEADER, PROTOCOL_VERSION, frame};
use lastmile_core::time::{Entropy, ManualClock, SystemEntropy};
use lastmile_core::value::Value;
use lastmile_server::accounts::password::Cost;
use lastmile_server::accounts::sign_in;
use lastmile_server::app::Running;
use lastmile_server::roles;
use lastmile_server::server::Options;
use serde_json::{Value as Json, json};

use super::{Aim, Figures};
use crate::acts::{CASE, OTHER_CASE, road};
use crate::court_stage::{CourtStage, MORNING_MS, Registered};

/// The argument that makes the program the server.
pub const CHILD: &str = "--dispatch-server";
const PHONES: usize = 10_000;
const CONSOLES: usize = 100;
const REQUESTS: usize = 100;
/// Requests that are open at a time: the eleventh closes the first.
const OPEN: usize = 10;
/// People who sit at the consoles, all of the command centre: they see every request.
const PEOPLE: usize = 5;
const PASSWORD: &str = "指挥中心的测试密码2026";
const COURT_PATH: &str = "%E7%B2%A40605";
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
        roles::set(server, &person, &[Role::Command], &[])?;
        let cost = Cost::QUICK;
        let store = server.store();
        sign_in::set_password(store, &person, PASSWORD, cost, &SystemEntropy, MORNING_MS)?;
    }
    let registered = wen;
    let (lu, wen) = (stage.open(&lu, 0)?, stage.open(&registered, 0)?);
    stage.stop();
    let mut served = Command::new(std::env::current_exe()?)
        .arg(CHILD)
        .arg(stage.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = measure(&mut served, &lu, (&wen, &registered), figures);
    // The end of its input is the end of it.
    drop(served.stdin.take());
    served.wait()?;
    measured
}

/// The server as a process of its own: prints its address, serves the data in `dir` until its input ends.
pub fn child(dir: &Path) -> Run {
    let clock = Arc::new(ManualClock::new(MORNING_MS, 0, BootId([0; 8])));
    let options = Options { clock, ..Options::default() };
    let running = Running::start(dir, options)?;
    println!("{}", running.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn measure(
    served: &mut Child,
    lu: &Phone,
    (wen, registered): (&Phone, &Registered),
    figures: &mut Figures,
) -> Run {
    let mut url = String::new();
    let out = served.stdout.take().ok_or("the server says nothing")?;
    BufReader::new(out).read_line(&mut url)?;
    let url = url.trim();
    let address: SocketAddr = url.trim_start_matches("http://").parse()?;
    lu.sync(&road(url))?;
    let begun = Instant::now();
    let held = hold(wen, registered, url, address)?;
    let sessions = people().map(|person| sign_in_at(url, &person)).collect::<Run<Vec<_>>>()?;
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

/// Cookie and token against forged requests.
struct Session {
    cookie: String,
    csrf: String,
}

fn sign_in_at(url: &str, person: &str) -> Run<Session> {
    let body = json!({ "person": person, "password": PASSWORD }).to_string();
    let answer = client()?
        .post(format!("{url}/v1/courts/{COURT_PATH}/session"))
        .header("content-type", "application/json")
        .body(body)
        .send()?;
    let cookie = answer.headers().get("set-cookie").ok_or("no cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let body: Json = serde_json::from_str(&answer.text()?)?;
    let csrf = body["csrf"].as_str().ok_or("not signed in")?.to_owned();
    Ok(Session { cookie, csrf })
}

fn client() -> Run<reqwest::blocking::Client> {
    Ok(reqwest::blocking::Client::builder().tls_certs_only(Vec::new()).no_proxy().build()?)
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
                let answer = closer
                    .post(format!("{url}/v1/courts/{COURT_PATH}/incidents/{}/steps", done.to_hex()))
                    .header("cookie", &session.cookie)
                    .header("x-csrf", &session.csrf)
                    .header("content-type", "application/json")
                    .body(step.to_string())
                    .send()?;
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
