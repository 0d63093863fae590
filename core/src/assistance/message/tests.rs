//! The signed text message: one SMS, one text per message, and no damage that goes unnoticed.

#![allow(clippy::expect_used)]

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::call::Call;
use super::super::life::Life;
use super::super::step::StepCode;
use super::super::test_story::{JIUJIANG, at, blockade, ids, step};
use super::body::SINCE_MS;
use super::content::{NEEDS, SITUATIONS, STEP_NUMBERS};
use super::*;
use crate::id::DocumentId;
use crate::identity::test_keys::{COURT, TestCourt, TestIdentity};

fn help() -> Message {
    let content = Content::Help(Help::of(&blockade(), at(9, 6)));
    Message { document: blockade().document, number: 1, at_ms: at(9, 6), content }
}

fn answer() -> Message {
    let content = Content::Answer(Answer {
        step: StepCode::Acknowledged,
        eta_min: Some(9),
        online: Some(true),
        duty_phone: Digits::of("0757-86220110"),
    });
    Message { number: 2, at_ms: at(9, 15), content, ..help() }
}

fn withdraw(duress: bool) -> Message {
    Message { number: 3, content: Content::Withdraw { duress }, ..help() }
}

fn text_of(message: &Message, by: &TestIdentity) -> String {
    write(message, COURT, by.id, by.signer.as_ref()).expect("it can be said")
}

fn code_of(text: &str, court: &TestCourt) -> Result<(), &'static str> {
    read(text, &court.directory).map(|_| ()).map_err(|error| error.code())
}

/// Signs a body that [`encode`] would not make.
fn sealed(body: &[u8], by: &TestIdentity) -> String {
    let signature = by.signer.sign(&signed_bytes(COURT, body)).expect("signed");
    let bytes = [body, signature.as_bytes()].concat();
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes).replace('_', "."))
}

#[test]
fn one_sms_in_characters_that_every_gateway_passes_on() {
    let court = TestCourt::nanhai();
    for (message, by) in [
        (help(), court.person("luqihang")),
        (withdraw(true), court.person("luqihang")),
        (answer(), &court.server),
    ] {
        let text = text_of(&message, by);
        assert_eq!((text.len(), TEXT_LEN), (159, 159), "{message:?}");
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        assert!(text.chars().all(plain), "{text}");
        let heard = read(&format!(" {text}\r\n"), &court.directory).expect("heard");
        assert_eq!(heard, Heard { message, certificate: by.id, withdrawn: false });
    }
}

#[test]
fn what_is_told_of_the_morning() {
    let Content::Help(help) = help().content else { panic!("a request") };
    assert_eq!(help.at_e7, Some((228_335_000, 1_129_850_000)));
    assert_eq!((help.accuracy_m, help.fix_age_min), (Some(8), Some(1)));
    assert_eq!(help.situation, Some("surrounding"), "graver than a blockade");
    assert_eq!((help.weapons, help.injured), (Some(false), None));
    assert_eq!(help.needs().collect::<Vec<_>>(), ["officers", "crowd_control"]);
    assert_eq!((help.people, help.officers), (Some(15), Some(2)));
    assert_eq!(help.callback.map(Digits::number).as_deref(), Some("13800138000"));
    assert_eq!(help.coordinate().map(|at| (at.lat, at.lon)), Some((22.8335, 112.985)));
}

#[test]
fn numbers_keep_their_zeros_and_huge_ones_are_the_bound() {
    assert_eq!(Digits::of("0757-86220110").map(Digits::number).as_deref(), Some("075786220110"));
    for bad in ["", "-", "138001380001234", "13800a", "+8613800138000", "１１０"] {
        assert_eq!(Digits::of(bad), None, "{bad}");
    }
    assert_eq!(format!("{:?}", Digits::of("110")), "Some(Digits(3))", "no number in logs");
    let crowd = Call { people: Some(100_000), officers: Some(-3), ..blockade() };
    let told = Help::of(&crowd, i64::MAX);
    assert_eq!((told.people, told.officers, told.fix_age_min), (Some(65_534), Some(0), Some(254)));
    let nothing = Help::of(&Call::default(), 0);
    assert_eq!(nothing, Help::default());
}

#[test]
fn every_code_of_the_record_has_its_number() {
    let kind = crate::records::builtin().get("assistance").expect("the kind");
    let codes = |field: Option<&'static crate::records::Field>| match field.map(|field| field.ty) {
        Some(crate::records::FieldType::Code(codes)) => {
            codes.iter().map(|(code, _)| *code).collect::<Vec<_>>()
        }
        _ => panic!("a field of codes"),
    };
    assert_eq!(codes(kind.head_field("situation_code")), SITUATIONS);
    assert_eq!(codes(kind.collection("needs").and_then(|needs| needs.field("need"))), NEEDS);
    for code in SITUATIONS {
        assert_eq!(gravest(&[code.to_owned()]), Some(code));
    }
    assert_eq!(gravest(&["meteor".to_owned()]), Some("other"), "of a later version");
    assert!(STEP_NUMBERS.iter().all(|step| step.told_to_phones()));
}

