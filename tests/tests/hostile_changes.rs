//! Hostile changes against the real gate: mutants of real records, signed by a device with a valid key, are offered to
//! acceptance. It may refuse or take them; it may never panic, take much time, alter a document it refuses them for,
//! or end with a document that cannot be read, saved and built again from its log.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use automerge::Automerge;
use lastmile_core::document::{
    Candidate, Document, Fields, Intent, Limits, Provenance, Verdict, accept, prescan, write,
};
use lastmile_core::id::{ActorId, ChangeHash, DocumentId, EnvelopeId};
use lastmile_core::records::{self, KindSet, Role};
use lastmile_core::value::Value;
use lastmile_tests::mutate::chunk::Chunk;
use lastmile_tests::mutate::{Mutant, Mutator, bombs};
use lastmile_tests::seeds::seeds;

const LINE: &str = "01JQ00000000000000000000A1";

/// A phone that writes a seizure list through the real gate.
struct Phone {
    kinds: KindSet,
    actor: ActorId,
    document: Option<Document>,
    log: Vec<Candidate>,
}

impl Phone {
    fn new(actor: u8) -> Self {
        Self {
            kinds: records::builtin(),
            actor: ActorId([actor; 16]),
            document: None,
            log: Vec::new(),
        }
    }

    fn candidate(
        &self,
        bytes: Vec<u8>,
        document: DocumentId,
        verb: &str,
        schema: u32,
    ) -> Candidate {
        let hash = Chunk::read(&bytes).map_or([0; 32], |chunk| chunk.hash());
        Candidate {
            document,
            hash: ChangeHash(hash),
            actor: self.actor,
            schema,
            provenance: Provenance {
                envelope: EnvelopeId(hash),
                person: "lu".into(),
                roles: vec![Role::Officer],
                verb: verb.into(),
                device_ms: 1_790_000_000_000,
            },
            bytes,
        }
    }

    fn save(&mut self, intent: &Intent) {
        let written =
            write(&self.kinds, self.document.as_ref(), self.actor, 1_790_000_000, intent).unwrap();
        let candidate =
            self.candidate(written.bytes, written.document, written.verb, written.schema);
        self.take(&[candidate]);
    }

    fn take(&mut self, candidates: &[Candidate]) {
        let acceptance = accept(&self.kinds, self.document.take(), candidates);
        for (candidate, verdict) in candidates.iter().zip(acceptance.verdicts) {
            match verdict {
                Verdict::Accepted => self.log.push(candidate.clone()),
                Verdict::Known => {}
                other => panic!("an honest change got {other:?}"),
            }
        }
        self.document = acceptance.document;
    }
}

