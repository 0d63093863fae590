//! The measurements behind `make bench`, one file each, and the table they end in.

pub mod acceptance;
pub mod console;
pub mod dispatch;
pub mod export;
pub mod officer_day;
pub mod papers;
pub mod phone_store;
pub mod pictures;
pub mod positions;
pub mod signatures;
pub mod weak_link;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value as Json, json};

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// At most this much, exactly counted: missing it fails the run.
    ExactlyAtMost(f64),
    /// At most this much, measured on a machine that may be busy.
    AtMost(f64),
    /// At least this much, measured.
    AtLeast(f64),
    /// Nothing was promised.
    None,
}

impl Aim {
    fn met(self, value: f64) -> bool {
        match self {
            Self::ExactlyAtMost(limit) | Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::None => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::ExactlyAtMost(limit) | Self::AtMost(limit) => format!("<= {limit}"),
            Self::AtLeast(limit) => format!(">= {limit}"),
            Self::None => String::new(),
        }
    }
}

/// Figures by name, in the order of their names.
#[derive(Debug, Default)]
pub struct Figures(BTreeMap<&'static str, (f64, &'static str, Aim)>);

impl Figures {
    /// Notes a figure.
    pub fn note(&mut self, name: &'static str, value: f64, unit: &'static str, aim: Aim) {
        self.0.insert(name, (value, unit, aim));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names with value, unit and aim, as the report has them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Json)> + '_ {
        self.0.iter().map(|(name, (value, unit, aim))| {
            (*name, json!({"value": value, "unit": unit, "aim": aim.text()}))
        })
    }

    /// The first counted figure that misses its aim.
    pub fn missed_exact(&self) -> Option<&'static str> {
        self.0
            .iter()
            .find(|(_, (value, _, aim))| matches!(aim, Aim::ExactlyAtMost(_)) && !aim.met(*value))
            .map(|(name, _)| *name)
    }

    /// The table people read.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let _ = writeln!(table, "{:<38} {:>14} {:<8} {:<14}", "figure", "value", "unit", "aim");
        for (name, (value, unit, aim)) in &self.0 {
            let met = match aim {
                Aim::None => "",
                aim if aim.met(*value) => "met",
                _ => "MISSED",
            };
            let shown =
                if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") };
            let _ = writeln!(table, "{name:<38} {shown:>14} {unit:<8} {:<14} {met}", aim.text());
        }
        table
    }
}

/// Milliseconds of a duration.
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The `share` quantile (0.5, 0.99) of `samples`; sorts them.
pub fn quantile(samples: &mut [Duration], share: f64) -> Duration {
    samples.sort_unstable();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = ((samples.len() as f64 * share).ceil() as usize).clamp(1, samples.len().max(1)) - 1;
    samples.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aims_quantiles_and_the_table_say_what_they_mean() {
        let mut figures = Figures::default();
        figures.note("a.bytes", 76_000.0, "B", Aim::ExactlyAtMost(75_000.0));
        figures.note("b.ms", 3.0, "ms", Aim::AtMost(10.0));
        assert_eq!(figures.missed_exact(), Some("a.bytes"));
        assert!(figures.table().contains("MISSED") && figures.table().contains("met"));
        let mut samples: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut samples, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&mut samples, 0.5), Duration::from_millis(50));
    }
}
