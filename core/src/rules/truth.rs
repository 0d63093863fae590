//! Three-valued logic (Kleene): true, false, not known, and why not.

/// Why something cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A value the rule compares was not recorded.
    NotRecorded,
    /// People recorded different values and nobody has settled it.
    Contested,
    /// The holiday table does not reach the day.
    NoCalendar,
    /// A value is not of the form the rule expects.
    Unreadable,
    /// The record has more items than one evaluation may look at.
    TooLarge,
    /// The rule uses something this version does not know.
    NewerApp,
}

impl Why {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotRecorded => "not_recorded",
            Self::Contested => "contested",
            Self::NoCalendar => "no_calendar",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::NewerApp => "newer_app",
        }
    }

    /// What to tell the person, zh-CN and English.
    pub fn sentence(self) -> (&'static str, &'static str) {
        match self {
            Self::NotRecorded => ("所需内容尚未记录", "what it needs is not recorded"),
            Self::Contested => ("有关内容有分歧,待确定", "the values differ and are not settled"),
            Self::NoCalendar => {
                ("节假日表未覆盖该日期", "the holiday table does not cover the date")
            }
            Self::Unreadable => ("有关内容格式无法识别", "a value cannot be read"),
            Self::TooLarge => ("记录项目过多", "the record has too many items"),
            Self::NewerApp => ("该规则需更新应用后核对", "the rule needs a newer app"),
        }
    }
}

/// Truth as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown(Why),
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl Truth {
    pub(super) fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Both. The graver reason is kept.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown(one), Self::Unknown(two)) => Self::Unknown(one.max(two)),
            (Self::Unknown(why), Self::True) | (Self::True, Self::Unknown(why)) => {
                Self::Unknown(why)
            }
            (Self::True, Self::True) => Self::True,
        }
    }

    /// Either.
    pub(super) fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;

    #[test]
    fn what_is_not_known_never_becomes_true_by_itself() {
        let unknown = Unknown(Why::NotRecorded);
        assert_eq!(True.and(unknown), unknown);
        assert_eq!(False.and(unknown), False);
        assert_eq!(True.or(unknown), True);
        assert_eq!(False.or(unknown), unknown);
        assert_eq!(unknown.negate(), unknown);
        assert_eq!(unknown.and(Unknown(Why::NewerApp)), Unknown(Why::NewerApp));
    }
}
