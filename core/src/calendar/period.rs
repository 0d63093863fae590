//! Periods (期间) of L-CPL 85 and when they end. The reading of the article is in the module above.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{HolidayTable, NotCovered};
use crate::identifier::date_time::CHINA;

/// The length of a period in days or longer. Hours have no last day: see [`end_of_hours`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Calendar days (日), 1 to 36,600.
    Days(u32),
    /// Months (月), 1 to 1,200.
    Months(u32),
    /// Years (年), 1 to 100.
    Years(u32),
    /// Working days (工作日), 1 to 1,000.
    WorkingDays(u32),
}

/// When a period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The last day on which the act is in time.
    pub date: Date,
    /// Where the plain count ends, before moving off a day of rest.
    pub counted_to: Date,
}

impl Deadline {
    /// Whether the last day fell on a day of rest and the period ends later for it.
    pub fn moved(&self) -> bool {
        self.date != self.counted_to
    }

    /// Days left on `today`: 0 on the last day, negative when it has passed.
    pub fn days_left(&self, today: Date) -> i32 {
        days_between(today, self.date)
    }
}

/// Why a period has no known end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The holiday table does not reach far enough to tell.
    #[error("{missing}; the plain count ends on {counted_to}")]
    NotCovered {
        /// The day that could not be judged.
        missing: NotCovered,
        /// Where the plain count ends, or stood when the table ended: the deadline is not earlier.
        counted_to: Date,
    },
    /// Zero, or longer than any period of the law.
    #[error("a period must be at least one and at most a century long")]
    Length,
}

impl PeriodError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotCovered { missing, .. } => missing.code(),
            Self::Length => "period_length",
        }
    }

    /// The sentence an officer reads.
    pub fn zh(&self) -> String {
        match self {
            Self::NotCovered { missing, counted_to } => {
                format!("按日历计至{counted_to},是否顺延无法确定:{}", missing.zh())
            }
            Self::Length => "期间长度有误,请核对。".to_owned(),
        }
    }
}

impl HolidayTable {
    /// When a period that begins on `start` ends. The day of `start` is not counted.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use lastmile_core::calendar::{HolidayTable, Period};
    ///
    /// let table = HolidayTable::builtin().unwrap();
    /// let end = table.end_of(date(2026, 3, 17), Period::Days(30)).unwrap();
    /// assert_eq!(end.date, date(2026, 4, 16));
    /// ```
    pub fn end_of(&self, start: Date, period: Period) -> Result<Deadline, PeriodError> {
        let counted_to = match period {
            Period::WorkingDays(days) => return self.end_of_working_days(start, days),
            Period::Days(days @ 1..=36_600) => start.checked_add(i64::from(days).days()),
            // The day of the same number, or the month's last.
            Period::Months(months @ 1..=1_200) => start.checked_add(i64::from(months).months()),
            Period::Years(years @ 1..=100) => start.checked_add(i64::from(years).years()),
            Period::Days(_) | Period::Months(_) | Period::Years(_) => {
                return Err(PeriodError::Length);
            }
        }
        .map_err(|_| PeriodError::Length)?;
        let date = self
            .working_day_from(counted_to)
            .map_err(|missing| PeriodError::NotCovered { missing, counted_to })?;
        Ok(Deadline { date, counted_to })
    }

    fn end_of_working_days(&self, start: Date, days: u32) -> Result<Deadline, PeriodError> {
        if !(1..=1_000).contains(&days) {
            return Err(PeriodError::Length);
        }
        let mut day = start;
        let mut left = days;
        while left > 0 {
            let counted_to = day;
            day = day.tomorrow().map_err(|_| PeriodError::Length)?;
            let working = self
                .is_working_day(day)
                .map_err(|missing| PeriodError::NotCovered { missing, counted_to })?;
            left -= u32::from(working);
        }
        Ok(Deadline { date: day, counted_to: day })
    }
}

/// When a period of hours ends. There are two honest answers, and a screen warns by the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourDeadline {
    /// The hours after the exact moment: what a timer shows and warns by.
    pub elapsed: Timestamp,
    /// The end after article 85, which does not count the hour the period begins in: a period of 24
    /// hours that begins at 09:05 ends at 10:00 the next day.
    pub lawful: Timestamp,
}

