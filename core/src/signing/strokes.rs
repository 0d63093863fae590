//! A signature's strokes as the finger drew them: a small vector form with one encoding, so that its
//! SHA-256 can stand in the record. Format: `docs/protocol/strokes.cddl`.

use std::fmt::Write as _;

use crate::id::{BlobHash, sha256};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer};

/// Media type under which strokes are kept as evidence.
pub const STROKES_MIME: &str = "application/vnd.lastmile.strokes+cbor";

/// Longest side of the pad, tenths of a millimetre.
const MAX_SIDE: u32 = 10_000;
const MAX_STROKES: usize = 128;
const MAX_POINTS: usize = 4_096;
/// Ten minutes.
const MAX_MS: u32 = 600_000;

/// Where the finger was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// From the left, tenths of a millimetre.
    pub x: u32,
    /// From the top, tenths of a millimetre.
    pub y: u32,
    /// Since the first point, milliseconds.
    pub ms: u32,
}

/// A signature drawn on a pad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strokes {
    /// Width of the pad, tenths of a millimetre, 1-10,000.
    pub width: u32,
    /// Height of the pad, tenths of a millimetre, 1-10,000.
    pub height: u32,
    /// Strokes in the order they were drawn, 1-128, with 4,096 points in all; times never go back.
    pub strokes: Vec<Vec<Point>>,
}

impl Strokes {
    /// What stands in the record: SHA-256 of the encoding.
    pub fn hash(&self) -> BlobHash {
        BlobHash(sha256(&self.encode()))
    }

    /// The drawing as an SVG image, for screens and papers.
    pub fn svg(&self) -> String {
        let mut path = String::new();
        for stroke in &self.strokes {
            for (at, point) in stroke.iter().enumerate() {
                let _ = write!(path, "{}{} {}", if at == 0 { 'M' } else { 'L' }, point.x, point.y);
            }
            // A dot has no length; drawn with a round cap it still shows.
            if stroke.len() == 1 {
                path.push_str("h0");
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\"><path d=\"{path}\" \
             fill=\"none\" stroke=\"#000\" stroke-width=\"6\" stroke-linecap=\"round\"/></svg>",
            self.width, self.height
        )
    }

    /// Whether the finger moved at all: a touch is no signature.
    fn is_drawn(&self) -> bool {
        let mut points = self.strokes.iter().flatten().map(|point| (point.x, point.y));
        let first = points.next();
        points.any(|point| Some(point) != first)
    }
}

impl Canonical for Strokes {
    const TAG: &'static str = "lastmile-strokes";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 3;
    const MAX_LEN: usize = 65_536;

