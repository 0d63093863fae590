//! Pictures for papers: where they come from, and one form for all of them. Each is turned upright,
//! brought down to what a printer shows and written anew, so that nothing the camera noted beside the
//! picture (place, device) leaves with the paper. What a picture proves is its original's hash.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use lastmile_core::id::BlobHash;

/// What is known about an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// JPEG or PNG: the original, or better its preview.
    Here(Vec<u8>),
    /// Not here yet (原件待上传).
    Awaited,
    /// What arrived has another hash (照片校验不符,待重传).
    Differs,
}

/// Where papers get their pictures. Whoever implements it has checked the originals' hashes.
pub trait Photos {
    /// The picture of an original.
    fn picture(&self, hash: BlobHash) -> Picture;
}

/// No picture is here.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPhotos;

impl Photos for NoPhotos {
    fn picture(&self, _: BlobHash) -> Picture {
        Picture::Awaited
    }
}

/// Largest file that is looked at, bytes.
const MAX_BYTES: usize = 32 << 20;
/// Longest side that is looked at, pixels.
const MAX_SIDE: u32 = 12_000;
/// Most memory for one picture while it is read, bytes.
const MAX_MEMORY: u64 = 256 << 20;
/// Longest side on the paper, pixels: 300 a inch in a box of 8 cm.
const PRINTED_SIDE: u32 = 960;
const QUALITY: u8 = 80;

/// The picture as papers carry it, a JPEG without anything beside it; nothing when it cannot be read.
pub(crate) fn printable(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    // The readers are made for hostile files and still are other people's code.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).ok().flatten()
}

fn read(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let upright = decoder.orientation().ok()?;
    if decoder.total_bytes() > MAX_MEMORY {
        return None;
    }
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if picture.width().max(picture.height()) > PRINTED_SIDE {
        picture = picture.thumbnail(PRINTED_SIDE, PRINTED_SIDE);
    }
    picture.apply_orientation(upright);
    let mut jpeg = Vec::new();
    on_white(&picture)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))
        .ok()?;
    Some(jpeg)
}

/// Transparent parts are paper.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let mut flat = picture.to_rgba8();
    for pixel in flat.pixels_mut() {
        let [.., alpha] = pixel.0;
        for part in &mut pixel.0[..3] {
            let mixed =
                (u16::from(*part) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
            *part = u8::try_from(mixed).unwrap_or(255);
        }
    }
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(flat).to_rgb8())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbaImage::from_pixel(width, height, Rgba([200, 0, 0, 0]));
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn a_picture_is_brought_down_to_what_a_printer_shows() {
        let jpeg = printable(&png(2_000, 500)).unwrap();
        let read = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (960, 240));
        assert!(
            read.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)),
            "paper is white"
        );
    }

    #[test]
    fn what_is_no_picture_is_not_printed() {
        let whole = png(40, 40);
        assert!(printable(&whole).is_some());
        assert_eq!(printable(&whole[..whole.len() / 2]), None);
        assert_eq!(printable(b""), None);
        assert_eq!(printable(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
        assert_eq!(printable(&png(12_001, 1)), None);
    }
}
