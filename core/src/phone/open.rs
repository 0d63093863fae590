//! Opening the phone's store: whose phone it is, which installation writes, who is signed in.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Serialize};

use super::cache::Documents;
use super::{Phone, PhoneError, lock};
use crate::id::{CertificateId, Epoch};
use crate::identity::certificate::purpose;
use crate::identity::{Addition, Certificate, Directory, PublicKey, Signed, Signer, TrustError};
use crate::records::KindSet;
use crate::store::{Installation, Store, StoreOptions, WriteTx};
use crate::time::{Clock, Entropy};
use crate::vault::{DiskFolder, Folder, KEY_LEN, Vault};

/// What the court hands to a phone when it is registered: whom to trust, and its own certificate.
/// Bytes are lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceFile {
    /// Court code, e.g. `粤0605`.
    pub court: String,
    /// The court's root certificate; its id is the pin.
    pub root: String,
    /// The certificates between root and phone.
    pub chain: Vec<String>,
    /// The phone's certificate.
    pub certificate: String,
    /// Where the server is, when known.
    #[serde(default)]
    pub server: Option<String>,
}

/// How to open a phone.
pub struct PhoneOptions {
    /// The store.
    pub store: StoreOptions,
    /// Record kinds this app knows.
    pub kinds: KindSet,
    /// The device's clocks.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and epochs.
    pub entropy: Arc<dyn Entropy>,
    /// Where the files of evidence lie; without one, in a folder beside the store.
    pub files: Option<Arc<dyn Folder>>,
    /// The court's root certificate, from the device file.
    pub root: Vec<u8>,
}

impl std::fmt::Debug for PhoneOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhoneOptions").field("store", &self.store).finish_non_exhaustive()
    }
}

/// A person who acts on this phone now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The person's certificate on this phone, for everything but finalising.
    pub certificate: CertificateId,
    /// The certificate of the key that finalises: the same one when it serves both, a second one
    /// whose key asks for fingerprint or face each time, or none yet.
    pub finalising: Option<CertificateId>,
    /// Staff or liaison id.
    pub person: String,
    /// Name as on papers.
    pub name: String,
}

impl Phone {
    /// Opens the phone. A store that was restored or cloned (another installation marker) begins a
    /// new epoch before anything is recorded, so that no two installations share an actor.
    pub fn open(options: PhoneOptions) -> Result<Self, PhoneError> {
        let root = Signed::<Certificate>::from_bytes(&options.root).map_err(TrustError::from)?;
        let pin = CertificateId(root.body_hash());
        let mut directory = Directory::open(root, pin)?;
        let (store, opened) = Store::open(&options.store)?;
        let court = directory.court().to_owned();
        store.write::<_, PhoneError>(|tx| {
            match tx.court()? {
                Some(known) if known != court => return Err(TrustError::WrongCourt.into()),
                Some(_) => {}
                None => tx.set_court(&court)?,
            }
            if opened.installation != Installation::Same {
                let epoch = Epoch(options.entropy.bytes16());
                tx.begin_epoch(epoch, options.store.installation)?;
            }
            Ok(())
        })?;
        let files = options.files.unwrap_or_else(|| beside(&options.store.path));
        let vault = Vault::open(files, vault_key(&store)?)?;
        let stored = store.read::<_, PhoneError>(|tx| Ok(tx.certificates()?))?;
        for row in stored {
            // Stored certificates were verified when they came; one that no longer holds is ignored.
            if let Ok(signed) = Signed::from_bytes(&row.bytes) {
                let _ = directory.add(signed);
            }
        }
        store.read::<_, PhoneError>(|tx| super::withdrawn::recall(tx, &mut directory))?;
        let phone = Self {
            store,
            kinds: options.kinds,
            court,
            installation: options.store.installation,
            clock: options.clock,
            entropy: options.entropy,
            vault,
            directory: RwLock::new(directory),
            keys: RwLock::new(HashMap::new()),
            acting: RwLock::new(None),
            documents: Mutex::new(Documents::default()),
            work: Mutex::new(()),
            files: Mutex::new(()),
        };
        phone.judge_held()?;
        match phone.remove_given_up() {
            // What the disk does not let go of stays on the list; nobody gets to see it.
            Ok(()) | Err(PhoneError::File(_)) => {}
            Err(error) => return Err(error),
        }
        phone.claim_found()?;
        Ok(phone)
    }

