//! Originals that the court lost: its signed word reaches the phones, whoever has the file keeps it and sends it
//! again by itself, whoever has it no more says nothing wrong, and the others go their way.

use crate::reader::Reader;
use crate::withdrawn::{back_up, captured, standing, told_alone, upload, withdraw};
use crate::world::tus::{hash_of, picture};
use crate::world::{COURT, Device, OTHER_CASE, World, case_pack};
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::transport::Transport;
use lastmile_core::phone::{FileStanding, Limit};
use lastmile_core::sync::frame;
use lastmile_core::sync::response::SyncResponse;
use lastmile_core::sync::token::Errand;
use lastmile_server::files::scrub::scrub;
use lastmile_server::operator::OperatorRole;
use lastmile_server::upkeep::verify;
use serde_json::Value;

/// Takes the court's copy away, and lets the court find out.
fn lose(world: &World, hash: BlobHash) {
    let hex = hash.to_hex();
    std::fs::remove_file(world.data().join("files/original").join(&hex[..2]).join(&hex)).unwrap();
    assert_eq!(scrubbed(world), [(hash, "missing")]);
}

fn scrubbed(world: &World) -> Vec<(BlobHash, &'static str)> {
    world.clock.advance(1);
    let server = world.server();
    scrub(server, server.now_ms(), usize::MAX, |_| true).unwrap().found
}

/// The backup is told with the next thing that the log says.
fn news(world: &World, version: u64) {
    world.publish(&case_pack(OTHER_CASE, version, &["guanyongyi"]));
}

fn shown(world: &World, record: DocumentId) -> String {
    let reader = Reader::new(world, OperatorRole::Command);
    let (status, text) =
        reader.send("GET", &format!("/v1/courts/{COURT}/records/{}", record.to_hex()), "");
    assert_eq!(status, 200, "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    body["files"][0]["state"].as_str().unwrap().to_owned()
}

fn figure(world: &World, line: &str) -> bool {
    let (_, metrics) = Reader::new(world, OperatorRole::Command).send("GET", "/metrics", "");
    metrics.lines().any(|found| found == line)
}

fn is_here(device: &Device, hash: BlobHash) -> bool {
    device.phone.open_original(hash).is_ok()
}

#[test]
fn a_phone_that_has_it_hears_of_the_loss_and_sends_it_again_by_itself() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (record, hash) = captured(&lu, &picture(1, 90_000));
    assert_eq!(upload(&lu), 1);
    back_up(&world);
    news(&world, 1);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::WordReceipted);

    lose(&world, hash);
    assert_eq!(shown(&world, record), "lost");
    assert!(figure(&world, "lastmile_files_lost 1") && figure(&world, "lastmile_files_differ 0"));
    lu.sync();
    let file = lu.phone.files_of(record).unwrap().remove(0);
    assert_eq!(file.standing.label().zh, "照片校验不符,待重传");
    assert_eq!(file.trouble.as_deref(), Some("file_lost"));
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 0, "backed up once, and lost since");
    assert!(is_here(&lu, hash));
    // A backup after the loss covers nothing of it either.
    back_up(&world);
    news(&world, 2);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::Differs);

    assert_eq!(upload(&lu), 1, "nobody has to ask for it");
    assert_eq!(standing(&lu, record), FileStanding::WithCourt);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::WordReceipted, "said anew");
    assert_eq!(shown(&world, record), "stored");
    assert!(figure(&world, "lastmile_files_lost 0"));
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 0, "no backup has it yet");
    back_up(&world);
    news(&world, 3);
    lu.sync();
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 90_000);
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn a_phone_that_gave_its_copy_up_says_what_is_so_and_a_colleague_brings_the_file() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let (record, hash) = captured(&lu, &picture(2, 90_000));
    assert_eq!(upload(&lu), 1);
    wen.sync();
    assert!(wen.phone.fetch_original(&wen.transport(), hash, &mut |_, _| true).unwrap());
    back_up(&world);
    news(&world, 1);
    lu.sync();
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 90_000);

    lose(&world, hash);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::Lost);
    assert_eq!(standing(&lu, record).label().zh, "法院的原件已丢失,待有原件的手机重传");
    assert_eq!(upload(&lu), 0, "it has nothing to send");
    wen.sync();
    assert_eq!(standing(&wen, record), FileStanding::Differs);
    assert_eq!(upload(&wen), 1);
    for device in [&lu, &wen] {
        device.sync();
        assert_eq!(standing(device, record), FileStanding::WordReceipted);
    }
    assert!(!is_here(&lu, hash));
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn one_lost_file_keeps_no_other_from_being_backed_up() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (lost, hash) = captured(&lu, &picture(3, 90_000));
    let (kept, _) = captured(&lu, &picture(4, 50_000));
    assert_eq!(upload(&lu), 2);
    lu.sync();
    // Nobody has looked yet: the backup itself finds out.
    let hex = hash.to_hex();
    std::fs::remove_file(world.data().join("files/original").join(&hex[..2]).join(&hex)).unwrap();
    back_up(&world);
    news(&world, 1);
    lu.sync();
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 50_000, "the other one");
    assert_eq!(standing(&lu, lost), FileStanding::Differs);
    assert_eq!(standing(&lu, kept), FileStanding::WordReceipted);
    assert!(is_here(&lu, hash));
    let codes: Vec<_> =
        verify(world.server()).unwrap().findings.into_iter().map(|found| found.code).collect();
    assert_eq!(codes, ["file_gone"]);
}

