//! Requests as the fold of their signed steps, in the order of the channel [`super::DISPATCH`].

use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::id::DocumentId;
use lastmile_core::identity::{Canonical, Signed, Transition};

use crate::store::{Reading, StoreError};

/// One request, with all that was done about it.
pub fn life(reading: &Reading<'_>, document: DocumentId) -> Result<Life, StoreError> {
    let mut steps = Vec::new();
    for bytes in reading.steps_of(document)? {
        steps.push(step(&bytes)?);
    }
    Ok(Life::of(document, steps))
}

/// The server's own signature was made when it was stored.
fn step(bytes: &[u8]) -> Result<Step, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("step of a request");
    let signed = Signed::<Transition>::from_bytes(bytes).map_err(|_| DAMAGED)?;
    let body = Transition::decode(signed.raw_parts().0).map_err(|_| DAMAGED)?;
    Step::from_body(&body, signed.body_hash()).ok_or(DAMAGED)
}
