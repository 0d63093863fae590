//! Strokes for tests and the demo: what a name looks like when somebody has signed, the same each time. Made
//! from the name's letters; nobody's hand.

use super::{Point, Strokes};
use crate::id::sha256;

/// Most letters of a name that are drawn.
const LETTERS: usize = 8;

/// The name as strokes, one a letter.
pub fn drawn_by(name: &str) -> Strokes {
    let mut strokes = Vec::new();
    for (number, (at, _)) in (0_u32..).zip(name.char_indices()).take(LETTERS) {
        let noise = sha256(format!("{name}{at}").as_bytes());
        let stroke = (0_u32..).zip(&noise[..12]).map(|(step, byte)| Point {
            x: number * 110 + step * 9,
            y: u32::from(*byte),
            ms: number * 400 + step * 16,
        });
        strokes.push(stroke.collect());
    }
    Strokes { width: 900, height: 300, strokes }
}
