//! That the cost of opening, listing and searching does not grow with the store: no query of the hot
//! paths walks a table, and opening reads a handful of pages.

use super::*;
use crate::store::{blobs, documents, feed, health, purge, queue, search, standing, tray, uploads};

fn plan(tx: &ReadTx<'_>, sql: &str) -> Vec<String> {
    let mut statement = tx.sql.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows =
        statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Whether a step of a plan reads a whole table. Partial indexes hold only what waits; those may be
/// read from end to end.
fn walks(step: &str) -> bool {
    let table = |name| step == format!("SCAN {name}") || step.starts_with(&format!("SCAN {name} "));
    let partial =
        ["log_unsigned", "log_pending", "log_attention", "tray_open", "blobs_open", "derived_open"];
    ["log", "edges", "documents", "tray", "blobs", "blob_uses", "feed", "findable"]
        .into_iter()
        .any(table)
        && !partial
            .iter()
            .chain(&["documents_conflicts", "documents_uncached"])
            .any(|index| step.contains(index))
}

#[test]
fn no_hot_query_walks_a_table() {
    let log = |tail: &str| format!("SELECT * FROM log {tail}");
    let documents = |tail: &str| format!("SELECT * {tail}");
    let mut queries = vec![
        log(queue::UNSIGNED),
        log(queue::PENDING),
        log(queue::OWN_RANGE),
        log(queue::HELD),
        log("WHERE document = ?1 AND local > ?2 ORDER BY local LIMIT ?3"),
        queue::CHANNEL_IDS.to_owned(),
        queue::DEPENDANTS.to_owned(),
        queue::MISSING.to_owned(),
        queue::PREVIOUS.to_owned(),
        documents(documents::RECENT),
        documents(documents::OF_CASE),
        documents(documents::OF_KIND),
        documents(documents::ATTENTION),
        documents::UNCACHED.to_owned(),
        uploads::QUEUE.to_owned(),
        standing::STATES.to_owned(),
        standing::REFUSED.to_owned(),
        standing::NEWEST.to_owned(),
        format!("SELECT * FROM blobs {}", blobs::OF_CHANNEL),
        format!("SELECT * FROM tray {}", tray::OPEN),
        feed::AFTER.to_owned(),
        purge::UNSENT.to_owned(),
        search::FIND.to_owned(),
    ];
    queries.extend(health::COUNTS.map(str::to_owned));
    let bench = bench();
    bench.read(|tx| {
        for sql in &queries {
            for step in plan(tx, sql) {
                let walks = walks(&step);
                eprintln!("DBG {step}");
                assert!(!walks, "{step}\n{sql}");
            }
        }
        Ok(())
    });
    // The check can fail.
    bench.read(|tx| {
        assert!(walks(&plan(tx, "SELECT * FROM log WHERE verb = ?1")[0]));
        Ok(())
    });
}

#[test]
fn opening_ten_thousand_records_reads_none_of_them() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 0..10_000_u64 {
            let mut id = DocumentId([0; 16]);
            id.0[..8].copy_from_slice(&seed.to_be_bytes());
            tx.append(&own(id, seed + 1))?;
            tx.put_document(&NewDocument { id, ..record(1) })?;
        }
        Ok(())
    });
    bench.store.close().unwrap();
    // Every page but the schema's and the one row of identity is damaged: opening does not notice.
    let path = bench.options().path;
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4_096;
    let keep = 400 * page;
    assert!(bytes.len() > 2 * keep);
    bytes[keep..].fill(0xff);
    std::fs::write(&path, &bytes).unwrap();
    let (store, opened) = Store::open(&bench.options()).unwrap();
    assert_eq!(opened.installation, Installation::Same);
    let error = store.write(|tx| tx.documents(None, 10)).unwrap_err();
    assert_eq!(error.code(), "store_damaged", "and a query does");
}
