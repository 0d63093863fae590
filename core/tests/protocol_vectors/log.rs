//! The court's log: leaves, tree, checkpoints, receipts. Checkpoints are signed, so those that were
//! recorded are read; everything else is made again.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use lastmile_core::envelope::CheckpointRef;
use lastmile_core::id::ServerEpoch;
use lastmile_core::identity::Canonical;
use lastmile_core::identity::test_keys::{COURT, TestCourt, TestIdentity};
use lastmile_core::log::checkpoint::origin;
use lastmile_core::log::receipt::{ChainPart, Named};
use lastmile_core::log::tree::{self, MemoryTree};
use lastmile_core::log::{Blind, Checkpoint, Leaf, Placed, ProofError, Receipt, SignedCheckpoint};
use lastmile_core::sync::channel::EntryKind;
use serde_json::{Value, json};

use crate::harness::{Refused, UPDATE, bytes, high_s, path, refused, text, usual_refusals};

const SECRET: [u8; 32] = [3; 32];
const CHANNELS: [&str; 2] = ["case:(2026)粤0605执1101号", "directory"];
/// The log: for each leaf its chain, in the order of the log.
const ORDER: [usize; 7] = [0, 1, 0, 1, 0, 1, 1];
const BEFORE: u64 = 3;

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

fn packed(hashes: &[[u8; 32]]) -> String {
    hex(&hashes.concat())
}

fn unpacked(vector: &Value, key: &str) -> Vec<[u8; 32]> {
    bytes(vector, key).chunks(32).map(|hash| hash.try_into().unwrap()).collect()
}

fn blind(which: usize) -> Blind {
    Blind::derive(&SECRET, CHANNELS[which])
}

fn leaves() -> Vec<Leaf> {
    let mut last = [None, None];
    let mut sequence = [0, 0];
    let leaf = |(id, which): (u8, &usize)| {
        sequence[*which] += 1;
        let leaf = Leaf {
            chain: blind(*which).chain(CHANNELS[*which]),
            sequence: sequence[*which],
            previous: last[*which],
            kind: EntryKind::from_code(id % 4).unwrap(),
            id: [id; 32],
        };
        last[*which] = Some(leaf.hash());
        leaf
    };
    (0..).zip(&ORDER).map(leaf).collect()
}

fn tree_of(leaves: &[Leaf]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for leaf in leaves {
        tree.push(leaf.hash()).unwrap();
    }
    tree
}

fn bad_leaves(good: Leaf) -> Vec<Refused> {
    let mut wrong = usual_refusals(&good.encode(), Leaf::TAG.len());
    let code = "field_out_of_bounds";
    let mut kind_four = good.encode();
    let at = kind_four.len() - 35;
    kind_four[at] = 4;
    wrong.extend([
        refused("sequence 0", code, Leaf { sequence: 0, previous: None, ..good }.encode()),
        refused("sequence 2^63", code, Leaf { sequence: 1 << 63, ..good }.encode()),
        refused("the first, with one before it", code, Leaf { sequence: 1, ..good }.encode()),
        refused("the second, with none before it", code, Leaf { previous: None, ..good }.encode()),
        refused("kind 4", code, kind_four),
    ]);
    wrong
}

fn refusals(all: Vec<Refused>) -> Vec<Value> {
    let of =
        |case: Refused| json!({ "name": case.name, "code": case.code, "body": hex(&case.body) });
    all.into_iter().map(of).collect()
}

/// A claim that leaves stand in a tree, as the file has it.
fn claim(
    indices: &[u64],
    leaves: &[[u8; 32]],
    size: u64,
    root: [u8; 32],
    proof: &[[u8; 32]],
) -> Value {
    json!({ "indices": indices, "leaves": packed(leaves), "size": size, "root": hex(&root), "proof": packed(proof) })
}

fn check_claim(vector: &Value) -> Result<(), ProofError> {
    let indices = vector["indices"].as_array().unwrap().iter().map(|index| index.as_u64().unwrap());
    let leaves: BTreeMap<u64, [u8; 32]> = indices.zip(unpacked(vector, "leaves")).collect();
    let root = unpacked(vector, "root")[0];
    tree::check(&leaves, &unpacked(vector, "proof"), vector["size"].as_u64().unwrap(), &root)
}

