//! Administrative codes (GB/T 2260, GB/T 10114) from province to village, and grid codes (网格编码).
//!
//! Codes are keys, names are not: 28 committee names occur more than once in Foshan. The table knows
//! every county-level area of the country, and towns and committees of Foshan only; a town elsewhere
//! cannot be confirmed and is reported as such, never guessed.
//!
//! There is no confirmed national format of grid codes. Ours is a village code and a serial; a court
//! configures its own through [`GridFormat`].

use std::sync::LazyLock;

use super::{Checked, Finding, Reason, all_digits, judge, reasons, table};

reasons! {
    DIGITS: "area_code_digits", "区划代码只能是数字。", "An area code consists of digits.";
    LENGTH: "area_code_length", "区划代码应为六位(县级)、九位(镇街)或十二位(村居);网格编码按本院配置。", "An area code has 6 (county), 9 (town) or 12 (village) digits; a grid code as configured.";
    UNKNOWN_COUNTY: "area_code_unknown_county", "区划代码前六位不在代码表内。", "The first six digits are not in the table.";
    UNKNOWN_TOWN: "area_code_unknown_town", "该区没有此镇街代码。", "There is no town with this code in the district.";
    TOWN_NOT_COVERED: "area_code_town_not_covered", "本机代码表不含该地镇街,无法核对。", "The table has no towns of this place; the code cannot be confirmed.";
    UNKNOWN_VILLAGE: "area_code_unknown_village", "该镇街没有此村居代码,或代码表已过期。", "No committee of the town has this code, or the table is out of date.";
    GRID_SERIAL: "grid_code_serial", "网格序号不能全为0。", "The grid's serial cannot be zero.";
}

/// How deep a code reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaLevel {
    /// 省级, `440000`.
    Province,
    /// 地级, `440600`.
    City,
    /// 县级, `440605`.
    County,
    /// 镇、街道, nine digits.
    Town,
    /// 村、居, twelve digits.
    Village,
    /// 网格, as configured.
    Grid,
}

/// A code whose parts could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaCode {
    /// How deep it reaches.
    pub level: AreaLevel,
    /// All digits.
    pub code: String,
}

impl AreaCode {
    /// The county-level part, six digits.
    pub fn county(&self) -> &str {
        self.code.get(..6).unwrap_or_default()
    }

    /// The town-level part, nine digits.
    pub fn town(&self) -> Option<&str> {
        self.code.get(..9)
    }

    /// The village-level part, twelve digits.
    pub fn village(&self) -> Option<&str> {
        self.code.get(..12)
    }

    /// The name of the deepest level the table knows.
    pub fn name(&self) -> Option<&'static str> {
        self.village()
            .and_then(name_of)
            .or_else(|| self.town().and_then(name_of))
            .or_else(|| name_of(self.county()))
    }
}

/// The grid codes a court uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridFormat {
    /// Twelve digits of the village and a serial of this many digits (1-6), not all zero.
    VillageSerial(u8),
    /// CJ/T 349-2010: object class 6, county 6, town 3, community 3, grid 2: twenty digits. The
    /// split is inferred, and the object class is not checked.
    CjT349,
}

impl Default for GridFormat {
    fn default() -> Self {
        Self::VillageSerial(3)
    }
}

struct Row {
    code: &'static str,
    name: &'static str,
}

const PROVINCES_CSV: &str = include_str!("../../data/admin/china_provinces.csv");
const CITIES_CSV: &str = include_str!("../../data/admin/china_cities.csv");
const AREAS_CSV: &str = include_str!("../../data/admin/china_areas_gb2260.csv");
const TOWNS_CSV: &str = include_str!("../../data/admin/foshan_streets.csv");
const COMMITTEES_CSV: &str = include_str!("../../data/admin/foshan_committees.csv");

/// The city whose towns and committees the tables hold.
const COVERED_CITY: &str = "4406";

