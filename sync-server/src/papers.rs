//! Papers of records in the database: the same PDFs as on a phone, for whoever may read the case. How a
//! paper looks and what it says is [`lastmile_papers`]'s.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastmile_core::id::{BlobHash, DocumentId, sha256};
use lastmile_core::identifier::date_time::china_date;
use lastmile_core::identity::Canonical;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::court::CourtPack;
use lastmile_core::pack::roster::RosterPack;
use lastmile_core::picture::limits::FILE_BYTES;
use lastmile_core::signing::Strokes;
use lastmile_core::sync::files::FileKind;
use lastmile_papers::{Form, Paper, PaperError, Photos, Picture, Source, Templates, pdf_with};

use crate::files::depot::{Place, wait};
use crate::files::trouble;
use crate::ingest::{IngestError, rebuild};
use crate::publish::{PublishError, stored};
use crate::server::Server;
use crate::store::{Reading, RecordRow, StoreError};

/// No paper was made.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record's log.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The packs.
    #[error(transparent)]
    Pack(#[from] PublishError),
    /// The paper itself.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// No such case here.
    #[error("the court's server knows no such case")]
    UnknownCase,
    /// No such record here.
    #[error("there is no such record")]
    UnknownRecord,
}

impl PapersError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Ingest(error) => error.code(),
            Self::Pack(error) => error.code(),
            Self::Paper(error) => error.code(),
            Self::UnknownCase => "case_unknown",
            Self::UnknownRecord => "unknown_record",
        }
    }
}

/// A paper as PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The record.
    pub record: DocumentId,
    /// Which paper.
    pub form: Form,
    /// Its name: 查封(扣押)财产清单.
    pub title: &'static str,
    /// Whether it is a draft and must not be served (草稿 不得送达).
    pub draft: bool,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// The paper `form` of a record.
pub fn of_record(
    server: &Server,
    record: DocumentId,
    form: Form,
    templates: &Templates,
) -> Result<Made, PapersError> {
    let directory = server.directory()?;
    // Typesetting takes longer than reading: the database is let go before.
    let (paper, title) = server.store().read::<_, PapersError>(|reading| {
        let row = reading.record(record)?.ok_or(PapersError::UnknownRecord)?;
        let log = reading.document_log(record)?;
        let view = rebuild(server.kinds(), &directory, record, &log)?.view();
        let case = stored::<CasePack>(reading, &row.case_no)?;
        let court = stored::<CourtPack>(reading, server.court())?.unwrap_or_default();
        let names = names(server, reading, case.as_ref())?;
        let titles = titles(server, reading, &row.case_no)?;
        let originals = Originals { server, reading };
        let source = Source {
            view: &view,
            court: server.court(),
            court_name: &court.name,
            case: case.as_ref(),
            names: &|id| names.get(id).cloned(),
            titles: &|id| titles.get(&id).cloned(),
            strokes: &|hash| originals.strokes(hash),
            photos: &originals,
            printed_on: china_date(now(server)),
        };
        Ok((Paper::of(form, &source)?, form.title(view.kind)))
    })?;
    let draft = !paper.draft().is_empty();
    Ok(Made { record, form, title, draft, pdf: pdf_with(&paper, templates)? })
}

/// `F-01-查封扣押财产清单-1f2e3d4c.pdf`: form, name, beginning of the record's id.
pub fn file_name(form: Form, title: &str, record: DocumentId) -> String {
    let title: String = title.chars().filter(|c| !"()".contains(*c)).collect();
    let record: String = record.to_hex().chars().take(8).collect();
    format!("{}-{title}-{record}.pdf", form.code())
}

