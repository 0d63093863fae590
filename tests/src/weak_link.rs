//! A hundred photos over a link that breaks every thirty seconds at 256 kbit/s to 2 Mbit/s, in full or
//! scaled down. Time plays no part: what a break costs is counted in bytes.

use std::cell::Cell;
use std::error::Error;
use std::path::Path;

use lastmile_core::document::Fields;
use lastmile_core::id::DocumentId;
use lastmile_core::phone::file_road::{Ask, Begun, FileRoad, Part, Piece};
use lastmile_core::phone::transport::{HttpTransport, TransportError};
use lastmile_core::phone::{Capture, NewRecord, Phone, UploadPolicy};
use lastmile_core::sync::files::Metadata;
use lastmile_core::time::{Entropy, SeededEntropy};
use lastmile_server::demo::link::{Link, Mode};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::court_stage::CourtStage;

/// Decides where the link breaks.
pub const SEED: u64 = 20_260_317;
/// Photos of the journey.
pub const PHOTOS: u64 = 100;
/// What goes: everything.
pub const ALL: UploadPolicy = UploadPolicy { originals: true };

/// Bytes of a request beside its body, at most.
pub const HEAD: u64 = 2_000;

const CASE: &str = "(2026)粤0605执1101号";
/// Bytes of a photo, about.
const PHOTO: u64 = 5_000_000;
/// Bytes that go through in thirty seconds, slowest and fastest.
const WINDOW: std::ops::Range<u64> = 960_000..7_500_000;

/// What the journey cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Bytes of all photos.
    pub bytes: u64,
    /// Bytes that went up, heads of requests included.
    pub up: u64,
    /// Requests.
    pub requests: u64,
    /// How often the link broke.
    pub breaks: u64,
    /// Contacts until everything was there.
    pub contacts: u64,
    /// Most bytes that went up before a break and had to go up again after it.
    pub again: u64,
    /// Breaks that cost more than the piece that was on its way: what had been acknowledged was lost.
    pub dearer: u64,
}

/// What is there at the end.
pub struct Arrived {
    /// The court; its server runs.
    pub stage: CourtStage,
    /// The road, now without breaks.
    pub road: HttpTransport,
    /// The phone.
    pub phone: Phone,
    /// The record that names the photos.
    pub record: DocumentId,
    /// What it cost.
    pub cost: Cost,
    link: Link,
}

impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrived").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// Noise that begins like a JPEG: it cannot be shown, and it cannot be compressed.
fn photo(seed: u64, len: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    SeededEntropy::new(seed).fill(&mut bytes);
    bytes[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
    bytes
}

/// Plays the journey in `dir`, everything `scale` times smaller.
pub fn journey(dir: &Path, scale: u64) -> Result<Arrived, Box<dyn Error>> {
    let stage = CourtStage::new(dir)?;
    stage.case(CASE, 1, &["luqihang"])?;
    let phone = stage.open(&stage.register("luqihang", 1)?, 0)?;
    let link = Link::open(stage.server()?.address())?;
    let road = HttpTransport::new(&link.url(), &[])?;
    phone.sync(&road)?;
    let new = NewRecord {
        kind: "seizure".into(),
        case: CASE.into(),
        handler: String::new(),
        head: Fields::new(),
        items: Vec::new(),
    };
    let record = phone.create(new)?.document;
    let mut cost = Cost::default();
    for number in 0..PHOTOS {
        let bytes = photo(number, PHOTO / scale - 500 + 10 * number);
        cost.bytes += bytes.len() as u64;
        let capture = Capture {
            verb: "add_photo".into(),
            fields: Fields::from([("purpose".to_owned(), "scene".into())]),
            position: None,
        };
        phone.capture(record, &mut &bytes[..], &capture)?;
    }
    phone.sync(&road)?;

    let mut dice = StdRng::seed_from_u64(SEED);
    let mut window = || Mode::CutUploadAfter(dice.random_range(WINDOW) / scale);
    let before = link.traffic();
    let metered = Metered::new(&road, &link);
    let mut finished = 0;
    link.set(window());
    while finished < usize::try_from(PHOTOS)? {
        cost.contacts += 1;
        if cost.contacts > 4_000 {
            return Err(format!("no progress: {finished} files").into());
        }
        let had = finished;
        let (report, broken) = match phone.upload(&metered, ALL, &mut |_| {
            link.set(window());
            true
        }) {
            Ok(report) => (report, false),
            Err(trouble) if trouble.code() == "unreachable" => (trouble.report, true),
            Err(trouble) => return Err(trouble.into()),
        };
        finished += report.finished;
        cost.breaks += report.repeated as u64;
        if !report.waiting.is_empty() || !(broken || finished > had) {
            return Err(format!("a contact without progress: {report:?}").into());
        }
    }
    cost.up = link.traffic().up - before.up;
    (cost.requests, cost.again) = (metered.requests.get(), metered.again.get());
    cost.dearer = metered.dearer.get();
    link.set(Mode::Up);
    Ok(Arrived { stage, road, phone, record, cost, link })
}

impl Arrived {
    /// Connections that the link saw.
    pub fn connections(&self) -> u64 {
        self.link.traffic().connections
    }
}

/// A road that sees what each break costs.
struct Metered<'r> {
    road: &'r HttpTransport,
    link: &'r Link,
    requests: Cell<u64>,
    /// When the link broke: where the file was, bytes that had gone up behind that, bytes of the piece.
    broke: Cell<Option<(u64, u64, u64)>>,
    again: Cell<u64>,
    dearer: Cell<u64>,
}

impl<'r> Metered<'r> {
    fn new(road: &'r HttpTransport, link: &'r Link) -> Self {
        let (requests, again, dearer) = (Cell::new(0), Cell::new(0), Cell::new(0));
        Self { road, link, requests, broke: Cell::new(None), again, dearer }
    }
}

impl FileRoad for Metered<'_> {
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        self.requests.set(self.requests.get() + 1);
        let begun = self.road.begin(ask, file, bytes)?;
        if let Some((at, sent, piece)) = self.broke.take() {
            let lost = (at + sent).saturating_sub(begun.offset);
            self.again.set(self.again.get().max(lost));
            self.dearer.set(self.dearer.get() + u64::from(lost > piece + HEAD));
        }
        Ok(begun)
    }

    fn append(&self, ask: Ask<'_>, begun: &Begun, chunk: &[u8]) -> Result<u64, TransportError> {
        self.requests.set(self.requests.get() + 1);
        let before = self.link.traffic().up;
        let answer = self.road.append(ask, begun, chunk);
        if answer.is_err() {
            let sent = self.link.traffic().up - before;
            self.broke.set(Some((begun.offset, sent, chunk.len() as u64)));
        }
        answer
    }

    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        self.road.fetch(ask, part)
    }
}
