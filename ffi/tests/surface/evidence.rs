//! Photos from file, bytes and stream to the court and to a colleague; papers; a case as a file.

use std::sync::{Arc, Mutex};

use lastmile_ffi::{
    ByteSource, CallbackError, CaptureForm, Edition, FileStanding, Original, SmallPicture,
};

use crate::court::Court;
use crate::observing::Ear;
use crate::officer::{CASE, Officer, form, seizure, wait};

fn photo() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/photos");
    std::fs::read(format!("{path}/apple_iphone4_gps_italy.jpg")).unwrap()
}

fn capture() -> CaptureForm {
    CaptureForm {
        verb: "add_photo".to_owned(),
        fields: form(&[("purpose", "overall")]),
        position: None,
    }
}

/// A stream that gives its bytes in pieces, or breaks at the first.
struct Pieces {
    bytes: Mutex<Vec<u8>>,
    breaks: bool,
}

impl ByteSource for Pieces {
    fn read(&self, most: u32) -> Result<Vec<u8>, CallbackError> {
        if self.breaks {
            return Err(CallbackError::Failed);
        }
        let mut bytes = self.bytes.lock().unwrap();
        let now = bytes.len().min(most as usize).min(1_000);
        Ok(bytes.drain(..now).collect())
    }
}

#[test]
fn the_same_photo_by_file_bytes_and_stream_has_one_name() {
    let officer = Officer::new();
    let phone = officer.phone();
    let record = phone.create_record(seizure()).unwrap().record;
    let path = officer.dir.path().join("photo.jpg");
    std::fs::write(&path, photo()).unwrap();
    let stream = |breaks| Original::Stream {
        source: Arc::new(Pieces { bytes: Mutex::new(photo()), breaks }),
    };
    let sources = [
        Original::File { path: path.to_string_lossy().into_owned() },
        Original::Bytes { bytes: photo() },
        stream(false),
    ];
    let hashes = sources.map(|source| wait(phone.clone().keep_original(source)).unwrap().hash);
    assert!(hashes.iter().all(|hash| *hash == hashes[0]));
    assert!(wait(phone.clone().keep_original(stream(true))).is_err());
    let missing = Original::File { path: "/no/such/file".to_owned() };
    assert_eq!(wait(phone.clone().keep_original(missing)).unwrap_err().code(), "input");

    assert_eq!(phone.unclaimed_originals().unwrap().len(), 1);
    phone.name_original(record.clone(), hashes[0].clone(), capture()).unwrap();
    assert!(phone.unclaimed_originals().unwrap().is_empty());
    assert_eq!(wait(phone.clone().make_pictures(10)).unwrap(), 1);
    let small = phone.small_picture(hashes[0].clone(), SmallPicture::Thumbnail).unwrap().unwrap();
    assert!(small.starts_with(&[0xff, 0xd8]));
    let reading = wait(phone.clone().read_photo(hashes[0].clone())).unwrap();
    assert_eq!(reading.mime, "image/jpeg");
    assert!(reading.latitude.is_some_and(|latitude| (40.0..46.0).contains(&latitude)));
    let files = wait(phone.clone().files(record)).unwrap();
    assert_eq!((files[0].standing, files[0].here), (FileStanding::Pending, true));
    let from = 100;
    let piece = wait(phone.clone().read_original(hashes[0].clone(), from, 50)).unwrap();
    assert_eq!(piece, photo()[100..150]);
}

#[test]
fn a_photo_goes_to_the_court_and_to_a_colleague() {
    let mut court = Court::new();
    let (lu, wen) = (court.enrol("luqihang"), court.enrol("wenruotang"));
    let ear = Arc::new(Ear::default());
    let _observing = lu.observe(ear.clone());
    let record = lu.create_record(seizure()).unwrap().record;
    let original = Original::Bytes { bytes: photo() };
    let taken = wait(lu.clone().capture(record.clone(), original, capture())).unwrap();
    wait(lu.clone().sync(0)).unwrap();
    let report = wait(lu.clone().upload(true)).unwrap();
    assert!(report.finished >= 1 && report.waiting.is_empty(), "{report:?}");
    let last = ear.pieces.lock().unwrap().last().cloned().unwrap();
    assert_eq!((last.bytes, last.small), (photo().len() as u64, false));
    assert_eq!(last.original, taken.hash);

    wait(wen.clone().sync(0)).unwrap();
    let fetched = wait(wen.clone().fetch_thumbnails(Some(record.clone()))).unwrap();
    assert_eq!((fetched.fetched, fetched.missing), (1, 0), "{fetched:?}");
    assert!(wen.small_picture(taken.hash.clone(), SmallPicture::Thumbnail).unwrap().is_some());
    assert!(wait(wen.clone().fetch_original(taken.hash.clone())).unwrap());
    let whole = wait(wen.clone().read_original(taken.hash, 0, u32::MAX)).unwrap();
    assert_eq!(whole, photo());
}

#[test]
fn a_paper_and_a_case_come_as_files() {
    let mut court = Court::new();
    let lu = court.enrol("luqihang");
    let record = lu.create_record(seizure()).unwrap().record;
    let print = |form: &str, day: &str| {
        wait(lu.clone().paper(record.clone(), form.to_owned(), day.to_owned()))
    };
    let paper = print("F-01", "2026-03-17").unwrap();
    assert!(paper.pdf.starts_with(b"%PDF") && !paper.draft.is_empty());
    assert_eq!(print("F-99", "2026-03-17").unwrap_err().code(), "input");
    assert_eq!(print("F-01", "17.3.2026").unwrap_err().code(), "input");

    wait(lu.clone().sync(0)).unwrap();
    wait(lu.clone().sync(0)).unwrap();
    let path = court.dir.path().join("case.zip").to_string_lossy().into_owned();
    let export =
        |case: &str| wait(lu.clone().export_case(case.to_owned(), Edition::Full, path.clone()));
    assert_eq!(export("(2026)粤0605执1号").unwrap_err().code(), "case_unknown");
    assert!(!std::path::Path::new(&path).exists(), "what was begun is gone");
    let done = export(CASE).unwrap();
    assert_eq!((done.bytes, done.left_out), (std::fs::metadata(&path).unwrap().len(), 0));
    assert_eq!(export(CASE).unwrap_err().code(), "input", "nothing is overwritten");
}
