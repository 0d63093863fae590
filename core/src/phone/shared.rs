//! Several people on one phone. Each has keys and certificates of their own and signs in with a PIN;
//! what is written is then authored by that person. Who holds the phone while nobody is signed in
//! writes nothing and sees nothing.
//!
//! The PIN guards the app, not the keys: those lie in the phone's key store, and the database in an
//! encrypted file. Whoever takes both apart has all PINs of six digits in minutes, whatever is done
//! here; so the verifier is slow, and guessing at the screen is slower still.
//!
//! After [`FREE`] wrong attempts each further one makes the person wait, twice as long each time up to
//! [`LONGEST_MS`]. An attempt counts before it is judged, so that pulling the battery gains nothing.
//! Waiting goes by the time since boot only: setting the clock forward or back changes nothing, and
//! after a restart only the time since then counts. Nothing is ever wiped: work that only this phone
//! has is worth more than a stolen phone's PIN.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError};

use ring::pbkdf2;

use super::open::SignedIn;
use super::{Phone, PhoneError, lock};
use crate::id::{CertificateId, DocumentId};
use crate::identity::{PublicKey, Signer};
use crate::store::{PinRow, ReadTx, StoreError};
use crate::sync::channel::CASE;
use crate::time::Moment;

/// Wrong attempts before waiting begins.
pub(super) const FREE: u32 = 3;
/// The first wait, milliseconds.
pub(super) const FIRST_MS: u64 = 30_000;
/// The longest wait, milliseconds: an hour.
pub(super) const LONGEST_MS: u64 = 3_600_000;
/// Fewest and most digits of a PIN.
pub(super) const DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// Rounds of PBKDF2-HMAC-SHA256: OWASP's figure of 2023. Each PIN remembers its own.
const ITERATIONS: u32 = if cfg!(test) { 10 } else { 600_000 };

/// Nobody was signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// The phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Too short, too long, not digits, or one that everybody tries first.
    #[error("a PIN has 6 to 12 digits and is neither one digit repeated nor a run")]
    Form,
    /// This person has no PIN on this phone.
    #[error("this person has no PIN on this phone")]
    NoPin,
    /// Wrong; the next attempt is possible after this long.
    #[error("the PIN is wrong; wait {wait_ms} ms before the next attempt")]
    Wrong {
        /// Milliseconds to wait, usually 0 for the first few.
        wait_ms: u64,
    },
    /// Too early after wrong attempts; this one was not looked at.
    #[error("too many wrong PINs; wait {wait_ms} ms")]
    Wait {
        /// Milliseconds left.
        wait_ms: u64,
    },
    /// The PIN is right, and the key is not in this phone's key store.
    #[error("the key of this person is not on this phone")]
    KeyMissing,
    /// The PIN is right, and the court has withdrawn the certificate.
    #[error("the court has withdrawn this person's certificate")]
    Withdrawn,
}

impl PinError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Phone(error) => error.code(),
            Self::Form => "pin_form",
            Self::NoPin => "pin_none",
            Self::Wrong { .. } => "pin_wrong",
            Self::Wait { .. } => "pin_wait",
            Self::KeyMissing => "key_missing",
            Self::Withdrawn => "certificate_withdrawn",
        }
    }
}

impl From<StoreError> for PinError {
    fn from(error: StoreError) -> Self {
        Self::Phone(error.into())
    }
}

/// Somebody who may sign in on this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnThisPhone {
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// Milliseconds until the next attempt is possible.
    pub wait_ms: u64,
}

impl Phone {
    /// Gives the person signed in a PIN for this phone, over a former one.
    pub fn set_pin(&self, pin: &str) -> Result<(), PinError> {
        let acting = self.signed_in()?;
        check_form(pin)?;
        let salt = self.entropy.bytes16();
        let finalising = acting.finalising.filter(|second| *second != acting.certificate);
        let row = PinRow {
            person: acting.person,
            certificate: acting.certificate,
            finalising,
            salt,
            iterations: ITERATIONS,
            verifier: derive(pin, &salt, ITERATIONS),
            failures: 0,
            failed_boot: None,
            failed_mono_ms: 0,
        };
        Ok(self.store.write::<_, StoreError>(|tx| tx.put_pin(&row))?)
    }