/// The answer tells of the backup, and its news end before the word that takes the promise back.
#[test]
fn a_backup_counts_only_when_every_word_was_read() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let (record, hash) = captured(&lu, &picture(5, 90_000));
    assert_eq!(upload(&lu), 1);
    lu.sync();
    wen.sync();
    for number in 0..20 {
        wen.line(record, &format!("机器{number}"));
    }
    wen.sync();
    lose(&world, hash);
    back_up(&world);

    let plan = lu.phone.plan(Limit { up: 1 << 20, down: 600, probe: false, wait_s: 0 }).unwrap();
    let sealed = frame::seal(&plan.request.encode()).unwrap();
    let token = lu.phone.token(Errand::Sync, &sealed).unwrap();
    let answer = lu.transport().post(COURT, Errand::Sync, &sealed, &token).unwrap();
    let answer = SyncResponse::decode(&frame::open(&answer).unwrap(), COURT).unwrap();
    assert!(lu.phone.apply(&plan, &answer).unwrap().more, "the channel goes on");
    assert_eq!(standing(&lu, record), FileStanding::WordReceipted, "nothing else was heard");
    assert_eq!(lu.phone.release_originals(u64::MAX).unwrap(), 0);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::Differs);
    assert!(is_here(&lu, hash));
}

#[test]
fn a_phone_that_no_longer_reads_the_case_is_told_in_its_own_channel() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let (record, hash) = captured(&lu, &picture(6, 90_000));
    assert_eq!(upload(&lu), 1);
    lu.sync();
    wen.sync();
    withdraw(&world, &lu);
    lose(&world, hash);
    back_up(&world);
    news(&world, 1);
    assert_eq!(
        lu.sync().left,
        [""; 0],
        "the case stays as long as the court does not have the file"
    );
    assert_eq!(standing(&lu, record), FileStanding::Differs);
    assert_eq!(upload(&lu), 1);
    assert_eq!(told_alone(&world, &lu), 1, "and once more that it is back");
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::WordReceipted);
    back_up(&world);
    news(&world, 2);
    assert_eq!(lu.sync().left.len(), 1);
    assert_eq!(told_alone(&world, &wen), 0, "who reads the case is told there");
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn what_is_lost_stays_lost_whatever_else_comes_under_its_name() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(7, 5_000);
    let (record, hash) = captured(&lu, &bytes);
    assert_eq!(upload(&lu), 1);
    lose(&world, hash);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    let refused = sender.patch(&place, hash, 0, &picture(8, 5_000));
    assert_eq!(refused.problem(), (422, "file_differs".into()));
    assert_eq!(shown(&world, record), "lost");
    // An operator puts the right one back.
    let hex = hash.to_hex();
    std::fs::write(world.data().join("files/original").join(&hex[..2]).join(&hex), &bytes).unwrap();
    assert_eq!(scrubbed(&world), []);
    assert_eq!(shown(&world, record), "stored");
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::WordReceipted);
    assert_eq!(hash, hash_of(&bytes));
}
