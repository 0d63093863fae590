//! The workspaces beside the desk over a real socket: each answer, and who gets none.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../browser/mod.rs"]
mod browser;
#[path = "../world/mod.rs"]
mod world;

mod administration;
mod command;
mod finalising;
mod people;
mod settling;

use lastmile_core::pack::roster::{RosterPack, Staff};
use lastmile_core::pack::station::{Station, StationPack};
use lastmile_core::records::Role;
use lastmile_server::keys::{self, Passphrase};
use lastmile_server::roles;

use browser::{Browser, PASSWORD, account};
use world::{COURT, World};

const STAFF: [(&str, &str, Role, &str); 6] = [
    ("luqihang", "陆启航", Role::Officer, "执行局"),
    ("wenruotang", "温若棠", Role::Officer, "执行局"),
    ("guanyongyi", "关咏仪", Role::Command, "执行指挥中心"),
    ("rongguoliang", "容国梁", Role::President, "院领导"),
    ("zhangyi", "张毅", Role::Admin, "信息科"),
    ("tanliheng", "谭立衡", Role::Dispatcher, "jiujiang"),
];

/// A court with a roster and a station; the command centre, a president, an administrator and a dispatcher have
/// accounts.
fn office() -> World {
    let world = World::new();
    let roster = RosterPack {
        court: COURT.into(),
        staff: STAFF
            .map(|(id, name, role, unit)| Staff {
                id: id.into(),
                name: name.into(),
                role: role.code().into(),
                unit: unit.into(),
                ..Staff::default()
            })
            .to_vec(),
        ..RosterPack::default()
    };
    let stations = StationPack {
        court: COURT.into(),
        stations: vec![Station {
            code: "jiujiang".into(),
            name: "九江派出所".into(),
            duty_phone: Some("0757-00000000".into()),
            area: "jiujiang".into(),
            position: Some("geo:22.8335,112.985;crs=wgs84".into()),
            ..Station::default()
        }],
        ..StationPack::default()
    };
    let published = world.server().publish(|publisher| {
        publisher.reference(&stations, |pack, version| pack.version = version)?;
        publisher.roster(&roster)
    });
    published.unwrap();
    let root = keys::load_file(&world.data().join(keys::ROOT_KEY), &Passphrase::demo()).unwrap();
    for (person, _, role, _) in STAFF.into_iter().skip(2) {
        let directory = world.server().directory().unwrap();
        let approval = roles::approve(&directory, &root, person, &[role], 1).unwrap();
        assert!(roles::set(world.server(), person, &[role], &[approval]).unwrap());
        account(&world, person, &[]);
    }
    world
}

fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = Browser::new(world);
    let answer = browser.sign_in(person, PASSWORD, None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    browser
}
