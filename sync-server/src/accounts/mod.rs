//! People at the console: who may sign in with what, and for how long a browser stays signed in. What a
//! person may *do* is asked anew with every request from the roles of the directory ([`crate::roles`]), the same
//! ones as the phones'; an account gives nobody a role.
//!
//! ```text
//! password, one-time code ─► throttle ─► sign_in ─► session ─► cookie + x-csrf
//! ```
//!
//! | module | subject |
//! | --- | --- |
//! | [`password`] | argon2id, what a password must be |
//! | [`totp`] | one-time codes of an authenticator app (RFC 6238) |
//! | [`throttle`] | how long whoever guesses has to wait |
//! | [`session`] | a browser that is signed in |
//! | [`sign_in`] | all of it together |
//!
//! Cookies and headers are [`crate::http::session`]'s; rows are [`crate::store`]'s.

pub mod password;
pub mod session;
pub mod sign_in;
pub mod throttle;
pub mod totp;
