//! Case numbers (案号) after the rules in force since 2016: year of filing in brackets, court code,
//! case type, serial, 号, and possibly 之一 for a further ruling of the same case.
//!
//! Both tables are incomplete on purpose: the country has thousands of court codes. A code that is
//! not in the court table is not an error; one whose validity does not cover the year is doubtful.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::{Checked, Finding, Reason, all_digits, ascii_bracket, is_han, judge, reasons, table};

reasons! {
    BRACKETS: "case_number_brackets", "案号缺少年度括号,应如“(2026)粤0605执1号”。", "The year must stand in brackets, as in (2026)粤0605执1号.";
    YEAR: "case_number_year", "收案年度应为四位数字。", "The year of filing must have four digits.";
    COURT: "case_number_court", "法院代字有误,应为“最高法”或省份简称加零、二或四位数字。", "The court code must be 最高法 or a province character and 0, 2 or 4 digits.";
    KIND: "case_number_kind", "类型代字应为一至三个汉字。", "The case type must be one to three Chinese characters.";
    SERIAL: "case_number_serial", "缺少案件编号,或编号有误(不得以0开头,最多八位)。", "The serial is missing or wrong (no leading zero, at most eight digits).";
    ENDING: "case_number_ending", "案号应以“号”结尾,其后只可接“之一”等。", "The number must end in 号, optionally followed by 之一 and so on.";
    OLD_STYLE: "case_number_old_style", "此为2016年以前的旧式案号。", "A case number in the style used before 2016.";
    FUTURE_YEAR: "case_number_future_year", "收案年度晚于今天,请核对。", "The year of filing lies in the future.";
    EARLY_YEAR: "case_number_early_year", "现行案号格式自2016年起使用,请核对年度。", "This style is used since 2016; check the year.";
    COURT_NOT_IN_FORCE: "case_number_court_not_in_force", "该法院代字在所载年度并未使用,请核对。", "This court code was not in use in that year.";
    UNKNOWN_KIND: "case_number_unknown_kind", "类型代字不在常用表内,请核对。", "The case type is not in the table; check it.";
}

/// A case number of the style used since 2016.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseNumber {
    /// Year of filing (收案年度).
    pub year: i16,
    /// Court code (法院代字), `粤0605`.
    pub court: String,
    /// Case type (类型代字), `执保`.
    pub kind: String,
    /// Serial within court, type and year, 1..=99,999,999.
    pub serial: u32,
    /// 之一 is 1; none for the case's first document.
    pub sub: Option<u8>,
}

impl CaseNumber {
    /// The court, when the table knows its code.
    pub fn known_court(&self) -> Option<&'static Court> {
        COURTS.iter().find(|court| court.code == self.court)
    }

    /// The case type, when the table knows it.
    pub fn known_kind(&self) -> Option<&'static CaseKind> {
        KINDS.iter().find(|kind| kind.code == self.kind)
    }
}

/// The form of papers, with full-width brackets: `（2026）粤0605执保88号`.
impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "（{}）{}{}{}号", self.year, self.court, self.kind, self.serial)?;
        self.sub.map_or(Ok(()), |sub| write!(f, "之{}", chinese_number(sub)))
    }
}

/// A court code with the time it is valid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Court {
    /// 法院代字, `粤0605`.
    pub code: &'static str,
    /// Full name.
    pub name: &'static str,
    /// `supreme`, `high`, `intermediate` or `basic`.
    pub level: &'static str,
    /// First day the code is used.
    pub valid_from: Date,
    /// Last day, none while in use.
    pub valid_to: Option<Date>,
}

/// A case type code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseKind {
    /// 类型代字, `执恢`.
    pub code: &'static str,
    /// Whether it belongs to enforcement (执行).
    pub enforcement: bool,
    /// Name.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
}

const COURTS_CSV: &str = include_str!("../../data/courts.csv");
const KINDS_CSV: &str = include_str!("../../data/case_kinds.csv");

static COURTS: LazyLock<Vec<Court>> = LazyLock::new(|| {
    table::rows::<5>(COURTS_CSV)
        .filter_map(|[code, name, level, from, to]| {
            let valid_to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
            Some(Court { code, name, level, valid_from: from.parse().ok()?, valid_to })
        })
        .collect()
});

static KINDS: LazyLock<Vec<CaseKind>> = LazyLock::new(|| {
    table::rows::<4>(KINDS_CSV)
        .map(|[code, enforcement, zh, en]| CaseKind {
            code,
            enforcement: enforcement == "yes",
            zh,
            en,
        })
        .collect()
});

/// The courts whose codes are known.
pub fn courts() -> &'static [Court] {
    &COURTS
}

/// The case types that are known.
pub fn kinds() -> &'static [CaseKind] {
    &KINDS
}

