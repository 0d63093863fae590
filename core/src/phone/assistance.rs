//! What this phone knows of a request for assistance: the court's signed steps about it, and from them what the
//! screen shows. What the words are is [`crate::assistance`]'s.

use std::collections::BTreeSet;

use super::exchange::kind_of;
use super::{Phone, PhoneError};
use crate::assistance::aloud::{self, Line};
use crate::assistance::call::{Call, Caller};
use crate::assistance::hops::{Carried, Known, Shown, Texted, shown};
use crate::assistance::life::{Life, Step};
use crate::assistance::message::{self, Content, Heard, Help, Message, SmsError};
use crate::assistance::{plain, withdraw};
use crate::id::DocumentId;
use crate::identity::{Signed, Transition, TransitionKind};
use crate::pack::payload::Payload as _;
use crate::pack::station::StationPack;
use crate::sync::channel::EntryKind;

/// A request as text messages, for where there is no data but a bar of signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTexts {
    /// For the court's gateway, signed; or why it could not be made, for example a locked key. The plain
    /// one goes all the same.
    pub signed: Result<String, SmsError>,
    /// The gateway's number, when the court has one.
    pub gateway: Option<String>,
    /// For the duty mobile, to be read by a person: one text message.
    pub plain: String,
}

/// Requests looked at together.
const MOST_REQUESTS: u32 = 50;

/// Setting of a request: how many signed messages were made for it.
fn numbered(record: DocumentId) -> String {
    format!("sms number {record}")
}

/// Setting of a request: when its text message was handed to the network, and when it was delivered.
fn texted(record: DocumentId) -> String {
    format!("sms sent {record}")
}

impl Phone {
    /// The words to read aloud to 110 or the duty phone, in the order in which a call taker asks.
    pub fn request_aloud(&self, record: DocumentId) -> Result<Vec<Line>, PhoneError> {
        let view = self.record_view(record)?;
        Ok(aloud::lines(&Call::of(record, &view.state), &self.caller()?, self.device_ms()))
    }

    /// The request as text messages. Signs, so it may take a while; every signed one has a number of its
    /// own.
    pub fn request_texts(&self, record: DocumentId) -> Result<RequestTexts, PhoneError> {
        let call = Call::of(record, &self.record_view(record)?.state);
        let (acting, now_ms) = (self.signed_in()?, self.device_ms());
        let signer = self.signer(acting.certificate).ok_or(PhoneError::NotSignedIn)?;
        let number = self.store.write::<_, PhoneError>(|tx| {
            let last = tx.setting(&numbered(record))?.and_then(|bytes| bytes.try_into().ok());
            let number = last.map_or(0, u16::from_be_bytes).saturating_add(1);
            tx.set_setting(&numbered(record), &number.to_be_bytes())?;
            Ok(number)
        })?;
        let message = Message {
            document: record,
            number,
            at_ms: now_ms.div_euclid(1_000) * 1_000,
            content: Content::Help(Help::of(&call, now_ms)),
        };
        let signed = message::write(&message, &self.court, acting.certificate, signer.as_ref());
        let gateway = self.court_pack()?.and_then(|court| court.sms_gateway);
        Ok(RequestTexts { signed, gateway, plain: plain::request(&call, &self.caller()?) })
    }

    /// Notes that a text message about a request was handed to the network at `sent_ms`, and that it was
    /// delivered, once the network said so.
    pub fn note_texted(&self, record: DocumentId, sms: Texted) -> Result<(), PhoneError> {
        self.record_view(record)?;
        let mut bytes = sms.sent_ms.to_be_bytes().to_vec();
        bytes.extend(sms.delivered_ms.iter().flat_map(|ms| ms.to_be_bytes()));
        self.store.write(|tx| Ok(tx.set_setting(&texted(record), &bytes)?))
    }

    fn caller(&self) -> Result<Caller, PhoneError> {
        let court = self.court_pack()?.map(|court| court.name).filter(|name| !name.is_empty());
        let court = court.unwrap_or_else(|| self.court.clone());
        Ok(Caller { court, name: self.signed_in()?.name })
    }

    /// Reads a text message from the court, verified with the certificates this phone has.
    pub fn read_text(&self, text: &str) -> Result<Heard, SmsError> {
        message::read(text, &self.directory())
    }

