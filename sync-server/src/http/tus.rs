//! What tus 1.0 says in headers, read and written: lengths, offsets, checksums, expiry. Everything wrong is
//! a problem with a stable code. No request is handled here.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use lastmile_core::sync::files::{
    CHUNK_TYPE, FileKind, METHOD_OVERRIDE, Metadata, TUS_RESUMABLE, TUS_VERSION, UPLOAD_CHECKSUM,
    UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_LIFE_MS, UPLOAD_METADATA, UPLOAD_OFFSET,
};
use lastmile_core::sync::token::TOKEN_HEADER;
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use super::problem::{Problem, ProblemCode};
use crate::store::{UploadId, UploadRow};

/// What this server can do beyond the core of tus.
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
const ALGORITHMS: &str = "sha1,sha256";

/// A header that stands once, as text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The token of a request that speaks our protocol.
pub(super) fn token(headers: &HeaderMap) -> Result<String, Problem> {
    if text(headers, PROTOCOL_HEADER) != Some(PROTOCOL_VERSION) {
        return Err(Problem::new(ProblemCode::WrongProtocol).with("supported", PROTOCOL_VERSION));
    }
    Ok(text(headers, TOKEN_HEADER).ok_or(ProblemCode::BadRequestToken)?.to_owned())
}

/// The token of a request that speaks tus 1.0, too.
pub(super) fn upload_token(headers: &HeaderMap) -> Result<String, Problem> {
    if text(headers, TUS_RESUMABLE) != Some(TUS_VERSION) {
        return Err(Problem::new(ProblemCode::WrongTus).with("supported", TUS_VERSION));
    }
    token(headers)
}

/// A number of bytes: digits only, nothing else.
fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Problem> {
    let digits = text(headers, name).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Problem::new(ProblemCode::BadUpload).with("header", name))
}

/// Bytes of the whole file.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, UPLOAD_LENGTH)
}

/// Where a chunk begins.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, UPLOAD_OFFSET)
}

/// What is uploaded.
pub(super) fn metadata(headers: &HeaderMap) -> Result<Metadata, Problem> {
    Metadata::from_header(text(headers, UPLOAD_METADATA).unwrap_or_default())
        .map_err(|error| Problem::new(ProblemCode::BadUpload).with("reason", error.code()))
}

/// Whether the body is a chunk of an upload.
pub(super) fn is_chunk(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str()) == Some(CHUNK_TYPE)
}

/// Bytes of the body, when it says so beforehand.
pub(super) fn announced(headers: &HeaderMap) -> Option<u64> {
    number(headers, "content-length").ok()
}

/// The method that a POST stands for, behind a proxy that lets no other through.
pub(super) fn overridden(headers: &HeaderMap) -> Option<&str> {
    text(headers, METHOD_OVERRIDE)
}

/// The id of an upload in its address.
pub(super) fn id(upload: &str) -> Result<UploadId, Problem> {
    let bytes = HEXLOWER.decode(upload.as_bytes()).unwrap_or_default();
    UploadId::try_from(bytes).map_err(|_| ProblemCode::UploadUnknown.into())
}

/// The digest that a chunk must have.
pub(super) struct Checksum {
    context: Context,
    expected: Vec<u8>,
}

impl Checksum {
    /// Reads the header, when there is one.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        if !headers.contains_key(UPLOAD_CHECKSUM) {
            return Ok(None);
        }
        let bad = || Problem::new(ProblemCode::BadUpload).with("header", UPLOAD_CHECKSUM);
        let said = text(headers, UPLOAD_CHECKSUM).and_then(|text| text.split_once(' '));
        let (name, digest) = said.ok_or_else(bad)?;
        let algorithm = match name {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return Err(bad()),
        };
        let expected = BASE64.decode(digest.as_bytes()).map_err(|_| bad())?;
        Ok(Some(Self { context: Context::new(algorithm), expected }))
    }

    /// Adds bytes of the chunk.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Whether the chunk is the one that was sent.
    pub(super) fn holds(self) -> bool {
        self.context.finish().as_ref() == self.expected.as_slice()
    }
}

/// An answer with the header that all of tus carries.
pub(super) fn answer(found: Result<Response, Problem>) -> Response {
    let mut response = found.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(TUS_RESUMABLE), HeaderValue::from_static(TUS_VERSION));
    headers.insert(HeaderName::from_static("tus-version"), HeaderValue::from_static(TUS_VERSION));
    headers.insert(PROTOCOL_HEADER, HeaderValue::from_static(PROTOCOL_VERSION));
    response
}

/// What this server can do.
pub(super) fn abilities() -> [(&'static str, String); 3] {
    [
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-checksum-algorithm", ALGORITHMS.to_owned()),
        ("tus-max-size", FileKind::Original.max_bytes().to_string()),
    ]
}

/// How far an upload is, and until when it can go on.
pub(super) fn progress(row: &UploadRow) -> [(&'static str, String); 2] {
    [
        (UPLOAD_OFFSET, row.arrived.to_string()),
        (UPLOAD_EXPIRES, http_date(row.last_ms.saturating_add(UPLOAD_LIFE_MS))),
    ]
}

/// RFC 9110, section 5.6.7.
fn http_date(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn numbers_are_digits_that_stand_once() {
        for (value, expected) in [("0", Some(0)), ("18446744073709551615", Some(u64::MAX))] {
            assert_eq!(offset(&with(&[(UPLOAD_OFFSET, value)])).ok(), expected);
        }
        for bad in ["", " 1", "+1", "-1", "1.0", "0x1", "１", "18446744073709551616", "1,1"] {
            assert!(offset(&with(&[(UPLOAD_OFFSET, bad)])).is_err(), "{bad:?}");
        }
        assert!(offset(&with(&[(UPLOAD_OFFSET, "1"), (UPLOAD_OFFSET, "1")])).is_err());
        assert!(offset(&HeaderMap::new()).is_err());
    }

    #[test]
    fn a_checksum_is_of_a_known_algorithm_and_told_apart() {
        let sums = [
            ("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", true),
            ("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", true),
            ("sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=", false),
            ("sha1 ", false),
        ];
        for (value, holds) in sums {
            let mut sum = Checksum::of(&with(&[(UPLOAD_CHECKSUM, value)])).unwrap().unwrap();
            sum.add(b"hello ");
            sum.add(b"world");
            assert_eq!(sum.holds(), holds, "{value}");
        }
        for bad in ["sha1", "md5 AAAA", "sha1 !", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", ""] {
            assert!(Checksum::of(&with(&[(UPLOAD_CHECKSUM, bad)])).is_err(), "{bad:?}");
        }
        assert!(Checksum::of(&HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(1_773_701_400_000), "Mon, 16 Mar 2026 22:50:00 GMT");
    }
}
