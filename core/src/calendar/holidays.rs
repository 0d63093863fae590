//! The table of days off and make-up workdays: dated data that a court replaces every November, when
//! the State Council's notice for the next year appears.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

/// Days off and make-up workdays within a stated range of dates.
///
/// ```
/// use jiff::civil::date;
/// use lastmile_core::calendar::HolidayTable;
///
/// let table = HolidayTable::builtin().unwrap();
/// assert_eq!(table.is_working_day(date(2026, 2, 14)), Ok(true)); // a make-up Saturday
/// assert_eq!(table.is_working_day(date(2026, 2, 16)), Ok(false)); // Spring Festival
/// assert!(table.is_working_day(date(2030, 1, 1)).is_err()); // nobody knows yet
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayTable {
    version: String,
    first: Date,
    last: Date,
    holidays: BTreeSet<Date>,
    workdays: BTreeSet<Date>,
}

/// A date lies outside the table's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the holiday table does not cover {day}; load a newer one")]
pub struct NotCovered {
    /// The first date that could not be judged.
    pub day: Date,
}

impl NotCovered {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        "calendar_not_covered"
    }

    /// The sentence an officer reads.
    pub fn zh(&self) -> String {
        format!("节假日表未覆盖{},请更新节假日表后核对。", self.day)
    }
}

/// Why a table was refused. Nothing of it is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More than [`HolidayTable::MAX_BYTES`].
    #[error("the holiday table is larger than {} bytes", HolidayTable::MAX_BYTES)]
    TooLarge,
    /// Not JSON of the expected shape.
    #[error("the holiday table is not JSON of the expected shape (line {line})")]
    Shape {
        /// Where reading stopped.
        line: usize,
    },
    /// The version is empty, too long, or not printable ASCII.
    #[error("the holiday table has no usable version")]
    Version,
    /// The range is reversed, longer than two centuries, or outside 1990-2199.
    #[error("the range of dates the holiday table covers is not usable")]
    Coverage,
    /// A key is not a date like 2026-03-17.
    #[error("the holiday table holds something that is not a date")]
    Date,
    /// A day is listed although the table does not cover it.
    #[error("{0} is listed but lies outside the range the table covers")]
    Outside(Date),
    /// A day is both off and a workday.
    #[error("{0} is listed both as a day off and as a workday")]
    Both(Date),
    /// A make-up workday must be a Saturday or Sunday; anything else means a shifted table.
    #[error("{0} is a make-up workday but no Saturday or Sunday")]
    MakeUpOnWeekday(Date),
    /// A covered year has no day off at all: its notice is missing.
    #[error("the table claims to cover {0} but lists no day off in it")]
    EmptyYear(i16),
}

