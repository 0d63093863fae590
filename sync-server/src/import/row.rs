//! One row of a table as typed values. Every reader notes what is wrong at the cell where it stands
//! and gives a default, so that one run reports all faults of a file.

use jiff::{Timestamp, civil::Date};
use lastmile_core::{
    identifier::{self, Checked, date_time, money},
    pack::{check::Extra, problem::Fault, seal},
};

use super::{report::Findings, table::Table};

/// A row being read.
pub struct Row<'a> {
    table: &'a Table,
    index: usize,
    findings: &'a mut Findings,
}

impl<'a> Row<'a> {
    /// Row `index` of `table`.
    pub fn new(table: &'a Table, index: usize, findings: &'a mut Findings) -> Self {
        Self { table, index, findings }
    }

    /// Notes a fault at a field.
    pub fn fault(&mut self, field: &str, fault: Fault) {
        self.findings.add(self.table.place(self.index, field), field, fault);
    }

    /// Text; empty when there is none.
    pub fn text(&self, field: &str) -> String {
        self.table.get(self.index, field).unwrap_or_default().to_owned()
    }

    /// Text, if there is any.
    pub fn some_text(&self, field: &str) -> Option<String> {
        self.table.get(self.index, field).map(str::to_owned)
    }

    /// A word in either language; a word nobody knows refuses the file, because a typing mistake is
    /// likelier in a table than a code of the future.
    pub fn word<W: Default>(
        &mut self,
        field: &str,
        read: impl Fn(&str) -> Option<W>,
        known: &[&str],
    ) -> W {
        let Some(text) = self.table.get(self.index, field) else { return W::default() };
        read(text).unwrap_or_else(|| {
            let words = known.join("、");
            self.fault(
                field,
                Fault::error(
                    "word_unknown",
                    format!("不认识的内容,应为:{words}。"),
                    format!("Unknown word; it must be one of: {words}."),
                ),
            );
            W::default()
        })
    }

    /// 是 or 否; empty is no.
    pub fn flag(&mut self, field: &str) -> bool {
        match self.table.get(self.index, field).map(str::to_lowercase).as_deref() {
            None | Some("否" | "no" | "n" | "false" | "0" | "无" | "×") => false,
            Some("是" | "yes" | "y" | "true" | "1" | "有" | "√") => true,
            Some(_) => {
                self.fault(
                    field,
                    Fault::error("flag_invalid", "应填“是”或“否”。", "Must be yes or no."),
                );
                false
            }
        }
    }

    /// A date: `2026-03-17`, `2026/3/17`, `2026.3.17`, `20260317`, `2026年3月17日`.
    pub fn date(&mut self, field: &str) -> Option<Date> {
        let text = self.table.get(self.index, field)?.to_owned();
        match read_date(&text) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.fault(field, fault);
                None
            }
        }
    }

    /// An instant: RFC 3339, or a date with or without time, which then is Beijing time.
    pub fn instant(&mut self, field: &str) -> Option<Timestamp> {
        let text = self.table.get(self.index, field)?.to_owned();
        match read_instant(&text) {
            Ok(instant) => Some(instant),
            Err(fault) => {
                self.fault(field, fault);
                None
            }
        }
    }

    /// An amount of yuan as fen; empty is 0.
    pub fn fen(&mut self, field: &str) -> i64 {
        let Some(text) = self.table.get(self.index, field) else { return 0 };
        let checked = money::check(text, money::Sign::NotNegative);
        self.part(field, checked).map_or(0, money::Fen::get)
    }

    /// A whole number; empty is 0.
    pub fn count(&mut self, field: &str) -> u64 {
        let Some(text) = self.table.get(self.index, field) else { return 0 };
        text.parse().unwrap_or_else(|_| {
            self.fault(
                field,
                Fault::error("number_invalid", "应为整数。", "Must be a whole number."),
            );
            0
        })
    }

    /// A printed seal strip, `S0001`.
    pub fn strip(&mut self, field: &str) -> Option<(String, u32)> {
        let text = self.text(field);
        let parsed = seal::parse(&text).map(|(prefix, number)| (prefix.to_owned(), number));
        if parsed.is_none() {
            self.fault(
                field,
                Fault::error(
                    "seal_number_invalid",
                    "封条号应为字母加四位数字,如S0001。",
                    "A seal strip number is capital letters and four digits, like S0001.",
                ),
            );
        }
        parsed
    }

    /// The values of columns nobody knows, kept as additional fields.
    pub fn extra(&self) -> Extra {
        self.table
            .unknown(self.index)
            .map(|(title, text)| (title.to_owned(), serde_json::Value::from(text)))
            .collect()
    }

    fn part<T>(&mut self, field: &str, checked: Checked<T>) -> Option<T> {
        if checked.parts.is_none()
            && let Some(reason) = checked.reason
        {
            self.fault(field, Fault::error(reason.code, reason.zh, reason.en));
        }
        checked.parts
    }
}

