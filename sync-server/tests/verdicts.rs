//! What waits: for a dependency, a certificate, a case, a person's decision; and what it blocks
//! (nothing else).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use lastmile_core::id::EnvelopeId;
use lastmile_core::records::Role;
use lastmile_core::sync::response::Outcome;
use lastmile_server::store::{State, StoreError};
use lastmile_server::upkeep;
use world::author::Author;
use world::{CASE, OTHER_CASE, World, case_pack};

fn held(code: &str) -> Outcome {
    Outcome::Held(code.into())
}

fn quarantined(code: &str) -> Outcome {
    Outcome::Quarantined(code.into())
}

fn state(world: &World, id: EnvelopeId) -> (State, String) {
    let found = world.server().store().read::<_, StoreError>(|reading| reading.verdict(id));
    found.unwrap().unwrap()
}

#[test]
fn what_came_before_its_dependency_is_kept_and_enters_when_that_comes() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let mut author = Author::of(&lu, 7);
    let creating = author.seizure();
    let document = creating.body.document;
    let first = author.line(document, "甲");
    let second = author.line(document, "乙");
    let other = author.seizure();
    let mut request = lu.request();
    request.changes = vec![second.clone(), other, creating];
    let answer = lu.ask(&request).unwrap();
    assert_eq!(answer.outcomes, [held("missing_dependency"), Outcome::Accepted, Outcome::Accepted]);
    assert_eq!(lu.ask(&request).unwrap().outcomes[0], held("missing_dependency"));
    // Brought by somebody else's phone: the author is who acted.
    let mut carried = wen.request();
    carried.changes = vec![first];
    assert_eq!(wen.ask(&carried).unwrap().outcomes, [Outcome::Accepted]);
    assert_eq!(state(&world, second.body.id()), (State::Accepted, String::new()));
    assert_eq!(lu.ask(&request).unwrap().outcomes[0], Outcome::Known);
    let report = wen.sync();
    assert_eq!(report.applied.received.accepted, 4);
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}

#[test]
fn who_is_no_member_is_kept_for_a_person_to_decide_and_others_go_on() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let ou = world.officer("ouziqian");
    let (mut member, mut outsider) = (Author::of(&lu, 7), Author::of(&ou, 8));
    let creating = member.seizure();
    let document = creating.body.document;
    let mut request = lu.request();
    request.changes = vec![creating.clone()];
    lu.ask(&request).unwrap();
    outsider.know(&creating);
    let foreign = outsider.line(document, "别案的物");
    let mut pushed = ou.request();
    pushed.changes = vec![foreign.clone()];
    assert_eq!(ou.ask(&pushed).unwrap().outcomes, [quarantined("not_a_member")]);
    assert_eq!(ou.ask(&pushed).unwrap().outcomes, [quarantined("not_a_member")]);
    // A member who built on it waits with it; a member who did not goes on.
    let mut misled = Author::of(&lu, 9);
    misled.know(&creating);
    misled.know(&foreign);
    let on_foreign = misled.line(document, "依据别人的");
    let honest = member.line(document, "本案的物");
    request.changes = vec![on_foreign, honest];
    assert_eq!(
        lu.ask(&request).unwrap().outcomes,
        [quarantined("depends_on_quarantined"), Outcome::Accepted]
    );
    // What can never be right is refused even then.
    let unsound = outsider.sign(document, creating.body.change, "create", 1, creating.change);
    pushed.changes = vec![unsound];
    assert!(matches!(&ou.ask(&pushed).unwrap().outcomes[0], Outcome::Rejected(_)));
    let record = world
        .server()
        .store()
        .read::<_, StoreError>(|reading| reading.record(document))
        .unwrap()
        .unwrap();
    assert_eq!(record.changes, 2);
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}

#[test]
fn a_record_begun_by_an_outsider_stays_out_of_the_case() {
    let mut world = World::new();
    let ou = world.officer("ouziqian");
    let mut outsider = Author::of(&ou, 8);
    let creating = outsider.seizure();
    let line = outsider.line(creating.body.document, "物");
    let mut request = ou.request();
    request.changes = vec![creating.clone(), line];
    assert_eq!(ou.ask(&request).unwrap().outcomes, vec![quarantined("not_a_member"); 2]);
    request.changes = vec![outsider.line(creating.body.document, "又一物")];
    assert!(matches!(&ou.ask(&request).unwrap().outcomes[0], Outcome::Quarantined(_)));
    let documents = world.server().store().read::<_, StoreError>(|reading| reading.documents());
    assert_eq!(documents.unwrap(), []);
}

