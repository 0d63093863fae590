//! Evidence on the phone: captured whole or not at all, found again after a crash, uploaded piece by piece
//! over a road that breaks, kept until the court's word is covered.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;

use super::*;
use crate::id::{BlobHash, sha256};
use crate::phone::file_road::{Ask, Begun, FileRoad, Part, Piece};
use crate::phone::transport::TransportError;
use crate::store::{BlobState, DerivedKind};
use crate::sync::files::Metadata;
use crate::vault::{MemoryFolder, Vault};

/// A photo of `len` bytes that says it is a JPEG.
pub(super) fn picture(seed: u64, len: usize) -> Vec<u8> {
    use crate::time::Entropy;
    let mut bytes = vec![0; len];
    SeededEntropy::new(seed).fill(&mut bytes);
    bytes[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
    bytes
}

pub(super) fn photo(purpose: &str) -> Capture {
    Capture {
        verb: "add_photo".to_owned(),
        fields: Fields::from([("purpose".to_owned(), purpose.into())]),
        position: Some("geo:23.0288,113.1429;crs=wgs84;u=8".to_owned()),
    }
}

/// What a file is, how long it will be, what is there of it.
type Arriving = (Metadata, u64, Vec<u8>);

/// The court's side in memory; it may lose, damage and refuse.
#[derive(Default)]
pub(super) struct Court {
    files: RefCell<BTreeMap<BlobHash, Vec<u8>>>,
    begun: RefCell<BTreeMap<String, Arriving>>,
    /// Requests that still go through before the link breaks, when it does.
    link: RefCell<Option<usize>>,
    /// Requests that go through after each break, when the link comes back at all.
    recovers: Option<usize>,
    /// Bytes of a piece that arrive when the link breaks in it.
    prefix: usize,
    /// Flip a bit of this many pieces, behind the back of the checksum.
    damage: RefCell<usize>,
    refuse: Option<&'static str>,
    pub(super) sent: RefCell<Vec<(BlobHash, u64, usize)>>,
}

impl Court {
    fn goes_through(&self) -> bool {
        match self.link.borrow_mut().as_mut() {
            None => true,
            Some(left) if *left == 0 => {
                *left = self.recovers.unwrap_or(0);
                false
            }
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    fn problem<T>(code: &str) -> Result<T, TransportError> {
        Err(TransportError::Problem {
            status: 409,
            code: code.to_owned(),
            server_ms: None,
            retry_after_s: None,
        })
    }
}

impl FileRoad for Court {
    fn begin(&self, _: Ask<'_>, file: Metadata, bytes: u64) -> Result<Begun, TransportError> {
        if !self.goes_through() {
            return Err(TransportError::Unreachable);
        }
        if let Some(code) = self.refuse {
            return Self::problem(code);
        }
        let upload = file.hash.to_hex();
        if self.files.borrow().contains_key(&file.hash) {
            return Ok(Begun { upload, offset: bytes });
        }
        let mut begun = self.begun.borrow_mut();
        let (_, _, have) = begun.entry(upload.clone()).or_insert((file, bytes, Vec::new()));
        Ok(Begun { upload, offset: have.len() as u64 })
    }

    fn append(&self, _: Ask<'_>, at: &Begun, chunk: &[u8]) -> Result<u64, TransportError> {
        let mut begun = self.begun.borrow_mut();
        let Some((file, bytes, have)) = begun.get_mut(&at.upload) else {
            return Self::problem("upload_unknown");
        };
        assert_eq!(have.len() as u64, at.offset);
        self.sent.borrow_mut().push((file.hash, at.offset, chunk.len()));
        if !self.goes_through() {
            have.extend_from_slice(&chunk[..self.prefix.min(chunk.len())]);
            return Err(TransportError::Unreachable);
        }
        have.extend_from_slice(chunk);
        let mut damage = self.damage.borrow_mut();
        if *damage > 0 {
            *damage -= 1;
            *have.last_mut().unwrap() ^= 1;
        }
        let arrived = have.len() as u64;
        if arrived == *bytes {
            let (file, _, have) = begun.remove(&at.upload).unwrap();
            if sha256(&have) != file.hash.0 {
                return Self::problem("file_differs");
            }
            self.files.borrow_mut().insert(file.hash, have);
        }
        Ok(arrived)
    }

    fn fetch(&self, _: Ask<'_>, part: Part) -> Result<Piece, TransportError> {
        let files = self.files.borrow();
        let bytes = files.get(&part.hash).ok_or(TransportError::Unreachable)?;
        let rest = &bytes[usize::try_from(part.from).unwrap().min(bytes.len())..];
        let given = rest.len().min(part.most);
        Ok(Piece { bytes: rest[..given].to_vec(), total: bytes.len() as u64 })
    }
}

pub(super) const ALL: UploadPolicy = UploadPolicy { originals: true };

/// As after a contact in which the court took everything: uploads wait for records that wait.
pub(super) fn sent(phone: &Phone) {
    phone.sign_pending(1_000).unwrap();
    phone
        .store
        .write::<_, PhoneError>(|tx| {
            for row in tx.pending(None, 1_000)? {
                tx.mark_on_server(row.row.id)?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_captured_photo_is_bound_to_record_time_and_author() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let bytes = picture(1, 300_000);
    let captured = phone.capture(record, &mut &bytes[..], &photo("overall")).unwrap();
    assert_eq!(captured.hash, BlobHash(sha256(&bytes)));
    let view = phone.record_view(record).unwrap();
    let item = &view.state.items("photos")[0];
    assert_eq!(captured.item, format!("photos/{}", item.id));
    assert_eq!(item.text("mime"), Some("image/jpeg"), "by content, not by name");
    assert_eq!(item.fields["bytes"].single().unwrap().as_int(), Some(300_000));
    assert_eq!(item.text("taken_at"), Some("2026-03-17T06:50:00+08:00"));
    assert_eq!(item.text("purpose"), Some("overall"));
    let mut read = Vec::new();
    phone.open_original(captured.hash).unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, bytes);
    let files = phone.files_of(record).unwrap();
    assert_eq!((files.len(), files[0].standing, files[0].here), (1, FileStanding::Pending, true));
    assert_eq!(files[0].standing.label().zh, "原件待上传");
    // The other phone of the case knows of it, has it not, and offers nothing of it.
    let other = world.phone("wenruotang", 2);
    meet(&phone, &other).1.unwrap();
    let files = other.files_of(record).unwrap();
    assert_eq!((files[0].standing, files[0].here), (FileStanding::Pending, false));
    let report = other.upload(&Court::default(), ALL, &mut |_| true).unwrap();
    assert_eq!((report.finished, report.waiting.len()), (0, 0));
}

#[test]
fn nothing_captured_is_lost_between_its_two_steps() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    // The power fails after the file and before its row: the file is found when the phone opens.
    let found = phone.vault.keep(&mut &picture(2, 90_000)[..], &SeededEntropy::new(1)).unwrap();
    phone.store().close().unwrap();
    drop(phone);
    let phone = world.phone("luqihang", 1);
    let unclaimed = phone.unclaimed_originals().unwrap();
    assert_eq!((unclaimed.len(), unclaimed[0].hash), (1, found.hash));
    assert_eq!((unclaimed[0].bytes, unclaimed[0].mime.as_str()), (90_000, "image/jpeg"));
    phone.name_original(record, found.hash, &photo("detail")).unwrap();
    assert!(phone.unclaimed_originals().unwrap().is_empty());
    // One that is named by a wish the record refuses stays unclaimed too.
    let kept = phone.keep_original(&mut &picture(3, 1_000)[..]).unwrap();
    let nonsense = Capture { verb: "finalise".to_owned(), ..photo("overall") };
    phone.name_original(record, kept.hash, &nonsense).unwrap_err();
    assert_eq!(phone.unclaimed_originals().unwrap()[0].hash, kept.hash);
    let gone = phone.name_original(record, BlobHash([1; 32]), &photo("overall")).unwrap_err();
    assert_eq!(gone.code(), "no_file");
}

#[test]
fn a_full_phone_says_so_and_the_record_names_nothing() {
    let world = World::new();
    let folder = MemoryFolder::new();
    let phone = world.phone_with("luqihang", 1, &folder);
    let record = begin(&phone);
    folder.set_room(Some(50_000));
    let error = phone.capture(record, &mut &picture(4, 90_000)[..], &photo("scene")).unwrap_err();
    assert_eq!(error.code(), "phone_storage_full");
    assert!(error.sentence().is_some());
    assert!(phone.record_view(record).unwrap().state.items("photos").is_empty());
    folder.set_room(None);
    phone.capture(record, &mut &picture(4, 90_000)[..], &photo("scene")).unwrap();
}

#[test]
fn a_broken_link_costs_at_most_the_piece_that_was_on_its_way() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let mut total = 0;
    for number in 0..6 {
        let bytes = picture(10 + number, 700_000 + 1_000 * usize::try_from(number).unwrap());
        total += bytes.len();
        phone.capture(record, &mut &bytes[..], &photo("detail")).unwrap();
    }
    sent(&phone);
    let court = Court {
        link: RefCell::new(Some(3)),
        recovers: Some(2),
        prefix: 10_000,
        ..Court::default()
    };
    let mut told = 0;
    let report = phone
        .upload(&court, ALL, &mut |_| {
            told += 1;
            true
        })
        .unwrap();
    assert_eq!((report.finished, report.waiting.len()), (6, 0));
    assert!(report.repeated >= 3 && told > 6, "{report:?}");
    assert_eq!(court.files.borrow().len(), 6);
    // Every position is sent once, except what was on its way when the link broke.
    let pieces: usize = court.sent.borrow().iter().map(|(_, _, len)| len).sum();
    assert_eq!(report.bytes, pieces as u64);
    assert!(pieces <= total + report.repeated * (1 << 20), "{pieces} for {total}");
    for file in phone.files_of(record).unwrap() {
        assert_eq!(file.standing, FileStanding::WithCourt);
        let released = phone.store.write::<_, PhoneError>(|tx| Ok(tx.release_blob(file.hash)?));
        assert_eq!(released.unwrap_err().code(), "constraint", "no receipt, no release");
    }
    assert_eq!(phone.release_originals(u64::MAX).unwrap(), 0);
    let again = phone.upload(&court, ALL, &mut |_| true).unwrap();
    assert_eq!(again, UploadReport::default());
}

#[test]
fn a_dead_link_ends_the_contact_and_says_what_was_done() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    phone.capture(record, &mut &picture(20, 400_000)[..], &photo("detail")).unwrap();
    sent(&phone);
    let court = Court { link: RefCell::new(Some(0)), ..Court::default() };
    let trouble = phone.upload(&court, ALL, &mut |_| true).unwrap_err();
    assert_eq!((trouble.code(), trouble.report.finished), ("unreachable", 0));
    assert_eq!(phone.files_of(record).unwrap()[0].standing, FileStanding::Pending);
}

#[test]
fn bytes_that_differ_are_sent_again_and_shown_when_that_does_not_help() {
    let world = World::new();
    let folder = MemoryFolder::new();
    let phone = world.phone_with("luqihang", 1, &folder);
    let record = begin(&phone);
    let captured = phone.capture(record, &mut &picture(30, 100_000)[..], &photo("damage")).unwrap();
    sent(&phone);
    let standing = || phone.files_of(record).unwrap()[0].clone();
    // A proxy that damages everything: shown, and tried again at the next contact.
    let court = Court { damage: RefCell::new(99), ..Court::default() };
    let report = phone.upload(&court, ALL, &mut |_| true).unwrap();
    assert_eq!(report.waiting, [(captured.hash, "file_differs".to_owned())]);
    assert_eq!(standing().standing.label().zh, "照片校验不符,待重传");
    assert_eq!(standing().trouble.as_deref(), Some("file_differs"));
    // Damaged once: the second sending is right.
    *court.damage.borrow_mut() = 1;
    let report = phone.upload(&court, ALL, &mut |_| true).unwrap();
    assert_eq!((report.finished, report.waiting.len()), (1, 0));
    assert_eq!((standing().standing, standing().trouble), (FileStanding::WithCourt, None));
    // Damaged here: said, and nothing wrong is sent.
    let other = phone.capture(record, &mut &picture(31, 100_000)[..], &photo("damage")).unwrap();
    sent(&phone);
    folder.damage(&Vault::original(other.hash), 70_000);
    let before = court.sent.borrow().len();
    let report = phone.upload(&court, ALL, &mut |_| true).unwrap();
    assert_eq!(report.waiting, [(other.hash, "file_damaged".to_owned())]);
    assert!(court.sent.borrow().len() <= before + 1, "only what was still readable");
}

#[test]
fn records_go_before_files_and_wifi_is_a_policy() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    phone.capture(record, &mut &picture(40, 900_000)[..], &photo("overall")).unwrap();
    let court = Court::default();
    // The change that names it has not gone yet.
    let report = phone.upload(&court, ALL, &mut |_| true).unwrap();
    assert!(report.interrupted && report.finished == 0, "{report:?}");
    sent(&phone);
    let report = phone.upload(&court, UploadPolicy { originals: false }, &mut |_| true).unwrap();
    assert_eq!(report, UploadReport::default());
    let report = phone.upload(&court, ALL, &mut |_| false).unwrap();
    assert!(report.interrupted, "the watcher ends it");
    let refusing = Court { refuse: Some("file_not_named"), ..Court::default() };
    let report = phone.upload(&refusing, ALL, &mut |_| true).unwrap();
    assert_eq!(report.waiting[0].1, "file_not_named");
    assert_eq!(phone.upload(&court, ALL, &mut |_| true).unwrap().finished, 1);
}

#[test]
fn the_courts_word_and_its_backup_let_an_original_go() {
    let world = World::new();
    let phone = world.phone("luqihang", 1);
    let record = begin(&phone);
    let bytes = picture(50, 80_000);
    let captured = phone.capture(record, &mut &bytes[..], &photo("overall")).unwrap();
    let twin = phone.capture(record, &mut &bytes[..], &photo("detail")).unwrap();
    assert_eq!(captured.hash, twin.hash, "the same bytes are kept once");
    sent(&phone);
    phone.upload(&Court::default(), ALL, &mut |_| true).unwrap();
    let write = |work: &dyn Fn(&crate::store::WriteTx<'_>) -> Result<(), PhoneError>| {
        phone.store.write::<_, PhoneError>(|tx| work(tx)).unwrap();
    };
    let standing = || phone.files_of(record).unwrap()[0].standing;
    // The word alone, without a place in the log, lets nothing go.
    let head = phone.store.read::<_, PhoneError>(|tx| Ok(tx.channels()?)).unwrap();
    let cursor = head.iter().find(|row| row.channel == of_case(CASE)).unwrap().cursor;
    write(&|tx| {
        tx.put_stored(captured.hash, &[9; 32])?;
        tx.append_feed(
            &of_case(CASE),
            &crate::store::NewFeedEntry {
                seq: cursor + 1,
                entry_hash: [8; 32],
                kind: "transition",
                ref_id: &[9; 32],
                bytes: Some(b"word"),
                set_hash: [0; 32],
            },
        )?;
        assert_eq!(tx.note_receipted(1_000, &[&of_case(CASE)])?, 0);
        Ok(())
    });
    assert_eq!(standing(), FileStanding::WithCourt);
    write(&|tx| {
        let checkpoint = tx.put_checkpoint(
            &crate::store::CheckpointRow {
                local: 0,
                origin: "court/log".into(),
                size: 50,
                root: [1; 32],
                at_ms: 0,
                note: Vec::new(),
            },
            0,
        )?;
        let proof = tx.put_proof(checkpoint, b"proof")?;
        let place = crate::store::FeedPlace { index: 41, leaf: [2; 32], proof };
        tx.set_feed_place(&of_case(CASE), cursor + 1, place)?;
        assert_eq!(tx.note_receipted(41, &[&of_case(CASE)])?, 0, "the backup ends before it");
        Ok(())
    });
    assert_eq!(standing(), FileStanding::WordReceipted);
    assert_eq!(phone.release_originals(u64::MAX).unwrap(), 0);
    write(&|tx| {
        assert_eq!(tx.note_receipted(42, &[&of_case(CASE)])?, 1);
        Ok(())
    });
    assert_eq!(phone.release_originals(1).unwrap(), 80_000);
    let gone = phone.open_original(captured.hash).unwrap_err();
    assert_eq!(gone.code(), "file_absent");
    assert!(!phone.files_of(record).unwrap()[0].here);
    let state = phone.store.read::<_, PhoneError>(|tx| Ok(tx.blob(captured.hash)?)).unwrap();
    assert_eq!(state.unwrap().state, BlobState::BackedUp);
    assert_eq!(phone.small_picture(captured.hash, DerivedKind::Thumbnail).unwrap(), None);
}
