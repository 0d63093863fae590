//! Approval files: one person's signed word that a decision may be taken, made on that person's desk
//! and brought to whoever carries the decision out.

use std::io::Read;
use std::path::{Path, PathBuf};

use lastmile_core::identity::TransitionKind;
use lastmile_core::time::{Clock, SystemClock, SystemEntropy};

use super::{Language, secrets};
use crate::court::CourtError;
use crate::keys::passphrase::Whose;
use crate::keys::{self, KeyError};
use crate::roles;
use crate::server::DATABASE;
use crate::store::{Store, StoreError};
use crate::trust::Trust;

/// Longest approval file, bytes; an approval has about 250.
const MAX_APPROVAL: u64 = 512;

/// Reads approval files.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, CourtError> {
    paths
        .iter()
        .map(|path| {
            let mut bytes = Vec::new();
            std::fs::File::open(path)?.take(MAX_APPROVAL + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .collect()
}

/// Approves `kind` with the key in `path` and writes the file; gives what to say.
pub(super) fn write(
    data: &Path,
    kind: &TransitionKind,
    path: &Path,
    whose: Whose,
    out: &Path,
    language: Language,
) -> Result<String, CourtError> {
    let passphrase = secrets::passphrase(whose, language).map_err(KeyError::from)?;
    let signer = keys::load_file(path, &passphrase)?;
    let store = Store::open(&data.join(DATABASE))?;
    let root = store.court().root;
    let directory = store.read::<_, StoreError>(|reading| {
        Trust::open(reading, root).and_then(|trust| trust.refresh(reading))
    })?;
    let at_ms = SystemClock::new(&SystemEntropy).now().device_ms;
    let approval = roles::approve_decision(&directory, &signer, kind, at_ms)?;
    std::fs::write(out, approval)?;
    Ok(match language {
        Language::Zh => format!("已批准,写入 {}。须两人分别批准。", out.display()),
        Language::En => {
            format!("Approved, in {}. Two different persons must approve.", out.display())
        }
    })
}
