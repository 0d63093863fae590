//! The phone as sender and as carrier of sealed bundles ([`crate::courier`]). Sealing marks nothing: what
//! is in a bundle stays pending, goes up by itself when the phone gets through first, and is known to
//! the court whichever way comes second.

use std::io::{Read, Write};

use super::exchange::{Applied, Limit};
use super::peer::Talk;
use super::transport::Transport;
use super::{PeerError, PeerRole, Phone, PhoneError, SyncTrouble, lock};
use crate::courier::{ALGORITHM, Bundle, Letter, Pouch, PrivateKey, Receipt};
use crate::id::{CertificateId, EnvelopeId};
use crate::identity::{Canonical, CertificateKind, SubjectKey};
use crate::store::{CourierKind, CourierRow, CourierSecret, LogState, WriteTx};
use crate::sync::frame;
use crate::sync::peer::PeerStreamError;
use crate::sync::response::SyncResponse;
use crate::sync::token::Errand;

/// Bytes of changes in one bundle at most (at least one change goes in).
const UP: usize = 200_000;
/// Own bundles that wait for their receipt at most; the oldest gives way, what was in it is still
/// pending.
const MAX_OWN: usize = 16;

/// What came out of a pouch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Bundles of others, new here, to be carried.
    pub bundles: usize,
    /// Receipts for others, new here, to be carried.
    pub receipts: usize,
    /// Receipts for this phone, applied.
    pub applied: usize,
    /// Pieces that are known, are not for this court, cannot be read, or find no room.
    pub left: usize,
}

/// What carrying to the court did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Bundles the court took in.
    pub bundles: usize,
    /// Own ones among them, whose receipt is applied.
    pub applied: usize,
    /// Bundles the court refused; they stay in the bag with the reason.
    pub refused: usize,
}

impl Phone {
    /// Seals what is pending for the court; gives the bundle's number, or `None` when nothing is. It
    /// lies in the bag for whoever comes by.
    pub fn courier_bundle(&self) -> Result<Option<[u8; 16]>, PhoneError> {
        while self.sign_pending(256)? > 0 {}
        let (certificate, public) = self.encryption_key()?;
        let mut plan = self.plan(Limit { up: UP, down: 0, probe: false, wait_s: 0 })?;
        if plan.offered.is_empty() {
            return Ok(None);
        }
        // The court's news do not travel by courier.
        plan.request.cursors.clear();
        plan.request.repairs.clear();
        let request = frame::seal(&plan.request.encode())
            .map_err(|_| PhoneError::Protocol("a request is too large"))?;
        let reply = PrivateKey::generate();
        let public_reply = reply.public();
        let token = self.letter_token(&Letter::purpose(&public_reply), &request)?;
        let letter = Letter { token, request, reply: public_reply };
        let id = self.entropy.bytes16();
        let bundle = Bundle::seal(&self.court, certificate, &public, id, &letter)
            .map_err(|error| PhoneError::Courier(error.code()))?;
        let secret = CourierSecret { key: reply.to_bytes(), offered: plan.offered };
        self.store.write::<_, PhoneError>(|tx| {
            let bag = tx.courier()?;
            let own: Vec<_> = bag.iter().filter(|row| row.kind == CourierKind::Own).collect();
            for oldest in own.iter().take((own.len() + 1).saturating_sub(MAX_OWN)) {
                tx.drop_courier(CourierKind::Own, oldest.id)?;
            }
            Ok(tx.put_own_bundle(id, &bundle.encode(), &secret, self.device_ms())?)
        })?;
        Ok(Some(id))
    }

    /// The newest encryption certificate of the court.
    fn encryption_key(&self) -> Result<(CertificateId, Vec<u8>), PhoneError> {
        let directory = self.directory();
        directory
            .certificates()
            .filter(|(id, _)| directory.revocation(id).is_none())
            .filter_map(|(id, verified)| {
                let body = verified.payload();
                match (&body.kind, &body.key) {
                    (CertificateKind::Encryption, SubjectKey::Other { algorithm, bytes })
                        if algorithm == ALGORITHM =>
                    {
                        Some((body.serial, id, bytes.clone()))
                    }
                    _ => None,
                }
            })
            .max()
            .map(|(_, id, key)| (id, key))
            .ok_or(PhoneError::Courier("courier_no_key"))
    }

