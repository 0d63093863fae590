//! Bundles and receipts that travel in somebody else's phone.

use data_encoding::HEXLOWER;
use lastmile_core::courier::{Bundle, Letter, PrivateKey, Receipt};
use lastmile_core::id::CertificateId;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::test_keys::COURT;
use serde_json::{Value, json};

use crate::harness::{UPDATE, bytes, path, refused, text, usual_refusals};

/// What no reader takes for a bundle, and what the court's key does not open; both are refused as a whole.
fn refusals(recorded: &Bundle) -> Value {
    let small = Bundle {
        sealed: lastmile_core::courier::seal::Sealed {
            key: recorded.sealed.key,
            text: vec![1, 2, 3],
        },
        ..recorded.clone()
    };
    let good = small.encode();
    let mut wrong = usual_refusals(&good, Bundle::TAG.len());
    let court = |court: &str| Bundle { court: court.to_owned(), ..small.clone() }.encode();
    wrong.extend([
        refused("no court", "field_out_of_bounds", court("")),
        refused("a court's code with a line break", "field_out_of_bounds", court("粤\n0605")),
    ]);
    let of = |name: &str, code: &str, body: &[u8]| json!({ "name": name, "code": code, "body": HEXLOWER.encode(body) });
    let unread: Vec<Value> =
        wrong.iter().map(|case| of(case.name, case.code, &case.body)).collect();
    let bent = |change: fn(&mut Bundle)| {
        let mut bundle = recorded.clone();
        change(&mut bundle);
        bundle.encode()
    };
    let unopened: Vec<Value> = [
        ("one bit of the letter", bent(|bundle| bundle.sealed.text[9] ^= 1)),
        ("one bit of the tag", bent(|bundle| *bundle.sealed.text.last_mut().unwrap() ^= 0x80)),
        ("cut short", bent(|bundle| bundle.sealed.text.truncate(bundle.sealed.text.len() - 1))),
        ("another court", bent(|bundle| "粤0606".clone_into(&mut bundle.court))),
        ("another certificate", bent(|bundle| bundle.certificate.0[0] ^= 1)),
        ("another number", bent(|bundle| bundle.id[15] ^= 1)),
        ("a key that is no point", bent(|bundle| bundle.sealed.key[64] ^= 1)),
    ]
    .into_iter()
    .map(|(name, body)| of(name, "courier_damaged", &body))
    .collect();
    json!({ "unread": unread, "unopened": unopened })
}

/// Sealing is randomised: what was recorded is opened, not made again.
#[test]
fn courier() {
    let file = path("courier.json");
    let court_key = PrivateKey::from_bytes(&[0x11; 32]).unwrap();
    let reply_key = PrivateKey::from_bytes(&[0x22; 32]).unwrap();
    let letter = Letter {
        token: b"a token".to_vec(),
        request: b"a request in its frame".to_vec(),
        reply: reply_key.public(),
    };
    let (certificate, id) = (CertificateId([2; 32]), [3; 16]);
    let answer = b"a response in its frame";
    let update = std::env::var_os(UPDATE).is_some();
    if update && !file.exists() {
        let bundle = Bundle::seal(COURT, certificate, &court_key.public(), id, &letter).unwrap();
        let receipt = Receipt::seal(COURT, id, &reply_key.public(), answer).unwrap();
        let all = json!({
            "about": "Courier (courier.cddl). Scalars and points in hexadecimal. The bundle opens with the court's scalar and gives the letter; the receipt with the reply scalar. `refused`: `unread` is no bundle, `unopened` is one that the court's scalar does not open.",
            "court_scalar": HEXLOWER.encode(&court_key.to_bytes()),
            "court_public": HEXLOWER.encode(&court_key.public()),
            "reply_scalar": HEXLOWER.encode(&reply_key.to_bytes()),
            "letter": HEXLOWER.encode(&letter.encode()),
            "letter_purpose": Letter::purpose(&letter.reply),
            "bundle": HEXLOWER.encode(&bundle.encode()),
            "answer": HEXLOWER.encode(answer),
            "receipt": HEXLOWER.encode(&receipt.encode()),
        });
        std::fs::write(&file, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
    let mut all: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(bytes(&all, "court_scalar"), court_key.to_bytes().to_vec());
    assert_eq!(bytes(&all, "court_public"), court_key.public());
    assert_eq!(bytes(&all, "letter"), letter.encode());
    assert_eq!(text(&all, "letter_purpose"), Letter::purpose(&letter.reply));
    let bundle = Bundle::decode(&bytes(&all, "bundle")).unwrap();
    let refused = refusals(&bundle);
    if update {
        all["refused"] = refused.clone();
        std::fs::write(&file, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
    assert_eq!(all["refused"], refused);
    for vector in all["refused"]["unread"].as_array().unwrap() {
        let error = Bundle::decode(&bytes(vector, "body")).expect_err(text(vector, "name"));
        assert_eq!(error.code(), text(vector, "code"), "{}", text(vector, "name"));
    }
    for vector in all["refused"]["unopened"].as_array().unwrap() {
        let read = Bundle::decode(&bytes(vector, "body"))
            .unwrap_or_else(|_| panic!("{}", text(vector, "name")));
        let error = read.open(&court_key).expect_err(text(vector, "name"));
        assert_eq!(error.code(), text(vector, "code"), "{}", text(vector, "name"));
    }
    assert_eq!((bundle.court.as_str(), bundle.certificate, bundle.id), (COURT, certificate, id));
    assert_eq!(bundle.open(&court_key).unwrap(), letter);
    assert!(bundle.open(&reply_key).is_err());
    let receipt = Receipt::decode(&bytes(&all, "receipt")).unwrap();
    assert_eq!(receipt.open(&reply_key).unwrap(), answer);
    let elsewhere = Bundle { court: "粤0606".to_owned(), ..bundle };
    assert!(elsewhere.open(&court_key).is_err(), "the court is bound to the letter");
}
