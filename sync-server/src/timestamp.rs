//! Timestamps of checkpoints by an authority outside the court (RFC 3161): whoever doubts the court's clock
//! can hold its log against somebody else's. Off unless an administrator runs `timestamp`, from a timer.
//!
//! The court speaks to no authority itself: an [`Authority`] takes the request and gives the answer, and the
//! one that comes with the program is a command (an HTTP client, a device of the house). What is asked for
//! is a timestamp of SHA-256 over the signed note. The answer is held against the question, as far as that
//! needs no trust: granted, our digest, our nonce. Whether the authority's signature holds is for whoever
//! trusts that authority to say, with a tool of his own choice (`openssl ts -verify`); the token is kept as
//! it came.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lastmile_core::id::sha256;
use lastmile_core::time::Entropy;
use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use crate::server::Server;
use crate::store::{StoreError, TimestampRow};

/// Longest answer, bytes: a token with its certificates has a few thousand.
pub const MAX_ANSWER: u64 = 65_536;
/// Longest name of an authority, bytes.
pub const MAX_NAME: usize = 64;
/// How long a command may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// SHA-256 as an object identifier, without tag and length.
const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// Somebody who says what time it is, and signs it.
pub trait Authority {
    /// What the court calls it.
    fn name(&self) -> &str;

    /// The answer (`TimeStampResp`, DER) to a request (`TimeStampReq`, DER).
    fn stamp(&self, request: &[u8]) -> Result<Vec<u8>, TimestampError>;
}

/// No timestamp was kept.
#[derive(Debug, thiserror::Error)]
pub enum TimestampError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is nothing to stamp.
    #[error("this court has no checkpoint yet")]
    NoCheckpoint,
    /// The name.
    #[error("an authority's name has 1 to {MAX_NAME} letters, digits and `_.-`")]
    Name,
    /// The authority was not reached.
    #[error("the authority gave no answer: {0}")]
    NoAnswer(String),
    /// It answered something else.
    #[error("the authority's answer is no timestamp: {0}")]
    NoTimestamp(&'static str),
    /// It stamped something else.
    #[error("the authority's timestamp is of something else: {0}")]
    OtherSubject(&'static str),
}

impl TimestampError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::NoCheckpoint => "timestamp_no_checkpoint",
            Self::Name => "timestamp_name",
            Self::NoAnswer(_) => "timestamp_no_answer",
            Self::NoTimestamp(_) => "timestamp_unreadable",
            Self::OtherSubject(_) => "timestamp_other_subject",
        }
    }
}

/// Has the newest checkpoint stamped, unless this authority stamped it before; gives its size, and whether
/// the timestamp is new.
pub fn stamp_newest(
    server: &Server,
    authority: &dyn Authority,
    entropy: &dyn Entropy,
) -> Result<(u64, bool), TimestampError> {
    let name = authority.name();
    let sane = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(sane) {
        return Err(TimestampError::Name);
    }
    let newest = server
        .store()
        .read::<_, StoreError>(|reading| server.sequencer().newest(reading))?
        .ok_or(TimestampError::NoCheckpoint)?;
    let stamped =
        server.store().read::<_, StoreError>(|reading| reading.timestamps(newest.size))?;
    if stamped.iter().any(|row| row.origin == newest.origin && row.authority == name) {
        return Ok((newest.size, false));
    }
    let digest = sha256(&newest.note);
    let mut nonce = [0_u8; 8];
    entropy.fill(&mut nonce);
    // A positive number of exactly this length, as DER writes it.
    nonce[0] = (nonce[0] & 0x7f) | 0x40;
    let token = authority.stamp(&request(&digest, nonce))?;
    check(&token, &digest, nonce)?;
    let row = TimestampRow {
        origin: newest.origin,
        size: newest.size,
        authority: name.to_owned(),
        token,
        made_ms: server.now_ms(),
    };
    server.store().write::<_, StoreError>(|writing| writing.put_timestamp(&row))?;
    Ok((row.size, true))
}

/// `TimeStampReq`: version 1, SHA-256, a nonce, and please send your certificate along.
fn request(digest: &[u8; 32], nonce: [u8; 8]) -> Vec<u8> {
    let mut out = vec![0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09];
    out.extend(SHA256);
    out.extend([0x05, 0x00, 0x04, 0x20]);
    out.extend(digest);
    out.extend([0x02, 0x08]);
    out.extend(nonce);
    out.extend([0x01, 0x01, 0xff]);
    out
}

