//! The loop around exchanges: the usual contact is one request; after trouble requests start small
//! and grow as they succeed, so that proxies that buffer and links that break still make progress.

use super::exchange::{Applied, Limit};
use super::transport::{Transport, TransportError};
use super::{Phone, PhoneError};
use crate::store::{Membership, StoreError};
use crate::sync::channel::CASE;
use crate::sync::frame;
use crate::sync::request::MAX_CERTIFICATES;
use crate::sync::response::SyncResponse;
use crate::sync::token::Errand;

/// Bytes of changes offered in the first request after trouble; compressed and with headers it fits
/// through a link that breaks after 20 kB.
const SMALL: usize = 12_000;
/// Bytes of changes offered at most in one request.
const LARGE: usize = 4 * 1024 * 1024;
/// Bytes of changes wanted in the first answer after trouble.
const SMALL_DOWN: u64 = 24_000;
/// Bytes of changes wanted at most in one answer.
const DOWN: u64 = 4 * 1024 * 1024;
/// Requests in one contact, so that two sides that never agree do not talk for ever.
const MAX_REQUESTS: usize = 10_000;
/// The problem of a server that does not know this phone's certificate.
const UNKNOWN: &str = "unknown_certificate";
const TROUBLE: &str = "sync_trouble";

/// What a contact did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Requests that were answered.
    pub requests: usize,
    /// Bytes of request bodies.
    pub bytes_up: usize,
    /// Bytes of answer bodies.
    pub bytes_down: usize,
    /// Everything the answers brought, added up.
    pub applied: Applied,
    /// Channels left and purged.
    pub left: Vec<String>,
    /// The phone's copy was destroyed by order of the court.
    pub wiped: bool,
}

/// A contact failed; everything before the failure is kept, the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum SyncTrouble {
    /// The road.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The answer is not a message.
    #[error("the answer cannot be read: {0}")]
    Answer(&'static str),
}

impl SyncTrouble {
    /// Stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Phone(error) => error.code(),
            Self::Answer(code) => code,
        }
    }
}

impl Phone {
    /// Gives the server what is pending and takes what is new, until both have everything.
    pub fn sync(&self, transport: &dyn Transport) -> Result<SyncReport, SyncTrouble> {
        self.contact(transport, 0)
    }

    /// Like [`Self::sync`], and when there is nothing to do waits at the server for up to `seconds`.
    pub fn sync_and_wait(
        &self,
        transport: &dyn Transport,
        seconds: u64,
    ) -> Result<SyncReport, SyncTrouble> {
        self.contact(transport, seconds)
    }

    fn contact(&self, transport: &dyn Transport, wait_s: u64) -> Result<SyncReport, SyncTrouble> {
        if self.report_wipe(transport)? {
            return Ok(SyncReport { wiped: true, ..SyncReport::default() });
        }
        self.sign_all();
        let mut report = SyncReport::default();
        let trouble = self.in_trouble()?;
        let mut up = if trouble { SMALL } else { LARGE };
        let mut down = if trouble { SMALL_DOWN } else { DOWN };
        let mut probe = trouble;
        let mut introduce = false;
        // What the server said it has of this installation: not offered again before the feed is read.
        let mut there: Vec<(u64, u64)> = Vec::new();
        for _ in 0..MAX_REQUESTS {
            let limit =
                Limit { up, down, probe, wait_s: if report.requests == 0 { wait_s } else { 0 } };
            let mut plan = self.plan_without(limit, &there)?;
            if introduce {
                plan.request.certificates = self.introduction()?;
            }
            let sealed = frame::seal(&plan.request.encode())
                .map_err(|error| SyncTrouble::Answer(error.code()))?;
            let answer = match self.ask(transport, Errand::Sync, &sealed)? {
                Ok(answer) => answer,
                // A server that was set back to a copy from before this phone was registered.
                Err(error) if error.code() == UNKNOWN && !introduce => {
                    introduce = true;
                    continue;
                }
                Err(error) => {
                    self.set_trouble(true)?;
                    return Err(error.into());
                }
            };
            report.requests += 1;
            report.bytes_up += sealed.len();
            report.bytes_down += answer.len();
            let plain = frame::open(&answer).map_err(|error| SyncTrouble::Answer(error.code()))?;
            let answer = SyncResponse::decode(&plain, &self.court).map_err(PhoneError::from)?;
            let applied = self.apply(&plan, &answer)?;
            if !probe {
                up = up.saturating_mul(2).min(LARGE);
            }
            down = down.saturating_mul(2).min(DOWN);
            there = if applied.more { answer.have.clone() } else { Vec::new() };
            probe = false;
            introduce = false;
            let unfinished = !plan.complete
                || applied.more
                || applied.differs
                || applied.recorded_anew > 0
                || applied.server_restored
                || self.wants_repair()?;
            add(&mut report.applied, &applied);
            if applied.recorded_anew > 0 {
                self.sign_all();
            }
            if !unfinished && !self.offers_more(&applied)? {
                break;
            }
        }
        self.set_trouble(false)?;
        report.left = self.leave_channels()?;
        let handed_in = report.applied.accepted + report.applied.held + report.applied.quarantined;
        if self.carry_out_wipe(handed_in as u64)? {
            report.wiped = true;
            self.report_wipe(transport)?;
        }
        Ok(report)
    }

