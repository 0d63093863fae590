//! Where randomised tests get their seeds, and how a failing one is named. A test loops over [`seeds`] and holds a
//! [`Seed`] while it works; if it panics, the guard prints the line that repeats the failure.

use std::fmt;

/// The environment variable that replaces a test's default seeds by one.
pub const VARIABLE: &str = "LASTMILE_SEED";

/// One seed under test. Prints itself if the test panics while it is held.
#[derive(Debug)]
pub struct Seed {
    value: u64,
    test: &'static str,
}

impl Seed {
    /// A guard for `value` in the test called `test`.
    pub fn new(test: &'static str, value: u64) -> Self {
        Self { value, test }
    }

    /// The number to seed generators with.
    pub fn value(&self) -> u64 {
        self.value
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VARIABLE}={} repeats {}", self.value, self.test)
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed: {self}");
        }
    }
}

/// The seeds a test runs with: the one in `LASTMILE_SEED`, else its own list.
///
/// # Panics
/// If the variable is set to something that is not a number.
pub fn seeds(
    test: &'static str,
    default: impl IntoIterator<Item = u64>,
) -> impl Iterator<Item = Seed> {
    chosen(std::env::var(VARIABLE).ok().as_deref(), default)
        .into_iter()
        .map(move |value| Seed::new(test, value))
}

fn chosen(variable: Option<&str>, default: impl IntoIterator<Item = u64>) -> Vec<u64> {
    match variable {
        Some(text) => vec![
            text.trim()
                .parse()
                .unwrap_or_else(|_| panic!("{VARIABLE} must be a number, got {text:?}")),
        ],
        None => default.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_wins_over_the_list() {
        assert_eq!(chosen(None, 1..4), [1, 2, 3]);
        assert_eq!(chosen(Some(" 77\n"), 1..4), [77]);
    }

    #[test]
    #[should_panic(expected = "must be a number")]
    fn a_bad_variable_is_not_ignored() {
        chosen(Some("seven"), 1..4);
    }

    #[test]
    fn the_line_to_repeat_names_test_and_seed() {
        assert_eq!(Seed::new("merge", 5).to_string(), "LASTMILE_SEED=5 repeats merge");
    }
}
