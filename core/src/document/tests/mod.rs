//! The document module against itself: a small record kind, devices that write without knowing of
//! each other, and the laws of merging as properties.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod batches;
mod intents;
mod merging;
mod refusals;

use super::*;
use crate::id::{ActorId, EnvelopeId, sha256_parts};
use crate::records::{Action, Capacity, Collection, Field, FieldType, Kind, Label, Role, Verb};
use crate::value::Value;

const OFFICERS: &[Role] = &[Role::Officer];

const fn verb(name: &'static str, action: Action, capacity: Capacity) -> Verb {
    Verb {
        name,
        label: Label::new("操作", "verb"),
        action,
        roles: OFFICERS,
        capacity,
        own: &[],
        fields: &[],
    }
}

pub(crate) static KIND: Kind = Kind {
    name: "test_list",
    schema: 1,
    label: Label::new("测试清单", "test list"),
    form: None,
    head: &[
        Field::multi("term_to", "至", "to", FieldType::Date),
        Field::winner("colour", "颜色", "colour", FieldType::Text(40)),
        Field::fact("shown_at", "出示", "shown", FieldType::Time),
    ],
    collections: &[
        Collection {
            name: "lines",
            label: Label::new("行", "lines"),
            fields: &[
                Field::fact("name", "名称", "name", FieldType::Text(200)),
                Field::multi("quantity", "数量", "quantity", FieldType::Int(0, 1_000_000)),
                Field::winner("colour", "颜色", "colour", FieldType::Text(40)),
                Field::multi("approval", "批准", "approval", FieldType::Bool)
                    .written_by(&[Role::President]),
            ],
            unique: None,
            attestation: false,
            signs: false,
        },
        Collection {
            name: "seals",
            label: Label::new("封条", "seals"),
            fields: &[Field::fact("number", "编号", "number", FieldType::Text(20))],
            unique: Some("number"),
            attestation: false,
            signs: false,
        },
        Collection {
            name: "signatures",
            label: Label::new("签名", "signatures"),
            fields: &[Field::fact("name", "姓名", "name", FieldType::Text(200))],
            unique: None,
            attestation: true,
            signs: false,
        },
    ],
    verbs: &[
        verb("create", Action::Create, Capacity::Any),
        verb("set", Action::Set(&[]), Capacity::Any),
        verb("add_line", Action::Add("lines"), Capacity::Any),
        verb("edit_line", Action::Edit("lines"), Capacity::Any),
        verb("strike_line", Action::Strike("lines"), Capacity::Any),
        verb("affix_seal", Action::Add("seals"), Capacity::Any),
        verb("sign", Action::Add("signatures"), Capacity::Any),
        verb("resolve", Action::Resolve, Capacity::Any),
        verb("finalise", Action::Finalise, Capacity::Handler),
    ],
    rules: &[],
    title: &["name"],
    envelope: crate::records::Envelope { priority: 1, to_station: false },
};

pub(crate) fn kinds() -> KindSet {
    KindSet::new(vec![&KIND])
}

/// A change as acceptance gets it once its signature was verified.
pub(crate) fn candidate_of(person: &str, actor: ActorId, written: &Written) -> Candidate {
    Candidate {
        document: written.document,
        hash: written.hash,
        actor,
        schema: written.schema,
        provenance: Provenance {
            envelope: EnvelopeId(sha256_parts(&[&written.hash.0])),
            person: person.to_owned(),
            roles: vec![Role::Officer],
            verb: written.verb.to_owned(),
            device_ms: 0,
        },
        bytes: written.bytes.clone(),
    }
}

/// A person with a phone, writing through the real gate.
#[derive(Clone)]
pub(super) struct Device {
    pub(super) person: &'static str,
    pub(super) actor: ActorId,
    pub(super) document: Option<Document>,
    pub(super) log: Vec<Candidate>,
    ulids: u128,
    clock: i64,
}

impl Device {
    pub(super) fn new(person: &'static str, number: u8) -> Self {
        Self {
            person,
            actor: ActorId([number; 16]),
            document: None,
            log: Vec::new(),
            ulids: u128::from(number) << 64,
            clock: 1_000,
        }
    }

