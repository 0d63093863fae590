//! When the changes of a record were made: what the phones' clocks said, and what is proven.

use super::{Phone, PhoneError};
use crate::envelope::Body;
use crate::id::{BootId, ChangeHash, DocumentId, EnvelopeId};
use crate::identity::Canonical;
use crate::log::Interval;
use crate::store::ReadTx;

/// The times of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeTimes {
    /// The change.
    pub change: ChangeHash,
    /// The author's phone's clock at capture, milliseconds since 1970.
    pub device_ms: i64,
    /// Milliseconds since that phone's boot.
    pub monotonic_ms: u64,
    /// That boot.
    pub boot: BootId,
    /// What is proven, as far as this phone can prove it.
    pub proven: Interval,
}

impl Phone {
    /// The times of a record's changes, in the order of this phone's log. Show them wherever a time is
    /// shown: the clock's, and [`Interval::skew`] when it lies outside what is proven.
    pub fn times(&self, document: DocumentId) -> Result<Vec<ChangeTimes>, PhoneError> {
        self.store.read(|tx| {
            tx.log_of_document(document, 0, u32::MAX)?
                .iter()
                .map(|row| {
                    let body = Body::decode(&row.row.body)?;
                    Ok(ChangeTimes {
                        change: body.change,
                        device_ms: body.device_ms,
                        monotonic_ms: body.monotonic_ms,
                        boot: body.boot,
                        proven: proven(tx, row.row.id, &body)?,
                    })
                })
                .collect()
        })
    }
}

fn proven(tx: &ReadTx<'_>, id: EnvelopeId, body: &Body) -> Result<Interval, PhoneError> {
    // Only a checkpoint that this phone has verified itself counts.
    let held = match body.checkpoint {
        Some(named) => tx.checkpoint(named.size, &named.root)?,
        None => None,
    };
    let covering = match tx.place_of(id)? {
        Some((origin, index)) => tx.checkpoint_covering(&origin, index)?,
        None => None,
    };
    Ok(Interval {
        not_before_ms: held.map(|row| row.at_ms),
        not_after_ms: covering.map(|row| row.at_ms),
    })
}
