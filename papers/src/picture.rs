//! Pictures for papers: where they come from, and one form for all of them. Each is turned upright,
//! brought down to what a printer shows and written anew, so that nothing the camera noted beside the
//! picture (place, device) leaves with the paper. What a picture proves is its original's hash.

use std::io::Cursor;

use lastmile_core::id::BlobHash;
use lastmile_core::picture::{read, reduced};

/// What is known about an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// The original, or better the preview that was made from it here.
    Here(Vec<u8>),
    /// A preview that the court's server provided: nobody here has held it against the original.
    Provided(Vec<u8>),
    /// Not here yet (原件待上传).
    Awaited,
    /// What arrived has another hash (照片校验不符,待重传).
    Differs,
    /// The court had it, and its copy is damaged or gone (原件在法院丢失,待重传).
    Lost,
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

/// Longest side on the paper, pixels: 300 a inch in a box of 8 cm.
const PRINTED_EDGE: u32 = 960;
/// Most bytes of a picture on the paper.
const PRINTED_BYTES: usize = 200_000;

/// The picture as papers carry it, a JPEG without anything beside it; nothing when it cannot be read.
pub(crate) fn printable(bytes: &[u8]) -> Option<Vec<u8>> {
    let reading = read(&mut Cursor::new(bytes), u64::try_from(bytes.len()).ok()?);
    reduced(&mut Cursor::new(bytes), &reading, PRINTED_EDGE, PRINTED_BYTES).ok()
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
    }
}
