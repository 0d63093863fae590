//! Small inputs that ask for huge work are refused before the document library sees them, in memory bounded by a
//! constant. The only test of its binary, because it counts the memory of all threads.

use std::time::Instant;

use lastmile_core::document::{Candidate, Limits, Provenance, Refusal, Verdict, accept, prescan};
use lastmile_core::id::{ActorId, ChangeHash, DocumentId, EnvelopeId};
use lastmile_core::records::{Role, builtin};
use lastmile_tests::mutate::bombs;
use lastmile_tests::mutate::chunk::Chunk;
use lastmile_tests::peak::Counting;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// The most a bomb may take.
const LIMIT: usize = 32 << 20;

fn candidate(bytes: Vec<u8>) -> Candidate {
    let hash = Chunk::read(&bytes).expect("a whole chunk").hash();
    Candidate {
        document: DocumentId::of_creating_change(ChangeHash(hash)),
        hash: ChangeHash(hash),
        actor: ActorId([7; 16]),
        schema: 1,
        provenance: Provenance {
            envelope: EnvelopeId(hash),
            person: "lu".into(),
            roles: vec![Role::Officer],
            verb: "create".into(),
            device_ms: 1_790_000_000_000,
        },
        bytes,
    }
}

#[test]
fn bombs_are_refused_unread_and_in_little_memory() {
    let kinds = builtin();
    let inputs = [
        ("10 million operations", bombs::operation_bomb(10_000_000)),
        ("4 billion operations", bombs::operation_bomb(u32::MAX)),
        ("a chunk that inflates to 64 MB", bombs::compressed_bomb(64 << 20)),
        ("a column that inflates to 64 MB", bombs::column_bomb(64 << 20)),
        (
            "a column that inflates to 1 GB, larger than a change may be",
            bombs::column_bomb(1 << 30),
        ),
    ];
    for (name, bytes) in inputs {
        assert!(prescan(&bytes, Limits::V1).is_err(), "{name} reaches the document library");
        let (size, candidate) = (bytes.len(), candidate(bytes));
        let started = Instant::now();
        let (acceptance, peak) =
            MEMORY.peak_of(|| accept(&kinds, None, std::slice::from_ref(&candidate)));
        let took = started.elapsed();
        println!("{name}: {size} bytes refused with {peak} bytes more in {took:?}");
        assert!(acceptance.document.is_none());
        let refused = [Refusal::Malformed, Refusal::TooLarge].map(Verdict::Rejected);
        assert!(refused.contains(&acceptance.verdicts[0]), "{name}: {:?}", acceptance.verdicts);
        assert!(peak <= LIMIT, "{name} took {peak} bytes");
    }
    let ((), seen) = MEMORY.peak_of(|| drop(vec![1_u8; LIMIT + 1]));
    assert!(seen > LIMIT, "the counter does not count");
}
