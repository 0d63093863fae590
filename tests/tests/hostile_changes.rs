//! Hostile changes against the real gate: mutants of real records, signed by a device with a valid key, are offered to
//! acceptance. It may refuse or take them; it may never panic, take much time, alter a document it refuses them for,
//! or end with a document that cannot be read, saved and built again from its log.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use automerge::Automerge;
use lastmile_core::document::{
    Candidate, Choice, Document, Fields, Intent, Limits, Provenance, Verdict, accept, prescan, saw,
    write,
};
use lastmile_core::id::{ActorId, ChangeHash, Digest, DocumentId, EnvelopeId};
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

/// Edits a line's quantity.
fn quantity(quantity: i64) -> Intent {
    Intent::Edit {
        verb: "edit_line".into(),
        item: LINE.into(),
        fields: fields(&[("quantity", Value::Int(quantity))]),
    }
}

fn line(item: &str, name: &str, quantity: i64) -> Intent {
    Intent::Add {
        verb: "add_line".into(),
        item: item.into(),
        fields: fields(&[("name", text(name)), ("quantity", Value::Int(quantity))]),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn create(nonce: u8) -> Intent {
    Intent::Create {
        kind: "seizure".into(),
        case: "(2026)粤0605执1101号".into(),
        handler: "lu".into(),
        nonce: vec![nonce; 16],
        head: fields(&[
            ("location", text("佛山市南海区狮山镇")),
            ("dress_worn", Value::Bool(true)),
        ]),
        items: Vec::new(),
    }
}

/// A seizure list that two phones wrote, with a change of every sort: creation, lines, edits against each other, the
/// conflict settled, a line struck, the list finalised.
fn record() -> Phone {
    let mut one = Phone::new(1);
    one.save(&create(1));
    one.save(&line(LINE, "数控机床", 3));
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
    let view = one.document.as_ref().unwrap().view();
    let conflict = &view.conflicts[0];
    one.save(&Intent::Resolve {
        resolution: ulid("R1"),
        target: conflict.subject.target().to_owned(),
        choice: Choice::Alternative(Value::Int(5)),
        reason: "现场清点".into(),
        saw: saw(conflict),
    });
    one.save(&line(&ulid("A2"), "办公桌", 2));
    one.save(&Intent::Strike {
        verb: "strike_line".into(),
        strike: ulid("S1"),
        item: ulid("A2"),
        reason: "案外人财产".into(),
    });
    one.save(&Intent::Finalise { finalisation: ulid("F1") });
    one
}

fn ulid(end: &str) -> String {
    format!("01JQ00000000000000000000{end}")
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

/// The place of one change of a record: the document as it was before it, and somebody else's honest change that
/// must be accepted whatever stands in that place.
struct Place<'a> {
    phone: &'a Phone,
    before: &'a [Candidate],
    original: &'a Candidate,
    /// The document before; refused mutants leave it as it is, so it need not be made anew for each.
    document: Option<Document>,
    digest: Option<Digest>,
    honest: Option<Candidate>,
}

impl<'a> Place<'a> {
    fn new(phone: &'a Phone, index: usize) -> Self {
        let (before, original) = (&phone.log[..index], &phone.log[index]);
        let document = document_of(phone, before);
        let digest = document.as_ref().map(Document::state_digest);
        let honest = document.as_ref().map(|document| honest(&phone.kinds, document));
        Self { phone, before, original, document, digest, honest }
    }

    /// Offers `mutant` as if the author of the change had signed it; says what became of it.
    fn offer(&mut self, bytes: Vec<u8>) -> &'static str {
        let Self { phone, original, .. } = self;
        let kinds = &phone.kinds;
        let verb = &original.provenance.verb;
        let mut candidate = phone.candidate(bytes, original.document, verb, original.schema);
        candidate.actor = original.actor;
        if self.before.is_empty() {
            candidate.document = DocumentId::of_creating_change(candidate.hash);
        }
        let acceptance = accept(kinds, self.document.take(), std::slice::from_ref(&candidate));
        match acceptance.verdicts[0] {
            Verdict::Accepted => {
                self.document = document_of(phone, self.before);
                let document = acceptance.document.expect("accepted into a document");
                self.healthy_after(document, candidate);
                "accepted"
            }
            Verdict::Rejected(refusal) => self.refused(acceptance.document, refusal.code()),
            Verdict::Held(hold) => self.refused(acceptance.document, hold.code()),
            Verdict::Known => self.refused(acceptance.document, "known"),
        }
    }

    fn refused(&mut self, document: Option<Document>, code: &'static str) -> &'static str {
        // One document goes through all refusals, so the next look sees what an unread one did.
        if !UNREAD.contains(&code) {
            let digest = document.as_ref().map(Document::state_digest);
            assert_eq!(digest, self.digest, "refused, yet altered");
        }
        self.document = document;
        code
    }

    /// The document with an accepted mutant can do all it must, and takes what others do.
    fn healthy_after(&self, document: Document, mutant: Candidate) {
        let kinds = &self.phone.kinds;
        let honest = match &self.honest {
            Some(honest) => honest.clone(),
            None => honest(kinds, &document),
        };
        let both = accept(kinds, Some(document), std::slice::from_ref(&honest));
        assert_eq!(both.verdicts, [Verdict::Accepted], "an honest change is locked out");
        let log = [self.before, &[mutant, honest]].concat();
        healthy(kinds, &both.document.expect("a document"), &log);
    }

    /// After everything that was refused, the document still takes what others do.
    fn goes_on(&self) {
        assert_eq!(self.document.as_ref().map(Document::state_digest), self.digest);
        let Some(honest) = &self.honest else { return };
        let kinds = &self.phone.kinds;
        let after = accept(kinds, self.document.clone(), std::slice::from_ref(honest));
        assert_eq!(after.verdicts, [Verdict::Accepted]);
        healthy(
            kinds,
            &after.document.expect("a document"),
            &[self.before, std::slice::from_ref(honest)].concat(),
        );
    }
}

fn document_of(phone: &Phone, before: &[Candidate]) -> Option<Document> {
    let id = before.first()?.document;
    Some(Document::from_log(&phone.kinds, id, log(before), None).unwrap())
}

/// What another phone does to the document meanwhile.
fn honest(kinds: &KindSet, document: &Document) -> Candidate {
    let phone = Phone::new(9);
    let intent =
        Intent::Set { verb: "set".into(), fields: fields(&[("remark", text("现场复核"))]) };
    let written = write(kinds, Some(document), phone.actor, 1_790_000_100, &intent).unwrap();
    phone.candidate(written.bytes, written.document, written.verb, written.schema)
}

/// Outcomes of mutants that were never read as changes.
const UNREAD: [&str; 2] = ["malformed_change", "change_too_large"];
const HELD: [&str; 4] = ["missing_dependency", "unknown_kind", "unknown_verb", "newer_schema"];

/// Offers `each` mutants in the place of change `index` of the record; gives how often each outcome came.
fn attack(phone: &Phone, index: usize, each: usize, seed: u64) -> BTreeMap<&'static str, usize> {
    // Mostly mutants of the change whose turn it is; the others are there to be spliced in.
    let own = std::iter::repeat_n(&phone.log[index], phone.log.len() * 3);
    let corpus = own.chain(&phone.log).map(|candidate| candidate.bytes.clone());
    let mutator = Mutator::new(seed.wrapping_mul(31).wrapping_add(index as u64), corpus);
    let mut place = Place::new(phone, index);
    let mut outcomes = BTreeMap::new();
    for Mutant { bytes, steps } in mutator.take(each) {
        let offered = catch_unwind(AssertUnwindSafe(|| place.offer(bytes.clone())));
        let outcome = offered
            .unwrap_or_else(|_| panic!("change {index} of the record, {steps:?}: {bytes:02x?}"));
        *outcomes.entry(outcome).or_default() += 1;
    }
    place.goes_on();
    outcomes
}

#[test]
fn no_mutant_harms_a_record() {
    const ALL: usize = 50_000;
    let phone = &record();
    healthy(&phone.kinds, phone.document.as_ref().unwrap(), &phone.log);
    let each = ALL.div_ceil(phone.log.len());
    for seed in seeds("no_mutant_harms_a_record", [1]) {
        let value = seed.value();
        let attacks: Vec<BTreeMap<&str, usize>> = std::thread::scope(|scope| {
            let places = 0..phone.log.len();
            let running: Vec<_> = places
                .map(|index| scope.spawn(move || attack(phone, index, each, value)))
                .collect();
            running.into_iter().map(|attack| attack.join().expect("no panic")).collect()
        });
        println!("verb         mutants  parsed    held  rejected  accepted");
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for (original, here) in phone.log.iter().zip(attacks) {
            let count =
                |codes: &[&str]| codes.iter().filter_map(|code| here.get(code)).sum::<usize>();
            let parsed = each - count(&UNREAD);
            let (held, accepted) = (count(&HELD), count(&["accepted", "known"]));
            let verb = &original.provenance.verb;
            let rejected = each - held - accepted;
            println!("{verb:<12}{each:>8}{parsed:>8}{held:>8}{rejected:>10}{accepted:>10}");
            for (code, count) in here {
                *outcomes.entry(code).or_default() += count;
            }
        }
        println!("{outcomes:#?}");
        assert!(outcomes.len() > 12, "the mutants reach too few refusals");
        assert!(outcomes["accepted"] > 100, "too few mutants come through to be looked at");
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
    let mut place = Place::new(&phone, phone.log.len() - 1);
    for bytes in inputs {
        let unread = prescan(&bytes, Limits::V1).is_err();
        let outcome = place.offer(bytes);
        assert_ne!(outcome, "accepted");
        assert!(!unread || UNREAD.contains(&outcome), "{outcome}");
    }
    place.goes_on();
}
