//! From a path in a pack back to the place in the file it was read from, so that the pack's own
//! `validate()` can be the only place where rules about content live.

use std::collections::BTreeMap;

use lastmile_core::pack::problem::{Fault, Problem};

use super::{
    json_places,
    position::Lines,
    report::{Findings, Place},
    table::Table,
};

/// A JSON file read as text.
#[derive(Debug)]
pub struct JsonText {
    /// File name as given.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// Where a pack came from.
#[derive(Debug)]
pub enum Origin {
    /// Rows of tables: the pack itself, and each of its lists.
    Rows(Rows),
    /// A place in a JSON file: index of the file, path of the pack in it.
    Json(usize, String),
}

/// Rows of tables, as (index of the table, row).
#[derive(Debug, Default)]
pub struct Rows {
    /// The row of the pack itself.
    pub head: Option<(usize, usize)>,
    /// The rows of its lists, in the order of the pack.
    pub lists: BTreeMap<&'static str, Vec<(usize, usize)>>,
}

/// Everything read so far.
#[derive(Debug, Default)]
pub struct Sources {
    /// Tables.
    pub tables: Vec<Table>,
    /// JSON texts.
    pub jsons: Vec<JsonText>,
}

impl Sources {
    /// Notes the problems of a pack where they stand in its files.
    pub fn report(&self, origin: &Origin, problems: Vec<Problem>, findings: &mut Findings) {
        for Problem { path, code, severity, zh, en } in problems {
            self.note(origin, &path, Fault { code, severity, zh, en }, findings);
        }
    }

    /// Notes one fault at a path of a pack.
    pub fn note(&self, origin: &Origin, path: &str, fault: Fault, findings: &mut Findings) {
        if !findings.count_only(fault.severity) {
            findings.add(self.place(origin, path), path, fault);
        }
    }

    /// Where a path of a pack stands.
    pub fn place(&self, origin: &Origin, path: &str) -> Place {
        match origin {
            Origin::Rows(rows) => self.row_place(rows, path),
            Origin::Json(file, prefix) => self.json_place(*file, prefix, path),
        }
    }

    fn row_place(&self, rows: &Rows, path: &str) -> Place {
        let (row, field) = match split_index(path) {
            Some((list, index, field)) => {
                let row = rows.lists.get(list).and_then(|rows| rows.get(index));
                // A list of plain ids has one column beside the case number.
                (row.copied(), if field.is_empty() { "staff" } else { field })
            }
            None => (None, path),
        };
        let Some((table, row)) = row.or(rows.head) else {
            let anywhere = rows.lists.values().flatten().next();
            let file = anywhere.and_then(|(table, _)| self.tables.get(*table));
            return file.map_or_else(Place::default, |table| Place::file(&table.file));
        };
        self.tables.get(table).map_or_else(Place::default, |table| table.place(row, field))
    }

    fn json_place(&self, file: usize, prefix: &str, path: &str) -> Place {
        let Some(json) = self.jsons.get(file) else { return Place::default() };
        let full = match (prefix.is_empty(), path.is_empty() || path.starts_with('[')) {
            (true, _) => path.to_owned(),
            (false, true) => format!("{prefix}{path}"),
            (false, false) => format!("{prefix}.{path}"),
        };
        let at = json_places::locate(&json.text, &full);
        let (line, column) =
            Lines::of(json.text.get(..at + 1).unwrap_or(&json.text)).locate(&json.text, at);
        Place::at(&json.file, line, column)
    }
}

/// Splits `parties[2].id_no` into list, index and the rest.
fn split_index(path: &str) -> Option<(&str, usize, &str)> {
    let (list, rest) = path.split_once('[')?;
    let (index, field) = rest.split_once(']')?;
    Some((list, index.parse().ok()?, field.strip_prefix('.').unwrap_or(field)))
}
