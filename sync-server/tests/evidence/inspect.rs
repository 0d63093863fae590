//! `inspect` as support staff runs it: the finished program on photos, on files that are none, and on files
//! made to break readers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::world::command::program;
use serde_json::Value;

fn data(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(below)
}

fn files(below: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data(below)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "{below}");
    files
}

/// The program's exit code, its lines, and what it complained of.
fn inspect(files: &[PathBuf], more: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let output = program(&["inspect"]).args(more).args(files).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), lines, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_file_gets_one_line_in_its_order_whatever_is_in_it() {
    let all = [files("photos"), files("hostile/images"), files("hostile/generated")].concat();
    let (code, lines, complained) = inspect(&all, &[]);
    assert_eq!((code, complained.as_str()), (Some(0), ""));
    assert_eq!(lines.len(), all.len());
    let mut reasons = BTreeSet::new();
    for (path, line) in all.iter().zip(&lines) {
        assert_eq!(line["file"].as_str().unwrap(), path.to_str().unwrap());
        assert_eq!(line["bytes"].as_u64().unwrap(), std::fs::metadata(path).unwrap().len());
        assert_eq!(line["sha256"].as_str().unwrap().len(), 64, "{line}");
        let shown = line["thumbnail_bytes"].as_u64();
        // Either there is something to see, or a reason that a person can read.
        assert_eq!(shown.is_some(), line["reason"].is_null(), "{line}");
        assert!(shown.is_none_or(|bytes| bytes <= 12_000), "{line}");
        let words = line["words"].as_str().unwrap();
        let sentences: Vec<&str> = words.split_inclusive('。').collect();
        let distinct: BTreeSet<&str> = sentences.iter().copied().collect();
        assert_eq!(sentences.len(), distinct.len(), "nothing is said twice: {words}");
        let told = !line["reason"].is_null() || !line["findings"].as_array().unwrap().is_empty();
        assert_eq!(told, !words.is_empty(), "{line}");
        reasons.extend(line["reason"].as_str().map(str::to_owned));
    }
    for expected in ["not_a_picture", "picture_damaged", "picture_format_not_read"] {
        assert!(reasons.contains(expected), "{reasons:?}");
    }
}

#[test]
fn a_line_begins_with_the_file_and_ends_with_the_sentence() {
    let output = program(&["inspect"]).arg(data("photos/exif.avif")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("{\"file\":"), "{said}");
    let names = ["format", "width", "height", "orientation", "gps", "taken_at", "make", "model"];
    let more = ["sha256", "thumbnail_bytes", "findings", "reason", "words"];
    let places: Vec<usize> = names
        .into_iter()
        .chain(more)
        .map(|name| said.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name}: {said}")))
        .collect();
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn sentences_are_in_the_language_asked_for() {
    let files = [data("hostile/generated/html_named.jpg")];
    let (_, lines, _) = inspect(&files, &[]);
    assert_eq!(lines[0]["words"], "不是照片或图片,按文件保存。文件扩展名与实际格式不符。");
    let (_, lines, _) = inspect(&files, &["--lang", "en"]);
    let words = lines[0]["words"].as_str().unwrap();
    assert!(words.is_ascii() && words.contains(". "), "{words}");
}

#[test]
fn a_file_that_cannot_be_opened_ends_with_code_three_and_stops_no_other() {
    let photo = data("photos/apple_iphone4_gps_italy.jpg");
    let files = [data("no/such/file.jpg"), data("photos"), photo];
    let (code, lines, _) = inspect(&files, &[]);
    assert_eq!(code, Some(3));
    let reasons: Vec<&Value> = lines.iter().map(|line| &line["reason"]).collect();
    assert_eq!(
        reasons,
        ["file_unreadable".into(), "file_unreadable".into(), Value::Null].each_ref()
    );
    let (code, lines, complained) = inspect(&[], &[]);
    assert_eq!((code, lines.len()), (Some(2), 0), "{complained}");
}
