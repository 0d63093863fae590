//! What one phone captured on the screen of another: thumbnails by themselves, previews and originals when
//! asked for, over the real server and over roads that break, damage and lie.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::withdrawn::withdraw;
use crate::world::tus::{hash_of, picture};
use crate::world::{CASE, Device, World, case_pack};
use lastmile_core::document::Fields;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::file_road::{Ask, Begun, FileRoad, Part, Piece};
use lastmile_core::phone::transport::{HttpTransport, TransportError};
use lastmile_core::phone::{Capture, FetchReport, FileStanding, Trouble, UploadPolicy};
use lastmile_core::store::DerivedKind::{Preview, Thumbnail};
use lastmile_core::sync::files::{FileKind, Metadata};

/// Bytes of a piece of an original.
const PIECE: usize = 256 << 10;

pub(super) fn photo() -> Vec<u8> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/photos");
    std::fs::read(data.join("apple_iphone4_gps_italy.jpg")).unwrap()
}

pub(super) fn capture(device: &Device, record: DocumentId, bytes: &[u8]) -> BlobHash {
    let capture = Capture {
        verb: "add_photo".into(),
        fields: Fields::from([("purpose".to_owned(), "scene".into())]),
        position: None,
    };
    device.phone.capture(record, &mut &bytes[..], &capture).unwrap();
    device.sync();
    hash_of(bytes)
}

pub(super) fn upload(device: &Device, originals: bool) -> usize {
    let policy = UploadPolicy { originals };
    device.phone.upload(&device.transport(), policy, &mut |_| true).unwrap().finished
}

pub(super) fn thumbnails(device: &Device, road: &dyn FileRoad) -> FetchReport {
    device.phone.fetch_thumbnails(road, None, &mut |_| true).unwrap()
}

fn original(device: &Device, road: &dyn FileRoad, hash: BlobHash) -> Result<bool, String> {
    let come = device.phone.fetch_original(road, hash, &mut |_, _| true);
    come.map_err(|trouble| match trouble {
        Trouble::Road(error) => error.code().to_owned(),
        Trouble::Phone(error) => error.code().to_owned(),
    })
}

fn standing(device: &Device, record: DocumentId) -> (FileStanding, bool) {
    let file = &device.phone.files_of(record).unwrap()[0];
    (file.standing, file.here)
}

/// Files beside the phone's store.
fn on_disk(world: &World, phone: u8) -> Vec<PathBuf> {
    let folder = world.dir.path().join(format!("phone{phone}.db-files"));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// A road that does with what comes back whatever the test wants.
pub(super) struct Road<'r> {
    under: HttpTransport,
    asked: RefCell<Vec<Part>>,
    change: &'r dyn Fn(usize, Result<Piece, TransportError>) -> Result<Piece, TransportError>,
}

impl<'r> Road<'r> {
    pub(super) fn new(
        device: &Device,
        change: &'r dyn Fn(usize, Result<Piece, TransportError>) -> Result<Piece, TransportError>,
    ) -> Self {
        Self { under: device.transport(), asked: RefCell::default(), change }
    }
}

impl FileRoad for Road<'_> {
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        self.under.begin(ask, file, bytes)
    }

    fn append(&self, ask: Ask<'_>, begun: &Begun, chunk: &[u8]) -> Result<u64, TransportError> {
        self.under.append(ask, begun, chunk)
    }

    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        self.asked.borrow_mut().push(part);
        let number = self.asked.borrow().len();
        (self.change)(number, self.under.fetch(ask, part))
    }
}