impl TableError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "holiday_table_too_large",
            Self::Shape { .. } => "holiday_table_shape",
            Self::Version => "holiday_table_version",
            Self::Coverage => "holiday_table_coverage",
            Self::Date => "holiday_table_date",
            Self::Outside(_) => "holiday_table_outside",
            Self::Both(_) => "holiday_table_both",
            Self::MakeUpOnWeekday(_) => "holiday_table_make_up_on_weekday",
            Self::EmptyYear(_) => "holiday_table_empty_year",
        }
    }

    /// The sentence an administrator reads.
    pub fn zh(&self) -> String {
        match self {
            Self::TooLarge => "节假日表文件过大,未载入。".to_owned(),
            Self::Shape { line } => format!("节假日表格式有误(第{line}行附近),未载入。"),
            Self::Version => "节假日表缺少版本号,未载入。".to_owned(),
            Self::Coverage => "节假日表的覆盖日期范围有误,未载入。".to_owned(),
            Self::Date => "节假日表中有无法识别的日期,未载入。".to_owned(),
            Self::Outside(day) => format!("{day}不在节假日表声明的覆盖范围内,未载入。"),
            Self::Both(day) => format!("{day}同时列为休假日和工作日,未载入。"),
            Self::MakeUpOnWeekday(day) => format!("调休上班日{day}并非周末,请核对,未载入。"),
            Self::EmptyYear(year) => {
                format!("节假日表声明覆盖{year}年,但没有该年的休假日,未载入。")
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct File {
    version: String,
    covers: Covers,
    holidays: BTreeMap<String, String>,
    makeup_workdays: BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
struct Covers {
    first: String,
    last: String,
}

const BUILTIN: &str = include_str!("../../data/calendar/china_holidays.json");

impl HolidayTable {
    /// Largest file that is read, bytes; two centuries of notices fit.
    pub const MAX_BYTES: usize = 512 * 1024;

    /// The table this version was built with: 2004-01-01 to 2026-12-25. It ends before New Year's
    /// Eve because the next year's notice may still turn the last days of December around, as it did
    /// in 2006, 2007, 2011, 2018, 2022 and 2023.
    pub fn builtin() -> Result<Self, TableError> {
        Self::from_json(BUILTIN.as_bytes())
    }

    /// Reads a table:
    ///
    /// ```json
    /// {"version": "cn-2026-1", "covers": {"first": "2004-01-01", "last": "2026-12-25"},
    ///  "holidays": {"2026-01-01": "New Year's Day"}, "makeup_workdays": {"2026-01-04": "New Year's Day"}}
    /// ```
    pub fn from_json(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(TableError::TooLarge);
        }
        let file: File =
            serde_json::from_slice(bytes).map_err(|e| TableError::Shape { line: e.line() })?;
        let printable = file.version.bytes().all(|b| b.is_ascii_graphic());
        if !printable || !(1..=64).contains(&file.version.len()) {
            return Err(TableError::Version);
        }
        let table = Self {
            version: file.version,
            first: strict_date(&file.covers.first)?,
            last: strict_date(&file.covers.last)?,
            holidays: dates(&file.holidays)?,
            workdays: dates(&file.makeup_workdays)?,
        };
        table.validate()?;
        Ok(table)
    }

    fn validate(&self) -> Result<(), TableError> {
        if self.last < self.first || self.first.year() < 1990 || self.last.year() > 2199 {
            return Err(TableError::Coverage);
        }
        let covered = self.first..=self.last;
        if let Some(day) = self.holidays.union(&self.workdays).find(|day| !covered.contains(day)) {
            return Err(TableError::Outside(*day));
        }
        if let Some(day) = self.holidays.intersection(&self.workdays).next() {
            return Err(TableError::Both(*day));
        }
        if let Some(day) = self.workdays.iter().find(|day| !is_weekend(**day)) {
            return Err(TableError::MakeUpOnWeekday(*day));
        }
        let years: BTreeSet<i16> = self.holidays.iter().map(|day| day.year()).collect();
        let empty = (self.first.year()..=self.last.year()).find(|year| !years.contains(year));
        empty.map_or(Ok(()), |year| Err(TableError::EmptyYear(year)))
    }

    /// Shown wherever a deadline is shown, so that a person can tell which notice was used.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// First and last date the table can judge.
    pub fn covers(&self) -> (Date, Date) {
        (self.first, self.last)
    }

    /// Whether courts work on `day`: neither off by notice nor an ordinary weekend.
    pub fn is_working_day(&self, day: Date) -> Result<bool, NotCovered> {
        if day < self.first || day > self.last {
            return Err(NotCovered { day });
        }
        Ok(self.workdays.contains(&day) || !(is_weekend(day) || self.holidays.contains(&day)))
    }

    /// `day` itself when it is a working day, else the first one after it.
    pub fn working_day_from(&self, day: Date) -> Result<Date, NotCovered> {
        let mut day = day;
        while !self.is_working_day(day)? {
            day = day.tomorrow().map_err(|_| NotCovered { day })?;
        }
        Ok(day)
    }

    /// How many working days lie after `after` up to and including `until`; none when `until` is not
    /// later. Takes time in proportion to the days between, which the coverage bounds.
    pub fn working_days_between(&self, after: Date, until: Date) -> Result<u32, NotCovered> {
        let mut count = 0;
        let mut day = after;
        while day < until {
            day = day.tomorrow().map_err(|_| NotCovered { day })?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn dates(listed: &BTreeMap<String, String>) -> Result<BTreeSet<Date>, TableError> {
    listed.keys().map(|text| strict_date(text)).collect()
}

/// Exactly `2026-03-17`; the date library alone would also take a date with a time.
fn strict_date(text: &str) -> Result<Date, TableError> {
    if text.len() == 10 {
        text.parse().map_err(|_| TableError::Date)
    } else {
        Err(TableError::Date)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;

    use super::*;

    fn table() -> HolidayTable {
        HolidayTable::builtin().unwrap()
    }

    #[test]
    fn the_built_in_table_is_read_completely() {
        let table = table();
        assert_eq!((table.holidays.len(), table.workdays.len()), (621, 150));
        assert_eq!(table.version(), "cn-2026-1");
        assert_eq!(table.covers(), (date(2004, 1, 1), date(2026, 12, 25)));
    }

    #[test]
    fn working_days_around_the_spring_festival_of_2026() {
        let table = table();
        for (day, working) in [
            (date(2026, 2, 13), true),  // Friday
            (date(2026, 2, 14), true),  // Saturday, made a workday
            (date(2026, 2, 15), false), // first day off
            (date(2026, 2, 23), false), // Monday, last day off
            (date(2026, 2, 24), true),
            (date(2026, 2, 28), true), // Saturday, made a workday
            (date(2026, 3, 1), false), // Sunday
        ] {
            assert_eq!(table.is_working_day(day), Ok(working), "{day}");
        }
        assert_eq!(table.working_day_from(date(2026, 2, 15)), Ok(date(2026, 2, 24)));
        assert_eq!(table.working_day_from(date(2026, 2, 14)), Ok(date(2026, 2, 14)));
    }

    #[test]
    fn working_days_between_two_dates() {
        let table = table();
        assert_eq!(table.working_days_between(date(2026, 3, 10), date(2026, 3, 12)), Ok(2));
        assert_eq!(table.working_days_between(date(2026, 2, 12), date(2026, 2, 24)), Ok(3));
        assert_eq!(table.working_days_between(date(2026, 3, 12), date(2026, 3, 10)), Ok(0));
    }

    #[test]
    fn outside_the_table_nothing_is_guessed() {
        let table = table();
        for day in [date(2003, 12, 31), date(2026, 12, 26), date(2027, 3, 17), Date::MAX, Date::MIN]
        {
            assert_eq!(table.is_working_day(day), Err(NotCovered { day }));
        }
        assert!(table.working_days_between(date(2026, 12, 1), Date::MAX).is_err());
        assert!(NotCovered { day: date(2027, 3, 17) }.zh().contains("2027-03-17"));
    }

    #[test]
    fn a_bad_table_is_refused_with_its_reason() {
        let file = |version: &str, first: &str, last: &str, off: &str, work: &str| {
            format!(
                r#"{{"version":"{version}","covers":{{"first":"{first}","last":"{last}"}},
                    "holidays":{{{off}}},"makeup_workdays":{{{work}}}}}"#
            )
        };
        let (first, last, off) = ("2026-01-01", "2026-12-25", r#""2026-01-01":"元旦""#);
        assert!(HolidayTable::from_json(file("v2", first, last, off, "").as_bytes()).is_ok());
        for (text, code) in [
            (file("", first, last, off, ""), "holiday_table_version"),
            (file(&"v".repeat(65), first, last, off, ""), "holiday_table_version"),
            (file("v2", last, first, off, ""), "holiday_table_coverage"),
            (file("v2", "1989-01-01", last, off, ""), "holiday_table_coverage"),
            (file("v2", "2026-01-01T00:00", last, off, ""), "holiday_table_date"),
            (file("v2", first, last, r#""2026-02-30":"""#, ""), "holiday_table_date"),
            (file("v2", first, last, r#""2025-12-31":"""#, ""), "holiday_table_outside"),
            (file("v2", first, last, off, r#""2026-01-01":"""#), "holiday_table_both"),
            (
                file("v2", first, last, off, r#""2026-01-05":"""#),
                "holiday_table_make_up_on_weekday",
            ),
            (file("v2", first, "2027-12-25", off, ""), "holiday_table_empty_year"),
            ("{}".to_owned(), "holiday_table_shape"),
            ("[".repeat(100_000), "holiday_table_shape"),
            (" ".repeat(HolidayTable::MAX_BYTES + 1), "holiday_table_too_large"),
        ] {
            let error = HolidayTable::from_json(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.zh().ends_with('。') && !error.to_string().is_empty());
        }
    }
}
