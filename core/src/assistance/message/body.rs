//! The 52 bytes of a message's body, `docs/protocol/sms.md`: every field at its place, big-endian, zeros behind.
//! Reading refuses whatever writing would not have made, so a body has one meaning and a meaning one body.

use super::SmsError;
use super::content::{Answer, Content, Digits, Help, Message, NEEDS, SITUATIONS, STEP_NUMBERS};
use crate::id::{CertificateId, DocumentId};

pub(super) const BODY_LEN: usize = 52;
pub(super) const CERTIFICATE_LEN: usize = 6;
/// 2020-01-01T00:00:00Z, from which messages count seconds.
pub(super) const SINCE_MS: i64 = 1_577_836_800_000;

const HELP: u8 = 1;
const WITHDRAW: u8 = 2;
const ANSWER: u8 = 3;

pub(super) fn encode(
    message: &Message,
    certificate: CertificateId,
) -> Result<[u8; BODY_LEN], SmsError> {
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

pub(super) fn decode(body: &[u8; BODY_LEN]) -> Result<([u8; CERTIFICATE_LEN], Message), SmsError> {
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
