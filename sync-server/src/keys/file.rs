//! Key files on the disk: written once, whole, for their owner only; read with a bound.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use lastmile_core::identity::SoftwareSigner;
use lastmile_core::time::Entropy;
use zeroize::Zeroizing;

use super::error::KeyError;
use super::passphrase::Passphrase;
use super::sealed;

/// Opens a sealed key file; refuses one that others may read.
pub fn load_file(path: &Path, passphrase: &Passphrase) -> Result<SoftwareSigner, KeyError> {
    let document = load_document(path, passphrase)?;
    // Opened and well-formed, but public and private half do not belong together: damaged content.
    SoftwareSigner::from_pkcs8(&document).map_err(|_| KeyError::WrongPassphrase(path.to_owned()))
}

/// The PKCS#8 document in a sealed key file, for uses that are not signing.
pub fn load_document(path: &Path, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    sealed::open(&read_secret(path)?, passphrase, path)
}

/// The bytes of a file that nobody else may read.
fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let fail = |source| KeyError::of_file(path, source);
    let file = File::open(path).map_err(fail)?;
    let about = file.metadata().map_err(fail)?;
    if !about.is_file() {
        return Err(KeyError::NotAKey(path.to_owned()));
    }
    if about.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::Exposed(path.to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(sealed::MAX_FILE as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() > sealed::MAX_FILE {
        return Err(KeyError::NotAKey(path.to_owned()));
    }
    Ok(bytes)
}

/// Writes a new file that only its owner may read, and waits until the disk has it and its name. The name
/// appears with the whole file behind it: whoever was cut off finds either nothing or all of it.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let half = beside(path);
    clear(&half)?;
    write_half(&half, bytes)?;
    // A link, unlike a rename, never takes the place of a file that is there.
    let linked = std::fs::hard_link(&half, path);
    let cleared = clear(&half);
    linked.map_err(|source| KeyError::of_file(path, source))?;
    cleared?;
    sync_folder(path)
}

/// Where a file is written before it has its name.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn write_half(half: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let fail = |source| KeyError::of_file(half, source);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(half).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
}

/// Removes what a call that was cut off may have left.
fn clear(half: &Path) -> Result<(), KeyError> {
    match std::fs::remove_file(half) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(KeyError::of_file(half, error)),
        _ => Ok(()),
    }
}

/// The document in a file that has the old passphrase, already the new one, or none yet.
pub fn reopen(
    path: &Path,
    old: &Passphrase,
    new: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    match load_document(path, old) {
        Err(KeyError::WrongPassphrase(_)) => load_document(path, new),
        Err(KeyError::Unsealed(_)) => read_secret(path),
        other => other,
    }
}

/// Writes a document under another passphrase in place of what the file holds: all of it or nothing.
pub fn replace(
    path: &Path,
    document: &[u8],
    passphrase: &Passphrase,
    entropy: &dyn Entropy,
) -> Result<(), KeyError> {
    let half = beside(path);
    clear(&half)?;
    write_half(&half, &sealed::seal(document, passphrase, entropy, path)?)?;
    std::fs::rename(&half, path).map_err(|source| KeyError::of_file(&half, source))?;
    sync_folder(path)
}

/// Waits until the disk has the names in the folder of `path`.
pub fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| KeyError::of_file(folder, source))
}
