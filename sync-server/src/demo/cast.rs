//! Who plays: a court founded for the day, its reference data imported from the files in
//! `data/demo` as a court would deliver them, and three registered phones.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lastmile_core::id::{BlobHash, BootId};
use lastmile_core::identity::{Signer, SoftwareSigner};
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{DeviceFile, Phone, PhoneOptions};
use lastmile_core::records::{Role, builtin};
use lastmile_core::store::StoreOptions;
use lastmile_core::time::{Clock, ManualClock, SystemEntropy};

use super::day::Crew;
use super::link::Link;
use super::police::Desk;
use super::script::{Script, TurnEntropy};
use super::stage::{Actor, StageError, true_ms};
use crate::accounts::password::Cost;
use crate::accounts::sign_in;
use crate::court::{NewDevice, found, register};
use crate::import::{ImportPlan, InputFile, Known, plan};
use crate::keys::Secrets;
use crate::roles;
use crate::server::{Options, Server};

/// Court of the day.
pub const COURT: &str = "粤0605";
/// The same as a part of an address.
pub const COURT_PATH: &str = "%E7%B2%A40605";
/// 谭立衡, duty dispatcher of 九江派出所.
pub const DISPATCHER: &str = "tanliheng";
/// 关咏仪, operator of the command centre.
pub const COMMAND: &str = "guanyongyi";
/// Password of both at the console; the court is an invented one and lives for a day.
pub const PASSWORD: &str = "南海一日2026演示";

/// Phone, person, clock error in milliseconds.
const PHONES: [(&str, &str, i64); 5] = [
    ("P1", "luqihang", 0),
    ("P2", "wenruotang", 420_000),
    ("P3", "ouziqian", 0),
    ("P4", "maixiaolan", 0),
    ("P5", "wenruotang", 0),
];

/// The files of the day, as delivered; the towns' outlines are the project's own.
const FILES: [(&str, &[u8]); 13] = [
    ("court.json", include_bytes!("../../data/demo/court.json")),
    ("staff.csv", include_bytes!("../../data/demo/staff.csv")),
    ("cases.csv", include_bytes!("../../data/demo/cases.csv")),
    ("parties_gb18030.csv", include_bytes!("../../data/demo/parties_gb18030.csv")),
    ("rulings.csv", include_bytes!("../../data/demo/rulings.csv")),
    ("seal_blocks.csv", include_bytes!("../../data/demo/seal_blocks.csv")),
    ("team.csv", include_bytes!("../../data/demo/team.csv")),
    ("phones.csv", include_bytes!("../../data/demo/phones.csv")),
    ("K2.json", include_bytes!("../../data/demo/K2.json")),
    ("K1-ruling.txt", include_bytes!("../../data/demo/K1-ruling.txt")),
    ("K2-notice.txt", include_bytes!("../../data/demo/K2-notice.txt")),
    ("K3-ruling.txt", include_bytes!("../../data/demo/K3-ruling.txt")),
    (
        "nanhai_towns_wgs84_osm.geojson",
        include_bytes!("../../../core/data/geo/nanhai_towns_wgs84_osm.geojson"),
    ),
];

/// A court ready to serve, and phones ready to open.
#[derive(Debug)]
pub struct Prepared {
    /// Data directory of the server.
    pub data: PathBuf,
    /// What each phone got when it was registered.
    devices: Vec<Device>,
    /// What the import said, one line.
    pub imported: String,
}

