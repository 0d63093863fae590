//! Headers of signed packs.

use lastmile_core::id::sha256;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::pack::signed::{PackHeader, SignedPack};

use crate::harness::{Accepted, bytes, compare, refused, usual_refusals};

#[test]
fn packs() {
    let court = TestCourt::nanhai();
    let payload = br#"{"case_no":"(2026)\u7ca40605\u62671101\u53f7","version":41}"#.to_vec();
    let header = PackHeader {
        court: COURT.to_owned(),
        kind: "case".to_owned(),
        id: "(2026)粤0605执1101号".to_owned(),
        version: 41,
        made_at_ms: 1_773_700_000_000,
        payload_len: payload.len() as u64,
        payload_hash: sha256(&payload),
        certificate: court.server.id,
    };
    let beside = Some(("payload", payload));
    let accepted = [Accepted { beside, ..Accepted::new("a case pack", 2, &header) }];
    let mut wrong = usual_refusals(&header.encode(), PackHeader::TAG.len());
    let code = "field_out_of_bounds";
    wrong.extend([
        refused(
            "a kind that is no code",
            code,
            PackHeader { kind: "案件".to_owned(), ..header.clone() }.encode(),
        ),
        refused(
            "a payload of 32 MiB and one byte",
            code,
            PackHeader { payload_len: 33_554_433, ..header.clone() }.encode(),
        ),
    ]);
    let about = "Headers of signed packs (pack.cddl). `payload` travels beside the header; its content is only an example.";
    for vector in compare::<PackHeader>("pack.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let payload = bytes(&vector, "payload");
        let pack = SignedPack::from_raw_parts(&body, &signature, payload.clone()).unwrap();
        assert_eq!(pack.verify(&court.directory).unwrap().payload_bytes(), payload);
        let pack = SignedPack::from_raw_parts(&body, &signature, payload[1..].to_vec()).unwrap();
        assert_eq!(pack.verify(&court.directory).unwrap_err().code(), "pack_payload_mismatch");
    }
}
