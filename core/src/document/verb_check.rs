//! Holds a change against its verb: every operation must be one that the verb may make, and must
//! replace exactly the alternatives that were visible at the change's dependencies. This is what
//! refuses a container overwritten, a conflict written away, a fact edited, a line deleted: all of
//! them well-formed Automerge.

use std::collections::{BTreeMap, BTreeSet};

use super::conflict::{Conflict, Subject, is_struck, open_conflicts};
use super::digest::{content_digest, state_digest};
use super::expand::{Container, Content, Expanded, OpId, Operation};
use super::history::{ChangeSet, History};
use super::refusal::Refusal;
use super::signature_check::check_signature;
use super::state::RecordState;
use crate::id::ChangeHash;
use crate::records::{Action, Capacity, Collection, Field, FieldType, Kind, Policy, Role, Verb};
use crate::value::Value;

type Checked = Result<(), Refusal>;

/// Longest reason, in bytes of UTF-8.
pub const MAX_REASON: usize = 2_048;
/// Longest list of closed alternatives, in bytes.
const MAX_CLOSES: usize = 65_536;

/// By which right an author uses a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Role and capacity give it for everything the verb does.
    Verb,
    /// Only for the alternatives of fields whose settlers the author belongs to.
    Field,
}

/// The record as the change's author saw it, and the change.
pub(super) struct Scene<'a> {
    pub(super) kind: &'static Kind,
    pub(super) verb: &'static Verb,
    pub(super) right: Right,
    /// What the author's certificate says the author is.
    pub(super) roles: &'a [Role],
    /// Who the author is.
    pub(super) person: &'a str,
    pub(super) history: &'a History,
    /// Everything the change knew of, without itself.
    pub(super) past: &'a ChangeSet,
    pub(super) change: &'a Expanded,
}

/// Where an operation writes.
enum Place<'a> {
    Root,
    /// A first-level container.
    Shelf(&'a str),
    /// An item: its collection and ULID, and whether this change makes it.
    Item {
        collection: &'a str,
        id: &'a str,
        fresh: bool,
        made: OpId,
    },
}

