//! Money in fen (分): reading what people type, and writing it as figures and in capital form
//! (大写) for receipts. Never a float. Fees and interest are in [`super::fees`].

use std::fmt;

use super::{Checked, Finding, Reason, all_digits, judge, reasons};

reasons! {
    FORM: "money_form", "金额格式有误,请如“186400”“186,400.00”或“18.64万”填写。", "Not an amount; write 186400, 186,400.00 or 18.64万.";
    BELOW_FEN: "money_below_fen", "金额最多精确到分。", "An amount is exact to the fen (two decimals) at most.";
    RANGE: "money_range", "金额超出可记录范围。", "The amount is too large to be recorded.";
    NEGATIVE: "money_negative", "此处金额不能为负;冲正请另行登记。", "The amount cannot be negative here; record a reversal instead.";
}

/// An amount in fen (分, a hundredth of a yuan), at most [`Fen::MAX`] either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(i64);

impl Fen {
    /// Ninety trillion yuan: the largest amount a record holds. Negative amounts mirror it.
    pub const MAX: i64 = 9_000_000_000_000_000;

    /// An amount of `fen`.
    pub const fn new(fen: i64) -> Result<Self, Reason> {
        if fen > Self::MAX || fen < -Self::MAX { Err(RANGE) } else { Ok(Self(fen)) }
    }

    /// The number of fen, as stored.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, unless it leaves the range.
    pub const fn checked_add(self, other: Self) -> Result<Self, Reason> {
        Self::new(self.0 + other.0) // cannot overflow: both are far below i64::MAX / 2
    }

    /// Figures with thousands separators and two decimals: `186,400.00`, `-0.05`.
    pub fn figures(self) -> String {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 4);
        if self.0 < 0 {
            grouped.push('-');
        }
        for (at, c) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(c);
        }
        format!("{grouped}.{:02}", self.0.unsigned_abs() % 100)
    }

    /// The capital form of receipts and papers, without 人民币: `壹拾捌万陆仟肆佰元整`.
    ///
    /// After the People's Bank's rules for bills (支付结算办法, annex 1): 整 closes an amount that ends
    /// in 元, none follows 分. Where the rules leave a choice the form that is harder to alter is
    /// taken: 整 also after 角, and one 零 for every gap between two figures that are not zero.
    pub fn capital(self) -> String {
        let mut out = String::new();
        if self.0 < 0 {
            out.push('负');
        }
        let total = self.0.unsigned_abs();
        let (yuan, jiao, fen) = (total / 100, total / 10 % 10, total % 10);
        let mut gap = false; // a zero was passed since the last figure
        if yuan > 0 {
            gap = write_yuan(&mut out, yuan);
            out.push('元');
        } else if total == 0 {
            out.push_str("零元");
        }
        if jiao == 0 && fen == 0 {
            out.push('整');
            return out;
        }
        if jiao > 0 {
            if gap {
                out.push('零');
            }
            out.push(capital_digit(jiao));
            out.push('角');
            gap = false;
        } else {
            gap = yuan > 0;
        }
        if fen > 0 {
            if gap {
                out.push('零');
            }
            out.push(capital_digit(fen));
            out.push('分');
        } else {
            out.push('整');
        }
        out
    }
}

/// Figures with the currency sign: `¥186,400.00`, `-¥5.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures();
        match figures.strip_prefix('-') {
            Some(rest) => write!(f, "-¥{rest}"),
            None => write!(f, "¥{figures}"),
        }
    }
}

fn capital_digit(digit: u64) -> char {
    const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
    usize::try_from(digit).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or('零')
}

/// Writes whole yuan without 元; tells whether zeros stand at the end. The places run in fours:
/// 个, 万, 亿, 万亿, and the upper 万 is followed by 亿 even when nothing stands between.
fn write_yuan(out: &mut String, yuan: u64) -> bool {
    let digits: Vec<u64> = yuan.to_string().bytes().map(|b| u64::from(b - b'0')).collect();
    let mut gap = false;
    let mut section_used = false;
    for (at, digit) in digits.iter().enumerate() {
        let place = digits.len() - 1 - at;
        if *digit == 0 {
            gap = true;
        } else {
            if gap {
                out.push('零');
            }
            gap = false;
            section_used = true;
            out.push(capital_digit(*digit));
            match place % 4 {
                3 => out.push('仟'),
                2 => out.push('佰'),
                1 => out.push('拾'),
                _ => {}
            }
        }
        match place {
            12 | 4 if section_used => out.push('万'),
            8 if digits.len() > 8 => out.push('亿'), // closes 万亿 and 亿 alike
            _ => {}
        }
        if place.is_multiple_of(4) {
            section_used = false;
        }
    }
    gap
}

