//! Originals: where they are, how far they have come, and that nothing leaves before its receipt.

use super::*;
use crate::id::BlobHash;

fn photo(seed: u8, path: &str) -> NewBlob<'_> {
    NewBlob {
        hash: BlobHash([seed; 32]),
        path,
        bytes: u64::from(seed) * 1_000,
        mime: "image/jpeg",
        used_by: Some((document(1), "photo1")),
        state: BlobState::Local,
        priority: ORIGINAL,
    }
}

#[test]
fn an_original_is_released_only_under_a_receipt() {
    let bench = bench();
    let blob = photo(1, "01/a.jpg");
    let not_yet = StoreError::constraint("original_not_receipted");
    bench.write(|tx| tx.put_blob(&blob));
    for state in [BlobState::Uploading, BlobState::Differs, BlobState::Missing, BlobState::Verified]
    {
        assert_eq!(bench.refused(|tx| tx.release_blob(blob.hash)), not_yet);
        let jump = bench.refused(|tx| tx.set_blob_state(blob.hash, BlobState::BackedUp));
        assert_eq!(jump, StoreError::constraint("original_not_verified"));
        bench.write(|tx| tx.set_blob_state(blob.hash, state));
    }
    assert_eq!(bench.refused(|tx| tx.release_blob(blob.hash)), not_yet);
    bench.write(|tx| tx.set_blob_state(blob.hash, BlobState::BackedUp));
    assert!(bench.read(|tx| tx.blob(blob.hash)).unwrap().may_release());
    bench.write(|tx| tx.release_blob(blob.hash));
    assert_eq!(bench.read(|tx| tx.to_remove()), ["01/a.jpg"]);
    let released = bench.refused(|tx| tx.set_blob_state(blob.hash, BlobState::Local));
    assert_eq!(released, StoreError::constraint("original_is_released"));
    assert_eq!(bench.refused(|tx| tx.release_blob(BlobHash([9; 32]))).code(), "not_found");
}

#[test]
fn an_original_that_came_from_the_court_is_not_sent_back() {
    let bench = bench();
    let missing = NewBlob { state: BlobState::Missing, bytes: 0, ..photo(1, "a") };
    bench.write(|tx| {
        tx.put_blob(&missing)?;
        tx.put_blob(&photo(2, "b"))?;
        tx.note_fetched(missing.hash, 77, "image/png")?;
        tx.note_fetched(BlobHash([2; 32]), 2_000, "image/jpeg")
    });
    let fetched = bench.read(|tx| tx.blob(missing.hash)).unwrap();
    assert_eq!((fetched.state, fetched.bytes), (BlobState::Verified, 77));
    assert_eq!(fetched.mime, "image/png");
    let own = bench.read(|tx| tx.blob(BlobHash([2; 32]))).unwrap();
    assert_eq!(own.state, BlobState::Local, "one that waits goes on waiting");
    // Released and fetched again: it is here.
    bench.write(|tx| {
        tx.set_blob_state(missing.hash, BlobState::BackedUp)?;
        tx.release_blob(missing.hash)?;
        tx.note_fetched(missing.hash, 77, "image/png")
    });
    let again = bench.read(|tx| tx.blob(missing.hash)).unwrap();
    assert_eq!((again.state, again.released), (BlobState::BackedUp, false));
}

#[test]
fn thumbnails_are_wanted_of_photos_that_are_elsewhere() {
    let bench = bench();
    let elsewhere = |seed, path| NewBlob { state: BlobState::Missing, ..photo(seed, path) };
    bench.write(|tx| {
        tx.put_blob(&elsewhere(1, "a"))?;
        tx.put_blob(&elsewhere(2, "b"))?;
        tx.put_blob(&elsewhere(3, "c"))?;
        tx.put_blob(&photo(4, "here"))?;
        tx.put_blob(&NewBlob { mime: "video/mp4", ..elsewhere(5, "film") })?;
        tx.put_blob(&NewBlob { used_by: None, ..elsewhere(6, "unnamed") })?;
        tx.use_blob(BlobHash([3; 32]), document(2), "photo1")?;
        tx.put_derived(&DerivedRow {
            made_from: BlobHash([2; 32]),
            kind: DerivedKind::Thumbnail,
            hash: BlobHash([22; 32]),
            path: "b.thumbnail".to_owned(),
            bytes: 9,
            with_court: true,
            fetched: true,
        })
    });
    let wanted = |of, behind: u8| {
        let found = bench.read(|tx| tx.without_thumbnail(of, BlobHash([behind; 32]), 10));
        found.into_iter().map(|hash| hash.0[0]).collect::<Vec<_>>()
    };
    assert_eq!(wanted(None, 0), [1, 3]);
    assert_eq!(wanted(None, 1), [3, 1], "behind the last one asked for");
    assert_eq!(wanted(Some(document(2)), 0), [3]);
}

