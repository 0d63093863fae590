//! Those present sign: the record is read back, each draws a signature of their own, one refuses, one
//! countersigns on another phone.

use lastmile_core::id::{DocumentId, sha256};
use lastmile_core::phone::{Hand, Signatory};
use lastmile_core::signing::{Point, Strokes};

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
    Ok(())
}

/// What a finger on the glass would leave: a line for each character, the same each time for a name.
pub(super) fn drawn_by(name: &str) -> Strokes {
    let (width, height) = (900, 300);
    let mut strokes = Vec::new();
    for (number, (at, _)) in (0_u32..).zip(name.char_indices()).take(8) {
        let noise = sha256(format!("{name}{at}").as_bytes());
        let stroke = (0_u32..).zip(&noise[..12]).map(|(step, byte)| Point {
            x: number * 110 + step * 9,
            y: u32::from(*byte),
            ms: number * 400 + step * 16,
        });
        strokes.push(stroke.collect());
    }
    Strokes { width, height, strokes }
}
