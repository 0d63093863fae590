//! Administrative divisions and governance grids (综治网格). Codes are the keys: 28 committee names
//! repeat in Foshan alone. A child's code begins with its parent's.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, LONG, SHORT},
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
};

/// Where reference data came from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Publisher and edition.
    pub name: String,
    /// Licence or terms.
    pub licence: String,
    /// What a reader must know, e.g. that it is not official.
    pub note: String,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Source {
    pub(super) fn validate(&self, checker: &mut Checker) {
        for (path, text) in [
            ("source.name", &self.name),
            ("source.licence", &self.licence),
            ("source.note", &self.note),
        ] {
            check::optional(checker, path, text, LONG);
        }
        check::extra(checker, "source", &self.extra);
    }
}

/// One division of any level.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Division {
    /// Digits; begins with the parent's code.
    pub code: String,
    /// Name without its parents'.
    pub name: String,
    /// Kind as the source says it: `street`, `town`, `residents`, `villagers`, ...
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Levels from province to grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省, 2 digits.
    Province,
    /// 市, 4 digits.
    City,
    /// 区县, 6 digits (GB/T 2260).
    Area,
    /// 镇街, 9 digits (GB/T 10114).
    Street,
    /// 居(村)委会, 12 digits.
    Committee,
    /// 网格: 12 digits and a serial of three, not 000. No national format was confirmed.
    Grid,
}

impl Level {
    /// From the top down.
    pub const ALL: [Self; 6] =
        [Self::Province, Self::City, Self::Area, Self::Street, Self::Committee, Self::Grid];

    /// Digits of its codes.
    pub const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::Area => 6,
            Self::Street => 9,
            Self::Committee => 12,
            Self::Grid => 15,
        }
    }

    /// The level of a code, by its length.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.digits() == code.len())
    }

    /// Field of the pack that lists it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Province => "provinces",
            Self::City => "cities",
            Self::Area => "areas",
            Self::Street => "streets",
            Self::Committee => "committees",
            Self::Grid => "grids",
        }
    }
}

/// Divisions of a court's territory and what lies above it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GridPack {
    /// Court code.
    pub court: String,
    /// Rises with every replacement.
    pub version: u64,
    /// Cut-off of the data.
    pub as_of: Option<Timestamp>,
    /// Where it came from.
    pub source: Source,
    /// 省.
    pub provinces: Vec<Division>,
    /// 市.
    pub cities: Vec<Division>,
    /// 区县.
    pub areas: Vec<Division>,
    /// 镇街.
    pub streets: Vec<Division>,
    /// 居(村)委会.
    pub committees: Vec<Division>,
    /// 网格.
    pub grids: Vec<Division>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most divisions of one level.
pub const MAX_DIVISIONS: usize = 200_000;

impl GridPack {
    /// The divisions of a level.
    pub fn level(&self, level: Level) -> &[Division] {
        match level {
            Level::Province => &self.provinces,
            Level::City => &self.cities,
            Level::Area => &self.areas,
            Level::Street => &self.streets,
            Level::Committee => &self.committees,
            Level::Grid => &self.grids,
        }
    }

    /// The list of a level, to fill.
    pub fn level_mut(&mut self, level: Level) -> &mut Vec<Division> {
        match level {
            Level::Province => &mut self.provinces,
            Level::City => &mut self.cities,
            Level::Area => &mut self.areas,
            Level::Street => &mut self.streets,
            Level::Committee => &mut self.committees,
            Level::Grid => &mut self.grids,
        }
    }

    /// The division of a code.
    pub fn find(&self, code: &str) -> Option<&Division> {
        self.level(Level::of(code)?).iter().find(|division| division.code == code)
    }

    /// The full name of a code, 广东省佛山市南海区九江镇…, so that equal names can be told apart.
    /// Levels that are not in the pack are left out; an unknown code has no name.
    pub fn full_name(&self, code: &str) -> Option<String> {
        let last = self.find(code)?;
        let mut name: String = Level::ALL
            .into_iter()
            .filter(|level| level.digits() < code.len())
            .filter_map(|level| self.find(code.get(..level.digits())?))
            .map(|division| division.name.as_str())
            .collect();
        name.push_str(&last.name);
        Some(name)
    }

