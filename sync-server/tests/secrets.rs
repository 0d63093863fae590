//! No secret leaves: what the demonstration, the commands and the running service write, at the most
//! talkative level of the log, holds no private key, token, passphrase, identity number or mobile
//! number. What is content by its nature stands in a list with the reason; everything else is read.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod scanner;
mod world;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use lastmile_core::identity::test_keys::{PKCS8_HEX, pkcs8};
use lastmile_server::keys::Passphrase;
use scanner::Scanner;
use world::COURT;
use world::command::{KEYS, ROOT, program};

/// Files that hold people's data because that is what they are for.
const CONTENT: [(&str, &str); 5] = [
    (
        ".db",
        "a store of records and packs: on the phone in its owner's keeping, on the server the court's",
    ),
    (".db-wal", "the same store's write-ahead log"),
    (".db-shm", "the same store's index of it"),
    (
        "-full.zip",
        "a case's full edition, for those who may read the case; the party edition is read",
    ),
    (
        "stage/passphrase",
        "the demonstration's passphrase, known to the world, as its server is handed it",
    ),
];

/// Invented, and valid by their check digits, as the imported files of the day have them.
const IDENTITY_NUMBER: &str = "440605190001010013";
const MOBILE: &str = "13800000001";
const LANDLINE: &str = "0757-00000001";

fn scanner() -> Scanner {
    Scanner::new()
        .also("passphrase", KEYS.as_bytes())
        .also("passphrase", ROOT.as_bytes())
        .also("passphrase", Passphrase::DEMO.as_bytes())
}

fn clean(what: &str, bytes: &[u8]) {
    assert_eq!(scanner().find(bytes), std::collections::BTreeSet::new(), "{what}");
}

fn run(arguments: &[&str]) -> Output {
    let output = program(arguments).env("RUST_LOG", "trace").output().unwrap();
    clean(&format!("{arguments:?} stderr"), &output.stderr);
    output
}

#[test]
fn the_demonstration_writes_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    for language in ["zh", "en"] {
        let output = run(&["--lang", language, "demo", "--exit", "--dir", folder]);
        assert!(output.status.success());
        clean("stdout of the demonstration", &output.stdout);
    }
    let (read, found) = scanner().files(dir.path(), &CONTENT);
    assert!(read >= 4, "report, log and key files at least, {read} files");
    assert_eq!(found, Vec::<String>::new());
    let log = std::fs::metadata(dir.path().join("stage/server.log")).unwrap();
    assert!(log.len() > 10_000, "the log of a day at its most talkative");
}

/// A service at its most talkative, its log in a file.
struct Service(Child);

