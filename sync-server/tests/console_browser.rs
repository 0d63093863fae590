//! The console in Chromium against the program itself: the tests are `tests/interop/console`, this is the stage
//! behind them. It holds the phone, the cable, the server's process and the clock, and does what a test asks for,
//! a line of JSON at a time. Needs node 18 or later, npm and Chromium (`scripts/setup.sh test`).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
#[path = "dispatch/scene.rs"]
mod scene;
mod world;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use browser::{Browser, PASSWORD, account};
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::DocumentId;
use lastmile_core::records::Role;
use lastmile_core::value::Value as Field;
use lastmile_server::demo::clock::FileClock;
use lastmile_server::demo::link::{Link, Mode};
use lastmile_server::keys::{self, Passphrase};
use lastmile_server::roles;
use scene::{incidents, scene, step};
use serde_json::{Value, json};
use world::process::Process;
use world::{CASE, Device, MORNING_MS, World};

/// How often the server's clock goes on.
const TICK: Duration = Duration::from_millis(100);

/// The day's clock: real time from the begin of the test, and what was skipped.
#[derive(Clone)]
struct Hours {
    begun: Instant,
    skipped_ms: Arc<AtomicI64>,
}

impl Hours {
    fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.begun.elapsed().as_millis()).unwrap();
        MORNING_MS + passed + self.skipped_ms.load(Ordering::SeqCst)
    }
}

struct Stage {
    world: World,
    officer: Device,
    /// Of the same case.
    colleague: Device,
    hours: Hours,
    server: Option<Process>,
    /// The server's own address, the same after a restart.
    address: String,
    /// The cable of the consoles.
    cable: Link,
}

impl Stage {
    fn answer(&mut self, wish: &Value) -> Value {
        self.world.clock.set(self.hours.now_ms());
        let id = wish["id"].as_str().map(|id| DocumentId::from_hex(id).unwrap());
        match wish["do"].as_str().unwrap() {
            "ask" => self.ask(wish),
            "shown" => {
                // Without a server the phone shows what it has.
                let _ = self.officer.phone.sync(&self.officer.transport());
                let shown = self.officer.phone.request_shown(id.unwrap()).unwrap();
                json!({ "hop": shown.hop.code(), "alarm": shown.alarm })
            }
            "act" => {
                let record = self.officer.seizure();
                self.officer.line(record, "注塑机");
                self.officer.sync();
                json!({ "record": record.to_hex() })
            }
            "differ" => self.differ(),
            "names" => json!({ "names": self.names(id.unwrap()) }),
            "close_all" => self.close_all(),
            "told" => json!({ "told": self.incident(id.unwrap())["told"] }),
            "steps" => {
                let incident = self.incident(id.unwrap());
                let steps = incident["timeline"].as_array().unwrap().iter();
                json!({ "steps": steps.map(|hop| hop["step"].clone()).collect::<Vec<_>>() })
            }
            "cable" => {
                self.cable.set(if wish["up"] == true { Mode::Up } else { Mode::Down });
                json!({})
            }
            "kill" => {
                self.server = None;
                json!({})
            }
            "start" => {
                if self.server.is_none() {
                    self.server = Some(start(&self.world, &self.address));
                }
                json!({})
            }
            "pass" => {
                self.hours.skipped_ms.fetch_add(wish["ms"].as_i64().unwrap(), Ordering::SeqCst);
                json!({})
            }
            other => json!({ "error": format!("the stage does not know `{other}`") }),
        }
    }

    fn ask(&self, wish: &Value) -> Value {
        let place = wish["place"].as_str().unwrap();
        let position = wish["position"].as_str().unwrap_or("geo:22.8335,112.985;crs=wgs84;u=8");
        let head = Fields::from([
            ("place".to_owned(), Field::from(place)),
            ("position".to_owned(), Field::from(position)),
            ("callback".to_owned(), Field::from("13800000001")),
            ("situation_code".to_owned(), Field::from("surrounding")),
        ]);
        let request = self.officer.begin("assistance", CASE, head);
        let sent = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        if wish["offline"] != true {
            self.officer.sync();
        }
        json!({ "id": request.to_hex(), "sent_ms": u64::try_from(sent).unwrap() })
    }

    /// Two officers call one line by different names, each without the other's phone in reach.
    fn differ(&self) -> Value {
        let record = self.officer.seizure();
        let line = self.officer.line(record, "注塑机");
        self.officer.sync();
        self.colleague.sync();
        for (device, name) in
            [(&self.officer, "海天注塑机 MA1600"), (&self.colleague, "海天注塑机 MA1200")]
        {
            let fields = Fields::from([("name".to_owned(), Field::from(name))]);
            let verb = "edit_line".to_owned();
            let edit = Intent::Edit { verb, item: line.clone(), fields };
            device.phone.act(record, &edit).unwrap();
            device.sync();
        }
        json!({ "record": record.to_hex() })
    }

