//! Phones and the server over real HTTP: what is given arrives, once, for those it is for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::time::Duration;

use lastmile_core::records::{
    Action, Envelope, Field, FieldType, Kind, Label, Role, Verb, builtin,
};
use lastmile_core::sync::channel::{DIRECTORY, SetHash, of_case};
use lastmile_core::sync::request::{Cursor, Repair};
use lastmile_core::sync::response::{ChannelNews, Entry, Outcome, SyncResponse};
use lastmile_server::server::Server;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep;
use world::author::Author;
use world::{CASE, OTHER_CASE, World, case_pack, from_start};

fn news<'a>(answer: &'a SyncResponse, channel: &str) -> Option<&'a ChannelNews> {
    answer.news.iter().find(|news| news.channel == channel)
}

fn reads(answer: &SyncResponse, channel: &str) -> usize {
    news(answer, channel).map_or(0, |news| news.entries.len())
}

#[test]
fn two_phones_meet_on_the_server() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let record = lu.seizure();
    lu.line(record, "注塑机");
    let report = lu.sync();
    assert_eq!(report.applied.accepted, 2, "{report:?}");
    let report = wen.sync();
    assert_eq!(report.applied.received.accepted, 2, "{report:?}");
    assert_eq!(lu.phone.digest(record).unwrap(), wen.phone.digest(record).unwrap());
    let again = lu.sync();
    assert_eq!((again.requests, again.applied.accepted), (1, 0));
    let stored = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.record(record))
        .unwrap()
        .unwrap();
    assert_eq!(stored.state_digest, lu.phone.digest(record).unwrap());
    assert_eq!((stored.changes, stored.case_no.as_str()), (2, CASE));
    let checked = upkeep::verify(world.server()).unwrap();
    assert_eq!(checked.findings, []);
    assert_eq!((checked.records, checked.envelopes), (1, 2));
}

#[test]
fn what_is_pushed_twice_is_known_and_changes_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 7);
    let creating = author.seizure();
    let line = author.line(creating.body.document, "空压机");
    let mut request = lu.request();
    request.changes = vec![creating.clone(), line, creating];
    let first = lu.ask(&request).unwrap();
    assert_eq!(first.outcomes, [Outcome::Accepted, Outcome::Accepted, Outcome::Known]);
    let case = of_case(CASE);
    let told = news(&first, &case).unwrap();
    assert!(told.entries.ends_with(&[Entry::Own(0), Entry::Own(1)]), "{:?}", told.entries);
    let again = lu.ask(&request).unwrap();
    assert_eq!(again.outcomes, vec![Outcome::Known; 3]);
    assert_eq!(news(&again, &case), Some(told), "own changes are named by row, not sent back");
    assert!(again.changes.is_empty());
}

#[test]
fn a_person_reads_the_directory_and_the_cases_of_his_own() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let ou = world.officer("ouziqian");
    lu.seizure();
    lu.sync();
    let answer = ou.ask(&ou.request()).unwrap();
    assert_eq!(reads(&answer, DIRECTORY), 9, "five of the court; two people, and the role of each");
    assert_eq!(answer.news.len(), 1);
    // Asking for the case of others gets not a word about it.
    let mut request = ou.request();
    request.cursors = vec![from_start(&of_case(CASE))];
    let asked = ou.ask(&request).unwrap();
    assert_eq!((asked.news, asked.changes), (answer.news, answer.changes));
}

#[test]
fn the_cursors_of_another_person_on_a_shared_phone_keep_nobody_from_working() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let ou = world.officer("ouziqian");
    lu.seizure();
    lu.sync();
    world.publish(&case_pack(OTHER_CASE, 1, &["ouziqian"]));
    let foreign = of_case(CASE);
    let beyond = Cursor { seq: 1_000, ..from_start(&foreign) };
    let repair = Repair { channel: foreign.clone(), seed: [3; 8], fingerprints: Vec::new() };
    let mut author = Author::of(&ou, 7);
    // At its start, beyond its end, and with a repair: the changes are taken, the rest is answered.
    for (cursors, repairs) in [
        (vec![from_start(&foreign)], vec![]),
        (vec![beyond.clone()], vec![]),
        (vec![], vec![repair.clone()]),
        (vec![beyond], vec![repair]),
    ] {
        let mut request = ou.request();
        request.changes =
            vec![author.create("seizure", OTHER_CASE, lastmile_core::document::Fields::new())];
        (request.cursors, request.repairs) = (cursors, repairs);
        let answer = ou.ask(&request).unwrap();
        assert_eq!(answer.outcomes, [Outcome::Accepted]);
        // A repair is answered, because a phone asks until it is: as if there were nothing.
        let told = news(&answer, &foreign);
        assert_eq!(told.is_some(), !request.repairs.is_empty());
        assert!(told.is_none_or(|told| told.repaired && told.entries.is_empty()));
        assert!(told.is_none_or(|told| told.set == SetHash::default() && told.after == 0));
        assert!(reads(&answer, DIRECTORY) > 0 && reads(&answer, &of_case(OTHER_CASE)) > 0);
        assert!(answer.changes.iter().all(|change| change.body.certificate == request.certificate));
    }
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}

