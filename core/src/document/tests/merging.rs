//! The laws of merging as properties: any interleaving of what up to four devices do converges to
//! equal digests, loses no value, and keeps every finalised content; and the history index agrees
//! with Automerge about what is visible.

use std::collections::BTreeSet;

use automerge::ReadDoc;
use proptest::prelude::*;

use super::*;

/// One step of a random day.
#[derive(Debug, Clone)]
enum Step {
    Add(usize),
    Quantity(usize, usize, i64),
    Colour(usize, u8),
    Strike(usize, usize),
    Resolve(usize, u8),
    Finalise(usize),
    Sign(usize),
    Hear(usize, usize),
}

fn step(devices: usize) -> impl Strategy<Value = Step> {
    let device = 0..devices;
    prop_oneof![
        2 => device.clone().prop_map(Step::Add),
        4 => (device.clone(), 0_usize..6, 0_i64..50).prop_map(|(d, i, q)| Step::Quantity(d, i, q)),
        2 => (device.clone(), 0_u8..4).prop_map(|(d, c)| Step::Colour(d, c)),
        2 => (device.clone(), 0_usize..6).prop_map(|(d, i)| Step::Strike(d, i)),
        3 => (device.clone(), 0_u8..4).prop_map(|(d, c)| Step::Resolve(d, c)),
        1 => device.clone().prop_map(Step::Finalise),
        1 => device.clone().prop_map(Step::Sign),
        6 => (device.clone(), device).prop_map(|(a, b)| Step::Hear(a, b)),
    ]
}

fn play(devices: &mut [Device], step: &Step) {
    let items = |device: &Device| -> Vec<String> {
        device.view().state.items("lines").iter().map(|item| item.id.clone()).collect()
    };
    match step {
        Step::Add(d) => {
            let item = devices[*d].ulid();
            let _ = devices[*d].try_do(&Intent::Add {
                verb: "add_line".into(),
                item,
                fields: fields(&[("name", "物品".into()), ("quantity", Value::Int(1))]),
            });
        }
        Step::Quantity(d, item, quantity) => {
            let items = items(&devices[*d]);
            if let Some(item) = items.get(item % items.len().max(1)) {
                let _ = devices[*d].try_do(&quantity_intent(item, *quantity));
            }
        }
        Step::Colour(d, colour) => {
            let _ = devices[*d].try_do(&Intent::Set {
                verb: "set".into(),
                fields: fields(&[("colour", format!("色{colour}").into())]),
            });
        }
        Step::Strike(d, item) => {
            let items = items(&devices[*d]);
            if let Some(item) = items.get(item % items.len().max(1)) {
                let _ = devices[*d].strike(item, "不应查封");
            }
        }
        Step::Resolve(d, choice) => {
            let Some(conflict) = devices[*d].view().conflicts.first().cloned() else { return };
            let choice = match (&conflict.subject, choice) {
                (Subject::StruckOrEdited(_), 0 | 1) => Choice::Struck,
                (Subject::StruckOrEdited(_), _) => Choice::Kept,
                (_, 0) => Choice::Unsettled,
                _ => match &conflict.sides[0].what {
                    Claim::Value(value) => Choice::Alternative(value.clone()),
                    _ => Choice::Noted,
                },
            };
            let _ = devices[*d].resolve(conflict.subject.target(), choice);
        }
        Step::Finalise(d) => {
            let _ = devices[*d].finalise();
        }
        Step::Sign(d) => {
            let item = devices[*d].ulid();
            let _ = devices[*d].try_do(&Intent::Add {
                verb: "sign".into(),
                item,
                fields: fields(&[("name", "在场人".into())]),
            });
        }
        Step::Hear(a, b) if a != b => {
            let other = devices[*b].clone();
            devices[*a].hear(&other);
        }
        Step::Hear(..) => {}
    }
}

fn agrees_with_automerge(document: &Document) {
    let all = document.history.all();
    let state = RecordState::at(&document.history, &all);
    let (_, shelf) = document.automerge.get(automerge::ROOT, "lines").unwrap().unwrap();
    for item in state.items("lines") {
        let (_, id) = document.automerge.get(&shelf, item.id.as_str()).unwrap().unwrap();
        for (field, register) in &item.fields {
            let theirs = document.automerge.get_all(&id, field.as_str()).unwrap();
            assert_eq!(theirs.len(), register.alternatives.len());
            let winner = document.automerge.get(&id, field.as_str()).unwrap().unwrap().0;
            let ours = &register.winner().unwrap().value;
            assert_eq!(
                winner
                    .as_i64()
                    .map(Value::Int)
                    .or_else(|| winner.as_str().map(Into::into))
                    .unwrap_or(Value::Null),
                *ours
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn devices_converge_and_lose_nothing(
        count in 2_usize..=4,
        steps in prop::collection::vec(step(4), 10..60),
        order in any::<u64>(),
    ) {
        let people = ["lu", "wen", "ou", "mai"];
        let mut devices: Vec<Device> = (0..count)
            .map(|n| Device::new(people[n], u8::try_from(n + 1).unwrap()))
            .collect();
        devices[0].create();
        let first = devices[0].clone();
        for device in &mut devices[1..] {
            device.hear(&first);
        }
        let mut finalised: Vec<(ChangeHash, Digest)> = Vec::new();
        for step in &steps {
            let folded = match step.clone() {
                Step::Add(d) => Step::Add(d % count),
                Step::Quantity(d, i, q) => Step::Quantity(d % count, i, q),
                Step::Colour(d, c) => Step::Colour(d % count, c),
                Step::Strike(d, i) => Step::Strike(d % count, i),
                Step::Resolve(d, c) => Step::Resolve(d % count, c),
                Step::Finalise(d) => Step::Finalise(d % count),
                Step::Sign(d) => Step::Sign(d % count),
                Step::Hear(a, b) => Step::Hear(a % count, b % count),
            };
            play(&mut devices, &folded);
            for device in &devices {
                for one in device.view().finalised {
                    if !finalised.iter().any(|(change, _)| *change == one.change) {
                        finalised.push((one.change, one.content));
                    }
                }
            }
        }
        let union: BTreeSet<ChangeHash> =
            devices.iter().flat_map(|device| device.log.iter().map(|candidate| candidate.hash)).collect();
        // Everyone hears everyone, in an order that differs between devices.
        let mut order = order;
        for at in 0..count {
            let mut others: Vec<usize> = (0..count).filter(|other| *other != at).collect();
            for swap in (1..others.len()).rev() {
                order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                others.swap(swap, usize::try_from(order >> 33).unwrap() % (swap + 1));
            }
            for other in others {
                let other = devices[other].clone();
                devices[at].hear(&other);
            }
        }
        let digest = devices[0].digest();
        for device in &devices {
            prop_assert_eq!(device.digest(), digest);
            let have: BTreeSet<ChangeHash> = device.view().changes().iter().map(|node| node.hash).collect();
            prop_assert_eq!(&have, &union);
            agrees_with_automerge(device.document.as_ref().unwrap());
            for (change, content) in &finalised {
                let view = device.view();
                let kept = view.finalised.iter().find(|one| one.change == *change);
                prop_assert_eq!(kept.map(|one| one.content), Some(*content));
                if view.finalised.len() == 1 {
                    prop_assert_eq!(view.content_digest, *content);
                }
            }
        }
    }
}
