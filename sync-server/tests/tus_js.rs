//! A client that we did not write: tus-js-client, as it comes from npm, uploads, pauses, and a second process
//! resumes what it finds in the client's own storage. Needs node and npm.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::path::{Path, PathBuf};
use std::process::Command;

use lastmile_core::sync::files::upload_purpose;
use lastmile_core::sync::token::TOKEN_HEADER;
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};
use lastmile_server::store::StoreError;
use serde_json::{Value, json};
use world::tus::{Sender, hash_of, picture};
use world::{COURT, World};

/// The folder with the script, and its packages.
fn script() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/interop/tus");
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(&folder)
        .output()
        .expect("this test needs npm and node 18 or later (Debian: apt-get install npm)");
    let complained = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "npm cannot install tus-js-client: {complained}");
    folder.join("upload.mjs")
}

fn run(script: &Path, mode: &str, sender: &Sender<'_>, bytes: &[u8], dir: &Path) -> Value {
    let file = dir.join("photo.jpg");
    std::fs::write(&file, bytes).unwrap();
    let hash = hash_of(bytes);
    let headers = json!({
        TOKEN_HEADER: sender.token(upload_purpose(hash)),
        PROTOCOL_HEADER: PROTOCOL_VERSION,
    });
    let metadata = json!({"hash": hash.to_hex(), "filename": "现场照片.jpg"});
    let ran = Command::new("node")
        .arg(script)
        .arg(mode)
        .arg(format!("{}/v1/courts/{COURT}/uploads", sender.device.url))
        .arg(file)
        .arg(dir.join("urls.json"))
        .args([metadata.to_string(), headers.to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{mode}: {said}{complained}");
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[test]
fn tus_js_client_uploads_pauses_resumes_and_is_verified() {
    let script = script();
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    let (paused, whole) = (picture(1, 900_001), picture(2, 300_000));
    lu.photo(record, &paused);
    lu.photo(record, &whole);
    lu.sync();
    let sender = lu.sender();
    let stored = |bytes: &[u8]| {
        let row =
            world.server().store().read::<_, StoreError>(|reading| reading.file(hash_of(bytes)));
        row.unwrap().map(|row| row.bytes)
    };
    let dir = tempfile::TempDir::new().unwrap();
    let said = run(&script, "pause", &sender, &paused, dir.path());
    let at = said["paused"].as_u64().unwrap();
    assert!((450_000..900_001).contains(&at), "{said}");
    assert_eq!(stored(&paused), None);
    assert!(run(&script, "resume", &sender, &paused, dir.path())["done"].is_string());
    assert_eq!(stored(&paused), Some(900_001));
    assert_eq!(sender.read(hash_of(&paused)).body, paused);
    // The whole file with its creation; then once more: the court has it.
    for _ in 0..2 {
        let fresh = tempfile::TempDir::new().unwrap();
        assert!(run(&script, "whole", &sender, &whole, fresh.path())["done"].is_string());
        assert_eq!(stored(&whole), Some(300_000));
    }
}
