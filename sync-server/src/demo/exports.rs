//! The day's cases as files for the other side, and what a verifier says of them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use lastmile_core::export::{Edition, verify};
use lastmile_core::id::CertificateId;
use lastmile_core::records::builtin;

use super::check::Assertion;
use super::clock::FileClock;
use super::day::{Crew, K1, K2, K3};
use super::stage::StageError;
use crate::export;
use crate::server::{Options, Server};

/// Writes both editions of each case into `dir`, and those of the phones that can make them without the
/// court; verifies all of them under the court's root.
pub(super) fn exports(
    crew: &Crew,
    data: &Path,
    clock: &Path,
    dir: &Path,
) -> Result<Assertion, StageError> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)?;
    let options = Options { clock: Arc::new(FileClock::new(clock)), ..Options::default() };
    let server = Server::open(data, options).map_err(|error| script(&error))?;
    let mut verified = Verified { root: server.root(), files: 0, entries: 0, findings: Vec::new() };
    for (name, case) in [("K1", K1), ("K2", K2), ("K3", K3)] {
        for (edition, suffix) in [(Edition::Full, "full"), (Edition::Party, "party")] {
            let path = dir.join(format!("{name}-{suffix}.zip"));
            let file = BufWriter::new(File::create(&path)?);
            let (mut file, _) =
                export::case(&server, case, edition, file).map_err(|error| script(&error))?;
            file.flush()?;
            verified.add(&path)?;
        }
    }
    for (name, case, phone) in [("K1", K1, &crew.p1.phone), ("K2", K2, &crew.p3.phone)] {
        let path = dir.join(format!("{name}-phone-full.zip"));
        let file = BufWriter::new(File::create(&path)?);
        let written =
            phone.export_case(case, Edition::Full, file).map_err(|error| script(&error))?;
        written.out.into_inner().map_err(|error| script(&error))?;
        verified.add(&path)?;
    }
    let Verified { files, entries, findings, .. } = verified;
    Ok(Assertion {
        id: "A13",
        title: "导出件可独立核验 / the exports verify",
        ok: findings.is_empty(),
        detail: if findings.is_empty() {
            format!("{files} files, 2 of them by phones, {entries} entries proven")
        } else {
            findings.join(", ")
        },
    })
}

fn script(error: &dyn std::fmt::Display) -> StageError {
    StageError::Script(error.to_string())
}

/// What a verifier says of the files.
struct Verified {
    root: CertificateId,
    files: usize,
    entries: usize,
    findings: Vec<String>,
}

impl Verified {
    fn add(&mut self, path: &Path) -> Result<(), StageError> {
        let read = BufReader::new(File::open(path)?);
        let report = verify(&builtin(), read, Some(self.root), &mut |_| {})
            .map_err(|error| script(&error))?;
        self.files += 1;
        self.entries += report.chains.iter().map(|chain| chain.entries).sum::<usize>();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let codes = report.codes().into_iter();
        self.findings.extend(codes.map(|code| format!("{name}: {code}")));
        Ok(())
    }
}
