//! Honest time: what is proven about when something was recorded. The author's envelope names the newest
//! checkpoint its phone held, so it is not older than that; the first checkpoint that covers its leaf
//! says when the court had it at the latest. A phone's own clock is only shown beside it.

use serde::Serialize;

/// When something certainly happened, as far as that is proven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// Not before: the time of the newest checkpoint its author held, milliseconds since 1970.
    pub not_before_ms: Option<i64>,
    /// Not after: the time of the first checkpoint that covers it.
    pub not_after_ms: Option<i64>,
}

impl Interval {
    /// How far a clock's `ms` lies outside: negative before, positive after, zero within. Whoever
    /// shows the clock shows this with it.
    pub fn skew(&self, ms: i64) -> i64 {
        match (self.not_before_ms, self.not_after_ms) {
            (Some(begin), _) if ms < begin => ms.saturating_sub(begin),
            (_, Some(end)) if ms > end => ms.saturating_sub(end),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_measured_against_what_is_proven() {
        let both = Interval { not_before_ms: Some(100), not_after_ms: Some(200) };
        assert_eq!([50, 100, 150, 200, 260].map(|ms| both.skew(ms)), [-50, 0, 0, 0, 60]);
        let open = Interval { not_before_ms: None, not_after_ms: Some(200) };
        assert_eq!([i64::MIN, 200, 201].map(|ms| open.skew(ms)), [0, 0, 1]);
        assert_eq!(Interval::default().skew(7), 0);
        assert_eq!(both.skew(i64::MIN), i64::MIN, "no overflow");
    }
}
