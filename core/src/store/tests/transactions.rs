//! Durability, snapshots, rollback, busy and closed.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
};

use super::*;

#[test]
fn a_reader_sees_its_snapshot_while_the_writer_commits() {
    let bench = bench();
    let (started, wait_started) = mpsc::channel();
    let (committed, wait_committed) = mpsc::channel();
    let store = &bench;
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            store.read(|tx| {
                let before = tx.setting("x")?;
                started.send(()).unwrap();
                wait_committed.recv().unwrap();
                Ok((before, tx.setting("x")?))
            })
        });
        wait_started.recv().unwrap();
        bench.write(|tx| tx.set_setting("x", b"1"));
        committed.send(()).unwrap();
        assert_eq!(reader.join().unwrap(), (None, None));
    });
    assert_eq!(bench.read(|tx| tx.setting("x")), Some(b"1".to_vec()));
}

#[test]
fn an_error_or_a_panic_in_the_closure_leaves_nothing() {
    let bench = bench();
    let error = bench.refused(|tx| {
        tx.append(&own(document(1), 1))?;
        tx.take_sequence()?;
        Err::<(), _>(StoreError::constraint("changed_my_mind"))
    });
    assert_eq!(error.code(), "constraint");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        bench.store.write(|tx| {
            tx.append(&own(document(1), 1))?;
            assert!(
                tx.log_row(own(document(1), 1).id)?.is_none(),
                "seen inside its own transaction"
            );
            Ok::<_, StoreError>(())
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(bench.read(|tx| tx.log_after(0, 10)), []);
    assert_eq!(bench.write(|tx| tx.take_sequence()), 1, "a rolled back sequence is given again");
}

#[test]
fn a_write_inside_a_write_is_busy_and_not_a_deadlock() {
    let bench = bench();
    let inner = bench.write(|_| Ok(bench.store.write(|_| Ok::<_, StoreError>(()))));
    assert_eq!(inner, Err(StoreError::Busy));
    bench.write(|_| Ok(()));
}

#[test]
fn a_full_disk_leaves_the_state_as_it_was_and_the_store_usable() {
    let bench = bench();
    bench.write(|tx| tx.set_setting("before", b"1"));
    let error = bench.refused(|tx| {
        let pages: u32 = tx.sql.pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.sql.pragma_update(None, "max_page_count", pages + 2)?;
        tx.set_setting("before", b"2")?;
        for number in 0..100 {
            tx.set_setting(&format!("fill{number}"), &vec![0; 60_000])?;
        }
        Ok(())
    });
    assert_eq!(error, StoreError::DiskFull);
    assert_eq!(bench.read(|tx| tx.setting("before")), Some(b"1".to_vec()));
    assert_eq!(bench.read(|tx| tx.setting("fill0")), None);
    bench.write(|tx| tx.set_setting("small", b"3"));
}

#[test]
fn a_closed_store_says_so() {
    let bench = bench();
    bench.store.close().unwrap();
    assert_eq!(bench.refused(|_| Ok(())), StoreError::Closed);
    assert_eq!(bench.store.read(|_| Ok::<_, StoreError>(())), Err(StoreError::Closed));
    bench.store.close().unwrap();
    let (store, opened) = Store::open(&bench.options()).unwrap();
    assert_eq!(opened.installation, Installation::Same);
    drop(store);
}

#[test]
fn readers_cannot_write() {
    let bench = bench();
    let error =
        bench.store.read(|tx| tx.sql.execute("DELETE FROM meta", []).map_err(StoreError::from));
    assert_eq!(error.unwrap_err().code(), "io");
    assert!(bench.read(|tx| tx.identity()).is_some());
}

#[test]
fn a_hundred_reads_share_two_readers() {
    let bench = bench();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..12 {
                    assert!(bench.read(|tx| tx.identity()).is_some());
                }
            });
        }
    });
}
