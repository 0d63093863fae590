//! Law 1 on the phone's store: whatever moment the power fails, the disk runs full or a call fails, what
//! was acknowledged is there, what was not is wholly there or not at all, and no sequence is given twice.

use std::path::PathBuf;

use lastmile_core::{
    id::{ActorId, BootId, CertificateId, ChangeHash, DocumentId, EnvelopeId, Epoch, sha256},
    store::{
        Captured, Installation, LogState, NewDocument, NewLogRow, Origin, RefusedBy, Store,
        StoreError, StoreOptions,
    },
    time::Moment,
};
use lastmile_tests::crash_disk::CrashDisk;
use lastmile_tests::seeds::seeds;

const EPOCH: Epoch = Epoch([4; 16]);
const INSTALLATION: [u8; 16] = [9; 16];
const DOCUMENT: DocumentId = DocumentId([1; 16]);
/// Saves of one run.
const SAVES: u64 = 5;

fn open(disk: &CrashDisk) -> Result<Store, StoreError> {
    let options = StoreOptions {
        path: PathBuf::from("phone.store"),
        vfs: Some(disk.vfs().to_owned()),
        key: None,
        readers: 1,
        installation: INSTALLATION,
    };
    let (store, opened) = Store::open(&options)?;
    match opened.installation {
        Installation::Fresh => store.write(|tx| tx.begin_epoch(EPOCH, INSTALLATION))?,
        Installation::Same => {}
        Installation::New => panic!("the installation did not change"),
    }
    Ok(store)
}

fn row(sequence: u64) -> NewLogRow {
    let body = sequence.to_be_bytes().to_vec();
    NewLogRow {
        id: EnvelopeId(sha256(&body)),
        document: DOCUMENT,
        channel: "case:1".to_owned(),
        change_hash: ChangeHash(sha256(&[&body[..], b"change"].concat())),
        actor: ActorId([2; 16]),
        actor_seq: sequence,
        certificate: CertificateId([3; 32]),
        epoch: EPOCH,
        generation: 0,
        sequence,
        verb: "edit".to_owned(),
        body,
        signature: None,
        // Some changes fill pages of their own.
        change: vec![7; if sequence.is_multiple_of(3) { 9_000 } else { 120 }],
        needs: Vec::new(),
        origin: Origin::Own,
        state: LogState::Unsigned,
        reason: None,
        on_server: false,
        priority: 1,
        captured: Captured {
            moment: Moment { device_ms: 1, monotonic_ms: 2, boot: BootId([1; 8]) },
            stored_ms: 3,
        },
    }
}

/// A save as the facade makes it: sequence, change, intent, read model and search in one transaction.
fn save(store: &Store) -> Result<(), StoreError> {
    store.write(|tx| {
        let sequence = tx.take_sequence()?;
        let row = row(sequence);
        tx.append(&row)?;
        tx.put_intent(row.id, "{}")?;
        tx.put_document(&NewDocument {
            id: DOCUMENT,
            kind: "seizure".to_owned(),
            case_no: None,
            channel: "case:1".to_owned(),
            snapshot: Some(row.change.clone()),
            digest: None,
            heads: vec![row.change_hash],
            title: sequence.to_string(),
            finalised: false,
            conflicts: 0,
            updated: i64::try_from(sequence).unwrap_or(0),
        })?;
        tx.index("document", &DOCUMENT.0, None, &format!("查封笔录{sequence}"))
    })
}

/// Saves, signs and refuses; gives how many saves were acknowledged.
fn work(disk: &CrashDisk) -> u64 {
    let mut acknowledged = 0;
    let _: Result<(), StoreError> = (|| {
        let store = open(disk)?;
        for sequence in 1..=SAVES {
            save(&store)?;
            acknowledged = sequence;
            store.write(|tx| tx.sign(row(sequence).id, &[7; 64]))?;
            if sequence == 4 {
                store.write(|tx| tx.refuse(row(2).id, RefusedBy::Server, "role_may_not", 1))?;
            }
        }
        store.close()
    })();
    acknowledged
}