    /// Who may sign in here, and how long each still has to wait.
    pub fn people(&self) -> Result<Vec<OnThisPhone>, PhoneError> {
        let now = self.clock.now();
        let rows = self.store.read::<_, PhoneError>(|tx| Ok(tx.pins()?))?;
        let directory = self.directory();
        let shown = |row: PinRow| {
            let name = directory.get(&row.certificate).map(|found| found.payload().name.clone());
            OnThisPhone {
                wait_ms: waits(&row, now),
                name: name.unwrap_or_default(),
                person: row.person,
            }
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// A person signs in with the PIN; whoever was signed in is signed out. `keys` finds the private
    /// half of a key in the phone's key store. After a change of roles the newest certificate of the
    /// same key is taken.
    pub fn unlock(
        &self,
        person: &str,
        pin: &str,
        keys: &dyn Fn(&PublicKey) -> Option<Arc<dyn Signer>>,
    ) -> Result<SignedIn, PinError> {
        let now = self.clock.now();
        // Counted first, durably, and forgiven after.
        let row = self.store.write::<_, PinError>(|tx| {
            let row = tx.pin(person)?.ok_or(PinError::NoPin)?;
            let wait_ms = waits(&row, now);
            if wait_ms > 0 {
                return Err(PinError::Wait { wait_ms });
            }
            let counted = PinRow {
                failures: row.failures.saturating_add(1),
                failed_boot: Some(now.boot),
                failed_mono_ms: now.monotonic_ms,
                ..row
            };
            tx.put_pin(&counted)?;
            Ok(counted)
        })?;
        let right = NonZeroU32::new(row.iterations).is_some_and(|iterations| {
            pbkdf2::verify(ALGORITHM, iterations, &row.salt, pin.as_bytes(), &row.verifier).is_ok()
        });
        if !right {
            return Err(PinError::Wrong { wait_ms: waits(&row, now) });
        }
        self.store.write::<_, StoreError>(|tx| {
            tx.put_pin(&PinRow { failures: 0, failed_boot: None, failed_mono_ms: 0, ..row.clone() })
        })?;
        let (first, signer) = self.newest(row.certificate, keys)?;
        let second = row.finalising.map(|id| self.newest(id, keys)).transpose()?;
        self.lock()?;
        let signed_in = self.sign_in(first, signer)?;
        match second {
            Some((certificate, signer)) => Ok(self.sign_in_to_finalise(certificate, signer)?),
            None => Ok(signed_in),
        }
    }

    /// Signs the person out: signs what still waits for a signature, then forgets every key. From now
    /// on nothing is written or shown until somebody signs in.
    pub fn lock(&self) -> Result<(), PhoneError> {
        // What cannot be signed now waits for its author, as after a dead battery.
        let _ = self.sign_pending(u32::MAX);
        let _work = lock(&self.work);
        *self.acting.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// The certificate, or what took its place when it was withdrawn, and its signer.
    fn newest(
        &self,
        certificate: CertificateId,
        keys: &dyn Fn(&PublicKey) -> Option<Arc<dyn Signer>>,
    ) -> Result<(CertificateId, Arc<dyn Signer>), PinError> {
        let directory = self.directory();
        let standing = match directory.withdrawn(&certificate) {
            None => certificate,
            Some(_) => directory.successor(&certificate).ok_or(PinError::Withdrawn)?,
        };
        let known = directory.get(&standing).ok_or(PinError::KeyMissing)?.payload();
        let key = known.signing_key().ok_or(PinError::KeyMissing)?;
        Ok((standing, keys(key).ok_or(PinError::KeyMissing)?))
    }

    /// What the person signed in may see.
    pub(super) fn eyes(&self) -> Result<Eyes<'_>, PhoneError> {
        let person = self.signed_in()?.person;
        let own = self
            .directory()
            .certificates()
            .filter(|(_, verified)| verified.payload().person.as_ref() == Some(&person))
            .map(|(id, _)| id)
            .collect();
        Ok(Eyes { phone: self, person, own, member: BTreeMap::new() })
    }
}

/// What one person may see on this phone: the records of the person's cases, and those the person
/// wrote in. What belongs to no case is everybody's.
pub(super) struct Eyes<'p> {
    phone: &'p Phone,
    person: String,
    own: Vec<CertificateId>,
    /// Memberships looked up so far.
    member: BTreeMap<String, bool>,
}

impl Eyes<'_> {
    /// Whether this person may see a record, or, without one, what belongs to the channel as a whole.
    pub(super) fn see(
        &mut self,
        tx: &ReadTx<'_>,
        channel: &str,
        document: Option<DocumentId>,
    ) -> Result<bool, PhoneError> {
        if !channel.starts_with(CASE) {
            return Ok(true);
        }
        let member = if let Some(member) = self.member.get(channel) {
            *member
        } else {
            let member = self.phone.is_member(tx, channel, &self.person)?;
            self.member.insert(channel.to_owned(), member);
            member
        };
        match document {
            Some(document) if !member => Ok(tx.wrote(document, &self.own)?),
            _ => Ok(member),
        }
    }
}

static ALGORITHM: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA256;

fn derive(pin: &str, salt: &[u8; 16], iterations: u32) -> [u8; 32] {
    let mut out = [0; 32];
    let rounds = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
    pbkdf2::derive(ALGORITHM, rounds, salt, pin.as_bytes(), &mut out);
    out
}

fn check_form(pin: &str) -> Result<(), PinError> {
    let digits = pin.as_bytes();
    let step = |change: i16| {
        digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == change)
    };
    let guessed_first = [0, 1, -1].into_iter().any(step);
    if DIGITS.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && !guessed_first {
        Ok(())
    } else {
        Err(PinError::Form)
    }
}

/// Milliseconds until the next attempt.
fn waits(row: &PinRow, now: Moment) -> u64 {
    let Some(beyond) = row.failures.checked_sub(FREE) else { return 0 };
    let whole = FIRST_MS.checked_shl(beyond).unwrap_or(LONGEST_MS).min(LONGEST_MS);
    let passed = if row.failed_boot == Some(now.boot) {
        now.monotonic_ms.saturating_sub(row.failed_mono_ms)
    } else {
        // The wrong attempt was before this boot: all of this boot's time has passed since.
        now.monotonic_ms
    };
    whole.saturating_sub(passed)
}
