//! Batches in hostile orders: what judging one costs, and that the order decides nothing.

use super::*;
use crate::document::expand::{EXPANSIONS, expand};
use crate::document::prescan::Limits;

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

/// The verdicts by definition: scan the batch again and again, one candidate at a time.
fn by_scanning(batch: &[Candidate]) -> Vec<Verdict> {
    let held = Verdict::Held(Hold::MissingDependency);
    let mut document = None;
    let mut verdicts = vec![held; batch.len()];
    let mut progress = true;
    while std::mem::take(&mut progress) {
        for (at, one) in batch.iter().enumerate() {
            if verdicts[at] != held {
                continue;
            }
            let parents = expand(&one.bytes, Limits::V1).unwrap().dependencies;
            let on_refused = batch.iter().zip(&verdicts).any(|(other, verdict)| {
                matches!(verdict, Verdict::Rejected(_)) && parents.contains(&other.hash)
            });
            if on_refused {
                verdicts[at] = Verdict::Rejected(Refusal::DependsOnRefused);
            } else {
                let single = accept(&kinds(), document.take(), std::slice::from_ref(one));
                document = single.document;
                verdicts[at] = single.verdicts[0];
            }
            progress |= verdicts[at] != held;
        }
    }
    verdicts
}

#[test]
fn a_batch_gets_the_verdicts_of_scanning_it_until_nothing_moves() {
    let mut lu = chain(6);
    let line = lu.view().state.items("lines")[0].id.clone();
    let (mut twin, mut wen) = (lu.clone(), Device::new("wen", 2));
    wen.hear(&lu);
    for quantity in 20..23 {
        lu.quantity(&line, quantity);
        twin.clock += 60_000;
        twin.quantity(&line, quantity + 10);
        wen.add_line("封存账册");
    }
    // Two branches, a cloned phone, a refused change, a gap; and everything twice.
    let mut batch = lu.log.clone();
    batch.extend_from_slice(&twin.log[6..]);
    batch.extend_from_slice(&wen.log[6..]);
    wen.add_line("轿车");
    let mut refused = wen.log.pop().unwrap();
    refused.provenance.roles = vec![Role::Liaison];
    batch.push(refused);
    for _ in 0..2 {
        wen.add_line("挂车");
        batch.push(wen.log.last().unwrap().clone());
    }
    let mut ou = Device::new("ou", 3);
    ou.hear(&lu);
    for _ in 0..3 {
        ou.add_line("叉车");
    }
    batch.extend_from_slice(&ou.log[lu.log.len() + 1..]);
    batch.extend(batch.clone());
    let mut seen: Vec<Verdict> = Vec::new();
    for seed in 0..24 {
        let batch = shuffled(&batch, seed);
        let expected = by_scanning(&batch);
        let (acceptance, read) = judged(None, &batch);
        assert_eq!(read, batch.len(), "seed {seed}");
        assert_eq!(acceptance.verdicts, expected, "seed {seed}");
        seen.extend(expected);
    }
    for verdict in [
        Verdict::Accepted,
        Verdict::Known,
        Verdict::Held(Hold::MissingDependency),
        Verdict::Rejected(Refusal::Twin),
        Verdict::Rejected(Refusal::NotAllowed),
        Verdict::Rejected(Refusal::DependsOnRefused),
    ] {
        assert!(seen.contains(&verdict), "{verdict:?} never came up");
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
