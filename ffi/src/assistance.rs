//! Calling for help: what the screen shows of a request, the words to read aloud, text messages. A request
//! itself is a record of the kind `assistance`.

use std::sync::{Arc, PoisonError};

use lastmile_core::assistance::hops::{self, Texted};
use lastmile_core::assistance::message::Content;
use lastmile_core::assistance::withdraw;

use crate::error::LastmileError;
use crate::observe::Change;
use crate::open::{Phone, record_id};
use crate::words::Words;
use crate::work::run;

/// One of the four steps: delivered, acknowledged, on the way, on the spot.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AssistanceStep {
    /// Its words.
    pub label: Words,
    /// When, milliseconds since 1970; none while it has not happened.
    pub at_ms: Option<i64>,
}

/// Something to do now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AssistanceTodo {
    /// Stable code: `call_110`, `call_station`, `send_sms`, `read_aloud`, `say_arrived`.
    pub code: String,
    /// The words on the button.
    pub label: Words,
    /// The number it dials.
    pub number: Option<String>,
}

/// What the screen shows of a request. It never claims more than is known.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Assistance {
    /// The request.
    pub record: String,
    /// Which hop has it, a code: `phone`, `sms`, `server`, `console`, `command_centre`, `dispatcher`,
    /// `on_the_way`, `on_the_spot`, `withdrawing`, `over`.
    pub hop: String,
    /// Since when, milliseconds since 1970.
    pub since_ms: i64,
    /// The largest words on the screen.
    pub headline: Words,
    /// No person is known to have it: full screen, red, with the call button.
    pub alarm: bool,
    /// The four steps.
    pub steps: Vec<AssistanceStep>,
    /// Whether a dispatcher is there, as far as known.
    pub console: Words,
    /// What to do, the most urgent first.
    pub todo: Vec<AssistanceTodo>,
    /// Says how old the view is, when it may have changed: dim it, never hide it.
    pub stale: Option<Words>,
}

/// A line to read aloud.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AloudLine {
    /// Stable code: `who`, `where`, `what`, `danger`, `need`, `callback`.
    pub code: String,
    /// The words.
    pub words: Words,
}

/// A request as text messages.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AssistanceTexts {
    /// For the court's gateway, signed, at most 160 characters; none when the key does not sign now.
    pub signed: Option<String>,
    /// Number of the court's gateway; none when the court has none, and no text goes by itself.
    pub gateway: Option<String>,
    /// For the duty mobile, to be read by a person; at most 70 characters, one message.
    pub plain: String,
}

/// What a text message of the court says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeardText {
    /// The request it is about.
    pub record: String,
    /// When it was sent, milliseconds since 1970 by the sender.
    pub at_ms: i64,
    /// Its sender's certificate was withdrawn: show it as doubtful.
    pub doubtful: bool,
    /// The step it tells, a code: `acknowledged`, `unit_sent`...; none for a message of a crew.
    pub step: Option<String>,
    /// The words of that step.
    pub said: Option<Words>,
    /// Expected in so many minutes.
    pub eta_min: Option<u16>,
    /// The station's duty telephone.
    pub duty_phone: Option<String>,
}

#[uniffi::export]
impl Phone {
    /// What the screen shows of a request. Ask again after [`Change::Assistance`] and every few seconds
    /// while it is open: ages count on.
    pub fn assistance(&self, record: String) -> Result<Assistance, LastmileError> {
        let shown = self.core.request_shown(record_id(&record)?)?;
        let steps = hops::STEP_LABELS.into_iter().zip(shown.steps);
        let todo = shown.todo.into_iter().map(|todo| AssistanceTodo {
            code: todo.code.to_owned(),
            label: todo.texts.into(),
            number: todo.number,
        });
        Ok(Assistance {
            record,
            hop: shown.hop.code().to_owned(),
            since_ms: shown.since_ms,
            headline: shown.headline.into(),
            alarm: shown.alarm,
            steps: steps
                .map(|(label, at_ms)| AssistanceStep { label: label.into(), at_ms })
                .collect(),
            console: shown.console.into(),
            todo: todo.collect(),
            stale: shown.stale.map(Words::from),
        })
    }

    /// The words to read to 110 or the duty phone: who, where, what, danger, need, callback. Nothing about
    /// the debtor.
    pub fn words_aloud(&self, record: String) -> Result<Vec<AloudLine>, LastmileError> {
        let lines = self.core.request_aloud(record_id(&record)?)?.into_iter();
        let said =
            lines.map(|line| AloudLine { code: line.code.to_owned(), words: line.texts.into() });
        Ok(said.collect())
    }

    /// The request as text messages. Signs, so it may take a while; the plain one comes in any case.
    pub async fn assistance_texts(
        self: Arc<Self>,
        record: String,
    ) -> Result<AssistanceTexts, LastmileError> {
        run(move || {
            let texts = self.core.request_texts(record_id(&record)?)?;
            Ok(AssistanceTexts {
                signed: texts.signed.ok(),
                gateway: texts.gateway,
                plain: texts.plain,
            })
        })
        .await
    }

    /// Notes that a text message about a request was handed to the network at `sent_ms`, and when it was
    /// delivered, once the network says so.
    pub fn note_text_sent(
        &self,
        record: String,
        sent_ms: i64,
        delivered_ms: Option<i64>,
    ) -> Result<(), LastmileError> {
        Ok(self.core.note_texted(record_id(&record)?, Texted { sent_ms, delivered_ms })?)
    }

    /// Reads a text message that came, verified with the certificates of this phone.
    ///
    /// Errors: `NotBelieved` (`sms_*`): not a message of this court, or not one it signed. Show nothing.
    pub fn read_text(&self, text: String) -> Result<HeardText, LastmileError> {
        let heard = self
            .core
            .read_text(&text)
            .map_err(|error| LastmileError::not_believed(error.code()))?;
        let answer = match heard.message.content {
            Content::Answer(answer) => Some(answer),
            _ => None,
        };
        Ok(HeardText {
            record: heard.message.document.to_hex(),
            at_ms: heard.message.at_ms,
            doubtful: heard.withdrawn,
            step: answer.map(|answer| answer.step.code().to_owned()),
            said: answer.map(|answer| answer.step.spec().label.into()),
            eta_min: answer.and_then(|answer| answer.eta_min),
            duty_phone: answer.and_then(|answer| Some(answer.duty_phone?.number())),
        })
    }
}

/// The text for the field `cancel_reason` of a request that the crew takes back. `duress` is the answer of
/// the duress code; no screen ever shows it. From memory.
#[uniffi::export]
pub fn withdrawal_reason(words: String, duress: bool) -> String {
    withdraw::reason(&words, duress)
}

/// Which hop had a request, and the times of its four steps.
pub(crate) type Stood = (hops::Hop, [Option<i64>; 4]);

impl Phone {
    /// Tells the observers of requests that stand at another step than when they were last looked at, or
    /// that are looked at for the first time.
    pub(crate) fn tell_assistance(&self) {
        // Whoever cannot be read now is looked at another time.
        let Ok(known) = self.core.requests() else { return };
        for record in known {
            let Ok(shown) = self.core.request_shown(record) else { continue };
            let stands = (shown.hop, shown.steps);
            let mut hops = self.hops.lock().unwrap_or_else(PoisonError::into_inner);
            let stood = hops.insert(record, stands);
            drop(hops);
            if stood != Some(stands) {
                self.observers.changed(&Change::Assistance { record: record.to_hex() });
            }
        }
    }
}
