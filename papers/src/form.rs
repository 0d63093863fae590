//! Which papers there are, by the numbers of the forms, and of which records each is made.

use lastmile_core::records::Kind;

/// A paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// 查封(扣押)财产清单.
    PropertyList,
    /// 强制迁出公告.
    EvictionNotice,
    /// 执行笔录; of an eviction, 强制迁出笔录.
    OnsiteRecord,
    /// 搬出财物清单.
    MovedGoods,
    /// 送达回证.
    ServiceReceipt,
    /// 补正笔录; of a supplement, 补充笔录.
    Correction,
}

impl Form {
    /// Every paper.
    pub const ALL: [Self; 6] = [
        Self::PropertyList,
        Self::EvictionNotice,
        Self::OnsiteRecord,
        Self::MovedGoods,
        Self::ServiceReceipt,
        Self::Correction,
    ];

    /// The number of the form, also in addresses, file names and templates.
    pub fn code(self) -> &'static str {
        match self {
            Self::PropertyList => "F-01",
            Self::EvictionNotice => "F-03",
            Self::OnsiteRecord => "F-04",
            Self::MovedGoods => "F-05",
            Self::ServiceReceipt => "F-06",
            Self::Correction => "F-12",
        }
    }

    /// The paper of a number.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// The papers of a kind of record, the main one first; none for kinds that are never printed.
    pub fn of_kind(kind: &Kind) -> &'static [Self] {
        match kind.name {
            "seizure" => &[Self::PropertyList, Self::ServiceReceipt],
            "eviction" => {
                &[Self::MovedGoods, Self::OnsiteRecord, Self::EvictionNotice, Self::ServiceReceipt]
            }
            "onsite" => &[Self::OnsiteRecord, Self::ServiceReceipt],
            "correction" | "supplement" => &[Self::Correction, Self::ServiceReceipt],
            _ => &[],
        }
    }

    /// Its name on the paper, by the kind of record it is made of.
    pub fn title(self, kind: &Kind) -> &'static str {
        match (self, kind.name) {
            (Self::PropertyList, _) => "查封(扣押)财产清单",
            (Self::EvictionNotice, _) => "强制迁出公告",
            (Self::OnsiteRecord, "eviction") => "强制迁出笔录",
            (Self::OnsiteRecord, _) => "执行笔录",
            (Self::MovedGoods, _) => "搬出财物清单",
            (Self::ServiceReceipt, _) => "送达回证",
            (Self::Correction, "supplement") => "补充笔录",
            (Self::Correction, _) => "补正笔录",
        }
    }
}

#[cfg(test)]
mod tests {
    use lastmile_core::records::builtin;

    use super::*;

    #[test]
    fn numbers_are_unique_and_every_form_has_a_record() {
        for form in Form::ALL {
            assert_eq!(Form::from_code(form.code()), Some(form));
            assert!(builtin().iter().any(|kind| Form::of_kind(kind).contains(&form)), "{form:?}");
        }
        assert_eq!(Form::from_code("F-99"), None);
    }
}
