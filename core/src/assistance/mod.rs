//! Police assistance (请求公安协助): what becomes of a request after it was recorded. Pure: no clock, no
//! store, no network; the server, the phone and the console ask the same functions with what they know.
//!
//! ```text
//! record ──► call ──► aloud · message     what the police are told: by voice, by text message
//!              │
//!              ▼      signed steps (transitions of kind `assist`)
//!            step ──► life ──► ladder      who is told next while nobody acts
//!                      │ └───► hops        what the officer's phone shows
//!                      ▼
//!  suggest          incident               several reports, one event
//!  watch ─────────────┘                    silence calls for help
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`step`] | the table of steps: who may take each, from which state, what it needs |
//! | [`life`], [`check`] | one request as the fold of its signed steps; whether a step fits before it is signed |
//! | [`incident`] | several reports of one event: proposed, joined, parted |
//! | [`ladder`] | R-POL-03: what is due now, and when to look again |
//! | [`watch`] | place, crew and deadline left before a dead zone; check-ins |
//! | [`withdraw`] | the crew takes it back, of its own will or not |
//! | [`call`], [`aloud`] | what the police are told, nothing about the debtor; the words to read aloud |
//! | [`message`], [`plain`] | request and answer as text messages: signed, and plain for people |
//! | [`suggest`] | which unit is near, which crew of our own |
//! | [`hops`] | which hop has the request now, and what to do |
//!
//! Steps are a kind of transition of their own and not `decide`: a step names a station, a unit, another request
//! and a reason, machines act on each of them, and a kind never changes its fields. Words stay in `note`.
//!
//! What people in the field see or wish (the police seen to arrive, a withdrawal) stands in the record
//! ([`crate::records`]) and is shown beside the steps; it never counts as one.

pub mod aloud;
pub mod call;
pub mod check;
pub mod hops;
pub mod incident;
pub mod ladder;
pub mod life;
pub mod message;
pub mod plain;
pub mod step;
pub mod suggest;
#[cfg(test)]
mod test_story;
pub mod watch;
pub mod withdraw;
