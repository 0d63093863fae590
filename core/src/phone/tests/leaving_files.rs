//! Files that leave the phone, and files of others on it: what was given up does not come back after a crash,
//! what was kept a moment ago is not taken along, and what one person captured is not another's.

use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, Weak};

use super::files::photo;
use super::sharing::{LU, Shared, WEN};
use super::*;
use crate::id::BlobHash;
use crate::store::BlobState;
use crate::vault::{NewFile, StoredFile, Vault};

/// The court has it, a receipt covers that and a backup holds it.
fn receipted(phone: &Phone, hash: BlobHash) {
    let moved = phone.store.write::<_, PhoneError>(|tx| {
        tx.set_blob_state(hash, BlobState::Verified)?;
        Ok(tx.set_blob_state(hash, BlobState::BackedUp)?)
    });
    moved.unwrap();
}

fn purge(phone: &Phone) {
    files::sent(phone);
    phone.store.write::<_, PhoneError>(|tx| Ok(tx.purge_channel(&of_case(CASE))?)).unwrap();
}

#[test]
fn what_a_purge_gave_up_does_not_come_back_after_a_crash() {
    let world = World::new();
    let folder = MemoryFolder::new();
    let phone = world.phone_with("luqihang", 1, &folder);
    let record = begin(&phone);
    let hash = phone.capture(record, &mut &b"a photo"[..], &photo("overall")).unwrap().hash;
    receipted(&phone, hash);
    // The power fails after the transaction and before the file is removed.
    purge(&phone);
    assert!(folder.bytes(&Vault::original(hash)).is_some());
    phone.store().close().unwrap();
    drop(phone);
    let phone = world.phone_with("luqihang", 1, &folder);
    assert_eq!(phone.unclaimed_originals().unwrap(), []);
    assert_eq!(folder.bytes(&Vault::original(hash)), None, "and its removal is finished");
    assert_eq!(phone.open_original(hash).unwrap_err().code(), "file_absent");
}

#[test]
fn a_file_kept_again_is_not_removed_by_the_purge_before_it() {
    let world = World::new();
    let folder = MemoryFolder::new();
    let phone = world.phone_with("luqihang", 1, &folder);
    let record = begin(&phone);
    let hash = phone.capture(record, &mut &b"a photo"[..], &photo("overall")).unwrap().hash;
    receipted(&phone, hash);
    purge(&phone);
    // Another save keeps the same bytes before the files of the purge are removed.
    phone.keep_original(&mut &b"a photo"[..]).unwrap();
    phone.remove_given_up().unwrap();
    let mut read = Vec::new();
    phone.open_original(hash).unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, b"a photo");
}

/// Ending of files that have no name yet.
const UNFINISHED: &str = ".part";

/// A folder that asks at every name given and every file removed whether the phone lets nobody else do that
/// meanwhile.
#[derive(Default)]
struct Watched {
    folder: MemoryFolder,
    phone: OnceLock<Weak<Phone>>,
    seen: AtomicUsize,
}

impl Watched {
    fn ask(&self, name: &str) {
        let Some(phone) = self.phone.get().and_then(Weak::upgrade) else { return };
        if !name.ends_with(UNFINISHED) {
            assert!(phone.files.try_lock().is_err(), "{name} without the lock");
            self.seen.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Folder for Watched {
    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>> {
        self.folder.create(name)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn StoredFile>> {
        self.folder.open(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.ask(to);
        self.folder.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.ask(name);
        self.folder.remove(name)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.folder.list()
    }
}

#[test]
fn files_are_named_and_removed_one_at_a_time() {
    let world = World::new();
    let watched = Arc::new(Watched::default());
    let path = world.dir.path().join("watched.db");
    let files = Arc::clone(&watched) as Arc<dyn Folder>;
    let phone = Arc::new(world.open(&path, "luqihang", (1, 1), 0, Some(files)));
    watched.phone.set(Arc::downgrade(&phone)).unwrap();
    world.let_in(&phone, &["luqihang"]);
    let record = begin(&phone);
    let seen = || watched.seen.load(Ordering::Relaxed);
    let photo_of = |bytes: &[u8]| {
        let hash = phone.capture(record, &mut &*bytes, &photo("overall")).unwrap().hash;
        receipted(&phone, hash);
    };
    let mut picture = Vec::new();
    let drawn = image::DynamicImage::new_rgb8(60, 40);
    drawn.write_to(&mut io::Cursor::new(&mut picture), image::ImageFormat::Png).unwrap();
    photo_of(&picture);
    assert_eq!(seen(), 1);
    phone.make_pictures(9).unwrap();
    assert_eq!(seen(), 3, "its two small pictures");
    phone.release_originals(u64::MAX).unwrap();
    assert_eq!(seen(), 4);
    photo_of(b"another");
    purge(&phone);
    phone.remove_given_up().unwrap();
    assert_eq!(seen(), 5 + 4, "two originals, one of them released before, and two small pictures");
}

#[test]
fn what_one_person_captured_is_not_anothers() {
    let mut shared = Shared::new();
    shared.unlock("luqihang", LU).unwrap();
    shared.world.let_in(&shared.phone, &["luqihang", "wenruotang"]);
    let record = begin(&shared.phone);
    let hash = shared.phone.keep_original(&mut &b"an informant"[..]).unwrap().hash;
    // The power fails between another file and its row: it is known whose it is all the same.
    let file = shared.phone.vault.take_in(&mut &b"a second"[..], &SeededEntropy::new(9)).unwrap();
    let second = file.hash();
    let noted =
        shared.phone.store.write::<_, PhoneError>(|tx| Ok(tx.note_captor(second, "luqihang")?));
    noted.unwrap();
    shared.phone.vault.name(file).unwrap();
    // And of a third nobody knows, as a version before this one left it.
    let third = shared.phone.vault.keep(&mut &b"a third"[..], &SeededEntropy::new(10)).unwrap();
    shared.restart(2);
    shared.unlock("wenruotang", WEN).unwrap();
    assert_eq!(shared.phone.unclaimed_originals().unwrap(), []);
    for hash in [hash, second, third.hash] {
        assert_eq!(shared.phone.open_original(hash).unwrap_err().code(), "no_file");
        let named = shared.phone.name_original(record, hash, &photo("overall")).unwrap_err();
        assert_eq!(named.code(), "no_file");
    }
    shared.unlock("luqihang", LU).unwrap();
    let own = shared.phone.unclaimed_originals().unwrap();
    assert_eq!(own.len(), 2);
    assert!(own.iter().all(|row| [hash, second].contains(&row.hash)));
    shared.phone.name_original(record, hash, &photo("overall")).unwrap();
    assert_eq!(shared.phone.unclaimed_originals().unwrap().len(), 1);
    // Named in a case of both it is for both.
    shared.unlock("wenruotang", WEN).unwrap();
    shared.phone.open_original(hash).unwrap();
    shared.phone.lock().unwrap();
    assert_eq!(shared.phone.unclaimed_originals().unwrap_err().code(), "not_signed_in");
}
