//! The outside of a PNG: its header chunk, the EXIF chunk wherever it stands, and how much text it drags
//! along. Compressed texts and colour profiles inflate to anything; none is inflated here.

use std::io::{BufRead, Seek};

use super::limits::{EXIF_BYTES, PARTS, PNG_EXTRAS_BYTES};
use super::outside::{Outside, Scan};
use super::reason::{DAMAGED, TOO_COMPLEX, TRUNCATED};
use crate::identifier::Reason;

/// Reads the outside of the PNG `scan` stands at the beginning of.
pub(super) fn read(scan: &mut Scan<'_, impl BufRead + Seek>) -> Result<Outside, Reason> {
    if scan.array()? != *b"\x89PNG\r\n\x1a\n" || scan.array()? != *b"\0\0\0\x0dIHDR" {
        return Err(DAMAGED);
    }
    let [w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, ..] = scan.array::<17>()?;
    let mut outside = Outside {
        width: u32::from_be_bytes([w3, w2, w1, w0]),
        height: u32::from_be_bytes([h3, h2, h1, h0]),
        ..Outside::default()
    };
    let channels = match colour {
        0 => 1,
        4 => 2,
        2 => 3,
        3 | 6 => 4, // a palette may be transparent
        _ => return Err(DAMAGED),
    };
    if outside.width == 0 || outside.height == 0 {
        return Err(DAMAGED);
    }
    outside.cost =
        outside.pixels().saturating_mul(if depth == 16 { 2 * channels } else { channels });
    let mut extras = 0;
    for _ in 0..PARTS {
        let Ok([l3, l2, l1, l0, name @ ..]) = scan.array::<8>() else {
            outside.truncated = true;
            return Ok(outside);
        };
        let length = u64::from(u32::from_be_bytes([l3, l2, l1, l0]));
        match &name {
            b"IEND" => return Ok(outside),
            b"eXIf" if outside.exif.is_none() && length > EXIF_BYTES as u64 => {
                outside.exif_too_large = true;
            }
            b"eXIf" if outside.exif.is_none() => match scan.bytes(length) {
                Ok(block) => {
                    outside.exif = Some(block);
                    scan.pass(4)?;
                    continue;
                }
                Err(reason) if reason == TRUNCATED => {}
                Err(reason) => return Err(reason),
            },
            b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP" => {
                extras += length;
                if extras > PNG_EXTRAS_BYTES {
                    return Err(TOO_COMPLEX);
                }
                if &name == b"tEXt" && outside.exif.is_none() && length <= scan.left() {
                    outside.exif = raw_profile(&scan.bytes(length)?);
                    scan.pass(4)?;
                    continue;
                }
            }
            _ => {}
        }
        if !scan.pass(length + 4)? {
            outside.truncated = true;
            return Ok(outside);
        }
    }
    Err(TOO_COMPLEX)
}

/// EXIF as it was written before PNG had a chunk for it: hexadecimal, in a text of a certain name.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let profile = text.strip_prefix(b"Raw profile type exif\0\nexif\n")?;
    let length_ends = profile.iter().position(|byte| *byte == b'\n')?;
    let digits: Vec<u8> =
        profile[length_ends..].iter().copied().filter(u8::is_ascii_hexdigit).collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length, name, content, &[0; 4]].concat()
    }

    fn outside(chunks: &[Vec<u8>]) -> Result<Outside, Reason> {
        let header = chunk(b"IHDR", b"\0\0\0\x04\0\0\0\x03\x08\x06\0\0\0");
        let file = [b"\x89PNG\r\n\x1a\n".to_vec(), header, chunks.concat()].concat();
        let len = file.len() as u64;
        read(&mut Scan::start(&mut Cursor::new(file), len)?)
    }

    #[test]
    fn exif_is_found_behind_the_picture_and_the_end_is_missed() {
        let parts = [chunk(b"IDAT", b"x"), chunk(b"eXIf", b"MM"), chunk(b"IEND", b"")];
        let found = outside(&parts).unwrap();
        assert_eq!((found.width, found.height, found.cost), (4, 3, 48));
        assert_eq!((found.exif.as_deref(), found.truncated), (Some(&b"MM"[..]), false));
        assert!(outside(&parts[..2]).unwrap().truncated);
        let text = chunk(b"tEXt", b"Raw profile type exif\0\nexif\n       4\n4d4D\n002a\n");
        let found = outside(&[text, parts[2].clone()]).unwrap();
        assert_eq!(found.exif.as_deref(), Some(&b"MM\0*"[..]));
        let large =
            outside(&[chunk(b"eXIf", &vec![0; EXIF_BYTES + 1]), chunk(b"IEND", b"")]).unwrap();
        assert!(large.exif.is_none() && large.exif_too_large && !large.truncated);
    }

    #[test]
    fn too_much_text_and_too_many_chunks_are_refused() {
        let text = chunk(b"zTXt", &vec![0; 5 << 20]);
        assert!(outside(&[text.clone(), chunk(b"IEND", b"")]).is_ok());
        assert_eq!(outside(&[text.clone(), text]), Err(TOO_COMPLEX));
        assert_eq!(outside(&vec![chunk(b"IDAT", b""); PARTS]), Err(TOO_COMPLEX));
    }
}
