//! Certificates of one court.

use lastmile_core::id::CertificateId;
use lastmile_core::identity::test_keys::TestCourt;
use lastmile_core::identity::{Canonical, Certificate, CertificateKind, Signed, SubjectKey};
use serde_json::Value;

use crate::harness::{Accepted, bytes, compare, refused, text, usual_refusals};

#[test]
fn certificates() {
    let court = TestCourt::nanhai();
    let person = &court.person("luqihang").body;
    let encryption = Certificate {
        kind: CertificateKind::Encryption,
        name: "信使封装密钥".to_owned(),
        key: SubjectKey::Other { algorithm: "hpke_x25519".to_owned(), bytes: vec![9; 32] },
        ..court.checkpoint.body.clone()
    };
    let later = Certificate {
        kind: CertificateKind::Other("archive".to_owned()),
        roles: vec!["bailiff".to_owned(), "officer".to_owned()],
        ..court.server.body.clone()
    };
    let accepted = [
        Accepted::new("root, signed by itself", 0, &court.root.body),
        Accepted::new("issuing", 0, &court.issuing.body),
        Accepted::new("checkpoint", 0, &court.checkpoint.body),
        Accepted::new("encryption, with a key of another algorithm", 0, &encryption),
        Accepted::new("server", 1, &court.server.body),
        Accepted::new("person", 1, person),
        Accepted::new("kind and role of a later version, kept without rights", 1, &later),
    ];
    let mut wrong = usual_refusals(&person.encode(), Certificate::TAG.len());
    let bad = |body: Certificate| body.encode();
    let roles = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>();
    let code = "field_out_of_bounds";
    wrong.extend([
        refused(
            "a person without a person",
            code,
            bad(Certificate { person: None, ..person.clone() }),
        ),
        refused(
            "roles not ascending",
            code,
            bad(Certificate { roles: roles(&["officer", "clerk"]), ..person.clone() }),
        ),
        refused(
            "a role twice",
            code,
            bad(Certificate { roles: roles(&["clerk", "clerk"]), ..person.clone() }),
        ),
        refused(
            "a server with a role",
            code,
            bad(Certificate { roles: roles(&["admin"]), ..court.server.body.clone() }),
        ),
        refused(
            "a name that turns the line",
            code,
            bad(Certificate { name: "启\u{202e}航".to_owned(), ..person.clone() }),
        ),
        refused(
            "an end before the beginning",
            code,
            bad(Certificate { not_after_ms: 0, ..person.clone() }),
        ),
        refused(
            "issuing without an issuer",
            code,
            bad(Certificate { issuer: None, ..court.issuing.body.clone() }),
        ),
    ]);
    let about = "Certificates of one court (certificate.cddl); the first is the pinned root.";
    let vectors = compare::<Certificate>("certificate.json", about, &accepted, &wrong);
    let signed = |vector: &Value| {
        Signed::<Certificate>::from_parts(&bytes(vector, "body"), &bytes(vector, "signature"))
            .unwrap()
    };
    let pin = CertificateId::from_hex(text(&vectors[0], "id")).unwrap();
    let mut directory = lastmile_core::identity::Directory::open(signed(&vectors[0]), pin).unwrap();
    // Backwards, so that everything waits for its issuer.
    for vector in vectors[1..].iter().rev() {
        directory.add(signed(vector)).unwrap();
    }
    assert_eq!((directory.len(), directory.waiting()), (vectors.len(), 0));
}
