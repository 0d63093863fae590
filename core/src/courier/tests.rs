//! Bundles there and receipts back: what holds, what is refused, and what nobody on the way can read.

#![allow(clippy::unwrap_used)]

use super::seal::MAX_PLAIN;
use super::*;
use crate::id::CertificateId;
use crate::identity::Canonical;

const COURT: &str = "粤0605";

fn letter(bytes: usize) -> Letter {
    Letter { token: vec![1; 200], request: vec![7; bytes], reply: PrivateKey::generate().public() }
}

fn bundle(court_key: &PrivateKey, letter: &Letter) -> Bundle {
    Bundle::seal(COURT, CertificateId([2; 32]), &court_key.public(), [3; 16], letter).unwrap()
}

#[test]
fn only_the_court_reads_a_letter_and_every_change_is_noticed() {
    let (court, other) = (PrivateKey::generate(), PrivateKey::generate());
    let letter = letter(900);
    let sealed = bundle(&court, &letter);
    let bytes = sealed.encode();
    let read = Bundle::decode(&bytes).unwrap();
    assert_eq!(read.open(&court).unwrap(), letter);
    assert_eq!(read.open(&other).unwrap_err(), SealedError::Damaged);
    assert!(!bytes.windows(16).any(|window| window == &letter.request[..16]));
    for at in (0..bytes.len()).step_by(13).chain(0..160) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let opened = Bundle::decode(&damaged).ok().map(|bundle| bundle.open(&court));
        assert!(!matches!(opened, Some(Ok(_))), "byte {at}");
    }
    // A key kept as bytes is the same key.
    let again = PrivateKey::from_bytes(&court.to_bytes()).unwrap();
    assert_eq!(read.open(&again).unwrap(), letter);
    assert!(PrivateKey::from_bytes(&[0; 32]).is_err());
    assert!(PrivateKey::from_bytes(&[1; 31]).is_err());
}

#[test]
fn lengths_tell_only_a_bucket() {
    let court = PrivateKey::generate();
    let size = |bytes| bundle(&court, &letter(bytes)).encode().len();
    assert_eq!(size(0), size(3_000));
    assert_eq!(size(5_000), size(15_000));
    assert!(size(3_000) < size(5_000));
    let most = letter(MAX_PLAIN - 400);
    assert_eq!(bundle(&court, &most).open(&court).unwrap(), most);
    let more =
        Bundle::seal(COURT, CertificateId([2; 32]), &court.public(), [3; 16], &letter(MAX_PLAIN));
    assert_eq!(more.unwrap_err(), SealedError::TooLarge);
}

#[test]
fn a_receipt_is_the_senders_alone_and_belongs_to_one_bundle() {
    let (sender, other) = (PrivateKey::generate(), PrivateKey::generate());
    let receipt = Receipt::seal(COURT, [3; 16], &sender.public(), b"verdicts").unwrap();
    let read = Receipt::decode(&receipt.encode()).unwrap();
    assert_eq!(read.open(&sender).unwrap(), b"verdicts");
    assert_eq!(read.open(&other).unwrap_err(), SealedError::Damaged);
    let moved = Receipt { id: [4; 16], ..read };
    assert_eq!(moved.open(&sender).unwrap_err(), SealedError::Damaged);
    let off_the_curve = Receipt::seal(COURT, [3; 16], &[4; 65], b"verdicts");
    assert_eq!(off_the_curve.unwrap_err(), SealedError::Key);
}

#[test]
fn a_pouch_is_bounded() {
    let pouch = Pouch { bundles: vec![vec![1; 10]; 64], receipts: vec![vec![2]; 3] };
    assert_eq!(Pouch::decode(&pouch.encode()).unwrap(), pouch);
    let over = Pouch { bundles: vec![vec![1]; 65], ..pouch };
    assert!(Pouch::decode(&over.encode()).is_err());
}
