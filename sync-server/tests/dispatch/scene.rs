//! A court with two stations, a dispatcher at each and a second one at the first, the command centre, and a crew
//! whose phone has saved a request.

#![allow(dead_code)] // each test file uses a part of it

use lastmile_core::assistance::hops::Hop;
use lastmile_core::document::Fields;
use lastmile_core::id::DocumentId;
use lastmile_core::pack::area::{Area, AreaPack};
use lastmile_core::pack::roster::{RosterPack, Staff};
use lastmile_core::pack::station::{Station, StationPack};
use lastmile_core::records::Role;
use lastmile_core::value::Value as Field;
use serde_json::Value;

use crate::browser::{Browser, account};
use crate::world::{CASE, COURT, Device, World};

const STATIONS: [(&str, &str, &str); 2] = [
    ("jiujiang", "九江派出所", "geo:22.8335,112.985;crs=wgs84"),
    ("xiqiao", "西樵派出所", "geo:22.93,112.97;crs=wgs84"),
];

/// A court with two stations, a dispatcher at each and a second one at the first, and the command centre.
pub(crate) fn scene() -> (World, Device, DocumentId) {
    scene_with(&[])
}

/// The same, with an area of a few kilometres around each of these stations.
pub(crate) fn scene_with(areas: &[&str]) -> (World, Device, DocumentId) {
    let mut world = World::new();
    let stations = StationPack {
        court: COURT.into(),
        stations: STATIONS
            .map(|(code, name, position)| Station {
                code: code.into(),
                name: name.into(),
                duty_phone: Some("0757-00000000".into()),
                position: Some(position.into()),
                area: code.into(),
                ..Station::default()
            })
            .to_vec(),
        ..StationPack::default()
    };
    let staff = |id: &str, name: &str, role: Role, unit: &str| Staff {
        id: id.into(),
        name: name.into(),
        role: role.code().into(),
        unit: unit.into(),
        ..Staff::default()
    };
    let people = [
        ("tanliheng", "谭立衡", Role::Dispatcher, "jiujiang"),
        ("hezhuoyan", "何卓言", Role::Dispatcher, "jiujiang"),
        ("qutongming", "区同明", Role::Dispatcher, "xiqiao"),
        ("guanyongyi", "关咏仪", Role::Command, "执行指挥中心"),
        ("luqihang", "陆启航", Role::Officer, "执行局"),
        ("wenruotang", "温若棠", Role::Officer, "执行局"),
    ];
    let roster = RosterPack {
        court: COURT.into(),
        staff: people.map(|(id, name, role, unit)| staff(id, name, role, unit)).to_vec(),
        ..RosterPack::default()
    };
    let areas = AreaPack {
        court: COURT.into(),
        datum: "wgs84".into(),
        areas: areas.iter().map(|code| around(code)).collect(),
        ..AreaPack::default()
    };
    let published = world.server().publish(|publisher| {
        if !areas.areas.is_empty() {
            publisher.reference(&areas, |pack, version| pack.version = version)?;
        }
        publisher.reference(&stations, |pack, version| pack.version = version)?;
        publisher.reference(&roster, |pack, version| pack.version = version)
    });
    published.unwrap();
    for (person, _, role, _) in people {
        account(&world, person, &[role]);
    }
    let officer = world.officer("luqihang");
    let head = Fields::from([
        ("place".to_owned(), Field::from("九江镇测试工业区1号")),
        ("position".to_owned(), Field::from("geo:22.8335,112.985;crs=wgs84;u=8")),
        ("callback".to_owned(), Field::from("13800000000")),
        ("situation_code".to_owned(), Field::from("blockade")),
    ]);
    let request = officer.begin("assistance", CASE, head);
    (world, officer, request)
}

/// A square of four kilometres around a station.
fn around(code: &str) -> Area {
    let (lat, lon) =
        if code == "xiqiao" { (229_300_000, 1_129_700_000) } else { (228_335_000, 1_129_850_000) };
    let half = 200_000;
    let corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)];
    let ring = corners.map(|(x, y)| [lon + x * half, lat + y * half]).to_vec();
    Area { code: code.into(), name: code.into(), polygons: vec![vec![ring]], ..Area::default() }
}

pub(crate) fn incidents(browser: &Browser) -> Vec<Value> {
    browser.send("GET", "/incidents", None).body["items"].as_array().unwrap().clone()
}

pub(crate) fn step(browser: &Browser, id: DocumentId, body: &Value) -> (u16, Value) {
    let answer = browser.send("POST", &format!("/incidents/{}/steps", id.to_hex()), Some(body));
    (answer.status, answer.body)
}

pub(crate) fn hop(officer: &Device, id: DocumentId) -> (Hop, [bool; 4], bool) {
    let shown = officer.phone.request_shown(id).unwrap();
    (shown.hop, shown.steps.map(|time| time.is_some()), shown.alarm)
}
