//! The outside of a WebP: the canvas, the EXIF chunk, and whether every chunk lies inside the file.

use std::io::{BufRead, Seek};

use super::limits::{EXIF_BYTES, PARTS};
use super::outside::{Outside, Scan};
use super::reason::{DAMAGED, TOO_COMPLEX, TRUNCATED};
use crate::identifier::Reason;

/// Bytes a pixel takes while it is decoded: planes or transforms, transparency, the result.
const BYTES_PER_PIXEL: u64 = 9;

/// Reads the outside of the WebP `scan` stands at the beginning of.
pub(super) fn read(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<Outside, Reason> {
    let [b'R', b'I', b'F', b'F', s0, s1, s2, s3, b'W', b'E', b'B', b'P'] = scan.array()? else {
        return Err(DAMAGED);
    };
    let end = scan.at() + u64::from(u32::from_le_bytes([s0, s1, s2, s3]).saturating_sub(4));
    let mut outside = Outside { truncated: end > scan.at() + scan.left(), ..Outside::default() };
    for _ in 0..PARTS {
        if end.saturating_sub(scan.at()) < 8 || scan.left() < 8 {
            break;
        }
        let [n0, n1, n2, n3, l0, l1, l2, l3] = scan.array()?;
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        let next = scan.at() + length + length % 2;
        if scan.left() < length {
            outside.truncated = true;
        }
        match &[n0, n1, n2, n3] {
            b"VP8X" if outside.width == 0 => {
                let [.., w0, w1, w2, h0, h1, h2] = scan.array::<10>()?;
                outside.width = u32::from_le_bytes([w0, w1, w2, 0]) + 1;
                outside.height = u32::from_le_bytes([h0, h1, h2, 0]) + 1;
            }
            b"VP8 " if outside.width == 0 => {
                let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = scan.array()? else {
                    return Err(DAMAGED);
                };
                outside.width = u32::from(u16::from_le_bytes([w0, w1]) & 0x3fff);
                outside.height = u32::from(u16::from_le_bytes([h0, h1]) & 0x3fff);
            }
            b"VP8L" if outside.width == 0 => {
                let [0x2f, b0, b1, b2, b3] = scan.array()? else { return Err(DAMAGED) };
                let bits = u32::from_le_bytes([b0, b1, b2, b3]);
                outside.width = (bits & 0x3fff) + 1;
                outside.height = (bits >> 14 & 0x3fff) + 1;
            }
            b"EXIF" if outside.exif.is_none() => {
                if length > EXIF_BYTES as u64 {
                    outside.exif_too_large = true;
                } else if scan.left() >= length {
                    outside.exif = Some(scan.bytes(length)?);
                }
            }
            _ => {}
        }
        if !scan.go(next)? {
            break;
        }
    }
    if end.saturating_sub(scan.at()) >= 8 && scan.left() >= 8 {
        return Err(TOO_COMPLEX);
    }
    if outside.width == 0 || outside.height == 0 {
        return Err(if outside.truncated { TRUNCATED } else { DAMAGED });
    }
    outside.cost = outside.pixels() * BYTES_PER_PIXEL;
    Ok(outside)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let pad = &[0][..content.len() % 2];
        [name, &length, content, pad].concat()
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let content = chunks.concat();
        let size = u32::try_from(content.len() + 4).unwrap().to_le_bytes();
        [b"RIFF", &size[..], b"WEBP", &content].concat()
    }

    fn outside(file: &[u8]) -> Result<Outside, Reason> {
        read(&mut Scan::start(&mut Cursor::new(file), file.len() as u64)?)
    }

    #[test]
    fn the_three_headers_and_the_exif_chunk() {
        let lossy = chunk(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x08\x03\x8d\x03rest");
        let found = outside(&file(&[lossy])).unwrap();
        assert_eq!((found.width, found.height, found.truncated), (776, 909, false));
        let lossless = chunk(b"VP8L", &[0x2f, 99, 0x40, 7, 0]);
        let found = outside(&file(&[lossless])).unwrap();
        assert_eq!((found.width, found.height), (100, 30));
        let parts = [
            chunk(b"VP8X", b"\x08\0\0\0\x7f\0\0\x3f\0\0"),
            chunk(b"odd ", b"x"),
            chunk(b"EXIF", b"MM\0*"),
        ];
        let found = outside(&file(&parts)).unwrap();
        assert_eq!((found.width, found.height), (128, 64));
        assert_eq!(found.exif.as_deref(), Some(&b"MM\0*"[..]));
    }

    #[test]
    fn a_chunk_that_claims_four_gigabytes_is_a_file_cut_off() {
        let mut file =
            file(&[chunk(b"VP8X", b"\x08\0\0\0\x7f\0\0\x3f\0\0"), chunk(b"EXIF", b"MM")]);
        let at = file.len() - 6;
        file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let found = outside(&file).unwrap();
        assert!(found.truncated && found.exif.is_none() && found.exif_too_large);
        assert_eq!(outside(&file[..20]), Err(TRUNCATED));
        assert_eq!(outside(b"RIFF\0\0\0\0WAVE"), Err(DAMAGED));
    }
}
