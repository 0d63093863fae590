//! What was signed lately, whatever record it belongs to: each envelope's body says where its author was.

use super::{Reading, State, StoreError};

/// Who wrote an accepted change, and its signed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBody {
    /// Author.
    pub person: String,
    /// The envelope's body.
    pub body: Vec<u8>,
    /// When it came, server clock.
    pub received_ms: i64,
}

/// Changes looked at for where people were, at most.
const LATEST: i64 = 5_000;

impl Reading<'_> {
    /// Accepted changes that came since `since_ms`, the latest first, of the last [`LATEST`].
    pub fn bodies_since(&self, since_ms: i64) -> Result<Vec<SignedBody>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT person, body, received_ms, state FROM envelope
             WHERE court = ?1 ORDER BY arrival DESC LIMIT ?2",
        )?;
        let mut rows = statement.query((self.court, LATEST))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let received_ms = row.get(2)?;
            // They come in the order of arrival.
            if received_ms < since_ms {
                break;
            }
            if row.get::<_, String>(3)? == State::Accepted.code() {
                found.push(SignedBody { person: row.get(0)?, body: row.get(1)?, received_ms });
            }
        }
        Ok(found)
    }
}
