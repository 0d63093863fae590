//! Every key replaced, cut off anywhere, and called again.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use lastmile_core::id::BootId;
use lastmile_core::time::{ManualClock, SeededEntropy, SystemEntropy};
use tempfile::TempDir;

use super::*;
use crate::court;
use crate::keys::Secrets;
use crate::server::{Options, Server};

const NOW_MS: i64 = 1_773_701_400_000;

struct Court {
    dir: TempDir,
    root: SoftwareSigner,
}

impl Court {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let clock = ManualClock::new(NOW_MS, 0, BootId([0; 8]));
        let (secrets, entropy) = (Secrets::demo(), SeededEntropy::new(1));
        let made =
            court::found(dir.path(), "粤0605", "测试法院", &secrets, &clock, &entropy).unwrap();
        let root = keys::load_file(&made.root_key, &Passphrase::demo()).unwrap();
        Self { dir, root }
    }

    fn open(&self) -> Server {
        let clock = Arc::new(ManualClock::new(NOW_MS, 0, BootId([0; 8])));
        Server::open(self.dir.path(), Options { clock, ..Options::default() }).unwrap()
    }

    fn place(&self) -> Place<'_> {
        Place::open(self.dir.path(), NOW_MS, &SystemEntropy).unwrap()
    }

    fn by(&self, name: KeyName) -> By<'_> {
        if name == KeyName::Server { By::Issuing } else { By::Root(&self.root) }
    }

    fn public(&self, name: KeyName) -> PublicKey {
        let path = keys::path_of(self.dir.path(), name);
        keys::load_file(&path, &Passphrase::demo()).unwrap().public_key()
    }
}

#[test]
fn a_rotation_cut_off_anywhere_goes_on_with_the_same_key() {
    for name in KeyName::ALL {
        let court = Court::new();
        let (before, pass) = (court.public(name), Passphrase::demo());
        // Cut off after the file.
        let next = next_key(&court.place(), name, &pass).unwrap();
        assert_eq!(court.public(name), before);
        // Cut off while the next key's file was written: half of it lies beside its name.
        let path = waiting(court.dir.path(), name);
        let half = path.with_file_name(format!("{}.part", path.file_name().unwrap().display()));
        fs::write(&half, b"half a key").unwrap();
        let again = next_key(&court.place(), name, &pass).unwrap();
        assert_eq!(again.public_key(), next.public_key());
        // Cut off after the database.
        let id = certified(&court.place(), name, &again, &court.by(name), &pass).unwrap();
        court.open();
        assert_eq!(certified(&court.place(), name, &again, &court.by(name), &pass).unwrap(), id);
        assert_eq!(court.public(name), before, "the old key serves on");
        // Cut off between the second name of the old key and the rename.
        if name == KeyName::Encryption {
            keep(&keys::path_of(court.dir.path(), name), &pass).unwrap();
        }
        let done = rotate(&court.place(), name, &court.by(name), &pass).unwrap();
        assert_eq!(done.certificate, id);
        assert_eq!(court.public(name), next.public_key());
        assert!(!waiting(court.dir.path(), name).exists());
        assert_eq!(done.kept.is_some(), name == KeyName::Encryption);
        if let Some(kept) = done.kept {
            let kept = keys::load_file(&kept, &pass).unwrap();
            assert_eq!(kept.public_key(), before);
        }
        // The next start takes the newest; what the old key signed keeps verifying.
        let server = court.open();
        let held = server.keys().clone();
        let found = [held.issuing, held.server, held.checkpoint, held.encryption]
            .into_iter()
            .find(|held| held.signer.public_key() == next.public_key());
        assert_eq!(found.unwrap().certificate, id);
        let directory = server.directory().unwrap();
        assert!(keys::certificate_of(&directory, name, &before).is_some());
        // And the next rotation makes another key.
        rotate(&court.place(), name, &court.by(name), &pass).unwrap();
        assert_ne!(court.public(name), next.public_key());
        court.open();
    }
}

#[test]
fn only_a_root_of_this_court_certifies_and_a_refusal_leaves_the_old_key() {
    let (court, other) = (Court::new(), Court::new());
    let pass = Passphrase::demo();
    let before = court.public(KeyName::Issuing);
    let refused =
        rotate(&court.place(), KeyName::Issuing, &By::Root(&other.root), &pass).unwrap_err();
    assert_eq!(refused.code(), "not_the_root");
    let wrong = Passphrase::new("another passphrase").unwrap().quick();
    let refused = rotate(&court.place(), KeyName::Server, &By::Issuing, &wrong).unwrap_err();
    assert_eq!(refused.code(), "passphrase_wrong");
    assert_eq!(court.public(KeyName::Issuing), before);
    court.open();
}

#[test]
fn a_new_root_certifies_and_the_old_one_stays_pinned() {
    let court = Court::new();
    let server = court.open();
    let pinned = server.root();
    let out = court.dir.path().join("root-2.p8");
    let pass = Passphrase::new("the second root").unwrap().quick();
    let id = rotate_root(&court.place(), &court.root, &out, &pass).unwrap();
    assert_eq!(rotate_root(&court.place(), &court.root, &out, &pass).unwrap(), id, "called again");
    let next = keys::load_file(&out, &pass).unwrap();
    let demo = Passphrase::demo();
    rotate(&court.place(), KeyName::Issuing, &By::Root(&next), &demo).unwrap();
    let server = court.open();
    assert_eq!(server.root(), pinned);
    let directory = server.directory().unwrap();
    let issuing = directory.get(&server.keys().issuing.certificate).unwrap().payload().clone();
    assert_eq!(issuing.issuer, Some(id));
    assert_eq!(directory.get(&id).unwrap().payload().issuer, Some(pinned));
    // The server's key lives on under the new issuing key.
    rotate(&court.place(), KeyName::Server, &By::Issuing, &demo).unwrap();
    court.open();
}

#[test]
fn a_change_of_passphrase_cut_off_half_way_goes_on() {
    let court = Court::new();
    let (old, new) = (Passphrase::demo(), Passphrase::new("a new passphrase").unwrap().quick());
    let entropy = SeededEntropy::new(2);
    let first = keys::path_of(court.dir.path(), KeyName::Issuing);
    let document = keys::load_document(&first, &old).unwrap();
    keys::replace(&first, &document, &new, &entropy).unwrap();
    // And one that an earlier version wrote without any.
    let second = keys::path_of(court.dir.path(), KeyName::Server);
    let document = keys::load_document(&second, &old).unwrap();
    fs::write(&second, document.as_slice()).unwrap();
    let wrong = Passphrase::new("a wrong passphrase").unwrap();
    let refused = change_passphrase(court.dir.path(), &wrong, &new, &entropy).unwrap_err();
    assert_eq!(refused.code(), "passphrase_wrong");
    assert_eq!(change_passphrase(court.dir.path(), &old, &new, &entropy).unwrap(), 4);
    let options = Options { passphrase: new, ..Options::default() };
    Server::open(court.dir.path(), options).unwrap();
}

#[test]
fn a_lost_or_damaged_key_is_replaced_like_any_other() {
    for name in KeyName::ALL {
        let (court, pass) = (Court::new(), Passphrase::demo());
        let path = keys::path_of(court.dir.path(), name);
        fs::remove_file(&path).unwrap();
        let options = || Options::default();
        let missing = Server::open(court.dir.path(), options()).unwrap_err();
        assert_eq!(missing.code(), "key_file_missing");
        let done = rotate(&court.place(), name, &court.by(name), &pass).unwrap();
        assert_eq!(done.kept, None);
        court.open();
    }
}