#[test]
fn who_leaves_a_case_reads_up_to_the_leaving_and_nothing_later() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let before = lu.seizure();
    lu.sync();
    wen.sync();
    world.publish(&case_pack(CASE, 2, &["luqihang", "ouziqian"]));
    lu.line(before, "注塑机");
    lu.sync();
    let mut request = wen.request();
    request.cursors = vec![from_start(&of_case(CASE))];
    let answer = wen.ask(&request).unwrap();
    let told = news(&answer, &of_case(CASE)).unwrap();
    assert!(matches!(told.entries.last(), Some(Entry::Transition(_))), "{:?}", told.entries);
    assert!(!told.more);
    let changes = told.entries.iter().filter(|entry| **entry == Entry::Change).count();
    assert_eq!(changes, 1, "the record as it was before, not the line after");
    // The phone notices and purges; what it had to give was offered before.
    let report = wen.sync();
    assert_eq!(report.left, [of_case(CASE)]);
    let report = wen.sync();
    assert_eq!((report.requests, report.left.len()), (1, 0), "it is over: {report:?}");
    // Who came later reads everything.
    let ou = world.officer("ouziqian");
    let report = ou.sync();
    assert_eq!(report.applied.received.accepted, 2);
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}

#[test]
fn answers_are_bounded_and_go_on_where_they_stopped() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let mut author = Author::of(&lu, 7);
    let creating = author.seizure();
    let document = creating.body.document;
    let mut request = lu.request();
    request.changes = vec![creating];
    request.changes.extend((0..40).map(|n| author.line(document, &format!("设备{n}"))));
    assert_eq!(lu.ask(&request).unwrap().outcomes, vec![Outcome::Accepted; 41]);
    let case = of_case(CASE);
    let mut request = wen.request();
    request.max_bytes = 3_000;
    let mut got = 0;
    let mut answers = 0;
    loop {
        let answer = wen.ask(&request).unwrap();
        answers += 1;
        got += answer.changes.len();
        let bytes: usize = answer.changes.iter().map(|signed| signed.change.len()).sum();
        assert!(bytes <= 3_000 || answer.changes.len() == 1);
        request.cursors = request
            .cursors
            .iter()
            .filter(|cursor| news(&answer, &cursor.channel).is_none())
            .cloned()
            .chain(answer.news.iter().map(|told| Cursor {
                channel: told.channel.clone(),
                seq: told.after + told.entries.len() as u64,
                set: told.set,
            }))
            .collect();
        if !answer.news.iter().any(|told| told.more) {
            break;
        }
        assert!(answers < 100);
    }
    assert_eq!(got, 41);
    assert!(answers > 3, "{answers} answers");
    assert!(request.cursors.iter().any(|cursor| cursor.channel == case));
    assert!(wen.ask(&request).unwrap().news.is_empty());
}

#[test]
fn a_request_that_waits_is_answered_the_moment_something_comes() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    wen.sync();
    let cursors = wen.ask(&wen.request()).unwrap();
    let mut request = wen.request();
    request.wait_s = 40;
    request.cursors = cursors
        .news
        .iter()
        .map(|told| Cursor {
            channel: told.channel.clone(),
            seq: told.entries.len() as u64,
            set: told.set,
        })
        .collect();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| send.send(wen.ask(&request).unwrap()).unwrap());
        // Long enough that the request waits; were it not held, it would answer with nothing.
        assert!(receive.recv_timeout(Duration::from_millis(300)).is_err());
        lu.seizure();
        lu.sync();
        let answer = receive.recv_timeout(Duration::from_secs(30)).unwrap();
        assert_eq!(answer.changes.len(), 1);
    });
}

#[test]
fn a_request_that_waits_hears_what_another_process_wrote() {
    let mut world = World::new();
    let wen = world.officer("wenruotang");
    wen.sync();
    let told = wen.ask(&wen.request()).unwrap();
    let mut request = wen.request();
    request.wait_s = 40;
    let cursor = |told: &ChannelNews| Cursor {
        channel: told.channel.clone(),
        seq: told.entries.len() as u64,
        set: told.set,
    };
    request.cursors = told.news.iter().map(cursor).collect();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| send.send(wen.ask(&request).unwrap()).unwrap());
        assert!(receive.recv_timeout(Duration::from_millis(300)).is_err());
        // As the command line does, with the service running.
        let other = Server::open(&world.data(), world.options()).unwrap();
        let pack = case_pack(CASE, 2, &["luqihang", "wenruotang", "ouziqian"]);
        other.publish(|publisher| publisher.case(&pack)).unwrap();
        let answer = receive.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(!answer.news.is_empty());
    });
}

