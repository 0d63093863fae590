//! The tray: refusal keeps every byte, requeue, outcomes, foreign bytes; and leaving a channel.

use super::*;

#[test]
fn a_refused_change_leaves_the_log_and_keeps_every_byte() {
    let bench = bench();
    let row =
        NewLogRow { needs: vec![ChangeHash([1; 32]), ChangeHash([9; 32])], ..own(document(1), 1) };
    bench.write(|tx| {
        tx.append(&row)?;
        tx.put_intent(row.id, r#"{"verb":"create"}"#)?;
        tx.sign(row.id, &[7; 64])
    });
    let id = bench.write(|tx| tx.refuse(row.id, RefusedBy::Server, "role_may_not", 77));
    assert_eq!(bench.read(|tx| tx.log_row(row.id)), None);
    let signed = NewLogRow { signature: Some(vec![7; 64]), state: LogState::Signed, ..row.clone() };
    let found = bench.read(|tx| tx.tray_row(id)).unwrap();
    assert_eq!(found.row, Some(signed.clone()));
    assert_eq!((found.reason.as_str(), found.refused_ms), ("role_may_not", 77));
    assert_eq!((found.refused_by, found.outcome), (RefusedBy::Server, TrayOutcome::Open));
    assert!(bench.read(|tx| tx.intent(row.id)).is_some(), "a rebase needs the intent");
    assert_eq!(bench.read(|tx| tx.refusals(row.id)).len(), 1);

    assert_eq!(
        bench.write(|tx| tx.requeue(id)),
        Appended::New(2),
        "local order is never used twice"
    );
    assert_eq!(bench.read(|tx| tx.log_row(row.id)).unwrap().row, signed);
    assert_eq!(bench.refused(|tx| tx.requeue(id)).code(), "constraint");
    assert_eq!(bench.read(|tx| tx.tray_open(TrayId(0), 9)), []);
    assert_eq!(bench.read(|tx| tx.tray_history(None, 9)).len(), 1);
}

#[test]
fn an_unsigned_change_can_be_refused_and_comes_back_unsigned() {
    let bench = bench();
    let row = own(document(1), 1);
    bench.write(|tx| tx.append(&row));
    let id = bench.write(|tx| tx.refuse(row.id, RefusedBy::Phone, "key_lost", 1));
    bench.write(|tx| tx.requeue(id));
    assert_eq!(bench.read(|tx| tx.log_row(row.id)).unwrap().row, row);
}

#[test]
fn a_rebase_settles_the_row_it_replaces() {
    let bench = bench();
    let (old, new) = (own(document(1), 1), own(document(1), 2));
    let id = bench.write(|tx| {
        tx.append(&old)?;
        let id = tx.refuse(old.id, RefusedBy::Server, "dependency_refused", 1)?;
        tx.append(&NewLogRow { generation: 1, actor: ActorId([8; 16]), ..new.clone() })?;
        tx.set_replaced(id, new.id)?;
        Ok(id)
    });
    let found = bench.read(|tx| tx.tray_row(id)).unwrap();
    assert_eq!((found.outcome, found.replaced_by), (TrayOutcome::Replaced, Some(new.id)));
    assert_eq!(bench.refused(|tx| tx.set_seen(id)).code(), "constraint");
    assert_eq!(bench.refused(|tx| tx.set_seen(TrayId(99))).code(), "not_found");
}

#[test]
fn outside_bytes_are_kept_and_bounded() {
    let bench = bench();
    let foreign = Foreign {
        bytes: b"garbage",
        origin: Origin::Peer,
        document: None,
        channel: Some(CASE),
        reason: "not_an_envelope",
        refused_by: RefusedBy::Phone,
        refused_ms: 5,
    };
    let id = bench.write(|tx| tx.keep_foreign(&foreign));
    let found = bench.read(|tx| tx.tray_row(id)).unwrap();
    assert_eq!(found.foreign.as_deref(), Some(b"garbage".as_slice()));
    assert_eq!(found.row, None);
    assert_eq!(bench.refused(|tx| tx.requeue(id)).code(), "constraint");
    bench.write(|tx| tx.set_seen(id));
    assert_eq!(bench.read(|tx| tx.backlog()).tray, 0);

    let large = vec![0; MAX_FOREIGN + 1];
    assert_eq!(
        bench.refused(|tx| tx.keep_foreign(&Foreign { bytes: &large, ..foreign })).code(),
        "too_large"
    );
    let piece = vec![0; MAX_FOREIGN];
    let error = bench.refused(|tx| {
        (0..70).try_for_each(|_| tx.keep_foreign(&Foreign { bytes: &piece, ..foreign }).map(drop))
    });
    assert_eq!(error, StoreError::constraint("tray_is_full_of_outside_bytes"));
}

#[test]
fn a_twin_can_be_kept_without_entering_the_log() {
    let bench = bench();
    let first = accepted(document(1), 1);
    let twin = NewLogRow { actor_seq: 1, ..accepted(document(1), 2) };
    bench.write(|tx| tx.append(&first));
    let id = bench.write(|tx| tx.refuse_unlogged(&twin, RefusedBy::Phone, "twin", 1));
    assert_eq!(bench.read(|tx| tx.tray_row(id)).unwrap().row.unwrap().change, twin.change);
    assert_eq!(bench.refused(|tx| tx.requeue(id)).code(), "twin");
    assert_eq!(bench.read(|tx| tx.tray_open(TrayId(0), 9)).len(), 1, "still open");
}

#[test]
fn tray_pages_both_ways() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 1..=5 {
            tx.append(&own(document(1), seed))?;
            tx.refuse(own(document(1), seed).id, RefusedBy::Phone, "x", 0)?;
        }
        Ok(())
    });
    let ids = |rows: Vec<TrayRow>| rows.iter().map(|row| row.id.0).collect::<Vec<_>>();
    assert_eq!(ids(bench.read(|tx| tx.tray_open(TrayId(0), 2))), [1, 2]);
    assert_eq!(ids(bench.read(|tx| tx.tray_open(TrayId(2), 9))), [3, 4, 5]);
    assert_eq!(ids(bench.read(|tx| tx.tray_history(None, 2))), [5, 4]);
    assert_eq!(ids(bench.read(|tx| tx.tray_history(Some(TrayId(4)), 9))), [3, 2, 1]);
}

