//! What a contested record is, what the contested item is called, and who may settle it: read from the record and
//! from its kind, for lists that show a conflict beside others.

use lastmile_core::records::{Action, Capacity, Field, Kind, KindSet};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::incident_view::PersonRef;
use crate::http::office::roster::Names;
use crate::store::{ConflictRow, RecordRow};

/// Code of conflicts about the values of a field.
const FIELD: &str = "field";
/// Code of conflicts that the verb `resolve` does not close.
const FINALISED_TWICE: &str = "finalised_twice";

/// Who may settle a conflict.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MustDecide {
    /// Role codes that may.
    roles: Vec<String>,
    /// The handling officer, when it is theirs.
    handler: Option<PersonRef>,
}

/// What is known around a conflict.
#[derive(Debug)]
pub(super) struct Contested {
    kind: Option<&'static Kind>,
    record_kind: String,
    title: String,
    handler: PersonRef,
    facts: Value,
}

impl Contested {
    pub(super) fn new(kinds: &KindSet, names: &Names, row: &RecordRow) -> Self {
        Self {
            kind: kinds.get(&row.kind),
            record_kind: row.kind.clone(),
            title: row.title.clone(),
            handler: names.person(&row.handler),
            facts: serde_json::from_str(&row.facts).unwrap_or_default(),
        }
    }

    pub(super) fn record_kind(&self) -> String {
        self.record_kind.clone()
    }

    pub(super) fn title(&self) -> String {
        self.title.clone()
    }

    /// What the contested item is called: its first text of those that make titles, or its name; the number that
    /// stands twice. Nothing for the head, and where that is what is contested.
    pub(super) fn item_name(&self, target: &str) -> Option<String> {
        if let Some((_, number)) = target.split_once('#') {
            return Some(number.to_owned());
        }
        let (collection, rest) = target.split_once('/')?;
        let id = rest.split('/').next()?;
        let items = self.facts.get(collection)?.as_array()?;
        let item = items.iter().find(|item| item["id"] == id)?;
        let titles = self.kind.map_or(&[][..], |kind| kind.title);
        let text = |name: &&str| item[*name].as_str().filter(|text| !text.is_empty());
        titles.iter().chain(["name", "text"].iter()).find_map(text).map(str::to_owned)
    }

    /// Who may settle it, by the authority table; nothing where settling takes another record (补正笔录).
    pub(super) fn must_decide(&self, conflict: &ConflictRow) -> Option<MustDecide> {
        let verb = self.kind?.verb_for(Action::Resolve)?;
        if conflict.kind == FINALISED_TWICE {
            return None;
        }
        let field = self.field(&conflict.target).filter(|_| conflict.kind == FIELD);
        let mut roles = field.map(|field| field.settlers.to_vec()).unwrap_or_default();
        let handler = match verb.capacity {
            Capacity::Handler => Some(PersonRef {
                person: self.handler.person.clone(),
                name: self.handler.name.clone(),
            }),
            Capacity::Any => {
                roles.extend(verb.roles);
                None
            }
        };
        let roles = roles.iter().map(|role| role.code().to_owned()).collect();
        Some(MustDecide { roles, handler })
    }

    fn field(&self, target: &str) -> Option<&'static Field> {
        let kind = self.kind?;
        let (place, rest) = target.split_once('/')?;
        match rest.split_once('/') {
            None if place == "head" => kind.head_field(rest),
            Some((_, field)) => kind.collection(place)?.field(field),
            None => None,
        }
    }
}
