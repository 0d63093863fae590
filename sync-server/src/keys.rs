//! The court's keys that this machine holds, as files only their owner may read. The root key is
//! made here once and then carried away; everything else stays.
//!
//! ```text
//! DIR/keys/{issuing,server,checkpoint,encryption}.p8   PKCS#8, mode 0600
//! DIR/root-key-take-offline.p8                          to be moved to a medium that is locked away
//! ```

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use lastmile_core::identity::{KeyFormError, SignError, SoftwareSigner};
use zeroize::Zeroizing;

/// File of the root key, until somebody takes it away.
pub const ROOT_KEY: &str = "root-key-take-offline.p8";

/// A key could not be made, stored or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file.
    #[error("key file {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("key file {0} may be read by others; allow only its owner (chmod 600)")]
    Exposed(PathBuf),
    /// Not a key.
    #[error(transparent)]
    Form(#[from] KeyFormError),
    /// No key could be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl KeyError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "key_file",
            Self::Exposed(_) => "key_file_exposed",
            Self::Form(error) => error.code(),
            Self::Sign(error) => error.code(),
        }
    }
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyName {
    /// Issues certificates of people and servers.
    Issuing,
    /// This server process.
    Server,
    /// Signs checkpoints of the log.
    Checkpoint,
    /// Opens couriers' bundles.
    Encryption,
}

impl KeyName {
    fn file(self) -> &'static str {
        match self {
            Self::Issuing => "issuing.p8",
            Self::Server => "server.p8",
            Self::Checkpoint => "checkpoint.p8",
            Self::Encryption => "encryption.p8",
        }
    }
}

fn path_of(dir: &Path, name: KeyName) -> PathBuf {
    dir.join("keys").join(name.file())
}

/// Makes a key and stores it; refuses to overwrite one.
pub fn make(dir: &Path, name: KeyName) -> Result<SoftwareSigner, KeyError> {
    let path = path_of(dir, name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(0o700)))
            .map_err(|source| KeyError::File { path: folder.to_owned(), source })?;
    }
    let document = SoftwareSigner::generate()?;
    write_secret(&path, &document)?;
    Ok(SoftwareSigner::from_pkcs8(&document)?)
}

/// Makes the root key and stores it where it can be taken away.
pub fn make_root(dir: &Path) -> Result<(SoftwareSigner, PathBuf), KeyError> {
    let document = SoftwareSigner::generate()?;
    let path = dir.join(ROOT_KEY);
    write_secret(&path, &document)?;
    Ok((SoftwareSigner::from_pkcs8(&document)?, path))
}

/// Reads a key; refuses one that others may read.
pub fn load(dir: &Path, name: KeyName) -> Result<SoftwareSigner, KeyError> {
    let path = path_of(dir, name);
    let fail = |source| KeyError::File { path: path.clone(), source };
    let mode = fs::metadata(&path).map_err(fail)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed(path));
    }
    let document = Zeroizing::new(fs::read(&path).map_err(fail)?);
    Ok(SoftwareSigner::from_pkcs8(&document)?)
}

/// Writes a new file that only its owner may read, and waits until the disk has it.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let fail = |source| KeyError::File { path: path.to_owned(), source };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use lastmile_core::identity::Signer;

    use super::*;

    #[test]
    fn a_key_is_kept_for_its_owner_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let made = make(dir.path(), KeyName::Server).unwrap();
        let loaded = load(dir.path(), KeyName::Server).unwrap();
        assert_eq!(made.public_key(), loaded.public_key());
        assert_eq!(make(dir.path(), KeyName::Server).unwrap_err().code(), "key_file");
        let path = path_of(dir.path(), KeyName::Server);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(load(dir.path(), KeyName::Server).unwrap_err().code(), "key_file_exposed");
    }
}