/// Reads a date in the forms spreadsheets write.
pub fn read_date(text: &str) -> Result<Date, Fault> {
    let plain = identifier::normalise(text).unwrap_or_default();
    let parts: Vec<&str> = plain.split(['-', '/', '.']).collect();
    let iso = match parts.as_slice() {
        [year, month, day] => format!("{year}-{month:0>2}-{day:0>2}"),
        [one] if one.len() == 8 && one.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}-{}-{}", &one[..4], &one[4..6], &one[6..])
        }
        [one] if one.len() == 5 && one.bytes().all(|b| b.is_ascii_digit()) => {
            return Err(Fault::error(
                "date_is_spreadsheet_number",
                "日期变成了表格软件的序列号,请把该列设为日期格式后重新导出。",
                "The date became a spreadsheet serial number; format the column as a date and export again.",
            ));
        }
        _ => plain.clone(),
    };
    let checked = date_time::check_date(&iso);
    checked.parts.ok_or_else(|| fault_of(checked.reason))
}

/// Reads an instant; without an offset it is Beijing time, as case systems print it.
pub fn read_instant(text: &str) -> Result<Timestamp, Fault> {
    let text = text.trim();
    if let Some(instant) = date_time::check_instant(text).parts {
        return Ok(instant);
    }
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let date = read_date(date)?;
    let mut clock = time.trim().split(':');
    let mut next = |needed: bool| match clock.next() {
        Some(part) if (1..=2).contains(&part.len()) => Some(format!("{part:0>2}")),
        None if !needed => Some("00".to_owned()),
        _ => None,
    };
    let (Some(hour), Some(minute), Some(second)) = (next(true), next(true), next(false)) else {
        return Err(fault_of(date_time::check_instant(text).reason));
    };
    let checked = date_time::check_instant(&format!("{date}T{hour}:{minute}:{second}+08:00"));
    checked.parts.ok_or_else(|| fault_of(checked.reason))
}

fn fault_of(reason: Option<identifier::Reason>) -> Fault {
    reason.map_or_else(
        || Fault::error("value_invalid", "内容无法识别。", "The value cannot be read."),
        |reason| Fault::error(reason.code, reason.zh, reason.en),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn dates_are_read_as_spreadsheets_write_them() {
        let expected = jiff::civil::date(2026, 3, 7);
        for text in [
            "2026-03-07",
            "2026/3/7",
            "2026.3.7",
            "20260307",
            "2026年3月7日",
            " ２０２６－０３－０７",
        ] {
            assert_eq!(read_date(text).unwrap(), expected, "{text}");
        }
        assert_eq!(read_date("46098").unwrap_err().code, "date_is_spreadsheet_number");
        for text in ["2026-02-30", "7/3/2026", "昨天", ""] {
            assert!(read_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_without_offset_is_beijing_time() {
        let expected: Timestamp = "2026-03-17T06:00:00+08:00".parse().unwrap();
        for text in [
            "2026-03-17T06:00:00+08:00",
            "2026-03-16T22:00:00Z",
            "2026-03-17 06:00",
            "2026/3/17 6:00:00",
        ] {
            assert_eq!(read_instant(text).unwrap(), expected, "{text}");
        }
        assert!(read_instant("2026-03-17 24:30").is_err());
        assert!(read_instant("2026-03-17 six").is_err());
    }
}