#[test]
fn even_plain_sql_cannot_release_what_has_no_receipt() {
    let bench = bench();
    bench.write(|tx| tx.put_blob(&photo(1, "01/a.jpg")));
    let error = bench.refused(|tx| Ok(tx.sql.execute("UPDATE blobs SET released = 1", [])?));
    assert_eq!(error.code(), "constraint");
}

#[test]
fn uploads_go_by_urgency_then_size() {
    let bench = bench();
    bench.write(|tx| {
        tx.put_blob(&photo(9, "a"))?;
        tx.put_blob(&photo(2, "b"))?;
        tx.put_blob(&NewBlob { priority: 0, ..photo(5, "c") })?;
        tx.put_blob(&NewBlob { state: BlobState::Missing, ..photo(3, "d") })?;
        tx.put_blob(&photo(4, "e"))?;
        tx.set_blob_state(BlobHash([4; 32]), BlobState::Verified)?;
        tx.set_blob_state(BlobHash([9; 32]), BlobState::Uploading)?;
        tx.put_blob(&NewBlob { used_by: None, ..photo(6, "f") })?;
        for (kind, hash, bytes) in [(DerivedKind::Preview, 21, 9), (DerivedKind::Thumbnail, 22, 10)]
        {
            tx.put_derived(&DerivedRow {
                made_from: BlobHash([9; 32]),
                kind,
                hash: BlobHash([hash; 32]),
                path: format!("9.{}", kind.code()),
                bytes,
                with_court: false,
                fetched: false,
            })?;
        }
        Ok(())
    });
    let order = |originals| -> Vec<u8> {
        bench.read(|tx| tx.uploads(originals, 9)).iter().map(|row| row.hash.0[0]).collect()
    };
    assert_eq!(order(true), [5, 22, 21, 2, 9], "strokes, thumbnails, previews, small originals");
    assert_eq!(
        order(false),
        [5, 22, 21],
        "nothing large without Wi-Fi; what no record names stays"
    );
    assert_eq!(bench.read(|tx| tx.backlog()).originals, 4);
    let thumbnail = bench.read(|tx| tx.uploads(false, 9)).remove(1);
    bench.write(|tx| tx.set_uploaded(&thumbnail));
    assert_eq!(order(true), [5, 21, 2, 9]);
    bench.write(|tx| tx.offer_originals_again());
    assert_eq!(
        order(true),
        [5, 22, 21, 2, 4, 9],
        "after a restore of the court everything is offered again"
    );
}

#[test]
fn one_photo_of_two_records_stays_until_both_are_gone() {
    let bench = bench();
    let blob = photo(1, "01/a.jpg");
    bench.write(|tx| {
        tx.put_document(&record(1))?;
        tx.put_document(&NewDocument { channel: "case:2".to_owned(), ..record(2) })?;
        tx.put_blob(&NewBlob { state: BlobState::Missing, ..photo(1, "01/unknown") })?;
        tx.put_blob(&blob)?;
        tx.put_blob(&NewBlob {
            used_by: Some((document(2), "photo1")),
            path: "02/b.jpg",
            ..blob.clone()
        })?;
        tx.set_blob_state(blob.hash, BlobState::Verified)?;
        tx.set_blob_state(blob.hash, BlobState::BackedUp)
    });
    let known = bench.read(|tx| tx.blob(blob.hash)).unwrap();
    assert_eq!(
        known.path, "01/a.jpg",
        "bytes that came replace the missing entry, a second copy does not"
    );
    assert_eq!(bench.write(|tx| tx.purge_channel(CASE)).originals, 0);
    assert_eq!(bench.read(|tx| tx.blobs_of_document(document(2))), [("photo1".to_owned(), known)]);
    assert_eq!(bench.read(|tx| tx.to_remove()), Vec::<String>::new());
    assert_eq!(bench.write(|tx| tx.purge_channel("case:2")).originals, 1);
    assert_eq!(bench.read(|tx| tx.to_remove()), ["01/a.jpg"]);
}

