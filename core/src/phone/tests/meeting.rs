//! Phone to phone: what both may read converges, nothing else moves.

use super::*;
use crate::document::Choice;

#[test]
fn two_phones_that_disagree_meet_and_agree_on_what_is_contested() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    let record = begin(&lu);
    let line = add_line(&lu, record, "空压机");
    let (first, second) = meet(&lu, &wen);
    assert_eq!(first.unwrap().given, 2);
    assert_eq!(second.unwrap().received.accepted, 2);
    assert_eq!(lu.digest(record).unwrap(), wen.digest(record).unwrap());

    quantity(&lu, record, &line, 2).unwrap();
    quantity(&wen, record, &line, 3).unwrap();
    let (first, _) = meet(&wen, &lu);
    let report = first.unwrap();
    assert_eq!((report.given, report.received.accepted), (1, 1));
    assert_eq!(lu.digest(record).unwrap(), wen.digest(record).unwrap());
    let view = wen.record_view(record).unwrap();
    assert_eq!(view.conflicts.len(), 1);
    let refused = lu.act(record, &Intent::Finalise { finalisation: lu.new_item() });
    assert_eq!(refused.unwrap_err().code(), "open_conflicts");
    let resolution = Intent::Resolve {
        resolution: lu.new_item(),
        target: view.conflicts[0].subject.target().to_owned(),
        choice: Choice::Alternative(Value::Int(3)),
        reason: "现场清点为三台".into(),
        saw: crate::document::saw(&view.conflicts[0]),
    };
    lu.act(record, &resolution).unwrap();
    meet(&lu, &wen).1.unwrap();
    assert!(wen.record_view(record).unwrap().conflicts.is_empty());
    let (again, _) = meet(&lu, &wen);
    assert_eq!(again.unwrap().given, 0, "nothing goes twice");
}

#[test]
fn what_the_other_may_not_read_stays_here() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let ou = world.phone("ouziqian", 3);
    let record = begin(&lu);
    add_line(&lu, record, "注塑机");
    let (first, second) = meet(&lu, &ou);
    assert!(first.unwrap().shared.is_empty());
    assert_eq!(second.unwrap().received, Received::default());
    assert!(matches!(ou.digest(record), Err(PhoneError::NoRecord)));
}

#[test]
fn a_phone_of_another_court_proves_nothing() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let other = World {
        court: TestCourt::named("粤0604", &crate::identity::test_keys::NANHAI),
        dir: TempDir::new().unwrap(),
    };
    let stranger = other.phone_at(&other.dir.path().join("s.db"), "wenruotang", 7, 7, 0);
    let (first, second) = meet(&lu, &stranger);
    assert!(matches!(first, Err(PeerError::NotProven)));
    assert!(second.is_err());
}

#[test]
fn whoever_carries_a_change_the_author_stays_the_author() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    let record = begin(&lu);
    meet(&lu, &wen).0.unwrap();
    let view = wen.record_view(record).unwrap();
    assert_eq!(view.changes()[0].provenance.person, "luqihang");
    let plan = wen.plan(Limit { up: 1_000_000, down: 1, probe: false, wait_s: 0 }).unwrap();
    assert_eq!(plan.request.changes[0].body.certificate, world.court.person("luqihang").id);
}
