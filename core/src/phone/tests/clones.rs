//! Copied and restored stores, refusals and what becomes of the work built on them.

use super::*;
use crate::store::TrayOutcome;
use crate::sync::batch::SignedChange;
use crate::sync::response::Outcome;

/// The court's answer to `plan`: an outcome for each change offered, and `sequenced` as the channel's
/// next entries after what the phone has read.
pub(super) fn answer(
    phone: &Phone,
    outcomes: Vec<Outcome>,
    sequenced: Vec<SignedChange>,
) -> SyncResponse {
    let channel = of_case(CASE);
    let row = phone.store().read::<_, PhoneError>(|tx| Ok(tx.channel(&channel)?)).unwrap().unwrap();
    let set = sequenced.iter().fold(SetHash(row.set_hash), |set, signed| {
        set.with(EntryHash::of_change(signed.body.id()))
    });
    SyncResponse {
        server_epoch: ServerEpoch([1; 16]),
        server_ms: MORNING_MS,
        outcomes,
        have: Vec::new(),
        news: vec![ChannelNews {
            channel,
            after: row.cursor,
            entries: sequenced.iter().map(|_| Entry::Change).collect(),
            set,
            more: false,
            differs: false,
            repaired: false,
        }],
        changes: sequenced,
        receipt: None,
    }
}

pub(super) fn offer(phone: &Phone) -> Plan {
    while phone.sign_pending(64).unwrap() > 0 {}
    phone.plan(Limit { up: 10_000_000, down: 1, probe: false, wait_s: 0 }).unwrap()
}

fn epoch(phone: &Phone) -> crate::id::Epoch {
    phone.store().read::<_, PhoneError>(|tx| Ok(tx.identity()?)).unwrap().unwrap().epoch
}

#[test]
fn a_restored_or_cloned_store_writes_as_an_installation_of_its_own() {
    let world = World::new();
    let path = world.dir.path().join("p.db");
    let phone = world.phone_at(&path, "luqihang", 1, 1, 0);
    let record = begin(&phone);
    let before = epoch(&phone);
    drop(phone);
    let same = world.phone_at(&path, "luqihang", 1, 2, 0);
    assert_eq!(epoch(&same), before);
    drop(same);
    let clone = world.phone_at(&path, "luqihang", 9, 3, 0);
    assert_ne!(epoch(&clone), before);
    add_line(&clone, record, "注塑机");
}

/// A full clone, marker included: both copies write the same place in the same sequence.
#[test]
fn of_two_clones_the_servers_verdict_decides_and_no_work_is_lost() {
    let world = World::new();
    let path = world.dir.path().join("p.db");
    let original = world.phone_at(&path, "luqihang", 1, 1, 0);
    world.let_in(&original, &["luqihang", "wenruotang"]);
    let record = begin(&original);
    let line = add_line(&original, record, "注塑机");
    let plan = offer(&original);
    let shared = plan.request.changes.clone();
    original.apply(&plan, &answer(&original, vec![Outcome::Accepted; 2], shared)).unwrap();
    original.store().close().unwrap();
    drop(original);
    let copy = world.dir.path().join("copy.db");
    std::fs::copy(&path, &copy).unwrap();
    let one = world.phone_at(&path, "luqihang", 1, 5, 0);
    let two = world.phone_at(&copy, "luqihang", 1, 6, 0);

    quantity(&one, record, &line, 7).unwrap();
    quantity(&two, record, &line, 8).unwrap();
    let second_line = add_line(&two, record, "空压机");

    // The first copy comes first; the server refuses the second copy's twin and what follows it.
    let first = offer(&one);
    one.apply(&first, &answer(&one, vec![Outcome::Accepted], first.request.changes.clone()))
        .unwrap();
    let second = offer(&two);
    let refused =
        vec![Outcome::Rejected("twin".into()), Outcome::Rejected("depends_on_refused".into())];
    let old_epoch = epoch(&two);
    let captured = second.request.changes.clone();
    let applied =
        two.apply(&second, &answer(&two, refused, first.request.changes.clone())).unwrap();
    assert_eq!(applied.recorded_anew, 2);
    assert_ne!(epoch(&two), old_epoch);
    let tray = two.tray().unwrap();
    assert_eq!(tray.len(), 2);
    assert!(tray.iter().all(|item| item.row.outcome == TrayOutcome::Replaced));
    let kept: Vec<Vec<u8>> =
        tray.iter().filter_map(|item| Some(item.row.row.as_ref()?.change.clone())).collect();
    assert!(
        captured.iter().all(|signed| kept.contains(&signed.change)),
        "the refused bytes are kept"
    );

    let anew = offer(&two);
    assert_eq!(anew.request.changes.len(), 2);
    for (new, old) in anew.request.changes.iter().zip(&captured) {
        assert_eq!(new.body.replaces, Some(old.body.id()));
        assert_eq!(new.body.device_ms, old.body.device_ms, "original capture time");
        assert_eq!(new.body.monotonic_ms, old.body.monotonic_ms);
    }
    two.apply(&anew, &answer(&two, vec![Outcome::Accepted; 2], anew.request.changes.clone()))
        .unwrap();
    one.apply(&offer(&one), &answer(&one, Vec::new(), anew.request.changes.clone())).unwrap();
    assert_eq!(one.digest(record).unwrap(), two.digest(record).unwrap());
    let view = one.record_view(record).unwrap();
    assert_eq!(
        view.facts()["lines"][0]["quantity"],
        8,
        "the second copy knew of the first one's value"
    );
    assert!(view.state.item("lines", &second_line).is_some());
}