/// All rows of all levels, sorted by code; provinces (2 digits) and cities (4) as in the source.
static AREAS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(table::rows::<2>(PROVINCES_CSV).map(|[code, name]| Row { code, name }));
    rows.extend(table::rows::<3>(CITIES_CSV).map(|[code, name, _]| Row { code, name }));
    rows.extend(table::rows::<4>(AREAS_CSV).map(|[code, name, _, _]| Row { code, name }));
    rows.extend(table::rows::<6>(TOWNS_CSV).map(|[code, name, ..]| Row { code, name }));
    rows.extend(table::rows::<8>(COMMITTEES_CSV).map(|[code, name, ..]| Row { code, name }));
    rows.sort_unstable_by_key(|row| row.code);
    rows
});

/// The name behind a code of the tables; `440000` and `440600` are found like `44` and `4406`.
pub fn name_of(code: &str) -> Option<&'static str> {
    let code = match code.len() {
        6 if code.ends_with("0000") => code.get(..2)?,
        6 if code.ends_with("00") && lookup(code).is_none() => code.get(..4)?,
        _ => code,
    };
    lookup(code)
}

fn lookup(code: &str) -> Option<&'static str> {
    let at = AREAS.binary_search_by_key(&code, |row| row.code).ok()?;
    AREAS.get(at).map(|row| row.name)
}

/// Checks an area code, or a grid code of `format`.
pub fn check(raw: &str, format: GridFormat) -> Checked<AreaCode> {
    judge(raw, |text| Ok((text.to_owned(), read(text, format)?)))
}

fn read(text: &str, format: GridFormat) -> Result<Finding<AreaCode>, Reason> {
    if !all_digits(text) {
        return Err(DIGITS);
    }
    let area = |level| AreaCode { level, code: text.to_owned() };
    match text.len() {
        6 => {
            name_of(text).ok_or(UNKNOWN_COUNTY)?;
            Ok(Finding::Good(area(level_of_six(text))))
        }
        9 | 12 => {
            let level = if text.len() == 9 { AreaLevel::Town } else { AreaLevel::Village };
            Ok(match doubt_below_county(text)? {
                Some(reason) => Finding::Doubt(area(level), reason),
                None => Finding::Good(area(level)),
            })
        }
        _ => grid(text, format),
    }
}

fn level_of_six(code: &str) -> AreaLevel {
    if code.ends_with("0000") {
        AreaLevel::Province
    } else if code.ends_with("00") && lookup(code).is_none() {
        AreaLevel::City // Dongguan and Zhongshan (441900, 442000) have no counties below them.
    } else {
        AreaLevel::County
    }
}

/// Judges the town and village parts of a code of nine or twelve digits.
fn doubt_below_county(code: &str) -> Result<Option<Reason>, Reason> {
    let county = code.get(..6).ok_or(LENGTH)?;
    lookup(county).ok_or(UNKNOWN_COUNTY)?;
    if !county.starts_with(COVERED_CITY) {
        return Ok(Some(TOWN_NOT_COVERED));
    }
    code.get(..9).and_then(lookup).ok_or(UNKNOWN_TOWN)?;
    let unknown_village = code.len() == 12 && lookup(code).is_none();
    Ok(unknown_village.then_some(UNKNOWN_VILLAGE))
}

