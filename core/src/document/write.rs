//! From intent to change: writes what a person wants into a copy of the document and hands out the
//! bytes of the one change it became. The change then goes through the same acceptance as an outside
//! one; this file decides nothing about who may do what.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, Change, ObjId, ObjType, ROOT, ReadDoc};

use super::Document;
use super::conflict::{Subject, open_conflicts};
use super::digest::{content_digest, state_digest};
use super::expand::{put_instead_of_delete, to_scalar};
use super::intent::{Choice, Fields, Intent, saw};
use super::refusal::Refusal;
use super::state::RecordState;
use super::verb_check::heads_bytes;
use crate::guard::guarded;
use crate::id::{ActorId, ChangeHash, DocumentId};
use crate::records::{Action, Kind, KindSet};
use crate::value::Value;

/// A change written here, not yet signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document it belongs to (for a creating change: the new one).
    pub document: DocumentId,
    /// Its hash.
    pub hash: ChangeHash,
    /// Its bytes, the ones to sign and store.
    pub bytes: Vec<u8>,
    /// The verb it uses.
    pub verb: &'static str,
    /// The schema it follows.
    pub schema: u32,
}

/// Why an intent could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No record kind of that name.
    #[error("no such record kind")]
    UnknownKind,
    /// The kind has no such verb, or the verb does something else.
    #[error("the record kind has no such verb")]
    UnknownVerb,
    /// There is no document to write to, or there is one where a new one was to begin.
    #[error("the record does not exist or exists already")]
    NoDocument,
    /// There is no such item, or several carry its id.
    #[error("there is no such item")]
    NoItem,
    /// The values are the ones that stand there already.
    #[error("nothing changes")]
    NothingChanges,
    /// The conflict is settled or has changed since the person looked.
    #[error("the conflict has changed")]
    ConflictChanged,
    /// The document library failed.
    #[error("the document cannot be written")]
    Library,
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ConflictChanged => Self::NoSuchConflict,
            WriteError::Library => Self::Unloadable,
            _ => Self::OutsideVerb,
        }
    }
}

/// Writes `intent` as `actor`. `seconds` is the phone's clock, kept by Automerge and trusted by nobody.
pub fn write(
    kinds: &KindSet,
    document: Option<&Document>,
    actor: ActorId,
    seconds: i64,
    intent: &Intent,
) -> Result<Written, WriteError> {
    let kind = match (intent, document) {
        (Intent::Create { kind, .. }, None) => kinds.get(kind).ok_or(WriteError::UnknownKind)?,
        (Intent::Create { .. }, Some(_)) | (_, None) => return Err(WriteError::NoDocument),
        (_, Some(document)) => document.kind,
    };
    let verb = verb_name(kind, intent)?;
    let mut copy = document.map_or_else(Automerge::new, |document| document.automerge.clone());
    let (hash, bytes) = guarded(|| {
        copy.set_actor(automerge::ActorId::from(actor.0));
        let mut open = copy.transaction();
        Pen { open: &mut open, kind, document }.put(intent)?;
        let (hash, _) = open.commit_with(CommitOptions::default().with_time(seconds));
        hash.ok_or(WriteError::NothingChanges)?;
        let change = copy.get_last_local_change().ok_or(WriteError::Library)?;
        let change = match document {
            Some(document) => keep_winners(document, &change)?,
            None => change,
        };
        Ok::<_, WriteError>((ChangeHash(change.hash().0), change.raw_bytes().to_vec()))
    })
    .map_err(|_| WriteError::Library)??;
    let id = document.map_or_else(|| DocumentId::of_creating_change(hash), |document| document.id);
    Ok(Written { document: id, hash, bytes, verb, schema: kind.schema })
}

fn keep_winners(document: &Document, change: &Change) -> Result<Change, WriteError> {
    let all = document.history.all();
    put_instead_of_delete(change, |container, key| {
        let entries = document.history.visible(container, key, &all);
        entries.into_iter().map(|entry| (entry.id, &entry.content)).collect()
    })
    .map_err(|_| WriteError::Library)
}

