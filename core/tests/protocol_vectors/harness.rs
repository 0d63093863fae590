//! What all formats share: bodies that must be made and read, bodies that must be refused, and the file
//! that holds both.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use lastmile_core::id::sha256;
use lastmile_core::identity::test_keys::{pkcs8, signer};
use lastmile_core::identity::{Canonical, PublicKey, Signature, Signed, SignedBody, Signer};
use serde_json::{Value, json};

pub(crate) const UPDATE: &str = "LASTMILE_UPDATE_VECTORS";

/// A body that must be made, signed with test key `key`.
pub(crate) struct Accepted {
    pub(crate) name: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) key: usize,
    /// The change or the payload that travels beside the body.
    pub(crate) beside: Option<(&'static str, Vec<u8>)>,
}

impl Accepted {
    pub(crate) fn new<T: Canonical>(name: &'static str, key: usize, body: &T) -> Self {
        Self { name, body: body.encode(), key, beside: None }
    }
}

/// A body that must be refused under `code`, whatever its signature.
pub(crate) struct Refused {
    pub(crate) name: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) code: &'static str,
}

pub(crate) fn refused(name: &'static str, code: &'static str, body: Vec<u8>) -> Refused {
    Refused { name, body, code }
}

/// Damage that every format must refuse. `good` opens with an array head of one byte, a tag of
/// `tag_len` bytes with a head of one byte, and the version.
pub(crate) fn usual_refusals(good: &[u8], tag_len: usize) -> Vec<Refused> {
    let version_at = 2 + tag_len;
    let changed = |index: usize, byte: u8| {
        let mut out = good.to_vec();
        out[index] = byte;
        out
    };
    let later = good[version_at] + 1;
    let later_name = if later == 2 { "version 2" } else { "a later version" };
    let mut indefinite = changed(0, 0x9f);
    indefinite.push(0xff);
    let wide_version =
        [&good[..version_at], &[0x18, good[version_at]], &good[version_at + 1..]].concat();
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
        refused(later_name, "unsupported_version", changed(version_at, later)),
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

pub(crate) fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors").join(file)
}

pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("vector has no `{key}`"))
}

pub(crate) fn bytes(value: &Value, key: &str) -> Vec<u8> {
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
pub(crate) fn high_s(signature: &[u8]) -> Vec<u8> {
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
pub(crate) fn compare<T: SignedBody + PartialEq + std::fmt::Debug>(
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
