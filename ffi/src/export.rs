//! A case as one file that proves itself, written without the court.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use lastmile_core::export;

use crate::error::LastmileError;
use crate::open::Phone;
use crate::photos::disk;
use crate::work::run;

/// For whom the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Edition {
    /// Everything: for a higher court, an auditor.
    Full,
    /// For the other side: without what it may not see, of which the hashes remain.
    Party,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseExport {
    /// Size of the file, bytes.
    pub bytes: u64,
    /// Changes of the case on this phone that the court does not have yet, and that are not in the file.
    pub left_out: u64,
}

#[uniffi::export]
impl Phone {
    /// Writes the file of a case to `path`, signed with the key of the person signed in. Seconds, longer
    /// with many photos. After a failure, what was begun is deleted.
    ///
    /// Errors: `Refused` (`export_not_whole`: sync first; `export_role`, `case_unknown`...), `Key`,
    /// `Store`; `Input` when the file cannot be made.
    pub async fn export_case(
        self: Arc<Self>,
        case_no: String,
        edition: Edition,
        path: String,
    ) -> Result<CaseExport, LastmileError> {
        run(move || {
            let file = File::create_new(&path).map_err(|_| LastmileError::input("path"))?;
            let written = self.write_case(&case_no, edition, file);
            if written.is_err() {
                // The failure is what the caller hears of.
                let _ = std::fs::remove_file(&path);
            }
            written
        })
        .await
    }
}

impl Phone {
    fn write_case(
        &self,
        case_no: &str,
        edition: Edition,
        file: File,
    ) -> Result<CaseExport, LastmileError> {
        let edition = match edition {
            Edition::Full => export::Edition::Full,
            Edition::Party => export::Edition::Party,
        };
        let mut done = self.core.export_case(case_no, edition, BufWriter::new(file))?;
        done.out.flush().map_err(disk)?;
        let file = done.out.get_ref();
        file.sync_all().map_err(disk)?;
        let bytes = file.metadata().map_err(disk)?.len();
        Ok(CaseExport { bytes, left_out: done.left_out })
    }
}
