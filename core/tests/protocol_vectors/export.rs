//! Exported cases: whole files, sound and damaged, and what the verifier says of each. They are made by
//! the tamper tests (`tests/tests/tamper`), which have a court to damage; here they are only read.

use std::collections::BTreeSet;
use std::io::Cursor;

use data_encoding::BASE64;
use lastmile_core::export::verify;
use lastmile_core::id::CertificateId;
use lastmile_core::records::builtin;
use serde_json::Value;

use crate::harness::{path, text};

fn file_of(sound: &Value) -> Vec<u8> {
    BASE64.decode(text(sound, "file").as_bytes()).unwrap()
}

/// A damaged file, put together from pieces of a sound one and what is new.
fn put_together(sound: &[Value], vector: &Value) -> Vec<u8> {
    let of = sound.iter().find(|one| one["name"] == vector["of"]).unwrap();
    let of = file_of(of);
    let pieces = vector["pieces"].as_array().unwrap().iter();
    let pieces = pieces.map(|piece| {
        if let Some(new) = piece.as_str() {
            return BASE64.decode(new.as_bytes()).unwrap();
        }
        let number = |at: usize| usize::try_from(piece[at].as_u64().unwrap()).unwrap();
        of[number(0)..][..number(1)].to_vec()
    });
    pieces.flatten().collect()
}

/// What the verifier finds in a file: codes, and nothing when everything is proven.
fn found(root: CertificateId, file: Vec<u8>) -> BTreeSet<String> {
    match verify(&builtin(), Cursor::new(file), Some(root), &mut |_| {}) {
        // The page is worded by one version of the program: later words are no damage.
        Ok(report) => {
            let codes = report.codes().into_iter().filter(|code| *code != "summary_not_compared");
            codes.map(str::to_owned).collect()
        }
        Err(error) => BTreeSet::from([error.code().to_owned()]),
    }
}

#[test]
fn exports() {
    let all: Value = serde_json::from_slice(&std::fs::read(path("export.json")).unwrap()).unwrap();
    let root = CertificateId::from_hex(text(&all, "root")).unwrap();
    let sound = all["accepted"].as_array().unwrap();
    let editions: Vec<&str> = sound.iter().map(|vector| text(vector, "edition")).collect();
    assert_eq!(editions, ["full", "party"]);
    for vector in sound {
        assert_eq!(found(root, file_of(vector)), BTreeSet::new(), "{}", vector["name"]);
    }
    let damaged = all["refused"].as_array().unwrap();
    assert!(damaged.len() >= 12);
    for vector in damaged {
        let codes = vector["codes"].as_array().unwrap().iter();
        let codes: BTreeSet<String> = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
        assert!(codes.contains(text(vector, "code")), "{}", vector["name"]);
        let of_page = |code: &String| code == "summary_not_compared";
        let codes = codes.into_iter().filter(|code| !of_page(code)).collect();
        assert_eq!(found(root, put_together(sound, vector)), codes, "{}", vector["name"]);
    }
    for vector in all["older"].as_array().unwrap() {
        let code = BTreeSet::from([text(vector, "code").to_owned()]);
        assert_eq!(found(root, file_of(vector)), code, "{}", vector["name"]);
    }
}

#[test]
fn the_pinned_root_is_what_makes_them_true() {
    let all: Value = serde_json::from_slice(&std::fs::read(path("export.json")).unwrap()).unwrap();
    let codes = found(CertificateId([0; 32]), file_of(&all["accepted"][0]));
    assert!(codes.contains("root_not_pinned"), "{codes:?}");
}
