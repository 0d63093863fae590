//! The outside of a JPEG: frame header, the EXIF segment, and whether the picture ends. Decoders do not
//! tell the last: they show what is there and stay silent about what is not.

use std::io::{BufRead, Seek};

use super::limits::{PARTS, PIXELS, SCANNED_PIXELS};
use super::outside::{Outside, Scan};
use super::reason::{DAMAGED, TOO_COMPLEX, TRUNCATED};
use crate::identifier::Reason;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP1: u8 = 0xe1;

/// Reads the outside of the JPEG `scan` stands at the beginning of.
pub(super) fn read(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<Outside, Reason> {
    let mut outside = Outside::default();
    if scan.array()? != [0xff, SOI] {
        return Err(DAMAGED);
    }
    let mut coded = false;
    let mut scanned = 0_u64;
    for _ in 0..PARTS {
        let marker = match next_marker(scan, coded) {
            Ok(marker) => marker,
            Err(reason) if reason == TRUNCATED && outside.width > 0 => {
                outside.truncated = true;
                return Ok(outside);
            }
            Err(reason) => return Err(reason),
        };
        match marker {
            EOI => return if coded { Ok(outside) } else { Err(DAMAGED) },
            SOI | 0x01 | 0xd0..=0xd7 => continue, // without content
            SOS if outside.width == 0 => return Err(DAMAGED),
            _ => {}
        }
        if marker == SOS {
            scanned += outside.pixels();
            // One that is too large to be shown is not decoded, and says so itself.
            if scanned > SCANNED_PIXELS && outside.pixels() <= PIXELS {
                return Err(TOO_COMPLEX);
            }
        }
        let read = segment(scan, marker, &mut outside);
        match read {
            Err(reason) if reason == TRUNCATED && outside.width > 0 => {
                outside.truncated = true;
                return Ok(outside);
            }
            read => read?,
        }
        coded |= marker == SOS;
    }
    Err(TOO_COMPLEX)
}

/// The next marker. In coded data a stuffed zero and restarts are no markers; elsewhere stray bytes
/// between segments are passed over, as every decoder does.
fn next_marker(scan: &mut Scan<'_, impl BufRead + Seek>, coded: bool) -> Result<u8, Reason> {
    while scan.pass_to(0xff)? {
        let mut marker = 0xff;
        while marker == 0xff {
            [marker] = scan.array()?;
        }
        let restart = (0xd0..=0xd7).contains(&marker);
        if marker != 0 && !(coded && restart) {
            return Ok(marker);
        }
    }
    Err(TRUNCATED)
}

/// Reads a segment with content.
fn segment(
    scan: &mut Scan<'_, impl BufRead + Seek>,
    marker: u8,
    outside: &mut Outside,
) -> Result<(), Reason> {
    let length = u64::from(u16::from_be_bytes(scan.array()?));
    let length = length.checked_sub(2).ok_or(DAMAGED)?;
    match marker {
        // Frame headers; C4, C8 and CC are tables.
        0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) && outside.width == 0 => {
            let content = scan.bytes(length)?;
            let [_precision, h1, h0, w1, w0, components, ..] = content[..] else {
                return Err(DAMAGED);
            };
            outside.width = u16::from_be_bytes([w1, w0]).into();
            outside.height = u16::from_be_bytes([h1, h0]).into();
            if outside.width == 0 || outside.height == 0 {
                return Err(DAMAGED);
            }
            // Others are decoded row by row and smaller; progressive ones keep every coefficient, of two
            // bytes, until the last scan.
            let progressive = matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
            let per_pixel = if progressive { 2 * u64::from(components.clamp(1, 4)) } else { 1 };
            outside.cost = outside.pixels() * per_pixel;
        }
        APP1 if outside.exif.is_none() => {
            let content = scan.bytes(length)?;
            if content.starts_with(b"Exif\0") {
                outside.exif = Some(content.get(6..).unwrap_or_default().to_vec());
            }
        }
        _ => {
            if !scan.pass(length)? {
                return Err(TRUNCATED);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    const FRAME: &[u8] = b"\xff\xc0\0\x0b\x08\0\x03\0\x04\x01\x01\x11\0";
    const SCAN: &[u8] = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x12\xff\0\x34\xff\xd0\x56";

    fn outside(parts: &[&[u8]]) -> Result<Outside, Reason> {
        let file = parts.concat();
        let len = file.len() as u64;
        read(&mut Scan::start(&mut Cursor::new(file), len)?)
    }

    #[test]
    fn a_whole_picture_and_one_with_its_end_missing() {
        let exif: &[u8] = b"\xff\xe1\0\x0aExif\0\0II";
        let parts: [&[u8]; 6] = [b"\xff\xd8", exif, FRAME, SCAN, b"\xff\xd9", b"<html>trailer"];
        let found = outside(&parts).unwrap();
        assert_eq!((found.width, found.height, found.cost), (4, 3, 12));
        assert_eq!((found.exif.as_deref(), found.truncated), (Some(&b"II"[..]), false));
        for end in 3..5 {
            assert!(outside(&parts[..end]).is_ok_and(|found| found.truncated), "{end}");
        }
        for end in 0..3 {
            assert_eq!(outside(&parts[..end]), Err(TRUNCATED), "{end}");
        }
    }

    #[test]
    fn stray_and_filling_bytes_are_passed_over() {
        let parts: [&[u8]; 5] = [b"\xff\xd8", b"\x17\x2a", b"\xff\xff", FRAME, SCAN];
        assert_eq!(outside(&[&parts.concat(), b"\xff\xd9"]).unwrap().width, 4);
    }

    #[test]
    fn what_no_picture_does_is_damage() {
        assert_eq!(outside(&[b"\xff\xd8\xff\xd9"]), Err(DAMAGED));
        assert_eq!(outside(&[b"\xff\xd8", SCAN]), Err(DAMAGED));
        assert_eq!(outside(&[b"\xff\xd8\xff\xe0\0\x01"]), Err(DAMAGED));
        assert_eq!(outside(&[b"\xff\xd8\xff\xc0\0\x08\x08\0\0\0\x04\x01"]), Err(DAMAGED));
        // A small file that has every scan go over a large picture once more.
        let large = b"\xff\xc2\0\x0b\x08\x1f\x40\x1f\x40\x01\x01\x11\0";
        let scans = |count| outside(&[b"\xff\xd8", large, &SCAN.repeat(count), b"\xff\xd9"]);
        assert!(scans(20).is_ok());
        assert_eq!(scans(100), Err(TOO_COMPLEX));
        let many = b"\xff\xfe\0\x02".repeat(PARTS);
        assert_eq!(outside(&[b"\xff\xd8", &many, FRAME, SCAN]), Err(TOO_COMPLEX));
    }
}
