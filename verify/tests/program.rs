//! The program itself: its exit codes, both languages, JSON.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use lastmile_core::export::Edition;
use lastmile_tests::exported::CourtLog;

fn run(file: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lastmile-verify")).arg(file).args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn proven_is_zero_findings_are_one_and_nothing_usable_is_two() {
    let dir = tempfile::tempdir().unwrap();
    let log = CourtLog::case();
    let root = log.court.root.id.to_hex();
    for edition in [Edition::Full, Edition::Party] {
        let path = dir.path().join(format!("{}.zip", edition.code()));
        std::fs::write(&path, log.export(edition)).unwrap();
        let output = run(&path, &["--root", &root]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).starts_with("核验通过") && said(&output).contains("陆启航"));
        assert!(said(&run(&path, &["--lang", "en"])).starts_with("Proven"));
        // Without a pin it says where the root is from.
        assert!(said(&run(&path, &[])).contains("root_from_file"));
    }
    let mut bent = log.export(Edition::Full);
    bent[200] ^= 1;
    let path = dir.path().join("bent.zip");
    std::fs::write(&path, bent).unwrap();
    let output = run(&path, &["--root", &root, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&said(&output)).unwrap();
    let codes: Vec<_> = report["findings"].as_array().unwrap().iter().map(|f| &f["code"]).collect();
    assert!(codes.iter().any(|code| *code == "container_checksum"), "{codes:?}");

    let path = dir.path().join("other.txt");
    std::fs::write(&path, "not an export at all, but long enough").unwrap();
    assert_eq!(run(&path, &[]).status.code(), Some(2));
    assert_eq!(run(&dir.path().join("nothing"), &[]).status.code(), Some(2));
    let output = run(&path, &["--json"]);
    assert!(said(&output).contains("file_not_an_export"));
}