/// Whether negative amounts make sense where one is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Receipts, valuations, claims: zero or more.
    NotNegative,
    /// Reversals (冲正): any sign.
    Any,
}

/// Reads an amount as people type it: `186400`, `186,400.00`, `18.64万`, `1.2亿`, with an optional
/// `¥` before or `元` after. Exact: nothing is rounded, and an amount below a fen is refused.
pub fn check(raw: &str, sign: Sign) -> Checked<Fen> {
    judge(raw, |text| {
        let fen = read(text, sign)?;
        Ok((text.to_owned(), Finding::Good(fen)))
    })
}

fn read(text: &str, sign: Sign) -> Result<Fen, Reason> {
    let (negative, rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix('¥').unwrap_or(rest);
    let rest = rest.strip_suffix('元').unwrap_or(rest);
    // How many decimals one fen is away from the unit written.
    let (number, decimals) = if let Some(number) = rest.strip_suffix('万') {
        (number, 6)
    } else if let Some(number) = rest.strip_suffix('亿') {
        (number, 10)
    } else {
        (rest, 2)
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if all_digits(fraction) => (whole, fraction),
        Some(_) => return Err(FORM),
        None => (number, ""),
    };
    let whole = ungroup(whole).ok_or(FORM)?;
    if fraction.len() > decimals {
        return Err(BELOW_FEN);
    }
    let digits = format!("{whole}{fraction:0<decimals$}");
    let fen: i64 = digits.parse().map_err(|_| RANGE)?;
    if negative && fen != 0 && sign == Sign::NotNegative {
        return Err(NEGATIVE);
    }
    Fen::new(if negative { -fen } else { fen })
}

/// Digits with either no separators or a comma at every third place.
fn ungroup(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut grouped = false;
    for group in groups {
        grouped = true;
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    (all_digits(&digits) && !first.is_empty() && (!grouped || first.len() <= 3)).then_some(digits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::identifier::{EMPTY, Standing};

    #[test]
    fn what_people_type() {
        for (raw, fen) in [
            ("186400", 18_640_000),
            ("186,400.00", 18_640_000),
            ("18.64万", 18_640_000),
            ("１８６，４００．００", 18_640_000),
            ("¥186,400.0 元", 18_640_000),
            ("￥0.05", 5),
            ("1.2亿", 12_000_000_000),
            ("0.000001万", 1),
            ("0", 0),
            ("-0", 0),
            ("90000000000000", Fen::MAX),
        ] {
            let checked = check(raw, Sign::NotNegative);
            assert_eq!(checked.reason, None, "{raw}");
            assert_eq!(checked.parts.unwrap().get(), fen, "{raw}");
        }
        assert_eq!(check("-5", Sign::Any).parts.unwrap().get(), -500);
    }

    #[test]
    fn what_is_refused() {
        for (raw, reason) in [
            ("186400.005", BELOW_FEN),
            ("18.6400001万", BELOW_FEN),
            ("1e5", FORM),
            ("-5", NEGATIVE),
            ("", EMPTY),
            ("  ", EMPTY),
            ("+5", FORM),
            ("1,8640", FORM),
            ("1864,000", FORM),
            (",100", FORM),
            ("100,", FORM),
            ("100.", FORM),
            (".5", FORM),
            ("1.2.3", FORM),
            ("--5", FORM),
            ("万", FORM),
            ("1万万", FORM),
            ("NaN", FORM),
            ("٣", FORM),
            ("90000000000000.01", RANGE),
            ("99999999999999999999999999", RANGE),
        ] {
            let checked = check(raw, Sign::NotNegative);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
            assert!(checked.parts.is_none());
        }
    }

    #[test]
    fn figures() {
        for (fen, text) in [
            (18_640_000, "¥186,400.00"),
            (0, "¥0.00"),
            (-5, "-¥0.05"),
            (100_000, "¥1,000.00"),
            (99_999, "¥999.99"),
            (Fen::MAX, "¥90,000,000,000,000.00"),
        ] {
            assert_eq!(Fen::new(fen).unwrap().to_string(), text);
        }
    }

    #[test]
    fn capital_forms() {
        for (fen, text) in [
            (18_640_000, "壹拾捌万陆仟肆佰元整"),
            (0, "零元整"),
            (5, "伍分"),
            (50, "伍角整"),
            (55, "伍角伍分"),
            (1_005, "壹拾元零伍分"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元零叁角贰分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (10_700_053, "壹拾万零柒仟元零伍角叁分"),
            (1_000_000, "壹万元整"),
            (1_000_000_000, "壹仟万元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (1_000_000_000_000, "壹佰亿元整"),
            (100_010_000_000_000, "壹万零壹亿元整"),
            (Fen::MAX, "玖拾万亿元整"),
            (-18_640_000, "负壹拾捌万陆仟肆佰元整"),
            (-Fen::MAX, "负玖拾万亿元整"),
        ] {
            assert_eq!(Fen::new(fen).unwrap().capital(), text, "{fen}");
        }
    }

    #[test]
    fn the_range_is_closed_at_both_ends() {
        assert!(Fen::new(Fen::MAX).is_ok() && Fen::new(-Fen::MAX).is_ok());
        for fen in [Fen::MAX + 1, -Fen::MAX - 1, i64::MAX, i64::MIN] {
            assert_eq!(Fen::new(fen), Err(RANGE));
        }
        let max = Fen::new(Fen::MAX).unwrap();
        assert_eq!(max.checked_add(Fen::new(1).unwrap()), Err(RANGE));
    }

    /// An independent reader of capital forms: units multiply, 零 and 整 say nothing.
    fn read_capital(text: &str) -> i64 {
        let (sign, text) = text.strip_prefix('负').map_or((1, text), |rest| (-1, rest));
        let (mut fen, mut yuan, mut section, mut figure) = (0_i64, 0_i64, 0_i64, 0_i64);
        for c in text.chars() {
            match c {
                '拾' | '佰' | '仟' => {
                    section += figure
                        * [('拾', 10), ('佰', 100), ('仟', 1_000)]
                            .iter()
                            .find(|u| u.0 == c)
                            .unwrap()
                            .1;
                    figure = 0;
                }
                '万' => {
                    yuan += (section + figure) * 10_000;
                    (section, figure) = (0, 0);
                }
                '亿' => {
                    yuan = (yuan + section + figure) * 100_000_000;
                    (section, figure) = (0, 0);
                }
                '元' => {
                    fen += (yuan + section + figure) * 100;
                    figure = 0;
                }
                '角' => {
                    fen += figure * 10;
                    figure = 0;
                }
                '分' => fen += figure,
                '零' | '整' => {}
                other => {
                    let at = "壹贰叁肆伍陆柒捌玖".chars().position(|d| d == other).unwrap();
                    figure = i64::try_from(at).unwrap() + 1;
                }
            }
        }
        sign * fen
    }

    /// Amounts of every length, with many zeros: the hard cases are gaps.
    fn gappy() -> impl Strategy<Value = i64> {
        (
            proptest::collection::vec(prop_oneof![3 => Just(0_i64), 1 => 1..10_i64], 1..=16),
            any::<bool>(),
        )
            .prop_map(|(digits, negative)| {
                let fen = digits.into_iter().fold(0, |sum, digit| sum * 10 + digit).min(Fen::MAX);
                if negative { -fen } else { fen }
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn capital_forms_read_back(fen in prop_oneof![gappy(), -Fen::MAX..=Fen::MAX]) {
            let text = Fen::new(fen).unwrap().capital();
            prop_assert_eq!(read_capital(&text), fen, "{}", text);
            prop_assert!(!text.contains("零零"), "{}", text);
            prop_assert_eq!(text.contains("零元"), fen == 0, "{}", text);
            prop_assert_eq!(text.ends_with('整'), fen % 10 == 0, "{}", text);
        }

        #[test]
        fn figures_read_back(fen in prop_oneof![gappy(), -Fen::MAX..=Fen::MAX]) {
            let amount = Fen::new(fen).unwrap();
            prop_assert_eq!(check(&amount.figures(), Sign::Any).parts, Some(amount));
            prop_assert_eq!(check(&amount.to_string(), Sign::Any).parts, Some(amount));
        }
    }
}