#[test]
fn who_may_say_what() {
    let court = TestCourt::nanhai();
    let code = |message: &Message, by| code_of(&text_of(message, by), &court);
    for (person, asks, withdraws) in [
        ("luqihang", Ok(()), Ok(())),
        ("maixiaolan", Ok(()), Ok(())),
        ("dengchengwu", Ok(()), Ok(())),
        ("guanyongyi", Ok(()), Err("sms_not_entitled")),
        ("tanliheng", Err("sms_not_entitled"), Err("sms_not_entitled")),
        ("xianguifang", Err("sms_not_entitled"), Err("sms_not_entitled")),
    ] {
        let by = court.person(person);
        assert_eq!(code(&help(), by), asks, "{person}");
        assert_eq!(code(&withdraw(false), by), withdraws, "{person}");
        assert_eq!(code(&answer(), by), Err("sms_not_entitled"), "{person}");
    }
    assert_eq!(code(&answer(), &court.server), Ok(()));
    assert_eq!(code(&help(), &court.server), Err("sms_not_entitled"));
}

#[test]
fn a_message_of_another_court_or_of_a_stranger_is_refused() {
    let court = TestCourt::nanhai();
    let by = court.person("luqihang");
    let foreign = write(&help(), "粤0606", by.id, by.signer.as_ref()).expect("said");
    assert_eq!(code_of(&foreign, &court), Err("signature_mismatch"));
    let stranger = write(&help(), COURT, CertificateId([9; 32]), by.signer.as_ref()).expect("said");
    assert_eq!(code_of(&stranger, &court), Err("sms_certificate_unknown"));
    let other = court.person("wenruotang");
    let forged = write(&help(), COURT, by.id, other.signer.as_ref()).expect("said");
    assert_eq!(code_of(&forged, &court), Err("signature_mismatch"));
}

#[test]
fn a_withdrawn_certificate_is_shown_and_heard() {
    let mut court = TestCourt::nanhai();
    let by = court.person("luqihang").clone();
    let revocation = crate::identity::Revocation { at_ms: at(8, 0), transition: [0; 32] };
    court.directory.revoke(by.id, revocation).expect("noted");
    let heard = read(&text_of(&help(), &by), &court.directory).expect("heard");
    assert!(heard.withdrawn);
}

#[test]
fn every_truncation_and_every_changed_character_is_refused() {
    let court = TestCourt::nanhai();
    let text = text_of(&help(), court.person("luqihang"));
    for length in 0..text.len() {
        let expected = if length < PREFIX.len() { "sms_not_ours" } else { "sms_length" };
        assert_eq!(code_of(&text[..length], &court), Err(expected), "cut at {length}");
    }
    assert_eq!(code_of(&format!("{text}A"), &court), Err("sms_length"));
    assert_eq!(code_of(&"A".repeat(641), &court), Err("sms_length"));
    for index in 0..text.len() {
        for other in ['A', 'B', 'z', '7', '-', '.', '_', ' ', '=', '中'] {
            let mut damaged: Vec<char> = text.chars().collect();
            if damaged[index] == other {
                continue;
            }
            damaged[index] = other;
            let damaged: String = damaged.into_iter().collect();
            assert!(code_of(&damaged, &court).is_err(), "{other} at {index}");
        }
    }
    for (text, code) in [
        ("", "sms_not_ours"),
        ("求助", "sms_not_ours"),
        ("LM:x", "sms_not_ours"),
        ("LM2:x", "sms_version"),
        ("LM9999:x", "sms_not_ours"),
    ] {
        assert_eq!(code_of(text, &court), Err(code), "{text}");
    }
}

#[test]
fn the_high_s_twin_is_refused() {
    let court = TestCourt::nanhai();
    let by = court.person("luqihang");
    let body = encode(&help(), by.id).expect("a body");
    let signature = by.signer.sign(&signed_bytes(COURT, &body)).expect("signed");
    let twin = high_s(signature.as_bytes());
    let bytes = [body.as_slice(), &twin].concat();
    let text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes).replace('_', "."));
    assert_eq!(code_of(&text, &court), Err("signature_high_s"));
}

