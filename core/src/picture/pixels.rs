//! Decoding, and making smaller. Sizes were judged before ([`Reading::reason`]); here the decoders are held
//! to what was judged, and a decoder that panics counts as a damaged picture.

use std::io::{BufRead, Seek, SeekFrom};

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits, RgbImage};

use jpeg_decoder::{Decoder as ScalingDecoder, PixelFormat};

use super::format::Format;
use super::limits::{DECODED_BYTES, PNG_EXTRAS_BYTES};
use super::outside::of_io;
use super::reading::Reading;
use super::reason::{DAMAGED, NOT_A_PICTURE, TOO_MANY_PIXELS, TRUNCATED};
use super::turn::Turn;
use crate::guard::guarded;
use crate::identifier::Reason;

/// What decoding a JPEG whole takes a pixel: three for the result, and coefficients if it is progressive.
const WHOLE_JPEG_BYTES_PER_PIXEL: u64 = 8;

/// A decoded picture as its file has it: not turned, transparency and shades as stored.
pub(super) struct Raster {
    width: u32,
    height: u32,
    kind: PixelType,
    bytes: Vec<u8>,
}

/// Decodes the picture of `reading`, if possible no larger than an upright picture of `edge` needs.
pub(super) fn decode(
    source: &mut (impl BufRead + Seek),
    reading: &Reading,
    edge: u32,
) -> Result<Raster, Reason> {
    if let Some(reason) = reading.reason {
        return Err(reason);
    }
    if reading.format == Some(Format::Jpeg) {
        source.seek(SeekFrom::Start(0)).map_err(|error| of_io(&error))?;
        if let Ok(Some(raster)) = guarded(|| scaled_jpeg(source, reading, edge)) {
            return Ok(raster);
        }
        // Cut off, damaged, or of a rarer kind: the other decoder shows what there is, whole.
        let pixels = u64::from(reading.width) * u64::from(reading.height);
        if pixels * WHOLE_JPEG_BYTES_PER_PIXEL > DECODED_BYTES {
            return Err(TOO_MANY_PIXELS);
        }
    }
    source.seek(SeekFrom::Start(0)).map_err(|error| of_io(&error))?;
    let whole = || match reading.format {
        Some(Format::Jpeg) => raster(JpegDecoder::new(source), reading),
        Some(Format::Png) => {
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(PNG_EXTRAS_BYTES);
            raster(PngDecoder::with_limits(source, limits), reading)
        }
        Some(Format::Webp) => raster(WebPDecoder::new(source), reading),
        Some(Format::Gif) => {
            // Its first picture may be larger than its screen.
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(DECODED_BYTES);
            let decoder = GifDecoder::new(source).and_then(|mut decoder| {
                decoder.set_limits(limits)?;
                Ok(decoder)
            });
            raster(decoder, reading)
        }
        Some(Format::Heif | Format::Avif) | None => Err(NOT_A_PICTURE),
    };
    let decoded = guarded(whole).unwrap_or(Err(DAMAGED));
    let cut = reading.findings.contains(&TRUNCATED);
    decoded.map_err(|reason| if cut && reason == DAMAGED { TRUNCATED } else { reason })
}

/// Decodes a JPEG at a half, a quarter or an eighth of its size: most of the time and nearly all of the
/// memory that a phone's twelve or hundred megapixels would take.
fn scaled_jpeg(source: &mut impl BufRead, reading: &Reading, edge: u32) -> Option<Raster> {
    let mut decoder = ScalingDecoder::new(source);
    decoder.set_max_decoding_buffer_size(usize::try_from(DECODED_BYTES).ok()?);
    decoder.read_info().ok()?;
    let stored = decoder.info().map(|info| (info.width.into(), info.height.into()));
    if stored != Some((reading.width, reading.height)) {
        return None;
    }
    let (width, height) = fitted((reading.width, reading.height), edge);
    decoder.scale(width.try_into().ok()?, height.try_into().ok()?).ok()?;
    let bytes = decoder.decode().ok()?;
    let info = decoder.info()?;
    let kind = match info.pixel_format {
        PixelFormat::L8 => PixelType::U8,
        PixelFormat::RGB24 => PixelType::U8x3,
        PixelFormat::L16 | PixelFormat::CMYK32 => return None,
    };
    Some(Raster { width: info.width.into(), height: info.height.into(), kind, bytes })
}

