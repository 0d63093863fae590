//! The pictures made from a picture: a thumbnail for lists, a preview for screens. Upright, without any
//! particulars of the original, and small enough to travel before it. They are never evidence.

use std::io::{BufRead, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};

use super::fingerprint::Fingerprint;
use super::pixels::{decode, shrunk};
use super::reading::Reading;
use super::reason::DAMAGED;
use crate::identifier::Reason;

/// Longest edge of a thumbnail, pixels.
pub const THUMBNAIL_EDGE: u32 = 320;
/// Most bytes of a thumbnail.
pub const THUMBNAIL_BYTES: usize = 12_000;
/// Longest edge of a preview, pixels.
pub const PREVIEW_EDGE: u32 = 1_600;
/// Most bytes of a preview.
pub const PREVIEW_BYTES: usize = 400_000;

/// What is tried until a picture is small enough: part of the edge, and JPEG quality. The last always fits:
/// noise of an eighth of the edge.
const LADDER: [(u32, u8); 8] =
    [(1, 80), (1, 65), (1, 50), (1, 35), (2, 50), (2, 30), (4, 30), (8, 20)];

/// What is made from a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// JPEG, at most [`THUMBNAIL_EDGE`] and [`THUMBNAIL_BYTES`].
    pub thumbnail: Vec<u8>,
    /// JPEG, at most [`PREVIEW_EDGE`] and [`PREVIEW_BYTES`].
    pub preview: Vec<u8>,
    /// What it looks like; none for a picture without features, an empty wall.
    pub fingerprint: Option<Fingerprint>,
}

/// Makes thumbnail, preview and fingerprint of the file that `reading` was read from.
pub fn derive(source: &mut (impl BufRead + Seek), reading: &Reading) -> Result<Derived, Reason> {
    let picture = decode(source, reading, PREVIEW_EDGE)?.upright(PREVIEW_EDGE, reading.turn)?;
    let small = shrunk(&picture, THUMBNAIL_EDGE)?;
    Ok(Derived {
        thumbnail: within(&small, THUMBNAIL_BYTES)?,
        preview: within(&picture, PREVIEW_BYTES)?,
        fingerprint: Fingerprint::of(&small)?,
    })
}

/// Makes the thumbnail alone, which is faster.
pub fn thumbnail(source: &mut (impl BufRead + Seek), reading: &Reading) -> Result<Vec<u8>, Reason> {
    reduced(source, reading, THUMBNAIL_EDGE, THUMBNAIL_BYTES)
}

/// One picture of another size, for papers: at most `edge` pixels on its longest edge and `most` bytes.
pub fn reduced(
    source: &mut (impl BufRead + Seek),
    reading: &Reading,
    edge: u32,
    most: usize,
) -> Result<Vec<u8>, Reason> {
    within(&decode(source, reading, edge)?.upright(edge, reading.turn)?, most)
}

/// The best JPEG on the ladder that has at most `most` bytes.
fn within(picture: &RgbImage, most: usize) -> Result<Vec<u8>, Reason> {
    let longest = picture.width().max(picture.height());
    let mut encoded = Vec::new();
    for (part, quality) in LADDER {
        encoded = if part == 1 {
            jpeg(picture, quality)?
        } else {
            jpeg(&shrunk(picture, (longest / part).max(1))?, quality)?
        };
        if encoded.len() <= most {
            break;
        }
    }
    Ok(encoded)
}

/// A JPEG of a picture, with nothing but the picture in it.
pub(super) fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Reason> {
    let mut encoded = Vec::new();
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut encoded, quality)
        .encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(|_| DAMAGED)?;
    Ok(encoded)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use image::{ImageFormat, Rgb};

    use super::*;
    use crate::picture::read;

    fn noise(edge: u32) -> RgbImage {
        let mut state = 7_u32;
        RgbImage::from_fn(edge, edge, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [r, g, b, _] = state.to_be_bytes();
            Rgb([r, g, b])
        })
    }

    #[test]
    fn even_noise_becomes_small_enough() {
        for (edge, most) in [(THUMBNAIL_EDGE, THUMBNAIL_BYTES), (PREVIEW_EDGE, PREVIEW_BYTES)] {
            let small = within(&noise(edge), most).unwrap();
            assert!(small.len() <= most, "{} bytes", small.len());
        }
    }

    #[test]
    fn transparency_becomes_white_and_nothing_grows() {
        let picture = image::RgbaImage::from_pixel(40, 20, image::Rgba([9, 9, 9, 0]));
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        let len = file.get_ref().len() as u64;
        let reading = read(&mut file, len);
        let derived = derive(&mut file, &reading).unwrap();
        for bytes in [&derived.thumbnail, &derived.preview] {
            let shown = image::load_from_memory(bytes).unwrap().into_rgb8();
            assert_eq!(shown.dimensions(), (40, 20));
            assert!(shown.pixels().all(|pixel| pixel.0.iter().all(|shade| *shade > 250)));
        }
        assert_eq!(derived.fingerprint, None);
    }
}