#[test]
fn a_stopping_service_answers_those_who_wait() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    lu.sync();
    let cursors = lu.ask(&lu.request()).unwrap();
    let mut request = lu.request();
    request.wait_s = 40;
    request.cursors = cursors
        .news
        .iter()
        .map(|told| Cursor {
            channel: told.channel.clone(),
            seq: told.entries.len() as u64,
            set: told.set,
        })
        .collect();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| send.send(lu.ask(&request)).unwrap());
        assert!(receive.recv_timeout(Duration::from_millis(300)).is_err());
        world.stop();
        let answer = receive.recv_timeout(Duration::from_secs(30)).unwrap().unwrap();
        assert!(answer.news.is_empty());
    });
}

#[test]
fn after_a_failure_the_phone_is_told_what_the_server_has() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 9);
    let creating = author.seizure();
    let document = creating.body.document;
    let mut request = lu.request();
    request.changes = vec![creating, author.line(document, "甲"), author.line(document, "乙")];
    author.sequence += 2;
    request.changes.push(author.line(document, "丙"));
    lu.ask(&request).unwrap();
    let mut probe = lu.request();
    probe.epoch = author.epoch;
    probe.probe = true;
    assert_eq!(lu.ask(&probe).unwrap().have, [(1, 3), (6, 6)]);
    // Another device's epoch is its own business.
    let wen = world.device("wenruotang", Role::Officer);
    probe.certificate = wen.request().certificate;
    assert_eq!(wen.ask(&probe).unwrap().have, []);
}

#[test]
fn many_phones_at_once_leave_no_gap() {
    let mut world = World::new();
    let team: Vec<String> = (0..4).map(|n| format!("officer{n}")).collect();
    let names: Vec<&str> = team.iter().map(String::as_str).collect();
    world.publish(&case_pack(CASE, 2, &names));
    let devices: Vec<_> = names.iter().map(|name| world.officer(name)).collect();
    let shared = devices[0].seizure();
    devices[0].sync();
    std::thread::scope(|scope| {
        for device in &devices {
            scope.spawn(move || {
                device.sync();
                for n in 0..6 {
                    device.line(shared, &format!("物{n}"));
                    device.seizure();
                    device.sync();
                }
            });
        }
    });
    for device in &devices {
        device.sync();
    }
    let digest = devices[0].phone.digest(shared).unwrap();
    assert!(devices.iter().all(|device| device.phone.digest(shared).unwrap() == digest));
    let checked = upkeep::verify(world.server()).unwrap();
    assert_eq!(checked.findings, []);
    assert_eq!((checked.records, checked.envelopes), (25, 49));
}

static DUMMY: Kind = Kind {
    name: "parking_note",
    schema: 1,
    label: Label::new("停放记录", "parking note"),
    form: None,
    head: &[Field::multi("spot", "车位", "spot", FieldType::Text(40))],
    collections: &[],
    verbs: &[
        Verb::new("create", "新建", "new", Action::Create, &[Role::Officer]),
        Verb::new("set", "填写", "set", Action::Set(&[]), &[Role::Officer]),
    ],
    rules: &[],
    title: &["spot"],
    envelope: Envelope::USUAL,
};

#[test]
fn a_kind_that_only_this_test_knows_goes_all_the_way() {
    use lastmile_core::document::{Fields, Intent};
    let mut world = World::with_kinds(builtin().with(&DUMMY));
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let note = lu.begin("parking_note", CASE, Fields::new());
    let fields = Fields::from([("spot".to_owned(), "B2-17".into())]);
    lu.phone.act(note, &Intent::Set { verb: "set".into(), fields }).unwrap();
    lu.sync();
    wen.sync();
    assert_eq!(wen.phone.record_view(note).unwrap().title(), "B2-17");
    let row = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.record(note))
        .unwrap()
        .unwrap();
    assert_eq!((row.kind.as_str(), row.title.as_str()), ("parking_note", "B2-17"));
}

#[test]
fn what_was_held_for_a_later_version_stands_after_the_servers_own_upgrade() {
    use lastmile_core::document::{Fields, Intent};
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 7);
    author.kinds = builtin().with(&DUMMY);
    let creating = author.create("parking_note", CASE, Fields::new());
    let note = creating.body.document;
    let fields = Fields::from([("spot".to_owned(), "B2-17".into())]);
    let setting = author.write(Some(note), &Intent::Set { verb: "set".into(), fields });
    let mut request = lu.request();
    request.changes = vec![creating, setting];
    let outcomes = lu.ask(&request).unwrap().outcomes;
    assert_eq!(outcomes[0], Outcome::Held("unknown_kind".into()));
    assert!(matches!(outcomes[1], Outcome::Held(_)));
    let title = |world: &World| {
        let row = world.server().store().read::<_, StoreError>(|reading| reading.record(note));
        row.unwrap().map(|row| row.title)
    };
    // A restart alone changes nothing.
    world.start();
    assert_eq!(title(&world), None);
    world.upgrade(builtin().with(&DUMMY));
    assert_eq!(title(&world).as_deref(), Some("B2-17"));
    assert_eq!(lu.ask(&request).unwrap().outcomes, vec![Outcome::Known; 2]);
    let wen = world.officer("wenruotang");
    wen.sync();
    assert_eq!(wen.phone.record_view(note).unwrap().title(), "B2-17");
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}
