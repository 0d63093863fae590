//! From the bytes of a change to its operations. The only file that touches `automerge::legacy`
//! (hidden API, hence the exact version pin in the workspace): if a later Automerge moves it, this
//! file changes and nothing else.

use automerge::{Change, ScalarValue, legacy};

use super::prescan::{Limits, PrescanError, prescan};
use crate::guard::guarded;
use crate::id::{ActorId, ChangeHash};
use crate::value::Value;

/// The identity of one operation: its Lamport counter and the actor that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// Lamport counter, 1 for a document's first operation.
    pub counter: u64,
    /// Who made it.
    pub actor: ActorId,
}

impl std::fmt::Display for OpId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.counter, self.actor)
    }
}

/// The map an operation writes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// The document's root map.
    Root,
    /// The map made by this operation.
    Made(OpId),
}

/// What an operation puts under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A new empty map.
    Map,
    /// A scalar.
    Scalar(Value),
}

/// One operation of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its identity.
    pub id: OpId,
    /// The map it writes into.
    pub container: Container,
    /// The key it writes.
    pub key: String,
    /// What it writes.
    pub content: Content,
    /// The alternatives it replaces, sorted.
    pub replaces: Vec<OpId>,
}

/// A change, read.
#[derive(Debug, Clone)]
pub struct Expanded {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: ActorId,
    /// The actor's how-manieth change of this document, from 1.
    pub sequence: u64,
    /// Counter of the first operation.
    pub start_op: u64,
    /// The changes it was made on.
    pub dependencies: Vec<ChangeHash>,
    /// Its operations, in order.
    pub operations: Vec<Operation>,
    /// The parsed change, ready to apply.
    pub(crate) change: Change,
}

impl Expanded {
    /// Counter of the last operation (`start_op - 1` when there is none).
    pub fn max_op(&self) -> u64 {
        (self.start_op + self.operations.len() as u64).saturating_sub(1)
    }
}

/// Why a change could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// Refused before Automerge saw it.
    #[error(transparent)]
    Prescan(#[from] PrescanError),
    /// Automerge could not parse it, or panicked on it.
    #[error("change cannot be parsed")]
    Unparsable,
    /// It uses lists, text, marks, counters, floats, deletions or a foreign actor length.
    #[error("change uses an operation that records do not have")]
    Operation,
    /// It carries a message, an author or extra bytes, which the envelope's hash would not explain.
    #[error("change carries data outside its operations")]
    Extra,
}

#[cfg(test)]
thread_local! {
    /// How many changes this thread has read: tests count work with it, not time.
    pub(super) static EXPANSIONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Reads the change in `bytes`.
pub fn expand(bytes: &[u8], limits: Limits) -> Result<Expanded, ExpandError> {
    #[cfg(test)]
    EXPANSIONS.set(EXPANSIONS.get() + 1);
    let hash = prescan(bytes, limits)?;
    let (change, decoded) = guarded(|| {
        let change = Change::from_bytes(bytes.to_vec()).ok()?;
        let decoded = change.decode();
        Some((change, decoded))
    })
    .map_err(|_| ExpandError::Unparsable)?
    .ok_or(ExpandError::Unparsable)?;
    if change.hash().0 != hash.0 || change.raw_bytes() != bytes {
        return Err(ExpandError::Unparsable);
    }
    if decoded.message.is_some() || !decoded.extra_bytes.is_empty() || decoded.author.is_some() {
        return Err(ExpandError::Extra);
    }
    let actor = actor_id(&decoded.actor_id)?;
    let start_op = decoded.start_op.get();
    let operations = decoded
        .operations
        .into_iter()
        .zip(start_op..)
        .map(|(operation, counter)| read_operation(operation, OpId { counter, actor }))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Expanded {
        hash,
        actor,
        sequence: decoded.seq,
        start_op,
        dependencies: decoded.deps.iter().map(|hash| ChangeHash(hash.0)).collect(),
        operations,
        change,
    })
}

/// Puts the winner's value where Automerge deleted its rivals.
///
/// Asked to put the value that wins already, Automerge 0.12 deletes the other alternatives instead
/// and writes no value. A resolution written like that would vanish silently when somebody else
/// resolves the same field with another value. `standing` gives what is visible at a place, sorted.
pub(super) fn put_instead_of_delete<'a>(
    change: &Change,
    standing: impl Fn(Container, &str) -> Vec<(OpId, &'a Content)>,
) -> Result<Change, ExpandError> {
    let mut decoded = change.decode();
    for operation in &mut decoded.operations {
        if operation.action != legacy::OpType::Delete {
            continue;
        }
        let container = match &operation.obj {
            legacy::ObjectId::Root => Container::Root,
            legacy::ObjectId::Id(made) => Container::Made(op_id(made)?),
        };
        let legacy::Key::Map(key) = &operation.key else { return Err(ExpandError::Operation) };
        let standing = standing(container, key);
        let Some((_, Content::Scalar(winner))) = standing.last() else {
            return Err(ExpandError::Operation);
        };
        operation.action = legacy::OpType::Put(to_scalar(winner));
        operation.pred = standing
            .iter()
            .map(|(id, _)| legacy::OpId::new(id.counter, &automerge::ActorId::from(id.actor.0)))
            .collect();
    }
    Ok(Change::from(decoded))
}

