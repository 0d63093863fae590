//! How much waits, for the status line, and the thorough check a person asks for. Opening never runs
//! the check: it reads the whole file.

use super::{ReadTx, StoreError, column::Unsigned};

/// What is not yet where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Changes that wait for their signature.
    pub unsigned: u64,
    /// Signed changes the server is not known to have.
    pub pending: u64,
    /// Held or quarantined changes.
    pub held: u64,
    /// Open rows of the tray.
    pub tray: u64,
    /// Originals to upload.
    pub originals: u64,
}

pub(super) const COUNTS: [&str; 5] = [
    "SELECT count(*) FROM log WHERE state = 'unsigned'",
    "SELECT count(*) FROM log WHERE on_server = 0 AND state IN ('signed', 'held')",
    "SELECT count(*) FROM log WHERE state IN ('held', 'quarantined')",
    "SELECT count(*) FROM tray WHERE outcome = 'open'",
    "SELECT count(*) FROM blobs WHERE state IN ('local', 'uploading', 'differs')",
];

impl ReadTx<'_> {
    /// Counts what waits.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        let mut counts = [0; COUNTS.len()];
        for (count, sql) in counts.iter_mut().zip(COUNTS) {
            *count = self.sql.query_row(sql, [], |row| row.get::<_, Unsigned>(0))?.0;
        }
        let [unsigned, pending, held, tray, originals] = counts;
        Ok(Backlog { unsigned, pending, held, tray, originals })
    }

    /// Reads the whole store and names what is wrong with it, at most 100 findings; empty is good.
    /// Findings name tables and pages, never content.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let mut findings: Vec<String> =
            self.rows("PRAGMA integrity_check(100)", [], |row| row.get(0))?;
        findings.retain(|finding| finding != "ok");
        let orphans = self.rows("PRAGMA foreign_key_check", [], |row| {
            Ok(format!("{} without {}", row.get::<_, String>(0)?, row.get::<_, String>(2)?))
        })?;
        findings.extend(orphans.into_iter().take(100));
        Ok(findings)
    }
}