struct Device {
    name: &'static str,
    skew_ms: i64,
    file: DeviceFile,
    /// PKCS#8; the court is an invented one and lives for a day.
    key: Vec<u8>,
    signer: Arc<dyn Signer>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn script(error: impl std::fmt::Display) -> StageError {
    StageError::Script(error.to_string())
}

/// Founds the court in `dir`, imports, registers.
pub fn prepare(dir: &Path, clock: Arc<dyn Clock>) -> Result<Prepared, StageError> {
    let data = dir.join("server");
    found(&data, COURT, "佛山市南海区人民法院", &Secrets::demo(), clock.as_ref(), &SystemEntropy)
        .map_err(script)?;
    let server = Server::open(&data, Options { clock, ..Options::default() }).map_err(script)?;
    let imported = publish(&server)?;
    let now_ms = server.now_ms();
    for (person, role) in [(DISPATCHER, Role::Dispatcher), (COMMAND, Role::Command)] {
        roles::set(&server, person, &[role], &[]).map_err(script)?;
        sign_in::set_password(
            server.store(),
            person,
            PASSWORD,
            Cost::USUAL,
            &SystemEntropy,
            now_ms,
        )
        .map_err(script)?;
    }
    let mut devices = Vec::new();
    for (name, person, skew_ms) in PHONES {
        let key = SoftwareSigner::generate().map_err(script)?;
        let signer: Arc<dyn Signer> = Arc::new(SoftwareSigner::from_pkcs8(&key).map_err(script)?);
        let new = NewDevice {
            person: person.to_owned(),
            name: None,
            roles: Vec::new(),
            device: Some(name.to_owned()),
            key: signer.public_key(),
            protection: "software".to_owned(),
        };
        let file = register(&server, &new, None).map_err(script)?;
        devices.push(Device { name, skew_ms, file, key: key.to_vec(), signer });
    }
    Ok(Prepared { data, devices, imported })
}

fn publish(server: &Server) -> Result<String, StageError> {
    let inputs: Vec<InputFile> = FILES
        .iter()
        .map(|(name, bytes)| InputFile { name: (*name).to_owned(), bytes: bytes.to_vec() })
        .collect();
    let known = Known { derive_stations: true, ..Known::default() };
    let ImportPlan { cases, roster, court, areas, stations, papers, files, .. } =
        plan(&inputs, &known, |_| {}).map_err(|errors| script(format!("{errors:?}")))?;
    server
        .publish(|publisher| {
            if let Some(court) = &court {
                publisher.reference(court, |pack, version| pack.version = version)?;
            }
            if let Some(mut areas) = areas {
                // Outlines come without a court's name.
                server.court().clone_into(&mut areas.court);
                publisher.reference(&areas, |pack, version| pack.version = version)?;
            }
            if let Some(mut stations) = stations {
                server.court().clone_into(&mut stations.court);
                publisher.reference(&stations, |pack, version| pack.version = version)?;
            }
            if let Some(mut roster) = roster {
                server.court().clone_into(&mut roster.court);
                publisher.roster(&roster)?;
            }
            for case in &cases {
                publisher.case(case)?;
            }
            for paper in &papers {
                if let Some(input) = inputs.get(paper.input) {
                    publisher.ruling(BlobHash(paper.sha256), &paper.name, &input.bytes)?;
                }
            }
            Ok(())
        })
        .map_err(script)?;
    Ok(format!(
        "{} 份文件 / files, {} 件案件 / cases, {} 份文书 / papers",
        files.len(),
        cases.len(),
        papers.len()
    ))
}

impl Prepared {
    /// Opens the phones in `dir`, each behind a link of its own to `server`.
    pub fn crew(&self, dir: &Path, server: SocketAddr) -> Result<Crew, StageError> {
        let [p1, p2, p3, p4, p5] = self.devices.as_slice() else {
            return Err(script("five phones are needed"));
        };
        let day = Arc::new(Script::default());
        let open = |device, number| open(device, dir, server, number, &day);
        Ok(Crew {
            p1: open(p1, 1)?,
            p2: open(p2, 2)?,
            p3: open(p3, 3)?,
            p4: open(p4, 4)?,
            p5: open(p5, 5)?,
            desk: Desk::new(server)?,
            court: self.data.clone(),
        })
    }

    /// The phones for a script: what each got when it was registered, with its key, and what makes it differ.
    pub(super) fn written_down(&self) -> serde_json::Value {
        let phones = self.devices.iter().zip(1_u8..).map(|(device, number)| {
            serde_json::json!({
                "name": device.name,
                "number": number,
                "skew_ms": device.skew_ms,
                "device_file": device.file,
                "key": data_encoding::BASE64.encode(&device.key),
            })
        });
        phones.collect()
    }
}

fn open(
    device: &Device,
    dir: &Path,
    server: SocketAddr,
    number: u8,
    day: &Arc<Script>,
) -> Result<Actor, StageError> {
    let clock = Arc::new(ManualClock::new(true_ms("06:45")?, device.skew_ms, BootId([number; 8])));
    let root =
        data_encoding::HEXLOWER_PERMISSIVE.decode(device.file.root.as_bytes()).map_err(script)?;
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: dir.join(format!("{}.db", device.name)),
            vfs: None,
            key: None,
            readers: 2,
            installation: [number; 16],
        },
        kinds: builtin(),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        entropy: Arc::new(TurnEntropy::new(number, Arc::clone(day))),
        files: None,
        root,
    })?;
    phone.register(&device.file, Arc::clone(&device.signer))?;
    let link = Link::open(server)?;
    let road = HttpTransport::new(&link.url(), &[]).map_err(script)?;
    Ok(Actor { name: device.name, phone, clock, link, road, script: Arc::clone(day) })
}