    fn validate_level(&self, checker: &mut Checker, level: Level) {
        let divisions = self.level(level);
        if !check::list(checker, level.field(), divisions.len(), MAX_DIVISIONS) {
            return;
        }
        let index = first_of_each(divisions);
        // The nearest level above that the pack lists at all: Dongguan and Zhongshan have no areas.
        let above = Level::ALL
            .into_iter()
            .rev()
            .find(|upper| *upper < level && !self.level(*upper).is_empty());
        let parents = above.map(|above| (above.digits(), first_of_each(self.level(above))));
        for (at, division) in divisions.iter().enumerate() {
            let path = format!("{}[{at}]", level.field());
            let code = division.code.as_str();
            let well_formed =
                code.len() == level.digits() && code.bytes().all(|b| b.is_ascii_digit());
            if !well_formed || (level == Level::Grid && code.ends_with("000")) {
                checker.add(
                    format!("{path}.code"),
                    Fault::error(
                        "division_code_invalid",
                        format!(
                            "代码应为{}位数字{}。",
                            level.digits(),
                            if level == Level::Grid { ",末三位不为000" } else { "" }
                        ),
                        format!("The code must have {} digits.", level.digits()),
                    ),
                );
                continue;
            }
            if index.get(code) != Some(&at) {
                checker.add(
                    format!("{path}.code"),
                    Fault::error("division_code_repeated", "代码重复。", "The code repeats."),
                );
            }
            if let Some((digits, parents)) = &parents
                && !code.get(..*digits).is_some_and(|parent| parents.contains_key(parent))
            {
                checker.add(
                    format!("{path}.code"),
                    Fault::error(
                        "division_parent_unknown",
                        "上级区划不在表中。",
                        "The division above it is not in the table.",
                    ),
                );
            }
            check::required(checker, &format!("{path}.name"), &division.name, SHORT);
            check::optional(checker, &format!("{path}.kind"), &division.kind, SHORT);
            check::extra(checker, &path, &division.extra);
        }
    }
}

impl Payload for GridPack {
    const KIND: &'static str = "grid";
    const MAX_BYTES: usize = 32 * 1024 * 1024;

    fn subject(&self) -> &str {
        &self.court
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn audience(&self) -> Audience {
        Audience::Everyone
    }

    fn validate(&self) -> Vec<Problem> {
        let mut checker = Checker::new();
        check::optional(&mut checker, "court", &self.court, SHORT);
        self.source.validate(&mut checker);
        for level in Level::ALL {
            self.validate_level(&mut checker, level);
        }
        check::extra(&mut checker, "", &self.extra);
        checker.finish()
    }
}

fn first_of_each(divisions: &[Division]) -> HashMap<&str, usize> {
    let mut index = HashMap::new();
    for (at, division) in divisions.iter().enumerate() {
        index.entry(division.code.as_str()).or_insert(at);
    }
    index
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn division(code: &str, name: &str) -> Division {
        Division { code: code.into(), name: name.into(), ..Division::default() }
    }

    fn sample() -> GridPack {
        GridPack {
            areas: vec![division("440605", "南海区")],
            streets: vec![division("440605121", "九江镇"), division("440605122", "西樵镇")],
            committees: vec![
                division("440605121001", "新城居委会"),
                division("440605122001", "新城居委会"),
            ],
            grids: vec![division("440605121001003", "第三网格")],
            ..GridPack::default()
        }
    }

    #[test]
    fn equal_names_are_told_apart_by_code() {
        let pack = sample();
        assert_eq!(pack.validate(), []);
        assert_eq!(pack.full_name("440605121001").unwrap(), "南海区九江镇新城居委会");
        assert_eq!(pack.full_name("440605122001").unwrap(), "南海区西樵镇新城居委会");
        assert_eq!(pack.full_name("440605121001003").unwrap(), "南海区九江镇新城居委会第三网格");
        assert_eq!(pack.full_name("440605999"), None);
        assert_eq!(pack.full_name("南海区九江"), None);
    }

    #[test]
    fn codes_are_checked_for_length_parent_and_repetition() {
        let code = |edit: fn(&mut GridPack)| {
            let mut pack = sample();
            edit(&mut pack);
            pack.validate().into_iter().map(|p| (p.path, p.code)).collect::<Vec<_>>()
        };
        assert_eq!(
            code(|p| p.streets[0].code = "44060512".into())[0],
            ("streets[0].code".to_owned(), "division_code_invalid")
        );
        assert_eq!(
            code(|p| p.streets.push(division("440604010", "石湾镇街道"))),
            [("streets[2].code".to_owned(), "division_parent_unknown")]
        );
        assert_eq!(
            code(|p| p.grids.push(division("440605121001003", "又一个"))),
            [("grids[1].code".to_owned(), "division_code_repeated")]
        );
        assert_eq!(
            code(|p| p.grids.push(division("440605121001000", "零"))),
            [("grids[1].code".to_owned(), "division_code_invalid")]
        );
    }
}
