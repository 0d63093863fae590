//! The log: appending, twins, states, queues.

use super::*;

fn chain(document: DocumentId, seed: u64, needs: &[u64]) -> NewLogRow {
    NewLogRow {
        needs: needs.iter().map(|&seed| ChangeHash(hash(seed))).collect(),
        ..own(document, seed)
    }
}

#[test]
fn a_row_comes_back_as_it_was_appended() {
    let bench = bench();
    let row =
        NewLogRow { needs: vec![ChangeHash([1; 32]), ChangeHash([2; 32])], ..own(document(1), 1) };
    let appended = bench.write(|tx| tx.append(&row));
    assert_eq!(appended, Appended::New(1));
    let found = bench.read(|tx| tx.log_row(row.id)).unwrap();
    assert_eq!(found, LogRow { local: 1, row: row.clone() });
    assert_eq!(bench.write(|tx| tx.append(&row)), Appended::Known(1));
    assert_eq!(bench.read(|tx| tx.log_row_of_change(row.document, row.change_hash)), Some(found));
}

#[test]
fn a_twin_is_told_apart_from_a_repetition() {
    let bench = bench();
    let first = accepted(document(1), 1);
    bench.write(|tx| tx.append(&first));
    let mut twin = accepted(document(1), 2);
    twin.actor_seq = 1;
    let error = bench.refused(|tx| tx.append(&twin));
    assert_eq!(error, StoreError::Twin { existing: first.id });
    assert_eq!(error.code(), "twin");
    // Quarantined it can be kept beside the other, but not released.
    twin.state = LogState::Quarantined;
    twin.reason = Some("revoked".to_owned());
    bench.write(|tx| tx.append(&twin));
    let error = bench.refused(|tx| tx.set_state(twin.id, LogState::Accepted, None));
    assert_eq!(error.code(), "twin");
    bench.write(|tx| tx.refuse(first.id, RefusedBy::Server, "clone_twin", 5));
    bench.write(|tx| tx.set_state(twin.id, LogState::Accepted, None));
}

#[test]
fn one_id_or_one_change_never_has_two_bodies() {
    let bench = bench();
    let row = own(document(1), 1);
    bench.write(|tx| tx.append(&row));
    let forged = NewLogRow { body: vec![1], ..row.clone() };
    assert_eq!(
        bench.refused(|tx| tx.append(&forged)),
        StoreError::constraint("envelope_id_with_other_bytes")
    );
    let again = NewLogRow { change_hash: row.change_hash, ..own(document(1), 2) };
    assert_eq!(bench.refused(|tx| tx.append(&again)).code(), "constraint");
    let sequence = NewLogRow { sequence: 1, ..own(document(1), 3) };
    assert_eq!(bench.refused(|tx| tx.append(&sequence)).code(), "constraint");
}

#[test]
fn sizes_and_shapes_are_checked() {
    let bench = bench();
    let row = own(document(1), 1);
    let large = NewLogRow { change: vec![0; MAX_CHANGE + 1], ..row.clone() };
    assert_eq!(bench.refused(|tx| tx.append(&large)).code(), "too_large");
    let broken = [
        NewLogRow { state: LogState::Signed, ..row.clone() },
        NewLogRow { signature: Some(vec![1; 64]), ..row.clone() },
        NewLogRow { signature: Some(vec![1; 63]), state: LogState::Signed, ..row.clone() },
        NewLogRow { origin: Origin::Peer, ..row.clone() },
        NewLogRow { actor_seq: u64::MAX, ..row.clone() },
        NewLogRow { state: LogState::Held, ..accepted(document(1), 1) },
        NewLogRow { on_server: false, ..accepted(document(1), 1) },
        NewLogRow { state: LogState::Receipted, ..accepted(document(1), 1) },
    ];
    for new in broken {
        assert_eq!(bench.refused(|tx| tx.append(&new)).code(), "constraint", "{new:?}");
    }
}

#[test]
fn a_change_goes_from_unsigned_to_receipted_and_not_back() {
    let bench = bench();
    let id = own(document(1), 1).id;
    bench.write(|tx| tx.append(&own(document(1), 1)));
    assert_eq!(bench.refused(|tx| tx.set_state(id, LogState::Accepted, None)).code(), "constraint");
    assert_eq!(bench.refused(|tx| tx.mark_on_server(id)).code(), "constraint");
    assert!(bench.write(|tx| tx.sign(id, &[7; 64])));
    assert!(!bench.write(|tx| tx.sign(id, &[8; 64])));
    assert_eq!(bench.refused(|tx| tx.put_receipt(id, b"r", 1)).code(), "constraint");
    assert_eq!(bench.refused(|tx| tx.set_state(id, LogState::Held, None)).code(), "constraint");
    bench.write(|tx| tx.set_state(id, LogState::Held, Some("unknown_kind")));
    bench.write(|tx| tx.set_state(id, LogState::Accepted, None));
    bench.write(|tx| tx.put_receipt(id, b"first", 1));
    bench.write(|tx| tx.put_receipt(id, b"second", 2));
    bench.write(|tx| tx.set_state(id, LogState::Accepted, None));
    let found = bench.read(|tx| tx.log_row(id)).unwrap().row;
    assert_eq!(found.state, LogState::Receipted);
    assert_eq!(found.signature, Some(vec![7; 64]));
    assert!(found.on_server && found.reason.is_none());
    assert_eq!(bench.read(|tx| tx.receipts(id)), [b"first".to_vec(), b"second".to_vec()]);
    assert_eq!(
        bench.refused(|tx| tx.set_state(id, LogState::Held, Some("x"))).code(),
        "constraint"
    );
    assert_eq!(bench.refused(|tx| tx.sign(EnvelopeId([0; 32]), &[7; 64])).code(), "not_found");
    // A restored server lost it.
    assert_eq!(bench.write(|tx| tx.offer_again(CASE)), 1);
    assert_eq!(bench.read(|tx| tx.pending(None, 9)).len(), 1);
    assert_eq!(bench.read(|tx| tx.receipts(id)).len(), 2);
}

