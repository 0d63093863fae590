//! A hundred photos over a link that breaks every thirty seconds at 256 kbit/s to 2 Mbit/s. Scaled 1:50 in
//! the ordinary run: 10 MB, a break after every 19 to 150 kB sent; in full under `make soak`. Time plays no
//! part: what a break costs is counted in bytes.

use std::error::Error;
use std::io::Read;

use lastmile_core::document::Fields;
use lastmile_core::id::DocumentId;
use lastmile_core::phone::transport::HttpTransport;
use lastmile_core::phone::{Capture, FileStanding, NewRecord, Phone, UploadPolicy};
use lastmile_core::time::{Entropy, SeededEntropy};
use lastmile_server::demo::link::{Link, Mode};
use lastmile_tests::court_stage::CourtStage;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

type Outcome = Result<(), Box<dyn Error>>;

const CASE: &str = "(2026)粤0605执1101号";
/// Decides where the link breaks.
const SEED: u64 = 20_260_317;
const PHOTOS: u64 = 100;
/// Bytes that go through in thirty seconds, slowest and fastest.
const WINDOW: std::ops::Range<u64> = 960_000..7_500_000;
const ALL: UploadPolicy = UploadPolicy { originals: true };
/// Bytes of a request beside its body, at most.
const HEAD: u64 = 2_000;

fn scale() -> u64 {
    if std::env::var_os("LASTMILE_SOAK").is_some() { 1 } else { 50 }
}

/// Noise that begins like a JPEG: it cannot be shown, and it cannot be compressed.
fn photo(seed: u64, len: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    SeededEntropy::new(seed).fill(&mut bytes);
    bytes[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
    bytes
}

fn begin(phone: &Phone) -> Result<DocumentId, Box<dyn Error>> {
    let record = NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head: Fields::new(),
        items: Vec::new(),
    };
    Ok(phone.create(record)?.document)
}

fn capture(phone: &Phone, record: DocumentId, bytes: &[u8]) -> Outcome {
    let capture = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), "scene".into())]),
        position: None,
    };
    phone.capture(record, &mut &bytes[..], &capture)?;
    Ok(())
}

#[test]
fn a_hundred_photos_arrive_whole_and_once() -> Outcome {
    let dir = tempfile::tempdir()?;
    let stage = CourtStage::new(dir.path())?;
    stage.case(CASE, 1, &["luqihang"])?;
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let link = Link::open(stage.server()?.address())?;
    let road = HttpTransport::new(&link.url(), &[])?;
    phone.sync(&road)?;
    let record = begin(&phone)?;
    let (len, mut total) = (5_000_000 / scale(), 0);
    for number in 0..PHOTOS {
        let bytes = photo(number, len - 500 + 10 * number);
        total += bytes.len() as u64;
        capture(&phone, record, &bytes)?;
    }
    phone.sync(&road)?;

    let mut dice = StdRng::seed_from_u64(SEED);
    let mut window = || Mode::CutUploadAfter(dice.random_range(WINDOW) / scale());
    let before = link.traffic();
    let (mut finished, mut cuts, mut sent, mut contacts) = (0, 0, 0, 0);
    link.set(window());
    while finished < usize::try_from(PHOTOS)? {
        contacts += 1;
        assert!(contacts < 4_000, "no progress: {finished} files after {contacts} contacts");
        let had = finished;
        let (report, broken) = match phone.upload(&road, ALL, &mut |_| {
            link.set(window());
            true
        }) {
            Ok(report) => (report, false),
            Err(trouble) => {
                assert_eq!(trouble.code(), "unreachable");
                (trouble.report, true)
            }
        };
        assert_eq!(report.waiting, []);
        finished += report.finished;
        cuts += report.repeated as u64;
        sent += report.bytes;
        assert!(broken || finished > had || finished == 100);
    }
    let traffic = link.traffic();
    let up = traffic.up - before.up;
    println!(
        "seed {SEED}: {PHOTOS} photos, {total} bytes: {up} bytes up, {cuts} breaks, {contacts} contacts, {} connections",
        traffic.connections - before.connections
    );
    assert!(cuts > 20, "the link did not break: {cuts}");
    // What arrived before a break is never sent again: every byte goes up once, but for what was in the
    // sockets at each break, and the heads of requests.
    let requests = sent / (64 << 10) + 2 * PHOTOS + 3 * cuts;
    assert!(up <= total + cuts * (64 << 10) + requests * HEAD, "{up} bytes for {total}");

    link.set(Mode::Up);
    phone.sync(&road)?;
    for file in phone.files_of(record)? {
        assert!(file.standing >= FileStanding::WithCourt, "{file:?}");
        assert_eq!(file.trouble, None);
    }
    let again = phone.upload(&road, ALL, &mut |_| true)?;
    assert_eq!((again.finished, again.bytes), (0, 0), "everything is there, nothing is sent twice");

    // The court's word came with the feed, under a receipt; the originals stay until a backup covers it.
    let files = phone.files_of(record)?;
    assert!(files.iter().all(|file| file.standing == FileStanding::Receipted), "{files:?}");
    assert_eq!(phone.release_originals(u64::MAX)?, 0);
    let mut whole = Vec::new();
    phone.open_original(files[0].hash)?.read_to_end(&mut whole)?;
    assert_eq!(whole.len() as u64, files[0].bytes);
    Ok(())
}
