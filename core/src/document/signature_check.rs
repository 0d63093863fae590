//! Whether a signature says everything it must at the moment it is made. Signatures cannot be edited
//! or struck, so an incomplete one would stay incomplete for ever: it is refused at once. What is
//! asked here needs only the change and its ancestors; whether the right people signed is the law's
//! question ([`crate::rules`]).

use std::collections::BTreeMap;

use super::digest::content_digest;
use super::refusal::Refusal;
use super::state::{Item, RecordState};
use crate::records::Kind;
use crate::value::Value;

/// The fields of a signature in the making.
type Fields<'a> = BTreeMap<&'a str, &'a Value>;

/// Checks a signature against the record as its author saw it.
pub(super) fn check_signature(
    kind: &Kind,
    state: &RecordState,
    fields: &Fields<'_>,
) -> Result<(), Refusal> {
    if !is_complete(state, fields) {
        return Err(Refusal::SignatureIncomplete);
    }
    let signed = fields.get("content").and_then(|value| value.as_bytes());
    let stands = match text(fields, "finalisation") {
        None if state.items("finalisations").is_empty() => {
            Some(content_digest(kind, state).as_bytes().to_vec())
        }
        // Whoever countersigns names what: of two finalisations only one can be meant.
        None => None,
        Some(named) => named
            .strip_prefix("finalisations/")
            .and_then(|id| state.item("finalisations", id))
            .and_then(content_of),
    };
    if signed.is_some() && signed == stands.as_deref() {
        Ok(())
    } else {
        Err(Refusal::SignedOtherContent)
    }
}

/// Who, in which part, how; and for each way of signing what shows that it happened.
fn is_complete(state: &RecordState, fields: &Fields<'_>) -> bool {
    let has = |name: &str| fields.get(name).is_some_and(|value| **value != Value::Null);
    let said = |name: &str| text(fields, name).is_some();
    let pictured = text(fields, "proof")
        .and_then(|proof| proof.strip_prefix("proofs/"))
        .is_some_and(|id| state.item("proofs", id).is_some());
    let shown = match text(fields, "mode") {
        // On the glass, or with ink on paper that was photographed.
        Some("sign") => has("stroke") || pictured,
        Some("seal") => pictured,
        // Somebody who cannot write: the print is photographed, and somebody saw it made.
        Some("fingerprint") => pictured && said("seen_by"),
        Some("refused") => said("reason") && said("seen_by") && !has("stroke"),
        // A way of a later version.
        Some(_) => true,
        None => false,
    };
    shown && (said("name") || said("person")) && said("role")
}

fn content_of(finalisation: &Item) -> Option<Vec<u8>> {
    Some(finalisation.fields.get("content")?.single()?.as_bytes()?.to_vec())
}

fn text<'a>(fields: &Fields<'a>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(|value| value.as_text()).filter(|text| !text.trim().is_empty())
}
