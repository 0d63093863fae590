//! Requests as the fold of their signed steps, in the order of the channel [`super::DISPATCH`].

use lastmile_core::assistance::life::{Life, Step};
use lastmile_core::assistance::step::State;
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

/// Where a request stands on the lists of what is to be done: a report that was joined is over when its incident is.
pub(crate) fn listed(reading: &Reading<'_>, document: DocumentId) -> Result<State, StoreError> {
    let stands = life(reading, document)?;
    let Some(head) = stands.merged_into else { return Ok(stands.state) };
    let head = life(reading, head)?.state;
    Ok(if head.ended() { head } else { stands.state })
}

/// The server's own signature was made when it was stored.
fn step(bytes: &[u8]) -> Result<Step, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("step of a request");
    let signed = Signed::<Transition>::from_bytes(bytes).map_err(|_| DAMAGED)?;
    let body = Transition::decode(signed.raw_parts().0).map_err(|_| DAMAGED)?;
    Step::from_body(&body, signed.body_hash()).ok_or(DAMAGED)
}
