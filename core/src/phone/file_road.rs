//! The road for files, as a trait; and the usual one, tus and ranges over HTTP (`docs/protocol/files.md`).
//! What the court answers is checked before it counts: an address is reduced to its last segment, an offset
//! must lie where it can, a part must be the part that was asked for.

use data_encoding::BASE64;

use super::http::{HttpAnswer, HttpRequest};
use super::transport::{HttpTransport, TransportError, request};
use crate::id::{BlobHash, sha256};
use crate::sync::files::{
    AS, CHUNK_TYPE, FILES, FileKind, METHOD_OVERRIDE, Metadata, TUS_RESUMABLE, TUS_VERSION,
    UPLOAD_CHECKSUM, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, UPLOADS,
};
use crate::sync::token::TOKEN_HEADER;

const MAX_UPLOAD_ID: usize = 64;
/// A body that nobody looks at may have so many bytes.
const UNREAD: usize = 64 << 10;

/// Whom a request asks, and by what right.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The court's code.
    pub court: &'a str,
    /// The token, as its header has it.
    pub token: &'a str,
}

/// An upload at the court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its name there: letters, digits, hyphens.
    pub upload: String,
    /// Bytes the court has of it.
    pub offset: u64,
}

/// What is wanted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The original.
    pub hash: BlobHash,
    /// It, or a small picture of it.
    pub kind: FileKind,
    /// The first byte wanted.
    pub from: u64,
    /// How many bytes at most, one at least.
    pub most: usize,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The bytes from where they were wanted: as many as were wanted, or those to the file's end.
    pub bytes: Vec<u8>,
    /// Bytes of the whole file.
    pub total: u64,
}

/// Carries files to the court and from it.
pub trait FileRoad {
    /// Announces a file. The same person announcing it again gets the same upload with what the court
    /// has of it, so an upload needs no memory on the phone; of a file that is there, all of it.
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError>;

    /// Appends `chunk` at `begun.offset`; gives the new offset.
    fn append(&self, ask: Ask<'_>, begun: &Begun, chunk: &[u8]) -> Result<u64, TransportError>;

    /// The same as [`Self::append`] by other means, for roads on which that does not get through; a road that
    /// knows no other means tries the same again.
    fn append_instead(
        &self,
        ask: Ask<'_>,
        begun: &Begun,
        chunk: &[u8],
    ) -> Result<u64, TransportError> {
        self.append(ask, begun, chunk)
    }

    /// A part of a file, or of what was made from it.
    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError>;
}

impl FileRoad for HttpTransport {
    fn begin(&self, ask: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        let request = request("POST", ask.court, UPLOADS)
            .header(UPLOAD_LENGTH, bytes.to_string())
            .header(UPLOAD_METADATA, file.to_header());
        let answer = tus(self, request, ask, UNREAD)?;
        let upload = answer.header("location").rsplit('/').next().unwrap_or_default();
        let named = upload.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if upload.is_empty() || upload.len() > MAX_UPLOAD_ID || !named {
            return Err(TransportError::NotTheServer(answer.status));
        }
        Ok(Begun { upload: upload.to_owned(), offset: offset_of(&answer)? })
    }

    fn append(&self, ask: Ask<'_>, begun: &Begun, chunk: &[u8]) -> Result<u64, TransportError> {
        let request = request("PATCH", ask.court, &place(begun));
        offset_of(&tus(self, with_chunk(request, begun, chunk), ask, UNREAD)?)
    }

    /// POST: proxies that have never heard of PATCH let it through.
    fn append_instead(
        &self,
        ask: Ask<'_>,
        begun: &Begun,
        chunk: &[u8],
    ) -> Result<u64, TransportError> {
        let request = request("POST", ask.court, &place(begun)).header(METHOD_OVERRIDE, "PATCH");
        offset_of(&tus(self, with_chunk(request, begun, chunk), ask, UNREAD)?)
    }

    fn fetch(&self, ask: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        let mut path = format!("{FILES}/{}", part.hash);
        if part.kind != FileKind::Original {
            path.push_str(&format!("?{AS}={}", part.kind.code()));
        }
        let last = part.from.saturating_add(part.most as u64).saturating_sub(1);
        let request =
            request("GET", ask.court, &path).header("range", format!("bytes={}-{last}", part.from));
        let answer = tus(self, request, ask, part.most)?;
        let came = answer.body.len() as u64;
        let total = match (answer.status, shown(answer.header("content-range"))) {
            (200, _) if part.from == 0 => Some(came),
            (206, Some((first, end, total))) => {
                // All that was wanted, or all that there is.
                let whole = came == part.most as u64 || end == total;
                (first == part.from && end - first == came && whole).then_some(total)
            }
            _ => None,
        };
        let total = total.ok_or(TransportError::NotTheServer(answer.status))?;
        Ok(Piece { bytes: answer.body, total })
    }
}

fn place(begun: &Begun) -> String {
    format!("{UPLOADS}/{}", begun.upload)
}

fn with_chunk(request: HttpRequest, begun: &Begun, chunk: &[u8]) -> HttpRequest {
    request
        .header("content-type", CHUNK_TYPE)
        .header(UPLOAD_OFFSET, begun.offset.to_string())
        .header(UPLOAD_CHECKSUM, format!("sha256 {}", BASE64.encode(&sha256(chunk))))
        .body(chunk)
}

/// Sends a request; only the court's own success counts.
fn tus(
    road: &HttpTransport,
    request: HttpRequest,
    ask: Ask<'_>,
    most: usize,
) -> Result<HttpAnswer, TransportError> {
    let request = request.header(TUS_RESUMABLE, TUS_VERSION).header(TOKEN_HEADER, ask.token);
    road.send(request, most)
}

fn offset_of(answer: &HttpAnswer) -> Result<u64, TransportError> {
    let offset = answer.header(UPLOAD_OFFSET).parse();
    offset.map_err(|_| TransportError::NotTheServer(answer.status))
}

/// The first byte, the end and the total of `bytes 0-99/500`: `(0, 100, 500)`.
fn shown(range: &str) -> Option<(u64, u64, u64)> {
    let (part, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let (first, end) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?.checked_add(1)?);
    let total = total.parse::<u64>().ok()?;
    (first < end && end <= total).then_some((first, end, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_or_is_none() {
        assert_eq!(shown("bytes 0-99/500"), Some((0, 100, 500)));
        assert_eq!(shown("bytes 499-499/500"), Some((499, 500, 500)));
        for nonsense in [
            "",
            "bytes */500",
            "bytes 0-500/500",
            "bytes 5-4/500",
            "bytes 0-99/*",
            "bytes 0-18446744073709551615/18446744073709551615",
            "lines 0-1/2",
        ] {
            assert_eq!(shown(nonsense), None, "{nonsense}");
        }
    }
}
