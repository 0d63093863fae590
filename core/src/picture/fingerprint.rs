//! What a picture looks like, in 128 bits: for every cell of an eight by eight grid, whether it is brighter
//! than its right and than its lower neighbour (dHash). The same scene saved again, smaller or brighter,
//! keeps nearly all of them; another scene keeps half.

use std::fmt;

use image::RgbImage;

use super::pixels::shades;
use crate::identifier::Reason;

const GRID: u32 = 8;
/// Least difference of neighbours that counts, in shades of 255: below it is noise.
const LEAST_STEP: u8 = 2;
/// Fewest such differences in a picture that can be compared: an empty wall looks like any other.
const LEAST_FEATURES: usize = 32;

/// A picture's look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Most bits in which two pictures of one view differ.
    pub const NEAR: u32 = 10;

    /// The look of an upright picture; none when there is nothing to tell it from others.
    pub(super) fn of(picture: &RgbImage) -> Result<Option<Self>, Reason> {
        let shades = shades(picture, GRID + 1, GRID + 1)?;
        let row = GRID as usize + 1;
        let mut bits = 0_u128;
        let mut features = 0;
        for cell in (0..row * (row - 1)).filter(|cell| cell % row < row - 1) {
            for neighbour in [cell + 1, cell + row] {
                let (here, there) = (shades[cell], shades[neighbour]);
                bits = bits << 1 | u128::from(here > there);
                features += usize::from(here.abs_diff(there) >= LEAST_STEP);
            }
        }
        Ok((features >= LEAST_FEATURES).then_some(Self(bits.to_be_bytes())))
    }

    /// In how many of 128 bits two looks differ.
    pub fn distance(self, other: Self) -> u32 {
        (u128::from_be_bytes(self.0) ^ u128::from_be_bytes(other.0)).count_ones()
    }

    /// Whether both show the same view, as far as this can tell.
    pub fn is_near(self, other: Self) -> bool {
        self.distance(other) <= Self::NEAR
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use image::Rgb;

    use super::*;

    fn waves(brighter: u8) -> RgbImage {
        RgbImage::from_fn(200, 150, |x, y| {
            let shade = u8::try_from((x * 5 + y * 3) / 3 % 120).unwrap();
            Rgb([shade + brighter, shade + brighter / 2, shade])
        })
    }

    fn of(picture: &RgbImage) -> Fingerprint {
        Fingerprint::of(picture).unwrap().unwrap()
    }

    #[test]
    fn brighter_and_smaller_is_near_and_another_view_is_not() {
        let picture = waves(0);
        let smaller = super::super::pixels::shrunk(&picture, 90).unwrap();
        assert!(of(&picture).is_near(of(&waves(40))) && of(&picture).is_near(of(&smaller)));
        assert!(!of(&picture).is_near(of(&image::imageops::rotate90(&picture))));
        assert_eq!(Fingerprint::from_hex(&of(&picture).to_string()), Some(of(&picture)));
        assert_eq!(Fingerprint::from_hex("00"), None);
    }

    #[test]
    fn an_empty_wall_has_no_look() {
        let wall = RgbImage::from_pixel(200, 150, Rgb([230, 228, 220]));
        assert_eq!(Fingerprint::of(&wall), Ok(None));
    }
}