/// Checks a case number as of `today`.
pub fn check(raw: &str, today: Date) -> Checked<CaseNumber> {
    judge(raw, |text| {
        let text: String = text.chars().map(ascii_bracket).collect();
        if is_old_style(&text) {
            return Ok((text, Finding::Old(None, OLD_STYLE)));
        }
        let number = parse(&text)?;
        let finding = match doubt(&number, today) {
            Some(reason) => Finding::Doubt(number, reason),
            None => Finding::Good(number),
        };
        Ok((text, finding))
    })
}

fn doubt(number: &CaseNumber, today: Date) -> Option<Reason> {
    if number.year > today.year() {
        return Some(FUTURE_YEAR);
    }
    if number.year < 2016 {
        return Some(EARLY_YEAR);
    }
    if let Some(court) = number.known_court() {
        let ended = court.valid_to.is_some_and(|to| to.year() < number.year);
        if court.valid_from.year() > number.year || ended {
            return Some(COURT_NOT_IN_FORCE);
        }
    }
    number.known_kind().is_none().then_some(UNKNOWN_KIND)
}

fn parse(text: &str) -> Result<CaseNumber, Reason> {
    let (year, rest) = bracketed_year(text)?;
    let (court, rest) = court_code(rest)?;
    let (kind, rest) = split_while(rest, is_han);
    if rest.is_empty() && kind.ends_with('号') {
        return Err(SERIAL); // `执号`
    }
    if !(1..=3).contains(&kind.chars().count()) {
        return Err(KIND);
    }
    let (serial, rest) = split_while(rest, |c| c.is_ascii_digit());
    if serial.is_empty() || serial.len() > 8 || serial.starts_with('0') {
        return Err(SERIAL);
    }
    let serial = serial.parse().map_err(|_| SERIAL)?;
    let rest = rest.strip_prefix('号').ok_or(ENDING)?;
    let sub = match rest.strip_prefix('之') {
        Some(number) => Some(parse_chinese_number(number).ok_or(ENDING)?),
        None if rest.is_empty() => None,
        None => return Err(ENDING),
    };
    Ok(CaseNumber { year, court: court.to_owned(), kind: kind.to_owned(), serial, sub })
}

fn bracketed_year(text: &str) -> Result<(i16, &str), Reason> {
    let (year, rest) =
        text.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or(BRACKETS)?;
    if year.len() != 4 || !all_digits(year) || !(year.starts_with("19") || year.starts_with("20")) {
        return Err(YEAR);
    }
    Ok((year.parse().map_err(|_| YEAR)?, rest))
}

fn court_code(rest: &str) -> Result<(&str, &str), Reason> {
    if let Some(after) = rest.strip_prefix("最高法") {
        return Ok(("最高法", after));
    }
    let first = rest.chars().next().ok_or(COURT)?;
    if !(table::is_plate_province(first) || first == '兵' || first == '军') {
        return Err(COURT);
    }
    let head = first.len_utf8();
    let digits = rest[head..].bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(digits, 0 | 2 | 4) {
        return Err(COURT);
    }
    Ok(rest.split_at(head + digits))
}

/// `(2012)南执字第253号`: a court's nickname, a type ending in 字, and 第.
fn is_old_style(text: &str) -> bool {
    let Ok((_, rest)) = bracketed_year(text) else { return false };
    let Some((head, tail)) = rest.split_once("字第") else { return false };
    let Some((serial, after)) = tail.split_once('号') else { return false };
    (1..=8).contains(&head.chars().count())
        && head.chars().all(is_han)
        && all_digits(serial)
        && (after.is_empty() || after.starts_with('之') || after.starts_with('-'))
}

fn split_while(text: &str, keep: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !keep(c)).unwrap_or(text.len());
    text.split_at(end)
}

const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn numeral(c: char) -> Option<u8> {
    NUMERALS.iter().position(|n| *n == c).and_then(|at| u8::try_from(at + 1).ok())
}

/// 一 to 九十九, as after 之.
fn parse_chinese_number(text: &str) -> Option<u8> {
    let (tens, ones) = match text.split_once('十') {
        Some(("", ones)) => (1, ones),
        Some((tens, ones)) => (single(tens)?, ones),
        None => return single(text),
    };
    let ones = if ones.is_empty() { 0 } else { single(ones)? };
    Some(tens * 10 + ones)
}

fn single(text: &str) -> Option<u8> {
    let mut chars = text.chars();
    let value = numeral(chars.next()?)?;
    chars.next().is_none().then_some(value)
}

