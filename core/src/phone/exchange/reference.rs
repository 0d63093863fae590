//! What a channel brings beside changes: certificates, the server's signed transitions, and packs.
//! What this phone cannot verify is not used and stops nothing else.

use crate::id::CertificateId;
use crate::identity::transition::{Transition, TransitionKind};
use crate::identity::{Certificate, Signed};
use crate::pack::signed::{PackError, SignedPack};
use crate::phone::{Phone, PhoneError, open};
use crate::store::{MemberRow, PackKept, PackRow, StoreError, WriteTx};
use crate::sync::channel::EntryKind;

impl Phone {
    pub(super) fn apply_reference(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        seq: u64,
        kind: EntryKind,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        match kind {
            EntryKind::Certificate => self.apply_certificate(tx, bytes),
            EntryKind::Transition => self.apply_transition(tx, channel, seq, bytes),
            EntryKind::Pack => self.apply_pack(tx, channel, bytes),
            EntryKind::Change => Ok(()),
        }
    }

    fn apply_certificate(&self, tx: &WriteTx<'_>, bytes: &[u8]) -> Result<(), PhoneError> {
        let signed =
            Signed::<Certificate>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
        let id = CertificateId(signed.body_hash());
        let mut directory =
            self.directory.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A certificate this phone cannot verify is not stored and stops nothing else.
        if directory.add(signed).is_ok() {
            open::keep_certificate(tx, id, bytes)?;
        }
        Ok(())
    }

    fn apply_transition(
        &self,
        tx: &WriteTx<'_>,
        channel: &str,
        seq: u64,
        bytes: &[u8],
    ) -> Result<(), PhoneError> {
        let signed =
            Signed::<Transition>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
        let id = signed.body_hash();
        let Ok(verified) = self.directory().verify(signed) else { return Ok(()) };
        let transition = verified.payload();
        if transition.channel != channel {
            return Ok(());
        }
        if let TransitionKind::Wipe { .. } = &transition.kind {
            return self.note_wipe(tx, &verified, bytes);
        }
        if let TransitionKind::Revoke { .. } = &transition.kind {
            return self.note_revocation(tx, &verified, bytes);
        }
        if let TransitionKind::Stored { hash, .. } = &transition.kind {
            return Ok(tx.put_stored(*hash, &id)?);
        }
        if let TransitionKind::Lost { hash, .. } = &transition.kind {
            return Ok(tx.put_lost(*hash, &id)?);
        }
        if let TransitionKind::Member { person, enter } = &transition.kind {
            tx.put_member(&MemberRow {
                channel: channel.to_owned(),
                position: seq,
                person: person.clone(),
                transition: bytes.to_vec(),
            })?;
            if self.signed_in().is_ok_and(|acting| acting.person == *person) {
                if *enter { tx.set_staying(channel)? } else { tx.set_leaving(channel)? }
            }
        }
        Ok(())
    }

    fn apply_pack(&self, tx: &WriteTx<'_>, channel: &str, bytes: &[u8]) -> Result<(), PhoneError> {
        let Ok(pack) =
            SignedPack::from_bytes(bytes).and_then(|pack| pack.verify(&self.directory()))
        else {
            // A pack this phone cannot verify is not used and stops nothing else.
            return Ok(());
        };
        let header = pack.header();
        let kept = tx.put_pack(&PackRow {
            kind: header.kind.clone(),
            id: header.id.clone(),
            version: header.version,
            channel: Some(channel.to_owned()),
            bytes: bytes.to_vec(),
            received_ms: self.device_ms(),
        });
        match kept {
            Ok(PackKept::Newest) => self.index_parties(tx, channel, &pack),
            // What is in force stays findable as it is. Of two packs of one version, which the server
            // never signs, the first is kept.
            Ok(PackKept::Known | PackKept::Older) | Err(StoreError::Constraint { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

pub(super) fn certificate_id(bytes: &[u8]) -> Result<CertificateId, PhoneError> {
    let signed =
        Signed::<Certificate>::from_bytes(bytes).map_err(crate::identity::TrustError::from)?;
    Ok(CertificateId(signed.body_hash()))
}

pub(super) fn transition_id(bytes: &[u8]) -> Result<[u8; 32], PhoneError> {
    Ok(Signed::<Transition>::from_bytes(bytes)
        .map_err(crate::identity::TrustError::from)?
        .body_hash())
}

pub(super) fn pack_id(bytes: &[u8]) -> Result<[u8; 32], PhoneError> {
    match SignedPack::from_bytes(bytes) {
        Ok(pack) => Ok(pack.id()),
        Err(PackError::Trust(error)) => Err(error.into()),
        Err(_) => Err(PhoneError::Protocol("a pack cannot be read")),
    }
}
