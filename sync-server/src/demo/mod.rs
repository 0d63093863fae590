//! What a demonstration needs around the server, on one machine. Nothing here runs in production.

pub mod cast;
pub mod check;
pub mod day;
pub mod link;
pub mod stage;
