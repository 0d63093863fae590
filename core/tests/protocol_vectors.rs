//! The test vectors under `docs/protocol/vectors/` against this implementation. Everything that is
//! deterministic is made again and compared byte for byte; recorded signatures are verified; what
//! must be refused is refused under the recorded code.
//!
//! After a deliberate addition: `LASTMILE_UPDATE_VECTORS=1 cargo test -p lastmile-core --test
//! protocol_vectors`. It keeps the recorded signature of every body that did not change, so a
//! vector that someone else already relies on stays as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;

use automerge::{ActorId, AutoCommit, ROOT, transaction::CommitOptions, transaction::Transactable};
use data_encoding::HEXLOWER;
use lastmile_core::courier::{Bundle, Letter, PrivateKey, Receipt};
use lastmile_core::envelope::{
    Body, CheckpointRef, Envelope, EnvelopeError, RawChange, UnverifiedChange, change_hash,
};
use lastmile_core::id::{BootId, CertificateId, DocumentId, EnvelopeId, Epoch, sha256};
use lastmile_core::identity::test_keys::{COURT, TestCourt, pkcs8, signer};
use lastmile_core::identity::{
    Canonical, Certificate, CertificateKind, PublicKey, Signature, Signed, SignedBody, Signer,
    SubjectKey, Transition, TransitionKind, TrustError,
};
use lastmile_core::pack::signed::{PackHeader, SignedPack};
use lastmile_core::sync::token::{RequestToken, from_header, to_header};
use serde_json::{Value, json};

const UPDATE: &str = "LASTMILE_UPDATE_VECTORS";

