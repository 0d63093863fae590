//! Records by typed forms: begun, changed, shown, found, refused; what is missing; drafts.

use std::collections::HashMap;

use lastmile_ffi::{
    Act, FieldKind, Hand, Hit, LastmileError, Outcome, Severity, Signatory, Stage, Standing,
    Stroke, StrokePoint, Value, VerbAction, declaration, papers_of, record_kinds,
};

use crate::officer::{CASE, Officer, add_line, edit_quantity, form, line, seizure, wait};

#[test]
fn a_seizure_is_begun_changed_and_shown_with_who_wrote_what() {
    let officer = Officer::new();
    let phone = officer.phone();
    let record = phone.create_record(seizure()).unwrap().record;
    let item = add_line(&phone, &record, "空压机").unwrap().item.unwrap();
    edit_quantity(&phone, &record, &item, 2).unwrap();
    let reason = "案外人租赁物".to_owned();
    let strike = Act::Strike { verb: "strike_line".to_owned(), item: item.clone(), reason };
    phone.act(record.clone(), strike, None, None).unwrap();

    let shown = phone.record(record.clone()).unwrap();
    assert_eq!((shown.kind.as_str(), shown.label.zh.as_str()), ("seizure", "查封(扣押)财产清单"));
    let lines = shown.collections.iter().find(|known| known.name == "lines").unwrap();
    let struck: Vec<bool> = lines.items.iter().map(|line| line.struck).collect();
    assert_eq!(struck, [false, true], "struck lines stay");
    let second = lines.items.iter().find(|line| line.item == item).unwrap();
    let quantity = second.fields.iter().find(|field| field.name == "quantity").unwrap();
    assert_eq!(quantity.values[0].value, Value::Number { value: 2 });
    assert_eq!(quantity.values[0].person, "luqihang");
    assert_eq!(shown.names["luqihang"], "陆启航");

    let page = phone.records(CASE.to_owned(), None, 10).unwrap();
    let listed = &page.records[0];
    assert_eq!((listed.record.as_str(), listed.standing), (record.as_str(), Standing::OnThisPhone));
    assert_eq!(listed.label.zh, "查封(扣押)财产清单");
    let age_ms = phone.device_ms() - listed.updated_ms;
    assert!(
        (0..600_000).contains(&age_ms),
        "a time, not a number of the log: {}",
        listed.updated_ms
    );
    let found = phone.search("空压".to_owned(), 10).unwrap().hits;
    assert_eq!(found, [Hit::Record { record: record.clone() }]);

    let error = edit_quantity(&phone, &record, &item, 3).unwrap_err();
    let LastmileError::Refused { code, said } = error else { panic!("{error:?}") };
    assert_eq!((code.as_str(), said.zh.as_str()), ("struck", "该行已划除,不得再改"));
}

#[test]
fn lists_come_in_pages_that_miss_nothing_and_repeat_nothing() {
    let officer = Officer::new();
    let phone = officer.phone();
    let mut made: Vec<String> =
        (0..5).map(|_| phone.create_record(seizure()).unwrap().record).collect();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = phone.records(CASE.to_owned(), after, 2).unwrap();
        assert!(page.records.len() <= 2);
        seen.extend(page.records.into_iter().map(|line| line.record));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    made.sort();
    seen.sort();
    assert_eq!(seen, made);
}

#[test]
fn what_the_law_still_asks_for_is_listed_with_its_article_and_blocks_finalising() {
    let officer = Officer::new();
    let phone = officer.phone();
    let record = phone.create_record(seizure()).unwrap().record;
    let check = phone.check_rules(record.clone(), Stage::Close).unwrap();
    assert!(check.blocking > 0);
    let first = &check.missing[0];
    assert_eq!((first.severity, first.outcome), (Severity::Block, Outcome::Fail));
    assert!(first.basis.iter().any(|basis| basis.zh.contains('条')), "{:?}", first.basis);
    assert!(!first.text.zh.is_empty() && !first.text.en.is_empty());

    let error = wait(phone.clone().finalise(record)).unwrap_err();
    let LastmileError::RulesBlock { rules, .. } = error else { panic!("{error:?}") };
    let missing: Vec<&String> = check.missing.iter().map(|finding| &finding.rule).collect();
    assert!(!rules.is_empty() && rules.iter().all(|rule| missing.contains(&rule)), "{rules:?}");
}

#[test]
fn a_person_signs_what_was_read_and_nothing_else() {
    let officer = Officer::new();
    let phone = officer.phone();
    let record = phone.create_record(seizure()).unwrap().record;
    let read = phone.read_back(record.clone()).unwrap();
    assert!(read.lines.iter().any(|line| line.contains("注塑机")));
    assert!(declaration("witness".to_owned()).unwrap().words.zh.contains("见证"));
    let points = [(10, 20, 0), (300, 40, 16)].map(|(x, y, ms)| StrokePoint { x, y, ms });
    let strokes = vec![Stroke { points: points.to_vec() }];
    let hand = Hand::Strokes { width: 900, height: 400, strokes };
    let signatory = Signatory {
        name: "霍启明".to_owned(),
        person: None,
        role: "witness".to_owned(),
        org: None,
        read_back: "read_aloud".to_owned(),
        hand,
        position: None,
        signed_at: "2026-03-17T09:55:00+08:00".to_owned(),
    };
    phone.sign_record(record.clone(), read.content.clone(), signatory.clone()).unwrap();
    let shown = phone.record(record.clone()).unwrap();
    let signed = shown.collections.iter().find(|known| known.name == "signatures").unwrap();
    let stroke = signed.items[0].fields.iter().find(|field| field.name == "stroke").unwrap();
    let Value::Bytes { value } = &stroke.values[0].value else { panic!("{stroke:?}") };
    assert!(phone.strokes_svg(value.clone()).unwrap().unwrap().starts_with("<svg"));

    add_line(&phone, &record, "空压机").unwrap();
    let error = phone.sign_record(record, read.content, signatory).unwrap_err();
    assert_eq!(error.code(), "signed_other_content");
}