/// The verb an intent uses, when the kind has it and it does what the intent wants.
fn verb_name(kind: &'static Kind, intent: &Intent) -> Result<&'static str, WriteError> {
    let verb = match intent {
        Intent::Create { .. } => kind.verb_for(Action::Create),
        Intent::Resolve { .. } => kind.verb_for(Action::Resolve),
        Intent::Finalise { .. } => kind.verb_for(Action::Finalise),
        Intent::Set { verb, .. } => {
            kind.verb(verb).filter(|verb| matches!(verb.action, Action::Set(_)))
        }
        Intent::Add { verb, .. } => {
            kind.verb(verb).filter(|verb| matches!(verb.action, Action::Add(_)))
        }
        Intent::Edit { verb, .. } => {
            kind.verb(verb).filter(|verb| matches!(verb.action, Action::Edit(_)))
        }
        Intent::Strike { verb, .. } => {
            kind.verb(verb).filter(|verb| matches!(verb.action, Action::Strike(_)))
        }
    };
    verb.map(|verb| verb.name).ok_or(WriteError::UnknownVerb)
}

struct Pen<'p, 't> {
    open: &'p mut Transaction<'t>,
    kind: &'static Kind,
    document: Option<&'p Document>,
}

impl Pen<'_, '_> {
    fn put(&mut self, intent: &Intent) -> Result<(), WriteError> {
        match intent {
            Intent::Create { kind, case, handler, nonce, head, items } => {
                self.create(kind, case, handler, nonce, head)?;
                items.iter().try_for_each(|new| self.add(&new.collection, &new.item, &new.fields))
            }
            Intent::Set { fields, .. } => {
                let head = self.shelf("head")?;
                self.fields(&head, fields)
            }
            Intent::Add { verb, item, fields } => {
                let collection = self.collection_of(verb)?;
                self.add(collection, item, fields)
            }
            Intent::Edit { verb, item, fields } => {
                let collection = self.collection_of(verb)?;
                let item = self.item(collection, item)?;
                self.fields(&item, fields)
            }
            Intent::Strike { verb, strike, item, reason } => {
                let collection = self.collection_of(verb)?;
                let fields = Fields::from([
                    ("item".to_owned(), format!("{collection}/{item}").into()),
                    ("reason".to_owned(), reason.as_str().into()),
                ]);
                self.add("strikes", strike, &fields)
            }
            Intent::Resolve { resolution, target, choice, reason, saw } => {
                self.resolve(resolution, target, choice, reason, saw)
            }
            Intent::Finalise { finalisation } => self.finalise(finalisation),
        }
    }

    fn create(
        &mut self,
        kind: &str,
        case: &str,
        handler: &str,
        nonce: &[u8],
        head: &Fields,
    ) -> Result<(), WriteError> {
        let schema = i64::from(self.kind.schema);
        self.scalar(&ROOT, "kind", &kind.into())?;
        self.scalar(&ROOT, "schema", &Value::Int(schema))?;
        self.scalar(&ROOT, "case", &case.into())?;
        self.scalar(&ROOT, "handler", &handler.into())?;
        self.scalar(&ROOT, "nonce", &Value::Bytes(nonce.to_vec()))?;
        for container in self.kind.containers() {
            self.open.put_object(ROOT, container, ObjType::Map).map_err(library)?;
        }
        let shelf = self.shelf("head")?;
        self.fields(&shelf, head)
    }

    fn add(&mut self, shelf: &str, item: &str, fields: &Fields) -> Result<(), WriteError> {
        let shelf = self.shelf(shelf)?;
        if self.open.get(&shelf, item).map_err(library)?.is_some() {
            return Err(WriteError::NoItem);
        }
        let made = self.open.put_object(&shelf, item, ObjType::Map).map_err(library)?;
        self.fields(&made, fields)
    }

    fn resolve(
        &mut self,
        resolution: &str,
        target: &str,
        choice: &Choice,
        reason: &str,
        seen: &[String],
    ) -> Result<(), WriteError> {
        let document = self.document.ok_or(WriteError::NoDocument)?;
        let set = document.history.all();
        let state = RecordState::at(&document.history, &set);
        let conflict = open_conflicts(document.kind, &document.history, &set, &state)
            .into_iter()
            .find(|conflict| conflict.subject.target() == target)
            .filter(|conflict| saw(conflict) == seen)
            .ok_or(WriteError::ConflictChanged)?;
        let fields = Fields::from([
            ("target".to_owned(), target.into()),
            ("choice".to_owned(), choice.code().into()),
            ("reason".to_owned(), reason.into()),
            ("closes".to_owned(), conflict.closes().into()),
        ]);
        self.add("resolutions", resolution, &fields)?;
        if let (Subject::Field(path), Some(value)) = (&conflict.subject, choice.value()) {
            let (container, field) = self.field_at(path)?;
            self.scalar(&container, field, &value)?;
        }
        Ok(())
    }

    fn finalise(&mut self, finalisation: &str) -> Result<(), WriteError> {
        let document = self.document.ok_or(WriteError::NoDocument)?;
        let set = document.history.all();
        let state = RecordState::at(&document.history, &set);
        let fields = Fields::from([
            ("heads".to_owned(), heads_bytes(&document.history.heads()).into()),
            (
                "state".to_owned(),
                state_digest(document.kind, &document.history, &set, &state).0.to_vec().into(),
            ),
            ("content".to_owned(), content_digest(document.kind, &state).0.to_vec().into()),
        ]);
        self.add("finalisations", finalisation, &fields)
    }

    fn fields(&mut self, container: &ObjId, fields: &Fields) -> Result<(), WriteError> {
        for (name, value) in fields {
            self.scalar(container, name, value)?;
        }
        Ok(())
    }

    fn scalar(&mut self, container: &ObjId, name: &str, value: &Value) -> Result<(), WriteError> {
        self.open.put(container, name, to_scalar(value)).map_err(library)
    }

    fn shelf(&self, name: &str) -> Result<ObjId, WriteError> {
        match self.open.get(ROOT, name).map_err(library)? {
            Some((value, id)) if value.is_object() => Ok(id),
            _ => Err(WriteError::NoItem),
        }
    }

    fn item(&self, collection: &str, id: &str) -> Result<ObjId, WriteError> {
        let shelf = self.shelf(collection)?;
        match self.open.get_all(&shelf, id).map_err(library)?.as_slice() {
            [(value, id)] if value.is_object() => Ok(id.clone()),
            _ => Err(WriteError::NoItem),
        }
    }

    fn field_at<'p>(&self, path: &'p str) -> Result<(ObjId, &'p str), WriteError> {
        let mut parts = path.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("head"), Some(field), None) => Ok((self.shelf("head")?, field)),
            (Some(collection), Some(item), Some(field)) => {
                Ok((self.item(collection, item)?, field))
            }
            _ => Err(WriteError::NoItem),
        }
    }

    fn collection_of(&self, verb: &str) -> Result<&'static str, WriteError> {
        match self.kind.verb(verb).map(|verb| verb.action) {
            Some(Action::Add(name) | Action::Edit(name) | Action::Strike(name)) => Ok(name),
            _ => Err(WriteError::UnknownVerb),
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // used as a function in `map_err`
fn library(_: automerge::AutomergeError) -> WriteError {
    WriteError::Library
}
