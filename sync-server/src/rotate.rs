//! Replacing the court's keys. The old certificate stays: what the old key signed keeps verifying.
//!
//! A rotation may be cut off anywhere and is then simply called again:
//!
//! ```text
//! 1  keys/NAME.new.p8 is written and synced   cut off: the old key serves, the next call takes this one
//! 2  its certificate enters the database      cut off: the old key serves, both are certified
//! 3  keys/NAME.new.p8 becomes keys/NAME.p8    one rename
//! ```
//!
//! So no key ever stands in its place without a certificate, and none is certified that is lost.
//! The old private key is destroyed by the rename, except that of encryption: bundles sealed to it are
//! still on their way, so it is kept beside the new one as `keys/encryption.<print>.p8`.
//!
//! Nothing here opens the key that is replaced, except to keep it: a lost or damaged key is replaced
//! the same way, which is why this works on the database and not on an open [`crate::server::Server`].

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lastmile_core::id::{CertificateId, sha256};
use lastmile_core::identity::{
    CertificateKind, Directory, PublicKey, Signed, Signer, SoftwareSigner,
};
use lastmile_core::time::Entropy;

use crate::certify::{self, Draft};
use crate::court::CourtError;
use crate::keys::{self, KeyError, KeyName, Passphrase};
use crate::server::DATABASE;
use crate::store::{Store, StoreError};
use crate::trust::{self, Trust};

/// A court whose keys are being replaced.
pub struct Place<'a> {
    dir: &'a Path,
    store: Store,
    now_ms: i64,
    entropy: &'a dyn Entropy,
}

impl std::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl<'a> Place<'a> {
    /// Opens the court in `dir`.
    pub fn open(dir: &'a Path, now_ms: i64, entropy: &'a dyn Entropy) -> Result<Self, StoreError> {
        Ok(Self { dir, store: Store::open(&dir.join(DATABASE))?, now_ms, entropy })
    }

    /// The court's certificates.
    pub fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        let root = self.store.court().root;
        self.store.read(|reading| Trust::open(reading, root)?.refresh(reading))
    }
}

/// Which issuer a key needs, and who has it.
#[derive(Debug)]
pub enum By<'a> {
    /// The issuing key on this server.
    Issuing,
    /// The root key, from the medium it is kept on.
    Root(&'a SoftwareSigner),
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new certificate.
    pub certificate: CertificateId,
    /// Where the old private key is kept, if it is.
    pub kept: Option<PathBuf>,
}

/// Replaces a key of the court. The service takes the new one when it starts again; until then the
/// old one goes on.
pub fn rotate(
    place: &Place<'_>,
    name: KeyName,
    by: &By<'_>,
    passphrase: &Passphrase,
) -> Result<Rotated, CourtError> {
    let next = next_key(place, name, passphrase)?;
    let certificate = certified(place, name, &next, by, passphrase)?;
    let kept = swap(place.dir, name, passphrase)?;
    Ok(Rotated { certificate, kept })
}

/// Replaces the root: the old root certifies the new one, whose key is written to `out`. Phones keep
/// the pin they have and follow the chain.
pub fn rotate_root(
    place: &Place<'_>,
    old: &SoftwareSigner,
    out: &Path,
    passphrase: &Passphrase,
) -> Result<CertificateId, CourtError> {
    let issuer = root_of(&*place.directory()?, old)?;
    let next = if out.exists() {
        keys::load_file(out, passphrase)?
    } else {
        keys::make_at(out, passphrase, place.entropy)?
    };
    certify_key(place, CertificateKind::Root, &next, issuer, old)
}

/// The new key's file, made now or left by a call that was cut off.
fn next_key(
    place: &Place<'_>,
    name: KeyName,
    passphrase: &Passphrase,
) -> Result<SoftwareSigner, CourtError> {
    let path = waiting(place.dir, name);
    if path.exists() {
        return Ok(keys::load_file(&path, passphrase)?);
    }
    // A passphrase that does not open the others would shut the next start out.
    for other in KeyName::ALL.into_iter().filter(|other| *other != name) {
        keys::load_file(&keys::path_of(place.dir, other), passphrase)?;
    }
    Ok(keys::make_at(&path, passphrase, place.entropy)?)
}

