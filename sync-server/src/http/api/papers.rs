//! Papers of records, as PDF: for whoever reads the record.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use lastmile_core::id::DocumentId;
use lastmile_papers::{Form, PaperError, Templates};

use super::access::CaseReader;
use super::input::{PaperPath, Segments};
use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};
use crate::papers::{PapersError, of_record};
use crate::store::StoreError;

/// A paper of a record, as PDF
///
/// Made from the record as the server has it now. A record that is not finalised gives a draft, marked on
/// every page.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/records/{id}/papers/{form}",
    tag = "records",
    params(PaperPath),
    responses((status = 200, description = "The paper", content_type = "application/pdf", body = Vec<u8>))
)]
pub(super) async fn paper(
    reader: CaseReader,
    State(state): State<AppState>,
    Segments(path): Segments<PaperPath>,
) -> Result<impl IntoResponse, Problem> {
    let bad = |name: &str| Problem::new(ProblemCode::BadPath).with("name", name);
    let record = DocumentId::from_hex(&path.id).map_err(|_| bad("id"))?;
    let form = Form::from_code(&path.form).ok_or_else(|| bad("form"))?;
    let made = state
        .run(move |server| {
            let reads = server.store().read::<_, StoreError>(|reading| {
                let row = reading.record(record)?;
                row.map_or(Ok(false), |row| reader.reads(reading, &row.case_no))
            })?;
            if !reads {
                return Err(PapersError::UnknownRecord);
            }
            of_record(server, record, form, &Templates::default())
        })
        .await??;
    let name = format!("inline; filename=\"{}-{}.pdf\"", form.code(), path.id);
    Ok((
        [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)],
        made.pdf,
    ))
}

impl From<PapersError> for Problem {
    fn from(error: PapersError) -> Self {
        match error {
            PapersError::Store(error) => error.into(),
            PapersError::UnknownCase => ProblemCode::UnknownCase.into(),
            PapersError::UnknownRecord => ProblemCode::UnknownRecord.into(),
            PapersError::Paper(PaperError::WrongRecord) => ProblemCode::NoSuchPaper.into(),
            PapersError::Paper(PaperError::TooLong(_)) => ProblemCode::PaperTooLong.into(),
            other => {
                tracing::error!(code = other.code(), "paper not made");
                ProblemCode::Internal.into()
            }
        }
    }
}
