//! What a demonstration needs around the server, on one machine. Nothing here runs in production.

pub mod link;