#[test]
fn work_of_another_phone_on_a_refused_change_comes_back_too() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let wen = world.phone("wenruotang", 2);
    let record = begin(&lu);
    let plan = offer(&lu);
    lu.apply(&plan, &answer(&lu, vec![Outcome::Accepted], plan.request.changes.clone())).unwrap();
    let line = add_line(&lu, record, "注塑机");
    quantity(&lu, record, &line, 2).unwrap();
    meet(&lu, &wen).0.unwrap();
    quantity(&wen, record, &line, 3).unwrap();

    // The server refuses the line for its place in the sequence, and with it all that follows.
    let plan = offer(&lu);
    let refused =
        vec![Outcome::Rejected("twin".into()), Outcome::Rejected("depends_on_refused".into())];
    let applied = lu.apply(&plan, &answer(&lu, refused, Vec::new())).unwrap();
    assert_eq!(applied.recorded_anew, 2);
    let plan = offer(&wen);
    let outcomes = plan
        .request
        .changes
        .iter()
        .map(|signed| match signed.body.verb.as_str() {
            "create" => Outcome::Known,
            "add_line" => Outcome::Rejected("twin".into()),
            _ => Outcome::Rejected("depends_on_refused".into()),
        })
        .collect();
    wen.apply(&plan, &answer(&wen, outcomes, Vec::new())).unwrap();

    // Wen's edit waits in the tray until Lu's line is back.
    let again = offer(&lu);
    lu.apply(&again, &answer(&lu, vec![Outcome::Accepted; 2], again.request.changes.clone()))
        .unwrap();
    let plan = offer(&wen);
    let applied =
        wen.apply(&plan, &answer(&wen, Vec::new(), again.request.changes.clone())).unwrap();
    assert_eq!(applied.recorded_anew, 1);
    let last = offer(&wen);
    assert_eq!(last.request.changes.len(), 1);
    lu.apply(&offer(&lu), &answer(&lu, Vec::new(), last.request.changes.clone())).unwrap();
    assert_eq!(lu.digest(record).unwrap(), wen.digest(record).unwrap());
    assert_eq!(lu.record_view(record).unwrap().facts()["lines"][0]["quantity"], 3);
}

#[test]
fn a_real_refusal_stays_open_in_the_tray_and_blocks_nothing_else() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    let record = begin(&lu);
    let other = begin(&lu);
    let plan = offer(&lu);
    let outcomes = vec![Outcome::Rejected("not_allowed".into()), Outcome::Accepted];
    let applied =
        lu.apply(&plan, &answer(&lu, outcomes, vec![plan.request.changes[1].clone()])).unwrap();
    assert_eq!((applied.rejected, applied.accepted, applied.recorded_anew), (1, 1, 0));
    assert!(matches!(lu.digest(record), Err(PhoneError::NoRecord)));
    assert_eq!(lu.standing(record).unwrap().standing, Standing::Attention);
    assert_eq!(lu.standing(other).unwrap().standing, Standing::WithCourt);
    assert_eq!(lu.tray().unwrap()[0].row.outcome, TrayOutcome::Open);
}

#[test]
fn an_answer_that_comes_twice_or_does_not_fit_changes_nothing() {
    let world = World::new();
    let lu = world.phone("luqihang", 1);
    begin(&lu);
    let plan = offer(&lu);
    let good = answer(&lu, vec![Outcome::Accepted], plan.request.changes.clone());
    lu.apply(&plan, &good).unwrap();
    let again = lu.apply(&plan, &good).unwrap();
    assert!(!again.differs);
    let mut short = good.clone();
    short.outcomes.clear();
    assert!(lu.apply(&plan, &short).is_err());
    let mut gap = good;
    gap.news[0].after += 9;
    assert!(lu.apply(&plan, &gap).is_err());
}
