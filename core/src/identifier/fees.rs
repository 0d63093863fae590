//! The enforcement fee (申请执行费) and the doubled interest for late performance (迟延履行期间的加倍部分
//! 债务利息). Integer arithmetic; one rounding, half up to the fen, at the end.

use super::money::Fen;
use super::{Reason, reasons, table};

reasons! {
    NO_AMOUNT: "fee_no_amount", "无执行金额的案件,执行费由法院在五十元至五百元内确定。", "Without an amount the court sets the fee between 50 and 500 yuan.";
    LADDER: "fee_ladder", "执行费率表无法读取,请核对规则包。", "The table of fees cannot be read; check the rule pack.";
    TOO_LARGE: "fee_range", "金额或天数超出可计算范围。", "The amount or the number of days is too large to compute with.";
}

/// A marginal ladder: each rung charges the part of the amount between the rung before and itself.
/// Fees change by decree, so the ladder is data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLadder(Vec<Rung>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rung {
    /// Upper end, fen; the last rung has none.
    up_to: Option<i64>,
    /// Charged as soon as the rung is touched, fen.
    fixed: i64,
    /// Charged on the part within the rung, millionths.
    parts_per_million: i64,
}

const BUILTIN: &str = include_str!("../../data/fees.csv");

impl FeeLadder {
    /// 诉讼费用交纳办法 (2007-04-01) article 14(1): to 10,000 yuan 50 yuan; 1.5 % to 500,000; 1 % to
    /// 5 million; 0.5 % to 10 million; 0.1 % above.
    pub fn builtin() -> Result<Self, Reason> {
        let rungs = table::rows::<3>(BUILTIN)
            .map(|[up_to, fixed, rate]| {
                let up_to =
                    if up_to.is_empty() { None } else { Some(up_to.parse().map_err(|_| LADDER)?) };
                let fixed = fixed.parse().map_err(|_| LADDER)?;
                Ok((up_to, fixed, rate.parse().map_err(|_| LADDER)?))
            })
            .collect::<Result<Vec<_>, Reason>>()?;
        Self::new(&rungs)
    }

    /// A ladder of `(upper end in fen, fixed fee in fen, rate in millionths)`, ascending, the last
    /// one open. At most 32 rungs.
    pub fn new(rungs: &[(Option<i64>, i64, i64)]) -> Result<Self, Reason> {
        let rungs: Vec<Rung> = rungs
            .iter()
            .map(|&(up_to, fixed, parts_per_million)| Rung { up_to, fixed, parts_per_million })
            .collect();
        let mut below = 0;
        for (at, rung) in rungs.iter().enumerate() {
            let last = at + 1 == rungs.len();
            let ascending = match rung.up_to {
                Some(up_to) => !last && up_to > below && up_to <= Fen::MAX,
                None => last,
            };
            let sane = (0..=Fen::MAX).contains(&rung.fixed)
                && (0..=1_000_000).contains(&rung.parts_per_million);
            if !ascending || !sane {
                return Err(LADDER);
            }
            below = rung.up_to.unwrap_or(below);
        }
        if rungs.is_empty() || rungs.len() > 32 { Err(LADDER) } else { Ok(Self(rungs)) }
    }

    /// The fee on `amount` (执行金额), which must be more than zero.
    pub fn fee(&self, amount: Fen) -> Result<Fen, Reason> {
        if amount.get() <= 0 {
            return Err(NO_AMOUNT);
        }
        let mut below = 0;
        let mut millionths = 0_i128;
        for rung in &self.0 {
            if amount.get() <= below {
                break;
            }
            let top = rung.up_to.unwrap_or(Fen::MAX).min(amount.get());
            millionths += i128::from(rung.fixed) * 1_000_000;
            millionths += i128::from(top - below) * i128::from(rung.parts_per_million);
            below = top;
        }
        half_up(millionths)
    }
}

/// The doubled part of the interest: unpaid principal (without general interest) × 0.0175 % per day
/// × days. 最高人民法院关于执行程序中计算迟延履行期间的债务利息适用法律若干问题的解释 article 1(2).
pub fn doubled_interest(principal: Fen, days: u32) -> Result<Fen, Reason> {
    if principal.get() < 0 {
        return Err(TOO_LARGE);
    }
    half_up(i128::from(principal.get()) * i128::from(days) * 175)
}

/// Millionths of a fen to fen, half up. Not for negative amounts.
fn half_up(millionths: i128) -> Result<Fen, Reason> {
    let fen = (millionths + 500_000) / 1_000_000;
    i64::try_from(fen).ok().and_then(|fen| Fen::new(fen).ok()).ok_or(TOO_LARGE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn yuan(text: &str) -> Fen {
        crate::identifier::money::check(text, super::super::money::Sign::Any).parts.unwrap()
    }

    fn fee(text: &str) -> String {
        FeeLadder::builtin().unwrap().fee(yuan(text)).unwrap().figures()
    }

    #[test]
    fn the_worked_examples_of_the_domain_sheet() {
        assert_eq!(fee("186,400.00"), "2,696.00");
        assert_eq!(fee("500,000"), "7,400.00");
        assert_eq!(doubled_interest(yuan("186,400.00"), 45).unwrap().figures(), "1,467.90");
    }

    #[test]
    fn each_rung_and_its_edge() {
        for (amount, expected) in [
            ("0.01", "50.00"),
            ("10000", "50.00"),
            ("10000.01", "50.00"), // 0.015 fen rounds down
            ("10000.34", "50.01"), // 0.51 fen rounds up
            ("5000000", "52,400.00"),
            ("10000000", "77,400.00"),
            ("100000000", "167,400.00"),
        ] {
            assert_eq!(fee(amount), expected, "{amount}");
        }
    }

    #[test]
    fn rounding_is_half_up_once_at_the_end() {
        // 0.5 fen exactly: 100 fen at half a per cent.
        let ladder = FeeLadder::new(&[(None, 0, 5_000)]).unwrap();
        assert_eq!(ladder.fee(Fen::new(100).unwrap()).unwrap().get(), 1);
        assert_eq!(ladder.fee(Fen::new(99).unwrap()).unwrap().get(), 0);
        // Two halves of a fen on two rungs make one fen, not two.
        let ladder = FeeLadder::new(&[(Some(100), 0, 5_000), (None, 0, 5_000)]).unwrap();
        assert_eq!(ladder.fee(Fen::new(200).unwrap()).unwrap().get(), 1);
    }

    #[test]
    fn no_amount_no_fee_and_no_overflow() {
        let ladder = FeeLadder::builtin().unwrap();
        assert_eq!(ladder.fee(Fen::default()), Err(NO_AMOUNT));
        assert_eq!(ladder.fee(Fen::new(-1).unwrap()), Err(NO_AMOUNT));
        assert!(ladder.fee(Fen::new(Fen::MAX).unwrap()).is_ok());
        assert_eq!(doubled_interest(Fen::new(Fen::MAX).unwrap(), u32::MAX), Err(TOO_LARGE));
        assert_eq!(doubled_interest(Fen::new(100).unwrap(), 0).unwrap().get(), 0);
    }

    #[test]
    fn a_broken_ladder_is_refused() {
        for rungs in [
            &[][..],
            &[(Some(100), 0, 1)],
            &[(None, 0, 1), (None, 0, 1)],
            &[(Some(100), 0, 1), (Some(100), 0, 1), (None, 0, 1)],
            &[(None, -1, 1)],
            &[(None, 0, 1_000_001)],
        ] {
            assert_eq!(FeeLadder::new(rungs), Err(LADDER));
        }
    }
}
