//! How long a seizure (查封、扣押、冻结) lasts. Its effect ends by itself, so everything here errs on the
//! early side.
//!
//! Court papers print "自2026年3月17日起至2028年3月16日止", counting the first day, while L-CPL 85 would
//! end the same two years on 17 March 2028. The printed dates are stored; warnings go by the earlier
//! reading; and **no holiday ever extends a seizure**.

use jiff::ToSpan;
use jiff::civil::Date;

use super::period::days_between;
use crate::identifier::{Reason, reasons};

reasons! {
    ORDER: "seizure_order", "查封截止日早于起始日,请核对裁定书。", "The seizure ends before it begins; check the ruling.";
    ABOVE_MAXIMUM: "seizure_above_maximum", "查封期限超过法定上限,超出部分无效。", "The term is above the legal maximum; the excess is void.";
    RENEWED_LATE: "seizure_renewed_late", "续行查封应在期限届满前办理,原查封效力已消灭。", "A renewal must be made before the end; the seizure has lapsed.";
    RENEWAL_GAP: "seizure_renewal_gap", "续行查封的起始日与原期限之间有间断,请核对。", "The renewal does not follow on the former term; check the dates.";
}

/// What is seized decides the longest term: 民诉法解释 第四百八十五条第一款.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeizedProperty {
    /// 银行存款: one year.
    Deposit,
    /// 动产: two years.
    Movable,
    /// 不动产、其他财产权: three years.
    RealEstateOrRight,
}

impl SeizedProperty {
    /// The longest term, and the longest renewal, in years.
    pub const fn max_years(self) -> u8 {
        match self {
            Self::Deposit => 1,
            Self::Movable => 2,
            Self::RealEstateOrRight => 3,
        }
    }
}

/// The printed term of one seizure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeizureTerm {
    property: SeizedProperty,
    from: Date,
    to: Date,
}

/// How near the end is on a given day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeizureStage {
    /// More than 90 days left.
    Running,
    /// 31 to 90 days left.
    Within90,
    /// 8 to 30 days left.
    Within30,
    /// 0 to 7 days left; the last day counts.
    Within7,
    /// The effect has ended.
    Lapsed,
}

impl SeizureTerm {
    /// The days before the end on which somebody must be told.
    pub const WARN_DAYS: [u16; 3] = [90, 30, 7];

    /// The term as printed: both days belong to it.
    pub fn new(property: SeizedProperty, from: Date, to: Date) -> Result<Self, Reason> {
        if to < from { Err(ORDER) } else { Ok(Self { property, from, to }) }
    }

    /// The whole legal maximum from `from`, first day counted, as papers print it.
    pub fn longest(property: SeizedProperty, from: Date) -> Result<Self, Reason> {
        let to = first_day_counted(property, from).ok_or(ORDER)?;
        Self::new(property, from, to)
    }

    /// What is seized.
    pub fn property(&self) -> SeizedProperty {
        self.property
    }

    /// First day, as printed.
    pub fn from(&self) -> Date {
        self.from
    }

    /// Last day, as printed.
    pub fn to(&self) -> Date {
        self.to
    }

    /// A term above the maximum, even by the more generous count of L-CPL 85, is blocked.
    pub fn fault(&self) -> Option<Reason> {
        let years = i64::from(self.property.max_years());
        let latest = self.from.checked_add(years.years()).ok()?;
        (self.to > latest).then_some(ABOVE_MAXIMUM)
    }

    /// The last day one may rely on: the printed end, or the end of the legal maximum counted with
    /// the first day, whichever is earlier. Never moved by a holiday.
    pub fn reliable_until(&self) -> Date {
        first_day_counted(self.property, self.from).map_or(self.to, |latest| latest.min(self.to))
    }

    /// Days left on `today`; 0 on the last day, negative when the effect has ended.
    pub fn days_left(&self, today: Date) -> i32 {
        days_between(today, self.reliable_until())
    }

    /// How near the end is.
    pub fn stage(&self, today: Date) -> SeizureStage {
        match self.days_left(today) {
            ..0 => SeizureStage::Lapsed,
            0..=7 => SeizureStage::Within7,
            8..=30 => SeizureStage::Within30,
            31..=90 => SeizureStage::Within90,
            _ => SeizureStage::Running,
        }
    }

    /// The dates of [`Self::WARN_DAYS`], farthest first; one before the first day is still given.
    pub fn warnings(&self) -> [Date; 3] {
        let end = self.reliable_until();
        Self::WARN_DAYS.map(|days| end.saturating_sub(i64::from(days).days()))
    }

    /// A renewal (续行查封) made on `made`, running from the day after this term to `to`. It must be
    /// made before this term ends and has the same maximum: 民诉法解释 第四百八十五条第二、三款.
    pub fn renew(&self, made: Date, from: Date, to: Date) -> Result<Self, Reason> {
        let end = self.reliable_until();
        if made > end {
            return Err(RENEWED_LATE);
        }
        if from > end.saturating_add(1.day()) {
            return Err(RENEWAL_GAP);
        }
        let renewed = Self::new(self.property, from, to)?;
        renewed.fault().map_or(Ok(renewed), Err)
    }
}

