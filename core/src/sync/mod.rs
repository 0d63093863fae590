//! How changes travel: the wire protocol, the phone's side of it, and phone to phone.
//!
//! One POST carries pending changes up and everything after the cursors down ([`request`],
//! [`response`]); changes travel as a [`batch`] that leaves out what the receiver can recompute; the
//! whole is one bounded zstd [`frame`], and a [`token`] beside it says who asks. A [`channel`] is a
//! server-ordered feed: entries numbered from 1 without gaps, with a set hash that both sides compute
//! from their own log. Files of evidence travel beside all of this ([`files`]).
//!
//! The formats are described in `docs/protocol/`, with vectors. What the phone
//! does with them is [`crate::phone`]'s; what the server does is the server's.

pub mod batch;
pub mod channel;
pub mod files;
pub mod forms;
pub mod frame;
pub mod peer;
pub mod positions;
pub mod request;
pub mod response;
#[cfg(test)]
mod tests;
pub mod token;
pub mod watch;

/// Media type of requests and answers. Only an answer with it and [`PROTOCOL_HEADER`] counts:
/// captive portals answer 200 too.
pub const MEDIA_TYPE: &str = "application/vnd.lastmile.sync";
/// Header that carries the protocol version.
pub const PROTOCOL_HEADER: &str = "lastmile-protocol";
/// The version this program speaks.
pub const PROTOCOL_VERSION: &str = "2";
