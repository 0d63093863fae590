//! How much work an EXIF block asks for, counted before the parser sees it. Directories may overlap: 64 kB
//! can describe thirty million entries, and the parser makes every one of them. This walk goes where the
//! parser goes, reads twelve bytes an entry, and stops at [`limits`].

use super::limits::{EXIF_BYTES, EXIF_DIRECTORIES, EXIF_ENTRIES};

const EXIF_POINTER: u16 = 0x8769;
const GPS_POINTER: u16 = 0x8825;
const INTEROP_POINTER: u16 = 0xa005;

/// Whether a block (from its TIFF header on) stays within [`limits`](super::limits). A block that is
/// broken stays within them: saying what is wrong is the parser's business.
pub(super) fn within(tiff: &[u8]) -> bool {
    if tiff.len() > EXIF_BYTES {
        return false;
    }
    let big = match tiff.get(..4) {
        Some(b"MM\0*") => true,
        Some(b"II*\0") => false,
        _ => return true,
    };
    let block = Block { tiff, big };
    let mut waiting: Vec<usize> = block.offset(4).into_iter().collect();
    let mut seen = Vec::new();
    let mut entries = 0;
    while let Some(at) = waiting.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        let Some(count) = block.short(at) else { continue };
        let first = at + 2;
        let count = usize::from(count).min((tiff.len() - first) / 12);
        entries += count;
        if seen.len() > EXIF_DIRECTORIES || entries > EXIF_ENTRIES {
            return false;
        }
        for entry in (0..count).map(|index| first + 12 * index) {
            let tag = block.short(entry);
            if matches!(tag, Some(EXIF_POINTER | GPS_POINTER | INTEROP_POINTER)) {
                waiting.extend(block.pointer(entry));
            }
        }
        waiting.extend(block.offset(first + 12 * count).filter(|next| *next != 0));
    }
    true
}

struct Block<'a> {
    tiff: &'a [u8],
    big: bool,
}

impl Block<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        Some(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        let value = if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        usize::try_from(value).ok()
    }

    /// Where a pointer entry leads: its first value, which lies elsewhere when there are several.
    fn pointer(&self, entry: usize) -> Option<usize> {
        let (kind, count) = (self.short(entry + 2)?, self.offset(entry + 4)?);
        let size: usize = match kind {
            1 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        let inside = size.checked_mul(count)? <= 4;
        let at = if inside { entry + 8 } else { self.offset(entry + 8)? };
        match kind {
            1 => self.tiff.get(at).map(|byte| usize::from(*byte)),
            3 => self.short(at).map(usize::from),
            _ => self.offset(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every offset of this block is a directory of thousands of entries, and its first directory
    /// points to as many of them as it has entries.
    fn bomb() -> Vec<u8> {
        let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
        tiff.extend(0x1000_u16.to_be_bytes());
        for index in 0..0x1000_u32 {
            tiff.extend(EXIF_POINTER.to_be_bytes());
            tiff.extend([0, 4, 0, 0, 0, 1]);
            tiff.extend((10 + 12 * index).to_be_bytes());
        }
        tiff.extend([0; 4]);
        tiff
    }

    #[test]
    fn overlapping_directories_are_counted_before_they_are_made() {
        let tiff = bomb();
        assert!(tiff.len() < 64 << 10);
        assert!(!within(&tiff));
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        tiff.extend([0, 0]);
        tiff.extend(8_u32.to_le_bytes());
        assert!(within(&tiff));
    }

    #[test]
    fn broken_blocks_are_left_to_the_parser_and_large_ones_are_not() {
        for tiff in [&b""[..], b"MM", b"Exif\0\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0"] {
            assert!(within(tiff));
        }
        assert!(!within(&vec![0; EXIF_BYTES + 1]));
    }
}
