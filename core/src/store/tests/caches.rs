//! Documents and their lists, channels and feed, packs, drafts, certificates, members.

use super::*;
use crate::id::Digest;

fn ids(rows: &[DocumentRow]) -> Vec<u8> {
    rows.iter().map(|row| row.id.0[0]).collect()
}

#[test]
fn lists_page_newest_first_without_gap_or_repetition() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 1..=25 {
            // Ties in `updated` are broken by id.
            let case_no = (seed % 2 == 0).then(|| "案".to_owned());
            let kind = if seed % 5 == 0 { "assistance" } else { "seizure" }.to_owned();
            tx.put_document(&NewDocument {
                updated: i64::from(seed / 3),
                case_no,
                kind,
                ..record(seed)
            })?;
        }
        Ok(())
    });
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = bench.read(|tx| tx.documents(after, 4));
        let Some(last) = page.last() else { break };
        after = Some((last.updated, last.id));
        assert!(last.snapshot.is_none(), "lists carry no snapshots");
        seen.extend(ids(&page));
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<u8>>());
    let case = bench.read(|tx| tx.documents_of_case("案", None, 3));
    assert_eq!(ids(&case), [24, 22, 20]);
    let last = case.last().map(|row| (row.updated, row.id));
    assert_eq!(ids(&bench.read(|tx| tx.documents_of_case("案", last, 3))), [18, 16, 14]);
    assert_eq!(
        ids(&bench.read(|tx| tx.documents_of_kind("assistance", None, 9))),
        [25, 20, 15, 10, 5]
    );
}

#[test]
fn attention_is_conflict_hold_or_refusal() {
    let bench = bench();
    bench.write(|tx| {
        for seed in 1..=5 {
            tx.put_document(&NewDocument { conflicts: u32::from(seed == 2), ..record(seed) })?;
        }
        tx.append(&NewLogRow {
            state: LogState::Quarantined,
            reason: Some("revoked".to_owned()),
            ..accepted(document(3), 3)
        })?;
        tx.append(&own(document(4), 4))?;
        tx.refuse(own(document(4), 4).id, RefusedBy::Server, "role", 0)?;
        tx.append(&accepted(document(5), 5))
    });
    let page = bench.read(|tx| tx.documents_needing_attention(None, 2));
    assert_eq!(ids(&page), [4, 3]);
    let after = page.last().map(|row| (row.updated, row.id));
    assert_eq!(ids(&bench.read(|tx| tx.documents_needing_attention(after, 2))), [2]);
    bench.write(|tx| tx.set_seen(TrayId(1)));
    assert_eq!(ids(&bench.read(|tx| tx.documents_needing_attention(None, 9))), [3, 2]);
}

#[test]
fn caches_can_be_thrown_away_and_the_log_stays() {
    let bench = bench();
    let full =
        NewDocument { digest: Some(Digest([1; 32])), finalised: true, conflicts: 2, ..record(1) };
    bench.write(|tx| {
        tx.append(&own(document(1), 1))?;
        tx.put_document(&full)?;
        tx.index("document", document(1).as_bytes(), None, "温若棠")
    });
    assert_eq!(bench.read(|tx| tx.document(document(1))), Some(full.clone()));
    assert_eq!(bench.read(|tx| tx.documents_uncached(None, 9)), []);
    bench.write(|tx| tx.clear_caches());
    let bare = NewDocument {
        snapshot: None,
        digest: None,
        heads: Vec::new(),
        title: String::new(),
        finalised: false,
        conflicts: 0,
        ..full.clone()
    };
    assert_eq!(bench.read(|tx| tx.document(document(1))), Some(bare));
    assert_eq!(bench.read(|tx| tx.documents_uncached(None, 9)), [document(1)]);
    assert_eq!(bench.read(|tx| tx.search("温若", 9)), Found::default());
    assert_eq!(bench.read(|tx| tx.log_after(0, 9)).len(), 1);
    bench.write(|tx| {
        tx.put_document(&full)?;
        tx.index("document", document(1).as_bytes(), None, "温若棠")
    });
    assert_eq!(bench.read(|tx| tx.search("温若", 9)).hits.len(), 1);
    assert_eq!(bench.read(|tx| tx.check()), Vec::<String>::new());
}

#[test]
fn a_document_keeps_its_kind_and_moves_with_its_log() {
    let bench = bench();
    bench.write(|tx| {
        tx.append(&own(document(1), 1))?;
        tx.put_document(&record(1))
    });
    let other = NewDocument { kind: "eviction".to_owned(), ..record(1) };
    assert_eq!(bench.refused(|tx| tx.put_document(&other)).code(), "constraint");
    let moved = NewDocument { channel: "case:2".to_owned(), ..record(1) };
    assert_eq!(bench.refused(|tx| tx.put_document(&moved)).code(), "constraint");
    bench.write(|tx| tx.move_document(document(1), "case:2"));
    bench.write(|tx| tx.put_document(&moved));
    assert_eq!(bench.read(|tx| tx.ids_of_channel("case:2", None, 9)).len(), 1);
    let huge = NewDocument { snapshot: Some(vec![0; MAX_SNAPSHOT + 1]), ..moved };
    assert_eq!(bench.refused(|tx| tx.put_document(&huge)).code(), "too_large");
}

