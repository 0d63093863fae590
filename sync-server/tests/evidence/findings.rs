//! What does not fit about photos, as the court's server finds it in the originals it has.

use std::path::Path;

use crate::reader::Reader;
use crate::world::{Device, World};
use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{BlobHash, DocumentId, sha256};
use lastmile_core::value::Value as Field;
use lastmile_server::files::scrub::scrub;
use lastmile_server::operator::OperatorRole;
use lastmile_server::store::StoreError;
use serde_json::Value;

const NANHAI: &str = "geo:23.028800,113.142900;crs=wgs84;u=8";

fn photo(name: &str) -> Vec<u8> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos");
    std::fs::read(data.join(name)).unwrap()
}

/// A photo taken in Nanhai, as the phone says.
fn add(device: &Device, record: DocumentId, bytes: &[u8]) {
    let fields = Fields::from([
        ("hash".to_owned(), Field::Bytes(sha256(bytes).to_vec())),
        ("mime".to_owned(), "image/jpeg".into()),
        ("position".to_owned(), NANHAI.into()),
    ]);
    let add = Intent::Add { verb: "add_photo".into(), item: device.phone.new_item(), fields };
    device.phone.act(record, &add).unwrap();
}

/// The findings about a file of a record, as code, zh, en and the other record.
fn about(reader: &Reader, record: DocumentId, bytes: &[u8]) -> Vec<Value> {
    let detail = reader.json(&format!("records/{}", record.to_hex()));
    let hash = BlobHash(sha256(bytes)).to_hex();
    let files = detail["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["hash"] == hash.as_str()).unwrap();
    file["findings"].as_array().unwrap().clone()
}

fn codes(found: &[Value]) -> Vec<&str> {
    found.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn the_courts_server_finds_what_a_phone_finds() {
    let mut world = World::new();
    let officer = world.officer("luqihang");
    let (first, second) = (officer.seizure(), officer.seizure());
    let italy = photo("apple_iphone4_gps_italy.jpg");
    let plain = photo("orientation_portrait_1.jpg");
    let near = photo("orientation_portrait_2.jpg");
    add(&officer, first, &italy);
    add(&officer, second, &italy);
    add(&officer, second, &plain);
    officer.sync();
    let reader = Reader::new(&world, OperatorRole::Command);
    assert_eq!(codes(&about(&reader, first, &italy)), ["photo_in_two_records"], "nothing came yet");
    for bytes in [&italy, &plain] {
        assert_eq!(officer.sender().upload(bytes).status, 204);
    }
    let found = about(&reader, first, &italy);
    assert_eq!(
        codes(&found),
        ["photo_position_differs", "photo_time_differs", "photo_in_two_records"]
    );
    assert!(found[0]["zh"].as_str().unwrap().starts_with("照片自带的拍摄位置与手机定位相距"));
    assert!(found[0]["en"].as_str().unwrap().starts_with("The photo's own position is "));
    assert_eq!(found[2]["other_record"], second.to_hex().as_str());
    assert!(found[2]["other_item"].as_str().unwrap().starts_with("photos/"));
    assert_eq!(codes(&about(&reader, second, &plain)), Vec::<&str>::new());

    // The same view once more, in another file of the case.
    add(&officer, first, &near);
    officer.sync();
    assert_eq!(officer.sender().upload(&near).status, 204);
    let found = about(&reader, first, &near);
    assert!(codes(&found).contains(&"photo_near_duplicate"), "{found:?}");

    // A file that rots says so; the others are still held against what they say.
    let hash = BlobHash(sha256(&italy)).to_hex();
    let path = world.data().join("files/original").join(&hash[..2]).join(&hash);
    let mut rotten = italy.clone();
    rotten[500] ^= 1;
    std::fs::write(&path, rotten).unwrap();
    scrub(world.server(), i64::MAX, 10, |_| true).unwrap();
    let found = about(&reader, first, &italy);
    assert_eq!(codes(&found), ["photo_in_two_records", "photo_damaged"]);
    assert_eq!(found[1]["zh"], "照片文件已损坏,无法核对,请联系技术人员。");
    assert!(codes(&about(&reader, first, &near)).contains(&"photo_near_duplicate"));
}

#[test]
fn files_from_before_are_looked_at_while_the_service_runs() {
    let mut world = World::new();
    let officer = world.officer("luqihang");
    let record = officer.seizure();
    let italy = photo("apple_iphone4_gps_italy.jpg");
    add(&officer, record, &italy);
    officer.sync();
    assert_eq!(officer.sender().upload(&italy).status, 204);
    let reader = Reader::new(&world, OperatorRole::Command);
    let before = about(&reader, record, &italy);
    assert_eq!(codes(&before), ["photo_position_differs", "photo_time_differs"]);
    // As an earlier version left it.
    let database = rusqlite::Connection::open(world.data().join("server.db")).unwrap();
    database.execute("DELETE FROM file_look", []).unwrap();
    assert_eq!(codes(&about(&reader, record, &italy)), Vec::<&str>::new());
    lastmile_server::files::derive::look_at_unseen(world.server(), 10, || true).unwrap();
    assert_eq!(about(&reader, record, &italy), before);
    let unseen = world.server().store().read::<_, StoreError>(|reading| reading.files_unseen(9));
    assert!(unseen.unwrap().is_empty());
}
