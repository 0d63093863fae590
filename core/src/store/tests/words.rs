//! The court's words about files: the newest counts, within a channel and between channels, of the log that the
//! phone follows now.

use super::*;
use crate::id::BlobHash;

const HASH: BlobHash = BlobHash([1; 32]);
const OWN: &str = "device:ab";
const OTHER: &str = "case:2";

/// A bench with an original here, and channels that read words; numbers are places in the log.
struct Words {
    bench: Bench,
    proof: i64,
}

impl Words {
    fn new() -> Self {
        let bench = bench();
        let proof = bench.write(|tx| {
            for channel in [CASE, OTHER, OWN] {
                tx.enter_channel(channel, ServerEpoch([1; 16]))?;
            }
            tx.put_blob(&NewBlob {
                hash: HASH,
                path: "a",
                bytes: 10,
                mime: "image/jpeg",
                used_by: Some((document(1), "photo1")),
                state: BlobState::Local,
                priority: ORIGINAL,
            })?;
            proof_of(tx, "court/one", 50)
        });
        Self { bench, proof }
    }

    fn say(&self, channel: &str, holds: bool, index: Option<u64>) {
        self.bench.write(|tx| {
            let row = tx.channel(channel)?.unwrap();
            let id = sha256(format!("{channel} {}", row.cursor).as_bytes());
            let seq = row.cursor + 1;
            let entry = NewFeedEntry {
                seq,
                entry_hash: id,
                kind: "transition",
                ref_id: &id,
                bytes: None,
                set_hash: [0; 32],
            };
            tx.append_feed(channel, &entry)?;
            if holds {
                tx.put_stored(HASH, &id)?;
            } else {
                tx.put_lost(HASH, &id)?;
            }
            if let Some(index) = index {
                let place = FeedPlace { index, leaf: [0; 32], proof: self.proof };
                tx.set_feed_place(channel, seq, place)?;
            }
            Ok(())
        });
    }

    fn with_court(&self, backed_up: u64) -> WithCourt {
        self.bench.read(|tx| tx.with_court(HASH, backed_up))
    }

    fn state(&self) -> BlobState {
        self.bench.read(|tx| tx.blob(HASH)).unwrap().state
    }
}

fn proof_of(tx: &WriteTx<'_>, origin: &str, size: u64) -> Result<i64, StoreError> {
    let row = CheckpointRow {
        local: 0,
        origin: origin.to_owned(),
        size,
        root: [1; 32],
        at_ms: 0,
        note: Vec::new(),
    };
    let checkpoint = tx.put_checkpoint(&row, 0)?;
    tx.put_proof(checkpoint, b"proof")
}

#[test]
fn the_newest_word_of_a_channel_counts() {
    let words = Words::new();
    words.say(CASE, true, Some(5));
    assert_eq!((words.with_court(5), words.state()), (WithCourt::Receipted, BlobState::Verified));
    assert_eq!(words.with_court(6), WithCourt::BackedUp);
    words.say(CASE, false, None);
    assert_eq!((words.with_court(6), words.state()), (WithCourt::Lost, BlobState::Differs));
    words.say(CASE, true, None);
    assert_eq!((words.with_court(99), words.state()), (WithCourt::Stored, BlobState::Verified));
    words.say(CASE, false, Some(9));
    words.say(CASE, true, Some(12));
    assert_eq!(words.with_court(12), WithCourt::Receipted, "the old promise covers nothing");
    assert_eq!(words.with_court(13), WithCourt::BackedUp);
}

#[test]
fn between_channels_the_log_says_which_word_is_newer() {
    let words = Words::new();
    words.say(CASE, true, Some(5));
    words.say(OTHER, true, Some(6));
    words.say(OWN, false, Some(9));
    assert_eq!((words.with_court(99), words.state()), (WithCourt::Lost, BlobState::Differs));
    // An older promise that is read now changes nothing; a newer one does.
    words.say(OTHER, true, Some(7));
    assert_eq!((words.with_court(99), words.state()), (WithCourt::Lost, BlobState::Differs));
    words.say(OWN, true, Some(12));
    assert_eq!((words.with_court(99), words.state()), (WithCourt::BackedUp, BlobState::Verified));
    // Where nothing says which is newer, the file counts as lost.
    words.say(OTHER, false, None);
    assert_eq!(words.with_court(99), WithCourt::Lost);
}

#[test]
fn a_lost_original_is_neither_released_nor_purged_and_goes_up_again() {
    let words = Words::new();
    words.say(CASE, true, Some(5));
    let note = |through| words.bench.write(|tx| tx.note_receipted(through, &[OTHER, CASE]));
    assert_eq!(words.bench.write(|tx| tx.note_receipted(6, &[OTHER])), 0, "not read to its end");
    assert_eq!((note(5), note(6), note(6)), (0, 1, 0));
    words.say(CASE, false, Some(8));
    let row = words.bench.read(|tx| tx.blob(HASH)).unwrap();
    assert_eq!((row.state, row.trouble.as_deref()), (BlobState::Differs, Some(FILE_LOST)));
    let kept = words.bench.refused(|tx| tx.release_blob(HASH));
    assert_eq!(kept, StoreError::constraint("original_not_receipted"));
    words.bench.write(|tx| tx.put_document(&record(1)));
    let kept = words.bench.refused(|tx| tx.purge_channel(CASE));
    assert_eq!(kept, StoreError::constraint("channel_has_unreceipted_originals"));
    let waits = words.bench.read(|tx| tx.uploads(true, 9));
    assert_eq!(waits.len(), 1);
    words.bench.write(|tx| tx.set_uploaded(&waits[0]));
    assert_eq!(note(99), 0, "what was promised before the loss covers nothing");
    words.say(CASE, true, Some(12));
    assert_eq!((note(12), note(13)), (0, 1));
}

#[test]
fn one_that_was_given_up_stays_given_up_and_a_new_capture_is_offered() {
    let words = Words::new();
    words.say(CASE, true, Some(5));
    words.bench.write(|tx| tx.note_receipted(6, &[CASE]));
    words.bench.write(|tx| tx.release_blob(HASH));
    words.say(CASE, false, Some(8));
    let row = words.bench.read(|tx| tx.blob(HASH)).unwrap();
    assert_eq!((row.state, row.released, row.trouble), (BlobState::BackedUp, true, None));
    assert_eq!(words.with_court(99), WithCourt::Lost);
    assert!(words.bench.read(|tx| tx.uploads(true, 9)).is_empty());
    words.bench.write(|tx| {
        tx.put_blob(&NewBlob {
            hash: HASH,
            path: "b",
            bytes: 10,
            mime: "image/jpeg",
            used_by: None,
            state: BlobState::Local,
            priority: ORIGINAL,
        })
    });
    assert_eq!(words.bench.read(|tx| tx.uploads(true, 9)).len(), 1);
}

#[test]
fn places_in_a_log_that_was_replaced_cover_nothing() {
    let words = Words::new();
    words.say(CASE, true, Some(5));
    assert_eq!(words.with_court(6), WithCourt::BackedUp);
    words.bench.write(|tx| proof_of(tx, "court/two", 60).map(drop));
    assert_eq!(words.with_court(99), WithCourt::Stored, "another log's backup");
    assert_eq!(words.bench.write(|tx| tx.note_receipted(99, &[CASE])), 0);
}
