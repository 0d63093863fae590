//! The guide to the keys is a rehearsal: its commands are run here, one after the other, as they stand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The `sh` blocks of the guide.
fn commands() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides/keys.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let mut script = String::from("set -eu\n");
    let mut inside = false;
    for line in guide.lines() {
        match (inside, line) {
            (false, "```sh") => inside = true,
            (true, "```") => inside = false,
            (true, line) => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

#[test]
fn every_command_of_the_guide_works_as_it_stands() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: the guide checks a backup with openssl, and there is none here");
        return;
    }
    let dir = TempDir::new().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_lastmile-server"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = Command::new("sh")
        .arg("-c")
        .arg(commands())
        .current_dir(dir.path())
        .env("PATH", path)
        .env("LANG", "zh_CN.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("CREDENTIALS_DIRECTORY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(complained.contains("[key_file_missing]"), "{complained}");
    assert!(said.contains("二维码") || said.contains("█"), "a QR picture: {said}");
}
