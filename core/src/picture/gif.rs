//! The outside of a GIF: the size of its screen. It has no place for EXIF.

use std::io::{BufRead, Seek};

use super::outside::{Outside, Scan};
use super::reason::DAMAGED;
use crate::identifier::Reason;

/// Bytes a pixel takes while the first picture is composed onto the screen.
const BYTES_PER_PIXEL: u64 = 9;

/// Reads the outside of the GIF `scan` stands at the beginning of.
pub(super) fn read(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<Outside, Reason> {
    let [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', w0, w1, h0, h1] = scan.array()? else {
        return Err(DAMAGED);
    };
    let mut outside = Outside {
        width: u16::from_le_bytes([w0, w1]).into(),
        height: u16::from_le_bytes([h0, h1]).into(),
        ..Outside::default()
    };
    if outside.width == 0 || outside.height == 0 {
        return Err(DAMAGED);
    }
    outside.cost = outside.pixels() * BYTES_PER_PIXEL;
    Ok(outside)
}
