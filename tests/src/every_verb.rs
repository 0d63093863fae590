//! One change of every verb of a record kind, made from its descriptor alone: a kind that is added is
//! covered without touching this. Nothing here asks who may: the changes are what a phone without any
//! check of its own would sign.

use std::sync::Arc;

use lastmile_core::document::{
    Candidate, Choice, Document, Fields, Intent, Provenance, Verdict, accept, saw, write,
};
use lastmile_core::envelope::{Body, Draft};
use lastmile_core::id::{ActorId, BootId, CertificateId, DocumentId, Epoch};
use lastmile_core::identity::Signer;
use lastmile_core::records::{Action, Field, FieldType, Kind, KindSet, Policy, Role, Verb};
use lastmile_core::sync::batch::SignedChange;
use lastmile_core::value::Value;

use crate::court_stage::{COURT, MORNING_MS};

/// Somebody who signs whatever he is told to, under any number of installations.
#[derive(Clone)]
pub struct Hand {
    /// Staff id.
    pub person: String,
    /// What his certificate says he is.
    pub roles: Vec<Role>,
    /// His certificate.
    pub certificate: CertificateId,
    /// His key.
    pub signer: Arc<dyn Signer>,
}

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hand").field("person", &self.person).finish_non_exhaustive()
    }
}

/// A change that somebody tried.
#[derive(Debug)]
pub struct Attempt {
    /// Its verb.
    pub verb: &'static Verb,
    /// A field it puts although few may write or settle it.
    pub field: Option<(&'static str, &'static Field)>,
    /// The item it touches was added by its author.
    pub own: bool,
    /// The change.
    pub signed: SignedChange,
}

/// A record in which every verb has something to do: items in all collections, alternatives in a field.
#[derive(Debug)]
pub struct Bench<'k> {
    kinds: &'k KindSet,
    kind: &'static Kind,
    /// Before two people wrote different values.
    calm: Document,
    /// Changes made so far, which the others need.
    pub base: Vec<SignedChange>,
    /// Installations so far: each change has one of its own, so that none follows another.
    numbers: u128,
    maker: Hand,
}

impl<'k> Bench<'k> {
    /// Begins a record of `kind` handled by `handler`, made by `maker`, who needs every role.
    pub fn new(
        kinds: &'k KindSet,
        kind: &'static Kind,
        case: &str,
        maker: &Hand,
        handler: &str,
        first_number: u128,
    ) -> Self {
        let mut numbers = first_number;
        let creating =
            make(kinds, None, maker, next(&mut numbers), &create(kind, case, handler, numbers));
        let calm = enter(kinds, None, maker, &creating);
        Self { kinds, kind, calm, base: vec![creating], numbers, maker: maker.clone() }
    }

    /// The record's id.
    pub fn document(&self) -> DocumentId {
        self.calm.id()
    }

    /// Adds an item to a collection; gives its ULID.
    fn item(&mut self, collection: &'static str, by: &Hand) -> Option<String> {
        let verb = self.kind.verb_for(Action::Add(collection))?;
        let field = self.kind.collection(collection)?.fields.first()?;
        let number = next(&mut self.numbers);
        let item = ulid(number);
        // Different each time: two items of one number would be a conflict.
        let value = match field.ty {
            FieldType::Text(_) | FieldType::Person => Value::from(format!("n{number}")),
            ty => sample(ty),
        };
        let fields = Fields::from([(field.name.to_owned(), value)]);
        let intent = Intent::Add { verb: verb.name.into(), item: item.clone(), fields };
        let signed = make(self.kinds, Some(&self.calm), by, number, &intent);
        self.calm = enter(self.kinds, Some(self.calm.clone()), &self.maker, &signed);
        self.base.push(signed);
        Some(item)
    }

