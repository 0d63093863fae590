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

use data_encoding::BASE64URL_NOPAD;

use super::call::Call;
use super::life::Life;
use super::step::StepCode;
use crate::geo::Datum;
use crate::id::{CertificateId, DocumentId};
use crate::identifier::coordinate::Coordinate;
use crate::identity::canonical::Writer;
use crate::identity::certificate::purpose;
use crate::identity::{CertificateKind, Directory, SignError, Signature, SignatureError, Signer};
use crate::records::Role;

/// Longest message, characters; one SMS.
pub const MAX_CHARS: usize = 160;
/// What every message of this version opens with.
pub const PREFIX: &str = "LM1:";
/// 2020-01-01T00:00:00Z, from which messages count seconds.
pub const SINCE_MS: i64 = 1_577_836_800_000;

const BODY_LEN: usize = 52;
const CERTIFICATE_LEN: usize = 6;
const TEXT_LEN: usize = PREFIX.len() + (BODY_LEN + Signature::LEN) * 4 / 3 + 1;

/// Situations in the order of their numbers, from 1; 0 is "not said". A number is never given away anew.
const SITUATIONS: [&str; 7] =
    ["blockade", "surrounding", "threat", "violence", "self_harm", "property_damage", "other"];
/// Needs in the order of their bits, from the lowest.
const NEEDS: [&str; 6] =
    ["officers", "crowd_control", "ambulance", "fire_service", "evidence", "custody"];
/// Steps a phone may be told, in the order of their numbers, from 1.
const STEP_NUMBERS: [StepCode; 13] = [
    StepCode::Received,
    StepCode::Alerted,
    StepCode::Acknowledged,
    StepCode::Declined,
    StepCode::Transferred,
    StepCode::UnitSent,
    StepCode::Eta,
    StepCode::Arrived,
    StepCode::Escalated,
    StepCode::CancelConfirmed,
    StepCode::Closed,
    StepCode::FalseAlarm,
    StepCode::Reopened,
];

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

/// What is told, compact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Help {
    /// Latitude and longitude in WGS-84, 1e-7 degrees.
    pub at_e7: Option<(i32, i32)>,
    /// Accuracy, metres, 0 to 65,534.
    pub accuracy_m: Option<u16>,
    /// Age of the fix, minutes, 0 to 254; older ones say 254.
    pub fix_age_min: Option<u8>,
    /// The gravest situation, a code of the record.
    pub situation: Option<&'static str>,
    /// Weapons were seen.
    pub weapons: Option<bool>,
    /// Somebody is injured.
    pub injured: Option<bool>,
    /// What is needed, a bit each.
    needs: u8,
    /// About how many people, 0 to 65,534.
    pub people: Option<u16>,
    /// Court staff, 0 to 254.
    pub officers: Option<u8>,
    /// The number to call back, digits.
    pub callback: Option<Digits>,
}

/// A telephone number of 1 to 14 digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits(u64);

/// Personal data: only the length is shown.
impl std::fmt::Debug for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digits({})", self.number().len())
    }
}

impl Digits {
    const MAX: usize = 14;

    /// Takes the digits of a number; hyphens and spaces are dropped. `None`: not 1 to 14 digits.
    pub fn of(number: &str) -> Option<Self> {
        let plain = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' '));
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let fits = plain && (1..=Self::MAX).contains(&digits.len());
        // The 1 in front keeps leading zeros.
        fits.then(|| format!("1{digits}").parse().ok().map(Self)).flatten()
    }

    /// The digits.
    pub fn number(self) -> String {
        self.0.to_string().split_off(1)
    }

    fn from_wire(number: u64) -> Option<Self> {
        Self::of(number.to_string().strip_prefix('1')?)
    }
}