/// The new key's certificate, made now or by a call that was cut off.
fn certified(
    place: &Place<'_>,
    name: KeyName,
    next: &SoftwareSigner,
    by: &By<'_>,
    passphrase: &Passphrase,
) -> Result<CertificateId, CourtError> {
    let directory = place.directory()?;
    if let Some(known) = keys::certificate_of(&directory, name, &next.public_key()) {
        return Ok(known);
    }
    match by {
        By::Root(root) => certify_key(place, name.kind(), next, root_of(&directory, root)?, root),
        By::Issuing => {
            let path = keys::path_of(place.dir, KeyName::Issuing);
            let issuing = keys::load_file(&path, passphrase)?;
            let id = keys::certificate_of(&directory, KeyName::Issuing, &issuing.public_key())
                .ok_or(KeyError::Swapped { path, name: KeyName::Issuing })?;
            certify_key(place, name.kind(), next, id, &issuing)
        }
    }
}

fn certify_key(
    place: &Place<'_>,
    kind: CertificateKind,
    key: &SoftwareSigner,
    issuer: CertificateId,
    signer: &SoftwareSigner,
) -> Result<CertificateId, CourtError> {
    let directory = place.directory()?;
    let public = key.public_key();
    let known = directory.certificates().find(|(_, verified)| {
        verified.payload().kind == kind && verified.payload().signing_key() == Some(&public)
    });
    if let Some((id, _)) = known {
        return Ok(id);
    }
    let draft = Draft { court: directory.court(), now_ms: place.now_ms };
    let serial = place.store.read::<_, StoreError>(|reading| reading.last_certificate())? + 1;
    let mut body = draft.own(kind, serial, key, Some(issuer));
    if body.device.is_some() {
        // The same process under another key.
        body.device = process(&directory);
    }
    let checked = certify::check(&directory, vec![Signed::seal(&body, signer)?])?;
    place.store.write::<_, StoreError>(|writing| {
        trust::publish(writing, &checked.rows, place.now_ms).map(|_| ())
    })?;
    Ok(body.id())
}

/// The name of the server process, as its newest certificate has it.
fn process(directory: &Directory) -> Option<String> {
    directory
        .certificates()
        .map(|(_, verified)| verified.payload())
        .filter(|body| body.kind == CertificateKind::Server)
        .max_by_key(|body| body.serial)
        .and_then(|body| body.device.clone())
}

/// The certificate of a root key of this court.
pub fn root_of(directory: &Directory, root: &SoftwareSigner) -> Result<CertificateId, CourtError> {
    let public = root.public_key();
    directory
        .certificates()
        .filter(|(_, verified)| {
            let body = verified.payload();
            body.kind == CertificateKind::Root && body.signing_key() == Some(&public)
        })
        .map(|(id, _)| id)
        .next()
        .ok_or(CourtError::NotTheRoot)
}

/// Puts the new key into its place. Does nothing when there is none waiting.
fn swap(dir: &Path, name: KeyName, passphrase: &Passphrase) -> Result<Option<PathBuf>, CourtError> {
    let (from, to) = (waiting(dir, name), keys::path_of(dir, name));
    if !from.exists() {
        return Ok(None);
    }
    let kept = match name {
        KeyName::Encryption if to.exists() => Some(keep(&to, passphrase)?),
        _ => None,
    };
    fs::rename(&from, &to)?;
    keys::sync_folder(&to)?;
    Ok(kept)
}

/// A second name for the old key, so that the rename does not destroy it.
fn keep(path: &Path, passphrase: &Passphrase) -> Result<PathBuf, KeyError> {
    let old = keys::load_file(path, passphrase)?;
    let kept = path.with_file_name(format!("encryption.{}.p8", print(&old.public_key())));
    match fs::hard_link(path, &kept) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(KeyError::File { path: kept, source: error })
        }
        _ => keys::sync_folder(&kept).map(|()| kept),
    }
}

/// What tells keys apart in the names of files.
fn print(key: &PublicKey) -> String {
    data_encoding::HEXLOWER.encode(&sha256(key.as_bytes())[..4])
}

fn waiting(dir: &Path, name: KeyName) -> PathBuf {
    keys::path_of(dir, name).with_extension("new.p8")
}

/// Seals the server's keys with another passphrase, or for the first time. Cut off half-way some files
/// have the one and some the other; called again with both it goes on.
pub fn change_passphrase(
    dir: &Path,
    old: &Passphrase,
    new: &Passphrase,
    entropy: &dyn Entropy,
) -> Result<usize, KeyError> {
    let mut files = keys::files(dir)?;
    files.sort();
    // Everything is opened before anything is written.
    let mut opened = Vec::with_capacity(files.len());
    for path in &files {
        opened.push(keys::reopen(path, old, new)?);
    }
    for (path, document) in files.iter().zip(&opened) {
        keys::replace(path, document, new, entropy)?;
    }
    Ok(files.len())
}

#[cfg(test)]
mod tests;