fn growth(
    before: u64,
    before_root: [u8; 32],
    size: u64,
    root: [u8; 32],
    proof: &[[u8; 32]],
) -> Value {
    json!({ "before": before, "before_root": hex(&before_root), "size": size, "root": hex(&root), "proof": packed(proof) })
}

fn check_growth(vector: &Value) -> Result<(), ProofError> {
    tree::check_growth(
        &unpacked(vector, "proof"),
        vector["before"].as_u64().unwrap(),
        &unpacked(vector, "before_root")[0],
        vector["size"].as_u64().unwrap(),
        &unpacked(vector, "root")[0],
    )
}

fn named(name: &str, code: &str, mut vector: Value) -> Value {
    vector["name"] = name.into();
    vector["code"] = code.into();
    vector
}

/// What needs no signature.
fn deterministic() -> Value {
    let leaves = leaves();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(Leaf::hash).collect();
    let tree = tree_of(&leaves);
    let root = |size: u64| tree::root(size, &tree).unwrap();
    let prove = |indices: &[u64]| tree::prove(indices, 7, &tree).unwrap();
    let picked = |indices: &[u64]| -> Vec<[u8; 32]> {
        indices.iter().map(|index| hashes[usize::try_from(*index).unwrap()]).collect()
    };
    let holds = |indices: &[u64]| claim(indices, &picked(indices), 7, root(7), &prove(indices));
    let two = prove(&[2, 4]);
    let longer = [two.clone(), vec![[1; 32]]].concat();
    let grows = |before: u64| {
        let proof = tree::prove_growth(before, 7, &tree).unwrap();
        growth(before, root(before), 7, root(7), &proof)
    };
    let three = tree::prove_growth(3, 7, &tree).unwrap();
    let turned: Vec<[u8; 32]> = three.iter().rev().copied().collect();
    let feeds = [0, 1].map(|which| json!({ "channel": CHANNELS[which], "blind": hex(&blind(which).0), "chain": hex(&blind(which).chain(CHANNELS[which])) }));
    let accepted_leaves =
        leaves.iter().map(|leaf| json!({ "leaf": hex(&leaf.encode()), "hash": hex(&leaf.hash()) }));
    json!({
        "about": "The court's log (log.cddl). Hexadecimal; lists of hashes and proofs are 32 bytes each, joined. `feeds` are blinded with `court_secret`. `leaves` are the whole log, in its order; `inclusion` and `growth` are about it. Each refused one has the code of its refusal.",
        "court_secret": hex(&SECRET),
        "feeds": feeds,
        "leaves": { "accepted": accepted_leaves.collect::<Vec<_>>(), "refused": refusals(bad_leaves(leaves[2])) },
        "heads": (0..=7).map(|size| json!({ "size": size, "root": hex(&root(size)) })).collect::<Vec<_>>(),
        "inclusion": {
            "accepted": [holds(&[0]), holds(&[6]), holds(&[2, 4]), holds(&[0, 1, 2, 3, 4, 5, 6])],
            "refused": [
                named("another leaf", "proof_root", claim(&[2, 4], &[hashes[2], [9; 32]], 7, root(7), &two)),
                named("leaves exchanged", "proof_root", claim(&[2, 4], &[hashes[4], hashes[2]], 7, root(7), &two)),
                named("another root", "proof_root", claim(&[2, 4], &picked(&[2, 4]), 7, root(6), &two)),
                named("one hash fewer", "proof_length", claim(&[2, 4], &picked(&[2, 4]), 7, root(7), &two[1..])),
                named("one hash more", "proof_length", claim(&[2, 4], &picked(&[2, 4]), 7, root(7), &longer)),
                named("a leaf outside the tree", "proof_range", claim(&[7], &[hashes[6]], 7, root(7), &prove(&[6]))),
                named("no leaf", "proof_range", claim(&[], &[], 7, root(7), &[root(7)])),
            ],
        },
        "growth": {
            "accepted": [grows(0), grows(1), grows(3), grows(4), grows(6), grows(7)],
            "refused": [
                named("another beginning", "proof_root", growth(3, root(4), 7, root(7), &three)),
                named("another end", "proof_root", growth(3, root(3), 7, root(6), &three)),
                named("hashes in another order", "proof_root", growth(3, root(3), 7, root(7), &turned)),
                named("no proof", "proof_root", growth(3, root(3), 7, root(7), &[])),
                named("a proof where none is needed", "proof_length", growth(7, root(7), 7, root(7), &three)),
                named("the same size with another root", "proof_root", growth(7, root(6), 7, root(7), &[])),
                named("a tree that shrank", "proof_range", growth(7, root(7), 3, root(3), &three)),
                named("65 hashes", "proof_length", growth(3, root(3), 7, root(7), &[[0; 32]; 65])),
            ],
        },
    })
}

