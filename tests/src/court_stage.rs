//! A court with its server on a real socket and phones registered with it, for what crosses crates.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lastmile_core::id::{BootId, CertificateId};
use lastmile_core::identity::{Approval, Certificate, Signed, Signer, SoftwareSigner};
use lastmile_core::pack::case::{CasePack, CaseState, CaseStatus};
use lastmile_core::phone::{DeviceFile, Phone, PhoneOptions};
use lastmile_core::records::{KindSet, Role, builtin};
use lastmile_core::store::StoreOptions;
use lastmile_core::time::{ManualClock, SeededEntropy, SystemEntropy};
use lastmile_server::app::Running;
use lastmile_server::court::{self, NewDevice};
use lastmile_server::keys::{self, Passphrase, Secrets};
use lastmile_server::server::{Options, Server};
use lastmile_server::{restore, roles};

/// Court of every stage.
pub const COURT: &str = "粤0605";
/// 2026-03-17 06:50, Beijing time.
pub const MORNING_MS: i64 = 1_773_701_400_000;

/// A court, its running server, and what is needed to open phones again and again.
#[derive(Debug)]
pub struct CourtStage {
    dir: PathBuf,
    /// The server's clock.
    pub clock: Arc<ManualClock>,
    /// The server; `None` while it is stopped.
    pub running: Option<Running>,
    kinds: KindSet,
}

/// What a registered phone keeps outside its store.
#[derive(Clone)]
pub struct Registered {
    /// Number of the phone, from 1.
    pub number: u8,
    /// Its device file.
    pub file: DeviceFile,
    /// Its key.
    pub signer: Arc<dyn Signer>,
    /// Its store.
    pub path: PathBuf,
}

impl Registered {
    /// Its certificate.
    pub fn certificate(&self) -> Result<CertificateId, Box<dyn Error>> {
        let bytes = data_encoding_hex(&self.file.certificate)?;
        Ok(CertificateId(Signed::<Certificate>::from_bytes(&bytes)?.body_hash()))
    }
}

/// The approval of `subject` by whoever holds this key.
pub fn approval(
    subject: [u8; 32],
    certificate: CertificateId,
    signer: &dyn Signer,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let body = Approval { court: COURT.to_owned(), subject, at_ms: MORNING_MS, certificate };
    Ok(Signed::seal(&body, signer)?.to_bytes())
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "phone {}", self.number)
    }
}

impl CourtStage {
    /// Founds a court in `dir` and starts its server.
    pub fn new(dir: &Path) -> Result<Self, Box<dyn Error>> {
        Self::with_kinds(dir, builtin())
    }