    /// Every verb but `create`, tried by `author`; `may_add` says which collections he may add to.
    pub fn attempts(&mut self, author: &Hand, may_add: impl Fn(&Verb) -> bool) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for verb in self.kind.verbs {
            match verb.action {
                Action::Create => {}
                Action::Set(_) | Action::Add(_) => self.put(verb, author, &mut attempts),
                Action::Edit(name) | Action::Strike(name) => {
                    let theirs = self.item(name, &self.maker.clone());
                    let adds = self.kind.verb_for(Action::Add(name)).is_some_and(&may_add);
                    let own = if adds { self.item(name, author) } else { None };
                    for (item, own) in [(theirs, false), (own, true)] {
                        if let Some(item) = item {
                            self.touch(verb, &item, own, author, &mut attempts);
                        }
                    }
                }
                Action::Finalise => {
                    let number = next(&mut self.numbers);
                    let intent = Intent::Finalise { finalisation: ulid(number) };
                    let signed = make(self.kinds, Some(&self.calm), author, number, &intent);
                    attempts.push(Attempt { verb, field: None, own: false, signed });
                }
                Action::Resolve => self.settle(verb, author, &mut attempts),
            }
        }
        attempts
    }

    /// Beginning a record, by `author`, handled by `handler`.
    pub fn creation(&mut self, author: &Hand, case: &str, handler: &str) -> Attempt {
        let verb = self.kind.verb_for(Action::Create).expect("every kind is created");
        let number = next(&mut self.numbers);
        let intent = create(self.kind, case, handler, number);
        let signed = make(self.kinds, None, author, number, &intent);
        Attempt { verb, field: None, own: false, signed }
    }

    /// One change with an ordinary field, and one with each field that few may write.
    fn put(&mut self, verb: &'static Verb, author: &Hand, attempts: &mut Vec<Attempt>) {
        let (place, fields): (&'static str, &'static [Field]) = match verb.action {
            Action::Add(name) => {
                (name, self.kind.collection(name).map_or(&[], |found| found.fields))
            }
            _ => ("head", self.kind.head),
        };
        let allowed = |field: &&'static Field| match verb.action {
            Action::Set(names) => names.is_empty() || names.contains(&field.name),
            _ => true,
        };
        let (few, all): (Vec<&'static Field>, Vec<&'static Field>) =
            fields.iter().filter(allowed).partition(|field| !field.writers.is_empty());
        let tried = all.first().map(|field| (None, *field));
        for (special, field) in
            tried.into_iter().chain(few.into_iter().map(|field| (Some((place, field)), field)))
        {
            let number = next(&mut self.numbers);
            let mut fields = Fields::from([(field.name.to_owned(), sample(field.ty))]);
            if self.kind.collection(place).is_some_and(|collection| collection.signs) {
                fields.extend(self.signature());
            }
            let intent = match verb.action {
                Action::Add(_) => {
                    Intent::Add { verb: verb.name.into(), item: ulid(number), fields }
                }
                _ => Intent::Set { verb: verb.name.into(), fields },
            };
            let signed = make(self.kinds, Some(&self.calm), author, number, &intent);
            attempts.push(Attempt { verb, field: special, own: false, signed });
        }
    }

    /// What makes a signature of the calm record complete.
    fn signature(&self) -> Fields {
        let content = self.calm.view().content_digest;
        Fields::from([
            ("name".to_owned(), "罗敬武".into()),
            ("role".to_owned(), "witness".into()),
            ("mode".to_owned(), "sign".into()),
            ("stroke".to_owned(), Value::Bytes(vec![1; 32])),
            ("content".to_owned(), Value::Bytes(content.as_bytes().to_vec())),
        ])
    }

    /// An edit or a strike of one item; edits once more for each field that few may write.
    fn touch(
        &mut self,
        verb: &'static Verb,
        item: &str,
        own: bool,
        author: &Hand,
        attempts: &mut Vec<Attempt>,
    ) {
        let mut intents: Vec<(Option<(&'static str, &'static Field)>, Intent)> = Vec::new();
        match verb.action {
            Action::Edit(name) => {
                let fields = self.kind.collection(name).map_or(&[][..], |found| found.fields);
                let editable = fields.iter().filter(|field| {
                    field.policy != Policy::Fact
                        && (verb.fields.is_empty() || verb.fields.contains(&field.name))
                });
                let (few, all): (Vec<&Field>, Vec<&Field>) =
                    editable.partition(|field| !field.writers.is_empty());
                let plain = all.iter().rev().take(1).map(|field| (None, *field));
                for (special, field) in
                    plain.chain(few.iter().map(|field| (Some((name, *field)), *field)))
                {
                    let fields = Fields::from([(field.name.to_owned(), sample(field.ty))]);
                    let verb = verb.name.into();
                    intents.push((special, Intent::Edit { verb, item: item.into(), fields }));
                }
            }
            _ => intents.push((
                None,
                Intent::Strike {
                    verb: verb.name.into(),
                    strike: ulid(next(&mut self.numbers)),
                    item: item.into(),
                    reason: "误记".into(),
                },
            )),
        }
        for (field, intent) in intents {
            let number = next(&mut self.numbers);
            let signed = make(self.kinds, Some(&self.calm), author, number, &intent);
            attempts.push(Attempt { verb, field, own, signed });
        }
    }

    /// Settles alternatives: of an ordinary field, and of each field that has settlers of its own.
    fn settle(&mut self, verb: &'static Verb, author: &Hand, attempts: &mut Vec<Attempt>) {
        let ordinary = editable_multi(self.kind).find(|(_, _, field)| field.settlers.is_empty());
        let special = editable_multi(self.kind).filter(|(_, _, field)| !field.settlers.is_empty());
        let tried: Vec<_> = ordinary.into_iter().chain(special).collect();
        for (place, edits, field) in tried {
            let Some((contested, target)) = self.contest(place, edits, field) else { continue };
            let found = contested
                .view()
                .conflicts
                .into_iter()
                .find(|conflict| conflict.subject.target() == target)
                .expect("two values are a conflict");
            let number = next(&mut self.numbers);
            let intent = Intent::Resolve {
                resolution: ulid(number),
                target: target.clone(),
                choice: Choice::Unsettled,
                reason: "待核实".into(),
                saw: saw(&found),
            };
            let signed = make(self.kinds, Some(&contested), author, number, &intent);
            let field = (!field.settlers.is_empty()).then_some((place, field));
            attempts.push(Attempt { verb, field, own: false, signed });
        }
    }

    /// The record with two values in a field, which the calm one has not; and where.
    fn contest(
        &mut self,
        place: &'static str,
        verb: &'static Verb,
        field: &'static Field,
    ) -> Option<(Document, String)> {
        let maker = self.maker.clone();
        let item = if place == "head" { String::new() } else { self.item(place, &maker)? };
        let mut sides = Vec::new();
        for value in two(field.ty) {
            let fields = Fields::from([(field.name.to_owned(), value)]);
            let name = verb.name.into();
            let intent = if place == "head" {
                Intent::Set { verb: name, fields }
            } else {
                Intent::Edit { verb: name, item: item.clone(), fields }
            };
            let number = next(&mut self.numbers);
            sides.push(make(self.kinds, Some(&self.calm), &maker, number, &intent));
        }
        let mut contested = self.calm.clone();
        for side in sides {
            contested = enter(self.kinds, Some(contested), &maker, &side);
            self.base.push(side);
        }
        let at = if item.is_empty() { place.to_owned() } else { format!("{place}/{item}") };
        Some((contested, format!("{at}/{}", field.name)))
    }
}

