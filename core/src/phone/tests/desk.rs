//! What stays a person's business: bound content, refused work, drafts; and one person's trouble that
//! must not become another's.

use super::clones::{answer, offer};
use super::*;
use crate::store::{LogState, TrayOutcome};
use crate::sync::response::Outcome;

#[test]
fn a_signature_over_content_that_changed_is_never_made_again_by_the_phone() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    let plan = offer(&lu);
    lu.apply(&plan, &answer(&lu, vec![Outcome::Accepted], plan.request.changes.clone())).unwrap();
    add_line(&lu, record, "注塑机");
    let content = lu.record_view(record).unwrap().content_digest;
    let fields = Fields::from([
        ("name".to_owned(), "陆启航".into()),
        ("role".to_owned(), "officer".into()),
        ("mode".to_owned(), "sign".into()),
        ("content".to_owned(), Value::Bytes(content.0.to_vec())),
        ("stroke".to_owned(), Value::Bytes(vec![7; 32])),
    ]);
    let item = lu.new_item();
    lu.act(record, &Intent::Add { verb: "sign".into(), item, fields }).unwrap();
    let plan = offer(&lu);
    let refused =
        vec![Outcome::Rejected("twin".into()), Outcome::Rejected("depends_on_refused".into())];
    let applied = lu.apply(&plan, &answer(&lu, refused, Vec::new())).unwrap();
    assert_eq!(applied.recorded_anew, 1, "the line comes back, the signature does not");
    let view = lu.record_view(record).unwrap();
    assert_eq!(view.state.items("lines").len(), 1);
    assert!(view.state.items("signatures").is_empty());
    let open: Vec<_> = lu
        .tray()
        .unwrap()
        .into_iter()
        .filter(|item| item.row.outcome == TrayOutcome::Open)
        .collect();
    assert_eq!(open.len(), 1, "a person sees it and signs again");
    lu.settle_tray(open[0].row.id).unwrap();
}

#[test]
fn one_persons_missing_key_holds_up_nobody_else_on_a_shared_phone() {
    let world = World::new();
    let path = world.dir.path().join("shared.db");
    let phone = world.phone_at(&path, "luqihang", 1, 1, 0);
    world.let_in(&phone, &["luqihang"]);
    for _ in 0..300 {
        begin(&phone);
    }
    drop(phone);
    let phone = world.phone_at(&path, "ouziqian", 1, 2, 0);
    let help = phone
        .create(NewRecord {
            kind: "assistance".into(),
            case: CASE.into(),
            handler: String::new(),
            head: Fields::from([("place".to_owned(), "九江镇".into())]),
            items: Vec::new(),
        })
        .unwrap();
    let plan = offer(&phone);
    assert_eq!(plan.offered, vec![help.envelope]);
    assert!(plan.request.cursors.iter().all(|cursor| cursor.channel != of_case(CASE)));
}

#[test]
fn what_the_court_quarantines_stays_with_its_author_and_comes_back_everywhere() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    let plan = offer(&lu);
    let quarantined = vec![Outcome::Quarantined("not_a_member".into())];
    lu.apply(&plan, &answer(&lu, quarantined, Vec::new())).unwrap();
    assert_eq!(lu.standing(record).unwrap().standing, Standing::Attention);
    assert_eq!(lu.records_of_case(CASE).unwrap().len(), 1);
    add_line(&lu, record, "注塑机");
    let released = plan.request.changes.clone();
    lu.apply(&offer(&lu), &answer(&lu, vec![Outcome::Accepted], released)).unwrap();
    assert_eq!(lu.standing(record).unwrap().standing, Standing::WithCourt);
    assert_eq!(lu.record_view(record).unwrap().state.items("lines").len(), 1);
}

#[test]
fn a_forged_envelope_over_an_honest_change_gives_way_to_the_honest_one() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    begin(&lu);
    let honest = offer(&lu).request.changes.clone();
    let mut forged = honest[0].clone();
    forged.body.certificate = CertificateId([0xee; 32]);
    let plan = offer(&wen);
    wen.apply(&plan, &answer(&wen, Vec::new(), vec![forged])).unwrap();
    let held = |phone: &Phone| {
        phone
            .store()
            .read::<_, PhoneError>(|tx| {
                let rows = tx.log_after(0, 9)?;
                Ok(rows.iter().filter(|row| row.row.state == LogState::Held).count())
            })
            .unwrap()
    };
    assert_eq!(held(&wen), 1);
    wen.trust(&[world.court.person("luqihang").certificate.to_bytes()]).unwrap();
    let applied = wen.apply(&offer(&wen), &answer(&wen, Vec::new(), honest)).unwrap();
    assert_eq!(applied.received.accepted, 1);
    assert_eq!(held(&wen), 0);
}

#[test]
fn drafts_are_kept_at_every_step_until_they_become_acts() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    lu.save_draft("d1", "seizure", Some(CASE), "{}").unwrap();
    lu.save_draft("d1", "seizure", Some(CASE), r#"{"location":"九江镇"}"#).unwrap();
    assert_eq!(lu.drafts(Some(CASE)).unwrap().len(), 1);
    assert!(lu.drafts(None).unwrap()[0].json.contains("九江镇"));
    assert!(lu.remove_draft("d1").unwrap());
    assert!(!lu.remove_draft("d1").unwrap());
}
