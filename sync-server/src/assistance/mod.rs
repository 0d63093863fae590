//! Requests for police assistance (请求公安协助) after they arrived: the steps that people at consoles and
//! rules take, signed by this server. What a step is, who may take it and what follows from it is
//! [`lastmile_core::assistance`]'s; here it is read, signed and stored.
//!
//! ```text
//! record accepted ─► route (ingest) ─► desk::received ─┐           ┌─► channel `dispatch`: every step
//! telephone ─► http ─► voice ──────────────────────────┤
//! text message ─► [`crate::sms`] ──────────────────────┤
//! console ─► http ─► desk::take ─► life + check ───────┴─► signed ─┴─► the case's channel: what phones may know
//! ```
//!
//! A step stands in two feeds as two transitions, because a transition names its channel. The order of the
//! channel [`DISPATCH`] is the order of the steps; phones see the other copy.
//!
//! | module | subject |
//! | --- | --- |
//! | [`desk`] | taking a step |
//! | [`voice`] | a call by telephone, written down |
//! | `opening` | a request that has no record yet |
//! | [`join`] | several reports of one event |
//! | [`facts`] | what is known of a request, however it came |
//! | [`settings`] | the court's own ladder |
//! | [`climb`] | the ladder: what is due while nobody acts |
//! | [`silence`] | promises before a dead zone: silence calls for help |
//! | [`positions`] | where crews are while their requests are open |
//! | [`units`] | who could come |
//! | [`engaged`] | who is at an open request |
//! | [`presence`] | which desks are attended |
//! | [`lives`] | requests as the fold of their steps |

pub mod climb;
pub mod desk;
pub mod engaged;
pub mod facts;
pub mod join;
pub mod lives;
pub(crate) mod opening;
pub mod positions;
pub mod presence;
pub mod settings;
pub mod silence;
pub mod units;
pub mod voice;

/// The channel of every step. No phone reads it: it has those that phones must not see.
pub const DISPATCH: &str = "dispatch";
/// Code of the transitions that are steps.
pub const ASSIST: &str = "assist";
/// Code of those that say what was told by voice or text message, or that nobody is heard of.
pub const REPORT: &str = "report";
