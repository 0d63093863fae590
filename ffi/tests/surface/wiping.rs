//! The court orders a lost phone's copy destroyed.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::{Certificate, Signed};
use lastmile_core::phone::DeviceFile;
use lastmile_ffi::LastmileError;
use lastmile_server::withdraw::{self, Order};

use crate::court::Court;
use crate::officer::{CASE, seizure, wait};

#[test]
fn a_lost_phone_hands_in_what_it_has_and_then_keeps_nothing() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    lu.create_record(seizure()).unwrap();
    let file: DeviceFile = serde_json::from_str(&court.device_file).unwrap();
    let bytes = data_encoding::HEXLOWER.decode(file.certificate.as_bytes()).unwrap();
    let certificate = Signed::<Certificate>::from_bytes(&bytes).unwrap().body_hash();
    let order = Order {
        certificate: CertificateId(certificate),
        reason: "lost".to_owned(),
        on_behalf_of: "tanliheng".to_owned(),
    };
    let server = court.running().server();
    withdraw::revoke(server, &order).unwrap();
    withdraw::wipe(server, &order).unwrap();

    assert!(!lu.wiped().unwrap());
    let report = wait(lu.clone().sync(0)).unwrap();
    assert!(report.wiped && report.accepted + report.waiting == 1, "{report:?}");
    assert!(lu.wiped().unwrap());
    assert_eq!(lu.signed_in(), None);
    let error = lu.records(CASE.to_owned(), None, 10).unwrap_err();
    assert!(matches!(error, LastmileError::SignedOut { .. }), "{error:?}");
}
