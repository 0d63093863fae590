//! `openapi`: prints the description of the API.

use std::io::Write;

use super::Exit;
use crate::http::api::document;

/// Runs it.
pub fn run(out: &mut dyn Write) -> Exit {
    match out.write_all(document::text().as_bytes()) {
        Ok(()) => Exit::Done,
        Err(_) => Exit::Unavailable,
    }
}
