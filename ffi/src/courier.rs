//! Where neither network nor another phone of the case is near: pending changes sealed for the court, carried
//! by anybody of the court as a bundle.

use std::sync::Arc;

use lastmile_core::courier::Pouch;
use lastmile_core::identity::Canonical as _;

use crate::error::LastmileError;
use crate::observe::Change;
use crate::open::Phone;
use crate::status::count;
use crate::sync::UntilGivenUp;
use crate::work::{run, run_until_given_up};

/// What came out of a pouch.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PouchTaken {
    /// Bundles of others, new here, to be carried.
    pub bundles: u32,
    /// Receipts for others, new here, to be carried.
    pub receipts: u32,
    /// Receipts for this phone, applied.
    pub applied: u32,
    /// Pieces left: known, not for this court, or unreadable.
    pub left: u32,
}

/// What carrying to the court did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CourierDelivered {
    /// Bundles the court took in.
    pub bundles: u32,
    /// Own ones among them.
    pub own: u32,
    /// Bundles the court refused; they stay in the bag.
    pub refused: u32,
}

#[uniffi::export]
impl Phone {
    /// Seals what is pending for the court into the bag; says whether there was something. Nobody but the
    /// court can read it.
    pub async fn courier_bundle(self: Arc<Self>) -> Result<bool, LastmileError> {
        run(move || Ok(self.core.courier_bundle()?.is_some())).await
    }

    /// Everything in the bag as one file, to be handed on by any means.
    pub fn pouch(&self) -> Result<Vec<u8>, LastmileError> {
        Ok(self.core.pouch()?.encode())
    }

    /// Takes a pouch that came: receipts for this phone are applied, all else is kept to be carried.
    ///
    /// Errors: `NotBelieved`: the file is none.
    pub async fn take_pouch(self: Arc<Self>, file: Vec<u8>) -> Result<PouchTaken, LastmileError> {
        run(move || {
            let pouch = Pouch::decode(&file);
            let pouch = pouch.map_err(|error| LastmileError::not_believed(error.code()))?;
            let taken = self.core.take_pouch(&pouch)?;
            self.observers.changed(&Change::Anything);
            Ok(PouchTaken {
                bundles: count(taken.bundles),
                receipts: count(taken.receipts),
                applied: count(taken.applied),
                left: count(taken.left),
            })
        })
        .await
    }

    /// Carries every bundle in the bag to the court, on this phone's own contact.
    pub async fn deliver_courier(self: Arc<Self>) -> Result<CourierDelivered, LastmileError> {
        run_until_given_up(move |stop| {
            let road = self.road()?;
            let done = self.core.deliver_courier(&UntilGivenUp { road: &road, stop })?;
            Ok(CourierDelivered {
                bundles: count(done.bundles),
                own: count(done.applied),
                refused: count(done.refused),
            })
        })
        .await
    }
}
