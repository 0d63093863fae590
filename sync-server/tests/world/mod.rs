//! A court, its server on a real socket, and phones that talk to it.

#![allow(dead_code, unreachable_pub, missing_docs)] // each test file uses a part of it

pub mod author;
pub mod command;
pub mod process;
pub mod tus;

use std::path::PathBuf;
use std::sync::Arc;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{BootId, DocumentId, sha256};
use lastmile_core::identity::{Signed, Signer, SoftwareSigner};
use lastmile_core::pack::case::{CasePack, CaseState, CaseStatus};
use lastmile_core::phone::transport::{HttpTransport, Transport, TransportError};
use lastmile_core::phone::{NewRecord, Phone, PhoneOptions, SyncReport};
use lastmile_core::records::{KindSet, Role, builtin};
use lastmile_core::store::StoreOptions;
use lastmile_core::sync::frame;
use lastmile_core::sync::request::{Cursor, SyncRequest};
use lastmile_core::sync::response::SyncResponse;
use lastmile_core::sync::token::{Errand, RequestToken, to_header};
use lastmile_core::time::{Entropy, ManualClock, SeededEntropy, SystemEntropy};
use lastmile_core::value::Value;
use lastmile_server::app::Running;
use lastmile_server::court::{self, NewDevice};
use lastmile_server::files::incoming::Disk;
use lastmile_server::http::Limits;
use lastmile_server::keys::Secrets;
use lastmile_server::server::{Options, Server};
use tempfile::TempDir;

pub const COURT: &str = "粤0605";
pub const CASE: &str = "(2026)粤0605执1101号";
pub const OTHER_CASE: &str = "(2026)粤0605执1102号";
pub const MORNING_MS: i64 = 1_773_701_400_000;

pub struct World {
    pub dir: TempDir,
    pub clock: Arc<ManualClock>,
    pub running: Option<Running>,
    /// The disk under arriving files, when it is not the machine's.
    pub disk: Option<Arc<dyn Disk>>,
    pub address: String,
    kinds: KindSet,
    phones: u8,
}

pub struct Device {
    pub phone: Phone,
    pub signer: Arc<dyn Signer>,
    pub url: String,
}

pub fn case_pack(case_no: &str, version: u64, team: &[&str]) -> CasePack {
    CasePack {
        case_no: case_no.into(),
        version,
        court: COURT.into(),
        cause: "买卖合同纠纷".into(),
        handler: team[0].into(),
        team: team.iter().map(|id| (*id).to_owned()).collect(),
        status: CaseStatus { state: CaseState::Active, ..CaseStatus::default() },
        ..CasePack::default()
    }
}

impl World {
    /// A court with one case of two officers.
    pub fn new() -> Self {
        Self::with_kinds(builtin())
    }

    pub fn with_kinds(kinds: KindSet) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(MORNING_MS, 0, BootId([0; 8])));
        let data = dir.path().join("data");
        let (secrets, entropy) = (Secrets::demo(), SeededEntropy::new(1));
        court::found(&data, COURT, "测试法院", &secrets, clock.as_ref(), &entropy).unwrap();
        let address = "127.0.0.1:0".to_owned();
        let disk = None;
        let mut world = Self { dir, clock, running: None, disk, address, kinds, phones: 0 };
        world.start();
        world.publish(&case_pack(CASE, 1, &["luqihang", "wenruotang"]));
        world
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            kinds: self.kinds.clone(),
            clock: Arc::clone(&self.clock) as _,
            disk: self.disk.clone().unwrap_or(usual.disk),
            ..Options::default()
        }
    }

    pub fn start(&mut self) {
        self.start_with(Limits::default());
    }

    pub fn start_with(&mut self, limits: Limits) {
        self.running = None;
        let running = Running::start_at(&self.data(), self.options(), limits, &self.address);
        let running = running.unwrap();
        // A server that comes back is where the phones look for it.
        self.address = running.address().to_string();
        self.running = Some(running);
    }

    /// The same court under a program that knows these kinds.
    pub fn upgrade(&mut self, kinds: KindSet) {
        self.kinds = kinds;
        self.start();
    }

    pub fn stop(&mut self) {
        self.running = None;
    }

    pub fn server(&self) -> &Server {
        self.running.as_ref().unwrap().server()
    }

    pub fn url(&self) -> String {
        self.running.as_ref().unwrap().url()
    }

    pub fn publish(&self, pack: &CasePack) {
        self.server().publish(|publisher| publisher.case(pack)).unwrap();
    }

    pub fn device(&mut self, person: &str, role: Role) -> Device {
        self.phones += 1;
        let number = self.phones;
        let signer: Arc<dyn Signer> =
            Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate().unwrap()).unwrap());
        let new = NewDevice {
            person: person.into(),
            name: Some(person.into()),
            roles: vec![role],
            device: Some(format!("P{number}")),
            key: signer.public_key(),
            protection: "software".into(),
        };
        let file = court::register(self.server(), &new, None).unwrap();
        let phone = Phone::open(PhoneOptions {
            store: StoreOptions {
                path: self.dir.path().join(format!("phone{number}.db")),
                vfs: None,
                key: None,
                readers: 1,
                installation: [number; 16],
            },
            kinds: self.kinds.clone(),
            clock: Arc::new(ManualClock::new(MORNING_MS, 0, BootId([number; 8]))),
            entropy: Arc::new(SeededEntropy::new(u64::from(number) + 100)),
            files: None,
            root: data_encoding::HEXLOWER.decode(file.root.as_bytes()).unwrap(),
        })
        .unwrap();
        phone.register(&file, Arc::clone(&signer)).unwrap();
        Device { phone, signer, url: self.url() }
    }

    pub fn officer(&mut self, person: &str) -> Device {
        self.device(person, Role::Officer)
    }
}

