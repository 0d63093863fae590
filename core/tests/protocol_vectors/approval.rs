//! Approvals, and what they approve.

use data_encoding::HEXLOWER;
use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::{Approval, Canonical, Signed, TransitionKind};

use crate::harness::{Accepted, bytes, compare, refused, text, usual_refusals};

#[test]
fn approvals() {
    let court = TestCourt::nanhai();
    let role = TransitionKind::Role {
        person: "zhangyi".to_owned(),
        roles: vec!["admin".to_owned()],
        approvals: Vec::new(),
    };
    let subject = role.approved_subject(COURT).unwrap();
    let by_person = Approval {
        court: COURT.to_owned(),
        subject,
        at_ms: 1_773_709_200_000,
        certificate: court.person("luqihang").id,
    };
    let by_root = Approval { certificate: court.root.id, at_ms: -1, ..by_person.clone() };
    // ["lastmile-approved", 1, "粤0605", "role", content], content: ["zhangyi", ["admin"], []].
    let content = [&[0x83, 0x67], &b"zhangyi"[..], &[0x81, 0x65], b"admin", &[0x80]].concat();
    let length = u8::try_from(content.len()).unwrap();
    let approved = [
        &[0x85, 0x71],
        &b"lastmile-approved"[..],
        &[1, 0x67],
        COURT.as_bytes(),
        &[0x64],
        b"role",
        &[0x40 | length],
        &content,
    ]
    .concat();
    let beside = Some(("approved", approved.clone()));
    let accepted = [
        Accepted { beside: beside.clone(), ..Accepted::new("by a person", 5, &by_person) },
        Accepted { beside, ..Accepted::new("by the root, before 1970", 0, &by_root) },
    ];
    let mut wrong = usual_refusals(&by_person.encode(), Approval::TAG.len());
    let code = "field_out_of_bounds";
    wrong.extend([
        refused(
            "a court with a space",
            code,
            Approval { court: "粤 0605".to_owned(), ..by_person.clone() }.encode(),
        ),
        refused(
            "no calendar shows that time",
            code,
            Approval { at_ms: i64::MAX, ..by_person }.encode(),
        ),
        refused("257 bytes", "too_long", vec![0x86; 257]),
    ]);
    let about = "Approvals (approval.cddl). `approved` is what `subject` is the SHA-256 of (transition.cddl): the role of an administrator for a person.";
    for vector in compare::<Approval>("approval.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let approval = Signed::<Approval>::from_parts(&body, &signature).unwrap();
        let approval = court.directory.verify(approval).unwrap().into_parts().0;
        let approved = HEXLOWER.decode(text(&vector, "approved").as_bytes()).unwrap();
        assert_eq!(approval.subject, lastmile_core::id::sha256(&approved));
    }
}