    /// What the colleague's phone shows of the lines' names, and who settled them and why.
    fn names(&self, record: DocumentId) -> Vec<Value> {
        let _ = self.colleague.phone.sync(&self.colleague.transport());
        let view = self.colleague.phone.record_view(record).unwrap();
        let names =
            view.state.items("lines").iter().flat_map(|line| &line.fields["name"].alternatives);
        let mut shown: Vec<Value> = names.map(|each| each.value.to_json()).collect();
        for settled in view.state.items("resolutions") {
            let by = view.change(settled.added_by).unwrap();
            shown.push(by.provenance.person.as_str().into());
            shown.push(settled.text("reason").unwrap().into());
        }
        shown
    }

    /// Ends what an earlier test left open, so that each begins with a quiet desk.
    fn close_all(&self) -> Value {
        let mut guan = Browser::at(&self.officer.url);
        guan.sign_in("guanyongyi", PASSWORD, None);
        for incident in incidents(&guan) {
            let id = DocumentId::from_hex(incident["id"].as_str().unwrap()).unwrap();
            // Of a joined report its head is closed.
            step(&guan, id, &json!({ "step": "acknowledged" }));
            step(&guan, id, &json!({ "step": "closed", "reason": "settled" }));
        }
        assert_eq!(incidents(&guan), Vec::<Value>::new());
        json!({})
    }

    /// As the command centre sees it.
    fn incident(&self, id: DocumentId) -> Value {
        let mut guan = Browser::at(&self.officer.url);
        guan.sign_in("guanyongyi", PASSWORD, None);
        guan.send("GET", &format!("/incidents/{}", id.to_hex()), None).body
    }
}

/// Approved by the root's holder, as the first administrators are.
fn administrator(world: &World) {
    let root = keys::load_file(&world.data().join(keys::ROOT_KEY), &Passphrase::demo()).unwrap();
    let directory = world.server().directory().unwrap();
    let approval = roles::approve(&directory, &root, "zhangyi", &[Role::Admin], 1).unwrap();
    assert!(roles::set(world.server(), "zhangyi", &[Role::Admin], &[approval]).unwrap());
    account(world, "zhangyi", &[]);
}

fn start(world: &World, address: &str) -> Process {
    Process::start_at(world, address, &["--ladder"], &[])
}

fn serve(stage: &mut Stage, listener: &TcpListener, done: &AtomicBool) {
    for connection in listener.incoming() {
        if done.load(Ordering::SeqCst) {
            return;
        }
        let mut connection: TcpStream = connection.unwrap();
        let mut line = String::new();
        BufReader::new(connection.try_clone().unwrap()).read_line(&mut line).unwrap();
        let answer = stage.answer(&serde_json::from_str(&line).unwrap());
        connection.write_all(answer.to_string().as_bytes()).unwrap();
    }
}

fn installed(folder: &Path) {
    let npm = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder)
        .output()
        .expect("this test needs npm and node 18 or later (Debian: apt-get install npm chromium)");
    let complained = String::from_utf8_lossy(&npm.stderr);
    assert!(npm.status.success(), "npm cannot install Playwright: {complained}");
}

#[test]
fn people_at_consoles_see_and_do_what_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/interop/console");
    installed(&folder);
    let (mut world, mut officer, _first) = scene();
    // The request of the scene is out of the way before anybody looks.
    officer.sync();
    let mut colleague = world.officer("wenruotang");
    administrator(&world);
    world.stop();
    let hours = Hours { begun: Instant::now(), skipped_ms: Arc::default() };
    let address = world.address.clone();
    let server = start(&world, &address);
    officer.url = format!("http://{address}");
    colleague.url.clone_from(&officer.url);
    let cable = Link::open(address.parse::<SocketAddr>().unwrap()).unwrap();
    let console = format!("http://{}/console/", cable.address());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let told = listener.local_addr().unwrap();
    let clock = world.dir.path().join("clock");
    let mut stage = Stage {
        world,
        officer,
        colleague,
        hours: hours.clone(),
        server: Some(server),
        address,
        cable,
    };
    let done = AtomicBool::new(false);
    let passed = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                FileClock::set(&clock, hours.now_ms()).unwrap();
                std::thread::sleep(TICK);
            }
        });
        scope.spawn(|| serve(&mut stage, &listener, &done));
        let passed = Command::new("node_modules/.bin/playwright")
            .arg("test")
            .env("CONSOLE", console)
            .env("STAGE", told.to_string())
            .env("PASSWORD", PASSWORD)
            .current_dir(&folder)
            .output();
        done.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(told);
        passed.unwrap()
    });
    let said = String::from_utf8_lossy(&passed.stdout).into_owned();
    println!("{said}");
    let complained = String::from_utf8_lossy(&passed.stderr);
    assert!(passed.status.success(), "{said}\n{complained}");
}