impl Service {
    fn start(data: &str, dir: &Path) -> (Self, String) {
        let (ready, log) =
            (dir.join("ready"), std::fs::File::create(dir.join("serve.log")).unwrap());
        let child = program(&["serve", "--data", data, "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready)
            .env("RUST_LOG", "trace")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let service = Self(child);
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            if let Ok(url) = std::fs::read_to_string(&ready) {
                return (service, url.strip_prefix("http://").unwrap().to_owned());
            }
            assert!(Instant::now() < until, "the service did not become ready");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(address: &str, head: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{head}\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    // A refused body may close the connection before it is read to its end.
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn the_service_repeats_no_secret_that_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let weak = "--weak-keys-for-demonstration";
    clean("init", &run(&["init", "--data", data, "--court", COURT, weak]).stdout);
    let made =
        run(&["token", "add", "--data", data, "--role", "command", "--label", "测试"]).stdout;
    let token = String::from_utf8(made).unwrap();
    let token = token.lines().find(|line| line.starts_with("lmo.")).unwrap();
    assert_eq!(
        scanner().find(token.as_bytes()).into_iter().collect::<Vec<_>>(),
        ["operator token"]
    );
    let revoke = run(&["token", "revoke", "--data", data, "--id", token]);
    clean("a whole token given where its number belongs", &revoke.stdout);

    let (service, address) = Service::start(data, dir.path());
    let court = "%E7%B2%A40605";
    let paths = [
        "/metrics".to_owned(),
        "/healthz".to_owned(),
        format!("/v1/courts/{court}/cases"),
        format!("/v1/courts/{court}/cases/{IDENTITY_NUMBER}"),
        format!("/v1/courts/{court}/records/{MOBILE}?limit={IDENTITY_NUMBER}"),
        format!("/v1/courts/{court}/records?case={IDENTITY_NUMBER}&after={MOBILE}"),
        format!("/v1/courts/{court}/{token}/{MOBILE}"),
        format!("/v1/courts/{court}/requests?station={LANDLINE}"),
        format!("/v1/courts/{IDENTITY_NUMBER}/sync"),
    ];
    for path in paths {
        for method in ["GET", "POST"] {
            for lead in ["", "Bearer "] {
                let head = format!("{method} {path} HTTP/1.1\r\nauthorization: {lead}{token}");
                let body = format!(
                    "{{\"id_no\": \"{IDENTITY_NUMBER}\", \"phone\": \"{MOBILE}\", \"tel\": \"{LANDLINE}\"}}"
                );
                let answer = ask(&address, &head, &body);
                assert!(answer.starts_with(b"HTTP/1.1 "), "{method} {path}");
                clean(&format!("the answer to {method} {}", path.replace(token, "…")), &answer);
            }
        }
    }
    drop(service);
    let (read, found) = scanner().files(dir.path(), &CONTENT);
    assert!(read >= 6, "keys, certificates, log: {read} files");
    assert_eq!(found, Vec::<String>::new());
}

/// Other tests of this crate, as they were built beside this one.
const OTHERS: [&str; 10] = [
    "api",
    "assistance",
    "courier",
    "enrolment",
    "openapi",
    "refusals",
    "repair",
    "sync",
    "tokens",
    "verdicts",
];

/// The newest build of a test, when there is one.
fn built(name: &str) -> Option<std::path::PathBuf> {
    let own = std::env::current_exe().unwrap();
    let builds = std::fs::read_dir(own.parent().unwrap()).unwrap();
    let of_name = |path: &std::path::PathBuf| {
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        let hash = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
        hash.is_some_and(|hash| {
            hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    builds
        .map(|entry| entry.unwrap().path())
        .filter(of_name)
        .max_by_key(|path| path.metadata().and_then(|it| it.modified()).ok())
}

/// What the other tests say, at the most talkative level of the log, and what they leave behind.
#[test]
fn the_other_tests_write_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for name in OTHERS {
        let Some(test) = built(name) else { continue };
        let output = std::process::Command::new(test)
            .args(["--nocapture", "--test-threads=2"])
            .env("RUST_LOG", "trace")
            .env("TMPDIR", dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        clean(&format!("stdout of {name}"), &output.stdout);
        clean(&format!("stderr of {name}"), &output.stderr);
        ran += 1;
    }
    if ran == 0 {
        eprintln!("skipped: no other test is built beside this one");
    }
    let (_, found) = scanner().files(dir.path(), &CONTENT);
    assert_eq!(found, Vec::<String>::new(), "left in the temporary folder");
    // What tests, demonstration and measurements leave in the build folder.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    for folder in ["tmp", "demo", "bench"] {
        let folder = target.join(folder);
        if folder.is_dir() {
            let (_, found) = scanner().files(&folder, &CONTENT);
            assert_eq!(found, Vec::<String>::new(), "{}", folder.display());
        }
    }
}

#[test]
fn what_is_planted_is_found() {
    let key = pkcs8(5);
    let secret = HEXLOWER.decode(PKCS8_HEX[5].as_bytes()).unwrap();
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", BASE64.encode(&key));
    let token = format!("lmo.0123456789abcdef.{}", BASE64URL_NOPAD.encode(&[7; 32]));
    let device = BASE64URL_NOPAD
        .encode(&[&[0x82, 0x58, 0x99, 0x88, 0x6e][..], b"lastmile-token", &[1; 60]].concat());
    let planted: Vec<(&str, Vec<u8>)> = vec![
        ("private key", secret),
        ("private key", HEXLOWER.encode(&key).into_bytes()),
        ("private key", format!("x{}", HEXUPPER.encode(&key)).into_bytes()),
        ("private key", BASE64.encode(&key).into_bytes()),
        ("private key", format!("ab{}", BASE64URL_NOPAD.encode(&key)).into_bytes()),
        ("private key", pem.into_bytes()),
        ("operator token", format!("{{\"t\":\"{token}\"}}").into_bytes()),
        ("operator token", BASE64.encode(format!("Bearer {token}").as_bytes()).into_bytes()),
        ("device token", device.into_bytes()),
        ("identity number", format!("id={IDENTITY_NUMBER}.").into_bytes()),
        ("identity number", format!("7{IDENTITY_NUMBER}3").into_bytes()),
        ("mobile number", format!("\"phone\":\"{MOBILE}\"").into_bytes()),
        ("landline number", format!("\"phone\":\"{LANDLINE}\"").into_bytes()),
        ("landline number", BASE64.encode(b"tel 02012345678, or no").into_bytes()),
        ("passphrase", format!("LASTMILE_PASSPHRASE={KEYS}").into_bytes()),
        ("passphrase", HEXLOWER.encode(ROOT.as_bytes()).into_bytes()),
    ];
    for (what, bytes) in planted {
        let mut noise = b"{\"level\":\"INFO\",\"at\":\"2026-03-17T09:05:00.123456789Z\"} ".to_vec();
        assert!(scanner().find(&noise).is_empty());
        noise.extend(&bytes);
        noise.extend(b" 4b0c");
        assert!(scanner().find(&noise).contains(what), "{what} was not seen");
    }
    // In a file beside a store, whose name alone does not excuse it.
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("stage")).unwrap();
    std::fs::write(dir.path().join("stage/P1.db"), IDENTITY_NUMBER).unwrap();
    std::fs::write(dir.path().join("stage/P1.db.txt"), IDENTITY_NUMBER).unwrap();
    let (read, found) = scanner().files(dir.path(), &CONTENT);
    assert_eq!((read, found), (1, vec!["stage/P1.db.txt: identity number".to_owned()]));
}
