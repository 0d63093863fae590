//! Files of evidence on their way up, over a real socket: whole, in pieces, cut, repeated, wrong.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod world;

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lastmile_core::document::Fields;
use lastmile_core::id::BlobHash;
use lastmile_core::identity::{Canonical, Signed, Transition, TransitionKind};
use lastmile_core::sync::channel::{EntryKind, of_case};
use lastmile_core::sync::files::{FileKind, Metadata, UPLOAD_LIFE_MS};
use lastmile_core::sync::request::Cursor;
use lastmile_server::app::Running;
use lastmile_server::files::incoming::Disk;
use lastmile_server::files::upload::sweep;
use lastmile_server::http::Limits;
use lastmile_server::server::Options;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep::{rebuild, verify};
use world::process::Process;
use world::tus::{hash_of, picture};
use world::{CASE, OTHER_CASE, World, case_pack};

/// What the feed of a case says is stored.
fn said_stored(world: &World, case: &str) -> Vec<(BlobHash, u64)> {
    let channel = of_case(case);
    let rows = world.server().store().read::<_, StoreError>(|reading| {
        let mut rows = reading.transitions("stored")?;
        rows.retain(|(row, _)| row.channel == channel);
        for (row, _) in &rows {
            assert!(reading.is_in_feed(&channel, EntryKind::Transition, &row.id)?);
        }
        Ok(rows)
    });
    rows.unwrap()
        .into_iter()
        .map(|(row, _)| {
            let signed = Signed::<Transition>::from_bytes(&row.bytes).unwrap();
            match Transition::decode(signed.raw_parts().0).unwrap().kind {
                TransitionKind::Stored { hash, bytes } => (hash, bytes),
                other => panic!("{other:?}"),
            }
        })
        .collect()
}

fn stored(world: &World, hash: BlobHash) -> bool {
    let row = world.server().store().read::<_, StoreError>(|reading| reading.file(hash));
    row.unwrap().is_some()
}

#[test]
fn an_original_arrives_once_whole_and_its_case_is_told() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(1, 700_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let begun = sender.begin(&bytes);
    assert_eq!((begun.status, begun.offset()), (201, 0));
    assert_eq!(begun.header("tus-resumable"), "1.0.0");
    assert_eq!(begun.header("upload-expires"), "Mon, 23 Mar 2026 22:50:00 GMT");
    let place = begun.header("location").to_owned();
    let first = sender.patch(&place, hash, 0, &bytes[..300_000]);
    assert_eq!((first.status, first.offset()), (204, 300_000));
    let head = sender.head(&place, hash);
    assert_eq!((head.status, head.offset()), (200, 300_000));
    assert_eq!(head.header("upload-length"), "700000");
    assert_eq!(head.header("upload-metadata"), Metadata::original(hash).to_header());
    assert!(!stored(&world, hash));
    let last = sender.patch(&place, hash, 300_000, &bytes[300_000..]);
    assert_eq!((last.status, last.offset()), (204, 700_000), "{:?}", last.problem());
    assert!(stored(&world, hash));
    assert_eq!(said_stored(&world, CASE), [(hash, 700_000)]);
    // Whoever asks again, by whichever way, learns that nothing more is needed.
    assert_eq!(sender.head(&place, hash).offset(), 700_000);
    assert_eq!(sender.begin(&bytes).offset(), 700_000);
    assert_eq!(sender.patch(&place, hash, 0, &bytes).problem(), (409, "upload_offset".into()));
    let wen = world.officer("wenruotang");
    wen.sync();
    assert_eq!(wen.sender().begin(&bytes).offset(), 700_000, "nobody sends it twice");
    assert_eq!(said_stored(&world, CASE).len(), 1);
    assert_eq!(verify(world.server()).unwrap().findings, []);
    assert_eq!(rebuild(world.server()).unwrap().differed, []);
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn a_colleague_who_waits_is_told_the_moment_a_file_is_stored() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let bytes = picture(2, 10_000);
    lu.photographed(&bytes);
    let mut request = wen.request();
    request.wait_s = 40;
    let so_far = wen.ask(&wen.request()).unwrap().news.into_iter().map(|told| Cursor {
        channel: told.channel,
        seq: told.entries.len() as u64,
        set: told.set,
    });
    request.cursors = so_far.collect();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| wen.ask(&request).unwrap());
        assert_eq!(lu.sender().upload(&bytes).status, 204);
        let news = waits.join().unwrap().news;
        assert_eq!(news.len(), 1);
        assert_eq!((news[0].channel.as_str(), news[0].entries.len()), (of_case(CASE).as_str(), 1));
    });
}

