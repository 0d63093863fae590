//! The test vectors of enrolment, `docs/protocol/vectors/enrolment.json`: what is deterministic is made
//! again and compared; recorded signatures are verified; what must be refused is refused under its
//! code. After a deliberate addition: `LASTMILE_UPDATE_VECTORS=1 cargo test -p lastmile-core --test
//! enrolment_vectors`; it keeps a recorded request whose possession did not change.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::identity::enrolment::{
    EnrolmentAnswer, EnrolmentCode, EnrolmentRequest, NewKey, Possession,
};
use lastmile_core::identity::test_keys::{COURT, TestCourt, signer};
use lastmile_core::identity::{Canonical, Signer};
use serde_json::{Value, json};

fn code(court: &TestCourt) -> EnrolmentCode {
    EnrolmentCode {
        url: "https://sync.nanhai.example:8460".to_owned(),
        court: COURT.to_owned(),
        root: court.root.id,
        id: [0x11, 0x22, 0x33, 0x44, 0x55],
        secret: [0xa5; 16],
    }
}

fn possession(code: &EnrolmentCode) -> Possession {
    let key = |purpose: &str, index| NewKey {
        purpose: purpose.to_owned(),
        key: signer(index).public_key(),
    };
    Possession {
        court: code.court.clone(),
        root: code.root,
        id: code.id,
        code_hash: code.hash(),
        protection: protection::TEE.to_owned(),
        keys: vec![key(purpose::FINALISE, 6), key(purpose::RECORD, 5)],
        nonce: [0x5a; 16],
        at_ms: 1_773_701_400_000,
    }
}

/// Texts that are no codes, and requests that prove nothing, each with the code it is refused under.
fn refused(code: &EnrolmentCode, request: &EnrolmentRequest) -> (Value, Value) {
    let text = code.text();
    let mut other = code.clone();
    "ftp://sync.nanhai.example".clone_into(&mut other.url);
    let texts = [
        ("a letter is missing", text[..text.len() - 1].to_owned()),
        ("a letter is another", format!("{}Z{}", &text[..9], &text[10..])),
        ("an address that is none", other.text()),
    ]
    .map(|(name, text)| {
        let error = EnrolmentCode::parse(&text).expect_err(name);
        json!({ "name": name, "text": text, "code": error.code() })
    });
    let mut wrong_secret = request.clone();
    wrong_secret.secret[0] ^= 1;
    let mut crossed = request.clone();
    crossed.signatures.reverse();
    let mut silent = request.clone();
    silent.signatures.pop();
    let requests = [
        ("a secret the keys did not sign for", wrong_secret),
        ("each key's signature under the other", crossed),
        ("a key that did not sign", silent),
    ]
    .map(|(name, request)| {
        let error = request.prove().expect_err(name);
        json!({ "name": name, "bytes": HEXLOWER.encode(&request.encode()), "code": error.code() })
    });
    (json!(texts), json!(requests))
}

#[test]
fn the_vectors_are_what_this_program_makes() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors/enrolment.json");
    let kept: Value = std::fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let court = TestCourt::nanhai();
    let code = code(&court);
    let possession = possession(&code);
    let recorded = kept["request"]
        .as_str()
        .and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok())
        .and_then(|bytes| EnrolmentRequest::decode(&bytes).ok())
        .filter(|request| request.possession == possession);
    let request = recorded.unwrap_or_else(|| {
        EnrolmentRequest::seal(possession.clone(), &code, &[&signer(6), &signer(5)]).unwrap()
    });
    request.prove().unwrap();
    let answer = kept["answer"]
        .as_str()
        .and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok())
        .and_then(|bytes| EnrolmentAnswer::decode(&bytes).ok())
        .unwrap_or_else(|| EnrolmentAnswer {
            root: court.root.certificate.to_bytes(),
            chain: vec![court.issuing.certificate.to_bytes()],
            own: vec![court.people[0].certificate.to_bytes()],
        });
    let (texts, requests) = refused(&code, &request);
    let vectors = json!({
        "code": {
            "url": code.url,
            "court": code.court,
            "root": code.root.to_hex(),
            "id": code.shown_id(),
            "secret": HEXLOWER.encode(&code.secret),
            "text": code.text(),
            "typed": code.typed(),
            "code_hash": HEXLOWER.encode(&code.hash()),
        },
        "possession": HEXLOWER.encode(&possession.encode()),
        "request": HEXLOWER.encode(&request.encode()),
        "answer": HEXLOWER.encode(&answer.encode()),
        "refused_codes": texts,
        "refused_requests": requests,
    });
    if std::env::var_os("LASTMILE_UPDATE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&vectors).unwrap();
        std::fs::write(&path, format!("{text}\n")).unwrap();
        return;
    }
    assert_eq!(kept, vectors);
    for form in ["text", "typed"] {
        let form = vectors["code"][form].as_str().unwrap();
        assert_eq!(EnrolmentCode::parse(form), Ok(code.clone()));
    }
}
