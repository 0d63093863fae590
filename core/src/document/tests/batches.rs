//! Batches in hostile orders: what judging one costs, and that the order decides nothing.

use super::*;
use crate::document::expand::EXPANSIONS;

/// A record with `count` changes, each made on the one before.
fn chain(count: usize) -> Device {
    let mut lu = Device::new("lu", 1);
    lu.create();
    let line = lu.add_line("注塑机");
    for quantity in 0..count - 2 {
        lu.quantity(&line, i64::try_from(quantity).unwrap());
    }
    assert_eq!(lu.log.len(), count);
    lu
}

/// The verdicts on `batch`, and how many changes were read for them.
fn judged(document: Option<&Document>, batch: &[Candidate]) -> (Acceptance, usize) {
    let before = EXPANSIONS.get();
    let acceptance = accept(&kinds(), document.cloned(), batch);
    (acceptance, EXPANSIONS.get() - before)
}

/// The same candidates in an order that only `seed` decides.
fn shuffled(batch: &[Candidate], mut seed: u64) -> Vec<Candidate> {
    let mut batch = batch.to_vec();
    for swap in (1..batch.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        batch.swap(swap, usize::try_from(seed >> 33).unwrap() % (swap + 1));
    }
    batch
}

#[test]
fn each_change_of_a_batch_is_read_once_in_any_order() {
    let lu = chain(300);
    let mut reversed = lu.log.clone();
    reversed.reverse();
    for (what, batch) in
        [("in order", lu.log.clone()), ("reversed", reversed), ("shuffled", shuffled(&lu.log, 7))]
    {
        let (acceptance, read) = judged(None, &batch);
        assert_eq!(read, batch.len(), "{what}");
        assert!(acceptance.verdicts.iter().all(|one| *one == Verdict::Accepted), "{what}");
        assert_eq!(acceptance.document.unwrap().state_digest(), lu.digest(), "{what}");
        let (again, read) = judged(lu.document.as_ref(), &batch);
        assert_eq!(read, 0, "what the document has is not read again: {what}");
        assert!(again.verdicts.iter().all(|one| *one == Verdict::Known), "{what}");
    }
    // Without the root nothing can be judged, and finding that out costs one reading each.
    let (acceptance, read) = judged(None, &lu.log[1..]);
    assert_eq!(read, 299);
    assert!(acceptance.document.is_none());
    let held = Verdict::Held(Hold::MissingDependency);
    assert!(acceptance.verdicts.iter().all(|one| *one == held));
}

#[test]
fn the_second_of_two_equal_changes_is_known() {
    let lu = chain(12);
    let mut twice = lu.log.clone();
    twice.extend(lu.log.iter().rev().cloned());
    for seed in 0..20 {
        let batch = shuffled(&twice, seed);
        let (acceptance, read) = judged(None, &batch);
        assert_eq!(read, batch.len(), "seed {seed}");
        for (at, verdict) in acceptance.verdicts.iter().enumerate() {
            let first = batch[..at].iter().all(|earlier| earlier.hash != batch[at].hash);
            let expected = if first { Verdict::Accepted } else { Verdict::Known };
            assert_eq!(*verdict, expected, "seed {seed}, number {at}");
        }
        assert_eq!(acceptance.document.unwrap().state_digest(), lu.digest());
    }
}

#[test]
fn what_was_made_on_a_refused_change_is_refused_and_the_rest_waits() {
    let lu = chain(12);
    let mut batch = lu.log.clone();
    batch[5].provenance.roles = vec![Role::Liaison];
    let expected = |hash| match batch.iter().position(|one| one.hash == hash).unwrap() {
        ..5 => Verdict::Accepted,
        5 => Verdict::Rejected(Refusal::NotAllowed),
        _ => Verdict::Rejected(Refusal::DependsOnRefused),
    };
    for seed in 0..20 {
        let mixed = shuffled(&batch, seed);
        let (acceptance, read) = judged(None, &mixed);
        assert_eq!(read, mixed.len());
        for (one, verdict) in mixed.iter().zip(acceptance.verdicts) {
            assert_eq!(verdict, expected(one.hash), "seed {seed}");
        }
    }
    let mut gap = lu.log.clone();
    gap.remove(5);
    gap.reverse();
    let (acceptance, _) = judged(None, &gap);
    for (one, verdict) in gap.iter().zip(acceptance.verdicts) {
        let early = lu.log[..5].iter().any(|earlier| earlier.hash == one.hash);
        let held = Verdict::Held(Hold::MissingDependency);
        assert_eq!(verdict, if early { Verdict::Accepted } else { held });
    }
}

#[test]
fn a_lie_under_an_honest_hash_harms_nobody() {
    let lu = chain(12);
    let mut forged = lu.log[5].clone();
    forged.bytes.truncate(40);
    let mut stolen = lu.log[5].clone();
    stolen.actor = ActorId([9; 16]);
    // Bytes of another change, whose dependencies never come.
    let mut stray = chain(20).log[19].clone();
    stray.hash = lu.log[5].hash;
    for lie in [forged, stolen, stray] {
        for at in [0, lu.log.len()] {
            let mut batch = lu.log.clone();
            batch.insert(at, lie.clone());
            let (acceptance, _) = judged(None, &batch);
            let mut verdicts = acceptance.verdicts;
            assert_ne!(verdicts.remove(at), Verdict::Accepted);
            assert!(verdicts.iter().all(|one| *one == Verdict::Accepted), "{verdicts:?}");
            assert_eq!(acceptance.document.unwrap().state_digest(), lu.digest());
        }
    }
}
