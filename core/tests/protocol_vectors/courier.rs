//! Bundles and receipts that travel in somebody else's phone.

use data_encoding::HEXLOWER;
use lastmile_core::courier::{Bundle, Letter, PrivateKey, Receipt};
use lastmile_core::id::CertificateId;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::test_keys::COURT;
use serde_json::{Value, json};

use crate::harness::{UPDATE, bytes, path, text};

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
    if std::env::var_os(UPDATE).is_some() && !file.exists() {
        let bundle = Bundle::seal(COURT, certificate, &court_key.public(), id, &letter).unwrap();
        let receipt = Receipt::seal(COURT, id, &reply_key.public(), answer).unwrap();
        let all = json!({
            "about": "Courier (courier.cddl). Scalars and points in hexadecimal. The bundle opens with the court's scalar and gives the letter; the receipt with the reply scalar.",
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
    let all: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(bytes(&all, "court_scalar"), court_key.to_bytes().to_vec());
    assert_eq!(bytes(&all, "court_public"), court_key.public());
    assert_eq!(bytes(&all, "letter"), letter.encode());
    assert_eq!(text(&all, "letter_purpose"), Letter::purpose(&letter.reply));
    let bundle = Bundle::decode(&bytes(&all, "bundle")).unwrap();
    assert_eq!((bundle.court.as_str(), bundle.certificate, bundle.id), (COURT, certificate, id));
    assert_eq!(bundle.open(&court_key).unwrap(), letter);
    assert!(bundle.open(&reply_key).is_err());
    let receipt = Receipt::decode(&bytes(&all, "receipt")).unwrap();
    assert_eq!(receipt.open(&reply_key).unwrap(), answer);
    let elsewhere = Bundle { court: "粤0606".to_owned(), ..bundle };
    assert!(elsewhere.open(&court_key).is_err(), "the court is bound to the letter");
}
