//! Dates and instants as text. Records store an instant with its offset, papers print
//! 2026年3月17日, and deadlines are dates in Asia/Shanghai (no daylight saving since 1991).
//! Counting days is in [`crate::calendar`].

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Checked, Finding, Reason, judge, reasons};

reasons! {
    DATE_FORM: "date_form", "日期应如“2026-03-17”或“2026年3月17日”。", "A date looks like 2026-03-17.";
    DATE_MISSING: "date_does_not_exist", "没有这一天,请核对日期。", "There is no such day.";
    TIME_FORM: "time_form", "时间应如“2026-03-17T09:05:00+08:00”。", "A time looks like 2026-03-17T09:05:00+08:00.";
    TIME_OFFSET: "time_without_offset", "时间缺少时区,无法确定是哪一刻。", "The time has no offset, so the instant is unknown.";
    TIME_MISSING: "time_does_not_exist", "没有这个时刻,请核对。", "There is no such time of day.";
    AHEAD: "time_ahead_of_server", "行为时间比法院服务器时间早到五分钟以上,请核对手机时间。", "The act's time is more than five minutes ahead of the server; check the phone's clock.";
    ORDER: "date_order", "截止日期早于起始日期。", "The end lies before the beginning.";
}

/// How far an act's time may be ahead of the server before it is doubted, milliseconds.
pub const AHEAD_TOLERANCE_MS: i64 = 5 * 60 * 1_000;

/// The offset of all places in China, +08:00.
pub const CHINA: Offset = Offset::constant(8);

/// Reads `2026-03-17` or `2026年3月17日`; years 1900 to 2199.
pub fn check_date(raw: &str) -> Checked<Date> {
    judge(raw, |text| {
        let date = read_date(text)?;
        Ok((date.to_string(), Finding::Good(date)))
    })
}

fn read_date(text: &str) -> Result<Date, Reason> {
    let (year, month, day) = if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月').ok_or(DATE_FORM)?;
        (year, month, rest.strip_suffix('日').ok_or(DATE_FORM)?)
    } else {
        let mut parts = text.split('-');
        let three = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(year), Some(month), Some(day), None) = three else { return Err(DATE_FORM) };
        if month.len() != 2 || day.len() != 2 {
            return Err(DATE_FORM);
        }
        (year, month, day)
    };
    let number = |part: &str, most: usize| -> Result<i16, Reason> {
        let right = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if right { part.parse().map_err(|_| DATE_FORM) } else { Err(DATE_FORM) }
    };
    if year.len() != 4 {
        return Err(DATE_FORM);
    }
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    if !(1900..2200).contains(&year) {
        return Err(DATE_MISSING);
    }
    // Two digits always fit.
    let (month, day) = (i8::try_from(month), i8::try_from(day));
    let (Ok(month), Ok(day)) = (month, day) else { return Err(DATE_MISSING) };
    Date::new(year, month, day).map_err(|_| DATE_MISSING)
}

/// Reads an instant with offset, `2026-03-17T09:05:00+08:00` (RFC 3339; seconds may have a fraction).
pub fn check_instant(raw: &str) -> Checked<Timestamp> {
    judge(raw, |text| Ok((text.to_owned(), Finding::Good(read_instant(text)?))))
}

fn read_instant(text: &str) -> Result<Timestamp, Reason> {
    let (date, time) = text.split_once('T').ok_or(TIME_FORM)?;
    read_date(date)?;
    let shape = |part: &str, form: &str| {
        part.len() == form.len()
            && part
                .bytes()
                .zip(form.bytes())
                .all(|(b, f)| if f == b'0' { b.is_ascii_digit() } else { b == f })
    };
    let clock_end =
        time.find(['Z', '+', '-']).ok_or(if shape(time.get(..5).unwrap_or_default(), "00:00") {
            TIME_OFFSET
        } else {
            TIME_FORM
        })?;
    let (clock, offset) = time.split_at(clock_end);
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let fraction_right =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    if !shape(seconds, "00:00:00") || !fraction_right {
        return Err(TIME_FORM);
    }
    if offset != "Z" && !shape(offset, "+00:00") && !shape(offset, "-00:00") {
        return Err(TIME_FORM);
    }
    text.parse().map_err(|_| TIME_MISSING)
}

