//! What an import says to the person who prepared the files: where exactly, what, and how to put it
//! right. Sentences name columns and limits, never the personal data found there.

use std::fmt;

use lastmile_core::pack::problem::{Fault, Severity};
use serde::Serialize;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Place {
    /// File name as given.
    pub file: String,
    /// Line from 1; none when the file as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Character within the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

impl Place {
    /// The file as a whole.
    pub fn file(name: &str) -> Self {
        Self { file: name.to_owned(), line: None, column: None }
    }

    /// A character of the file.
    pub fn at(name: &str, line: usize, column: usize) -> Self {
        Self { file: name.to_owned(), line: Some(line), column: Some(column) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        Ok(())
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Which field, as a path into the pack or a column name; empty when none is meant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Stable code, snake case.
    pub code: &'static str,
    /// Whether it refuses the import.
    pub severity: Severity,
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Collects findings: errors and warnings each up to [`Findings::MAX`], and how many there were.
#[derive(Debug, Default)]
pub struct Findings {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    /// Errors beyond the list.
    pub more_errors: usize,
    /// Warnings beyond the list.
    pub more_warnings: usize,
}

impl Findings {
    /// Most findings kept of each severity.
    pub const MAX: usize = 200;

    /// Notes one. The same code at the same place and field is said once.
    pub fn add(&mut self, place: Place, field: impl Into<String>, fault: Fault) {
        let field = field.into();
        let (list, more) = match fault.severity {
            Severity::Error => (&mut self.errors, &mut self.more_errors),
            Severity::Warning => (&mut self.warnings, &mut self.more_warnings),
        };
        if list
            .iter()
            .any(|known| known.code == fault.code && known.place == place && known.field == field)
        {
            return;
        }
        if list.len() >= Self::MAX {
            *more += 1;
            return;
        }
        let Fault { code, severity, zh, en } = fault;
        list.push(Finding { place, field, code, severity, zh, en });
    }

    /// Counts one without keeping it when the list of its severity is full: then its place need not
    /// be looked for. False when there is room.
    pub fn count_only(&mut self, severity: Severity) -> bool {
        let (list, more) = match severity {
            Severity::Error => (&self.errors, &mut self.more_errors),
            Severity::Warning => (&self.warnings, &mut self.more_warnings),
        };
        let full = list.len() >= Self::MAX;
        *more += usize::from(full);
        full
    }

    /// Whether the import is refused.
    pub fn refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// How many errors so far.
    pub fn error_count(&self) -> usize {
        self.errors.len() + self.more_errors
    }

    /// Errors so far.
    pub fn errors(&self) -> &[Finding] {
        &self.errors
    }

    /// The errors, sorted by place.
    pub fn into_errors(self) -> ImportErrors {
        let Self { mut errors, mut warnings, more_errors, .. } = self;
        sort(&mut errors);
        sort(&mut warnings);
        ImportErrors { errors, more: more_errors, warnings }
    }

    /// The warnings, sorted by place, and how many more there were.
    pub fn into_warnings(self) -> (Vec<Finding>, usize) {
        let Self { mut warnings, more_warnings, .. } = self;
        sort(&mut warnings);
        (warnings, more_warnings)
    }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.place.file.clone(), f.place.line, f.place.column);
        key(a).cmp(&key(b))
    });
}

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("import refused: {} problems", errors.len() + more)]
pub struct ImportErrors {
    /// Up to [`Findings::MAX`] errors.
    pub errors: Vec<Finding>,
    /// Errors beyond the list.
    pub more: usize,
    /// Warnings seen on the way.
    pub warnings: Vec<Finding>,
}

impl ImportErrors {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        "import_refused"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_kept_whatever_the_number_of_warnings_and_said_once() {
        let mut findings = Findings::default();
        for line in 1..=Findings::MAX + 5 {
            findings.add(Place::at("a.csv", line, 1), "", Fault::warning("w", "", ""));
        }
        let error = || Fault::error("e", "", "");
        findings.add(Place::at("b.csv", 9, 1), "", error());
        findings.add(Place::at("b.csv", 9, 1), "", error());
        findings.add(Place::at("b.csv", 2, 1), "", error());
        assert_eq!(findings.more_warnings, 5);
        let refused = findings.into_errors();
        let lines: Vec<_> = refused.errors.iter().map(|f| f.place.line).collect();
        assert_eq!(lines, [Some(2), Some(9)]);
    }
}
