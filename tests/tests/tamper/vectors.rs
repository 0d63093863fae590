//! Some of the manipulations as test vectors for verifiers in other languages:
//! `docs/protocol/vectors/export.json`, checked by `core/tests/protocol_vectors/export.rs`. Signatures are
//! randomised, so that what was recorded stays; only what is missing is added, and only when asked to with
//! `LASTMILE_UPDATE_VECTORS=1 cargo test -p lastmile-tests --test tamper vectors`.

use std::collections::HashMap;
use std::path::PathBuf;

use data_encoding::BASE64;
use lastmile_core::export::Edition;
use lastmile_tests::exported::CourtLog;
use serde_json::{Value, json};

use super::{all, found};

const ABOUT: &str = "Exported cases (export.cddl), files in base64. A refused file is made of pieces: `[offset, length]` of the accepted file `of`, or bytes in base64. `root` is the hash of the court's root certificate, to be pinned. In the accepted ones everything is proven. Of a refused one `code` is what is wrong with it, `codes` everything that lastmile-verify says; another verifier may find fewer consequences, never none. A file under `older` is of a version that is no longer read. The page is that of one version of lastmile-verify: another may say summary_not_compared.";

/// The names of the manipulations that are vectors.
const CHOSEN: &[&str] = &[
    "the end cut off",
    "one bit flipped without mending the container",
    "compressed, as another tool would pack it",
    "an unlisted part",
    "the page taken out",
    "one bit of the history flipped",
    "one bit of the manifest flipped",
    "a photo taken out",
    "a photo replaced under its name",
    "a change removed",
    "the last change left without proof",
    "changes reordered with their places",
    "the content of a change replaced",
    "a signature with the high s",
    "a device time changed by its author later",
    "a revocation withheld",
    "the directory left out",
    "the author's certificate left out",
    "a withheld change swapped for another",
    "a pack's content replaced",
    "the proof shortened",
    "the manifest names another checkpoint",
    "the manifest signed by the checkpoint key",
    "the manifest signed by a revoked person",
    "another court's root",
    "a certificate signed by a person",
    "two histories under two checkpoints",
    "the log truncated",
    "a checkpoint signed by the server's key",
    "checkpoints with falling times",
    "a checkpoint key used after its revocation",
    "back-dated work with a stolen key",
    "a decision signed by an officer",
    "a forged approval",
    "an expired certificate",
    "a certificate that was never published",
    "a finalised record changed",
    "one number used twice",
    "a record hidden in a full edition",
    "the log forked and the checkpoints between left out",
    "a checkpoint dated before the revocation of its key",
    "an administrator made by two whom nobody knows",
    "an administrator made by two without roles",
    "an approval under a withdrawn issuing key",
    "a restore approved by the root alone",
    "an approval used twice",
    "a role that nobody gave",
    "a record by somebody outside the case",
    "another record's envelope named as the one before",
    "a change of a shown record withheld",
    "a withheld change without its envelope",
    "a proof that a change had waited, of another",
];

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors/export.json")
}

/// `file` as pieces of `base` and what is new, so that a vector shows what was done to it.
fn pieces(base: &[u8], file: &[u8]) -> Vec<Value> {
    const LEAST: usize = 24;
    let windows = base.windows(LEAST).enumerate();
    let places: HashMap<&[u8], usize> = windows.map(|(at, window)| (window, at)).collect();
    let (mut out, mut new, mut at) = (Vec::new(), Vec::new(), 0);
    let flush = |out: &mut Vec<Value>, new: &mut Vec<u8>| {
        if !new.is_empty() {
            out.push(BASE64.encode(&std::mem::take(new)).into());
        }
    };
    while at < file.len() {
        let found = file.get(at..at + LEAST).and_then(|window| places.get(window));
        if let Some(from) = found {
            let same = base[*from..].iter().zip(&file[at..]).take_while(|(one, two)| one == two);
            let length = same.count();
            flush(&mut out, &mut new);
            out.push(json!([from, length]));
            at += length;
        } else {
            new.push(file[at]);
            at += 1;
        }
    }
    flush(&mut out, &mut new);
    out
}

/// The recorded vector of this name, or a new one.
fn kept(old: &Value, name: &str, new: impl FnOnce() -> Value) -> Value {
    let recorded = old.as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
    recorded.cloned().unwrap_or_else(new)
}

fn update() {
    let old: Value = std::fs::read(path())
        .map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).expect("vectors are JSON"));
    let mut log = CourtLog::case();
    log.program = Some("lastmile vectors".to_owned());
    let accepted = [(Edition::Full, "full"), (Edition::Party, "party")].map(|(edition, code)| {
        kept(&old["accepted"], code, || {
            json!({ "name": code, "edition": code, "file": BASE64.encode(&log.export(edition)) })
        })
    });
    let bases = accepted.clone().map(|one| {
        let file = one["file"].as_str().expect("a file");
        (one["name"].clone(), BASE64.decode(file.as_bytes()).expect("base64"))
    });
    let refused: Vec<Value> = CHOSEN
        .iter()
        .map(|name| {
            let trick = all().find(|trick| trick.name == *name).expect("a manipulation");
            kept(&old["refused"], name, || {
                let file = (trick.make)(&log);
                let codes = found(&log, &file);
                let made = bases.iter().map(|(of, base)| (of, pieces(base, &file)));
                let size = |pieces: &Vec<Value>| {
                    pieces.iter().map(|piece| piece.to_string().len()).sum::<usize>()
                };
                let (of, pieces) = made.min_by_key(|(_, pieces)| size(pieces)).expect("bases");
                json!({ "name": name, "code": trick.expected, "codes": codes, "of": of, "pieces": pieces })
            })
        })
        .collect();
    let root = log.court.root.id.to_hex();
    let older = &old["older"];
    let all = json!({ "about": ABOUT, "root": root, "older": older, "accepted": accepted, "refused": refused });
    let text = lines(&all);
    std::fs::write(path(), text).expect("the vectors can be written");
}

/// One vector a line: pretty printing would give each number of each piece its own.
fn lines(all: &Value) -> String {
    let list = |name: &str| {
        let all = all[name].as_array().expect("a list");
        all.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n    ")
    };
    format!(
        "{{\n  \"about\": {},\n  \"root\": {},\n  \"older\": [\n    {}\n  ],\n  \"accepted\": [\n    {}\n  ],\n  \"refused\": [\n    {}\n  ]\n}}\n",
        all["about"],
        all["root"],
        list("older"),
        list("accepted"),
        list("refused")
    )
}

#[test]
fn the_vectors_are_manipulations_of_this_list() {
    if std::env::var_os("LASTMILE_UPDATE_VECTORS").is_some() {
        update();
    }
    let all = std::fs::read(path()).expect("there are vectors");
    let all: Value = serde_json::from_slice(&all).expect("vectors are JSON");
    let names: Vec<&str> = all["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, CHOSEN);
}
