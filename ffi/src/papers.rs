//! Papers as PDF, made on the phone without network.

use std::sync::Arc;

use lastmile_core::records;
use lastmile_papers::{Form, PhonePhotos, of_phone, pdf};

use crate::error::LastmileError;
use crate::open::{Phone, record_id};
use crate::work::run;

/// A paper that can be made of a kind of record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaperForm {
    /// Number of the form, e.g. `F-01`.
    pub form: String,
    /// Its name on the paper, Chinese.
    pub title: String,
}

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaperFile {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its name on the paper, Chinese.
    pub title: String,
    /// Why it is only a draft (草稿), which is printed across it; empty for a final paper.
    pub draft: Vec<String>,
}

/// The papers of a kind of record, the main one first. From memory.
#[uniffi::export]
pub fn papers_of(kind: String) -> Vec<PaperForm> {
    let Some(kind) = records::builtin().get(&kind) else { return Vec::new() };
    let forms = Form::of_kind(kind).iter();
    let shown = forms
        .map(|form| PaperForm { form: form.code().to_owned(), title: form.title(kind).to_owned() });
    shown.collect()
}

#[uniffi::export]
impl Phone {
    /// Makes a paper of a record, dated `printed_on` (`2026-03-17`). A second or more, longer with many
    /// photos.
    ///
    /// Errors: `NotHere`; `Refused` (`paper_*`); `Input` for a form that does not exist.
    pub async fn paper(
        self: Arc<Self>,
        record: String,
        form: String,
        printed_on: String,
    ) -> Result<PaperFile, LastmileError> {
        run(move || {
            let form = Form::from_code(&form).ok_or_else(|| LastmileError::input("form"))?;
            let date = printed_on.parse().map_err(|_| LastmileError::input("printed_on"))?;
            let photos = PhonePhotos(&self.core);
            let paper = of_phone(&self.core, record_id(&record)?, form, &photos, date)?;
            Ok(PaperFile {
                pdf: pdf(&paper)?,
                title: paper.title().to_owned(),
                draft: paper.draft().to_vec(),
            })
        })
        .await
    }
}
