//! Pictures for the day: drawn, not photographed, because nobody's home is anybody's test data. A room, a
//! floor, things in it; every number gives another picture, and the same one each time.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb, RgbImage};

use super::stage::StageError;

/// Small, because a debug build takes seconds for a large one.
const WIDTH: u32 = 400;
const HEIGHT: u32 = 300;
const QUALITY: u8 = 82;

/// The drawing with this number, as a JPEG of some kilobytes.
pub(super) fn draw(number: u64) -> Result<Vec<u8>, StageError> {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut picture = RgbImage::new(WIDTH, HEIGHT);
    let horizon = HEIGHT * 6 / 10 + dice.below(25);
    let (wall, floor) = (dice.colour(150, 90), dice.colour(70, 80));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let light = 100 - (x.abs_diff(WIDTH / 3) * 35 / WIDTH);
        let grain = (x * 7 + y * 13 + (x * y) % 11) % 9;
        *pixel = shaded(if y < horizon { wall } else { floor }, light + grain);
    }
    for _ in 0..6 + dice.below(4) {
        let (width, height) = (30 + dice.below(80), 25 + dice.below(90));
        let left = dice.below(WIDTH - width);
        let bottom = (horizon + 8 + dice.below(HEIGHT - horizon - 16)).min(HEIGHT - 1);
        let colour = dice.colour(50, 180);
        for y in bottom.saturating_sub(height)..bottom {
            for x in left..left + width {
                let edge = x < left + 4 || y + 5 > bottom || x + 5 > left + width;
                let light = if edge { 45 } else { 70 + (x - left) * 40 / width };
                picture.put_pixel(x, y, shaded(colour, light + (x * 3 + y * 5) % 7));
            }
        }
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(picture.as_raw(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .map_err(|error| StageError::Script(format!("a drawing: {error}")))?;
    Ok(jpeg)
}

/// A colour in per cent of its light.
fn shaded(colour: [u32; 3], light: u32) -> Rgb<u8> {
    Rgb(colour.map(|part| u8::try_from((part * light / 100).min(255)).unwrap_or(u8::MAX)))
}

/// Numbers that look thrown.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 20) % u64::from(end.max(1))).unwrap_or(0)
    }

    fn colour(&mut self, least: u32, spread: u32) -> [u32; 3] {
        [0; 3].map(|_: u32| least + self.below(spread))
    }
}
