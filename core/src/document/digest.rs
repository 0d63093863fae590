//! The digests by which two copies of a record are judged equal and which those present sign.
//!
//! Canonical form, version 1, deterministic CBOR (definite lengths, shortest integers, arrays only,
//! so that no map order has to be defined):
//!
//! ```text
//! state   = ["lastmile-state", 1, kind, schema, case, handler, registers, collections, conflicts]
//! content = ["lastmile-content", 1, kind, schema, case, handler, registers, collections]
//! registers   = [* [name, value]]            sorted by name
//! value       = scalar                       one value
//!             / [+ [scalar, counter, actor]] several, sorted by operation
//! collections = [* [name, [* [item id, registers]]]]
//! conflicts   = [* [code, target]]           open ones, sorted
//! ```
//!
//! The content digest leaves out signatures, deliveries and finalisations
//! ([`crate::records::Collection::attestation`]); it is what those present sign. Neither depends on
//! the order in which changes arrived, nor on Automerge's own file format.

use std::collections::BTreeMap;
use std::convert::Infallible;

use minicbor::Encoder;

use super::conflict::open_conflicts;
use super::history::{ChangeSet, History};
use super::state::{RecordState, Register};
use crate::id::{Digest, sha256};
use crate::records::Kind;
use crate::value::Value;

type Out = Encoder<Vec<u8>>;
type Written = Result<(), minicbor::encode::Error<Infallible>>;

/// The state digest of a record at `set`.
pub(super) fn state_digest(
    kind: &Kind,
    history: &History,
    set: &ChangeSet,
    state: &RecordState,
) -> Digest {
    let conflicts = open_conflicts(kind, history, set, state);
    finish(|out| {
        out.array(9)?.str("lastmile-state")?.u8(1)?;
        body(out, state, |_| true)?;
        out.array(conflicts.len() as u64)?;
        for conflict in &conflicts {
            out.array(2)?.str(conflict.subject.code())?.str(conflict.subject.target())?;
        }
        Ok(())
    })
}

/// The content digest of a record: what those present sign.
pub(super) fn content_digest(kind: &Kind, state: &RecordState) -> Digest {
    finish(|out| {
        out.array(8)?.str("lastmile-content")?.u8(1)?;
        body(out, state, |collection| {
            collection != "finalisations"
                && !kind.collection(collection).is_some_and(|known| known.attestation)
        })
    })
}

fn finish(write: impl FnOnce(&mut Out) -> Written) -> Digest {
    let mut out = Encoder::new(Vec::with_capacity(2_048));
    match write(&mut out) {
        Ok(()) => Digest(sha256(out.writer())),
        Err(error) => match error.into_write() {
            // Writing to memory has no error.
            Some(never) => match never {},
            None => Digest::default(),
        },
    }
}

fn body(out: &mut Out, state: &RecordState, include: impl Fn(&str) -> bool) -> Written {
    out.str(&state.kind)?.i64(state.schema)?.str(&state.case)?.str(&state.handler)?;
    registers(out, &state.head)?;
    let included: Vec<_> = state
        .collections
        .iter()
        .filter(|(name, items)| include(name) && !items.is_empty())
        .collect();
    out.array(included.len() as u64)?;
    for (name, items) in included {
        out.array(2)?.str(name)?.array(items.len() as u64)?;
        for item in items {
            out.array(2)?.str(&item.id)?;
            registers(out, &item.fields)?;
        }
    }
    Ok(())
}

fn registers(out: &mut Out, fields: &BTreeMap<String, Register>) -> Written {
    out.array(fields.len() as u64)?;
    for (name, register) in fields {
        out.array(2)?.str(name)?;
        if let Some(value) = register.single() {
            scalar(out, value)?;
            continue;
        }
        out.array(register.alternatives.len() as u64)?;
        for alternative in &register.alternatives {
            out.array(3)?;
            scalar(out, &alternative.value)?;
            out.u64(alternative.op.counter)?.bytes(alternative.op.actor.as_bytes())?;
        }
    }
    Ok(())
}

fn scalar(out: &mut Out, value: &Value) -> Written {
    match value {
        Value::Null => out.null()?,
        Value::Bool(flag) => out.bool(*flag)?,
        Value::Int(number) => out.i64(*number)?,
        Value::Text(text) => out.str(text)?,
        Value::Bytes(bytes) => out.bytes(bytes)?,
    };
    Ok(())
}
