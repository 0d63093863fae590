//! What a link that breaks costs: a hundred photos, scaled 1:50, as in `tests/weak_link.rs`; with `LASTMILE_SOAK`
//! in full, 500 MB. Bytes, no times.

use std::error::Error;

use super::{Aim, Figures};
use crate::weak_link::journey;

/// Measures.
pub fn run(figures: &mut Figures) -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let full = std::env::var_os("LASTMILE_SOAK").is_some();
    let cost = journey(dir.path(), if full { 1 } else { 50 })?.cost;
    #[allow(clippy::cast_precision_loss)]
    let number = |count: u64| count as f64;
    figures.note("weak_link.breaks", number(cost.breaks), "", Aim::None);
    figures.note("weak_link.contacts", number(cost.contacts), "", Aim::None);
    let ratio = number(cost.up) / number(cost.bytes);
    figures.note("weak_link.up_to_file_bytes", ratio, "x", Aim::None);
    figures.note("weak_link.most_again_per_break", number(cost.again), "B", Aim::None);
    let dearer = number(cost.dearer);
    figures.note("weak_link.breaks_dearer_than_a_piece", dearer, "", Aim::ExactlyAtMost(0.0));
    Ok(())
}
