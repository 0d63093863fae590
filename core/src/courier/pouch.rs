//! Several bundles and receipts together: what one phone hands to another, or writes into a file.

use super::{Bundle, Receipt};
use crate::identity::canonical::{Canonical, CanonicalError, Reader, Writer};

/// Bundles, and receipts, in one pouch at most.
pub const MAX_PIECES: usize = 64;

/// What is handed on. Pieces stay as bytes: one that cannot be read stops no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pouch {
    /// Encoded [`Bundle`]s.
    pub bundles: Vec<Vec<u8>>,
    /// Encoded [`Receipt`]s.
    pub receipts: Vec<Vec<u8>>,
}

fn write(out: &mut Writer, pieces: &[Vec<u8>]) {
    out.array(pieces.len() as u64);
    for piece in pieces {
        out.bytes(piece);
    }
}

fn read(
    input: &mut Reader<'_>,
    max: usize,
    field: &'static str,
) -> Result<Vec<Vec<u8>>, CanonicalError> {
    let mut pieces = Vec::new();
    for _ in 0..input.array_up_to(MAX_PIECES as u64, field)? {
        pieces.push(input.bytes(max, field)?.to_vec());
    }
    Ok(pieces)
}

impl Canonical for Pouch {
    const TAG: &'static str = "lastmile-courier-pouch";
    const VERSION: u32 = 1;
    const FIELDS: u64 = 2;
    /// Eight of the largest pieces: what fits one message between phones.
    const MAX_LEN: usize = 8 * Bundle::MAX_LEN;

    fn write(&self, out: &mut Writer) {
        write(out, &self.bundles);
        write(out, &self.receipts);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, CanonicalError> {
        Ok(Self {
            bundles: read(input, Bundle::MAX_LEN, "bundles")?,
            receipts: read(input, Receipt::MAX_LEN, "receipts")?,
        })
    }

    fn check(&self) -> Result<(), CanonicalError> {
        let fits = |pieces: &[Vec<u8>]| pieces.len() <= MAX_PIECES;
        if fits(&self.bundles) && fits(&self.receipts) {
            Ok(())
        } else {
            Err(CanonicalError::Bound { field: "pieces" })
        }
    }
}
