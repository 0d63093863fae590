//! Ten thousand requests for police assistance over a link that loses, repeats, reorders and cuts, with a server
//! that restarts in the middle: each becomes exactly one incident on a desk, and none is lost. A failing seed is
//! printed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use lastmile_core::assistance::step::{State, StepCode};
use lastmile_core::document::Fields;
use lastmile_core::id::DocumentId;
use lastmile_core::phone::transport::{Transport, TransportError};
use lastmile_core::phone::{NewRecord, Phone};
use lastmile_core::sync::token::Errand;
use lastmile_core::value::Value;
use lastmile_server::assistance::lives::life;
use lastmile_server::server::Server;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep;
use lastmile_tests::acts::{Direct, waiting};
use lastmile_tests::court_stage::CourtStage;
use lastmile_tests::seeds::seeds;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

type Tested<T = ()> = Result<T, Box<dyn Error>>;

const PHONES: u8 = 20;
const REQUESTS: usize = 10_000;
/// Requests that a phone saves before it tries the link again, at most.
const BURST: usize = 60;
/// Turns after which a phone that still has something must be said to be stuck.
const MOST_TURNS: usize = 6_000;

/// What the link does to one exchange, and what it kept of earlier ones to bring it again.
struct Link {
    rng: StdRng,
    old: Vec<(Vec<u8>, String)>,
    lost: usize,
    unanswered: usize,
    repeated: usize,
    late: usize,
}

struct Road<'a> {
    server: Direct<'a>,
    link: &'a RefCell<Link>,
}

impl Transport for Road<'_> {
    fn post(
        &self,
        court: &str,
        errand: Errand,
        sealed: &[u8],
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let mut link = self.link.borrow_mut();
        let luck = link.rng.random_range(0..100);
        if errand == Errand::Sync && link.rng.random_range(0..8) == 0 {
            link.old.push((sealed.to_vec(), token.to_owned()));
        }
        // What was sent long ago, by whichever phone, arrives now.
        if luck < 12 && !link.old.is_empty() {
            let kept = link.old.len();
            let at = link.rng.random_range(0..kept);
            let (sealed, token) = link.old[at].clone();
            link.late += 1;
            let _ = self.server.post(court, Errand::Sync, &sealed, &token);
        }
        match luck {
            0..20 => {
                link.lost += 1;
                Err(TransportError::Unreachable)
            }
            20..40 => {
                link.unanswered += 1;
                self.server.post(court, errand, sealed, token)?;
                Err(TransportError::Unreachable)
            }
            40..50 => {
                link.repeated += 1;
                self.server.post(court, errand, sealed, token)?;
                self.server.post(court, errand, sealed, token)
            }
            _ => self.server.post(court, errand, sealed, token),
        }
    }
}

fn case(number: usize) -> String {
    format!("(2026)粤0605执{}号", 1_101 + number)
}

/// A place of its own for each, three kilometres from the next: no two are one event.
fn ask(phone: &Phone, case: &str, number: usize) -> Tested<DocumentId> {
    #[expect(clippy::cast_precision_loss, reason = "ten thousand")]
    let (row, column) = ((number / 100) as f64, (number % 100) as f64);
    let position =
        format!("geo:{:.4},{:.4};crs=wgs84;u=8", 22.0 + row * 0.03, 112.0 + column * 0.035);
    let head = Fields::from([
        ("position".to_owned(), Value::from(position.as_str())),
        ("place".to_owned(), Value::from(format!("{number}号地点").as_str())),
        ("situation_code".to_owned(), Value::from("surrounding")),
    ]);
    let new = NewRecord {
        kind: "assistance".into(),
        case: case.into(),
        handler: String::new(),
        head,
        items: Vec::new(),
    };
    Ok(phone.create(new)?.document)
}

#[test]
fn every_request_becomes_exactly_one_incident() -> Tested {
    for seed in seeds("hostile requests", 0..1) {
        let mut rng = StdRng::seed_from_u64(seed.value());
        let dir = TempDir::new()?;
        let mut stage = CourtStage::new(dir.path())?;
        let people: Vec<String> = (1..=PHONES).map(|number| format!("officer{number}")).collect();
        // A case each: nobody has to carry the requests of others.
        for (number, person) in people.iter().enumerate() {
            stage.case(&case(number), 1, &[person])?;
        }
        let phones = (1..=PHONES)
            .zip(&people)
            .map(|(number, person)| stage.open(&stage.register(person, number)?, 0))
            .collect::<Result<Vec<_>, _>>()?;
        let link = RefCell::new(Link {
            rng: StdRng::seed_from_u64(rng.random()),
            old: Vec::new(),
            lost: 0,
            unanswered: 0,
            repeated: 0,
            late: 0,
        });
        let mut asked = BTreeSet::new();
        let (mut turns, mut restarts) = (0, 0);
        loop {
            turns += 1;
            assert!(turns < MOST_TURNS, "phones are stuck, {} asked", asked.len());
            let who = rng.random_range(0..phones.len());
            let phone = &phones[who];
            let burst = rng.random_range(0..BURST).min(REQUESTS - asked.len());
            for _ in 0..burst {
                asked.insert(ask(phone, &case(who), asked.len())?);
            }
            let server = stage.server()?.server();
            // A contact that breaks is what this is about.
            let _ = phone.sync(&Road { server: Direct(server), link: &link });
            if rng.random_range(0..60) == 0 {
                restarts += 1;
                stage.stop();
                stage.start()?;
            }
            if asked.len() == REQUESTS && all_sent(&phones)? {
                break;
            }
        }
        let link = link.into_inner();
        println!(
            "{REQUESTS} requests in {turns} contacts: {} lost, {} unanswered, {} repeated, {} late, {restarts} restarts",
            link.lost, link.unanswered, link.repeated, link.late
        );
        assert!(
            link.lost > 100 && link.unanswered > 100 && link.late > 50 && restarts > 3,
            "the link was too kind"
        );
        on_the_desk(stage.server()?.server(), &asked)?;
        assert_eq!(upkeep::verify(stage.server()?.server())?.findings, Vec::new());
    }
    Ok(())
}

fn all_sent(phones: &[Phone]) -> Tested<bool> {
    for phone in phones {
        if waiting(phone)? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Each stands there once: received once, open, and part of no other.
fn on_the_desk(server: &Server, asked: &BTreeSet<DocumentId>) -> Tested {
    let wrong = server.store().read::<_, StoreError>(|reading| {
        let rows = reading.open_requests_of_desk()?;
        let listed: BTreeSet<DocumentId> = rows.iter().map(|row| row.document).collect();
        let mut wrong = BTreeMap::new();
        if rows.len() != listed.len() || listed != *asked {
            wrong.insert(DocumentId([0; 16]), format!("{} rows listed", rows.len()));
        }
        for document in asked {
            let life = life(reading, *document)?;
            let received =
                life.hops.iter().filter(|hop| hop.step.known() == Some(StepCode::Received)).count();
            if received != 1 || life.state != State::Received || life.merged_into.is_some() {
                wrong.insert(*document, format!("{received} received, {:?}", life.state));
            }
        }
        Ok(wrong)
    })?;
    assert_eq!(wrong, BTreeMap::new());
    Ok(())
}
