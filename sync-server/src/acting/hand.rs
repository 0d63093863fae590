//! A person's hand at the console: a key in this process's memory, and its certificate. Made at the session's first
//! act and not at the sign-in, so that whoever only reads has none; never written anywhere; gone with the session,
//! with the process, and with the person's roles. After a restart the next act makes another one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lastmile_core::id::{CertificateId, DocumentId, EnvelopeId, Epoch};
use lastmile_core::identity::certificate::{protection, purpose};
use lastmile_core::identity::{
    Certificate, CertificateKind, Directory, Signed, Signer, SoftwareSigner, SubjectKey,
};

use super::ActError;
use crate::accounts::session::{MOST_MS, SessionRow};
use crate::accounts::sign_in::Who;
use crate::certify::{self, Checked, DAY_MS};
use crate::court::CourtError;
use crate::keys::KeyError;
use crate::server::Server;
use crate::store::StoreError;

/// The device of what is done at the console, as history shows it.
pub const DEVICE: &str = "console";
/// How long the certificate of a finalising key is valid: it signs at once, and once.
const FINALISING_MS: i64 = 10 * 60_000;

/// Whether a phone says of itself what only the console is: it would stand on no list of phones, could not be wiped,
/// and history would show its changes as made at the court.
pub fn passes_for_console(device: Option<&str>, kept: &str) -> bool {
    device == Some(DEVICE) || kept == protection::COURT
}

/// What the key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Ordinary changes, as long as the session lasts.
    Record,
    /// One finalisation.
    Finalise,
}

/// A key and its certificate.
pub(super) struct Hand {
    pub(super) certificate: CertificateId,
    pub(super) signer: SoftwareSigner,
    /// Of this key alone: no two keys share an order.
    pub(super) epoch: Epoch,
    /// Changes signed so far.
    pub(super) sequence: u64,
    /// The last one in each record.
    pub(super) previous: HashMap<DocumentId, EnvelopeId>,
    person: String,
}

impl Hand {
    /// A new hand and its certificate, which is not announced yet.
    pub(super) fn new(
        server: &Server,
        directory: &Directory,
        who: &Who,
        session: &SessionRow,
        to: Purpose,
    ) -> Result<(Self, Checked), ActError> {
        let signer = SoftwareSigner::from_pkcs8(&SoftwareSigner::generate()?)
            .map_err(|error| CourtError::Key(KeyError::from(error)))?;
        let now_ms = server.now_ms();
        let end_ms = session.begun_ms + MOST_MS;
        let (purpose, until_ms) = match to {
            Purpose::Record => (purpose::RECORD, end_ms),
            Purpose::Finalise => (purpose::FINALISE, end_ms.min(now_ms + FINALISING_MS)),
        };
        let issuing = &server.keys().issuing;
        let body = Certificate {
            court: server.court().to_owned(),
            kind: CertificateKind::Person,
            serial: certify::next_serial(server)?,
            person: Some(who.person.clone()),
            device: Some(DEVICE.to_owned()),
            name: who.name.clone(),
            roles: crate::roles::codes(&who.roles),
            purposes: vec![purpose.to_owned()],
            protection: protection::COURT.to_owned(),
            key: SubjectKey::Signing(signer.public_key()),
            not_before_ms: now_ms - DAY_MS,
            not_after_ms: until_ms,
            issuer: Some(issuing.certificate),
        };
        let signed = Signed::seal(&body, issuing.signer.as_ref())?;
        let certificate = CertificateId(signed.body_hash());
        let checked = certify::check(directory, vec![signed])?;
        let epoch = Epoch(server.entropy().bytes16());
        let (sequence, previous, person) = (0, HashMap::new(), who.person.clone());
        Ok((Self { certificate, signer, epoch, sequence, previous, person }, checked))
    }

    /// Whether the certificate says what the person is now.
    fn serves(&self, directory: &Directory, who: &Who) -> bool {
        let roles = crate::roles::codes(&who.roles);
        let found = directory.get(&self.certificate).map(|found| found.payload());
        found.is_some_and(|body| body.roles == roles)
    }
}

/// The hands of the sessions that have acted, by the hash of the session's secret.
#[derive(Default)]
pub struct Hands(Mutex<HashMap<[u8; 32], Hand>>);

impl std::fmt::Debug for Hands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hands")
    }
}

impl Hands {
    /// A session has ended: its key is gone.
    pub fn forget(&self, session: &[u8; 32]) {
        self.held().0.remove(session);
    }

    /// All sessions of a person have ended.
    pub fn forget_person(&self, person: &str) {
        self.held().0.retain(|_, hand| hand.person != person);
    }

    /// How many keys are in memory.
    pub fn count(&self) -> usize {
        self.held().0.len()
    }

    /// The hands, for one act. Whoever acts is alone: an act takes milliseconds, and two of one session must not
    /// take the same number.
    pub(super) fn held(&self) -> Held<'_> {
        Held(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Forgets the keys of sessions that nobody ended by hand (idle for too long, ended by another process) and those
/// whose certificate no longer stands. Gives how many are left.
pub fn forget_ended(server: &Server) -> Result<usize, StoreError> {
    if server.hands().count() == 0 {
        return Ok(0);
    }
    let (directory, now_ms) = (server.directory()?, server.now_ms());
    let mut held = server.hands().held();
    let ended = server.store().read::<_, StoreError>(|reading| {
        let mut ended = Vec::new();
        for session in held.0.keys() {
            let row = reading.session(session)?.filter(|row| row.ends_ms() > now_ms);
            ended.extend(row.is_none().then_some(*session));
        }
        Ok(ended)
    })?;
    held.forget_fallen(&directory, now_ms);
    held.0.retain(|session, _| !ended.contains(session));
    Ok(held.0.len())
}

/// The hands, locked.
pub(super) struct Held<'a>(MutexGuard<'a, HashMap<[u8; 32], Hand>>);

impl Held<'_> {
    /// The session's hand if it still serves, taken out. Keys that serve nobody any more are forgotten on the way.
    pub(super) fn take(
        &mut self,
        session: &[u8; 32],
        directory: &Directory,
        who: &Who,
        now_ms: i64,
    ) -> Option<Hand> {
        self.forget_fallen(directory, now_ms);
        self.0.remove(session).filter(|hand| hand.serves(directory, who))
    }

    /// Forgets keys whose certificate was withdrawn or has run out.
    fn forget_fallen(&mut self, directory: &Directory, now_ms: i64) {
        self.0.retain(|_, hand| directory.findings(&hand.certificate, now_ms).is_empty());
    }

    /// Keeps it for the session's next act.
    pub(super) fn keep(&mut self, session: [u8; 32], hand: Hand) {
        self.0.insert(session, hand);
    }
}
