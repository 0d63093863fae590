//! Real processes, killed with SIGKILL at random moments of their work, on a real file system: what was
//! acknowledged before the blow is there after it. (A killed process loses no writes that the kernel has;
//! lost writes are `durability.rs`'s subject.)

use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};

use lastmile_core::document::Intent;
use lastmile_core::id::ChangeHash;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{Phone, SyncTrouble};
use lastmile_core::store::LogState;
use lastmile_server::server::{Options, Server};
use lastmile_server::store::{State, StoreError};
use lastmile_server::upkeep::{rebuild, verify};
use lastmile_tests::court_stage::CourtStage;
use lastmile_tests::phones::{self, CASE, begin, findings, line, log, quantity, store_at};
use lastmile_tests::seeds::seeds;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

/// A child process that does not outlive the test.
struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn start(program: &str, argument: &Path) -> Self {
        let mut child = Command::new(program)
            .arg(argument)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// One whole line, or `None` at the end.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.strip_suffix('\n').map(ToOwned::to_owned)
    }

    /// SIGKILL; gives the whole lines printed before it that were not read yet.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.line()).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets a random, tiny time pass.
fn spin(rng: &mut StdRng) {
    for turn in 0..rng.random_range(0..400_000_u32) {
        black_box(turn);
    }
}

#[test]
fn a_phone_killed_while_it_saves_keeps_what_it_acknowledged() {
    const ROUNDS: usize = 8;
    let court = TestCourt::nanhai();
    for seed in seeds("a_phone_killed_while_it_saves_keeps_what_it_acknowledged", [1]) {
        let mut rng = StdRng::seed_from_u64(seed.value());
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("phone.store");
        let mut acknowledged = 0;
        let mut unheard = 0;
        for round in 0..ROUNDS {
            let mut saver = Process::start(env!("CARGO_BIN_EXE_saver"), &path);
            let wanted = rng.random_range(1..20);
            let mut printed: Vec<String> =
                std::iter::from_fn(|| saver.line()).take(wanted).collect();
            assert_eq!(printed.len(), wanted, "the saver ended by itself");
            spin(&mut rng);
            printed.extend(saver.kill());
            acknowledged += printed.len();

            let phone = phones::open(&court, store_at(&path, None), "luqihang").unwrap();
            let kept: BTreeSet<ChangeHash> =
                log(&phone).iter().map(|row| row.row.change_hash).collect();
            for hash in printed {
                let hash = ChangeHash::from_hex(&hash).unwrap();
                assert!(kept.contains(&hash), "round {round}: {hash:?} was acknowledged, {seed}");
            }
            assert!(kept.len() <= acknowledged + round + 1, "{} kept, {seed}", kept.len());
            unheard = kept.len() - acknowledged;
            assert_eq!(findings(&phone, &court.directory), Vec::<String>::new(), "{seed}");
        }
        println!("{acknowledged} acknowledged in {ROUNDS} lives, {unheard} more saved unheard");
    }
}

const OFFICERS: [&str; 2] = ["luqihang", "wenruotang"];

/// Works and syncs until the server is gone; tells `done` of every sync that succeeded.
fn traffic(phone: &Phone, url: &str, done: &Sender<()>) -> SyncTrouble {
    let road = HttpTransport::new(url, &[]).unwrap();
    loop {
        let record = begin(phone).unwrap().document;
        for number in 0..3 {
            let (item, add) = line(phone, &format!("叉车{number}"));
            phone.act(record, &add).unwrap();
            phone.act(record, &quantity(&item, 2)).unwrap();
            if let Err(trouble) = phone.sync(&road) {
                return trouble;
            }
            // The listener may have heard enough.
            let _ = done.send(());
        }
        // Somebody else's record, so that both phones write into one.
        if let Some(other) = phone.records_of_case(CASE).unwrap().last() {
            let remark = phones::fields(&[("remark", "另一部手机补记".into())]);
            let _ = phone.act(other.id, &Intent::Set { verb: "set".into(), fields: remark });
        }
    }
}

/// Everything the phones were told is accepted is accepted on the server, which is whole. Gives how many.
fn held_to_its_word(data: &Path, phones: &[Phone]) -> usize {
    let server = Server::open(data, Options::default()).unwrap();
    let checked = verify(&server).unwrap();
    assert_eq!(checked.findings, []);
    let mut told = 0;
    for row in phones.iter().flat_map(log).map(|row| row.row) {
        if matches!(row.state, LogState::Accepted | LogState::Receipted) {
            told += 1;
            let verdict =
                server.store().read::<_, StoreError>(|reading| reading.verdict(row.id)).unwrap();
            assert_eq!(verdict.map(|(state, _)| state), Some(State::Accepted));
        }
    }
    told
}

#[test]
fn a_server_killed_in_mid_traffic_keeps_what_it_accepted() {
    const ROUNDS: usize = 5;
    for seed in seeds("a_server_killed_in_mid_traffic_keeps_what_it_accepted", [1]) {
        let mut rng = StdRng::seed_from_u64(seed.value());
        let dir = TempDir::new().unwrap();
        let mut stage = CourtStage::new(dir.path()).unwrap();
        stage.case(CASE, 1, &OFFICERS).unwrap();
        let phone =
            |person, number| stage.open(&stage.register(person, number).unwrap(), 0).unwrap();
        let phones = [phone(OFFICERS[0], 1), phone(OFFICERS[1], 2)];
        stage.stop();
        let data = stage.data();
        let mut told = 0;
        for _ in 0..ROUNDS {
            let mut served = Process::start(env!("CARGO_BIN_EXE_served"), &data);
            let url = served.line().expect("the server says where it is");
            std::thread::scope(|scope| {
                let (done, heard) = channel();
                for phone in &phones {
                    let (url, done) = (&url, done.clone());
                    scope.spawn(move || {
                        let trouble = traffic(phone, url, &done);
                        assert_eq!(trouble.code(), "unreachable", "{trouble:?}");
                    });
                }
                drop(done);
                heard.iter().take(rng.random_range(2..8)).for_each(drop);
                spin(&mut rng);
                served.kill();
            });
            let now = held_to_its_word(&data, &phones);
            assert!(now >= told, "{seed}");
            told = now;
        }

        let mut served = Process::start(env!("CARGO_BIN_EXE_served"), &data);
        let road = HttpTransport::new(&served.line().unwrap(), &[]).unwrap();
        for phone in phones.iter().chain(&phones) {
            phone.sync(&road).unwrap();
        }
        served.kill();
        let of = |phone: &Phone| phone.case_digest(CASE).unwrap();
        assert_eq!(of(&phones[0]), of(&phones[1]), "{seed}");
        let all = held_to_its_word(&data, &phones);
        assert_eq!(all, phones.iter().map(|phone| log(phone).len()).sum::<usize>(), "{seed}");

        // Every cache follows from the log: making them anew changes nothing.
        let server = Server::open(&data, Options::default()).unwrap();
        let rebuilt = rebuild(&server).unwrap();
        assert_eq!((rebuilt.records, rebuilt.differed.len()), (of(&phones[0]).1, 0));
        assert_eq!(verify(&server).unwrap().findings, []);
        println!("{told} told accepted before the last life, {all} in the end");
    }
}
