//! # Lastmile verifier
//!
//! What `lastmile-verify` says, apart from the program around it. Everything that is checked is checked in
//! [`lastmile_core::export`]; nothing here decides anything, reads a network or a database.

pub mod say;
