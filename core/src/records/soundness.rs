//! Whether a descriptor says something that can be carried out. Courts that add a kind run the same
//! check as the builtin ones.

use std::collections::BTreeSet;

use super::descriptor::{Action, FINALISE_VERB, Field, FieldType, Kind, Label, Policy};

/// Everything wrong with `kind`, as sentences for its author; empty when it is sound.
pub fn faults(kind: &Kind) -> Vec<String> {
    let mut found = Faults(Vec::new());
    found.name("kind", kind.name);
    found.label(kind.name, kind.label);
    found.check(kind.schema > 0, || "schema starts at 1".to_owned());
    found.fields("head", kind.head);
    found.unique("collection", kind.containers());
    for collection in kind.collections {
        found.name("collection", collection.name);
        found.label(collection.name, collection.label);
        found.fields(collection.name, collection.fields);
        let bound = collection.field("content").map(|field| field.ty) == Some(FieldType::Hash);
        found.check(!collection.signs || (collection.attestation && bound), || {
            format!("{}: signatures are attestations and name the content", collection.name)
        });
        if let Some(unique) = collection.unique {
            let meaningful = collection.field(unique).is_some_and(|f| f.policy != Policy::Winner);
            found.check(meaningful, || {
                format!("{}: unique `{unique}` is no fact or multi-value field", collection.name)
            });
        }
    }
    found.verbs(kind);
    for title in kind.title {
        let known = kind.head_field(title).is_some()
            || kind.collections.iter().any(|collection| collection.field(title).is_some());
        found.check(known, || format!("title names no field: `{title}`"));
    }
    found.0
}

struct Faults(Vec<String>);

impl Faults {
    fn check(&mut self, holds: bool, sentence: impl FnOnce() -> String) {
        if !holds {
            self.0.push(sentence());
        }
    }

    fn name(&mut self, what: &str, name: &str) {
        let plain = !name.is_empty()
            && name.len() <= 48
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        self.check(plain, || format!("{what} `{name}` is not short ASCII snake case"));
    }

    fn label(&mut self, of: &str, label: Label) {
        let chinese = label.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        self.check(chinese, || format!("`{of}` has no Chinese label"));
        let english =
            !label.en.trim().is_empty() && label.en.chars().any(|c| c.is_ascii_alphabetic());
        self.check(english, || format!("`{of}` has no English label"));
    }

