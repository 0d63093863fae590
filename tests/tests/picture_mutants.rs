//! The readers of pictures under thousands of damaged ones: no panic, and time and memory bounded by counting what a
//! reading takes. The only test of its binary, because it counts the memory of all threads.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use lastmile_core::picture::{Reading, derive, read};
use lastmile_tests::mutate::pictures::PictureMutator;
use lastmile_tests::peak::Counting;
use lastmile_tests::seeds::seeds;

#[global_allocator]
static MEMORY: Counting = Counting::new();

const MUTANTS: usize = 6_000;
/// The most that reading a picture's particulars may take: EXIF and a description of items, parsed.
const MEMORY_LIMIT: usize = 8 << 20;
/// The most that making small pictures of one may take.
const DRAWN_LIMIT: usize = 256 << 20;
/// One in so many is also decoded.
const DRAWN: usize = 200;

/// A file that counts what is asked of it.
struct Counted {
    file: Cursor<Vec<u8>>,
    read: u64,
    seeks: u64,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(out)?;
        self.read += read as u64;
        Ok(read)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount as u64;
        self.file.consume(amount);
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.seeks += 1;
        self.file.seek(to)
    }
}

/// One small picture of each format, and one with its EXIF behind everything else.
fn originals() -> Vec<Vec<u8>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let names = [
        "photos/samsung_galaxys_gps_0_0_orientation6_blanked.jpg",
        "photos/google_pixel6_ultrahdr_gps_zhejiang.jpg",
        "photos/apple_iphone14promax_mpo.mpo",
        "photos/orientation_webp_3.webp",
        "photos/htc_desire_gps_italy.webp",
        "photos/exif.avif",
        "photos/apple_iphone11pro_exif_at_eof.heic",
        "photos/orientation_png_exif_3.png",
        "hostile/images/pillow_exif_gps.jpg",
        "hostile/images/pillow_delay.png",
        "hostile/images/pillow_dispose_bgnd.gif",
    ];
    names.iter().map(|name| std::fs::read(data.join(name)).unwrap()).collect()
}

/// Whether a reading keeps what its type promises.
fn is_sound(reading: &Reading) -> bool {
    let gps = reading.gps.is_none_or(|at| at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0);
    let short = |name: &Option<String>| name.as_ref().is_none_or(|name| name.chars().count() <= 64);
    gps && short(&reading.make) && short(&reading.model) && (1..=8).contains(&reading.orientation())
}

#[test]
fn damaged_pictures_are_read_in_bounded_time_and_memory() {
    let name = "damaged_pictures_are_read_in_bounded_time_and_memory";
    let make = |seed| PictureMutator::new(seed, originals()).take(40).collect::<Vec<_>>();
    assert!(make(5) == make(5) && make(5) != make(6), "the same seed makes the same mutants");
    for seed in seeds(name, [1, 2]) {
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut most_memory, mut most_read, mut most_seeks) = (0, 0_u64, 0);
        for (number, mutant) in
            PictureMutator::new(seed.value(), originals()).take(MUTANTS).enumerate()
        {
            let len = mutant.bytes.len() as u64;
            let mut file = Counted { file: Cursor::new(mutant.bytes), read: 0, seeks: 0 };
            let (reading, peak) = MEMORY.peak_of(|| read(&mut file, len));
            let what = format!("mutant {number} of original {}: {:?}", mutant.of, mutant.steps);
            assert!(is_sound(&reading), "{what}: {reading:?}");
            assert!(peak <= MEMORY_LIMIT, "{what}: {peak} bytes of memory");
            // Every byte is looked at a few times at most, and there is a bounded number of parts.
            assert!(
                file.read <= 2 * len + (256 << 10),
                "{what}: {} of {len} bytes read",
                file.read
            );
            assert!(file.seeks <= 20_000, "{what}: {} seeks", file.seeks);
            most_memory = most_memory.max(peak);
            most_read = most_read.max(file.read.saturating_sub(len));
            most_seeks = most_seeks.max(file.seeks);
            if number % DRAWN == 0 {
                let (_, peak) = MEMORY.peak_of(|| derive(&mut file, &reading).map(drop));
                assert!(peak <= DRAWN_LIMIT, "{what}: {peak} bytes of memory to draw it");
            }
            *outcomes.entry(reading.reason.map_or("shown", |reason| reason.code)).or_default() += 1;
            for step in mutant.steps {
                *steps.entry(step).or_default() += 1;
            }
        }
        println!(
            "{MUTANTS} mutants of seed {}: {outcomes:#?}\n{steps:?}\nat most {most_memory} bytes of memory, \
             {most_read} bytes read more than once, {most_seeks} seeks",
            seed.value()
        );
        let shown = outcomes.get("shown").copied().unwrap_or_default();
        assert!(shown * 10 > MUTANTS, "too few mutants get past their container: {shown}");
        assert!(shown * 10 < MUTANTS * 9, "too few mutants are broken: {shown} are shown");
        assert!(outcomes.len() > 5 && steps.len() > 15, "{outcomes:?} {steps:?}");
    }
}
