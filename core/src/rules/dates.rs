//! Date arithmetic of rules: L-CPL 85 through a small trait, so that the law does not depend on
//! where holidays come from.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use crate::calendar::HolidayTable;

/// Which days are days of rest. Everything else follows.
pub trait DateMath {
    /// Whether `day` is a statutory day of rest (weekends included, make-up workdays excluded);
    /// `None` when the table does not reach it.
    fn is_rest_day(&self, day: Date) -> Option<bool>;

    /// The first day from `last` on that is no day of rest (L-CPL 85(3)).
    fn rolled(&self, last: Date) -> Option<Date> {
        let mut day = last;
        // No rest lasts longer than a fortnight; a table that says so is wrong.
        for _ in 0..31 {
            if !self.is_rest_day(day)? {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The last day of a period of `days`, the first day excluded (L-CPL 85(2)(3)).
    fn deadline_days(&self, from: Date, days: i32) -> Option<Date> {
        self.rolled(from.checked_add(Span::new().try_days(days).ok()?).ok()?)
    }

    /// The last day of a period of `months`.
    fn deadline_months(&self, from: Date, months: i32) -> Option<Date> {
        self.rolled(from.checked_add(Span::new().try_months(months).ok()?).ok()?)
    }

    /// The `days`-th working day after `from`; 1..=3,650.
    fn working_days(&self, from: Date, days: i32) -> Option<Date> {
        let mut left = u32::try_from(days).ok().filter(|days| (1..=3_650).contains(days))?;
        let mut day = from;
        while left > 0 {
            day = day.tomorrow().ok()?;
            if !self.is_rest_day(day)? {
                left -= 1;
            }
        }
        Some(day)
    }
}

impl DateMath for HolidayTable {
    fn is_rest_day(&self, day: Date) -> Option<bool> {
        self.is_working_day(day).ok().map(|works| !works)
    }
}

/// No holiday table at hand: whatever depends on one cannot be checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCalendar;

impl DateMath for NoCalendar {
    fn is_rest_day(&self, _: Date) -> Option<bool> {
        None
    }
}

/// The day in China of a date or an instant.
pub(super) fn day_of(text: &str) -> Option<Date> {
    if text.len() == 10 {
        return text.parse().ok();
    }
    let instant = instant_of(text)?;
    Some(instant.to_zoned(TimeZone::fixed(Offset::constant(8))).date())
}

/// An instant with offset.
pub(super) fn instant_of(text: &str) -> Option<Timestamp> {
    if text.len() > 40 { None } else { text.parse().ok() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::Period;

    #[test]
    fn the_first_day_is_excluded_and_a_day_of_rest_is_passed_over() {
        let table = HolidayTable::builtin().unwrap();
        // 2026-03-17 + 18 days is Saturday 04-04, the first of three days off for Qingming.
        assert_eq!(table.deadline_days(date(2026, 3, 17), 18), Some(date(2026, 4, 7)));
        assert_eq!(DateMath::working_days(&table, date(2026, 3, 17), 3), Some(date(2026, 3, 20)));
        // 2026-02-28 is a Saturday on which courts work.
        assert_eq!(table.deadline_months(date(2026, 1, 31), 1), Some(date(2026, 2, 28)));
        assert_eq!(table.rolled(date(2040, 1, 1)), None);
        assert_eq!(NoCalendar.deadline_days(date(2026, 3, 17), 3), None);
        assert_eq!(DateMath::working_days(&table, date(2026, 3, 17), i32::MAX), None);
        assert_eq!(table.deadline_days(date(2026, 3, 17), i32::MAX), None);
    }

    #[test]
    fn rules_and_the_calendar_count_alike() {
        let table = HolidayTable::builtin().unwrap();
        let mut from = date(2026, 1, 1);
        while from < date(2026, 9, 1) {
            for days in [3_u16, 10, 15, 30] {
                let counted = table.end_of(from, Period::Days(days.into())).unwrap().date;
                assert_eq!(table.deadline_days(from, days.into()), Some(counted), "{from} {days}");
            }
            let worked = table.end_of(from, Period::WorkingDays(3)).unwrap().date;
            assert_eq!(DateMath::working_days(&table, from, 3), Some(worked), "{from}");
            from = from.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_day_is_the_day_in_china() {
        assert_eq!(day_of("2026-03-16T17:00:00Z"), Some(date(2026, 3, 17)));
        assert_eq!(day_of("2026-03-17"), Some(date(2026, 3, 17)));
        assert_eq!(day_of("2026-02-30"), None);
        assert_eq!(day_of("2026-03-17T09:05:00"), None);
    }
}
