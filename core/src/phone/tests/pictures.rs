//! What a person sees of originals: small pictures, questions about photos that do not fit, covered copies.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::files::{Court, photo, sent};
use super::*;
use crate::picture::consistency::Kind;
use crate::picture::{Cover, Format, THUMBNAIL_BYTES};
use crate::store::{BlobState, DerivedKind};
use crate::vault::Vault;

/// A scene that looks different for each seed, as a JPEG of some quality.
fn scene(seed: u32, quality: u8) -> Vec<u8> {
    let picture = RgbImage::from_fn(800, 600, |x, y| {
        let wave = |at: u32, step: u32| ((at / step + seed * 7) * 97 % 251) as u8;
        Rgb([wave(x + seed * 13, 61), wave(y + seed * 29, 43), wave(x + y, 37 + seed)])
    });
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality);
    picture.write_with_encoder(encoder).unwrap();
    out
}

#[test]
fn small_pictures_are_made_beside_saving_and_go_first() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let first = phone.capture(record, &mut &scene(1, 90)[..], &photo("overall")).unwrap();
    let film =
        phone.capture(record, &mut &b"\0\0\0\x18ftypmp42 a film"[..], &photo("scene")).unwrap();
    assert_eq!(phone.small_picture(first.hash, DerivedKind::Thumbnail).unwrap(), None);
    assert_eq!(phone.make_pictures(10).unwrap(), 2);
    assert_eq!(phone.make_pictures(10).unwrap(), 0, "what cannot be shown is looked at once");
    let thumbnail = phone.small_picture(first.hash, DerivedKind::Thumbnail).unwrap().unwrap();
    assert!(thumbnail.len() <= THUMBNAIL_BYTES);
    assert_eq!(image::guess_format(&thumbnail).unwrap(), ImageFormat::Jpeg);
    assert_eq!(phone.small_picture(film.hash, DerivedKind::Preview).unwrap(), None);
    let reading = phone.picture_reading(first.hash).unwrap();
    assert_eq!((reading.format, reading.width, reading.height), (Some(Format::Jpeg), 800, 600));
    sent(&phone);
    let court = Court::default();
    let mut order = Vec::new();
    let mobile = UploadPolicy { originals: false };
    let small = phone
        .upload(&court, mobile, &mut |told| {
            order.push(told.kind);
            true
        })
        .unwrap();
    assert_eq!(small.finished, 2);
    assert_eq!(phone.upload(&court, mobile, &mut |_| true).unwrap().finished, 0);
    let large = phone.upload(&court, UploadPolicy { originals: true }, &mut |_| true).unwrap();
    assert_eq!(large.finished, 2);
    let sizes: Vec<usize> = court.sent.borrow().iter().map(|(.., len)| *len).collect();
    assert_eq!(sizes.len(), 4);
    assert!(sizes[0] <= THUMBNAIL_BYTES && sizes[0] <= sizes[1], "{sizes:?}");
}

#[test]
fn a_photo_in_two_records_and_a_second_look_are_asked_about() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let (first, second) = (begin(&phone), begin(&phone));
    phone.capture(first, &mut &scene(2, 90)[..], &photo("overall")).unwrap();
    let same = phone.capture(second, &mut &scene(2, 90)[..], &photo("overall")).unwrap();
    let near = phone.capture(second, &mut &scene(2, 60)[..], &photo("detail")).unwrap();
    let other = phone.capture(second, &mut &scene(9, 90)[..], &photo("detail")).unwrap();
    phone.make_pictures(10).unwrap();
    let found = phone.photo_findings(second).unwrap();
    let kinds = |captured: &CapturedOriginal| -> Vec<Kind> {
        let item = captured.item.trim_start_matches("photos/");
        let photo = found.iter().find(|photo| photo.item == item).unwrap();
        photo.findings.iter().map(|finding| finding.kind).collect()
    };
    assert!(kinds(&same).contains(&Kind::SamePhoto), "{found:?}");
    assert!(kinds(&near).contains(&Kind::NearDuplicate), "{found:?}");
    assert!(kinds(&other).is_empty(), "{found:?}");
}

