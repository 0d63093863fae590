//! What every paper carries beside what it says: court and parties, whether it is a draft, signatures,
//! pictures, and the proof at its foot. The whole paper is one JSON value for a template.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use lastmile_core::document::RecordView;
use lastmile_core::id::{BlobHash, DocumentId};
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::party::PartyRole;
use lastmile_core::signing::{Names, Strokes};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;

use crate::files::Files;
use crate::mark::Mark;
use crate::picture::Photos;
use crate::read::attested::{Album, Signature, signatures};
use crate::read::correction::{Corrected, Supplement};
use crate::read::goods::Goods;
use crate::read::list::List;
use crate::read::notice::{Notice, names};
use crate::read::onsite::{Eviction, Onsite};
use crate::read::service::Receipts;
use crate::read::{Reader, moment, written};
use crate::{Form, PaperError};

/// What other records are called, by id.
pub type Titles<'a> = &'a dyn Fn(DocumentId) -> Option<String>;

/// What a paper is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The record.
    pub view: &'a RecordView,
    /// Court code, 粤0605.
    pub court: &'a str,
    /// The court's name, as papers begin.
    pub court_name: &'a str,
    /// The case, when its pack is here.
    pub case: Option<&'a CasePack>,
    /// Names of staff and parties by id.
    pub names: Names<'a>,
    /// Names of other records of the case.
    pub titles: Titles<'a>,
    /// Strokes of signatures, as far as they are here.
    pub strokes: &'a dyn Fn(BlobHash) -> Option<Strokes>,
    /// Pictures.
    pub photos: &'a dyn Photos,
    /// The day on which it is printed; stands on the paper and in the file.
    pub printed_on: Date,
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("record", &self.view.id).finish_non_exhaustive()
    }
}

/// A paper, ready to be typeset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    form: &'static str,
    title: &'static str,
    court: String,
    case_no: String,
    cause: Option<String>,
    applicant: Option<String>,
    debtor: Option<String>,
    handler: String,
    printed_on: String,
    /// Why it must not be served; empty when it may be.
    draft: Vec<String>,
    body: Body,
    signatures: Vec<Signature>,
    album: Album,
    proof: Proof,
    #[serde(skip)]
    pub(crate) files: Files,
    #[serde(skip)]
    pub(crate) made_on: Date,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Body {
    List(Box<List>),
    Notice(Box<Notice>),
    Onsite(Box<Onsite>),
    Eviction(Box<Eviction>),
    Goods(Box<Goods>),
    Receipts(Receipts),
    Correction(Box<Corrected>),
    Supplement(Box<Supplement>),
}

/// How anybody can hold the paper against the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Proof {
    record: String,
    /// What those present signed (内容校验值).
    content: String,
    /// Everything, signatures and deliveries included (状态校验值).
    state: String,
    finalised: Vec<Finalised>,
    /// Changes that came after the finalisation and are not in the paper.
    late: usize,
    mark: String,
    qr: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finalised {
    by: String,
    at: Option<String>,
}

impl Paper {
    /// The paper `form` of a record.
    pub fn of(form: Form, source: &Source<'_>) -> Result<Self, PaperError> {
        let view = source.view;
        if !Form::of_kind(view.kind).contains(&form) {
            return Err(PaperError::WrongRecord);
        }
        let reader = Reader { source };
        let mut files = Files::default();
        let mut draft = unsettled(view, form);
        let (body, album, signatures) = match form {
            Form::EvictionNotice => {
                let notice = Notice::read(reader);
                draft.extend(notice.faults());
                (Body::Notice(Box::new(notice)), Album::none(), Vec::new())
            }
            Form::ServiceReceipt => {
                let album = Album::proofs(reader, &mut files);
                (Body::Receipts(Receipts::read(reader)), album, Vec::new())
            }
            Form::PropertyList | Form::OnsiteRecord | Form::MovedGoods | Form::Correction => {
                let signatures = signatures(reader, &mut files);
                (content(form, reader), Album::read(reader, &mut files), signatures)
            }
        };
        let parties = source.case.map_or(&[][..], |case| case.parties.as_slice());
        let cause = source.case.map(|case| case.cause.clone());
        Ok(Self {
            form: form.code(),
            title: form.title(view.kind),
            court: if source.court_name.is_empty() { source.court } else { source.court_name }
                .to_owned(),
            case_no: view.state.case.clone(),
            cause: cause.filter(|cause| !cause.is_empty()),
            applicant: names(parties, &PartyRole::Applicant),
            debtor: names(parties, &PartyRole::Debtor),
            handler: reader.person(&view.state.handler),
            printed_on: written(source.printed_on),
            draft,
            body,
            signatures,
            album,
            proof: proof(form, reader, &mut files)?,
            files,
            made_on: source.printed_on,
        })
    }

