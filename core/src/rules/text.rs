//! Filling the placeholders of a rule's texts, and citing its basis.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::tz::{Offset, TimeZone};

use super::dates::instant_of;
use super::evaluate::Value;
use super::pack::{Basis, RulePack, Texts};

/// Fills `{name}` from `values`, `{as_of}` and `{parts}` from what they say.
pub(super) fn fill(
    text: &Texts,
    values: &BTreeMap<&str, Option<Value>>,
    as_of: Option<&str>,
    failed: &[&Texts],
) -> Texts {
    let as_of = as_of.and_then(shown_time);
    let unknown = Texts { zh: "未记录".to_owned(), en: "not recorded".to_owned() };
    let of = |name: &str| match name {
        "as_of" => as_of.clone().unwrap_or_else(|| unknown.clone()),
        "parts" => Texts {
            zh: failed.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join("、"),
            en: failed.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(", "),
        },
        name => values.get(name).cloned().flatten().map_or_else(|| unknown.clone(), shown),
    };
    Texts { zh: replace(&text.zh, |name| of(name).zh), en: replace(&text.en, |name| of(name).en) }
}

fn replace(text: &str, of: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some((name, behind)) = after.split_once('}') {
            out.push_str(&of(name));
            rest = behind;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn shown(value: Value) -> Texts {
    let same = |text: String| Texts { zh: text.clone(), en: text };
    match value {
        Value::Text(text) => shown_day(&text).or_else(|| shown_time(&text)).unwrap_or(same(text)),
        Value::Number(number) => same(number.to_string()),
        Value::Flag(flag) => Texts {
            zh: if flag { "是" } else { "否" }.to_owned(),
            en: if flag { "yes" } else { "no" }.to_owned(),
        },
        Value::Day(day) => day_texts(day),
        Value::Money(fen) => same(shown_money(fen)),
    }
}

fn shown_day(text: &str) -> Option<Texts> {
    (text.len() == 10).then(|| text.parse().ok()).flatten().map(day_texts)
}

fn day_texts(day: jiff::civil::Date) -> Texts {
    Texts {
        zh: format!("{}年{}月{}日", day.year(), day.month(), day.day()), en: day.to_string()
    }
}

/// `2026年3月17日 06:50` and `2026-03-17 06:50`, Beijing time.
pub(super) fn shown_time(text: &str) -> Option<Texts> {
    let zoned = instant_of(text)?.to_zoned(TimeZone::fixed(Offset::constant(8)));
    let day = day_texts(zoned.date());
    let time = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
    Some(Texts { zh: format!("{} {time}", day.zh), en: format!("{} {time}", day.en) })
}

/// `¥186,400.00`.
fn shown_money(fen: i64) -> String {
    let digits = (fen.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}¥{grouped}.{:02}", fen.unsigned_abs() % 100)
}

impl RulePack {
    /// 《民事诉讼法》第二百五十六条第一款 and its English form.
    pub fn cite(&self, basis: &Basis) -> Texts {
        let name = self.instruments().get(&basis.instrument).map_or_else(
            || Texts { zh: basis.instrument.clone(), en: basis.instrument.clone() },
            |instrument| instrument.name.clone(),
        );
        let (mut zh, mut en) = (name.zh, name.en);
        if let Some(article) = basis.article {
            let _ = write!(zh, "第{}条", chinese_number(article));
            let _ = write!(en, ", Article {article}");
        }
        if let Some(para) = basis.para {
            let _ = write!(zh, "第{}款", chinese_number(para));
            let _ = write!(en, "({para})");
        }
        if let Some(item) = basis.item {
            let _ = write!(zh, "第{}项", chinese_number(item));
            let _ = write!(en, ", item {item}");
        }
        Texts { zh, en }
    }
}

/// Numbers as laws write them: 二百五十六, 一百零五, 十八. Above 9,999 in digits.
fn chinese_number(number: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const UNITS: [(u32, &str); 4] = [(1_000, "千"), (100, "百"), (10, "十"), (1, "")];
    if number == 0 || number > 9_999 {
        return number.to_string();
    }
    let mut out = String::new();
    let mut gap = false;
    for (unit, name) in UNITS {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
            gap = false;
        }
        if !(digit == 1 && unit == 10 && out.is_empty()) {
            out.push_str(DIGITS.get(digit as usize).copied().unwrap_or_default());
        }
        out.push_str(name);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_laws_write_them() {
        for (number, text) in [
            (1, "一"),
            (10, "十"),
            (18, "十八"),
            (20, "二十"),
            (105, "一百零五"),
            (110, "一百一十"),
            (256, "二百五十六"),
            (500, "五百"),
            (1_007, "一千零七"),
        ] {
            assert_eq!(chinese_number(number), text);
        }
    }

    #[test]
    fn placeholders_are_filled_and_unknown_ones_say_so() {
        let text = Texts {
            zh: "截至{as_of},{v}超过{t},缺{parts},{x}{".to_owned(),
            en: "{date}".to_owned(),
        };
        let part = Texts { zh: "数量".to_owned(), en: "quantity".to_owned() };
        let values = BTreeMap::from([
            ("v", Some(Value::Money(123_456_789))),
            ("t", Some(Value::Money(-5))),
            ("date", Some(Value::Text("2026-03-15".to_owned()))),
        ]);
        let filled = fill(&text, &values, Some("2026-03-17T06:50:00+08:00"), &[&part, &part]);
        assert_eq!(
            filled.zh,
            "截至2026年3月17日 06:50,¥1,234,567.89超过-¥0.05,缺数量、数量,未记录{"
        );
        assert_eq!(filled.en, "2026-03-15");
    }
}
