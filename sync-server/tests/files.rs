//! Files of evidence that the court has: read by those who may, read again by the court, backed up,
//! exported, shown with their records.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod reader;
mod world;

use std::path::PathBuf;

use lastmile_core::export::Edition;
use lastmile_core::id::BlobHash;
use lastmile_core::sync::files::FileKind;
use lastmile_server::export;
use lastmile_server::files::scrub::scrub;
use lastmile_server::keys::Passphrase;
use lastmile_server::operator::OperatorRole;
use lastmile_server::restore::backup;
use lastmile_server::store::StoreError;
use lastmile_server::upkeep::verify;
use reader::Reader;
use serde_json::Value;
use world::command::{passphrase_file, program};
use world::tus::{hash_of, picture};
use world::{CASE, OTHER_CASE, World, case_pack};

/// Where an original lies.
fn place(world: &World, hash: BlobHash) -> PathBuf {
    let hex = hash.to_hex();
    world.data().join("files/original").join(&hex[..2]).join(&hex)
}

fn flip(world: &World, hash: BlobHash) {
    let path = place(world, hash);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
}

fn scrubbed(world: &World) -> Vec<(BlobHash, &'static str)> {
    world.clock.advance(1);
    let server = world.server();
    scrub(server, server.now_ms(), usize::MAX, |_| true).unwrap().found
}

#[test]
fn a_file_is_read_by_members_of_a_case_that_names_it_and_nobody_else() {
    let mut world = World::new();
    world.publish(&case_pack(OTHER_CASE, 1, &["qutongming"]));
    let lu = world.officer("luqihang");
    let wen = world.officer("wenruotang");
    let other = world.officer("qutongming");
    let bytes = picture(1, 5_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let absent = wen.sender().read(hash);
    assert_eq!(absent.problem(), (404, "not_found".into()), "named, not here yet");
    assert_eq!(lu.sender().upload(&bytes).status, 204);
    for member in [&lu, &wen] {
        let read = member.sender().read(hash);
        assert_eq!((read.status, &read.body), (200, &bytes));
        assert_eq!(read.header("content-type"), "image/jpeg");
        assert_eq!(read.header("content-disposition"), "inline");
        assert_eq!(read.header("x-content-type-options"), "nosniff");
        assert_eq!(read.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(read.header("etag"), format!("\"{hash}\""));
    }
    assert_eq!(other.sender().read(hash).problem(), (404, "not_found".into()));
    let unknown = BlobHash([9; 32]);
    assert_eq!(other.sender().read(unknown).problem(), (404, "not_found".into()), "the same");
    // Whoever leaves the case reads none of its files any more, not even his own, and sends only those.
    let (own, others, never) = (picture(2, 5_000), picture(3, 5_000), picture(4, 5_000));
    wen.photographed(&own);
    wen.photographed(&never);
    lu.photographed(&others);
    assert_eq!(wen.sender().upload(&own).status, 204);
    world.publish(&case_pack(CASE, 2, &["luqihang"]));
    assert_eq!(wen.sender().read(hash).status, 404);
    assert_eq!(wen.sender().read(hash_of(&own)).status, 404);
    assert_eq!(wen.sender().begin(&others).problem(), (409, "file_not_named".into()));
    assert_eq!(wen.sender().upload(&never).status, 204, "evidence is not left in a phone");
    assert_eq!(lu.sender().read(hash_of(&never)).status, 200);
    let later = picture(5, 5_000);
    lu.photographed(&later);
    assert_eq!(lu.sender().upload(&later).status, 204);
    assert_eq!(wen.sender().read(hash_of(&later)).status, 404);
    // Whoever comes back reads again.
    world.publish(&case_pack(CASE, 3, &["luqihang", "wenruotang"]));
    assert_eq!(wen.sender().read(hash).status, 200);
    // Operators by their role.
    let path = format!("/v1/courts/粤0605/files/{hash}");
    let command = Reader::new(&world, OperatorRole::Command);
    assert_eq!(command.send("GET", &path, "").0, 200);
    assert_eq!(command.without_token().send("GET", &path, "").0, 401);
    assert_eq!(Reader::new(&world, OperatorRole::Admin).send("GET", &path, "").0, 403);
}

#[test]
fn parts_of_a_file_are_read_by_range() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(3, 5_000);
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    assert_eq!(sender.upload(&bytes).status, 204);
    let range = |range: &str| sender.send(sender.read_request(hash, "").header("range", range));
    let part = range("bytes=1000-1999");
    assert_eq!((part.status, part.body.as_slice()), (206, &bytes[1_000..2_000]));
    assert_eq!(part.header("content-range"), "bytes 1000-1999/5000");
    assert_eq!(range("bytes=-10").body, bytes[4_990..]);
    assert_eq!(range("bytes=4999-").body, bytes[4_999..]);
    let beyond = range("bytes=5000-");
    assert_eq!(beyond.problem(), (416, "bad_range".into()));
    assert_eq!(beyond.header("content-range"), "bytes */5000");
    assert_eq!(range("bytes=0-1,3-4").status, 200, "more than one: all of it");
    let tagged = |name: &str, tag: &str| {
        let request = sender.read_request(hash, "").header("range", "bytes=0-0");
        sender.send(request.header(name, tag)).status
    };
    let tag = format!("\"{hash}\"");
    assert_eq!((tagged("if-range", &tag), tagged("if-range", "\"other\"")), (206, 200));
    assert_eq!(tagged("if-none-match", &tag), 304);
}

#[test]
fn what_is_no_picture_is_an_attachment_whatever_its_record_says() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    // The record says image/jpeg of it.
    let page = b"<!DOCTYPE html><script>alert(1)</script>".repeat(4);
    let nothing = vec![1, 2, 3];
    lu.photographed(&page);
    lu.photographed(&nothing);
    for bytes in [&page, &nothing] {
        assert_eq!(lu.sender().upload(bytes).status, 204);
        let read = lu.sender().read(hash_of(bytes));
        assert_eq!(read.header("content-disposition"), "attachment");
        assert!(!read.header("content-type").starts_with("image/"));
        assert_eq!(read.header("x-content-type-options"), "nosniff");
    }
}

