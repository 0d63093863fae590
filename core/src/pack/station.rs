//! Police stations (派出所) and the areas they serve. Real station areas are not public: stations
//! derived from town polygons say so in every record that shows them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, Extra, LONG, SHORT},
    grid::Source,
    payload::{Audience, Payload},
    problem::{Checker, Fault, Problem},
};

/// One station.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Station {
    /// Key.
    pub code: String,
    /// Name, 九江派出所.
    pub name: String,
    /// Duty telephone (值班电话), if the court has one.
    pub duty_phone: Option<String>,
    /// Code of the area it serves, in the court's [`super::area::AreaPack`].
    pub area: String,
    /// Where it stands or, for a derived station, a point inside its area, as RFC 5870 URI:
    /// `geo:22.8335,112.985;crs=wgs84`.
    pub position: Option<String>,
    /// Derived from town polygons, not official.
    pub derived: bool,
    /// Shown wherever a derived station is shown; Chinese first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The stations of a court's territory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StationPack {
    /// Court code.
    pub court: String,
    /// Rises with every replacement.
    pub version: u64,
    /// Cut-off of the data.
    pub as_of: Option<Timestamp>,
    /// Where it came from.
    pub source: Source,
    /// The stations.
    pub stations: Vec<Station>,
    /// Fields of later versions.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Most stations of one pack.
pub const MAX_STATIONS: usize = 5_000;

impl StationPack {
    /// The station that serves an area.
    pub fn for_area(&self, area: &str) -> Option<&Station> {
        self.stations.iter().find(|station| station.area == area)
    }

    /// The station of a code.
    pub fn find(&self, code: &str) -> Option<&Station> {
        self.stations.iter().find(|station| station.code == code)
    }
}

impl Station {
    fn validate(&self, checker: &mut Checker, path: &str) {
        let at = |field: &str| format!("{path}.{field}");
        checker.add_some(at("code"), check::local_id(&self.code));
        check::required(checker, &at("name"), &self.name, SHORT);
        checker.add_some(at("duty_phone"), self.duty_phone.as_deref().and_then(check::phone));
        checker.add_some(at("area"), check::local_id(&self.area));
        if let Some(position) = &self.position
            && !(position.starts_with("geo:") && position.contains(";crs=wgs84"))
        {
            checker.add(
                at("position"),
                Fault::error(
                    "position_invalid",
                    "位置应写作 geo:纬度,经度;crs=wgs84。",
                    "A position is written geo:lat,lon;crs=wgs84.",
                ),
            );
        }
        check::optional(checker, &at("note"), &self.note, LONG);
        if self.derived && self.note.is_empty() {
            checker.add(
                at("note"),
                Fault::error(
                    "derived_without_note",
                    "推算的辖区必须注明不是官方辖区。",
                    "A derived area must carry the note that it is not official.",
                ),
            );
        }
        check::extra(checker, path, &self.extra);
    }
}

impl Payload for StationPack {
    const KIND: &'static str = "station";
    const MAX_BYTES: usize = 4 * 1024 * 1024;

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
        if check::list(&mut checker, "stations", self.stations.len(), MAX_STATIONS) {
            let mut seen = BTreeSet::new();
            for (index, station) in self.stations.iter().enumerate() {
                let path = format!("stations[{index}]");
                station.validate(&mut checker, &path);
                if !seen.insert(station.code.as_str()) {
                    checker.add(
                        format!("{path}.code"),
                        Fault::error(
                            "station_code_repeated",
                            "派出所代码重复。",
                            "The station code repeats.",
                        ),
                    );
                }
            }
        }
        check::extra(&mut checker, "", &self.extra);
        checker.finish()
    }
}