#[test]
fn who_enters_a_case_brings_in_what_waited_for_that_and_nobody_elses() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let ou = world.officer("ouziqian");
    let he = world.officer("hejunyi");
    let (mut member, mut late, mut stranger) =
        (Author::of(&lu, 7), Author::of(&ou, 8), Author::of(&he, 9));
    let creating = member.seizure();
    let document = creating.body.document;
    let mut request = lu.request();
    request.changes = vec![creating.clone()];
    lu.ask(&request).unwrap();
    late.know(&creating);
    stranger.know(&creating);
    // A line in a record of the case, and a record of his own with a line.
    let own = late.seizure();
    let mut pushed = ou.request();
    pushed.changes =
        vec![late.line(document, "甲"), own.clone(), late.line(own.body.document, "乙")];
    assert_eq!(ou.ask(&pushed).unwrap().outcomes, vec![quarantined("not_a_member"); 3]);
    let mut others = he.request();
    others.changes = vec![stranger.line(document, "丙"), stranger.seizure()];
    assert_eq!(he.ask(&others).unwrap().outcomes, vec![quarantined("not_a_member"); 2]);
    // A member builds on what waits.
    let mut misled = Author::of(&lu, 10);
    misled.know(&creating);
    misled.know(&pushed.changes[0]);
    request.changes = vec![misled.line(document, "丁")];
    assert_eq!(lu.ask(&request).unwrap().outcomes, [quarantined("depends_on_quarantined")]);
    world.publish(&case_pack(CASE, 2, &["luqihang", "wenruotang", "ouziqian"]));
    assert_eq!(ou.ask(&pushed).unwrap().outcomes, vec![Outcome::Known; 3]);
    assert_eq!(lu.ask(&request).unwrap().outcomes, [Outcome::Known]);
    assert_eq!(he.ask(&others).unwrap().outcomes, vec![quarantined("not_a_member"); 2]);
    // Everybody of the case reads it.
    let wen = world.officer("wenruotang");
    assert_eq!(wen.sync().applied.received.accepted, 5);
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}

#[test]
fn records_of_a_case_the_server_does_not_know_enter_when_its_pack_comes() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut author = Author::of(&lu, 7);
    let creating = author.create("seizure", OTHER_CASE, lastmile_core::document::Fields::new());
    let line = author.line(creating.body.document, "物");
    let mut request = lu.request();
    request.changes = vec![creating.clone(), line];
    assert_eq!(lu.ask(&request).unwrap().outcomes, vec![quarantined("unknown_case"); 2]);
    world.publish(&case_pack(OTHER_CASE, 1, &["luqihang"]));
    assert_eq!(lu.ask(&request).unwrap().outcomes, vec![Outcome::Known; 2]);
    let findings = upkeep::verify(world.server()).unwrap().findings;
    assert_eq!(findings, []);
}

#[test]
fn an_unknown_author_is_held_until_the_certificate_comes() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    // Wen's device was certified on a copy of this court: this server has not heard of it yet.
    world.stop();
    let copy = world.dir.path().join("copy");
    copy_dir(&world.data(), &copy);
    world.start();
    let wen = world.officer("wenruotang");
    let certificate = {
        let directory = world.server().directory().unwrap();
        directory.get(&wen.request().certificate).unwrap().signed().clone()
    };
    world.stop();
    std::fs::remove_dir_all(world.data()).unwrap();
    copy_dir(&copy, &world.data());
    world.start();
    let creating = Author::of(&wen, 8).seizure();
    let mut carried = lu.request();
    carried.changes = vec![creating.clone()];
    assert_eq!(lu.ask(&carried).unwrap().outcomes, [held("unknown_certificate")]);
    assert_eq!(lu.ask(&carried).unwrap().outcomes, [held("unknown_certificate")]);
    // Anybody may bring it; only the court announces it.
    let mut bringing = lu.request();
    bringing.certificates = vec![certificate.to_bytes()];
    lu.ask(&bringing).unwrap();
    assert_eq!(lu.ask(&carried).unwrap().outcomes, [held("unknown_certificate")]);
    lastmile_server::certify::publish(world.server(), vec![certificate]).unwrap();
    assert_eq!(state(&world, creating.body.id()).0, State::Accepted);
    assert_eq!(lu.ask(&carried).unwrap().outcomes, [Outcome::Known]);
}

#[test]
fn of_two_copies_of_a_phone_the_first_to_come_has_the_place() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (mut one, mut two) = (Author::of(&lu, 7), Author::of(&lu, 7));
    let (first, second) =
        (one.seizure(), { two.create("onsite", CASE, lastmile_core::document::Fields::new()) });
    let mut request = lu.request();
    request.changes = vec![first.clone(), second.clone()];
    let twin = Outcome::Rejected("twin".into());
    assert_eq!(lu.ask(&request).unwrap().outcomes, [Outcome::Accepted, twin.clone()]);
    request.changes = vec![second];
    assert_eq!(lu.ask(&request).unwrap().outcomes, std::slice::from_ref(&twin));
    // One change signed under two envelopes.
    let mut body = first.body;
    body.sequence = 50;
    request.changes = vec![one.seal(body, first.change)];
    assert_eq!(lu.ask(&request).unwrap().outcomes, [twin]);
}

#[test]
fn another_device_cannot_take_a_phones_places() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.device("wenruotang", Role::Officer);
    let mut squatter = Author::of(&wen, 7);
    let mut request = wen.request();
    request.changes = vec![squatter.seizure()];
    assert_eq!(wen.ask(&request).unwrap().outcomes, [Outcome::Accepted]);
    let mut owner = Author::of(&lu, 7);
    let mut request = lu.request();
    request.changes = vec![owner.seizure()];
    assert_eq!(lu.ask(&request).unwrap().outcomes, [Outcome::Accepted]);
}

fn copy_dir(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
