//! The request and its answer as one signed text message each: at most 160 characters of the GSM 03.38 basic
//! alphabet, made of letters, digits, `-` and `.` only, which every gateway passes on unchanged. Format and
//! vectors: `docs/protocol/sms.md`.
//!
//! ```text
//! LM1: base64url(body of 52 bytes, signature of 64 bytes), with `.` in the place of `_`
//!      kind · certificate, first 6 bytes · record · number · time · what the kind says · zeros
//! ```
//!
//! The signature covers court and body, so that a message of one court is none of another. Text messages are
//! repeated, late and out of order: the record's id and a number that rises say what is new ([`arrival`]).
//! Nothing is shown before the signature was verified. The one a person reads is [`super::plain`].

mod body;
mod content;

use data_encoding::BASE64URL_NOPAD;

use self::body::{BODY_LEN, CERTIFICATE_LEN, decode, encode};
pub(super) use self::content::gravest;
pub use self::content::{Answer, Content, Digits, Help, Message};
use crate::id::CertificateId;
use crate::identity::canonical::Writer;
use crate::identity::certificate::purpose;
use crate::identity::{
    Certificate, CertificateKind, Directory, SignError, Signature, SignatureError, Signer,
};
use crate::records::Role;

/// Longest message, characters; one SMS.
pub const MAX_CHARS: usize = 160;
/// What every message of this version opens with.
pub const PREFIX: &str = "LM1:";

const TEXT_LEN: usize = PREFIX.len() + (BODY_LEN + Signature::LEN) * 4 / 3 + 1;

/// Why a text message was refused. Nothing was taken from it; the gateway keeps the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmsError {
    /// Some other text.
    #[error("not a message of ours")]
    NotOurs,
    /// Of a version this program does not know.
    #[error("the message needs a newer program")]
    Version,
    /// Cut short or longer than one message.
    #[error("the message is cut short or too long")]
    Length,
    /// A character that is not in the alphabet, or spare bits that are not zero.
    #[error("the message holds characters that do not belong there")]
    Alphabet,
    /// A field is outside its bounds.
    #[error("field `{0}` of the message is outside its bounds")]
    Field(&'static str),
    /// No certificate of this court begins like that; it may still arrive.
    #[error("the signing certificate is not known")]
    UnknownCertificate,
    /// Who signed may not say this.
    #[error("the signing certificate may not say this")]
    NotEntitled,
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl SmsError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs => "sms_not_ours",
            Self::Version => "sms_version",
            Self::Length => "sms_length",
            Self::Alphabet => "sms_alphabet",
            Self::Field(_) => "sms_field",
            Self::UnknownCertificate => "sms_certificate_unknown",
            Self::NotEntitled => "sms_not_entitled",
            Self::Signature(error) => error.code(),
            Self::Sign(error) => error.code(),
        }
    }
}

/// A message and who signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// What it says.
    pub message: Message,
    /// Whose certificate.
    pub certificate: CertificateId,
    /// That certificate was withdrawn: shown, and no reason to leave anybody alone.
    pub withdrawn: bool,
}

/// Makes the text of a message.
pub fn write(
    message: &Message,
    court: &str,
    certificate: CertificateId,
    signer: &dyn Signer,
) -> Result<String, SmsError> {
    let body = encode(message, certificate)?;
    let signature = signer.sign(&signed_bytes(court, &body))?;
    let mut bytes = body.to_vec();
    bytes.extend(signature.as_bytes());
    Ok(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes).replace('_', ".")))
}

/// Reads and verifies a message. Space around it is passed over, nothing else.
pub fn read(text: &str, directory: &Directory) -> Result<Heard, SmsError> {
    let (body, signature) = unpack(text)?;
    let (prefix, message) = decode(&body)?;
    let signed = signed_bytes(directory.court(), &body);
    let mut answer = SmsError::UnknownCertificate;
    for (id, certificate) in directory.certificates() {
        if id.0[..CERTIFICATE_LEN] != prefix {
            continue;
        }
        let certificate = certificate.payload();
        let Some(key) = certificate.signing_key() else { continue };
        match key.verify(&signed, &signature) {
            Ok(()) if may_say(certificate, &message.content) => {
                let withdrawn = directory.withdrawn(&id).is_some();
                return Ok(Heard { message, certificate: id, withdrawn });
            }
            Ok(()) => answer = SmsError::NotEntitled,
            Err(error) => answer = error.into(),
        }
    }
    Err(answer)
}

fn may_say(certificate: &Certificate, content: &Content) -> bool {
    let crew = [Role::Officer, Role::Clerk, Role::JudicialPolice];
    let person = certificate.kind == CertificateKind::Person && certificate.serves(purpose::RECORD);
    let of_crew = person && crew.iter().any(|role| certificate.has_role(*role));
    match content {
        Content::Help(_) => of_crew || (person && certificate.has_role(Role::Command)),
        Content::Withdraw { .. } => of_crew,
        Content::Answer(_) => certificate.kind == CertificateKind::Server,
    }
}

/// What a message is beside those that were heard of the same sender and request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It counts.
    New,
    /// Heard before: delivered twice, or sent again by anybody.
    Again,
    /// Overtaken by a later one.
    Older,
}

/// Compares a message's number with the highest one heard from this certificate about this request.
pub fn arrival(highest: Option<u16>, number: u16) -> Arrival {
    match highest {
        Some(highest) if number == highest => Arrival::Again,
        Some(highest) if number < highest => Arrival::Older,
        _ => Arrival::New,
    }
}

fn signed_bytes(court: &str, body: &[u8]) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(4);
    out.text("lastmile-sms");
    out.uint(1);
    out.text(court);
    out.bytes(body);
    out.into_bytes()
}

fn unpack(text: &str) -> Result<([u8; BODY_LEN], Signature), SmsError> {
    if text.len() > 4 * MAX_CHARS {
        return Err(SmsError::Length);
    }
    let text = text.trim();
    let Some(packed) = text.strip_prefix(PREFIX) else {
        let other = text.strip_prefix("LM").and_then(|rest| rest.split_once(':'));
        let version = other.is_some_and(|(version, _)| {
            (1..=3).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit())
        });
        return Err(if version { SmsError::Version } else { SmsError::NotOurs });
    };
    if text.len() != TEXT_LEN {
        return Err(SmsError::Length);
    }
    if packed.contains('_') {
        return Err(SmsError::Alphabet);
    }
    // Strict: unknown characters and spare bits are refused, so that a message has one text.
    let bytes = BASE64URL_NOPAD
        .decode(packed.replace('.', "_").as_bytes())
        .map_err(|_| SmsError::Alphabet)?;
    let (body, signature) = bytes.split_first_chunk::<BODY_LEN>().ok_or(SmsError::Length)?;
    Ok((*body, Signature::from_bytes(signature)?))
}

#[cfg(test)]
mod tests;