#[test]
fn small_pictures_are_read_beside_the_original() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (bytes, small) = (picture(4, 5_000), picture(5, 900));
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let read = |query: &str| sender.send(sender.read_request(hash, query));
    assert_eq!(read("?as=thumbnail").status, 404);
    assert_eq!(sender.upload_derived(FileKind::Thumbnail, hash, &small).status, 204);
    let thumbnail = read("?as=thumbnail");
    assert_eq!((thumbnail.status, &thumbnail.body), (200, &small), "before the original is here");
    assert_eq!(read("").status, 404);
    assert_eq!(read("?as=poster").problem(), (400, "bad_query".into()));
    assert_eq!(read("?size=1").problem(), (400, "bad_query".into()));
}

/// A real picture: a PNG of one grey, without a library.
fn png(width: u32, height: u32) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        !bytes.iter().fold(u32::MAX, |mut sum, byte| {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            }
            sum
        })
    };
    let part = |name: &[u8], content: &[u8]| {
        let named = [name, content].concat();
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], &named, &sum(&named).to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let rows = [vec![0], vec![128; width as usize]].concat().repeat(height as usize);
    let length = u16::try_from(rows.len()).unwrap();
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in &rows {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    // One block, stored.
    let stored =
        [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &rows].concat();
    let stored = [stored, (high << 16 | low).to_be_bytes().to_vec()].concat();
    let parts = [part(b"IHDR", &header), part(b"IDAT", &stored), part(b"IEND", &[])].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &parts].concat()
}

#[test]
fn the_courts_own_small_pictures_take_the_place_of_the_phones() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let (bytes, phones) = (png(200, 100), picture(17, 900));
    let hash = hash_of(&bytes);
    lu.photographed(&bytes);
    let sender = lu.sender();
    let read = |query: &str| sender.send(sender.read_request(hash, query)).body;
    assert_eq!(sender.upload_derived(FileKind::Thumbnail, hash, &phones).status, 204);
    assert_eq!(read("?as=thumbnail"), phones);
    assert_eq!(sender.upload(&bytes).status, 204);
    assert_eq!(sender.read(hash).header("content-type"), "image/png");
    let ours = read("?as=thumbnail");
    assert_ne!(ours, phones);
    assert!(ours.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG made from the original");
    assert!(read("?as=preview").starts_with(&[0xff, 0xd8, 0xff]));
    assert_eq!(sender.upload_derived(FileKind::Thumbnail, hash, &picture(18, 900)).status, 204);
    assert_eq!(read("?as=thumbnail"), ours);
}

fn states(reader: &Reader, record: &str) -> Vec<(String, u64, bool)> {
    let (status, text) = reader.send("GET", &format!("/v1/courts/粤0605/records/{record}"), "");
    assert_eq!(status, 200, "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let files = body["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| {
            let state = file["state"].as_str().unwrap().to_owned();
            (state, file["arrived"].as_u64().unwrap(), file["thumbnail"].as_bool().unwrap())
        })
        .collect()
}