/// The Automerge scalar of a value.
pub(super) fn to_scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Null => ScalarValue::Null,
        Value::Bool(flag) => ScalarValue::Boolean(*flag),
        Value::Int(number) => ScalarValue::Int(*number),
        Value::Text(text) => ScalarValue::Str(text.into()),
        Value::Bytes(bytes) => ScalarValue::Bytes(bytes.clone()),
    }
}

fn read_operation(operation: legacy::Op, id: OpId) -> Result<Operation, ExpandError> {
    if operation.insert {
        return Err(ExpandError::Operation);
    }
    let container = match &operation.obj {
        legacy::ObjectId::Root => Container::Root,
        legacy::ObjectId::Id(made) => Container::Made(op_id(made)?),
    };
    let legacy::Key::Map(key) = &operation.key else {
        return Err(ExpandError::Operation);
    };
    let content = match operation.action {
        legacy::OpType::Make(automerge::ObjType::Map) => Content::Map,
        legacy::OpType::Put(value) => Content::Scalar(scalar(value)?),
        _ => return Err(ExpandError::Operation),
    };
    let mut replaces = operation.pred.iter().map(op_id).collect::<Result<Vec<_>, _>>()?;
    replaces.sort_unstable();
    Ok(Operation { id, container, key: key.to_string(), content, replaces })
}

fn scalar(value: ScalarValue) -> Result<Value, ExpandError> {
    match value {
        ScalarValue::Null => Ok(Value::Null),
        ScalarValue::Boolean(flag) => Ok(Value::Bool(flag)),
        ScalarValue::Int(number) => Ok(Value::Int(number)),
        ScalarValue::Str(text) => Ok(Value::Text(text.to_string())),
        ScalarValue::Bytes(bytes) => Ok(Value::Bytes(bytes)),
        _ => Err(ExpandError::Operation),
    }
}

fn op_id(id: &legacy::OpId) -> Result<OpId, ExpandError> {
    Ok(OpId { counter: id.counter(), actor: actor_id(id.actor())? })
}

fn actor_id(actor: &automerge::ActorId) -> Result<ActorId, ExpandError> {
    ActorId::try_from(actor.to_bytes()).map_err(|_| ExpandError::Operation)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use automerge::{AutoCommit, ObjType, ROOT, transaction::Transactable};

    use super::*;

    fn document() -> AutoCommit {
        AutoCommit::new().with_actor(automerge::ActorId::from([7_u8; 16]))
    }

    fn last(document: &mut AutoCommit) -> Result<Expanded, ExpandError> {
        document.commit();
        expand(document.get_last_local_change().unwrap().raw_bytes(), Limits::V1)
    }

    #[test]
    fn operations_come_with_ids_containers_and_what_they_replace() {
        let mut doc = document();
        let head = doc.put_object(ROOT, "head", ObjType::Map).unwrap();
        doc.put(&head, "colour", "白").unwrap();
        let created = last(&mut doc).unwrap();
        assert_eq!(created.operations.len(), 2);
        let made = created.operations[0].id;
        assert_eq!(created.operations[1].container, Container::Made(made));
        doc.put(&head, "colour", "灰").unwrap();
        let edited = last(&mut doc).unwrap();
        assert_eq!(edited.dependencies, vec![created.hash]);
        assert_eq!(edited.operations[0].replaces, vec![created.operations[1].id]);
        assert_eq!(edited.operations[0].content, Content::Scalar("灰".into()));
        assert_eq!(edited.max_op(), 3);
    }

    #[test]
    fn lists_text_deletions_counters_and_floats_are_refused() {
        let mut doc = document();
        doc.put_object(ROOT, "list", ObjType::List).unwrap();
        assert_eq!(last(&mut doc).unwrap_err(), ExpandError::Operation);
        let mut doc = document();
        doc.put(ROOT, "price", 1.5_f64).unwrap();
        assert_eq!(last(&mut doc).unwrap_err(), ExpandError::Operation);
        let mut doc = document();
        doc.put(ROOT, "a", 1_i64).unwrap();
        doc.commit();
        doc.delete(ROOT, "a").unwrap();
        assert_eq!(last(&mut doc).unwrap_err(), ExpandError::Operation);
        let mut doc = AutoCommit::new().with_actor(automerge::ActorId::from([7_u8; 4]));
        doc.put(ROOT, "a", 1_i64).unwrap();
        assert_eq!(last(&mut doc).unwrap_err(), ExpandError::Operation);
    }

    #[test]
    fn a_message_is_refused() {
        let mut doc = document();
        doc.put(ROOT, "a", 1_i64).unwrap();
        doc.commit_with(automerge::transaction::CommitOptions::default().with_message("x"));
        let bytes = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
        assert_eq!(expand(&bytes, Limits::V1).unwrap_err(), ExpandError::Extra);
    }
}
