//! `GET cases/{case_no}/export`: a case as the file that `lastmile-verify` checks, the same that the command line's
//! `export` writes. It is made on the disk and sent from there, one at a time: a case with many photos is large.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream::unfold;
use lastmile_core::export::Edition;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::export::{self, CaseExportError};
use crate::http::AppState;
use crate::http::api::access::Reader;
use crate::http::api::input::{Asked, CasePath, Segments};
use crate::http::problem::{Problem, ProblemCode};
use crate::server::Server;

/// Bytes sent at a time.
const PIECE: usize = 256 * 1024;

/// Which edition.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportQuery {
    /// `full`, or `party` without personal data, liaisons and the table of parties; full when absent.
    #[param(pattern = "^(full|party)$")]
    pub edition: Option<String>,
}

/// A case as a file that anybody can check
///
/// For the court's own use in full; `edition=party` is the one to hand out. One is made at a time (`busy`).
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/cases/{case_no}/export",
    tag = "office",
    params(CasePath, ExportQuery),
    responses((
        status = 200,
        description = "The file",
        content_type = "application/octet-stream",
        body = Vec<u8>
    ))
)]
pub(super) async fn export(
    _: Reader,
    State(state): State<AppState>,
    Segments(path): Segments<CasePath>,
    Asked(asked): Asked<ExportQuery>,
) -> Result<impl IntoResponse, Problem> {
    let edition = match asked.edition.as_deref() {
        None | Some("full") => Edition::Full,
        Some("party") => Edition::Party,
        Some(_) => return Err(Problem::new(ProblemCode::BadQuery).with("name", "edition")),
    };
    // Held until the last byte is sent.
    let turn = Arc::clone(&state.exports).try_acquire_owned().map_err(|_| ProblemCode::Busy)?;
    let name = attachment(&path.case_no);
    let (file, bytes) = state.run(move |server| made(server, &path.case_no, edition)).await??;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CONTENT_DISPOSITION, name),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, sent(file, turn)))
}

/// The file, of which only this process knows: its name is gone before anything is written.
fn made(server: &Server, case_no: &str, edition: Edition) -> Result<(File, u64), Problem> {
    let failed = |error: io::Error| {
        tracing::error!(kind = %error.kind(), "an export could not be written");
        match error.kind() {
            io::ErrorKind::StorageFull => Problem::new(ProblemCode::StorageFull),
            _ => Problem::new(ProblemCode::StorageUnavailable),
        }
    };
    let id = data_encoding::HEXLOWER.encode(&server.entropy().bytes16());
    let path = server.dir().join(format!("export-{id}.part"));
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path);
    let file = file.map_err(failed)?;
    std::fs::remove_file(&path).map_err(failed)?;
    let (written, _) = export::case(server, case_no, edition, BufWriter::new(file))?;
    let mut file = written.into_inner().map_err(|error| failed(error.into_error()))?;
    let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
    file.rewind().map_err(failed)?;
    Ok((file, bytes))
}

fn sent(file: File, turn: OwnedSemaphorePermit) -> Body {
    Body::from_stream(unfold(Some((file, turn)), |going| async {
        let (mut file, turn) = going?;
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((file, piece))
        });
        match read.await.map_err(io::Error::other).and_then(|read| read) {
            Ok((_, piece)) if piece.is_empty() => None,
            Ok((file, piece)) => Some((Ok(Bytes::from(piece)), Some((file, turn)))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

/// The name under which a browser saves it: RFC 8187, with a plain one for what does not read that.
fn attachment(case_no: &str) -> String {
    let encoded: String = format!("{case_no}.lastmile")
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => char::from(byte).into(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"case.lastmile\"; filename*=UTF-8''{encoded}")
}

impl From<CaseExportError> for Problem {
    fn from(error: CaseExportError) -> Self {
        match error {
            CaseExportError::Store(error) => error.into(),
            CaseExportError::UnknownCase => ProblemCode::UnknownCase.into(),
            CaseExportError::Export(error) => {
                tracing::error!(code = error.code(), "a case was not exported");
                ProblemCode::Internal.into()
            }
        }
    }
}
