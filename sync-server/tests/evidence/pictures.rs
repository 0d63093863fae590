//! Small pictures that are missing at the court: a backup does not carry them, a process ends before it made them,
//! a store does not give one. They are made again from the original, and one that cannot be had stops no other.

use std::path::PathBuf;

use super::colleagues::{Road, capture, photo, thumbnails, upload};
use crate::world::tus::picture;
use crate::world::{Device, World};
use lastmile_core::id::BlobHash;
use lastmile_core::phone::transport::TransportError;
use lastmile_core::store::DerivedKind::{Preview, Thumbnail};
use lastmile_core::sync::files::FileKind;
use lastmile_server::files::derive::catch_up;
use lastmile_server::files::scrub::scrub;
use lastmile_server::store::StoreError;

fn derived(world: &World) -> PathBuf {
    world.data().join("files/derived")
}

/// Photos of one phone, all at the court.
fn photos(lu: &Device, number: u8) -> Vec<BlobHash> {
    let record = lu.seizure();
    let hashes = (0..number).map(|at| capture(lu, record, &[&photo()[..], &[at]].concat()));
    let hashes = hashes.collect();
    upload(lu, true);
    hashes
}

/// As a process leaves it that ends after the original was stored.
fn unmade(world: &World, hash: BlobHash) {
    let done = world.server().store().write::<_, StoreError>(|writing| {
        for kind in [FileKind::Thumbnail, FileKind::Preview] {
            let row = writing.derived(hash, kind)?.unwrap();
            writing.drop_derived(&row)?;
        }
        Ok(())
    });
    done.unwrap();
}

#[test]
fn what_a_backup_did_not_carry_is_made_again_when_somebody_asks() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let hashes = photos(&lu, 2);
    wen.sync();
    let sender = lu.sender();
    let read = |hash, query: &str| sender.send(sender.read_request(hash, query));
    let before = read(hashes[0], "?as=thumbnail").body;
    std::fs::remove_dir_all(derived(&world)).unwrap();
    let again = read(hashes[0], "?as=thumbnail");
    assert_eq!((again.status, &again.body), (200, &before), "the same picture");
    let report = thumbnails(&wen, &wen.transport());
    assert_eq!((report.fetched, report.waiting.len()), (2, 0), "{report:?}");
    assert!(wen.phone.fetch_picture(&wen.transport(), hashes[1], Preview).unwrap().is_some());
}

#[test]
fn a_scrub_makes_them_again_too() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let hashes = photos(&lu, 1);
    std::fs::remove_dir_all(derived(&world)).unwrap();
    world.clock.advance(1);
    let server = world.server();
    let done = scrub(server, server.now_ms(), usize::MAX, |_| true).unwrap();
    assert_eq!((done.sound, done.found.len()), (1, 0));
    for hash in hashes {
        for kind in [FileKind::Thumbnail, FileKind::Preview] {
            let row = server.store().read::<_, StoreError>(|reading| reading.derived(hash, kind));
            let hex = row.unwrap().unwrap().hash.to_hex();
            assert!(derived(&world).join(&hex[..2]).join(&hex).is_file());
        }
    }
}

#[test]
fn what_a_kill_cut_off_is_made_by_the_upkeep_or_the_first_reader() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let hashes = photos(&lu, 2);
    // Of this no picture can be made, and nobody tries again and again.
    capture(&lu, lu.seizure(), &picture(1, 9_000));
    upload(&lu, true);
    let server = world.server();
    assert_eq!(catch_up(server, 10).unwrap(), 0, "nothing is left to do");
    unmade(&world, hashes[0]);
    let sender = lu.sender();
    let read = |hash: BlobHash| sender.send(sender.read_request(hash, "?as=thumbnail")).status;
    assert_eq!(read(hashes[0]), 200, "the first reader");
    unmade(&world, hashes[0]);
    unmade(&world, hashes[1]);
    assert_eq!(catch_up(server, 1).unwrap(), 1);
    assert_eq!(catch_up(server, 10).unwrap(), 1);
    assert_eq!(catch_up(server, 10).unwrap(), 0);
}

#[test]
fn a_phones_picture_that_is_gone_is_absent_and_may_come_again() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let hash = capture(&lu, lu.seizure(), &picture(2, 9_000));
    let (sender, small) = (lu.sender(), picture(3, 900));
    assert_eq!(sender.upload_derived(FileKind::Thumbnail, hash, &small).status, 204);
    let read = || sender.send(sender.read_request(hash, "?as=thumbnail"));
    assert_eq!(read().body, small);
    std::fs::remove_dir_all(derived(&world)).unwrap();
    assert_eq!(read().problem(), (404, "not_found".into()));
    assert_eq!(sender.upload_derived(FileKind::Thumbnail, hash, &small).status, 204);
    assert_eq!(read().body, small);
}

#[test]
fn one_that_cannot_be_had_stops_no_other() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let hashes = photos(&lu, 2);
    wen.sync();
    let unavailable = || TransportError::Problem {
        status: 503,
        code: "storage_unavailable".to_owned(),
        server_ms: None,
        retry_after_s: None,
    };
    let first = |number: usize, come| if number == 1 { Err(unavailable()) } else { come };
    let road = Road::new(&wen, &first);
    let report = thumbnails(&wen, &road);
    let mut sorted = hashes.clone();
    sorted.sort_unstable();
    assert_eq!(report.waiting, [(sorted[0], "storage_unavailable".to_owned())]);
    assert_eq!(report.fetched, 1);
    // It has its turn again, and a court that gives none is not asked for all.
    assert_eq!(thumbnails(&wen, &wen.transport()).fetched, 1);
    for hash in hashes {
        assert!(wen.phone.small_picture(hash, Thumbnail).unwrap().is_some());
    }
    let record = lu.seizure();
    for seed in 0..9 {
        lu.photo(record, &picture(100 + seed, 900));
    }
    lu.sync();
    wen.sync();
    let never = |_: usize, _| Err(unavailable());
    let report = thumbnails(&wen, &Road::new(&wen, &never));
    assert_eq!((report.fetched, report.waiting.len()), (0, 8));
}