fn entry(seq: u64) -> NewFeedEntry<'static> {
    NewFeedEntry {
        seq,
        entry_hash: hash(seq),
        kind: "change",
        ref_id: &[1; 32],
        bytes: None,
        set_hash: hash(seq + 100),
    }
}

#[test]
fn the_feed_has_no_gap_and_knows_its_digest_everywhere() {
    let bench = bench();
    assert_eq!(bench.refused(|tx| tx.append_feed(CASE, &entry(1))).code(), "not_found");
    bench.write(|tx| tx.enter_channel(CASE, SERVER));
    for gap in [0, 2, u64::MAX] {
        let error = bench.refused(|tx| tx.append_feed(CASE, &entry(gap.min(1 << 62))));
        assert_eq!(error, StoreError::constraint("feed_sequence_has_a_gap"));
    }
    bench.write(|tx| (1..=3).try_for_each(|seq| tx.append_feed(CASE, &entry(seq))));
    assert_eq!(bench.refused(|tx| tx.append_feed(CASE, &entry(3))).code(), "constraint");
    let digest = |seq| bench.read(|tx| tx.digest_at(CASE, seq));
    for seq in 1..=3 {
        assert_eq!(digest(seq), Some(ChannelDigest { seq, count: seq, set_hash: hash(seq + 100) }));
    }
    assert_eq!((digest(0), digest(4)), (None, None));
    let page = bench.read(|tx| tx.feed(CASE, 1, 9));
    assert_eq!(page.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3]);
    // Entering again changes nothing; a new life of the server begins anew; so does a start in the middle.
    bench.write(|tx| tx.enter_channel(CASE, ServerEpoch([1; 16])));
    assert_eq!(digest(3).unwrap().count, 3);
    bench.write(|tx| tx.restart_channel(CASE, ServerEpoch([1; 16])));
    assert_eq!(digest(0), Some(ChannelDigest { seq: 0, count: 0, set_hash: [0; 32] }));
    bench.write(|tx| {
        tx.start_channel_at(CASE, SERVER, 40, 12, [3; 32])?;
        tx.append_feed(CASE, &entry(41))
    });
    assert_eq!((digest(40), digest(41).unwrap().count), (None, 13));
    assert_eq!(bench.read(|tx| tx.channels()).len(), 1);
}

fn pack(version: u64, bytes: &[u8]) -> PackRow {
    PackRow {
        kind: "rules".to_owned(),
        id: "cn".to_owned(),
        version,
        channel: None,
        bytes: bytes.to_vec(),
        received_ms: 1,
    }
}

#[test]
fn the_newest_pack_wins_and_a_version_has_one_content() {
    let bench = bench();
    let put = |version, bytes: &[u8]| bench.write(|tx| tx.put_pack(&pack(version, bytes)));
    assert_eq!(put(2, b"two"), PackKept::Newest);
    assert_eq!(put(1, b"one"), PackKept::Older);
    assert_eq!(put(2, b"two"), PackKept::Known);
    assert_eq!(bench.refused(|tx| tx.put_pack(&pack(2, b"other"))).code(), "constraint");
    assert_eq!(put(3, b"three"), PackKept::Newest);
    assert_eq!(bench.read(|tx| tx.pack("rules", "cn")).unwrap().bytes, b"three");
    assert_eq!(bench.read(|tx| tx.packs("rules", "", 9)).len(), 1);
    let large = pack(4, &vec![0; MAX_PACK + 1]);
    assert_eq!(bench.refused(|tx| tx.put_pack(&large)).code(), "too_large");
}

#[test]
fn drafts_are_saved_over_bounded_and_removed() {
    let bench = bench();
    let draft = DraftRow {
        id: "01J".to_owned(),
        kind: "seizure".to_owned(),
        case_no: None,
        json: r#"{"place":"九江镇"}"#.to_owned(),
        updated_ms: 1,
    };
    bench.write(|tx| tx.put_draft(&draft));
    let later = DraftRow { case_no: Some("案".to_owned()), updated_ms: 2, ..draft.clone() };
    bench.write(|tx| tx.put_draft(&later));
    assert_eq!(bench.read(|tx| tx.drafts(Some("案"))), std::slice::from_ref(&later));
    assert_eq!(bench.read(|tx| tx.drafts(None)), [later]);
    let broken = DraftRow { json: "{".to_owned(), ..draft.clone() };
    assert_eq!(bench.refused(|tx| tx.put_draft(&broken)), StoreError::constraint("not_json"));
    let large = DraftRow { json: format!("\"{}\"", "x".repeat(MAX_DRAFT)), ..draft.clone() };
    assert_eq!(bench.refused(|tx| tx.put_draft(&large)).code(), "too_large");
    assert!(bench.write(|tx| tx.remove_draft("01J")));
    assert!(!bench.write(|tx| tx.remove_draft("01J")));
    assert_eq!(bench.read(|tx| tx.draft("01J")), None);
}