#[test]
fn a_colleagues_photo_is_seen_small_then_larger_then_whole() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let bytes = photo();
    let record = lu.seizure();
    let hash = capture(&lu, record, &bytes);
    assert_eq!(upload(&lu, false), 2, "the small ones");
    wen.sync();
    let road = wen.transport();
    assert_eq!(wen.phone.small_picture(hash, Thumbnail).unwrap(), None);
    let report = thumbnails(&wen, &road);
    assert_eq!(report, FetchReport { fetched: 1, ..FetchReport::default() });
    let small = wen.phone.small_picture(hash, Thumbnail).unwrap().unwrap();
    let shown = image::load_from_memory(&small).unwrap();
    assert_eq!((shown.width(), shown.height()), (320, 239));
    assert!(small.len() <= 12_000, "{}", small.len());
    let counting = Road::new(&wen, &|_, come| come);
    assert_eq!(thumbnails(&wen, &counting), FetchReport::default());
    assert_eq!(counting.asked.borrow().len(), 0, "what is here is not asked for");

    let preview = wen.phone.fetch_picture(&road, hash, Preview).unwrap().unwrap();
    assert_eq!(image::load_from_memory(&preview).unwrap().width(), 1_296);
    assert_eq!(original(&wen, &road, hash), Err("not_found".to_owned()), "still on its way");
    assert_eq!(standing(&wen, record), (FileStanding::Pending, false));

    assert_eq!(upload(&lu, true), 1);
    wen.sync();
    let mut came = Vec::new();
    let here = wen.phone.fetch_original(&road, hash, &mut |at, of| {
        came.push((at, of));
        true
    });
    assert!(here.unwrap());
    assert_eq!(
        came,
        [(PIECE as u64, bytes.len() as u64), (bytes.len() as u64, bytes.len() as u64)]
    );
    let mut whole = Vec::new();
    wen.phone.open_original(hash).unwrap().read_to_end(&mut whole).unwrap();
    assert!(whole == bytes, "byte for byte");
    assert_eq!(standing(&wen, record), (FileStanding::WordReceipted, true));
    assert_eq!(upload(&wen, true), 0, "what came from the court is not sent back");
    // Sealed, the small ones too.
    let files = on_disk(&world, 2);
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        let sealed = std::fs::read(&file).unwrap();
        assert!(!sealed.windows(3).any(|window| window == [0xff, 0xd8, 0xff]), "{file:?}");
    }
}

#[test]
fn nobody_brings_what_no_record_in_sight_names() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let stranger = world.officer("qutongming");
    let hash = capture(&lu, lu.seizure(), &photo());
    upload(&lu, true);
    stranger.sync();
    let counting = Road::new(&stranger, &|_, come| come);
    assert_eq!(thumbnails(&stranger, &counting), FetchReport::default());
    let refused = stranger.phone.fetch_picture(&counting, hash, Thumbnail).unwrap_err();
    assert!(matches!(refused, Trouble::Phone(error) if error.code() == "no_file"));
    assert_eq!(original(&stranger, &counting, hash), Err("no_file".to_owned()));
    assert_eq!(counting.asked.borrow().len(), 0, "nothing is even asked");
    // A phone that asked all the same is told nothing.
    let sender = stranger.sender();
    for form in ["", "?as=thumbnail", "?as=preview"] {
        assert_eq!(sender.send(sender.read_request(hash, form)).status, 404);
    }
}

#[test]
fn a_small_picture_that_is_none_is_not_kept_and_stops_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let record = lu.seizure();
    let bytes = photo();
    let hash = capture(&lu, record, &bytes);
    // A colleague's phone that sends something else: it begins like a JPEG, and that is all.
    let crafted = picture(1, 9_000);
    assert_eq!(lu.sender().upload_derived(FileKind::Thumbnail, hash, &crafted).status, 204);
    let other = capture(&lu, record, &[&bytes[..], b"!"].concat());
    wen.sync();
    let road = wen.transport();
    let report = thumbnails(&wen, &road);
    assert_eq!((report.fetched, report.missing), (0, 1), "{report:?}");
    assert_eq!(report.refused, [(hash, "picture_truncated")]);
    assert_eq!(wen.phone.small_picture(hash, Thumbnail).unwrap(), None);
    assert_eq!(wen.phone.fetch_picture(&road, hash, Thumbnail).unwrap(), None);
    assert_eq!(on_disk(&world, 2), Vec::<PathBuf>::new());
    // The court makes its own once it has the original.
    upload(&lu, true);
    assert_eq!(thumbnails(&wen, &road).fetched, 2);
    for hash in [hash, other] {
        assert!(wen.phone.small_picture(hash, Thumbnail).unwrap().is_some());
    }
}

