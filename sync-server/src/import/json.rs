//! Packs from JSON: one case, an array of cases, or another pack with its `kind`. The same field
//! names as the packs themselves, so what the server exports can be imported again.

use lastmile_core::pack::{
    case::CasePack, court::CourtPack, grid::GridPack, problem::Fault, roster::RosterPack,
    station::StationPack,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{
    position::Lines,
    report::{Findings, Place},
    tidy,
};

/// What a JSON file holds.
#[derive(Debug)]
pub enum Content {
    /// Cases, with the path of each.
    Cases(Vec<(CasePack, String)>),
    /// Court settings.
    Court(Box<CourtPack>),
    /// Stations.
    Stations(Box<StationPack>),
    /// People.
    Roster(Box<RosterPack>),
    /// Divisions.
    Grid(Box<GridPack>),
    /// GeoJSON: a feature collection.
    Features(Box<geojson::FeatureCollection>),
}

/// Reads a JSON text. Errors go to `findings`.
pub fn read(file: &str, text: &str, findings: &mut Findings) -> Option<Content> {
    let value: Json = parse(file, text, findings)?;
    let content = match value {
        Json::Array(_) => {
            let cases: Vec<CasePack> = typed(file, text, findings)?;
            Content::Cases(
                cases.into_iter().enumerate().map(|(at, case)| (case, format!("[{at}]"))).collect(),
            )
        }
        Json::Object(map) if map.get("type").is_some_and(|kind| kind == "FeatureCollection") => {
            Content::Features(Box::new(parse(file, text, findings)?))
        }
        Json::Object(map) => match map.get("kind").and_then(Json::as_str) {
            Some("court") => Content::Court(Box::new(typed(file, text, findings)?)),
            Some("station") => Content::Stations(Box::new(typed(file, text, findings)?)),
            Some("roster") => Content::Roster(Box::new(typed(file, text, findings)?)),
            Some("grid") => Content::Grid(Box::new(typed(file, text, findings)?)),
            Some("case") => Content::Cases(vec![(typed(file, text, findings)?, String::new())]),
            None if map.contains_key("case_no") => {
                Content::Cases(vec![(typed(file, text, findings)?, String::new())])
            }
            _ => {
                findings.add(Place::at(file, 1, 1), "kind", unknown_kind());
                return None;
            }
        },
        _ => {
            findings.add(Place::at(file, 1, 1), "", unknown_kind());
            return None;
        }
    };
    Some(content)
}

fn unknown_kind() -> Fault {
    Fault::error(
        "json_kind_unknown",
        "不是可导入的JSON:应为案件(含case_no)、案件数组、GeoJSON,或注明kind的数据包。",
        "Not an importable JSON: expected a case (with case_no), an array of cases, GeoJSON, or a pack with its kind.",
    )
}

/// Reads into a type, tells where it fails, and tidies the texts.
fn typed<T: DeserializeOwned + Serialize>(
    file: &str,
    text: &str,
    findings: &mut Findings,
) -> Option<T> {
    let first: T = parse(file, text, findings)?;
    // A second pass over the typed value, so that places in the text stay true for the first.
    let mut value = serde_json::to_value(&first).ok()?;
    tidy::texts(&mut value);
    if let Json::Object(map) = &mut value {
        map.remove("kind");
    }
    serde_json::from_value(value).ok()
}

fn parse<T: DeserializeOwned>(file: &str, text: &str, findings: &mut Findings) -> Option<T> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let (line, column) =
                Lines::of(text).from_byte_column(text, error.line(), error.column());
            let fault = match error.classify() {
                serde_json::error::Category::Data => Fault::error(
                    "json_type_wrong",
                    "此处的值类型不对(例如应为数字、日期或列表)。",
                    "The value here has the wrong type (for example, a number, date or list is expected).",
                ),
                _ => Fault::error(
                    "json_malformed",
                    "此处不是合法的JSON。",
                    "This is not valid JSON.",
                ),
            };
            findings.add(Place::at(file, line, column), "", fault);
            None
        }
    }
}
