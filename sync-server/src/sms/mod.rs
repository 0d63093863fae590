//! Requests for police assistance as text messages (`docs/protocol/sms.md`): a telephone network where there is no
//! data. The server has no telephone itself: a gateway carries the texts, through a folder or over HTTP.
//!
//! ```text
//! gateway ──► folder · http ──► take ──► assistance (opens, updates, withdraws)
//!    ▲                           │                    │ signed steps
//!    └── folder · http ◄── queue ┴────────── tell ◄───┘
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`take`] | a text that came: what it is, what it changes |
//! | `request` | what a verified text says, as a report |
//! | `tell` | which answers go to which telephone |
//! | [`queue`] | what waits for a gateway |
//! | [`folder`] | a gateway that drops files |
//!
//! What a text means and how it is signed is [`lastmile_core::assistance::message`]'s. Telephone numbers are
//! personal data: they stand in the database and in what gateways are handed, in no log and no figure.

pub mod folder;
pub mod queue;
mod request;
pub mod take;
pub(crate) mod tell;