#[test]
fn a_broken_link_is_tried_again_and_a_lying_one_changes_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let bytes = picture(2, 3 * PIECE + 77);
    let record = lu.seizure();
    let hash = capture(&lu, record, &bytes);
    upload(&lu, true);
    wen.sync();
    let lies: [&dyn Fn(Piece) -> Piece; 4] = [
        &|mut piece| {
            piece.bytes[0] ^= 1;
            piece
        },
        &|piece| Piece { total: piece.total + 1, ..piece },
        &|mut piece| {
            piece.bytes.pop();
            piece
        },
        &|piece| Piece { bytes: vec![0; PIECE + 1], ..piece },
    ];
    for (lie, code) in
        lies.iter().zip(["file_differs", "file_differs", "not_the_server", "not_the_server"])
    {
        let lying = |_: usize, come: Result<Piece, TransportError>| come.map(lie);
        let road = Road::new(&wen, &lying);
        assert_eq!(original(&wen, &road, hash), Err(code.to_owned()));
        assert_eq!(standing(&wen, record), (FileStanding::WordReceipted, false));
        assert_eq!(on_disk(&world, 2), Vec::<PathBuf>::new(), "nothing of it is kept");
    }
    let breaks = |number: usize, come| {
        if number.is_multiple_of(3) { come } else { Err(TransportError::Unreachable) }
    };
    let road = Road::new(&wen, &breaks);
    assert_eq!(original(&wen, &road, hash), Ok(true));
    let asked: Vec<u64> = road.asked.borrow().iter().map(|part| part.from).collect();
    let piece = PIECE as u64;
    let thrice = |from: u64| [from; 3];
    assert_eq!(
        asked,
        [0, 1, 2, 3].map(|at| thrice(at * piece)).concat(),
        "nothing is asked from the start"
    );
    let away = |_: usize, _| Err(TransportError::Unreachable);
    let second = capture(&lu, record, &photo());
    wen.sync();
    let road = Road::new(&wen, &away);
    assert_eq!(original(&wen, &road, second), Err("unreachable".to_owned()));
    assert_eq!(road.asked.borrow().len(), 3);
    assert_eq!(original(&wen, &Road::new(&wen, &breaks), hash), Ok(true), "it is here");
}

#[test]
fn whoever_watches_may_stop() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let record = lu.seizure();
    let hash = capture(&lu, record, &picture(3, 2 * PIECE));
    let second = capture(&lu, record, &photo());
    upload(&lu, true);
    wen.sync();
    let road = wen.transport();
    assert!(!wen.phone.fetch_original(&road, hash, &mut |_, _| false).unwrap());
    assert!(!standing(&wen, record).1);
    assert_eq!(on_disk(&world, 2), Vec::<PathBuf>::new());
    let calls = Cell::new(0);
    let report = wen.phone.fetch_thumbnails(&road, Some(record), &mut |_| {
        calls.set(calls.get() + 1);
        false
    });
    assert!(report.unwrap().interrupted);
    assert_eq!(calls.get(), 1);
    // Records go before pictures.
    wen.line(record, "空气压缩机");
    let report = thumbnails(&wen, &road);
    assert!(report.interrupted, "{report:?}");
    wen.sync();
    assert!(!thumbnails(&wen, &road).interrupted);
    assert!(wen.phone.small_picture(second, Thumbnail).unwrap().is_some());
}

#[test]
fn what_nobody_has_yet_does_not_stand_in_the_way() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let record = lu.seizure();
    for seed in 0..20 {
        lu.photo(record, &picture(100 + seed, 900));
    }
    let hash = capture(&lu, record, &photo());
    upload(&lu, false);
    while wen.sync().applied.received.accepted > 0 {}
    let counting = Road::new(&wen, &|_, come| come);
    let mut fetched = 0;
    for contact in 1..=3 {
        let report = thumbnails(&wen, &counting);
        assert_eq!(report.missing, 8, "contact {contact}: few questions in vain");
        fetched += report.fetched;
    }
    let asked = counting.asked.borrow();
    let distinct: std::collections::BTreeSet<_> = asked.iter().map(|part| part.hash).collect();
    assert_eq!((distinct.len(), fetched), (21, 1), "each had its turn");
    assert!(wen.phone.small_picture(hash, Thumbnail).unwrap().is_some());
}

#[test]
fn a_withdrawn_phone_does_not_ask() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let hash = capture(&lu, lu.seizure(), &photo());
    upload(&lu, true);
    // Something of her own that nobody else has keeps the case on her phone.
    capture(&wen, wen.seizure(), &picture(4, 900));
    withdraw(&world, &wen);
    wen.sync();
    let counting = Road::new(&wen, &|_, come| come);
    assert_eq!(thumbnails(&wen, &counting), FetchReport::default());
    assert_eq!(wen.phone.fetch_picture(&counting, hash, Preview).unwrap(), None);
    assert_eq!(counting.asked.borrow().len(), 0);
}

#[test]
fn pictures_go_when_the_case_is_left() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let hash = capture(&lu, lu.seizure(), &photo());
    upload(&lu, false);
    wen.sync();
    assert_eq!(thumbnails(&wen, &wen.transport()).fetched, 1);
    assert_eq!(on_disk(&world, 2).len(), 1);
    world.publish(&case_pack(CASE, 2, &["luqihang"]));
    assert_eq!(wen.sync().left.len(), 1);
    assert_eq!(on_disk(&world, 2), Vec::<PathBuf>::new());
    let refused = wen.phone.fetch_picture(&wen.transport(), hash, Thumbnail).unwrap_err();
    assert!(matches!(refused, Trouble::Phone(error) if error.code() == "no_file"));
}
