//! Every picture at hand, good and hostile, gives the reading that `data/readings.tsv` expects or its named
//! reason, in bounded memory and with bounded reading. The only test of its binary, because it counts the
//! memory of all threads.
//!
//! The table was checked against `exiftool` and by looking at the pictures. `LASTMILE_READINGS=FILE` writes
//! what is read now, to compare.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use lastmile_core::picture::{
    self, PREVIEW_BYTES, PREVIEW_EDGE, Reading, THUMBNAIL_BYTES, THUMBNAIL_EDGE,
};
use lastmile_tests::peak::Counting;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// The most one file may take, bytes.
const MOST_MEMORY: usize = 256 << 20;
/// The most that reading and deriving may read of a file, times its size, and what they may read of any.
const MOST_PASSES: u64 = 6;
const MOST_OVERHEAD: u64 = 128 << 10;

/// Counts what is asked of a file: what takes the time when a decoder goes round in circles.
struct Asked {
    file: Cursor<Vec<u8>>,
    bytes: u64,
    calls: u64,
}

impl Read for Asked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.bytes += read as u64;
        self.calls += 1;
        Ok(read)
    }
}

impl Seek for Asked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.calls += 1;
        self.file.seek(to)
    }
}

const FOLDERS: [&str; 3] = ["photos", "hostile/images", "hostile/generated"];

fn line(reading: &Reading, shown: &str) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let findings: Vec<&str> = reading.findings.iter().map(|finding| finding.code).collect();
    [
        or_dash(reading.format.map(|format| format.to_string())),
        format!("{}x{}", reading.width, reading.height),
        reading.orientation().to_string(),
        or_dash(reading.gps.map(|gps| format!("{:.5},{:.5}", gps.lat, gps.lon))),
        or_dash(reading.taken_at.map(|at| at.to_string())),
        or_dash(reading.make.clone()),
        or_dash(reading.model.clone()),
        if findings.is_empty() { "-".to_owned() } else { findings.join(" ") },
        shown.to_owned(),
    ]
    .join("\t")
}

#[test]
fn every_file_gives_its_reading_or_its_reason() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let table = fs::read_to_string(data.join("readings.tsv")).unwrap_or_default();
    let expected: BTreeMap<&str, &str> =
        table.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    let (mut found, mut slowest, mut largest) = (BTreeMap::new(), Vec::new(), (0, String::new()));
    for folder in FOLDERS {
        for entry in fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md" || extension == "txt") {
                continue; // notices and licences
            }
            let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
            let bytes = fs::read(&path).unwrap();
            let len = bytes.len() as u64;
            let mut source = BufReader::new(Asked { file: Cursor::new(bytes), bytes: 0, calls: 0 });
            let began = Instant::now();
            let ((reading, derived), peak) = MEMORY.peak_of(|| {
                let reading = picture::read(&mut source, len);
                let derived = picture::derive(&mut source, &reading);
                (reading, derived)
            });
            slowest.push((began.elapsed(), name.clone()));
            largest = largest.max((peak, name.clone()));
            assert!(peak <= MOST_MEMORY, "{name} took {peak} bytes");
            let asked = source.get_ref();
            assert!(
                asked.bytes <= MOST_PASSES * len + MOST_OVERHEAD
                    && asked.calls <= asked.bytes / 512 + 2_000,
                "{name}: read {} bytes of {len} in {} calls",
                asked.bytes,
                asked.calls
            );
            let shown = match derived {
                Ok(derived) => {
                    check(&name, &derived.thumbnail, THUMBNAIL_EDGE, THUMBNAIL_BYTES);
                    check(&name, &derived.preview, PREVIEW_EDGE, PREVIEW_BYTES);
                    "shown"
                }
                Err(reason) => reason.code,
            };
            assert!(reading.reason.is_none_or(|reason| reason.code == shown), "{name}");
            found.insert(name, line(&reading, shown));
        }
    }
    slowest.sort();
    println!("{} files; slowest: {:?}", found.len(), &slowest[slowest.len() - 3..]);
    println!("most memory: {} MB for {}", largest.0 >> 20, largest.1);
    if let Some(path) = std::env::var_os("LASTMILE_READINGS") {
        let lines = found.iter().map(|(name, line)| format!("{name}\t{line}\n"));
        fs::write(path, lines.collect::<String>()).unwrap();
    }
    for (name, line) in &found {
        assert_eq!(Some(line.as_str()), expected.get(name.as_str()).copied(), "{name}");
    }
    assert_eq!(found.len(), expected.len(), "files of the table are missing");
    let ((), seen) = MEMORY.peak_of(|| drop(vec![1_u8; MOST_MEMORY + 1]));
    assert!(seen > MOST_MEMORY, "the counter does not count");
}

/// A derived picture is a JPEG of bounded size that says nothing but its pixels.
fn check(name: &str, jpeg: &[u8], edge: u32, most: usize) {
    assert!(jpeg.len() <= most, "{name}: {} bytes", jpeg.len());
    let reading = picture::read(&mut Cursor::new(jpeg), jpeg.len() as u64);
    assert!(reading.reason.is_none() && reading.width.max(reading.height) <= edge, "{name}");
    assert!(
        reading.gps.is_none() && reading.make.is_none() && reading.orientation() == 1,
        "{name}"
    );
    for word in [b"Exif".as_slice(), b"http", b"ICC_PROFILE", b"<html"] {
        assert!(!jpeg.windows(word.len()).any(|here| here == word), "{name}");
    }
}