impl Answer {
    /// How a request stands, as far as a phone may be told; `None` when nothing can be told.
    pub fn of(
        life: &Life,
        online: Option<bool>,
        duty_phone: Option<&str>,
        now_ms: i64,
    ) -> Option<Self> {
        let life = life.as_phones_see();
        let told = life.hops.iter().rev().filter(|hop| hop.unfit.is_none() && !hop.step.silent());
        let step =
            told.filter_map(|hop| hop.step.known()).find(|step| STEP_NUMBERS.contains(step))?;
        let eta_min = life.eta_ms.filter(|_| !life.state.ended()).map(|eta_ms| {
            let minutes = eta_ms.saturating_sub(now_ms).max(0).saturating_add(59_999) / 60_000;
            u16::try_from(minutes).unwrap_or(u16::MAX).min(65_534)
        });
        Some(Self { step, eta_min, online, duty_phone: duty_phone.and_then(Digits::of) })
    }
}

impl Help {
    /// What fits of a call. Numbers beyond the bounds become the bound: a crowd stays a crowd.
    pub fn of(call: &Call, now_ms: i64) -> Self {
        let position = call.position;
        let degrees = position.map(|position| position.degrees_in(Datum::Wgs84));
        let age_min = position.and_then(|position| position.fixed_at_ms()).map(|fixed_ms| {
            let minutes = now_ms.saturating_sub(fixed_ms).max(0) / 60_000;
            u8::try_from(minutes).unwrap_or(u8::MAX).min(254)
        });
        let needs = NEEDS.iter().enumerate().filter(|(_, need)| call.needs.contains(**need));
        Self {
            at_e7: degrees.map(|(lat, lon)| (e7(lat), e7(lon))),
            accuracy_m: position.and_then(|position| position.accuracy_m()).map(whole_metres),
            fix_age_min: age_min,
            situation: gravest(&call.situations),
            weapons: call.weapons,
            injured: call.injured,
            needs: needs.fold(0, |bits, (bit, _)| bits | 1 << bit),
            people: call.people.map(|n| u16::try_from(n.clamp(0, 65_534)).unwrap_or(65_534)),
            officers: call.officers.map(|n| u8::try_from(n.clamp(0, 254)).unwrap_or(254)),
            callback: call.callbacks.iter().find_map(|number| Digits::of(number)),
        }
    }

    /// What is needed, codes of the record.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> {
        let bits = self.needs;
        NEEDS.iter().enumerate().filter(move |(bit, _)| bits & 1 << bit != 0).map(|(_, need)| *need)
    }

    /// Where, as a coordinate that names its datum.
    pub fn coordinate(&self) -> Option<Coordinate> {
        let (lat, lon) = self.at_e7?;
        Some(Coordinate {
            lat: f64::from(lat) / 1e7,
            lon: f64::from(lon) / 1e7,
            datum: Datum::Wgs84,
        })
    }
}

/// Within ±180 degrees, which [`crate::geo::Position`] promises, nothing is cut off.
#[expect(clippy::cast_possible_truncation, reason = "180e7 fits; a cast saturates")]
fn e7(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped; upwards, so that no fix is claimed to be better than it is"
)]
fn whole_metres(metres: f64) -> u16 {
    metres.ceil().clamp(0.0, 65_534.0) as u16
}

/// One message has room for one situation: the one that decides how fast somebody comes.
pub(super) fn gravest(codes: &[String]) -> Option<&'static str> {
    const BY_GRAVITY: [&str; 6] =
        ["violence", "self_harm", "threat", "surrounding", "blockade", "property_damage"];
    let said = |code: &&&str| codes.iter().any(|known| known == **code);
    BY_GRAVITY.iter().find(said).copied().or((!codes.is_empty()).then_some("other"))
}

