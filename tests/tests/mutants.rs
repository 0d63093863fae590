//! Proof of the instrument that makes hostile changes: honest changes survive it unharmed, its mutants get past
//! the header and often parse, and its bombs are what they claim to be.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, Change, ObjType, ROOT};
use lastmile_core::document::{Limits, PrescanError, expand, prescan};
use lastmile_tests::mutate::chunk::{CHANGE, Chunk, Parts};
use lastmile_tests::mutate::{Mutator, bombs};
use lastmile_tests::seeds::seeds;

/// The changes of a small document that two devices edited: nested maps, many types, conflicts, deletions.
fn honest() -> Vec<Vec<u8>> {
    let mut first = AutoCommit::new().with_actor(vec![1; 16].into());
    let at = |seconds| CommitOptions::default().with_time(seconds).with_message("笔录");
    let lines = first.put_object(ROOT, "lines", ObjType::Map).unwrap();
    for n in 0..20_i64 {
        let line = first.put_object(&lines, format!("{n:026}"), ObjType::Map).unwrap();
        first.put(&line, "name", "数控机床").unwrap();
        first.put(&line, "quantity", n * 1_000).unwrap();
        first.put(&line, "hash", vec![7_u8; 32]).unwrap();
        first.put(&line, "sealed", n % 2 == 0).unwrap();
    }
    first.commit_with(at(1_790_000_000));
    let mut second = first.fork().with_actor(vec![2; 16].into());
    for n in 0..6 {
        first.put(ROOT, "location", format!("狮山镇{n}")).unwrap();
        first.commit_with(at(1_790_000_100 + n));
        second.put(ROOT, "location", format!("桂城街道{n}")).unwrap();
        second.put(ROOT, "term", n).unwrap();
        second.commit_with(at(-n));
        first.merge(&mut second).unwrap();
    }
    first.delete(ROOT, "term").unwrap();
    first.put(ROOT, "location", "丹灶镇").unwrap();
    first.commit_with(at(0));
    first.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect()
}

#[test]
fn honest_changes_survive_reading_and_writing_byte_for_byte() {
    let changes = honest();
    assert_eq!(changes.len(), 14);
    for bytes in changes {
        let chunk = Chunk::read(&bytes).unwrap();
        assert_eq!(chunk.kind, CHANGE);
        assert_eq!(chunk.seal(), bytes);
        let change = Change::from_bytes(bytes.clone()).unwrap();
        assert_eq!(chunk.hash(), change.hash().0);
        let parts = Parts::read(&chunk.data).unwrap();
        assert_eq!(parts.seal(), bytes);
        assert_eq!(parts.actor, change.actor_id().to_bytes());
        assert_eq!((parts.sequence, parts.start_op), (change.seq(), change.start_op().get()));
        assert_eq!(
            (parts.time, parts.dependencies.len()),
            (change.timestamp(), change.deps().len())
        );
    }
}

#[test]
fn the_same_seed_makes_the_same_mutants() {
    let make = |seed| Mutator::new(seed, honest()).take(200).collect::<Vec<_>>();
    assert_eq!(make(5), make(5));
    assert_ne!(make(5), make(6));
}

#[test]
fn every_mutant_has_a_valid_header_and_many_parse() {
    const MUTANTS: usize = 6_000;
    for seed in seeds("every_mutant_has_a_valid_header_and_many_parse", [1, 2]) {
        let honest = honest();
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        let mut steps: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        let mut differing = 0;
        for mutant in Mutator::new(seed.value(), honest.iter().cloned()).take(MUTANTS) {
            let chunk = Chunk::read(&mutant.bytes).expect("a header that fits");
            assert_eq!(chunk.seal(), mutant.bytes);
            differing += usize::from(!honest.contains(&mutant.bytes));
            let scanned = prescan(&mutant.bytes, Limits::V1);
            assert_ne!(scanned, Err(PrescanError::Checksum), "{:?}", mutant.steps);
            // What the scan lets through is bounded, so Automerge may see it; it still panics on some.
            let bytes = mutant.bytes.clone();
            let parsed = scanned.map(|_| catch_unwind(|| Change::from_bytes(bytes)));
            let outcome = match &parsed {
                Err(error) => format!("scan: {error:?}"),
                Ok(Err(_)) => "Automerge panics".into(),
                Ok(Ok(Err(_))) => "Automerge refuses".into(),
                Ok(Ok(Ok(change))) => {
                    assert!(change.len() as u64 <= Limits::V1.operations, "{:?}", mutant.steps);
                    "parsed".into()
                }
            };
            let parsed = matches!(parsed, Ok(Ok(Ok(_))));
            for step in mutant.steps {
                let [all, through] = steps.entry(step).or_default();
                *all += 1;
                *through += usize::from(parsed);
            }
            *outcomes.entry(outcome).or_default() += 1;
        }
        println!(
            "{MUTANTS} mutants of seed {}: {outcomes:#?}\n(all, parsed) {steps:?}",
            seed.value()
        );
        assert!(
            differing * 100 > MUTANTS * 95,
            "only {differing} mutants differ from their originals"
        );
        assert!(
            outcomes["parsed"] * 10 > MUTANTS,
            "too few mutants parse to reach what lies behind"
        );
        assert!(outcomes["parsed"] * 10 < MUTANTS * 8, "too few mutants are broken");
        assert!(steps.len() > 30, "only {} kinds of damage", steps.len());
    }
}

#[test]
fn the_operation_bomb_is_small_well_formed_and_refused() {
    let small = bombs::operation_bomb(1_000);
    assert_eq!(Change::from_bytes(small.clone()).unwrap().len(), 1_000);
    assert!(prescan(&small, Limits::V1).is_ok(), "refused for another reason than its size");
    let bomb = bombs::operation_bomb(10_000_000);
    assert!(bomb.len() < 80, "{} bytes", bomb.len());
    assert_eq!(prescan(&bomb, Limits::V1), Err(PrescanError::TooManyOperations));
    assert!(expand(&bomb, Limits::V1).is_err());
}

#[test]
fn the_deflate_bombs_inflate_a_thousandfold_and_are_refused() {
    // Automerge inflates before it looks: the inflated zeroes are no change, so it complains of them, not of deflate.
    let small = bombs::compressed_bomb(100_000);
    let complaint = Change::from_bytes(small).unwrap_err().to_string();
    assert!(!complaint.contains("decompress"), "not a deflate stream: {complaint}");
    let broken = Chunk { kind: 2, data: vec![0xff; 40] }.seal();
    let complaint = Change::from_bytes(broken).unwrap_err().to_string();
    assert!(complaint.contains("decompress"), "{complaint}");

    let bomb = bombs::compressed_bomb(128 << 20);
    assert!(bomb.len() < Limits::V1.bytes, "{} bytes", bomb.len());
    assert_eq!(prescan(&bomb, Limits::V1), Err(PrescanError::ChunkType));
    let bomb = bombs::column_bomb(128 << 20);
    assert!(bomb.len() < Limits::V1.bytes, "{} bytes", bomb.len());
    assert_eq!(prescan(&bomb, Limits::V1), Err(PrescanError::Column));
}
