//! Why a key file or a passphrase cannot be used. Whoever meets one of these has changed nothing.

use std::path::{Path, PathBuf};

use lastmile_core::identity::{KeyFormError, SignError};

use super::KeyName;

/// A key could not be made, stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("key file {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// There is no such file.
    #[error("key file {0} is missing")]
    Missing(PathBuf),
    /// Others may read the file.
    #[error("key file {0} may be read by others; allow only its owner (chmod 600)")]
    Exposed(PathBuf),
    /// The file ends too early.
    #[error("key file {0} is cut short")]
    Truncated(PathBuf),
    /// Something else than a key.
    #[error("key file {0} holds no key")]
    NotAKey(PathBuf),
    /// A private key that anybody who copies the file can use.
    #[error("key file {0} is not encrypted; seal it with `key passphrase`")]
    Unsealed(PathBuf),
    /// Encrypted in a way this program does not write: another algorithm, or a cost far from its own.
    #[error("key file {0} is encrypted in another way than scrypt with AES-256")]
    OtherSeal(PathBuf),
    /// The passphrase does not open the file. Encryption cannot tell this from a damaged content.
    #[error("the passphrase does not open key file {0}, or the file's content is damaged")]
    WrongPassphrase(PathBuf),
    /// The key is not the one this court certified for this purpose.
    #[error("key file {path} does not hold this court's {} key", name.code())]
    Swapped {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        name: KeyName,
    },
    /// The passphrase itself.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// Not a key that signs.
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
            Self::Missing(_) => "key_file_missing",
            Self::Exposed(_) => "key_file_exposed",
            Self::Truncated(_) => "key_file_truncated",
            Self::NotAKey(_) => "key_file_not_a_key",
            Self::Unsealed(_) => "key_file_not_encrypted",
            Self::OtherSeal(_) => "key_file_encryption",
            Self::WrongPassphrase(_) => "passphrase_wrong",
            Self::Swapped { .. } => "key_file_swapped",
            Self::Passphrase(error) => error.code(),
            Self::Form(error) => error.code(),
            Self::Sign(error) => error.code(),
        }
    }

    /// What the system said about the file.
    pub(super) fn of_file(path: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::Missing(path.to_owned())
        } else {
            Self::File { path: path.to_owned(), source }
        }
    }
}

/// There is no usable passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// Nobody gave one, and there is no terminal to ask at.
    #[error("no passphrase: set {0} to a file that holds it, or run this at a terminal")]
    Missing(&'static str),
    /// The file that should hold it.
    #[error("passphrase file {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("passphrase file {0} may be read by others; allow only its owner (chmod 600)")]
    Exposed(PathBuf),
    /// Too short or too long for a passphrase, or with characters that cannot be typed.
    #[error(
        "a passphrase has {} to {} characters on one line",
        super::passphrase::MIN_LEN,
        super::passphrase::MAX_LEN
    )]
    Form,
    /// Typed twice, and not the same.
    #[error("the two passphrases differ")]
    Differ,
    /// The root key and the others under one passphrase: who learns one has all.
    #[error("the root key needs a passphrase of its own")]
    SameAsRoot,
    /// The terminal.
    #[error("the passphrase cannot be read: {0}")]
    Terminal(std::io::Error),
}

impl PassphraseError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "passphrase_missing",
            Self::File { .. } => "passphrase_file",
            Self::Exposed(_) => "passphrase_file_exposed",
            Self::Form => "passphrase_form",
            Self::Differ => "passphrases_differ",
            Self::SameAsRoot => "passphrase_same_as_root",
            Self::Terminal(_) => "passphrase_terminal",
        }
    }
}
