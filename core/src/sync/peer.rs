//! The messages of phone to phone. Both sides say who they are and prove it, name the channels they
//! can share with fingerprints of what they have, and hand over what the other lacks.
//!
//! ```text
//! initiator                         responder
//! Hello {court, certificates, nonce}  ─►
//!                                   ◄─  Hello
//! Proof {signature over both nonces}  ─►
//!                                   ◄─  Proof
//! Have {channel, fingerprints}*       ─►
//!                                   ◄─  Have
//! Give {certificates, changes}        ─►
//!                                   ◄─  Give
//! ```
//!
//! Each message is a 4-byte big-endian length and a [`super::frame`].

use std::io::{Read, Write};

use super::batch::{self, DamagedRow, SignedChange};
use super::channel::MAX_NAME;
use super::frame::{self, FrameError};
use super::request::{MAX_CERTIFICATES, MAX_CHANNELS, MAX_FINGERPRINTS};
use crate::id::CertificateId;
use crate::identity::canonical::{CanonicalError, Reader, Writer};

/// The stream or a message on it failed.
#[derive(Debug, thiserror::Error)]
pub enum PeerStreamError {
    /// The stream broke.
    #[error("the connection to the other phone broke")]
    Broken(#[from] std::io::Error),
    /// A frame is damaged or too large.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A message does not follow the protocol.
    #[error(transparent)]
    Message(#[from] CanonicalError),
}

/// Who a phone says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Court code.
    pub court: String,
    /// The person's certificate.
    pub certificate: CertificateId,
    /// That certificate and those above it.
    pub certificates: Vec<Vec<u8>>,
    /// Fresh random bytes.
    pub nonce: [u8; 16],
}

impl Hello {
    /// The message.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(5);
        out.uint(1);
        out.text(&self.court);
        out.bytes(self.certificate.as_bytes());
        write_certificates(&mut out, &self.certificates);
        out.bytes(&self.nonce);
        out.into_bytes()
    }

    /// Reads the message.
    pub fn decode(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let mut input = Reader::new(bytes);
        input.array_of(5)?;
        let version = input.uint()?;
        if version != 1 {
            return Err(CanonicalError::UnsupportedVersion { tag: "peer-hello", version });
        }
        let hello = Self {
            court: input.text(32, "court")?.to_owned(),
            certificate: CertificateId(input.fixed("certificate")?),
            certificates: read_certificates(&mut input)?,
            nonce: input.fixed("nonce")?,
        };
        input.finish()?;
        Ok(hello)
    }
}

/// The message that a phone signs to prove that it holds the key of its certificate, now and to this
/// very peer.
pub fn proof_message(own: &Hello, other: &Hello) -> Vec<u8> {
    [b"lastmile-peer-v1".as_slice(), own.certificate.as_bytes(), &own.nonce, &other.nonce].concat()
}

/// What a phone has of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// Channel name.
    pub channel: String,
    /// Fingerprints of its changes.
    pub fingerprints: Vec<[u8; 8]>,
}

/// Writes what a phone has of the channels it may share.
pub fn encode_have(have: &[Have]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(have.len() as u64);
    for channel in have {
        out.array(2);
        out.text(&channel.channel);
        out.bytes(&channel.fingerprints.concat());
    }
    out.into_bytes()
}

/// Reads what the other phone has.
pub fn decode_have(bytes: &[u8]) -> Result<Vec<Have>, CanonicalError> {
    let mut input = Reader::new(bytes);
    let mut have = Vec::new();
    for _ in 0..input.array_up_to(MAX_CHANNELS, "channels")? {
        input.array_of(2)?;
        let channel = input.text(MAX_NAME, "channel")?.to_owned();
        let fingerprints = input
            .bytes(8 * MAX_FINGERPRINTS, "fingerprints")?
            .chunks(8)
            .map(|print| {
                print.try_into().map_err(|_| CanonicalError::Bound { field: "fingerprints" })
            })
            .collect::<Result<_, _>>()?;
        have.push(Have { channel, fingerprints });
    }
    input.finish()?;
    Ok(have)
}

/// Writes changes with the certificates of their authors.
pub fn encode_give(certificates: &[Vec<u8>], changes: &[SignedChange]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(2);
    write_certificates(&mut out, certificates);
    batch::write(&mut out, changes);
    out.into_bytes()
}

/// Reads what the other phone gives: certificates, and changes row by row.
#[allow(clippy::type_complexity)] // two lists, named by the doc line above
pub fn decode_give(
    bytes: &[u8],
    court: &str,
) -> Result<(Vec<Vec<u8>>, Vec<Result<SignedChange, DamagedRow>>), CanonicalError> {
    let mut input = Reader::new(bytes);
    input.array_of(2)?;
    let certificates = read_certificates(&mut input)?;
    let changes = batch::read(&mut input, court)?;
    input.finish()?;
    Ok((certificates, changes))
}

/// Sends one message.
pub fn send(stream: &mut impl Write, message: &[u8]) -> Result<usize, PeerStreamError> {
    let sealed = frame::seal(message)?;
    let length = u32::try_from(sealed.len()).map_err(|_| FrameError::TooLarge)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&sealed)?;
    stream.flush()?;
    Ok(sealed.len() + 4)
}

/// Receives one message; memory grows with what really arrives, not with what is announced.
pub fn receive(stream: &mut impl Read) -> Result<Vec<u8>, PeerStreamError> {
    let mut length = [0_u8; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > frame::MAX_COMPRESSED {
        return Err(FrameError::TooLarge.into());
    }
    let mut sealed = Vec::new();
    stream.take(length as u64).read_to_end(&mut sealed)?;
    if sealed.len() < length {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(frame::open(&sealed)?)
}

fn write_certificates(out: &mut Writer, certificates: &[Vec<u8>]) {
    out.array(certificates.len() as u64);
    for certificate in certificates {
        out.bytes(certificate);
    }
}

fn read_certificates(input: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, CanonicalError> {
    let mut certificates = Vec::new();
    for _ in 0..input.array_up_to(MAX_CERTIFICATES, "certificates")? {
        certificates.push(input.bytes(4_096, "certificate")?.to_vec());
    }
    Ok(certificates)
}
