//! Instruments for what crosses crates: disks that crash, bytes that lie, seeds that can be repeated. The tests
//! themselves stand in `tests/`; nothing here is part of a phone or a server.

pub mod court_stage;
#[allow(unsafe_code)]
// a SQLite VFS is a table of C functions; the only unsafe code of the workspace
pub mod crash_disk;
pub mod figures;
pub mod mutate;
pub mod officer_day;
pub mod seeds;
pub mod tidy;
