//! The program itself, with the passphrases of its keys in files as an administrator would keep them.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// Passphrase of the server's keys.
pub const KEYS: &str = "the keys of this server";
/// Passphrase of the root key.
pub const ROOT: &str = "the root, in the safe";

/// Passphrase of people's own key files.
pub const PERSON: &str = "my own key, on my desk";

static FILES: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());

/// A file that holds `passphrase`, for its owner only.
pub fn passphrase_file(name: &str, passphrase: &str) -> PathBuf {
    let path = FILES.path().join(name);
    if !path.exists() {
        // Tests run side by side: the file appears whole or not at all.
        let half = tempfile::NamedTempFile::new_in(FILES.path()).unwrap();
        std::fs::write(half.path(), format!("{passphrase}\n")).unwrap();
        std::fs::set_permissions(half.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
        half.persist(&path).unwrap();
    }
    path
}

/// The program with these arguments and both passphrases.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastmile-server"));
    command
        .env("LANG", "zh_CN.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("CREDENTIALS_DIRECTORY")
        .env("LASTMILE_PASSPHRASE_FILE", passphrase_file("keys", KEYS))
        .env("LASTMILE_ROOT_PASSPHRASE_FILE", passphrase_file("root", ROOT))
        .env("LASTMILE_PERSON_PASSPHRASE_FILE", passphrase_file("person", PERSON))
        .stdin(Stdio::null())
        .args(arguments);
    command
}