/// Which papers a case has: those of its records, receipts of service where something was handed over.
pub fn of_case(server: &Server, case_no: &str) -> Result<Vec<(DocumentId, Form)>, PapersError> {
    server.store().read::<_, PapersError>(|reading| {
        if reading.case(case_no)?.is_none() {
            return Err(PapersError::UnknownCase);
        }
        let mut papers = Vec::new();
        for row in rows(reading, case_no)? {
            let Some(kind) = server.kinds().get(&row.kind) else { continue };
            let served = serde_json::from_str::<serde_json::Value>(&row.facts)
                .ok()
                .and_then(|facts| Some(!facts.get("deliveries")?.as_array()?.is_empty()))
                .unwrap_or_default();
            let forms = Form::of_kind(kind).iter();
            let forms = forms.filter(|form| **form != Form::ServiceReceipt || served);
            papers.extend(forms.map(|form| (row.id, *form)));
        }
        Ok(papers)
    })
}

/// Originals as the court's server has them.
struct Originals<'a> {
    server: &'a Server,
    reading: &'a Reading<'a>,
}

impl Originals<'_> {
    fn strokes(&self, hash: BlobHash) -> Option<Strokes> {
        let limit = u64::try_from(Strokes::MAX_LEN).unwrap_or_default();
        Strokes::decode(&self.bytes(self.original(hash)?, limit)?).ok()
    }

    fn original(&self, hash: BlobHash) -> Option<Place> {
        self.reading.file(hash).ok().flatten().map(|_| Place::Original(hash))
    }

    fn bytes(&self, place: Place, limit: u64) -> Option<Vec<u8>> {
        let read = wait(self.server.files().depot.read(place, limit));
        read.inspect_err(|error| tracing::warn!(code = error.code(), "original not read")).ok()
    }
}

impl Photos for Originals<'_> {
    /// The preview that the court made of the original it has, else the original itself. What a phone made of a
    /// photo is no evidence of it, and what the court has not verified is not printed above its hash.
    fn picture(&self, hash: BlobHash) -> Picture {
        match self.reading.file_trouble(hash) {
            Ok(Some(code)) if code == trouble::DIFFERS => return Picture::Differs,
            Ok(Some(_)) => return Picture::Lost,
            _ => {}
        }
        let Some(original) = self.original(hash) else { return Picture::Awaited };
        let preview = self.reading.derived(hash, FileKind::Preview).ok().flatten();
        let preview = preview.filter(|row| row.by_court).map(|row| Place::Derived(row.hash));
        if let Some(bytes) = preview.and_then(|place| self.bytes(place, FILE_BYTES)) {
            return Picture::Here(bytes);
        }
        match self.bytes(original, FILE_BYTES) {
            Some(bytes) if BlobHash(sha256(&bytes)) == hash => Picture::Here(bytes),
            Some(_) => Picture::Differs,
            None => Picture::Awaited,
        }
    }
}

fn now(server: &Server) -> Timestamp {
    Timestamp::from_millisecond(server.now_ms()).unwrap_or_default()
}

/// The records of a case in the order in which they first came.
fn rows(reading: &Reading<'_>, case_no: &str) -> Result<Vec<RecordRow>, StoreError> {
    let mut rows = reading.records(Some(case_no), None, usize::MAX, 0)?;
    rows.sort_by_key(|row| (row.first_received_ms, row.id));
    Ok(rows)
}

fn titles(
    server: &Server,
    reading: &Reading<'_>,
    case_no: &str,
) -> Result<BTreeMap<DocumentId, String>, StoreError> {
    let rows = rows(reading, case_no)?.into_iter();
    let named =
        rows.filter_map(|row| Some((row.id, server.kinds().get(&row.kind)?.label.zh.to_owned())));
    Ok(named.collect())
}

/// Names of staff by the roster, of parties by the case.
fn names(
    server: &Server,
    reading: &Reading<'_>,
    case: Option<&CasePack>,
) -> Result<BTreeMap<String, String>, PublishError> {
    let roster = stored::<RosterPack>(reading, server.court())?.unwrap_or_default();
    let staff = roster.staff.into_iter().map(|person| (person.id, person.name));
    let parties = case.map_or(&[][..], |case| case.parties.as_slice());
    let parties = parties.iter().map(|party| (party.id.clone(), party.name.clone()));
    Ok(staff.chain(parties).collect())
}
