//! Operators' tokens: hashes only, who may use them for what, and whether they still hold.

use rusqlite::OptionalExtension;

use super::{Reading, StoreError, Writing};

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Public half, hexadecimal.
    pub id: String,
    /// SHA-256 of the secret half.
    pub hash: [u8; 32],
    /// Role code.
    pub role: String,
    /// What the administrator calls it.
    pub label: String,
    /// Staff id of the one person who holds it; a screen's token is nobody's.
    pub person: Option<String>,
    /// When it was made, server clock.
    pub created_ms: i64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
}

fn token(row: &rusqlite::Row<'_>) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        role: row.get(2)?,
        label: row.get(3)?,
        created_ms: row.get(4)?,
        revoked_ms: row.get(5)?,
        person: row.get(6)?,
    })
}

impl Reading<'_> {
    /// A token by its public half, revoked or not.
    pub fn token(&self, id: &str) -> Result<Option<TokenRow>, StoreError> {
        Ok(self
            .db
            .query_row(
                "SELECT id, hash, role, label, created_ms, revoked_ms, person FROM token
                 WHERE court = ?1 AND id = ?2",
                (self.court, id),
                token,
            )
            .optional()?)
    }

    /// Every token, oldest first.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT id, hash, role, label, created_ms, revoked_ms, person FROM token
             WHERE court = ?1 ORDER BY created_ms, id",
        )?;
        let rows = statement.query_map([self.court], token)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Stores a token.
    pub fn put_token(&self, row: &TokenRow) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO token (court, id, hash, role, label, created_ms, revoked_ms, person)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                self.court,
                &row.id,
                row.hash,
                &row.role,
                &row.label,
                row.created_ms,
                row.revoked_ms,
                row.person.as_deref(),
            ),
        )?;
        Ok(())
    }

    /// Revokes a token; says whether there was one that held.
    pub fn revoke_token(&self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        let changed = self.db.execute(
            "UPDATE token SET revoked_ms = ?3
             WHERE court = ?1 AND id = ?2 AND revoked_ms IS NULL",
            (self.court, id, now_ms),
        )?;
        Ok(changed == 1)
    }
}