fn raster(
    decoder: Result<impl ImageDecoder, ImageError>,
    reading: &Reading,
) -> Result<Raster, Reason> {
    let decoder = decoder.map_err(|error| reason_of(&error))?;
    let (width, height) = decoder.dimensions();
    if (width, height) != (reading.width, reading.height) {
        return Err(DAMAGED);
    }
    let size = decoder.total_bytes();
    if size > DECODED_BYTES {
        return Err(TOO_MANY_PIXELS);
    }
    let (kind, wide) = match decoder.color_type() {
        ColorType::L8 => (PixelType::U8, false),
        ColorType::La8 => (PixelType::U8x2, false),
        ColorType::Rgb8 => (PixelType::U8x3, false),
        ColorType::Rgba8 => (PixelType::U8x4, false),
        ColorType::L16 => (PixelType::U8, true),
        ColorType::La16 => (PixelType::U8x2, true),
        ColorType::Rgb16 => (PixelType::U8x3, true),
        ColorType::Rgba16 => (PixelType::U8x4, true),
        _ => return Err(DAMAGED),
    };
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| TOO_MANY_PIXELS)?];
    decoder.read_image(&mut bytes).map_err(|error| reason_of(&error))?;
    if wide {
        // Of sixteen bits the upper eight are shown.
        bytes = bytes
            .chunks_exact(2)
            .map(|two| u16::from_ne_bytes([two[0], two[1]]).to_be_bytes()[0])
            .collect();
    }
    Ok(Raster { width, height, kind, bytes })
}

fn reason_of(error: &ImageError) -> Reason {
    match error {
        ImageError::IoError(error) => of_io(error),
        ImageError::Limits(_) => TOO_MANY_PIXELS,
        _ => DAMAGED,
    }
}

impl Raster {
    /// The picture with no edge longer than `edge`, upright, on white where it is transparent.
    pub(super) fn upright(self, edge: u32, turn: Turn) -> Result<RgbImage, Reason> {
        let (width, height) = fitted((self.width, self.height), edge);
        let kind = self.kind;
        let small = resize((self.width, self.height, kind, &self.bytes), (width, height))?;
        drop(self); // large, and no longer needed
        let picture = RgbImage::from_raw(width, height, on_white(kind, small)).ok_or(DAMAGED)?;
        let mut picture = DynamicImage::ImageRgb8(picture);
        picture.apply_orientation(Orientation::from_exif(turn.exif()).ok_or(DAMAGED)?);
        Ok(picture.into_rgb8())
    }
}

/// A copy with no edge longer than `edge`.
pub(super) fn shrunk(picture: &RgbImage, edge: u32) -> Result<RgbImage, Reason> {
    let (width, height) = fitted(picture.dimensions(), edge);
    let (kind, bytes) = (PixelType::U8x3, picture.as_raw());
    let small = resize((picture.width(), picture.height(), kind, bytes), (width, height))?;
    RgbImage::from_raw(width, height, small).ok_or(DAMAGED)
}

/// Shades of grey at exactly `width` by `height`, row by row.
pub(super) fn shades(picture: &RgbImage, width: u32, height: u32) -> Result<Vec<u8>, Reason> {
    let small = resize(
        (picture.width(), picture.height(), PixelType::U8x3, picture.as_raw()),
        (width, height),
    )?;
    let luma = |pixel: &[u8]| {
        let [r, g, b] = [0, 1, 2].map(|at| u32::from(pixel[at]));
        u8::try_from((299 * r + 587 * g + 114 * b) / 1_000).unwrap_or(u8::MAX)
    };
    Ok(small.chunks_exact(3).map(luma).collect())
}

fn resize(
    (width, height, kind, bytes): (u32, u32, PixelType, &[u8]),
    to: (u32, u32),
) -> Result<Vec<u8>, Reason> {
    let source = ImageRef::new(width, height, bytes, kind).map_err(|_| DAMAGED)?;
    let mut small = Image::new(to.0, to.1, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Hamming));
    Resizer::new().resize(&source, &mut small, &options).map_err(|_| DAMAGED)?;
    Ok(small.into_vec())
}

/// Width and height within `edge`, never larger than they were, never nothing.
fn fitted((width, height): (u32, u32), edge: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= edge {
        return (width, height);
    }
    let fit = |side: u32| {
        let scaled =
            (u64::from(side) * u64::from(edge) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(edge).max(1)
    };
    (fit(width), fit(height))
}

fn on_white(kind: PixelType, pixels: Vec<u8>) -> Vec<u8> {
    let over = |shade: u8, alpha: u8| {
        let (shade, alpha) = (u16::from(shade), u16::from(alpha));
        // At most 255 x 255 / 255.
        u8::try_from((shade * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    match kind {
        PixelType::U8 => pixels.iter().flat_map(|shade| [*shade; 3]).collect(),
        PixelType::U8x2 => {
            pixels.chunks_exact(2).flat_map(|pixel| [over(pixel[0], pixel[1]); 3]).collect()
        }
        PixelType::U8x4 => pixels
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]].map(|shade| over(shade, pixel[3])))
            .collect(),
        _ => pixels,
    }
}
