//! What the answers have in common: pages and times.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::place;

/// A point in time, for people and for programs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Moment {
    /// RFC 3339 in China's time, `+08:00`. Absent when the clock said something beyond all years.
    #[schema(format = "date-time", example = "2026-03-17T08:30:00.000+08:00")]
    pub at: Option<String>,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub ms: i64,
}

impl Moment {
    /// The moment `ms` milliseconds after 1970-01-01T00:00:00Z.
    pub(in crate::http) fn of(ms: i64) -> Self {
        let china = TimeZone::fixed(tz::offset(8));
        let at = Timestamp::from_millisecond(ms)
            .ok()
            .map(|time| time.to_zoned(china).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string());
        Self { at, ms }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Page<T: ToSchema> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins (`after`); absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: ToSchema> Page<T> {
    /// A page of at most `limit` rows, from rows of which one more was read when there is one.
    pub(in crate::http) fn of<R, P: Serialize>(
        mut rows: Vec<R>,
        limit: usize,
        key: impl FnOnce(&R) -> P,
        show: impl FnMut(R) -> T,
    ) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).and_then(|last| place(&key(last)));
        Self { items: rows.into_iter().map(show).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_china_time_and_impossible_ones_only_a_number() {
        let said = Moment::of(1_773_701_400_000).at;
        assert_eq!(said.as_deref(), Some("2026-03-17T06:50:00.000+08:00"));
        assert_eq!(Moment::of(i64::MAX).at, None);
    }
}
