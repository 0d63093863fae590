//! Transitions signed by a server.

use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::transition::Told;
use lastmile_core::identity::{Canonical, Signed, Transition, TransitionKind};

use crate::harness::{Accepted, bytes, compare, refused, usual_refusals};

fn called() -> Told {
    Told {
        how: "voice".to_owned(),
        called_ms: 1_773_709_620_000,
        case: Some("(2026)粤0605执1101号".to_owned()),
        place: Some("九江镇测试工业区1号门口".to_owned()),
        position: Some("geo:22.833500,112.985000;crs=wgs84;u=200".to_owned()),
        situation: Some("surrounding".to_owned()),
        text: Some("约15人围堵大门".to_owned()),
        people: Some(15),
        weapons: Some(false),
        injured: Some(false),
        officers: Some(2),
        needs: vec!["officers".to_owned(), "crowd_control".to_owned()],
        callback: Some("0757-00000000".to_owned()),
        message: None,
    }
}

fn texted() -> Told {
    Told {
        how: "sms".to_owned(),
        called_ms: 1_773_709_620_000,
        message: Some(b"LM1".to_vec()),
        ..Told::default()
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
    let stored = TransitionKind::Stored { hash: BlobHash([7; 32]), bytes: 4_123_456 };
    let lost = TransitionKind::Lost { hash: BlobHash([7; 32]), reason: "damaged".to_owned() };
    let unroute = TransitionKind::Unroute { document, from_channel: station() };
    let assist = |step: &str, unit: Option<&str>, other| TransitionKind::Assist {
        document,
        step: step.to_owned(),
        station: unit.map(|_| "440605-09".to_owned()),
        unit: unit.map(str::to_owned),
        when_ms: unit.map(|_| 1_773_710_540_000),
        other,
        reason: unit.map(|_| "nearest".to_owned()),
        note: unit.map(|_| "预计9分钟到场".to_owned()),
    };
    let report = |told| TransitionKind::Report { document, told: Box::new(told) };
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
        Accepted::new("an original the court has", 2, &make(stored)),
        Accepted::new("an original the court no longer has", 2, &make(lost)),
        Accepted::new("a request is acknowledged", 2, &make(assist("acknowledged", None, None))),
        Accepted::new(
            "a step of a request, with everything",
            2,
            &make(assist("unit_sent", Some("九江所2号车"), Some(DocumentId([4; 16])))),
        ),
        Accepted::new("a call for help by telephone", 2, &make(report(called()))),
        Accepted::new("and by text message, with nothing but itself", 2, &make(report(texted()))),
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
        refused(
            "a file's name cut short",
            "field_out_of_bounds",
            other("stored", &[0x82, 0x41, 7, 1]),
        ),
        refused("a loss without a reason", "malformed", {
            other("lost", &[&[0x81, 0x58, 0x20], &[7; 32][..]].concat())
        }),
        refused("a step without its fields", "malformed", other("assist", &[0x80])),
        refused("a report without its fields", "malformed", other("report", &[0x80])),
        refused(
            "a report of a crowd beyond counting",
            "field_out_of_bounds",
            make(report(Told { people: Some(100_001), ..called() })).encode(),
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
