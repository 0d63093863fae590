//! Certificates that the court withdrew. Phones hear of them through the directory, keep the signed
//! transition, and from then on take nothing new of that author from another phone into a record,
//! unless somebody else's work was made on it; what the court admits, they follow. What they had stays,
//! and is flagged.
//!
//! A phone that hears it about its own person gives what is pending and lets go of the cases.

use std::sync::PoisonError;

use super::{Phone, PhoneError};
use crate::id::CertificateId;
use crate::identity::transition::Transition;
use crate::identity::{Directory, Signed, Verified};
use crate::store::{LogRow, ReadTx, WriteTx};
use crate::sync::channel::{DEVICE, DIRECTORY};

/// Why a change of a withdrawn author waits, on phones and on the server.
pub(super) const REVOKED: &str = "revoked";

/// Names of the settings that keep what was heard.
const KEPT: &str = "revoked ";

/// Takes in what this phone heard before it was opened.
pub(super) fn recall(tx: &ReadTx<'_>, directory: &mut Directory) -> Result<(), PhoneError> {
    for bytes in tx.settings(KEPT)? {
        // Verified when it came; one that no longer holds is ignored.
        if let Ok(signed) = Signed::<Transition>::from_bytes(&bytes)
            && let Ok(verified) = directory.verify(signed)
        {
            let _ = directory.note(&verified);
        }
    }
    Ok(())
}

impl Phone {
    /// Takes in a withdrawal.
    pub(super) fn note_revocation(
        &self,
        tx: &WriteTx<'_>,
        transition: &Verified<Transition>,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        let name = data_encoding::HEXLOWER.encode(&transition.body_hash()[..16]);
        tx.set_setting(&format!("{KEPT}{name}"), bytes)?;
        self.directory.write().unwrap_or_else(PoisonError::into_inner).note(transition)?;
        Ok(())
    }

    /// Other roles come as a new certificate for the same key: the person acts under it from now on.
    fn renew(&self) {
        let mut acting = self.acting.write().unwrap_or_else(PoisonError::into_inner);
        let Some(acting) = acting.as_mut() else { return };
        let directory = self.directory();
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut follow = |certificate: &mut CertificateId| {
            let Some(next) = directory.successor(certificate) else { return };
            if let Some(signer) = keys.get(certificate).cloned() {
                keys.insert(next, signer);
                *certificate = next;
            }
        };
        follow(&mut acting.certificate);
        acting.finalising.as_mut().map(follow);
    }

    /// After a contact, when the person who acts here was withdrawn: every channel is left, once what
    /// is pending was offered, that nobody else of this phone belongs to.
    pub(super) fn let_go(&self, tx: &WriteTx<'_>) -> Result<(), PhoneError> {
        self.renew();
        let Ok(acting) = self.signed_in() else { return Ok(()) };
        if !self.is_withdrawn(&acting.certificate) {
            return Ok(());
        }
        let others: Vec<String> = {
            let directory = self.directory();
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.keys()
                .filter(|id| directory.withdrawn(id).is_none())
                .filter_map(|id| directory.get(id)?.payload().person.clone())
                .collect()
        };
        for channel in tx.channels()? {
            let name = channel.channel;
            if name == DIRECTORY || name.starts_with(DEVICE) {
                continue;
            }
            let mut shared = false;
            for person in &others {
                shared |= self.is_member(tx, &name, person)?;
            }
            if !shared {
                tx.set_leaving(&name)?;
            }
        }
        Ok(())
    }

    /// Whether a certificate was withdrawn, or one above it.
    pub fn is_withdrawn(&self, certificate: &CertificateId) -> bool {
        self.directory().withdrawn(certificate).is_some()
    }

    /// Whether a kept change waits only because its author was withdrawn.
    pub(super) fn waits_for_the_court(&self, row: &LogRow) -> bool {
        row.row.reason.as_deref() == Some(REVOKED)
            && !row.row.on_server
            && self.is_withdrawn(&row.row.certificate)
    }
}
