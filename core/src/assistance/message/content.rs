//! What a text message says, apart from how it is packed: a request, a withdrawal, an answer. Made from a
//! [`Call`] or a [`Life`]; the tables give codes their numbers.

use super::super::call::Call;
use super::super::life::Life;
use super::super::step::StepCode;
use crate::geo::Datum;
use crate::id::DocumentId;
use crate::identifier::coordinate::Coordinate;

/// Situations in the order of their numbers, from 1; 0 is "not said". A number is never given away anew.
pub(super) const SITUATIONS: [&str; 7] =
    ["blockade", "surrounding", "threat", "violence", "self_harm", "property_damage", "other"];
/// Needs in the order of their bits, from the lowest.
pub(super) const NEEDS: [&str; 6] =
    ["officers", "crowd_control", "ambulance", "fire_service", "evidence", "custody"];
/// Steps a phone may be told, in the order of their numbers, from 1.
pub(super) const STEP_NUMBERS: [StepCode; 13] = [
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
    pub(super) needs: u8,
    /// About how many people, 0 to 65,534.
    pub people: Option<u16>,
    /// Court staff, 0 to 254.
    pub officers: Option<u8>,
    /// The number to call back, digits.
    pub callback: Option<Digits>,
}

/// A telephone number of 1 to 14 digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits(pub(super) u64);

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

    pub(super) fn from_wire(number: u64) -> Option<Self> {
        Self::of(number.to_string().strip_prefix('1')?)
    }
}

impl Answer {
    /// Whether an answer has a number for this step; others are told by the next one that has.
    pub fn names(step: StepCode) -> bool {
        STEP_NUMBERS.contains(&step)
    }

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
pub(in super::super) fn gravest(codes: &[String]) -> Option<&'static str> {
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
