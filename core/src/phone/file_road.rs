//! The road for files, as a trait; and the usual one, tus over HTTP (`docs/protocol/files.md`). What the
//! court answers is checked before it counts: an address is reduced to its last segment, an offset must
//! lie where it can.

use data_encoding::BASE64;

use super::transport::{HttpTransport, TransportError, from_court, header, read_body};
use crate::id::{BlobHash, sha256};
use crate::sync::files::{
    AS, CHUNK_TYPE, FILES, FileKind, Metadata, TUS_RESUMABLE, TUS_VERSION, UPLOAD_CHECKSUM,
    UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, UPLOADS,
};
use crate::sync::token::TOKEN_HEADER;

const MAX_UPLOAD_ID: usize = 64;

/// An upload at the court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its name there: letters, digits, hyphens.
    pub upload: String,
    /// Bytes the court has of it.
    pub offset: u64,
}

/// Carries files to the court and from it.
pub trait FileRoad {
    /// Announces a file. The same person announcing it again gets the same upload with what the court
    /// has of it, so an upload needs no memory on the phone; of a file that is there, all of it.
    fn begin(
        &self,
        court: &str,
        file: Metadata,
        bytes: u64,
        token: &str,
    ) -> Result<Begun, TransportError>;

    /// Appends `chunk` at `offset`; gives the new offset.
    fn append(
        &self,
        court: &str,
        upload: &str,
        offset: u64,
        chunk: &[u8],
        token: &str,
    ) -> Result<u64, TransportError>;

    /// A file, or what was made from it, of at most `most` bytes.
    fn fetch(
        &self,
        court: &str,
        hash: BlobHash,
        kind: FileKind,
        most: usize,
        token: &str,
    ) -> Result<Vec<u8>, TransportError>;
}

impl FileRoad for HttpTransport {
    fn begin(
        &self,
        court: &str,
        file: Metadata,
        bytes: u64,
        token: &str,
    ) -> Result<Begun, TransportError> {
        let request = self
            .request(reqwest::Method::POST, court, UPLOADS)
            .header(UPLOAD_LENGTH, bytes)
            .header(UPLOAD_METADATA, file.to_header());
        let answer = send(request, token)?;
        let location = header(&answer, "location");
        let upload = location.rsplit('/').next().unwrap_or_default();
        let named = upload.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if upload.is_empty() || upload.len() > MAX_UPLOAD_ID || !named {
            return Err(TransportError::NotTheServer(answer.status().as_u16()));
        }
        Ok(Begun { upload: upload.to_owned(), offset: offset_of(&answer)? })
    }

    fn append(
        &self,
        court: &str,
        upload: &str,
        offset: u64,
        chunk: &[u8],
        token: &str,
    ) -> Result<u64, TransportError> {
        let request = self
            .request(reqwest::Method::PATCH, court, &format!("{UPLOADS}/{upload}"))
            .header("content-type", CHUNK_TYPE)
            .header(UPLOAD_OFFSET, offset)
            .header(UPLOAD_CHECKSUM, format!("sha256 {}", BASE64.encode(&sha256(chunk))))
            .body(chunk.to_vec());
        offset_of(&send(request, token)?)
    }

    fn fetch(
        &self,
        court: &str,
        hash: BlobHash,
        kind: FileKind,
        most: usize,
        token: &str,
    ) -> Result<Vec<u8>, TransportError> {
        let mut path = format!("{FILES}/{hash}");
        if kind != FileKind::Original {
            path.push_str(&format!("?{AS}={}", kind.code()));
        }
        read_body(send(self.request(reqwest::Method::GET, court, &path), token)?, most)
    }
}

/// Sends a request; only the court's own success counts.
fn send(
    request: reqwest::blocking::RequestBuilder,
    token: &str,
) -> Result<reqwest::blocking::Response, TransportError> {
    let answer = request
        .header(TUS_RESUMABLE, TUS_VERSION)
        .header(TOKEN_HEADER, token)
        .send()
        .map_err(|_| TransportError::Unreachable)?;
    from_court(answer)
}

fn offset_of(answer: &reqwest::blocking::Response) -> Result<u64, TransportError> {
    let offset = header(answer, UPLOAD_OFFSET).parse();
    offset.map_err(|_| TransportError::NotTheServer(answer.status().as_u16()))
}
