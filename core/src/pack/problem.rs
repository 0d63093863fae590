//! What is wrong with a pack, said so that the person who prepared the data can repair it: where
//! (a path into the pack), what (a stable code) and a sentence in both languages. Sentences name
//! fields and limits, never the personal data found there.

use std::fmt;

use serde::Serialize;

/// Whether a problem refuses the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Accepted, but a person should look: papers contain errors too (domain sheet, section 5).
    Warning,
    /// The pack is refused.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path into the pack, `parties[2].id_no`; empty for the pack as a whole.
    pub path: String,
    /// Stable code, snake case.
    pub code: &'static str,
    /// Whether it refuses the pack.
    pub severity: Severity,
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.en, self.code)
    }
}

/// A code and its sentence before a path is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, snake case.
    pub code: &'static str,
    /// Whether it refuses the pack.
    pub severity: Severity,
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Fault {
    /// A fault that refuses.
    pub fn error(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, zh: zh.into(), en: en.into() }
    }

    /// A fault that is only reported.
    pub fn warning(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, zh: zh.into(), en: en.into() }
    }

    /// The same fault at a path.
    pub fn at(self, path: impl Into<String>) -> Problem {
        Problem {
            path: path.into(),
            code: self.code,
            severity: self.severity,
            zh: self.zh,
            en: self.en,
        }
    }
}

/// Collects problems, at most [`Checker::MAX`]: a broken file of 200,000 rows must not become a
/// report of millions of lines.
#[derive(Debug, Default)]
pub struct Checker {
    problems: Vec<Problem>,
}

impl Checker {
    /// Most problems kept.
    pub const MAX: usize = 200;

    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault. An error takes the place of a warning when the list is full, so that a
    /// refusal is never lost behind warnings.
    pub fn add(&mut self, path: impl Into<String>, fault: Fault) {
        if self.problems.len() >= Self::MAX {
            if fault.severity == Severity::Warning {
                return;
            }
            let Some(warning) = self.problems.iter().rposition(|p| p.severity == Severity::Warning)
            else {
                return;
            };
            self.problems.remove(warning);
        }
        self.problems.push(fault.at(path));
    }

    /// Notes a fault, if there is one.
    pub fn add_some(&mut self, path: impl Into<String>, fault: Option<Fault>) {
        if let Some(fault) = fault {
            self.add(path, fault);
        }
    }

    /// What was found, in the order it was found.
    pub fn finish(self) -> Vec<Problem> {
        self.problems
    }
}

/// Whether any of `problems` refuses the pack.
pub fn refuses(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_never_lost_behind_warnings() {
        let mut checker = Checker::new();
        for _ in 0..Checker::MAX + 50 {
            checker.add("a", Fault::warning("w", "", ""));
        }
        checker.add("b", Fault::error("e", "", ""));
        let problems = checker.finish();
        assert_eq!(problems.len(), Checker::MAX);
        assert!(refuses(&problems));
    }
}
