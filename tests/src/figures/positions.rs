//! A thousand people of five crews tell where they are every ten seconds, each request open, while somebody at a
//! console looks at the map and takes steps: how long the map, a request and a step take meanwhile, and what the
//! streams cost. The server is the program as a process of its own; everything is real HTTP on the loopback.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lastmile_core::document::Fields;
use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::identity::{Signed, Signer};
use lastmile_core::phone::NewRecord;
use lastmile_core::sync::positions::{PositionsMessage, SentFix};
use lastmile_core::sync::token::{Errand, RequestToken, TOKEN_HEADER, to_header};
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION, positions};
use lastmile_core::time::{Entropy, SystemEntropy};
use lastmile_core::value::Value;
use serde_json::{Value as Json, json};

use super::console::{COURT_PATH, Served, Session, account, client};
use super::{Aim, Figures, ms, quantile};
use crate::acts::road;
use crate::court_stage::{COURT, CourtStage, MORNING_MS};

const CREWS: usize = 5;
const PEOPLE_OF_A_CREW: usize = 200;
/// Each tells every ten seconds.
const EVERY: Duration = Duration::from_secs(10);
const ROUNDS: usize = 3;
/// Streams that one thread carries.
const STREAMS: usize = 125;

type Run<T = ()> = Result<T, Box<dyn Error>>;

/// Somebody whose phone tells where it is.
struct Teller {
    certificate: lastmile_core::id::CertificateId,
    signer: Arc<dyn Signer>,
}

/// Measures.
pub fn run(figures: &mut Figures) -> Run {
    let dir = tempfile::tempdir()?;
    let mut stage = CourtStage::new(dir.path())?;
    let mut tellers = Vec::with_capacity(CREWS * PEOPLE_OF_A_CREW);
    let mut asking = Vec::with_capacity(CREWS);
    for crew in 0..CREWS {
        let people: Vec<String> =
            (0..PEOPLE_OF_A_CREW).map(|number| format!("crew{crew}p{number}")).collect();
        let case = format!("(2026)粤0605执{}号", 1_201 + crew);
        stage.case(&case, 1, &people.iter().map(String::as_str).collect::<Vec<_>>())?;
        for (number, person) in people.iter().enumerate() {
            let registered = stage.register(person, u8::try_from(1 + crew)?)?;
            let (certificate, signer) = (registered.certificate()?, Arc::clone(&registered.signer));
            tellers.push(Teller { certificate, signer });
            if number == 0 {
                asking.push((case.clone(), stage.open(&registered, 0)?));
            }
        }
    }
    account(stage.server()?.server(), "command1")?;
    stage.stop();
    let mut served = Served::start(&stage.data())?;
    let mut requests = Vec::with_capacity(CREWS);
    for (number, (case, phone)) in asking.iter().enumerate() {
        let new = NewRecord {
            kind: "assistance".into(),
            case: case.clone(),
            handler: String::new(),
            head: head(number),
            items: Vec::new(),
        };
        requests.push(phone.create(new)?.document);
        phone.sync(&road(&served.url))?;
    }
    let measured = measure(&served.url, &tellers, &requests, figures);
    served.stop()?;
    measured
}

fn head(number: usize) -> Fields {
    let position = format!("geo:22.8{number},112.9850;crs=wgs84;u=8");
    Fields::from([
        ("position".to_owned(), Value::from(position.as_str())),
        ("place".to_owned(), Value::from("九江镇测试工业区1号")),
        ("situation_code".to_owned(), Value::from("surrounding")),
    ])
}