/// A channel with a received record, its pack, member, feed entry and search entry.
fn fill(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    tx.enter_channel(CASE, SERVER)?;
    tx.append(&accepted(document(1), 1))?;
    tx.put_document(&record(1))?;
    tx.put_pack(&PackRow {
        kind: "case".to_owned(),
        id: "(2026)粤0605执1234号".to_owned(),
        version: 1,
        channel: Some(CASE.to_owned()),
        bytes: vec![1],
        received_ms: 0,
    })?;
    tx.put_member(&MemberRow {
        channel: CASE.to_owned(),
        position: 1,
        person: "p1".to_owned(),
        transition: vec![1],
    })?;
    tx.append_feed(
        CASE,
        &NewFeedEntry {
            seq: 1,
            entry_hash: [1; 32],
            kind: "change",
            ref_id: &[1; 32],
            bytes: None,
            set_hash: [2; 32],
        },
    )?;
    tx.index("document", document(1).as_bytes(), Some(CASE), "查封 温若棠")
}

#[test]
fn a_purge_takes_everything_of_the_channel_and_nothing_else() {
    let bench = bench();
    bench.write(fill);
    bench.write(|tx| {
        tx.append(&NewLogRow { channel: "case:2".to_owned(), ..accepted(document(2), 2) })?;
        tx.index("document", document(2).as_bytes(), Some("case:2"), "温若棠")?;
        tx.put_document(&NewDocument { channel: "case:2".to_owned(), ..record(2) })?;
        tx.set_leaving(CASE)
    });
    let purged = bench.write(|tx| tx.purge_channel(CASE));
    assert_eq!(purged, Purged { documents: 1, changes: 1, packs: 1, originals: 0 });
    bench.read(|tx| {
        assert_eq!(tx.document(document(1))?, None);
        assert_eq!(tx.log_of_document(document(1), 0, 9)?, []);
        assert_eq!(tx.members(CASE)?, []);
        assert_eq!(tx.feed(CASE, 0, 9)?, []);
        assert_eq!(tx.packs("case", "", 9)?, []);
        let channel = tx.channel(CASE)?.unwrap();
        assert_eq!((channel.member, channel.cursor, channel.count), (Membership::Left, 0, 0));
        assert_eq!(tx.search("温若棠", 9)?.hits.len(), 1);
        assert!(tx.document(document(2))?.is_some());
        assert_eq!(tx.log_of_document(document(2), 0, 9)?.len(), 1);
        Ok(())
    });
    bench.write(|tx| tx.enter_channel(CASE, SERVER));
    assert_eq!(bench.read(|tx| tx.channel(CASE)).unwrap().member, Membership::Member);
}

#[test]
fn a_purge_waits_for_what_the_court_does_not_have() {
    let bench = bench();
    bench.write(fill);
    let id = own(document(1), 2).id;
    let unsent = StoreError::constraint("channel_has_unsent_changes");
    bench.write(|tx| tx.append(&own(document(1), 2)));
    assert_eq!(bench.refused(|tx| tx.purge_channel(CASE)), unsent);
    bench.write(|tx| tx.sign(id, &[7; 64]));
    assert_eq!(bench.refused(|tx| tx.purge_channel(CASE)), unsent);
    bench.write(|tx| tx.set_state(id, LogState::Held, Some("unknown_kind")));
    assert_eq!(bench.refused(|tx| tx.purge_channel(CASE)), unsent);
    bench.write(|tx| tx.mark_on_server(id));

    let blob = NewBlob {
        hash: crate::id::BlobHash([5; 32]),
        path: "05/05.jpg",
        bytes: 10,
        mime: "image/jpeg",
        used_by: Some((document(1), "photo1")),
        state: BlobState::Local,
        priority: 2,
    };
    bench.write(|tx| tx.put_blob(&blob));
    let original = StoreError::constraint("channel_has_unreceipted_originals");
    for state in [BlobState::Uploading, BlobState::Differs, BlobState::Verified] {
        assert_eq!(bench.refused(|tx| tx.purge_channel(CASE)), original);
        bench.write(|tx| tx.set_blob_state(blob.hash, state));
    }
    assert_eq!(bench.refused(|tx| tx.purge_channel(CASE)), original);
    bench.write(|tx| tx.set_blob_state(blob.hash, BlobState::BackedUp));
    let purged = bench.write(|tx| tx.purge_channel(CASE));
    assert_eq!((purged.changes, purged.originals), (2, 1));
    assert_eq!(bench.read(|tx| tx.check()), Vec::<String>::new());
}
