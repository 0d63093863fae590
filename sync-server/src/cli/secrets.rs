//! Where commands get passphrases from: this process's environment and terminal, see
//! [`crate::keys::passphrase`].

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Language;
use crate::keys::passphrase::{Sources, Whose, obtain};
use crate::keys::{Passphrase, PassphraseError};
use crate::server::{OpenError, Options, Server};

/// Asks for a passphrase that exists already.
pub(super) fn passphrase(whose: Whose, language: Language) -> Result<Passphrase, PassphraseError> {
    get(whose, language, false)
}

/// Asks for a new passphrase, twice when a person types it.
pub(super) fn new_passphrase(
    whose: Whose,
    language: Language,
) -> Result<Passphrase, PassphraseError> {
    get(whose, language, true)
}

/// Opens the server in `dir` with the passphrase of its keys.
pub(super) fn open(dir: &Path, options: Options, language: Language) -> Result<Server, OpenError> {
    let passphrase = passphrase(Whose::Keys, language)?;
    Server::open(dir, Options { passphrase, ..options })
}

fn get(whose: Whose, language: Language, twice: bool) -> Result<Passphrase, PassphraseError> {
    let path = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut asked = 0;
    let mut ask = || {
        asked += 1;
        let prompt = format!("{}{}", prompt(whose, language), again(asked, language));
        rpassword::prompt_password(prompt).map(Zeroizing::new)
    };
    let terminal = io::stdin().is_terminal();
    let sources = Sources {
        credentials: path("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        file: path(whose.variable()).map(PathBuf::from),
        ask: if terminal { Some(&mut ask) } else { None },
    };
    obtain(whose, sources, twice)
}

fn prompt(whose: Whose, language: Language) -> &'static str {
    match whose {
        Whose::Keys => language.pick("服务器密钥口令", "Passphrase of the server's keys"),
        Whose::Root => language.pick("根密钥口令(单独保管)", "Passphrase of the root key"),
        Whose::New => language.pick("新口令", "New passphrase"),
        Whose::Person => language.pick("本人密钥口令", "Passphrase of your own key"),
    }
}

fn again(asked: u32, language: Language) -> &'static str {
    if asked > 1 {
        language.pick("(再输一次):", " (once more): ")
    } else {
        language.pick(":", ": ")
    }
}
