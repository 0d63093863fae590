//! `GET words`: what kinds, fields, codes and verbs are called, as the record kinds of this server say. A kind
//! that is added to the server is in the answer without a line here.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use lastmile_core::records::{Collection, Field, FieldType, Kind, KindSet, Label};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::AppState;
use crate::http::api::access::CaseReader;
use crate::http::api::input::CourtPath;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Label> for Text {
    fn from(label: Label) -> Self {
        Self { zh: label.zh.to_owned(), en: label.en.to_owned() }
    }
}

type Texts = BTreeMap<String, Text>;

/// What a kind's parts are called.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KindWords {
    /// The kind.
    label: Text,
    /// Its collections.
    collections: Texts,
    /// Its fields: `collection/field`, or the field alone for the head.
    fields: Texts,
    /// Codes of fields that have some, by the same keys.
    choices: BTreeMap<String, Texts>,
}

/// What kinds, fields, codes and verbs are called.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WordList {
    /// By kind.
    kinds: BTreeMap<String, KindWords>,
    /// `kind/verb`; and the verb alone where all kinds that have it say the same.
    verbs: Texts,
}

/// What kinds, fields, codes and verbs are called
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/words",
    tag = "office",
    params(CourtPath),
    responses((status = 200, description = "The words", body = WordList))
)]
pub(super) async fn words(_: CaseReader, State(state): State<AppState>) -> Json<WordList> {
    Json(of_kinds(state.server.kinds()))
}

fn of_kinds(kinds: &KindSet) -> WordList {
    let mut verbs = Texts::new();
    let mut alone: BTreeMap<&str, Option<Label>> = BTreeMap::new();
    for kind in kinds.iter() {
        for verb in kind.verbs {
            verbs.insert(format!("{}/{}", kind.name, verb.name), verb.label.into());
            let said = alone.entry(verb.name).or_insert(Some(verb.label));
            *said = said.filter(|label| *label == verb.label);
        }
    }
    let same = alone.into_iter().filter_map(|(verb, label)| Some((verb.to_owned(), label?.into())));
    verbs.extend(same);
    WordList {
        kinds: kinds.iter().map(|kind| (kind.name.to_owned(), of_kind(kind))).collect(),
        verbs,
    }
}

fn of_kind(kind: &Kind) -> KindWords {
    let mut words = KindWords {
        label: kind.label.into(),
        collections: Texts::new(),
        fields: Texts::new(),
        choices: BTreeMap::new(),
    };
    for field in kind.head {
        words.add(field.name.to_owned(), field);
    }
    for Collection { name, label, fields, .. } in kind.collections {
        words.collections.insert((*name).to_owned(), (*label).into());
        for field in *fields {
            words.add(format!("{name}/{}", field.name), field);
        }
    }
    words
}

impl KindWords {
    fn add(&mut self, key: String, field: &Field) {
        if let FieldType::Code(codes) = field.ty {
            let codes = codes.iter().map(|(code, label)| ((*code).to_owned(), (*label).into()));
            self.choices.insert(key.clone(), codes.collect());
        }
        self.fields.insert(key, field.label.into());
    }
}

#[cfg(test)]
mod tests {
    use lastmile_core::records::builtin;

    use super::*;

    #[test]
    fn every_kind_and_verb_has_words_and_a_verb_alone_only_where_all_say_the_same() {
        let kinds = builtin();
        let words = of_kinds(&kinds);
        assert_eq!(words.kinds.len(), kinds.iter().count());
        assert!(words.verbs.contains_key("finalise"));
        // Every kind begins in words of its own.
        assert!(!words.verbs.contains_key("create") && words.verbs.contains_key("seizure/create"));
        let seizure = &words.kinds["seizure"];
        assert!(seizure.fields.contains_key("location"), "a field of the head");
        assert_eq!(seizure.choices["lines/measure"]["impound"].zh, "扣押");
    }
}