fn grid(text: &str, format: GridFormat) -> Result<Finding<AreaCode>, Reason> {
    let (village, serial) = match format {
        GridFormat::VillageSerial(digits) if text.len() == 12 + usize::from(digits.clamp(1, 6)) => {
            (text.get(..12).ok_or(LENGTH)?, text.get(12..).ok_or(LENGTH)?)
        }
        GridFormat::CjT349 if text.len() == 20 => {
            (text.get(6..18).ok_or(LENGTH)?, text.get(18..).ok_or(LENGTH)?)
        }
        _ => return Err(LENGTH),
    };
    if serial.bytes().all(|b| b == b'0') {
        return Err(GRID_SERIAL);
    }
    // The parts are read from the village code, whatever stands before it.
    let area = AreaCode { level: AreaLevel::Grid, code: format!("{village}{serial}") };
    Ok(match doubt_below_county(village)? {
        Some(reason) => Finding::Doubt(area, reason),
        None => Finding::Good(area),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::identifier::Standing;

    const OURS: GridFormat = GridFormat::VillageSerial(3);

    #[test]
    fn the_valid_rows_of_the_domain_sheet() {
        for (raw, level, name) in [
            ("440605", AreaLevel::County, "南海区"),
            ("440605121", AreaLevel::Town, "九江镇"),
            ("440605122001", AreaLevel::Village, "东碧社区居委会"),
            ("440605122001003", AreaLevel::Grid, "东碧社区居委会"),
            ("440604", AreaLevel::County, "禅城区"),
            ("440000", AreaLevel::Province, "广东省"),
            ("440600", AreaLevel::City, "佛山市"),
            ("441900", AreaLevel::County, "东莞市"),
            ("４４０３００", AreaLevel::City, "深圳市"),
        ] {
            let checked = check(raw, OURS);
            assert_eq!((checked.standing, checked.reason), (Standing::Ok, None), "{raw}");
            let parts = checked.parts.unwrap();
            assert_eq!((parts.level, parts.name()), (level, Some(name)), "{raw}");
        }
    }

    #[test]
    fn every_town_of_nanhai_is_in_the_table() {
        for (code, name) in [
            ("440605011", "桂城街道"),
            ("440605121", "九江镇"),
            ("440605122", "西樵镇"),
            ("440605123", "丹灶镇"),
            ("440605124", "狮山镇"),
            ("440605125", "大沥镇"),
            ("440605126", "里水镇"),
        ] {
            assert_eq!(name_of(code), Some(name));
        }
    }

    #[test]
    fn the_invalid_rows_of_the_domain_sheet_and_their_neighbours() {
        for (raw, reason) in [
            ("44065", LENGTH),
            ("440605999", UNKNOWN_TOWN),
            ("4406051220", LENGTH),
            ("440605122001000", GRID_SERIAL),
            ("999999", UNKNOWN_COUNTY),
            ("990000", UNKNOWN_COUNTY),
            ("999999121", UNKNOWN_COUNTY),
            ("440605999001", UNKNOWN_TOWN),
            ("44060A", DIGITS),
        ] {
            let checked = check(raw, OURS);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Invalid, Some(reason)),
                "{raw}"
            );
        }
    }

    #[test]
    fn what_the_table_cannot_confirm_is_said() {
        for (raw, reason) in [
            ("440111001", TOWN_NOT_COVERED),
            ("440111001001", TOWN_NOT_COVERED),
            ("440605122999", UNKNOWN_VILLAGE),
            ("440605122999001", UNKNOWN_VILLAGE),
        ] {
            let checked = check(raw, OURS);
            assert_eq!(
                (checked.standing, checked.reason),
                (Standing::Suspicious, Some(reason)),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_court_can_have_another_grid_format() {
        let code = "01010144060512200103";
        let checked = check(code, GridFormat::CjT349);
        assert!(checked.is_ok());
        assert_eq!(checked.parts.unwrap().village(), Some("440605122001"));
        assert_eq!(check(code, OURS).reason, Some(LENGTH));
        assert!(check("4406051220010007", GridFormat::VillageSerial(4)).is_ok());
    }

    #[test]
    fn every_row_of_every_table_is_read() {
        let lines: usize = [PROVINCES_CSV, CITIES_CSV, AREAS_CSV, TOWNS_CSV, COMMITTEES_CSV]
            .iter()
            .map(|csv| csv.lines().count() - 1)
            .sum();
        assert_eq!(AREAS.len(), lines);
        assert!(AREAS.windows(2).all(|pair| pair[0].code < pair[1].code), "a code occurs twice");
    }
}
