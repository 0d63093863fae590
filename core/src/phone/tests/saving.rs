//! Saving, signing, reopening, finding.

use super::*;

#[test]
fn a_save_is_durable_before_it_is_signed_and_survives_reopening() {
    let world = World::new();
    let path = world.dir.path().join("p.db");
    let phone = world.phone_at(&path, "luqihang", 1, 1, 0);
    let record = begin(&phone);
    let line = add_line(&phone, record, "注塑机");
    let digest = phone.digest(record).unwrap();
    assert_eq!(phone.standing(record).unwrap().standing, Standing::OnThisPhone);
    assert_eq!(phone.store().read::<_, PhoneError>(|tx| Ok(tx.unsigned(9)?.len())).unwrap(), 2);
    drop(phone);

    let phone = world.phone_at(&path, "luqihang", 1, 2, 0);
    assert_eq!(phone.digest(record).unwrap(), digest);
    assert_eq!(phone.sign_pending(9).unwrap(), 2);
    assert_eq!(phone.sign_pending(9).unwrap(), 0);
    quantity(&phone, record, &line, 4).unwrap();
    assert_eq!(phone.record_view(record).unwrap().facts()["lines"][0]["quantity"], 4);
}

#[test]
fn a_refused_wish_changes_nothing_and_says_why() {
    let world = World::new();
    let phone = world.phone("wenruotang", 2);
    let record = begin(&phone);
    let digest = phone.digest(record).unwrap();
    let refused = phone.act(
        record,
        &Intent::Set {
            verb: "set".into(),
            fields: Fields::from([("term_to".to_owned(), "2026-02-30".into())]),
        },
    );
    assert_eq!(refused.unwrap_err().code(), "bad_value");
    assert_eq!(phone.digest(record).unwrap(), digest);
    let unknown =
        phone.act(record, &Intent::Set { verb: "teleport".into(), fields: Fields::new() });
    assert!(unknown.is_err());
    let missing =
        phone.act(DocumentId([9; 16]), &Intent::Finalise { finalisation: phone.new_item() });
    assert!(matches!(missing, Err(PhoneError::NoRecord)));
    // No number was used up by what was refused.
    let next = add_line(&phone, record, "空压机");
    assert!(!next.is_empty());
    let sequences: Vec<u64> = phone
        .store()
        .read::<_, PhoneError>(|tx| {
            Ok(tx.log_after(0, 9)?.iter().map(|row| row.row.sequence).collect())
        })
        .unwrap();
    assert_eq!(sequences, vec![1, 2]);
}

#[test]
fn two_characters_find_a_record() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    add_line(&phone, record, "新能源小型轿车");
    let hits = phone.find("轿车", 5).unwrap().hits;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].target, record.as_bytes());
}

#[test]
fn wrong_clocks_never_block_a_save() {
    for skew in [420_000, -MORNING_MS, 2_300_000_000_000] {
        let world = World::new();
        let path = world.dir.path().join("p.db");
        let phone = world.phone_at(&path, "luqihang", 1, 1, skew);
        let record = begin(&phone);
        let line = add_line(&phone, record, "注塑机");
        quantity(&phone, record, &line, 2).unwrap();
        assert_eq!(phone.sign_pending(9).unwrap(), 3);
    }
}

#[test]
fn another_signature_under_a_known_certificate_stops_nothing() {
    let world = World::new();
    let path = world.dir.path().join("p.db");
    let record = begin(&world.phone_at(&path, "luqihang", 1, 1, 0));
    // The same court, every certificate signed once more: same bodies, same ids, other bytes.
    let again = World { court: TestCourt::nanhai(), ..world };
    let phone = again.phone_at(&path, "luqihang", 1, 2, 0);
    add_line(&phone, record, "注塑机");
    assert_eq!(phone.sign_pending(9).unwrap(), 2);
}
