//! A copy with parts covered: the original stays as it is, and the record names it beside the copy. What
//! is covered is not in the copy, neither in its pixels nor in anything a camera wrote beside them.

use std::io::{BufRead, Seek};

use image::Rgb;

use super::derive::jpeg;
use super::pixels::decode;
use super::reading::Reading;
use super::reason::{COVER_OUTSIDE, NOTHING_COVERED, TOO_MANY_COVERS};
use crate::identifier::Reason;

/// Longest edge of a redacted copy, pixels: enough to read a paper that fills the picture.
pub const REDACTED_EDGE: u32 = 4_096;
/// Most covered places.
pub const MOST_COVERS: usize = 64;
const QUALITY: u8 = 90;

/// A covered rectangle, in pixels of the upright original ([`Reading::upright_size`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

impl Cover {
    fn is_inside(self, (width, height): (u32, u32)) -> bool {
        let fits = |from: u32, size: u32, whole: u32| {
            size > 0 && from.checked_add(size).is_some_and(|end| end <= whole)
        };
        fits(self.x, self.width, width) && fits(self.y, self.height, height)
    }
}

/// Makes a JPEG of the file that `reading` was read from, upright, with `covers` black, and without any
/// particulars. Pictures longer than [`REDACTED_EDGE`] are made smaller.
pub fn redact(
    source: &mut (impl BufRead + Seek),
    reading: &Reading,
    covers: &[Cover],
) -> Result<Vec<u8>, Reason> {
    let whole = reading.upright_size();
    if covers.is_empty() {
        return Err(NOTHING_COVERED);
    }
    if covers.len() > MOST_COVERS {
        return Err(TOO_MANY_COVERS);
    }
    if !covers.iter().all(|cover| cover.is_inside(whole)) {
        return Err(COVER_OUTSIDE);
    }
    let mut picture =
        decode(source, reading, REDACTED_EDGE)?.upright(REDACTED_EDGE, reading.turn)?;
    let size = picture.dimensions();
    for cover in covers {
        let columns = scaled(cover.x, cover.width, whole.0, size.0);
        let rows = scaled(cover.y, cover.height, whole.1, size.1);
        for y in rows.0..rows.1 {
            for x in columns.0..columns.1 {
                picture.put_pixel(x, y, Rgb([0; 3]));
            }
        }
    }
    jpeg(&picture, QUALITY)
}

/// Where a stretch of the original lies in the copy: outwards to whole blocks of eight pixels, since JPEG
/// smears within them, and never less than what was marked.
fn scaled(from: u32, size: u32, whole: u32, copy: u32) -> (u32, u32) {
    let at = |pixel: u32| u64::from(pixel) * u64::from(copy);
    let whole = u64::from(whole.max(1));
    let begin = at(from) / whole / 8 * 8;
    let end = (at(from + size)).div_ceil(whole).div_ceil(8) * 8;
    let pixel = |at: u64| u32::try_from(at).unwrap_or(copy).min(copy);
    (pixel(begin), pixel(end))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use image::codecs::jpeg::JpegEncoder;
    use image::{ExtendedColorType, ImageEncoder, RgbImage};

    use super::*;
    use crate::picture::read;

    /// White, turned by EXIF, with a red square where upright (8, 40) is.
    fn photo(exif_turn: u8) -> (Cursor<Vec<u8>>, Reading) {
        let mut upright = RgbImage::from_pixel(64, 96, Rgb([255; 3]));
        for (x, y) in (8..24).flat_map(|x| (40..56).map(move |y| (x, y))) {
            upright.put_pixel(x, y, Rgb([255, 0, 0]));
        }
        let stored = match exif_turn {
            6 => image::imageops::rotate270(&upright),
            _ => upright,
        };
        let mut file = Cursor::new(Vec::new());
        let mut encoder = JpegEncoder::new_with_quality(&mut file, 95);
        let exif =
            [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[exif_turn], &[0; 6]];
        encoder.set_exif_metadata(exif.concat()).unwrap();
        let (width, height) = stored.dimensions();
        encoder.encode(stored.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
        let len = file.get_ref().len() as u64;
        let reading = read(&mut file, len);
        (file, reading)
    }

    #[test]
    fn what_is_covered_is_gone_whichever_way_the_camera_was_held() {
        for turn in [1, 6] {
            let (mut file, reading) = photo(turn);
            assert_eq!((reading.orientation(), reading.upright_size()), (turn, (64, 96)));
            let red = |picture: &RgbImage| {
                picture.pixels().filter(|p| p[0] > 128 && p[1] < 100 && p[2] < 100).count()
            };
            let elsewhere = Cover { x: 40, y: 0, width: 8, height: 8 };
            let seen = redact(&mut file, &reading, &[elsewhere]).unwrap();
            assert!(red(&image::load_from_memory(&seen).unwrap().into_rgb8()) > 200);
            let cover = Cover { x: 8, y: 40, width: 16, height: 16 };
            let copy = redact(&mut file, &reading, &[cover]).unwrap();
            let shown = image::load_from_memory(&copy).unwrap().into_rgb8();
            assert_eq!((shown.dimensions(), red(&shown)), ((64, 96), 0));
            assert!(!copy.windows(4).any(|four| four == b"Exif"));
        }
    }

    #[test]
    fn covers_lie_inside_and_are_few() {
        let (mut file, reading) = photo(1);
        let cover = |x, y, width, height| Cover { x, y, width, height };
        for (covers, reason) in [
            (vec![], NOTHING_COVERED),
            (vec![cover(0, 0, 1, 1); MOST_COVERS + 1], TOO_MANY_COVERS),
            (vec![cover(0, 0, 0, 1)], COVER_OUTSIDE),
            (vec![cover(0, 0, 65, 1)], COVER_OUTSIDE),
            (vec![cover(1, 0, u32::MAX, 1)], COVER_OUTSIDE),
            (vec![cover(0, 0, 1, 1), cover(63, 95, 1, 2)], COVER_OUTSIDE),
        ] {
            assert_eq!(redact(&mut file, &reading, &covers), Err(reason));
        }
    }

    #[test]
    fn scaling_rounds_outwards() {
        assert_eq!(scaled(0, 8_192, 8_192, 4_096), (0, 4_096));
        assert_eq!(scaled(9, 1, 8_192, 4_096), (0, 8));
        assert_eq!(scaled(8_191, 1, 8_192, 4_096), (4_088, 4_096));
        assert_eq!(scaled(4_294_967_294, 1, u32::MAX, 4_096), (4_088, 4_096));
    }
}