/// How a request stands, told to a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The last step; never one that must stay away from phones.
    pub step: StepCode,
    /// Expected arrival, minutes after the message's time, 0 to 65,534.
    pub eta_min: Option<u16>,
    /// Whether a dispatcher is at the console.
    pub online: Option<bool>,
    /// The station's duty telephone.
    pub duty_phone: Option<Digits>,
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A request, or news of it. By the crew or the command centre.
    Help(Help),
    /// The crew asks to take it back. By the crew.
    Withdraw {
        /// Under duress.
        duress: bool,
    },
    /// How it stands. By the server.
    Answer(Answer),
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// The request.
    pub document: DocumentId,
    /// Rises with every message that this sender sends about this request, from 1.
    pub number: u16,
    /// When, by the sender's clock, whole seconds, as milliseconds since 1970; 2020 to 2156.
    pub at_ms: i64,
    /// What it says.
    pub content: Content,
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

fn may_say(certificate: &crate::identity::Certificate, content: &Content) -> bool {
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

const HELP: u8 = 1;
const WITHDRAW: u8 = 2;
const ANSWER: u8 = 3;

fn encode(message: &Message, certificate: CertificateId) -> Result<[u8; BODY_LEN], SmsError> {
    let mut out = Vec::with_capacity(BODY_LEN);
    let seconds = message.at_ms.saturating_sub(SINCE_MS).div_euclid(1_000);
    let seconds = u32::try_from(seconds).map_err(|_| SmsError::Field("time"))?;
    if message.number == 0 {
        return Err(SmsError::Field("number"));
    }
    out.push(match message.content {
        Content::Help(_) => HELP,
        Content::Withdraw { .. } => WITHDRAW,
        Content::Answer(_) => ANSWER,
    });
    out.extend(&certificate.0[..CERTIFICATE_LEN]);
    out.extend(message.document.0);
    out.extend(message.number.to_be_bytes());
    out.extend(seconds.to_be_bytes());
    match message.content {
        Content::Help(help) => {
            let (lat, lon) = help.at_e7.unwrap_or((i32::MIN, i32::MIN));
            out.extend(lat.to_be_bytes());
            out.extend(lon.to_be_bytes());
            out.extend(help.accuracy_m.unwrap_or(u16::MAX).to_be_bytes());
            out.push(help.fix_age_min.unwrap_or(u8::MAX));
            out.push(number_of(&SITUATIONS, help.situation));
            out.push(tri(help.weapons) | tri(help.injured) << 2);
            out.push(help.needs);
            out.extend(help.people.unwrap_or(u16::MAX).to_be_bytes());
            out.push(help.officers.unwrap_or(u8::MAX));
            out.extend(phone_bytes(help.callback));
        }
        Content::Withdraw { duress } => out.push(u8::from(duress)),
        Content::Answer(answer) => {
            let number = number_of(&STEP_NUMBERS, Some(answer.step));
            if number == 0 {
                return Err(SmsError::Field("step"));
            }
            out.push(number);
            out.extend(answer.eta_min.unwrap_or(u16::MAX).to_be_bytes());
            out.push(tri(answer.online));
            out.extend(phone_bytes(answer.duty_phone));
        }
    }
    out.resize(BODY_LEN, 0);
    let body = <[u8; BODY_LEN]>::try_from(out).map_err(|_| SmsError::Length)?;
    // What the reader would refuse is not sent.
    decode(&body).map(|_| body)
}

fn number_of<T: PartialEq + Copy>(table: &[T], value: Option<T>) -> u8 {
    let place = value.and_then(|value| table.iter().position(|known| *known == value));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
}

fn tri(answer: Option<bool>) -> u8 {
    answer.map_or(0, |answer| 1 + u8::from(answer))
}

fn phone_bytes(digits: Option<Digits>) -> [u8; 6] {
    let all = digits.map_or(0, |digits| digits.0).to_be_bytes();
    let mut out = [0; 6];
    out.copy_from_slice(&all[2..]);
    out
}

/// Takes fields from the front of a body of fixed length.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SmsError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(SmsError::Length)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, SmsError> {
        Ok(self.take::<1>()?[0])
    }

    fn short(&mut self) -> Result<Option<u16>, SmsError> {
        let number = u16::from_be_bytes(self.take()?);
        Ok((number != u16::MAX).then_some(number))
    }

    fn phone(&mut self) -> Result<Option<Digits>, SmsError> {
        let mut all = [0; 8];
        all[2..].copy_from_slice(&self.take::<6>()?);
        match u64::from_be_bytes(all) {
            0 => Ok(None),
            number => Digits::from_wire(number).map(Some).ok_or(SmsError::Field("phone")),
        }
    }

    fn end(self) -> Result<(), SmsError> {
        if self.0.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(SmsError::Field("spare")) }
    }
}