#[test]
fn pending_goes_by_urgency_and_pages() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 1..=5 {
            let priority = u8::from(seed != 4);
            tx.append(&NewLogRow { priority, ..own(document(1), seed) })?;
            if seed != 5 {
                tx.sign(own(document(1), seed).id, &[7; 64])?;
            }
        }
        // Carried for another phone, and not to be judged here.
        let mut carried = accepted(document(2), 6);
        carried.origin = Origin::Peer;
        carried.state = LogState::Held;
        carried.reason = Some("unknown_kind".to_owned());
        carried.on_server = false;
        tx.append(&carried)?;
        tx.mark_on_server(own(document(1), 2).id)
    });
    let order = |rows: Vec<LogRow>| rows.iter().map(|row| row.row.sequence).collect::<Vec<_>>();
    assert_eq!(order(bench.read(|tx| tx.pending(None, 9))), [4, 1, 3, 6]);
    let first = bench.read(|tx| tx.pending(None, 2));
    let last = first.last().unwrap();
    let after = Some((last.row.priority, last.local));
    assert_eq!(order(bench.read(|tx| tx.pending(after, 9))), [3, 6]);
    assert_eq!(order(bench.read(|tx| tx.unsigned(9))), [5]);
    assert_eq!(order(bench.read(|tx| tx.own_range(EPOCH, 2, 4, 9))), [2, 3, 4]);
    assert_eq!(order(bench.read(|tx| tx.own_range(EPOCH, 0, u64::MAX, 2))), [1, 2]);
    assert_eq!(order(bench.read(|tx| tx.log_of_document(document(1), 2, 2))), [3, 4]);
    assert_eq!(order(bench.read(|tx| tx.held(document(2), 0, 9))), [6]);
    let backlog = bench.read(|tx| tx.backlog());
    assert_eq!((backlog.unsigned, backlog.pending, backlog.held), (1, 4, 1));
}

#[test]
fn dependants_are_found_through_every_step() {
    let bench = bench();
    bench.write(|tx| {
        tx.append(&chain(document(1), 1, &[]))?;
        tx.append(&chain(document(1), 2, &[1]))?;
        tx.append(&chain(document(1), 3, &[1]))?;
        tx.append(&chain(document(1), 4, &[2, 3]))?;
        tx.append(&chain(document(1), 5, &[77]))?;
        tx.append(&chain(document(2), 6, &[1]))
    });
    let id = |seed| own(document(1), seed).id;
    let dependants = bench.read(|tx| tx.dependants(document(1), ChangeHash(hash(1))));
    assert_eq!(dependants, [id(2), id(3), id(4)]);
    assert_eq!(bench.read(|tx| tx.dependants(document(1), ChangeHash(hash(3)))), [id(4)]);
    assert_eq!(bench.read(|tx| tx.missing_changes(document(1))), [ChangeHash(hash(77))]);
    assert!(bench.read(|tx| tx.has_change(document(1), ChangeHash(hash(4)))));
    // What the tray takes leaves a hole that its dependants wait for.
    bench.write(|tx| tx.refuse(id(3), RefusedBy::Server, "role", 1));
    let missing = bench.read(|tx| tx.missing_changes(document(1)));
    assert_eq!(missing.len(), 2);
    assert!(missing.contains(&ChangeHash(hash(3))));
}

#[test]
fn ids_of_a_channel_page_in_order() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 1..=7 {
            tx.append(&own(document(1), seed))?;
        }
        tx.append(&NewLogRow { channel: "station:1".to_owned(), ..own(document(2), 8) })
    });
    let first = bench.read(|tx| tx.ids_of_channel(CASE, None, 4));
    let rest = bench.read(|tx| tx.ids_of_channel(CASE, first.last().copied(), 4));
    let all = [first, rest].concat();
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted());
}

#[test]
fn the_previous_envelope_counts_refused_ones_too() {
    let bench = bench();
    assert_eq!(bench.read(|tx| tx.previous_envelope(EPOCH, document(1))), None);
    bench.write(|tx| {
        tx.append(&own(document(1), 1))?;
        tx.append(&own(document(1), 2))?;
        tx.append(&own(document(2), 3))
    });
    let previous = || bench.read(|tx| tx.previous_envelope(EPOCH, document(1)));
    assert_eq!(previous(), Some(own(document(1), 2).id));
    bench.write(|tx| tx.refuse(own(document(1), 2).id, RefusedBy::Server, "role", 1));
    assert_eq!(previous(), Some(own(document(1), 2).id));
    assert_eq!(bench.read(|tx| tx.previous_envelope(Epoch([1; 16]), document(1))), None);
}
