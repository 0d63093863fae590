//! What a wiped phone reports.

use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::wiped::WipeReport;
use lastmile_core::identity::{Canonical, Signed};

use crate::harness::{Accepted, bytes, compare, refused, usual_refusals};

#[test]
fn wiped_phones() {
    let court = TestCourt::nanhai();
    let clean = WipeReport {
        court: COURT.to_owned(),
        certificate: court.person("luqihang").id,
        order: [7; 32],
        at_ms: 1_773_709_200_000,
        saved: 12,
        lost: 0,
        originals: Some(0),
    };
    let lossy = WipeReport {
        certificate: court.person("wenruotang").id,
        at_ms: -1,
        saved: 0,
        lost: (1 << 63) - 1,
        originals: Some((1 << 63) - 1),
        ..clean.clone()
    };
    let first = WipeReport { lost: 3, originals: None, ..clean.clone() };
    let accepted = [
        Accepted::new("everything was handed in before", 5, &clean),
        Accepted::new("a clock before 1970, and as many lost as can be", 6, &lossy),
        Accepted::new("version 1, which did not count originals", 5, &first),
    ];
    let mut wrong = usual_refusals(&clean.encode(), WipeReport::TAG.len());
    let code = "field_out_of_bounds";
    wrong.extend([
        refused(
            "a court with a space",
            code,
            WipeReport { court: "粤 0605".to_owned(), ..clean.clone() }.encode(),
        ),
        refused(
            "no calendar shows that time",
            code,
            WipeReport { at_ms: i64::MIN, ..clean.clone() }.encode(),
        ),
        refused("2^63 lost", code, WipeReport { lost: 1 << 63, ..clean.clone() }.encode()),
        refused(
            "2^63 originals",
            code,
            WipeReport { originals: Some(1 << 63), ..clean.clone() }.encode(),
        ),
        refused("version 1 with originals", "malformed", {
            let mut bytes = clean.encode();
            bytes[WipeReport::TAG.len() + 2] = 1;
            bytes
        }),
        refused("2^63 saved", code, WipeReport { saved: 1 << 63, ..clean }.encode()),
        refused("a certificate", "wrong_tag", {
            // Small enough for the length not to be what refuses it.
            [&[0x90, 0x74], &b"lastmile-certificate"[..], &[1]].concat()
        }),
        refused("257 bytes", "too_long", vec![0x88; 257]),
    ]);
    let about = "Reports of wiped phones (wiped.cddl).";
    for vector in compare::<WipeReport>("wiped.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let report = Signed::<WipeReport>::from_parts(&body, &signature).unwrap();
        court.directory.verify(report).unwrap();
    }
}