impl Device {
    pub fn sync(&self) -> SyncReport {
        self.phone.sync(&self.transport()).unwrap()
    }

    pub fn transport(&self) -> HttpTransport {
        HttpTransport::new(&self.url, &[]).unwrap()
    }

    pub fn begin(&self, kind: &str, case: &str, head: Fields) -> DocumentId {
        let new = NewRecord {
            kind: kind.into(),
            case: case.into(),
            handler: String::new(),
            head,
            items: Vec::new(),
        };
        self.phone.create(new).unwrap().document
    }

    pub fn seizure(&self) -> DocumentId {
        let head = Fields::from([("location".to_owned(), "九江镇测试工业区1号".into())]);
        self.begin("seizure", CASE, head)
    }

    pub fn line(&self, record: DocumentId, name: &str) -> String {
        let item = self.phone.new_item();
        let fields = Fields::from([
            ("name".to_owned(), name.into()),
            ("quantity".to_owned(), Value::Int(1)),
        ]);
        self.phone
            .act(record, &Intent::Add { verb: "add_line".into(), item: item.clone(), fields })
            .unwrap();
        item
    }

    /// A request with nothing in it but who asks.
    pub fn request(&self) -> SyncRequest {
        let acting = self.phone.signed_in().unwrap();
        SyncRequest {
            court: COURT.into(),
            certificate: acting.certificate,
            epoch: lastmile_core::id::Epoch([7; 16]),
            server_epoch: None,
            max_bytes: 1_000_000,
            wait_s: 0,
            probe: false,
            cursors: Vec::new(),
            repairs: Vec::new(),
            certificates: Vec::new(),
            changes: Vec::new(),
            log: None,
            evidence: Vec::new(),
        }
    }

    pub fn sealed(&self, request: &SyncRequest) -> (Vec<u8>, String) {
        let sealed = frame::seal(&request.encode()).unwrap();
        let token = to_header(&Signed::seal(&self.token(request, &sealed), &*self.signer).unwrap());
        (sealed, token)
    }

    /// The token for `request`, whose bytes are `sealed`, of this morning.
    pub fn token(&self, request: &SyncRequest, sealed: &[u8]) -> RequestToken {
        RequestToken {
            court: request.court.clone(),
            certificate: request.certificate,
            purpose: Errand::Sync.code().into(),
            at_ms: MORNING_MS,
            nonce: SystemEntropy.bytes16(),
            body: sha256(sealed),
        }
    }

    pub fn ask(&self, request: &SyncRequest) -> Result<SyncResponse, TransportError> {
        let (sealed, token) = self.sealed(request);
        let answer = self.transport().post(COURT, Errand::Sync, &sealed, &token)?;
        Ok(SyncResponse::decode(&frame::open(&answer).unwrap(), COURT).unwrap())
    }

    /// The code of the problem that this request meets.
    pub fn refused(&self, request: &SyncRequest) -> String {
        self.ask(request).unwrap_err().code().to_owned()
    }
}

/// A cursor at the start of a channel.
pub fn from_start(channel: &str) -> Cursor {
    Cursor {
        channel: channel.into(),
        seq: 0,
        set: lastmile_core::sync::channel::SetHash::default(),
    }
}