fn fields(fields: &[(&str, Value)]) -> Fields {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A seizure list that two phones wrote: creation, lines, a conflict, and an edit after the meeting.
fn record() -> Phone {
    let text = |text: &str| Value::Text(text.to_owned());
    let quantity = |quantity| Intent::Edit {
        verb: "edit_line".into(),
        item: LINE.into(),
        fields: fields(&[("quantity", Value::Int(quantity))]),
    };
    let mut one = Phone::new(1);
    one.save(&Intent::Create {
        kind: "seizure".into(),
        case: "(2026)粤0605执1101号".into(),
        handler: "lu".into(),
        nonce: vec![1; 16],
        head: fields(&[
            ("location", text("佛山市南海区狮山镇")),
            ("dress_worn", Value::Bool(true)),
        ]),
        items: Vec::new(),
    });
    one.save(&Intent::Add {
        verb: "add_line".into(),
        item: LINE.into(),
        fields: fields(&[("name", text("数控机床")), ("quantity", Value::Int(3))]),
    });
    let mut two = Phone::new(2);
    two.take(&one.log);
    two.save(&quantity(4));
    one.save(&quantity(5));
    one.take(&two.log);
    one.save(&Intent::Set {
        verb: "set".into(),
        fields: fields(&[
            ("ruling_no", text("(2026)粤0605执1101号之一")),
            ("waiting", Value::Bool(false)),
        ]),
    });
    one
}

fn log(candidates: &[Candidate]) -> impl Iterator<Item = (&[u8], Provenance)> {
    candidates.iter().map(|candidate| (candidate.bytes.as_slice(), candidate.provenance.clone()))
}

/// Everything a document must still be able to do.
fn healthy(kinds: &KindSet, document: &Document, candidates: &[Candidate]) {
    let rebuilt = Document::from_log(kinds, document.id(), log(candidates), None)
        .expect("the log makes a document");
    assert_eq!(rebuilt.state_digest(), document.state_digest());
    let loaded = Automerge::load(&document.snapshot()).expect("the saved document loads");
    assert_eq!(loaded.get_heads().len(), document.history().heads().len());
    let _ = document.view();
}

/// Offers `mutant` in the place of `original` to a document that holds the changes before it; says what became of it.
fn offer(phone: &Phone, before: &[Candidate], original: &Candidate, mutant: &Mutant) -> String {
    let kinds = &phone.kinds;
    let document = (!before.is_empty())
        .then(|| Document::from_log(kinds, original.document, log(before), None).unwrap());
    let digest = document.as_ref().map(Document::state_digest);
    let mut candidate = phone.candidate(
        mutant.bytes.clone(),
        original.document,
        &original.provenance.verb,
        original.schema,
    );
    candidate.actor = original.actor;
    if before.is_empty() {
        candidate.document = DocumentId::of_creating_change(candidate.hash);
    }
    let acceptance = accept(kinds, document, std::slice::from_ref(&candidate));
    let verdict = acceptance.verdicts[0];
    if verdict == Verdict::Accepted {
        let document = acceptance.document.expect("accepted into a document");
        healthy(kinds, &document, &[before, &[candidate]].concat());
        return "accepted".into();
    }
    assert_eq!(
        acceptance.document.as_ref().map(Document::state_digest),
        digest,
        "refused, yet altered"
    );
    match verdict {
        Verdict::Rejected(refusal) => refusal.code().into(),
        Verdict::Held(hold) => hold.code().into(),
        Verdict::Accepted | Verdict::Known => "known".into(),
    }
}

#[test]
fn no_mutant_harms_a_record() {
    const EACH: usize = 1_200;
    let phone = record();
    healthy(&phone.kinds, phone.document.as_ref().unwrap(), &phone.log);
    for seed in seeds("no_mutant_harms_a_record", [1]) {
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        for (index, original) in phone.log.iter().enumerate() {
            // Mostly mutants of the change whose turn it is; the others are there to be spliced in.
            let own = std::iter::repeat_n(original, phone.log.len() * 3);
            let corpus = own.chain(&phone.log).map(|candidate| candidate.bytes.clone());
            let mutator =
                Mutator::new(seed.value().wrapping_mul(31).wrapping_add(index as u64), corpus);
            for mutant in mutator.take(EACH) {
                let offered = std::panic::catch_unwind(|| {
                    offer(&phone, &phone.log[..index], original, &mutant)
                });
                let outcome = offered.unwrap_or_else(|_| {
                    panic!(
                        "change {index} of the record, {:?}: {:02x?}",
                        mutant.steps, mutant.bytes
                    )
                });
                *outcomes.entry(outcome).or_default() += 1;
            }
        }
        println!("{} mutants of seed {}: {outcomes:#?}", EACH * phone.log.len(), seed.value());
        assert!(outcomes.len() > 8, "the mutants reach too few refusals");
    }
}

#[test]
fn bombs_and_the_corpus_of_automerge_are_refused_unread() {
    let phone = record();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/hostile/automerge/fixtures");
    let mut inputs = vec![
        bombs::operation_bomb(10_000_000),
        bombs::compressed_bomb(64 << 20),
        bombs::column_bomb(64 << 20),
    ];
    for entry in fs::read_dir(folder).unwrap() {
        inputs.push(fs::read(entry.unwrap().path()).unwrap());
    }
    assert_eq!(inputs.len(), 12, "the corpus is not complete");
    let last = phone.log.last().unwrap();
    for bytes in inputs {
        let mutant = Mutant { bytes, steps: Vec::new() };
        let outcome = offer(&phone, &phone.log[..phone.log.len() - 1], last, &mutant);
        assert_ne!(outcome, "accepted");
        if prescan(&mutant.bytes, Limits::V1).is_err() {
            assert!(
                ["malformed_change", "change_too_large"].contains(&outcome.as_str()),
                "{outcome}"
            );
        }
    }
}
