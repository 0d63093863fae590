//! Stores written by released versions open for ever. `v1.store.zst` was written by version 1 of the
//! schema with one row of everything; whatever version the program has by now, it reads the same.
//!
//! A released fixture is never written again. A new version adds its own: set
//! `LASTMILE_WRITE_FIXTURE=1` and run this file's tests once.

use std::{fmt::Write as _, fs, path::PathBuf};

use super::*;
use crate::{
    id::{BlobHash, Digest},
    store::migrate,
};

/// SHA-256 of each released migration. A released file is never edited: add the next number.
const RELEASED: [&str; 10] = [
    "91cd2ab7fd6025558dd8be36e7fad0ab7516f2682d735c19cc63fa677596d2df",
    "2308d7908ac2ee20594ff0f8b06fc18b35e673edf31fe931fbcb881827fa1866",
    "669e8ddcf3ee93f0b137645ebe13afaf834c0169ee31c6c6624daf0278adfab7",
    "f5b3b78b7c9fc3f98d0e47eddb1e739e4e449a7be0c673463bd84ae9fec979ce",
    "339d6a6f1856402dd23b22308f11bec99bf0762f8db89759fa3e22286d14746d",
    "2f1f8a2af6b03bd99546dcf7d66a621edeab8aa332ee42ce8f230c76dd102c4c",
    "d6a92a8d88207907ff75ef88cc647e9106578273ef3443ea3f39d8696856b0b8",
    "3484a9aa35f4c254708fb89b63ccc165c1bda5d3fbb2b3fd60dc7e2b261f38bb",
    "7df741290195ef2122a6b5390334bb1f40aa3757ca366b41547f908710ffeca3",
    "a93dbe2fa70480a5b350b24d5c9030ecc28754727410f2396d0fd8d07740753c",
];

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/store/tests/v1.store.zst")
}

/// One row of everything.
fn fill(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.begin_epoch(EPOCH, INSTALLATION)?;
    tx.take_sequence()?;
    tx.raise_generation()?;
    tx.set_court("440605")?;
    tx.set_server_epoch(SERVER)?;
    tx.put_certificate(CertificateId([3; 32]), b"certificate", Some("officer"))?;
    let signed = own(document(1), 1);
    tx.append(&signed)?;
    tx.put_intent(signed.id, r#"{"verb":"create"}"#)?;
    tx.sign(signed.id, &[7; 64])?;
    tx.set_state(signed.id, LogState::Accepted, None)?;
    tx.put_receipt(signed.id, b"receipt", 5)?;
    tx.append(&NewLogRow { needs: vec![signed.change_hash], ..own(document(1), 2) })?;
    tx.append(&own(document(1), 3))?;
    tx.refuse(own(document(1), 3).id, RefusedBy::Server, "role_may_not", 6)?;
    tx.put_document(&NewDocument { digest: Some(Digest([6; 32])), conflicts: 1, ..record(1) })?;
    tx.enter_channel(CASE, SERVER)?;
    let entry = NewFeedEntry {
        seq: 1,
        entry_hash: [1; 32],
        kind: "change",
        ref_id: signed.id.as_bytes(),
        bytes: None,
        set_hash: [2; 32],
    };
    tx.append_feed(CASE, &entry)?;
    tx.put_pack(&PackRow {
        kind: "case".to_owned(),
        id: "1234".to_owned(),
        version: 3,
        channel: Some(CASE.to_owned()),
        bytes: b"pack".to_vec(),
        received_ms: 7,
    })?;
    tx.put_draft(&DraftRow {
        id: "d1".to_owned(),
        kind: "seizure".to_owned(),
        case_no: None,
        json: "{}".to_owned(),
        updated_ms: 8,
    })?;
    tx.put_blob(&NewBlob {
        hash: BlobHash([5; 32]),
        path: "05/a.jpg",
        bytes: 10,
        mime: "image/jpeg",
        used_by: Some((document(1), "photo1")),
        state: BlobState::Local,
        priority: 2,
    })?;
    tx.put_member(&MemberRow {
        channel: CASE.to_owned(),
        position: 1,
        person: "p1".to_owned(),
        transition: b"transition".to_vec(),
    })?;
    tx.index("document", document(1).as_bytes(), Some(CASE), "查封 温若棠 粤E·12345")
}

/// Everything a caller can see of it, as text.
fn seen(tx: &ReadTx<'_>) -> Result<String, StoreError> {
    let mut text = String::new();
    let id = own(document(1), 1).id;
    macro_rules! show { ($($read:expr),+ $(,)?) => { $(writeln!(text, "{:#?}", $read?).unwrap();)+ } }
    show!(
        tx.identity(),
        tx.court(),
        tx.server_epoch(),
        tx.certificates(),
        tx.log_after(0, 9),
        tx.receipts(id),
        tx.intent(id),
        tx.tray_history(None, 9),
        tx.document(document(1)),
        tx.documents_needing_attention(None, 9),
        tx.channels(),
        tx.feed(CASE, 0, 9),
        tx.pack("case", "1234"),
        tx.drafts(None),
        tx.blobs_of_document(document(1)),
        tx.members(CASE),
        tx.search("若棠 123", 9),
        tx.backlog(),
        tx.check(),
    );
    Ok(text)
}

fn fresh() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&options(&dir)).unwrap();
    store.write(fill).unwrap();
    Bench { store, dir }
}

#[test]
fn a_store_of_version_1_reads_the_same_today() {
    if std::env::var_os("LASTMILE_WRITE_FIXTURE").is_some() {
        let bench = fresh();
        bench.store.close().unwrap();
        let file = bench.options().path;
        rusqlite::Connection::open(&file).unwrap().execute_batch("VACUUM").unwrap();
        fs::write(path(), zstd::encode_all(&*fs::read(file).unwrap(), 19).unwrap()).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let old = zstd::decode_all(&*fs::read(path()).unwrap()).unwrap();
    fs::write(options(&dir).path, old).unwrap();
    let (store, opened) = Store::open(&options(&dir)).unwrap();
    let migrated_from = (migrate::newest() > 1).then_some(1);
    assert_eq!(opened, Opened { installation: Installation::Same, migrated_from });
    assert_eq!(store.read(seen).unwrap(), fresh().read(seen));
    assert_eq!(store.write(|tx| tx.take_sequence()).unwrap(), 2);
}

#[test]
fn released_migrations_are_never_edited() {
    let hashes: Vec<_> = migrate::MIGRATIONS
        .iter()
        .map(|sql| data_encoding::HEXLOWER.encode(&sha256(sql.as_bytes())))
        .collect();
    assert_eq!(hashes, RELEASED, "add a new migration instead");
}