#[test]
fn a_draft_survives_and_becomes_a_record() {
    let officer = Officer::new();
    let phone = officer.phone();
    phone.save_draft("d1".to_owned(), seizure()).unwrap();
    drop(phone);
    let phone = officer.phone();
    let draft = phone.drafts(Some(CASE.to_owned())).unwrap().pop().unwrap();
    let form = draft.form.unwrap();
    assert_eq!(form, seizure());
    let mut bad = form.clone();
    bad.head.insert("start_at".to_owned(), Value::Flag { value: true });
    assert_eq!(phone.create_from_draft(draft.id.clone(), bad).unwrap_err().code(), "bad_value");
    assert_eq!(phone.drafts(None).unwrap().len(), 1, "refused, it stays");
    phone.create_from_draft(draft.id, form).unwrap();
    assert!(phone.drafts(None).unwrap().is_empty());
}

#[test]
fn kinds_say_enough_of_themselves_to_fill_in_a_form() {
    let kinds = record_kinds();
    let kind = kinds.iter().find(|kind| kind.name == "seizure").unwrap();
    let lines = kind.collections.iter().find(|known| known.name == "lines").unwrap();
    let measure = lines.fields.iter().find(|field| field.name == "measure").unwrap();
    let FieldKind::Code { choices } = &measure.kind else { panic!("{measure:?}") };
    assert!(choices.iter().any(|choice| choice.label.zh == "查封"));
    let adds = |name: &str| {
        kind.verbs.iter().any(|verb| {
            verb.action == VerbAction::Add { collection: name.to_owned() } && !verb.roles.is_empty()
        })
    };
    assert!(kind.collections.iter().all(|collection| adds(&collection.name)));
    assert_eq!(papers_of("seizure".to_owned())[0].form, "F-01");
    assert!(papers_of("no such kind".to_owned()).is_empty());
}

#[test]
fn a_request_for_help_is_never_said_to_be_delivered_before_it_is() {
    let officer = Officer::new();
    let phone = officer.phone();
    let mut draft = seizure();
    draft.kind = "assistance".to_owned();
    draft.items.clear();
    draft.head = form(&[("place", "九江镇沙口工业区三路5号"), ("callback", "13800138000")]);
    draft.head.insert("weapons_seen".to_owned(), Value::Flag { value: true });
    let record = phone.create_record(draft).unwrap().record;
    let shown = phone.assistance(record.clone()).unwrap();
    assert_eq!((shown.hop.as_str(), shown.alarm), ("phone", true));
    assert!(shown.steps.iter().all(|step| step.at_ms.is_none()));
    assert!(shown.headline.zh.contains("110"), "{}", shown.headline.zh);
    let aloud = phone.words_aloud(record.clone()).unwrap();
    assert!(aloud.iter().any(|line| line.code == "danger" && line.words.zh.contains("器械")));

    let texts = |phone: &std::sync::Arc<lastmile_ffi::Phone>| {
        wait(phone.clone().assistance_texts(record.clone())).unwrap()
    };
    let (first, second) = (texts(&phone), texts(&phone));
    assert_eq!(first.gateway, None, "no court pack is here");
    let signed = first.signed.unwrap();
    assert!(signed.starts_with("LM1:") && signed.len() <= 160);
    assert_ne!(signed, second.signed.unwrap(), "each has a number of its own");
    assert!(first.plain.contains("陆启航") && first.plain.encode_utf16().count() <= 70);
    let heard = phone.read_text(signed).unwrap();
    assert_eq!((heard.record.as_str(), heard.step), (record.as_str(), None));
    assert_eq!(phone.read_text("优惠促销".to_owned()).unwrap_err().code(), "sms_not_ours");

    phone.note_text_sent(record.clone(), phone.device_ms(), None).unwrap();
    assert_eq!(phone.assistance(record).unwrap().hop, "sms");
}

#[test]
fn what_cannot_be_read_is_the_apps_fault_and_says_which() {
    let officer = Officer::new();
    let phone = officer.phone();
    let error = phone.record("no id".to_owned()).unwrap_err();
    assert!(matches!(&error, LastmileError::Input { field, .. } if field == "record"), "{error:?}");
    let error = phone.record("00".repeat(16)).unwrap_err();
    assert!(matches!(&error, LastmileError::NotHere { .. }), "{error:?}");
    let act = Act::Add { verb: "no_such_verb".to_owned(), fields: HashMap::new() };
    let record = phone.create_record(seizure()).unwrap().record;
    assert!(matches!(phone.act(record, act, None, None), Err(LastmileError::Refused { .. })));
    assert!(!line("x").is_empty());
}
