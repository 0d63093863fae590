//! A paper becomes a PDF: the same bytes for the same paper, bounded, and never a panic.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst::{World, WorldExt, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::world::{Shut, drawable};
use crate::{Paper, Templates};

/// Most pages of one paper.
pub const MAX_PAGES: usize = 300;

/// No paper was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// The form is not made of this kind of record.
    #[error("this form is not made of this kind of record")]
    WrongRecord,
    /// More pages than a paper may have.
    #[error("the paper would have {0} pages, at most {MAX_PAGES} are made")]
    TooLong(usize),
    /// A template is wrong; what the typesetter says, without anything of the record.
    #[error("a template cannot be used: {0}")]
    Template(String),
    /// The paper cannot be put into the form that templates take.
    #[error("the paper cannot be written down")]
    Malformed,
    /// The typesetter failed.
    #[error("the typesetter failed")]
    Typesetter,
}

impl PaperError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongRecord => "paper_of_other_record",
            Self::TooLong(_) => "paper_too_long",
            Self::Template(_) => "paper_template",
            Self::Malformed => "paper_malformed",
            Self::Typesetter => "paper_typesetter",
        }
    }
}

/// The paper as PDF, with the templates of this version.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    pdf_with(paper, &Templates::default())
}

/// The paper as PDF, with a court's templates.
pub fn pdf_with(paper: &Paper, templates: &Templates) -> Result<Vec<u8>, PaperError> {
    /// One paper at a time: a long one with pictures needs some hundred megabytes.
    static TYPESETTER: Mutex<()> = Mutex::new(());
    let _turn = TYPESETTER.lock().unwrap_or_else(PoisonError::into_inner);
    let made = catch_unwind(AssertUnwindSafe(|| typeset(paper, templates)));
    // What the typesetter remembers of this paper helps no other.
    comemo::evict(0);
    made.unwrap_or(Err(PaperError::Typesetter))
}

fn typeset(paper: &Paper, templates: &Templates) -> Result<Vec<u8>, PaperError> {
    let main = format!("{}.typ", paper.form());
    let world = Shut::new(&main, templates, value(paper)?, &paper.files)?;
    let document = typst::compile::<PagedDocument>(&world).output;
    let document = document.map_err(|found| said(&world, &found))?;
    let pages = document.pages().len();
    if pages > MAX_PAGES {
        return Err(PaperError::TooLong(pages));
    }
    let options = |standards| PdfOptions {
        ident: Smart::Custom(paper.mark().to_owned()),
        creator: Smart::Custom(Some("Lastmile".to_owned())),
        timestamp: day(paper).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    // For archives; a character without a glyph is no reason to give no paper at all.
    let archival = PdfStandards::new(&[PdfStandard::A_2u]).map_err(|_| PaperError::Typesetter)?;
    typst_pdf::pdf(&document, &options(archival))
        .or_else(|_| typst_pdf::pdf(&document, &options(PdfStandards::default())))
        .map_err(|found| said(&world, &found))
}

fn day(paper: &Paper) -> Option<Datetime> {
    let date = paper.made_on;
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Datetime::from_ymd(i32::from(date.year()), month, day)
}

/// The JSON value, with the characters of it that the font cannot draw.
fn value(paper: &Paper) -> Result<String, PaperError> {
    let text = paper.json()?;
    let missing: BTreeSet<char> =
        text.chars().filter(|c| !c.is_control() && !drawable(*c)).collect();
    let mut value: Value = serde_json::from_str(&text).map_err(|_| PaperError::Malformed)?;
    let named = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c)));
    value["undrawable"] = named.collect::<Vec<_>>().into();
    Ok(value.to_string())
}

/// Where the typesetter stopped and why, in its own words. A value of the record could stand in them: what is
/// not plain ASCII is left out, and digits are masked.
fn said(world: &Shut<'_>, found: &[SourceDiagnostic]) -> PaperError {
    let Some(first) = found.first() else { return PaperError::Typesetter };
    let place = first.span.id().and_then(|id| {
        let source = world.source(id).ok()?;
        let line = source.lines().byte_to_line(world.range(first.span)?.start)?;
        Some(format!("{}:{}: ", id.get().vpath().get_without_slash(), line + 1))
    });
    let plain = first.message.chars().filter(char::is_ascii).take(120);
    let masked: String = plain.map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
    PaperError::Template(format!("{}{masked}", place.unwrap_or_default()))
}
