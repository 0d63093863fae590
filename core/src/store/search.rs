//! Full-text search that finds names of two characters, rare characters and any part of a plate.
//!
//! The index holds every single character of the folded text, every two neighbours, and of ASCII
//! words every three. A query asks for the longest of these its words consist of, always as whole
//! tokens: FTS5 then walks the lists side by side and stops at the limit, where a prefix search would
//! first gather every match. A candidate counts only if the folded text really contains each word of
//! the query. Newest entries come first, because ranking would have to read every match.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::{
    ReadTx, StoreError, WriteTx,
    fold::{fold, head, runs},
};

/// Characters of a text that are searched; what lies behind is not.
pub const MAX_SEARCH_TEXT: usize = 2_048;
/// Characters of a query that count.
const MAX_QUERY: usize = 64;
/// Candidates looked at before a search gives what it has.
const MAX_CANDIDATES: usize = 5_000;

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Kind given to [`WriteTx::index`].
    pub kind: String,
    /// Target given to it.
    pub target: Vec<u8>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// What was found, newest first.
    pub hits: Vec<SearchHit>,
    /// There may be more: the limit was reached, or the query fits too much to look at all of it.
    pub more: bool,
}

pub(super) const FIND: &str = "
    SELECT findable.kind, findable.target, findable.folded FROM found
    CROSS JOIN findable ON findable.row = found.rowid
    WHERE found MATCH ?1 ORDER BY found.rowid DESC";

impl ReadTx<'_> {
    /// Finds what contains every word of `query`, newest first, at most `limit`. Whatever stands in the
    /// query is text to be found, never syntax; a query without letters and digits finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Result<Found, StoreError> {
        let folded = fold(query, MAX_QUERY);
        let mut found = Found::default();
        let Some(expression) = match_expression(&folded) else { return Ok(found) };
        let mut statement = self.sql.prepare(FIND)?;
        let mut candidates = statement.query([expression])?;
        let mut seen = 0;
        while let Some(row) = candidates.next()? {
            if found.hits.len() >= limit || seen >= MAX_CANDIDATES {
                found.more = true;
                break;
            }
            seen += 1;
            let text: String = row.get(2)?;
            if folded.split(' ').all(|word| text.contains(word)) {
                found.hits.push(SearchHit { kind: row.get(0)?, target: row.get(1)? });
            }
        }
        Ok(found)
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
        let folded = fold(text, MAX_SEARCH_TEXT);
        // Most saves change a number or a time, not a word: then there is nothing to write.
        let sql = "SELECT EXISTS (SELECT 1 FROM findable
            WHERE kind = ?1 AND target = ?2 AND channel IS ?3 AND folded = ?4)";
        if self.sql.query_row(sql, params![kind, target, channel, folded], |row| row.get(0))? {
            return Ok(());
        }
        self.unindex(kind, target)?;
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

/// Characters of the longest token in a run: digits and letters are few, so three of them say little
/// more than two of Chinese.
fn longest(run: &str) -> usize {
    if run.starts_with(|c: char| c.is_ascii()) { 3 } else { 2 }
}

/// Every `width` neighbours of a run.
fn grams(run: &str, width: usize) -> impl Iterator<Item = &str> {
    run.char_indices()
        .map(move |(at, _)| head(&run[at..], width))
        .filter(move |gram| gram.chars().count() == width)
}

/// The tokens of a folded text, separated by spaces.
fn tokens(folded: &str) -> String {
    let mut tokens = BTreeSet::new();
    for run in runs(folded) {
        tokens.extend((1..=longest(run)).flat_map(|width| grams(run, width)));
    }
    tokens.into_iter().collect::<Vec<_>>().join(" ")
}

/// The FTS5 expression that every match satisfies: the query's tokens as quoted strings. Folded text
/// holds no quotation marks, so nothing in it can end a string.
fn match_expression(folded: &str) -> Option<String> {
    let mut terms = BTreeSet::new();
    for run in runs(folded) {
        terms.extend(grams(run, longest(run).min(run.chars().count())));
    }
    let quoted: Vec<_> = terms.iter().map(|term| format!("\"{term}\"")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}
