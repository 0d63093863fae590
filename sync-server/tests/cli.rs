//! The binary itself: a court is made, filled, served, stopped, checked and rebuilt by its commands.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lastmile_core::document::Fields;
use lastmile_core::id::BootId;
use lastmile_core::identity::Signer;
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{DeviceFile, NewRecord, Phone, PhoneOptions};
use lastmile_core::records::builtin;
use lastmile_core::store::StoreOptions;
use lastmile_core::time::{ManualClock, SeededEntropy};
use lastmile_server::keys::{self, Passphrase};
use world::{CASE, COURT, MORNING_MS};

fn command(arguments: &[&str]) -> Output {
    world::command::program(arguments).output().unwrap()
}

fn done(arguments: &[&str]) -> String {
    let output = command(arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}{complained}");
    said + &complained
}

struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Service {
    fn start(data: &str, ready: &Path) -> (Self, String) {
        let serve = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--ready-file"];
        let child = world::command::program(&serve).arg(ready).spawn().unwrap();
        let mut service = Self(child);
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            if let Ok(url) = std::fs::read_to_string(ready) {
                return (service, url);
            }
            assert!(Instant::now() < until, "the service did not become ready");
            assert!(service.0.try_wait().unwrap().is_none(), "the service ended");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// As an administrator would: SIGTERM, and a clean end.
    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

fn repository(relative: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(relative);
    path.to_str().unwrap().to_owned()
}

fn phone(dir: &Path, file: &DeviceFile, key: &Path) -> Phone {
    let phone = Phone::open(PhoneOptions {
        store: StoreOptions {
            path: dir.join("phone.db"),
            vfs: None,
            key: None,
            readers: 1,
            installation: [1; 16],
        },
        kinds: builtin(),
        clock: Arc::new(ManualClock::new(MORNING_MS, 0, BootId([1; 8]))),
        entropy: Arc::new(SeededEntropy::new(5)),
        files: None,
        root: data_encoding::HEXLOWER.decode(file.root.as_bytes()).unwrap(),
    })
    .unwrap();
    let passphrase = Passphrase::new(world::command::PERSON).unwrap();
    let signer = keys::load_file(key, &passphrase).unwrap();
    phone.register(file, Arc::new(signer) as Arc<dyn Signer>).unwrap();
    phone
}

#[test]
fn a_court_from_its_founding_to_its_first_record() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let name = "佛山市南海区人民法院";
    let weak = "--weak-keys-for-demonstration";
    let said = done(&["init", "--data", data, "--court", COURT, "--name", name, weak]);
    assert!(said.contains("根密钥") && said.contains("离线"), "{said}");
    let again = command(&["init", "--data", data, "--court", COURT]);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(said.starts_with("[court_exists] 该目录已有法院数据"), "{said}");

    let import = [
        "import",
        "--data",
        data,
        "--derive-stations",
        &repository("sync-server/data/demo"),
        &repository("core/data/geo/nanhai_towns_wgs84_osm.geojson"),
    ];
    let said = done(&import);
    assert!(said.contains("已导入"), "{said}");
    let said = done(&import);
    assert!(said.contains("签发数据包0个"), "the same delivery again changes nothing: {said}");

    let key = dir.path().join("luqihang.p8");
    let device = dir.path().join("luqihang.json");
    let add = |extra: &[&str]| {
        let mut arguments = vec!["device", "add", "--data", data, "--person", "luqihang"];
        arguments.extend(["--software-key", key.to_str().unwrap()]);
        arguments.extend(["--out", device.to_str().unwrap()]);
        arguments.extend(extra);
        command(&arguments)
    };
    assert!(add(&[]).status.success(), "name and role come from the roster");
    assert_eq!(add(&[]).status.code(), Some(1), "a key is certified once");
    let file: DeviceFile =
        serde_json::from_str(&std::fs::read_to_string(&device).unwrap()).unwrap();

    let (service, url) = Service::start(data, &dir.path().join("ready"));
    let phone = phone(dir.path(), &file, &key);
    let road = HttpTransport::new(&url, &[]).unwrap();
    let report = phone.sync(&road).unwrap();
    assert!(report.bytes_down > 0);
    let new = NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head: Fields::new(),
        items: Vec::new(),
    };
    phone.create(new).unwrap();
    // The command line works beside the running service.
    let other = dir.path().join("wenruotang.p8");
    done(&[
        "device",
        "add",
        "--data",
        data,
        "--person",
        "wenruotang",
        "--software-key",
        other.to_str().unwrap(),
    ]);
    assert_eq!(phone.sync(&road).unwrap().applied.accepted, 1);
    service.stop();

    let said = done(&["verify", "--data", data]);
    assert!(said.contains("记录1份已核验;发现问题0处"), "{said}");
    let said = done(&["rebuild", "--data", data]);
    assert!(said.contains("重建1份记录") && said.contains("不一致的0份"), "{said}");
    let nowhere = command(&["verify", "--data", dir.path().join("nothing").to_str().unwrap()]);
    assert_eq!(nowhere.status.code(), Some(3));
}
