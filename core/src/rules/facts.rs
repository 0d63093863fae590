//! Finding values in the facts: recorded, not recorded, or contested.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::expression::Path;
use super::truth::Why;

/// Roots whose absence means that nothing is known, not that nothing is there.
const KNOWN_ONLY_IF_HERE: [&str; 4] = ["case", "related", "court", "known_at"];

/// The facts, and the items bound so far.
pub(super) struct Scope<'f> {
    root: &'f Json,
    bound: Vec<Bound<'f>>,
    contested: BTreeSet<&'f str>,
}

struct Bound<'f> {
    name: String,
    item: &'f Json,
    /// `lines/01J...`, or `rulings/3` for lists whose items have no id.
    reference: String,
    /// Whether conflicts of the record concern it.
    of_record: bool,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'f> {
    Value(&'f Json),
    /// An item's own reference.
    Reference(String),
    /// The place exists and says nothing.
    Absent,
    /// Nothing is known about the whole subject.
    Unknown(Why),
}

/// One item of a list, with its reference.
pub(super) type Listed<'f> = (&'f Json, String);

impl<'f> Scope<'f> {
    pub(super) fn new(facts: &'f Json) -> Self {
        let contested = facts["record"]["conflicts"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|conflict| conflict["target"].as_str())
            .collect();
        Self { root: facts, bound: Vec::new(), contested }
    }

    pub(super) fn find(&self, path: &Path) -> Found<'f> {
        let Some((root, keys)) = path.0.split_first() else {
            return Found::Unknown(Why::Unreadable);
        };
        if let Some(bound) = self.bound.iter().rev().find(|bound| bound.name == *root) {
            if keys == ["@ref"] {
                return Found::Reference(bound.reference.clone());
            }
            return match walk(bound.item, keys) {
                Some(value) => Found::Value(value),
                None if bound.of_record
                    && self.is_contested(&format!("{}/{}", bound.reference, keys.join("/"))) =>
                {
                    Found::Unknown(Why::Contested)
                }
                None => Found::Absent,
            };
        }
        match walk(self.root, &path.0) {
            Some(value) => Found::Value(value),
            None if root == "record" && self.is_contested(&keys.join("/")) => {
                Found::Unknown(Why::Contested)
            }
            None if KNOWN_ONLY_IF_HERE.contains(&root.as_str())
                && walk(self.root, std::slice::from_ref(root)).is_none() =>
            {
                Found::Unknown(Why::NotRecorded)
            }
            None => Found::Absent,
        }
    }

    fn is_contested(&self, target: &str) -> bool {
        self.contested.contains(target)
    }

    /// The items of a list that are not struck. A list that says nothing is empty.
    pub(super) fn list(&self, path: &Path) -> Result<Vec<Listed<'f>>, Why> {
        let items = match self.find(path) {
            Found::Value(Json::Array(items)) => items,
            Found::Absent => return Ok(Vec::new()),
            Found::Unknown(why) => return Err(why),
            Found::Value(_) | Found::Reference(_) => return Err(Why::Unreadable),
        };
        let name = path.0.last().map_or("", String::as_str);
        Ok(items
            .iter()
            .enumerate()
            .filter(|(_, item)| item["struck"] != true)
            .map(|(index, item)| {
                let id = item["id"].as_str().map_or_else(|| index.to_string(), str::to_owned);
                (item, format!("{name}/{id}"))
            })
            .collect())
    }

    /// Binds an item of `path` under `name` until [`Scope::unbind`].
    pub(super) fn bind(&mut self, name: &str, path: &Path, (item, reference): Listed<'f>) {
        let of_record = path.0.first().is_some_and(|root| root == "record");
        self.bound.push(Bound { name: name.to_owned(), item, reference, of_record });
    }

    pub(super) fn unbind(&mut self) {
        self.bound.pop();
    }
}

/// `null` and the empty text say nothing.
fn walk<'f>(mut at: &'f Json, keys: &[String]) -> Option<&'f Json> {
    for key in keys {
        at = at.get(key.as_str())?;
    }
    (!at.is_null() && at.as_str() != Some("")).then_some(at)
}