#[test]
fn certificates_and_members_never_change_under_their_id() {
    let bench = bench();
    let id = CertificateId([1; 32]);
    bench.write(|tx| {
        tx.put_certificate(id, b"cert", None)?;
        tx.put_certificate(id, b"cert", Some("key1"))?;
        tx.put_certificate(CertificateId([2; 32]), b"other", None)
    });
    let own = bench.read(|tx| tx.own_certificates());
    assert_eq!(own.iter().map(|row| row.mine.as_deref()).collect::<Vec<_>>(), [Some("key1")]);
    assert_eq!(bench.read(|tx| tx.certificates()).len(), 2);
    assert_eq!(bench.refused(|tx| tx.put_certificate(id, b"x", None)).code(), "constraint");

    let member = |position, person: &str| MemberRow {
        channel: CASE.to_owned(),
        position,
        person: person.to_owned(),
        transition: vec![1],
    };
    bench.write(|tx| {
        tx.put_member(&member(1, "a"))?;
        tx.put_member(&member(4, "b"))?;
        tx.put_member(&member(9, "a"))?;
        tx.put_member(&member(1, "a"))
    });
    assert_eq!(bench.refused(|tx| tx.put_member(&member(4, "c"))).code(), "constraint");
    assert_eq!(bench.read(|tx| tx.members(CASE)).len(), 3);
    let positions: Vec<_> =
        bench.read(|tx| tx.member(CASE, "a")).iter().map(|row| row.position).collect();
    assert_eq!(positions, [1, 9]);
}

#[test]
fn forms_of_colleagues_are_replaced_whole_and_go_with_their_channel() {
    let bench = bench();
    let form = |id: &str, json: &str| DraftRow {
        id: id.to_owned(),
        kind: "seizure".to_owned(),
        case_no: Some("1101".to_owned()),
        json: json.to_owned(),
        updated_ms: 1,
    };
    let met = |met_ms| MetPhone {
        phone: [7; 16],
        certificate: CertificateId([7; 32]),
        person: "wenruotang",
        met_ms,
    };
    let shown = |forms: &[(&str, DraftRow)]| -> Vec<(String, DraftRow)> {
        forms.iter().map(|(channel, form)| ((*channel).to_owned(), form.clone())).collect()
    };
    bench.write(|tx| tx.enter_channel(CASE, SERVER));
    bench.write(|tx| tx.enter_channel("case:2", SERVER));
    let all =
        shown(&[(CASE, form("a", "1")), ("case:2", form("b", "1")), ("case:3", form("c", "1"))]);
    let kept = bench.write(|tx| tx.put_mirrored(&met(5), &all));
    assert_eq!(kept.len(), 2, "of a channel that is not here nothing is kept");
    bench.write(|tx| tx.take_over_form([7; 16], "a"));
    let again = bench.write(|tx| tx.put_mirrored(&met(6), &all));
    let marks = [("a".to_owned(), TakenOver::AsItIs), ("b".to_owned(), TakenOver::No)];
    assert_eq!(again, marks);
    let changed = shown(&[(CASE, form("a", "2"))]);
    let again = bench.write(|tx| tx.put_mirrored(&met(7), &changed));
    assert_eq!(again, [("a".to_owned(), TakenOver::Earlier)], "what somebody did is not forgotten");
    let broken = shown(&[(CASE, form("a", "{"))]);
    let refused = bench.refused(|tx| tx.put_mirrored(&met(8), &broken));
    assert_eq!(refused, StoreError::constraint("not_json"));

    bench.write(|tx| tx.put_draft(&form("mine", "1")));
    bench.write(|tx| tx.put_copies(&met(9), &[(form("mine", "1"), true)]));
    let copies = |json: &str| bench.read(|tx| tx.copies_of(&form("mine", json)));
    assert!(copies("1")[0].current && copies("1")[0].taken_over && !copies("2")[0].current);
    bench.write(|tx| tx.remove_draft("mine"));
    assert!(copies("1").is_empty(), "the next form under this id is another");

    bench.write(|tx| tx.purge_channel(CASE));
    assert!(bench.read(|tx| tx.mirrored(None)).is_empty());
    bench.write(|tx| tx.put_draft(&form("mine", "1")));
    assert_eq!(bench.write(|tx| tx.remove_drafts_of("1101")), 1);
}