fn answer_of(bits: u8, field: &'static str) -> Result<Option<bool>, SmsError> {
    match bits {
        0 => Ok(None),
        1 => Ok(Some(false)),
        2 => Ok(Some(true)),
        _ => Err(SmsError::Field(field)),
    }
}

fn decode(body: &[u8; BODY_LEN]) -> Result<([u8; CERTIFICATE_LEN], Message), SmsError> {
    let mut input = Fields(body);
    let kind = input.byte()?;
    let certificate = input.take()?;
    let document = DocumentId(input.take()?);
    let number = u16::from_be_bytes(input.take()?);
    if number == 0 {
        return Err(SmsError::Field("number"));
    }
    let at_ms = SINCE_MS + i64::from(u32::from_be_bytes(input.take()?)) * 1_000;
    let content = match kind {
        HELP => Content::Help(decode_help(&mut input)?),
        WITHDRAW => match input.byte()? {
            flag @ 0..=1 => Content::Withdraw { duress: flag == 1 },
            _ => return Err(SmsError::Field("duress")),
        },
        ANSWER => Content::Answer(Answer {
            step: {
                let place = usize::from(input.byte()?).checked_sub(1);
                let step = place.and_then(|place| STEP_NUMBERS.get(place));
                *step.ok_or(SmsError::Field("step"))?
            },
            eta_min: input.short()?,
            online: answer_of(input.byte()?, "online")?,
            duty_phone: input.phone()?,
        }),
        _ => return Err(SmsError::Field("kind")),
    };
    input.end()?;
    Ok((certificate, Message { document, number, at_ms, content }))
}

fn decode_help(input: &mut Fields<'_>) -> Result<Help, SmsError> {
    let (lat, lon) = (i32::from_be_bytes(input.take()?), i32::from_be_bytes(input.take()?));
    let at_e7 = match (lat, lon) {
        (i32::MIN, i32::MIN) => None,
        (lat, lon) => {
            let inside = (-900_000_000..=900_000_000).contains(&lat)
                && (-1_800_000_000..=1_800_000_000).contains(&lon)
                && (lat, lon) != (0, 0);
            if !inside {
                return Err(SmsError::Field("position"));
            }
            Some((lat, lon))
        }
    };
    let accuracy_m = input.short()?;
    let age = input.byte()?;
    let situation = match usize::from(input.byte()?).checked_sub(1) {
        None => None,
        Some(place) => Some(*SITUATIONS.get(place).ok_or(SmsError::Field("situation"))?),
    };
    let flags = input.byte()?;
    if flags >> 4 != 0 {
        return Err(SmsError::Field("flags"));
    }
    let weapons = answer_of(flags & 3, "weapons")?;
    let injured = answer_of(flags >> 2, "injured")?;
    let needs = input.byte()?;
    if needs >> NEEDS.len() != 0 {
        return Err(SmsError::Field("needs"));
    }
    let people = input.short()?;
    let officers = input.byte()?;
    Ok(Help {
        at_e7,
        accuracy_m,
        fix_age_min: (age != u8::MAX).then_some(age),
        situation,
        weapons,
        injured,
        needs,
        people,
        officers: (officers != u8::MAX).then_some(officers),
        callback: input.phone()?,
    })
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
