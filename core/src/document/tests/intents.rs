//! What one or two people can do to a record, and what they then see.

use super::*;

fn two() -> (Device, Device, String) {
    let mut lu = Device::new("lu", 1);
    let mut wen = Device::new("wen", 2);
    lu.create();
    let line = lu.add_line("空压机");
    wen.hear(&lu);
    (lu, wen, line)
}

#[test]
fn concurrent_values_are_both_kept_whatever_the_clocks_say() {
    let (mut lu, mut wen, line) = two();
    wen.clock += 7 * 60 * 1_000;
    wen.quantity(&line, 2);
    lu.quantity(&line, 3);
    let before = (lu.clone(), wen.clone());
    lu.hear(&before.1);
    wen.hear(&before.0);
    assert_eq!(lu.digest(), wen.digest());
    let view = lu.view();
    assert_eq!(view.conflicts.len(), 1);
    let claims: Vec<_> = view.conflicts[0].sides.iter().map(|side| side.what.clone()).collect();
    assert!(
        claims.contains(&Claim::Value(Value::Int(2)))
            && claims.contains(&Claim::Value(Value::Int(3)))
    );
    let people: Vec<_> = view.conflicts[0]
        .sides
        .iter()
        .map(|side| view.change(side.change).unwrap().provenance.person.clone())
        .collect();
    assert!(people.contains(&"lu".to_owned()) && people.contains(&"wen".to_owned()));
    assert!(view.facts()["lines"][0].get("quantity").is_none(), "no rule sees one of two answers");
    assert_eq!(lu.try_do(&quantity_intent(&line, 9)), Err(Verdict::Rejected(Refusal::Contested)));
    assert_eq!(lu.finalise(), Err(Verdict::Rejected(Refusal::OpenConflicts)));
    lu.resolve(&format!("lines/{line}/quantity"), Choice::Alternative(Value::Int(2))).unwrap();
    assert!(lu.view().conflicts.is_empty());
    assert_eq!(lu.view().facts()["lines"][0]["quantity"], 2);
    lu.finalise().unwrap();
}

#[test]
fn a_conflict_may_be_left_unsettled_on_purpose_or_get_another_value() {
    let (mut lu, mut wen, line) = two();
    wen.quantity(&line, 2);
    lu.quantity(&line, 3);
    lu.hear(&wen);
    let target = format!("lines/{line}/quantity");
    let mut other = lu.clone();
    lu.resolve(&target, Choice::Unsettled).unwrap();
    assert!(lu.view().facts()["lines"][0].get("quantity").is_none());
    assert!(lu.view().conflicts.is_empty());
    assert_eq!(
        other.resolve(&target, Choice::Other(Value::Int(2))),
        Err(Verdict::Rejected(Refusal::OutsideVerb)),
        "an offered value is an alternative, not another one"
    );
    other.resolve(&target, Choice::Other(Value::Int(5))).unwrap();
    assert_eq!(other.view().facts()["lines"][0]["quantity"], 5);
}

#[test]
fn a_strike_against_an_edit_is_a_conflict_that_a_person_settles() {
    for (choice, struck) in [(Choice::Struck, true), (Choice::Kept, false)] {
        let (mut lu, mut wen, line) = two();
        wen.quantity(&line, 2);
        lu.strike(&line, "案外人租赁物").unwrap();
        lu.hear(&wen);
        wen.hear(&lu);
        assert_eq!(lu.digest(), wen.digest());
        let target = format!("lines/{line}");
        let view = wen.view();
        assert_eq!(view.conflicts[0].subject, Subject::StruckOrEdited(target.clone()));
        assert!(
            view.conflicts[0]
                .sides
                .iter()
                .any(|side| side.what == Claim::Struck("案外人租赁物".into()))
        );
        assert_eq!(lu.finalise(), Err(Verdict::Rejected(Refusal::OpenConflicts)));
        lu.resolve(&target, choice).unwrap();
        assert!(lu.view().conflicts.is_empty());
        assert_eq!(lu.view().facts()["lines"][0]["struck"], struck);
        assert_eq!(lu.view().facts()["lines"][0]["quantity"], 2, "the edit is kept either way");
        assert_eq!(lu.try_do(&quantity_intent(&line, 4)).is_err(), struck);
    }
}

#[test]
fn opposite_settlements_reopen_the_conflict_until_somebody_names_both() {
    let (mut lu, mut wen, line) = two();
    wen.quantity(&line, 2);
    lu.strike(&line, "案外人租赁物").unwrap();
    lu.hear(&wen);
    wen.hear(&lu);
    let target = format!("lines/{line}");
    lu.resolve(&target, Choice::Struck).unwrap();
    wen.resolve(&target, Choice::Kept).unwrap();
    lu.hear(&wen);
    assert_eq!(lu.view().conflicts.len(), 1);
    lu.resolve(&target, Choice::Struck).unwrap();
    assert!(lu.view().conflicts.is_empty(), "{:?}", lu.view().conflicts);
    assert_eq!(lu.view().facts()["lines"][0]["struck"], true);
}

