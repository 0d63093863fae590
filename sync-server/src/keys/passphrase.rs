//! Passphrases: what one is, and where a program that nobody watches finds it. In this order:
//!
//! 1. a systemd credential, `$CREDENTIALS_DIRECTORY/lastmile-passphrase`;
//! 2. the file that `LASTMILE_PASSPHRASE_FILE` names, readable by its owner only;
//! 3. the person at the terminal.
//!
//! Never an argument or a variable of the environment itself: both are shown to other processes.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error::PassphraseError;
use super::sealed::Cost;

/// Fewest characters of a passphrase.
pub const MIN_LEN: usize = 12;
/// Most characters.
pub const MAX_LEN: usize = 256;

/// A passphrase, wiped from memory when the last copy goes, and what opening with it shall cost.
#[derive(Clone)]
pub struct Passphrase {
    text: Arc<Zeroizing<String>>,
    cost: Cost,
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase")
    }
}

impl Passphrase {
    /// What [`Self::demo`] holds.
    pub const DEMO: &'static str = "lastmile demonstration";

    /// Takes the text of one: a line without control characters.
    pub fn new(text: &str) -> Result<Self, PassphraseError> {
        let length = text.chars().count();
        if !(MIN_LEN..=MAX_LEN).contains(&length) || text.chars().any(char::is_control) {
            return Err(PassphraseError::Form);
        }
        Ok(Self { text: Arc::new(Zeroizing::new(text.to_owned())), cost: Cost::Strong })
    }

    /// The passphrase **known to the world** of courts made for the demo and for tests. It opens no
    /// other court.
    pub fn demo() -> Self {
        Self { text: Arc::new(Zeroizing::new(Self::DEMO.to_owned())), cost: Cost::Quick }
    }

    /// Keys sealed with it open at once, and so do they for whoever tries every passphrase. For the
    /// demo and tests.
    #[must_use]
    pub fn quick(self) -> Self {
        Self { cost: Cost::Quick, ..self }
    }

    /// The text, for the seal.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What a seal made with it costs to open.
    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    /// Whether both are the same text.
    pub fn is(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The passphrases `init` needs.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Of the keys that stay on the server.
    pub keys: Passphrase,
    /// Of the root key, which is carried away.
    pub root: Passphrase,
}

impl Secrets {
    /// Two different ones.
    pub fn new(keys: Passphrase, root: Passphrase) -> Result<Self, PassphraseError> {
        if keys.is(&root) { Err(PassphraseError::SameAsRoot) } else { Ok(Self { keys, root }) }
    }

    /// For the demo and tests, see [`Passphrase::demo`].
    pub fn demo() -> Self {
        Self { keys: Passphrase::demo(), root: Passphrase::demo() }
    }
}

/// Whose passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The keys on the server.
    Keys,
    /// The root key.
    Root,
    /// The new one, when a passphrase is changed.
    New,
    /// A person's key file.
    Person,
}

impl Whose {
    /// Name of the systemd credential.
    pub fn credential(self) -> &'static str {
        match self {
            Self::Keys => "lastmile-passphrase",
            Self::Root => "lastmile-root-passphrase",
            Self::New => "lastmile-new-passphrase",
            Self::Person => "lastmile-person-passphrase",
        }
    }

    /// Variable of the environment that names the file.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Keys => "LASTMILE_PASSPHRASE_FILE",
            Self::Root => "LASTMILE_ROOT_PASSPHRASE_FILE",
            Self::New => "LASTMILE_NEW_PASSPHRASE_FILE",
            Self::Person => "LASTMILE_PERSON_PASSPHRASE_FILE",
        }
    }
}

/// Where a passphrase may come from; the command line fills it from its process.
pub struct Sources<'a> {
    /// `$CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
    /// The file named by [`Whose::variable`].
    pub file: Option<PathBuf>,
    /// Asks at the terminal, if there is one.
    pub ask: Option<&'a mut dyn FnMut() -> io::Result<Zeroizing<String>>>,
}

