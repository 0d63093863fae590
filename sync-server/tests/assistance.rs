//! Requests for police assistance: routed the moment they come, read by the station and the case.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use lastmile_core::document::Fields;
use lastmile_core::pack::area::{Area, AreaPack};
use lastmile_core::pack::roster::{RosterPack, Staff};
use lastmile_core::pack::station::{Station, StationPack};
use lastmile_core::records::Role;
use lastmile_core::sync::channel::of_station;
use lastmile_server::store::{RequestRow, StoreError};
use lastmile_server::upkeep;
use world::{CASE, COURT, Device, MORNING_MS, World};

fn stations(world: &World) {
    let square = |code: &str, lat: i32, lon: i32| Area {
        code: code.into(),
        name: code.into(),
        polygons: vec![vec![vec![
            [lon, lat],
            [lon + 1_000_000, lat],
            [lon + 1_000_000, lat + 1_000_000],
            [lon, lat + 1_000_000],
            [lon, lat],
        ]]],
        ..Area::default()
    };
    let station = |code: &str, position: &str| Station {
        code: code.into(),
        name: code.into(),
        area: code.into(),
        position: Some(position.into()),
        ..Station::default()
    };
    let areas = AreaPack {
        court: COURT.into(),
        datum: "wgs84".into(),
        areas: vec![
            square("jiujiang", 228_000_000, 1_129_000_000),
            square("lishui", 232_000_000, 1_131_000_000),
        ],
        ..AreaPack::default()
    };
    let packs = StationPack {
        court: COURT.into(),
        stations: vec![
            station("jiujiang", "geo:22.85,112.95;crs=wgs84"),
            station("lishui", "geo:23.25,113.15;crs=wgs84"),
        ],
        ..StationPack::default()
    };
    let staff = |id: &str, role: &str, unit: &str| Staff {
        id: id.into(),
        name: id.into(),
        role: role.into(),
        unit: unit.into(),
        ..Staff::default()
    };
    let roster = RosterPack {
        court: COURT.into(),
        staff: vec![
            staff("tanliheng", "dispatcher", "jiujiang"),
            staff("lishui-duty", "dispatcher", "lishui"),
            staff("guanyongyi", "command", "zhzx"),
        ],
        ..RosterPack::default()
    };
    world
        .server()
        .publish(|publisher| {
            publisher.reference(&areas, |pack, version| pack.version = version)?;
            publisher.reference(&packs, |pack, version| pack.version = version)?;
            publisher.roster(&roster)
        })
        .unwrap();
}

fn ask_for_help(device: &Device, position: Option<&str>) -> lastmile_core::id::DocumentId {
    let mut head = Fields::from([("place".to_owned(), "九江镇测试工业区1号".into())]);
    if let Some(position) = position {
        head.insert("position".to_owned(), position.into());
    }
    device.begin("assistance", CASE, head)
}

fn requests(world: &World) -> Vec<RequestRow> {
    world.server().store().read::<_, StoreError>(|reading| reading.requests(None, 10, 0)).unwrap()
}

#[test]
fn a_request_stands_at_its_station_the_moment_it_comes() {
    let mut world = World::new();
    stations(&world);
    let lu = world.officer("luqihang");
    let tan = world.device("tanliheng", Role::Dispatcher);
    let other = world.device("lishui-duty", Role::Dispatcher);
    let request = ask_for_help(&lu, Some("geo:22.85,112.95;crs=wgs84;u=8"));
    world.clock.advance(5_000);
    lu.sync();
    let rows = requests(&world);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].station.as_str(), rows[0].routed_by.as_str(), rows[0].state.as_str()),
        ("jiujiang", "area", "delivered")
    );
    assert_eq!(rows[0].received_ms, MORNING_MS + 5_000);
    // The dispatcher reads the request and nothing else of the case.
    let report = tan.sync();
    assert_eq!(report.applied.received.accepted, 1, "{report:?}");
    assert_eq!(tan.phone.digest(request).unwrap(), lu.phone.digest(request).unwrap());
    assert_eq!(other.sync().applied.received.accepted, 0);
    // What comes later goes to both channels, and T0 stays.
    let item = lu.phone.new_item();
    let fields = Fields::from([("text".to_owned(), "人群增多".into())]);
    let update = lastmile_core::document::Intent::Add { verb: "add_update".into(), item, fields };
    lu.phone.act(request, &update).unwrap();
    world.clock.advance(60_000);
    lu.sync();
    assert_eq!(tan.sync().applied.received.accepted, 1);
    assert_eq!(requests(&world)[0].received_ms, MORNING_MS + 5_000);
    let findings = upkeep::verify(world.server()).unwrap().findings;
    assert_eq!(findings, []);
    let before = requests(&world);
    upkeep::rebuild(world.server()).unwrap();
    assert_eq!(requests(&world), before);
}