#[test]
fn a_record_shows_where_its_files_stand() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(6, 5_000);
    let hash = hash_of(&bytes);
    let record = lu.photographed(&bytes).to_hex();
    let reader = Reader::new(&world, OperatorRole::Command);
    let shows = |state: &str, arrived, thumbnail| vec![(state.to_owned(), arrived, thumbnail)];
    assert_eq!(states(&reader, &record), shows("absent", 0, false));
    let sender = lu.sender();
    sender.upload_derived(FileKind::Thumbnail, hash, &picture(7, 900));
    let place = sender.place(&bytes);
    assert_eq!(states(&reader, &record), shows("absent", 0, true), "nothing of it yet");
    sender.patch(&place, hash, 0, &bytes[..2_000]);
    assert_eq!(states(&reader, &record), shows("arriving", 2_000, true));
    sender.patch(&place, hash, 2_000, &bytes[..3_000]);
    assert_eq!(states(&reader, &record), shows("differs", 0, true));
    sender.upload(&bytes);
    assert_eq!(states(&reader, &record), shows("stored", 5_000, true));
    let (_, metrics) = reader.send("GET", "/metrics", "");
    for line in
        ["lastmile_files_stored 1", "lastmile_files_stored_bytes 5000", "lastmile_uploads_open 0"]
    {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}

#[test]
fn a_flipped_byte_is_found_and_the_file_asked_for_again() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let pictures = [picture(8, 5_000), picture(9, 5_000), picture(10, 5_000)];
    let hashes: Vec<_> = pictures.iter().map(|bytes| hash_of(bytes)).collect();
    let record = lu.seizure();
    for bytes in &pictures {
        lu.photo(record, bytes);
    }
    lu.sync();
    for bytes in &pictures {
        assert_eq!(lu.sender().upload(bytes).status, 204);
    }
    assert_eq!(scrubbed(&world), []);
    flip(&world, hashes[0]);
    std::fs::remove_file(place(&world, hashes[1])).unwrap();
    let mut expected = vec![(hashes[0], "damaged"), (hashes[1], "missing")];
    expected.sort_unstable();
    let mut found = scrubbed(&world);
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(scrubbed(&world), [], "found once");
    let codes: Vec<_> =
        verify(world.server()).unwrap().findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(codes.contains(&"file_gone") && codes.contains(&"file_differs"), "{codes:?}");
    let reader = Reader::new(&world, OperatorRole::Command);
    let shown = states(&reader, &record.to_hex());
    assert_eq!(shown.iter().filter(|(state, ..)| state == "lost").count(), 2);
    assert_eq!(lu.sender().read(hashes[0]).status, 404, "damaged bytes are not served as evidence");
    // A phone that still has it brings it again; the operator puts the other one back.
    assert_eq!(lu.sender().upload(&pictures[0]).status, 204);
    std::fs::write(place(&world, hashes[1]), &pictures[1]).unwrap();
    assert_eq!(scrubbed(&world), []);
    assert_eq!(lu.sender().read(hashes[1]).body, pictures[1]);
    assert_eq!(verify(world.server()).unwrap().findings, []);
}

#[test]
fn a_backup_covers_files_and_claims_no_more_than_it_copied() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let pictures = [picture(11, 5_000), picture(12, 5_000)];
    for bytes in &pictures {
        lu.photographed(bytes);
        assert_eq!(lu.sender().upload(bytes).status, 204);
    }
    let server = world.server();
    let out = tempfile::TempDir::new().unwrap();
    let files = out.path().join("files");
    let first = backup(server, &out.path().join("1.db"), &files).unwrap();
    assert_eq!((first.files.new, first.files.known, first.files.missing), (2, 0, 0));
    let through = || {
        let read = server.store().read::<_, StoreError>(|reading| {
            Ok((reading.backed_up_through()?, reading.log_size()?))
        });
        read.unwrap()
    };
    assert_eq!(through().0, first.leaves);
    assert_eq!(through().1, first.leaves, "all of the log");
    let hex = hash_of(&pictures[0]).to_hex();
    let copy = files.join("original").join(&hex[..2]).join(&hex);
    assert_eq!(std::fs::read(&copy).unwrap(), pictures[0]);
    // A third one, damaged before the next backup.
    let third = picture(13, 5_000);
    lu.photographed(&third);
    assert_eq!(lu.sender().upload(&third).status, 204);
    flip(&world, hash_of(&third));
    let second = backup(server, &out.path().join("2.db"), &files).unwrap();
    assert_eq!((second.files.new, second.files.known, second.files.missing), (0, 2, 1));
    // The court lost it and says so: what it promised is promised no more, and stops nothing else.
    assert_eq!(second.leaves, through().1 - 1, "all there was before that word");
    assert_eq!(through().0, second.leaves);
    let promised =
        server.store().read::<_, StoreError>(|reading| reading.files_promised()).unwrap();
    assert!(!promised.iter().any(|(hash, _)| *hash == hash_of(&third)));
    let next = backup(server, &out.path().join("3.db"), &files).unwrap();
    assert_eq!((next.leaves, next.files.missing), (through().1, 1), "still missing, and said");
    // It comes back, is promised anew, and the next backup has it.
    assert_eq!(lu.sender().upload(&third).status, 204);
    let last = backup(server, &out.path().join("4.db"), &files).unwrap();
    assert_eq!((last.files.new, last.files.missing, last.leaves), (1, 0, through().1));
}