/// The last day of the legal maximum when the first day is counted.
fn first_day_counted(property: SeizedProperty, from: Date) -> Option<Date> {
    from.checked_add(i64::from(property.max_years()).years()).ok()?.yesterday().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;

    use super::*;

    fn nanhai() -> SeizureTerm {
        SeizureTerm::new(SeizedProperty::Movable, date(2026, 3, 17), date(2028, 3, 16)).unwrap()
    }

    #[test]
    fn the_printed_example_of_the_domain_sheet() {
        let term = nanhai();
        assert_eq!(SeizureTerm::longest(SeizedProperty::Movable, date(2026, 3, 17)), Ok(term));
        assert_eq!(term.fault(), None);
        assert_eq!(term.reliable_until(), date(2028, 3, 16));
        assert_eq!(term.warnings(), [date(2027, 12, 17), date(2028, 2, 15), date(2028, 3, 9)]);
        for (today, left, stage) in [
            (date(2026, 3, 17), 730, SeizureStage::Running),
            (date(2027, 12, 16), 91, SeizureStage::Running),
            (date(2027, 12, 17), 90, SeizureStage::Within90),
            (date(2028, 2, 14), 31, SeizureStage::Within90),
            (date(2028, 2, 15), 30, SeizureStage::Within30),
            (date(2028, 3, 8), 8, SeizureStage::Within30),
            (date(2028, 3, 9), 7, SeizureStage::Within7),
            (date(2028, 3, 16), 0, SeizureStage::Within7),
            (date(2028, 3, 17), -1, SeizureStage::Lapsed),
        ] {
            assert_eq!((term.days_left(today), term.stage(today)), (left, stage), "{today}");
        }
    }

    #[test]
    fn the_article_85_count_is_allowed_but_not_relied_on() {
        let term = SeizureTerm::new(SeizedProperty::Movable, date(2026, 3, 17), date(2028, 3, 17))
            .unwrap();
        assert_eq!(term.fault(), None);
        assert_eq!(term.reliable_until(), date(2028, 3, 16));
    }

    #[test]
    fn each_property_has_its_maximum() {
        for (property, last) in [
            (SeizedProperty::Deposit, date(2027, 3, 17)),
            (SeizedProperty::Movable, date(2028, 3, 17)),
            (SeizedProperty::RealEstateOrRight, date(2029, 3, 17)),
        ] {
            let from = date(2026, 3, 17);
            assert_eq!(SeizureTerm::new(property, from, last).unwrap().fault(), None);
            let above = SeizureTerm::new(property, from, last.tomorrow().unwrap()).unwrap();
            assert_eq!(above.fault(), Some(ABOVE_MAXIMUM));
            assert_eq!(above.reliable_until(), last.yesterday().unwrap());
        }
    }

    #[test]
    fn a_holiday_never_extends_a_seizure() {
        // 2026-02-17 is in the Spring Festival, 2026-10-03 in the National Day week.
        for to in [date(2026, 2, 17), date(2026, 10, 3)] {
            let term = SeizureTerm::new(SeizedProperty::Deposit, date(2025, 12, 1), to).unwrap();
            assert_eq!(term.reliable_until(), to);
            assert_eq!(term.stage(to.tomorrow().unwrap()), SeizureStage::Lapsed);
        }
    }

    #[test]
    fn leap_days_and_reversed_dates() {
        let term = SeizureTerm::longest(SeizedProperty::Deposit, date(2028, 2, 29)).unwrap();
        assert_eq!(term.to(), date(2029, 2, 27));
        let reversed =
            SeizureTerm::new(SeizedProperty::Movable, date(2026, 3, 17), date(2026, 3, 16));
        assert_eq!(reversed, Err(ORDER));
        assert!(SeizureTerm::new(SeizedProperty::Movable, Date::MAX, Date::MAX).is_ok());
        assert_eq!(SeizureTerm::longest(SeizedProperty::Movable, Date::MAX), Err(ORDER));
    }

    #[test]
    fn a_renewal_is_made_in_time_follows_on_and_has_the_same_maximum() {
        let term = nanhai();
        let (made, from) = (date(2028, 3, 1), date(2028, 3, 17));
        assert_eq!(term.renew(made, from, date(2030, 3, 16)).unwrap().to(), date(2030, 3, 16));
        assert_eq!(term.renew(date(2028, 3, 17), from, date(2030, 3, 16)), Err(RENEWED_LATE));
        assert_eq!(term.renew(made, date(2028, 3, 18), date(2030, 3, 16)), Err(RENEWAL_GAP));
        assert_eq!(term.renew(made, from, date(2030, 3, 18)), Err(ABOVE_MAXIMUM));
        assert_eq!(term.renew(made, from, date(2028, 3, 1)), Err(ORDER));
    }
}
