//! What a reader may ask for, checked: parts of the address, query parameters, and the place to go on
//! from. Everything wrong is a problem with a stable code and the name of what is wrong.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use data_encoding::BASE64URL_NOPAD;
use lastmile_core::id::DocumentId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::http::AppState;
use crate::http::problem::{Problem, ProblemCode};

/// Rows of a page when the reader does not say.
const USUAL: u16 = 50;
/// Most rows of a page.
pub(in crate::http) const MOST: u16 = 200;
/// Longest code, case number or kind that is looked up, in bytes.
const MAX_NAME: usize = 128;
/// Longest place, in characters.
const MAX_PLACE: usize = 2_048;

/// Parts of the address.
#[derive(Debug)]
pub(in crate::http) struct Segments<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Path(found) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemCode::BadPath))?;
        Ok(Self(found))
    }
}

/// Query parameters.
#[derive(Debug)]
pub(in crate::http) struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Query(found) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(ProblemCode::BadQuery))?;
        Ok(Self(found))
    }
}

/// Longest body of a decision, in bytes.
const MAX_BODY: usize = 16_384;

/// The body, read as JSON.
#[derive(Debug)]
pub(in crate::http) struct Told<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<AppState> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let bytes =
            tokio::time::timeout(state.limits.body, to_bytes(request.into_body(), MAX_BODY))
                .await
                .map_err(|_| Problem::new(ProblemCode::BodyTimeout))?
                .map_err(|_| Problem::new(ProblemCode::MessageTooLarge))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| ProblemCode::BadBody.into())
    }
}

/// A change.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct EnvelopePath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where access is checked
    pub court: String,
    /// Envelope, 64 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{64}$")]
    pub envelope: String,
}

/// A court.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct CourtPath {
    /// Court code.
    #[param(example = "粤0605")]
    pub court: String,
}

/// A case.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct CasePath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where access is checked
    pub court: String,
    /// Case number, percent-encoded.
    #[param(example = "(2026)粤0605执1101号")]
    pub case_no: String,
}

/// A record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct RecordPath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where access is checked
    pub court: String,
    /// Record id, 32 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub id: String,
}

/// An upload.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct UploadPath {
    /// Court code.
    #[param(example = "粤0605")]
    pub court: String,
    /// The upload, 32 hexadecimal digits: the last part of its `Location`.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub upload: String,
}

/// A file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct FilePath {
    /// Court code.
    #[param(example = "粤0605")]
    pub court: String,
    /// SHA-256 of the original, 64 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
}

/// A photo of a request.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct ScenePhotoPath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where access is checked
    pub court: String,
    /// The request, 32 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub id: String,
    /// SHA-256 of the original, 64 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
}

/// Which form of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct FileQuery {
    /// `thumbnail` or `preview`; the original when absent.
    #[serde(rename = "as")]
    #[param(rename = "as", pattern = "^(original|thumbnail|preview)$")]
    pub form: Option<String>,
}

impl RecordPath {
    /// The id as a number of bytes.
    pub(in crate::http) fn document(&self) -> Result<DocumentId, Problem> {
        document(&self.id)
    }
}

impl ScenePhotoPath {
    /// The request's id as a number of bytes.
    pub(in crate::http) fn document(&self) -> Result<DocumentId, Problem> {
        document(&self.id)
    }
}

fn document(id: &str) -> Result<DocumentId, Problem> {
    DocumentId::from_hex(id).map_err(|_| Problem::new(ProblemCode::BadPath).with("name", "id"))
}

/// A paper of a record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct PaperPath {
    /// Court code.
    #[param(example = "粤0605")]
    #[allow(dead_code)] // compared where access is checked
    pub court: String,
    /// Record id, 32 hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub id: String,
    /// Number of the form: `F-01`, `F-03`, `F-04`, `F-05`, `F-06`, `F-12`.
    #[param(example = "F-01")]
    pub form: String,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PageQuery {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CasesQuery {
    /// Only those whose number, cause or a party's name has this text in it.
    #[param(max_length = 128)]
    pub search: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// Which records of a case.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RecordsQuery {
    /// Only this kind.
    #[param(max_length = 128)]
    pub kind: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// Which conflicts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ConflictsQuery {
    /// Only this case's.
    #[param(max_length = 128)]
    pub case_no: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// Which requests for assistance.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RequestsQuery {
    /// Only this station's, by code.
    #[param(max_length = 128)]
    pub station: Option<String>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// The number of rows asked for.
pub(in crate::http) fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(usize::from(limit)),
        _ => Err(Problem::new(ProblemCode::BadQuery).with("name", "limit")),
    }
}

/// A name that may be looked up; `name` is the parameter's.
pub(in crate::http) fn bounded(
    name: &'static str,
    value: Option<String>,
) -> Result<Option<String>, Problem> {
    match value {
        Some(value) if value.is_empty() || value.len() > MAX_NAME => {
            Err(Problem::new(ProblemCode::BadQuery).with("name", name))
        }
        value => Ok(value),
    }
}

/// Writes a place so that nobody reads anything into it.
pub(in crate::http) fn place(of: &impl Serialize) -> Option<String> {
    serde_json::to_vec(of).ok().map(|json| BASE64URL_NOPAD.encode(&json))
}

/// Reads a place back; nothing when the reader begins.
pub(in crate::http) fn place_after<T: DeserializeOwned>(
    after: Option<&str>,
) -> Result<Option<T>, Problem> {
    let Some(after) = after else { return Ok(None) };
    if after.len() > MAX_PLACE {
        return Err(ProblemCode::BadCursor.into());
    }
    let json = BASE64URL_NOPAD.decode(after.as_bytes()).map_err(|_| ProblemCode::BadCursor)?;
    Ok(Some(serde_json::from_slice(&json).map_err(|_| ProblemCode::BadCursor)?))
}

/// A place in a list ordered by receipt: time and record.
pub(in crate::http) fn receipt_place(after: Option<&str>) -> Result<(i64, Vec<u8>), Problem> {
    let Some((ms, id)) = place_after::<(i64, String)>(after)? else {
        return Ok((i64::MIN, Vec::new()));
    };
    let id = DocumentId::from_hex(&id).map_err(|_| ProblemCode::BadCursor)?;
    Ok((ms, id.as_bytes().to_vec()))
}