#[test]
fn a_covered_copy_names_its_original_and_hides_what_it_covers() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let line = add_line(&phone, record, "小型普通客车");
    let mut about = photo("document");
    about.fields.insert("item".to_owned(), format!("lines/{line}").into());
    let original = phone.capture(record, &mut &scene(3, 90)[..], &about).unwrap();
    let item = original.item.trim_start_matches("photos/").to_owned();
    let cover = Cover { x: 100, y: 50, width: 300, height: 200 };
    let copy = phone.redact(record, &item, &[cover]).unwrap();
    assert_ne!(copy.hash, original.hash);
    let view = phone.record_view(record).unwrap();
    let made = view.state.item("photos", copy.item.trim_start_matches("photos/")).unwrap();
    assert_eq!(made.text("redacts"), Some(original.item.as_str()));
    assert_eq!(made.text("item"), Some(format!("lines/{line}").as_str()));
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut phone.open_original(copy.hash).unwrap(), &mut bytes).unwrap();
    let picture = image::load(Cursor::new(&bytes), ImageFormat::Jpeg).unwrap().to_rgb8();
    assert!(picture.get_pixel(250, 150).0.iter().all(|shade| *shade < 24), "covered");
    assert!(picture.get_pixel(700, 500).0.iter().any(|shade| *shade > 24), "not covered");
    let outside = Cover { x: 700, ..cover };
    let refused = phone.redact(record, &item, &[outside]).unwrap_err();
    assert_eq!(refused.code(), "redaction_outside");
    assert!(refused.sentence().is_some());
    let unknown = phone.redact(record, "01KNOWNBYNOBODY", &[cover]).unwrap_err();
    assert_eq!(unknown.code(), "no_file");
}

#[test]
fn the_files_of_a_record_say_what_does_not_fit_whatever_became_of_their_bytes() {
    let world = World::new();
    let folder = MemoryFolder::new();
    let phone = world.phone_with("luqihang", 1, &folder);
    let record = begin(&phone);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos");
    let italy = std::fs::read(data.join("apple_iphone4_gps_italy.jpg")).unwrap();
    let mut placed = photo("overall");
    let at = placed.position.as_deref().unwrap().into();
    placed.fields.insert("position".to_owned(), at);
    let hash = phone.capture(record, &mut &italy[..], &placed).unwrap().hash;
    let damaged = phone.capture(record, &mut &scene(4, 90)[..], &photo("detail")).unwrap().hash;
    phone.capture(record, &mut &scene(5, 90)[..], &photo("detail")).unwrap();
    phone.make_pictures(10).unwrap();
    assert!(folder.damage(&Vault::original(damaged), 3));
    let about = |hash| -> Vec<(&str, String, String)> {
        let files = phone.files_of(record).unwrap();
        assert_eq!(files.len(), 3);
        let file = files.into_iter().find(|file| file.hash == hash).unwrap();
        let found = file.findings.into_iter();
        found.map(|found| (found.kind.code(), found.text.zh, found.text.en)).collect()
    };
    let here = about(hash);
    let codes: Vec<&str> = here.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes, ["photo_position_differs", "photo_time_differs"]);
    assert_eq!(about(damaged)[0].0, "photo_damaged");
    assert_eq!(about(damaged)[0].1, "照片文件已损坏,无法核对,请联系技术人员。");
    // Released, its questions stay as they were.
    let released = phone.store.write::<_, PhoneError>(|tx| {
        tx.set_blob_state(hash, BlobState::Verified)?;
        Ok(tx.set_blob_state(hash, BlobState::BackedUp)?)
    });
    released.unwrap();
    assert!(phone.release_originals(1).unwrap() > 0);
    assert_eq!(phone.open_original(hash).unwrap_err().code(), "file_absent");
    assert_eq!(about(hash), here);
}
