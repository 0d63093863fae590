//! Hostile pictures, made from real ones: what a phone, a card or a stranger may hand to the readers of `picture`.
//! [`PictureMutator`] is an endless, seeded source. It knows where containers keep their lengths and where EXIF keeps
//! its entries, so that damage reaches what lies behind the first check.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// A part of a container, from its own beginning to the next part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: usize,
    to: usize,
    /// Where its length stands, and in how many bytes.
    length: (usize, usize),
    big_endian: bool,
}

/// A damaged picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureMutant {
    /// The file.
    pub bytes: Vec<u8>,
    /// Which of the originals it was.
    pub of: usize,
    /// What was done to it, in order.
    pub steps: Vec<&'static str>,
}

/// An endless source of mutants. The same seed and originals give the same mutants.
#[derive(Debug)]
pub struct PictureMutator {
    rng: StdRng,
    originals: Vec<Vec<u8>>,
}

impl PictureMutator {
    /// A source that starts from `originals`.
    ///
    /// # Panics
    /// If there are none, or one is empty.
    pub fn new(seed: u64, originals: Vec<Vec<u8>>) -> Self {
        assert!(!originals.is_empty() && originals.iter().all(|bytes| !bytes.is_empty()));
        Self { rng: StdRng::seed_from_u64(seed), originals }
    }

    fn mutant(&mut self) -> PictureMutant {
        let of = self.rng.random_range(0..self.originals.len());
        let mut bytes = self.originals[of].clone();
        let mut steps = Vec::new();
        for _ in 0..[1, 1, 2, 3].choose(&mut self.rng).copied().unwrap_or(1) {
            let parts = parts(&bytes);
            let entries = entries(&bytes);
            steps.push(match self.rng.random_range(0..10) {
                0..4 if !parts.is_empty() => self.change_part(&mut bytes, &parts),
                4..7 if !entries.is_empty() => self.change_entry(&mut bytes, &entries),
                _ => self.change_bytes(&mut bytes),
            });
        }
        if self.rng.random_bool(0.7) {
            seal_png(&mut bytes);
        }
        PictureMutant { bytes, of, steps }
    }

    /// Damages bytes without knowing what they mean; more often near the beginning, where containers say most.
    fn change_bytes(&mut self, bytes: &mut Vec<u8>) -> &'static str {
        let rng = &mut self.rng;
        if bytes.is_empty() {
            bytes.push(rng.random());
            return "a byte where there was none";
        }
        let reach = if rng.random_bool(0.5) { bytes.len().min(2_048) } else { bytes.len() };
        let at = rng.random_range(0..reach);
        match rng.random_range(0..5) {
            0 => {
                bytes[at] ^= 1 << rng.random_range(0..8);
                "a bit flipped"
            }
            1 => {
                bytes[at] = *[0, 1, 0x7f, 0x80, 0xff].choose(rng).unwrap_or(&0);
                "a byte at its bounds"
            }
            2 => {
                bytes.truncate(at);
                "cut off"
            }
            3 => {
                let junk: Vec<u8> = (0..rng.random_range(1..64)).map(|_| rng.random()).collect();
                bytes.splice(at..at, junk);
                "bytes put in"
            }
            _ => {
                let to = (at + rng.random_range(1..256)).min(bytes.len());
                bytes.drain(at..to);
                "bytes left out"
            }
        }
    }

    /// Damages a part of the container or what it says of its length.
    fn change_part(&mut self, bytes: &mut Vec<u8>, parts: &[Part]) -> &'static str {
        let rng = &mut self.rng;
        let Some(part) = parts.choose(rng).copied() else { return "nothing" };
        let (at, width) = part.length;
        let whole = bytes[part.from..part.to].to_vec();
        match rng.random_range(0..8) {
            0 => put(bytes, at, width, part.big_endian, 0, "a length of nothing"),
            1 => put(bytes, at, width, part.big_endian, u64::MAX, "the longest length"),
            2 => {
                let file = bytes.len() as u64;
                put(bytes, at, width, part.big_endian, file, "a length to the end of the file")
            }
            3 => {
                let length = rng.random_range(0..32);
                put(bytes, at, width, part.big_endian, length, "a short length")
            }
            4 => {
                bytes.drain(part.from..part.to);
                "a part left out"
            }
            5 if whole.len() < 65_536 => {
                let times = *[1, 2, 40, 400].choose(rng).unwrap_or(&1);
                let times = times.min(1_048_576 / whole.len().max(1));
                bytes.splice(part.to..part.to, whole.repeat(times));
                "a part repeated"
            }
            6 => {
                bytes.truncate(part.from);
                "cut off between two parts"
            }
            _ => {
                let other = parts.choose(rng).copied().unwrap_or(part);
                let moved = bytes[other.from..other.to].to_vec();
                bytes.splice(part.from..part.from, moved);
                "a part at another place"
            }
        }
    }

    /// Damages an entry of EXIF: twelve bytes of tag, type, count and value.
    fn change_entry(&mut self, bytes: &mut [u8], entries: &[(usize, bool)]) -> &'static str {
        let rng = &mut self.rng;
        let Some(&(at, big_endian)) = entries.choose(rng) else { return "nothing" };
        match rng.random_range(0..5) {
            0 => put(bytes, at + 4, 4, big_endian, u64::MAX, "an entry of very many values"),
            1 => put(bytes, at + 4, 4, big_endian, 0, "an entry of no value"),
            2 => {
                let kind = rng.random_range(0..14);
                put(bytes, at + 2, 2, big_endian, kind, "an entry of another type")
            }
            3 => {
                let offset = *[0, 8, 0x7fff_ffff, 0xffff_fff0].choose(rng).unwrap_or(&8);
                put(bytes, at + 8, 4, big_endian, offset, "an entry that points elsewhere")
            }
            _ => {
                let tag = *[0x8769, 0x8825, 0xa005, 0x0112].choose(rng).unwrap_or(&0x8769);
                put(bytes, at, 2, big_endian, tag, "an entry of another name")
            }
        }
    }
}

