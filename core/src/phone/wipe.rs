//! The court's order to destroy this phone's copy: it was lost, or its person has left. What is
//! pending is offered first, at the contact that brings the order. Then everything goes in one
//! transaction, which leaves nothing but a signed report; the report goes to the court then, or at the
//! next contact. Cut off anywhere, the phone goes on from where it was.
//!
//! Only an order that this court's server signed, in the device's own channel and for a certificate of
//! this phone, counts.

use std::sync::PoisonError;

use super::sync::SyncTrouble;
use super::transport::Transport;
use super::{Phone, PhoneError, lock};
use crate::identity::transition::{Transition, TransitionKind};
use crate::identity::wiped::WipeReport;
use crate::identity::{Signed, TrustError, Verified};
use crate::store::WriteTx;
use crate::sync::channel::of_device;
use crate::sync::token::Errand;

/// Setting: the order, until it is carried out.
const ORDER: &str = "wipe order";
/// Setting: the signed report, once it was; all that is left.
const REPORT: &str = "wipe report";
/// Setting: the court has the report.
const TOLD: &str = "told";

impl Phone {
    /// Takes in an order, if it is for this phone.
    pub(super) fn note_wipe(
        &self,
        tx: &WriteTx<'_>,
        order: &Verified<Transition>,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        let TransitionKind::Wipe { certificate, .. } = order.payload().kind else { return Ok(()) };
        let ours = self.signer(certificate).is_some();
        if ours && order.payload().channel == of_device(certificate) {
            tx.set_setting(ORDER, bytes)?;
        }
        Ok(())
    }

    /// Whether this phone's copy was destroyed by order. The app then deletes its keys, and begins a
    /// new store when it is enrolled anew.
    pub fn wiped(&self) -> Result<bool, PhoneError> {
        self.store.read(|tx| Ok(tx.setting(REPORT)?.is_some()))
    }

    /// Carries out an order that is here; `saved` changes were handed in just before. Says whether
    /// there was one.
    pub(super) fn carry_out_wipe(&self, saved: u64) -> Result<bool, PhoneError> {
        let order = self.store.read::<_, PhoneError>(|tx| Ok(tx.setting(ORDER)?))?;
        let Some(bytes) = order else { return Ok(false) };
        let signed = Signed::<Transition>::from_bytes(&bytes).map_err(TrustError::from)?;
        let order = self.directory().verify(signed)?;
        let TransitionKind::Wipe { certificate, .. } = order.payload().kind else {
            return Ok(false);
        };
        let signer = self.signer(certificate).ok_or(PhoneError::NotSignedIn)?;
        let _work = lock(&self.work);
        self.store.write::<_, PhoneError>(|tx| {
            let rows = tx.log_after(0, u32::MAX)?;
            let lost = rows.iter().filter(|row| !row.row.on_server).count() as u64;
            let report = WipeReport {
                court: self.court.clone(),
                certificate,
                order: order.body_hash(),
                at_ms: self.device_ms(),
                saved,
                lost,
                originals: Some(tx.backlog()?.originals),
            };
            let signed = Signed::seal(&report, signer.as_ref())
                .map_err(|_| PhoneError::Protocol("the report cannot be signed"))?;
            Ok(tx.delete_everything_but(REPORT, &signed.to_bytes())?)
        })?;
        lock(&self.documents).clear();
        self.keys.write().unwrap_or_else(PoisonError::into_inner).clear();
        *self.acting.write().unwrap_or_else(PoisonError::into_inner) = None;
        // Their key is gone with the store; the files go too.
        self.vault.clear()?;
        self.store.scrub()?;
        Ok(true)
    }

    /// Hands the report in, when there is one that the court does not have. Says whether this phone
    /// was wiped and has nothing else to say.
    pub(super) fn report_wipe(&self, transport: &dyn Transport) -> Result<bool, SyncTrouble> {
        let (report, told) = self
            .store
            .read::<_, PhoneError>(|tx| Ok((tx.setting(REPORT)?, tx.setting(TOLD)?.is_some())))?;
        let Some(report) = report else { return Ok(false) };
        if !told {
            // It may have been cut off between the two steps.
            self.vault.clear().map_err(PhoneError::from)?;
            self.store.scrub().map_err(PhoneError::from)?;
            transport.post(&self.court, Errand::Wiped, &report, "")?;
            self.store.write::<_, PhoneError>(|tx| Ok(tx.set_setting(TOLD, b"1")?))?;
        }
        Ok(true)
    }
}
