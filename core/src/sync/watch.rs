//! A phone's word before and in a dead zone, one small JSON message to `POST watch`; the request's token
//! ([`super::token`]) says who speaks and binds the exact bytes. What silence means is
//! [`crate::assistance::watch`]'s. Format: `docs/protocol/watch.md`.

use serde::{Deserialize, Serialize};

use crate::assistance::watch::{Promise, Word};
use crate::geo::Position;
use crate::id::DocumentId;

/// Media type of the message and of its answer.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.watch+json";
/// Longest message, bytes.
pub const MAX_LEN: usize = 8_192;
/// Longest case number and position, bytes.
const MAX_CASE: usize = 64;
const MAX_POSITION: usize = 120;

/// What a phone says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case", deny_unknown_fields)]
pub enum WatchMessage {
    /// Where the crew goes and when it will be heard of.
    Leave {
        /// See [`Promise`]; 32 hexadecimal digits.
        id: String,
        /// Case number.
        case: String,
        /// The act's record id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
        /// Staff ids, the one who promises first.
        crew: Vec<String>,
        /// Where, in words.
        place: String,
        /// Where, an RFC 5870 URI that names its datum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<String>,
        /// Seconds.
        within_s: u32,
        /// Minutes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every_min: Option<u32>,
        /// Seconds.
        grace_s: u32,
    },
    /// They are heard of.
    CheckIn {
        /// Which promise.
        id: String,
        /// A [`Word`]'s code.
        word: String,
    },
}

/// What the server says: the deadline by its own clock, nothing that whoever holds the phone must not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchAnswer {
    /// Which promise.
    pub id: String,
    /// `quiet`, `overdue`, `raised`, `heard_late`, `kept`.
    pub standing: String,
    /// When they have to be heard of, server clock, milliseconds since 1970; absent when it is over.
    pub until_ms: Option<i64>,
    /// The server's clock.
    pub server_ms: i64,
}

impl WatchMessage {
    /// A promise, as it travels.
    pub fn leave(promise: &Promise) -> Self {
        Self::Leave {
            id: data_encoding::HEXLOWER.encode(&promise.id),
            case: promise.case.clone(),
            act: promise.act.map(|act| act.to_hex()),
            crew: promise.crew.clone(),
            place: promise.place.clone(),
            position: promise.position.clone(),
            within_s: promise.within_s,
            every_min: promise.every_min,
            grace_s: promise.grace_s,
        }
    }

    /// A check-in, as it travels.
    pub fn check_in(id: [u8; 16], word: Word) -> Self {
        let id = data_encoding::HEXLOWER.encode(&id);
        Self::CheckIn { id, word: word.code().to_owned() }
    }

    /// Reads a message. `None`: it is none, or too long.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_LEN).then(|| serde_json::from_slice(bytes).ok()).flatten()
    }

    /// The promise it makes, checked; the name of what is wrong with it. `None` for a check-in.
    pub fn promise(&self) -> Option<Result<Promise, &'static str>> {
        let Self::Leave { id, case, act, crew, place, position, within_s, every_min, grace_s } =
            self
        else {
            return None;
        };
        let made = || {
            let act = act.as_deref().map(DocumentId::from_hex).transpose().map_err(|_| "act")?;
            if case.is_empty() || case.len() > MAX_CASE || case.chars().any(char::is_control) {
                return Err("case");
            }
            let held =
                |text: &String| text.len() <= MAX_POSITION && text.parse::<Position>().is_ok();
            if !position.as_ref().is_none_or(held) {
                return Err("position");
            }
            let promise = Promise {
                id: id_of(id).ok_or("id")?,
                case: case.clone(),
                act,
                crew: crew.clone(),
                place: place.trim().to_owned(),
                position: position.clone(),
                within_s: *within_s,
                every_min: *every_min,
                grace_s: *grace_s,
            };
            promise.check().map_err(|reason| reason.code)?;
            Ok(promise)
        };
        Some(made())
    }
}

/// The id of a promise from its 32 hexadecimal digits.
pub fn id_of(text: &str) -> Option<[u8; 16]> {
    DocumentId::from_hex(text).ok().map(|id| id.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn promise() -> Promise {
        Promise {
            id: [7; 16],
            case: "(2026)粤0605执1101号".into(),
            act: Some(DocumentId([9; 16])),
            crew: vec!["luqihang".into(), "maixiaolan".into()],
            place: "九江镇沙口地下车库".into(),
            position: Some("geo:22.833500,112.985000;crs=wgs84;u=8".into()),
            within_s: 3_600,
            every_min: Some(30),
            grace_s: 300,
        }
    }

    #[test]
    fn a_promise_travels_and_every_fault_has_a_name() {
        let sent = serde_json::to_vec(&WatchMessage::leave(&promise())).unwrap();
        let read = WatchMessage::read(&sent).unwrap();
        assert_eq!(read.promise().unwrap().unwrap(), promise());
        let fault = |edit: fn(&mut Promise)| {
            let mut bad = promise();
            edit(&mut bad);
            WatchMessage::leave(&bad).promise().unwrap().unwrap_err()
        };
        assert_eq!(fault(|bad| bad.case.clear()), "case");
        assert_eq!(fault(|bad| bad.position = Some("沙口".into())), "position");
        assert_eq!(fault(|bad| bad.within_s = 1), "watch_deadline");
        let word = WatchMessage::check_in([7; 16], Word::Well);
        assert_eq!(word.promise(), None);
        let text = serde_json::to_string(&word).unwrap();
        assert_eq!(
            text,
            format!(r#"{{"say":"check_in","id":"{}","word":"well"}}"#, "07".repeat(16))
        );
        for bad in ["", "{}", r#"{"say":"check_in","id":"07","word":"well","more":1}"#] {
            assert_eq!(WatchMessage::read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(WatchMessage::read(&vec![b' '; MAX_LEN + 1]), None);
    }
}
