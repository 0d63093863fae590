//! Reading a file's particulars: what it is, its outside, its EXIF, in this order, each within its limits.

use std::io::{BufRead, Read as _, Seek, SeekFrom};

use super::format::{Format, HEAD_BYTES, UNKNOWN_MEDIA_TYPE, of_head};
use super::limits::{DECODED_BYTES, FILE_BYTES, PIXELS};
use super::outside::{Outside, Scan};
use super::reading::Reading;
use super::reason::{
    EMPTY, EXIF_TOO_LARGE, FILE_TOO_LARGE, FORMAT_NOT_READ, NOT_A_PICTURE, PIXELS_NOT_DECODED,
    TOO_MANY_PIXELS, TRUNCATED, UNREADABLE,
};
use super::turn::Turn;
use super::{exif, gif, heif, jpeg, png, webp};
use crate::identifier::Reason;

/// Reads the particulars of a file of `len` bytes. Always gives a reading: of a file that is no picture,
/// or none that can be shown, with the reason.
pub fn read(source: &mut (impl BufRead + Seek), len: u64) -> Reading {
    let mut head = Vec::new();
    let begun = source.seek(SeekFrom::Start(0));
    let begun = begun.and_then(|_| source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head));
    if begun.is_err() {
        let reading = Reading::bare(UNKNOWN_MEDIA_TYPE, None, len);
        return Reading { reason: Some(UNREADABLE), ..reading };
    }
    let (media_type, format) = of_head(&head);
    let mut reading = Reading::bare(media_type, format, len);
    let outside = match format {
        _ if len == 0 => Err(EMPTY),
        None if media_type.starts_with("image/") => Err(FORMAT_NOT_READ),
        None => Err(NOT_A_PICTURE),
        Some(_) if len > FILE_BYTES => Err(FILE_TOO_LARGE),
        Some(format) => outside(source, len, format).map(|outside| (format, outside)),
    };
    match outside {
        Ok((format, outside)) => describe(&mut reading, format, outside),
        Err(reason) => reading.reason = Some(reason),
    }
    reading
}

fn outside(
    source: &mut (impl BufRead + Seek),
    len: u64,
    format: Format,
) -> Result<Outside, Reason> {
    let scan = &mut Scan::start(source, len)?;
    match format {
        Format::Jpeg => jpeg::read(scan),
        Format::Png => png::read(scan),
        Format::Webp => webp::read(scan),
        Format::Gif => gif::read(scan),
        Format::Heif | Format::Avif => heif::read(scan),
    }
}

fn describe(reading: &mut Reading, format: Format, outside: Outside) {
    (reading.width, reading.height) = (outside.width, outside.height);
    let too_many = outside.pixels() > PIXELS || outside.cost > DECODED_BYTES;
    reading.reason = match format {
        _ if too_many => Some(TOO_MANY_PIXELS),
        Format::Heif | Format::Avif => Some(PIXELS_NOT_DECODED),
        // Its decoder makes room for what a chunk promises before it looks whether it is there.
        Format::Webp if outside.truncated => Some(TRUNCATED),
        _ => None,
    };
    if outside.truncated && reading.reason != Some(TRUNCATED) {
        reading.findings.push(TRUNCATED);
    }
    if outside.exif_too_large {
        reading.findings.push(EXIF_TOO_LARGE);
    }
    if !format.has_exif() {
        return;
    }
    let particulars = exif::read(outside.exif);
    // HEIF's own rotation is the one that counts; what EXIF says there is a note (ISO/IEC 23008-12).
    reading.turn = outside.turn.or(particulars.turn).unwrap_or(Turn::UPRIGHT);
    reading.gps = particulars.gps;
    reading.taken_at = particulars.taken_at;
    reading.make = particulars.make;
    reading.model = particulars.model;
    reading.findings.extend(particulars.findings);
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufReader, Cursor, Read};

    use super::*;

    #[test]
    fn files_that_are_no_pictures_are_named_and_kept() {
        for (bytes, media_type, reason) in [
            (&b""[..], UNKNOWN_MEDIA_TYPE, EMPTY),
            (b"x", UNKNOWN_MEDIA_TYPE, NOT_A_PICTURE),
            (b"%PDF-1.7\n", "application/pdf", NOT_A_PICTURE),
            (b"BM\x46\0\0\0\0\0\0\0", "image/bmp", FORMAT_NOT_READ),
        ] {
            let reading = read(&mut Cursor::new(bytes), bytes.len() as u64);
            assert_eq!((reading.media_type, reading.reason), (media_type, Some(reason)));
            assert_eq!(reading.findings, []);
        }
    }

    #[test]
    fn a_huge_picture_file_is_not_walked() {
        let mut head = Cursor::new(b"\xff\xd8\xff\xe0".to_vec());
        assert_eq!(read(&mut head, FILE_BYTES + 1).reason, Some(FILE_TOO_LARGE));
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }

    impl Seek for Broken {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn a_failing_disk_is_not_taken_for_a_damaged_picture() {
        assert_eq!(read(&mut BufReader::new(Broken), 100).reason, Some(UNREADABLE));
    }
}
