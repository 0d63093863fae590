//! Papers of a court that has records and originals: by the program for all of a case, and by HTTP; with the
//! photos that have come, and a word in place of those that have not.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::reader::Reader;
use crate::world::command::{passphrase_file, program};
use crate::world::tus::hash_of;
use crate::world::{CASE, COURT, Device, OTHER_CASE, World, case_pack};
use jiff::civil::date;
use lastmile_core::document::Fields;
use lastmile_core::id::DocumentId;
use lastmile_core::phone::{Capture, PhoneError, UploadPolicy};
use lastmile_core::store::{BlobState, DerivedKind};
use lastmile_papers::{Form, PhonePhotos, of_phone};
use lastmile_server::keys::Passphrase;
use lastmile_server::operator::OperatorRole;

fn photo(name: &str) -> Vec<u8> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos");
    std::fs::read(data.join(name)).unwrap()
}

/// A court with a seizure of one line and one photo, whose original has not come.
fn court() -> (World, Device, DocumentId, Vec<u8>) {
    let mut world = World::new();
    let officer = world.officer("luqihang");
    let record = officer.seizure();
    officer.line(record, "注塑机");
    let bytes = photo("apple_iphone4_gps_italy.jpg");
    officer.photo(record, &bytes);
    officer.sync();
    (world, officer, record, bytes)
}

