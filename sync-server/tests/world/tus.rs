//! Files of evidence: records that name them, and somebody who uploads and reads them by HTTP.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Once;
use std::time::Duration;

use lastmile_core::document::{Fields, Intent};
use lastmile_core::id::{BlobHash, DocumentId, sha256};
use lastmile_core::identity::Signed;
use lastmile_core::sync::files::{FileKind, Metadata, file_purpose, upload_purpose};
use lastmile_core::sync::token::{RequestToken, TOKEN_HEADER, to_header};
use lastmile_core::sync::{PROTOCOL_HEADER, PROTOCOL_VERSION};
use lastmile_core::time::{Entropy, SystemEntropy};
use lastmile_core::value::Value;
use reqwest::blocking::{Client, RequestBuilder, Response};

use super::{COURT, Device, MORNING_MS};

/// Bytes that begin like a JPEG and are like no others.
pub fn picture(seed: u32, bytes: usize) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8, 0xff, 0xe0];
    let mut state = u64::from(seed) + 1;
    while out.len() < bytes {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(bytes);
    out
}

pub fn hash_of(bytes: &[u8]) -> BlobHash {
    BlobHash(sha256(bytes))
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().unwrap().to_vec() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn offset(&self) -> u64 {
        self.header("upload-offset").parse().unwrap()
    }

    /// Status and code of the problem.
    pub fn problem(&self) -> (u16, String) {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        (self.status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// A device that uploads.
pub struct Sender<'a> {
    pub device: &'a Device,
    pub at_ms: i64,
    client: Client,
}

impl Device {
    /// Adds a photo of these bytes to a record.
    pub fn photo(&self, record: DocumentId, bytes: &[u8]) -> BlobHash {
        let hash = hash_of(bytes);
        let fields = Fields::from([
            ("hash".to_owned(), Value::Bytes(hash.0.to_vec())),
            ("bytes".to_owned(), Value::Int(i64::try_from(bytes.len()).unwrap())),
            ("mime".to_owned(), "image/jpeg".into()),
        ]);
        let add = Intent::Add { verb: "add_photo".into(), item: self.phone.new_item(), fields };
        self.phone.act(record, &add).unwrap();
        hash
    }

    /// A seizure with one photo, on the server.
    pub fn photographed(&self, bytes: &[u8]) -> DocumentId {
        let record = self.seizure();
        self.photo(record, bytes);
        self.sync();
        record
    }

    pub fn sender(&self) -> Sender<'_> {
        static PROVIDER: Once = Once::new();
        // Sets up what the HTTP client needs, TLS or not.
        PROVIDER.call_once(|| drop(self.transport()));
        let client = Client::builder().tls_certs_only(Vec::new()).no_proxy().build().unwrap();
        Sender { device: self, at_ms: MORNING_MS, client }
    }
}

impl Sender<'_> {
    pub fn token(&self, purpose: String) -> String {
        let body = RequestToken {
            court: COURT.into(),
            certificate: self.device.phone.signed_in().unwrap().certificate,
            purpose,
            at_ms: self.at_ms,
            nonce: SystemEntropy.bytes16(),
            body: sha256(&[]),
        };
        to_header(&Signed::seal(&body, &*self.device.signer).unwrap())
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("/v1/") {
            format!("{}{path}", self.device.url)
        } else {
            format!("{}/v1/courts/{COURT}/{path}", self.device.url)
        }
    }

    /// A request about the upload of `hash`.
    pub fn request(&self, method: &str, path: &str, hash: BlobHash) -> RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client
            .request(method, self.address(path))
            .timeout(Duration::from_mins(1))
            .header("tus-resumable", "1.0.0")
            .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
            .header(TOKEN_HEADER, self.token(upload_purpose(hash)))
    }

    pub fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request.send().unwrap())
    }

    pub fn begin_as(&self, what: Metadata, length: u64) -> Answer {
        let request = self.request("POST", "uploads", what.hash);
        let request = request.header("upload-length", length);
        self.send(request.header("upload-metadata", what.to_header()))
    }

    pub fn begin(&self, bytes: &[u8]) -> Answer {
        self.begin_as(Metadata::original(hash_of(bytes)), bytes.len() as u64)
    }

    /// The place of a new upload of these bytes.
    pub fn place(&self, bytes: &[u8]) -> String {
        let answer = self.begin(bytes);
        assert_eq!(answer.status, 201, "{:?}", answer.problem());
        answer.header("location").to_owned()
    }

    pub fn patch(&self, place: &str, hash: BlobHash, offset: u64, chunk: &[u8]) -> Answer {
        let request = self
            .request("PATCH", place, hash)
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream");
        self.send(request.body(chunk.to_vec()))
    }

    pub fn head(&self, place: &str, hash: BlobHash) -> Answer {
        self.send(self.request("HEAD", place, hash))
    }

    /// Uploads all of it.
    pub fn upload(&self, bytes: &[u8]) -> Answer {
        let place = self.place(bytes);
        self.patch(&place, hash_of(bytes), 0, bytes)
    }

    pub fn upload_derived(&self, kind: FileKind, of: BlobHash, bytes: &[u8]) -> Answer {
        let what = Metadata { hash: hash_of(bytes), kind, of: Some(of) };
        let begun = self.begin_as(what, bytes.len() as u64);
        if begun.status != 201 {
            return begun;
        }
        self.patch(begun.header("location"), what.hash, begun.offset(), bytes)
    }

    pub fn read_request(&self, hash: BlobHash, query: &str) -> RequestBuilder {
        self.client
            .get(self.address(&format!("files/{hash}{query}")))
            .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
            .header(TOKEN_HEADER, self.token(file_purpose(hash)))
    }

    pub fn read(&self, hash: BlobHash) -> Answer {
        self.send(self.read_request(hash, ""))
    }

    /// Sends the head of a PATCH and part of its body over a connection of its own, which stays open as
    /// long as the answer lives.
    pub fn half_a_patch(
        &self,
        place: &str,
        hash: BlobHash,
        offset: u64,
        announced: usize,
        part: &[u8],
    ) -> TcpStream {
        let host = self.device.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let token = self.token(upload_purpose(hash));
        write!(
            stream,
            "PATCH {place} HTTP/1.1\r\nhost: {host}\r\ntus-resumable: 1.0.0\r\n\
             {PROTOCOL_HEADER}: {PROTOCOL_VERSION}\r\n{TOKEN_HEADER}: {token}\r\n\
             content-type: application/offset+octet-stream\r\nupload-offset: {offset}\r\n\
             content-length: {announced}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(part).unwrap();
        stream.flush().unwrap();
        stream
    }

    /// Where the upload is once nobody writes to it any more and it is at `at`; asks until it is.
    pub fn until_at(&self, place: &str, hash: BlobHash, at: u64) -> u64 {
        for _ in 0..2_000 {
            let now = self.head(place, hash).offset();
            if now >= at {
                return now;
            }
            std::thread::yield_now();
        }
        self.head(place, hash).offset()
    }
}