/// `(r, n - s)`.
fn high_s(signature: &[u8; 64]) -> Vec<u8> {
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order = HEXLOWER.decode(order.as_bytes()).expect("hex");
    let mut out = signature.to_vec();
    let mut borrow = 0;
    for index in (0..32).rev() {
        let digit = i32::from(order[index]) - i32::from(signature[32 + index]) - borrow;
        borrow = i32::from(digit < 0);
        out[32 + index] = u8::try_from(digit.rem_euclid(256)).expect("a byte");
    }
    out
}

#[test]
fn a_number_says_what_is_new() {
    assert_eq!(arrival(None, 1), Arrival::New);
    assert_eq!(arrival(Some(1), 2), Arrival::New);
    assert_eq!(arrival(Some(2), 2), Arrival::Again);
    assert_eq!(arrival(Some(2), 1), Arrival::Older);
}

#[test]
fn an_answer_tells_the_last_step_a_phone_may_know() {
    let steps = [
        step("received", at(9, 7)).for_station(JIUJIANG).build(),
        step("acknowledged", at(9, 15)).by("tan").when(at(9, 24)).build(),
        step("cancel_asked", at(9, 16)).build(),
        step("duress", at(9, 16)).build(),
        step("escalated", at(9, 16)).because("duress").build(),
        step("acknowledged", at(9, 15)).by("he").build(),
    ];
    let life = Life::of(ids::A, steps);
    let told = Answer::of(&life, Some(true), Some("0757-86220110"), at(9, 16)).expect("an answer");
    assert_eq!((told.step, told.eta_min), (StepCode::Acknowledged, Some(8)));
    assert_eq!(Answer::of(&Life::new(ids::A), None, None, 0), None);
    let mut life = life;
    life.take(step("cancel_confirmed", at(9, 17)).by("tan").build());
    life.take(step("unit_sent", at(9, 18)).by("tan").unit("1号车").build());
    let shown = Answer::of(&life, None, None, at(9, 18)).map(|answer| answer.step);
    assert_eq!(shown, Some(StepCode::CancelConfirmed), "the car comes and nobody says so");
    let refused = Content::Answer(Answer { step: StepCode::Duress, ..told });
    let message = Message { content: refused, ..answer() };
    assert_eq!(encode(&message, CertificateId([1; 32])), Err(SmsError::Field("step")));
}

#[test]
fn times_out_of_range_are_not_sent() {
    for at_ms in [SINCE_MS - 1, i64::MIN, i64::MAX] {
        let message = Message { at_ms, ..help() };
        let error = encode(&message, CertificateId([1; 32]));
        assert_eq!(error, Err(SmsError::Field("time")));
    }
    let message = Message { number: 0, ..help() };
    assert_eq!(encode(&message, CertificateId([1; 32])), Err(SmsError::Field("number")));
}