    /// The steps the court has signed about a request, as far as they arrived here. Of a request that was joined
    /// with another one, those of the other: there the steps are taken.
    pub fn request_life(&self, record: DocumentId) -> Result<Life, PhoneError> {
        self.record_view(record)?;
        let steps = self.steps_told(record)?;
        let mut life = Life::of(record, steps.iter().cloned());
        let mut seen = BTreeSet::from([record]);
        while let Some(head) = life.merged_into.filter(|head| seen.insert(*head)) {
            life = Life::of(head, steps.iter().cloned());
        }
        Ok(life)
    }

    /// Requests for assistance that the person signed in may see, most recently changed first, 50 at most.
    pub fn requests(&self) -> Result<Vec<DocumentId>, PhoneError> {
        let mut eyes = self.eyes()?;
        self.store.read(|tx| {
            let mut found = Vec::new();
            for row in tx.documents_of_kind("assistance", None, MOST_REQUESTS)? {
                if eyes.see(tx, &row.channel, Some(row.id))? {
                    found.push(row.id);
                }
            }
            Ok(found)
        })
    }

    /// Every step in the channel of a record, in the court's order.
    fn steps_told(&self, record: DocumentId) -> Result<Vec<Step>, PhoneError> {
        let directory = self.directory().clone();
        self.store.read(|tx| {
            let row = tx.document(record)?.ok_or(PhoneError::NoRecord)?;
            let mut steps = Vec::new();
            for entry in tx.feed(&row.channel, 0, u32::MAX)? {
                let Some(bytes) = entry.bytes.filter(|_| {
                    kind_of(&entry.kind).is_ok_and(|kind| kind == EntryKind::Transition)
                }) else {
                    continue;
                };
                let Ok(signed) = Signed::<Transition>::from_bytes(&bytes) else { continue };
                // Most are about something else; only these are worth verifying again.
                let concerns = signed.claims().is_ok_and(|body| {
                    body.channel == row.channel
                        && matches!(body.kind, TransitionKind::Assist { .. })
                });
                if !concerns {
                    continue;
                }
                if let Ok(verified) = directory.verify(signed)
                    && let Some(step) = Step::of(&verified)
                {
                    steps.push(step);
                }
            }
            Ok(steps)
        })
    }

    /// What the screen shows of a request: which hop has it, since when, and what to do now.
    pub fn request_shown(&self, record: DocumentId) -> Result<Shown, PhoneError> {
        let view = self.record_view(record)?;
        let life = self.request_life(record)?;
        let stations: Option<StationPack> = self
            .reference(StationPack::KIND, &self.court)?
            .and_then(|pack| serde_json::from_value(pack).ok());
        let station = life.station.as_ref().and_then(|code| stations.as_ref()?.find(code));
        let standing = self.standing(record)?;
        let (contact_ms, saved_ms, texted) = self.store.read::<_, PhoneError>(|tx| {
            let contact = tx.setting("last_contact_ms")?.and_then(|bytes| bytes.try_into().ok());
            let first = tx.log_of_document(record, 0, 1)?.pop();
            let saved_ms = first.map_or(0, |row| row.row.captured.stored_ms);
            let texted = tx.setting(&texted(record))?.and_then(|bytes| read_texted(&bytes));
            Ok((contact.map(i64::from_be_bytes), saved_ms, texted))
        })?;
        let with_court = standing.with_court + standing.receipted > 0;
        let carried = match life.t0_ms {
            Some(since_ms) => Carried::WithCourt { since_ms },
            None if with_court => Carried::WithCourt { since_ms: contact_ms.unwrap_or(saved_ms) },
            None => Carried::OnThisPhone,
        };
        let instant =
            |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
        let head = |field| view.state.head_text(field).and_then(instant);
        let asked = withdraw::withdrawal(&view.state);
        let seen = view.state.items("reports").iter();
        let seen = seen.filter_map(|report| report.text("arrived_seen_at").and_then(instant)).min();
        Ok(shown(&Known {
            saved_ms,
            carried,
            texted,
            life: &life,
            console: None,
            station: station.map(|station| station.name.as_str()),
            duty_phone: station.and_then(|station| station.duty_phone.as_deref()),
            withdrawn_ms: asked.and_then(|_| head("cancelled_at")),
            seen_arrived_ms: seen,
            contact_ms,
            now_ms: self.device_ms(),
        }))
    }
}

fn read_texted(bytes: &[u8]) -> Option<Texted> {
    let (sent, rest) = bytes.split_first_chunk()?;
    let delivered_ms = rest.first_chunk().map(|ms| i64::from_be_bytes(*ms));
    Some(Texted { sent_ms: i64::from_be_bytes(*sent), delivered_ms })
}