fn checkpoint(court: &str, size: u64, at_ms: i64) -> Checkpoint {
    let root = tree::root(size, &tree_of(&leaves())).unwrap();
    Checkpoint { origin: origin(court, ServerEpoch([0xa1; 16])), size, root, at_ms }
}

/// The note with the last line's signature changed: key id and DER after it.
fn resigned(note: &[u8], change: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let note = String::from_utf8(note.to_vec()).unwrap();
    let (rest, signature) = note.trim_end().rsplit_once(' ').unwrap();
    let signature = change(&BASE64.decode(signature.as_bytes()).unwrap());
    format!("{rest} {}\n", BASE64.encode(&signature))
}

/// Signs checkpoints, good ones and bad ones.
fn signed_ones(court: &TestCourt) -> Value {
    let (early, late) = (1_773_712_500_123, 1_773_712_560_000);
    let sign = |checkpoint: &Checkpoint, by: &TestIdentity| {
        String::from_utf8(checkpoint.sign(by.signer.as_ref()).unwrap()).unwrap()
    };
    let accepted: Vec<Value> = [(BEFORE, early), (7, late)]
        .into_iter()
        .map(|(size, at_ms)| {
            let checkpoint = checkpoint(COURT, size, at_ms);
            let note = sign(&checkpoint, &court.checkpoint);
            json!({ "note": note, "origin": checkpoint.origin, "size": size, "root": hex(&checkpoint.root), "at_ms": at_ms })
        })
        .collect();
    let good = text(&accepted[1], "note").to_owned();
    let witnessed = format!("{good}— witness.example AAAACQEBAQEBAQEB\n");
    let mut with_witness = accepted[1].clone();
    with_witness["note"] = witnessed.into();
    let twin = resigned(good.as_bytes(), |signature| {
        // Key id, then 30 len 02 len r 02 len s.
        let (id, der) = signature.split_at(4);
        let r_len = usize::from(der[3]);
        let number = |bytes: &[u8]| {
            let mut out = [0; 32];
            let bytes = &bytes[bytes.len().saturating_sub(32)..];
            out[32 - bytes.len()..].copy_from_slice(bytes);
            out
        };
        let (r, s) = (number(&der[4..4 + r_len]), number(&der[6 + r_len..]));
        let high = high_s(&[r, s].concat());
        let integer = |number: &[u8]| {
            let short: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
            let sign = if short[0] & 0x80 == 0 { vec![] } else { vec![0] };
            let bytes = [sign, short].concat();
            [vec![2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
        };
        let body = [integer(&high[..32]), integer(&high[32..])].concat();
        [id, &[0x30, u8::try_from(body.len()).unwrap()], &body].concat()
    });
    let other = checkpoint("粤0606", 7, late);
    let refused = [
        ("one more leaf", "checkpoint_not_signed", good.replacen("\n7\n", "\n8\n", 1)),
        ("another time", "checkpoint_not_signed", good.replacen("560000", "560001", 1)),
        (
            "signed by a server's key",
            "checkpoint_not_signed",
            sign(&checkpoint(COURT, 7, late), &court.server),
        ),
        ("the signature with the high s", "checkpoint_not_signed", twin),
        ("of another court", "checkpoint_wrong_court", sign(&other, &court.checkpoint)),
        ("without time", "checkpoint_malformed", good.replacen("\ntime ", "\nthen ", 1)),
        ("size with a zero before it", "checkpoint_malformed", good.replacen("\n7\n", "\n07\n", 1)),
        ("a second extension line", "checkpoint_malformed", good.replacen("\n\n", "\nmore\n\n", 1)),
        ("cut short", "checkpoint_malformed", good[..good.len() - 1].to_owned()),
        ("nothing", "checkpoint_malformed", String::new()),
    ];
    let refused =
        refused.map(|(name, code, note)| json!({ "name": name, "code": code, "note": note }));
    json!({
        "root_certificate": hex(&court.root.certificate.to_bytes()),
        "checkpoint_certificate": hex(&court.checkpoint.certificate.to_bytes()),
        "accepted": [&accepted[0], &accepted[1], &with_witness],
        "refused": refused,
    })
}

/// A checkpoint that an author named, between the two signed ones.
fn author_named(size: u64) -> Named {
    let tree = tree_of(&leaves());
    let (root, growth) = (tree::root(size, &tree), tree::prove_growth(size, 7, &tree));
    Named { size, root: root.unwrap(), growth: growth.unwrap() }
}

/// The receipt for entries 2 and 3 of the case's feed, under the second checkpoint.
fn receipt(note: &str) -> (Receipt, Vec<Placed>) {
    let leaves = leaves();
    let tree = tree_of(&leaves);
    let receipt = Receipt {
        note: note.as_bytes().to_vec(),
        growth: tree::prove_growth(BEFORE, 7, &tree).unwrap(),
        backed_up_through: 2,
        opening: None,
        parts: vec![ChainPart {
            channel: CHANNELS[0].to_owned(),
            blind: blind(0),
            first: 2,
            before: Some(leaves[0].hash()),
            runs: vec![(2, 1), (4, 1)],
            rows: Vec::new(),
        }],
        proof: tree::prove(&[2, 4], 7, &tree).unwrap(),
        named: vec![author_named(5), author_named(6)],
    };
    let entries = [2, 4].map(|at: usize| (leaves[at].kind, leaves[at].id)).to_vec();
    (receipt, vec![Placed { channel: CHANNELS[0].to_owned(), first: 2, entries }])
}

fn receipts(note: &str) -> Value {
    let (good, placed) = receipt(note);
    let part = |change: &dyn Fn(&mut ChainPart)| {
        let mut bent = good.clone();
        change(&mut bent.parts[0]);
        bent.encode()
    };
    let mut odd = good.encode();
    // The last byte string, some hashes less one byte.
    odd.pop();
    let at = odd.len() + 1 - 32 * good.named[1].growth.len() - 1;
    odd[at] -= 1;
    let mut unreadable = usual_refusals(&good.encode(), Receipt::TAG.len());
    unreadable.extend([
        refused(
            "an endless run",
            "field_out_of_bounds",
            part(&|part| part.runs = vec![(0, u64::MAX)]),
        ),
        refused("an empty run", "field_out_of_bounds", part(&|part| part.runs = vec![(2, 0)])),
        refused("a hash of 31 bytes", "field_out_of_bounds", odd),
        refused("named sizes that fall", "field_out_of_bounds", {
            let mut bent = good.clone();
            bent.named.swap(0, 1);
            bent.encode()
        }),
    ]);
    let mut bent = good.clone();
    bent.proof.pop();
    let mut other = good.clone();
    other.named[0].root = [6; 32];
    let unproved = [
        ("another leaf before", "proof_root", part(&|part| part.before = Some([8; 32]))),
        ("another blind", "proof_root", part(&|part| part.blind = Blind([5; 16]))),
        ("other places", "proof_length", part(&|part| part.runs = vec![(2, 2)])),
        ("another feed", "proof_range", part(&|part| CHANNELS[1].clone_into(&mut part.channel))),
        ("fewer places than entries", "proof_range", part(&|part| part.runs.truncate(1))),
        ("a proof cut short", "proof_length", bent.encode()),
        ("an author's checkpoint of another log", "proof_root", other.encode()),
    ];
    let entries =
        placed[0].entries.iter().map(|(kind, id)| json!({ "kind": kind.code(), "id": hex(id) }));
    let unproved = unproved
        .map(|(name, code, body)| json!({ "name": name, "code": code, "body": hex(&body) }));
    json!({
        "about": "Under the second checkpoint, grown from the first; for these entries of the first feed, of which the first has sequence 2. `unproved` are sound in form and prove nothing.",
        "entries": entries.collect::<Vec<_>>(),
        "accepted": hex(&good.encode()),
        "refused": refusals(unreadable),
        "unproved": unproved,
    })
}

fn read() -> Value {
    let read = std::fs::read(path("log.json"));
    read.map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn the_log() {
    let court = TestCourt::nanhai();
    let mut made = deterministic();
    let mut all = read();
    if std::env::var_os(UPDATE).is_some() {
        let old = all["checkpoints"].clone();
        made["checkpoints"] = if old.is_null() { signed_ones(&court) } else { old };
        made["receipts"] = receipts(text(&made["checkpoints"]["accepted"][1], "note"));
        std::fs::write(path("log.json"), serde_json::to_string_pretty(&made).unwrap() + "\n")
            .unwrap();
        all = made.clone();
    }
    made["receipts"] = receipts(text(&all["checkpoints"]["accepted"][1], "note"));
    for (part, value) in made.as_object().unwrap() {
        assert_eq!(&all[part], value, "{part}");
    }
    let list = |part: &str, which: &str| all[part][which].as_array().unwrap().clone();
    for vector in list("leaves", "accepted") {
        let leaf = Leaf::decode(&bytes(&vector, "leaf")).unwrap();
        assert_eq!(leaf.hash()[..], bytes(&vector, "hash"));
    }
    for vector in list("leaves", "refused") {
        let error = Leaf::decode(&bytes(&vector, "body")).unwrap_err();
        assert_eq!(error.code(), text(&vector, "code"), "{}", vector["name"]);
    }
    for (part, check) in [("inclusion", check_claim as fn(&Value) -> _), ("growth", check_growth)] {
        for vector in list(part, "accepted") {
            assert_eq!(check(&vector), Ok(()), "{vector}");
        }
        for vector in list(part, "refused") {
            let error: ProofError = check(&vector).unwrap_err();
            assert_eq!(error.code(), text(&vector, "code"), "{}", vector["name"]);
        }
    }
    for vector in list("checkpoints", "accepted") {
        let note = text(&vector, "note").as_bytes();
        let read = SignedCheckpoint::verify(&court.directory, note).unwrap();
        assert_eq!(read.certificate(), court.checkpoint.id);
        let size = vector["size"].as_u64().unwrap();
        let said = checkpoint(COURT, size, vector["at_ms"].as_i64().unwrap());
        assert_eq!(read.checkpoint(), &said);
        assert_eq!(
            (text(&vector, "origin"), text(&vector, "root")),
            (said.origin.as_str(), hex(&said.root).as_str())
        );
        assert_eq!(said.reference(), CheckpointRef { size, root: said.root });
    }
    for vector in list("checkpoints", "refused") {
        let note = text(&vector, "note").as_bytes();
        let error = SignedCheckpoint::verify(&court.directory, note).unwrap_err();
        assert_eq!(error.code(), text(&vector, "code"), "{}", vector["name"]);
    }
    the_receipts(&all["receipts"]);
}

fn the_receipts(vectors: &Value) {
    let root = tree::root(7, &tree_of(&leaves())).unwrap();
    let (_, placed) = receipt("");
    let check = |body: &[u8]| {
        let receipt = Receipt::decode(body).unwrap();
        receipt.leaves(&placed).and_then(|leaves| receipt.check(&leaves, 7, &root))?;
        receipt.named.iter().try_for_each(|named| {
            tree::check_growth(&named.growth, named.size, &named.root, 7, &root)
        })
    };
    assert_eq!(check(&bytes(vectors, "accepted")), Ok(()));
    for vector in vectors["refused"].as_array().unwrap() {
        let error = Receipt::decode(&bytes(vector, "body")).unwrap_err();
        assert_eq!(error.code(), text(vector, "code"), "{}", vector["name"]);
    }
    for vector in vectors["unproved"].as_array().unwrap() {
        let error = check(&bytes(vector, "body")).unwrap_err();
        assert_eq!(error.code(), text(vector, "code"), "{}", vector["name"]);
    }
}
