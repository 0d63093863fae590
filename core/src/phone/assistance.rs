//! What this phone knows of a request for assistance: the court's signed steps about it, and from them what the
//! screen shows. What the words are is [`crate::assistance`]'s.

use std::collections::BTreeSet;

use super::exchange::kind_of;
use super::{Phone, PhoneError};
use crate::assistance::hops::{Carried, Known, Shown, shown};
use crate::assistance::life::{Life, Step};
use crate::assistance::message::{self, Heard, SmsError};
use crate::assistance::withdraw;
use crate::id::DocumentId;
use crate::identity::{Signed, Transition, TransitionKind};
use crate::pack::payload::Payload as _;
use crate::pack::station::StationPack;
use crate::sync::channel::EntryKind;

impl Phone {
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
        let (contact_ms, saved_ms) = self.store.read::<_, PhoneError>(|tx| {
            let contact = tx.setting("last_contact_ms")?.and_then(|bytes| bytes.try_into().ok());
            let first = tx.log_of_document(record, 0, 1)?.pop();
            let saved_ms = first.map_or(0, |row| row.row.captured.stored_ms);
            Ok((contact.map(i64::from_be_bytes), saved_ms))
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
            texted: None,
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
