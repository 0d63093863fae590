//! The court's keys that this machine holds, sealed with a passphrase in files only their owner may
//! read. The root key is made here once and then carried away, under a passphrase of its own;
//! everything else stays.
//!
//! ```text
//! DIR/keys/{issuing,server,checkpoint,encryption}.p8   sealed, mode 0600
//! DIR/root-key-take-offline.p8                          to be moved to a medium that is locked away
//! ```
//!
//! | file | subject |
//! | --- | --- |
//! | `passphrase` | what a passphrase is and where it comes from |
//! | `sealed` | the encrypted form of a key |
//! | `file` | reading and writing key files |
//! | `ring` | the four keys of a court, held against its certificates |

mod error;
mod file;
pub mod passphrase;
mod ring;
pub mod sealed;

pub use error::{KeyError, PassphraseError};
pub use file::{load_document, load_file, reopen, replace, sync_folder, write_secret};
pub use passphrase::{Passphrase, Secrets};
pub use ring::{Held, Keyring, Loose, certificate_of};

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lastmile_core::identity::{CertificateKind, SoftwareSigner};
use lastmile_core::time::Entropy;

/// File of the root key, until somebody takes it away.
pub const ROOT_KEY: &str = "root-key-take-offline.p8";
/// Folder of the others.
pub const FOLDER: &str = "keys";

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Issuing, Self::Server, Self::Checkpoint, Self::Encryption];

    /// Code, and the stem of the file's name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Issuing => "issuing",
            Self::Server => "server",
            Self::Checkpoint => "checkpoint",
            Self::Encryption => "encryption",
        }
    }

    /// The key of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.code() == code)
    }

    /// The kind of certificate that goes with it.
    pub fn kind(self) -> CertificateKind {
        match self {
            Self::Issuing => CertificateKind::Issuing,
            Self::Server => CertificateKind::Server,
            Self::Checkpoint => CertificateKind::Checkpoint,
            Self::Encryption => CertificateKind::Encryption,
        }
    }
}

/// Where a key lies.
pub fn path_of(dir: &Path, name: KeyName) -> PathBuf {
    dir.join(FOLDER).join(format!("{}.p8", name.code()))
}

/// Every key file of a court, those of retired and of waiting keys too.
pub fn files(dir: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let folder = dir.join(FOLDER);
    let fail = |source| KeyError::of_file(&folder, source);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "p8") {
            files.push(path);
        }
    }
    Ok(files)
}

/// Makes a key and stores it; refuses to overwrite one.
pub fn make(
    dir: &Path,
    name: KeyName,
    passphrase: &Passphrase,
    entropy: &dyn Entropy,
) -> Result<SoftwareSigner, KeyError> {
    let folder = dir.join(FOLDER);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)))
        .map_err(|source| KeyError::of_file(&folder, source))?;
    make_at(&path_of(dir, name), passphrase, entropy)
}

/// Makes a key in a new file.
pub fn make_at(
    path: &Path,
    passphrase: &Passphrase,
    entropy: &dyn Entropy,
) -> Result<SoftwareSigner, KeyError> {
    let document = SoftwareSigner::generate()?;
    write_secret(path, &sealed::seal(&document, passphrase, entropy, path)?)?;
    Ok(SoftwareSigner::from_pkcs8(&document)?)
}
