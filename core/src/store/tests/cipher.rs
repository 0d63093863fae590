//! The encrypted store: nothing readable in its files, and one key only.

use std::fs;

use super::*;

const PLAINTEXT: &str = "known plaintext of a case";

fn keyed(dir: &TempDir, key: u8) -> StoreOptions {
    StoreOptions { key: Some(RawKey::new([key; 32])), ..options(dir) }
}

/// A store under key 1 with a known text in several tables, still open.
fn filled(dir: &TempDir) -> Store {
    let (store, _) = Store::open(&keyed(dir, 1)).unwrap();
    store
        .write(|tx| {
            tx.begin_epoch(EPOCH, INSTALLATION)?;
            tx.set_court(PLAINTEXT)?;
            tx.put_document(&NewDocument { title: PLAINTEXT.to_owned(), ..record(1) })?;
            tx.index("document", &[1], None, PLAINTEXT)
        })
        .unwrap();
    store
}

fn shows_plaintext(dir: &TempDir) -> bool {
    let mut files = 0;
    let shown = fs::read_dir(dir.path()).unwrap().any(|entry| {
        files += 1;
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        [PLAINTEXT.as_bytes(), b"plaintext", b"SQLite format"]
            .iter()
            .any(|text| bytes.windows(text.len()).any(|window| window == *text))
    });
    assert!(files > 0);
    shown
}

#[test]
fn no_file_of_an_encrypted_store_shows_what_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir);
    assert!(!shows_plaintext(&dir), "the write-ahead log");
    store.close().unwrap();
    assert!(!shows_plaintext(&dir), "the database");
    let (store, opened) = Store::open(&keyed(&dir, 1)).unwrap();
    assert_eq!(opened.installation, Installation::Same);
    assert_eq!(store.read(|tx| tx.court()).unwrap().as_deref(), Some(PLAINTEXT));
    assert_eq!(store.read(|tx| tx.search("plain", 9)).unwrap().hits.len(), 1);

    let open = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(&open)).unwrap();
    store.write(|tx| tx.set_court(PLAINTEXT)).unwrap();
    assert!(shows_plaintext(&open), "the check can fail");
}

#[test]
fn another_key_or_none_is_refused_and_the_file_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    filled(&dir).close().unwrap();
    let path = options(&dir).path;
    let before = fs::read(&path).unwrap();
    assert_eq!(Store::open(&keyed(&dir, 2)).unwrap_err(), StoreError::LockedKey);
    assert_eq!(Store::open(&options(&dir)).unwrap_err().code(), "store_damaged");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(Store::open(&keyed(&dir, 1)).unwrap().1.installation, Installation::Same);
}

#[test]
fn an_open_store_is_not_taken_for_an_encrypted_one() {
    let bench = bench();
    bench.store.close().unwrap();
    let before = fs::read(bench.options().path).unwrap();
    assert_eq!(Store::open(&keyed(&bench.dir, 1)).unwrap_err(), StoreError::LockedKey);
    assert_eq!(fs::read(bench.options().path).unwrap(), before);
}
