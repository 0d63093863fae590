//! Instruments for what crosses crates: disks that crash, bytes that lie, seeds that can be repeated. The tests
//! themselves stand in `tests/`; nothing here is part of a phone or a server.

pub mod acts;
pub mod court_stage;
#[allow(unsafe_code)] // a SQLite VFS is a table of C functions
pub mod crash_disk;
pub mod every_verb;
pub mod exported;
pub mod figures;
pub mod mutate;
pub mod officer_day;
#[allow(unsafe_code)] // an allocator is unsafe by its signature
pub mod peak;
pub mod phones;
pub mod seeds;
pub mod tidy;
pub mod weak_link;