    /// The number of the form.
    pub fn form(&self) -> &'static str {
        self.form
    }

    /// Its name: 查封(扣押)财产清单.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Why it must not be served (草稿 不得送达); empty when it may be.
    pub fn draft(&self) -> &[String] {
        &self.draft
    }

    /// The value that the template gets.
    pub fn json(&self) -> Result<String, PaperError> {
        serde_json::to_string(self).map_err(|_| PaperError::Malformed)
    }

    pub(crate) fn mark(&self) -> &str {
        &self.proof.mark
    }
}

fn content(form: Form, reader: Reader<'_>) -> Body {
    match (form, reader.source.view.kind.name) {
        (Form::PropertyList, _) => Body::List(Box::new(List::read(reader))),
        (Form::MovedGoods, _) => Body::Goods(Box::new(Goods::read(reader))),
        (Form::OnsiteRecord, "eviction") => Body::Eviction(Box::new(Eviction::read(reader))),
        (Form::Correction, "supplement") => Body::Supplement(Box::new(Supplement::read(reader))),
        (Form::Correction, _) => Body::Correction(Box::new(Corrected::read(reader))),
        _ => Body::Onsite(Box::new(Onsite::read(reader))),
    }
}

/// What keeps a paper a draft. The notice is the president's paper, posted long before the record of the
/// eviction is finalised: of the record it needs that nothing of the head is contested.
fn unsettled(view: &RecordView, form: Form) -> Vec<String> {
    let mut draft = Vec::new();
    let notice = form == Form::EvictionNotice;
    if !notice && view.finalised.is_empty() {
        draft.push("尚未定稿".to_owned());
    }
    let counts = |target: &str| !notice || target.starts_with("head/");
    let open = view.conflicts.iter().filter(|conflict| counts(conflict.subject.target())).count();
    if open > 0 {
        draft.push(format!("有{open}处分歧尚未确定"));
    }
    draft
}

fn proof(form: Form, reader: Reader<'_>, files: &mut Files) -> Result<Proof, PaperError> {
    let (source, view) = (reader.source, reader.source.view);
    let mark = Mark {
        court: source.court.to_owned(),
        case_no: view.state.case.clone(),
        record: view.id,
        form,
        state: view.state_digest,
    }
    .to_string();
    let code = QrCode::with_error_correction_level(&mark, EcLevel::M)
        .map_err(|_| PaperError::Malformed)?;
    let drawn = code.render::<svg::Color<'_>>().quiet_zone(false).min_dimensions(1, 1).build();
    let finalised = view.finalised.iter().map(|done| Finalised {
        by: reader.person(&done.person),
        at: Timestamp::from_millisecond(done.device_ms).ok().and_then(|at| moment(&at.to_string())),
    });
    Ok(Proof {
        record: view.id.to_hex(),
        content: view.content_digest.to_hex(),
        state: view.state_digest.to_hex(),
        finalised: finalised.collect(),
        late: view.late.len(),
        qr: files.add("qr", "svg", drawn.into()),
        mark,
    })
}
