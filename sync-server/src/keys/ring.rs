//! The keys of a court in memory, each held against the court's certificates: a file in the wrong
//! place, or of another court, is found when the server opens and not when a phone refuses its word.

use std::path::Path;
use std::sync::Arc;

use lastmile_core::id::CertificateId;
use lastmile_core::identity::{
    Certificate, Directory, PublicKey, Signer, SoftwareSigner, SubjectKey,
};

use super::error::KeyError;
use super::file::load_file;
use super::passphrase::Passphrase;
use super::{KeyName, path_of};

/// A key and the certificate that goes with it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The newest certificate of this key.
    pub certificate: CertificateId,
    /// The key.
    pub signer: Arc<SoftwareSigner>,
}

/// The four keys of a court. [`KeyName::Encryption`] stands here only as checked; whoever opens
/// bundles takes its document with [`super::load_document`].
#[derive(Debug, Clone)]
pub struct Keyring {
    /// Certifies people and servers.
    pub issuing: Held,
    /// This server's voice.
    pub server: Held,
    /// Signs checkpoints.
    pub checkpoint: Held,
    /// Opens couriers' bundles.
    pub encryption: Held,
}

/// The keys as the files hold them, not yet held against certificates.
#[derive(Debug)]
pub struct Loose([SoftwareSigner; 4]);

impl Loose {
    /// Opens every key file of the court in `dir`. Reads nothing else, so that a wrong passphrase is
    /// found before the database is touched.
    pub fn read(dir: &Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        let read = |name| load_file(&path_of(dir, name), passphrase);
        let [issuing, server, checkpoint, encryption] = KeyName::ALL;
        Ok(Self([read(issuing)?, read(server)?, read(checkpoint)?, read(encryption)?]))
    }

    /// Finds the certificate of each.
    pub fn held(self, dir: &Path, directory: &Directory) -> Result<Keyring, KeyError> {
        let hold = |name: KeyName, signer: SoftwareSigner| {
            let certificate = certificate_of(directory, name, &signer.public_key())
                .ok_or_else(|| KeyError::Swapped { path: path_of(dir, name), name })?;
            Ok::<_, KeyError>(Held { certificate, signer: Arc::new(signer) })
        };
        let [issuing, server, checkpoint, encryption] = self.0;
        Ok(Keyring {
            issuing: hold(KeyName::Issuing, issuing)?,
            server: hold(KeyName::Server, server)?,
            checkpoint: hold(KeyName::Checkpoint, checkpoint)?,
            encryption: hold(KeyName::Encryption, encryption)?,
        })
    }
}

/// The newest certificate of this key for this use: a key keeps its place when the root is replaced
/// and certifies it again.
pub fn certificate_of(
    directory: &Directory,
    name: KeyName,
    public: &PublicKey,
) -> Option<CertificateId> {
    directory
        .certificates()
        .map(|(id, verified)| (id, verified.payload()))
        .filter(|(_, body)| body.kind == name.kind() && public_half(body) == public.as_bytes())
        .max_by_key(|(_, body)| body.serial)
        .map(|(id, _)| id)
}

fn public_half(certificate: &Certificate) -> &[u8] {
    match &certificate.key {
        SubjectKey::Signing(key) => key.as_bytes(),
        SubjectKey::Other { bytes, .. } => bytes,
    }
}
