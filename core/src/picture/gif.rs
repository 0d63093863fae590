//! The outside of a GIF: the sizes of its screen and of its first picture, which may be larger than the screen and is
//! decoded whole. It has no place for EXIF.

use std::io::{BufRead, Seek};

use super::limits::PARTS;
use super::outside::{Outside, Scan};
use super::reason::{DAMAGED, TOO_COMPLEX, TRUNCATED};
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
    let frame = first_frame(scan).unwrap_or_default();
    outside.cost = outside.pixels().max(frame) * BYTES_PER_PIXEL;
    Ok(outside)
}

/// Pixels of the first picture. Where none is found nothing is decoded, and its limits hold all the same.
fn first_frame(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<u64, Reason> {
    let [packed, _background, _aspect] = scan.array()?;
    if packed & 0x80 != 0 {
        pass(scan, 3 << ((packed & 0x07) + 1))?;
    }
    for _ in 0..PARTS {
        match scan.array()? {
            [b','] => {
                let [_, _, _, _, w0, w1, h0, h1] = scan.array()?;
                let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
                return Ok(u64::from(width) * u64::from(height));
            }
            [b'!'] => {
                let [_label] = scan.array()?;
                loop {
                    let [length] = scan.array()?;
                    if length == 0 {
                        break;
                    }
                    pass(scan, length.into())?;
                }
            }
            [0] => {}
            _ => return Err(DAMAGED),
        }
    }
    Err(TOO_COMPLEX)
}

fn pass(scan: &mut Scan<'_, impl BufRead + Seek>, bytes: u64) -> Result<(), Reason> {
    if scan.pass(bytes)? { Ok(()) } else { Err(TRUNCATED) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_first_picture_larger_than_the_screen_is_what_decoding_costs() {
        let screen: &[u8] = b"GIF89a\x64\0\x64\0\x80\0\0\0\0\0\xff\xff\xff";
        let comment: &[u8] = b"!\xfe\x05hello\0";
        let frame: &[u8] = b",\0\0\0\0\xff\xff\xff\xff\0";
        let cost = |parts: &[&[u8]]| {
            let file = parts.concat();
            let len = file.len() as u64;
            read(&mut Scan::start(&mut Cursor::new(file), len).unwrap()).unwrap().cost
        };
        assert_eq!(cost(&[screen, comment]), 100 * 100 * BYTES_PER_PIXEL);
        assert_eq!(cost(&[screen, comment, frame]), 65_535 * 65_535 * BYTES_PER_PIXEL);
        assert_eq!(cost(&[screen, frame]), 65_535 * 65_535 * BYTES_PER_PIXEL);
    }
}