    /// Takes in certificates (bytes), in any order.
    pub fn trust(&self, certificates: &[Vec<u8>]) -> Result<(), PhoneError> {
        let _work = lock(&self.work);
        self.store.write::<_, PhoneError>(|tx| {
            let mut directory = self.directory.write().unwrap_or_else(PoisonError::into_inner);
            for bytes in certificates {
                let signed = Signed::<Certificate>::from_bytes(bytes).map_err(TrustError::from)?;
                let id = CertificateId(signed.body_hash());
                match directory.add(signed)? {
                    Addition::Known | Addition::Waiting(_) | Addition::Trusted { .. } => {
                        keep_certificate(tx, id, bytes)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// A person signs in: from now on acts are that person's, signed by that key.
    pub fn sign_in(
        &self,
        certificate: CertificateId,
        signer: Arc<dyn Signer>,
    ) -> Result<SignedIn, PhoneError> {
        let signed_in = {
            let directory = self.directory();
            let verified =
                directory.get(&certificate).ok_or(TrustError::UnknownCertificate(certificate))?;
            let payload = verified.payload();
            if payload.signing_key() != Some(&signer.public_key()) {
                return Err(TrustError::WrongKind.into());
            }
            let person = payload.person.clone().ok_or(TrustError::WrongKind)?;
            if !payload.serves(purpose::RECORD) {
                return Err(TrustError::WrongKind.into());
            }
            let finalising = payload.serves(purpose::FINALISE).then_some(certificate);
            SignedIn { certificate, finalising, person, name: payload.name.clone() }
        };
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(certificate, signer);
        *self.acting.write().unwrap_or_else(PoisonError::into_inner) = Some(signed_in.clone());
        Ok(signed_in)
    }

    /// Gives the person signed in the key that finalises: certified for the same person on the same
    /// device. Until then (or [`Self::sign_in`] again) nothing is finalised, unless the everyday
    /// certificate serves that too.
    pub fn sign_in_to_finalise(
        &self,
        certificate: CertificateId,
        signer: Arc<dyn Signer>,
    ) -> Result<SignedIn, PhoneError> {
        let acting = self.signed_in()?;
        {
            let directory = self.directory();
            let known = |id| directory.get(&id).ok_or(TrustError::UnknownCertificate(id));
            let (second, first) =
                (known(certificate)?.payload(), known(acting.certificate)?.payload());
            let fits = second.person == first.person
                && second.device == first.device
                && second.serves(purpose::FINALISE)
                && second.signing_key() == Some(&signer.public_key());
            if !fits {
                return Err(TrustError::WrongKind.into());
            }
        }
        let signed_in = SignedIn { finalising: Some(certificate), ..acting };
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(certificate, signer);
        *self.acting.write().unwrap_or_else(PoisonError::into_inner) = Some(signed_in.clone());
        Ok(signed_in)
    }

    /// Takes a device file and signs its person in.
    pub fn register(
        &self,
        file: &DeviceFile,
        signer: Arc<dyn Signer>,
    ) -> Result<SignedIn, PhoneError> {
        let mut certificates =
            file.chain.iter().map(|hex| from_hex(hex)).collect::<Result<Vec<_>, _>>()?;
        let own = from_hex(&file.certificate)?;
        let id = CertificateId(
            Signed::<Certificate>::from_bytes(&own).map_err(TrustError::from)?.body_hash(),
        );
        certificates.push(own);
        self.trust(&certificates)?;
        self.sign_in(id, signer)
    }

    /// The certificate of `key` for `purpose` ([`purpose`]) that this phone trusts and that was not
    /// withdrawn.
    pub fn certificate_of(&self, key: &PublicKey, purpose: &str) -> Option<CertificateId> {
        let directory = self.directory();
        let mut known = directory.certificates().filter(|(id, verified)| {
            let body = verified.payload();
            body.signing_key() == Some(key)
                && body.serves(purpose)
                && directory.withdrawn(id).is_none()
        });
        known.next().map(|(id, _)| id)
    }

    /// Who acts now.
    pub fn signed_in(&self) -> Result<SignedIn, PhoneError> {
        self.acting
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or(PhoneError::NotSignedIn)
    }

    /// The court this phone belongs to.
    pub fn court(&self) -> &str {
        &self.court
    }

    /// The store, for diagnosis and tests.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What this phone says the time is, milliseconds since 1970.
    pub fn device_ms(&self) -> i64 {
        self.clock.now().device_ms
    }

    pub(super) fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn signer(&self, certificate: CertificateId) -> Option<Arc<dyn Signer>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(&certificate).cloned()
    }
}

/// `officer.db` has its files in `officer.db-files`.
fn beside(store: &Path) -> Arc<dyn Folder> {
    let mut name = store.as_os_str().to_owned();
    name.push("-files");
    Arc::new(DiskFolder::new(name))
}

/// The key of the files, from the store; a new store gets one. It is key material, so it comes from the
/// system and never from [`Entropy`].
fn vault_key(store: &Store) -> Result<[u8; KEY_LEN], PhoneError> {
    use ring::rand::{SecureRandom, SystemRandom};
    const SETTING: &str = "vault key";
    store.write(|tx| {
        if let Some(key) = tx.setting(SETTING)? {
            return key
                .try_into()
                .map_err(|_| PhoneError::Protocol("the key of the files is damaged"));
        }
        let mut key = [0_u8; KEY_LEN];
        SystemRandom::new()
            .fill(&mut key)
            .map_err(|_| PhoneError::Protocol("the system gives no random numbers"))?;
        tx.set_setting(SETTING, &key)?;
        Ok(key)
    })
}

/// Stores a certificate unless one of this identity is here: another signature under the same body
/// (ECDSA has many valid ones) says nothing new and must stop nothing.
pub(super) fn keep_certificate(
    tx: &WriteTx<'_>,
    id: CertificateId,
    bytes: &[u8],
) -> Result<(), PhoneError> {
    if tx.certificate(id)?.is_none() {
        tx.put_certificate(id, bytes, None)?;
    }
    Ok(())
}

fn from_hex(text: &str) -> Result<Vec<u8>, PhoneError> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .map_err(|_| PhoneError::Protocol("the device file is not hexadecimal"))
}