    /// Like [`Self::new`], with other record kinds.
    pub fn with_kinds(dir: &Path, kinds: KindSet) -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(ManualClock::new(MORNING_MS, 0, BootId([0; 8])));
        court::found(
            &dir.join("server"),
            COURT,
            "测试法院",
            &Secrets::demo(),
            clock.as_ref(),
            &SeededEntropy::new(1),
        )?;
        let mut stage = Self { dir: dir.to_owned(), clock, running: None, kinds };
        stage.start()?;
        Ok(stage)
    }

    /// The server's data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("server")
    }

    /// Starts the server again, on whatever its data directory holds now.
    pub fn start(&mut self) -> Result<(), Box<dyn Error>> {
        let options = Options {
            kinds: self.kinds.clone(),
            clock: Arc::clone(&self.clock) as _,
            ..Options::default()
        };
        self.running = Some(Running::start(&self.data(), options)?);
        Ok(())
    }

    /// Stops it.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// The running server.
    pub fn server(&self) -> Result<&Running, Box<dyn Error>> {
        self.running.as_ref().ok_or_else(|| "the server is stopped".into())
    }

    /// Publishes a case of these people; the first is its handler.
    pub fn case(&self, case_no: &str, version: u64, team: &[&str]) -> Result<(), Box<dyn Error>> {
        let pack = CasePack {
            case_no: case_no.into(),
            version,
            court: COURT.into(),
            cause: "买卖合同纠纷".into(),
            handler: team.first().copied().unwrap_or_default().into(),
            team: team.iter().map(|id| (*id).to_owned()).collect(),
            status: CaseStatus { state: CaseState::Active, ..CaseStatus::default() },
            ..CasePack::default()
        };
        self.server()?.server().publish(|publisher| publisher.case(&pack))?;
        Ok(())
    }

    /// Registers a phone for `person`.
    pub fn register(&self, person: &str, number: u8) -> Result<Registered, Box<dyn Error>> {
        self.register_as(person, number, Role::Officer, &[])
    }

    /// Registers a phone for an administrator, with the approval of the root's holder.
    pub fn administrator(&self, person: &str, number: u8) -> Result<Registered, Box<dyn Error>> {
        let kind = roles::decision(person, &roles::codes(&[Role::Admin]), Vec::new());
        let subject = kind.approved_subject(COURT).ok_or("no subject")?;
        let root = keys::load_file(&self.data().join(keys::ROOT_KEY), &Passphrase::demo())?;
        let server = self.server()?.server();
        let approval = approval(subject, server.root(), &root)?;
        self.register_as(person, number, Role::Admin, &[approval])
    }

    fn register_as(
        &self,
        person: &str,
        number: u8,
        role: Role,
        approvals: &[Vec<u8>],
    ) -> Result<Registered, Box<dyn Error>> {
        let signer: Arc<dyn Signer> =
            Arc::new(SoftwareSigner::from_pkcs8(&SoftwareSigner::generate()?)?);
        let new = NewDevice {
            person: person.into(),
            name: Some(person.into()),
            roles: vec![role],
            device: Some(format!("P{number}")),
            key: signer.public_key(),
            protection: "software".into(),
        };
        let server = self.server()?.server();
        let file = court::register_approved(server, &new, None, approvals)?;
        Ok(Registered { number, file, signer, path: self.dir.join(format!("phone{number}.db")) })
    }

    /// Lets the stopped server begin a new life on whatever its data directory holds now, with the
    /// approvals of `officials`, and starts it.
    pub fn restore(&mut self, officials: &[&Registered]) -> Result<(), Box<dyn Error>> {
        let options = Options {
            kinds: self.kinds.clone(),
            clock: Arc::clone(&self.clock) as _,
            ..Options::default()
        };
        let server = Server::open(&self.data(), options)?;
        let subject = restore::proposed(&server)?.approved_subject(COURT).ok_or("no subject")?;
        let approvals = officials
            .iter()
            .map(|official| approval(subject, official.certificate()?, official.signer.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        restore::restore(&server, approvals, &SystemEntropy)?;
        drop(server);
        self.start()
    }

    /// Opens a registered phone, with its clock wrong by `skew_ms`.
    pub fn open(&self, phone: &Registered, skew_ms: i64) -> Result<Phone, Box<dyn Error>> {
        self.open_copy(phone, &phone.path, [phone.number; 16], u64::from(phone.number), skew_ms)
    }

    /// Opens a phone's store from another place, as a clone or after a restore would.
    pub fn open_copy(
        &self,
        phone: &Registered,
        path: &Path,
        installation: [u8; 16],
        seed: u64,
        skew_ms: i64,
    ) -> Result<Phone, Box<dyn Error>> {
        let root = data_encoding_hex(&phone.file.root)?;
        let opened = Phone::open(PhoneOptions {
            store: StoreOptions {
                path: path.to_owned(),
                vfs: None,
                key: None,
                readers: 2,
                installation,
            },
            kinds: self.kinds.clone(),
            clock: Arc::new(ManualClock::new(MORNING_MS, skew_ms, BootId([phone.number; 8]))),
            entropy: Arc::new(SeededEntropy::new(seed)),
            files: None,
            root,
        })?;
        opened.register(&phone.file, Arc::clone(&phone.signer))?;
        Ok(opened)
    }
}

fn data_encoding_hex(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2).unwrap_or("x"), 16).map_err(Into::into))
        .collect()
}
