//! Before a dead zone: a promise left with the court, check-ins after it; and where the crew is while its
//! request for help is open.

use std::sync::Arc;

use lastmile_core::assistance::watch;
use lastmile_core::sync::watch::{WatchAnswer, id_of};
use lastmile_core::time::{Entropy as _, SystemEntropy};

use crate::error::LastmileError;
use crate::host::Fix;
use crate::open::{Phone, record_id};
use crate::sync::UntilGivenUp;
use crate::work::run_until_given_up;

/// What is left with the court before the phone goes silent.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WatchPromise {
    /// From [`new_watch_id`]: sending the same one twice is once.
    pub id: String,
    /// The case.
    pub case_no: String,
    /// The act, when it is recorded already.
    pub record: Option<String>,
    /// Staff ids, 1 to 30, the one who promised first.
    pub crew: Vec<String>,
    /// Where they go, in words, at most 200 bytes.
    pub place: String,
    /// Where they go, `geo:` text.
    pub position: Option<String>,
    /// In how many seconds they will be heard of, 60 to 86,400, from when the court has it.
    pub within_s: u32,
    /// On the spot: the next check-in is due in so many minutes, 5 to 240.
    pub every_min: Option<u32>,
    /// How long after the deadline nothing happens yet, seconds, at most 3,600.
    pub grace_s: u32,
}

/// What a phone says when it is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WatchWord {
    /// All well.
    Well,
    /// All well and done: back from there.
    Done,
    /// Looks like [`WatchWord::Well`] on the screen and calls for help.
    Duress,
}

/// What the court says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WatchState {
    /// `quiet`, `overdue`, `raised`, `heard_late`, `kept`.
    pub standing: String,
    /// When they have to be heard of, milliseconds since 1970 by the court's clock; none when it is over.
    pub until_ms: Option<i64>,
    /// The court's clock.
    pub server_ms: i64,
}

impl From<WatchAnswer> for WatchState {
    fn from(answer: WatchAnswer) -> Self {
        let WatchAnswer { standing, until_ms, server_ms, .. } = answer;
        Self { standing, until_ms, server_ms }
    }
}

/// A new id for a promise. From memory.
#[uniffi::export]
pub fn new_watch_id() -> String {
    data_encoding::HEXLOWER.encode(&SystemEntropy.bytes16())
}

#[uniffi::export]
impl Phone {
    /// Leaves a promise with the court. It counts only when this returned: show the deadline from the
    /// answer, and "not left" otherwise.
    ///
    /// Errors: `Network`; `NotBelieved` with the code of what is wrong with the promise.
    pub async fn leave_watch(
        self: Arc<Self>,
        promise: WatchPromise,
    ) -> Result<WatchState, LastmileError> {
        run_until_given_up(move |stop| {
            let promise = watch::Promise {
                id: id_of(&promise.id).ok_or_else(|| LastmileError::input("id"))?,
                case: promise.case_no,
                act: promise.record.as_deref().map(record_id).transpose()?,
                crew: promise.crew,
                place: promise.place,
                position: promise.position,
                within_s: promise.within_s,
                every_min: promise.every_min,
                grace_s: promise.grace_s,
            };
            promise.check().map_err(|reason| LastmileError::refused(reason.code, reason))?;
            let road = self.road()?;
            let way = UntilGivenUp { road: &road, stop };
            Ok(self.core.leave_watch(&way, &promise)?.into())
        })
        .await
    }

    /// Says that the crew of a promise is heard of.
    pub async fn check_in(
        self: Arc<Self>,
        id: String,
        word: WatchWord,
    ) -> Result<WatchState, LastmileError> {
        run_until_given_up(move |stop| {
            let id = id_of(&id).ok_or_else(|| LastmileError::input("id"))?;
            let word = match word {
                WatchWord::Well => watch::Word::Well,
                WatchWord::Done => watch::Word::Done,
                WatchWord::Duress => watch::Word::Duress,
            };
            let road = self.road()?;
            let way = UntilGivenUp { road: &road, stop };
            Ok(self.core.check_in(&way, id, word)?.into())
        })
        .await
    }

    /// Tells the court where the crew is, at most 60 fixes; only while its request for help is open. Gives
    /// how many open requests there are.
    ///
    /// Errors: `Network` with `no_open_request`: stop telling.
    pub async fn tell_positions(self: Arc<Self>, fixes: Vec<Fix>) -> Result<u32, LastmileError> {
        run_until_given_up(move |stop| {
            let known = fixes.iter().filter_map(|fix| Some((fix.position()?, fix.age_s)));
            let known: Vec<_> = known.take(60).collect();
            let road = self.road()?;
            let way = UntilGivenUp { road: &road, stop };
            Ok(self.core.tell_positions(&way, &known)?.requests)
        })
        .await
    }
}
