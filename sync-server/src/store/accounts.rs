//! Accounts of people at the console, and their sessions: hashes only.

use rusqlite::OptionalExtension;

use super::{Reading, StoreError, Writing};
use crate::accounts::session::{IDLE_MS, MOST_MS, SessionRow};

/// A stored account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Staff id.
    pub person: String,
    /// What is kept of the password ([`crate::accounts::password`]).
    pub password: String,
    /// Secret of the authenticator app.
    pub totp: Option<Vec<u8>>,
    /// Step of the last one-time code that was used.
    pub totp_step: i64,
    /// When password or app were last set, server clock.
    pub changed_ms: i64,
}

fn account(row: &rusqlite::Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        person: row.get(0)?,
        password: row.get(1)?,
        totp: row.get(2)?,
        totp_step: row.get(3)?,
        changed_ms: row.get(4)?,
    })
}

const ACCOUNT: &str = "SELECT person, password, totp, totp_step, changed_ms FROM account";

impl Reading<'_> {
    /// A person's account.
    pub fn account(&self, person: &str) -> Result<Option<AccountRow>, StoreError> {
        let sql = format!("{ACCOUNT} WHERE court = ?1 AND person = ?2");
        Ok(self.db.query_row(&sql, (self.court, person), account).optional()?)
    }

    /// Every account, by person.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        let sql = format!("{ACCOUNT} WHERE court = ?1 ORDER BY person");
        let mut statement = self.db.prepare(&sql)?;
        let rows = statement.query_map([self.court], account)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A session by the hash of its secret, ended or not.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let sql = "SELECT hash, person, begun_ms, seen_ms FROM session
            WHERE court = ?1 AND hash = ?2";
        let session = |row: &rusqlite::Row<'_>| {
            Ok(SessionRow {
                hash: row.get(0)?,
                person: row.get(1)?,
                begun_ms: row.get(2)?,
                seen_ms: row.get(3)?,
            })
        };
        Ok(self.db.query_row(sql, (self.court, hash), session).optional()?)
    }
}

impl Writing<'_> {
    /// Stores an account in place of the person's earlier one.
    pub fn put_account(&self, row: &AccountRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO account (court, person, password, totp, totp_step, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (court, person) DO UPDATE SET password = excluded.password,
               totp = excluded.totp, totp_step = excluded.totp_step,
               changed_ms = excluded.changed_ms",
            (self.court, &row.person, &row.password, &row.totp, row.totp_step, row.changed_ms),
        )?;
        Ok(())
    }

    /// Notes that the one-time code of `step` was used; says whether it is later than all used before.
    pub fn use_code(&self, person: &str, step: i64) -> Result<bool, StoreError> {
        let used = self.db.execute(
            "UPDATE account SET totp_step = ?3
             WHERE court = ?1 AND person = ?2 AND totp_step < ?3",
            (self.court, person, step),
        )?;
        Ok(used == 1)
    }

    /// Takes an account away, with its sessions; says whether there was one.
    pub fn remove_account(&self, person: &str) -> Result<bool, StoreError> {
        self.end_sessions_of(person)?;
        let sql = "DELETE FROM account WHERE court = ?1 AND person = ?2";
        Ok(self.db.execute(sql, (self.court, person))? == 1)
    }

    /// Stores a new session.
    pub fn put_session(&self, row: &SessionRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO session (court, hash, person, begun_ms, seen_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (self.court, row.hash, &row.person, row.begun_ms, row.seen_ms),
        )?;
        Ok(())
    }

    /// Notes that a session was used again. One that was ended meanwhile stays ended.
    pub fn use_session(&self, hash: &[u8; 32], now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE session SET seen_ms = ?3 WHERE court = ?1 AND hash = ?2";
        self.db.execute(sql, (self.court, hash, now_ms))?;
        Ok(())
    }

    /// Ends a session.
    pub fn end_session(&self, hash: &[u8; 32]) -> Result<(), StoreError> {
        let sql = "DELETE FROM session WHERE court = ?1 AND hash = ?2";
        self.db.execute(sql, (self.court, hash))?;
        Ok(())
    }

    /// Ends all sessions of a person.
    pub fn end_sessions_of(&self, person: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM session WHERE court = ?1 AND person = ?2";
        self.db.execute(sql, (self.court, person))?;
        Ok(())
    }

    /// Forgets sessions that have ended.
    pub fn end_old_sessions(&self, now_ms: i64) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM session WHERE court = ?1 AND (seen_ms <= ?2 OR begun_ms <= ?3)",
            (self.court, now_ms - IDLE_MS, now_ms - MOST_MS),
        )?;
        Ok(())
    }
}