#[test]
fn what_was_captured_anew_is_neither_purged_nor_released() {
    let bench = bench();
    let blob = photo(1, "01/a.jpg");
    bench.write(|tx| {
        tx.put_document(&record(1))?;
        tx.put_blob(&blob)?;
        tx.set_blob_state(blob.hash, BlobState::Verified)?;
        tx.set_blob_state(blob.hash, BlobState::BackedUp)?;
        tx.note_captor(blob.hash, "lu")
    });
    assert_eq!(bench.read(|tx| tx.releasable()), []);
    let kept = StoreError::constraint("original_not_named_yet");
    assert_eq!(bench.refused(|tx| tx.release_blob(blob.hash)), kept);
    assert_eq!(bench.write(|tx| tx.purge_channel(CASE)).originals, 0);
    assert_eq!(bench.read(|tx| tx.captured_by("lu")).len(), 1);
    assert_eq!(bench.read(|tx| tx.captured_by("wen")), []);
    bench.write(|tx| tx.forget_captor(blob.hash, "lu"));
    assert_eq!(bench.read(|tx| tx.releasable()).len(), 1);
    bench.write(|tx| tx.release_blob(blob.hash));
    // Its file was to go; captured once more it stays.
    bench.write(|tx| tx.put_blob(&NewBlob { used_by: None, ..blob.clone() }));
    assert_eq!(bench.read(|tx| tx.to_remove()), Vec::<String>::new());
    assert!(!bench.read(|tx| tx.blob(blob.hash)).unwrap().released);
}

#[test]
fn a_photo_of_a_draft_gets_its_record_later() {
    let bench = bench();
    let blob = NewBlob { used_by: None, ..photo(1, "a.jpg") };
    bench.write(|tx| tx.put_blob(&blob));
    assert_eq!(bench.read(|tx| tx.blobs_of_document(document(1))), []);
    bench.write(|tx| tx.put_blob(&photo(1, "a.jpg")));
    assert_eq!(bench.read(|tx| tx.blobs_of_document(document(1))).len(), 1);
}

#[test]
fn paths_stay_inside_the_directory() {
    let bench = bench();
    for path in [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a\\b",
        "C:x",
        "a/.",
        "照片.jpg",
        "a\0b",
        "a/",
    ] {
        let error = bench.refused(|tx| tx.put_blob(&photo(1, path)));
        assert_eq!(error, StoreError::constraint("path_is_not_plain"), "{path:?}");
    }
    let long = "a".repeat(MAX_PATH + 1);
    assert_eq!(bench.refused(|tx| tx.put_blob(&photo(1, &long))).code(), "too_large");
    bench.write(|tx| tx.put_blob(&photo(1, "ab/cd-1_2.jpg")));
    let verified = NewBlob { state: BlobState::Verified, ..photo(2, "x") };
    assert_eq!(bench.refused(|tx| tx.put_blob(&verified)).code(), "constraint");
}

#[test]
fn small_evidence_is_kept_whole_once_and_goes_as_photos_go() {
    let bench = bench();
    let strokes = b"strokes of a signature";
    let mime = "application/vnd.lastmile.strokes+cbor";
    let hash = bench.write(|tx| tx.keep_evidence(strokes, mime, (document(1), "S1")));
    assert_eq!(hash, BlobHash(sha256(strokes)));
    assert_eq!(bench.write(|tx| tx.keep_evidence(strokes, mime, (document(1), "S2"))), hash);
    let uses = bench.read(|tx| tx.blobs_of_document(document(1)));
    assert_eq!(uses.iter().map(|(item, _)| item.as_str()).collect::<Vec<_>>(), ["S1", "S2"]);
    assert_eq!(bench.read(|tx| tx.evidence(hash)).as_deref(), Some(&strokes[..]));
    assert_eq!(bench.read(|tx| tx.uploads(true, 9)).len(), 1, "it waits for its upload");
    let large = vec![0; MAX_EVIDENCE + 1];
    assert_eq!(
        bench.refused(|tx| tx.keep_evidence(&large, mime, (document(1), "S3"))).code(),
        "too_large"
    );
    assert_eq!(bench.refused(|tx| tx.release_blob(hash)).code(), "constraint");
    for state in [BlobState::Verified, BlobState::BackedUp] {
        bench.write(|tx| tx.set_blob_state(hash, state));
    }
    bench.write(|tx| tx.release_blob(hash));
    assert_eq!(bench.read(|tx| tx.evidence(hash)), None, "released under its receipt");

    let other = bench.write(|tx| tx.keep_evidence(b"another", mime, (document(1), "S4")));
    bench.write(|tx| {
        tx.sql.execute("DELETE FROM blobs WHERE hash = ?1", [other])?;
        Ok(())
    });
    assert_eq!(bench.read(|tx| tx.evidence(other)), None, "with its row, by a purge");
}
