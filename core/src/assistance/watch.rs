//! Silence calls for help. Before a dead zone the phone leaves with the server where the crew goes, who they
//! are and when they will be heard of again; a crew on the spot may promise to check in every so often. A
//! missed promise raises an incident when deadline and grace have passed; whoever is heard of later clears it,
//! and what was raised stays a person's to close. All times here are the server's: when it *received* a
//! check-in, whatever the phone's clock said.

use std::collections::BTreeSet;

use crate::id::DocumentId;
use crate::identifier::{Reason, reasons};
use crate::records::Label;

reasons! {
    DEADLINE: "watch_deadline", "约定联系时间应在1分钟之后、24小时之内。", "The deadline lies 1 minute to 24 hours ahead.";
    INTERVAL: "watch_interval", "定时报平安间隔应为5至240分钟。", "Check-ins come every 5 to 240 minutes.";
    GRACE: "watch_grace", "宽限应为0至60分钟。", "The grace is 0 to 60 minutes.";
    CREW: "watch_crew", "请写明同行人员,1至30人。", "Name the crew, 1 to 30 people.";
    PLACE: "watch_place", "请写明去向地点,最多200字节。", "Say where the crew goes, in at most 200 bytes.";
}

/// What the phone leaves before it goes silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Chosen at random by the phone, so that sending it twice is once.
    pub id: [u8; 16],
    /// The case.
    pub case: String,
    /// The act, when it is recorded already.
    pub act: Option<DocumentId>,
    /// Staff ids, the one who promised first.
    pub crew: Vec<String>,
    /// Where they go, in words.
    pub place: String,
    /// Where they go, in the text form of records ([`crate::geo::Position`]).
    pub position: Option<String>,
    /// In how many seconds they will be heard of, counted from when the server has it.
    pub within_s: u32,
    /// For a crew on the spot: after each check-in, the next one is due in this many minutes.
    pub every_min: Option<u32>,
    /// How long after the deadline nothing happens yet, seconds.
    pub grace_s: u32,
}

impl Promise {
    /// Whether it may be accepted; nothing of it is repaired.
    pub fn check(&self) -> Result<(), Reason> {
        let place = self.place.trim();
        let clean = |text: &str, max: usize| {
            (1..=max).contains(&text.len()) && !text.chars().any(char::is_control)
        };
        if !(60..=86_400).contains(&self.within_s) {
            return Err(DEADLINE);
        }
        if self.every_min.is_some_and(|minutes| !(5..=240).contains(&minutes)) {
            return Err(INTERVAL);
        }
        if self.grace_s > 3_600 {
            return Err(GRACE);
        }
        let people: BTreeSet<&String> = self.crew.iter().collect();
        if !(1..=30).contains(&people.len())
            || people.len() != self.crew.len()
            || !self.crew.iter().all(|id| clean(id, 64))
        {
            return Err(CREW);
        }
        if clean(place, 200) { Ok(()) } else { Err(PLACE) }
    }
}

/// What a phone says when it is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// All well; a timer goes on, a single promise is kept.
    Well,
    /// All well and done: back from there.
    Done,
    /// Looks like `Well` on the phone and calls for help.
    Duress,
}

/// A check-in, as the server received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckIn {
    /// When the server received it, milliseconds since 1970.
    pub at_ms: i64,
    /// What it says.
    pub word: Word,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing to do before `until_ms`, the deadline.
    Quiet {
        /// The deadline.
        until_ms: i64,
    },
    /// The deadline has passed; help is called at `raise_ms`.
    Overdue {
        /// When.
        raise_ms: i64,
    },
    /// Help is to be called, or was: nobody heard of them, or they spoke under duress.
    Raised {
        /// Since when.
        since_ms: i64,
        /// Under duress: phones are not told.
        duress: bool,
    },
    /// Help was called, and then they were heard of: a person closes what was raised.
    HeardLate {
        /// Since when it was raised.
        raised_ms: i64,
        /// When they were heard of.
        heard_ms: i64,
    },
    /// The promise was kept; the watch is over.
    Kept {
        /// When.
        at_ms: i64,
    },
}

impl Word {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Done => "done",
            Self::Duress => "duress",
        }
    }

    /// The word of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Well, Self::Done, Self::Duress].into_iter().find(|word| word.code() == code)
    }
}