    /// The certificates this phone knows, its own and those above it first, as many as a request may
    /// bring.
    fn introduction(&self) -> Result<Vec<Vec<u8>>, PhoneError> {
        let directory = self.directory();
        let mut certificates = Vec::new();
        let mut next = Some(self.signed_in()?.certificate);
        while let Some(verified) = next.and_then(|id| directory.get(&id)) {
            certificates.push(verified.signed().to_bytes());
            next = verified.payload().issuer;
        }
        for (_, verified) in directory.certificates() {
            let bytes = verified.signed().to_bytes();
            if !certificates.contains(&bytes) {
                certificates.push(bytes);
            }
        }
        certificates.truncate(usize::try_from(MAX_CERTIFICATES).unwrap_or(usize::MAX));
        Ok(certificates)
    }

    /// After a repair or a restore, changes that were thought to be on the server are pending again.
    fn offers_more(&self, applied: &Applied) -> Result<bool, PhoneError> {
        let moved = applied.accepted + applied.held + applied.quarantined + applied.rejected;
        self.store.read(|tx| Ok(moved == 0 && !tx.pending(None, 1)?.is_empty()))
    }

    fn in_trouble(&self) -> Result<bool, PhoneError> {
        self.store.read(|tx| Ok(tx.setting(TROUBLE)?.is_some_and(|value| value == b"1")))
    }

    fn set_trouble(&self, trouble: bool) -> Result<(), PhoneError> {
        if self.in_trouble()? == trouble {
            return Ok(());
        }
        self.store.write(|tx| Ok(tx.set_setting(TROUBLE, if trouble { b"1" } else { b"0" })?))
    }

    /// Purges channels whose membership ended, once nothing of them waits for the server.
    fn leave_channels(&self) -> Result<Vec<String>, PhoneError> {
        self.store.write::<_, PhoneError>(|tx| self.let_go(tx))?;
        let leaving: Vec<String> = self.store.read::<_, PhoneError>(|tx| {
            let channels =
                tx.channels()?.into_iter().filter(|channel| channel.member == Membership::Leaving);
            Ok(channels.map(|channel| channel.channel).collect())
        })?;
        let mut left = Vec::new();
        for channel in leaving {
            match self.store.write::<_, StoreError>(|tx| {
                if let Some(case_no) = channel.strip_prefix(CASE) {
                    tx.remove_drafts_of(case_no)?;
                }
                tx.purge_channel(&channel)
            }) {
                Ok(_) => {
                    super::lock(&self.documents).clear();
                    left.push(channel);
                }
                // Something of it waits for the court: another time.
                Err(StoreError::Constraint { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.remove_given_up()?;
        Ok(left)
    }
}

fn add(sum: &mut Applied, one: &Applied) {
    sum.accepted += one.accepted;
    sum.held += one.held;
    sum.quarantined += one.quarantined;
    sum.rejected += one.rejected;
    sum.recorded_anew += one.recorded_anew;
    sum.received.accepted += one.received.accepted;
    sum.received.known += one.received.known;
    sum.received.held += one.received.held;
    sum.received.refused += one.received.refused;
    sum.more = one.more;
    sum.differs |= one.differs;
    sum.server_restored |= one.server_restored;
}
