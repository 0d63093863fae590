//! Counts over the whole database, for the metrics, and the proof that it can be written.

use super::{FileFigures, Reading, RequestState, State, Store, StoreError, Writing, count};

/// How much of everything there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Changes by what became of them.
    pub changes: Vec<(State, u64)>,
    /// Rows of the tray: bytes that could not even be stored as a change.
    pub tray: u64,
    /// Records.
    pub records: u64,
    /// Open conflicts.
    pub conflicts: u64,
    /// Entries of all channels.
    pub feed_entries: u64,
    /// Leaves of the court's log.
    pub log_leaves: u64,
    /// Leaves that lie in a backup.
    pub log_backed_up: u64,
    /// Checkpoints that phones handed in and the log does not contain.
    pub log_evidence: u64,
    /// Requests for assistance that nobody has acknowledged.
    pub open_requests: u64,
    /// When the oldest of those came, server clock.
    pub oldest_open_ms: Option<i64>,
    /// Files of evidence.
    pub files: FileFigures,
}

impl Reading<'_> {
    /// Counts everything.
    pub fn figures(&self) -> Result<Figures, StoreError> {
        let changes = [State::Accepted, State::Held, State::Quarantined, State::Rejected]
            .into_iter()
            .map(|state| {
                let sql = "SELECT count(*) FROM envelope WHERE court = ?1 AND state = ?2";
                let found = self.db.query_row(sql, (self.court, state.code()), |row| row.get(0))?;
                Ok((state, count(found)))
            })
            .collect::<Result<_, StoreError>>()?;
        let (open_requests, oldest_open_ms) = self.db.query_row(
            "SELECT count(*), min(received_ms) FROM request WHERE court = ?1 AND state = ?2",
            (self.court, RequestState::Delivered.code()),
            |row| Ok((count(row.get(0)?), row.get(1)?)),
        )?;
        Ok(Figures {
            changes,
            tray: self.number("SELECT count(*) FROM tray WHERE court = ?1")?,
            records: self.number("SELECT count(*) FROM record WHERE court = ?1")?,
            conflicts: self.number("SELECT count(*) FROM conflict WHERE court = ?1")?,
            feed_entries: self
                .number("SELECT coalesce(sum(seq), 0) FROM channel WHERE court = ?1")?,
            log_leaves: self.log_size()?,
            log_backed_up: self.backed_up_through()?,
            log_evidence: self.number("SELECT count(*) FROM log_evidence WHERE court = ?1")?,
            open_requests,
            oldest_open_ms,
            files: self.file_figures()?,
        })
    }

    fn number(&self, sql: &str) -> Result<u64, StoreError> {
        Ok(count(self.db.query_row(sql, [self.court], |row| row.get(0))?))
    }
}

impl Writing<'_> {
    /// Writes something that means nothing, to find out whether writing works.
    pub fn probe(&self, now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO probe (court, written_ms) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET written_ms = excluded.written_ms",
            (self.court, now_ms),
        )?;
        Ok(())
    }
}

impl Store {
    /// Bytes on the disk: the database and its log.
    pub fn size(&self) -> u64 {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        [self.path.as_os_str(), log.as_os_str()]
            .into_iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|file| file.len())
            .sum()
    }
}