    pub(super) fn ulid(&mut self) -> String {
        self.ulids += 1;
        ulid::Ulid::from_parts(1, self.ulids).to_string()
    }

    pub(super) fn candidate(&self, written: &Written) -> Candidate {
        let mut candidate = candidate_of(self.person, self.actor, written);
        candidate.provenance.device_ms = self.clock;
        candidate
    }

    pub(super) fn try_do(&mut self, intent: &Intent) -> Result<ChangeHash, Verdict> {
        self.clock += 1_000;
        let written =
            write(&kinds(), self.document.as_ref(), self.actor, self.clock / 1_000, intent)
                .map_err(|error| Verdict::Rejected(error.into()))?;
        let candidate = self.candidate(&written);
        let acceptance = accept(&kinds(), self.document.clone(), std::slice::from_ref(&candidate));
        match acceptance.verdicts[0] {
            Verdict::Accepted => {
                self.document = acceptance.document;
                self.log.push(candidate);
                Ok(written.hash)
            }
            other => Err(other),
        }
    }

    pub(super) fn do_it(&mut self, intent: &Intent) -> ChangeHash {
        self.try_do(intent).unwrap()
    }

    pub(super) fn create(&mut self) -> ChangeHash {
        let nonce = vec![self.actor.0[0]; 16];
        self.do_it(&Intent::Create {
            kind: "test_list".into(),
            case: "(2026)粤0605执1101号".into(),
            handler: "lu".into(),
            nonce,
            head: Fields::new(),
            items: Vec::new(),
        })
    }

    pub(super) fn add_line(&mut self, name: &str) -> String {
        let item = self.ulid();
        self.do_it(&Intent::Add {
            verb: "add_line".into(),
            item: item.clone(),
            fields: fields(&[("name", name.into()), ("quantity", Value::Int(1))]),
        });
        item
    }

    pub(super) fn quantity(&mut self, item: &str, quantity: i64) -> ChangeHash {
        self.do_it(&quantity_intent(item, quantity))
    }

    pub(super) fn strike(&mut self, item: &str, reason: &str) -> Result<ChangeHash, Verdict> {
        let strike = self.ulid();
        self.try_do(&Intent::Strike {
            verb: "strike_line".into(),
            strike,
            item: item.into(),
            reason: reason.into(),
        })
    }

    pub(super) fn resolve(&mut self, target: &str, choice: Choice) -> Result<ChangeHash, Verdict> {
        let resolution = self.ulid();
        let seen = self
            .view()
            .conflicts
            .iter()
            .find(|conflict| conflict.subject.target() == target)
            .map(saw)
            .unwrap_or_default();
        self.try_do(&Intent::Resolve {
            resolution,
            target: target.into(),
            choice,
            reason: "双方核对后确定".into(),
            saw: seen,
        })
    }

    pub(super) fn finalise(&mut self) -> Result<ChangeHash, Verdict> {
        let finalisation = self.ulid();
        self.try_do(&Intent::Finalise { finalisation })
    }

    /// Takes over everything `other` has.
    pub(super) fn hear(&mut self, other: &Self) {
        let acceptance = accept(&kinds(), self.document.clone(), &other.log);
        self.document = acceptance.document;
        for (candidate, verdict) in other.log.iter().zip(acceptance.verdicts) {
            match verdict {
                Verdict::Accepted => self.log.push(candidate.clone()),
                Verdict::Known => {}
                other => panic!("honest change got {other:?}"),
            }
        }
    }

    pub(super) fn view(&self) -> RecordView {
        self.document.as_ref().unwrap().view()
    }

    pub(super) fn digest(&self) -> Digest {
        self.document.as_ref().unwrap().state_digest()
    }
}

pub(super) fn fields(pairs: &[(&str, Value)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

pub(super) fn quantity_intent(item: &str, quantity: i64) -> Intent {
    Intent::Edit {
        verb: "edit_line".into(),
        item: item.into(),
        fields: fields(&[("quantity", Value::Int(quantity))]),
    }
}