#[test]
fn a_backup_that_cannot_write_claims_nothing_and_takes_nothing_back() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let bytes = picture(13, 5_000);
    lu.photographed(&bytes);
    assert_eq!(lu.sender().upload(&bytes).status, 204);
    let out = tempfile::TempDir::new().unwrap();
    let files = out.path().join("files");
    // Something stands where the copy is to go.
    let hex = hash_of(&bytes).to_hex();
    std::fs::create_dir_all(files.join("original")).unwrap();
    std::fs::write(files.join("original").join(&hex[..2]), b"no folder").unwrap();
    let server = world.server();
    let failed = backup(server, &out.path().join("1.db"), &files);
    assert!(failed.is_err(), "{failed:?}");
    let read = |reading: &lastmile_server::store::Reading<'_>| {
        Ok::<_, StoreError>((reading.backed_up_through()?, reading.files_promised()?.len()))
    };
    assert_eq!(
        server.store().read(read).unwrap(),
        (0, 1),
        "nothing is claimed, nothing taken back"
    );
}

#[test]
fn an_export_takes_photos_from_the_store_and_says_which_are_not_there() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let pictures = [picture(14, 5_000), picture(15, 5_000), picture(16, 5_000)];
    for bytes in &pictures {
        lu.photographed(bytes);
    }
    for bytes in &pictures[..2] {
        assert_eq!(lu.sender().upload(bytes).status, 204);
    }
    flip(&world, hash_of(&pictures[1]));
    let (archive, _) = export::case(world.server(), CASE, Edition::Full, Vec::new()).unwrap();
    let holds = |bytes: &[u8]| archive.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(&pictures[0]));
    assert!(!holds(&pictures[1]) && !holds(&pictures[2]));
    let says = |word: &[u8]| archive.windows(word.len()).any(|window| window == word);
    assert!(says(b"damaged") && says(b"not_received"));
}

#[test]
fn the_commands_say_what_they_copied_and_found() {
    let mut world = World::new();
    let lu = world.officer("luqihang");
    let pictures = [picture(19, 5_000), picture(20, 5_000)];
    for bytes in &pictures {
        lu.photographed(bytes);
        assert_eq!(lu.sender().upload(bytes).status, 204);
    }
    world.stop();
    let out = tempfile::TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(arguments)
            .arg("--data")
            .arg(world.data())
            .env("LASTMILE_PASSPHRASE_FILE", passphrase_file("demo", Passphrase::DEMO))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let copy = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let (code, said) = run(&["backup", "--to", &copy("1.db")]);
    assert!(code == Some(0) && said.contains("新备份2个,先前已备份0个"), "{said}");
    let (code, said) = run(&["scrub"]);
    assert!(code == Some(0) && said.contains("完好2个,共10000字节"), "{said}");
    flip(&world, hash_of(&pictures[0]));
    let (code, said) = run(&["scrub"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("[damaged] {} 照片校验不符,待重传", hash_of(&pictures[0]))),
        "{said}"
    );
    // What an earlier backup has is safe there.
    let (code, said) = run(&["backup", "--to", &copy("2.db")]);
    assert!(code == Some(0) && said.contains("先前已备份2个"), "{said}");
    let (code, said) = run(&["backup", "--to", &copy("3.db"), "--files", &copy("elsewhere")]);
    assert!(code == Some(1) && said.contains("有1个原件损坏或缺失"), "{said}");
}
