//! Lost rows, older copies of the server, rebuilt caches, damage that must be noticed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use lastmile_core::sync::channel::{EntryHash, EntryKind, SetHash, of_case};
use lastmile_core::sync::request::{Cursor, Repair};
use lastmile_core::sync::response::Entry;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep;
use world::{CASE, World};

#[test]
fn a_phone_that_lost_an_entry_is_told_and_gets_only_that_one() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    lu.line(record, "甲");
    lu.line(record, "乙");
    lu.sync();
    let channel = of_case(CASE);
    let entries = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.feed_between(&channel, 0, u64::MAX >> 1, 100))
        .unwrap();
    let hashes: Vec<EntryHash> =
        entries.iter().map(|entry| EntryHash::of(entry.kind, &entry.id)).collect();
    let lost = entries.iter().rposition(|entry| entry.kind == EntryKind::Change).unwrap() - 1;
    let held: Vec<EntryHash> =
        hashes.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, hash)| *hash).collect();
    let set = held.iter().fold(SetHash::default(), |set, hash| set.with(*hash));
    let mut request = lu.request();
    request.cursors = vec![Cursor { channel: channel.clone(), seq: entries.len() as u64, set }];
    let answer = lu.ask(&request).unwrap();
    let told = answer.news.iter().find(|told| told.channel == channel).unwrap();
    assert!(told.differs && told.entries.is_empty());
    let seed = [3; 8];
    request.repairs = vec![Repair {
        channel: channel.clone(),
        seed,
        fingerprints: held.iter().map(|hash| hash.fingerprint(seed)).collect(),
    }];
    let answer = lu.ask(&request).unwrap();
    let told = answer.news.iter().find(|told| told.channel == channel).unwrap();
    assert!(told.repaired && told.after == 0 && !told.more);
    assert_eq!(told.entries.len(), entries.len());
    let sent: Vec<usize> = told
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !matches!(entry, Entry::Have(_)))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(sent, [lost]);
    let whole = hashes.iter().fold(SetHash::default(), |set, hash| set.with(*hash));
    assert_eq!(told.set, whole);
}

#[test]
fn caches_follow_from_the_log_and_damage_is_noticed() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    lu.line(record, "甲");
    lu.sync();
    let server = world.server();
    let rows = || {
        server
            .store()
            .read::<_, StoreError>(|reading| {
                Ok((reading.record(record)?, reading.cases(10, 0)?, reading.requests(None, 9, 0)?))
            })
            .unwrap()
    };
    let before = rows();
    let rebuilt = upkeep::rebuild(server).unwrap();
    assert_eq!((rebuilt.records, rebuilt.differed.len()), (1, 0));
    assert_eq!(rows(), before);
    assert_eq!(upkeep::verify(server).unwrap().findings, []);

    let database = world.data().join("server.db");
    let meddle = |sql: &str| {
        rusqlite::Connection::open(&database).unwrap().execute_batch(sql).unwrap();
    };
    let codes = || -> Vec<&str> {
        let findings = upkeep::verify(server).unwrap().findings;
        findings.into_iter().map(|finding| finding.code).collect()
    };
    meddle("UPDATE record SET state_digest = zeroblob(32)");
    assert_eq!(codes(), ["record_differs"]);
    assert_eq!(upkeep::rebuild(server).unwrap().differed, [record]);
    assert_eq!(codes(), [] as [&str; 0]);
    meddle("UPDATE member SET person = 'nobody' WHERE person = 'wenruotang'");
    assert_eq!(codes(), ["channel_members"]);
    meddle("UPDATE member SET person = 'wenruotang' WHERE person = 'nobody'");
    meddle("UPDATE envelope SET signature = zeroblob(64) WHERE verb = 'add_line'");
    assert_eq!(codes(), ["envelope_signature"]);
    meddle("UPDATE log_hash SET hash = zeroblob(32)");
    assert!(codes().contains(&"log_root"));
    meddle("UPDATE feed SET leaf = zeroblob(32) WHERE log_index = 3");
    assert!(codes().contains(&"log_leaf"));
    meddle("UPDATE checkpoint SET note = x'00'");
    assert!(codes().contains(&"log_checkpoint"));
    meddle("UPDATE feed SET set_after = zeroblob(32) WHERE channel LIKE 'case:%' AND seq = 2");
    assert!(codes().contains(&"channel_hash"));
}