/// Runs `papers`; code, what it said, what it complained of.
fn papers(data: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = program(&["papers"])
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("LASTMILE_PASSPHRASE_FILE", passphrase_file("demo", Passphrase::DEMO))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// How many photos a PDF holds, as JPEG streams.
fn photos_in(pdf: &[u8]) -> usize {
    pdf.windows(10).filter(|window| *window == b"/DCTDecode").count()
}

#[test]
fn the_program_writes_every_paper_of_a_case_for_its_owner_only() {
    let (mut world, officer, record, bytes) = court();
    assert_eq!(officer.sender().upload(&bytes).status, 204);
    world.publish(&case_pack(OTHER_CASE, 1, &["luqihang"]));
    world.stop();
    let out = world.dir.path().join("papers");
    let folder = out.to_str().unwrap();
    let (code, said, complained) = papers(&world.data(), &[CASE, "--out", folder]);
    assert_eq!((code, complained.as_str()), (Some(0), ""), "{said}");
    let name = format!("F-01-查封扣押财产清单-{}.pdf", &record.to_hex()[..8]);
    assert_eq!(said, format!("{folder}/{name} (草稿)\n"));
    let path = out.join(&name);
    let pdf = std::fs::read(&path).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(photos_in(&pdf), 1, "the photo stands in it");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    // A second time into the same folder: what is there stays.
    std::fs::write(&path, b"stamped and served").unwrap();
    let (code, said, complained) = papers(&world.data(), &[CASE, "--out", folder]);
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(complained.starts_with("[paper_exists] 同名文书已在该目录"), "{complained}");
    assert_eq!(std::fs::read(&path).unwrap(), b"stamped and served");

    let elsewhere = world.dir.path().join("more");
    let more = elsewhere.to_str().unwrap();
    let english = [CASE, "--out", more, "--lang", "en"];
    let (code, said, _) = papers(&world.data(), &english);
    assert_eq!((code, said), (Some(0), format!("{more}/{name} (draft)\n")));
    assert_eq!(std::fs::read(elsewhere.join(&name)).unwrap(), pdf, "the same day, the same bytes");
    let (code, said, _) = papers(&world.data(), &[OTHER_CASE, "--out", more]);
    assert_eq!((code, said.as_str()), (Some(0), ""), "a case without records has no papers");
}

#[test]
fn the_program_refuses_what_is_no_case_and_no_template_and_writes_nothing() {
    let (mut world, ..) = court();
    world.stop();
    let out = world.dir.path().join("papers");
    let folder = out.to_str().unwrap();
    let (code, _, complained) = papers(&world.data(), &["(2026)粤0605执9999号", "--out", folder]);
    assert_eq!(code, Some(1));
    assert!(complained.starts_with("[case_unknown]"), "{complained}");
    let templates = world.dir.path().join("templates");
    std::fs::create_dir(&templates).unwrap();
    let own = templates.to_str().unwrap();
    let with_own = [CASE, "--out", folder, "--templates", own];
    for (name, text) in [("F-01.typ", "#let x = ("), ("F-99.typ", "= 清单")] {
        std::fs::write(templates.join(name), text).unwrap();
        let (code, said, complained) = papers(&world.data(), &with_own);
        assert_eq!((code, said.as_str()), (Some(1), ""), "{name}");
        assert!(complained.starts_with("[paper_template]"), "{complained}");
        assert!(complained.contains(name), "it says where: {complained}");
        std::fs::remove_file(templates.join(name)).unwrap();
    }
    let pages = |folder: &Path| std::fs::read_dir(folder).map_or(0, |entries| entries.count());
    assert_eq!(pages(&out), 0);
    // Files that are no templates are none of its business.
    std::fs::write(templates.join("README.md"), "ours").unwrap();
    assert_eq!(papers(&world.data(), &with_own).0, Some(0));
    assert_eq!(pages(&out), 1);
}

#[test]
fn a_paper_by_http_shows_a_photo_once_it_is_stored() {
    let (world, officer, record, bytes) = court();
    let reader = Reader::new(&world, OperatorRole::Command);
    let path = format!("/v1/courts/{COURT}/records/{}/papers/F-01", record.to_hex());
    let before = reader.bytes(&path);
    assert_eq!(photos_in(&before), 0, "its original is still to come");
    assert_eq!(officer.sender().upload(&bytes).status, 204);
    let after = reader.bytes(&path);
    assert_eq!(photos_in(&after), 1);
    let place = b"41.853";
    assert!(!after.windows(place.len()).any(|window| window == place));
    assert!(!after.windows(6).any(|window| window == b"iPhone"), "nothing the camera noted");
    // What the disk has lost is not shown as if it were there; the paper is made all the same.
    let hex = hash_of(&bytes).to_hex();
    let files = world.data().join("files");
    std::fs::remove_file(files.join("original").join(&hex[..2]).join(&hex)).unwrap();
    std::fs::remove_dir_all(files.join("derived")).unwrap();
    let lost = reader.bytes(&path);
    assert!(lost.starts_with(b"%PDF-"));
    assert_eq!(photos_in(&lost), 0);
}

/// What a paper made on a phone shows of its only photo: whether there is a picture, what stands instead, what
/// is said of its provenance.
fn on_paper(device: &Device, record: DocumentId) -> (bool, Option<String>, Option<String>) {
    let photos = PhonePhotos(&device.phone);
    let day = date(2026, 3, 17);
    let paper = of_phone(&device.phone, record, Form::PropertyList, &photos, day).unwrap();
    let value: serde_json::Value = serde_json::from_str(&paper.json().unwrap()).unwrap();
    let pictures = value["album"]["pictures"].as_array().unwrap();
    assert_eq!(pictures.len(), 1);
    let word = |name: &str| pictures[0][name].as_str().map(str::to_owned);
    (word("file").is_some(), word("instead"), word("provenance"))
}

#[test]
fn a_paper_on_a_phone_says_which_picture_the_court_provided_and_which_original_differs() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let bytes = photo("apple_iphone4_gps_italy.jpg");
    let record = lu.seizure();
    let fields = Fields::from([("purpose".to_owned(), "scene".into())]);
    let capture = Capture { verb: "add_photo".into(), fields, position: None };
    let hash = lu.phone.capture(record, &mut &bytes[..], &capture).unwrap().hash;
    lu.sync();
    let policy = UploadPolicy { originals: true };
    assert_eq!(lu.phone.upload(&lu.transport(), policy, &mut |_| true).unwrap().finished, 3);
    wen.sync();
    assert_eq!(on_paper(&wen, record), (false, Some("原件待上传".to_owned()), None));
    assert!(
        wen.phone.fetch_picture(&wen.transport(), hash, DerivedKind::Preview).unwrap().is_some()
    );
    let provided = Some("预览由法院服务器提供".to_owned());
    assert_eq!(on_paper(&wen, record), (true, None, provided));
    assert_eq!(on_paper(&lu, record), (true, None, None), "made from the original");
    assert!(wen.phone.fetch_original(&wen.transport(), hash, &mut |_, _| true).unwrap());
    assert_eq!(on_paper(&wen, record), (true, None, None), "verified here");

    let differs = (false, Some("照片校验不符,待重传".to_owned()), None);
    let set = |device: &Device| {
        let store = device.phone.store();
        store
            .write::<_, PhoneError>(|tx| Ok(tx.set_blob_state(hash, BlobState::Differs)?))
            .unwrap();
    };
    set(&lu);
    assert_eq!(on_paper(&lu, record), differs, "the court found other bytes");
    // On the other phone the disk has changed what was sealed.
    let folder = world.dir.path().join("phone2.db-files");
    let sealed = folder.join(format!("{}.original", hash.to_hex()));
    let mut damaged = std::fs::read(&sealed).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&sealed, damaged).unwrap();
    assert_eq!(on_paper(&wen, record), differs, "what is here is not what was signed");
}
