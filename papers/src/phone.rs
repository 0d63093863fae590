//! A paper from a phone, without network: from the record as this phone has it, the packs it holds and the
//! strokes it keeps.

use jiff::civil::Date;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::phone::{PaperPicture, Phone, PhoneError};

use crate::{Form, Paper, PaperError, Photos, Picture, Source};

/// Largest original that is printed from, bytes; of a larger one the preview is taken.
const LARGEST: u64 = 64 << 20;

/// The photos that are on a phone: the original, else the preview made from it, else one that the court's
/// server provided; and the word that an original is not what was signed.
#[derive(Debug, Clone, Copy)]
pub struct PhonePhotos<'p>(pub &'p Phone);

impl Photos for PhonePhotos<'_> {
    fn picture(&self, hash: BlobHash) -> Picture {
        match self.0.paper_picture(hash, LARGEST) {
            Ok(PaperPicture::Own(bytes)) => Picture::Here(bytes),
            Ok(PaperPicture::FromCourt(bytes)) => Picture::Provided(bytes),
            Ok(PaperPicture::Differs) => Picture::Differs,
            Ok(PaperPicture::Absent) | Err(_) => Picture::Awaited,
        }
    }
}

/// No paper was made on a phone.
#[derive(Debug, thiserror::Error)]
pub enum PhonePaperError {
    /// The record could not be read.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The paper could not be made.
    #[error(transparent)]
    Paper(#[from] PaperError),
}

/// The paper `form` of a record that the person signed in may see.
pub fn of_phone(
    phone: &Phone,
    record: DocumentId,
    form: Form,
    photos: &dyn Photos,
    printed_on: Date,
) -> Result<Paper, PhonePaperError> {
    let view = phone.record_view(record)?;
    let case_no = view.state.case.as_str();
    let (names, titles) = (phone.names(case_no)?, phone.titles(case_no)?);
    let case = phone.case_of_pack(case_no)?;
    let court = phone.court_pack()?.unwrap_or_default();
    let source = Source {
        view: &view,
        court: phone.court(),
        court_name: &court.name,
        case: case.as_ref(),
        names: &|id| names.get(id).cloned(),
        titles: &|id| titles.get(&id).cloned(),
        // Strokes that do not decode are as good as strokes that are not here.
        strokes: &|hash| phone.strokes(hash).ok().flatten(),
        photos,
        printed_on,
    };
    Ok(Paper::of(form, &source)?)
}