impl Standing {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quiet { .. } => "quiet",
            Self::Overdue { .. } => "overdue",
            Self::Raised { .. } => "raised",
            Self::HeardLate { .. } => "heard_late",
            Self::Kept { .. } => "kept",
        }
    }

    /// The words on screens.
    pub const fn label(self) -> Label {
        match self {
            Self::Quiet { .. } => Label::new("约定时间未到", "not due yet"),
            Self::Overdue { .. } => Label::new("已过约定时间,尚无消息", "overdue, nothing heard"),
            Self::Raised { .. } => Label::new("失联,已求助", "not heard of: help was called"),
            Self::HeardLate { .. } => {
                Label::new("迟到联系,待确认平安", "heard of late, to be confirmed")
            }
            Self::Kept { .. } => Label::new("已报平安", "checked in"),
        }
    }

    /// When to look again if nothing is received.
    pub const fn next_ms(self) -> Option<i64> {
        match self {
            Self::Quiet { until_ms } => Some(until_ms),
            Self::Overdue { raise_ms } => Some(raise_ms),
            Self::Raised { .. } | Self::HeardLate { .. } | Self::Kept { .. } => None,
        }
    }
}

/// How a promise the server received at `received_ms` stands at `now_ms`. Check-ins may come in any order
/// and repeated.
pub fn standing(
    promise: &Promise,
    received_ms: i64,
    check_ins: &[CheckIn],
    now_ms: i64,
) -> Standing {
    let seconds = |count: u32| i64::from(count) * 1_000;
    let grace_ms = seconds(promise.grace_s);
    let mut heard: Vec<CheckIn> =
        check_ins.iter().copied().filter(|word| word.at_ms <= now_ms).collect();
    heard.sort_unstable();
    if let Some(word) = heard.iter().find(|check_in| check_in.word == Word::Duress) {
        return Standing::Raised { since_ms: word.at_ms, duress: true };
    }
    let mut deadline_ms = received_ms.saturating_add(seconds(promise.within_s));
    for check_in in heard {
        let raise_ms = deadline_ms.saturating_add(grace_ms);
        if check_in.at_ms >= raise_ms {
            return Standing::HeardLate { raised_ms: raise_ms, heard_ms: check_in.at_ms };
        }
        match (check_in.word, promise.every_min) {
            (Word::Well, Some(minutes)) => {
                let next_ms = check_in.at_ms.saturating_add(seconds(minutes.saturating_mul(60)));
                deadline_ms = deadline_ms.max(next_ms);
            }
            _ => return Standing::Kept { at_ms: check_in.at_ms },
        }
    }
    let raise_ms = deadline_ms.saturating_add(grace_ms);
    if now_ms < deadline_ms {
        Standing::Quiet { until_ms: deadline_ms }
    } else if now_ms < raise_ms {
        Standing::Overdue { raise_ms }
    } else {
        Standing::Raised { since_ms: raise_ms, duress: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_story::at;
    use super::*;

    /// Received at 09:00: heard of by 10:00, five minutes of grace.
    fn promise(every_min: Option<u32>) -> Promise {
        Promise {
            id: [7; 16],
            case: "(2026)粤0605执1101号".to_owned(),
            act: None,
            crew: vec!["luqihang".to_owned(), "maixiaolan".to_owned()],
            place: "九江镇沙口地下车库".to_owned(),
            position: None,
            within_s: 3_600,
            every_min,
            grace_s: 300,
        }
    }

    fn stands(every_min: Option<u32>, heard: &[(i64, Word)], now_ms: i64) -> Standing {
        let heard: Vec<CheckIn> =
            heard.iter().map(|(at_ms, word)| CheckIn { at_ms: *at_ms, word: *word }).collect();
        standing(&promise(every_min), at(9, 0), &heard, now_ms)
    }

    #[test]
    fn silence_raises_at_deadline_and_grace() {
        let quiet = Standing::Quiet { until_ms: at(10, 0) };
        let overdue = Standing::Overdue { raise_ms: at(10, 5) };
        let raised = Standing::Raised { since_ms: at(10, 5), duress: false };
        for (now_ms, expected) in [
            (at(9, 0), quiet),
            (at(10, 0) - 1, quiet),
            (at(10, 0), overdue),
            (at(10, 5) - 1, overdue),
            (at(10, 5), raised),
            (at(23, 0), raised),
        ] {
            assert_eq!(stands(None, &[], now_ms), expected);
        }
        assert_eq!((quiet.next_ms(), overdue.next_ms()), (Some(at(10, 0)), Some(at(10, 5))));
        assert_eq!(raised.next_ms(), None);
    }

    #[test]
    fn whoever_is_heard_of_in_time_kept_the_promise() {
        for word in [Word::Well, Word::Done] {
            let kept = Standing::Kept { at_ms: at(10, 4) };
            assert_eq!(stands(None, &[(at(10, 4), word)], at(12, 0)), kept, "within the grace");
        }
        let late = Standing::HeardLate { raised_ms: at(10, 5), heard_ms: at(10, 5) };
        assert_eq!(stands(None, &[(at(10, 5), Word::Well)], at(12, 0)), late);
        // What comes after does not undo that help was called.
        let words = [(at(10, 30), Word::Done), (at(10, 5), Word::Well)];
        assert_eq!(stands(None, &words, at(12, 0)), late);
        let early = stands(None, &[(at(11, 0), Word::Done)], at(10, 30));
        assert_eq!(early, Standing::Raised { since_ms: at(10, 5), duress: false }, "not yet");
    }

    #[test]
    fn a_timer_runs_from_check_in_to_check_in() {
        let every = Some(30);
        let two = [(at(9, 50), Word::Well), (at(10, 10), Word::Well)];
        assert_eq!(stands(every, &two, at(10, 20)), Standing::Quiet { until_ms: at(10, 40) });
        let raised = Standing::Raised { since_ms: at(10, 45), duress: false };
        assert_eq!(stands(every, &two, at(10, 45)), raised);
        // An early one never takes time away.
        let early = [(at(9, 1), Word::Well)];
        assert_eq!(stands(every, &early, at(9, 40)), Standing::Quiet { until_ms: at(10, 0) });
        let done = [two[0], two[1], (at(10, 15), Word::Done)];
        assert_eq!(stands(every, &done, at(20, 0)), Standing::Kept { at_ms: at(10, 15) });
    }

    #[test]
    fn a_word_under_duress_calls_at_once() {
        let raised = Standing::Raised { since_ms: at(9, 30), duress: true };
        let words = [(at(9, 30), Word::Duress), (at(9, 40), Word::Done)];
        assert_eq!(stands(None, &words, at(9, 50)), raised);
        assert_eq!(stands(None, &words, at(9, 29)), Standing::Quiet { until_ms: at(10, 0) });
    }

    #[test]
    fn promises_have_bounds() {
        let good = promise(Some(30));
        assert_eq!(good.check(), Ok(()));
        let crew = |crew: &[&str]| crew.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        for (bad, reason) in [
            (Promise { within_s: 59, ..good.clone() }, DEADLINE),
            (Promise { within_s: 86_401, ..good.clone() }, DEADLINE),
            (Promise { every_min: Some(4), ..good.clone() }, INTERVAL),
            (Promise { grace_s: 3_601, ..good.clone() }, GRACE),
            (Promise { crew: crew(&[]), ..good.clone() }, CREW),
            (Promise { crew: crew(&["a", "a"]), ..good.clone() }, CREW),
            (Promise { crew: crew(&["a\n"]), ..good.clone() }, CREW),
            (Promise { place: "  ".to_owned(), ..good.clone() }, PLACE),
            (Promise { place: "沙".repeat(67), ..good.clone() }, PLACE),
        ] {
            assert_eq!(bad.check(), Err(reason));
        }
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            minutes in prop::collection::vec((0_i64..600, 0_u8..3), 0..8),
            every in prop::option::of(5_u32..240),
            now in 0_i64..700,
        ) {
            let words = [Word::Well, Word::Well, Word::Done];
            let heard: Vec<(i64, Word)> = minutes
                .iter()
                .map(|(minute, word)| (at(9, *minute), words[usize::from(*word)]))
                .collect();
            let mut other: Vec<_> = heard.iter().rev().copied().collect();
            other.extend(heard.iter().copied());
            let standing = stands(every, &heard, at(9, now));
            prop_assert_eq!(standing, stands(every, &other, at(9, now)));
            // Silence never goes unnoticed: nothing is quiet for longer than promised.
            if let Some(next_ms) = standing.next_ms() {
                prop_assert!(next_ms > at(9, now));
                prop_assert!(next_ms <= at(9, now) + 240 * 60_000 + 3_600_000);
            }
        }
    }
}
