//! The law as data. A rule pack says, for each rule, when it applies, what must hold, on which
//! article it rests and what to tell the officer; this module evaluates it over the facts of a
//! record and its case.
//!
//! Three answers, never two: a rule *passes*, *fails*, or *cannot be checked*. What was not recorded,
//! what is contested, what an older app does not understand never passes. Where the law makes the
//! missing note itself the fault, the rule says so (`present`) and fails.
//!
//! ```text
//! pack (JSON) ─► parse ─► rules ─► evaluate(facts, stage, calendar) ─► findings ─► missing, blocking
//! ```
//!
//! What does not live here: which person may do what ([`crate::records`]), holidays
//! ([`crate::calendar`]; seen through [`DateMath`]), and any text about a single court: courts add
//! packs.
//!
//! ## Facts
//!
//! Rules read one JSON object, put together by [`Circumstances`]:
//!
//! | key | content |
//! | --- | --- |
//! | `now`, `today` | `2026-03-17T09:05:00+08:00`, `2026-03-17` |
//! | `record` | `{id, kind, schema, case, handler, content, head, <collection>: [{id, struck, ...}], conflicts: [{kind, target}], finalised, late}` |
//! | `case` | the case pack |
//! | `related` | other records of the case by kind: `{"onsite": [record, ...]}` |
//! | `court` | the court's settings, such as `recorders_required` |
//! | `request` | what the server's signed transitions say of a request: `received_at`, `accepted_at`, `arrived_at` |
//! | `known_at` | when what only the server knows was known: `{"case": time}` |
//!
//! An absent key was not recorded. A contested field is absent and named under `conflicts`.

mod circumstances;
mod dates;
mod evaluate;
mod expression;
mod facts;
mod finding;
mod guide;
mod pack;
mod parse;
mod text;
mod truth;

#[cfg(test)]
mod tests;

pub use circumstances::{Circumstances, as_of};
pub use dates::{DateMath, NoCalendar};
pub use finding::{Finding, Outcome, Overridden, Stage, blocking, missing, unchecked};
pub use guide::guide;
pub use pack::{Basis, Instrument, Layer, Offline, Rule, RulePack, RulePackError, Severity, Texts};
pub use truth::Why;