/// How many saves the store holds; panics unless it is whole.
fn whole(store: &Store) -> u64 {
    store
        .read(|tx| {
            assert_eq!(tx.check()?, Vec::<String>::new());
            let Some(identity) = tx.identity()? else { return Ok(0) };
            let kept = identity.next_sequence - 1;
            for sequence in 1..=kept {
                let id = row(sequence).id;
                let logged = tx.log_row(id)?.map(|found| found.row.change);
                let refused =
                    tx.refusals(id)?.pop().and_then(|found| found.row).map(|found| found.change);
                assert!(logged.is_some() != refused.is_some(), "{sequence} is in one place");
                assert_eq!(logged.or(refused), Some(row(sequence).change));
                assert!(tx.intent(id)?.is_some());
            }
            let title = tx.document(DOCUMENT)?.map(|found| found.title);
            assert_eq!(title, (kept > 0).then(|| kept.to_string()));
            let found = tx.search(&format!("笔录{kept}"), 9)?.hits.len();
            assert_eq!(found, usize::from(kept > 0));
            Ok::<_, StoreError>(kept)
        })
        .unwrap()
}

/// Opens what a crash left, looks whether all is there, and goes on working.
fn survives(disk: &CrashDisk, acknowledged: u64, when: &str) {
    let store = open(disk).unwrap_or_else(|error| panic!("{when}: {error:?}"));
    let kept = whole(&store);
    assert!(
        (acknowledged..=acknowledged + 1).contains(&kept),
        "{when}: {acknowledged} acknowledged, {kept} kept"
    );
    save(&store).unwrap();
    assert_eq!(whole(&store), kept + 1);
}

fn points() -> u64 {
    let disk = CrashDisk::new(0);
    assert_eq!(work(&disk), SAVES);
    survives(&disk.duplicate(), SAVES, "undisturbed");
    disk.writes()
}

#[test]
fn the_power_may_fail_at_any_write() {
    let points = points();
    assert!(points > 100, "the workload shrank to {points} write points");
    for point in 1..=points {
        let disk = CrashDisk::new(point);
        disk.crash_at(point);
        let acknowledged = work(&disk);
        survives(&disk.recover(), acknowledged, &format!("crash at {point}"));
    }
    println!("{points} crash points");
}

#[test]
fn the_disk_may_tear_what_was_not_synced() {
    let points = points();
    for seed in seeds("the_disk_may_tear_what_was_not_synced", 1..=1) {
        // Every third point: the seed decides which, so that runs differ.
        for point in (1 + seed.value() % 3..=points).step_by(3) {
            let disk = CrashDisk::new(seed.value());
            disk.crash_at(point);
            let acknowledged = work(&disk);
            let torn = disk.recover_torn(seed.value().wrapping_add(point));
            survives(&torn, acknowledged, &format!("seed {}, crash at {point}", seed.value()));
        }
    }
}

#[test]
fn a_call_may_fail_and_the_store_goes_on() {
    let prepared = CrashDisk::new(0);
    open(&prepared).unwrap().close().unwrap();
    for offset in 1.. {
        let disk = prepared.duplicate();
        let store = open(&disk).unwrap();
        save(&store).unwrap();
        disk.io_error_at(disk.writes() + offset);
        let saved = save(&store);
        let failed = saved.is_err();
        if let Err(error) = saved {
            assert_eq!(error.code(), "io");
            assert_eq!(whole(&store), 1, "call {offset}: a failed save left something");
        }
        disk.heal();
        save(&store).unwrap();
        let kept = whole(&store);
        survives(&disk.recover(), kept, &format!("after failing call {offset}"));
        if !failed {
            assert!(offset > 3, "no call of a save could fail");
            break;
        }
    }
}

#[test]
fn a_full_disk_refuses_the_save_and_keeps_the_rest() {
    let disk = CrashDisk::new(0);
    let store = open(&disk).unwrap();
    save(&store).unwrap();
    disk.fill_at(disk.used() + 10_000);
    let mut kept = 1;
    let error = loop {
        match save(&store) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1_000, "the disk never filled");
    };
    assert_eq!(error, StoreError::DiskFull);
    assert_eq!(whole(&store), kept);
    disk.heal();
    save(&store).unwrap();
    survives(&disk.recover(), kept + 1, "after a full disk");
}