/// Multi-value fields that some verb puts, with that verb.
fn editable_multi(
    kind: &'static Kind,
) -> impl Iterator<Item = (&'static str, &'static Verb, &'static Field)> {
    let head = kind.verbs.iter().filter(|verb| verb.action == Action::Set(&[]));
    let head = head.flat_map(|verb| kind.head.iter().map(move |field| ("head", verb, field)));
    let items = kind.collections.iter().filter_map(|collection| {
        kind.verb_for(Action::Edit(collection.name)).map(|verb| (collection, verb))
    });
    let items = items.flat_map(|(collection, verb)| {
        collection.fields.iter().map(move |field| (collection.name, verb, field))
    });
    head.chain(items).filter(|(_, _, field)| {
        field.policy == Policy::MultiValue && two(field.ty)[0] != two(field.ty)[1]
    })
}

fn create(kind: &Kind, case: &str, handler: &str, number: u128) -> Intent {
    Intent::Create {
        kind: kind.name.into(),
        case: case.into(),
        handler: handler.into(),
        nonce: number.to_be_bytes().to_vec(),
        head: Fields::new(),
        items: Vec::new(),
    }
}

/// Writes and signs, without asking anybody.
fn make(
    kinds: &KindSet,
    on: Option<&Document>,
    by: &Hand,
    number: u128,
    intent: &Intent,
) -> SignedChange {
    let epoch = Epoch(number.to_be_bytes());
    let actor = ActorId::derive(by.certificate, epoch, 0);
    let written = write(kinds, on, actor, MORNING_MS / 1_000, intent).expect("can be written");
    let body = Body {
        court: COURT.into(),
        document: written.document,
        change: written.hash,
        verb: written.verb.into(),
        certificate: by.certificate,
        epoch,
        generation: 0,
        sequence: 1,
        previous: None,
        replaces: None,
        schema: written.schema,
        device_ms: MORNING_MS,
        monotonic_ms: 1,
        boot: BootId([1; 8]),
        checkpoint: None,
        position: None,
    };
    let draft = Draft::new(body.clone()).expect("a body within bounds");
    let envelope = draft.sign(by.signer.as_ref()).expect("a software key signs");
    SignedChange { body, signature: *envelope.raw_parts().1, change: written.bytes }
}

