//! Who acts on this phone: signing in with the keys of a person, PINs for several people, locking.

use std::sync::Arc;

use lastmile_core::identity::certificate::purpose;
use lastmile_core::identity::{self, PublicKey};
use lastmile_core::phone;

use crate::error::LastmileError;
use crate::observe::Change;
use crate::open::{Phone, read_device_file};
use crate::signer::{HostSigner, Signer};
use crate::work::run;

/// A person who acts on this phone now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SignedIn {
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// A key that finalises (定稿) is at hand.
    pub may_finalise: bool,
}

impl From<phone::SignedIn> for SignedIn {
    fn from(acting: phone::SignedIn) -> Self {
        let may_finalise = acting.finalising.is_some();
        Self { person: acting.person, name: acting.name, may_finalise }
    }
}

/// Somebody who may sign in on this phone with a PIN.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Person {
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
    /// Until the next attempt is possible, milliseconds.
    pub wait_ms: u64,
}

#[uniffi::export]
impl Phone {
    /// Signs in the person of a device file with the keys that were enrolled: the everyday one, and the
    /// one that finalises if there is one. From now on acts are that person's.
    ///
    /// Errors: `Key` (the key store does not answer), `NotBelieved` (a key is not the certified one).
    pub async fn sign_in(
        self: Arc<Self>,
        device_file: String,
        record: Arc<dyn Signer>,
        finalise: Option<Arc<dyn Signer>>,
    ) -> Result<SignedIn, LastmileError> {
        run(move || {
            let file = read_device_file(&device_file)?;
            let everyday: Arc<dyn identity::Signer> = Arc::new(HostSigner::new(record)?);
            let mut acting = self.core.register(&file, everyday)?;
            if let Some(host) = finalise {
                let signer = HostSigner::new(host)?;
                let key = identity::Signer::public_key(&signer);
                let certificate = self.core.certificate_of(&key, purpose::FINALISE);
                let certificate =
                    certificate.ok_or_else(|| LastmileError::not_believed("key_not_certified"))?;
                acting = self.core.sign_in_to_finalise(certificate, Arc::new(signer))?;
            }
            self.observers.changed(&Change::Anything);
            Ok(acting.into())
        })
        .await
    }

    /// Who acts now; nobody after opening and after [`Phone::lock`].
    pub fn signed_in(&self) -> Option<SignedIn> {
        self.core.signed_in().ok().map(SignedIn::from)
    }

    /// Gives the person signed in a PIN for this phone, 6 to 12 digits, over a former one. Deliberately
    /// slow, about a second.
    pub async fn set_pin(self: Arc<Self>, pin: String) -> Result<(), LastmileError> {
        run(move || Ok(self.core.set_pin(&pin)?)).await
    }

    /// Who has a PIN on this phone.
    pub fn people(&self) -> Result<Vec<Person>, LastmileError> {
        let people = self.core.people()?.into_iter();
        let shown =
            people.map(|one| Person { person: one.person, name: one.name, wait_ms: one.wait_ms });
        Ok(shown.collect())
    }

    /// A person signs in with a PIN; whoever was signed in is signed out. `keys` are all keys of that
    /// person in the key store, in any order. Deliberately slow, about a second.
    ///
    /// Errors: `Pin` (`pin_wrong`, `pin_wait` with the time to wait, `key_missing`...).
    pub async fn unlock(
        self: Arc<Self>,
        person: String,
        pin: String,
        keys: Vec<Arc<dyn Signer>>,
    ) -> Result<SignedIn, LastmileError> {
        run(move || {
            let keys: Vec<Arc<dyn identity::Signer>> = keys
                .into_iter()
                .filter_map(|host| HostSigner::new(host).ok())
                .map(|signer| Arc::new(signer) as Arc<dyn identity::Signer>)
                .collect();
            let find = |wanted: &PublicKey| {
                keys.iter().find(|signer| signer.public_key() == *wanted).cloned()
            };
            let acting = self.core.unlock(&person, &pin, &find)?;
            self.observers.changed(&Change::Anything);
            Ok(acting.into())
        })
        .await
    }

    /// Signs the person out: signs what still waits, then forgets every key. Until somebody signs in,
    /// nothing is written or shown.
    pub async fn lock(self: Arc<Self>) -> Result<(), LastmileError> {
        run(move || {
            self.core.lock()?;
            self.observers.changed(&Change::Anything);
            Ok(())
        })
        .await
    }

    /// Signs what waits for a signature, requests for assistance first, at most `limit`; gives how many
    /// were signed. Call it after acts and whenever the keys become available. A change that is not
    /// signed stays on this phone.
    ///
    /// Errors: `Key`, when the keys signed nothing.
    pub async fn sign_pending(self: Arc<Self>, limit: u32) -> Result<u32, LastmileError> {
        run(move || {
            let signed = self.core.sign_pending(limit)?;
            if signed > 0 {
                self.observers.changed(&Change::Anything);
            }
            Ok(u32::try_from(signed).unwrap_or(u32::MAX))
        })
        .await
    }
}