/// Whether an answer is a granted timestamp of `digest` for the request with this nonce.
fn check(answer: &[u8], digest: &[u8; 32], nonce: [u8; 8]) -> Result<(), TimestampError> {
    let bad = TimestampError::NoTimestamp;
    if answer.len() as u64 > MAX_ANSWER {
        return Err(bad("too long"));
    }
    let answer = parts(whole(answer)?, Tag::Sequence)?;
    let status = parts(*answer.first().ok_or(bad("empty"))?, Tag::Sequence)?;
    let granted = status.first().is_some_and(|code| matches!(code.value(), [0 | 1]));
    if !granted {
        return Err(bad("not granted"));
    }
    // ContentInfo → SignedData → encapsulated content → TSTInfo
    let content = parts(*answer.get(1).ok_or(bad("no token"))?, Tag::Sequence)?;
    let signed = parts(inside(*content.get(1).ok_or(bad("no content"))?)?, Tag::Sequence)?;
    let encapsulated = parts(*signed.get(2).ok_or(bad("nothing signed"))?, Tag::Sequence)?;
    let octets = inside(*encapsulated.get(1).ok_or(bad("nothing encapsulated"))?)?;
    if octets.tag() != Tag::OctetString {
        return Err(bad("no octets"));
    }
    let info = parts(whole(octets.value())?, Tag::Sequence)?;
    let imprint = parts(*info.get(2).ok_or(bad("no imprint"))?, Tag::Sequence)?;
    let algorithm = parts(*imprint.first().ok_or(bad("no algorithm"))?, Tag::Sequence)?;
    if algorithm.first().is_none_or(|id| id.value() != SHA256)
        || imprint.get(1).is_none_or(|hash| hash.value() != digest)
    {
        return Err(TimestampError::OtherSubject("another digest"));
    }
    // After version, policy, imprint and serial the only integer is the nonce.
    let said = info.iter().skip(4).find(|part| part.tag() == Tag::Integer);
    if said.is_none_or(|said| said.value() != nonce) {
        return Err(TimestampError::OtherSubject("another nonce"));
    }
    Ok(())
}

/// The one value that these bytes are.
fn whole(bytes: &[u8]) -> Result<AnyRef<'_>, TimestampError> {
    AnyRef::from_der(bytes).map_err(|_| TimestampError::NoTimestamp("not DER"))
}

/// The one value inside an explicit tag.
fn inside(value: AnyRef<'_>) -> Result<AnyRef<'_>, TimestampError> {
    whole(value.value())
}

/// The values inside a constructed one.
fn parts(value: AnyRef<'_>, tag: Tag) -> Result<Vec<AnyRef<'_>>, TimestampError> {
    let bad = || TimestampError::NoTimestamp("not DER");
    if value.tag() != tag {
        return Err(bad());
    }
    let mut reader = SliceReader::new(value.value()).map_err(|_| bad())?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).map_err(|_| bad())?);
    }
    Ok(parts)
}

/// An authority behind a command: the request on its standard input, the answer on its standard output.
#[derive(Debug, Clone)]
pub struct ByCommand {
    /// What the court calls the authority.
    pub name: String,
    /// The program; it gets no arguments.
    pub program: PathBuf,
}

impl Authority for ByCommand {
    fn name(&self) -> &str {
        &self.name
    }

    fn stamp(&self, request: &[u8]) -> Result<Vec<u8>, TimestampError> {
        let failed = |error: std::io::Error| TimestampError::NoAnswer(error.to_string());
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (mut input, output) = (child.stdin.take(), child.stdout.take());
        let request = request.to_vec();
        // A request fits into the pipe's buffer; a program that reads nothing is its own affair.
        let _ = input.as_mut().map(|input| input.write_all(&request));
        drop(input);
        let reading = std::thread::spawn(move || {
            let mut answer = Vec::new();
            let most = MAX_ANSWER + 1;
            output.map(|output| output.take(most).read_to_end(&mut answer)).transpose()?;
            Ok::<_, std::io::Error>(answer)
        });
        ended(&mut child)?;
        let answer = reading.join();
        answer.map_err(|_| TimestampError::NoAnswer("no output".to_owned()))?.map_err(failed)
    }
}

/// Waits for a command, and ends one that takes too long.
fn ended(child: &mut Child) -> Result<(), TimestampError> {
    let no_answer = TimestampError::NoAnswer;
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(no_answer(status.to_string())),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            late => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(no_answer(late.err().map_or("too slow".to_owned(), |e| e.to_string())));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