impl Scene<'_> {
    /// Checks the whole change.
    pub(super) fn check(&self) -> Checked {
        if self.change.operations.is_empty() {
            return Err(Refusal::OutsideVerb);
        }
        self.check_predecessors()?;
        match self.verb.action {
            Action::Create => self.check_create(),
            Action::Set(allowed) => self.check_set(allowed),
            Action::Add(collection) => self.check_add(collection),
            Action::Edit(collection) => self.check_edit(collection),
            Action::Strike(collection) => self.check_strike(collection),
            Action::Resolve => self.check_resolve(),
            Action::Finalise => self.check_finalise(),
        }
    }

    fn check_predecessors(&self) -> Checked {
        let mut written = BTreeSet::new();
        for operation in &self.change.operations {
            if operation.key.is_empty()
                || operation.key.len() > 64
                || !written.insert((operation.container, operation.key.as_str()))
            {
                return Err(Refusal::OutsideVerb);
            }
            let visible: Vec<OpId> = self
                .history
                .visible(operation.container, &operation.key, self.past)
                .iter()
                .map(|entry| entry.id)
                .collect();
            if visible != operation.replaces {
                return Err(Refusal::WrongPredecessors);
            }
            // A container is never put over anything, and nothing over a container.
            let covers_map = self
                .history
                .visible(operation.container, &operation.key, self.past)
                .iter()
                .any(|entry| entry.content == Content::Map);
            if covers_map || (operation.content == Content::Map && !visible.is_empty()) {
                return Err(Refusal::OutsideVerb);
            }
        }
        Ok(())
    }

    fn state(&self) -> RecordState {
        RecordState::at(self.history, self.past)
    }

    /// Resolves the container of an operation to a place known at the past or made by this change.
    fn place(&self, container: Container) -> Result<Place<'_>, Refusal> {
        let Container::Made(made) = container else { return Ok(Place::Root) };
        let (parent, key, fresh) = self.parent_of(made)?;
        match parent {
            Container::Root => Ok(Place::Shelf(key)),
            Container::Made(shelf) => {
                let (root, collection, _) = self.parent_of(shelf)?;
                if root != Container::Root {
                    return Err(Refusal::OutsideVerb);
                }
                Ok(Place::Item { collection, id: key, fresh, made })
            }
        }
    }

    fn parent_of(&self, made: OpId) -> Result<(Container, &str, bool), Refusal> {
        // Ids within a change are consecutive, so that a change finds its own operations at once.
        let own = made
            .counter
            .checked_sub(self.change.start_op)
            .filter(|_| made.actor == self.change.actor)
            .and_then(|at| self.change.operations.get(usize::try_from(at).ok()?))
            .filter(|operation| operation.content == Content::Map);
        if let Some(operation) = own {
            return Ok((operation.container, &operation.key, true));
        }
        let (parent, key) = self.history.place_of(made).ok_or(Refusal::OutsideVerb)?;
        let known = self
            .history
            .entries(parent, key)
            .iter()
            .any(|entry| entry.id == made && entry.visible(self.past));
        if known { Ok((parent, key, false)) } else { Err(Refusal::OutsideVerb) }
    }

    fn check_create(&self) -> Checked {
        let mut shelves = BTreeSet::new();
        let mut facts: BTreeMap<&str, &Value> = BTreeMap::new();
        for operation in &self.change.operations {
            match (self.place(operation.container)?, &operation.content) {
                (Place::Root, Content::Map) => {
                    shelves.insert(operation.key.as_str());
                }
                (Place::Root, Content::Scalar(value)) => {
                    facts.insert(&operation.key, value);
                }
                (Place::Shelf("head"), Content::Scalar(value)) => {
                    let field = self.kind.head_field(&operation.key).ok_or(Refusal::OutsideVerb)?;
                    self.admit(field, value)?;
                }
                (Place::Shelf(shelf), Content::Map) => {
                    self.may_add(shelf, facts.get("handler").copied())?;
                    if !is_ulid(&operation.key) {
                        return Err(Refusal::BadValue);
                    }
                }
                (Place::Item { collection, fresh: true, .. }, Content::Scalar(value)) => {
                    let field = self.collection(collection)?.field(&operation.key);
                    self.admit(field.ok_or(Refusal::OutsideVerb)?, value)?;
                }
                _ => return Err(Refusal::OutsideVerb),
            }
        }
        if shelves != self.kind.containers().collect() {
            return Err(Refusal::OutsideVerb);
        }
        let text = |name: &str| facts.get(name).and_then(|value| value.as_text());
        let nonce = facts.get("nonce").and_then(|value| value.as_bytes());
        let whole = facts.len() == 5
            && text("kind") == Some(self.kind.name)
            && facts.get("schema").and_then(|value| value.as_int())
                == Some(i64::from(self.kind.schema))
            && nonce.is_some_and(|nonce| nonce.len() == 16)
            && text("case").is_some_and(|case| !case.is_empty() && case.len() <= 96)
            && text("handler").is_some_and(|handler| FieldType::Person.admits(&handler.into()));
        if whole { Ok(()) } else { Err(Refusal::BadValue) }
    }

    /// Whether the author could also add such an item afterwards, with a verb of its own.
    fn may_add(&self, collection: &str, handler: Option<&Value>) -> Checked {
        let verb = self
            .kind
            .verbs
            .iter()
            .find(|verb| matches!(verb.action, Action::Add(name) if name == collection))
            .ok_or(Refusal::OutsideVerb)?;
        if !verb.roles.iter().any(|role| self.roles.contains(role)) {
            return Err(Refusal::NotAllowed);
        }
        // Before the record begins there is nothing that somebody could have signed.
        if self.collection(collection)?.signs {
            return Err(Refusal::OutsideVerb);
        }
        let acts = handler.and_then(Value::as_text) == Some(self.person);
        if verb.capacity == Capacity::Handler && !acts {
            return Err(Refusal::NotHandler);
        }
        Ok(())
    }

    fn check_set(&self, allowed: &[&str]) -> Checked {
        for operation in &self.change.operations {
            let (Place::Shelf("head"), Content::Scalar(value)) =
                (self.place(operation.container)?, &operation.content)
            else {
                return Err(Refusal::OutsideVerb);
            };
            if !allowed.is_empty() && !allowed.contains(&operation.key.as_str()) {
                return Err(Refusal::OutsideVerb);
            }
            let field = self.kind.head_field(&operation.key).ok_or(Refusal::OutsideVerb)?;
            self.admit(field, value)?;
            replaceable(field, operation)?;
        }
        Ok(())
    }

    fn check_add(&self, name: &str) -> Checked {
        let collection = self.collection(name)?;
        let fields = self.fresh_item(name)?;
        for (key, value) in &fields {
            self.admit(collection.field(key).ok_or(Refusal::OutsideVerb)?, value)?;
        }
        if collection.signs { check_signature(self.kind, &self.state(), &fields) } else { Ok(()) }
    }

    fn check_edit(&self, name: &str) -> Checked {
        let collection = self.collection(name)?;
        let mut edited = BTreeSet::new();
        for operation in &self.change.operations {
            let (Place::Item { collection: at, id, fresh: false, made }, Content::Scalar(value)) =
                (self.place(operation.container)?, &operation.content)
            else {
                return Err(Refusal::OutsideVerb);
            };
            if at != name {
                return Err(Refusal::OutsideVerb);
            }
            let field = collection.field(&operation.key).ok_or(Refusal::OutsideVerb)?;
            if field.policy == Policy::Fact {
                return Err(Refusal::FactStands);
            }
            if !self.verb.fields.is_empty() && !self.verb.fields.contains(&field.name) {
                return Err(Refusal::OutsideVerb);
            }
            self.admit(field, value)?;
            replaceable(field, operation)?;
            edited.insert((id, made));
        }
        let state = self.state();
        match edited.first() {
            Some((id, _)) if edited.len() == 1 => self.may_touch(&state, name, id),
            _ => Err(Refusal::OutsideVerb),
        }
    }

    fn check_strike(&self, name: &str) -> Checked {
        let fields = self.fresh_item("strikes")?;
        let text = |key: &str| fields.get(key).and_then(|value| value.as_text());
        let (Some(target), Some(reason), 2) = (text("item"), text("reason"), fields.len()) else {
            return Err(Refusal::OutsideVerb);
        };
        sensible_reason(reason)?;
        let id = target
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or(Refusal::OutsideVerb)?;
        let state = self.state();
        if !state.items(name).iter().any(|item| item.id == id) {
            return Err(Refusal::OutsideVerb);
        }
        self.may_touch(&state, name, id)
    }

    /// Whether an item still stands, and is one that the author may touch: some roles only those that
    /// they added themselves.
    fn may_touch(&self, state: &RecordState, name: &str, id: &str) -> Checked {
        if is_struck(state, name, id) {
            return Err(Refusal::Struck);
        }
        let any = self
            .verb
            .roles
            .iter()
            .any(|role| self.roles.contains(role) && !self.verb.own.contains(role));
        let own = || {
            state.items(name).iter().filter(|item| item.id == id).all(|item| {
                let added = self.history.node(item.added_by);
                added.is_some_and(|node| node.provenance.person == self.person)
            })
        };
        if any || own() { Ok(()) } else { Err(Refusal::NotOwn) }
    }

    fn check_resolve(&self) -> Checked {
        let fields = self.fresh_shelf_item("resolutions")?;
        let text = |key: &str| fields.get(key).and_then(|value| value.as_text());
        let (Some(target), Some(choice), Some(reason), Some(closes), 4) =
            (text("target"), text("choice"), text("reason"), text("closes"), fields.len())
        else {
            return Err(Refusal::OutsideVerb);
        };
        sensible_reason(reason)?;
        if closes.len() > MAX_CLOSES {
            return Err(Refusal::BadValue);
        }
        let state = self.state();
        let open = open_conflicts(self.kind, self.history, self.past, &state);
        let conflict = open
            .iter()
            .find(|conflict| conflict.subject.target() == target)
            .filter(|conflict| conflict.closes() == closes)
            .ok_or(Refusal::NoSuchConflict)?;
        let puts: Vec<&Operation> = self
            .change
            .operations
            .iter()
            .filter(|operation| {
                !matches!(
                    self.place(operation.container),
                    Ok(Place::Item { collection: "resolutions", .. } | Place::Shelf("resolutions"))
                )
            })
            .collect();
        match (&conflict.subject, puts.as_slice()) {
            (Subject::Field(path), [put]) => self.check_settled_field(conflict, path, choice, put),
            _ if self.right == Right::Field => Err(Refusal::NotAllowed),
            (Subject::StruckOrEdited(_), []) if matches!(choice, "struck" | "kept") => Ok(()),
            (Subject::Duplicate(_), []) if choice == "noted" => Ok(()),
            _ => Err(Refusal::OutsideVerb),
        }
    }

    fn check_settled_field(
        &self,
        conflict: &Conflict,
        path: &str,
        choice: &str,
        put: &Operation,
    ) -> Checked {
        let Content::Scalar(value) = &put.content else { return Err(Refusal::OutsideVerb) };
        let (field, at) = match self.place(put.container)? {
            Place::Shelf("head") => (self.kind.head_field(&put.key), format!("head/{}", put.key)),
            Place::Item { collection, id, fresh: false, .. } => (
                self.collection(collection)?.field(&put.key),
                format!("{collection}/{id}/{}", put.key),
            ),
            _ => return Err(Refusal::OutsideVerb),
        };
        let field = field.ok_or(Refusal::OutsideVerb)?;
        let offered = conflict
            .sides
            .iter()
            .any(|side| side.what == super::conflict::Claim::Value(value.clone()));
        let fits = match choice {
            "alternative" => offered,
            "other" => !offered,
            "unsettled" => *value == Value::Null,
            _ => false,
        };
        if at != path || !fits {
            return Err(Refusal::OutsideVerb);
        }
        let settler = field.settlers.iter().any(|role| self.roles.contains(role));
        match self.right {
            Right::Field if !settler => Err(Refusal::NotAllowed),
            _ if settler => {
                if field.ty.admits(value) {
                    Ok(())
                } else {
                    Err(Refusal::BadValue)
                }
            }
            _ => self.admit(field, value),
        }
    }

    fn check_finalise(&self) -> Checked {
        let fields = self.fresh_shelf_item("finalisations")?;
        let bytes = |key: &str| fields.get(key).and_then(|value| value.as_bytes());
        let (Some(heads), Some(state_bytes), Some(content), 3) =
            (bytes("heads"), bytes("state"), bytes("content"), fields.len())
        else {
            return Err(Refusal::OutsideVerb);
        };
        let state = self.state();
        if !open_conflicts(self.kind, self.history, self.past, &state).is_empty() {
            return Err(Refusal::OpenConflicts);
        }
        let bound = heads == heads_bytes(&self.history.foremost(&self.change.dependencies))
            && state_bytes == state_digest(self.kind, self.history, self.past, &state).as_bytes()
            && content == content_digest(self.kind, &state).as_bytes();
        if bound { Ok(()) } else { Err(Refusal::WrongDigest) }
    }

    fn admit(&self, field: &Field, value: &Value) -> Checked {
        if !field.writers.is_empty() && !field.writers.iter().any(|role| self.roles.contains(role))
        {
            return Err(Refusal::NotAllowed);
        }
        if field.ty.admits(value) { Ok(()) } else { Err(Refusal::BadValue) }
    }

    fn collection(&self, name: &str) -> Result<&'static Collection, Refusal> {
        self.kind.collection(name).ok_or(Refusal::OutsideVerb)
    }

    /// The fields of the one item this change makes under `shelf`, when it makes nothing else.
    fn fresh_item(&self, shelf: &str) -> Result<BTreeMap<&str, &Value>, Refusal> {
        let fields = self.fresh_shelf_item(shelf)?;
        if fields.len() + 1 == self.change.operations.len() {
            Ok(fields)
        } else {
            Err(Refusal::OutsideVerb)
        }
    }

    /// The fields of the one item this change makes under `shelf`.
    fn fresh_shelf_item(&self, shelf: &str) -> Result<BTreeMap<&str, &Value>, Refusal> {
        let mut made = None;
        let mut fields = BTreeMap::new();
        for operation in &self.change.operations {
            match (self.place(operation.container)?, &operation.content) {
                (Place::Shelf(at), Content::Map) if at == shelf && made.is_none() => {
                    if !is_ulid(&operation.key) {
                        return Err(Refusal::BadValue);
                    }
                    made = Some(operation.id);
                }
                (
                    Place::Item { collection, fresh: true, made: item, .. },
                    Content::Scalar(value),
                ) if collection == shelf && made == Some(item) => {
                    fields.insert(operation.key.as_str(), value);
                }
                (Place::Shelf("head") | Place::Item { fresh: false, .. }, Content::Scalar(_))
                    if shelf == "resolutions" => {}
                _ => return Err(Refusal::OutsideVerb),
            }
        }
        if made.is_some() { Ok(fields) } else { Err(Refusal::OutsideVerb) }
    }
}

/// The form in which a finalisation names the heads it binds: sorted hashes, concatenated.
pub(super) fn heads_bytes(heads: &[ChangeHash]) -> Vec<u8> {
    let sorted: BTreeSet<ChangeHash> = heads.iter().copied().collect();
    sorted.iter().flat_map(|hash| hash.0).collect()
}

/// Whether an ordinary put may stand on what it replaces.
fn replaceable(field: &Field, operation: &Operation) -> Checked {
    match field.policy {
        Policy::Fact if !operation.replaces.is_empty() => Err(Refusal::FactStands),
        Policy::MultiValue if operation.replaces.len() > 1 => Err(Refusal::Contested),
        _ => Ok(()),
    }
}

fn sensible_reason(reason: &str) -> Checked {
    let fits = !reason.trim().is_empty() && FieldType::Text(MAX_REASON).admits(&reason.into());
    if fits { Ok(()) } else { Err(Refusal::BadValue) }
}

/// 26 characters of Crockford's base 32 in canonical form.
fn is_ulid(text: &str) -> bool {
    ulid::Ulid::from_string(text).is_ok_and(|ulid| ulid.to_string() == text)
}