    fn unique(&mut self, what: &str, names: impl Iterator<Item = &'static str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            self.check(seen.insert(name), || format!("{what} `{name}` twice"));
        }
    }

    fn fields(&mut self, place: &str, fields: &'static [Field]) {
        self.unique("field", fields.iter().map(|field| field.name));
        self.check(!fields.is_empty(), || format!("`{place}` has no fields"));
        for field in fields {
            self.name("field", field.name);
            self.label(field.name, field.label);
            match field.ty {
                FieldType::Code(codes) => {
                    self.check(!codes.is_empty(), || format!("`{}` has no codes", field.name));
                    self.unique("code", codes.iter().map(|(code, _)| *code));
                    for (code, label) in codes {
                        self.name("code", code);
                        self.label(code, *label);
                    }
                }
                FieldType::Text(max) => {
                    self.check((1..=65_536).contains(&max), || format!("`{}`: length", field.name));
                }
                FieldType::Int(low, high) => {
                    self.check(low < high, || format!("`{}`: empty range", field.name));
                }
                _ => {}
            }
        }
    }

    fn verbs(&mut self, kind: &Kind) {
        self.unique("verb", kind.verbs.iter().map(|verb| verb.name));
        let creating = kind.verbs.iter().filter(|verb| verb.action == Action::Create).count();
        self.check(creating == 1, || format!("{creating} creating verbs instead of one"));
        for verb in kind.verbs {
            self.name("verb", verb.name);
            self.label(verb.name, verb.label);
            self.check(!verb.roles.is_empty(), || format!("nobody may `{}`", verb.name));
            let finalises = verb.action == Action::Finalise;
            self.check(finalises == (verb.name == FINALISE_VERB), || {
                format!("`{}`: finalising is called `{FINALISE_VERB}`, nothing else is", verb.name)
            });
            if let Action::Set(fields) = verb.action {
                for field in fields {
                    self.check(kind.head_field(field).is_some(), || {
                        format!("`{}` sets unknown `{field}`", verb.name)
                    });
                }
            }
            let touches = matches!(verb.action, Action::Edit(_) | Action::Strike(_));
            self.check(touches || verb.own.is_empty(), || {
                format!("`{}` touches no items that could be one's own", verb.name)
            });
            let limits = verb.fields.is_empty() || matches!(verb.action, Action::Edit(_));
            self.check(limits, || format!("`{}` limits fields but does not edit", verb.name));
            if let Some(name) = verb.action.collection() {
                let collection = kind.collection(name);
                self.check(collection.is_some(), || format!("`{}`: no `{name}`", verb.name));
                if let (Action::Edit(_), Some(collection)) = (verb.action, collection) {
                    let editable = collection.fields.iter().any(|f| f.policy != Policy::Fact);
                    self.check(editable, || format!("`{}`: `{name}` has only facts", verb.name));
                    let known = verb.fields.iter().all(|name| {
                        collection.field(name).is_some_and(|f| f.policy != Policy::Fact)
                    });
                    self.check(known, || format!("`{}` edits no such field", verb.name));
                }
            }
        }
        for collection in kind.collections {
            let adding = kind.verb_for(Action::Add(collection.name)).is_some();
            self.check(adding, || format!("nothing adds to `{}`", collection.name));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::descriptor::{Collection, Envelope, Role, Verb};
    use super::super::{builtin, shared};
    use super::*;

    #[test]
    fn all_builtin_kinds_are_sound() {
        for kind in builtin().iter() {
            assert_eq!(faults(kind), Vec::<String>::new(), "{}", kind.name);
        }
        let names: BTreeSet<_> = builtin().iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), builtin().iter().count(), "kind names are unique");
    }

    #[test]
    fn a_broken_kind_is_told_everything_that_is_wrong() {
        static BROKEN: Kind = Kind {
            name: "Broken",
            schema: 0,
            label: Label::new("no Chinese", ""),
            form: None,
            head: &[
                Field::fact("one", "一", "one", FieldType::Code(&[])),
                Field::fact("one", "一", "one", FieldType::Bool),
            ],
            collections: &[Collection::new(
                "things",
                "物",
                "things",
                &[Field::winner("mark", "标记", "mark", FieldType::Bool)],
            )
            .unique("mark")],
            verbs: &[
                Verb::new("edit", "改", "edit", Action::Edit("nowhere"), &[Role::Officer]),
                Verb::new("set", "填", "set", Action::Set(&["two"]), &[]),
                Verb::new("close", "定稿", "close", Action::Finalise, &[Role::Officer]),
            ],
            rules: &[],
            title: &["three"],
            envelope: Envelope::USUAL,
        };
        let found = faults(&BROKEN).join("\n");
        for part in [
            "snake case",
            "no Chinese label",
            "no English label",
            "schema",
            "field `one` twice",
            "no codes",
            "unique `mark`",
            "0 creating",
            "no `nowhere`",
            "nobody may `set`",
            "unknown `two`",
            "finalising is called `finalise`",
            "nothing adds to `things`",
            "title names no field",
        ] {
            assert!(found.contains(part), "{part} not in:\n{found}");
        }
    }

    #[test]
    fn acts_never_hold_identity_numbers() {
        // Law 7. The call-back number of a request is the court's.
        for kind in builtin().iter().filter(|kind| kind.name != "person") {
            let fields = kind.head.iter().chain(kind.collections.iter().flat_map(|c| c.fields));
            for field in fields {
                for word in ["身份证号", "证件号码", "电话", "住址", "出生"] {
                    assert!(
                        !field.label.zh.contains(word) || field.name == "callback",
                        "{} {}",
                        kind.name,
                        field.name
                    );
                }
            }
        }
    }

    #[test]
    fn what_matters_legally_never_has_a_silent_winner() {
        let kinds = builtin();
        let lines = kinds.get("seizure").and_then(|kind| kind.collection("lines")).unwrap();
        for name in [
            "quantity",
            "field_estimate_fen",
            "serial_no",
            "owner_basis",
            "custodian",
            "may_use",
            "measure",
            "vin",
            "engine_no",
            "plate",
            "mileage_km",
            "exempt_check",
        ] {
            assert_eq!(lines.field(name).unwrap().policy, Policy::MultiValue, "{name}");
        }
        for name in ["term_from", "term_to", "ruling_no"] {
            let field = kinds.get("seizure").unwrap().head_field(name).unwrap();
            assert_eq!(field.policy, Policy::MultiValue, "{name}");
        }
        let seals = kinds.get("seizure").and_then(|kind| kind.collection("seals")).unwrap();
        assert!(seals.fields.iter().all(|field| field.policy == Policy::Fact));
        assert_eq!(seals.unique, Some("seal_no"));
    }

    #[test]
    fn attestations_cannot_be_struck_or_edited() {
        for kind in builtin().iter() {
            for collection in kind.collections.iter().filter(|collection| collection.attestation) {
                assert!(kind.verb_for(Action::Strike(collection.name)).is_none(), "{}", kind.name);
                assert!(kind.verb_for(Action::Edit(collection.name)).is_none(), "{}", kind.name);
                assert!(collection.fields.iter().all(|field| field.policy == Policy::Fact));
            }
        }
        assert_eq!(shared::COLLECTIONS.iter().filter(|c| c.attestation).count(), 5);
    }
}