#[test]
fn without_a_position_the_command_centre_has_it_until_one_comes() {
    let mut world = World::new();
    stations(&world);
    let lu = world.officer("luqihang");
    let guan = world.device("guanyongyi", Role::Command);
    let tan = world.device("tanliheng", Role::Dispatcher);
    let request = ask_for_help(&lu, None);
    lu.sync();
    assert_eq!(requests(&world)[0].station, "command");
    assert_eq!(guan.sync().applied.received.accepted, 1);
    let fields = Fields::from([("position".to_owned(), "geo:22.85,112.95;crs=wgs84".into())]);
    let set = lastmile_core::document::Intent::Set { verb: "set".into(), fields };
    lu.phone.act(request, &set).unwrap();
    lu.sync();
    assert_eq!(requests(&world)[0].station, "jiujiang");
    assert_eq!(tan.sync().applied.received.accepted, 2, "the whole history");
    assert_eq!(guan.sync().applied.received.accepted, 1);
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
    let channels = world.server().store().read::<_, StoreError>(|reading| reading.channels());
    assert!(channels.unwrap().contains(&of_station("jiujiang")));
}

#[test]
fn a_request_that_moves_into_another_area_goes_there_too() {
    let mut world = World::new();
    stations(&world);
    let lu = world.officer("luqihang");
    let tan = world.device("tanliheng", Role::Dispatcher);
    let other = world.device("lishui-duty", Role::Dispatcher);
    let request = ask_for_help(&lu, Some("geo:22.85,112.95;crs=wgs84"));
    lu.sync();
    tan.sync();
    let moves = |position: &str| {
        let (verb, item) = ("add_update".into(), lu.phone.new_item());
        let fields = Fields::from([("position".to_owned(), position.into())]);
        let intent = lastmile_core::document::Intent::Add { verb, item, fields };
        lu.phone.act(request, &intent).unwrap();
        lu.sync();
    };
    let received = |device: &Device| device.sync().applied.received.accepted;
    // Still nearest to its station, in nobody's area: it stays.
    moves("geo:22.75,112.95;crs=wgs84");
    assert_eq!((received(&tan), received(&other)), (1, 0));
    moves("geo:23.25,113.15;crs=wgs84");
    assert_eq!((received(&tan), received(&other)), (1, 3), "the new one reads the whole history");
    let rows = requests(&world);
    assert_eq!((rows.len(), rows[0].station.as_str()), (1, "lishui"));
    assert_eq!(rows[0].received_ms, MORNING_MS);
    // What comes later goes to both, and both may write.
    let say = |device: &Device| {
        let (verb, item) = ("add_update".into(), device.phone.new_item());
        let fields = Fields::from([("text".to_owned(), "人群增多".into())]);
        let intent = lastmile_core::document::Intent::Add { verb, item, fields };
        device.phone.act(request, &intent).unwrap();
    };
    say(&lu);
    lu.sync();
    assert_eq!((received(&tan), received(&other)), (1, 1));
    for dispatcher in [&tan, &other] {
        say(dispatcher);
        let report = dispatcher.sync();
        assert_eq!((report.applied.accepted, report.applied.quarantined), (1, 0), "{report:?}");
    }
    // Back again: nobody gets anything twice.
    lu.sync();
    moves("geo:22.85,112.95;crs=wgs84");
    assert_eq!(requests(&world)[0].station, "jiujiang");
    assert_eq!((received(&tan), received(&other)), (2, 1));
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
    let before = requests(&world);
    upkeep::rebuild(world.server()).unwrap();
    assert_eq!(requests(&world), before);
    // Asked and moved before there was a signal: both have it.
    let second = ask_for_help(&lu, Some("geo:22.85,112.95;crs=wgs84"));
    let (verb, item) = ("add_update".into(), lu.phone.new_item());
    let fields = Fields::from([("position".to_owned(), "geo:23.25,113.15;crs=wgs84".into())]);
    lu.phone.act(second, &lastmile_core::document::Intent::Add { verb, item, fields }).unwrap();
    lu.sync();
    assert_eq!((received(&tan), received(&other)), (2, 2));
    assert_eq!(upkeep::verify(world.server()).unwrap().findings, []);
}