fn measure(url: &str, tellers: &[Teller], requests: &[DocumentId], figures: &mut Figures) -> Run {
    let session = Session::begin(url, "command1")?;
    let begun = Instant::now();
    let (told, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let slowest = Mutex::new(Vec::new());
    let (mut looks, mut steps, mut crews) = (Vec::new(), Vec::new(), 0);
    std::thread::scope(|scope| {
        let running: Vec<_> = tellers
            .chunks(STREAMS)
            .map(|part| scope.spawn(|| tell(url, part, begun, &told, &slowest)))
            .collect();
        let console = scope.spawn(|| look(url, &session, requests, &over));
        // Every stream to its end, then the console.
        let ended = running.into_iter().map(|one| one.join().map_err(|_| "a stream broke"));
        let ended = ended.collect::<Result<Vec<_>, _>>();
        over.store(true, Ordering::Relaxed);
        let looked = console.join().map_err(|_| "the console broke")?;
        for stream in ended? {
            stream.map_err(|error| error.to_string())?;
        }
        (looks, steps, crews) = looked.map_err(|error| error.to_string())?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    let mut fixes = slowest.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    figures.note("positions.streams", count(tellers.len()), "", Aim::None);
    figures.note("positions.fixes_told", count(told.load(Ordering::Relaxed)), "", Aim::None);
    figures.note("positions.crews_on_the_map", count(crews), "", Aim::AtLeast(1_000.0));
    figures.note("positions.fix_p99", ms(quantile(&mut fixes, 0.99)), "ms", Aim::None);
    figures.note("positions.map_p50", ms(quantile(&mut looks, 0.5)), "ms", Aim::None);
    figures.note("positions.map_p99", ms(quantile(&mut looks, 0.99)), "ms", Aim::AtMost(500.0));
    figures.note("positions.step_p99", ms(quantile(&mut steps, 0.99)), "ms", Aim::AtMost(500.0));
    Ok(())
}

type Said = Result<(), Box<dyn Error + Send + Sync>>;

/// Carries the streams of a part of them: each tells at its own moment of every ten seconds.
fn tell(
    url: &str,
    part: &[Teller],
    begun: Instant,
    told: &AtomicUsize,
    took: &Mutex<Vec<Duration>>,
) -> Said {
    let client = client().map_err(|error| error.to_string())?;
    for round in 0..ROUNDS {
        for (number, teller) in part.iter().enumerate() {
            let spread = EVERY * u32::try_from(number)? / u32::try_from(part.len())?;
            let due = begun + EVERY * u32::try_from(round)? + spread;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let position = format!("geo:22.8{round:02}{number:03},112.985000;crs=wgs84;u=8");
            let message = PositionsMessage { fixes: vec![SentFix { position, age_s: 0 }] };
            let body = serde_json::to_vec(&message)?;
            let run = i64::try_from(begun.elapsed().as_millis())?;
            let token = RequestToken {
                court: COURT.into(),
                certificate: teller.certificate,
                purpose: Errand::Positions.code().into(),
                at_ms: MORNING_MS + run,
                nonce: SystemEntropy.bytes16(),
                body: sha256(&body),
            };
            let token = to_header(&Signed::seal(&token, teller.signer.as_ref())?);
            let sent = Instant::now();
            let answer = client
                .post(format!("{url}/v1/courts/{COURT_PATH}/positions"))
                .header("content-type", positions::MEDIA_TYPE)
                .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
                .header(TOKEN_HEADER, token)
                .body(body)
                .send()?;
            if !answer.status().is_success() {
                return Err(format!("a fix was answered {}", answer.status()).into());
            }
            took.lock().unwrap_or_else(PoisonError::into_inner).push(sent.elapsed());
            told.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

type Looked = (Vec<Duration>, Vec<Duration>, usize);

/// Somebody at a console, as busy as a person with a mouse: the map, a request, a step, again and again.
fn look(
    url: &str,
    session: &Session,
    requests: &[DocumentId],
    over: &AtomicBool,
) -> Result<Looked, Box<dyn Error + Send + Sync>> {
    let say = |error: Box<dyn Error>| error.to_string();
    let client = client().map_err(say)?;
    let (mut looks, mut steps, mut most) = (Vec::new(), Vec::new(), 0);
    let mut turn = 0;
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let map: Json =
            serde_json::from_str(&session.get(&client, url, "map").map_err(say)?.text()?)?;
        looks.push(asked.elapsed());
        most = most.max(map["crews"].as_array().map_or(0, Vec::len));
        let request = requests[turn % requests.len()].to_hex();
        // A step that any number of times means something: the crew is told a new time.
        let step = if turn < requests.len() {
            json!({ "step": "acknowledged" })
        } else {
            json!({ "step": "escalated", "reason": "other", "note": "增援" })
        };
        let asked = Instant::now();
        let path = format!("incidents/{request}/steps");
        let answer = session.post(&client, url, &path, &step).map_err(say)?;
        steps.push(asked.elapsed());
        if !answer.status().is_success() {
            return Err(format!("a step was answered {}", answer.status()).into());
        }
        turn += 1;
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok((looks, steps, most))
}