/// When a period of `hours` that begins at `start` ends; 1 to 8,760 hours. Never moved off a day of
/// rest: telling a detained person's family within 24 hours does not wait for Monday.
pub fn end_of_hours(start: Timestamp, hours: u32) -> Result<HourDeadline, PeriodError> {
    if !(1..=8_760).contains(&hours) {
        return Err(PeriodError::Length);
    }
    let add = |from: Timestamp| from.checked_add(i64::from(hours).hours());
    let local = CHINA.to_datetime(start);
    let into_hour = i64::from(local.minute()) * 60_000_000_000
        + i64::from(local.second()) * 1_000_000_000
        + i64::from(local.subsec_nanosecond());
    let next_hour = start.checked_add((3_600_000_000_000 - into_hour).nanoseconds());
    let lawful = next_hour.and_then(add).map_err(|_| PeriodError::Length)?;
    Ok(HourDeadline { elapsed: add(start).map_err(|_| PeriodError::Length)?, lawful })
}

/// Days from `from` to `to`, negative when `to` is earlier.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    // Dates of the calendar library are at most 20,000 years apart.
    i32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::LazyLock;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    static TABLE: LazyLock<HolidayTable> = LazyLock::new(|| HolidayTable::builtin().unwrap());

    fn end(start: Date, period: Period) -> Deadline {
        TABLE.end_of(start, period).unwrap()
    }

    #[test]
    fn the_worked_examples_of_the_domain_sheet() {
        let start = date(2026, 3, 17);
        assert_eq!(end(start, Period::Days(30)).date, date(2026, 4, 16));
        assert_eq!(end(start, Period::WorkingDays(3)).date, date(2026, 3, 20));
        assert_eq!(end(date(2026, 3, 10), Period::WorkingDays(2)).date, date(2026, 3, 12));
    }

    #[test]
    fn the_last_day_moves_off_days_of_rest_and_only_the_last() {
        for (start, period, counted, due) in [
            // Into the Spring Festival of 2026 (15 to 23 February).
            (date(2026, 2, 1), Period::Days(15), date(2026, 2, 16), date(2026, 2, 24)),
            // The festival in the middle of the period counts.
            (date(2026, 2, 10), Period::Days(15), date(2026, 2, 25), date(2026, 2, 25)),
            // A Saturday that the notice makes a workday is an ordinary day.
            (date(2026, 2, 4), Period::Days(10), date(2026, 2, 14), date(2026, 2, 14)),
            // An ordinary Saturday moves to Monday.
            (date(2026, 3, 11), Period::Days(10), date(2026, 3, 21), date(2026, 3, 23)),
            // National Day: Saturday 3 October to Thursday 8 October.
            (date(2026, 9, 3), Period::Days(30), date(2026, 10, 3), date(2026, 10, 8)),
            // A Sunday before a festival's first day off: the run is passed as a whole.
            (date(2019, 1, 26), Period::Days(9), date(2019, 2, 4), date(2019, 2, 11)),
        ] {
            let deadline = end(start, period);
            assert_eq!((deadline.counted_to, deadline.date), (counted, due), "{start} {period:?}");
            assert_eq!(deadline.moved(), counted != due);
        }
    }

    #[test]
    fn month_ends_and_leap_days() {
        for (start, period, due) in [
            (date(2025, 1, 31), Period::Months(1), date(2025, 2, 28)),
            (date(2024, 1, 31), Period::Months(1), date(2024, 2, 29)),
            // 28 February 2026 is a make-up Saturday: it stays.
            (date(2026, 1, 31), Period::Months(1), date(2026, 2, 28)),
            (date(2024, 2, 29), Period::Years(1), date(2025, 2, 28)),
            (date(2020, 2, 29), Period::Years(4), date(2024, 2, 29)),
            (date(2026, 3, 31), Period::Months(6), date(2026, 9, 30)),
            (date(2024, 8, 30), Period::Months(6), date(2025, 2, 28)),
            (date(2024, 3, 17), Period::Years(2), date(2026, 3, 17)),
        ] {
            assert_eq!(end(start, period).date, due, "{start} {period:?}");
        }
    }

    #[test]
    fn working_days_skip_the_festival_and_count_the_make_up_days() {
        assert_eq!(end(date(2026, 2, 12), Period::WorkingDays(3)).date, date(2026, 2, 24));
        assert_eq!(end(date(2026, 2, 26), Period::WorkingDays(3)).date, date(2026, 3, 2));
        assert_eq!(end(date(2026, 9, 30), Period::WorkingDays(3)).date, date(2026, 10, 10));
    }

    #[test]
    fn where_the_table_ends_the_answer_says_so() {
        let table = HolidayTable::builtin().unwrap();
        let error = table.end_of(date(2026, 12, 1), Period::Days(30)).unwrap_err();
        let day = date(2026, 12, 31);
        assert_eq!(error, PeriodError::NotCovered { missing: NotCovered { day }, counted_to: day });
        assert_eq!(error.code(), "calendar_not_covered");
        assert!(error.zh().contains("按日历计至2026-12-31"));
        assert!(table.end_of(date(2026, 12, 23), Period::WorkingDays(3)).is_err());
        assert!(table.end_of(date(2003, 1, 1), Period::Days(1)).is_err());
        for period in [
            Period::Days(0),
            Period::Days(36_601),
            Period::Months(0),
            Period::Years(101),
            Period::WorkingDays(0),
            Period::WorkingDays(u32::MAX),
        ] {
            assert_eq!(table.end_of(date(2026, 3, 17), period), Err(PeriodError::Length));
        }
        assert_eq!(table.end_of(Date::MAX, Period::Days(1)), Err(PeriodError::Length));
    }

    #[test]
    fn hours_leave_out_the_hour_they_begin_in() {
        for (start, elapsed, lawful) in [
            ("2026-03-17T09:05:00+08:00", "2026-03-18T09:05:00+08:00", "2026-03-18T10:00:00+08:00"),
            ("2026-03-17T09:00:00+08:00", "2026-03-18T09:00:00+08:00", "2026-03-18T10:00:00+08:00"),
            (
                "2026-03-17T23:59:59.999+08:00",
                "2026-03-18T23:59:59.999+08:00",
                "2026-03-19T00:00:00+08:00",
            ),
            // Friday evening before a weekend: not moved.
            ("2026-03-20T18:30:00+08:00", "2026-03-21T18:30:00+08:00", "2026-03-21T19:00:00+08:00"),
        ] {
            let end = end_of_hours(start.parse().unwrap(), 24).unwrap();
            assert_eq!(
                (end.elapsed, end.lawful),
                (elapsed.parse().unwrap(), lawful.parse().unwrap())
            );
        }
        assert_eq!(end_of_hours(Timestamp::MAX, 24), Err(PeriodError::Length));
        assert_eq!(end_of_hours(Timestamp::MIN, 0), Err(PeriodError::Length));
    }

    #[test]
    fn days_left() {
        let deadline = end(date(2026, 3, 17), Period::Days(30));
        assert_eq!(deadline.days_left(date(2026, 4, 15)), 1);
        assert_eq!(deadline.days_left(date(2026, 4, 16)), 0);
        assert_eq!(deadline.days_left(date(2026, 4, 18)), -2);
    }

    proptest! {
        #[test]
        fn a_deadline_is_a_working_day_not_before_the_count(offset in 0_i64..8_000, days in 1_u32..120) {
            let start = date(2004, 1, 1).checked_add(offset.days()).unwrap();
            let deadline = TABLE.end_of(start, Period::Days(days)).unwrap();
            prop_assert_eq!(days_between(start, deadline.counted_to), i32::try_from(days).unwrap());
            prop_assert!(deadline.date >= deadline.counted_to);
            prop_assert!(TABLE.is_working_day(deadline.date).unwrap());
            // The longest run off work so far had nine days (Spring Festival 2026).
            prop_assert!(days_between(deadline.counted_to, deadline.date) <= 10);
        }

        #[test]
        fn counting_working_days_forth_and_back_agrees(offset in 0_i64..8_000, days in 1_u32..60) {
            let start = date(2004, 1, 1).checked_add(offset.days()).unwrap();
            let deadline = TABLE.end_of(start, Period::WorkingDays(days)).unwrap();
            prop_assert_eq!(TABLE.working_days_between(start, deadline.date), Ok(days));
        }
    }
}
