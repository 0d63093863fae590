//! A hundred photos over a link that breaks: they arrive whole and once, and no break costs more than the
//! piece that was on its way. Scaled 1:50 in the ordinary run (10 MB, a break after every 19 to 150 kB sent);
//! in full under `make soak`.

use std::error::Error;
use std::io::Read;

use lastmile_core::phone::FileStanding;
use lastmile_tests::weak_link::{ALL, HEAD, PHOTOS, SEED, journey};

#[test]
fn a_hundred_photos_arrive_whole_and_once() -> Result<(), Box<dyn Error>> {
    let full = std::env::var_os("LASTMILE_SOAK").is_some();
    let dir = tempfile::tempdir()?;
    let arrived = journey(dir.path(), if full { 1 } else { 50 })?;
    let cost = arrived.cost;
    println!("seed {SEED}: {PHOTOS} photos, {cost:?}, {} connections", arrived.connections());
    assert!(cost.breaks > 20, "the link did not break: {}", cost.breaks);
    // What arrived before a break is never sent again: every byte goes up once, but for what was in the
    // sockets at each break, and the heads of requests.
    assert_eq!(cost.dearer, 0, "a break costs at most the piece that was on its way");
    let most = cost.bytes + cost.breaks * (64 << 10) + cost.requests * HEAD;
    assert!(cost.up <= most, "{} bytes for {}", cost.up, cost.bytes);

    let (phone, record) = (&arrived.phone, arrived.record);
    phone.sync(&arrived.road)?;
    for file in phone.files_of(record)? {
        assert!(file.standing >= FileStanding::WithCourt, "{file:?}");
        assert_eq!(file.trouble, None);
    }
    let again = phone.upload(&arrived.road, ALL, &mut |_| true)?;
    assert_eq!((again.finished, again.bytes), (0, 0), "everything is there, nothing is sent twice");

    // The court's word came with the feed, under a receipt; the originals stay until a backup covers it.
    let files = phone.files_of(record)?;
    assert!(files.iter().all(|file| file.standing == FileStanding::WordReceipted), "{files:?}");
    assert_eq!(phone.release_originals(u64::MAX)?, 0);
    let mut whole = Vec::new();
    phone.open_original(files[0].hash)?.read_to_end(&mut whole)?;
    assert_eq!(whole.len() as u64, files[0].bytes);
    Ok(())
}