    /// What is in the bag, oldest first.
    pub fn courier_bag(&self) -> Result<Vec<CourierRow>, PhoneError> {
        self.store.read(|tx| Ok(tx.courier()?))
    }

    /// Takes a piece out of the bag; gives whether it was there. Nothing is lost by it: the sender
    /// still has what is in it.
    pub fn drop_courier(&self, kind: CourierKind, id: [u8; 16]) -> Result<bool, PhoneError> {
        self.store.write(|tx| Ok(tx.drop_courier(kind, id)?))
    }

    /// Everything that may be handed on, oldest first, as much as one pouch holds: for a file, or for
    /// [`Self::hand_over`].
    pub fn pouch(&self) -> Result<Pouch, PhoneError> {
        self.store.read::<_, PhoneError>(|tx| {
            let mut pouch = Pouch::default();
            let mut left = Pouch::MAX_LEN - 1_024;
            for row in tx.courier()?.into_iter().filter(|row| row.refused.is_none()) {
                let pieces = match row.kind {
                    CourierKind::Receipt => &mut pouch.receipts,
                    _ => &mut pouch.bundles,
                };
                let Some(bytes) = tx.courier_bytes(row.kind, row.id)? else { continue };
                if pieces.len() < crate::courier::pouch::MAX_PIECES && bytes.len() + 8 <= left {
                    left -= bytes.len() + 8;
                    pieces.push(bytes);
                }
            }
            Ok(pouch)
        })
    }