impl Iterator for PictureMutator {
    type Item = PictureMutant;

    fn next(&mut self) -> Option<PictureMutant> {
        Some(self.mutant())
    }
}

fn put(
    bytes: &mut [u8],
    at: usize,
    width: usize,
    big_endian: bool,
    value: u64,
    step: &'static str,
) -> &'static str {
    let all = if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let value = if big_endian { &all[8 - width..] } else { &all[..width] };
    if let Some(field) = bytes.get_mut(at..at + width) {
        field.copy_from_slice(value);
    }
    step
}

fn number(bytes: &[u8], at: usize, width: usize, big_endian: bool) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    let step = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
    Some(if big_endian { field.iter().fold(0, step) } else { field.iter().rev().fold(0, step) })
}

/// The parts of whatever container this is, as far as its lengths lead.
fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => walk(bytes, 8..bytes.len(), (0, 4, true, 12), &mut parts),
        [b'R', b'I', b'F', b'F', ..] => walk(bytes, 12..bytes.len(), (4, 4, false, 8), &mut parts),
        [0xff, 0xd8, ..] => {
            let mut at = 2;
            while bytes.get(at) == Some(&0xff) && parts.len() < 4_096 {
                let Some(length) = number(bytes, at + 2, 2, true).filter(|length| *length >= 2)
                else {
                    break;
                };
                let to = (at + 2 + length).min(bytes.len());
                parts.push(Part { from: at, to, length: (at + 2, 2), big_endian: true });
                at = to;
            }
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => boxes(bytes, 0..bytes.len(), 0, &mut parts),
        _ => {}
    }
    parts
}

/// Parts whose length stands `at` bytes from their beginning in `width` bytes and leaves out `around` bytes.
fn walk(
    bytes: &[u8],
    within: std::ops::Range<usize>,
    (at, width, big_endian, around): (usize, usize, bool, usize),
    parts: &mut Vec<Part>,
) {
    let mut from = within.start;
    while from + 8 <= within.end && parts.len() < 4_096 {
        let Some(length) = number(bytes, from + at, width, big_endian) else { break };
        let to = from.saturating_add(around).saturating_add(length).min(within.end);
        parts.push(Part { from, to, length: (from + at, width), big_endian });
        from = to + usize::from(around == 8 && length % 2 == 1);
    }
}

/// Boxes of a HEIF file and those inside them.
fn boxes(bytes: &[u8], within: std::ops::Range<usize>, depth: usize, parts: &mut Vec<Part>) {
    let mut from = within.start;
    while from + 8 <= within.end && parts.len() < 4_096 {
        let Some(size) = number(bytes, from, 4, true).filter(|size| *size >= 8) else { break };
        let to = from.saturating_add(size).min(within.end);
        parts.push(Part { from, to, length: (from, 4), big_endian: true });
        let inside = match &bytes[from + 4..from + 8] {
            b"meta" | b"iref" => Some(12),
            b"iprp" | b"ipco" => Some(8),
            b"iinf" => Some(14),
            _ => None,
        };
        if let Some(inside) = inside.filter(|inside| depth < 4 && from + inside < to) {
            boxes(bytes, from + inside..to, depth + 1, parts);
        }
        from = to;
    }
}

/// Where the entries of EXIF's directories stand, and in which byte order.
fn entries(bytes: &[u8]) -> Vec<(usize, bool)> {
    let head = bytes.windows(4).take(1 << 16).position(|four| four == b"II*\0" || four == b"MM\0*");
    let Some(head) = head else { return Vec::new() };
    let big_endian = bytes[head] == b'M';
    let mut found = Vec::new();
    let mut directories: Vec<usize> = number(bytes, head + 4, 4, big_endian).into_iter().collect();
    while let Some(offset) = directories.pop().filter(|_| found.len() < 1_024) {
        let Some(at) = head.checked_add(offset) else { continue };
        let count = number(bytes, at, 2, big_endian).unwrap_or(0).min(256);
        for entry in (0..count).map(|number| at + 2 + 12 * number) {
            if entry + 12 > bytes.len() {
                break;
            }
            found.push((entry, big_endian));
            let tag = number(bytes, entry, 2, big_endian);
            if matches!(tag, Some(0x8769 | 0x8825 | 0xa005)) {
                directories.extend(number(bytes, entry + 8, 4, big_endian));
            }
        }
    }
    found
}

/// Makes the checksums of a PNG's chunks right again, as far as its lengths lead; those of pixels are left.
fn seal_png(bytes: &mut [u8]) {
    if !bytes.starts_with(&[0x89, b'P', b'N', b'G']) {
        return;
    }
    for part in parts(bytes) {
        if (12..4_096).contains(&(part.to - part.from)) {
            let sum = u64::from(crc32(&bytes[part.from + 4..part.to - 4]));
            put(bytes, part.to - 4, 4, true, sum, "sealed");
        }
    }
}

/// CRC-32 as PNG has it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}
