//! Files of phones that lost their access: what they recorded is handed in, they hear that the court has it
//! in their own channel, and let go of it like everybody else.

use crate::world::tus::{hash_of, picture};
use crate::world::{CASE, Device, OTHER_CASE, World, case_pack};
use lastmile_core::document::Fields;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::{Capture, FileStanding, PhoneError, UploadPolicy};
use lastmile_core::sync::channel::{EntryKind, of_case, of_device};
use lastmile_server::restore::backup;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep::verify;
use lastmile_server::withdraw::{Order, revoke};

const ALL: UploadPolicy = UploadPolicy { originals: true };

/// A seizure with an original that is on this phone only; the record is on the server.
pub(super) fn captured(device: &Device, bytes: &[u8]) -> (DocumentId, BlobHash) {
    let record = device.seizure();
    let capture = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), "scene".into())]),
        position: None,
    };
    device.phone.capture(record, &mut &bytes[..], &capture).unwrap();
    device.sync();
    (record, hash_of(bytes))
}

pub(super) fn upload(device: &Device) -> usize {
    device.phone.upload(&device.transport(), ALL, &mut |_| true).unwrap().finished
}

pub(super) fn withdraw(world: &World, device: &Device) {
    let order = Order {
        certificate: device.phone.signed_in().unwrap().certificate,
        reason: "lost".into(),
        on_behalf_of: "guanyongyi".into(),
    };
    assert!(revoke(world.server(), &order).unwrap());
}

pub(super) fn standing(device: &Device, record: DocumentId) -> FileStanding {
    device.phone.files_of(record).unwrap()[0].standing
}

pub(super) fn back_up(world: &World) {
    let to = world.dir.path().join("copy.db");
    let _ = std::fs::remove_file(&to);
    backup(world.server(), &to, &world.dir.path().join("copies")).unwrap();
}

/// Words about files in the phone's own channel.
pub(super) fn told_alone(world: &World, device: &Device) -> usize {
    let name = of_device(device.phone.signed_in().unwrap().certificate);
    let rows = world.server().store().read::<_, StoreError>(|reading| {
        let mut rows = reading.transitions("stored")?;
        rows.retain(|(row, _)| row.channel == name);
        for (row, _) in &rows {
            assert!(reading.is_in_feed(&name, EntryKind::Transition, &row.id)?);
        }
        Ok(rows.len())
    });
    rows.unwrap()
}

/// The phone hears the word, verifies its receipt, and lets go once a backup covers it.
fn lets_go(world: &World, device: &Device, record: DocumentId, hash: BlobHash) {
    assert_eq!(device.sync().left, [""; 0], "nothing is given up before a backup covers the word");
    assert_eq!(standing(device, record), FileStanding::WordReceipted);
    assert!(device.phone.open_original(hash).is_ok());
    back_up(world);
    // The backup is told with the next thing that the log says.
    world.publish(&case_pack(OTHER_CASE, 1, &["guanyongyi"]));
    assert_eq!(device.sync().left, [of_case(CASE)]);
    let gone = device.phone.open_original(hash).map(drop).unwrap_err();
    assert_eq!(gone.code(), "file_absent");
    let row = device.phone.store().read::<_, PhoneError>(|tx| Ok(tx.blob(hash)?));
    assert_eq!(row.unwrap(), None);
    assert_eq!(told_alone(world, device), 1);
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn a_withdrawn_phone_uploads_what_is_its_own_hears_of_it_and_lets_go() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (record, hash) = captured(&lu, &picture(1, 90_000));
    withdraw(&world, &lu);
    assert_eq!(lu.sync().left, [""; 0], "an original that nobody else has keeps the case here");
    assert_eq!(standing(&lu, record), FileStanding::Pending);
    assert_eq!(upload(&lu), 1);
    assert_eq!(standing(&lu, record), FileStanding::WithCourt);
    lets_go(&world, &lu, record, hash);
}

#[test]
fn an_officer_who_left_the_case_is_told_as_well() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    wen.sync();
    let (record, hash) = captured(&wen, &picture(2, 90_000));
    world.publish(&case_pack(CASE, 2, &["luqihang"]));
    assert_eq!(wen.sync().left, [""; 0]);
    assert_eq!(upload(&wen), 1);
    lets_go(&world, &wen, record, hash);
    // Whoever reads the case is told there and nowhere else.
    lu.sync();
    assert_eq!(told_alone(&world, &lu), 0);
}

#[test]
fn a_word_that_came_too_late_is_asked_for() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (record, hash) = captured(&lu, &picture(3, 90_000));
    assert_eq!(upload(&lu), 1);
    assert_eq!(told_alone(&world, &lu), 0, "the case says so");
    withdraw(&world, &lu);
    lu.sync();
    assert_eq!(standing(&lu, record), FileStanding::WithCourt, "its word is not to be read");
    assert_eq!(upload(&lu), 0);
    assert_eq!(upload(&lu), 0, "it is said once");
    lets_go(&world, &lu, record, hash);
}

#[test]
fn an_original_that_a_colleague_uploaded_is_answered_too() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let bytes = picture(4, 90_000);
    let (record, hash) = captured(&lu, &bytes);
    wen.sync();
    withdraw(&world, &lu);
    lu.sync();
    assert_eq!(wen.sender().upload(&bytes).status, 204);
    assert_eq!(upload(&lu), 1);
    lets_go(&world, &lu, record, hash);
    assert_eq!(told_alone(&world, &wen), 0);
}

#[test]
fn a_withdrawn_phone_hands_in_its_owners_originals_and_reads_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let (own, colleagues) = (picture(21, 3_000), picture(22, 3_000));
    lu.photographed(&own);
    wen.photographed(&colleagues);
    assert_eq!(wen.sender().upload(&colleagues).status, 204);
    let order = Order {
        certificate: lu.phone.signed_in().unwrap().certificate,
        reason: "lost".into(),
        on_behalf_of: "guanyongyi".into(),
    };
    assert!(revoke(world.server(), &order).unwrap());
    assert_eq!(lu.sender().read(hash_of(&colleagues)).status, 404);
    assert_eq!(lu.sender().upload(&own).status, 204, "evidence is not left in a lost phone");
    assert_eq!(lu.sender().read(hash_of(&own)).status, 404);
    assert_eq!(lu.sender().begin(&colleagues).status, 409);
}