/// A body that must be made, signed with test key `key`.
struct Accepted {
    name: &'static str,
    body: Vec<u8>,
    key: usize,
    /// The change or the payload that travels beside the body.
    beside: Option<(&'static str, Vec<u8>)>,
}

impl Accepted {
    fn new<T: Canonical>(name: &'static str, key: usize, body: &T) -> Self {
        Self { name, body: body.encode(), key, beside: None }
    }
}

/// A body that must be refused under `code`, whatever its signature.
struct Refused {
    name: &'static str,
    body: Vec<u8>,
    code: &'static str,
}

fn refused(name: &'static str, code: &'static str, body: Vec<u8>) -> Refused {
    Refused { name, body, code }
}

/// Damage that every format must refuse. `good` opens with an array head of one byte, a tag of
/// `tag_len` bytes with a head of one byte, and the version.
fn usual_refusals(good: &[u8], tag_len: usize) -> Vec<Refused> {
    let version_at = 2 + tag_len;
    let changed = |index: usize, byte: u8| {
        let mut out = good.to_vec();
        out[index] = byte;
        out
    };
    let mut indefinite = changed(0, 0x9f);
    indefinite.push(0xff);
    let wide_version = [&good[..version_at], &[0x18, 0x01], &good[version_at + 1..]].concat();
    vec![
        refused("nothing", "malformed", Vec::new()),
        refused("cut short by one byte", "malformed", good[..good.len() - 1].to_vec()),
        refused("one byte more", "trailing_bytes", [good, &[0]].concat()),
        refused(
            "array head in two bytes",
            "not_canonical",
            [&[0x98, good[0] & 0x1f], &good[1..]].concat(),
        ),
        refused("array of indefinite length", "malformed", indefinite),
        refused("version in two bytes", "not_canonical", wide_version),
        refused("version 2", "unsupported_version", changed(version_at, 2)),
        refused("version 0", "unsupported_version", changed(version_at, 0)),
        refused("tag of something else", "wrong_tag", changed(version_at - 1, b'_')),
        refused("one element fewer announced", "malformed", changed(0, good[0] - 1)),
    ]
}

/// Diagnostic notation (RFC 8949, section 8) of trusted, definite CBOR.
fn diagnostic(input: &mut minicbor::Decoder<'_>) -> String {
    use minicbor::data::Type;
    match input.datatype().unwrap() {
        Type::Array => {
            let length = input.array().unwrap().unwrap();
            let items: Vec<_> = (0..length).map(|_| diagnostic(input)).collect();
            format!("[{}]", items.join(", "))
        }
        Type::String => serde_json::to_string(input.str().unwrap()).unwrap(),
        Type::Bytes => format!("h'{}'", HEXLOWER.encode(input.bytes().unwrap())),
        Type::Bool => input.bool().unwrap().to_string(),
        Type::Null => {
            input.null().unwrap();
            "null".to_owned()
        }
        _ => input.int().unwrap().to_string(),
    }
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors").join(file)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("vector has no `{key}`"))
}

fn bytes(value: &Value, key: &str) -> Vec<u8> {
    HEXLOWER.decode(text(value, key).as_bytes()).unwrap()
}

/// What of a vector follows from the body alone.
fn deterministic(case: &Accepted) -> Value {
    let mut out = json!({
        "name": case.name,
        "diagnostic": diagnostic(&mut minicbor::Decoder::new(&case.body)),
        "body": HEXLOWER.encode(&case.body),
        "id": HEXLOWER.encode(&sha256(&case.body)),
        "private_key_pkcs8": HEXLOWER.encode(&pkcs8(case.key)),
        "public_key": HEXLOWER.encode(signer(case.key).public_key().as_bytes()),
    });
    if let Some((name, beside)) = &case.beside {
        out[*name] = HEXLOWER.encode(beside).into();
    }
    out
}

/// `(r, n - s)`: valid ECDSA, and refused.
fn high_s(signature: &[u8]) -> Vec<u8> {
    let order = HEXLOWER
        .decode(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        .unwrap();
    let mut out = signature.to_vec();
    let mut borrow = 0;
    for index in (0..32).rev() {
        let digit = i32::from(order[index]) - i32::from(signature[32 + index]) - borrow;
        borrow = i32::from(digit < 0);
        out[32 + index] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    out
}

fn update(file: &str, about: &str, accepted: &[Accepted], refused: &[Refused]) {
    let old: Value = std::fs::read(path(file))
        .map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
    let recorded = |body: &str| {
        let old = old["accepted"].as_array()?.iter().find(|vector| vector["body"] == body)?;
        Some(old["signature"].clone())
    };
    let accepted: Vec<_> = accepted
        .iter()
        .map(|case| {
            let mut vector = deterministic(case);
            let fresh = || HEXLOWER.encode(signer(case.key).sign(&case.body).unwrap().as_bytes());
            let signature = recorded(text(&vector, "body")).unwrap_or_else(|| fresh().into());
            let high = high_s(&HEXLOWER.decode(signature.as_str().unwrap().as_bytes()).unwrap());
            vector["signature"] = signature;
            vector["high_s_signature_to_refuse"] = HEXLOWER.encode(&high).into();
            vector
        })
        .collect();
    let refused: Vec<_> = refused
        .iter()
        .map(|case| json!({ "name": case.name, "code": case.code, "body": HEXLOWER.encode(&case.body) }))
        .collect();
    let all = json!({ "about": about, "accepted": accepted, "refused": refused });
    std::fs::write(path(file), serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
}

/// Compares a file with what this implementation makes, and gives its accepted vectors.
fn compare<T: SignedBody + PartialEq + std::fmt::Debug>(
    file: &str,
    about: &str,
    accepted: &[Accepted],
    refused: &[Refused],
) -> Vec<Value> {
    if std::env::var_os(UPDATE).is_some() {
        update(file, about, accepted, refused);
    }
    let all: Value = serde_json::from_slice(&std::fs::read(path(file)).unwrap()).unwrap();
    let vectors = all["accepted"].as_array().unwrap();
    assert_eq!(vectors.len(), accepted.len(), "{file}");
    for (vector, case) in vectors.iter().zip(accepted) {
        for (key, value) in deterministic(case).as_object().unwrap() {
            assert_eq!(&vector[key], value, "{file}, {}, {key}", case.name);
        }
        let key = PublicKey::from_bytes(&bytes(vector, "public_key")).unwrap();
        let body = bytes(vector, "body");
        let open = |signature: &str| {
            let signed = Signed::<T>::from_parts(&body, &bytes(vector, signature))?;
            let transfer = signed.to_bytes();
            assert_eq!(Signed::<T>::from_bytes(&transfer).unwrap(), signed);
            signed.verify_with_key(&key)
        };
        let payload = open("signature").expect("the recorded signature verifies").into_parts().0;
        assert_eq!(payload.encode(), body, "{file}, {}", case.name);
        let error = open("high_s_signature_to_refuse").unwrap_err();
        assert_eq!(error.code(), "signature_high_s", "{file}, {}", case.name);
        let normalised = Signature::from_bytes(&bytes(vector, "high_s_signature_to_refuse"));
        assert_eq!(normalised.unwrap().into_low_s().as_bytes()[..], bytes(vector, "signature"));
    }
    let vectors_to_refuse = all["refused"].as_array().unwrap();
    assert_eq!(vectors_to_refuse.len(), refused.len(), "{file}");
    for (vector, case) in vectors_to_refuse.iter().zip(refused) {
        assert_eq!(text(vector, "name"), case.name, "{file}");
        assert_eq!(bytes(vector, "body"), case.body, "{file}, {}", case.name);
        let error = T::decode(&bytes(vector, "body")).expect_err(case.name);
        assert_eq!(error.code(), text(vector, "code"), "{file}, {}", case.name);
        assert_eq!(error.code(), case.code, "{file}, {}", case.name);
    }
    vectors.clone()
}

fn envelope_body(author: CertificateId, change: &[u8]) -> Body {
    let change = change_hash(change).unwrap();
    Body {
        court: COURT.to_owned(),
        document: DocumentId::of_creating_change(change),
        change,
        verb: "create".to_owned(),
        certificate: author,
        epoch: Epoch([3; 16]),
        generation: 0,
        sequence: 1,
        previous: None,
        replaces: None,
        schema: 1,
        device_ms: 1_773_709_200_000,
        monotonic_ms: 86_400_000,
        boot: BootId([5; 8]),
        checkpoint: None,
        position: None,
    }
}

fn change() -> Vec<u8> {
    let mut document = AutoCommit::new().with_actor(ActorId::from([7_u8; 16]));
    document.put(ROOT, "kind", "seizure").unwrap();
    document.commit_with(CommitOptions::default().with_time(1_773_709_200));
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

#[test]
fn envelopes() {
    let court = TestCourt::nanhai();
    let change = change();
    let least = envelope_body(court.person("luqihang").id, &change);
    let full = Body {
        verb: "set_valuation".to_owned(),
        certificate: court.person("wenruotang").id,
        generation: 2,
        sequence: 65_536,
        previous: Some(least.id()),
        replaces: Some(EnvelopeId([4; 32])),
        schema: 24,
        device_ms: -1,
        monotonic_ms: (1 << 63) - 1,
        checkpoint: Some(CheckpointRef { size: 4_294_967_296, root: [6; 32] }),
        position: Some("geo:22.8371,113.0012;crs=wgs84;u=8".to_owned()),
        ..least.clone()
    };
    let beside = Some(("change", change.clone()));
    let accepted = [
        Accepted { beside: beside.clone(), ..Accepted::new("only what must be there", 5, &least) },
        Accepted { beside, ..Accepted::new("everything there can be", 6, &full) },
    ];
    let mut wrong = usual_refusals(&least.encode(), Body::TAG.len());
    let bad = |body: Body| body.encode();
    wrong.extend([
        refused(
            "verb with a capital",
            "field_out_of_bounds",
            bad(Body { verb: "Create".to_owned(), ..least.clone() }),
        ),
        refused(
            "court with a space",
            "field_out_of_bounds",
            bad(Body { court: "粤 0605".to_owned(), ..least.clone() }),
        ),
        refused(
            "sequence of 2^63",
            "field_out_of_bounds",
            bad(Body { sequence: 1 << 63, ..least.clone() }),
        ),
        refused(
            "position of 161 bytes",
            "field_out_of_bounds",
            bad(Body { position: Some("x".repeat(161)), ..least.clone() }),
        ),
        refused(
            "no calendar shows that time",
            "field_out_of_bounds",
            bad(Body { device_ms: i64::MAX, ..least.clone() }),
        ),
        refused("a certificate", "wrong_tag", court.root.body.encode()),
        refused("1,025 bytes", "too_long", vec![0x92; 1_025]),
    ]);
    let about = "Envelopes of changes (envelope.cddl). `change` is the raw Automerge change beside the body.";
    for vector in compare::<Body>("envelope.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let change = bytes(&vector, "change");
        let raw = |change| RawChange { body: &body, signature: &signature, change };
        let received = UnverifiedChange::from_raw_parts(raw(&change)).unwrap();
        let verified = received.verify(&court.directory, COURT).unwrap();
        assert_eq!(verified.id().to_hex(), text(&vector, "id"));
        assert_eq!(verified.change_bytes(), change);
        let envelope: &Envelope = verified.envelope();
        assert_eq!(envelope.signature().as_bytes()[..], signature);
        let other = TestCourt::named("粤0606", &[]);
        let elsewhere = UnverifiedChange::from_raw_parts(raw(&change)).unwrap();
        let error = elsewhere.verify(&other.directory, "粤0606").unwrap_err();
        assert_eq!(error, EnvelopeError::Trust(TrustError::WrongCourt));
    }
}

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

#[test]
fn transitions() {
    let court = TestCourt::nanhai();
    let document = DocumentId([9; 16]);
    let station = || "station:440605-09".to_owned();
    let make = |kind: TransitionKind| Transition {
        court: COURT.to_owned(),
        channel: "case:(2026)粤0605执1101号".to_owned(),
        kind,
        on_behalf_of: None,
        at_ms: 1_773_710_000_000,
        nonce: [1; 16],
        follows: None,
        certificate: court.server.id,
    };
    let enter = make(TransitionKind::Member { person: "wenruotang".to_owned(), enter: true });
    let leave = Transition {
        kind: TransitionKind::Member { person: "wenruotang".to_owned(), enter: false },
        on_behalf_of: Some("guanyongyi".to_owned()),
        nonce: [2; 16],
        follows: Some(enter.id()),
        ..enter.clone()
    };
    let certificate = court.person("wenruotang").id;
    let decide = |due_ms, note: Option<&str>| TransitionKind::Decide {
        document,
        decision: "on_the_way".to_owned(),
        due_ms,
        note: note.map(str::to_owned),
    };
    let block = TransitionKind::Block { series: "S".to_owned(), certificate, first: 1, last: 50 };
    let revoke = TransitionKind::Revoke { certificate, reason: "lost".to_owned() };
    let later = TransitionKind::Other { kind: "sealing".to_owned(), content: vec![1, 2, 3] };
    let route = TransitionKind::Route { document, to_channel: station() };
    let unroute = TransitionKind::Unroute { document, from_channel: station() };
    let accepted = [
        Accepted::new("a person enters", 2, &enter),
        Accepted::new("and leaves, by somebody's decision", 2, &leave),
        Accepted::new("a record is routed to a station", 2, &make(route)),
        Accepted::new("and taken back", 2, &make(unroute)),
        Accepted::new("a certificate is withdrawn", 2, &make(revoke)),
        Accepted::new("a block of numbers", 2, &make(block)),
        Accepted::new(
            "a decision, with everything",
            2,
            &make(decide(Some(1_773_710_540_000), Some("预计9分钟到场"))),
        ),
        Accepted::new("a decision, with nothing", 2, &make(decide(None, None))),
        Accepted::new("a kind of a later version, kept", 2, &make(later)),
    ];
    let other = |kind: &str, content: &[u8]| {
        make(TransitionKind::Other { kind: kind.to_owned(), content: content.to_vec() }).encode()
    };
    let mut wrong = usual_refusals(&enter.encode(), Transition::TAG.len());
    wrong.extend([
        refused("content that is no member", "malformed", other("member", &[0x80])),
        refused(
            "content with a byte more",
            "trailing_bytes",
            other("member", &[0x82, 0x61, b'a', 0xf5, 0]),
        ),
        refused(
            "content with a wide head",
            "not_canonical",
            other("member", &[0x98, 2, 0x61, b'a', 0xf5]),
        ),
        refused("a kind that is no code", "field_out_of_bounds", other("成员", &[])),
    ]);
    let about = "Transitions signed by a server process (transition.cddl).";
    for vector in compare::<Transition>("transition.json", about, &accepted, &wrong) {
        let signed =
            Signed::<Transition>::from_parts(&bytes(&vector, "body"), &bytes(&vector, "signature"));
        court.directory.verify(signed.unwrap()).unwrap();
    }
}

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
