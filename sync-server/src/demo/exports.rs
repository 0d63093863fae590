//! The day's cases as files for the other side, and what a verifier says of them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use lastmile_core::export::{Edition, verify};
use lastmile_core::records::builtin;

use super::check::Assertion;
use super::clock::FileClock;
use super::day::{K1, K2, K3};
use super::stage::StageError;
use crate::export;
use crate::server::{Options, Server};

/// Writes both editions of each case into `dir` and verifies them under the court's root.
pub(super) fn exports(data: &Path, clock: &Path, dir: &Path) -> Result<Assertion, StageError> {
    let script = |error: &dyn std::fmt::Display| StageError::Script(error.to_string());
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)?;
    let options = Options { clock: Arc::new(FileClock::new(clock)), ..Options::default() };
    let server = Server::open(data, options).map_err(|error| script(&error))?;
    let (mut entries, mut findings) = (0, Vec::new());
    for (name, case) in [("K1", K1), ("K2", K2), ("K3", K3)] {
        for (edition, suffix) in [(Edition::Full, "full"), (Edition::Party, "party")] {
            let path = dir.join(format!("{name}-{suffix}.zip"));
            let file = BufWriter::new(File::create(&path)?);
            let (mut file, _) =
                export::case(&server, case, edition, file).map_err(|error| script(&error))?;
            file.flush()?;
            let read = BufReader::new(File::open(&path)?);
            let report = verify(&builtin(), read, Some(server.root()), &mut |_| {})
                .map_err(|error| script(&error))?;
            entries += report.chains.iter().map(|chain| chain.entries).sum::<usize>();
            findings
                .extend(report.codes().into_iter().map(|code| format!("{name}-{suffix}: {code}")));
        }
    }
    Ok(Assertion {
        id: "A13",
        title: "导出件可独立核验 / the exports verify",
        ok: findings.is_empty(),
        detail: if findings.is_empty() {
            format!("6 files, {entries} entries proven")
        } else {
            findings.join(", ")
        },
    })
}
