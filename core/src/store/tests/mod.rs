//! Tests of the whole store. Those of one table stand in the file named after it.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// `bench.read(|tx| tx.court())` reads better than the path of the method.
#![allow(clippy::redundant_closure_for_method_calls)]

mod caches;
#[cfg(feature = "sqlcipher")]
mod cipher;
mod fixture;
mod log;
mod open;
mod originals;
mod plans;
mod search;
mod transactions;
mod tray;
mod words;

use tempfile::TempDir;

use super::*;
use crate::{
    id::{
        ActorId, BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch, ServerEpoch,
        sha256,
    },
    time::Moment,
};

pub(super) const INSTALLATION: [u8; 16] = [9; 16];
pub(super) const EPOCH: Epoch = Epoch([4; 16]);
pub(super) const CASE: &str = "case:(2026)粤0605执1234号";

/// A store in a directory that goes with it.
pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) dir: TempDir,
}

impl Bench {
    pub(super) fn options(&self) -> StoreOptions {
        options(&self.dir)
    }

    pub(super) fn write<T>(&self, work: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError>) -> T {
        self.store.write(work).unwrap()
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>) -> T {
        self.store.read(work).unwrap()
    }

    /// The error of a write that must not work.
    pub(super) fn refused<T: std::fmt::Debug>(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> Result<T, StoreError>,
    ) -> StoreError {
        self.store.write(work).unwrap_err()
    }
}

pub(super) fn options(dir: &TempDir) -> StoreOptions {
    StoreOptions {
        path: dir.path().join("phone.store"),
        vfs: None,
        key: None,
        readers: 2,
        installation: INSTALLATION,
    }
}

/// A fresh store whose epoch has begun.
pub(super) fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let (store, opened) = Store::open(&options(&dir)).unwrap();
    assert_eq!(opened, Opened { installation: Installation::Fresh, migrated_from: None });
    let bench = Bench { store, dir };
    bench.write(|tx| tx.begin_epoch(EPOCH, INSTALLATION));
    bench
}

pub(super) fn hash(seed: u64) -> [u8; 32] {
    sha256(&seed.to_be_bytes())
}

pub(super) fn document(seed: u8) -> DocumentId {
    DocumentId([seed; 16])
}

/// An own unsigned change, the `seed`-th of its actor and device.
pub(super) fn own(document: DocumentId, seed: u64) -> NewLogRow {
    let body = [document.as_bytes(), &seed.to_be_bytes()].concat();
    NewLogRow {
        id: EnvelopeId(sha256(&body)),
        document,
        channel: CASE.to_owned(),
        change_hash: ChangeHash(hash(seed)),
        actor: ActorId([2; 16]),
        actor_seq: seed,
        certificate: CertificateId([3; 32]),
        epoch: EPOCH,
        generation: 0,
        sequence: seed,
        verb: "create".to_owned(),
        body,
        signature: None,
        change: vec![0x85; 40],
        needs: Vec::new(),
        origin: Origin::Own,
        state: LogState::Unsigned,
        reason: None,
        on_server: false,
        priority: 1,
        captured: Captured {
            moment: Moment { device_ms: 1_000, monotonic_ms: 10, boot: BootId([1; 8]) },
            stored_ms: 1_001,
        },
    }
}

/// The same, signed and from the server.
pub(super) fn accepted(document: DocumentId, seed: u64) -> NewLogRow {
    NewLogRow {
        origin: Origin::Server,
        state: LogState::Accepted,
        signature: Some(vec![7; 64]),
        on_server: true,
        ..own(document, seed)
    }
}

pub(super) fn record(seed: u8) -> NewDocument {
    NewDocument {
        id: document(seed),
        kind: "seizure".to_owned(),
        case_no: Some("(2026)粤0605执1234号".to_owned()),
        channel: CASE.to_owned(),
        snapshot: Some(vec![seed; 8]),
        digest: None,
        heads: vec![ChangeHash(hash(u64::from(seed)))],
        title: "查封笔录".to_owned(),
        finalised: false,
        conflicts: 0,
        updated: i64::from(seed),
    }
}

pub(super) const SERVER: ServerEpoch = ServerEpoch([8; 16]);
