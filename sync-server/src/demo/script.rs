//! The day written down: what each officer does on which phone, in order, with everything that makes an
//! id, so that another program can do the same through another door and must come to the same digests.
//! `lastmile-server demo --script DIR` writes it; what is in the file is said at [`write`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lastmile_core::document::Choice;
use lastmile_core::id::sha256;
use lastmile_core::phone::{Hand, Signatory};
use lastmile_core::time::Entropy;
use lastmile_core::value::Value;
use serde_json::{Map, Value as Json, json};

use super::stage::StageError;

/// What was done, and the turn it was done in.
#[derive(Debug, Default)]
pub struct Script {
    turn: AtomicU64,
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    steps: Vec<Json>,
    photos: BTreeMap<String, Vec<u8>>,
}

impl Script {
    /// Begins the next turn: randomness begins anew.
    pub(super) fn turn(&self) {
        self.turn.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes down what was done in this turn.
    pub(super) fn step(&self, what: &str, mut step: Json) {
        step["do"] = json!(what);
        step["turn"] = json!(self.turn.load(Ordering::Relaxed));
        self.written.lock().unwrap_or_else(PoisonError::into_inner).steps.push(step);
    }

    /// Keeps a photo; gives its name, which is its hash.
    pub(super) fn photo(&self, bytes: &[u8]) -> String {
        let name = data_encoding::HEXLOWER.encode(&sha256(bytes));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.photos.insert(name.clone(), bytes.to_vec());
        name
    }

    /// Writes into `dir`: `script.json` with `phones`, `steps` and the digests they must lead to
    /// (`expected`), and `photos/`, each named by its hash.
    pub(super) fn write(
        &self,
        dir: &Path,
        phones: &Json,
        expected: &Json,
    ) -> Result<(), StageError> {
        let photos = dir.join("photos");
        fs::create_dir_all(&photos)?;
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, bytes) in &written.photos {
            fs::write(photos.join(name), bytes)?;
        }
        let script = json!({ "phones": phones, "steps": written.steps, "expected": expected });
        Ok(fs::write(dir.join("script.json"), script.to_string())?)
    }
}

/// Randomness that a script can repeat: the same bytes for the same phone in the same turn.
/// Block `n` of a turn is SHA-256 of `lastmile demo <phone> <turn> <n>`; every call begins a new block.
pub(super) struct TurnEntropy {
    phone: u8,
    script: Arc<Script>,
    drawn: Mutex<(u64, u64)>,
}

impl TurnEntropy {
    pub(super) fn new(phone: u8, script: Arc<Script>) -> Self {
        Self { phone, script, drawn: Mutex::new((0, 0)) }
    }
}

impl Entropy for TurnEntropy {
    fn fill(&self, out: &mut [u8]) {
        let turn = self.script.turn.load(Ordering::Relaxed);
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.0 != turn {
            *drawn = (turn, 0);
        }
        for part in out.chunks_mut(32) {
            let block =
                sha256(format!("lastmile demo {} {turn} {}", self.phone, drawn.1).as_bytes());
            drawn.1 += 1;
            part.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
    }
}

/// Fields by name: text, whole numbers and yes or no as themselves, bytes as `{"hex": ..}`.
pub(super) fn form(values: &[(&str, Value)]) -> Json {
    let fields = values.iter().map(|(name, value)| ((*name).to_owned(), plain(value)));
    Json::Object(fields.collect::<Map<_, _>>())
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Bytes(value) => json!({ "hex": data_encoding::HEXLOWER.encode(value) }),
    }
}

/// How a difference is settled.
pub(super) fn choice(choice: &Choice) -> Json {
    match choice {
        Choice::Alternative(value) | Choice::Other(value) => {
            json!({ "code": choice.code(), "value": plain(value) })
        }
        _ => json!({ "code": choice.code() }),
    }
}

/// Who signs and how; only what the day needs.
pub(super) fn signatory(signatory: &Signatory) -> Result<Json, StageError> {
    let hand = match &signatory.hand {
        Hand::Strokes(drawn) => {
            let strokes = drawn.strokes.iter().map(|stroke| {
                let points = stroke.iter().map(|point| json!([point.x, point.y, point.ms]));
                points.collect::<Json>()
            });
            json!({ "width": drawn.width, "height": drawn.height, "strokes": strokes.collect::<Json>() })
        }
        Hand::Refused { reason, seen_by } => json!({ "reason": reason, "seen_by": seen_by }),
        _ => return Err(StageError::Script("the script knows no such signature".to_owned())),
    };
    Ok(json!({
        "name": signatory.name,
        "role": signatory.role,
        "read_back": signatory.read_back,
        "signed_at": signatory.signed_at,
        "hand": hand,
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_repeats_its_bytes_whatever_was_drawn_before() {
        let draw = |draws: u32| {
            let script = Arc::new(Script::default());
            let entropy = TurnEntropy::new(1, Arc::clone(&script));
            (0..draws).for_each(|_| {
                entropy.bytes16();
            });
            script.turn();
            (entropy.bytes16(), entropy.bytes16())
        };
        assert_eq!(draw(1), draw(7));
        assert_ne!(draw(1).0, draw(1).1);
        // Block 0 of turn 1 of phone 1, so that another program can hold itself against it.
        let block = sha256(b"lastmile demo 1 1 0");
        assert_eq!(draw(0).0, block[..16]);
    }
}