fn chinese_number(number: u8) -> String {
    let name = |n: u8| {
        NUMERALS.get(usize::from(n).wrapping_sub(1)).copied().map_or(String::new(), String::from)
    };
    match (number / 10, number % 10) {
        (0, ones) => name(ones),
        (1, ones) => format!("十{}", name(ones)),
        (tens, ones) => format!("{}十{}", name(tens), name(ones)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;

    use super::*;
    use crate::identifier::Standing;

    const TODAY: Date = date(2026, 3, 17);

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for (raw, normal, court, kind, serial, sub) in [
            ("(2018)粤0605执1234号", "(2018)粤0605执1234号", "粤0605", "执", 1234, None),
            ("（2026）粤 0605 执保 88 号", "(2026)粤0605执保88号", "粤0605", "执保", 88, None),
            ("(2026)粤06执复17号", "(2026)粤06执复17号", "粤06", "执复", 17, None),
            ("(2026)粤1973执恢88号", "(2026)粤1973执恢88号", "粤1973", "执恢", 88, None),
            ("(2026)粤0605执1234号之一", "(2026)粤0605执1234号之一", "粤0605", "执", 1234, Some(1)),
            ("〔2024〕粤 0605执保 4550 号", "(2024)粤0605执保4550号", "粤0605", "执保", 4550, None),
            ("(2026)最高法执监12号", "(2026)最高法执监12号", "最高法", "执监", 12, None),
            ("(2026)粤执1号之二十三", "(2026)粤执1号之二十三", "粤", "执", 1, Some(23)),
        ] {
            let checked = check(raw, TODAY);
            assert_eq!(checked.standing, Standing::Ok, "{raw}: {:?}", checked.code());
            assert_eq!((checked.raw.as_str(), checked.normalised.as_str()), (raw, normal));
            let parts = checked.parts.unwrap();
            assert_eq!(
                (parts.court.as_str(), parts.kind.as_str(), parts.serial, parts.sub),
                (court, kind, serial, sub)
            );
            // What is printed reads back as the same number.
            assert_eq!(check(&parts.to_string(), TODAY).parts.unwrap(), parts);
        }
    }

    #[test]
    fn the_invalid_rows_of_the_domain_sheet_and_their_neighbours() {
        for (raw, reason) in [
            ("2018粤0605执1234号", BRACKETS),
            ("(18)粤0605执1234号", YEAR),
            ("(2118)粤0605执1234号", YEAR),
            ("(2018)粤605执1234号", COURT),
            ("(2018)0605执1234号", COURT),
            ("(2018)台0605执1234号", COURT),
            ("(2018)粤0605执号", SERIAL),
            ("(2018)粤0605执0号", SERIAL),
            ("(2018)粤0605执01号", SERIAL),
            ("(2018)粤0605执123456789号", SERIAL),
            ("(2018)粤06051234号", COURT),
            ("(2018)粤0605执行保全1234号", KIND),
            ("(2018)粤0605执1234", ENDING),
            ("(2018)粤0605执1234号附页", ENDING),
            ("(2018)粤0605执1234号之十十", ENDING),
            ("(2018)粤0605执1234号之", ENDING),
            ("", crate::identifier::EMPTY),
        ] {
            let checked = check(raw, TODAY);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
            assert!(checked.parts.is_none());
            assert_eq!(checked.raw, raw);
        }
    }

    #[test]
    fn an_old_style_number_is_legacy() {
        let checked = check("（2012）南执字第253号", TODAY);
        assert_eq!((checked.standing, checked.reason), (Standing::Legacy, Some(OLD_STYLE)));
        assert_eq!(checked.normalised, "(2012)南执字第253号");
    }

    #[test]
    fn doubts_keep_the_parts() {
        for (raw, reason) in [
            ("(2027)粤0605执1号", FUTURE_YEAR),
            ("(2012)粤0605执1号", EARLY_YEAR),
            ("(2026)粤0605执神1号", UNKNOWN_KIND),
        ] {
            let checked = check(raw, TODAY);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Suspicious, Some(reason)),
                "{raw}"
            );
            assert!(checked.parts.is_some());
        }
    }

    #[test]
    fn both_tables_are_read_completely_and_know_nanhai() {
        assert_eq!(courts().len(), COURTS_CSV.lines().count() - 1);
        assert_eq!(kinds().len(), KINDS_CSV.lines().count() - 1);
        let number = check("(2026)粤0605执1234号", TODAY).parts.unwrap();
        assert_eq!(number.known_court().unwrap().name, "广东省佛山市南海区人民法院");
        assert!(number.known_kind().unwrap().enforcement);
        // A court outside the table is simply unknown.
        let checked = check("(2026)京0105执1号", TODAY);
        assert!(checked.is_ok() && checked.parts.unwrap().known_court().is_none());
    }

    #[test]
    fn chinese_numbers_round_trip() {
        for number in 1..=99 {
            assert_eq!(parse_chinese_number(&chinese_number(number)), Some(number));
        }
        assert_eq!(parse_chinese_number("百"), None);
    }
}
