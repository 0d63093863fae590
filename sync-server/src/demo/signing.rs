//! Those present sign: the record is read back, each draws a signature of their own, one refuses, one
//! countersigns on another phone.

use lastmile_core::id::DocumentId;
use lastmile_core::phone::{Hand, Signatory};
use lastmile_core::signing::test_strokes::drawn_by;

use serde_json::json;

use super::script;
use super::stage::{Actor, StageError};

/// Signatures of those present (name and part) over the record as it is read back now.
pub(super) fn sign_all(
    actor: &Actor,
    record: DocumentId,
    people: &[(&str, &str)],
    time: &str,
) -> Result<(), StageError> {
    for (name, role) in people {
        sign(actor, record, (name, role), Hand::Strokes(drawn_by(name)), time)?;
    }
    Ok(())
}

/// One person signs, or does not, what is read back now.
pub(super) fn sign(
    actor: &Actor,
    record: DocumentId,
    (name, role): (&str, &str),
    hand: Hand,
    time: &str,
) -> Result<(), StageError> {
    actor.script.turn();
    let read = actor.phone.read_back(record)?;
    let signatory = Signatory {
        name: name.to_owned(),
        person: None,
        role: role.to_owned(),
        org: None,
        read_back: "read_aloud".to_owned(),
        hand,
        position: None,
        signed_at: format!("2026-03-17T{time}:00+08:00"),
    };
    actor.phone.sign_record(record, read.content, &signatory)?;
    let step = json!({
        "who": actor.name, "record": record.to_hex(), "content": read.content.to_hex(),
        "signatory": script::signatory(&signatory)?,
    });
    actor.script.step("sign", step);
    Ok(())
}