#[test]
fn strikes_are_not_deletions_and_need_a_reason_and_a_standing_line() {
    let (mut lu, _, line) = two();
    assert_eq!(lu.strike(&line, "  "), Err(Verdict::Rejected(Refusal::BadValue)));
    lu.strike(&line, "生活必需品").unwrap();
    assert_eq!(lu.strike(&line, "再划一次"), Err(Verdict::Rejected(Refusal::Struck)));
    assert_eq!(lu.try_do(&quantity_intent(&line, 4)), Err(Verdict::Rejected(Refusal::Struck)));
    assert_eq!(lu.view().state.items("lines").len(), 1);
}

#[test]
fn the_same_seal_strip_twice_is_a_conflict_until_noted() {
    let (mut lu, mut wen, _) = two();
    for device in [&mut lu, &mut wen] {
        let item = device.ulid();
        device.do_it(&Intent::Add {
            verb: "affix_seal".into(),
            item,
            fields: fields(&[("number", "S0003".into())]),
        });
    }
    lu.hear(&wen);
    assert_eq!(lu.view().conflicts[0].subject, Subject::Duplicate("seals#S0003".into()));
    lu.resolve("seals#S0003", Choice::Noted).unwrap();
    assert!(lu.view().conflicts.is_empty());
}

#[test]
fn facts_stand_and_only_the_handler_finalises() {
    let (mut lu, mut wen, _) = two();
    let shown =
        |at: &str| Intent::Set { verb: "set".into(), fields: fields(&[("shown_at", at.into())]) };
    lu.do_it(&shown("2026-03-17T08:30:00+08:00"));
    assert_eq!(
        lu.try_do(&shown("2026-03-17T08:31:00+08:00")),
        Err(Verdict::Rejected(Refusal::FactStands))
    );
    assert_eq!(wen.finalise(), Err(Verdict::Rejected(Refusal::NotHandler)));
}

#[test]
fn a_finalised_record_never_changes_and_late_changes_are_shown_as_late() {
    let (mut lu, mut wen, line) = two();
    lu.finalise().unwrap();
    let bound = lu.view().finalised[0].clone();
    assert_eq!(bound.content, lu.view().content_digest);
    assert_eq!(lu.try_do(&quantity_intent(&line, 4)), Err(Verdict::Rejected(Refusal::Finalised)));
    let late = wen.quantity(&line, 9);
    lu.hear(&wen);
    let view = lu.view();
    assert_eq!(view.late, vec![late]);
    assert_eq!(view.content_digest, bound.content);
    assert_eq!(view.facts()["lines"][0]["quantity"], 1);
    wen.hear(&lu);
    assert_eq!(wen.digest(), lu.digest());
    assert_eq!(wen.try_do(&quantity_intent(&line, 10)), Err(Verdict::Rejected(Refusal::Finalised)));
    let item = wen.ulid();
    wen.do_it(&Intent::Add {
        verb: "sign".into(),
        item,
        fields: fields(&[("name", "温若棠".into())]),
    });
    assert_eq!(wen.view().content_digest, bound.content);
    assert_eq!(wen.view().state.items("signatures").len(), 1);
}

#[test]
fn two_finalisations_are_both_kept_and_are_a_conflict() {
    let (mut lu, _, _) = two();
    let mut twin = lu.clone();
    twin.actor = ActorId([9; 16]);
    twin.ulids += 1_000;
    lu.finalise().unwrap();
    twin.finalise().unwrap();
    lu.hear(&twin);
    let view = lu.view();
    assert_eq!(view.finalised.len(), 2);
    assert_eq!(view.conflicts[0].subject, Subject::Finalised);
    assert!(view.late.is_empty());
}

#[test]
fn a_document_rebuilt_from_its_log_is_the_same_with_and_without_a_snapshot() {
    let (mut lu, mut wen, line) = two();
    wen.quantity(&line, 2);
    lu.strike(&line, "案外人租赁物").unwrap();
    lu.hear(&wen);
    let document = lu.document.clone().unwrap();
    let rebuild = |snapshot: Option<&[u8]>| {
        let log = lu
            .log
            .iter()
            .map(|candidate| (candidate.bytes.as_slice(), candidate.provenance.clone()));
        Document::from_log(&kinds(), document.id(), log, snapshot).unwrap()
    };
    let snapshot = document.snapshot();
    let stale = Automerge::new().save();
    for snapshot in
        [None, Some(snapshot.as_slice()), Some(stale.as_slice()), Some(b"damaged".as_slice())]
    {
        assert_eq!(rebuild(snapshot).state_digest(), document.state_digest());
    }
}

#[test]
fn a_draft_with_its_lines_becomes_a_record_in_one_change() {
    let mut lu = Device::new("lu", 1);
    let item = lu.ulid();
    let create = |collection: &str, name: &str| Intent::Create {
        kind: "test_list".into(),
        case: "(2026)粤0605执1101号".into(),
        handler: "lu".into(),
        nonce: vec![1; 16],
        head: fields(&[("colour", "白".into())]),
        items: vec![NewItem {
            collection: collection.into(),
            item: item.clone(),
            fields: fields(&[("name", name.into())]),
        }],
    };
    assert_eq!(
        lu.try_do(&create("finalisations", "x")),
        Err(Verdict::Rejected(Refusal::OutsideVerb)),
        "a record cannot be born finalised"
    );
    lu.do_it(&create("lines", "注塑机"));
    assert_eq!(lu.log.len(), 1);
    assert_eq!(lu.view().facts()["lines"][0]["name"], "注塑机");
    lu.quantity(&item, 3);
}
