//! Tokens of requests.

use lastmile_core::id::sha256;
use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::{Canonical, Signed};
use lastmile_core::sync::token::{RequestToken, from_header, to_header};

use crate::harness::{Accepted, bytes, compare, refused, usual_refusals};

#[test]
fn request_tokens() {
    let court = TestCourt::nanhai();
    let least = RequestToken {
        court: COURT.to_owned(),
        certificate: court.person("luqihang").id,
        purpose: "sync".to_owned(),
        at_ms: 1_773_709_200_000,
        nonce: [9; 16],
        body: sha256(b"the request's body"),
    };
    let photo = RequestToken {
        certificate: court.person("wenruotang").id,
        purpose: format!("photo:{}", "0f".repeat(32)),
        at_ms: -1,
        body: sha256(b""),
        ..least.clone()
    };
    let accepted = [
        Accepted::new("a sync", 5, &least),
        Accepted::new("a request without a body, before 1970", 6, &photo),
    ];
    let mut wrong = usual_refusals(&least.encode(), RequestToken::TAG.len());
    let bad = |token: RequestToken| token.encode();
    wrong.extend([
        refused(
            "no purpose",
            "field_out_of_bounds",
            bad(RequestToken { purpose: String::new(), ..least.clone() }),
        ),
        refused(
            "purpose with a space",
            "field_out_of_bounds",
            bad(RequestToken { purpose: "sync now".to_owned(), ..least.clone() }),
        ),
        refused(
            "no calendar shows that time",
            "field_out_of_bounds",
            bad(RequestToken { at_ms: i64::MIN, ..least.clone() }),
        ),
        refused("a certificate", "wrong_tag", court.root.body.encode()),
        refused("361 bytes", "too_long", vec![0x88; 361]),
    ]);
    let about = "Request tokens (token.cddl).";
    for vector in compare::<RequestToken>("token.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let token = Signed::<RequestToken>::from_parts(&body, &signature).unwrap();
        let token = from_header(&to_header(&token)).unwrap();
        court.directory.verify(token).unwrap();
    }
}