#[test]
fn a_file_that_another_case_names_later_is_told_there_too() {
    let mut world = World::new();
    world.publish(&case_pack(OTHER_CASE, 1, &["luqihang"]));
    let lu = world.officer("luqihang");
    let bytes = picture(3, 5_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    assert_eq!(lu.sender().upload(&bytes).status, 204);
    assert_eq!(said_stored(&world, OTHER_CASE), []);
    let other = lu.begin("seizure", OTHER_CASE, Fields::new());
    lu.photo(other, &bytes);
    lu.sync();
    assert_eq!(said_stored(&world, OTHER_CASE), [(hash, 5_000)]);
    lu.line(other, "又一行");
    lu.sync();
    assert_eq!(said_stored(&world, OTHER_CASE).len(), 1, "said once");
    assert_eq!(said_stored(&world, CASE).len(), 1);
}

#[test]
fn what_came_before_a_cut_stays() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(4, 400_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    drop(sender.half_a_patch(&place, hash, 0, 400_000, &bytes[..123_457]));
    let at = sender.until_at(&place, hash, 123_457);
    assert_eq!(at, 123_457, "every byte that came");
    // The server starts anew: a phone that was away goes on there.
    world.start();
    let sender = lu.sender();
    assert_eq!(sender.begin(&bytes).offset(), at, "the same upload");
    let from = usize::try_from(at).unwrap();
    assert_eq!(sender.patch(&place, hash, at, &bytes[from..]).status, 204);
    assert!(stored(&world, hash));
}

#[test]
fn a_link_that_brings_nothing_is_ended_and_what_came_is_kept() {
    let mut world = World::new();
    world.start_with(Limits { idle: Duration::from_millis(50), ..Limits::default() });
    let lu = world.officer("luqihang");
    let bytes = picture(5, 100_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    let open = sender.half_a_patch(&place, hash, 0, 100_000, &bytes[..40_000]);
    assert_eq!(sender.until_at(&place, hash, 40_000), 40_000);
    let mut said = String::new();
    io::Read::read_to_string(&mut io::Read::take(&open, 500), &mut said).unwrap_or_default();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
}

#[test]
fn two_requests_at_a_time_are_told_apart() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(6, 2_000_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    let open = sender.half_a_patch(&place, hash, 0, 2_000_000, &bytes[..1_500_000]);
    // So far only while the first one writes.
    let at = sender.until_at(&place, hash, 1_000_000);
    assert!(at >= 1_000_000);
    let from = usize::try_from(at).unwrap();
    let second = sender.patch(&place, hash, at, &bytes[from..]);
    assert_eq!(second.problem(), (423, "upload_busy".into()));
    drop(open);
    assert_eq!(sender.until_at(&place, hash, 1_500_000), 1_500_000);
    assert_eq!(sender.patch(&place, hash, 1_500_000, &bytes[1_500_000..]).status, 204);
}

#[test]
fn another_file_under_the_signed_name_is_discarded_and_shown() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(7, 20_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    let mut wrong = bytes.clone();
    wrong[19_999] ^= 1;
    assert_eq!(sender.patch(&place, hash, 0, &wrong).problem(), (422, "file_differs".into()));
    assert!(!stored(&world, hash));
    assert_eq!(sender.head(&place, hash).status, 404, "the upload is gone");
    let trouble =
        world.server().store().read::<_, StoreError>(|reading| reading.file_trouble(hash));
    assert_eq!(trouble.unwrap().as_deref(), Some("differs"));
    assert_eq!(said_stored(&world, CASE), []);
    assert_eq!(sender.upload(&bytes).status, 204, "begin again");
    assert_eq!(said_stored(&world, CASE), [(hash, 20_000)]);
    let trouble =
        world.server().store().read::<_, StoreError>(|reading| reading.file_trouble(hash));
    assert_eq!(trouble.unwrap(), None);
}

#[test]
fn a_damaged_chunk_is_dropped_and_asked_for_again() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(8, 50_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    assert_eq!(sender.patch(&place, hash, 0, &bytes[..10_000]).status, 204);
    let chunk = |sum: &[u8], algorithm: &str, body: &[u8]| {
        let sum = format!("{algorithm} {}", data_encoding::BASE64.encode(sum));
        let request = sender
            .request("PATCH", &place, hash)
            .header("upload-offset", 10_000)
            .header("upload-checksum", sum)
            .header("content-type", "application/offset+octet-stream");
        sender.send(request.body(body.to_vec()))
    };
    let right = lastmile_core::id::sha256(&bytes[10_000..]);
    assert_eq!(
        chunk(&right, "sha256", &bytes[..40_000]).problem(),
        (460, "upload_checksum".into())
    );
    assert_eq!(sender.head(&place, hash).offset(), 10_000, "nothing of it stays");
    assert_eq!(chunk(&right, "md5", &bytes[10_000..]).problem(), (400, "bad_upload".into()));
    assert_eq!(chunk(&right, "sha256", &bytes[10_000..]).status, 204);
    assert!(stored(&world, hash));
}

#[test]
fn only_who_is_concerned_uploads_and_only_what_is_named() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (bytes, unnamed) = (picture(9, 4_000), picture(10, 4_000));
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let stranger = world.officer("qutongming");
    stranger.sync();
    let not_named = (409, "file_not_named".to_owned());
    assert_eq!(lu.sender().begin(&unnamed).problem(), not_named);
    assert_eq!(stranger.sender().begin(&bytes).problem(), not_named);
    // Another length than the record says, and more than any file may have.
    let long = lu.sender().begin_as(Metadata::original(hash), 4_001);
    assert_eq!(long.problem(), (400, "file_length".into()));
    let huge = lu.sender().begin_as(Metadata::original(hash), u64::MAX);
    assert_eq!(huge.problem(), (413, "file_too_large".into()));
    // Another person's upload is none of theirs, whatever they may read.
    let place = lu.sender().place(&bytes);
    let wen = world.officer("wenruotang");
    wen.sync();
    assert_eq!(wen.sender().head(&place, hash).status, 404);
    assert_eq!(
        wen.sender().patch(&place, hash, 0, &bytes).problem(),
        (404, "upload_unknown".into())
    );
    // A colleague of the case sends it although somebody else took it.
    assert_eq!(wen.sender().upload(&bytes).status, 204);
    assert_eq!(lu.sender().head(&place, hash).offset(), 4_000, "and lu need not go on");
}

#[test]
fn a_token_is_for_one_file_and_may_be_repeated_in_its_time() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(11, 3_000);
    let other = picture(12, 3_000);
    let hash = hash_of(&bytes);
    let record = lu.photographed(&bytes);
    lu.photo(record, &other);
    lu.sync();
    let mut sender = lu.sender();
    let place = sender.place(&bytes);
    let wrong = sender.head(&place, hash_of(&other));
    assert_eq!(wrong.status, 401, "a token for another file");
    let request = sender.request("HEAD", &place, hash);
    let again = request.try_clone().unwrap();
    assert_eq!((sender.send(request).status, sender.send(again).status), (200, 200));
    sender.at_ms -= 11 * 60 * 1_000;
    assert_eq!(sender.begin(&bytes).problem(), (401, "clock_out_of_window".into()));
}

