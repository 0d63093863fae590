//! What two phones of a crew show each other of what they have begun.

use lastmile_core::identity::test_keys::{COURT, TestCourt};
use lastmile_core::identity::{Canonical, Signed};
use lastmile_core::sync::forms::{Form, Forms, MAX_FORM, MAX_FORMS, phone_of};

use crate::harness::{Accepted, bytes, compare, refused, usual_refusals};

#[test]
fn forms_on_the_second_phone() {
    let court = TestCourt::nanhai();
    let form = Form {
        id: "line 01JQ".to_owned(),
        kind: "seizure".to_owned(),
        case_no: "(2026)粤0605执1101号".to_owned(),
        json: r#"{"name":"空压机","quantity":2}"#.to_owned(),
        saved_ms: 1_773_709_200_000,
    };
    let one = Forms {
        court: COURT.to_owned(),
        certificate: court.person("luqihang").id,
        phone: phone_of([1; 16]),
        meeting: [7; 32],
        forms: vec![form.clone()],
    };
    let none = Forms { forms: Vec::new(), ..one.clone() };
    let accepted =
        [Accepted::new("one form", 5, &one), Accepted::new("nothing is begun", 5, &none)];
    let of = |form: Form| Forms { forms: vec![form], ..one.clone() }.encode();
    let numbered = |count: u64| {
        let form = |at| Form { id: format!("d{at:03}"), ..form.clone() };
        Forms { forms: (0..count).map(form).collect(), ..one.clone() }.encode()
    };
    let code = "field_out_of_bounds";
    let mut wrong = usual_refusals(&one.encode(), Forms::TAG.len());
    wrong.extend([
        refused("an id twice", code, {
            Forms { forms: vec![form.clone(), form.clone()], ..one.clone() }.encode()
        }),
        refused("more than a phone lists", code, numbered(MAX_FORMS + 1)),
        refused(
            "a kind that is no code",
            code,
            of(Form { kind: "../x".to_owned(), ..form.clone() }),
        ),
        refused("an id of 65 letters", code, of(Form { id: "x".repeat(65), ..form.clone() })),
        refused("no JSON", code, of(Form { json: "{".to_owned(), ..form.clone() })),
        refused("no case", code, of(Form { case_no: String::new(), ..form.clone() })),
        refused(
            "no calendar shows that time",
            code,
            of(Form { saved_ms: i64::MIN, ..form.clone() }),
        ),
    ]);
    let about = "Forms that two phones show each other after a meeting (forms.cddl).";
    for vector in compare::<Forms>("forms.json", about, &accepted, &wrong) {
        let (body, signature) = (bytes(&vector, "body"), bytes(&vector, "signature"));
        let forms = Signed::<Forms>::from_parts(&body, &signature).unwrap();
        court.directory.verify(forms).unwrap();
    }
    let long = Form { json: format!("\"{}\"", "x".repeat(MAX_FORM)), ..form };
    assert_eq!(Forms::decode(&of(long)).unwrap_err().code(), code);
}