/// The date in China at an instant: what a deadline is counted from.
pub fn china_date(instant: Timestamp) -> Date {
    CHINA.to_datetime(instant).date()
}

/// The form printed on papers: 2026年3月17日.
pub fn printed(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// Doubts an act whose time is more than five minutes ahead of the server's; blocks nothing.
pub fn doubt_ahead(act_ms: i64, server_ms: i64) -> Option<Reason> {
    (act_ms.saturating_sub(server_ms) > AHEAD_TOLERANCE_MS).then_some(AHEAD)
}

/// Refuses a term that ends before it begins.
pub fn check_order(from: Date, to: Date) -> Result<(), Reason> {
    if to < from { Err(ORDER) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;

    use super::*;
    use crate::identifier::Standing;

    #[test]
    fn dates() {
        for (raw, expected) in [
            ("2028-02-29", date(2028, 2, 29)),
            ("2026年3月17日", date(2026, 3, 17)),
            (" 2026 年 03 月 17 日 ", date(2026, 3, 17)),
            ("２０２６－０３－１７", date(2026, 3, 17)),
        ] {
            assert_eq!(check_date(raw).parts, Some(expected), "{raw}");
        }
        for (raw, reason) in [
            ("2026-02-30", DATE_MISSING),
            ("2026-13-01", DATE_MISSING),
            ("2026-00-01", DATE_MISSING),
            ("0026-01-01", DATE_MISSING),
            ("2026-3-17", DATE_FORM),
            ("26-03-17", DATE_FORM),
            ("2026/03/17", DATE_FORM),
            ("2026-03-17-01", DATE_FORM),
            ("2026年3月", DATE_FORM),
            ("-2026-03-17", DATE_FORM),
        ] {
            let checked = check_date(raw);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
        }
        assert_eq!(printed(date(2026, 3, 17)), "2026年3月17日");
    }

    #[test]
    fn instants() {
        let checked = check_instant("2026-03-17T09:05:00+08:00");
        assert_eq!(checked.standing, Standing::Ok);
        assert_eq!(checked.parts.unwrap().as_second(), 1_773_709_500);
        assert_eq!(check_instant("2026-03-17T01:05:00.000Z").parts, checked.parts);
        for (raw, reason) in [
            ("2026-03-17T24:30:00+08:00", TIME_MISSING),
            ("2026-02-30T09:05:00+08:00", DATE_MISSING),
            ("2026-03-17T09:05:00", TIME_OFFSET),
            ("2026-03-17 09:05", TIME_FORM),
            ("24:30", TIME_FORM),
            ("2026-03-17T09+08:00", TIME_FORM),
            ("2026-03-17T09:05:00+8", TIME_FORM),
            ("2026-03-17T09:05:00+99:00", TIME_MISSING),
            ("2026-03-17T", TIME_FORM),
        ] {
            let checked = check_instant(raw);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
        }
    }

    #[test]
    fn the_date_of_a_deadline_is_the_date_in_china() {
        let late = check_instant("2026-03-16T16:30:00Z").parts.unwrap();
        assert_eq!(china_date(late), date(2026, 3, 17));
    }

    #[test]
    fn doubts_and_order() {
        assert_eq!(doubt_ahead(AHEAD_TOLERANCE_MS, 0), None);
        assert_eq!(doubt_ahead(AHEAD_TOLERANCE_MS + 1, 0), Some(AHEAD));
        assert_eq!(doubt_ahead(i64::MAX, i64::MIN), Some(AHEAD));
        assert_eq!(check_order(date(2026, 3, 17), date(2026, 3, 16)), Err(ORDER));
        assert_eq!(check_order(date(2026, 3, 17), date(2026, 3, 17)), Ok(()));
    }
}