fn any_help() -> impl Strategy<Value = Help> {
    let at = (-900_000_000..=900_000_000_i32, 1..=1_800_000_000_i32);
    let situation = prop::option::of(prop::sample::select(SITUATIONS.to_vec()));
    let digits = prop::option::of("[0-9]{1,14}");
    let numbers = (prop::option::of(0..65_535_u16), prop::option::of(0..255_u8), 0..64_u8);
    let more = (prop::option::of(0..65_535_u16), prop::option::of(0..255_u8), digits);
    let answers = any::<(Option<bool>, Option<bool>)>();
    (prop::option::of(at), situation, numbers, more, answers).prop_map(
        |(at_e7, situation, numbers, more, (weapons, injured))| Help {
            at_e7,
            accuracy_m: numbers.0,
            fix_age_min: numbers.1,
            situation,
            weapons,
            injured,
            needs: numbers.2,
            people: more.0,
            officers: more.1,
            callback: more.2.and_then(|digits| Digits::of(&digits)),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_request_reads_back_as_itself(help in any_help(), document in any::<[u8; 16]>(), number in 1..=u16::MAX, seconds in any::<u32>()) {
        let at_ms = SINCE_MS + i64::from(seconds) * 1_000;
        let content = Content::Help(help);
        let message = Message { document: DocumentId(document), number, at_ms, content };
        let body = encode(&message, CertificateId([7; 32])).expect("a body");
        prop_assert_eq!(decode(&body), Ok(([7; 6], message)));
    }

    #[test]
    fn a_body_that_is_read_is_the_one_body(kind in 1..=3_u8, head in prop::collection::vec(any::<u8>(), 28), tail in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(255), any::<u8>()], 23)) {
        let body: Vec<u8> = [vec![kind], head, tail].concat();
        let body = <[u8; BODY_LEN]>::try_from(body).expect("52 bytes");
        if let Ok((certificate, message)) = decode(&body) {
            let mut id = [0; 32];
            id[..6].copy_from_slice(&certificate);
            prop_assert_eq!(encode(&message, CertificateId(id)), Ok(body));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![any::<String>(), "LM1:[A-Za-z0-9.-]{155}", "LM1:.{150,160}"]) {
        let _ = unpack(&text).map(|(body, _)| decode(&body));
    }
}

fn refusals(court: &TestCourt) -> Vec<(&'static str, &'static str, String)> {
    let by = court.person("luqihang");
    let good = encode(&help(), by.id).expect("a body");
    let with = |index: usize, byte: u8| {
        let mut body = good;
        body[index] = byte;
        sealed(&body, by)
    };
    let word = {
        let body = encode(&withdraw(false), by.id).expect("a body");
        move |index: usize, byte: u8| {
            let mut body = body;
            body[index] = byte;
            body
        }
    };
    vec![
        ("a kind of a later version", "sms_field", with(0, 4)),
        ("number 0", "sms_field", {
            let mut body = good;
            body[23..25].copy_from_slice(&[0, 0]);
            sealed(&body, by)
        }),
        ("latitude beyond the pole", "sms_field", with(29, 0x7f)),
        ("situation 8", "sms_field", with(40, 8)),
        ("weapons neither yes nor no", "sms_field", with(41, 3)),
        ("a flag that is not known", "sms_field", with(41, 0x10)),
        ("a need that is not known", "sms_field", with(42, 0x40)),
        ("a call-back number without its leading 1", "sms_field", with(46, 0xff)),
        ("duress neither yes nor no", "sms_field", sealed(&word(29, 2), by)),
        ("spare bytes that say something", "sms_field", sealed(&word(51, 1), by)),
        ("version 2", "sms_version", sealed(&good, by).replacen("LM1", "LM2", 1)),
        ("cut short", "sms_length", sealed(&good, by)[..158].to_owned()),
        ("an underscore", "sms_alphabet", {
            let text = sealed(&good, by);
            format!("{}_{}", &text[..40], &text[41..])
        }),
    ]
}

#[test]
fn the_vectors_are_these() {
    let court = TestCourt::nanhai();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors/sms.json");
    let old: Json = std::fs::read(&path)
        .map_or(Json::Null, |bytes| serde_json::from_slice(&bytes).expect("vectors are JSON"));
    let recorded = |list: &str, name: &str| {
        let found = old[list].as_array()?.iter().find(|vector| vector["name"] == name)?;
        Some(found["text"].as_str()?.to_owned())
    };
    let officer = court.person("luqihang");
    let accepted = [
        ("a request", help(), officer),
        ("the crew asks to withdraw", withdraw(false), officer),
        ("the crew asks to withdraw, under duress", withdraw(true), officer),
        ("acknowledged, nine minutes", answer(), &court.server),
    ];
    let mut now = json!({ "about": "Text messages of a request (sms.md).", "court": COURT });
    now["accepted"] = accepted
        .iter()
        .map(|(name, message, by)| {
            let body = encode(message, by.id).expect("a body");
            // ECDSA is randomised: a recorded text of the same body stays.
            let same = |text: &String| unpack(text).is_ok_and(|(old, _)| old == body);
            let text = recorded("accepted", name).filter(same);
            json!({
                "name": name,
                "body": HEXLOWER.encode(&body),
                "certificate": by.id.to_hex(),
                "key": HEXLOWER.encode(by.signer.public_key().as_bytes()),
                "signed": HEXLOWER.encode(&signed_bytes(COURT, &body)),
                "says": format!("{message:?}"),
                "text": text.unwrap_or_else(|| text_of(message, by)),
            })
        })
        .collect();
    now["refused"] = refusals(&court)
        .into_iter()
        .map(|(name, code, text)| {
            let text = recorded("refused", name).unwrap_or(text);
            json!({"name": name, "code": code, "text": text})
        })
        .collect();
    if std::env::var_os("LASTMILE_UPDATE_VECTORS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&now).expect("JSON") + "\n")
            .expect("the vectors can be written");
    }
    let all: Json = serde_json::from_slice(&std::fs::read(&path).expect("vectors")).expect("JSON");
    assert_eq!(all, now);
    for (vector, (name, message, by)) in
        all["accepted"].as_array().expect("a list").iter().zip(accepted)
    {
        let heard = read(vector["text"].as_str().expect("text"), &court.directory);
        assert_eq!(
            heard.map(|heard| (heard.message, heard.certificate)),
            Ok((message, by.id)),
            "{name}"
        );
    }
    for vector in all["refused"].as_array().expect("a list") {
        let code = code_of(vector["text"].as_str().expect("text"), &court);
        assert_eq!(code, Err(vector["code"].as_str().expect("code")), "{}", vector["name"]);
    }
}
