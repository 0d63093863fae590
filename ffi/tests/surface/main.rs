//! The surface as an app drives it, from Rust: alone on a phone, with keys that misbehave, and against
//! the court's server on a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]
// Calls that Kotlin awaits take the object itself: `phone.clone().sync(0)` is how that reads from Rust.
#![allow(clippy::clone_on_ref_ptr)]

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
mod wiping;
