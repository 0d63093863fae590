//! The sync endpoint without HTTP: a sealed request in, an answer out. Stateless between requests.

pub mod access;
mod answer;
pub mod answered;
mod asker;
pub mod contacts;
pub mod evidence;
mod receipt;
mod session;

pub use asker::Asker;
pub(crate) use session::release_tray;
pub use session::{Session, SyncError};