    fn write(&self, out: &mut Writer) {
        out.uint(u64::from(self.width));
        out.uint(u64::from(self.height));
        out.array(self.strokes.len() as u64);
        for stroke in &self.strokes {
            out.array(stroke.len() as u64 * 3);
            for point in stroke {
                for number in [point.x, point.y, point.ms] {
                    out.uint(u64::from(number));
                }
            }
        }
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        let (width, height) = (input.uint32()?, input.uint32()?);
        let count = input.array_up_to(MAX_STROKES as u64, "strokes")?;
        let mut strokes = Vec::new();
        for _ in 0..count {
            let numbers = input.array_up_to(MAX_POINTS as u64 * 3, "points")?;
            if !numbers.is_multiple_of(3) {
                return Err(CanonicalError::Malformed);
            }
            let mut stroke = Vec::new();
            for _ in 0..numbers / 3 {
                let (x, y, ms) = (input.uint32()?, input.uint32()?, input.uint32()?);
                stroke.push(Point { x, y, ms });
            }
            strokes.push(stroke);
        }
        Ok(Self { width, height, strokes })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        let refuse = |field| Err(CanonicalError::Bound { field });
        let points: Vec<Point> = self.strokes.iter().flatten().copied().collect();
        if !(1..=MAX_SIDE).contains(&self.width) || !(1..=MAX_SIDE).contains(&self.height) {
            return refuse("pad");
        }
        if self.strokes.len() > MAX_STROKES || self.strokes.iter().any(Vec::is_empty) {
            return refuse("strokes");
        }
        if points.len() > MAX_POINTS
            || points.iter().any(|point| point.x > self.width || point.y > self.height)
        {
            return refuse("points");
        }
        let times: Vec<u32> = points.iter().map(|point| point.ms).collect();
        if !times.is_sorted() || times.last().is_some_and(|last| *last > MAX_MS) {
            return refuse("times");
        }
        if self.is_drawn() { Ok(()) } else { refuse("strokes") }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use data_encoding::HEXLOWER;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn two_strokes() -> Strokes {
        let point = |x, y, ms| Point { x, y, ms };
        Strokes {
            width: 900,
            height: 400,
            strokes: vec![
                vec![point(100, 120, 0), point(300, 110, 16), point(520, 130, 33)],
                vec![point(310, 60, 240), point(305, 350, 290)],
            ],
        }
    }

    /// What nobody may send, with the code under which it is refused.
    fn hostile() -> Vec<(&'static str, &'static str, Vec<u8>)> {
        let good = two_strokes();
        let with = |change: fn(&mut Strokes)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad.encode()
        };
        let bytes = good.encode();
        let out = "field_out_of_bounds";
        vec![
            ("nothing drawn", out, with(|bad| bad.strokes.clear())),
            ("a stroke without points", out, with(|bad| bad.strokes.push(Vec::new()))),
            ("only a touch", out, with(|bad| bad.strokes = vec![vec![bad.strokes[0][0]; 9]])),
            ("outside the pad", out, with(|bad| bad.strokes[0][1].x = 901)),
            ("time goes back", out, with(|bad| bad.strokes[1][1].ms = 239)),
            ("longer than ten minutes", out, with(|bad| bad.strokes[1][1].ms = 600_001)),
            ("a pad without height", out, with(|bad| bad.height = 0)),
            ("a pad of over a metre", out, with(|bad| bad.width = 10_001)),
            ("129 strokes", out, with(|bad| bad.strokes = vec![bad.strokes[1].clone(); 129])),
            ("4,097 points", out, with(|bad| bad.strokes = vec![vec![bad.strokes[0][0]; 4_097]])),
            ("a point cut in half", "malformed", {
                let head = bytes.iter().position(|byte| *byte == 0x89).unwrap();
                let mut bad = bytes.clone();
                bad[head] = 0x88;
                bad
            }),
            ("a billion strokes announced", out, {
                let mut bad =
                    bytes[..bytes.iter().position(|byte| *byte == 0x89).unwrap() - 1].to_vec();
                bad.extend([0x9a, 0x3b, 0x9a, 0xca, 0x00]);
                bad
            }),
            ("cut short", "malformed", bytes[..bytes.len() - 1].to_vec()),
            ("one byte more", "trailing_bytes", [bytes.as_slice(), &[0]].concat()),
            ("too long", "too_long", vec![0; Strokes::MAX_LEN + 1]),
        ]
    }

    #[test]
    fn the_vectors_are_these() {
        let good = two_strokes();
        let now = json!({
            "accepted": [{
                "name": "two strokes",
                "bytes": HEXLOWER.encode(&good.encode()),
                "sha256": HEXLOWER.encode(good.hash().as_bytes()),
                "width": good.width, "height": good.height,
                "strokes": good.strokes.iter().map(|stroke| stroke.iter()
                    .map(|point| [point.x, point.y, point.ms]).collect()).collect::<Vec<Vec<_>>>(),
            }],
            // The longest one is described, not printed.
            "refused": hostile().iter().filter(|(name, ..)| *name != "too long" && *name != "4,097 points")
                .map(|(name, code, bytes)| json!({"name": name, "code": code, "bytes": HEXLOWER.encode(bytes)}))
                .collect::<Vec<_>>(),
        });
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol/vectors/strokes.json");
        if std::env::var_os("LASTMILE_UPDATE_VECTORS").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
        }
        let recorded: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(recorded, now);
        assert_eq!(Strokes::decode(&good.encode()), Ok(good));
    }

    #[test]
    fn hostile_strokes_are_refused() {
        for (name, code, bytes) in hostile() {
            assert_eq!(Strokes::decode(&bytes).map_err(|error| error.code()), Err(code), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_hurt(bytes in proptest::collection::vec(any::<u8>(), 0..256), at in 0..60_usize, byte: u8) {
            let _ = Strokes::decode(&bytes);
            let mut flipped = two_strokes().encode();
            let at = at % flipped.len();
            flipped[at] = byte;
            if let Ok(read) = Strokes::decode(&flipped) {
                prop_assert_eq!(read.encode(), flipped);
            }
        }
    }

    #[test]
    fn the_image_draws_every_point() {
        let image = two_strokes().svg();
        assert!(image.contains("viewBox=\"0 0 900 400\""));
        assert!(image.contains("M100 120L300 110L520 130M310 60L305 350"));
    }
}