#[test]
fn an_unfinished_upload_ends_a_week_after_its_last_byte() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(13, 9_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let mut sender = lu.sender();
    let place = sender.place(&bytes);
    assert_eq!(sender.patch(&place, hash, 0, &bytes[..5_000]).status, 204);
    world.clock.advance(u64::try_from(UPLOAD_LIFE_MS).unwrap() + 1);
    sender.at_ms += UPLOAD_LIFE_MS + 1;
    assert_eq!(sender.head(&place, hash).status, 404);
    assert_eq!(sweep(world.server()).unwrap(), 1);
    assert_eq!(world.server().files().incoming.ids().unwrap(), Vec::<[u8; 16]>::new());
    let begun = sender.begin(&bytes);
    assert_eq!((begun.status, begun.offset()), (201, 0));
}

#[test]
fn an_upload_can_be_given_up_and_what_is_stored_stays() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(14, 9_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    assert_eq!(sender.patch(&place, hash, 0, &bytes[..5_000]).status, 204);
    assert_eq!(sender.send(sender.request("DELETE", &place, hash)).status, 204);
    assert_eq!(sender.head(&place, hash).status, 404);
    assert_eq!(sender.upload(&bytes).status, 204);
    let place = sender.place(&bytes);
    let instead = sender.request("POST", &place, hash).header("x-http-method-override", "DELETE");
    assert_eq!(sender.send(instead).status, 204);
    assert!(stored(&world, hash));
}

#[test]
fn a_file_comes_with_its_creation() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (bytes, empty) = (picture(15, 6_000), Vec::new());
    let record = lu.photographed(&bytes);
    lu.photo(record, &empty);
    lu.sync();
    let sender = lu.sender();
    let request = sender
        .request("POST", "uploads", hash_of(&bytes))
        .header("upload-length", bytes.len())
        .header("upload-metadata", Metadata::original(hash_of(&bytes)).to_header())
        .header("content-type", "application/offset+octet-stream");
    let begun = sender.send(request.body(bytes.clone()));
    assert_eq!((begun.status, begun.offset()), (201, 6_000));
    assert!(stored(&world, hash_of(&bytes)));
    assert_eq!(sender.begin(&empty).offset(), 0);
    assert!(stored(&world, hash_of(&empty)), "a file of nothing is whole at once");
}