impl std::fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Takes the passphrase from the first source that has one. With `twice` a person types it twice.
pub fn obtain(
    whose: Whose,
    sources: Sources<'_>,
    twice: bool,
) -> Result<Passphrase, PassphraseError> {
    if let Some(dir) = sources.credentials {
        let path = dir.join(whose.credential());
        // systemd guards the folder; with access lists the mode of the file says nothing.
        if path.exists() {
            return Passphrase::new(&line(&path)?);
        }
    }
    if let Some(path) = sources.file {
        let fail = |source| PassphraseError::File { path: path.clone(), source };
        if fs::metadata(&path).map_err(fail)?.permissions().mode() & 0o077 != 0 {
            return Err(PassphraseError::Exposed(path));
        }
        return Passphrase::new(&line(&path)?);
    }
    let ask = sources.ask.ok_or(PassphraseError::Missing(whose.variable()))?;
    let first = ask().map_err(PassphraseError::Terminal)?;
    let passphrase = Passphrase::new(&first)?;
    if twice && *ask().map_err(PassphraseError::Terminal)? != *first {
        return Err(PassphraseError::Differ);
    }
    Ok(passphrase)
}

/// The one line of a file, without its end.
fn line(path: &Path) -> Result<Zeroizing<String>, PassphraseError> {
    let fail = |source| PassphraseError::File { path: path.to_owned(), source };
    // Four bytes a character, and an end of line.
    let most = MAX_LEN as u64 * 4 + 2;
    let mut text = Zeroizing::new(String::new());
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_string(&mut text))
        .map_err(fail)?;
    let end = text.strip_suffix('\n').map_or(text.len(), str::len);
    let line = &text[..end];
    Ok(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn nowhere<'a>() -> Sources<'a> {
        Sources { credentials: None, file: None, ask: None }
    }

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_first_source_that_has_one_counts() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        write(&file, "from the file, yes\n", 0o600);
        write(&dir.path().join("lastmile-passphrase"), "from the credential\r\n", 0o440);
        let both = Sources {
            credentials: Some(dir.path().to_owned()),
            file: Some(file.clone()),
            ask: None,
        };
        let from_file = Sources { file: Some(file.clone()), ..nowhere() };
        assert_eq!(obtain(Whose::Keys, both, true).unwrap().text(), "from the credential");
        assert_eq!(obtain(Whose::Keys, from_file, true).unwrap().text(), "from the file, yes");
        // The root key's has other names, so that one file never serves both unseen.
        let root = Sources { credentials: Some(dir.path().to_owned()), ..nowhere() };
        let error = obtain(Whose::Root, root, true).unwrap_err();
        assert_eq!(error.code(), "passphrase_missing");
        write(&file, "from the file, yes\n", 0o640);
        let exposed = Sources { file: Some(file), ..nowhere() };
        assert_eq!(
            obtain(Whose::Keys, exposed, false).unwrap_err().code(),
            "passphrase_file_exposed"
        );
    }

    #[test]
    fn a_person_types_a_new_one_twice() {
        let typed = |answers: &[&str], twice| {
            let mut answers = answers.iter();
            let mut ask = || Ok(Zeroizing::new((*answers.next().unwrap()).to_owned()));
            let sources = Sources { ask: Some(&mut ask), ..nowhere() };
            obtain(Whose::Keys, sources, twice).map(|found| found.text().to_owned())
        };
        let good = "correct horse battery";
        assert_eq!(typed(&[good], false).unwrap(), good);
        assert_eq!(typed(&[good, good], true).unwrap(), good);
        assert_eq!(typed(&[good, "correct horse"], true).unwrap_err().code(), "passphrases_differ");
        assert_eq!(typed(&["short"], false).unwrap_err().code(), "passphrase_form");
    }

    #[test]
    fn bad_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let read = || {
            let sources = Sources { file: Some(file.clone()), ..nowhere() };
            obtain(Whose::Keys, sources, false).map_err(|error| error.code())
        };
        assert_eq!(read().unwrap_err(), "passphrase_file");
        for text in
            ["", "\n", "two lines of it\nand more", &"x".repeat(2_000), "tab\tin the middle"]
        {
            write(&file, text, 0o600);
            assert_eq!(read().unwrap_err(), "passphrase_form", "{text:.20}");
        }
        fs::write(&file, [0xff; 20]).unwrap();
        assert_eq!(read().unwrap_err(), "passphrase_file");
        write(&file, "十二个汉字以上的口令也可以用", 0o600);
        read().unwrap();
        let same = Secrets::new(Passphrase::demo(), Passphrase::demo());
        assert_eq!(same.unwrap_err().code(), "passphrase_same_as_root");
        assert_eq!(format!("{:?}", Passphrase::demo()), "Passphrase");
    }
}
