//! 补正笔录 and 补充笔录: which finalised paper they concern, what stands there and what should, and why.

use serde::Serialize;

use super::Reader;
use super::act::Crew;
use super::rows::{Row, head, row};

head! {
    /// The head of a correction record.
    Head of "correction" {
        original, original_digest, purpose, kept_digest, start_at, place, read_back, remark
    }
}

head! {
    /// The head of a supplement.
    SupplementHead of "supplement" { original, original_digest, start_at, place, reason, read_back }
}

row! {
    /// What is corrected.
    Correction of ["corrections"] { target, stands, should_stand, reason }
}

row! {
    /// A finalisation that is concerned.
    Closed of ["closed_finalisations"] { digest, holds, reason }
}

row! {
    /// What is added.
    Addition of ["additions"] { about, text }
}

/// A correction record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Corrected {
    head: Head,
    crew: Crew,
    corrections: Vec<Row<Correction>>,
    closed: Vec<Row<Closed>>,
}

impl Corrected {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        Self {
            head: Head::read(reader),
            crew: Crew::read(reader),
            corrections: reader.rows("corrections"),
            closed: reader.rows("closed_finalisations"),
        }
    }
}

/// A supplement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Supplement {
    head: SupplementHead,
    crew: Crew,
    additions: Vec<Row<Addition>>,
}

impl Supplement {
    pub(crate) fn read(reader: Reader<'_>) -> Self {
        Self {
            head: SupplementHead::read(reader),
            crew: Crew::read(reader),
            additions: reader.rows("additions"),
        }
    }
}