#[test]
fn small_pictures_are_pictures_and_bounded() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(16, 6_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let thumbnail = FileKind::Thumbnail;
    assert_eq!(sender.upload_derived(thumbnail, hash, &picture(17, 900)).status, 204);
    let large = sender.upload_derived(thumbnail, hash, &picture(18, 17_000));
    assert_eq!(large.problem(), (413, "file_too_large".into()));
    let script = b"<script>alert(1)</script>".repeat(10);
    let no_picture = sender.upload_derived(FileKind::Preview, hash, &script);
    assert_eq!(no_picture.problem(), (422, "file_no_picture".into()));
    let unnamed = sender.upload_derived(thumbnail, BlobHash([3; 32]), &picture(19, 900));
    assert_eq!(unnamed.problem(), (409, "file_not_named".into()));
    assert_eq!(said_stored(&world, CASE), [], "no promise about what can be made again");
}

#[test]
fn hostile_headers_meet_a_problem_and_change_nothing() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(20, 6_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    let metadata = Metadata::original(hash).to_header();
    let long = "9".repeat(5_000);
    for (name, value, code) in [
        ("upload-length", "-1", "bad_upload"),
        ("upload-length", "1e3", "bad_upload"),
        ("upload-length", long.as_str(), "bad_upload"),
        ("upload-metadata", "hash !", "bad_upload"),
        ("upload-metadata", long.as_str(), "bad_upload"),
        ("upload-checksum", "sha1", "bad_upload"),
    ] {
        let headers = [("upload-length", "6000"), ("upload-metadata", metadata.as_str())];
        let mut request = sender.request("POST", "uploads", hash);
        for (usual, good) in headers.into_iter().filter(|(usual, _)| *usual != name) {
            request = request.header(usual, good);
        }
        let refused = sender.send(request.header(name, value));
        assert_eq!(refused.problem(), (400, code.into()), "{name}: {value:.20}");
    }
    for (offset, code) in [("1", 409), ("6001", 409), ("18446744073709551615", 409), ("x", 400)] {
        let request = sender
            .request("PATCH", &place, hash)
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream");
        assert_eq!(sender.send(request.body(vec![1])).status, code, "{offset}");
    }
    let plain = sender.request("PATCH", &place, hash).header("upload-offset", 0).body("x");
    assert_eq!(sender.send(plain).status, 415);
    let more = [bytes.clone(), vec![0]].concat();
    assert_eq!(sender.patch(&place, hash, 0, &more).problem(), (413, "upload_too_long".into()));
    for path in
        ["uploads/00", "uploads/%2e%2e%2f%2e%2e", "uploads/ffffffffffffffffffffffffffffffff"]
    {
        assert_eq!(sender.head(path, hash).status, 404, "{path}");
    }
    assert_eq!(sender.head(&place, hash).offset(), 0);
    let options = sender.send(sender.request("OPTIONS", "uploads", hash));
    assert_eq!(options.status, 204);
    assert_eq!(options.header("tus-max-size"), "4294967296");
    assert!(options.header("tus-extension").contains("creation-with-upload"));
}

/// A disk that has so much room left.
#[derive(Debug)]
struct Room(AtomicU64);

impl Disk for Room {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let taken = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| {
            room.checked_sub(bytes.len() as u64)
        });
        taken.map_err(|_| io::ErrorKind::StorageFull)?;
        io::Write::write_all(file, bytes)
    }
}

