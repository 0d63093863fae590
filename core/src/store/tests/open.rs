//! Opening: whose store it is, and what is refused and left untouched.

use std::{fs, io::Write as _};

use rusqlite::Connection;

use super::*;

fn reopened(bench: &Bench) -> Result<Opened, StoreError> {
    Store::open(&bench.options()).map(|(_, opened)| opened)
}

#[test]
fn a_store_is_fresh_until_its_epoch_begins() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (_, opened) = Store::open(&options(&dir)).unwrap();
        assert_eq!(opened.installation, Installation::Fresh);
    }
}

#[test]
fn another_installation_is_told_until_it_begins_its_own_epoch() {
    let bench = bench();
    bench.write(|tx| {
        tx.take_sequence()?;
        tx.raise_generation()
    });
    bench.store.close().unwrap();
    let elsewhere = StoreOptions { installation: [1; 16], ..bench.options() };
    for _ in 0..2 {
        assert_eq!(Store::open(&elsewhere).unwrap().1.installation, Installation::New);
    }
    let (store, _) = Store::open(&elsewhere).unwrap();
    let again = store.write(|tx| tx.begin_epoch(EPOCH, [1; 16])).unwrap_err();
    assert_eq!(again, StoreError::constraint("epoch_already_begun"));
    let identity = store
        .write(|tx| {
            tx.begin_epoch(Epoch([5; 16]), [1; 16])?;
            tx.identity()
        })
        .unwrap();
    let expected =
        Identity { epoch: Epoch([5; 16]), installation: [1; 16], generation: 0, next_sequence: 1 };
    assert_eq!(identity, Some(expected));
    drop(store);
    assert_eq!(Store::open(&elsewhere).unwrap().1.installation, Installation::Same);
    assert_eq!(reopened(&bench).unwrap().installation, Installation::New);
}

#[test]
fn sequences_and_generations_rise_by_one() {
    let bench = bench();
    let taken: Vec<_> = (0..3).map(|_| bench.write(|tx| tx.take_sequence())).collect();
    assert_eq!(taken, [1, 2, 3]);
    assert_eq!(bench.write(|tx| tx.raise_generation()), 1);
    bench.store.close().unwrap();
    let (store, _) = Store::open(&bench.options()).unwrap();
    assert_eq!(store.write(|tx| tx.take_sequence()).unwrap(), 4);
}

#[test]
fn settings_come_back_typed() {
    let bench = bench();
    bench.write(|tx| {
        tx.set_court("440605")?;
        tx.set_server_epoch(SERVER)?;
        tx.set_last_boot(BootId([6; 8]))
    });
    assert_eq!(bench.read(|tx| tx.court()), Some("440605".to_owned()));
    assert_eq!(bench.read(|tx| tx.server_epoch()), Some(SERVER));
    assert_eq!(bench.read(|tx| tx.last_boot()), Some(BootId([6; 8])));
    bench.write(|tx| tx.set_setting("last_boot", b"short"));
    assert_eq!(bench.store.read(|tx| tx.last_boot()).unwrap_err().code(), "store_damaged");
    assert_eq!(
        bench.refused(|tx| tx.set_setting("x", &vec![0; MAX_SETTING + 1])).code(),
        "too_large"
    );
}

/// Closes the store, changes its file, and checks that opening refuses it and leaves every byte.
fn refused_untouched(change: impl FnOnce(&std::path::Path)) -> StoreError {
    let bench = bench();
    bench.store.close().unwrap();
    let path = bench.options().path;
    change(&path);
    let before = fs::read(&path).unwrap();
    let error = Store::open(&bench.options()).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), before);
    error
}

#[test]
fn a_newer_store_is_refused_and_left_as_it_is() {
    let error = refused_untouched(|path| {
        Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    assert_eq!(error, StoreError::Newer { found: 99, known: migrate::newest() });
    assert_eq!(error.code(), "store_newer");
}

#[test]
fn damage_is_refused_and_left_as_it_is() {
    let garbage = refused_untouched(|path| fs::write(path, vec![0xa5; 9_000]).unwrap());
    assert_eq!(garbage.code(), "store_damaged");
    let foreign = refused_untouched(|path| {
        Connection::open(path).unwrap().pragma_update(None, "application_id", 7).unwrap();
    });
    assert_eq!(foreign.code(), "store_damaged");
    let unversioned = refused_untouched(|path| {
        Connection::open(path).unwrap().pragma_update(None, "user_version", 0).unwrap();
    });
    assert_eq!(unversioned.code(), "store_damaged");
    let schema = refused_untouched(|path| {
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(100)).unwrap();
        file.write_all(&[0xff; 64]).unwrap();
    });
    assert_eq!(schema.code(), "store_damaged");
}

#[test]
fn a_log_without_its_database_is_damage_and_not_a_new_store() {
    let bench = bench();
    let path = bench.options().path;
    let wal = path.with_extension("store-wal");
    // Copied while open, as a careless backup does.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = options(&elsewhere);
    fs::copy(&wal, copy.path.with_extension("store-wal")).unwrap();
    let error = Store::open(&copy).unwrap_err();
    assert_eq!(error.code(), "store_damaged");
    assert_eq!(fs::read(&wal).unwrap(), fs::read(copy.path.with_extension("store-wal")).unwrap());
}

#[test]
fn a_damaged_row_is_an_error_and_not_a_value() {
    let bench = bench();
    bench.write(|tx| {
        tx.append(&own(document(1), 1))?;
        tx.sql.pragma_update(None, "ignore_check_constraints", true)?;
        tx.sql.execute("UPDATE log SET actor = x'00'", [])?;
        tx.sql.pragma_update(None, "ignore_check_constraints", false)?;
        Ok(())
    });
    let error = bench.store.read(|tx| tx.log_row(own(document(1), 1).id)).unwrap_err();
    assert_eq!(error.code(), "store_damaged");
    assert!(!bench.read(|tx| tx.check()).is_empty());
}

#[cfg(not(feature = "sqlcipher"))]
#[test]
fn a_key_without_encryption_is_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let keyed = StoreOptions { key: Some(RawKey::new([1; 32])), ..options(&dir) };
    assert_eq!(Store::open(&keyed).unwrap_err(), StoreError::NoEncryption);
    assert_eq!(fs::metadata(&keyed.path).map_or(0, |data| data.len()), 0);
    assert_eq!(format!("{:?}", keyed.key), "Some(RawKey(redacted))");
}
