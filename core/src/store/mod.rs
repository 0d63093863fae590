//! The phone's store: SQLite through rusqlite, encrypted by SQLCipher behind the feature `sqlcipher`.
//!
//! The log of signed changes is the truth; document snapshots and the search index are caches that
//! can be thrown away and rebuilt. A save is a durable intent: the change stands in the log when
//! [`Store::write`] returns, its signature follows from a queue. What cannot be accepted moves to the
//! tray with its reason and is never deleted; originals stay until a receipt covers them.
//!
//! The store gives typed rows, transactions and invariants. It decides no semantics, merges nothing,
//! talks to no network and touches no file but its own database. There is one file per table: reads
//! are methods on [`ReadTx`], writes on [`WriteTx`], which also reads.

mod blobs;
mod captors;
mod certificates;
mod channels;
mod checkpoints;
mod column;
mod connection;
mod courier;
mod derived;
mod documents;
mod drafts;
mod error;
mod evidence;
mod feed;
mod fold;
mod handle;
mod health;
mod intents;
mod log;
mod members;
mod meta;
mod migrate;
mod mirrors;
mod packs;
mod pins;
mod purge;
mod queue;
mod removals;
mod search;
mod standing;
mod tray;
mod uploads;
mod wipe;
mod words;

#[cfg(test)]
mod tests;

pub use blobs::{BlobRow, BlobState, MAX_PATH, NewBlob, ORIGINAL};
pub use certificates::CertificateRow;
pub use channels::{ChannelRow, Membership};
pub use checkpoints::{CheckpointRow, FeedPlace, LogAlarm};
pub use connection::RawKey;
pub use courier::{CourierKind, CourierRow, CourierSecret};
pub use derived::{DerivedKind, DerivedRow};
pub use documents::{DocumentRow, ListAfter, MAX_SNAPSHOT, NewDocument};
pub use drafts::{DraftRow, MAX_DRAFT};
pub use error::StoreError;
pub use evidence::MAX_EVIDENCE;
pub use feed::{ChannelDigest, FeedEntry, MAX_ENTRY, NewFeedEntry};
pub use handle::{Installation, Opened, ReadTx, Store, StoreOptions, WriteTx};
pub use health::Backlog;
pub use intents::MAX_INTENT;
pub use log::{Appended, Captured, LogRow, LogState, MAX_BODY, MAX_CHANGE, NewLogRow, Origin};
pub use members::{MAX_TRANSITION, MemberRow};
pub use meta::{Identity, MAX_SETTING};
pub use mirrors::{CopyRow, MetPhone, MirroredRow, TakenOver};
pub use packs::{MAX_PACK, PackKept, PackRow};
pub use pins::PinRow;
pub use purge::Purged;
pub use search::{Found, MAX_SEARCH_TEXT, SearchHit};
pub use standing::StateCount;
pub use tray::{Foreign, MAX_FOREIGN, RefusedBy, TrayId, TrayOutcome, TrayRow};
pub use uploads::UploadRow;
pub use words::{FILE_LOST, WithCourt};