#[test]
fn a_full_disk_says_so_keeps_what_came_and_goes_on_when_there_is_room() {
    let mut world = World::new();
    let room = Arc::new(Room(AtomicU64::new(600_000)));
    world.disk = Some(Arc::clone(&room) as _);
    world.start();
    let lu = world.officer("luqihang");
    let bytes = picture(23, 1_000_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    assert_eq!(sender.patch(&place, hash, 0, &bytes).problem(), (507, "storage_full".into()));
    let at = sender.head(&place, hash).offset();
    assert!((1..=600_000).contains(&at), "{at} bytes are kept");
    assert!(!stored(&world, hash));
    room.0.store(1_000_000, Ordering::SeqCst);
    let from = usize::try_from(at).unwrap();
    assert_eq!(sender.patch(&place, hash, at, &bytes[from..]).status, 204);
    assert!(stored(&world, hash));
}

#[test]
fn a_file_that_reached_the_store_before_the_database_was_told_is_taken_from_there() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(24, 9_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let place = sender.place(&bytes);
    assert_eq!(sender.patch(&place, hash, 0, &bytes[..8_000]).status, 204);
    // As a process leaves it that ends between the two.
    let folder = world.data().join("files");
    let arrived =
        std::fs::read_dir(folder.join("incoming")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&arrived, &bytes).unwrap();
    let hex = hash.to_hex();
    let kept = folder.join("original").join(&hex[..2]);
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::rename(&arrived, kept.join(&hex)).unwrap();
    let again = sender.patch(&place, hash, 8_000, &bytes[8_000..]);
    assert_eq!(again.problem(), (409, "upload_offset".into()));
    assert_eq!(sender.head(&place, hash).offset(), 9_000);
    assert!(stored(&world, hash));
    assert_eq!(std::fs::read(kept.join(&hex)).unwrap(), bytes);
}

#[test]
fn one_person_has_so_many_unfinished_uploads() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let record = lu.seizure();
    let pictures: Vec<_> = (0..=lastmile_server::files::upload::MAX_OPEN)
        .map(|seed| picture(u32::try_from(seed).unwrap() + 1_000, 64))
        .collect();
    for bytes in &pictures {
        lu.photo(record, bytes);
    }
    while lu.sync().applied.accepted > 0 {}
    let sender = lu.sender();
    let (last, others) = pictures.split_last().unwrap();
    for bytes in others {
        assert_eq!(sender.begin(bytes).status, 201);
    }
    assert_eq!(sender.begin(last).problem(), (429, "uploads_too_many".into()));
    assert_eq!(sender.begin(&others[0]).status, 201, "one that is there goes on");
    assert_eq!(sender.upload(&others[0]).status, 204);
    assert_eq!(sender.begin(last).status, 201);
}

#[test]
fn a_server_killed_while_a_file_arrives_goes_on_where_it_was() {
    const LENGTH: usize = 8_000_000;
    let mut world = World::new();
    let mut lu = world.officer("luqihang");
    let bytes = picture(25, LENGTH);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let place = lu.sender().place(&bytes);
    world.stop();
    let mut at = 0;
    for _ in 0..3 {
        let process = Process::start(&world, &[]);
        lu.url.clone_from(&process.url);
        let sender = lu.sender();
        let now = sender.head(&place, hash).offset();
        assert!(now >= at, "{now}: what was acknowledged is there");
        let from = usize::try_from(now).unwrap();
        let part = &bytes[from..from + 2_500_000];
        let open = sender.half_a_patch(&place, hash, now, LENGTH - from, part);
        at = sender.until_at(&place, hash, now + 1_000_000);
        assert!(at >= now + 1_000_000, "prefixes are kept while the chunk arrives");
        drop(process);
        drop(open);
    }
    world.start();
    lu.url = world.url();
    let sender = lu.sender();
    let now = sender.head(&place, hash).offset();
    assert!(now >= at);
    let from = usize::try_from(now).unwrap();
    assert_eq!(sender.patch(&place, hash, now, &bytes[from..]).status, 204);
    assert!(stored(&world, hash));
    assert_eq!(sender.read(hash).body, bytes);
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn two_servers_on_one_data_directory_store_a_file_once() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let mut wen = world.officer("wenruotang");
    let options = Options { clock: Arc::clone(&world.clock) as _, ..Options::default() };
    let second = Running::start(&world.data(), options).unwrap();
    wen.url = second.url();
    for seed in 0..8 {
        let bytes = picture(30 + seed, 300_000);
        let hash = hash_of(&bytes);
        lu.photographed(&bytes);
        wen.sync();
        let (ours, theirs) = (lu.sender(), wen.sender());
        let (here, there) = (ours.place(&bytes), theirs.place(&bytes));
        // Both send all of it at the same time; whoever comes second may learn that it is there.
        std::thread::scope(|scope| {
            for (sender, place) in [(&ours, &here), (&theirs, &there)] {
                let bytes = &bytes;
                scope.spawn(move || {
                    let status = sender.patch(place, hash, 0, bytes).status;
                    assert!(status == 204 || status == 409, "{status}");
                });
            }
        });
        assert_eq!(
            (ours.head(&here, hash).offset(), theirs.head(&there, hash).offset()),
            (300_000, 300_000)
        );
        assert_eq!(ours.read(hash).body, bytes);
        assert_eq!(said_stored(&world, CASE).iter().filter(|(said, _)| *said == hash).count(), 1);
    }
    assert_eq!(sweep(world.server()).unwrap(), 0, "nothing is left over");
    assert_eq!(verify(world.server()).unwrap().findings, []);
}
