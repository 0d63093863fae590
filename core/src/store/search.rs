//! Full-text search that finds names of two characters, rare characters and any part of a plate.
//!
//! The index holds, for every position of the folded text, what begins there, cut short: two
//! characters of Chinese, [`WORD`] characters of an ASCII word. Every query term is then a prefix of a
//! token, and the prefixes of one and two characters have an index of their own. A candidate counts
//! only if the folded text really contains each word of the query, so that the index may be coarse.
//! Newest entries come first, because ranking would have to read every match.

use rusqlite::{OptionalExtension as _, params};

use super::{
    ReadTx, StoreError, WriteTx,
    fold::{fold, head, runs},
};

/// Characters of a text that are searched; what lies behind is not.
pub const MAX_SEARCH_TEXT: usize = 2_048;
/// Characters of a query that count.
const MAX_QUERY: usize = 64;
/// Characters of an ASCII token.
const WORD: usize = 12;
/// Candidates looked at before a search gives what it has.
const MAX_CANDIDATES: usize = 2_000;

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Kind given to [`WriteTx::index`].
    pub kind: String,
    /// Target given to it.
    pub target: Vec<u8>,
}

pub(super) const FIND: &str = "
    SELECT findable.kind, findable.target, findable.folded FROM found
    CROSS JOIN findable ON findable.row = found.rowid
    WHERE found MATCH ?1 ORDER BY found.rowid DESC";

impl ReadTx<'_> {
    /// Finds what contains every word of `query`, newest first, at most `limit`. Whatever stands in the
    /// query is text to be found, never syntax; a query without letters and digits finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError> {
        let folded = fold(query, MAX_QUERY);
        let Some(expression) = match_expression(&folded) else {
            return Ok(Vec::new());
        };
        let mut statement = self.sql.prepare(FIND)?;
        let mut candidates = statement.query([expression])?;
        let mut hits = Vec::new();
        let mut seen = 0;
        while hits.len() < limit
            && seen < MAX_CANDIDATES
            && let Some(row) = candidates.next()?
        {
            seen += 1;
            let text: String = row.get(2)?;
            if folded.split(' ').all(|word| text.contains(word)) {
                hits.push(SearchHit { kind: row.get(0)?, target: row.get(1)? });
            }
        }
        Ok(hits)
    }
}

impl WriteTx<'_> {
    /// Makes a target findable by `text`, in place of what it was findable by. `kind` and `target` (1 to
    /// 128 bytes: a document id, a party's id) come back in the hit; `channel` lets a purge forget it.
    pub fn index(
        &self,
        kind: &str,
        target: &[u8],
        channel: Option<&str>,
        text: &str,
    ) -> Result<(), StoreError> {
        self.unindex(kind, target)?;
        let folded = fold(text, MAX_SEARCH_TEXT);
        self.sql.execute(
            "INSERT INTO findable (kind, target, channel, folded) VALUES (?1, ?2, ?3, ?4)",
            params![kind, target, channel, folded],
        )?;
        let row = self.sql.last_insert_rowid();
        self.sql.execute(
            "INSERT INTO found (rowid, tokens) VALUES (?1, ?2)",
            params![row, tokens(&folded)],
        )?;
        Ok(())
    }

    /// Makes a target no longer findable; gives whether it was.
    pub fn unindex(&self, kind: &str, target: &[u8]) -> Result<bool, StoreError> {
        let sql = "DELETE FROM findable WHERE kind = ?1 AND target = ?2 RETURNING row";
        let row: Option<i64> =
            self.sql.query_row(sql, params![kind, target], |row| row.get(0)).optional()?;
        if let Some(row) = row {
            self.sql.execute("DELETE FROM found WHERE rowid = ?1", [row])?;
        }
        Ok(row.is_some())
    }

    pub(super) fn unindex_channel(&self, channel: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM findable WHERE channel = ?1 RETURNING row";
        for row in self.rows(sql, [channel], |row| row.get::<_, i64>(0))? {
            self.sql.execute("DELETE FROM found WHERE rowid = ?1", [row])?;
        }
        Ok(())
    }

    pub(super) fn clear_search(&self) -> Result<(), StoreError> {
        self.sql.execute("DELETE FROM findable", [])?;
        self.sql.execute("INSERT INTO found (found) VALUES ('delete-all')", [])?;
        Ok(())
    }
}

/// Characters of a token in a run.
fn width(run: &str) -> usize {
    if run.starts_with(|c: char| c.is_ascii()) { WORD } else { 2 }
}

/// The tokens of a folded text, separated by spaces.
fn tokens(folded: &str) -> String {
    let mut tokens = String::with_capacity(folded.len() * 3);
    for run in runs(folded) {
        for (start, _) in run.char_indices() {
            tokens.push_str(head(&run[start..], width(run)));
            tokens.push(' ');
        }
    }
    tokens
}

/// The FTS5 expression that every match satisfies: the query's tokens as quoted prefixes. Folded text
/// holds no quotation marks, so nothing in it can end a string.
fn match_expression(folded: &str) -> Option<String> {
    let mut terms: Vec<&str> = Vec::new();
    for run in runs(folded) {
        let width = width(run);
        let last = run.chars().count().saturating_sub(width);
        // A long run needs its whole tokens only; a short one is itself a prefix.
        terms.extend(run.char_indices().map(|(at, _)| head(&run[at..], width)).take(last + 1));
    }
    terms.sort_unstable();
    terms.dedup();
    (!terms.is_empty())
        .then(|| terms.iter().map(|term| format!("\"{term}\"*")).collect::<Vec<_>>().join(" "))
}
