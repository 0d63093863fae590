//! The surface as an app drives it, from Rust: alone on a phone, with keys that misbehave, and against
//! the court's server on a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contact;
mod court;
mod device;
mod evidence;
mod keys;
mod meeting;
mod observing;
mod officer;
mod opening;
mod recording;