/// A change as acceptance takes it.
pub fn candidate(signed: &SignedChange, person: &str, roles: &[Role]) -> Candidate {
    Candidate {
        document: signed.body.document,
        hash: signed.body.change,
        actor: signed.body.actor(),
        schema: signed.body.schema,
        provenance: Provenance {
            envelope: signed.body.id(),
            person: person.to_owned(),
            roles: roles.to_vec(),
            verb: signed.body.verb.clone(),
            device_ms: signed.body.device_ms,
        },
        bytes: signed.change.clone(),
    }
}

fn enter(kinds: &KindSet, on: Option<Document>, by: &Hand, signed: &SignedChange) -> Document {
    let acceptance = accept(kinds, on, &[candidate(signed, &by.person, &Role::ALL)]);
    assert_eq!(acceptance.verdicts, [Verdict::Accepted], "{}", signed.body.verb);
    acceptance.document.expect("accepted")
}

fn next(number: &mut u128) -> u128 {
    *number += 1;
    *number
}

fn sample(ty: FieldType) -> Value {
    let [first, _] = two(ty);
    first
}

/// Two values of a type, different where the type allows.
fn two(ty: FieldType) -> [Value; 2] {
    match ty {
        FieldType::Text(_) | FieldType::Person => ["甲".into(), "乙".into()],
        FieldType::Int(low, high) => [Value::Int(low), Value::Int(high)],
        FieldType::Money => [Value::Int(8_600_000), Value::Int(9_250_000)],
        FieldType::Bool => [Value::Bool(true), Value::Bool(false)],
        FieldType::Date => ["2026-03-17".into(), "2026-03-18".into()],
        FieldType::Time => ["2026-03-17T08:40:00+08:00".into(), "2026-03-17T08:41:00+08:00".into()],
        FieldType::Code(codes) => {
            [codes.first(), codes.last()].map(|code| code.map_or("other", |(code, _)| *code).into())
        }
        FieldType::Position => [
            "geo:23.0288,113.1429;crs=wgs84;u=8".into(),
            "geo:23.0289,113.1429;crs=wgs84;u=8".into(),
        ],
        FieldType::Hash | FieldType::File => [Value::Bytes(vec![1; 32]), Value::Bytes(vec![2; 32])],
        FieldType::Record => ["1".repeat(32).into(), "2".repeat(32).into()],
        FieldType::Item => ["photos/1".into(), "photos/2".into()],
    }
}

/// A ULID of this number, Crockford base 32.
fn ulid(number: u128) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..26).rev().map(|at| char::from(DIGITS[((number >> (5 * at)) & 31) as usize])).collect()
}