    /// Takes a pouch: receipts of own bundles are applied, everything else is kept to be carried.
    pub fn take_pouch(&self, pouch: &Pouch) -> Result<Taken, PhoneError> {
        let mut taken = Taken::default();
        for bytes in &pouch.bundles {
            let kept = match Bundle::decode(bytes) {
                Ok(bundle) if bundle.court == self.court => {
                    self.carry(CourierKind::Carried, bundle.id, bytes)?
                }
                _ => false,
            };
            *(if kept { &mut taken.bundles } else { &mut taken.left }) += 1;
        }
        for bytes in &pouch.receipts {
            match self.apply_courier_receipt(bytes) {
                Ok(Some(_)) => taken.applied += 1,
                Ok(None) => {
                    let receipt = Receipt::decode(bytes)?;
                    let kept = self.carry(CourierKind::Receipt, receipt.id, bytes)?;
                    *(if kept { &mut taken.receipts } else { &mut taken.left }) += 1;
                }
                // Of another court, changed on the way, or overtaken: it stops no other piece.
                Err(PhoneError::Courier(_) | PhoneError::Message(_)) => taken.left += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// Puts a piece of somebody else into the bag, if it is new and there is room.
    fn carry(&self, kind: CourierKind, id: [u8; 16], bytes: &[u8]) -> Result<bool, PhoneError> {
        self.store.write::<_, PhoneError>(|tx| {
            // An own bundle that comes back, or one whose receipt is here already.
            let known = tx.courier_bytes(CourierKind::Own, id)?.is_some()
                || tx.courier_bytes(CourierKind::Receipt, id)?.is_some();
            if known || !tx.courier_has_room(kind, bytes.len())? {
                return Ok(false);
            }
            if kind == CourierKind::Receipt {
                tx.drop_courier(CourierKind::Carried, id)?;
            }
            Ok(tx.carry(kind, id, bytes, self.device_ms())?)
        })
    }

    /// Two phones hand each other what is in their bags, over the stream of a meeting and after it:
    /// [`Self::meet`] has proven that both belong to the court.
    pub fn hand_over<S: Read + Write>(
        &self,
        stream: &mut S,
        role: PeerRole,
    ) -> Result<Taken, PeerError> {
        let mut talk = Talk::new(stream, role);
        let theirs = talk.exchange(&self.pouch()?.encode())?;
        let pouch = Pouch::decode(&theirs).map_err(PeerStreamError::from)?;
        Ok(self.take_pouch(&pouch)?)
    }

    /// Carries every bundle in the bag to the court, on this phone's own contact. Receipts for others
    /// go into the bag. Stops where the road does.
    pub fn deliver_courier(&self, transport: &dyn Transport) -> Result<Delivered, SyncTrouble> {
        let mut delivered = Delivered::default();
        for row in self.courier_bag()? {
            if row.kind == CourierKind::Receipt || row.refused.is_some() {
                continue;
            }
            let bytes =
                self.store.read::<_, PhoneError>(|tx| Ok(tx.courier_bytes(row.kind, row.id)?))?;
            let Some(bytes) = bytes else { continue };
            match self.ask(transport, Errand::Courier, &bytes)? {
                Ok(answer) => {
                    let own = self.apply_courier_receipt(&answer)?.is_some();
                    if !own {
                        let receipt = Receipt::decode(&answer).map_err(PhoneError::from)?;
                        if receipt.id != row.id {
                            return Err(SyncTrouble::Answer("courier_other_receipt"));
                        }
                        self.carry(CourierKind::Receipt, receipt.id, &answer)?;
                    }
                    delivered.bundles += 1;
                    delivered.applied += usize::from(own);
                }
                // About this bundle, not about this phone or the road.
                Err(error) if error.code().starts_with("courier_") => {
                    delivered.refused += 1;
                    self.store.write::<_, PhoneError>(|tx| {
                        Ok(tx.refuse_bundle(row.kind, row.id, error.code())?)
                    })?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(delivered)
    }

    /// Reads the court's receipt for an own bundle: its changes stand as after a direct sync. `None`
    /// when it is not for this phone, or was read before.
    pub fn apply_courier_receipt(&self, bytes: &[u8]) -> Result<Option<Applied>, PhoneError> {
        let receipt = Receipt::decode(bytes)?;
        if receipt.court != self.court {
            return Err(PhoneError::Courier("courier_wrong_court"));
        }
        let _work = lock(&self.work);
        let secret = self.store.read::<_, PhoneError>(|tx| Ok(tx.courier_secret(receipt.id)?))?;
        let Some(secret) = secret else { return Ok(None) };
        let broken = |error: crate::courier::SealedError| PhoneError::Courier(error.code());
        let key = PrivateKey::from_bytes(&secret.key).map_err(broken)?;
        let answer = receipt.open(&key).map_err(broken)?;
        let answer = frame::open(&answer).map_err(|error| PhoneError::Courier(error.code()))?;
        let answer = SyncResponse::decode(&answer, &self.court)?;
        if answer.outcomes.len() != secret.offered.len() {
            return Err(PhoneError::Protocol("as many outcomes as changes are needed"));
        }
        let result = self.store.write::<_, PhoneError>(|tx| {
            let mut applied = Applied::default();
            // What a server said in a former life may be gone: it is offered again instead.
            if tx.server_epoch()?.is_none_or(|epoch| epoch == answer.server_epoch) {
                for (id, outcome) in secret.offered.iter().zip(&answer.outcomes) {
                    if waits(tx, *id)? {
                        self.apply_outcome(tx, *id, outcome, &mut applied)?;
                    }
                }
                applied.recorded_anew = self.record_anew(tx)?;
            }
            tx.drop_courier(CourierKind::Own, receipt.id)?;
            Ok(applied)
        });
        if result.is_err() {
            lock(&self.documents).clear();
        }
        result.map(Some)
    }
}

/// Whether the court has not yet spoken about this change: a receipt that comes late says nothing new.
fn waits(tx: &WriteTx<'_>, id: EnvelopeId) -> Result<bool, PhoneError> {
    Ok(tx.log_row(id)?.is_some_and(|row| row.row.state == LogState::Signed))
}
